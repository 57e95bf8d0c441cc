"""Addresses for test_base_pages.py only: one page that shows every partial, and what its scripts talk to."""

from datetime import UTC, date, datetime, timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.template import engines
from django.urls import path

from config.forms import ManyFilesField
from screening.chain_parts import Leads, Link, Node
from screening.drawing import draw_chain

TODAY = date(2025, 12, 2)
LISTED = Node(
    "spinner", "Aksu Example Colour Spinning Co., Ltd.", 3, "listed", "阿克苏示例色纺有限公司", "CN", "spinning", "/#s"
)
NODES = [
    Node("article", "Cotton T-shirts 6109.10.0012", 0, "article", note="line 2"),
    Node("maker", "Saigon Example Garment Joint Stock Company No. 10", 1, country="VN", stage="cut and sew"),
    Node("trims", "Example Buttons", 1),
    Node("knitter", "Ningbo Example Knitting", 2, native_name="宁波示例针织有限公司", country="CN"),
    LISTED,
    Node("ginner", "", 4, "gap", note="ginner not declared"),
    Node("farm", "Kuitun Example Cotton", 4, "xinjiang", native_name="奎屯示例棉业", country="CN"),
]
LINKS = [
    Link("maker", "article", "T-shirts", "direct", Leads.PRESUMPTION),
    Link("trims", "maker", "buttons", "declared"),
    Link("knitter", "maker", "knit fabric", "relevant", Leads.PRESUMPTION),
    Link("spinner", "knitter", "dyed melange yarn", "relevant", Leads.PRESUMPTION),
    Link("ginner", "spinner", "lint"),
    Link("farm", "knitter", "lint", "possible"),
]

PAGE = """{% extends "base.html" %}{% load ui static %}
{% block title %}Gallery{% endblock %}
{% block scripts %}<script src="{% static 'upload.js' %}" defer></script>{% endblock %}
{% block head %}{% include "partials/_page_header.html" with title="Case 2026-041" state="detained" reason="Held: line 2 traces to a listed spinner, three steps upstream." due_on=due started_on=started statutory=True provision="19 U.S.C. 1499(c)(5)(A)" actions=actions %}{% endblock %}
{% block content %}
{% include "partials/_timeline.html" with events=dates %}
{% include "partials/_counts.html" %}
{% include "partials/_filters.html" with form=filters total=62 noun="cases" %}
{% include "partials/_tabs.html" %}
{% include "partials/_table.html" with caption="Lines" %}
{% include "partials/_pager.html" with noun="lines" %}
<div class="co-scroll" tabindex="0" role="region" aria-label="Cases"><table class="co-table co-table--stack"><caption class="usa-sr-only">Cases</caption>
<thead><tr>{% sort_header "due" "Left" numeric=True %}{% sort_header "number" "Case" %}<th scope="col">Stands</th></tr></thead>
<tbody><tr aria-current="true"><td class="co-num" data-label="Left">{{ due|days_left:today }} d</td><th scope="row"><a href="#case" data-key="j" data-key-label="Next case">2026-041</a></th><td data-label="Stands">{% for state in states %}{% tag state %} {% endfor %}</td></tr></tbody></table></div>
<section class="co-section" id="chain"><h2>Chain</h2>{% include "partials/_chain.html" %}</section>
<section class="co-section"><h2>Shipment</h2>{% include "partials/_facts.html" %}{% include "partials/_party.html" with party=listed %}{% include "partials/_proposed.html" with what="same firm" score=0.83 %}</section>
<section class="co-section"><h2>Send</h2>{% include "partials/_upload.html" with action="/upload" accept=".pdf" max_bytes=1000 limits="PDF, at most 1 kB each." %}{% include "partials/_progress.html" with id="job" url="/job" state="running" label="Storing rows" done=1 total=2 %}</section>
<section class="co-section"><h2>Answer</h2>{% include "partials/_form.html" with submit="Record" cancel_url="/" draft="answer" %}</section>
<section class="co-section"><h2>History</h2>{% include "partials/_history.html" with events=history %}</section>
{% include "partials/_empty.html" with title="No case is waiting" text="New cases appear here." %}
{% include "partials/_alert.html" with kind="warning" heading="Facts changed" text="A supplier was added." %}
{% endblock %}"""  # noqa: E501


class Answer(forms.Form):
    entry = forms.CharField(label="Entry number", help_text="Eleven characters.")
    arrived_on = forms.DateField(label="Arrival", required=False)
    country = forms.ChoiceField(choices=[("", "Choose"), ("VN", "Viet Nam")])
    verdict = forms.ChoiceField(choices=[("shown", "Shown"), ("not", "Not shown")], widget=forms.RadioSelect)
    pages = forms.MultipleChoiceField(
        choices=[("1", "page 1"), ("2", "page 2")], widget=forms.CheckboxSelectMultiple, required=False
    )
    sure = forms.BooleanField(label="I have read every page cited")
    reason = forms.CharField(widget=forms.Textarea, required=False)
    files = ManyFilesField(required=False)


class Filters(forms.Form):
    state = forms.ChoiceField(choices=[("", "any")], required=False)
    search = forms.CharField(required=False, widget=forms.SearchInput)


@login_not_required
def gallery(request):
    form = Answer(request.POST, request.FILES) if request.method == "POST" else Answer()
    if request.method == "GET":
        messages.success(request, "The request was sent.")
    at = datetime(2025, 12, 2, 14, 12, tzinfo=UTC)
    context = {
        "today": TODAY,
        "started": TODAY - timedelta(days=12),
        "due": TODAY + timedelta(days=18),
        "form": form,
        "filters": Filters(prefix="filter"),
        "breadcrumbs": [{"label": "Desk", "url": "/"}, {"label": "2026-041"}],
        "actions": [{"label": "Ask", "url": "#ask", "primary": True}],
        "dates": [
            {"on": TODAY - timedelta(days=12), "label": "Detained", "kind": "past"},
            {"on": TODAY, "label": "Today", "kind": "today"},
            {"on": TODAY + timedelta(days=3), "label": "Evidence due", "kind": "task"},
            {"on": TODAY + timedelta(days=18), "label": "Day 30", "kind": "statutory", "note": "19 U.S.C. 1499(c)"},
        ],
        "counts": [{"label": "Due now", "count": 3, "url": "?due=now", "urgent": True, "current": True}],
        "tabs": [{"label": "Findings", "url": "#f", "count": 3, "current": True}, {"label": "Chain", "url": "#chain"}],
        "columns": [{"label": "Article"}, {"label": "Value", "numeric": True}],
        "rows": [["T-shirts", {"value": "$1.00", "url": "#v"}], ["Modules", None]],
        "page": Paginator(range(120), 50).page(2),
        "states": ["presumption", "review", "no_finding", "unknown", "awaiting_evidence", "closed", "failed"],
        "drawing": draw_chain(NODES, LINKS),
        "facts": [{"label": "Importer", "value": "Harbor Knit LLC", "url": "#i"}, {"label": "Consignee", "value": ""}],
        "listed": LISTED,
        "history": [{"at": at, "actor": "D. Whitfield", "label": "Evidence requested", "reason": "Not seen."}],
    }
    return HttpResponse(engines["django"].from_string(PAGE).render(context, request))


@login_not_required
def upload(request):
    names = [file.name for file in request.FILES.getlist("files")]
    if "json" not in request.headers["Accept"]:
        return HttpResponse(f"<title>Sent</title>{len(names)} files", headers={"Content-Type": "text/html"})
    if names == ["refused.pdf"]:
        return JsonResponse({"detail": "This file is encrypted."}, status=422)
    return JsonResponse({"message": "Received."})


@login_not_required
def job(request):
    template = engines["django"].from_string('{% include "partials/_progress.html" %}')
    context = {"id": "job", "url": "/job", "state": "done", "label": "Storing rows", "done": 2, "total": 2}
    return HttpResponse(template.render(context, request))


@login_not_required
def forbidden(request):
    raise PermissionDenied


@login_not_required
def empty(request):
    return HttpResponse("<title>Empty</title>")


names = (
    "desk shipment-list batch-list supplier-list listed-entity-list reports people audit-trail "
    "importer-home document-list"
)
urlpatterns = [
    path("", gallery, name="home"),
    path("upload", upload),
    path("job", job),
    path("forbidden", forbidden),
    path("sign-in", empty, name="sign-in"),
    path("sign-out", empty, name="sign-out"),
    *(path(f"{name}/", empty, name=name) for name in names.split()),
]
