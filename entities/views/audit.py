"""The audit trail: who did what, when, why; and whether the chain of events holds."""

import re
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from entities import audit
from entities.domain.roles import Act
from entities.forms.audit import AuditFilter, action_label
from entities.models import AuditEvent, AuditHead
from entities.pages import LongPaginator
from screening.models import Case, hidden_from

PAGE_SIZE = 50
CHECKED_AT_ONCE = 2000  # events; a longer chain is checked when asked for
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$")
_KIND_AND_KEY = re.compile(r"([a-z]+):(\S+)")


@permission_required(Act.VIEW_AUDIT, raise_exception=True)
@require_GET
def audit_trail(request: HttpRequest) -> HttpResponse:
    """Events, newest first, by case, actor, act and target; the head of the chain and whether it holds."""
    form = AuditFilter(request.GET)
    form.is_valid()
    rows = _events(form.cleaned_data).exclude(case_number__in=_numbers_hidden_from(request))
    page = LongPaginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    head = AuditHead.objects.filter(pk=1).first() or AuditHead()
    checked = head.sequence <= CHECKED_AT_ONCE or "check" in request.GET
    return render(
        request,
        "entities/audit_trail.html",
        {
            "filter": AuditFilter(initial=request.GET.dict()),
            "page": page,
            "events": [
                {"event": event, "label": action_label(event.action), "changes": _changes(event)} for event in page
            ],
            "head": head,
            "checked": checked,
            "faults": list(audit.verify())[:20] if checked else [],
        },
    )


def _numbers_hidden_from(request: HttpRequest) -> list[str]:
    """The cases whose outcome the reader must not learn yet."""
    return list(Case.objects.filter(pk__in=hidden_from(request.user)).values_list("number", flat=True))


def _events(asked: dict[str, Any]) -> QuerySet[AuditEvent]:
    rows = AuditEvent.objects.all()  # whoever may see the trail is of the office, which sees every organisation
    if asked.get("case"):
        rows = rows.filter(case_number=asked["case"].strip())
    if asked.get("actor"):
        rows = rows.filter(actor_name__icontains=asked["actor"].strip())
    if asked.get("act"):
        rows = rows.filter(action=asked["act"])
    if target := asked.get("target", "").strip():
        if exact := _KIND_AND_KEY.fullmatch(target):
            rows = rows.filter(target_kind=exact[1], target_key=exact[2])
        else:
            rows = rows.filter(target_label__icontains=target)
    if asked.get("since"):
        rows = rows.filter(at__date__gte=asked["since"])
    if asked.get("until"):
        rows = rows.filter(at__date__lte=asked["until"])
    return rows.order_by("-sequence")


def _changes(event: AuditEvent) -> list[dict[str, Any]]:
    """What the event changed: field, before, after. What stayed as it was is left out."""
    return [
        {
            "field": name.replace("_", " "),
            "before": _words(event.before.get(name)),
            "after": _words(event.after.get(name)),
        }
        for name in {**event.before, **event.after}
        if (event.before.get(name) or "") != (event.after.get(name) or "")
    ]


def _words(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')}: {_words(part)}" for key, part in value.items())
    if isinstance(value, str) and _MOMENT.match(value):
        moment = timezone.localtime(datetime.fromisoformat(value))
        return f"{moment:%-d %b %Y %H:%M}"
    return str(value)
