"""Names of listed entities over the API: shown with what they stand on, proposed by the office."""

import pytest

from entities.domain.roles import Role
from entities.models import ListedEntity, NameStatement
from entities.services import names
from entities.services.lists import load_reference_lists
from tests.api_client import client_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NEW = "辛普韦克纺纱有限公司"
SENT = {"text": NEW, "source": "Annual report 2024, page 12", "source_url": "https://example.test/report"}


@pytest.fixture
def entity(fresh_matchers):
    load_reference_lists()
    return ListedEntity.objects.get(register="UFLPA", name="Changji Esquel Textile Co., Ltd.")


@pytest.fixture
def analyst():
    return make_user(Role.ANALYST)


def post(user, entity, **changes):
    return client_of(user).post(f"/api/v1/listed-entities/{entity.pk}/names/", SENT | changes, format="json")


def names_in(user, entity):
    return client_of(user).get(f"/api/v1/listed-entities/{entity.pk}/").json()["names"]


def test_a_proposed_name_is_answered_as_it_stands(entity, analyst):
    answer = post(analyst, entity, reason="seen on an invoice")
    assert answer.status_code == 201
    assert answer.json() == {
        "text": NEW,
        "kind": "native",
        "script": "Chinese",
        "standing": "proposed",
        "source": SENT["source"],
        "source_url": SENT["source_url"],
        "since": None,
        "until": None,
        "awaits_a_second_person": True,
    }
    assert NameStatement.objects.get().reason == "seen on an invoice"


def test_everybody_sees_the_names_and_what_they_stand_on(entity, analyst):
    post(analyst, entity)
    names.answer_proposal(NameStatement.objects.get(), actor=make_user(Role.APPROVER), is_confirmed=True)
    shown = {one["text"]: one for one in names_in(make_user(Role.IMPORTER_MEMBER), entity)}
    assert (shown[NEW]["standing"], shown[NEW]["awaits_a_second_person"]) == ("confirmed", False)
    assert (shown[entity.name]["standing"], shown[entity.name]["since"]) == ("listed", "2022-06-21")
    assert "author" not in shown[NEW]


def test_an_entity_is_found_by_a_name_of_the_office_until_it_is_given_up(entity, analyst):
    def found():
        answer = client_of(analyst).get("/api/v1/listed-entities/", {"search": "辛普韦克"})
        return [one["id"] for one in answer.json()["results"]]

    post(analyst, entity)
    assert found() == [entity.pk]
    names.answer_proposal(NameStatement.objects.get(), actor=analyst, is_confirmed=False, reason="misread")
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"text": "有限公司"}, 409, "name_says_nothing"),
        ({"text": "Changji Esquel Textile Co. Ltd."}, 409, "already_listed"),
        ({"source": ""}, 400, "invalid"),
        ({"source_url": "report"}, 400, "invalid"),
        ({"text": 5}, 400, "invalid"),
        ({"name": NEW}, 400, "invalid"),
    ],
)
def test_what_cannot_be_proposed_says_why(entity, analyst, changes, status, code):
    answer = post(analyst, entity, **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"]
    assert not NameStatement.objects.exists()


# --- proposals and answers --------------------------------------------------------------------------------------


def answer(user, proposal, **sent):
    return client_of(user).post(f"/api/v1/listed-names/{proposal.pk}/answer/", sent, format="json")


def test_a_proposed_name_is_answered_by_a_second_person_and_withdrawn(entity, analyst):
    reviewer = make_user(Role.REVIEWER)
    post(analyst, entity)
    proposal = NameStatement.objects.get()
    [waiting] = client_of(reviewer).get("/api/v1/listed-names/", {"waiting": "true"}).json()["results"]
    assert (waiting["id"], waiting["text"], waiting["by"], waiting["answer"]) == (
        proposal.pk,
        NEW,
        analyst.full_name,
        None,
    )
    body = answer(reviewer, proposal, verdict="confirmed").json()
    assert (body["answer"]["verdict"], body["answer"]["by"]) == ("confirmed", reviewer.full_name)
    assert client_of(reviewer).get("/api/v1/listed-names/", {"waiting": "true"}).json()["results"] == []
    withdrawn = client_of(analyst).post(
        f"/api/v1/listed-names/{proposal.pk}/withdraw/", {"reason": "of another firm"}, format="json"
    )
    assert (withdrawn.status_code, withdrawn.json()["act"], withdrawn.json()["answer"]) == (201, "withdraw", None)
    rows = client_of(reviewer).get("/api/v1/listed-names/", {"entity": entity.pk}).json()["results"]
    assert [row["act"] for row in rows] == ["withdraw", "add"]


def test_an_answer_that_may_not_be_is_refused_with_its_code(entity, analyst):
    post(analyst, entity)
    proposal = NameStatement.objects.get()
    same = make_user(Role.REVIEWER, person=analyst.person)
    assert answer(same, proposal, verdict="confirmed").json()["code"] == "same_person"
    assert answer(analyst, proposal, verdict="declined").status_code == 400
    assert answer(make_user(Role.ANALYST), proposal, verdict="declined", reason="so").status_code == 403
    assert answer(analyst, proposal, verdict="declined", reason="misread").json()["answer"]["verdict"] == "declined"
    assert answer(make_user(Role.APPROVER), proposal, verdict="confirmed").json()["code"] == "answered"
    assert NameStatement.objects.count() == 2


def test_an_answer_is_no_proposal_and_not_found(entity, analyst):
    post(analyst, entity)
    answer(analyst, NameStatement.objects.get(), verdict="declined", reason="misread")
    declined = NameStatement.objects.get(act="decline")
    assert client_of(analyst).get(f"/api/v1/listed-names/{declined.pk}/").status_code == 404
