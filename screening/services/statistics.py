"""What became of stopped goods, counted by the database, never row by row.

Nothing is written here. Lines of an entry are counted as the last of their detentions has them; a shipment is an
entry, or a bill where there is no entry. Amounts are added up within one currency.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
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
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, ExtractYear, Left
from django.utils import timezone

from entities.models import Organization, User
from screening.domain.statistics import DENIED, PENDING, RELEASED, Counts, Span, days_of, fiscal_year
from screening.models import Case, Detention, HeldLine, ShipmentLine, hidden_from
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
        rows = rows.exclude(pk__in=hidden_from(self.user))
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


def fiscal_year_of(field: str) -> Any:
    return models.Case(
        When(**{f"{field}__month__gte": 10}, then=ExtractYear(field) + 1),
        default=ExtractYear(field),
        output_field=IntegerField(),
    )


def _grouped(rows: QuerySet[HeldLine], dimension: str) -> QuerySet[Any]:
    """The lines with the ``group`` each belongs to; none or an empty one where the record does not say."""
    if dimension == "fiscal-year":
        return rows.annotate(group=fiscal_year_of("stopped_on"))
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


def years_on_record(user: User) -> list[int]:
    """The fiscal years in which goods were stopped, the latest first."""
    ends = Detention.objects.visible_to(user).aggregate(
        first=Min(Coalesce("detained_on", "presented_on")), last=Max(Coalesce("detained_on", "presented_on"))
    )
    if ends["first"] is None:
        return []
    return list(range(fiscal_year(ends["last"]), fiscal_year(ends["first"]) - 1, -1))
