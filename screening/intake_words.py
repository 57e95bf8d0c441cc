"""The words for reading files of shipments and of links, from ``screening/data/intake``."""

from decimal import Decimal

from entities import reference
from entities.reference_tables import kept, rows_of
from screening.domain.intake.cells import header_key
from screening.domain.intake.links import LinkWords
from screening.domain.intake.places import Places
from screening.domain.intake.vocabulary import ColumnName, ColumnWord, Vocabulary
from screening.reference import commodity_stages


def _rows(name: str) -> list[dict[str, str]]:
    return rows_of(f"screening/data/intake/{name}")


@kept()
def places() -> Places:
    countries: dict[str, str] = {}
    alpha3: dict[str, str] = {}
    for row in _rows("countries.csv"):
        alpha3[row["iso3"]] = row["iso2"]
        for name in row["names"].split("|"):
            countries.setdefault(header_key(name), row["iso2"])
    states = {header_key(name): row["code"] for row in _rows("us_states.csv") for name in row["names"].split("|")}
    return Places(countries, alpha3, states)


@kept()
def country_names() -> dict[str, str]:
    """The English name of each country by its ISO 3166-1 code of two letters, as a page calls it."""
    return {row["iso2"]: row["names"].split("|")[0].removesuffix(" (the)") for row in _rows("countries.csv")}


@kept()
def vocabulary(kind: str = "shipments") -> Vocabulary:
    """All that intake knows of headings, places and units, for files of this kind.

    The headings of links are their own; the words for a name, an address or a country are the same in both.
    """
    names, words = "column_names.csv", _rows("column_words.csv")
    if kind == "links":
        names = "link_column_names.csv"
        words = [row for row in words if row["kind"] != "role"] + _rows("link_column_words.csv")
    units = {row["unit"]: Decimal(row["kilograms"]) for row in _rows("mass_units.csv")}
    return Vocabulary(
        tuple(ColumnName(row["field"], row["name"], row["language"], int(row["rank"])) for row in _rows(names)),
        tuple(ColumnWord(row["kind"], row["value"], row["word"]) for row in words),
        places(),
        units,
    )


@kept()
def link_words() -> LinkWords:
    """What the cells of a file of links say: kinds of link, how sure it is, classes of firms, chains."""
    rows = _rows("link_words.csv")
    return LinkWords(
        relations={row["words"]: row["meaning"] for row in rows if row["kind"] == "relation"},
        statuses={row["words"]: row["meaning"] for row in rows if row["kind"] == "status"},
        aggregates=reference.aggregate_words(),
        places=places(),
        stages={name: [stage.name for stage in stages] for name, stages in commodity_stages().items()},
    )
