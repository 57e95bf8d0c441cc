"""A shipment's chain on pages of its own: drawn at full width, and on a map."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from entities.models import Supplier
from entities.views.request import SignedInRequest
from screening.chain import Chain, chain_of
from screening.chain_map import chart_of
from screening.chain_parts import Leads
from screening.chain_view import Shown, Wanted, page_of, show
from screening.confidential import coverage_for
from screening.models import Shipment


@require_safe
def shipment_chain(request: SignedInRequest, pk: int) -> HttpResponse:
    """The chain: all of it or the paths to the list, wide steps folded, one party told about, and all as a table."""
    shipment = _shipment(request, pk)
    wanted = _wanted(request)
    chain = chain_of(shipment, request.user, with_unrelated=wanted.unrelated)
    context: dict[str, Any] = {
        "section": "shipment-list",
        "shipment": shipment,
        "title": f"Chain of {shipment.label}",
        "state": shipment.outcome if shipment.latest_screening else "pending",
        "chain": chain,
        "wanted": wanted,
        "coverage": coverage_for(request.user, shipment.latest_screening) if shipment.latest_screening else [],
        "breadcrumbs": _breadcrumbs(shipment, "Chain"),
    }
    if chain is not None:
        context |= _seen(request, shipment, chain, wanted)
    return render(request, "screening/shipment_chain.html", context)


def _seen(request: SignedInRequest, shipment: Shipment, chain: Chain, wanted: Wanted) -> dict[str, Any]:
    shown = show(chain, wanted, page_of(shipment))
    node = chain.nodes.get(wanted.focus) if wanted.focus else None
    choices = [("all", "Everybody")]
    if any(link.leads for link in chain.links):
        choices.append(("marked", "Paths to the list or Xinjiang"))
    if node is not None:
        choices.append(("through", f"Ways through {node.native_name or node.name}"))
    return {
        "shown": shown,
        "counts": _counts(chain, shown),
        "choices": [
            {"label": label, "url": wanted.query(show=value), "is_current": wanted.show == value}
            for value, label in choices
        ],
        "unrelated_url": wanted.query(unrelated=not wanted.unrelated),
        "fold_url": wanted.query(opened=frozenset()),
        "through_url": wanted.query(show="through"),
        "all_url": Wanted().query(),
        "node": node,
        "about": chain.findings_about(wanted.focus) if node else [],
        "deliveries": [row for row in shown.rows if node and node.id in {row.supplier.id, row.buyer.id}],
        "supplier_url": _record(request, wanted.focus) if node else "",
    }


@require_safe
def shipment_map(request: SignedInRequest, pk: int) -> HttpResponse:
    """The sites of the chain on a map of the world, and the same as a table."""
    shipment = _shipment(request, pk)
    chain = chain_of(shipment, request.user)
    context: dict[str, Any] = {
        "section": "shipment-list",
        "shipment": shipment,
        "title": f"Map of {shipment.label}",
        "state": shipment.outcome if shipment.latest_screening else "pending",
        "chart": chart_of(shipment, chain, request.user) if chain else None,
        "breadcrumbs": _breadcrumbs(shipment, "Map"),
    }
    return render(request, "screening/shipment_map.html", context)


def _counts(chain: Chain, shown: Shown) -> str:
    """How many parties there are, and how many of them are on a path to the list or to Xinjiang."""
    said = [f"{chain.parties} part{'y' if chain.parties == 1 else 'ies'} upstream"]
    for leads, words in (
        (Leads.PRESUMPTION, "on a path that raises the presumption"),
        (Leads.REVIEW, "on a path to be reviewed"),
    ):
        if on_path := {link.source for link in chain.links if link.leads == leads}:
            said.append(f"{len(on_path)} of them {words}")
    told = ", ".join(said) if len(said) > 1 else f"{said[0]}, none on a path to the list or to Xinjiang"
    return f"{told}." if shown.parties == chain.parties else f"{told}; {shown.parties} shown."


def _record(request: SignedInRequest, key: str) -> str:
    """The supplier's page, where the reader may see it."""
    if not key.isdigit() or not Supplier.objects.visible_to(request.user).filter(pk=int(key)).exists():
        return ""
    return reverse("supplier-detail", args=[key])


def _wanted(request: HttpRequest) -> Wanted:
    """What the address asks for; what it does not understand is as if it were not said."""
    said = request.GET
    show_ = said.get("show", "all")
    return Wanted(
        show=show_ if show_ in {"marked", "through"} else "all",
        focus=said.get("focus", "")[:60],
        opened=frozenset(int(step) for step in said.getlist("open") if step.isdecimal() and len(step) < 4),
        unrelated=said.get("unrelated") == "1",
    )


def _shipment(request: SignedInRequest, pk: int) -> Shipment:
    rows = Shipment.objects.visible_to(request.user).select_related("owner", "latest_screening")
    return get_object_or_404(rows, pk=pk)


def _breadcrumbs(shipment: Shipment, last: str) -> list[dict[str, str]]:
    return [
        {"label": "Shipments", "url": reverse("shipment-list")},
        {"label": shipment.label, "url": reverse("shipment-detail", args=[shipment.pk])},
        {"label": last, "url": ""},
    ]
