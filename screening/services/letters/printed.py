"""The words of a letter in the order in which they are printed: head, references, sections, who wrote it."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from screening.domain.letters.catalogue import PUBLIC_PARTS
from screening.domain.letters.checks import in_words
from screening.domain.letters.printing import sections
from screening.models import LetterDraft
from screening.wording import letterhead

Facts = dict[str, Any]


def printed(row: LetterDraft, facts: Facts, *, is_draft: bool) -> dict[str, Any]:
    """Everything that is printed but the line of record. A public report is made from the allow-list alone."""
    about = row.about
    contents = row.contents
    if about.is_public:
        contents = {code: contents[code] for code in PUBLIC_PARTS if code in contents}
    return {
        "title": about.title,
        "letterhead": _letterhead(row, facts),
        "date": in_words(facts["today"]),
        "to": [] if about.is_public else _addressee(row, facts),
        "refs": [] if about.is_public else _references(row, facts),
        "sections": sections(about, contents),
        "signed": [] if about.is_public or is_draft else _signed(row),
        "provision": about.provision,
        "is_demonstration": settings.DEMO,
        "is_draft": is_draft,
    }


def _letterhead(row: LetterDraft, facts: Facts) -> dict[str, Any]:
    if row.about.is_paper:
        importer = facts["importer"]
        lines = [f"Importer number {importer['number']}"] if importer["number"] else []
        return {"name": importer["name"], "lines": lines, "contact": ""}
    head = letterhead()
    return {"name": head["name"] or facts["office"], "lines": list(head["lines"]), "contact": head["contact"]}


def _addressee(row: LetterDraft, facts: Facts) -> list[str]:
    if row.about.is_paper:
        return [row.contents["addressee"]] if row.contents.get("addressee") else []
    number = facts["importer"]["number"]
    return [
        facts["importer"]["name"],
        *([f"Importer of record, number {number}"] if number else ["Importer of record"]),
    ]


def _references(row: LetterDraft, facts: Facts) -> list[list[str]]:
    chosen = row.contents.get("lines") or facts["lines"]
    entries = dict.fromkeys(line["entry"] or line["bill"] for line in chosen)
    found = [["Case", facts["case"]]]
    if entries:
        found.append(["Entry", ", ".join(entries)])
    detention = facts.get("detention")
    if detention and detention["port"] and not any(part.code == "port" for part in row.about.parts):
        found.append(["Port", detention["port"]])
    return found


def _signed(row: LetterDraft) -> list[list[str]]:
    found = [["Prepared by", row.author_person.full_name]]
    if row.approver_person:
        found.append(["Approved by", row.approver_person.full_name])
    return found
