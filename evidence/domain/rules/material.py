"""The papers of a case as the rules ask for them: by family, by what they refer to, by what firms they name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Protocol

from rapidfuzz import fuzz

from evidence.domain.alarms import Said
from evidence.domain.ledger import Yield
from evidence.domain.papers import CasePaper, FieldRead
from evidence.domain.units import BARE, Quantity, Units, number

_NUMBER_FIELDS = (
    *("document_number", "order_number", "contract_number", "invoice_number", "bl_number", "declaration_number"),
    "reference",
)
_OWN = {
    "order": "order_number",
    "invoice": "invoice_number",
    "transport": "bl_number",
    "customs": "declaration_number",
}
_QUANTITIES = {
    *("quantity", "input_quantity", "output_quantity", "opening", "received", "issued", "closing"),
    *("net_weight", "gross_weight"),
}
_CONFUSED = str.maketrans({"O": "0", "I": "1", "L": "1", "Q": "0"})


class PaperType(Protocol):
    """A type of paper: its family in the grid of proof, and what people call it."""

    @property
    def family(self) -> str: ...
    @property
    def label(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage that the chain of these goods is expected to have, and the firms that are said to stand there."""

    label: str
    firms: tuple[str, ...] = ()
    converts: bool = True
    required: bool = True


@dataclass(frozen=True, slots=True)
class Spent:
    """What another case rests on: this lot, or this certificate, and how much of it. Only the office may see it."""

    case: str
    lot: str
    value: str
    unit: str
    is_certificate: bool = False


@dataclass(frozen=True, slots=True)
class ChainFacts:
    """What is on record beside the papers: the stages expected, questions still open, what other cases spent."""

    stages: tuple[Stage, ...] = ()
    open_questions: tuple[str, ...] = ()
    spent: tuple[Spent, ...] = ()


@dataclass(frozen=True)
class File:
    """The papers of a case, and what is needed to compare them."""

    papers: Sequence[CasePaper]
    types: Mapping[str, PaperType]
    tolerances: Mapping[str, Decimal]
    units: Units
    yields: Sequence[Yield] = ()
    chain: ChainFacts = field(default_factory=ChainFacts)
    core_name: Callable[[str], str] = lambda name: name
    in_xinjiang: Callable[[str], str] = lambda text: ""
    ports: Callable[[str], frozenset[str]] = lambda text: frozenset()  # those that a text names, whatever its script
    silent: Sequence[Said] = ()  # pages that cannot be read and are of no paper
    same_party: Callable[[str, str], bool | None] = lambda one, other: None

    def with_spent(self, spent: tuple[Spent, ...]) -> File:
        """The same file, knowing what other cases spent."""
        return replace(self, chain=replace(self.chain, spent=spent))

    @cached_property
    def evidence(self) -> list[CasePaper]:
        """The papers that count: a blank form says nothing."""
        return [one for one in self.papers if not one.paper.is_blank_form]

    def family(self, paper: CasePaper) -> str:
        """The family of a paper: order, invoice, payment, transport, production, origin, customs, package ..."""
        known = self.types.get(paper.paper.type)
        return known.family if known else ""

    def label(self, paper: CasePaper) -> str:
        """What people call this paper: ``commercial invoice INV-7``; with its exhibit where two are called alike."""
        name = self._called(paper)
        alike = [one for one in self.papers if one.key != paper.key and self._called(one) == name]
        if alike or not paper.paper.value("document_number"):
            return f"{name} in Exhibit {paper.exhibit}"
        return name

    def _called(self, paper: CasePaper) -> str:
        known = self.types.get(paper.paper.type)
        name = known.label[:1].lower() + known.label[1:] if known else "paper"
        return f"{name} {paper.paper.value('document_number')}".rstrip()

    def of(self, *kinds: str) -> list[CasePaper]:
        """The papers of these families or types."""
        return [one for one in self.evidence if one.paper.type in kinds or self.family(one) in kinds]

    # --- fields -------------------------------------------------------------------------------------------------

    def sure(self, read: FieldRead | None) -> FieldRead | None:
        """The field, where it was read surely enough to be held against another paper."""
        return read if read and read.value and Decimal(str(read.confidence)) >= self.tolerances["read"] else None

    def one(self, paper: CasePaper, *names: str) -> FieldRead | None:
        """The first of these fields that speaks for the whole paper and was read surely."""
        return next((found for name in names if (found := self.sure(paper.paper.one(name)))), None)

    def every(self, paper: CasePaper, *names: str) -> list[FieldRead]:
        """All fields of these names, of the lines too, that were read surely."""
        return [one for name in names for one in paper.paper.all(name) if self.sure(one)]

    def day(self, paper: CasePaper) -> tuple[FieldRead, date] | None:
        """The date of a paper."""
        found = self.one(paper, "date")
        try:
            return (found, date.fromisoformat(found.value)) if found else None
        except ValueError:
            return None

    def quantity(self, read: FieldRead, paper: CasePaper | None = None) -> Quantity | None:
        """A field as a quantity; beside a figure without a unit counts the one unit that its paper uses."""
        unit = read.unit or (self._usual_unit(paper) if paper else "")
        return self.units.quantity(read.value, unit)

    def _usual_unit(self, paper: CasePaper) -> str:
        units = {one.unit for one in paper.paper.fields if one.unit and one.name in _QUANTITIES}
        return units.pop() if len(units) == 1 else ""

    def total_quantity(self, paper: CasePaper) -> tuple[FieldRead, Quantity] | None:
        """The quantity of a whole paper: as it says, or the sum of its lines where all have one unit.

        Where the two do not agree, the figure may be that of another column, or a line may be lost: the lines count
        where their amounts add up to the total of the paper, else nothing is said.
        """
        lines = [line for _, line in paper.paper.lines() if "amount" in line]
        if any("quantity" in line for line in lines) and not all("quantity" in line for line in lines):
            return None  # the quantity of a line was not read
        added = self._added_quantity(paper)
        stated = self.one(paper, "quantity")
        found = self._or_bare(stated, paper) if stated else None
        if stated is None or found is None:
            return added if self._has_all_lines(paper) is not False else None
        if added and added[1].value != found.value:
            return added if self._has_all_lines(paper) else None
        return stated, found

    def _has_all_lines(self, paper: CasePaper) -> bool | None:
        """Whether no line was lost, by the amounts of the lines and the total; None where these are not stated."""
        amounts = [amount_of(one) for one in paper.paper.all("amount") if one.line is not None]
        total = amount_of(self.one(paper, "total"))
        known = [one for one in amounts if one is not None]
        if total is None or not known:
            return None
        return apart(sum(known, Decimal(0)), total) <= self.tolerances["sum"]

    def _added_quantity(self, paper: CasePaper) -> tuple[FieldRead, Quantity] | None:
        lines = [(one, self._or_bare(one, paper)) for one in paper.paper.all("quantity") if one.line is not None]
        known = [(one, amount) for one, amount in lines if amount and self.sure(one)]
        if not known or len(known) != len(lines) or len({amount.unit.code for _, amount in known}) != 1:
            return None
        first, amount = known[0]
        return first, Quantity(sum((one.value for _, one in known), Decimal(0)), amount.unit, amount.each)

    def _or_bare(self, read: FieldRead, paper: CasePaper) -> Quantity | None:
        """A field as a quantity, without a unit where none stands anywhere."""
        value = number(read.value)
        bare = Quantity(value, BARE) if value is not None and not read.unit else None
        return self.quantity(read, paper) or bare

    # --- numbers and firms ----------------------------------------------------------------------------------------

    def own_numbers(self, paper: CasePaper) -> set[str]:
        """The numbers this paper goes by."""
        names = ("document_number", _OWN.get(self.family(paper), "document_number"))
        return {number_key(one.value) for one in self.every(paper, *names)} - {""}

    def refers_to(self, paper: CasePaper, *names: str) -> set[str]:
        """The numbers of other papers it names in these fields; a reference may name several."""
        found: set[str] = set()
        for one in self.every(paper, *(names or _NUMBER_FIELDS)):
            found.add(number_key(one.value))
            if one.name == "reference":
                found |= {number_key(word) for word in re.split(r"[\s,;/]+", one.value)}
        return {key for key in found if len(key) > 2}

    def same_firm(self, one: str, other: str) -> bool | None:
        """Whether two names are those of one firm; None where they are in different scripts and the chain does not
        tell whose both are."""
        told = self.same_party(one, other)
        if told or _is_han(one) != _is_han(other):
            return told
        first, second = self.core_name(one), self.core_name(other)
        if not first or not second:
            return None
        if first in second or second in first:
            return True
        return Decimal(str(fuzz.ratio(first, second) / 100)) >= self.tolerances["name"]

    def names(self, paper: CasePaper, firm: str, *roles: str) -> FieldRead | None:
        """Where a paper names this firm."""
        fields = roles or ("seller", "buyer", "manufacturer", "holder", "shipper", "consignee", "payer", "payee")
        return next((one for one in self.every(paper, *fields, "supplier") if self.same_firm(one.value, firm)), None)


def number_key(text: str) -> str:
    """A number as it is compared: letters and digits only, those that scans confuse taken for one."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\W_]", "", plain).translate(_CONFUSED)


def lot_key(text: str) -> str:
    """A lot as it is compared."""
    return number_key(text)


def amount_of(read: FieldRead | None) -> Decimal | None:
    """An amount of money, or any plain figure."""
    return number(read.value) if read else None


def apart(one: Decimal, other: Decimal) -> Decimal:
    """By which share two figures differ, of the larger."""
    top = max(abs(one), abs(other))
    return abs(one - other) / top if top else Decimal(0)


def groups(pairs: Iterable[tuple[int, int]]) -> list[set[int]]:
    """What hangs together by these pairs."""
    found: list[set[int]] = []
    for one, other in pairs:
        touching = [group for group in found if one in group or other in group]
        found = [group for group in found if group not in touching]
        found.append({one, other}.union(*touching))
    return found


def _is_han(text: str) -> bool:
    return any("\u3400" <= letter <= "\u9fff" for letter in text)
