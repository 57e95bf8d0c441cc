"""What looks wrong about the numbers and codes of a shipment, though they may stand so in the papers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from entities.domain.doubts import OF_FIRMS, UPSTREAM, Doubt, doubts_about_firm, doubts_of
from entities.domain.facts import PARTY_FIELDS, PartyFacts
from entities.domain.identifiers import MANUFACTURER, Codes, Kind

_HEAD: tuple[Kind, ...] = ("entry_number", "bill_of_lading")
# Ports and carrier are looked at where they are given by code and not in words.
_WAY: tuple[tuple[str, Kind, str], ...] = (
    ("port_of_lading", "foreign_port", r"\d{4,6}"),
    ("port_of_unlading", "port", r"\d{3,5}"),
    ("carrier", "scac", r"[A-Z]{4}"),
)


def doubts_about(declared: Mapping[str, Any], codes: Codes) -> Iterator[Doubt]:
    """What looks wrong about a shipment, its lines, its parties and the chain behind them, in the order of these."""
    for kind in _HEAD:
        if declared[kind]:
            yield from doubts_of(f"/{kind}", kind, declared[kind], codes)
    for name, kind, form in _WAY:
        if re.fullmatch(form, declared[name]):
            yield from doubts_of(f"/{name}", kind, declared[name], codes)
    for index, number in enumerate(declared["containers"]):
        yield from doubts_of(f"/containers/{index}", "container", number, codes)
    for index, line in enumerate(declared["lines"]):
        for place, code in enumerate(line["hts_codes"]):
            yield from doubts_of(f"/lines/{index}/hts_codes/{place}", "tariff_code", code, codes)
    for name in ("parties", "suppliers"):
        for index, party in enumerate(declared.get(name, ())):
            role = party.get("role", UPSTREAM)
            if role == MANUFACTURER or any(party[kind] for kind in OF_FIRMS):
                firm = PartyFacts(**{one: party[one] for one in PARTY_FIELDS})
                yield from doubts_about_firm(firm, codes, f"/{name}/{index}", role=role)
