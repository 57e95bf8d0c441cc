"""How the office works: days to a decision, false alarms, agreement; counted by the database, never row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate

from entities.models import in_environment_of
from screening.domain.pathways import TABLE, Conclusion
from screening.domain.statistics import quantile
from screening.models import Case, Decision, Detention, Look, SecondLook, ShipmentLine
from screening.services.statistics import Scope, fiscal_year_of


@dataclass(frozen=True, slots=True)
class Taken:
    """How many days decisions took on one pathway: the median, and within how many nine in ten were there."""

    pathway: str
    counted_from: str
    decisions: int
    median: int | None
    nine_in_ten: int | None
    without: int = 0  # decisions whose case has no such day


def time_to_decision(scope: Scope) -> list[Taken]:
    """From the opening of the case, and from the first presentation of its goods, to the first decision approved."""
    presented = (
        Detention.objects.filter(case=OuterRef("case")).order_by().values("case").annotate(day=Min("presented_on"))
    )
    rows = (
        Decision.objects.approved()
        .filter(scope.in_year("decided_at"), case__in=scope.cases(), supersedes=None)
        .order_by()
        .annotate(decided_on=TruncDate("decided_at"))
        .annotate(
            opened=F("decided_on") - TruncDate("case__opened_at"),
            presented=F("decided_on") - Subquery(presented.values("day")),
        )
    )
    taken = []
    for field, words in (("opened", "Opening of the case"), ("presented", "Presentation of the goods")):
        found: dict[str, Counter[int]] = {}
        missing = Counter[str]()
        for row in rows.values("pathway", field).annotate(count=Count("pk")):
            if row[field] is None:
                missing[row["pathway"]] += row["count"]
            else:
                found.setdefault(row["pathway"], Counter())[row[field].days] += row["count"]
        for pathway in TABLE:
            days = found.get(pathway, Counter())
            if days or missing[pathway]:
                taken.append(
                    Taken(
                        TABLE[pathway].label, words, days.total(),
                        quantile(days, 0.5), quantile(days, 0.9), missing[pathway],
                    )
                )  # fmt: skip
    return taken


@dataclass(frozen=True, slots=True)
class Alarms:
    """Cases concluded in a fiscal year, and those whose goods were found outside the law; flagged shipments whose
    findings a person set aside without a case."""

    year: int
    concluded: int = 0
    unfounded: int = 0
    partly: int = 0
    set_aside: int = 0


def false_alarms(scope: Scope) -> list[Alarms]:
    """By fiscal year of the last decision that stands, the latest first."""
    standing = Decision.objects.approved().filter(case=OuterRef("pk"), superseded_by=None).order_by()
    latest = standing.values("case").annotate(at=Max("decided_at")).values("at")
    is_outside = Exists(standing.filter(conclusion=Conclusion.NOT_IN_SCOPE))
    is_otherwise = Exists(standing.exclude(conclusion=Conclusion.NOT_IN_SCOPE))
    decided = Decision.objects.approved().filter(superseded_by=None)
    rows = (
        scope.cases()
        .filter(pk__in=decided.values("case"))
        .annotate(decided_at=Subquery(latest), is_outside=is_outside, is_otherwise=is_otherwise)
        .filter(scope.in_year("decided_at"))
        .annotate(year=fiscal_year_of("decided_at"))
        .values("year")
        .annotate(
            concluded=Count("pk"),
            unfounded=Count("pk", filter=Q(is_outside=True, is_otherwise=False)),
            partly=Count("pk", filter=Q(is_outside=True, is_otherwise=True)),
        )
    )
    found = {row["year"]: row for row in rows}
    asides = _set_aside(scope)
    return [
        Alarms(
            year,
            **{name: found[year][name] for name in ("concluded", "unfounded", "partly") if year in found},
            set_aside=asides.get(year, 0),
        )
        for year in sorted(found.keys() | asides.keys(), reverse=True)
    ]


def _set_aside(scope: Scope) -> dict[int, int]:
    """Shipments in no case whose findings were set aside; they are of no regime and counted with the UFLPA."""
    if scope.regime != Case.Regime.UFLPA:
        return {}
    of_ours = in_environment_of(scope.user, "screening__shipment__owner")
    rows = Look.objects.filter(of_ours, scope.in_year("looked_at"), screening__shipment__cases=None)
    if scope.importer:
        rows = rows.filter(screening__shipment__owner=scope.importer)
    if scope.names_goods:
        lines = ShipmentLine.objects.filter(shipment=OuterRef("screening__shipment"))
        rows = rows.filter(Exists(scope.of_goods(lines)))
    counted = rows.annotate(year=fiscal_year_of("looked_at")).values("year")
    return {row["year"]: row["count"] for row in counted.annotate(count=Count("screening__shipment", distinct=True))}


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often a second person agrees, on one pathway: the approver, and the blind second look."""

    pathway: str
    answered: int
    approved: int
    looks: int
    agreed: int


def agreement(scope: Scope) -> list[Agreement]:
    """Recommendations answered, and decisions looked at a second time without seeing the conclusion."""
    decided = Decision.objects.filter(scope.in_year("decided_at"), case__in=scope.cases()).order_by()
    answers = decided.values("pathway").annotate(
        answered=Count("pk"), approved=Count("pk", filter=Q(verdict=Decision.Verdict.APPROVED))
    )
    looks = (
        SecondLook.objects.filter(scope.in_year("given_at"), draw__decision__case__in=scope.cases())
        .order_by()
        .values("draw__decision__pathway")
        .annotate(looks=Count("pk"), agreed=Count("pk", filter=Q(agrees=True)))
    )
    first = {row["pathway"]: row for row in answers}
    second = {row["draw__decision__pathway"]: row for row in looks}
    return [
        Agreement(
            TABLE[pathway].label,
            *_picked(first.get(pathway), ("answered", "approved")),
            *_picked(second.get(pathway), ("looks", "agreed")),
        )
        for pathway in TABLE
        if pathway in first or pathway in second
    ]


def _picked(row: Mapping[str, Any] | None, names: Sequence[str]) -> Iterable[int]:
    return (row[name] if row else 0 for name in names)
