"""Letters made for tests by plain functions, past the services where only a row is needed."""

from datetime import date

from django.core.files.base import ContentFile
from django.utils import timezone

from screening.domain.letters.catalogue import KINDS
from screening.domain.letters.drafting import draft
from screening.models import Letter, LetterDraft
from screening.wording import wording


def make_draft(case, author, approver=None, *, kind="notice_of_detention", organization=None, contents=None):
    """A draft with its writer on record; approved where somebody is named who approves."""
    row = LetterDraft.objects.create(
        case=case,
        organization=organization or author.active_memberships[0].organization,
        kind=kind,
        contents=contents or {},
        author=author,
        author_person=author.person,
    )
    row.writings.create(author=author, author_person=author.person)
    if approver:
        row.state, row.approver, row.approver_person = LetterDraft.State.APPROVED, approver, approver.person
        row.approved_at = timezone.now()
        row.save()
    return row


def make_letter(case, author, approver=None, *, kind="notice_of_detention", number="", origin="issued", **fields):
    """A letter on record, of a draft that another person approved; what CBP issued has none."""
    number = number or f"L-2030-{Letter.objects.count() + 1:04}"
    if origin != "recorded":
        organization = case.importer if KINDS[kind].is_paper else None
        fields["draft"] = make_draft(
            case, author, approver, kind=kind, contents=fields.get("contents"), organization=organization
        )
    return Letter.objects.create(
        number=number,
        kind=kind,
        origin=origin,
        case=case,
        dated=timezone.localdate(),
        file=ContentFile(b"%PDF-1.7 example", name=f"{number}.pdf"),
        file_sha256="0" * 64,
        author=author,
        author_person=author.person,
        approver=approver,
        approver_person=approver.person if approver else None,
        issued_by=author,
        **fields,
    )


def letters_of(case, author, approver):
    """A draft of the office, a letter it issued, and a public report."""
    draft = make_draft(case, author)
    letter = make_letter(case, author, approver)
    report = make_letter(
        case, author, approver, kind="exception_report", contents={"goods": ["Yarn"], "evidence": ["Wage records"]}
    )
    return draft, letter, report


TODAY = date(2026, 11, 26)
MILL = "阿克苏示例纺织有限公司"


def facts(**changes):
    """A case as a letter is drafted from it: one line, one Chinese mill three steps up, a detention, two papers."""
    known = {
        "case": "2026-0041",
        "regime": "UFLPA",
        "today": TODAY,
        "office": "Example Office",
        "importer": {"name": "Example Imports LLC", "number": "12-345678900", "broker": "Example Brokers"},
        "lines": [
            {
                "entry": "551-3518786-6",
                "bill": "551-3518786-6",
                "line": 2,
                "description": "Cotton T-shirts",
                "hts": "6109100012",
                "origin": "VN",
                "quantity": "4800 no",
            }
        ],
        "grounds": ["LISTED_ENTITY"],
        "reasons": [f"Line 2 traces to {MILL}, which is Aksu Example Spinning, three steps upstream."],
        "detention": {
            "number": "D-77",
            "port": "1601 Charleston",
            "presented_on": date(2026, 11, 5),
            "detained_on": date(2026, 11, 12),
            "notice_by": date(2026, 11, 19),
            "last_day": date(2026, 12, 5),
            "deemed_on": date(2026, 12, 6),
            "source": "form 6051D",
        },
        "exclusion": {"on": date(2026, 11, 20), "is_express": True},
        "decision": decision("scope_not_rebutted"),
        "exhibits": [
            {"number": 1, "name": "发票 INV-8841.pdf", "sha256": "a1" * 32, "pages": 3},
            {"number": 2, "name": "payment.pdf", "sha256": "b2" * 32, "pages": 1},
        ],
        "chain": [
            {"step": 1, "name": "Example Garments JSC", "native_name": "", "stage": "garment maker", "country": "VN"},
            {"step": 3, "name": "Aksu Example Spinning", "native_name": MILL, "stage": "spinner", "country": "CN"},
        ],
        "request": {
            "asked_on": date(2026, 11, 13),
            "due_on": date(2026, 12, 1),
            "message": "",
            "items": ["Invoice of the spinner", "Proof of payment"],
            "open_items": ["Proof of payment"],
        },
        "protest": {"number": "1601-2026-100274", "filed_on": date(2026, 11, 21)},
        "determination": {"determination": "granted", "determined_on": "2026-11-25"},
        "secret": ["Hidden Mill Co., Ltd."],
        "confidential": ["Example Garments JSC", MILL, "551-3518786-6", "Example Imports LLC"],
    }
    return known | changes


def decision(conclusion, **changes):
    """The decision of a case, as the facts hold it."""
    known = {
        "id": 1,
        "pathway": "exception" if conclusion.startswith("exception") else "applicability",
        "pathway_words": "exception request",
        "conclusion": conclusion,
        "conclusion_words": "As decided",
        "grounds": ["LISTED_ENTITY"],
        "reasons": "Page 2 of exhibit 1 names the mill.",
        "recommended_reasons": "The lots do not tie.",
        "on": date(2026, 11, 24),
        "facts_changed": False,
        "judged": {
            code: {"verdict": "shown", "reason": f"{code} is shown.", "evidence": ["Exhibit 1, page 2"]}
            for code in ("E1", "E2", "E3")
        },
    }
    return known | changes


# The conclusion that the letter of a kind rests on, where it rests on one.
RESTS_ON = {"release_notice": "not_in_scope", "exception_determination": "exception_met"}
# What no case can say and a person writes.
WRITTEN = {
    "stage": "proposed",
    "action": "The entry is proposed to be refused.",
    "reasons": "The lots do not tie.",
    "decision": "denied",
    "reason": "The bank has not answered.",
    "days": "14",
    "prior_entry": "551-3518786-6",
    "records": ["BR-1", "BR-2"],
    "e1": "Our due diligence system, exhibit 1.",
    "e2": "The log of inquiries, exhibit 2.",
    "e3": "Rosters and wages, exhibit 1.",
    "protest_grounds": "The chain was shown.",
    "act": "export",
    "destination": "Busan",
    "carrier": "Example Line",
    "leaves_on": "2026-12-01",
    "no_secrets": {"by": "Ada Analyst", "on": "2026-11-26"},
}


def facts_for(kind):
    """The facts of a case in which a letter of this kind can go out."""
    conclusion = RESTS_ON.get(kind.code)
    return facts(decision=decision(conclusion)) if conclusion else facts()


def complete(kind, known=None):
    """The contents of a letter with everything that must be in it."""
    contents = draft(kind, known or facts_for(kind), wording(kind.code))
    for part in kind.parts:
        value = contents[part.code]
        is_empty = not value or value == {"verdict": "", "reasons": "", "evidence": ""}
        if part.code in WRITTEN and is_empty:
            contents[part.code] = WRITTEN[part.code]
    return contents
