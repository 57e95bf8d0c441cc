"""The tables of evidence, read once and handed out as domain values."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from evidence.domain.alarms import Check
from evidence.domain.ledger import Yield
from evidence.domain.placing import Rule
from evidence.domain.ports import Ports
from evidence.domain.reading_help import Glossary
from evidence.domain.requirements import Requirements, read_requirements
from evidence.domain.tie_values import Field, Within
from evidence.domain.ties import StandsFor
from evidence.domain.understanding import Vocabulary
from evidence.domain.units import Units

DATA = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A type of paper: its family and what people call it."""

    code: str
    family: str
    label: str


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of a table."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table_of(name: str) -> dict[str, Any]:
    """A table in TOML."""
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


@cache
def document_types() -> Mapping[str, DocumentType]:
    """The types of paper by code."""
    return {
        row["code"]: DocumentType(row["code"], row["family"], row["label"]) for row in rows_of("document_types.csv")
    }


@cache
def requirements() -> Requirements:
    """The papers expected at each stage of each chain."""
    return read_requirements(rows_of("evidence_requirements.csv"), types=document_types())


@cache
def vocabulary() -> Vocabulary:
    """The words papers are understood by: labels of fields, heads of columns, cues of types, names of countries."""
    countries = {name: row["code"] for row in rows_of("country_names.csv") for name in row["names"].split("|")}
    return Vocabulary.of(table_of("field_labels.toml"), table_of("type_cues.toml"), table_of("fields.toml"), countries)


@cache
def placing_rules() -> Mapping[str, Rule]:
    """By type of paper which of its fields name the step it belongs to; a type goes before its family."""
    said = {
        name: Rule(
            tuple(row.get("own", ())),
            tuple(row.get("next", ())),
            tuple(row.get("before", ())),
            row.get("at", ""),
            row.get("sale", False),
        )
        for name, row in table_of("placing.toml").items()
    }
    return {
        one.code: said[one.code if one.code in said else one.family]
        for one in document_types().values()
        if one.code in said or one.family in said
    }


@cache
def units() -> Units:
    """The words for units, English and Chinese."""
    return Units.of(rows_of("units.csv"))


@cache
def yields() -> tuple[Yield, ...]:
    """How much comes out of what goes in, by process, as published."""
    return tuple(Yield.of(row) for row in rows_of("yields.csv"))


@cache
def checks() -> Mapping[str, Check]:
    """The rules that are put to the papers of a case, by code, in words."""
    return {row["code"]: Check(**row) for row in rows_of("checks.csv")}


@cache
def shipped_tolerances() -> Mapping[str, Decimal]:
    """How far two papers may lie apart before it is said that they do not agree."""
    return {name: Decimal(row["value"]) for name, row in table_of("tolerances.toml").items()}


@dataclass(frozen=True, slots=True)
class Family:
    """A family of papers: a column of the proof grid."""

    code: str
    label: str
    asks: str


@cache
def families() -> tuple[Family, ...]:
    """The families of papers in the order of the proof grid."""
    return tuple(Family(row["family"], row["label"], row["asks"]) for row in rows_of("families.csv"))


@cache
def stands_for() -> StandsFor:
    """Which types of paper are taken for which required one."""
    found: dict[str, list[str]] = {}
    for row in rows_of("stands_for.csv"):
        found.setdefault(row["required"], []).append(row["also"])
    return StandsFor(found)


@cache
def conditions() -> Mapping[str, str]:
    """By the words of a condition the fact that meets it; empty where nothing on record tells."""
    return {row["condition"]: row["asked_when"] or "" for row in rows_of("conditions.csv")}


@cache
def tie_fields() -> Mapping[str, Field]:
    """How each field of ``links_to`` is compared."""
    fields = table_of("ties.toml")["fields"]
    return {name: Field(row["label"], row["how"], tuple(row["reads"])) for name, row in fields.items()}


@cache
def tie_limits() -> tuple[Within, ...]:
    """How far two sums may lie apart, by the papers they stand on."""
    return tuple(
        Within(
            tuple(row.get("first", ())),
            tuple(row.get("second", ())),
            tuple(row["fields"]),
            row["how"],
            row["tolerance"],
            row["rule"],
        )
        for row in table_of("ties.toml")["within"]
    )


@cache
def dates_forward() -> Mapping[str, int]:
    """By type of paper its place in the order of dates."""
    rows = table_of("ties.toml")["forward"]
    return {one: place for place, row in enumerate(rows) for one in row["types"]}


@cache
def contained_lots() -> frozenset[tuple[str, str]]:
    """Pairs of types of paper of which every lot of the first stands on the second."""
    rows = table_of("ties.toml")["contained"]
    return frozenset((first, second) for first, others in rows.items() for second in others)


@cache
def roles_of_sale() -> Mapping[str, tuple[str, ...]]:
    """The fields of papers that name the seller, and those that name the buyer."""
    return {name: tuple(fields) for name, fields in table_of("ties.toml")["roles"].items()}


@cache
def glossary() -> Glossary:
    """Terms of trade in Chinese with their English."""
    return Glossary({row["zh"]: row["en"] for row in rows_of("glossary.csv")})


@cache
def ports() -> Ports:
    """The ports of the trade in both scripts."""
    return Ports((row["english"], row["chinese"]) for row in rows_of("ports.csv"))
