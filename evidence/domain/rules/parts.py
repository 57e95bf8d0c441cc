"""The same part in several papers: one quantity in all, and declared to customs wherever it is shipped."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations

from evidence.domain.alarms import Agreement, Outcome, Said, said
from evidence.domain.papers import CasePaper, FieldRead
from evidence.domain.rules.material import File, apart, lot_key
from evidence.domain.units import BARE, MASS, Quantity, number, plain

_ASKED = ("invoice", "transport", "customs")  # an order has its tolerance: rule R1
DECLARATIONS = ("EXPORT_DECLARATION", "CUSTOMS_DECLARATION", "ENTRY")
_MANY = 3  # so many parts are named in a sentence
_LISTED = 500  # and so many with their places


@dataclass(slots=True)
class Part:
    """One part in one paper: the sum of its lines, and where the largest of them stands."""

    name: str
    total: Decimal
    where: FieldRead
    unit: str = ""
    lines: list[FieldRead] = field(default_factory=list)


def parts_of(file: File, paper: CasePaper) -> dict[str, Part]:
    """The parts of a paper with their quantities; a part on several lines counts together."""
    found: dict[str, Part] = {}
    for _, line in _listing(file, paper).paper.lines():
        part, read = file.sure(line.get("part")), file.sure(line.get("quantity"))
        if part is None or read is None:
            continue
        amount = _counted(file, read, paper)
        if amount is None:
            continue
        key = lot_key(part.value)
        known = found.setdefault(key, Part(part.value, Decimal(0), read, amount.unit.dimension))
        known.total += amount.base
        known.lines.append(read)
    return found


def _listing(file: File, paper: CasePaper) -> CasePaper:
    """Where the parts of a paper are listed: on it, or on a sheet of the same workbook that repeats its lines.

    A declaration has no place for part numbers; whoever draws it up keeps them beside it, line by line.
    """
    own, told = _figures_of(paper), len(paper.paper.all("part"))
    for other in file.evidence if own else ():
        more = len(other.paper.all("part")) > told
        if more and other.document == paper.document and not other.paper.type:
            theirs = _figures_of(other)
            if sum((own & theirs).values()) * 10 >= max(own.total(), theirs.total()) * 9:
                return other
    return paper


def _figures_of(paper: CasePaper) -> Counter[tuple[str, str]]:
    lines = [line for _, line in paper.paper.lines() if "quantity" in line and "amount" in line]
    return Counter((line["quantity"].value, line["amount"].value) for line in lines)


def _counted(file: File, read: FieldRead, paper: CasePaper) -> Quantity | None:
    """A quantity of a part; without a unit where the paper gives none."""
    value = number(read.value)
    return file.quantity(read, paper) or (Quantity(value, BARE) if value is not None else None)


@dataclass(frozen=True, slots=True)
class Lists:
    """The papers that list parts, each with them; the sheets of one document that repeat a list are one."""

    papers: list[tuple[CasePaper, dict[str, Part]]]

    @classmethod
    def of(cls, file: File) -> Lists:
        listed = [(one, parts) for one in file.of(*_ASKED) if (parts := parts_of(file, one))]
        return cls(listed)

    def comparable(self) -> list[tuple[int, int, set[str]]]:
        """The pairs that speak of the same goods: the parts of one are, all but a few, among those of the other."""
        found = []
        for (one, (_, ours)), (other, (_, theirs)) in combinations(enumerate(self.papers), 2):
            shared = ours.keys() & theirs.keys()
            if len(shared) >= max(1, (min(len(ours), len(theirs)) + 1) // 2):
                found.append((one, other, shared))
        return found


def part_quantities(file: File) -> Outcome:
    """The quantity of a part is the same in all papers of the consignment that list it."""
    out = Outcome()
    lists = Lists.of(file)
    odd: dict[str, set[int]] = {}
    for one, other, shared in lists.comparable():
        (first, ours), (second, theirs) = lists.papers[one], lists.papers[other]
        differ = [key for key in shared if not _agree(file, ours[key], theirs[key])]
        out.compared += len(shared)
        for key in differ:
            odd.setdefault(key, set()).update({one, other})
        agree = len(shared) - len(differ)
        out.agreements.append(
            Agreement(
                f"{agree} of {len(shared)} parts agree in quantity: {file.label(first)} and {file.label(second)}.",
                agree,
                len(shared),
                (_list_said(first, ours, shared), _list_said(second, theirs, shared)),
            )
        )
    for key, places in odd.items():
        _one_part(file, out, key, [lists.papers[place] for place in sorted(places)])
    return out


def _agree(file: File, one: Part, other: Part) -> bool:
    """Pieces are counted, so they are the same or not; goods in bulk lose a little on the way."""
    units = {one.unit, other.unit} - {BARE.dimension}
    low, high = sorted((abs(one.total), abs(other.total)))
    if len(units) > 1 or (MASS in units and BARE.dimension in (one.unit, other.unit) and high > 3 * low):
        return True  # nothing to compare: pieces are not weighed, and a figure may be in another unit
    return apart(one.total, other.total) <= (file.tolerances["transit_loss"] if MASS in units else Decimal(0))


def _one_part(file: File, out: Outcome, key: str, places: list[tuple[CasePaper, dict[str, Part]]]) -> None:
    """One alarm for a part: the paper that stands alone against those that agree, else each against the first."""
    told = [(paper, parts[key]) for paper, parts in places if key in parts]
    usual = Counter(part.total for _, part in told).most_common(1)[0][0]
    first = next(part for _, part in told if part.total == usual)
    against = [one for one in told if _agree(file, one[1], first)]
    for paper, part in told:
        if _agree(file, part, first):
            continue
        other, theirs = next((one for one in against if one[0].paper.type in DECLARATIONS), against[0])
        also = tuple(_said(one, found) for one, found in against if one.key != other.key)
        out.alarm(
            "PART_QUANTITY",
            f"Part {part.name}: {plain(part.total)} in the {file.label(paper)}, {plain(theirs.total)} in the "
            f"{file.label(other)}" + (f" and in {len(also)} more." if also else "."),
            _said(paper, part),
            _said(other, theirs),
            subject=key,
            also=also,
        )


def _said(paper: CasePaper, part: Part) -> Said:
    lines = f" in {len(part.lines)} lines" if len(part.lines) > 1 else ""
    return said(paper, max(part.lines, key=lambda one: _size(one)), f"{plain(part.total)}{lines}")


def _size(read: FieldRead) -> Decimal:
    return Decimal(read.value) if read.value.replace(".", "", 1).isdigit() else Decimal(0)


def _list_said(paper: CasePaper, parts: dict[str, Part], shared: set[str]) -> Said:
    first = next(part for key, part in parts.items() if key in shared)
    return said(paper, first.where, f"{len(shared)} parts")


def part_undeclared(file: File) -> Outcome:
    """A part that is packed or invoiced for shipment is in a customs declaration of the file."""
    out = Outcome()
    declared = [(one, parts) for one in file.of(*DECLARATIONS) if (parts := parts_of(file, one))]
    known = set().union(*(parts.keys() for _, parts in declared))
    if not known:
        return out
    told: set[str] = set()
    lists = [(one, parts_of(file, one)) for one in file.of("PACKING_LIST", "invoice")]
    shipped = [(one, parts) for one, parts in lists if parts.keys() & known]  # the others are of another consignment
    out.compared = sum(len(parts) for _, parts in shipped)
    declaration, theirs = max(declared, key=lambda one: len(one[1]))
    for paper, parts in sorted(shipped, key=lambda one: -len(one[1].keys() - known)):
        missing = [parts[key] for key in parts if key not in known | told]  # each part once, where most are missing
        told |= parts.keys()
        if not missing:
            continue
        names = ", ".join(sorted(part.name for part in missing)[:_MANY])
        more = f" and {len(missing) - _MANY} more" if len(missing) > _MANY else ""
        out.alarm(
            "PART_UNDECLARED",
            f"{len(missing)} of {len(parts)} parts of the {file.label(paper)} have no declaration in the file: "
            f"{names}{more}.",
            said(paper, missing[0].where, f"{len(missing)} parts not declared, the first: {missing[0].name}"),
            said(declaration, next(iter(theirs.values())).where, f"{len(theirs)} parts declared"),
            subject=_digest(missing),
            also=tuple(said(paper, part.where, f"{part.name}: {plain(part.total)}") for part in missing[1:_LISTED]),
        )
    return out


def _digest(parts: list[Part]) -> str:
    return f"{len(parts)} parts from {min(part.name for part in parts)} to {max(part.name for part in parts)}"
