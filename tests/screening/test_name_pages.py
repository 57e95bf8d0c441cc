"""Names the office adds, end to end: on the pages, in screening, in judgements."""

from datetime import date

import pytest
from django.urls import reverse

from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.known_names import names_known
from entities.models import ListedEntity, ListVersion, NameStatement
from entities.services import jobs, names
from entities.services.lists import load_reference_lists
from screening.models import Screening
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment, add_shipment
from screening.services.touched import what_a_name_touches
from tests.factories import make_organization, make_user
from tests.screening import test_judgements as judged

pytestmark = pytest.mark.django_db
NEW = "辛普韦克纺纱有限公司"
SOURCE = "Annual report 2024, page 12"


@pytest.fixture(autouse=True)
def _lists(fresh_matchers):
    load_reference_lists()


@pytest.fixture
def entity():
    return ListedEntity.objects.get(register="UFLPA", name="Changji Esquel Textile Co., Ltd.")


@pytest.fixture
def analyst():
    return make_user(Role.ANALYST)


@pytest.fixture
def reviewer():
    return make_user(Role.REVIEWER)


def ship(native_name=NEW, name="", imported_on=date(2026, 5, 4)):
    party = PartyFacts(name=name, native_name=native_name, city="Foshan", country="CN")
    line = DeclaredLine(1, "Cotton yarn", ("5205240090",))
    declared = DeclaredShipment(imported_on=imported_on, lines=(line,), parties=(DeclaredRole("manufacturer", party),))
    shipment = add_shipment(declared, owner=make_organization(), actor=None)
    jobs.work_off()
    return shipment


def found(shipment):
    """The verdicts of the latest screening on listed entities."""
    jobs.work_off()
    shipment.refresh_from_db()
    return [one.verdict for one in shipment.latest_screening.findings.filter(rule="LISTED_ENTITY")]


def propose(entity, actor, text=NEW):
    return names.propose_name(entity, text=text, source=SOURCE, actor=actor)


def confirm(proposal, actor):
    return names.answer_proposal(proposal, actor=actor, is_confirmed=True)


def test_a_name_from_proposal_to_withdrawal_in_a_shipment(entity, analyst, reviewer):
    shipment, other = ship(), ship("静港制衣有限公司")
    assert (found(shipment), found(other)) == ([], [])
    proposal = propose(entity, analyst)
    assert found(shipment) == ["possible"]
    finding = shipment.latest_screening.findings.get(rule="LISTED_ENTITY")
    assert any("did not confirm yet" in reason and SOURCE in reason for reason in finding.reasons)
    assert (finding.asks_review, shipment.cases.exists()) == (True, False)
    confirm(proposal, reviewer)
    assert found(shipment) == ["match"]
    with_name = shipment.latest_screening
    finding = with_name.findings.get(rule="LISTED_ENTITY")
    assert (finding.ground, finding.listing.entity, shipment.cases.count()) == ("LISTED_ENTITY", entity, 1)
    assert any(SOURCE in reason for reason in finding.reasons)
    assert with_name.run.names_up_to == NameStatement.objects.last().pk
    confirm(names.propose_withdrawal(entity, text=NEW, reason="another firm's", actor=analyst), reviewer)
    assert found(shipment) == []
    assert [one.verdict for one in with_name.findings.filter(rule="LISTED_ENTITY")] == ["match"]
    assert Screening.objects.filter(shipment=other).count() == 1


def test_a_name_declined_raises_no_question_any_more(entity, analyst, reviewer):
    shipment = ship()
    proposal = propose(entity, analyst)
    assert found(shipment) == ["possible"]
    names.answer_proposal(proposal, actor=reviewer, is_confirmed=False, reason="of another firm")
    assert found(shipment) == []


def test_what_a_confirmation_touches_is_shown_before(entity, analyst, reviewer):
    shipment = ship()
    ship("静港制衣有限公司")
    proposal = propose(entity, analyst)
    assert not what_a_name_touches(proposal)["is_settled"]
    jobs.work_off()
    touches = what_a_name_touches(proposal)
    assert (proposal.answer, touches["is_settled"]) == (None, True)
    assert (touches["party_count"], touches["shipment_count"], touches["case_count"]) == (1, 1, 0)
    assert [(one["name"], one["before"], one["after"]) for one in touches["parties"]] == [(NEW, "possible", "match")]
    assert touches["importers"][0]["shipments"] == [{"id": shipment.pk, "label": shipment.label}]
    confirm(proposal, reviewer)
    jobs.work_off()
    end = names.propose_withdrawal(entity, text=NEW, reason="another firm's", actor=analyst)
    assert [(one["before"], one["after"]) for one in what_a_name_touches(end)["parties"]] == [("match", "none")]
    assert what_a_name_touches(end)["case_count"] == 1
    assert NameStatement.objects.count() == 3


def test_a_judgement_lapses_when_a_name_of_its_entity_is_added(analyst, reviewer):
    finding = judged.possible_finding()
    shipment, entity = finding.screening.shipment, finding.listing.entity
    judged.judge(finding, analyst)
    assert judged.listed(shipment).severity == "info"
    proposal = propose(entity, analyst)
    jobs.work_off()
    assert (judged.listed(shipment).severity, judged.listed(shipment).judgement) == ("high", None)
    [state] = judged.judgements.states_of([judged.Judgement.objects.get()])
    assert (state.state, f"Chinese name “{NEW}” added" in state.why) == ("lapsed", True)
    judged.judge(judged.listed(shipment), analyst)
    assert judged.listed(shipment).severity == "info"
    confirm(proposal, reviewer)
    jobs.work_off()
    assert judged.listed(shipment).severity == "high"
    states = judged.judgements.states_of(list(judged.Judgement.objects.order_by("-pk")[:1]))
    assert f"“{NEW}” confirmed as its name" in states[0].why


# --- pages ------------------------------------------------------------------------------------------------------


def test_a_name_is_proposed_and_confirmed_on_the_pages(client, entity, analyst, reviewer):
    client.force_login(analyst)
    address = reverse("listed-entity-detail", args=[entity.pk])
    answer = client.post(
        reverse("listed-name-add", args=[entity.pk]),
        {"text": NEW, "source": SOURCE, "source_url": "example.test/report", "reason": "seen on an invoice"},
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, address + "#names")
    proposal = NameStatement.objects.get()
    assert (proposal.source_url, proposal.author, proposal.reason) == (
        "https://example.test/report",
        analyst,
        "seen on an invoice",
    )
    page = client.get(address).content.decode()
    assert "Proposed by the office" in page
    assert "Take back" in page
    client.force_login(reviewer)
    assert "Names to confirm" in client.get(reverse("desk")).content.decode()
    waiting = client.get(reverse("listed-name-list")).content.decode()
    assert reverse("listed-name-answer", args=[proposal.pk]) in waiting
    client.post(reverse("listed-name-answer", args=[proposal.pk]), {"answer": "confirm"})
    page = client.get(address).content.decode()
    assert "Confirmed by the office" in page
    assert f"confirmed by {reviewer.full_name}" in page
    assert "Names to confirm" not in client.get(reverse("desk")).content.decode()
    assert "Nothing waits" in client.get(reverse("listed-name-list")).content.decode()
    assert "Confirmed" in client.get(reverse("listed-name-list") + "?show=all").content.decode()


def test_a_refusal_says_why_and_keeps_what_was_typed(client, entity, analyst):
    client.force_login(analyst)
    address = reverse("listed-name-add", args=[entity.pk])
    answer = client.post(address, {"text": "新疆有限公司", "source": SOURCE})
    assert answer.status_code == 422
    assert "names only a place" in answer.content.decode()
    assert 'value="新疆有限公司"' in answer.content.decode()
    assert "Say where the name stands" in client.post(address, {"text": NEW}).content.decode()
    assert not NameStatement.objects.exists()


def test_the_second_person_must_be_another(client, entity, analyst):
    proposal = propose(entity, analyst)
    client.force_login(make_user(Role.REVIEWER, person=analyst.person))
    address = reverse("listed-name-answer", args=[proposal.pk])
    assert "Confirm: the entity bears this name" not in client.get(address).content.decode()
    refused = client.post(address, {"answer": "confirm", "reason": "sure"})
    assert "A second person must confirm it." in refused.content.decode()
    assert NameStatement.objects.get() == proposal
    assert client.post(address, {"reason": "misread"}).status_code == 302
    assert NameStatement.objects.get(proposal=proposal).act == "decline"


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR, Role.MANAGER])
def test_who_may_not_confirm_sees_what_it_touches_and_is_refused(client, settings, entity, analyst, role):
    settings.DEMO = True  # the second factor has tests of its own
    proposal = propose(entity, analyst)
    client.force_login(make_user(role))
    address = reverse("listed-name-answer", args=[proposal.pk])
    assert "What confirming it touches" in client.get(address).content.decode()
    assert client.post(address, {"answer": "confirm"}).status_code == 403
    assert proposal.answer is None
    assert NameStatement.objects.count() == 1


def test_a_withdrawal_is_proposed_and_declined_on_the_pages(client, entity, analyst, reviewer):
    proposal = propose(entity, analyst)
    confirm(proposal, reviewer)
    client.force_login(analyst)
    address = reverse("listed-name-withdraw", args=[proposal.pk])
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "of another firm"}).status_code == 302
    assert "proposed this withdrawal already" in client.post(address, {"reason": "again"}).content.decode()
    withdrawal = NameStatement.objects.last()
    client.force_login(reviewer)
    page = client.get(reverse("listed-name-answer", args=[withdrawal.pk])).content.decode()
    assert "Confirm: the name is withdrawn" in page
    assert client.post(reverse("listed-name-answer", args=[withdrawal.pk]), {"answer": "decline"}).status_code == 422
    client.post(reverse("listed-name-answer", args=[withdrawal.pk]), {"answer": "decline", "reason": "it is theirs"})
    assert "Confirmed by the office" in client.get(reverse("listed-entity-detail", args=[entity.pk])).content.decode()


def test_outsiders_see_names_and_sources_but_not_who_proposed_them(client, entity, analyst, reviewer):
    confirm(names.propose_name(entity, text=NEW, source=SOURCE, reason="a tip", actor=analyst), reviewer)
    client.force_login(make_user(Role.IMPORTER_MEMBER))
    page = client.get(reverse("listed-entity-detail", args=[entity.pk])).content.decode()
    assert NEW in page
    assert SOURCE in page
    for hidden in (analyst.full_name, reviewer.full_name, "a tip", "Withdraw"):
        assert hidden not in page


def test_an_entity_is_looked_up_by_a_name_of_the_office(client, entity, analyst):
    propose(entity, analyst)
    client.force_login(analyst)
    page = client.get(reverse("listed-entity-list"), {"q": "辛普韦克"}).content.decode()
    assert entity.name in page
    assert "proposed by the office" in page
    version = ListVersion.objects.current("UFLPA")
    row = next(one for one in version.listings.filter(is_current=True) if one.native_names)
    name = row.native_names[0]["text"]
    if not row.native_names[0]["confirmed"]:
        propose(row.entity, analyst, name)
    page = client.get(reverse("listed-entity-list"), {"q": row.name}).content.decode()
    rows = version.listings.filter(is_current=True, entity=row.entity).count()
    assert page.count(f">{name}<") == rows  # once in each, though the list and the office both have it
    assert "No row matches" in client.get(reverse("listed-entity-list"), {"q": "静港"}).content.decode()


def test_a_name_of_the_office_stands_beside_the_declared_one(client, entity, analyst):
    propose(entity, analyst)
    shipment = ship()
    client.force_login(analyst)
    finding = shipment.latest_screening.findings.get(rule="LISTED_ENTITY") if found(shipment) else None
    page = client.get(reverse("match-judge", args=[finding.pk])).content.decode()
    assert page.count(NEW) > 1


def test_the_pages_take_few_queries_however_many_names(
    client, entity, analyst, reviewer, django_assert_max_num_queries
):
    for number in range(6):
        proposal = propose(entity, analyst, f"辛普韦克{number}号纺纱有限公司")
        if number % 2:
            confirm(proposal, reviewer)
    client.force_login(reviewer)
    for address in (
        reverse("listed-entity-detail", args=[entity.pk]),
        reverse("listed-name-list") + "?show=all",
        reverse("listed-entity-list"),
    ):
        with django_assert_max_num_queries(22):
            assert client.get(address).status_code == 200
    assert ListVersion.objects.current("UFLPA").listings.filter(entity=entity).exists()


def test_a_chinese_name_a_public_source_ties_is_not_said_to_stand_on_the_list(client, entity, analyst):
    [native] = [name for name in names_known(entity) if name.kind == "native"]
    assert native.standing == "sourced"
    client.force_login(analyst, backend="entities.backends.EmailBackend")
    page = client.get(reverse("listed-entity-detail", args=[entity.pk])).content.decode()
    row = page.split(f">{native.text}<")[1].split("</tr>")[0]
    assert "Public source" in row
    assert "On the list" not in row
    with pytest.raises(Refused, match="A public source ties"):
        propose(entity, analyst, native.text)
