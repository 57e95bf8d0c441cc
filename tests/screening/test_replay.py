"""The list replayed: following up each dated state gives what screening everything at that state gives."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import Job, ListVersion
from entities.services import jobs, suppliers
from entities.services.lists import load_reference_lists, shipped_uflpa_rows
from screening.models import Case, Finding, Rescreening, Screening, Shipment
from screening.services import feed, replay
from screening.services.shipments import add_shipment
from tests.factories import declared_shipment, make_organization, make_user

pytestmark = pytest.mark.django_db
TABLES = (ListVersion, Screening, Finding, Case, Rescreening, Job)


@pytest.fixture
def portfolio():
    """Shipments whose makers, or firms behind them, came on the list at different states; and some that never did."""
    load_reference_lists()
    owner = make_organization()
    member = make_user(Role.IMPORTER_MEMBER, owner)
    by_day = {row.first_effective_on: row.name for row in shipped_uflpa_rows() if row.is_current}
    names = [by_day[day] for day in sorted(by_day)] + ["Quiet Harbour Garments JSC"]
    today = timezone.localdate()
    for number, name in enumerate(names):
        on = today - timedelta(days=10) if number % 2 else None
        shipment = add_shipment(
            declared_shipment(maker=name if number % 3 else f"Garment Maker {number} JSC", imported_on=on),
            owner=owner,
            actor=None,
        )
        if number % 3 == 0:
            rows = suppliers.declare_parties(owner, [PartyFacts(name=name, country="CN")])
            suppliers.declare_link(
                next(iter(rows.values())).supplier,
                shipment.parties.get().party.supplier,
                actor=member,
                declared_by=owner,
                commodity="cotton",
                valid_from=date(2020, 1, 1),
            )
    jobs.work_off()
    return names


def test_each_state_followed_up_is_the_same_as_screening_everything(portfolio):
    before = [model.objects.count() for model in TABLES]
    done = replay.replay()
    assert [state.differences for state in done] == [[]] * len(done)
    assert (done[0].on, done[-1].on, len(done)) == (date(2022, 6, 21), date(2025, 1, 15), 12)
    assert [state.compared for state in done] == [len(portfolio)] * 12
    presumed = [state.presumed for state in done]
    assert presumed == sorted(presumed)
    assert presumed[-1] > presumed[0]
    assert sum(state.followed_up for state in done[1:]) < 11 * len(portfolio), "not everything, each time"
    assert [model.objects.count() for model in TABLES] == before, "nothing stays"


def test_what_is_not_followed_up_is_seen(portfolio, monkeypatch, capsys):
    monkeypatch.setattr(feed.touched, "shipments_touched", lambda *_: set())
    with pytest.raises(CommandError, match="differ"):
        call_command("replay_lists", check=True)
    assert "followed up" in capsys.readouterr().out


def test_the_table_is_printed_and_the_check_passes(portfolio, capsys):
    call_command("replay_lists", check=True)
    out = capsys.readouterr().out
    assert "2024-11-25" in out
    assert "12 states; 0 differences" in out


def test_production_refuses(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="copy of the database"):
        call_command("replay_lists")
    assert Shipment.objects.count() == 0
