"""Versions of a list: loaded, looked over, put in use or refused."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import ListVersion
from entities.services.lists import difference_of, draft_version
from entities.views.request import SignedInRequest
from screening.forms.lists import LoadListForm, PublishListForm, RefuseListForm
from screening.rescreened import of_version
from screening.services.lists import publish_version, refuse_version

_CRUMBS = [{"label": "Entity List", "url": "listed-entity-list"}, {"label": "Versions", "url": "list-version-list"}]
_MAX_BYTES = 20 * 1024 * 1024


def _breadcrumbs(*last: str) -> list[dict[str, str]]:
    crumbs = [{"label": crumb["label"], "url": reverse(crumb["url"])} for crumb in _CRUMBS]
    return [*crumbs, *({"label": label} for label in last)] if last else [crumbs[0], {"label": "Versions"}]


@permission_required(Act.VIEW_DESK, raise_exception=True)
@require_safe
def list_version_list(request: SignedInRequest) -> HttpResponse:
    """Every version loaded: drafts that wait, those in use before, those refused."""
    rows = ListVersion.objects.select_related("loaded_by__person", "settled_by__person").order_by("-pk")
    current = {
        row.register: row.pk for row in ListVersion.objects.published().order_by("published_at", "pk")
    }  # the last one of each register stays
    actions = []
    if request.user.has_perm(Act.LOAD_LIST):
        actions = [{"label": "Load a list", "url": reverse("list-version-add"), "primary": True}]
    return render(
        request,
        "screening/list_version_list.html",
        {
            "section": "listed-entity-list",
            "page": Paginator(rows, 50).get_page(request.GET.get("page")),
            "current": set(current.values()),
            "actions": actions,
            "breadcrumbs": _breadcrumbs(),
        },
    )


@permission_required(Act.LOAD_LIST, raise_exception=True)
@require_http_methods(["GET", "POST"])
def list_version_add(request: SignedInRequest) -> HttpResponse:
    """Load the list from a file, as a draft."""
    form = LoadListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            version = _draft(values.pop("file"), request, **values)
        except Refused as refused:
            form.add_error("file", refused.message)
        else:
            messages.success(request, "The list is loaded as a draft. A second person must publish it.")
            return redirect("list-version-detail", pk=version.pk)
    return render(
        request,
        "screening/list_version_add.html",
        {"section": "listed-entity-list", "form": form, "breadcrumbs": _breadcrumbs("Load")},
        status=422 if form.is_bound else 200,
    )


@permission_required(Act.VIEW_DESK, raise_exception=True)
@require_safe
def list_version_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One version: how it differs, what it touches, and for a draft what to do with it."""
    return _detail(request, _find(pk))


@permission_required(Act.PUBLISH_LIST, raise_exception=True)
@require_POST
def list_version_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a draft in use."""
    version = _find(pk)
    form = PublishListForm(request.POST, prefix="publish", needs_reason=version.needs_reason)
    if form.is_valid():
        try:
            publish_version(version, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, "The list is in use. What it touches is being screened again.")
            return redirect("list-version-detail", pk=pk)
    return _detail(request, version, publish=form)


@permission_required(Act.VIEW_DESK, raise_exception=True)
@require_POST
def list_version_refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set a draft aside: whoever may publish it, or loaded it."""
    if not (request.user.has_perm(Act.PUBLISH_LIST) or request.user.has_perm(Act.LOAD_LIST)):
        raise PermissionDenied
    version = _find(pk)
    form = RefuseListForm(request.POST, prefix="refuse")
    if form.is_valid():
        try:
            refuse_version(version, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, "The list is refused. The one in use stays.")
            return redirect("list-version-detail", pk=pk)
    return _detail(request, version, refuse=form)


def _find(pk: int) -> ListVersion:
    people = ("loaded_by__person", "settled_by__person", "base")
    return get_object_or_404(ListVersion.objects.select_related(*people), pk=pk)


def _draft(file: UploadedFile, request: SignedInRequest, **values: object) -> ListVersion:
    if (file.size or 0) > _MAX_BYTES:
        raise Refused("list_too_large", "A file of more than 20 MB is not the list.")
    with TemporaryDirectory() as directory:
        path = Path(directory) / "list"
        with path.open("wb") as copy:
            for chunk in file.chunks():
                copy.write(chunk)
        return draft_version(path, file_name=file.name or "", actor=request.user, **values)  # type: ignore[arg-type]


def _detail(
    request: SignedInRequest,
    version: ListVersion,
    *,
    publish: PublishListForm | None = None,
    refuse: RefuseListForm | None = None,
) -> HttpResponse:
    changes = difference_of(version)
    user = request.user
    is_own = version.loaded_by is not None and version.loaded_by.person_id == user.person_id
    may_settle = version.is_draft and user.has_perm(Act.PUBLISH_LIST)
    may_publish = may_settle and not is_own
    may_refuse = may_settle or (version.is_draft and version.loaded_by_id == user.pk)
    before = version.base or (ListVersion.objects.before(version) if version.published_at else None)
    return render(
        request,
        "screening/list_version_detail.html",
        {
            "section": "listed-entity-list",
            "version": version,
            "before": before,
            "kinds": [(kind, list(rows)) for kind, rows in groupby(changes, key=lambda change: change.kind)],
            "change_count": len(changes),
            "facts": _facts(version),
            "is_own": is_own,
            "touches": version.touches,
            "again": of_version(version),
            "publish": publish
            or (PublishListForm(prefix="publish", needs_reason=version.needs_reason) if may_publish else None),
            "refuse": refuse or (RefuseListForm(prefix="refuse") if may_refuse else None),
            "breadcrumbs": _breadcrumbs(version.label),
        },
        status=422 if publish or refuse else 200,
    )


def _facts(version: ListVersion) -> list[dict[str, object]]:
    loaded_by = version.loaded_by.full_name if version.loaded_by else "came with the product"
    facts: list[dict[str, object]] = [
        {"label": "Source", "value": version.source, "url": version.source_url},
        {"label": "Retrieved on", "value": f"{version.retrieved_on:%-d %B %Y}"},
        {"label": "Size", "value": f"{version.entity_count} entities in {version.row_count} rows"},
        {"label": "Loaded", "value": f"{version.loaded_at:%-d %B %Y}, {loaded_by}"},
        {"label": "Hash of the rows (SHA-256)", "value": version.rows_sha256[:16], "note": version.rows_sha256[16:]},
    ]
    if version.file_name:
        facts.append({"label": "File", "value": version.file_name})
    if version.settled_by:
        words = "Published by" if version.published_at else "Refused by"
        facts.append({"label": words, "value": version.settled_by.full_name, "note": version.reason})
    return facts
