"""Understand the pages of a file with the words of the data files."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from evidence.domain.papers import PageContent, PaperRead
from evidence.domain.understanding import Vocabulary
from evidence.domain.understanding import understand as understand_with

DATA = Path(__file__).parent / "data"


def understand(pages: Sequence[PageContent]) -> list[PaperRead]:
    """Which papers a file holds, what each is, and what it says, with the place of each value."""
    return understand_with(pages, vocabulary())


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The labels of fields, heads of columns, cues of types and names of countries that come with the product."""
    with (DATA / "country_names.csv").open(encoding="utf-8", newline="") as file:
        countries = {name: row["code"] for row in csv.DictReader(file) for name in row["names"].split("|")}
    return Vocabulary.of(_toml("field_labels"), _toml("type_cues"), _toml("fields"), countries)


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))
