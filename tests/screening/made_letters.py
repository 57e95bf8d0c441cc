"""Letters made for tests by plain functions, past the services where only a row is needed."""

from django.core.files.base import ContentFile
from django.utils import timezone

from screening.models import Letter, LetterDraft


def make_letter(case, author, approver=None, *, kind="notice_of_detention", number="", origin="issued", **fields):
    """A letter on record."""
    number = number or f"L-2030-{Letter.objects.count() + 1:04}"
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
    office = author.active_memberships[0].organization
    draft = LetterDraft.objects.create(
        case=case,
        organization=office,
        kind="notice_of_detention",
        author=author,
        author_person=author.person,
        writers=[author.person_id],
    )
    letter = make_letter(case, author, approver)
    report = make_letter(
        case, author, approver, kind="exception_report", contents={"goods": ["Yarn"], "evidence": ["Wage records"]}
    )
    return draft, letter, report
