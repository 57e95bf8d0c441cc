"""The words for reading shipment files, from ``screening/data/intake``."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

from screening.domain.intake.cells import header_key
from screening.domain.intake.places import Places
from screening.domain.intake.vocabulary import ColumnName, ColumnWord, Vocabulary

DATA = Path(__file__).resolve().parent / "data" / "intake"


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def places() -> Places:
    countries: dict[str, str] = {}
    alpha3: dict[str, str] = {}
    for row in _rows("countries.csv"):
        alpha3[row["iso3"]] = row["iso2"]
        for name in row["names"].split("|"):
            countries.setdefault(header_key(name), row["iso2"])
    states = {header_key(name): row["code"] for row in _rows("us_states.csv") for name in row["names"].split("|")}
    return Places(countries, alpha3, states)


@cache
def vocabulary() -> Vocabulary:
    """All that intake knows of headings, places and units."""
    names = (
        ColumnName(row["field"], row["name"], row["language"], int(row["rank"])) for row in _rows("column_names.csv")
    )
    words = (ColumnWord(row["kind"], row["value"], row["word"]) for row in _rows("column_words.csv"))
    units = {row["unit"]: Decimal(row["kilograms"]) for row in _rows("mass_units.csv")}
    return Vocabulary(tuple(names), tuple(words), places(), units)
