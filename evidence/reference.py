"""The tables of evidence, read once and handed out as domain values."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from evidence.domain.placing import Rule
from evidence.domain.requirements import Requirements, read_requirements

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
