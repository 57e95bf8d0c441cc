"""Cases: the page of one case, and the acts of officers on it."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from entities.domain.errors import Refused
from entities.domain.roles import OFFICE_ROLES, Act, Role
from entities.models import Membership, SupplyLink, User
from entities.services import accounts
from entities.views.request import SignedInRequest
from screening.domain.asking import suggested_items
from screening.domain.confidential import withhold
from screening.forms.cases import AssignForm, EvidenceRequestForm, InviteForm, ReasonForm
from screening.lot_facts import declarers_by_lot
from screening.models import Case, Finding, Shipment, TaskItem
from screening.rescreened import latest_of_case
from screening.services import acts_in_law, cases, requests
from screening.views import case_file, case_page
from screening.views.access import office
from screening.views.case_acts import answer, case_of
from screening.views.requests import last_day_of


@office()
@require_safe
def case_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One case: why, until when, whose move; then everything on one page."""
    rows = Case.objects.visible_to(request.user).select_related(
        "importer",
        "assigned_to__person",
        "lead_finding__listing__entity",
        "lead_finding__list_version",
        "lead_finding__screening",
    )
    case = get_object_or_404(rows, pk=pk)
    file = case_file.read(case, request.user)
    context = case_page.context_of(file, history=request.GET.get("history", ""))
    context["agains"] = latest_of_case(case, request.user)
    return render(request, "screening/case_detail.html", context)


# --- acts: each a page with one form; a refusal stands in the form ----------------------------------------------


@office(Act.REQUEST_EVIDENCE)
@require_http_methods(["GET", "POST"])
def case_request_evidence(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask the importer for evidence, item by item, until a day."""
    case = case_of(request, pk)
    form = EvidenceRequestForm(request.POST or None, suggestions=_suggestions(case))

    def act() -> str:
        task = requests.request_evidence(
            case,
            actor=request.user,
            due_on=form.cleaned_data["due_on"],
            items=form.items,
            message=form.cleaned_data["message"],
        )
        if still := acts_in_law.round_not_on_record(task):
            messages.info(request, f"In law the goods stay where they are. {' '.join(still)}")
        return f"{case.importer} was asked. The request is on its page now and goes out by mail."

    members = Membership.objects.filter(organization=case.importer, suspended_at=None, user__is_active=True)
    return answer(
        request,
        case,
        form,
        act,
        title="Ask for evidence",
        submit="Send the request",
        draft=True,
        returned=list(TaskItem.objects.filter(task__case=case).returned().order_by("task__round", "number")),
        last_day=last_day_of(case.pk),
        warning=""
        if members.exists()
        else f"Nobody of {case.importer} has an account. The request waits on its page; invite someone too.",
    )


@office(Act.ASSIGN_CASE)
@require_http_methods(["GET", "POST"])
def case_assign(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put the case into somebody's hands."""
    case = case_of(request, pk)
    form = AssignForm(request.POST or None, officers=officers(), initial={"to": case.assigned_to_id})

    def act() -> str:
        to = form.cleaned_data["to"]
        cases.assign(case, actor=request.user, to=to)
        return f"The case is with {to.full_name if to else 'nobody'}."

    return answer(request, case, form, act, title="Assign the case", submit="Assign")


@office(Act.ASSESS)
@require_http_methods(["GET", "POST"])
def case_start_review(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the case into review without waiting any longer."""
    case = case_of(request, pk)
    open_requests = case.tasks.open().count()
    hint = "It goes on record."
    form = ReasonForm(request.POST or None, hint=hint, required=bool(open_requests))

    def act() -> str:
        if case.stage == Case.Stage.CLOSED:  # taking up a decided case has its own page and rules
            raise Refused("case_decided", "This case is decided. Reopen it instead.")
        cases.start_review(case, actor=request.user, reason=form.cleaned_data["reason"].strip())
        return "The case is under review."

    warning = ""
    if open_requests:
        warning = f"{open_requests} request(s) to {case.importer} are open; they are closed unanswered."
    return answer(request, case, form, act, title="Take into review", submit="Take into review", warning=warning)


@office(Act.OPEN_CASE)
@require_http_methods(["GET", "POST"])
def case_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a decided case up again."""
    case = case_of(request, pk)
    form = ReasonForm(request.POST or None, hint="The decision stays on record until a later one takes its place.")

    def act() -> str:
        cases.reopen(case, actor=request.user, reason=form.cleaned_data["reason"])
        return "The case is under review again."

    return answer(request, case, form, act, title="Reopen the case", submit="Reopen")


@office(Act.INVITE_IMPORTER)
@require_http_methods(["GET", "POST"])
def case_invite(request: SignedInRequest, pk: int) -> HttpResponse:
    """Invite somebody of the importer by e-mail."""
    case = case_of(request, pk)
    form = InviteForm(request.POST or None)

    def act() -> str:
        email = form.cleaned_data["email"]
        accounts.invite(
            case.importer, email=email, role=Role.IMPORTER_MEMBER, actor=request.user, case_number=case.number
        )
        return f"An invitation goes to {email}."

    members = Membership.objects.filter(organization=case.importer, suspended_at=None).select_related("user__person")
    invitations = case.importer.invitations.filter(accepted_at=None, expires_at__gt=timezone.now())
    return answer(
        request,
        case,
        form,
        act,
        title=f"Invite somebody of {case.importer}",
        submit="Send the invitation",
        members=[row.user for row in members],
        invitations=list(invitations),
    )


# --- acts on a shipment that is in no case ----------------------------------------------------------------------


@office(Act.OPEN_CASE)
@require_http_methods(["GET", "POST"])
def shipment_open_case(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open a case on a shipment by hand."""
    shipment = get_object_or_404(Shipment.objects.visible_to(request.user), pk=pk)
    form = ReasonForm(request.POST or None, hint="It becomes the reason of the case, and goes on record.")
    if request.method == "POST" and form.is_valid():
        try:
            case = cases.open_case(shipment, actor=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"Case {case.number} is open.")
            return redirect("case-detail", pk=case.pk)
    return _shipment_page(request, shipment, form, title="Open a case", submit="Open the case")


@office(Act.SET_ASIDE)
@require_http_methods(["GET", "POST"])
def shipment_set_aside(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hold that nothing follows from findings that only ask for a look."""
    shipment = get_object_or_404(Shipment.objects.visible_to(request.user), pk=pk)
    form = ReasonForm(
        request.POST or None, hint="Why nothing follows. The findings stay; a new screening asks for a look again."
    )
    if request.method == "POST" and form.is_valid():
        try:
            cases.set_aside(shipment, actor=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{shipment.label}: the findings are set aside.")
            return redirect("look-list")
    return _shipment_page(request, shipment, form, title="Set the findings aside", submit="Set aside")


def _shipment_page(
    request: SignedInRequest, shipment: Shipment, form: Form, *, title: str, submit: str
) -> HttpResponse:
    findings = case_file.findings_of([shipment.latest_screening_id] if shipment.latest_screening_id else [])
    return render(
        request,
        "screening/shipment_act.html",
        {
            "section": "shipment-list",
            "shipment": shipment,
            "form": form,
            "title": title,
            "submit": submit,
            "findings": findings,
            "breadcrumbs": [
                {"label": "Shipments", "url": reverse("shipment-list")},
                {"label": shipment.label, "url": reverse("shipment-detail", args=[shipment.pk])},
                {"label": title},
            ],
        },
        status=422 if form.is_bound else 200,
    )


# --- what the acts share ----------------------------------------------------------------------------------------


def officers() -> QuerySet[User]:
    """Members of the office who work on cases, by name."""
    roles = [role for role in OFFICE_ROLES if role != Role.AUDITOR]
    return (
        User.objects.filter(
            is_active=True,
            memberships__role__in=roles,
            memberships__suspended_at=None,
            memberships__organization__is_active=True,
        )
        .select_related("person")
        .distinct()
        .order_by("person__full_name")
    )


def _suggestions(case: Case) -> list[str]:
    """What to ask for, from the paths of the findings and the stages nobody declared.

    The request goes to the importer: a party known only from another importer's declaration is not named in it.
    """
    screenings = [row for row in case.shipments.select_related("latest_screening") if row.latest_screening]
    findings = Finding.objects.filter(screening__in=[row.latest_screening_id for row in screenings])
    stored = list(findings.exclude(path=[]).order_by("pk").values_list("path", flat=True))
    links = {node["link"] for path in stored for node in path if "link" in node}
    known = SupplyLink.objects.filter(Q(declared_by=case.importer) | Q(declared_by=None), pk__in=links)
    own = set(known.values_list("pk", flat=True))
    for row in screenings:
        said = declarers_by_lot(row.latest_screening.facts.get("lots", []))  # type: ignore[union-attr]
        own |= {-lot for lot, declarers in said.items() if declarers == {case.importer_id}}
    paths: list[list[str]] = []
    for path in stored:
        nodes, is_withheld = withhold(path, own)
        names = [node["name"] or node["native_name"] for node in (nodes[:-1] if is_withheld else nodes)]
        if names not in paths:
            paths.append(names)
    longest = [path for path in paths if not any(other != path and other[: len(path)] == path for other in paths)]
    missing = [
        stage
        for row in screenings
        for line in row.latest_screening.coverage  # type: ignore[union-attr]
        for stage in line["missing"]
    ]
    return suggested_items(longest[:3], list(dict.fromkeys(missing))[:6])
