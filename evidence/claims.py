"""What is claimed of the papers of a case, each claim with its place: verdicts, alarms, fields, mentions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from entities.models import User
from evidence.domain.finding import Span, quoted
from evidence.domain.papers import Box
from evidence.domain.spots import Spot
from evidence.models import Assessment, Citation, Exhibit, Mention, Page, PaperCheck, PaperField
from evidence.services.alarms import dismissed
from screening.models import Case


@dataclass(frozen=True, slots=True)
class Claim:
    """Something said of a place: by whom or what, what is said, and a second place where it compares two."""

    kind: str
    spot: Spot
    label: str
    text: str = ""
    beside: Spot | None = None

    @property
    def order(self) -> tuple[int, int, float, int]:
        top = self.spot.box.top if self.spot.box else 0.0
        return (self.spot.exhibit, self.spot.page, top, self.spot.span.start if self.spot.span else 0)


def claims_of(case: Case, user: User, kinds: Iterable[str], *, page: tuple[Exhibit, int] | None = None) -> list[Claim]:
    """The claims of these kinds that a person may see, in the order of the papers; of one page, or of all."""
    rows = Exhibit.objects.openable_by(user).filter(case=case)
    exhibits = {one.document_id: one for one in (rows.filter(pk=page[0].pk) if page else rows)}
    found = [claim for kind in kinds for claim in KINDS[kind].of(case, user, exhibits)]
    return sorted((one for one in found if page is None or one.spot.page == page[1]), key=lambda one: one.order)


def _citations(case: Case, user: User, exhibits: Mapping[int, Exhibit]) -> Iterable[Claim]:
    """The pages that the verdicts standing now rest on. An importer learns of them from the decision."""
    verdicts = Assessment.objects.visible_to(user).filter(case=case).order_by("pk")
    standing = {(row.pathway, row.requirement, row.step, row.family): row for row in verdicts}
    rows = Citation.objects.filter(assessment__in=[row.pk for row in standing.values()], exhibit__in=exhibits.values())
    texts = _texts(rows)
    for row in rows.select_related("exhibit", "assessment"):
        said = row.assessment
        text = texts.get((row.exhibit.document_id, row.page_number), "")
        spot = Spot(row.exhibit.number, row.page_number, span=quoted(text, row.quote) if row.quote else None)
        step = f", {said.step_label}" if said.step else ""
        yield Claim(
            "citations",
            spot,
            f"{said.requirement or said.family.capitalize()}{step}: {said.get_verdict_display().lower()}",
            row.quote,
        )


def _texts(rows: Iterable[Citation]) -> dict[tuple[int, int], str]:
    """The texts of the pages that are quoted."""
    wanted = [(row.exhibit.document_id, row.page_number) for row in rows if row.quote]
    pages = Page.objects.filter(document__in={one[0] for one in wanted}, number__in={one[1] for one in wanted})
    return {(page.document_id, page.number): page.text for page in pages}


def _fields(case: Case, user: User, exhibits: Mapping[int, Exhibit]) -> Iterable[Claim]:
    """What the papers say, as it was read or corrected."""
    rows = PaperField.objects.standing().filter(paper__document__in=exhibits, paper__superseded_at=None)
    for row in rows.select_related("paper").order_by("page_number", "line", "pk"):
        spot = Spot(
            exhibits[row.paper.document_id].number, row.page_number, Box(*row.box) if row.box else None, row.cell
        )
        label = row.name.replace("_", " ").capitalize()
        line = f", line {row.line}" if row.line is not None else ""
        yield Claim("fields", spot, f"{label}{line}", f"{row.value} {row.unit}".strip())


def _mentions(case: Case, user: User, exhibits: Mapping[int, Exhibit]) -> Iterable[Claim]:
    """Listed names and places of Xinjiang seen in the text. No findings: a person says what they mean."""
    rows = Mention.objects.filter(page__document__in=exhibits).select_related("page").defer("page__text")
    for row in rows:
        spot = Spot(exhibits[row.page.document_id].number, row.page.number, span=Span(row.start, row.end))
        yield Claim("mentions", spot, row.get_kind_display(), f"{row.text} ({row.subject})")


def _alarms(case: Case, user: User, exhibits: Mapping[int, Exhibit]) -> Iterable[Claim]:
    """What does not agree, each alarm with its first two places; not those that a person dismissed."""
    kept = PaperCheck.objects.filter(case=case).first()
    numbers = {one.number for one in exhibits.values()}
    gone = dismissed(case) if kept else {}
    for alarm in kept.content["alarms"] if kept else ():
        if alarm["fingerprint"] in gone or (alarm["office_only"] and not user.is_officer):
            continue
        spots = [
            Spot(one["exhibit"], one["page"], Box(*one["box"]) if one["box"] else None, one["cell"])
            for one in alarm["says"]
            if one["exhibit"] in numbers
        ]
        if spots:
            yield Claim("alarms", spots[0], alarm["sentence"], beside=spots[1] if len(spots) > 1 else None)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of claim: what people call it, and where it comes from."""

    label: str
    of: Callable[[Case, User, Mapping[int, Exhibit]], Iterable[Claim]]


KINDS: dict[str, Kind] = {
    "citations": Kind("Pages cited", _citations),
    "alarms": Kind("What does not agree", _alarms),
    "mentions": Kind("Listed names and places", _mentions),
    "fields": Kind("What the papers say", _fields),
}
