"""Grade the reading of papers against an index of what people read on them."""

from __future__ import annotations

import csv
import hashlib
import json
from argparse import BooleanOptionalAction
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evidence import reference
from evidence.domain.grading import MISSING, RIGHT, WRONG, Grade, Key, grade
from evidence.read_file import read_file
from evidence.readers.results import OCR

TEXT, SCAN = "text files", "scans"
DEVELOPMENT, TEST = "development", "test"
REACH = {TEXT: 0.80, SCAN: 0.65}
MOST_WRONG, FEWEST_TYPES = 0.08, 0.9


class Command(BaseCommand):
    help = (
        "Read the files an index names and print, field by field, how many values are right, wrong and missing. The "
        "index is a CSV with the columns file, type, doc_no, doc_date, seller, buyer, total, currency, quantity and "
        "origin; the files lie beside it."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("index", type=Path)
        parser.add_argument(
            "--half", choices=(DEVELOPMENT, TEST), help="only the files of this half, told by their hash"
        )
        parser.add_argument("--show", action=BooleanOptionalAction, default=False, help="print what is not right")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        index: Path = options["index"]
        if not index.is_file():
            raise CommandError(f"There is no file {index}.")
        with index.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        if not rows or "file" not in rows[0] or "type" not in rows[0]:
            raise CommandError(f"{index} has no columns named file and type: name them in its first row.")
        result = Result()
        for row in rows:
            path = index.parent / row["file"]
            if not path.is_file():
                raise CommandError(f"{index} names {row['file']}, which does not lie beside it.")
            if options["half"] and half_of(path) != options["half"]:
                continue
            read, papers = read_file(path)
            if read.media is None or (not read.pages and read.problem):
                continue
            kind = SCAN if is_scan(row, [page.source == OCR for page in read.pages]) else TEXT
            graded = grade(row, papers, key())
            result.add(kind, graded)
            if options["show"]:
                self._show(row, graded)
        self.stdout.write(json.dumps(result.as_dict(), indent=2) if options["json"] else "\n".join(result.lines()))

    def _show(self, row: dict[str, str], graded: Grade) -> None:
        for name, verdict in graded.fields.items():
            if verdict != RIGHT:
                self.stdout.write(f"{row['file']}: {name} {verdict}, {row[name]!r} is read as {graded.said[name]!r}")
        if graded.type_is_right is False:
            self.stdout.write(f"{row['file']}: type wrong, {row['type']!r} is read as {graded.said['type']!r}")


def half_of(path: Path) -> str:
    """The half a file belongs to, told by the first byte of its SHA-256: what it is called plays no part."""
    with path.open("rb") as file:
        return DEVELOPMENT if int(hashlib.file_digest(file, "sha256").hexdigest()[:2], 16) % 2 else TEST


def is_scan(row: dict[str, str], pictures: list[bool]) -> bool:
    """Whether a file counts as a scan: as the index says, or where most of its pages are pictures."""
    said = row.get("scanned", "").strip().lower()
    return said in ("y", "yes", "true", "1") if said else sum(pictures) * 2 > len(pictures)


def key() -> Key:
    """How the words of an index are understood."""
    table = reference.table_of("type_words.toml")
    return Key(table["words"], table["columns"], reference.vocabulary().countries)


class Result:
    """The figures of a grading."""

    def __init__(self) -> None:
        self.fields: dict[str, dict[str, Counter[str]]] = {TEXT: defaultdict(Counter), SCAN: defaultdict(Counter)}
        self.types: Counter[bool] = Counter()
        self.packs: Counter[bool] = Counter()
        self.files: Counter[str] = Counter()

    def add(self, kind: str, one: Grade) -> None:
        self.files[kind] += 1
        for name, verdict in one.fields.items():
            self.fields[kind][name][verdict] += 1
        if one.type_is_right is not None:
            self.types[one.type_is_right] += 1
        if one.parting_is_right is not None:
            self.packs[one.parting_is_right] += 1

    def lines(self) -> list[str]:
        lines = []
        for kind in (TEXT, SCAN):
            total: Counter[str] = Counter()
            lines.append(f"{kind}: {self.files[kind]}")
            for name, counts in self.fields[kind].items():
                total += counts
                lines.append(f"  {name:10} {_counts(counts)}")
            lines.append(
                f"  {'total':10} {_counts(total)}; to reach: right {REACH[kind]:.2f}, wrong up to {MOST_WRONG:.0%}"
            )
        lines.append(f"types right: {_share(self.types)}; to reach: {FEWEST_TYPES}")
        lines.append(f"packs parted right: {_share(self.packs)}; to reach: all")
        return lines

    def as_dict(self) -> dict[str, Any]:
        return {
            **{kind: {name: dict(counts) for name, counts in fields.items()} for kind, fields in self.fields.items()},
            "files": dict(self.files),
            "types": {"right": self.types[True], "wrong": self.types[False]},
            "packs": {"right": self.packs[True], "wrong": self.packs[False]},
        }


def _counts(counts: Counter[str]) -> str:
    total = counts.total() or 1
    said = ", ".join(f"{counts[one]:3} {one}" for one in (RIGHT, WRONG, MISSING))
    return f"{said}  ({counts[RIGHT] / total:.2f} right, {counts[WRONG] / total:.0%} wrong)"


def _share(counts: Counter[bool]) -> str:
    return f"{counts[True]} of {counts.total()}"
