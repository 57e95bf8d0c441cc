"""Of which commodity chain goods are: as their HTS codes propose, or as a person says where they propose wrongly."""

import pytest
from django.urls import reverse

from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent, Job
from entities.services import jobs
from evidence.models import ChosenCommodity
from evidence.services.checking import check
from evidence.services.goods import choose_commodity, goods_of
from screening.domain.coverage import ChainPosition
from screening.models import Case, ShipmentLine
from tests.api_client import V1, client_of
from tests.evidence.made_grid import make_cotton_case
from tests.factories import make_user

pytestmark = pytest.mark.django_db
SEWN_COTTON = ChainPosition("cotton", 7)


@pytest.fixture
def unknown():
    """The same chain, of goods whose code says nothing of a chain."""
    case = make_cotton_case()
    ShipmentLine.objects.filter(shipment__cases=case).update(hts_codes=["9999000000"])
    check(case)
    return Case.objects.get(pk=case.pk)


def line_of(case):
    return ShipmentLine.objects.get(shipment__cases=case)


def choose(case, position=SEWN_COTTON, actor=None, reason="The label says 100 % cotton."):
    actor = actor or make_user(Role.REVIEWER)
    return choose_commodity(case, line_of(case), position=position, reason=reason, actor=actor)


def commodities(case):
    case = Case.objects.get(pk=case.pk)
    return {one["name"].split(" ")[0]: one["commodity"] for one in case.proof_grid.content["steps"]}


def test_the_codes_propose_the_chain_until_a_person_says_otherwise(unknown):
    [before] = goods_of(unknown)
    assert (before.proposed, before.position) == (None, None)
    choose(unknown)
    [after] = goods_of(unknown)
    assert (after.proposed, after.position) == (None, SEWN_COTTON)


def test_what_the_chosen_chain_asks_for_is_asked_and_its_gaps_are_named(unknown):
    assert commodities(unknown)["Lotus"] == ""
    choose(unknown)
    jobs.work_off()
    assert commodities(unknown)["Lotus"] == "cotton"
    steps = Case.objects.get(pk=unknown.pk).proof_grid.content["steps"]
    assert [one["name"] for one in steps if one["is_gap"]] == ["dyer or finisher", "ginner", "cotton farm"]


def test_goods_of_another_chain_are_laid_on_that_chain():
    case = make_cotton_case()
    choose(case, ChainPosition("steel", 3))
    jobs.work_off()
    assert commodities(case)["Lotus"] == "steel"


def test_goods_of_no_known_chain_are_asked_for_no_more_than_all(client):
    case = make_cotton_case()
    choose(case, None)
    jobs.work_off()
    assert commodities(case)["Lotus"] == ""


def test_the_choice_is_on_record_and_asks_for_another_look(unknown):
    Job.objects.all().delete()
    row = choose(unknown)
    assert AuditEvent.objects.get(action="goods.commodity_chosen").after == {
        "line": 1, "commodity": "cotton", "made_by_stage": 7,
    }  # fmt: skip
    assert Job.objects.filter(kind="check_papers").count() == 1
    assert str(row).startswith("line 1 of")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"reason": " "}, "reason_missing"),
        ({"position": ChainPosition("cotton", 99)}, "commodity_unknown"),
        ({"position": ChainPosition("moon cheese", 1)}, "commodity_unknown"),
    ],
)
def test_what_says_nothing_is_refused(unknown, more, code):
    with pytest.raises(Refused) as refused:
        choose(unknown, **more)
    assert refused.value.code == code
    assert not ChosenCommodity.objects.exists()


def test_only_a_reviewer_chooses_and_only_of_lines_of_the_case(unknown):
    with pytest.raises(Refused):
        choose(unknown, actor=make_user(Role.ANALYST))
    other = make_cotton_case(name="Another Example Knit LLC")
    with pytest.raises(Refused) as refused:
        choose_commodity(unknown, line_of(other), position=SEWN_COTTON, reason="So.", actor=make_user(Role.REVIEWER))
    assert refused.value.code == "line_of_another_case"


def test_the_page_says_what_is_proposed_and_takes_another_choice(client, reviewer, unknown):
    grid = client.get(reverse("case-proof-grid", args=[unknown.pk])).content.decode()
    assert "as its codes propose none" in grid
    url = reverse("case-goods", args=[unknown.pk])
    assert f"{url}?line={line_of(unknown).pk}" in grid
    page = client.get(url).content.decode()
    assert '<option value="cotton.7">Made by the garment maker</option>' in page
    assert '<option value="" selected>Of no chain that is known here</option>' in page
    said = {"line": line_of(unknown).pk, "made": "cotton.7", "reason": "The label says 100 % cotton."}
    assert client.post(url, said).status_code == 302
    assert ChosenCommodity.objects.get().author == reviewer
    grid = client.get(reverse("case-proof-grid", args=[unknown.pk])).content.decode()
    assert "cotton, made by the" in grid
    assert "The label says 100 % cotton." in grid


def test_a_choice_without_reason_stays_on_the_page(client, reviewer, unknown):
    url = reverse("case-goods", args=[unknown.pk])
    answer = client.post(url, {"line": line_of(unknown).pk, "made": "cotton.7", "reason": ""})
    assert answer.status_code == 422


def test_the_api_gives_and_takes_the_same(unknown):
    reviewer = client_of(make_user(Role.REVIEWER))
    url = f"{V1}/cases/{unknown.number}/goods/"
    [told] = reviewer.get(url).json()
    assert (told["line"], told["hts_codes"], told["proposed"], told["stands"]) == (1, ["9999000000"], None, None)
    said = {"shipment": told["shipment"], "line": 1, "commodity": "cotton", "made_by_stage": 7, "reason": "A label."}
    answer = reviewer.post(url, said, format="json")
    [told] = answer.json()
    assert answer.status_code == 201
    assert told["stands"] == {"commodity": "cotton", "made_by_stage": 7, "stage": "garment maker"}
    assert (told["chosen"]["reason"], told["proposed"]) == ("A label.", None)
    answer = reviewer.post(url, {**said, "commodity": "moon cheese"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "commodity_unknown")
    assert reviewer.post(url, {**said, "line": 9}, format="json").status_code == 404
