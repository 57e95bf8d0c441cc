"""What does not agree and what is missing, as a page shows it: by weight, each side with a link to its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from entities.models import User
from evidence import reference
from evidence.domain.papers import Box
from evidence.domain.spots import Spot
from evidence.models import AlarmDismissal, Exhibit, PaperCheck
from evidence.places import spot_url
from evidence.services.alarms import dismissed
from screening.models import Case, hidden_from

Content = dict[str, Any]
WEIGHTS = {"high": 0, "medium": 1, "low": 2}
# kind -> the heading for the office, the heading for the importer
KINDS = {
    "contradiction": ("Contradictions", "Papers that do not agree"),
    "arithmetic": ("Arithmetic", "Figures that do not add up"),
    "gap": ("Gaps", "What is missing or cannot be read"),
}


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an alarm, with the address of its place."""

    text: str
    title: str
    what: str
    place: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """An alarm on the page."""

    alarm: Content
    label: str
    sides: list[Side]
    also: list[Side]
    pair_url: str
    dismissal: AlarmDismissal | None

    @property
    def order(self) -> tuple[int, int, int, int]:
        """By weight and kind, then along the papers."""
        first = next(iter(self.alarm["says"]), {"exhibit": 0, "page": 0})
        kind = list(KINDS).index(self.alarm["kind"])
        return (WEIGHTS[self.alarm["weight"]], kind, first["exhibit"], first["page"])


@dataclass(frozen=True, slots=True)
class Group:
    """Alarms of one kind under their heading: one by one, or those that say the like together."""

    kind: str
    heading: str
    rows: list[Row]
    alike: list[tuple[str, list[Row]]]

    @property
    def count(self) -> int:
        return len(self.rows) + sum(len(rows) for _, rows in self.alike)


@dataclass(frozen=True, slots=True)
class Page:
    """The whole of it. ``checked_at`` is None where the papers were not checked yet."""

    groups: list[Group]
    dismissed: list[Row]
    agreements: list[dict[str, Any]]
    not_checked: list[tuple[str, str]]
    compared: int
    checked_at: datetime | None
    digest: str = ""

    @property
    def count(self) -> int:
        return sum(one.count for one in self.groups)


def page_of(case: Case, user: User) -> Page:
    """The alarms of the latest check, as far as this reader may open the papers they rest on."""
    kept = PaperCheck.objects.filter(case=case).first()
    if kept is None:
        return Page([], [], [], [], 0, None)
    rows = rows_of(case, user, kept)
    standing = sorted((one for one in rows if one.dismissal is None), key=lambda one: one.order)
    place = 0 if user.is_officer else 1
    groups = [
        _group(kind, headings[place], [one for one in standing if one.alarm["kind"] == kind])
        for kind, headings in KINDS.items()
    ]
    compared = kept.content["compared"]
    return Page(
        groups=[one for one in groups if one.count],
        dismissed=[one for one in rows if one.dismissal is not None],
        agreements=sorted(
            (
                {**one, "sides": _sides(case, one["says"]), "is_full": one["agree"] == one["compared"]}
                for one in agreements_of(case, user, kept)
            ),
            key=lambda one: one["is_full"],
        ),
        not_checked=[(one.label, one.needs) for code, one in reference.checks().items() if not compared.get(code)],
        compared=sum(1 for count in compared.values() if count),
        checked_at=kept.checked_at,
        digest=kept.digest,
    )


def rows_of(case: Case, user: User, kept: PaperCheck) -> list[Row]:
    """Each alarm this reader may see."""
    openable = _openable(case, user)
    gone = {} if case.pk in hidden_from(user) else dismissed(case)  # what was held is not told before a second look
    return [
        _row(case, one, gone.get(one["fingerprint"]))
        for one in kept.content["alarms"]
        if (user.is_officer or not one["office_only"]) and all(side["document"] in openable for side in one["says"])
    ]


def agreements_of(case: Case, user: User, kept: PaperCheck) -> list[Content]:
    """What was compared throughout, in papers this reader may open."""
    openable = _openable(case, user)
    found: list[Content] = kept.content["agreements"]
    return [one for one in found if all(side["document"] in openable for side in one["says"])]


def row_of(case: Case, user: User, fingerprint: str) -> Row | None:
    """One alarm, where this reader may see it."""
    kept = PaperCheck.objects.filter(case=case).first()
    rows = rows_of(case, user, kept) if kept else []
    return next((one for one in rows if one.alarm["fingerprint"] == fingerprint), None)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A line of the ledger with links to the figures it rests on."""

    row: Content
    inputs: list[Side]
    outputs: list[Side]


LEDGER = {
    "conversion": ("Conversions", "Input", "Output claimed", "Most it can give"),
    "lot": ("Lots", "Size of the lot", "Used", "Size"),
    "capacity": ("Capacity", "Capacity", "Made", "Most it can make"),
    "stock": ("Stock books", "Opening, received, issued", "Closing", "As it should close"),
}


def ledger_of(case: Case, user: User) -> list[tuple[str, tuple[str, str, str, str], list[LedgerRow]]]:
    """The ledger by kind: what went in, what can come of it, what is claimed, and the gap."""
    kept = PaperCheck.objects.filter(case=case).first()
    openable = _openable(case, user)
    rows = [
        LedgerRow(one, _figures(case, one["inputs"]), _figures(case, one["outputs"]))
        for one in (kept.content["ledger"] if kept else [])
        if all(figure["said"]["document"] in openable for figure in (*one["inputs"], *one["outputs"]))
    ]
    return [
        (kind, words, found) for kind, words in LEDGER.items() if (found := [r for r in rows if r.row["kind"] == kind])
    ]


def _figures(case: Case, figures: Iterable[Content]) -> list[Side]:
    found = []
    for one in figures:
        side = _side(case, one["said"])
        lot = f", lot {one['lot']}" if one["lot"] else ""
        found.append(Side(one["text"] + lot, side.title, side.what, side.place, side.url))
    return found


def _group(kind: str, heading: str, rows: list[Row]) -> Group:
    """Gaps stand under what they lack, as lists; the others one by one, since each has two sides to look at."""
    if kind != "gap":
        return Group(kind, heading, rows, [])
    alike: dict[str, list[Row]] = {}
    for one in rows:
        alike.setdefault(one.label, []).append(one)
    return Group(kind, heading, [], list(alike.items()))


def _row(case: Case, alarm: Content, dismissal: AlarmDismissal | None) -> Row:
    spots = [_spot(one) for one in alarm["says"][:2]]
    return Row(
        alarm,
        reference.checks()[alarm["code"]].label,
        _sides(case, alarm["says"]),
        _sides(case, alarm["also"]),
        spot_url(case.pk, spots[0], spots[1]) if len(spots) == 2 else "",
        dismissal,
    )


def _sides(case: Case, says: Iterable[Content]) -> list[Side]:
    return [_side(case, one) for one in says]


def _side(case: Case, said: Content) -> Side:
    kind = reference.document_types().get(said["type"])
    place = f"Exhibit {said['exhibit']}, page {said['page']}" + (f", cell {said['cell']}" if said["cell"] else "")
    return Side(said["text"], said["title"], kind.label if kind else "Paper", place, spot_url(case.pk, _spot(said)))


def _spot(said: Content) -> Spot:
    return Spot(said["exhibit"], said["page"], Box(*said["box"]) if said["box"] else None, said["cell"])


def _openable(case: Case, user: User) -> set[int]:
    return set(Exhibit.objects.openable_by(user).filter(case=case).values_list("document_id", flat=True))
