"""What became of stopped goods, and how the office works: counted by the database, never row by row.

Nothing is written here. Lines of an entry are counted as the last of their detentions has them; a shipment is an
entry, or a bill where there is no entry. Amounts are added up within one currency.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import connection, models
from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, ExtractYear, Left, TruncDate
from django.utils import timezone

from entities.models import Organization, User
from screening.domain.pathways import TABLE, Conclusion
from screening.domain.statistics import DENIED, PENDING, RELEASED, Counts, Span, days_of, fiscal_year, quantile
from screening.models import Case, Decision, Detention, HeldLine, Look, SecondLook, ShipmentLine
from screening.reference import industries

NOT_KNOWN = ""  # the group of lines that do not say it
CENT = Decimal("0.01")
OTHER_INDUSTRY = "None of these"


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted: one regime, narrowed by what the goods are and whose, and by the fiscal year."""

    user: User
    regime: str = Case.Regime.UFLPA
    fiscal_year: int | None = None
    industry: str = ""
    country: str = ""
    hts4: str = ""
    importer: Organization | None = None

    def held_lines(self) -> QuerySet[HeldLine]:
        """The lines stopped, each joined to its line of the entry where there is one (``line``)."""
        rows: QuerySet[Any] = (
            HeldLine.objects.visible_to(self.user)
            .as_held_last()
            .filter(regime=self.regime)
            .order_by()
            .annotate(
                line=FilteredRelation("shipment__lines", condition=Q(shipment__lines__number=F("line_number"))),
                stopped_on=Coalesce("detention__detained_on", "detention__presented_on"),
            )
        )
        rows = self.of_goods(rows, "line__")
        if self.importer:
            rows = rows.filter(shipment__owner=self.importer)
        if self.fiscal_year:
            rows = rows.filter(stopped_on__range=days_of(self.fiscal_year))
        return rows

    def cases(self) -> QuerySet[Case]:
        rows = Case.objects.visible_to(self.user).filter(regime=self.regime).order_by()
        if self.importer:
            rows = rows.filter(importer=self.importer)
        if self.names_goods:
            rows = rows.filter(Exists(self.of_goods(ShipmentLine.objects.filter(shipment__cases=OuterRef("pk")))))
        return rows

    def in_year(self, field: str) -> Q:
        """Moments within the fiscal year, US Eastern time."""
        if not self.fiscal_year:
            return Q()
        first, last = days_of(self.fiscal_year)
        ends = (
            timezone.make_aware(datetime.combine(first, time.min)),
            timezone.make_aware(datetime.combine(last, time.max)),
        )
        return Q(**{f"{field}__range": ends})

    @property
    def names_goods(self) -> bool:
        return bool(self.industry or self.country or self.hts4)

    def of_goods(self, rows: QuerySet[Any], prefix: str = "") -> QuerySet[Any]:
        """Rows whose line of the entry, found over ``prefix``, is of the goods chosen."""
        if self.country:
            rows = rows.filter(**{f"{prefix}origin_country": self.country})
        if self.hts4:
            rows = rows.filter(**{f"{prefix}hts6__startswith": self.hts4})
        if self.industry:
            rows = _with_industry(rows, prefix).filter(industry=self.industry)
        return rows


def _with_industry(rows: QuerySet[Any], prefix: str = "") -> QuerySet[Any]:
    """The rows with their ``industry``, by the first digits of the first code of the line."""
    code = Coalesce(f"{prefix}hts6", Value(NOT_KNOWN))
    whens: dict[int, list[When]] = {4: [], 2: []}
    for size, some in whens.items():
        for industry, prefixes in industries().items():
            if own := [one for one in prefixes if len(one) == size]:
                some.append(When(**{f"hts{size}__in": own}, then=Value(industry)))
    named = models.Case(
        When(hts2=NOT_KNOWN, then=Value(NOT_KNOWN)),
        *whens[4],
        *whens[2],
        default=Value(OTHER_INDUSTRY),
        output_field=CharField(),
    )
    return rows.annotate(hts4=Left(code, 4), hts2=Left(code, 2)).annotate(industry=named)


def _year(field: str) -> Any:
    return models.Case(
        When(**{f"{field}__month__gte": 10}, then=ExtractYear(field) + 1),
        default=ExtractYear(field),
        output_field=IntegerField(),
    )


def _grouped(rows: QuerySet[HeldLine], dimension: str) -> QuerySet[Any]:
    """The lines with the ``group`` each belongs to; none or an empty one where the record does not say."""
    if dimension == "fiscal-year":
        return rows.annotate(group=_year("stopped_on"))
    if dimension == "country":
        return rows.annotate(group=Coalesce("line__origin_country", Value(NOT_KNOWN)))
    if dimension == "hts4":
        return rows.annotate(group=Left(Coalesce("line__hts6", Value(NOT_KNOWN)), 4))
    if dimension == "industry":
        return _with_industry(rows, "line__").annotate(group=F("industry"))
    return rows.annotate(group=Value("all", output_field=CharField()))


_RELEASED, _DENIED, _PENDING = (Q(state__in=sorted(states)) for states in (RELEASED, DENIED, PENDING))


def shipments_by(scope: Scope, dimension: str = "") -> dict[Any, Counts]:
    """Shipments stopped, released and denied, by group, the group with most first. In a group a shipment is judged
    by its lines of that group, so that one with lines of two groups counts in both."""
    rows = _grouped(scope.held_lines(), dimension).values("group", "shipment")
    inner = rows.annotate(
        released=Count("pk", filter=_RELEASED),
        denied=Count("pk", filter=_DENIED),
        pending=Count("pk", filter=_PENDING),
    ).values("group", "released", "denied", "pending")
    sql, params = inner.query.sql_with_params()
    # The sentence around the query is fixed; what was chosen is in the parameters.
    outer = f"""
        SELECT "group", COUNT(*),
            SUM(CASE WHEN pending = 0 AND denied = 0 THEN 1 ELSE 0 END),
            SUM(CASE WHEN pending = 0 AND denied > 0 THEN 1 ELSE 0 END),
            SUM(CASE WHEN released > 0 AND (denied > 0 OR pending > 0) THEN 1 ELSE 0 END)
        FROM (SELECT * FROM ({sql}) AS lines_of_shipment) AS shipments
        GROUP BY "group" ORDER BY 2 DESC, 1
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(outer, params)
        return {group: Counts(*(int(value) for value in counts)) for group, *counts in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Amount:
    """The value of goods of one group in one currency. ``lines``: how many it adds up."""

    group: Any
    currency: str
    lines: int
    stopped: Decimal
    released: Decimal
    denied: Decimal

    @property
    def pending(self) -> Decimal:
        return self.stopped - self.released - self.denied


def values_by(scope: Scope, dimension: str = "") -> tuple[list[Amount], dict[Any, int]]:
    """The value of the lines by group and currency, and by group how many lines say no value or no currency."""
    rows = _grouped(scope.held_lines(), dimension)
    found = (
        rows.values("group", currency=Coalesce("line__currency", Value(NOT_KNOWN)))
        .annotate(
            lines=Count("pk"),
            with_value=Count("line__value"),
            stopped=Sum("line__value"),
            released=Sum("line__value", filter=_RELEASED),
            denied=Sum("line__value", filter=_DENIED),
        )
        .order_by()
    )
    nothing = Decimal(0)
    amounts, missing = [], Counter[Any]()
    for row in found:
        valued = row["with_value"] if row["currency"] else 0
        missing[row["group"]] += row["lines"] - valued
        if valued:
            sums = ((row[name] or nothing).quantize(CENT) for name in ("stopped", "released", "denied"))
            amounts.append(Amount(row["group"], row["currency"], valued, *sums))
    missing = +missing
    return sorted(amounts, key=lambda one: (one.currency, -one.stopped, str(one.group))), missing


@dataclass(frozen=True, slots=True)
class Aged:
    """Open lines within one span: held ones, and denied ones whose denial is not final yet."""

    label: str
    pending: int
    denied: int


def ageing(scope: Scope, field: str, days: Mapping[Span, tuple[date | None, date | None]], without: str) -> list[Aged]:
    """Open lines by a day on record, ``deadline_on`` or ``detention__presented_on``, within the days given."""
    rows = scope.held_lines().filter(is_final=False)
    whens = []
    for number, (first, last) in enumerate(days.values()):
        ends = Q(**{f"{field}__gte": first}) if first else Q(**{f"{field}__isnull": False})
        whens.append(When(ends & (Q(**{f"{field}__lte": last}) if last else Q()), then=Value(number)))
    found = (
        rows.annotate(span=models.Case(*whens, default=Value(len(whens)), output_field=IntegerField()))
        .values("span")
        .annotate(pending=Count("pk", filter=_PENDING), denied=Count("pk", filter=_DENIED))
    )
    by_span = {row["span"]: (row["pending"], row["denied"]) for row in found}
    labels = [*(span.label for span in days), without]
    return [Aged(label, *by_span.get(number, (0, 0))) for number, label in enumerate(labels)]


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
        .annotate(year=_year("decided_at"))
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
    rows = Look.objects.filter(scope.in_year("looked_at"), screening__shipment__cases=None)
    if scope.importer:
        rows = rows.filter(screening__shipment__owner=scope.importer)
    if scope.names_goods:
        lines = ShipmentLine.objects.filter(shipment=OuterRef("screening__shipment"))
        rows = rows.filter(Exists(scope.of_goods(lines)))
    counted = rows.annotate(year=_year("looked_at")).values("year")
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


def years_on_record(user: User) -> list[int]:
    """The fiscal years in which goods were stopped, the latest first."""
    ends = Detention.objects.visible_to(user).aggregate(
        first=Min(Coalesce("detained_on", "presented_on")), last=Max(Coalesce("detained_on", "presented_on"))
    )
    if ends["first"] is None:
        return []
    return list(range(fiscal_year(ends["last"]), fiscal_year(ends["first"]) - 1, -1))
