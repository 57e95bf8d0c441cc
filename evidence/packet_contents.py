"""What goes into a packet, for whose eyes, and the words of the pages that are made for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from entities.models import User
from evidence import reference
from evidence.domain.packet import IndexLine, Listed, PacketExhibit, Section
from evidence.models import Assessment, Document, Exhibit, Paper, Translation
from evidence.services import proof_grids
from evidence.services.translations import untranslated
from evidence.services.versions import replaced_in
from screening.chain import Chain, chain_of
from screening.chain_map import chart_of
from screening.chain_view import Wanted, page_of, show
from screening.models import Case, Finding

LINKS = 200
_UNNUMBERED = 99  # behind every stage of production: the importation
STATES = {
    "shown": "Shown",
    "weak": "Weak",
    "missing": "Missing",
    "contradicted": "Contradicted",
    "not_applicable": "Not applicable",
    "not_shown": "Not shown",
}
Content = dict[str, Any]


@dataclass(slots=True)
class Gathered:
    """The exhibits of a packet with the papers told in them, the grid they are laid on, and what is left out."""

    case: Case
    user: User
    exhibits: list[Exhibit] = field(default_factory=list)
    papers: dict[int, list[Listed]] = field(default_factory=lambda: defaultdict(list))
    grid: Content = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def steps(self) -> list[tuple[str, str]]:
        """The steps in the order of production: from the raw material to the importation, then the package."""
        steps = self.grid["steps"]
        package = [one for one in steps if one["key"] == "package"]
        rest = [one for one in steps if one["key"] != "package"]
        rest.sort(key=lambda one: (one["number"] or _UNNUMBERED, -one["step"]))
        return [(one["key"], _step_label(one)) for one in package + rest]


def _step_label(step: Content) -> str:
    stage = f" ({step['stage']})" if step["stage"] and step["stage"] not in step["label"] else ""
    return f"{step['label']}{stage}"


def gather(case: Case, user: User) -> Gathered:
    """The exhibits a person may give away, each once. Data on workers never goes into a packet."""
    found = Gathered(case, user)
    found.grid, _ = proof_grids.current(case, user)
    open_to = Document.objects.visible_to(user).not_on_workers()
    rows = Exhibit.objects.visible_to(user).filter(case=case).select_related("document").order_by("number")
    openable = set(open_to.filter(exhibits__case=case).values_list("pk", flat=True))
    replaced = {old: new for new, old in replaced_in(case).items()}
    numbers = {row.document_id: row.number for row in rows}
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        note = _left_out(row, openable, replaced, numbers, seen)
        if note:
            found.notes.append(note)
        else:
            found.exhibits.append(row)
    papers = {int(key): one for key, one in found.grid["papers"].items()}
    types = reference.document_types()
    kept = Paper.objects.standing().filter(document__in=[row.document_id for row in found.exhibits])
    for paper in kept.order_by("first_page", "pk"):
        told = papers.get(paper.pk)
        label = types[paper.type].label if paper.type in types else "Paper of an unknown kind"
        title = f"{label}, {told['title'].partition('(')[2].rstrip(')')}" if told and "(" in told["title"] else label
        if paper.is_blank_form:
            title += " (blank form)"
        steps = tuple(told["steps"]) if told else ()
        found.papers[paper.document_id].append(Listed(title, paper.first_page, paper.last_page, steps))
    return found


def _left_out(
    row: Exhibit,
    openable: set[int],
    replaced: Mapping[int, int],
    numbers: Mapping[int, int],
    seen: dict[tuple[str, ...], int],
) -> str:
    """Why an exhibit is left out; empty where it goes in."""
    document = row.document
    if document.is_on_workers:
        return f"Exhibit {row.number}: data on workers; reviewers of the office alone open it."
    if document.pk not in openable:
        return f"Exhibit {row.number}: withheld by the supplier who sent it; the office has it."
    if document.virus:
        return f"Exhibit {row.number}: a virus scanner found something in the file."
    if document.pk in replaced and replaced[document.pk] in numbers:
        return f"Exhibit {row.number}: replaced by exhibit {numbers[replaced[document.pk]]}."
    texts = tuple(document.pages.order_by("number").values_list("sha256", "has_text"))
    if texts and all(has_text for _, has_text in texts):
        same = seen.setdefault(tuple(sha256 for sha256, _ in texts), row.number)
        if same != row.number:
            return f"Exhibit {row.number}: says page for page what exhibit {same} says."
    return ""


# --- the made pages -----------------------------------------------------------------------------------------------


def front_of(
    found: Gathered, exhibits: Sequence[PacketExhibit], contents: Sequence[Section], title: str, notes: Sequence[str]
) -> Content:
    """The data of the made pages, with the page of the packet of everything they name."""
    case = found.case
    pages = {one.number: one for one in exhibits}
    shipments = list(case.shipments.order_by("pk"))
    facts = [
        ["Importer", str(case.importer)],
        ["Case", case.number],
        ["Shipments", ", ".join(one.label for one in shipments[:20])],
        ["Goods", "; ".join(_goods(shipments))],
        ["Papers", f"{_number(len(exhibits), 'exhibit')}, {_number(sum(one.pages for one in exhibits), 'page')}"],
    ]
    return {
        "title": title,
        "importer": str(case.importer),
        "made": f"Made on {timezone.localdate():%-d %B %Y}. A compilation of papers as they were sent.",
        "facts": [row for row in facts if row[1]],
        "summary": _summary(found, contents),
        "contents": [{"label": one.label, "lines": [_line(row) for row in one.lines]} for one in contents],
        "chain": [part for shipment in shipments[:5] if (part := _chain(shipment, found.user))],
        "grid": _grid(found, pages),
        **_translations(found, pages),
        "notes": [*found.notes, *notes],
    }


def _line(row: IndexLine) -> Content:
    pages = f"{row.first}" if row.first == row.last else f"{row.first} to {row.last}"
    return {"title": row.title, "exhibit": row.exhibit, "first": row.first, "pages": pages}


def _goods(shipments: Sequence[Any]) -> list[str]:
    lines = [line for one in shipments[:5] for line in one.lines.order_by("number")[:10]]
    return list(dict.fromkeys(f"{line.description} ({', '.join(line.hts_codes)})" for line in lines))


def _summary(found: Gathered, contents: Sequence[Section]) -> list[str]:
    """What the packet is about, then each step from the raw material on: what is in the file and what is not."""
    case = found.case
    lead: Finding | None = case.lead_finding
    said = [
        f"This packet holds the papers on the goods named above, put in order by step of production. {_count(found)}"
    ]
    if lead is not None:
        said.append(f"The shipment is looked at because of this: {lead.headline}")
    lines = {one.key: one.lines for one in contents}
    labels = {one.code: one.label.lower() for one in reference.families()}
    for key, label in found.steps:
        cells = found.grid["cells"].get(key, {})
        by_state: dict[str, list[str]] = defaultdict(list)
        for family, cell in cells.items():
            by_state[cell["state"]].append(labels.get(family, family))
        count = len(lines.get(key, ()))
        words = [f"{count} paper{'' if count == 1 else 's'}"] if count else ["no paper"]
        for state, what in (("weak", "weak"), ("missing", "missing"), ("contradicted", "contradicted")):
            if by_state[state]:
                words.append(f"{what}: {', '.join(by_state[state])}")
        said.append(f"{label}: {'; '.join(words)}.")
    said.append(
        "What is said here of papers is proposed by a machine and no conclusion of any authority; the papers count."
    )
    return said


def _count(found: Gathered) -> str:
    kept, left = len(found.exhibits), len(found.notes)
    return f"{_number(kept, 'exhibit')} {'is' if kept == 1 else 'are'} in it." + (
        f" {left} {'was' if left == 1 else 'were'} left out, as told at the end." if left else ""
    )


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _chain(shipment: Any, user: User) -> Content | None:
    chain = chain_of(shipment, user)
    if chain is None:
        return None
    shown = show(chain, Wanted(), page_of(shipment))
    links = [
        [
            str(row.supplier.step),
            " ".join(filter(None, (row.supplier.native_name, row.supplier.name))) or row.supplier.note,
            row.goods or "not said",
            row.buyer.native_name or row.buyer.name,
        ]
        for row in shown.rows[:LINKS]
    ]
    note = "Goods flow from right to left. A dashed box stands for a party nobody declared."
    return {
        "label": shipment.label,
        "picture": _picture(shown.drawing.svg),
        "links": links,
        "note": note,
        "map": map_of(shipment, chain, user),
    }


def map_of(shipment: Any, chain: Chain, user: User) -> Content:
    """Where the sites of the chain are, as far as this reader may know them: drawn, and in words."""
    chart = chart_of(shipment, chain, user)
    sites = [
        [
            str(row.number),
            " ".join(dict.fromkeys(filter(None, (row.node.native_name, row.node.name)))),
            "; ".join(placed.in_words for placed in row.places) or "not placed: not even its country is declared",
        ]
        for row in chart.rows[:LINKS]
    ]
    note = (
        "A mark stands for a country, a province of China or a prefecture of Xinjiang, which is outlined; never for a "
        "street. Outlines: Natural Earth (public domain), drawn roughly and without any statement on borders. Places "
        "in China: GeoNames (CC BY 4.0)."
    )
    return {"pictures": [_picture(one) for one in (chart.world, chart.region) if one], "sites": sites, "note": note}


def _picture(svg: str) -> str:
    """The drawing of the page as a picture that stands by itself: with its name space, and a font that is there."""
    own = svg if "xmlns=" in svg else svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return own.replace('font-family="inherit"', 'font-family="Noto Sans CJK SC"')


def _grid(found: Gathered, pages: Mapping[int, PacketExhibit]) -> Content:
    families = reference.families()
    papers = found.grid["papers"]
    judged = Assessment.objects.visible_to(found.user).standing_in_grid(found.case)
    rows, still_open = [], []
    for key, label in found.steps:
        cells = []
        for family in families:
            cell = found.grid["cells"].get(key, {}).get(family.code)
            verdict = judged.get((key, family.code))
            state = verdict.verdict if verdict else cell["state"] if cell else "not_applicable"
            places = [
                {"page": pages[told["exhibit"]].page(told["first_page"]), "label": f"Ex. {told['exhibit']}"}
                for one in (cell["papers"] if cell else ())
                if (told := papers.get(str(one["paper"]))) and told["exhibit"] in pages
            ]
            cells.append({"state": STATES.get(state, state), "places": places[:6]})
            if cell and state in {"missing", "contradicted"}:
                still_open.append(f"{label}, {family.label.lower()}: {' '.join(cell['reasons'])}")
        rows.append({"label": label, "cells": cells})
    note = "Proposed by a machine from the papers in the file."
    if judged:
        note = "Where a reviewer judged a cell, the verdict stands; all else is proposed by a machine."
    return {"heads": [one.label for one in families], "rows": rows, "open": still_open, "note": note}


def _translations(found: Gathered, pages: Mapping[int, PacketExhibit]) -> Content:
    """Which pages translate which, and what is in another language without a translation."""
    numbers = {row.document_id: row.number for row in found.exhibits}
    rows = Translation.objects.standing().filter(original__in=numbers, document__in=numbers)
    told = [
        {
            "original": pages[numbers[row.original_id]].page(row.first_page),
            "original_label": _pages(numbers[row.original_id], row.first_page, row.last_page),
            "page": pages[numbers[row.document_id]].page(row.document_first_page),
            "label": _pages(numbers[row.document_id], row.document_first_page, row.document_last_page),
            "translator": row.translator or "not said",
        }
        for row in rows
    ]
    missing = [
        {"page": pages[numbers[document]].page(first), "label": _pages(numbers[document], first, last)}
        for document, some in sorted(untranslated(numbers).items(), key=lambda one: numbers[one[0]])
        for first, last in _ranges(some)
    ]
    return {"translations": told, "untranslated": missing}


def _ranges(numbers: Collection[int]) -> list[tuple[int, int]]:
    """Numbers as ranges from the first to the last that follow each other."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        first = found.pop()[0] if found and found[-1][1] == number - 1 else number
        found.append((first, number))
    return found


def _pages(exhibit: int, first: int, last: int) -> str:
    return f"Exhibit {exhibit}, page {first}" if first == last else f"Exhibit {exhibit}, pages {first} to {last}"
