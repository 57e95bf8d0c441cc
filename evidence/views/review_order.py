"""The order in which a case is judged: question after question, each for every step of the chain, then as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from entities.models import User
from evidence.models import Assessment
from evidence.steps import Step, steps_of
from screening.domain import pathways
from screening.domain.pathways import Question, not_assessed
from screening.models import Case


@dataclass(slots=True)
class Item:
    """Something to be judged: a question, for a step or as a whole."""

    question: Question
    step: Step | None
    assessment: Assessment | None

    @property
    def verdict(self) -> str:
        return self.assessment.verdict if self.assessment else ""

    @property
    def short(self) -> str:
        """The question, and where the step stands: what fits on a link."""
        if self.step is None:
            return f"{self.question.code} as a whole" if self.question.by_step else self.question.code
        name = self.step.native_name or self.step.name
        return f"{self.question.code}, {name if len(name) < 24 else name[:22] + '…'}"

    def url(self, case: Case, show: str = "") -> str:
        query = {"requirement": self.question.code}
        if self.step:
            query["step"] = self.step.key
        if show:
            query["show"] = show
        return reverse("case-review", args=[case.pk], query=query)


@dataclass(slots=True)
class Order:
    """Everything that is judged on a pathway, and where the reviewer is."""

    case: Case
    pathway: str
    items: list[Item]
    at: int

    @classmethod
    def of(cls, case: Case, user: User, code: str, step: str) -> Order:
        """Where this question is asked; without one, at the first that nobody judged."""
        open_to = pathways.of_regime(case.regime)
        procedure = next((row for row in open_to if row.question(code)), open_to[0])
        chain = steps_of(case, user) if any(one.by_step for one in procedure.questions) else []
        whole = Assessment.objects.standing(case, procedure.pathway)
        by_step = Assessment.objects.standing_by_step(case, procedure.pathway)
        items = [
            item
            for one in procedure.questions
            for item in (
                *(Item(one, where, by_step.get((one.code, where.key))) for where in (chain if one.by_step else ())),
                Item(one, None, whole.get(one.code)),
            )
        ]
        if not procedure.question(code):
            missing = not_assessed(procedure.pathway, whole.keys())
            code = missing[0] if missing else procedure.questions[0].code
        places = [number for number, item in enumerate(items) if item.question.code == code]
        at = next((number for number in places if (where := items[number].step) and where.key == step), places[-1])
        return cls(case, procedure.pathway, items, at)

    @property
    def asked(self) -> Question:
        return self.items[self.at].question

    @property
    def step(self) -> Step | None:
        return self.items[self.at].step

    @property
    def latest(self) -> Assessment | None:
        return self.items[self.at].assessment

    @property
    def questions(self) -> list[dict[str, Any]]:
        """The questions of the pathway, each with its verdict as a whole."""
        return [
            {
                "code": item.question.code,
                "url": self.first_open(item.question.code).url(self.case),
                "verdict": item.verdict,
                "current": item.question.code == self.asked.code,
            }
            for item in self.items
            if item.step is None
        ]

    @property
    def number(self) -> int:
        return next(number for number, row in enumerate(self.questions, 1) if row["current"])

    @property
    def chain(self) -> list[dict[str, Any]]:
        """The steps of the question asked, and the question as a whole, with what is held of each."""
        return [
            {
                "step": item.step,
                "url": item.url(self.case),
                "verdict": item.verdict,
                "words": item.assessment.get_verdict_display() if item.assessment else "Not judged",
                "reason": item.assessment.reason if item.assessment else "",
                "current": number == self.at,
            }
            for number, item in enumerate(self.items)
            if item.question.code == self.asked.code
        ]

    @property
    def by_step(self) -> bool:
        return len(self.chain) > 1

    @property
    def others(self) -> list[dict[str, Any]]:
        """Further steps of the question asked."""
        return [row for row in self.chain if row["step"] and not row["current"]]

    @property
    def not_shown(self) -> list[str]:
        """The steps of the question asked that are not held to be shown."""
        return [row["step"].label for row in self.chain if row["step"] and row["verdict"] != "shown"]

    @property
    def previous(self) -> dict[str, str] | None:
        return self._beside(-1)

    @property
    def following(self) -> dict[str, str] | None:
        return self._beside(1)

    @property
    def unjudged(self) -> list[str]:
        """The questions without a verdict as a whole."""
        return [item.question.code for item in self.items if item.step is None and item.assessment is None]

    def first_open(self, code: str) -> Item:
        """Where a question is taken up: as a whole where that is judged, else at its first step nobody judged."""
        rows = [item for item in self.items if item.question.code == code]
        return rows[-1] if rows[-1].assessment else next(item for item in rows if not item.assessment)

    def unjudged_after(self) -> Item | None:
        """The next without a verdict: the steps of a question that is not judged as a whole, and the whole."""
        codes = self.unjudged
        waiting = [
            number for number, item in enumerate(self.items) if item.assessment is None and item.question.code in codes
        ]
        later = [number for number in waiting if number > self.at]
        return self.items[(later or waiting)[0]] if waiting else None

    def url(self) -> str:
        return self.items[self.at].url(self.case)

    def tabs(self) -> list[dict[str, Any]]:
        """The pathways open to the case."""
        base = reverse("case-review", args=[self.case.pk])
        return [
            {
                "label": row.label,
                "url": f"{base}?requirement={row.questions[0].code}",
                "count": None,
                "current": row.pathway == self.pathway,
            }
            for row in pathways.of_regime(self.case.regime)
        ]

    def _beside(self, by: int) -> dict[str, str] | None:
        at = self.at + by
        if not 0 <= at < len(self.items):
            return None
        return {"label": self.items[at].short, "url": self.items[at].url(self.case)}
