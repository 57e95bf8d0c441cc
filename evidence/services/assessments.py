"""Weighing the evidence: question by question, step by step of the chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import transaction

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from evidence.domain import rubric
from evidence.models import Assessment, Citation, Exhibit, Page
from evidence.seen_against import seen_against
from evidence.steps import Step, steps_of
from screening.domain.pathways import TABLE, Question
from screening.models import Case
from screening.services.cases import lock
from screening.services.requests import open_inquiries

NAMED = 3


@dataclass(frozen=True, slots=True)
class CitedPage:
    """A page of an exhibit, as a reviewer points to it."""

    exhibit_number: int
    page_number: int
    quote: str = ""

    @property
    def place(self) -> str:
        return f"{self.exhibit_number}-{self.page_number}"


@transaction.atomic
def assess(
    case: Case,
    *,
    actor: User,
    pathway: str,
    code: str,
    verdict: str,
    reason: str,
    citations: Sequence[CitedPage] = (),
    step: str = "",
    also: Sequence[str] = (),
    marks: Sequence[rubric.Said] = (),
) -> Assessment:
    """Record whether a question is shown, why, and by which pages: for a step of the chain, or as a whole.

    ``also``: further steps of which the same is held, for the same reason and by the same pages. ``marks``: what is
    said of each point of the rubric, where the evidence must be clear and convincing. Raises ``Refused`` where the
    case is not under review, the question is not one of its pathways, no reason is given, a page does not exist,
    something is held to be shown by nothing or while a question to the importer is open, or the whole is held to be
    shown while a step of the chain is not.
    """
    case = lock(case)
    asked = _question(case, pathway, code)
    if not actor.has_perm(Act.ASSESS):
        raise Refused("not_a_reviewer", "Only a reviewer judges requirements.")
    if case.stage != Case.Stage.UNDER_REVIEW:
        raise Refused("not_under_review", "Take the case into review before you judge its evidence.")
    if verdict not in Assessment.OF_QUESTIONS:
        raise Refused("no_such_verdict", f"{code} is shown, not shown or contradicted.")
    if not reason.strip():
        raise Refused("reason_missing", f"Say why {code} is held to be so.")
    steps = _steps(case, actor, asked, [step, *also])
    pages = [find_page(case, cited) for cited in dict.fromkeys(citations)]
    if verdict == Assessment.Verdict.SHOWN:
        _check_shown(case, actor, pathway, asked, step, citations)
    if asked.has_rubric and (wrong := rubric.problem(marks, cited=_places(citations), seen=seen_against(case))):
        raise Refused(*wrong)
    rows = [
        Assessment.objects.create(
            case=case,
            pathway=pathway,
            requirement=code,
            step=one.key,
            step_label=one.label,
            verdict=verdict,
            reason=reason.strip(),
            marks=[{**asdict(said), "label": said.label} for said in marks] if asked.has_rubric else [],
            author=actor,
        )
        for one in steps
    ]
    Citation.objects.bulk_create(
        Citation(
            assessment=row,
            exhibit=exhibit,
            page_number=page.number,
            page_sha256=page.sha256,
            quote=cited.quote,
        )
        for row in rows
        for exhibit, page, cited in pages
    )
    audit.record(
        Action.REQUIREMENT_ASSESSED,
        actor=actor,
        target=rows[0],
        case=case,
        organization_id=case.importer_id,
        after={
            "requirement": code,
            "verdict": verdict,
            "steps": [row.step_label for row in rows if row.step],
            "pages": [f"{exhibit.number}/{page.number}" for exhibit, page, _ in pages],
            "against": [said.code for said in marks if said.is_found],
        },
        reason=reason.strip(),
        rows=rows[1:],
    )
    return rows[0]


def _question(case: Case, pathway: str, code: str) -> Question:
    procedure = TABLE.get(pathway)
    if procedure is None or case.regime not in procedure.regimes:
        raise Refused(
            "other_regime",
            "This is no pathway of this case: a withhold release order and the UFLPA have proof of their own "
            "(19 CFR 12.42 to 12.44).",
        )
    if (asked := procedure.question(code)) is None:
        raise Refused("no_such_requirement", f"{code} is not a requirement of this pathway.")
    return asked


def _steps(case: Case, actor: User, asked: Question, wanted: Sequence[str]) -> list[Step]:
    """The steps spoken of; one without a name where it is the question as a whole."""
    if not any(wanted):
        return [Step("", "")]
    if not asked.by_step:
        raise Refused("not_by_step", f"{asked.code} is judged as a whole, not for a step of the chain.")
    known = {one.key: one for one in steps_of(case, actor)}
    if unknown := [key for key in wanted if key not in known]:
        if "" in unknown:
            raise Refused("whole_by_itself", "The question as a whole is judged by itself, after its steps.")
        raise Refused("no_such_step", f"The chain has no such step now: {', '.join(unknown)}. Load the page again.")
    return [known[key] for key in dict.fromkeys(wanted)]


def _check_shown(
    case: Case, actor: User, pathway: str, asked: Question, step: str, citations: Sequence[CitedPage]
) -> None:
    """What must hold before anything is held to be shown."""
    if asked.needs_citation and not citations:
        raise Refused("citation_missing", f"{asked.code} cannot be shown by nothing: cite at least one page.")
    if asked.asks_for_answers and (waiting := open_inquiries(case)):
        raise Refused(
            "questions_open",
            f"{asked.code} cannot be shown while {len(waiting)} question{'s are' if len(waiting) > 1 else ' is'} not "
            f"completely answered: {_named(waiting)}.",
        )
    if asked.by_step and not step:
        by_step = Assessment.objects.standing_by_step(case, pathway)
        missing = [
            one.label
            for one in steps_of(case, actor)
            if (row := by_step.get((asked.code, one.key))) is None or row.verdict != Assessment.Verdict.SHOWN
        ]
        if missing:
            raise Refused(
                "step_not_shown",
                f"{asked.code} is not shown for every step of the chain: {_named(missing)}. What is not shown for a "
                "step is not shown as a whole.",
            )


def _named(words: Sequence[str]) -> str:
    more = f"; and {len(words) - NAMED} more" if len(words) > NAMED else ""
    return "; ".join(words[:NAMED]) + more


def _places(citations: Sequence[CitedPage]) -> set[str]:
    return {one.place for one in citations}


def find_page(case: Case, cited: CitedPage) -> tuple[Exhibit, Page, CitedPage]:
    """The page a reviewer points to. Raises ``Refused`` where the case has no such page."""
    exhibit = case.exhibits.filter(number=cited.exhibit_number).first()
    if exhibit is None:
        raise Refused("no_such_exhibit", f"The case has no exhibit {cited.exhibit_number}.")
    page = Page.objects.filter(document=exhibit.document, number=cited.page_number).first()
    if page is None:
        raise Refused("no_such_page", f"Exhibit {exhibit.number} has no page {cited.page_number} that could be read.")
    return exhibit, page, cited
