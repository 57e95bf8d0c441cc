"""Papers: sent in, listed, looked at page by page, taken out again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import ListVersion, User
from entities.pages import LongPaginator
from entities.views.request import SignedInRequest
from evidence.domain.finding import Span
from evidence.domain.mentions import cut_at
from evidence.domain.scripts import script_label
from evidence.forms.documents import AccessForm, DocumentFilter, FilesForm
from evidence.models import Document, Exhibit, Mention, Page
from evidence.newly_named import outdated_among
from evidence.original_file import linked, original_file
from evidence.places import place_url
from evidence.plain_words import PaperState, kind_words, pages_words, paper_state
from evidence.services import access, documents
from evidence.services.translations import untranslated
from evidence.views.papers import section_of
from evidence.views.readability import parts_in, readable_pages
from screening.models import Case, TaskItem

# How much of a page is shown at once: a sheet or a text file can be one page of ten million characters.
PART = 40_000
_WITH = ("organization", "job", "uploaded_by__person", "delivery", "came_in")
# How many spellings and pages of one name are shown; the count says how often it stands there.
WRITTEN, PAGES = 4, 20


# --- sending ------------------------------------------------------------------------------------------------------


@permission_required(Act.UPLOAD_DOCUMENT, raise_exception=True)
@require_POST
def case_upload(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take papers for a case as a whole."""
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("importer"), pk=pk)
    return _take(request, case, None)


@permission_required(Act.UPLOAD_DOCUMENT, raise_exception=True)
@require_POST
def item_upload(request: SignedInRequest, pk: int, item: int) -> HttpResponse:
    """Take papers as the answer to one thing that was asked for."""
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("importer"), pk=pk)
    asked = get_object_or_404(TaskItem.objects.select_related("task"), pk=item, task__case=case)
    return _take(request, case, asked)


@dataclass(slots=True)
class _Taken:
    """What became of one file that was sent."""

    name: str
    said: str
    document: Document | None = None
    is_new: bool = False

    @property
    def is_readable(self) -> bool:
        return self.document is not None and self.document.state != Document.State.REFUSED


def _take(request: SignedInRequest, case: Case, item: TaskItem | None) -> HttpResponse:
    form = FilesForm(request.POST, request.FILES, case=case, user=request.user)
    wants_json = request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    if not form.is_valid():
        said = [str(one) for errors in form.errors.values() for one in errors]
        detail = " ".join(said) or "The files did not arrive. Send them again."
        if wants_json:
            return JsonResponse({"detail": detail}, status=400)
        messages.error(request, detail)
        return redirect(_after(request, case, item))
    how = {name: form.cleaned_data[name] for name in ("on_workers", "replaces")}
    taken = [_take_one(file, request.user, case, item, **how) for file in form.cleaned_data["files"]]
    if wants_json:
        return _answer(taken)
    _say(request, taken)
    return redirect(_after(request, case, item))


def _take_one(
    file: UploadedFile, user: User, case: Case, item: TaskItem | None, *, on_workers: bool, replaces: Document | None
) -> _Taken:
    started = timezone.now()
    name = file.name or "file"
    try:
        document = documents.receive_upload(
            file,
            organization=case.importer,
            actor=user,
            case=case,
            task_item=item,
            on_workers=on_workers,
            replaces=replaces,
        )
    except Refused as refused:
        return _Taken(name, refused.message)
    exhibit = document.exhibits.filter(case=case).select_related("task_item").first()
    as_exhibit = f" as exhibit {exhibit.number}" if exhibit else ""
    as_exhibit += f", in place of {replaces.file_name}" if replaces else ""
    if document.uploaded_at < started:
        said = (
            f"Already received on {timezone.localdate(document.uploaded_at):%-d %b %Y}{as_exhibit}; not stored twice."
        )
        if item and exhibit and exhibit.task_item and exhibit.task_item != item:
            said += f" It was sent for: {exhibit.task_item.text}."
        return _Taken(name, said, document)
    if document.state == Document.State.REFUSED:
        return _Taken(name, f"Received, but it cannot be read. {document.problem} {document.remedy}", document, True)
    then = " What it changes stands on its page once it is read." if replaces else ""
    return _Taken(name, f"Received{as_exhibit}. It is being read.{then}", document, True)


def _answer(taken: list[_Taken]) -> JsonResponse:
    """The answer to a script, which sends each file by itself."""
    if refused := [one for one in taken if one.document is None]:
        return JsonResponse({"detail": " ".join(one.said for one in refused)}, status=409)
    last = taken[-1].document
    assert last is not None
    said: dict[str, Any] = {"message": " ".join(one.said for one in taken)}
    if last.access == Document.Access.CASE:
        said["url"] = reverse("document-detail", args=[last.pk])
    return JsonResponse(said)


def _say(request: HttpRequest, taken: list[_Taken]) -> None:
    """The answer to a plain form: what needs a look one by one, the rest as a count."""
    good = [one for one in taken if one.is_new and one.is_readable]
    if good:
        names = good[0].name if len(good) == 1 else f"{len(good)} files"
        messages.success(request, f"{names} received. What becomes of them stands under “Received”.")
    for one in taken:
        if one not in good:
            level = messages.INFO if one.is_readable else messages.WARNING
            messages.add_message(request, level, f"{one.name}: {one.said}")


def _after(request: SignedInRequest, case: Case, item: TaskItem | None) -> str:
    if request.user.is_officer:
        return f"{reverse('case-detail', args=[case.pk])}#evidence"
    return f"{reverse('importer-case', args=[case.pk])}#{f'item-{item.pk}' if item else 'received'}"


# --- lists --------------------------------------------------------------------------------------------------------


@require_safe
def document_list(request: SignedInRequest) -> HttpResponse:
    """Every paper one may see, newest first."""
    form = DocumentFilter(request.GET or None, user=request.user)
    rows = Document.objects.visible_to(request.user).select_related(*_WITH)
    if form.is_valid():
        if words := form.cleaned_data["q"]:
            rows = rows.filter(file_name__icontains=words)
        if state := form.cleaned_data["state"]:
            rows = rows.filter(state=state)
        if case := form.cleaned_data["case"].strip():
            rows = rows.filter(exhibits__in=Exhibit.objects.visible_to(request.user).filter(case__number=case))
        if owner := form.cleaned_data.get("owner"):
            rows = rows.filter(organization=owner)
    page = LongPaginator(rows, 50).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    exhibits = _exhibits_of(request.user, shown)
    seen = dict(
        Mention.objects.filter(page__document__in=shown)
        .values_list("page__document")
        .annotate(count=Count("pk"))
        .order_by()
    )
    return render(
        request,
        "evidence/document_list.html",
        {
            "section": "document-list",
            "form": form,
            "page": page,
            "rows": [
                {
                    "document": document,
                    "state": paper_state(document),
                    "exhibits": exhibits[document.pk],
                    "mentions": seen.get(document.pk, 0),
                }
                for document in shown
            ],
            "outdated": outdated_among([document.pk for document in shown]),
            "case_url_name": _case_url_name(request.user),
            "has_owners": "owner" in form.fields,
        },
    )


# --- one paper ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Named:
    """A listed entity or a place: how the paper writes it, and on which pages, each with a link to the first place."""

    kind: str
    subject: str
    strength: str
    seen_later_at: datetime | None = None
    list_version: ListVersion | None = None
    count: int = 0
    written: dict[str, None] = field(default_factory=dict)
    pages: dict[int, dict[str, Any]] = field(default_factory=dict)


@require_safe
def document_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One paper: how it stands, its facts, what its text mentions, and its pages one at a time."""
    rows = Document.objects.visible_to(request.user).select_related(*_WITH)
    document = get_object_or_404(rows.select_related("scanned_with"), pk=pk)
    numbers = list(document.pages.values_list("number", flat=True))
    page = _page(document, numbers, request.GET.get("page", ""))
    access.record_view(document, actor=request.user, page=page.number if page else None)
    state = paper_state(document)
    exhibits = _exhibits_of(request.user, [document])[document.pk]
    named = _named(document, exhibits[0] if exhibits else None)
    part = _part(page, request.GET.get("part", ""))
    return render(
        request,
        "evidence/document_detail.html",
        {
            "section": "document-list",
            "document": document,
            "state": state,
            "reason": _reason(document, named),
            "facts": _facts(document),
            "exhibits": exhibits,
            "case_url_name": _case_url_name(request.user),
            "named": named,
            "is_outdated": bool(outdated_among([document.pk])),
            "page": page,
            "readable": readable_pages(document),
            "parts_in_it": parts_in(document, request.user),
            "pieces": _pieces(page, part) if page else [],
            "part": part,
            "parts": _parts(page),
            "previous": max((n for n in numbers if page and n < page.number), default=None),
            "following": min((n for n in numbers if page and n > page.number), default=None),
            "progress": _progress(document, state),
            "actions": [{"label": "Download the original", "url": reverse("document-download", args=[pk])}],
            "access_form": AccessForm(initial={"access": document.access})
            if request.user.has_perm(Act.VIEW_WORKER_DATA)
            else None,
            **section_of(document, request.user),
            "may_read_again": request.user.is_officer and request.user.has_perm(Act.UPLOAD_DOCUMENT),
            "breadcrumbs": [
                {"label": "Documents", "url": reverse("document-list")},
                {"label": document.file_name},
            ],
        },
    )


@require_safe
def document_progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far the reading of a paper is: the part of its page that asks again by itself."""
    document = get_object_or_404(Document.objects.visible_to(request.user).select_related("job"), pk=pk)
    return render(request, "partials/_progress.html", _progress(document, paper_state(document)))


@require_GET
def document_download(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The original as it came: always as a file to keep, never shown by the browser under our address."""
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    try:
        return original_file(document, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("document-detail", pk=pk)


@login_not_required
@require_GET
def original_by_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """The original by a link of a few minutes, for a program or a browser without a session of its own."""
    found = linked(token)
    if found is None:
        raise Http404
    document, account = found
    try:
        return original_file(document, actor=account)
    except Refused as refused:
        return HttpResponse(refused.message, status=409, content_type="text/plain; charset=utf-8")


@permission_required(Act.UPLOAD_DOCUMENT, raise_exception=True)
@require_POST
def document_read_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """The office has a paper read once more."""
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    try:
        documents.read_again(document, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, "The paper is read again.")
    return redirect("document-detail", pk=pk)


@permission_required(Act.VIEW_WORKER_DATA, raise_exception=True)
@require_POST
def document_access(request: SignedInRequest, pk: int) -> HttpResponse:
    """A reviewer says who may open a paper."""
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    form = AccessForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused("access", "Choose who may open the paper, and say why.")
        access.change_access(document, actor=request.user, **form.cleaned_data)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, "Changed. Who could open it before stays on record.")
    return redirect("document-detail", pk=pk)


# --- what the pages show ------------------------------------------------------------------------------------------


def _case_url_name(user: User) -> str:
    return "case-detail" if user.is_officer else "importer-case"


def _exhibits_of(user: User, shown: list[Document]) -> dict[int, list[Exhibit]]:
    found: dict[int, list[Exhibit]] = defaultdict(list)
    rows = Exhibit.objects.visible_to(user).filter(document__in=shown).select_related("case", "task_item")
    for exhibit in rows.order_by("case_id", "number"):
        found[exhibit.document_id].append(exhibit)
    return found


def _reason(document: Document, named: list[_Named]) -> str:
    """How the paper stands, in one sentence or two."""
    if document.state == Document.State.QUEUED:
        return "The file is received and kept. Its text is being read."
    if document.state == Document.State.OCR:
        return "The file is received and kept. What it holds as pictures is being read, page by page."
    if document.state == Document.State.REFUSED:
        return f"{document.problem} {document.remedy}"
    if document.state == Document.State.NO_TEXT:
        return f"{document.problem} The file is kept as it came."
    if not named:
        return f"Read, {pages_words(document.page_count)}. Its text mentions no listed name and no place in Xinjiang."
    words = []
    for kind, one, many in (("listed", "listed name", "listed names"), ("place", "place", "places")):
        count = sum(row.kind == kind for row in named)
        if count:
            words.append(f"{count} {one if count == 1 else many}" + (" in Xinjiang" if kind == "place" else ""))
    return f"Read, {pages_words(document.page_count)}. Its text mentions {' and '.join(words)}."


def _facts(document: Document) -> list[dict[str, Any]]:
    total = sum(document.languages.values()) or 1
    scripts = ", ".join(
        f"{script_label(script)} {share:.0%}"
        for script, count in document.languages.items()
        if (share := count / total) >= 0.01
    )
    is_read = document.state == Document.State.READ
    translation = "not asked: mainly in Latin letters"
    if document.needs_translation:
        missing = untranslated([document.pk]).get(document.pk)
        translation = (
            f"needed for {pages_words(len(missing))}: not mainly in Latin letters"
            if missing
            else "attached to each page that needs one"
        )
    return [
        {"label": "Importer", "value": document.organization.name},
        {
            "label": "Sent by",
            "value": document.sender,
            "note": f"{timezone.localtime(document.uploaded_at):%-d %b %Y %H:%M}",
        },
        {"label": "Kind", "value": kind_words(document.media_type)},
        {"label": "Size", "value": _size(document.size)},
        {"label": "Pages", "value": document.page_count or ""},
        {"label": "Written in", "value": scripts},
        {"label": "Translation", "value": translation if is_read else ""},
        {"label": "Listed names", **_looked_for(document)},
        {"label": "Virus scan", **_virus_scan(document)},
        {"label": "SHA-256", "value": document.sha256, "note": "of the original, which is kept unchanged"},
    ]


def _looked_for(document: Document) -> dict[str, str]:
    """With which list names were looked for, and when."""
    if document.scanned_with is None or document.scanned_at is None:
        return {"value": "not looked for yet" if document.page_count else ""}
    at = f"{timezone.localtime(document.scanned_at):%-d %b %Y %H:%M}"
    return {"value": f"looked for with {document.scanned_with}", "note": at}


def _virus_scan(document: Document) -> dict[str, str]:
    """What a scanner said of the file; that none looked at it is said too."""
    if document.virus_scanned_at is None:
        return {"value": "no scanner looked at it"}
    at = f"{timezone.localtime(document.virus_scanned_at):%-d %b %Y %H:%M}"
    return {"value": f"found {document.virus}" if document.virus else "nothing found", "note": at}


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{-(-count // 1000):,} kB"


def _named(document: Document, exhibit: Exhibit | None) -> list[_Named]:
    """What the text mentions, each once: listed names first, each with its first places."""
    named: dict[tuple[str, str], _Named] = {}
    rows = Mention.objects.filter(page__document=document).order_by("page__number", "start")
    for mention in rows.select_related("page", "list_version").defer("page__text"):
        row = named.setdefault(
            (mention.kind, mention.subject_key),
            _Named(mention.kind, mention.subject, mention.strength, mention.seen_later_at, mention.list_version),
        )
        row.count += 1
        row.seen_later_at = row.seen_later_at and mention.seen_later_at
        if mention.strength in {"match", "strong"}:
            row.strength = mention.strength
        if len(row.written) < WRITTEN:
            row.written[mention.text] = None
        number = mention.page.number
        if number in row.pages:
            row.pages[number]["count"] += 1
        elif len(row.pages) < PAGES:
            row.pages[number] = {"number": number, "count": 1, "url": _mention_url(mention, exhibit)}
    return sorted(named.values(), key=lambda row: (row.kind != Mention.Kind.LISTED, row.strength, -row.count))


def _mention_url(mention: Mention, exhibit: Exhibit | None) -> str:
    """Where the words stand: in the viewer of the case the paper lies in, else on this page."""
    if exhibit is not None:
        span = Span(mention.start, mention.end)
        return place_url(exhibit.case_id, exhibit.number, mention.page.number, span=span)
    part = mention.start // PART + 1
    return f"?page={mention.page.number}" + (f"&part={part}" if part > 1 else "") + f"#m-{mention.pk}"


def _page(document: Document, numbers: list[int], asked: str) -> Page | None:
    """The page asked for, else the first one."""
    if not numbers:
        return None
    number = int(asked) if asked.isdecimal() and len(asked) < 7 and int(asked) in numbers else numbers[0]
    return document.pages.prefetch_related("mentions").get(number=number)


def _parts(page: Page | None) -> int:
    return max(1, -(-len(page.text) // PART)) if page else 1


def _part(page: Page | None, asked: str) -> int:
    return min(max(1, int(asked)), _parts(page)) if asked.isdecimal() and len(asked) < 7 else 1


def _pieces(page: Page, part: int) -> list[dict[str, Any]]:
    mentions = list(page.mentions.all())
    return [
        {"text": text, "mention": mention}
        for text, mention in cut_at(page.text, mentions, (part - 1) * PART, part * PART)
    ]


def _progress(document: Document, state: PaperState) -> dict[str, Any]:
    """The values of partials/_progress.html."""
    job = document.job
    finished = "failed" if state.is_refused else "done"
    return {
        "id": f"progress-{document.pk}",
        "url": reverse("document-progress", args=[document.pk]),
        "state": ("running" if state.tone == "active" else "queued") if state.is_pending else finished,
        "label": f"Reading {document.file_name}",
        "done": job.progress_done if job and state.is_pending else 0,
        "total": job.progress_total if job and state.is_pending else 0,
        "detail": "" if state.is_pending else f"{state.label}. {state.detail} {state.remedy}".strip(),
        "next_url": reverse("document-detail", args=[document.pk]),
        "next_label": "Show what was read",
    }
