"""Points of the rubric that the record itself shows, before anybody weighs it."""

from __future__ import annotations

from evidence.models import Document, Page
from evidence.services.translations import untranslated
from screening.models import Case, Finding

NAMED = 3


def seen_against(case: Case) -> dict[str, str]:
    """By point of the rubric: what the system sees in the papers and findings of a case, in a sentence."""
    found: dict[str, str] = {}
    papers = Document.objects.filter(exhibits__case=case)
    silent = Page.objects.filter(document__in=papers, has_text=False, is_blank=False, text="")
    unread = silent.exclude(document__state=Document.State.OCR).count()
    closed = papers.filter(state__in=[Document.State.NO_TEXT, Document.State.REFUSED])
    if unread or closed.exists():
        names = _names(list(closed.values_list("file_name", flat=True)))
        parts = [f"{unread} page{'s have' if unread != 1 else ' has'} no text a machine could read"] if unread else []
        parts += [f"{names} cannot be read"] if names else []
        found["unreadable"] = f"{' and '.join(parts)}."
    foreign = papers.filter(needs_translation=True)
    without = untranslated(foreign.values_list("pk", flat=True))
    if without:
        untold = list(foreign.filter(pk__in=without).values_list("file_name", flat=True))
        found["untranslated"] = f"{_names(untold)}: in another language, without a translation."
    audits = Finding.objects.filter(screening__in=case.shipments.values("latest_screening"), rule="AUDIT_IN_XINJIANG")
    if (audit := audits.first()) is not None:
        found["xinjiang_audit"] = audit.headline
    return found


def _names(files: list[str]) -> str:
    more = f" and {len(files) - NAMED} more" if len(files) > NAMED else ""
    return ", ".join(files[:NAMED]) + more
