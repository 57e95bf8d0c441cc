"""The shipped list as the matcher takes it, without a database."""

from datetime import date

from entities import reference
from entities.domain.facts import ListedName, ListedParty

TODAY = date(2026, 7, 10)


def shipped_parties():
    by_key = {}
    for row in reference.listed_rows():
        if row["row_status"] == "current":
            by_key.setdefault(row["entity_key"], []).append(row)
    return [_party(key, rows) for key, rows in by_key.items()]


def _party(key, rows):
    names = {}
    for row in rows:
        aliases = [alias.strip() for alias in row["aliases"].split("|") if alias.strip()]
        for text, kind in [(row["name"], "listed"), *((alias, "alias") for alias in aliases)]:
            names.setdefault(text, ListedName(text, kind))
        for native in reference.native_names(row):
            names.setdefault(
                native["text"],
                ListedName(native["text"], "native", None, None, native["source"], native["confirmed"]),
            )
    scope = rows[0]["scope_note"].partition("//")[0]
    return ListedParty(
        key,
        tuple(names.values()),
        periods=((min(date.fromisoformat(row["entity_first_effective"]) for row in rows), None),),
        scope=scope if scope.lower().startswith("and ") else "",
        location=rows[0]["location"],
    )
