"""Screen a file of names: one row in, one row out, in the same order."""

import csv
import json
from argparse import ArgumentParser
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from entities import reference
from entities.domain.facts import PARTY_FIELDS, PartyFacts
from entities.domain.matching import ENGINE_VERSION
from entities.domain.parties import PartyScreening, screen
from entities.matchers import matcher_for
from entities.models import ListedEntity, ListVersion
from entities.services import judgements

COLUMNS = ("id", *PARTY_FIELDS)
RESULT = (
    "id",
    "name",
    "listed_verdict",
    "listed_entity",
    "listed_score",
    "region_verdict",
    "region_place",
    "reasons",
    "list_version",
    "engine_version",
    "affiliate_of",
)
LARGEST_CELL = 1_000_000


class Command(BaseCommand):
    help = (
        "Screen a CSV file of parties against the UFLPA Entity List and the places of Xinjiang. "
        f"Columns, in any order and as many as there are: {', '.join(COLUMNS)}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("input", type=Path)
        parser.add_argument("--output", type=Path, required=True)
        parser.add_argument(
            "--on",
            type=date.fromisoformat,
            metavar="DATE",
            help="Date of importation, YYYY-MM-DD; today where none is given.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        source, target = options["input"], options["output"]
        on = options["on"] or timezone.localdate()
        if not source.is_file():
            raise CommandError(f"There is no file {source}.")
        if target.exists() and target.samefile(source):
            raise CommandError("The output would overwrite the input; name another file.")
        try:
            version = ListVersion.objects.current(ListVersion.Register.UFLPA)
        except ListVersion.DoesNotExist:
            raise CommandError("No list is loaded. Run manage.py load_reference_data first.") from None
        matcher, gazetteer = matcher_for(version), reference.gazetteer()
        known = judgements.known_firms(version)
        names = dict(ListedEntity.objects.filter(register=version.register).values_list("key", "name"))
        rows = read_rows(source)
        count = flagged = 0
        with target.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(RESULT)
            for count, row in enumerate(rows, 1):
                party = PartyFacts(**{field: row[field] for field in PARTY_FIELDS if field in row})
                result = screen(party, matcher, gazetteer, on, known)
                flagged += bool(result.matches or result.affiliations) or result.region_verdict != "none"
                kin = " | ".join(names.get(one.key, one.key) for one in result.affiliations)
                cells = _cells(result, names)
                writer.writerow([row.get("id", str(count)), party.name, *cells, version.label, ENGINE_VERSION, kin])
        self.stdout.write(f"{count} rows screened for {on:%-d %B %Y}, {flagged} flagged: {target}")


def _cells(result: PartyScreening, names: dict[str, str]) -> list[str]:
    best = result.matches[0] if result.matches else None
    return [
        result.listed_verdict,
        names.get(best.key, best.key) if best else "",
        f"{best.score:.4f}" if best else "",
        result.region_verdict,
        result.signals[0].place_name if result.signals else "",
        json.dumps(result.reasons, ensure_ascii=False),
    ]


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of the file by column name. The header is checked before the first row is handed out."""
    encoding = _encoding(path)
    csv.field_size_limit(LARGEST_CELL)
    file = path.open(encoding=encoding, newline="")
    try:
        reader = csv.reader(file)
        header = _header(next(reader, []))
    except (csv.Error, UnicodeDecodeError) as error:
        file.close()
        raise CommandError(f"{path} is not a CSV file: {error}.") from None
    except CommandError:
        file.close()
        raise
    return _rows(file, reader, header)


def _rows(file: Any, reader: Any, header: list[str]) -> Iterator[dict[str, str]]:
    with file:
        try:
            for cells in reader:
                if cells:
                    yield {name: cell for name, cell in zip(header, cells, strict=False) if name}
        except csv.Error as error:
            raise CommandError(f"Line {reader.line_num}: {error}.") from None


def _header(cells: list[str]) -> list[str]:
    """The header with names as the engine uses them; columns it does not know are passed over."""
    if not cells:
        raise CommandError("The file is empty: its first line must name the columns.")
    names = ["_".join(cell.replace("\ufeff", "").strip().lower().split()) for cell in cells]
    known = [name for name in names if name in COLUMNS]
    if not set(known) - {"id"}:
        separator = next((mark for mark in (";", "\t", "|") if len(cells) == 1 and mark in cells[0]), "")
        hint = f" The columns seem to be parted by {separator!r}; part them by commas." if separator else ""
        raise CommandError(
            f"The first line names none of the columns {', '.join(PARTY_FIELDS)}. "
            f"It says: {', '.join(cells)[:200]}.{hint}"
        )
    twice = sorted({name for name in known if known.count(name) > 1})
    if twice:
        raise CommandError(f"The first line names a column twice: {', '.join(twice)}.")
    return [name if name in COLUMNS else "" for name in names]


def _encoding(path: Path) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, otherwise the Chinese national standard GB 18030."""
    decoder = getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith(BOM_UTF8):
            return "utf-8-sig"
        if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            return "utf-16"
        try:
            decoder.decode(start)
            while block := file.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8"
