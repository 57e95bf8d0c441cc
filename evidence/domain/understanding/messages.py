"""Bank messages: MT103 by its tags, as SWIFT's standard for customer transfers lays them down."""

from __future__ import annotations

import re

from evidence.domain.papers import FieldRead, PaperRead, Place
from evidence.domain.understanding import normalise as norm
from evidence.domain.understanding.layout import Sheet

_TAG = re.compile(r"(?m)^\s*:(\d{2}[A-Z]?):\s*")
_MESSAGE = re.compile(r"(?m)^\s*:20:\s*\S")


def is_mt103(text: str) -> bool:
    """Whether a text holds customer transfers in tags."""
    return bool(_MESSAGE.search(text) and re.search(r"(?m)^\s*:32A:\s*\d{6}[A-Z]{3}[\d,]+", text))


def read_messages(sheet: Sheet) -> list[PaperRead]:
    """Each transfer of a page as a paper of its own: reference, value date, currency, amount, who pays whom."""
    text = sheet.page.text
    starts = [match.start() for match in _MESSAGE.finditer(text)]
    papers = []
    for number, start in enumerate(starts):
        part = text[start : starts[number + 1] if number + 1 < len(starts) else len(text)]
        fields = _fields(part, sheet)
        if any(one.name == "total" for one in fields):
            page = sheet.page.number
            papers.append(
                PaperRead(
                    "PROOF_OF_PAYMENT", page, page, tuple(fields), False, 0.97, ("a SWIFT message MT103, by its tags",)
                )
            )
    return papers


def _fields(part: str, sheet: Sheet) -> list[FieldRead]:
    tags: dict[str, str] = {}
    matches = list(_TAG.finditer(part))
    for place, match in enumerate(matches):
        end = matches[place + 1].start() if place + 1 < len(matches) else len(part)
        value = re.split(r"(?m)^\s*-\}", part[match.end() : end])[0].strip()
        tags.setdefault(match.group(1), value)
    found: list[FieldRead] = []

    def say(name: str, value: str, text: str) -> None:
        if value:
            found.append(FieldRead(name, value[:500], text[:500], _place(sheet, text), 0.97))

    reference = tags.get("20", "").split("\n")[0].strip()
    say("document_number", reference, reference)
    if amounts := re.match(r"(\d{6})([A-Z]{3})([\d,.]+)", tags.get("32A", "")):
        day, currency, amount = amounts.groups()
        say("date", norm.iso_date(day[:2], day[2:4], day[4:6]), amounts.group())
        say("currency", currency, amounts.group())
        say("total", norm.number_of(amount.replace(",", ".").rstrip(".")), amounts.group())
    for name, options in (("payer", ("50K", "50F", "50A", "50")), ("payee", ("59", "59F", "59A"))):
        for tag in options:
            if tag in tags:
                account, party = _party(tags[tag])
                say(name, norm.name_of(party), party)
                if name == "payee" and account.strip("0"):
                    found.append(
                        FieldRead(
                            "bank_account", norm.masked(account), norm.masked(account), _place(sheet, account), 0.95
                        )
                    )
                break
    remittance = " ".join(tags.get("70", "").split())
    say("reference", remittance[:200], tags.get("70", "").split("\n")[0])
    return found


def _party(text: str) -> tuple[str, str]:
    """The account and the name of a party field; lines of option F begin with their number."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    account = lines.pop(0).lstrip("/") if lines and lines[0].startswith("/") else ""
    names = [re.sub(r"^1/", "", line) for line in lines if not re.match(r"[2-9]/", line)]
    return account, names[0] if names else ""


def _place(sheet: Sheet, text: str) -> Place:
    for piece in sheet.pieces:
        at = piece.text.find(text.split("\n")[0].strip() or "\0")
        if at >= 0:
            return piece.place(at, at + len(text))
    return Place(sheet.page.number)
