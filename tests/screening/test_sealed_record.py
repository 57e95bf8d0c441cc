"""The approver decides on what the reviewer saw: whatever changed since is named, and approval is refused."""

import re
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import ListVersion
from evidence.models import Document, Page
from evidence.services import concluding
from evidence.services.assessments import CitedPage
from evidence.services.cells import assess_cell
from evidence.services.checking import check
from screening.domain.law.states import Kind
from screening.domain.sealing import changes, digest
from screening.models import Case, Decision, Recommendation, TaskItem
from screening.services import detentions
from tests.factories import make_user
from tests.screening.made_cases import judge, make_case, make_exhibit, make_screening, recommended

pytestmark = pytest.mark.django_db
Stage = Case.Stage


@pytest.fixture
def waiting():
    case = make_case(Stage.UNDER_REVIEW)
    today = timezone.localdate()
    detentions.record_detention(
        case, case.shipments.get(), actor=make_user(Role.ANALYST), presented_on=today - timedelta(days=9),
        detained_on=today - timedelta(days=7), source="form 6051D",
    )  # fmt: skip
    return recommended(case, make_user(Role.REVIEWER))


def refused(recommendation):
    with pytest.raises(Refused) as found:
        concluding.decide(recommendation, actor=make_user(Role.APPROVER), verdict="approved", reasons="So it is.")
    assert not Decision.objects.exists()
    return str(found.value)


def test_nothing_changed_and_it_is_approved(waiting):
    make_screening(waiting.case.shipments.get())  # finds the same again, of another run
    decision = concluding.decide(waiting, actor=make_user(Role.APPROVER), verdict="approved", reasons="So it is.")
    assert decision.verdict == "approved"


def test_a_cited_page_read_again_with_another_result_is_named(waiting):
    Page.objects.update(text="another", sha256="9" * 64)
    assert "Verdict A1: exhibit 1, page 1 is no longer the page that was cited." in refused(waiting)


def test_a_paper_added_since_is_named(waiting):
    make_exhibit(waiting.case, "late", name="late.pdf")
    assert "Exhibit new: 2: late.pdf." in refused(waiting)


def test_a_verdict_changed_since_is_named(waiting):
    Case.objects.update(stage=Stage.UNDER_REVIEW)
    judge(waiting.case, make_user(Role.REVIEWER), "A4", "contradicted")
    Case.objects.update(stage=Stage.AWAITING_APPROVAL)
    assert "Verdict changed: A4." in refused(waiting)


def with_a_cell(verdict="missing", citations=()):
    """A recommendation of a case in whose proof grid a cell was judged."""
    case, reviewer = make_case(Stage.UNDER_REVIEW), make_user(Role.REVIEWER)
    make_exhibit(case, "one page")
    check(case)
    judge_cell(case, reviewer, verdict, citations)
    return recommended(case, reviewer)


def judge_cell(case, reviewer, verdict, citations=()):
    assess_cell(
        case, actor=reviewer, step="import", family="order", verdict=verdict, reason="Read it.", citations=citations
    )


def judged_again(recommendation, *said):
    Case.objects.update(stage=Stage.UNDER_REVIEW)
    judge_cell(recommendation.case, make_user(Role.REVIEWER), *said)
    Case.objects.update(stage=Stage.AWAITING_APPROVAL)


def test_what_persons_hold_of_the_proof_grid_is_sealed():
    (cell,) = with_a_cell("weak", [CitedPage(1, 1, "one")]).record["cells"]
    page = Page.objects.get()
    assert (cell["key"], cell["state"], cell["reason"], cell["proposed"]) == (
        "import/order",
        "weak",
        "Read it.",
        "missing",
    )
    assert cell["citations"] == [{"exhibit": 1, "page": 1, "sha256": page.sha256, "quote": "one"}]


def test_with_cells_unchanged_it_is_approved():
    decision = concluding.decide(with_a_cell(), actor=make_user(Role.APPROVER), verdict="approved", reasons="Yes.")
    assert decision.verdict == "approved"


def test_a_cell_judged_otherwise_since_is_named():
    recommendation = with_a_cell()
    judged_again(recommendation, "contradicted")
    assert re.search(r"Cell of the proof grid .*: order: missing then, contradicted now\.", refused(recommendation))


def test_a_cell_held_the_same_by_another_page_is_named():
    recommendation = with_a_cell("weak")
    judged_again(recommendation, "weak", [CitedPage(1, 1)])
    assert "exhibit 1, page 1 is no longer the page that was cited." in refused(recommendation)


def test_a_cell_judged_for_the_first_time_since_is_named(waiting):
    check(waiting.case)
    judged_again(waiting, "missing")
    assert "Cell of the proof grid new: " in refused(waiting)


def test_a_cell_that_cites_a_page_read_again_is_judged_again_first():
    case, reviewer = make_case(Stage.UNDER_REVIEW), make_user(Role.REVIEWER)
    make_exhibit(case, "one page")
    make_exhibit(case, "another page")
    check(case)
    judge_cell(case, reviewer, "weak", [CitedPage(2, 1)])
    Page.objects.filter(document__exhibits__number=2).update(sha256="9" * 64)
    with pytest.raises(Refused, match="order cites exhibit 2, page 1, which was read again"):
        recommended(case, reviewer)


def test_the_approver_reads_the_cells_that_were_judged(client, settings):
    settings.DEMO = True  # no second factor asked
    recommendation, approver = with_a_cell(), make_user(Role.APPROVER)
    client.force_login(approver)
    page = client.get(reverse("case-decide", args=[recommendation.case_id])).content.decode()
    assert "Cells of the proof grid as judged" in page
    assert "Read it." in page


def test_another_finding_is_named(waiting):
    make_screening(waiting.case.shipments.get(), findings=1, severity="high")
    assert "Finding changed: Line 2 (Cotton T-shirts)" in refused(waiting)


def test_another_list_in_use_is_named(waiting):
    ListVersion.objects.create(
        register="UFLPA", label="Entity List of August", source="x", retrieved_on=timezone.localdate(),
        rows_sha256="5" * 64, row_count=1, entity_count=1, state="published", published_at=timezone.now(),
    )  # fmt: skip
    said = refused(waiting)
    assert "List in use Entity List of August: Entity List of June then, Entity List of August now." in said


def test_an_event_on_record_since_is_named_with_the_state_it_led_to(waiting):
    detentions.record_event(
        waiting.case.detentions.get(), Kind.NOTICE_ISSUED, timezone.localdate(), actor=make_user(Role.ANALYST),
        source="form 6051D",
    )  # fmt: skip
    said = refused(waiting)
    assert "Event on record new: Notice of detention issued" in said
    assert "detained then, detained, notice issued now." in said


def test_a_paper_whose_file_is_not_the_one_that_came_is_refused(waiting):
    document = Document.objects.get()
    with default_storage.open(document.file.name, "wb") as file:
        file.write(b"something else")
    assert "Exhibit 1 is cited, but its file is not the one that came." in refused(waiting)
    default_storage.delete(document.file.name)
    assert "Exhibit 1 is cited, but its file cannot be opened." in refused(waiting)


def test_a_paper_whose_file_is_gone_is_not_concluded_on():
    case, reviewer = make_case(Stage.UNDER_REVIEW), make_user(Role.REVIEWER)
    default_storage.delete(make_exhibit(case, "one page").document.file.name)
    with pytest.raises(Refused, match="cannot be opened"):
        recommended(case, reviewer)
    assert not Recommendation.objects.exists()


def test_what_changed_does_not_keep_it_from_being_returned(waiting):
    make_exhibit(waiting.case, "late", name="late.pdf")
    decision = concluding.decide(waiting, actor=make_user(Role.APPROVER), verdict="returned", reasons="Look again.")
    assert decision.verdict == "returned"


def test_the_digest_does_not_hang_on_the_order_of_keys():
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1}) != digest({"a": 1, "b": [3]})


def test_questions_are_compared_by_what_became_of_them():
    then = {"questions": [{"key": "1", "label": "Invoice", "state": "answered"}]}
    now = {"questions": [{"key": "1", "label": "Invoice", "state": TaskItem.State.COMPLETE.label.lower()}]}
    assert changes(then, now) == ["Question to the importer Invoice: answered then, completely answered now."]
    assert changes(then, {}) == ["Question to the importer gone: Invoice."]
