"""Points of the rubric that the record itself shows, before anybody weighs it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from evidence.models import Document, Page, PaperCheck
from evidence.services.alarms import dismissed
from evidence.services.translations import untranslated
from screening.models import Case

NAMED = 3
PLACES = 4
HEAVIEST_FIRST = ("high", "medium", "low")
KIND_MARKS = {"contradiction": "contradiction", "arithmetic": "contradiction", "gap": "gap"}
OF_OTHER_MARKS = {"ILLEGIBLE", "UNTRANSLATED"}  # told by page above
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
    return found | _of_alarms(case)


def _of_alarms(case: Case) -> dict[str, str]:
    """What the latest check says that no person set aside: contradictions and gaps with the places that show them, and
    audits held in Xinjiang or by the audited."""
    check = PaperCheck.objects.filter(case=case).first()
    set_aside = dismissed(case)
    by_mark: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for alarm in check.content.get("alarms", ()) if check else ():
        if alarm["fingerprint"] not in set_aside and (mark := _mark_of(alarm)):
            by_mark[mark].append(alarm)
    return {mark: _said(sorted(alarms, key=_weight)) for mark, alarms in by_mark.items()}


def _mark_of(alarm: dict[str, Any]) -> str | None:
    if alarm["code"] == "AUDIT_NOT_CREDIBLE":
        return AUDIT_MARKS[alarm["subject"]]
    return None if alarm["code"] in OF_OTHER_MARKS else KIND_MARKS[alarm["kind"]]


def _weight(alarm: dict[str, Any]) -> int:
    return HEAVIEST_FIRST.index(alarm["weight"])


def _said(alarms: list[dict[str, Any]]) -> str:
    """The weightiest in their own words, each with its places as the list names them, and how many more there are."""
    sentences = list(dict.fromkeys(_with_places(one) for one in alarms))
    more = len(sentences) - NAMED
    return " ".join([*sentences[:NAMED], *([f"And {more} more stand open."] if more > 0 else [])])


def _with_places(alarm: dict[str, Any]) -> str:
    places = list(dict.fromkeys(f"{one['exhibit']}-{one['page']}" for one in alarm["says"]))
    shown = ", ".join(places[:PLACES]) + (", …" if len(places) > PLACES else "")
    return f"{alarm['sentence']} ({shown})" if places else str(alarm["sentence"])


def _names(files: list[str]) -> str:
    more = f" and {len(files) - NAMED} more" if len(files) > NAMED else ""
    return ", ".join(files[:NAMED]) + more
