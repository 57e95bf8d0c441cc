"""The head of a case: what it is, why it is held, how it stands, whose move it is and until when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from entities.domain.roles import Act
from entities.templatetags.ui import hts, script_lang
from screening.domain.law.clocks import DAYS_TO_DETERMINE
from screening.domain.law.uflpa import HELD
from screening.domain.pathways import Conclusion
from screening.domain.rules import steps_in_words
from screening.models import Case, Decision, Finding, Shipment
from screening.views.case_file import CaseFile
from screening.views.case_law import tone_of

LONG = 90  # letters of a description of goods that the head shows


def title_of(case: Case, shipments: Sequence[Shipment]) -> str:
    """What people call the case."""
    words = f"Case {case.number} · {case.importer}"
    if case.regime == Case.Regime.WRO:
        words = f"{case.get_regime_display()}: {words[:1].lower()}{words[1:]}"
    if not shipments:
        return words
    first = shipments[0]
    name = f"entry {first.entry_number}" if first.entry_number else first.label
    return f"{words} · {name}" + (f" and {len(shipments) - 1} more" if len(shipments) > 1 else "")


def reason_of(file: CaseFile) -> str:
    """The state and why, in one sentence; the firm or the listed entity is a link to its record."""
    case, lead = file.case, file.case.lead_finding
    state = "Held:" if file.held.is_held else "Flagged:"
    if case.stage == Case.Stage.CLOSED:
        state = f"{Conclusion(file.decision.conclusion).label}." if file.decision else "Decided:"
    if lead is None:
        return format_html("{} {}", state, case.opened_because)
    words = lead.headline
    target = ""
    if lead.listing is not None:
        target, name = reverse("listed-entity-detail", args=[lead.listing.entity_id]), lead.listing.name
    elif lead.supplier_id:
        target, name = reverse("supplier-detail", args=[lead.supplier_id]), lead.party_name
    if not target or name not in words:
        return format_html("{} {}", state, words)
    before, _, after = words.partition(name)
    return format_html('{} {}<a href="{}">{}</a>{}', state, before, target, name, after)


def standing_of(file: CaseFile) -> dict[str, str]:
    """How the goods stand in law, as a tag; without a detention, how far the office is."""
    held, clock = file.held, file.held.clock
    if not held.courses or held.lead is None:
        return {"value": file.case.stage, "label": file.case.get_stage_display(), "tone": ""}
    words = held.words
    if clock is not None and held.lead.standing.state in HELD and held.today <= clock.last_determination_day:
        words = f"{words}, day {clock.day(held.today)} of {DAYS_TO_DETERMINE}"
    return {"value": "law", "label": words, "tone": tone_of(held.lead.standing.state)}


def brief_of(file: CaseFile) -> list[dict[str, Any]]:
    """What a reader must know of the case at once: article, ground, party and steps upstream, whose move."""
    lead = file.case.lead_finding
    facts: list[dict[str, Any]] = [{"label": "Article", **_article(file, lead)}]
    if lead is not None:
        ground = lead.get_ground_display() if lead.ground else "none: it raises no presumption, a person must look"
        facts.append({"label": "Ground", "value": ground, "note": lead.basis})
        facts.append({"label": "Party", **_party(lead)})
    facts.append({"label": "Who must act", "value": whose_move(file)})
    return facts


def _article(file: CaseFile, lead: Finding | None) -> dict[str, Any]:
    """The goods that are flagged: line, words and tariff number."""
    numbers = lead.line_numbers if lead is not None else []
    wanted = lead.screening.shipment_id if lead is not None else None
    shipment = next((row for row in file.shipments if row.pk == wanted), next(iter(file.shipments), None))
    lines = list(shipment.lines.all()) if shipment else []
    line = next((row for row in lines if not numbers or row.number in numbers), None)
    if line is None or shipment is None:
        return {"value": shipment.label if shipment else "", "note": ""}
    more = f" and {len(numbers) - 1} more" if len(numbers) > 1 else ""
    codes = ", ".join(hts(code) for code in line.hts_codes[:2])
    goods = line.description if len(line.description) <= LONG else f"{line.description[: LONG - 1].rstrip()}…"
    return {
        "value": f"Line {line.number}{more}: {goods or 'goods not stated'}",
        "note": ", ".join(part for part in (f"HTS {codes}" if codes else "", shipment.label) if part),
    }


def _party(lead: Finding) -> dict[str, Any]:
    """The firm the finding is about, and how far it is from the importer."""
    if not lead.party_name:
        return {"value": lead.place_name or "none named", "note": ""}
    listed = lead.listing.name if lead.listing is not None and lead.listing.name != lead.party_name else ""
    steps = steps_in_words(lead.steps_upstream) if lead.steps_upstream else "on the shipment itself"
    grade = f"{lead.get_grade_display().lower()} path" if lead.grade else ""
    return {
        "value": lead.party_name,
        "lang": script_lang(lead.party_name),
        "url": reverse("supplier-detail", args=[lead.supplier_id]) if lead.supplier_id else "",
        "note": ", ".join(part for part in (steps, grade, f"on the list as {listed}" if listed else "") if part),
    }


def weakest_of(lead: Finding | None, shipments: Sequence[Shipment]) -> str:
    """What the path is worth, and how far the chain is known."""
    parts = []
    if lead is not None and lead.grade:
        parts.append(f"Path: {lead.get_grade_display().lower()}.")
    number = lead.line_numbers[0] if lead is not None and lead.line_numbers else None
    for shipment in shipments[:1] if lead is None else [s for s in shipments if s.pk == lead.screening.shipment_id]:
        for line in coverage_of(shipment):
            if number is None or line["line_number"] == number:
                parts.append(line["sentence"])
                break
    return " ".join(parts)


def coverage_of(shipment: Shipment) -> list[dict[str, Any]]:
    return shipment.latest_screening.coverage if shipment.latest_screening else []


def caveats_of(shipments: Iterable[Shipment]) -> list[str]:
    """What every result must be read with: an estimated date, an old list."""
    found = [text for row in shipments if row.latest_screening for text in row.latest_screening.caveats]
    return list(dict.fromkeys(found))


def changed_since(file: CaseFile) -> dict[str, str] | None:
    """Facts changed since somebody concluded on them."""
    case = file.case
    waiting = [row.label for row in file.shipments if not row.is_screened]
    if waiting:
        return {
            "kind": "info",
            "heading": "Being screened again",
            "text": f"{', '.join(waiting)} changed; a worker is screening it. The findings below are the ones before.",
        }
    if case.facts_changed_at is None:
        return None
    on = f"{timezone.localtime(case.facts_changed_at):%-d %B %Y}"
    why = "A shipment was screened again, or its papers changed or name a listed party they did not name before,"
    if case.stage == Case.Stage.CLOSED:
        return {
            "kind": "warning",
            "heading": "Facts changed since the decision",
            "text": f"{why} on {on}. The decision stands until the case is reopened.",
        }
    return {
        "kind": "warning",
        "heading": "Facts changed since the recommendation",
        "text": f"{why} on {on}. The recommendation can only be returned.",
    }


def whose_move(file: CaseFile) -> str:
    """Who must act next in the office's work, and who by the day the law sets."""
    case, due = file.case, file.held.due
    if case.stage == Case.Stage.AWAITING_EVIDENCE:
        now = str(case.importer)
    elif case.stage == Case.Stage.AWAITING_APPROVAL:
        now = "an approver"
    elif case.stage == Case.Stage.UNDER_REVIEW:
        now = case.assigned_to.full_name if case.assigned_to else "a reviewer"
    elif case.stage == Case.Stage.CLOSED:
        now = ""
    else:
        now = case.assigned_to.full_name if case.assigned_to else "the office: nobody has the case yet"
    law = f"{due.who} by law until {due.on:%-d %B %Y}" if due and due.who else ""
    law = law.replace("importer by", f"{case.importer} by", 1) if law.startswith("importer") else law
    return "; ".join(part for part in (now, law) if part) or "nobody"


def next_words(file: CaseFile) -> str:
    """Whose move it is."""
    case, importer = file.case, file.case.importer
    if file.second_look:
        return "a second look at what was decided, by a reviewer who had no hand in it."
    if case.stage == Case.Stage.OPEN and case.regime == Case.Regime.WRO:
        words = f"the office asks {importer} for the proof of 19 CFR 12.43."
        return words if file.has_members else f"{words} Nobody of {importer} has an account yet: invite someone."
    if case.stage == Case.Stage.OPEN:
        words = f"the office asks {importer} for evidence, or takes the case into review."
        return words if file.has_members else f"{words} Nobody of {importer} has an account yet: invite someone."
    if case.stage == Case.Stage.AWAITING_EVIDENCE:
        rows = [item for task in file.tasks if task.closed_at is None for item in task.items.all()]
        done = sum(item.state != item.State.OPEN for item in rows)
        words = f"the answer is with {importer}; {done} of {len(rows)} items are answered."
        return words if file.has_members else f"{words} Nobody of {importer} has an account: invite someone."
    if case.stage == Case.Stage.UNDER_REVIEW:
        begun = [row.summary for row in file.pathways if row.judged] or [row.summary for row in file.pathways[:1]]
        answer = getattr(file.recommendations[0], "decision", None) if file.recommendations else None
        returned = ""
        if answer is not None and answer.verdict == Decision.Verdict.RETURNED:
            returned = f"{answer.decided_by.full_name} returned the recommendation. "
        return f"{returned}A reviewer weighs the evidence{'; ' if begun else ''}{', '.join(begun)}."
    if case.stage == Case.Stage.AWAITING_APPROVAL and file.pending:
        return (
            f"an approver decides on the recommendation of {file.pending.recommended_by.full_name}: "
            f"{Conclusion(file.pending.conclusion).label}."
        )
    if file.held.due is not None:
        return f"the office has decided; in law the goods are not at the end of their way ({file.held.words.lower()})."
    return "nothing is due; the case is decided."


def acts_of(file: CaseFile) -> list[dict[str, Any]]:
    """The acts of this stage that this reader may do; the usual one first and filled."""
    case, may = file.case, file.user.has_perm
    if file.second_look:
        address = reverse("second-look", args=[file.second_look.pk])
        return [{"label": "Give the second look", "url": address, "primary": True}]
    stage = Case.Stage(case.stage)
    judged = [row for row in file.pathways if row.is_judged]
    rows: list[tuple[bool, str, str]] = []
    if stage == Case.Stage.AWAITING_APPROVAL:
        rows.append((True, "Decide" if may(Act.DECIDE) else "See what is put to the approver", "case-decide"))
    if stage == Case.Stage.UNDER_REVIEW:
        if judged and may(Act.RECOMMEND):
            rows.append((True, "Recommend", "case-recommend"))
        rows.append(
            (may(Act.ASSESS), "Judge the requirements" if may(Act.ASSESS) else "See the review", "case-review")
        )
    if stage in {Case.Stage.OPEN, Case.Stage.AWAITING_EVIDENCE, Case.Stage.UNDER_REVIEW} and may(Act.REQUEST_EVIDENCE):
        rows.append((True, "Ask for evidence", "case-request-evidence"))
    if stage in {Case.Stage.OPEN, Case.Stage.AWAITING_EVIDENCE} and may(Act.ASSESS):
        rows.append((True, "Take into review", "case-start-review"))
    if stage == Case.Stage.CLOSED and may(Act.OPEN_CASE):
        rows.append((False, "Reopen", "case-reopen"))
    acts = [
        {"label": label, "url": reverse(name, args=[case.pk]), "primary": is_usual and number == 0}
        for number, (is_usual, label, name) in enumerate(rows)
    ]
    return acts


def side_acts_of(file: CaseFile) -> list[dict[str, str]]:
    """What can be done at any stage."""
    case, may = file.case, file.user.has_perm
    if file.second_look:
        return []
    label = "Correct detention dates" if file.held.rows else "Record a detention"
    rows = [
        (Act.RECORD_DETENTION, label, "case-detention"),
        (Act.ASSIGN_CASE, "Assign", "case-assign"),
        (Act.INVITE_IMPORTER, "Invite the importer", "case-invite"),
        (Act.VIEW_DESK, "Letters", "case-letters"),
        (Act.VIEW_DESK, f"Messages ({file.unread} new)" if file.unread else "Messages", "case-messages"),
    ]
    return [{"label": label, "url": reverse(name, args=[case.pk])} for act, label, name in rows if may(act)]
