"""What looks wrong about something sent, though it may stand so in the papers: told before CBP's systems do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from entities.domain.facts import PartyFacts
from entities.domain.identifiers import NOBODY, Codes, Kind, Remark, Whose, examine

UPSTREAM = "supplier"
# Codes that stand in many shipments, and say the same whoever gives them.
_FEW: frozenset[Kind] = frozenset({"tariff_code", "port", "foreign_port", "scac"})
OF_FIRMS: tuple[Kind, ...] = ("uscc", "mid", "postal_code")


@dataclass(frozen=True, slots=True)
class Doubt:
    """A remark, and where it belongs in what was sent: a JSON pointer (RFC 6901)."""

    pointer: str
    remark: Remark


def doubts_of(pointer: str, kind: Kind, value: str, codes: Codes, whose: Whose = NOBODY) -> Iterator[Doubt]:
    """What looks wrong about one identifier."""
    remarks = _remarks_on_code(kind, value, codes) if kind in _FEW else examine(kind, value, codes, whose).remarks
    for remark in remarks:
        yield Doubt(pointer, remark)


@lru_cache(20_000)
def _remarks_on_code(kind: Kind, value: str, codes: Codes) -> tuple[Remark, ...]:
    return examine(kind, value, codes).remarks


def doubts_about_firm(firm: PartyFacts, codes: Codes, pointer: str, *, role: str = UPSTREAM) -> Iterator[Doubt]:
    """What looks wrong about the codes of a firm. A manufacturer in China needs a postal code."""
    whose = Whose(firm, role)
    for kind in OF_FIRMS:
        if (value := getattr(firm, kind)) or (kind == "postal_code" and whose.is_chinese_manufacturer):
            yield from doubts_of(f"{pointer}/{kind}", kind, value, codes, whose)
