"""What the layouts print beside the values: titles and labels, in English and Chinese, in several wordings."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def label(kind: str, name: str, wording: int) -> tuple[str, str]:
    """What stands beside a value, English and Chinese; a label of this type of paper goes before the general one."""
    said = _table("labels.csv", "field")
    return _worded(said.get(f"{kind} {name}") or said[name], wording)


def title(kind: str, wording: int) -> tuple[str, str]:
    """What stands at the top of a paper."""
    return _worded(_table("titles.csv", "type")[kind], wording)


@cache
def native() -> dict[str, str]:
    """What papers in Chinese print instead of foreign names and sentences."""
    return {english: row["chinese"] for english, row in _table("native.csv", "english").items()}


@cache
def _table(name: str, key: str) -> dict[str, dict[str, str]]:
    with (_HERE / name).open(encoding="utf-8", newline="") as file:
        return {row[key]: row for row in csv.DictReader(file)}


def _worded(row: dict[str, str], wording: int) -> tuple[str, str]:
    english, chinese = row["english"].split("|"), row["chinese"].split("|")
    return english[wording % len(english)], chinese[wording % len(chinese)]
