"""The pages of judgements: the queue, one pair, the second person, and several rows of the desk at once."""

import pytest
from django.urls import reverse

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import AuditEvent, Judgement
from entities.services import jobs
from screening.models import Case, Look
from screening.services import pairs
from tests.factories import make_user
from tests.screening import test_judgements as made
from tests.screening.made_cases import make_case, make_screening, make_shipment

pytestmark = pytest.mark.django_db
_lists = made._lists


@pytest.fixture
def analyst(client, settings):
    settings.DEMO = True  # the second factor has tests of its own
    user = make_user(Role.ANALYST)
    client.force_login(user)
    return user


def body(response):
    return response.content.decode()


def test_the_queue_shows_each_pair_once_with_its_shipments(client, analyst):
    made.ship(made.POSSIBLE)
    made.ship(made.POSSIBLE)
    page = body(client.get(reverse("match-list")))
    assert page.count("Possible match") == 1
    assert "Esquel Group" in page
    assert "Matches to judge" in body(client.get(reverse("desk")))


def test_the_queue_takes_no_more_queries_for_more_pairs(client, analyst, django_assert_max_num_queries):
    for name in ("Esquel Garment Co Ltd", "Esquel Shirts Co Ltd", "Huafu Textile Co., Ltd."):
        made.ship(PartyFacts(name=name, country="CN"))
    with django_assert_max_num_queries(16):
        client.get(reverse("match-list"))


def test_both_names_stand_side_by_side_and_what_differs_is_marked_and_escaped(client, analyst):
    finding = made.listed(made.ship(PartyFacts(name="Esquel <b>Garment</b> Co Ltd", country="CN")))
    page = body(client.get(reverse("match-judge", args=[finding.pk])))
    assert "&lt;<mark>b</mark>" in page or "<mark>&lt;b&gt;" in page or "&lt;" in page
    assert "<b>Garment" not in page
    assert "<mark>Garment</mark>" in page
    assert "settles 1 finding on 1 shipment" in page


def test_a_chinese_name_is_compared_character_by_character(client, analyst):
    finding = made.listed(made.ship(PartyFacts(name="Huafu Fashion Co., Ltd.", native_name="华孚纺织", country="CN")))
    assert 'lang="zh"' in body(client.get(reverse("match-judge", args=[finding.pk])))


def test_a_judgement_needs_a_verdict_and_a_reason(client, analyst):
    finding = made.possible_finding()
    answer = client.post(reverse("match-judge", args=[finding.pk]), {"scope": "firm"})
    assert answer.status_code == 422
    assert "Say why." in body(answer)
    assert "Choose: the same firm" in body(answer)
    assert not Judgement.objects.exists()


def test_the_next_pair_follows_and_the_queue_at_the_end(client, analyst):
    first, second = made.possible_finding(), made.listed(made.ship(made.MATCH), "Huafu Fashion")
    said = {"verdict": "different", "scope": "firm", "reason": "another owner"}
    answer = client.post(reverse("match-judge", args=[first.pk]), said)
    assert answer["Location"] == reverse("match-judge", args=[second.pk])
    answer = client.post(reverse("match-judge", args=[second.pk]), said, follow=True)
    assert "counts once a second person confirms it" in body(answer)
    assert Judgement.objects.count() == 2
    assert AuditEvent.objects.filter(action="judgement.recorded").count() == 2


def test_the_author_cannot_answer_and_a_second_person_can(client, settings):
    settings.DEMO = True
    reviewer, approver = make_user(Role.REVIEWER), make_user(Role.APPROVER)
    finding = made.listed(made.ship(made.MATCH), "Huafu Fashion")
    judgement = made.judge(finding, reviewer)
    address = reverse("match-confirm", args=[judgement.pk])
    client.force_login(reviewer)
    assert "You judged this yourself" in body(client.get(address))
    assert client.post(address, {"answer": "confirm"}).status_code == 422
    client.force_login(approver)
    assert "Confirm or decline" in body(client.get(reverse("match-list") + "?show=second"))
    assert client.post(address, {"answer": "decline"}).status_code == 422
    assert client.post(address, {"answer": "confirm"}).status_code == 302
    jobs.work_off()
    assert made.listed(finding.screening.shipment, "Huafu Fashion").severity == "info"


def test_a_lapsed_judgement_is_shown_as_lapsed_with_the_reason(client, analyst):
    judgement = made.judge(made.possible_finding(), analyst)
    made.load_with_one_alias_more(judgement.entity_key)
    page = body(client.get(reverse("match-list") + "?show=judged"))
    assert "Lapsed" in page
    assert "alias “Example New Alias” added" in page


def test_an_importer_does_not_read_the_office_s_words(client, analyst):
    shipment = made.ship(made.POSSIBLE)
    made.judge(made.listed(shipment), analyst, reason="as the rival's papers say")
    client.force_login(make_user(Role.IMPORTER_MEMBER, shipment.owner))
    page = body(client.get(reverse("shipment-detail", args=[shipment.pk])))
    assert "The office judged whether" in page
    assert "papers say" not in page


def test_a_finding_leads_to_its_judgement(client, analyst):
    finding = made.possible_finding()
    address = reverse("shipment-detail", args=[finding.screening.shipment_id])
    assert reverse("match-judge", args=[finding.pk]) in body(client.get(address))


def test_several_cases_are_assigned_with_one_reason_recorded_with_each(client, analyst):
    rows = [make_case(), make_case()]
    left = make_case()
    said = {
        "item": [row.pk for row in rows],
        "bulk-to": analyst.pk,
        "bulk-reason": "cotton is mine",
        "back": "stage=open",
    }
    answer = client.post(reverse("bulk-assign"), said)
    assert answer["Location"] == reverse("desk") + "?stage=open"
    assert set(Case.objects.filter(assigned_to=analyst)) == set(rows)
    assert left.assigned_to_id is None
    events = AuditEvent.objects.filter(action="case.assigned", reason="cotton is mine")
    assert {event.case_number for event in events} == {row.number for row in rows}


def test_several_shipments_are_set_aside_and_one_that_cannot_be_is_named(client, analyst):
    rows = [make_shipment(outcome="review", reference=f"look-{number}") for number in range(2)]
    for row in rows:
        make_screening(row, outcome="review", severity="high")
    held = make_shipment(reference="held-1")
    make_screening(held)
    said = {"item": [row.pk for row in (*rows, held)], "bulk-reason": "same trader, known"}
    page = body(client.post(reverse("bulk-set-aside"), said, follow=True))
    assert "2 set aside" in page
    assert "held-1" in page
    assert Look.objects.filter(reason="same trader, known").count() == 2


@pytest.mark.parametrize("data", [{}, {"item": "x"}, {"item": "1"}, {"item": "9" * 400, "bulk-reason": "y"}])
def test_nothing_ticked_or_no_reason_changes_nothing(client, analyst, data):
    case = make_case()
    data = {"item": case.pk} if data == {"item": "1"} else data
    page = body(client.post(reverse("bulk-assign"), data, follow=True))
    assert "Nothing was done" in page
    assert not AuditEvent.objects.filter(action="case.assigned").exists()


def test_the_value_moved_is_said_before_judging(client, analyst):
    finding = made.listed(made.ship(made.POSSIBLE, value=1250))
    assert "$1,250.00" in body(client.get(reverse("match-judge", args=[finding.pk])))
    assert pairs.waiting_pairs(analyst)[0].value == 1250
