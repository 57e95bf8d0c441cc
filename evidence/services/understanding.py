"""Which papers a file holds and what they say: worked out by the machine, kept beside what people corrected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from entities.domain.facts import PartyFacts
from evidence.domain.papers import FieldRead, PaperRead
from evidence.models import Document, Paper, PaperField
from evidence.reference import vocabulary
from evidence.services.asking import ask_for_check_of

MOST_FIELDS = 20_000  # of one file


def store_papers(document: Document, papers: Sequence[PaperRead]) -> list[Paper]:
    """Keep what the machine makes of a file, in place of what it made of it before.

    A paper that a person set, corrected a field of or placed on the chain stays as it is; the machine's proposal
    counts only on the pages no such paper covers. What it proposed before stays on record, superseded.
    """
    touched = list(_touched(document))
    covered = {page for one in touched for page in range(one.first_page, one.last_page + 1)}
    document.papers.standing().exclude(pk__in=[one.pk for one in touched]).update(superseded_at=timezone.now())
    room, stored = MOST_FIELDS, []
    for paper in papers:
        if covered & set(range(paper.first_page, paper.last_page + 1)):
            continue
        stored.append(store_paper(document, paper, paper.fields[:room]))
        room -= len(paper.fields[:room])
    ask_for_check_of(document)
    return stored


def _touched(document: Document) -> Iterable[Paper]:
    """Standing papers on which a person had a say."""
    corrected = PaperField.objects.filter(paper=OuterRef("pk"), author__isnull=False)
    return (
        document.papers.standing()
        .filter(Q(author__isnull=False) | Exists(corrected) | Q(placements__isnull=False))
        .distinct()
    )


def store_paper(document: Document, paper: PaperRead, fields: Sequence[FieldRead], **more: object) -> Paper:
    """Keep one paper with its fields; ``more``: who set it and why, where a person did."""
    row = Paper.objects.create(
        document=document,
        first_page=paper.first_page,
        last_page=paper.last_page,
        type=paper.type,
        confidence=paper.confidence,
        reasons=list(paper.reasons),
        is_blank_form=paper.is_blank_form,
        **more,
    )
    PaperField.objects.bulk_create((_field(row, one) for one in fields), batch_size=1_000)
    return row


def _field(paper: Paper, one: FieldRead) -> PaperField:
    box = one.place.box
    return PaperField(
        paper=paper,
        name=one.name,
        line=one.line,
        value=one.value[:500],
        unit=one.unit[:40],
        text=one.text[:500],
        page_number=one.place.page,
        box=[box.left, box.top, box.right, box.bottom] if box else None,
        cell=one.place.cell[:12],
        confidence=one.confidence,
    )


def parties_by_page(papers: Iterable[PaperRead]) -> Mapping[int, list[PartyFacts]]:
    """The parties that papers name, each once a page, with the registration number where it is theirs."""
    kinds = vocabulary().kinds
    found: dict[int, dict[str, PartyFacts]] = defaultdict(dict)
    for paper in papers:
        for one in paper.fields:
            if kinds.get(one.name) == "party":
                uscc = paper.value("registration_number") if one.name == "holder" else ""
                found[one.place.page].setdefault(one.value, party_facts(one.value, uscc))
    return {page: list(parties.values()) for page, parties in found.items()}


def parties_of(document: Document) -> Mapping[int, list[PartyFacts]]:
    """The same of the papers that are stored of a file, as they stand now."""
    kinds = vocabulary().kinds
    names = [name for name, kind in kinds.items() if kind == "party"]
    rows = PaperField.objects.standing().filter(paper__document=document, paper__superseded_at=None, name__in=names)
    found: dict[int, dict[str, PartyFacts]] = defaultdict(dict)
    for page, value in rows.values_list("page_number", "value"):
        found[page].setdefault(value, party_facts(value))
    return {page: list(parties.values()) for page, parties in found.items()}


def party_facts(name: str, uscc: str = "") -> PartyFacts:
    """A party as a paper names it: in Chinese letters or in others."""
    if any("\u3400" <= letter <= "\u9fff" for letter in name):
        return PartyFacts(name=name, native_name=name, uscc=uscc)
    return PartyFacts(name=name, uscc=uscc)
