"""Papers placed in the chain of a case by API: by reviewers, by the keys of the proof grid, on record."""

import pytest

from entities.domain.roles import Role
from entities.models import AuditEvent
from entities.services.lists import load_reference_lists
from evidence.models import Paper, PaperPlacement
from evidence.services import checking
from tests.evidence.made_papers import sale
from tests.evidence.sending import make_case
from tests.evidence.test_alarms import stored
from tests.factories import make_user

pytestmark = pytest.mark.django_db
BACKEND = "entities.backends.EmailBackend"


@pytest.fixture
def case():
    load_reference_lists()
    case = stored(make_case(items=()), *sale())
    checking.check(case)
    return case


@pytest.fixture
def signed_in(client):
    client.force_login(make_user(Role.REVIEWER), backend=BACKEND)
    return client


def address(case):
    return f"/api/v1/cases/{case.number}/placements/"


def place(client, case, tag=None, **said):
    head = {"HTTP_IF_MATCH": tag} if tag else {}
    said = {"reason": "Its agent signs for it.", **said}
    return client.post(address(case), said, content_type="application/json", **head)


def paper_of(case):
    return Paper.objects.filter(document__exhibits__case=case).order_by("pk").first()


def test_a_paper_is_placed_by_the_key_of_a_step_and_the_grid_follows(case, signed_in):
    paper = paper_of(case)
    grid = signed_in.get(f"/api/v1/cases/{case.number}/proof-grid/").json()
    step = grid["steps"][0]
    done = place(signed_in, case, paper=paper.pk, steps=[step["key"]])
    assert done.status_code == 201
    (row,) = done.json()
    assert (row["paper"], row["steps"], row["labels"]) == (paper.pk, [step["key"]], [step["name"]])
    assert AuditEvent.objects.latest("sequence").action == "paper.placed"
    checking.check(case)
    grid = signed_in.get(f"/api/v1/cases/{case.number}/proof-grid/").json()
    assert [one["steps"] for one in grid["papers"] if one["id"] == paper.pk] == [[step["key"]]]


def test_a_later_word_takes_the_place_of_an_earlier(case, signed_in):
    paper = paper_of(case)
    place(signed_in, case, paper=paper.pk, steps=["import"])
    done = place(signed_in, case, paper=paper.pk, steps=[], reason="Of another shipment.")
    assert [(row["steps"], row["reason"]) for row in done.json()] == [([], "Of another shipment.")]
    assert signed_in.get(address(case)).json() == done.json()
    assert PaperPlacement.objects.count() == 2


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"steps": ["no such step"]}, 400),
        ({"steps": ["import"], "reason": " "}, 400),
        ({"steps": ["import"], "paper": 999_999}, 404),
    ],
)
def test_what_is_not_of_the_case_is_not_placed(case, signed_in, said, status):
    assert place(signed_in, case, **{"paper": paper_of(case).pk, **said}).status_code == status
    assert PaperPlacement.objects.count() == 0


def test_a_paper_of_another_case_is_not_placed(case, signed_in):
    other = stored(make_case(items=()), *sale())
    assert place(signed_in, case, paper=paper_of(other).pk, steps=["import"]).status_code == 404


def test_a_paper_is_placed_only_onto_what_one_read(case, signed_in):
    tag = signed_in.get(address(case))["ETag"]
    paper = paper_of(case)
    assert place(signed_in, case, tag, paper=paper.pk, steps=["import"]).status_code == 201
    assert place(signed_in, case, tag, paper=paper.pk, steps=[]).status_code == 412
    assert PaperPlacement.objects.count() == 1
