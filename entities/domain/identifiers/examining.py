"""An identifier looked at with all that is known: its form, its check digit, the published codes, and whose it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from entities.domain.facts import PartyFacts
from entities.domain.identifiers import cargo, customs, firms
from entities.domain.identifiers.check import Check, ok, refuse, warn
from entities.domain.identifiers.mid import mid, mid_differences, mid_proposed

Kind = Literal[
    "entry_number",
    "importer_number",
    "mid",
    "container",
    "tariff_code",
    "port",
    "foreign_port",
    "scac",
    "bill_of_lading",
    "in_bond_number",
    "protest_number",
    "uscc",
    "postal_code",
    "gln",
    "lei",
]
Severity = Literal["error", "warning", "note"]
REJECTED = "ACE rejects a manufacturer in China without a valid postal code (since 18 March 2023)."
TARIFF_DIGITS = (4, 6, 8, 10)
MANUFACTURER = "manufacturer"
_HELD = "the US import codes on HS 2022"


@dataclass(frozen=True, slots=True, eq=False)  # a table is told from another by being it
class Codes:
    """The published codes, each with what it stands for. Of carriers only the larger ocean lines are known."""

    tariff: Mapping[str, str] = field(default_factory=dict)  # ten digits
    tariff_heads: frozenset[str] = frozenset()  # the first four, six and eight of them
    ports: Mapping[str, str] = field(default_factory=dict)  # Schedule D
    foreign_ports: Mapping[str, str] = field(default_factory=dict)  # Schedule K
    carriers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of an identifier. An error cannot be right as it stands, a warning may be."""

    code: str
    severity: Severity
    detail: str


@dataclass(frozen=True, slots=True)
class Examined:
    """An identifier that was looked at. ``proposed`` is what the firm's name and address would give."""

    valid: bool
    normalised: str
    expected: str | None = None
    proposed: str = ""
    stands_for: str = ""
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Whose:
    """The firm an identifier belongs to, and the part it plays."""

    firm: PartyFacts = PartyFacts()
    role: str = ""

    @property
    def is_chinese_manufacturer(self) -> bool:
        return self.role == MANUFACTURER and self.firm.country == "CN"


NOBODY = Whose()


@lru_cache(maxsize=10_000)  # of thousands of shipments most name the same goods and firms
def examine(kind: Kind, value: str, codes: Codes, whose: Whose = NOBODY) -> Examined:
    """Look at one identifier. Nothing is refused here: whoever stores it decides what must be right."""
    if kind == "postal_code" and whose.firm.country not in ("", "CN"):
        return Examined(True, value.strip())  # of other countries nothing is known
    checked = _CHECKS[kind](value)
    remarks: list[Remark] = []
    if checked.problem:
        remarks.append(Remark(kind, "error" if checked.severity == "refuse" else "warning", checked.problem))
    further = _FURTHER.get(kind)
    remarks += further(checked, codes, whose) if further else ()
    return Examined(
        valid=checked.valid and not any(one.severity == "error" for one in remarks),
        normalised=checked.normalised,
        expected=checked.expected,
        proposed=mid_proposed(whose.firm) if kind == "mid" else "",
        stands_for=_meaning(kind, checked, codes),
        remarks=tuple(remarks),
    )


def tariff_code(text: str) -> Check:
    """A tariff number of ten digits, or the first four, six or eight of one, with or without dots."""
    digits = "".join(text.replace(".", "").split())
    if not (digits.isascii() and digits.isdigit() and len(digits) in TARIFF_DIGITS):
        return refuse(digits, f"{text} is not a tariff number of 4, 6, 8 or 10 digits.")
    whole = customs.hts(digits.ljust(10, "0"))  # the chapters are the same for all lengths
    if whole.severity == "refuse":
        return refuse(digits, whole.problem)
    if len(digits) < 10:
        return warn(digits, f"{digits} has {len(digits)} digits; an entry needs ten.")
    return ok(digits)


def _postal_code(text: str) -> Check:
    return firms.chinese_postal_code(text) if text.strip() else ok("")


_CHECKS: Mapping[Kind, Callable[[str], Check]] = {
    "entry_number": customs.entry_number,
    "importer_number": customs.importer_number,
    "mid": lambda text: mid(text) if text.strip() else ok(""),
    "container": cargo.container,
    "tariff_code": tariff_code,
    "port": cargo.port,
    "foreign_port": cargo.foreign_port,
    "scac": cargo.scac,
    "bill_of_lading": cargo.bill_of_lading,
    "in_bond_number": cargo.in_bond,
    "protest_number": cargo.protest_number,
    "uscc": firms.uscc,
    "postal_code": _postal_code,
    "gln": firms.gln,
    "lei": firms.lei,
}


def _tariff(checked: Check, codes: Codes, whose: Whose) -> Iterator[Remark]:
    """Chapters 98 and 99 are not judged: the import codes hold few of their numbers, and proclamations change them."""
    number = checked.normalised
    if checked.severity == "refuse" or number.startswith(("98", "99")):
        return
    if number in codes.tariff or number in codes.tariff_heads:
        return
    known = next((number[:digits] for digits in (8, 6, 4) if number[:digits] in codes.tariff_heads), "")
    nearest = f"{dotted(known)} is" if known else f"not even heading {number[:4]}"
    detail = f"{dotted(number)} is not among {_HELD}; {nearest}. It may be of another edition of the tariff."
    yield Remark("tariff_code_unknown", "warning", detail)


def dotted(number: str) -> str:
    """A tariff number as it is printed.

    >>> dotted("6109100012")
    '6109.10.00.12'
    """
    return ".".join(filter(None, (number[:4], number[4:6], number[6:8], number[8:])))


def _port(checked: Check, codes: Codes, whose: Whose) -> Iterator[Remark]:
    if checked.valid and checked.normalised not in codes.ports:
        yield Remark("port_unknown", "warning", f"Schedule D has no port {checked.normalised}.")


def _foreign_port(checked: Check, codes: Codes, whose: Whose) -> Iterator[Remark]:
    if checked.valid and checked.normalised not in codes.foreign_ports:
        yield Remark("port_unknown", "warning", f"Schedule K has no port {checked.normalised}.")


def _carrier(checked: Check, codes: Codes, whose: Whose) -> Iterator[Remark]:
    """The full list of carriers is sold, so one that is not known is asked about, never refused."""
    if checked.valid and (scac := checked.normalised[:4]) not in codes.carriers:
        detail = f"{scac} is not among the carriers known here, which are the larger ocean lines only."
        yield Remark("carrier_unknown", "note", detail)


def _mid(checked: Check, codes: Codes, whose: Whose) -> Iterator[Remark]:
    proposed = mid_proposed(whose.firm)
    if not checked.normalised:
        said = f" Name, address and city give {proposed}." if proposed else ""
        yield Remark("mid_missing", "error", f"No manufacturer code is given.{said}")
    elif checked.valid and (differ := mid_differences(checked.normalised, whose.firm)):
        said = f" Name, address and city give {proposed}." if proposed else ""
        detail = f"The {_joined(differ)} in {checked.normalised} {'are' if len(differ) > 1 else 'is'} not the firm's."
        yield Remark("mid_differs", "note" if differ == ("number",) else "warning", f"{detail}{said}")


def _joined(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


def _uscc(checked: Check, codes: Codes, whose: Whose) -> Iterator[Remark]:
    if checked.valid and (area := checked.normalised[2:8]).startswith("65"):
        detail = f"It was given by an authority of Xinjiang ({area}): that proves registration there, not production."
        yield Remark("uscc_xinjiang", "note", detail)


def _region(checked: Check, codes: Codes, whose: Whose) -> Iterator[Remark]:
    """What ACE will answer on the postal code of a manufacturer in China (CBP's UFLPA Region Alert)."""
    if whose.role not in ("", MANUFACTURER):
        return
    if not checked.normalised:
        yield Remark("postal_code_missing", "error", f"No postal code is given. {REJECTED}")
    elif not checked.valid:
        if whose.is_chinese_manufacturer:
            yield Remark("postal_code_rejected", "error", REJECTED)
    elif checked.normalised.startswith(("83", "84")):
        yield Remark(
            "postal_code_xinjiang",
            "warning",
            f"{checked.normalised} is a postal code of Xinjiang. ACE answers it with a UFLPA Region Alert, which is "
            "no detention.",
        )


_FURTHER: Mapping[Kind, Callable[[Check, Codes, Whose], Iterator[Remark]]] = {
    "mid": _mid,
    "tariff_code": _tariff,
    "port": _port,
    "foreign_port": _foreign_port,
    "scac": _carrier,
    "bill_of_lading": _carrier,
    "uscc": _uscc,
    "postal_code": _region,
}


def _meaning(kind: Kind, checked: Check, codes: Codes) -> str:
    tables = {
        "tariff_code": codes.tariff,
        "port": codes.ports,
        "foreign_port": codes.foreign_ports,
        "scac": codes.carriers,
        "bill_of_lading": codes.carriers,
    }
    key = checked.normalised[:4] if kind == "bill_of_lading" else checked.normalised
    return tables[kind].get(key, "") if kind in tables and checked.severity != "refuse" else ""
