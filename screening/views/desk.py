"""The desk: which case is next, why, and until when; and the shipments somebody must look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.db.models import (
    BooleanField,
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce, Least
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from entities.models import NameStatement, User
from entities.views.request import SignedInRequest
from evidence.newly_named import cases_newly_naming
from screening.domain.rules import steps_in_words
from screening.forms.bulk import BulkAssignForm, BulkReasonForm
from screening.forms.cases import DeskFilter, LookFilter
from screening.models import Case, Draw, Finding, HeldLine, Shipment, ShipmentLine, ShipmentParty, Task, hidden_from
from screening.services.pairs import waiting_pairs
from screening.views.access import office
from screening.views.cases import officers

PAGE_SIZE = 50
SOON = timedelta(days=7)
SORTS = {
    "due": F("due").asc(nulls_last=True),
    "-due": F("due").desc(nulls_last=True),
    "number": F("pk").asc(),
    "-number": F("pk").desc(),
    "importer": F("importer__name").asc(),
    "-importer": F("importer__name").desc(),
}
LOOK_SORTS = {
    "shipment": F("pk").asc(),
    "-shipment": F("pk").desc(),
    "importer": F("owner__name").asc(),
    "-importer": F("owner__name").desc(),
    "arrival": Coalesce("imported_on", "arrives_on").asc(nulls_last=True),
    "-arrival": Coalesce("imported_on", "arrives_on").desc(nulls_last=True),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the queue."""

    case: Any
    entry: str
    more_shipments: int
    goods: str
    hts: str
    why: str
    party: str
    is_statutory: bool


@office()
@require_safe
def desk(request: SignedInRequest) -> HttpResponse:
    """The queue of cases, the nearest day first."""
    today = timezone.localdate()
    everything = with_due_dates(Case.objects.visible_to(request.user))
    form = DeskFilter(request.GET or None, user=request.user)
    valid = form.is_valid()
    rows = _filtered(everything, form.cleaned_data, request.user, today) if valid else everything.open()
    sort = request.GET.get("sort", "due")
    order = SORTS.get(sort, SORTS["due"])
    rows = rows.select_related("importer", "assigned_to__person", "lead_finding__screening").order_by(order, "-pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "screening/desk.html",
        {
            "section": "desk",
            "form": form,
            "page": page,
            "rows": _rows(list(page)),
            "newly_naming": cases_newly_naming([case.pk for case in page]),
            "keep": [{"name": "sort", "value": sort}] if "sort" in request.GET else [],
            "sort": "due",
            "counts": _counts(everything, today, request.GET),
            "bulk": BulkAssignForm(prefix="bulk", officers=officers()),
            "tabs": tabs(request.user, "desk"),
            "is_filtered": any(value for name, value in request.GET.items() if name in form.fields),
            "today": today,
        },
    )


@office()
@require_safe
def look_list(request: SignedInRequest) -> HttpResponse:
    """Shipments a person must look at, in no case yet."""
    waiting = Shipment.objects.visible_to(request.user).awaiting_a_look()
    findings = Finding.objects.filter(screening__in=waiting.values("latest_screening"))
    rules = sorted(set(findings.order_by().values_list("rule", flat=True)))
    form = LookFilter(request.GET or None, rules=rules)
    rows = waiting
    if form.is_valid():
        rows = _looks_filtered(rows, form.cleaned_data)
    sort = request.GET.get("sort", "-shipment")
    rows = (
        rows.select_related("owner", "latest_screening")
        .prefetch_related(
            Prefetch(
                "latest_screening__findings",
                # A name or a place says more in one line than a gap in the chain.
                queryset=Finding.objects.filter(asks_review=True).order_by(
                    ExpressionWrapper(Q(party_name=""), BooleanField()), "pk"
                ),
                to_attr="reasons_to_look",
            )
        )
        .order_by(LOOK_SORTS.get(sort, LOOK_SORTS["-shipment"]), "-pk")
    )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "screening/look_list.html",
        {
            "section": "desk",
            "form": form,
            "page": page,
            "keep": [{"name": "sort", "value": sort}] if "sort" in request.GET else [],
            "sort": "-shipment",
            "bulk": BulkReasonForm(prefix="bulk"),
            "tabs": tabs(request.user, "look-list"),
            "is_filtered": any(value for name, value in request.GET.items() if name in form.fields),
        },
    )


def tabs(user: User, current: str) -> list[dict[str, Any]]:
    """The queues of the desk; names of listed entities that wait for a second person only where any does."""
    names = NameStatement.objects.visible_to(user).waiting().count()
    looks = Draw.objects.visible_to(user).waiting().count()
    return [
        {
            "label": "Cases",
            "url": reverse("desk"),
            "count": Case.objects.visible_to(user).open().count(),
            "current": current == "desk",
        },
        {
            "label": "Waiting for me",
            "url": reverse("waiting-list"),
            "count": None,
            "current": current == "waiting-list",
        },
        {
            "label": "Needs a look",
            "url": reverse("look-list"),
            "count": Shipment.objects.visible_to(user).awaiting_a_look().count(),
            "current": current == "look-list",
        },
        {
            "label": "Matches to judge",
            "url": reverse("match-list"),
            "count": len(waiting_pairs(user)),
            "current": False,
        },
        *([{"label": "Names to confirm", "url": reverse("listed-name-list"), "count": names}] if names else []),
        *([{"label": "Second looks", "url": reverse("second-look-list"), "count": looks}] if looks else []),
    ]


def with_due_dates(rows: QuerySet[Case]) -> Any:
    """Each case with the day it is up against: the nearer of an open task's due date and the statutory day."""
    mine = {"case": OuterRef("pk")}
    task_due = Task.objects.filter(**mine, closed_at=None).order_by("due_on").values("due_on")[:1]
    lines = HeldLine.objects.filter(detention__case=OuterRef("pk"), is_final=False, deadline_on__isnull=False)
    nearest = Least(Coalesce("task_due", "decide_by"), Coalesce("decide_by", "task_due"))
    return rows.annotate(
        task_due=Subquery(task_due),
        decide_by=Subquery(lines.order_by("deadline_on").values("deadline_on")[:1]),
    ).annotate(due=models.Case(When(~Q(stage=Case.Stage.CLOSED), then=nearest), output_field=DateField()))


def _filtered(rows: Any, wanted: dict[str, Any], user: User, today: date) -> Any:
    if wanted["stage"] == "":
        rows = rows.open()
    elif wanted["stage"] != "any":
        rows = rows.filter(stage=wanted["stage"])
    if wanted["assigned"] == "me":
        rows = rows.filter(assigned_to=user)
    elif wanted["assigned"] == "nobody":
        rows = rows.filter(assigned_to=None)
    if wanted["importer"]:
        rows = rows.filter(importer=wanted["importer"])
    if wanted["due"] == "now":
        rows = rows.filter(due__lte=today)
    elif wanted["due"] == "week":
        rows = rows.filter(due__gt=today, due__lte=today + SOON)
    if wanted["ground"]:
        rows = rows.filter(_has_ground(wanted["ground"]))
    if state := wanted["law"]:
        lines = HeldLine.objects.filter(detention__case=OuterRef("pk"))
        rows = rows.exclude(pk__in=hidden_from(user)).filter(
            ~Exists(lines) if state == "none" else Exists(lines.filter(state=state))
        )
    if text := wanted["q"].strip():
        rows = rows.filter(_says(text))
    return rows


def _has_ground(ground: str) -> Any:
    """A finding of the case's own regime has this ground; ``none``: no finding of it has any."""
    current = Finding.objects.filter(
        screening__shipment__cases=OuterRef("pk"),
        screening=F("screening__shipment__latest_screening"),
    ).exclude(ground="")

    def of(regime: str, rows: Any) -> Q:
        return Q(Exists(rows.of_regime(regime)), regime=regime)

    if ground == "none":
        return ~(of(Case.Regime.UFLPA, current) | of(Case.Regime.WRO, current))
    regime = Case.Regime.WRO if ground == Finding.Ground.WRO else Case.Regime.UFLPA
    return of(regime, current.filter(ground=ground))


def _says(text: str) -> Q:
    """The text stands in what people call the case by: number, importer, reason, shipment or party."""
    shipments = Shipment.objects.filter(cases=OuterRef("pk")).filter(
        Q(entry_number__icontains=text)
        | Q(bill_of_lading__icontains=text)
        | Q(house_bill__icontains=text)
        | Q(reference__icontains=text)
    )
    parties = ShipmentParty.objects.filter(shipment__cases=OuterRef("pk")).filter(
        Q(party__name__icontains=text) | Q(party__native_name__icontains=text)
    )
    return (
        Q(number__icontains=text)
        | Q(importer__name__icontains=text)
        | Q(opened_because__icontains=text)
        | Q(lead_finding__headline__icontains=text)
        | Q(lead_finding__party_name__icontains=text)
        | Q(Exists(shipments))
        | Q(Exists(parties))
    )


def _looks_filtered(rows: Any, wanted: dict[str, Any]) -> Any:
    findings = Finding.objects.filter(screening=OuterRef("latest_screening"))
    if wanted["rule"]:
        rows = rows.filter(Exists(findings.filter(rule=wanted["rule"])))
    if text := wanted["q"].strip():
        rows = rows.filter(
            Q(entry_number__icontains=text)
            | Q(bill_of_lading__icontains=text)
            | Q(house_bill__icontains=text)
            | Q(reference__icontains=text)
            | Q(owner__name__icontains=text)
            | Q(Exists(findings.filter(headline__icontains=text, asks_review=True)))
        )
    return rows


def _counts(rows: Any, today: date, query: Any) -> list[dict[str, Any]]:
    """How many cases stand where; each count is a filter."""
    stages = Case.Stage
    numbers = rows.aggregate(
        now=Count("pk", filter=Q(due__lte=today)),
        week=Count("pk", filter=Q(due__gt=today, due__lte=today + SOON)),
        **{stage.value: Count("pk", filter=Q(stage=stage)) for stage in stages},
    )
    items = [("Due now", "now", {"due": "now"}), ("Within 7 days", "week", {"due": "week"})]
    items += [(stage.label, stage.value, {"stage": stage.value}) for stage in stages]
    return [
        {
            "label": label,
            "count": numbers[key],
            "url": "?" + "&".join(f"{name}={value}" for name, value in choice.items()),
            "current": all(query.get(name) == value for name, value in choice.items()),
            "urgent": key == "now",
        }
        for label, key, choice in items
    ]


def _rows(cases: Sequence[Any]) -> list[Row]:
    """The cases of a page with their goods; two further queries, however many cases there are."""
    shipments: dict[int, list[Any]] = {}
    through = Case.shipments.through.objects.filter(case__in=cases).select_related("shipment").order_by("pk")
    for link in through:
        shipments.setdefault(link.case_id, []).append(link.shipment)
    wanted = {case.pk: _article(case, shipments.get(case.pk, [])) for case in cases}
    keys = {key for key in wanted.values() if key}
    lines = {
        (line.shipment_id, line.number): line
        for line in ShipmentLine.objects.filter(
            shipment__in={shipment for shipment, _ in keys}, number__in={number for _, number in keys}
        )
    }
    result = []
    for case in cases:
        own = shipments.get(case.pk, [])
        article = wanted[case.pk]
        line = lines.get(article) if article else None
        finding = case.lead_finding
        result.append(
            Row(
                case=case,
                entry=own[0].label if own else "",
                more_shipments=max(0, len(own) - 1),
                goods=_short(line.description) if line else "",
                hts=line.hts_codes[0] if line and line.hts_codes else "",
                why=_short(case.opened_because, 160) if finding is None else _in_short(finding),
                party=finding.party_name if finding else "",
                is_statutory=case.due is not None and case.due == case.decide_by,
            )
        )
    return result


def _article(case: Any, shipments: Sequence[Any]) -> tuple[int, int] | None:
    """The flagged article of a case: shipment and line number; the first line where no line is named."""
    finding = case.lead_finding
    if finding is not None:
        return finding.screening.shipment_id, (finding.line_numbers or [1])[0]
    return (shipments[0].pk, 1) if shipments else None


def _in_short(finding: Finding) -> str:
    """The reason in a few words; the sentence stands on the page of the case."""
    if not finding.party_name:
        return _short(finding.headline, 160)
    parts = [finding.get_ground_display() if finding.ground else "Needs a look"]
    if finding.steps_upstream:
        parts.append(steps_in_words(finding.steps_upstream))
    if finding.grade and finding.steps_upstream and finding.steps_upstream > 1:
        parts.append(f"{finding.get_grade_display().lower()} path")
    return ", ".join(parts)


def _short(text: str, most: int = 60) -> str:
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"
