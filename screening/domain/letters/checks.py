"""What a letter must contain before it is issued, checked by name; each check answers what is missing, or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from screening.domain.law.clocks import DAYS_TO_PROTEST, detention_clock
from screening.domain.letters.kinds import Form, Kind, Part

Contents = Mapping[str, Any]
Facts = Mapping[str, Any]
GAP = "____"  # what a draft puts where the case has no value


@dataclass(frozen=True, slots=True)
class Missing:
    """What stands in the way of issue: the part it belongs to (empty: the case itself), and what to do."""

    part: str
    label: str
    text: str
    provision: str = ""


def missing(kind: Kind, contents: Contents, facts: Facts) -> list[Missing]:
    """Everything required and missing. While the list is not empty the letter is not issued."""
    found = [Missing("", "The case", text) for name in kind.rests_on if (text := RESTS_ON[name](facts))]
    for part in kind.parts:
        for name in part.checks:
            if text := CHECKS[name](part, contents.get(part.code), contents, facts):
                found.append(Missing(part.code, part.label, text, part.provision))
                break
        else:
            if GAP in text_of(part, contents.get(part.code)):
                found.append(Missing(part.code, part.label, f"Fill in what stands as {GAP}.", part.provision))
    if wanted_by(kind):
        found += _not_decided(contents, facts)
    if not kind.is_paper:
        found += _names_others(kind, contents, facts)
    return found


def _not_decided(contents: Contents, facts: Facts) -> list[Missing]:
    """Lines that the decision does not speak of."""
    decided = (facts.get("decision") or {}).get("lines") or []
    others = [str(row["line"]) for row in contents.get("lines") or () if decided and row["line"] not in decided]
    if not others:
        return []
    return [Missing("lines", "Entry lines", f"The decision does not speak of line {', '.join(others)}: leave it out.")]


def _names_others(kind: Kind, contents: Contents, facts: Facts) -> list[Missing]:
    """Firms that another importer declared: the addressee may not learn of them."""
    found = []
    for part in kind.parts:
        text = text_of(part, contents.get(part.code))
        named = next((name for name in facts.get("secret", ()) if name in text), "")
        if named:
            say = f"It names “{named}”, which another importer declared: leave it out."
            found.append(Missing(part.code, part.label, say))
    return found


# --- checks of one content ----------------------------------------------------------------------------------------


def _filled(part: Part, value: Any, contents: Contents, facts: Facts) -> str:
    """There is something."""
    if part.form == Form.FINDING:
        return "" if value and value.get("verdict") else "Say whether the condition is met."
    if value and (not isinstance(value, str) or value.strip()):
        return ""
    return {
        Form.LINES: "Choose the entry lines it speaks of.",
        Form.EXHIBITS: "Choose the documents, each is named with its SHA-256.",
        Form.DATE: "Give the date.",
        Form.CHOICE: "Choose one.",
        Form.GROUNDS: "Choose the ground that applies.",
    }.get(part.form, "Fill it in.")


def _reasoned(part: Part, value: Any, contents: Contents, facts: Facts) -> str:
    """A finding on a condition has its reasons and the evidence it rests on."""
    lacking = [name for name in ("reasons", "evidence") if not (value or {}).get(name, "").strip()]
    return f"Give the {' and the '.join(lacking)}." if lacking else ""


def _not_past(part: Part, value: Any, contents: Contents, facts: Facts) -> str:
    day = _day(value)
    return "The day has passed." if day and day < facts["today"] else ""


def _not_future(part: Part, value: Any, contents: Contents, facts: Facts) -> str:
    day = _day(value)
    return "The day lies in the future." if day and day > facts["today"] else ""


def _after_presentation(part: Part, value: Any, contents: Contents, facts: Facts) -> str:
    """What befalls detained goods comes after they were presented."""
    day, detention = _day(value), facts.get("detention")
    if detention is None:
        return "No detention is on record: record when the goods were presented."
    if day and day < detention["presented_on"]:
        return f"The goods were presented on {in_words(detention['presented_on'])}, which is later."
    return ""


def _port_code(part: Part, value: Any, contents: Contents, facts: Facts) -> str:
    return "" if re.search(r"(?<!\d)\d{4}(?!\d)", value or "") else "Give the port's four digits (Schedule D)."


def _entry_number(part: Part, value: Any, contents: Contents, facts: Facts) -> str:
    is_one = re.fullmatch(r"[0-9A-Z]{3}-\d{7}-\d", (value or "").strip())
    return "" if is_one else "Give an entry number, for example 551-3518786-6."


def _speaks_of(*words: str, say: str) -> Check:
    """The text says what the law wants it to say, in one of these words each."""

    def check(part: Part, value: Any, contents: Contents, facts: Facts) -> str:
        text = (value or "").lower()
        return "" if all(re.search(word, text) for word in words) else say

    return check


def _as_on_record(part: Part, value: Any, contents: Contents, facts: Facts) -> str:
    """The letter bears the day that is on record in law, where one is."""
    recorded, day = (facts.get("on_record") or {}).get(part.code), _day(value)
    return f"On record is {in_words(recorded)}: use that day." if recorded and day and day != recorded else ""


def _protest_day(part: Part, value: Any, contents: Contents, facts: Facts) -> str:
    """The last day to protest follows from the exclusion; a deemed exclusion before it governs (cautious reading)."""
    day, excluded_on = _day(value), _day(contents.get("excluded_on"))
    if not day or not excluded_on:
        return ""
    right = protest_by(excluded_on, facts)
    return "" if day == right else f"It must be {in_words(right)}: 180 days from the exclusion."


def _within_180_days(part: Part, value: Any, contents: Contents, facts: Facts) -> str:
    filed_on, decided_on = _day(value), _day(contents.get("decided_on"))
    if not filed_on or not decided_on:
        return ""
    if filed_on < decided_on:
        return "A protest comes after the exclusion: check both dates."
    last = protest_by(decided_on, facts)
    return f"The last day was {in_words(last)}: the exclusion is final." if filed_on > last else ""


def _not_yet_due(part: Part, value: Any, contents: Contents, facts: Facts) -> str:
    day = _day(value)
    return "The request is past due: no more time can be asked for." if day and day < facts["today"] else ""


def _whole_days(part: Part, value: Any, contents: Contents, facts: Facts) -> str:
    text = (value or "").strip()
    return "" if text.isdecimal() and 0 < int(text) <= 365 else "Give a whole number of days."


def _one_record_per_stage(part: Part, value: Any, contents: Contents, facts: Facts) -> str:
    stages, records = len(contents.get("producers") or []), len(value or [])
    return "" if stages == records else f"{stages} stages are named and {records} records: name one for each."


def _follows_from_conditions(part: Part, value: Any, contents: Contents, facts: Facts) -> str:
    """All three conditions, or no exception: E1 and E2 are not cured by a strong E3."""
    verdicts = [(contents.get(code) or {}).get("verdict") for code in ("e1", "e2", "e3")]
    if value == "granted" and verdicts != ["met"] * 3:
        return "An exception needs all three conditions met."
    if value == "refused" and verdicts == ["met"] * 3:
        return "All three conditions are found met: say which is not, or grant it."
    return ""


def _as_decided(part: Part, value: Any, contents: Contents, facts: Facts) -> str:
    decision = facts.get("decision")
    wanted = {"exception_met": "granted", "exception_not_met": "refused"}.get((decision or {}).get("conclusion", ""))
    return "" if wanted in {None, value} else "It is not what the approved decision of the case says."


def _when(code: str, chosen: str, say: str) -> Check:
    """Required where another content has a certain value."""

    def check(part: Part, value: Any, contents: Contents, facts: Facts) -> str:
        return say if contents.get(code) == chosen and not (value or "").strip() else ""

    return check


def _confirmed(part: Part, value: Any, contents: Contents, facts: Facts) -> str:
    return "" if value else "A person must read it and confirm this."


def _nothing_confidential(part: Part, value: Any, contents: Contents, facts: Facts) -> str:
    """No firm, entry, document or lot of the record is named."""
    text = " ".join(value or []).lower()
    named = [word for word in facts.get("confidential", ()) if len(word) > 2 and word.lower() in text]
    return f"It names “{named[0]}”, which is confidential: leave it out." if named else ""


Check = Callable[[Part, Any, Contents, Facts], str]
CHECKS: dict[str, Check] = {
    "filled": _filled,
    "reasoned": _reasoned,
    "not_past": _not_past,
    "not_future": _not_future,
    "after_presentation": _after_presentation,
    "port_code": _port_code,
    "entry_number": _entry_number,
    "says_detained": _speaks_of(r"detain", say="Say that the goods are detained."),
    "says_detention_ends": _speaks_of(r"detention", r"end", say="Say that the detention ends."),
    "cites_the_law": _speaks_of(r"1307", r"sec(tion|\.)? ?3", say="Cite 19 U.S.C. 1307 and sec. 3 of the UFLPA."),
    "names_export": _speaks_of(r"export", say="Say that the goods may be exported."),
    "names_protest": _speaks_of(r"protest", r"180", say="Say that a protest may be filed within 180 days."),
    "names_petition": _speaks_of(r"petition", r"1618", say="Say that a petition may be filed (19 U.S.C. 1618)."),
    "says_identical": _speaks_of(r"identical|same", say="State that the chain is identical."),
    "on_its_face": _speaks_of(
        r"protest",
        r"exclusion",
        say="Say on its face that the protest concerns an exclusion (19 CFR 174.21(b)).",
    ),
    "as_on_record": _as_on_record,
    "protest_day": _protest_day,
    "within_180_days": _within_180_days,
    "not_yet_due": _not_yet_due,
    "whole_days": _whole_days,
    "one_record_per_stage": _one_record_per_stage,
    "follows_from_conditions": _follows_from_conditions,
    "as_decided": _as_decided,
    "when_proposed": _when("stage", "proposed", "A proposed action names the day until which objections are heard."),
    "when_denied": _when("decision", "denied", "A denial names the right to a civil action (19 CFR 174.30)."),
    "when_exported": _when("act", "export", "Needed where the goods are exported."),
    "confirmed": _confirmed,
    "nothing_confidential": _nothing_confidential,
}


# --- what the case itself must hold -------------------------------------------------------------------------------


# The conclusions of a decision that an act can rest on.
WANTED: dict[str, frozenset[str]] = {
    "adverse_decision": frozenset({"scope_not_rebutted", "exception_not_met"}),
    "favourable_decision": frozenset({"not_in_scope", "exception_met"}),
    "exception_decision": frozenset({"exception_met", "exception_not_met"}),
}


def wanted_by(kind: Kind) -> frozenset[str]:
    """The conclusions that a letter of this kind can rest on; none: it rests on no decision."""
    return frozenset().union(*(WANTED.get(name, frozenset()) for name in kind.rests_on))


def _decision(name: str, say: str) -> Callable[[Facts], str]:
    def check(facts: Facts) -> str:
        decision = facts.get("decision")
        if decision is None or decision["conclusion"] not in WANTED[name]:
            return say
        if decision["facts_changed"]:
            return "Facts changed since the decision: weigh the case again first."
        return ""

    return check


def _granted_determination(facts: Facts) -> str:
    is_granted = (facts.get("determination") or {}).get("determination") == "granted"
    return "" if is_granted else "No determination that grants an exception is issued in this case."


RESTS_ON: dict[str, Callable[[Facts], str]] = {
    "adverse_decision": _decision(
        "adverse_decision",
        "No approved decision says that the presumption stands: a second person must approve one first.",
    ),
    "favourable_decision": _decision(
        "favourable_decision",
        "No approved decision lets the goods in. A missing proof is never a release by default.",
    ),
    "exception_decision": _decision(
        "exception_decision", "No approved decision on an exception request is on record."
    ),
    "granted_determination": _granted_determination,
}


# --- days ---------------------------------------------------------------------------------------------------------


def protest_by(excluded_on: date, facts: Facts) -> date:
    """The last day to protest an exclusion: 180 days after it, or after day 30 where that came first (cautious)."""
    detention = facts.get("detention")
    if detention is None:
        return excluded_on + timedelta(days=DAYS_TO_PROTEST)
    presented_on: date = detention["presented_on"]
    return detention_clock(presented_on, excluded_on=max(excluded_on, presented_on)).protest_by


def in_words(day: date) -> str:
    """``20 December 2026``"""
    return f"{day.day} {day:%B %Y}"


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None


def text_of(part: Part, value: Any) -> str:
    """What a person wrote in a content; empty where it is chosen from the record."""
    if not value or part.form not in {Form.TEXT, Form.SHORT, Form.ITEMS, Form.FINDING}:
        return ""
    if part.form == Form.FINDING:
        return f"{value.get('reasons', '')}\n{value.get('evidence', '')}"
    return "\n".join(value) if part.form == Form.ITEMS else str(value)
