"""What a case needs to be decided: each question of its pathways, what is held of it, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from entities.models import User
from evidence.models import Assessment, Document
from evidence.steps import Step, steps_of
from screening.domain import pathways
from screening.domain.pathways import Outcome, Procedure, Question
from screening.models import Case
from screening.services import decisions
from screening.services.requests import open_inquiries


@dataclass(frozen=True, slots=True)
class OfStep:
    """What is held of a question for one step of the chain; nothing where nobody judged it."""

    step: Step
    verdict: Assessment | None


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with what is held of it: as a whole, and step by step."""

    question: Question
    verdict: Assessment | None
    steps: list[OfStep]


@dataclass(frozen=True, slots=True)
class Possible:
    """A conclusion, and what stands against recommending it now; nothing where it can be recommended."""

    outcome: Outcome
    hindrances: list[str]


@dataclass(frozen=True, slots=True)
class Way:
    """One pathway: its questions, those not judged or not held to be shown, and its conclusions."""

    procedure: Procedure
    questions: list[Asked]
    not_judged: list[str]
    not_shown: list[str]
    outcomes: list[Possible]


def ways_of(case: Case, user: User) -> list[Way]:
    """The pathways open to a case, each with what it still needs."""
    chain = steps_of(case, user)
    asked = open_inquiries(case)
    stands = decisions.grounds_that_stand(case)
    general = list(_hindrances(case))
    return [_way(case, row, chain, asked, stands, general) for row in pathways.of_regime(case.regime)]


def _way(
    case: Case, row: Procedure, chain: list[Step], asked: list[str], stands: dict[str, str], general: list[str]
) -> Way:
    whole = Assessment.objects.with_pages().standing(case, row.pathway)
    by_step = Assessment.objects.with_pages().standing_by_step(case, row.pathway)
    verdicts = {code: one.verdict for code, one in whole.items()}
    not_judged = pathways.not_assessed(row.pathway, verdicts)
    not_shown = pathways.not_shown(
        row.pathway, verdicts, {key: one.verdict for key, one in by_step.items()}, [one.key for one in chain]
    )
    hindrances = general + ([f"Not judged: {', '.join(not_judged)}."] if not_judged else [])
    against = [f"Not shown, as a whole and for every step: {', '.join(not_shown)}."] if not_shown else []
    if asked and any(one.asks_for_answers for one in row.questions):
        against.append(f"{len(asked)} question(s) to the importer are not completely answered.")
    questions = [
        Asked(
            one,
            whole.get(one.code),
            [OfStep(step, by_step.get((one.code, step.key))) for step in chain] if one.by_step else [],
        )
        for one in row.questions
    ]
    outcomes = [
        Possible(
            one,
            [*hindrances, *(against if one.is_favourable else ()), *_of_findings(one, stands)],
        )
        for one in row.outcomes
    ]
    return Way(row, questions, not_judged, not_shown, outcomes)


def _of_findings(outcome: Outcome, stands: dict[str, str]) -> Iterable[str]:
    """What the findings that stand, by ground, say against a conclusion."""
    if outcome.denies_findings and stands:
        yield f"A finding stands against this: {next(iter(stands.values()))}"
    if not outcome.is_favourable and not stands:
        yield "No finding that stands raises a ground."


def _hindrances(case: Case) -> Iterable[str]:
    """What stands against any conclusion."""
    if case.stage != Case.Stage.UNDER_REVIEW:
        yield f"The case is {case.get_stage_display().lower()}; a conclusion is recommended while it is under review."
    if waiting := unread_papers(case):
        yield f"{waiting} paper(s) of the case are still being read."


def unread_papers(case: Case) -> int:
    return case.exhibits.filter(document__state=Document.State.QUEUED).count()
