"""Points of the rubric that the record itself shows, before anybody weighs it."""

from __future__ import annotations

from evidence.models import Document, Page, PaperCheck
from evidence.services.alarms import dismissed
from evidence.services.translations import untranslated
from screening.models import Case

NAMED = 3
AUDIT_MARKS = {"site": "xinjiang_audit", "auditor": "self_serving"}  # by what is not credible of an audit


def seen_against(case: Case) -> dict[str, str]:
    """By point of the rubric: what the system sees in the papers of a case, in a sentence."""
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
    return found | _of_audits(case)


def _of_audits(case: Case) -> dict[str, str]:
    """What the papers say of audits held in Xinjiang, or by the audited, unless a person set it aside."""
    check = PaperCheck.objects.filter(case=case).first()
    set_aside = dismissed(case)
    return {
        AUDIT_MARKS[alarm["subject"]]: alarm["sentence"]
        for alarm in (check.content.get("alarms", ()) if check else ())
        if alarm["code"] == "AUDIT_NOT_CREDIBLE" and alarm["fingerprint"] not in set_aside
    }


def _names(files: list[str]) -> str:
    more = f" and {len(files) - NAMED} more" if len(files) > NAMED else ""
    return ", ".join(files[:NAMED]) + more
