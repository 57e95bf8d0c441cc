"""The review page: one requirement at a time, the paper beside it, nothing typed lost."""

import pytest
from django.urls import reverse

from entities.domain.roles import Role
from entities.models import AuditEvent
from evidence.domain.finding import find, terms_of
from evidence.forms.review import parse_place
from evidence.models import Assessment, Document, Mention, Page
from evidence.steps import steps_of
from evidence.views.paper import pieces_of
from screening.models import Case
from tests.factories import make_user
from tests.screening.made_cases import judge_all, make_case, make_exhibit

pytestmark = pytest.mark.django_db
Stage = Case.Stage


@pytest.fixture
def reviewer(client):
    user = make_user(Role.REVIEWER)
    client.force_login(user)
    return user


@pytest.fixture
def case():
    case = make_case(Stage.UNDER_REVIEW)
    make_exhibit(case, "Invoice INV-1\nSeller: Aksu Example", "lot 31, 12,400 kg", "terms")
    make_exhibit(case, "Goods received, lot 31")
    return case


def url(case, **query):
    return reverse("case-review", args=[case.pk], query=query)


def see(client, case, **query):
    answer = client.get(url(case, **query))
    assert answer.status_code == 200
    return answer


def test_the_first_requirement_without_a_verdict_is_asked(client, reviewer, case):
    assert see(client, case).context["asked"].code == "A1"
    client.post(url(case, requirement="A1"), {"do": "judge", "verdict": "not_shown", "reason": "No map."})
    assert see(client, case).context["asked"].code == "A2"


def test_nothing_is_chosen_beforehand(client, reviewer, case):
    assert "checked" not in see(client, case, requirement="A3").content.decode()


def test_the_page_asked_for_lies_beside_the_question(client, reviewer, case):
    page = see(client, case, requirement="A3", show="1-2")
    assert page.context["paper"].place == "1-2"
    assert "lot 31, 12,400 kg" in page.content.decode()
    assert "page 2 of 3" in page.content.decode()


@pytest.mark.parametrize(
    ("show", "place"), [("1-99", "1-3"), ("9-1", None), ("x", "1-1"), ("1-0", "1-1"), ("", "1-1")]
)
def test_a_page_that_is_not_there_does_no_harm(show, place, client, reviewer, case):
    paper = see(client, case, show=show).context["paper"]
    assert (paper.place if paper else None) == place


def test_a_page_is_cited_without_a_script_and_nothing_typed_is_lost(client, reviewer, case):
    typed = {"verdict": "not_shown", "reason": "The payment is missing.", "shown": "1-2"}
    page = client.post(url(case, requirement="A3"), {**typed, "do": "cite", "passage": "12,400 kg"})
    body = page.content.decode()
    assert "The payment is missing." in body
    assert 'name="cite" value="1-2"' in body
    assert 'name="quote-1-2" value="12,400 kg"' in body
    assert not Assessment.objects.exists()
    page = client.post(
        url(case, requirement="A3"),
        {**typed, "do": "cite", "shown": "2-1", "cite": ["1-2"], "quote-1-2": "12,400 kg"},
    )
    assert [one["place"] for one in page.context["cited"]] == ["1-2", "2-1"]


def test_leafing_keeps_what_was_typed(client, reviewer, case):
    data = {"reason": "So far.", "shown": "1-1", "show": "1-2", "cite": ["1-1"]}
    page = client.post(url(case, requirement="A3"), data)
    assert page.context["paper"].place == "1-2"
    assert page.context["form"]["reason"].value() == "So far."
    back = see(client, case, requirement="A3")
    assert back.context["form"]["reason"].value() == "So far."
    assert [one["place"] for one in back.context["cited"]] == ["1-1"]
    assert see(client, case, requirement="A4").context["cited"] == []


def test_a_verdict_is_recorded_with_its_pages_and_leads_on(client, reviewer, case):
    step = steps_of(case, reviewer)[0].key
    answer = client.post(
        url(case, requirement="A3", step=step),
        {
            "do": "judge",
            "verdict": "shown",
            "reason": "Both name lot 31.",
            "cite": ["1-2", "2-1", "1-2"],
            "quote-1-2": "lot 31",
            "shown": "2-1",
        },
    )
    assert answer.url == url(case, requirement="A3", show="2-1")  # the question as a whole, after its steps
    row = Assessment.objects.get()
    assert (row.verdict, row.author) == ("shown", reviewer)
    pages = [(one.exhibit.number, one.page_number, one.quote) for one in row.citations.all()]
    assert pages == [(1, 2, "lot 31"), (2, 1, "")]
    assert see(client, case, requirement="A3", step=step).context["cited"] == []
    whole = client.post(
        url(case, requirement="A3"), {"do": "judge", "verdict": "shown", "reason": "x", "cite": ["1-2"]}
    )
    assert whole.url == url(case, requirement="A4", step=step, show="1-1")


def test_the_last_verdict_leads_to_the_conclusion(client, reviewer, case):
    judge_all(case, reviewer)
    data = {"do": "judge", "verdict": "not_shown", "reason": "Again."}
    answer = client.post(url(case, requirement="A6"), data)
    assert answer.url == reverse("case-recommend", args=[case.pk]) + "?pathway=applicability"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"verdict": "shown", "reason": "x"}, "cite at least one page"),
        ({"verdict": "shown", "reason": "x", "cite": ["7-1"]}, "no exhibit 7"),
        ({"verdict": "shown", "reason": "x", "cite": ["1-9"]}, "no page 9"),
        ({"reason": "x"}, "This field is required"),
        ({"verdict": "shown"}, "This field is required"),
        ({"verdict": "perhaps", "reason": "x"}, "not one of the available choices"),
    ],
)
def test_a_refused_verdict_leaves_nothing_behind(data, said, client, reviewer, case):
    answer = client.post(url(case, requirement="A3"), {"do": "judge", **data})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Assessment.objects.exists()
    assert not AuditEvent.objects.filter(action="requirement.assessed").exists()


def test_a_later_verdict_takes_the_place_of_the_earlier_one(client, reviewer, case):
    for verdict in ("not_shown", "contradicted"):
        client.post(url(case, requirement="A2"), {"do": "judge", "verdict": verdict, "reason": f"It is {verdict}."})
    page = see(client, case, requirement="A2").content.decode()
    assert "It is contradicted." in page
    assert "It is not_shown." not in page
    assert Assessment.objects.count() == 2


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage != Stage.UNDER_REVIEW])
def test_outside_review_the_page_is_for_reading(stage, client, reviewer, case):
    Case.objects.filter(pk=case.pk).update(stage=stage)
    page = see(client, case, requirement="A1", show="1-2")
    assert "Record the verdict" not in page.content.decode()
    assert "lot 31, 12,400 kg" in page.content.decode()
    answer = client.post(url(case, requirement="A1"), {"do": "judge", "verdict": "not_shown", "reason": "x"})
    assert answer.status_code == 422
    assert not Assessment.objects.exists()


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR])
def test_colleagues_read_and_leaf_without_a_form(role, client, case):
    client.force_login(make_user(role))
    page = see(client, case, requirement="A3", show="2-1").content.decode()
    assert "Goods received, lot 31" in page
    assert "Record the verdict" not in page
    assert client.post(url(case, requirement="A3"), {"do": "judge"}).status_code == 403


def test_the_importer_is_not_told_that_there_is_a_review(client, case):
    client.force_login(make_user(Role.IMPORTER_MEMBER, case.importer))
    assert client.get(url(case)).status_code == 404
    assert client.post(url(case)).status_code == 404


def test_what_was_seen_in_the_text_is_marked(client, reviewer, case):
    page = Page.objects.get(document__exhibits__case=case, document__exhibits__number=1, number=1)
    at = page.text.index("Aksu")
    Mention.objects.create(
        page=page, kind="place", start=at, end=at + 4, text="Aksu", subject_key="6529", subject="Aksu Prefecture"
    )
    body = see(client, case, show="1-1").content.decode()
    assert "<mark>Aksu</mark> Example" in body
    assert "Place in Xinjiang" in body


def test_marks_never_change_the_text():
    text = "Aksu Huafu in Aksu"
    mentions = [
        Mention(start=0, end=10, kind="listed"),
        Mention(start=0, end=4, kind="place"),
        Mention(start=14, end=18, kind="place"),
        Mention(start=16, end=99, kind="place"),
    ]
    pieces = pieces_of(text, mentions, find(text, terms_of("aksu")))
    assert "".join(piece.text for piece in pieces) == text
    assert [(piece.text, piece.kind) for piece in pieces if piece.kind] == [
        ("Aksu Huafu", "listed"),
        ("Aksu", "place"),
    ]


def test_all_papers_are_searched(client, reviewer, case):
    hits = see(client, case, requirement="A3", find="LOT 31").context["hits"]
    assert [row["place"] for row in hits["rows"]] == ["1-2", "2-1"]
    assert "No page that could be read says" in see(client, case, find="zzz").content.decode()


def test_a_paper_that_cannot_be_read_says_why(client, reviewer, case):
    exhibit = make_exhibit(case, name="locked.pdf", state=Document.State.REFUSED)
    Document.objects.filter(pk=exhibit.document_id).update(problem="It is encrypted. Send it without a password.")
    assert "It is encrypted." in see(client, case, show=f"{exhibit.number}-1").content.decode()


def test_a_case_without_papers_says_so(client, reviewer):
    page = see(client, make_case(Stage.UNDER_REVIEW)).content.decode()
    assert "No paper is in this case" in page


def test_papers_of_other_cases_are_out_of_reach(client, reviewer, case):
    other = make_case(Stage.UNDER_REVIEW)
    make_exhibit(other, "secret of another importer")
    assert see(client, case, find="secret").context["hits"]["rows"] == []


def test_few_queries_for_a_thick_file(client, reviewer, case, django_assert_max_num_queries):
    make_exhibit(case, *["page"] * 300)
    judge_all(case, reviewer)
    with django_assert_max_num_queries(28):
        see(client, case, requirement="A3", show="3-150", find="page")


@pytest.mark.parametrize(
    ("value", "place"), [("3-12", (3, 12)), ("3", None), ("-1", None), ("3-", None), ("3-x", None), ("9" * 30, None)]
)
def test_a_place_is_exhibit_and_page(value, place):
    assert parse_place(value) == place
