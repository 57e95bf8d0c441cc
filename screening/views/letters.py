"""Letters and papers of a case: what went out, what is being written, and the acts on a draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from entities.views.request import SignedInRequest
from evidence.models import Exhibit
from screening.domain.letters import portal
from screening.domain.letters.catalogue import KINDS
from screening.domain.letters.kinds import Kind
from screening.domain.letters.printing import sections
from screening.forms.letters import BeginForm, LetterForm, RecordForm
from screening.models import Case, Letter, LetterDraft
from screening.services import acts_in_law, letters
from screening.services.letters.drafts import may_approve, needs_approval
from screening.views.access import look_first, office

Facts = dict[str, Any]


@require_safe
def case_letters(request: SignedInRequest, pk: int) -> HttpResponse:
    """What went out and what is being written, for either side; and the kinds that may be begun."""
    case = _case(request, pk)
    if first := look_first(request, case):
        return first
    kinds = kinds_for(request.user, case)
    issued = Letter.objects.visible_to(request.user).filter(case=case).select_related("approver_person")
    return render(
        request,
        "screening/letter_list.html",
        {
            **_place(request, case, "Letters"),
            "letters": issued,
            "drafts": LetterDraft.objects.visible_to(request.user)
            .open()
            .filter(case=case)
            .select_related("author_person"),
            "groups": _groups(kinds, case),
            "detentions": case.detentions.select_related("shipment").order_by("pk"),
            "may_record": request.user.has_perm(Act.DRAFT_LETTER),
            "is_authority": settings.OFFICE_IS_AUTHORITY,
        },
    )


@require_POST
def letter_begin(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin a draft from the case."""
    case = _case(request, pk)
    if first := look_first(request, case):
        return first
    if not kinds_for(request.user, case):
        raise PermissionDenied
    form = BeginForm(request.POST, kinds=kinds_for(request.user, case), detentions=case.detentions.all())
    if not form.is_valid():
        messages.error(request, "Choose one of the letters offered.")
        return redirect("case-letters", pk=pk)
    detention = form.cleaned_data["detention"] or case.detentions.order_by("pk").first()
    kind = KINDS[form.cleaned_data["kind"]]
    facts = letters.facts_of(case, kind=kind, detention=detention, exhibits=exhibits_of(case))
    try:
        row = letters.draft_letter(case, kind=kind.code, actor=request.user, facts=facts, detention=detention)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("case-letters", pk=pk)
    return redirect("letter-draft", pk=row.pk)


@require_http_methods(["GET", "POST"])
def letter_draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """The draft with what is missing above it and the record beside it."""
    row = _draft(request, pk)
    facts = _facts(row)
    may_write = _may_write(request.user, row) and row.state in {"draft", "approved"}
    form = LetterForm(request.POST or None, kind=row.about, contents=row.contents, facts=facts)
    if request.method == "POST":
        if not _may_write(request.user, row):
            raise PermissionDenied
        if form.is_valid():
            try:
                letters.edit(row, actor=request.user, contents=form.contents())
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, "Kept.")
                return redirect("letter-draft", pk=pk)
    return render(
        request,
        "screening/letter_draft.html",
        {
            **_place(request, row.case, row.about.title, via_letters=True),
            "draft": row,
            "kind": row.about,
            "form": form if may_write else None,
            "sections": [] if may_write else sections(row.about, row.contents),
            "facts": facts,
            "missing": letters.hindrances(row, facts) if row.state in {"draft", "approved"} else [],
            "portal": portal.texts_of(row.about, row.contents) if row.about.is_for_portal else [],
            "may_approve": _may_approve_now(request.user, row),
            "may_issue": may_write or (may_approve(request.user, row) and row.state == "approved"),
            "is_paper": row.about.is_paper,
            "is_authority": settings.OFFICE_IS_AUTHORITY,
            "letter": getattr(row, "letter", None),
            "key": f"letter-{row.pk}-{row.edited_at:%s}-{request.user.pk}",
        },
        status=422 if form.is_bound else 200,
    )


@require_safe
def letter_draft_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """The draft as it would be printed."""
    row = _draft(request, pk)
    response = HttpResponse(letters.preview(row, _facts(row)), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="draft-{row.pk}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def letter_draft_approve(request: SignedInRequest, pk: int) -> HttpResponse:
    """A second person approves the words as they stand."""
    row = _draft(request, pk, may=may_approve)
    done = "Approved. It can be issued as it stands."
    return _act(request, row, lambda: letters.approve(row, actor=request.user, facts=_facts(row)), done)


@require_POST
def letter_draft_return(request: SignedInRequest, pk: int) -> HttpResponse:
    """It goes back to those who write it, with a reason."""
    row = _draft(request, pk, may=may_approve)
    reason = request.POST.get("reason", "")
    return _act(request, row, lambda: letters.take_back(row, actor=request.user, reason=reason), "Given back.")


@require_POST
def letter_draft_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """A draft is put away."""
    row = _draft(request, pk, may=_may_write)
    reason = request.POST.get("reason", "")
    return _act(request, row, lambda: letters.discard(row, actor=request.user, reason=reason), "Put away.")


@require_POST
def letter_draft_issue(request: SignedInRequest, pk: int) -> HttpResponse:
    """Number it, print it, and never change it again."""
    row = _draft(request, pk, may=lambda user, row: _may_write(user, row) or may_approve(user, row))
    try:
        letter = letters.issue(row, actor=request.user, facts=_facts(row))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("letter-draft", pk=pk)
    filed = "is filed with this office" if settings.OFFICE_IS_AUTHORITY else "is finished"
    done = filed if row.about.is_paper else "is issued"
    messages.success(request, f"{letter.about.title} {letter.number} {done}.")
    if still := acts_in_law.filing_not_on_record(letter):
        messages.warning(request, f"It is kept, but does not move the goods in law. {' '.join(still)}")
    return redirect("letter-detail", pk=letter.pk)


@office(Act.DRAFT_LETTER)
@require_http_methods(["GET", "POST"])
def letter_record(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep a letter that CBP issued."""
    case = _case(request, pk)
    if first := look_first(request, case):
        return first
    form = RecordForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        content = values.pop("file").read(letters.MAX_BYTES + 1)
        try:
            letter = letters.record_received(
                case, content=content, actor=request.user, detention=case.detentions.first(), **values
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{letter.about.title} is on record as {letter.number}.")
            asks_for_day = letters.may_be(letter) and case.detentions.exists()
            return redirect("letter-in-law" if asks_for_day else "letter-detail", pk=letter.pk)
    context = {
        **_place(request, case, "Record a letter of CBP", via_letters=True),
        "form": form,
        "title": "Record a letter of CBP",
        "text": "It is kept unchanged. Then you confirm what it does to the goods, and from which day.",
        "submit": "Record",
    }
    return render(request, "screening/case_act.html", context, status=422 if form.is_bound else 200)


# --- what these pages share ---------------------------------------------------------------------------------------


def exhibits_of(case: Case) -> list[dict[str, Any]]:
    """The papers of a case as a letter names them: number, name, hash, pages."""
    rows = Exhibit.objects.filter(case=case).select_related("document").order_by("number")
    return [
        {
            "number": row.number,
            "name": row.document.file_name,
            "sha256": row.document.sha256,
            "pages": row.document.page_count,
        }
        for row in rows
    ]


def kinds_for(user: User, case: Case) -> list[Kind]:
    """The kinds this person may begin; under a withhold release order none of the Act's own."""
    return [kind for kind in KINDS.values() if case.regime in kind.regimes and letters.may_draft(user, kind)]


def _groups(kinds: list[Kind], case: Case) -> list[dict[str, Any]]:
    """The kinds by whose act they are, each with why it would move nothing in law now."""
    why_not = acts_in_law.not_now(acts_in_law.held_of(case), kinds)
    groups = {False: "Acts of CBP", True: "Papers of the importer"}
    named = [(label, [one for one in kinds if one.is_paper == is_paper]) for is_paper, label in groups.items()]
    return [
        {"label": label, "kinds": [(one, why_not.get(one.code, "")) for one in rows]} for label, rows in named if rows
    ]


def _may_approve_now(user: User, row: LetterDraft) -> bool:
    return (
        row.state == LetterDraft.State.DRAFT
        and needs_approval(row)
        and may_approve(user, row)
        and user.person_id not in row.hands()
    )


def _case(request: SignedInRequest, pk: int) -> Case:
    return get_object_or_404(Case.objects.visible_to(request.user).select_related("importer"), pk=pk)


def _draft(
    request: SignedInRequest, pk: int, *, may: Callable[[User, LetterDraft], bool] | None = None
) -> LetterDraft:
    rows = LetterDraft.objects.visible_to(request.user).filter(case__in=Case.objects.visible_to(request.user))
    row = get_object_or_404(
        rows.select_related(
            "case__importer", "detention__shipment", "organization", "author_person", "approver_person"
        ),
        pk=pk,
    )
    if may is not None and not may(request.user, row):
        raise PermissionDenied
    return row


def _may_write(user: User, row: LetterDraft) -> bool:
    return letters.may_draft(user, row.about)


def _facts(row: LetterDraft) -> Facts:
    return letters.facts_of(row.case, kind=row.about, detention=row.detention, exhibits=exhibits_of(row.case))


def _act(request: SignedInRequest, row: LetterDraft, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("letter-draft", pk=row.pk)


def _place(request: SignedInRequest, case: Case, here: str, *, via_letters: bool = False) -> dict[str, Any]:
    """Where the page stands, for either side."""
    is_office = request.user.is_officer
    name, words = ("desk", "Desk") if is_office else ("importer-home", "To do")
    home = {"label": words, "url": reverse(name)}
    case_url = reverse("case-detail" if is_office else "importer-case", args=[case.pk])
    crumbs = [home, {"label": case.number if is_office else f"Case {case.number}", "url": case_url}]
    if via_letters:
        crumbs.append({"label": "Letters", "url": reverse("case-letters", args=[case.pk])})
    return {
        "section": "desk" if is_office else "importer-home",
        "case": case,
        "case_url": case_url,
        "breadcrumbs": [*crumbs, {"label": here}],
    }
