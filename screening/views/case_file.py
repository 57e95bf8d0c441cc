"""What the page of a case rests on, read in a bounded number of queries. The text of pages is not among it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from entities.models import Membership, User
from evidence.models import Assessment, Citation, Exhibit, Mention
from evidence.newly_named import NewlyNamed, newly_named
from screening import timeline
from screening.domain import pathways
from screening.domain.pathways import Question
from screening.models import Case, Decision, Draw, Finding, Letter, Message, Shipment, Task
from screening.services import second_looks

MENTIONS = 500


@dataclass(slots=True)
class Judged:
    """A requirement, and the verdict that stands on it."""

    requirement: Question
    assessment: Assessment | None
    url: str


@dataclass(slots=True)
class PathwayState:
    """How far a pathway is judged."""

    value: str
    label: str
    rows: list[Judged]
    url: str

    @property
    def judged(self) -> int:
        return sum(row.assessment is not None for row in self.rows)

    @property
    def is_judged(self) -> bool:
        return self.judged == len(self.rows)

    @property
    def not_shown(self) -> list[Judged]:
        return [row for row in self.rows if row.assessment and row.assessment.verdict != "shown"]

    @property
    def summary(self) -> str:
        return f"{self.label.lower()}: {self.judged} of {len(self.rows)} requirements judged"


@dataclass(slots=True)
class CaseFile:
    """Everything the page of a case rests on."""

    case: Case
    user: User
    today: date
    shipments: list[Shipment]
    findings: list[Finding]
    held: timeline.Held
    tasks: list[Task]
    exhibits: list[Exhibit]
    pathways: list[PathwayState]
    recommendations: list[Any]
    has_members: bool
    mentions: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    newly_named: list[NewlyNamed] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    messages: int = 0
    unread: int = 0
    second_look: Draw | None = None  # the reader is to look a second time: what tells the conclusion is left out

    @property
    def decision(self) -> Decision | None:
        """The decision that stands: the latest approved one."""
        answers = (getattr(row, "decision", None) for row in self.recommendations)
        return next((one for one in answers if one and one.verdict == Decision.Verdict.APPROVED), None)

    @property
    def pending(self) -> Any:
        """The recommendation that waits for an answer."""
        latest = self.recommendations[0] if self.recommendations else None
        return latest if latest and not hasattr(latest, "decision") else None


def read(case: Case, user: User) -> CaseFile:
    """The case with all that belongs to it; before a second look by this reader, without what tells the conclusion."""
    recommendations = list(
        case.recommendations.select_related(
            "recommended_by__person", "decision__decided_by__person", "decision__draw__second_look"
        )
    )
    second_look = second_looks.waiting_in(case, user)
    is_blind = second_look is not None
    detentions = [] if is_blind else list(case.detentions.select_related("shipment", "recorded_by__person"))
    shipments = list(
        case.shipments.select_related("owner", "latest_screening__run__list_version").prefetch_related(
            "lines", "parties__party"
        )
    )
    latest = [row.latest_screening_id for row in shipments if row.latest_screening_id]
    return CaseFile(
        case=case,
        user=user,
        today=timezone.localdate(),
        shipments=shipments,
        findings=findings_of(latest, case.regime),
        held=timeline.Held.of(case, detentions, timezone.localdate()),
        tasks=list(case.tasks.select_related("asked_by__person").prefetch_related("items")),
        exhibits=list(
            Exhibit.objects.visible_to(user)
            .filter(case=case)
            .select_related("document__delivery", "task_item", "added_by__person")
        ),
        pathways=[] if is_blind else pathways_of(case),
        recommendations=[] if is_blind else recommendations,
        has_members=Membership.objects.filter(
            organization=case.importer, suspended_at=None, user__is_active=True
        ).exists(),
        mentions=_mentions(case),
        newly_named=newly_named(case, user),
        letters=[] if is_blind else list(case.letters.visible_to(user)),
        messages=case.messages.count(),
        unread=Message.objects.unread_by(user).filter(case=case).count(),
        second_look=second_look,
    )


def findings_of(screenings: Sequence[int], regime: str = "") -> list[Finding]:
    """The findings of these screenings, all or those of one regime, with what a reader needs beside them."""
    found = Finding.objects.filter(screening__in=screenings)
    return list(
        (found.of_regime(regime) if regime else found)
        .select_related("listing__entity", "list_version", "party", "supplier", "screening__shipment")
        .order_by("pk")
    )


def pathways_of(case: Case) -> list[PathwayState]:
    """The pathways of the regime with the verdicts that stand on each question as a whole, and the pages they cite."""
    standing: dict[tuple[str, str], Assessment] = {}
    rows = Assessment.objects.filter(case=case, step="").select_related("author__person")
    cited = Prefetch("citations", Citation.objects.select_related("exhibit__document"))
    for row in rows.prefetch_related(cited).order_by("pk"):
        standing[row.pathway, row.requirement] = row
    address = reverse("case-review", args=[case.pk])
    recommend = reverse("case-recommend", args=[case.pk])
    return [
        PathwayState(
            value=row.pathway.value,
            label=row.label,
            rows=[
                Judged(one, standing.get((row.pathway.value, one.code)), f"{address}?requirement={one.code}")
                for one in row.questions
            ],
            url=f"{recommend}?pathway={row.pathway.value}",
        )
        for row in pathways.of_regime(case.regime)
    ]


def _mentions(case: Case) -> dict[int, list[dict[str, Any]]]:
    """Per document: which listed names and places were seen, and on which pages."""
    seen: dict[int, dict[tuple[str, str], list[int]]] = defaultdict(dict)
    rows = (
        Mention.objects.filter(page__document__exhibits__case=case)
        .order_by("page__document_id", "page__number")
        .values_list("page__document", "kind", "subject", "page__number")
        .distinct()
    )
    for document, kind, subject, page in rows[:MENTIONS]:
        seen[document].setdefault((kind, subject), []).append(page)
    labels = dict(Mention.Kind.choices)
    return {
        document: [
            {"kind": kind, "kind_label": labels[kind], "subject": subject, "pages": pages}
            for (kind, subject), pages in subjects.items()
        ]
        for document, subjects in seen.items()
    }
