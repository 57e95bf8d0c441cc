"""The importer's own pages: what is to do, and one case in plain words. Brokers who act for it use the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.db.models import Min, OuterRef, Prefetch, Q
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from entities.domain.roles import Act
from entities.models import User
from entities.views.request import SignedInRequest
from evidence import plain_words as words
from evidence.domain.media import ACCEPT, LIMITS_IN_WORDS, MAX_FILE_BYTES
from evidence.forms.documents import CaseFilter
from evidence.legal_words import standings_of
from evidence.models import Document, Exhibit
from evidence.newly_named import outdated_among
from evidence.papers_shown import Replacing, replacing_in
from evidence.rounds import rounds_of
from evidence.services.translations import untranslated
from screening.confidential import Discretion, findings_for
from screening.models import Case, Decision, Finding, HeldLine, Message, Shipment, Task
from screening.rescreened import latest_of_case
from screening.timeline import OF_IMPORTER, Held

PER_PAGE = 25
SHIPMENTS = 10
PAPERS = 30
GROUPS = {"waiting": "Waiting for you", "office": "With the office", "decided": "Decided"}


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of the case and how far it is."""

    exhibit: Exhibit
    state: words.PaperState
    replacing: Replacing | None = None


@require_safe
def importer_home(request: SignedInRequest) -> HttpResponse:
    """What is held and why, what is asked and until when, and the next step of each case: yours first."""
    if request.user.is_officer:
        return redirect("desk")
    form = CaseFilter(request.GET or None, user=request.user)
    rows = _in_groups(Case.objects.visible_to(request.user))
    shipments = Shipment.objects.visible_to(request.user)
    if form.is_valid() and (owner := form.cleaned_data["owner"]):
        rows, shipments = rows.filter(importer=owner), shipments.filter(owner=owner)
    group = request.GET.get("show", "")
    shown = rows.filter(group=group) if group in GROUPS else rows
    page = Paginator(_in_order(shown, request.user), PER_PAGE).get_page(request.GET.get("page"))
    looked_at, pending = shipments.awaiting_a_look(), shipments.filter(outcome=Shipment.Outcome.PENDING)
    return render(
        request,
        "evidence/importer_home.html",
        {
            "section": "importer-home",
            "counts": _counts(rows, group),
            "groups": _grouped(request.user, list(page.object_list)),
            "page": page,
            "form": form if form.fields["owner"].queryset.count() > 1 else None,  # type: ignore[attr-defined]
            "looked_at": looked_at[:SHIPMENTS],
            "looked_at_count": looked_at.count(),
            "pending_count": pending.count(),
            "has_shipments": shipments.exists(),
        },
    )


@require_safe
def importer_case(request: SignedInRequest, pk: int) -> HttpResponse:
    """One case in plain words: how it stands, why, what to send, what was received, what happens next."""
    rows = Case.objects.visible_to(request.user).select_related("importer")
    case = get_object_or_404(rows, pk=pk)
    if request.user.is_officer:
        return redirect("case-detail", pk=pk)
    today = timezone.localdate()
    shipments = list(case.shipments.select_related("latest_screening", "owner").prefetch_related("lines"))
    detentions = list(case.detentions.select_related("shipment"))
    exhibits = list(
        Exhibit.objects.visible_to(request.user)
        .filter(case=case)
        .select_related("document__job", "document__delivery", "task_item", "added_by__person")
    )
    tasks = list(case.tasks.select_related("asked_by__person").prefetch_related("items__answers"))
    requests = words.requests_of(tasks, exhibits)
    held = Held.of(case, detentions, today)
    is_open = case.stage != Case.Stage.CLOSED
    replacing = replacing_in(case, request.user)
    papers = [Paper(one, words.paper_state(one.document), replacing.get(one.document_id)) for one in exhibits]
    decisions = list(Decision.objects.visible_to(request.user).filter(case=case, verdict=Decision.Verdict.APPROVED))
    return render(
        request,
        "evidence/importer_case.html",
        {
            "section": "importer-home",
            "today": today,
            "case": case,
            "title": words.title_of(case, shipments, held, is_own=_is_own(request.user, case)),
            "tag": _tag(case, held),
            "reason": " ".join(filter(None, (words.state_of(case, requests), words.move_by_law(held)))),
            "due": _due(requests, held.due),
            "also_due": _due([], held.due) if requests else None,
            "standings": standings_of(held),
            "law": words.LAWS[case.regime],
            "whys": [_why(request.user, shipment, case.regime) for shipment in shipments],
            "ways": words.ways_of(case, held, "" if is_open or not decisions else decisions[0].conclusion),
            "requests": [_request(request_, papers) for request_ in requests],
            "rounds": rounds_of(case, tasks, exhibits, today),
            "unread": Message.objects.unread_by(request.user).filter(case=case).count(),
            "papers": papers[::-1][:PAPERS],
            "received": len(papers),
            "pending": sum(paper.state.is_pending for paper in papers),
            "refused": sum(paper.state.is_refused for paper in papers),
            "untranslated": untranslated(
                [paper.exhibit.document_id for paper in papers if paper.exhibit.document.needs_translation]
            ),
            "outdated": outdated_among([paper.exhibit.document_id for paper in papers]),
            "swapped": ",".join(["#standing", *(f"#asked-{a.item.pk}" for r in requests for a in r.items)]),
            "agains": latest_of_case(case, request.user),
            "is_open": is_open,
            "may_send": is_open and request.user.has_perm(Act.UPLOAD_DOCUMENT),
            "steps": words.steps_of(case, held),
            "dates": words.dates_of(case, held, requests),
            "decisions": [_decision(one) for one in decisions],
            "upload": {
                "accept": ACCEPT,
                "max_bytes": MAX_FILE_BYTES,
                "limits": LIMITS_IN_WORDS,
                "earlier": [one for one in exhibits if one.document.access == Document.Access.CASE],
            },
            "breadcrumbs": [{"label": "To do", "url": reverse("importer-home")}, {"label": f"Case {case.number}"}],
        },
    )


# --- the list -----------------------------------------------------------------------------------------------------


def _in_groups(rows: models.QuerySet[Case]) -> Any:
    """Whose move it is, as ``group``: the importer's where it is asked, or where the next day of the law is its own.

    Of that day ``law_day`` is the first.
    """
    own = HeldLine.objects.filter(detention__case=OuterRef("pk"), is_final=False, deadline_code__in=OF_IMPORTER)
    by = models.Case(
        models.When(Q(stage=Case.Stage.AWAITING_EVIDENCE) | Q(law_day__isnull=False), then=models.Value("waiting")),
        models.When(stage=Case.Stage.CLOSED, then=models.Value("decided")),
        default=models.Value("office"),
        output_field=models.CharField(),
    )
    first = own.order_by("deadline_on").values("deadline_on")[:1]
    return rows.annotate(law_day=models.Subquery(first)).annotate(group=by)


def _in_order(rows: Any, user: User) -> models.QuerySet[Case]:
    """Yours first, then the office's, then what is decided; each by the day that is due first."""
    rank = models.Case(
        *(models.When(group=name, then=place) for place, name in enumerate(GROUPS)),
        output_field=models.IntegerField(),
    )
    asked = Min("tasks__due_on", filter=Q(tasks__closed_at=None))
    return (
        rows.annotate(rank=rank, due=Coalesce(asked, "law_day"))
        .order_by("rank", models.F("due").asc(nulls_last=True), "-pk")
        .select_related("importer", "lead_finding__screening__shipment", "lead_finding__screening")
        .prefetch_related(
            "shipments",
            "detentions__shipment",
            Prefetch("tasks", Task.objects.open().prefetch_related("items__answers")),
            Prefetch("exhibits", Exhibit.objects.visible_to(user).select_related("document")),
        )
    )


def _counts(rows: Any, group: str) -> list[dict[str, Any]]:
    counts = dict(rows.order_by().values_list("group").annotate(count=models.Count("pk")))
    return [
        {
            "label": label,
            "count": counts.get(name, 0),
            "url": "?" if name == group else f"?show={name}",
            "current": name == group,
        }
        for name, label in GROUPS.items()
    ]


def _grouped(user: User, cases: list[Case]) -> list[dict[str, Any]]:
    """The cases of one page under their headings."""
    discretion = Discretion(user, [case.lead_finding.screening for case in cases if case.lead_finding])
    held = Held.of_cases({case: list(case.detentions.all()) for case in cases}, timezone.localdate())
    found = []
    for name, label in GROUPS.items():
        rows = [_row(user, case, discretion, held[case.pk]) for case in cases if case.group == name]  # type: ignore[attr-defined]
        if rows:
            found.append({"label": label, "rows": rows, "is_yours": name == "waiting"})
    return found


def _row(user: User, case: Case, discretion: Discretion, held: Held) -> dict[str, Any]:
    requests = words.requests_of(list(case.tasks.all()), list(case.exhibits.all()))
    return {
        "case": case,
        "title": words.title_of(case, list(case.shipments.all()), held, is_own=_is_own(user, case)),
        "tag": _tag(case, held),
        "why": discretion.reason(case),
        "state": " ".join(filter(None, (words.state_of(case, requests), words.move_by_law(held)))),
        "next": words.next_step_of(case, requests),
        "due": _due(requests, held.due),
    }


# --- one case -----------------------------------------------------------------------------------------------------


def _is_own(user: User, case: Case) -> bool:
    return any(membership.organization_id == case.importer_id for membership in user.active_memberships)


def _tag(case: Case, held: Held) -> dict[str, str]:
    """Where the goods stand in law where they are detained, else how far the office is."""
    if words.is_held(case, held):
        first = standings_of(held)[0].said
        word = first.word.split(";")[0].split(",")[0]
        return {"value": "law", "label": word[:1].upper() + word[1:], "tone": first.tone}
    value, label = words.STAGES[case.stage]
    return {"value": value, "label": label, "tone": ""}


def _due(requests: list[words.Request], statutory: Any) -> dict[str, Any] | None:
    """The day the importer must act by; where nothing is asked, the day the law sets."""
    if requests:
        first = min(requests, key=lambda one: one.task.due_on).task
        return {
            "on": first.due_on,
            "label": "Send papers",
            "started_on": None,
            "statutory": False,
            "provision": "",
        }
    if statutory is None:
        return None
    return {
        "on": statutory.on,
        "label": words.DAYS.get(statutory.code, statutory.label),
        "started_on": statutory.started_on,
        "statutory": True,
        "provision": statutory.provision,
    }


def _why(user: User, shipment: Shipment, regime: str) -> dict[str, Any]:
    """Why a shipment is stopped or looked at, without the secrets of others, and what else was noticed."""
    screening = shipment.latest_screening
    findings = findings_for(user, screening, regime) if screening else []
    reasons = [one for one in findings if one.ground] or [one for one in findings if one.asks_review]
    return {"shipment": shipment, "reasons": reasons, "others": [one for one in findings if one not in reasons]}


def _decision(decision: Decision) -> dict[str, Any]:
    """A decision with what it means. Its findings stay with the office: they may name another importer's suppliers."""
    return {
        "decision": decision,
        "means": words.CONCLUSIONS[decision.conclusion],
        "grounds": [Finding.Ground(ground).label for ground in decision.grounds],
    }


def _sent_for(asked: words.Asked, papers: list[Paper]) -> dict[str, Any]:
    """What was sent for one thing: how many files, how far they are, and which of them cannot be read."""
    sent = [paper for paper in papers if paper.exhibit.task_item_id == asked.item.pk]
    return {
        "papers": sent,
        "pending": sum(paper.state.is_pending for paper in sent),
        "refused": [paper for paper in sent if paper.state.is_refused],
    }


def _request(request: words.Request, papers: list[Paper]) -> dict[str, Any]:
    """A request as the page draws it: items with their papers and states, the first missing one open."""
    first = request.missing[0] if request.missing else None
    return {
        "task": request.task,
        "sent": request.sent,
        "total": len(request.items),
        "missing": len(request.missing),
        "items": [
            {
                "item": asked.item,
                "is_sent": asked.is_sent,
                "answers": asked.answers,
                "is_first_missing": asked is first,
                **_sent_for(asked, papers),
            }
            for asked in request.items
        ],
    }
