"""Firms: one name, one address, one registration number on all papers, and each firm can be told who it is (R7)."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal

from rapidfuzz import fuzz

from evidence.domain.alarms import Outcome, said
from evidence.domain.papers import CasePaper, FieldRead
from evidence.domain.rules.links import invoices, orders_of, packing_lists_of
from evidence.domain.rules.material import File, number_key
from evidence.domain.units import plain

# Which address and registration number on a paper belong to which role on it.
_ADDRESS = {"seller": "seller_address", "buyer": "buyer_address", "holder": "address", "manufacturer": "address"}


def r7(file: File) -> Outcome:
    """The address and the registration number of a firm are the same on all its papers."""
    out = Outcome()
    for field in ("address", "registration number"):
        for firm, places in _told(file, field):
            first = places[0]
            out.compared += len(places) - 1
            other = next((one for one in places[1:] if _differ(file, field, first[1].value, one[1].value)), None)
            if other:
                out.alarm(
                    "R7",
                    f"{firm} has two {field}{'es' if field == 'address' else 's'} in the papers.",
                    said(*first),
                    said(*other),
                    subject=f"{file.core_name(firm)} {field}",
                )
    return out


def _told(file: File, field: str) -> list[tuple[str, list[tuple[CasePaper, FieldRead]]]]:
    """For each firm, where its address or number is told; addresses in another script are a group of their own."""
    found: list[tuple[str, list[tuple[CasePaper, FieldRead]]]] = []
    for paper in file.evidence:
        for role, address in _ADDRESS.items():
            firm = file.one(paper, role)
            if firm is None:
                continue
            told = file.one(paper, address) if field == "address" else _registration(file, paper, role)
            if told is None:
                continue
            alike = [one for one in found if _is_han(one[1][0][1].value) == _is_han(told.value)]
            known = next((places for name, places in alike if file.same_firm(name, firm.value)), None)
            if known is None:
                found.append((firm.value, [(paper, told)]))
            elif paper.key not in {one.key for one, _ in known}:
                known.append((paper, told))
    return [(name, places) for name, places in found if len(places) > 1]


def _registration(file: File, paper: CasePaper, role: str) -> FieldRead | None:
    """The registration number of a paper, where only one firm can be meant by it."""
    firms = [name for name in ("holder", "manufacturer", "seller") if file.one(paper, name)]
    return file.one(paper, "registration_number") if firms and firms[0] == role else None


def _differ(file: File, field: str, one: str, other: str) -> bool:
    if field != "address":
        return number_key(one) != number_key(other)
    if _is_han(one) != _is_han(other):
        return False
    first, second = _plain_address(one), _plain_address(other)
    if first in second or second in first:
        return False
    alike = Decimal(str(fuzz.token_set_ratio(first, second) / 100))
    figures = [set(re.findall(r"\d{2,}", text)) for text in (one, other)]
    apart = figures[0] and figures[1] and not figures[0] & figures[1]  # neither house nor postal code is shared
    return alike < file.tolerances["address_without_number" if apart else "address"]


def _plain_address(text: str) -> str:
    kept = "".join(letter if letter.isalnum() else " " for letter in text.casefold())
    words = kept.split()
    return " ".join(words) if not _is_han(text) else " ".join("".join(words))


def _is_han(text: str) -> bool:
    return any("\u3400" <= letter <= "\u9fff" for letter in text)


def name_mismatch(file: File) -> Outcome:
    """The seller and the buyer of an invoice are those of its order and of its packing list."""
    out = Outcome()
    for invoice in invoices(file):
        others = [*orders_of(file, invoice), *packing_lists_of(file, invoice)]
        for other, role in ((other, role) for other in others for role in ("seller", "buyer")):
            ours_read, theirs_read = file.one(invoice, role), file.one(other, role)
            if ours_read is None or theirs_read is None:
                continue
            same = file.same_firm(ours_read.value, theirs_read.value)
            if same is None:
                continue
            out.compared += 1
            if not same:
                out.alarm(
                    "NAME_MISMATCH",
                    f"The {role} is {theirs_read.value} in the {file.label(other)} and {ours_read.value} "
                    f"in the {file.label(invoice)}.",
                    said(other, theirs_read),
                    said(invoice, ours_read),
                    subject=role,
                )
    return out


def entity_unidentified(file: File) -> Outcome:
    """A firm that sold or made the goods can be told who it is: an address or a registration number is given."""
    out = Outcome()
    seen: list[str] = []
    for paper in file.of("invoice", "production"):
        firm = file.one(paper, "seller", "holder", "manufacturer")
        if firm is None or any(file.same_firm(firm.value, name) is not False for name in seen):
            continue
        seen.append(firm.value)
        told = [_is_told(file, one, firm.value) for one in file.evidence]
        if True not in told and None in told:
            continue  # it may be told under a name in another script
        out.compared += 1
        if True not in told:
            out.alarm(
                "ENTITY_UNIDENTIFIED",
                f"No paper in the file gives an address or a registration number of {firm.value}.",
                said(paper, firm),
                subject=file.core_name(firm.value),
            )
    return out


def _is_told(file: File, paper: CasePaper, firm: str) -> bool | None:
    """Whether a paper gives an address or a registration number of the firm; None where that is open."""
    told: list[bool | None] = [False]
    for role, address in _ADDRESS.items():
        named = file.one(paper, role)
        if named and (paper.paper.one(address) or _registration(file, paper, role)):
            told.append(file.same_firm(named.value, firm))
    return True if True in told else None if None in told else False


def open_inquiry(file: File) -> Outcome:
    """Every question of CBP has its answer in the file, and none of the office's own is open."""
    out = Outcome()
    for paper in file.of("CBP_INQUIRY_LOG"):
        for number, line in paper.paper.lines():
            question = file.sure(line.get("question"))
            if question is None:
                continue
            out.compared += 1
            answer = line.get("answer")
            if answer is None or not answer.value.strip(" -/\u2014"):
                out.alarm(
                    "OPEN_INQUIRY",
                    f"Question {number} has no answer: {question.value}",
                    said(paper, question),
                    subject=question.value[:80],
                )
    for asked in file.chain.open_questions:
        out.compared += 1
        out.alarm("OPEN_INQUIRY", f"Asked by the office and not answered yet: {asked}", subject=asked[:80])
    return out


def audit_not_credible(file: File) -> Outcome:
    """An audit is by somebody else than the audited, and not in Xinjiang, where workers cannot speak freely."""
    out = Outcome()
    for paper in file.of("CREDIBLE_AUDIT"):
        where, firm, auditor = (file.one(paper, name) for name in ("address", "holder", "auditor"))
        if where:
            out.compared += 1
            if word := file.in_xinjiang(where.value):
                out.alarm(
                    "AUDIT_NOT_CREDIBLE",
                    f"The audited site is in Xinjiang ({word}).",
                    said(paper, where),
                    subject="site",
                )
        if firm and auditor:
            out.compared += 1
            if file.same_firm(firm.value, auditor.value):
                out.alarm(
                    "AUDIT_NOT_CREDIBLE",
                    f"{auditor.value} audited itself.",
                    said(paper, auditor),
                    said(paper, firm),
                    subject="auditor",
                )
    return out


def headcounts(file: File) -> Outcome:
    """The number of workers of a site is the same in papers of one date."""
    out = Outcome()
    told: dict[str, list[tuple[CasePaper, FieldRead]]] = defaultdict(list)
    for paper in file.of("labour", "PRODUCTION_CAPACITY_RECORD", "production"):
        firm, count = file.one(paper, "holder", "manufacturer"), file.one(paper, "headcount")
        day = file.day(paper)
        if firm and count and day:
            told[f"{file.core_name(firm.value)} {day[1]}"].append((paper, count))
    for key, places in told.items():
        for other in places[1:]:
            out.compared += 1
            first, second = places[0][1].value, other[1].value
            if number_key(first) != number_key(second):
                out.alarm(
                    "HEADCOUNT_DIFFERS",
                    f"{plain(Decimal(first)) if first.isdigit() else first} workers in one paper, {second} in another "
                    "of the same day.",
                    said(*places[0]),
                    said(*other),
                    subject=key,
                )
    return out
