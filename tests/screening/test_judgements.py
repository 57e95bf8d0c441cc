"""Judgements in screening: applied visibly, confirmed by a second person, lapsing when either side changes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import Change, Job, Judgement, JudgementConfirmation, ListedEntity, ListVersion
from entities.services import jobs, judgements
from entities.services import lists as list_services
from screening.models import Finding, ScreeningRun
from screening.services import pairs
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment, add_shipment
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db
MATCH = PartyFacts(name="Huafu Fashion Co., Ltd.", city="Shaoxing", country="CN", address="1 Cotton Road")
POSSIBLE = PartyFacts(name="Esquel Garment Co., Ltd.", city="Foshan", country="CN")


@pytest.fixture(autouse=True)
def _lists(db):
    list_services.load_reference_lists()


@pytest.fixture
def analyst():
    return make_user(Role.ANALYST)


@pytest.fixture
def approver():
    return make_user(Role.APPROVER)


def ship(party, *, role="manufacturer", value=None, owner=None):
    owner = owner or make_organization()
    line = DeclaredLine(1, "Cotton yarn", ("5205240090",), value=value, currency="USD" if value else "")
    declared = DeclaredShipment(imported_on=date(2026, 5, 4), lines=(line,), parties=(DeclaredRole(role, party),))
    shipment = add_shipment(declared, owner=owner, actor=make_user(Role.IMPORTER_MEMBER, owner))
    jobs.work_off()
    shipment.refresh_from_db()
    return shipment


def listed(shipment, name=""):
    shipment.refresh_from_db()
    rows = shipment.latest_screening.findings.filter(rule="LISTED_ENTITY", listing__name__icontains=name)
    return rows.order_by("-score").first()


def judge(finding, actor, verdict="different", scope="firm", reason="another owner"):
    judgement = pairs.judge(finding, verdict=verdict, scope=scope, reason=reason, actor=actor)
    jobs.work_off()
    return judgement


def load_with_one_alias_more(key):
    """The list as it is, but for one alias of one entity."""
    rows = list_services.shipped_uflpa_rows()
    rows = [
        replace(row, aliases=(*row.aliases, "Example New Alias")) if row.entity_key == key else row for row in rows
    ]
    publish(replace(list_services.UFLPA_LIST, label="with a new alias"), rows)
    jobs.work_off()


def publish(source, rows):
    version = list_services.load_version(source, rows, actor=None)
    assert ListVersion.objects.current("UFLPA") == version


def possible_finding():
    finding = listed(ship(POSSIBLE))
    assert finding.verdict == "possible"
    return finding


def test_a_possible_match_judged_different_is_set_aside_visibly(analyst):
    finding = possible_finding()
    judgement = judge(finding, analyst)
    now = listed(finding.screening.shipment)
    assert (now.ground, now.asks_review, now.severity, now.judgement) == ("", False, "info", judgement)
    assert now.reasons[0] == judgement.as_judged().sentence
    assert "another owner" in now.reasons[0]
    assert "was judged a different firm from" in now.headline


def test_a_possible_match_judged_the_same_raises_the_presumption(analyst):
    finding = possible_finding()
    judge(finding, analyst, "same")
    now = listed(finding.screening.shipment)
    assert (now.ground, now.severity, now.screening.outcome) == ("LISTED_ENTITY", "block", "presumption")
    assert now.screening.shipment.cases.exists()


def test_the_same_firm_as_consignee_still_raises_no_presumption(analyst):
    shipment = ship(POSSIBLE, role="consignee")
    judge(listed(shipment), analyst, "same")
    assert (listed(shipment).ground, listed(shipment).asks_review) == ("", True)


def test_unsure_changes_nothing(analyst):
    finding = possible_finding()
    runs = ScreeningRun.objects.count()
    judge(finding, analyst, "unsure")
    assert listed(finding.screening.shipment) == finding
    assert ScreeningRun.objects.count() == runs


def test_a_match_is_set_aside_only_when_a_second_person_confirms(analyst, approver):
    shipment = ship(MATCH)
    finding = listed(shipment, "Huafu Fashion")
    assert finding.verdict == "match"
    judgement = judge(finding, analyst)
    assert judgement.awaits_a_second_person
    assert listed(shipment, "Huafu Fashion") == finding
    judgements.answer_judgement(judgement, actor=approver, is_confirmed=True)
    jobs.work_off()
    now = listed(shipment, "Huafu Fashion")
    assert (now.ground, now.asks_review) == ("", False)
    assert f"confirmed by {approver.full_name}" in now.reasons[0]
    assert "was judged a different firm" in shipment.cases.get().lead_finding.headline


def test_a_declined_judgement_never_counts(analyst, approver):
    shipment = ship(MATCH)
    finding = listed(shipment, "Huafu Fashion")
    judgement = judge(finding, analyst)
    judgements.answer_judgement(judgement, actor=approver, is_confirmed=False, reason="same address")
    jobs.work_off()
    assert listed(shipment, "Huafu Fashion") == finding


def test_one_person_with_two_accounts_is_not_a_second_person(analyst):
    judgement = judge(listed(ship(MATCH), "Huafu Fashion"), analyst)
    other_account = make_user(Role.REVIEWER, person=analyst.person)
    with pytest.raises(Refused, match="second person"):
        judgements.answer_judgement(judgement, actor=other_account, is_confirmed=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        JudgementConfirmation.objects.create(
            judgement=judgement,
            verdict="confirmed",
            author_person=analyst.person,
            confirmed_by=other_account,
            confirmed_person=analyst.person,
        )


def test_what_was_judged_the_same_takes_two_persons_to_undo(analyst):
    finding = possible_finding()
    judge(finding, analyst, "same")
    second = judge(listed(finding.screening.shipment), analyst, "different")
    assert second.awaits_a_second_person


def test_exactly_the_touched_shipments_are_screened_again(analyst):
    touched, other = ship(POSSIBLE), ship(MATCH)
    before = other.latest_screening_id, touched.latest_screening_id
    judgement = pairs.judge(listed(touched), verdict="different", scope="firm", reason="x", actor=analyst)
    assert Change.objects.filter(kind="judgement", key=str(judgement.pk)).count() == 1
    jobs.work_off()
    touched.refresh_from_db()
    other.refresh_from_db()
    assert other.latest_screening_id == before[0]
    assert touched.latest_screening_id > before[1]
    job = Job.objects.filter(kind="screen").latest("pk")
    assert job.payload["shipments"] == [touched.pk]


def test_a_judgement_holds_for_every_importer_and_survives_a_rescreening(analyst):
    judge(possible_finding(), analyst)
    later = ship(POSSIBLE)
    assert listed(later).severity == "info"
    assert later.outcome != "presumption"


def test_a_site_judgement_holds_at_that_address_only(analyst):
    here, there = replace(POSSIBLE, address="1 Mill Road"), replace(POSSIBLE, address="2 Mill Road")
    one, two = ship(here), ship(there)
    judge(listed(one), analyst, scope="site")
    assert (listed(one).severity, listed(two).severity) == ("info", "high")


def test_it_lapses_when_one_alias_of_the_entity_changes(analyst):
    finding = possible_finding()
    judgement = judge(finding, analyst)
    load_with_one_alias_more(judgement.entity_key)
    now = listed(finding.screening.shipment)
    assert (now.severity, now.asks_review, now.judgement) == ("high", True, None)
    state = judgements.states_of([Judgement.objects.get(pk=judgement.pk)])[0]
    assert (state.state, state.why) == ("lapsed", "The list changed: alias “Example New Alias” added.")
    assert [pair.entity_id for pair in pairs.waiting_pairs(analyst)] == [now.listing.entity_id]


def test_it_stands_when_another_entity_changes(analyst):
    finding = possible_finding()
    judgement = judge(finding, analyst)
    other = ListedEntity.objects.filter(register="UFLPA").exclude(key=judgement.entity_key).first()
    load_with_one_alias_more(other.key)
    assert listed(finding.screening.shipment).severity == "info"


def test_it_lapses_when_the_party_is_declared_otherwise_and_says_why(analyst):
    judgement = judge(possible_finding(), analyst)
    moved = replace(POSSIBLE, city="Aksu")
    finding = listed(ship(moved), judgement.entity_name)
    assert finding.severity != "info"
    state = judgements.earlier_on(moved, finding.listing.entity)[0]
    assert (state.state, state.why) == ("lapsed", "The party is another: city was “Foshan”, is “Aksu”.")


def test_a_later_judgement_takes_the_place_of_an_earlier_one(analyst):
    finding = possible_finding()
    first = judge(finding, analyst)
    judge(listed(finding.screening.shipment), analyst, "unsure")
    assert listed(finding.screening.shipment).severity == "high"
    assert judgements.states_of([first])[0].state == "superseded"


def test_a_superseded_judgement_cannot_be_confirmed(analyst, approver):
    finding = listed(ship(MATCH), "Huafu Fashion")
    first = judge(finding, analyst)
    judge(finding, analyst, "same")
    with pytest.raises(Refused, match="later judgement"):
        judgements.answer_judgement(first, actor=approver, is_confirmed=True)


@pytest.mark.parametrize(("verdict", "reason"), [("different", " "), ("maybe", "because")])
def test_a_judgement_without_verdict_or_reason_leaves_nothing_behind(analyst, verdict, reason):
    finding = possible_finding()
    with pytest.raises(Refused):
        pairs.judge(finding, verdict=verdict, scope="firm", reason=reason, actor=analyst)
    assert not Judgement.objects.exists()
    assert not Change.objects.filter(kind="judgement").exists()


def test_what_a_judgement_moves_is_counted_before_it_is_made(analyst):
    for value in (Decimal(100), Decimal(250), None):
        ship(POSSIBLE, value=value)
    ship(MATCH, value=Decimal(999))
    finding = listed(Finding.objects.filter(verdict="possible").earliest("pk").screening.shipment)
    moved = pairs.moved_by(finding, "firm", analyst)
    assert (moved.findings, moved.shipments, moved.open_cases) == (3, 3, 0)
    assert moved.values == (("USD", Decimal(350)),)
    assert moved.lines_without_value == 1


def test_the_pair_with_most_shipments_comes_first(analyst):
    ship(MATCH)
    ship(POSSIBLE)
    ship(POSSIBLE)
    waiting = pairs.waiting_pairs(analyst)
    assert [len(pair.shipments) for pair in waiting] == sorted((len(p.shipments) for p in waiting), reverse=True)
    assert len(waiting[0].shipments) == 2


def test_a_judged_pair_leaves_the_queue(analyst):
    finding = possible_finding()
    assert pairs.waiting_pairs(analyst)
    judge(finding, analyst, "unsure")
    assert finding.listing.entity_id not in {pair.entity_id for pair in pairs.waiting_pairs(analyst)}
