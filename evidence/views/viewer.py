"""The viewer: a page of the papers of a case with its marked place, two of them side by side, and a search."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from entities.views.request import SignedInRequest
from evidence import reference
from evidence.claims import KINDS, Claim, claims_of
from evidence.domain.reading_help import help_with
from evidence.domain.scripts import script_counts
from evidence.domain.spots import Spot
from evidence.forms.translations import TranslationForm
from evidence.models import Exhibit, Page, Translation
from evidence.pane import CHARACTERS, Pane, open_at
from evidence.places import spot_url
from evidence.services import access
from evidence.services.searching import search
from evidence.services.translations import machine_translation
from screening.models import Case
from screening.views.access import look_first

ZOOMS = {"fit": "Fit", "150": "150 %", "200": "200 %"}
THUMBNAILS = 4  # before and after the page that is shown


@require_safe
def case_viewer(request: SignedInRequest, pk: int) -> HttpResponse:
    """A page at a place; with ``right`` another one beside it."""
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("importer"), pk=pk)
    rows = Exhibit.objects.openable_by(request.user).filter(case=case).select_related("document")
    exhibits = {one.number: one for one in rows.order_by("number")}
    asked = _Asked(request, case, exhibits)
    left = asked.pane("left") if exhibits else None
    if left is not None:
        asked.lay_translation_beside(left)
    right = asked.pane("right") if left else None
    for pane in (left, right):
        if pane is not None:
            access.record_view(pane.exhibit.document, actor=request.user, page=pane.spot.page)
    claims = claims_of(case, request.user, [asked.along])
    return render(
        request,
        "evidence/viewer.html",
        {
            "section": "desk" if request.user.is_officer else "importer-home",
            "case": case,
            "case_url": _case_url(case, request.user),
            "panes": [_shown(asked, pane) for pane in (left, right) if pane],
            "is_paired": right is not None,
            "along": asked.along,
            "ways": [
                {"label": KINDS[name].label, "url": asked.url(along=name), "current": name == asked.along}
                for name in asked.kinds
            ],
            "claims": len(claims),
            **_neighbours(asked, left, claims),
            "zoom": asked.zoom,
            "zooms": [
                {"label": label, "url": asked.url(zoom=name), "current": name == asked.zoom}
                for name, label in ZOOMS.items()
            ],
            "exhibits": exhibits.values(),
            "breadcrumbs": _breadcrumbs(case, request.user, "Papers"),
        },
    )


@require_safe
def case_search(request: SignedInRequest, pk: int) -> HttpResponse:
    """All pages of a case that say some words."""
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("importer"), pk=pk)
    words = request.GET.get("q", "")[:200]
    found = search(case, words, user=request.user)
    return render(
        request,
        "evidence/case_search.html",
        {
            "section": "desk" if request.user.is_officer else "importer-home",
            "case": case,
            "case_url": _case_url(case, request.user),
            "words": words,
            "found": found,
            "groups": [
                (exhibit, [(page, [(hit, spot_url(case.pk, hit.spot)) for hit in page.hits]) for page in pages])
                for exhibit, pages in found.by_exhibit()
            ],
            "breadcrumbs": _breadcrumbs(case, request.user, "Search"),
        },
    )


class _Asked:
    """What an address of the viewer asks for, and addresses like it."""

    def __init__(self, request: SignedInRequest, case: Case, exhibits: dict[int, Exhibit]) -> None:
        self.case, self.exhibits, self.user = case, exhibits, request.user
        # Whoever looks a second time without knowing the conclusion does not see what others cited either.
        is_blind = not self.user.is_officer or look_first(request, case) is not None
        self.kinds = [name for name in KINDS if name != "citations" or not is_blind]
        self.spots = {side: self._spot(request.GET, side) for side in ("left", "right")}
        if self.spots["left"] is None and exhibits:
            self.spots["left"] = Spot(next(iter(exhibits)), 1)
        self.may_translate = self.user.has_perm(Act.UPLOAD_DOCUMENT)
        self.machine = request.GET.get("machine", "")
        self.is_alone = request.GET.get("right") == "none"
        along = request.GET.get("along", "")
        self.along = along if along in self.kinds else self.kinds[0]
        zoom = request.GET.get("zoom", "")
        self.zoom = zoom if zoom in ZOOMS else "fit"
        self.starts = {side: self._number(request.GET.get(f"{side}_from", "")) for side in ("left", "right")}

    def _spot(self, query: Any, side: str) -> Spot | None:
        """The place asked for by a link, or by the form that names exhibit and page."""
        form = f"{query.get(f'{side}_exhibit', '')}.{query.get(f'{side}_page') or 1}"
        spot = Spot.parse(query.get(side, "")) or Spot.parse(form)
        if spot is None or spot.exhibit not in self.exhibits:
            return None
        count = self.exhibits[spot.exhibit].document.page_count
        return spot if 1 <= spot.page <= max(1, count) else Spot(spot.exhibit, max(1, min(spot.page, count)))

    @staticmethod
    def _number(text: str) -> int | None:
        return int(text) if text.isdecimal() and len(text) < 10 else None

    def pane(self, side: str) -> Pane | None:
        spot = self.spots[side]
        if spot is None:
            return None
        exhibit = self.exhibits[spot.exhibit]
        claims = claims_of(self.case, self.user, self.kinds, page=(exhibit, spot.page))
        pages = Page.objects.filter(document=exhibit.document_id, number=spot.page).select_related("layout")
        return open_at(exhibit, spot, pages.first(), side=side, claims=claims, start=self.starts[side])

    def lay_translation_beside(self, left: Pane) -> None:
        """Beside a page that was translated its translation lies, unless something else was asked for."""
        rows = self.translations(left.exhibit, left.spot.page) if left.page and left.page.needs_translation else []
        if self.is_alone or self.spots["right"] or not rows:
            return
        self.spots["right"] = rows[0][1]

    def translations(self, exhibit: Exhibit, page: int) -> list[tuple[Translation, Spot]]:
        """The translations attached to a page, each with its place among the papers of the case."""
        numbers = {one.document_id: one.number for one in self.exhibits.values()}
        rows = Translation.objects.standing().filter(
            original=exhibit.document_id, first_page__lte=page, last_page__gte=page, document__in=numbers
        )
        return [(row, Spot(numbers[row.document_id], row.page_for(page))) for row in rows]

    def originals(self, exhibit: Exhibit, page: int) -> list[Spot]:
        """What a page is attached to as a translation."""
        numbers = {one.document_id: one.number for one in self.exhibits.values()}
        rows = Translation.objects.standing().filter(
            document=exhibit.document_id,
            document_first_page__lte=page,
            document_last_page__gte=page,
            original__in=numbers,
        )
        return [
            Spot(numbers[row.original_id], min(row.first_page + page - row.document_first_page, row.last_page))
            for row in rows
        ]

    def query(self) -> dict[str, str]:
        """What is shown now, as the address says it."""
        query = {side: str(spot) for side, spot in self.spots.items() if spot}
        return query | {"along": self.along, "zoom": self.zoom}

    def url(self, **changes: Any) -> str:
        """The address of what is shown now, but for these changes; None takes a part away."""
        query = self.query()
        query |= {name: str(value) for name, value in changes.items()}
        shown = {name: value for name, value in query.items() if value not in {"None", ""}}
        return reverse("case-viewer", args=[self.case.pk], query=shown) + "#mark"


def _shown(asked: _Asked, pane: Pane) -> dict[str, Any]:
    """A pane with the ways that lead on from it."""
    side, number = pane.side, pane.spot.page
    count = pane.exhibit.document.page_count
    at = {one: asked.url(**{side: Spot(pane.exhibit.number, one)}) for one in _around(number, count)}
    other = "right" if side == "left" else "left"
    page = pane.page
    translations = asked.translations(pane.exhibit, number)
    return {
        "pane": pane,
        "previous": at.get(number - 1),
        "following": at.get(number + 1),
        "thumbnails": _thumbnails(pane, at),
        "claims": [
            {"claim": claim, "url": _claim_url(asked, claim, side), "current": claim.spot == pane.spot}
            for claim in pane.claims
        ],
        "only_url": asked.url(left=pane.spot if side == "left" else asked.spots["left"], right="none")
        if asked.spots["right"]
        else "",
        "beside_url": asked.url(right=pane.spot) if not asked.spots["right"] else "",
        "swap_url": asked.url(**{side: asked.spots[other], other: pane.spot}) if asked.spots["right"] else "",
        "translations": [
            {"row": row, "spot": spot, "url": asked.url(**{side: pane.spot, other: spot})}
            for row, spot in translations
        ],
        "originals": [
            {"spot": spot, "url": asked.url(left=spot, right=pane.spot)}
            for spot in asked.originals(pane.exhibit, number)
        ],
        "translation_form": _translation_form(asked, pane) if asked.may_translate and page else None,
        "help": help_with(page.text, reference.glossary()) if page and _is_chinese(page) else [],
        "machine": _machine(page) if page and asked.machine == side else None,
        "machine_url": asked.url(machine=side) if page and page.text and settings.TRANSLATION_ENGINE else "",
        "kept": [(name, value) for name, value in asked.query().items() if name != side],
        "before_url": asked.url(**{f"{side}_from": max(0, pane.start - (pane.end - pane.start))})
        if pane.start
        else "",
        "after_url": asked.url(**{f"{side}_from": pane.end}) if pane.end < pane.whole else "",
    }


def _translation_form(asked: _Asked, pane: Pane) -> TranslationForm:
    """The form with the page that is shown; most translations go page by page from the first one on."""
    page = pane.spot.page
    initial = {"first": page, "last": page, "from_page": 1, "to_page": 1}
    return TranslationForm(initial=initial, exhibits=asked.exhibits, auto_id=f"id_{pane.side}_%s")


def _machine(page: Page) -> dict[str, str]:
    """What the operator's own engine makes of a page, or why it makes nothing of it."""
    try:
        made = machine_translation(page.text[:CHARACTERS])
    except Refused as refused:
        return {"problem": refused.message}
    return {"text": made.text, "engine": made.engine}


def _is_chinese(page: Page) -> bool:
    return bool(script_counts(page.text[:CHARACTERS]).get("Han"))


def _around(number: int, count: int) -> range:
    return range(max(1, number - THUMBNAILS), min(count, number + THUMBNAILS) + 1)


def _thumbnails(pane: Pane, at: dict[int, str]) -> list[dict[str, Any]]:
    if len(at) < 2 or pane.exhibit.document.is_on_workers:  # each picture of those is a view on record
        return []
    rows = Page.objects.filter(document=pane.exhibit.document_id, number__in=at).defer("text")
    pictures = {row.number: bool(row.image) for row in rows}
    return [
        {"number": number, "url": url, "is_picture": pictures.get(number), "current": number == pane.spot.page}
        for number, url in at.items()
    ]


def _claim_url(asked: _Asked, claim: Claim, side: str) -> str:
    spots = {side: claim.spot} | ({"right": claim.beside} if claim.beside else {})
    return asked.url(**spots)


def _neighbours(asked: _Asked, left: Pane | None, claims: list[Claim]) -> dict[str, Any]:
    """The claims before and after the place that is shown, in the order of the papers, each place once."""
    if left is None:
        return {}
    here = Claim("", left.spot, "").order
    order = {one.spot: one for one in claims}
    spots = list(order)
    at = spots.index(left.spot) if left.spot in order else None
    before = [one for one in spots[:at] if at is not None or order[one].order < here]
    after = [one for one in spots[0 if at is None else at + 1 :] if at is not None or order[one].order >= here]
    previous, following = (before[-1] if before else None), (after[0] if after else None)
    return {
        "claim_number": at + 1 if at is not None else None,
        "claim_count": len(spots),
        "previous_claim": order[previous] if previous else None,
        "previous_claim_url": _claim_url(asked, order[previous], "left") if previous else "",
        "following_claim": order[following] if following else None,
        "following_claim_url": _claim_url(asked, order[following], "left") if following else "",
    }


def _case_url(case: Case, user: User) -> str:
    return reverse("case-detail" if user.is_officer else "importer-case", args=[case.pk])


def _breadcrumbs(case: Case, user: User, label: str) -> list[dict[str, str]]:
    home = (
        {"label": "Desk", "url": reverse("desk")}
        if user.is_officer
        else {"label": "To do", "url": reverse("importer-home")}
    )
    return [home, {"label": case.number, "url": _case_url(case, user)}, {"label": label}]
