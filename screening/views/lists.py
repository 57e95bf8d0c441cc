"""The lists: every listed entity, and one entity with its names, rows, dates and citations."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from entities import office_names
from entities.domain.roles import Act
from entities.known_names import names_known
from entities.models import ListedEntity, Listing, ListVersion, NameStatement, Supplier, User
from entities.office_names import OfficeName
from entities.services.lists import history_of
from entities.views.request import SignedInRequest
from screening.models import Finding


class ListFilter(forms.Form):
    q = forms.CharField(label="Name, alias, sector, place", required=False)
    register = forms.ChoiceField(label="List", required=False, choices=ListVersion.Register)


@require_safe
def listed_entity_list(request: SignedInRequest) -> HttpResponse:
    """The entities of the current version, searchable by any name."""
    form = ListFilter(request.GET or None)
    values = form.cleaned_data if form.is_valid() else {"q": "", "register": ""}
    register = values["register"] or ListVersion.Register.UFLPA
    version = ListVersion.objects.current(register)
    rows = Listing.objects.filter(version=version, is_current=True).select_related("entity")
    if text := values["q"].strip():
        rows = rows.filter(
            Q(name__icontains=text)
            | Q(aliases__icontains=text)
            | Q(native_names__icontains=text)
            | Q(entity__in=office_names.entities_called(text))
            | Q(sector__icontains=text)
            | Q(location__icontains=text)
        )
    page = Paginator(rows, 60).get_page(request.GET.get("page"))
    keys = [row.entity.key for row in page]
    known = office_names.names_of(register, up_to=office_names.last_statement(), keys=keys)
    for row in page:
        row.other_names = _other_names(row, known.get(row.entity.key, []))  # type: ignore[attr-defined]
    return render(
        request,
        "screening/listed_entity_list.html",
        {
            "section": "listed-entity-list",
            "form": form,
            "page": page,
            "version": version,
            "actions": _actions() if request.user.is_officer else [],
        },
    )


@require_safe
def listed_entity_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One entity: names in all scripts, rows as printed, dates, citations, and the shipments it touches."""
    entity = get_object_or_404(ListedEntity, pk=pk)
    version = ListVersion.objects.current(entity.register)
    rows = Listing.objects.filter(version=version, entity=entity).order_by("-is_current", "effective_on", "pk")
    findings = Finding.objects.none()
    if request.user.is_officer:
        findings = (
            Finding.objects.visible_to(request.user)
            .current()
            .filter(listing__entity=entity)
            .select_related("screening__shipment__owner")
        )
    return render(
        request,
        "screening/listed_entity_detail.html",
        {
            "section": "listed-entity-list",
            "entity": entity,
            "version": version,
            "rows": rows,
            "names": names_known(entity),
            "statements": NameStatement.objects.visible_to(request.user)
            .filter(entity=entity)
            .select_related("author__person", "proposal")
            .order_by("-pk"),
            "actions": _name_actions(request.user, entity) if rows else [],
            "findings": findings[:50],
            "suppliers": Supplier.objects.filter(pk__in=findings.values("supplier")).order_by("name")[:50],
            "history": history_of(entity),
            "breadcrumbs": [
                {"label": "Entity List", "url": reverse("listed-entity-list")},
                {"label": entity.name},
            ],
        },
    )


def _other_names(row: Listing, known: Sequence[OfficeName]) -> list[tuple[str, str]]:
    """The names of a row in Chinese script and those the office knows, each with what stands against it."""
    own = {name.text: "by the office" if name.confirmed else "proposed by the office" for name in known}
    listed = {native["text"]: "" if native["confirmed"] else "unverified" for native in row.native_names}
    return list((listed | own).items())


def _actions() -> list[dict[str, str]]:
    return [
        {"label": "Names", "url": reverse("listed-name-list")},
        {"label": "Versions", "url": reverse("list-version-list")},
        {"label": "Thresholds", "url": reverse("threshold-bench")},
    ]


def _name_actions(user: User, entity: ListedEntity) -> list[dict[str, str]]:
    if not user.has_perm(Act.PROPOSE_NAME):
        return []
    return [{"label": "Propose a name", "url": reverse("listed-name-add", args=[entity.pk])}]
