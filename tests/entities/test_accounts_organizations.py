"""Importers, brokers and powers of attorney."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import Organization
from entities.services import accounts
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db
KIND = Organization.Kind


def broker_and_importer():
    member = make_user(Role.BROKER_MEMBER)
    return member, member.memberships.get().organization, make_organization(KIND.IMPORTER)


def test_a_broker_sees_an_importer_from_the_first_to_the_last_day():
    manager = make_user(Role.MANAGER)
    member, broker, importer = broker_and_importer()
    today = timezone.localdate()
    assert importer not in member.organizations()
    accounts.authorize_broker(broker, importer, valid_from=today, valid_to=today, actor=manager)
    assert importer in member.organizations()


@pytest.mark.parametrize(("start", "end"), [(1, None), (-5, -1)])
def test_outside_its_dates_a_power_of_attorney_shows_nothing(start, end):
    member, broker, importer = broker_and_importer()
    today = timezone.localdate()
    accounts.authorize_broker(
        broker,
        importer,
        valid_from=today + timedelta(start),
        valid_to=today + timedelta(end) if end else None,
        actor=None,
    )
    assert importer not in member.organizations()


def test_a_revoked_broker_sees_nothing_more():
    manager = make_user(Role.MANAGER)
    member, broker, importer = broker_and_importer()
    power = accounts.authorize_broker(broker, importer, valid_from=timezone.localdate(), actor=manager)
    accounts.revoke_broker(power, actor=manager, reason="Asked by letter")
    assert importer not in member.organizations()
    accounts.authorize_broker(broker, importer, valid_from=timezone.localdate(), actor=manager)


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        ((1, 10), (10, 20), True),
        ((1, 10), (11, 20), False),
        ((1, None), (500, None), True),
        ((10, 20), (1, None), True),
        ((10, 20), (1, 9), False),
        ((10, 20), (12, 14), True),
    ],
)
def test_two_powers_of_attorney_never_overlap(first, second, overlap):
    _, broker, importer = broker_and_importer()

    def authorize(start, end):
        begin = date(2026, 1, 1)
        last = begin + timedelta(end) if end else None
        accounts.authorize_broker(broker, importer, valid_from=begin + timedelta(start), valid_to=last, actor=None)

    authorize(*first)
    if overlap:
        with pytest.raises(Refused, match="Revoke that first"):
            authorize(*second)
    else:
        authorize(*second)
    assert importer.authorized_brokers.count() == (1 if overlap else 2)


@pytest.mark.parametrize("kinds", [(KIND.IMPORTER, KIND.BROKER), (KIND.OFFICE, KIND.IMPORTER)])
def test_only_a_broker_acts_for_an_importer(kinds):
    one, other = (make_organization(kind) for kind in kinds)
    with pytest.raises(Refused, match="a broker acts for an importer"):
        accounts.authorize_broker(one, other, valid_from=date(2026, 1, 1), actor=None)


def test_a_sandbox_broker_does_not_act_for_a_live_importer():
    broker = make_organization(KIND.BROKER, environment="sandbox")
    with pytest.raises(Refused, match="sandbox"):
        accounts.authorize_broker(broker, make_organization(), valid_from=date(2026, 1, 1), actor=None)


def test_two_organisations_never_share_an_importer_number():
    manager = make_user(Role.MANAGER)
    first = accounts.add_organization(
        name="Harbor Knit LLC", kind="importer", importer_number="12-3456789ab", actor=manager
    )
    assert first.importer_number == "12-3456789AB"
    with pytest.raises(Refused, match="Harbor Knit LLC has the importer number"):
        accounts.add_organization(name="Other", kind="importer", importer_number="12-3456789AB", actor=manager)


def test_there_is_one_office():
    manager = make_user(Role.MANAGER)
    with pytest.raises(Refused, match="Add people to it"):
        accounts.add_organization(name="Second office", kind="office", actor=manager)
