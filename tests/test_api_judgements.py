"""Judgements through the API: the pairs that wait, a judgement from a finding, the second person, how each stands."""

from dataclasses import replace

import pytest

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import AuditEvent, Change, Judgement, ListedEntity
from entities.services import jobs, judgements
from tests.api_client import V1, client_of, errors_of
from tests.factories import make_user
from tests.screening import test_judgements as made

pytestmark = pytest.mark.django_db
_lists = made._lists
SAID = {"verdict": "different", "scope": "firm", "reason": "another owner"}


@pytest.fixture
def analyst():
    return make_user(Role.ANALYST)


@pytest.fixture
def approver():
    return make_user(Role.APPROVER)


@pytest.fixture
def client(analyst):
    return client_of(analyst)


def matched():
    """A finding the machine calls a match."""
    return made.listed(made.ship(made.MATCH), "Huafu Fashion")


def post(client, finding, **said):
    return client.post(f"{V1}/findings/{finding.pk}/judgements/", SAID | said, format="json")


def answer(client, pk, verdict="confirmed", reason=""):
    return client.post(f"{V1}/judgements/{pk}/answer/", {"verdict": verdict, "reason": reason}, format="json")


def listed_so(client, **query):
    response = client.get(f"{V1}/judgements/", query)
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()["results"]]


@pytest.fixture
def by_state(analyst, approver):
    """One judgement that stands in each way today."""
    possible = made.possible_finding()
    found = {"superseded": made.judge(possible, analyst, "same")}
    found["stands"] = made.judge(made.listed(possible.screening.shipment), analyst, "unsure")
    match = matched()
    found["declined"] = made.judge(match, analyst)
    judgements.answer_judgement(found["declined"], actor=approver, is_confirmed=False, reason="the same licence")
    found["awaits"] = made.judge(match, analyst)
    other = made.listed(made.ship(PartyFacts(name="Xinjiang Daqo New Energy Co., Ltd.", country="CN")), "Daqo")
    found["lapsed"] = made.judge(other, analyst, "same")
    made.load_with_one_alias_more(found["lapsed"].entity_key)
    return {state: row.pk for state, row in found.items()}


def test_each_state_lists_what_stands_so(client, by_state):
    assert {state: listed_so(client, state=state) for state in Judgement.State.values} == {
        state: [pk] for state, pk in by_state.items()
    }
    rows = client.get(f"{V1}/judgements/").json()["results"]
    assert {row["state"]: row["id"] for row in rows} == by_state
    assert [row["id"] for row in rows] == sorted(by_state.values(), reverse=True)


def test_the_list_says_why_a_judgement_counts_no_more(client, by_state, approver):
    why = {row["state"]: row["why"] for row in client.get(f"{V1}/judgements/").json()["results"]}
    assert why == {
        "stands": "",
        "awaits": "Counts once a second person confirms it.",
        "declined": f"Declined by {approver.full_name}: the same licence",
        "lapsed": "The list changed: alias “Example New Alias” added.",
        "superseded": "A later judgement took its place.",
    }


def test_the_state_asked_of_the_database_is_the_state_that_is_shown(client, analyst, approver, by_state):
    """Also where reasons meet: declined and touched by the list, waiting and overtaken, followed by one that waits."""
    pair = matched()
    made.judge(pair, analyst, "same", scope="site")
    waiting = made.judge(pair, analyst)
    made.judge(pair, analyst, "unsure")
    made.judge(pair, approver, "different")
    made.load_with_one_alias_more(pair.listing.entity.key)
    again = matched()
    confirmed = made.judge(again, analyst)
    judgements.answer_judgement(confirmed, actor=approver, is_confirmed=True)
    made.judge(again, analyst)  # waits, so it takes the place of none yet
    shown = judgements.states_of(list(Judgement.objects.all()))
    for state in Judgement.State.values:
        expected = [one.judgement.pk for one in shown if one.state == state]
        assert listed_so(client, state=state) == expected, state
    assert waiting.pk in listed_so(client, state="lapsed")
    assert confirmed.pk in listed_so(client, state="stands")


def test_a_judgement_on_an_entity_whose_rows_another_key_carries_now_is_lapsed(client, analyst):
    """Digests are compared entity by entity, never over the whole list."""
    judgement = made.judge(made.possible_finding(), analyst, "same")
    other = ListedEntity.objects.filter(register="UFLPA").exclude(key=judgement.entity_key).first()
    moved = Judgement.objects.get(pk=judgement.pk)
    moved.pk, moved.entity_key = None, other.key
    moved.save()
    assert listed_so(client, state="lapsed") == [moved.pk]
    assert listed_so(client, state="stands") == [judgement.pk]


def test_register_entity_and_verdict_narrow_the_list(client, by_state):
    key = Judgement.objects.get(pk=by_state["lapsed"]).entity_key
    assert listed_so(client, entity=key) == [by_state["lapsed"]]
    assert listed_so(client, entity=key, verdict="different") == []
    assert listed_so(client, verdict="unsure") == [by_state["stands"]]
    assert listed_so(client, register="WRO") == []
    assert len(listed_so(client, register="UFLPA")) == 5


@pytest.mark.parametrize("name", ["state", "register", "verdict"])
def test_a_value_no_filter_knows_is_named(client, name):
    assert errors_of(client.get(f"{V1}/judgements/", {name: "perhaps"})) == {name: "invalid_choice"}


def test_the_list_is_paged_by_cursor(client, by_state):
    first = client.get(f"{V1}/judgements/", {"page_size": 3}).json()
    second = client.get(first["next"]).json()
    assert [len(page["results"]) for page in (first, second)] == [3, 2]
    assert second["next"] is None


@pytest.mark.parametrize("query", [{}, *({"state": state} for state in Judgement.State.values)])
def test_the_list_takes_no_more_queries_for_more_judgements(client, analyst, query, django_assert_max_num_queries):
    for name in ("Esquel Garment Co Ltd", "Esquel Shirts Co Ltd", "Huafu Textile Co., Ltd.", "Huafu Yarn Co., Ltd."):
        made.judge(made.listed(made.ship(PartyFacts(name=name, country="CN"))), analyst)
    assert Judgement.objects.count() == 4
    with django_assert_max_num_queries(13):
        assert client.get(f"{V1}/judgements/", query).status_code == 200


def test_one_judgement_holds_both_sides_and_the_second_person(client, analyst, approver):
    made_one = made.judge(matched(), analyst)
    judgements.answer_judgement(made_one, actor=approver, is_confirmed=True, reason="I saw the licence")
    body = client.get(f"{V1}/judgements/{made_one.pk}/").json()
    assert (body["state"], body["verdict"], body["machine_verdict"], body["scope"]) == (
        "stands",
        "different",
        "match",
        "firm",
    )
    assert body["party"]["name"] == "Huafu Fashion Co., Ltd."
    assert (body["party"]["city"], body["party"]["uscc"]) == ("Shaoxing", "")
    assert body["register"] == "UFLPA"
    assert body["entity"] == {"key": made_one.entity_key, "name": made_one.entity_name}
    assert (body["reason"], body["author"]) == ("another owner", analyst.full_name)
    assert body["made_at"].endswith("Z")
    assert body["confirmation"] | {"made_at": ""} == {
        "verdict": "confirmed",
        "reason": "I saw the licence",
        "author": approver.full_name,
        "made_at": "",
    }


def test_the_pairs_that_wait_say_what_a_judgement_moves(client):
    for address, value in (("1 Mill Road", 100), ("2 Mill Road", 250)):
        made.ship(replace(made.POSSIBLE, address=address), value=value)
    [row] = client.get(f"{V1}/matches/").json()["results"]
    assert row["party"]["name"] == "Esquel Garment Co., Ltd."
    assert (row["entity"]["register"], row["machine_verdict"]) == ("UFLPA", "possible")
    assert row["moves"]["firm"] == {
        "findings": 2,
        "shipments": 2,
        "open_cases": 0,
        "values": [{"currency": "USD", "value": "350.00"}],
        "lines_without_value": 0,
        "addresses": ["1 Mill Road", "2 Mill Road"],
    }
    assert (row["moves"]["site"]["shipments"], row["moves"]["site"]["values"][0]["value"]) == (1, "250.00")
    finding = client.get(f"{V1}/findings/{row['finding']}/").json()
    assert finding["code"] == "LISTED_ENTITY"


def test_each_waiting_pair_counts_its_own(client):
    made.ship(made.POSSIBLE, value=100)
    made.ship(made.POSSIBLE)
    made.ship(made.MATCH, value=999)
    rows = client.get(f"{V1}/matches/", {"page_size": 500}).json()["results"]
    moved = {
        (row["party"]["name"], row["machine_verdict"]): (
            row["moves"]["firm"]["shipments"],
            row["moves"]["firm"]["open_cases"],
            row["moves"]["firm"]["values"],
            row["moves"]["firm"]["lines_without_value"],
        )
        for row in rows
    }
    assert moved["Esquel Garment Co., Ltd.", "possible"] == (2, 0, [{"currency": "USD", "value": "100.00"}], 1)
    assert moved["Huafu Fashion Co., Ltd.", "match"] == (1, 1, [{"currency": "USD", "value": "999.00"}], 0)


def test_the_waiting_pairs_are_paged_and_take_no_more_queries_for_more(client, django_assert_max_num_queries):
    for name in ("Esquel Garment Co Ltd", "Esquel Shirts Co Ltd", "Huafu Textile Co., Ltd."):
        made.ship(PartyFacts(name=name, country="CN"))
    with django_assert_max_num_queries(16):
        rows = client.get(f"{V1}/matches/").json()["results"]
    assert [row["finding"] for row in rows] == sorted((row["finding"] for row in rows), reverse=True)
    first = client.get(f"{V1}/matches/", {"page_size": 1}).json()
    assert [row["finding"] for row in first["results"]] == [rows[0]["finding"]]
    assert client.get(first["next"]).json()["results"][0]["finding"] == rows[1]["finding"]


def test_a_judgement_from_a_finding_moves_its_findings(client):
    finding = made.possible_finding()
    other = made.ship(made.POSSIBLE)
    response = post(client, finding)
    assert response.status_code == 201
    body = response.json()
    assert (body["state"], body["machine_verdict"], body["confirmation"]) == ("stands", "possible", None)
    assert response["Location"].endswith(f"{V1}/judgements/{body['id']}/")
    assert made.listed(other).severity == "high"
    jobs.work_off()
    assert [made.listed(one).severity for one in (other, finding.screening.shipment)] == ["info", "info"]
    assert made.listed(other).judgement_id == body["id"]
    assert client.get(f"{V1}/matches/").json()["results"] == []
    assert AuditEvent.objects.filter(action="judgement.recorded").count() == 1


def test_a_match_is_dismissed_by_two_persons(client, approver):
    finding = matched()
    body = post(client, finding).json()
    jobs.work_off()
    assert (body["state"], body["machine_verdict"]) == ("awaits", "match")
    assert made.listed(finding.screening.shipment, "Huafu Fashion") == finding
    confirmed = answer(client_of(approver), body["id"])
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "stands")
    jobs.work_off()
    now = made.listed(finding.screening.shipment, "Huafu Fashion")
    assert (now.ground, now.judgement_id) == ("", body["id"])


def test_one_person_is_not_the_second_one(approver):
    reviewer = make_user(Role.REVIEWER)
    body = post(client_of(reviewer), matched()).json()
    other_account = make_user(Role.APPROVER, person=reviewer.person)
    for who in (reviewer, other_account):
        refused = answer(client_of(who), body["id"])
        assert (refused.status_code, refused["Content-Type"]) == (409, "application/problem+json")
        assert refused.json()["code"] == "same_person"
        assert refused.json()["detail"] == "You judged this yourself. A second person must confirm it."
    assert Judgement.objects.get().answer is None


def test_a_declined_judgement_never_counts_and_is_answered_once(client, approver):
    finding = matched()
    body = post(client, finding).json()
    second = client_of(approver)
    assert errors_of(answer(second, body["id"], "declined", " ")) == {"/reason": "reason_missing"}
    declined = answer(second, body["id"], "declined", "the same licence").json()
    assert (declined["state"], declined["confirmation"]["reason"]) == ("declined", "the same licence")
    jobs.work_off()
    assert made.listed(finding.screening.shipment, "Huafu Fashion") == finding
    again = answer(second, body["id"])
    assert (again.status_code, again.json()["code"]) == (409, "answered")


@pytest.mark.parametrize(
    ("said", "errors"),
    [
        ({"verdict": "maybe"}, {"/verdict": "invalid_choice"}),
        ({"scope": "world"}, {"/scope": "invalid_choice"}),
        ({"reason": "  "}, {"/reason": "reason_missing"}),
        ({"reason": "x" * 2001}, {"/reason": "max_length"}),
        ({"reason": 7}, {"/reason": "not_text"}),
        ({"machine_verdict": "possible"}, {"/machine_verdict": "unknown_field"}),
    ],
)
def test_a_fault_of_a_judgement_is_named_and_nothing_stays(client, said, errors):
    finding = matched()
    assert errors_of(post(client, finding, **said)) == errors
    assert not Judgement.objects.exists()
    assert not Change.objects.filter(kind="judgement").exists()


def test_what_is_left_out_is_named(client, approver):
    finding = matched()
    response = client.post(f"{V1}/findings/{finding.pk}/judgements/", {}, format="json")
    assert errors_of(response) == {"/verdict": "required", "/scope": "required", "/reason": "required"}
    judgement = made.judge(finding, make_user(Role.ANALYST))
    response = client_of(approver).post(f"{V1}/judgements/{judgement.pk}/answer/", {"answer": "yes"}, format="json")
    assert errors_of(response) == {"/verdict": "required", "/answer": "unknown_field"}


def test_a_finding_about_something_else_cannot_be_judged(client):
    shipment = made.ship(made.MATCH)
    other = shipment.latest_screening.findings.exclude(rule="LISTED_ENTITY").first()
    refused = post(client, other)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_a_pair")
    assert not Judgement.objects.exists()


def test_only_the_office_knows_of_judgements(client):
    shipment = made.ship(made.MATCH)
    finding = made.listed(shipment, "Huafu Fashion")
    pk = post(client, finding).json()["id"]
    member = client_of(make_user(Role.IMPORTER_MEMBER, shipment.owner))
    reads = [member.get(f"{V1}/{path}/").status_code for path in ("matches", "judgements", f"judgements/{pk}")]
    assert reads == [403, 403, 403]
    assert [post(member, finding).status_code, answer(member, pk).status_code] == [403, 403]
    assert Judgement.objects.count() == 1


def test_an_unknown_judgement_or_finding_is_404(client, approver):
    assert client.get(f"{V1}/judgements/999999/").status_code == 404
    assert answer(client_of(approver), 999999).status_code == 404
    assert client.post(f"{V1}/findings/999999/judgements/", SAID, format="json").status_code == 404


def test_the_documentation_shows_what_to_send(client):
    page = client.get("/api/docs/").content.decode()
    assert "/api/v1/matches/" in page
    assert "/api/v1/judgements/{id}/answer/" in page
    assert "the register of Shaoxing shows no tie" in page
    assert "the code “same_person” where" in page
    assert "350000.00" in page
