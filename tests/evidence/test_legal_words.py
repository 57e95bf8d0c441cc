"""What an importer reads of the state in law: every state has its words, and what may be done follows the law."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from entities.domain.roles import Role
from evidence.legal_words import STATES, said_of
from screening.domain.law.states import Kind, State
from screening.models import Case
from screening.services import detentions
from tests.factories import make_user
from tests.screening.made_cases import make_case

PRESENTED = date(2026, 6, 29)
DETAINED = date(2026, 7, 6)


def noon(day):
    return datetime.combine(day, time(16), tzinfo=UTC)


def test_every_state_has_plain_words():
    assert set(STATES) == set(State)
    for regime in Case.Regime:
        for state in State:
            said = said_of(regime, state)
            assert said.word
            assert said.means.endswith(".")


def test_an_order_does_not_speak_of_thirty_days():
    assert "30 days" not in said_of(Case.Regime.WRO, State.DETAINED).next
    assert "60 days" in said_of(Case.Regime.WRO, State.EXCLUDED).next


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("events", "on", "said", "unsaid"),
    [
        (
            [],
            date(2026, 7, 10),
            ["is held", "An officer looks", "Show that the goods are outside the law", "Last day for a decision"],
            [],
        ),
        (
            [],
            date(2026, 7, 31),
            ["no decision came in time", "25 January 2027", "Protest"],
            ["outside the law", "An officer looks"],
        ),
        (
            [(Kind.PROTEST_FILED, date(2026, 8, 3))],
            date(2026, 8, 10),
            ["your protest is being decided", "2 Sep", "counts as denied. (now) You can file a summons"],
            ["Export the goods", "An officer looks"],
        ),
        (
            [(Kind.PROTEST_FILED, date(2026, 8, 3))],
            date(2026, 9, 3),
            ["your protest counts as denied", "Go to court", "By law the next step is yours"],
            [],
        ),
        ([(Kind.RELEASED, date(2026, 7, 9))], date(2026, 7, 20), ["is released", "they may enter"], ["Protest "]),
        ([(Kind.EXPORTED, date(2026, 7, 9))], date(2026, 7, 20), ["is exported"], ["Last day"]),
    ],
)  # fmt: skip
def test_the_page_says_how_the_goods_stand_and_what_is_left(client, settings, events, on, said, unsaid):
    settings.DEMO = True
    case, analyst = make_case(), make_user(Role.ANALYST)
    with time_machine.travel(noon(date(2026, 7, 7))):
        row = detentions.record_detention(
            case, case.shipments.get(), actor=analyst, presented_on=PRESENTED, detained_on=DETAINED, source="6051D"
        )
    for kind, day in events:
        with time_machine.travel(noon(day + timedelta(days=1))):
            detentions.record_event(row, kind, day, actor=analyst, source="CBP notice")
    with time_machine.travel(noon(on)):
        client.force_login(make_user(Role.IMPORTER_MEMBER, case.importer))
        html = client.get(reverse("importer-case", args=[case.pk])).content.decode()
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert [words for words in said if words not in page] == []
    assert [words for words in unsaid if words in page] == []
    assert "recorded by" not in page
