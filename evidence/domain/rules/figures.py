"""Figures within a paper, and the same figure in two: totals, weights, containers, tariff numbers, ports."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from rapidfuzz import fuzz

from evidence.domain.alarms import Outcome, said
from evidence.domain.papers import CasePaper, FieldRead
from evidence.domain.rules.links import invoices, packing_lists_of, transports_of
from evidence.domain.rules.material import File, amount_of, apart, number_key
from evidence.domain.units import comparable, number, plain

_CHAPTERS = 6  # tariff numbers are the same in all countries to six digits


def totals(file: File) -> Outcome:
    """The lines of a paper add up to its total, and each total on it is the same."""
    out = Outcome()
    for paper in file.evidence:
        lines = [line for _, line in paper.paper.lines() if "amount" in line]
        amounts = [amount_of(file.sure(line["amount"])) for line in lines]
        stated = [one for one in file.every(paper, "total", "net_amount") if one.line is None]
        if not lines or any(one is None for one in amounts) or not stated:
            continue
        out.compared += 1
        total = sum((one for one in amounts if one is not None), Decimal(0))
        taxes = sum((amount_of(one) or Decimal(0) for one in file.every(paper, "tax") if one.line is None), Decimal(0))
        off = [one for one in stated if not _near(file, amount_of(one), total, taxes)]
        fits = next((one for one in stated if one not in off), None)
        for one in off[:1]:
            other = (
                said(paper, fits) if fits else said(paper, lines[0]["amount"], f"{plain(total)} in {len(lines)} lines")
            )
            out.alarm(
                "TOTAL_AND_LINES",
                f"The {file.label(paper)} has a total of {_shown(one)}; its {len(lines)} lines "
                f"add up to {plain(total)}.",
                said(paper, one, _shown(one)),
                other,
                subject="total",
            )
    return out


def _shown(read: FieldRead) -> str:
    return plain(amount_of(read) or Decimal(0))


def _near(file: File, stated: Decimal | None, total: Decimal, taxes: Decimal) -> bool:
    if stated is None:
        return True
    slack = max(Decimal(1), total * file.tolerances["sum"])
    return any(abs(stated - one) <= slack for one in (total, total + taxes, total - taxes))


def line_products(file: File) -> Outcome:
    """Quantity times unit price is the amount of the line."""
    out = Outcome()
    for paper in file.of("invoice", "order", "customs"):
        for number_, line in paper.paper.lines():
            reads = [file.sure(line.get(name)) for name in ("quantity", "unit_price", "amount")]
            values = [amount_of(one) for one in reads]
            if any(one is None for one in (*reads, *values)):
                continue
            quantity, price, amount = (one for one in values if one is not None)
            out.compared += 1
            slack = max(Decimal(1), amount * file.tolerances["sum"])
            if abs(quantity * price - amount) > slack and not _in_parts(quantity * price, amount):
                out.alarm(
                    "LINE_PRODUCT",
                    f"Line {number_} of the {file.label(paper)}: {plain(quantity)} times {plain(price)} is "
                    f"{plain(quantity * price)}, not {plain(amount)}.",
                    *(said(paper, one) for one in reads if one and one.name != "unit_price"),
                    subject=f"line {number_}",
                )
    return out


def _in_parts(product: Decimal, amount: Decimal) -> bool:
    """Prices per hundred, per thousand or per tonne are usual; the product is then off by a round factor."""
    return any(apart(product, amount * factor) <= Decimal("0.005") for factor in (10, 100, 1000, 12)) or any(
        apart(product * factor, amount) <= Decimal("0.005") for factor in (10, 100, 1000, 12)
    )


def net_over_gross(file: File) -> Outcome:
    """The net weight is at most the gross weight."""
    out = Outcome()
    for paper in file.evidence:
        sides = [(paper.paper.one("net_weight"), paper.paper.one("gross_weight"))]
        sides += [(line.get("net_weight"), line.get("gross_weight")) for _, line in paper.paper.lines()]
        for net_read, gross_read in sides:
            net, gross = file.sure(net_read), file.sure(gross_read)
            weights = _weights(file, net, gross) if net and gross else None
            if weights is None or net is None or gross is None or not weights[1]:
                continue  # a gross weight of 0 is a place that nobody filled in
            out.compared += 1
            if weights[0] > weights[1] and apart(*weights) > file.tolerances["weight"]:
                out.alarm(
                    "NET_OVER_GROSS",
                    f"Net weight {plain(weights[0])} kg is more than gross weight {plain(weights[1])} kg "
                    f"in the {file.label(paper)}.",
                    said(paper, net),
                    said(paper, gross),
                )
    return out


def _weights(file: File, one: FieldRead, other: FieldRead) -> tuple[Decimal, Decimal] | None:
    """Two weights in kilograms, which is what a weight without a unit is taken for."""
    first, second = (file.units.quantity(read.value, read.unit or "kg") for read in (one, other))
    both = comparable(first, second) if first and second else None
    return (both[0], both[1]) if both else None


def weight_sums(file: File) -> Outcome:
    """The weights of the lines add up to the weight of the whole."""
    out = Outcome()
    for paper in file.evidence:
        for name in ("net_weight", "gross_weight"):
            whole = file.one(paper, name)
            lines = [one for one in paper.paper.all(name) if one.line is not None]
            values = [number(one.value) for one in lines if file.sure(one)]
            stated = number(whole.value) if whole else None
            goods = sum(1 for _ in paper.paper.lines())
            if whole is None or stated is None or len(lines) < 2 or len(values) != len(lines):
                continue
            if len(lines) < goods or len({one.unit for one in (*lines, whole) if one.unit}) > 1:
                continue  # a weight that stands once for several lines, or in two units, says nothing of the sum
            out.compared += 1
            total = sum((one for one in values if one is not None), Decimal(0))
            if apart(total, stated) > file.tolerances["weight"] and abs(total - stated) > 1:
                out.alarm(
                    "WEIGHT_AND_LINES",
                    f"The {file.label(paper)} weighs {plain(stated)}; its lines add up to {plain(total)}.",
                    said(paper, whole),
                    said(paper, lines[0], f"{plain(total)} in {len(lines)} lines"),
                    subject=name,
                )
    return out


def _consignment_pairs(file: File) -> list[tuple[CasePaper, CasePaper]]:
    """Papers of one consignment: an invoice with its packing lists and its papers of carriage, and these together."""
    found: dict[tuple[int, int], tuple[CasePaper, CasePaper]] = {}
    for invoice in invoices(file):
        papers = [invoice, *packing_lists_of(file, invoice), *transports_of(file, invoice)]
        for at, one in enumerate(papers):
            for other in papers[at + 1 :]:
                if one.key != other.key:
                    found.setdefault((min(one.key, other.key), max(one.key, other.key)), (one, other))
    bills = file.of("BILL_OF_LADING", "TRANSPORT_DOCUMENT")
    for one in (*file.of("PACKING_LIST", "customs"), *invoices(file)):
        for bill in bills:
            if file.own_numbers(bill) & file.refers_to(one, "bl_number"):
                found.setdefault((min(one.key, bill.key), max(one.key, bill.key)), (one, bill))
    return list(found.values())


def _each_pair(
    file: File, out: Outcome, code: str, name: str, same: Callable[[FieldRead, FieldRead], bool | None], words: str
) -> None:
    told: set[tuple[str, str]] = set()
    for one, other in _consignment_pairs(file):
        first, second = file.one(one, name), file.one(other, name)
        if first is None or second is None:
            continue
        agree = same(first, second)
        if agree is None:
            continue
        out.compared += 1
        values = (min(first.value, second.value), max(first.value, second.value))
        if not agree and values not in told:
            told.add(values)
            out.alarm(
                code,
                f"{words} is {first.value} in the {file.label(one)} and {second.value} in the {file.label(other)}.",
                said(one, first),
                said(other, second),
                subject=name,
            )


def weights_differ(file: File) -> Outcome:
    """A consignment has one gross and one net weight in all its papers."""
    out = Outcome()

    def same(one: FieldRead, other: FieldRead) -> bool | None:
        weights = _weights(file, one, other)
        return apart(*weights) <= file.tolerances["weight"] if weights else None

    for name, words in (("gross_weight", "The gross weight"), ("net_weight", "The net weight")):
        _each_pair(file, out, "WEIGHTS_DIFFER", name, same, words)
    return out


def container_differs(file: File) -> Outcome:
    """A consignment travels in the containers that all its papers name."""
    out = Outcome()
    told: set[frozenset[str]] = set()
    for one, other in _consignment_pairs(file):
        first, second = file.every(one, "container_number"), file.every(other, "container_number")
        if not first or not second:
            continue
        out.compared += 1
        ours, theirs = ({number_key(read.value) for read in reads} for reads in (first, second))
        if not ours & theirs and frozenset(ours | theirs) not in told:
            told.add(frozenset(ours | theirs))
            out.alarm(
                "CONTAINER_DIFFERS",
                f"The container is {first[0].value} in the {file.label(one)} and {second[0].value} "
                f"in the {file.label(other)}.",
                said(one, first[0]),
                said(other, second[0]),
                subject="container",
            )
    return out


def port_differs(file: File) -> Outcome:
    """A consignment is loaded and unloaded at the ports that all its papers name."""
    out = Outcome()

    def same(one: FieldRead, other: FieldRead) -> bool | None:
        ours, theirs = file.ports(one.value), file.ports(other.value)
        if ours & theirs:
            return True
        if one.value.isascii() != other.value.isascii():
            return False if ours and theirs else None
        first, second = (_letters(read.value) for read in (one, other))
        return bool(first in second or second in first or fuzz.partial_ratio(first, second) >= 80)

    for name, words in (("port_of_loading", "The port of loading"), ("port_of_discharge", "The port of discharge")):
        _each_pair(file, out, "PORT_DIFFERS", name, same, words)
    return out


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum()).removeprefix("portof")


def hts_differs(file: File) -> Outcome:
    """The same part has the same tariff number, to six digits, in all papers."""
    out = Outcome()
    told: dict[str, tuple[CasePaper, FieldRead]] = {}
    differ: set[str] = set()
    for paper in file.of("invoice", "transport", "customs"):
        for _, line in paper.paper.lines():
            part, code = file.sure(line.get("part")), file.sure(line.get("hts"))
            digits = "".join(letter for letter in code.value if letter.isdigit()) if code else ""
            if part is None or code is None or len(digits) < _CHAPTERS:
                continue
            key = number_key(part.value)
            known = told.setdefault(key, (paper, code))
            if known[1] is code:
                continue
            out.compared += 1
            other = "".join(letter for letter in known[1].value if letter.isdigit())
            if digits[:_CHAPTERS] != other[:_CHAPTERS] and key not in differ:
                differ.add(key)
                out.alarm(
                    "HTS_DIFFERS",
                    f"Part {part.value} has the tariff number {known[1].value} in the {file.label(known[0])} "
                    f"and {code.value} in the {file.label(paper)}.",
                    said(*known),
                    said(paper, code),
                    subject=key,
                )
    return out


def origin_differs(file: File) -> Outcome:
    """The country of origin of a consignment is the same in all its papers."""
    out = Outcome()
    _each_pair(file, out, "ORIGIN_DIFFERS", "origin", lambda one, other: one.value == other.value, "The origin")
    return out
