"""What an importer reads of its case and its papers: short sentences without the office's terms.

The office's own words for the same things stand in the models. What is said of the law follows the handbook's
sections on the two pathways and on the clocks of a detention.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from evidence.domain.media import BY_CODE
from evidence.models import Document, Exhibit
from screening.domain.law.clocks import DetentionClock
from screening.domain.pathways import OUTCOMES, Conclusion
from screening.models import Answer, Case, Shipment, Task, TaskItem
from screening.timeline import Held

# What a case rests on, by its regime.
LAWS: dict[str, str] = {
    Case.Regime.UFLPA: (
        "US law presumes that goods made wholly or partly in Xinjiang, or by a company on a federal list, are made "
        "with forced labour. Such goods may not enter the United States unless the importer shows that the law does "
        "not apply to them, or qualifies for an exception (Uyghur Forced Labor Prevention Act, sec. 3)."
    ),
    Case.Regime.WRO: (
        "CBP ordered that these goods be withheld, because information indicates that they are made with forced "
        "labour (19 U.S.C. 1307). The importer has three months after importation to prove the contrary: a "
        "certificate of origin signed by the foreign seller, and a detailed statement (19 CFR 12.43)."
    ),
}

# Tag and words, for each stage of the office's work.
STAGES: dict[str, tuple[str, str]] = {
    Case.Stage.OPEN: ("open", "The office is looking at it"),
    Case.Stage.AWAITING_EVIDENCE: ("review", "Waiting for you"),
    Case.Stage.UNDER_REVIEW: ("under_review", "The office is checking your papers"),
    Case.Stage.AWAITING_APPROVAL: ("under_review", "The office is deciding"),
    Case.Stage.CLOSED: ("closed", "Decided"),
}

CONCLUSIONS: dict[str, str] = {
    Conclusion.NOT_IN_SCOPE: "You showed that these goods have no link to Xinjiang or to a listed company. "
    "The presumption does not apply to them.",
    Conclusion.SCOPE_NOT_REBUTTED: "It is not shown that these goods have no link to Xinjiang or to a listed company. "
    "The presumption stands: they may not enter.",
    Conclusion.EXCEPTION_MET: "You showed all three conditions of an exception. The goods may enter under it.",
    Conclusion.EXCEPTION_NOT_MET: "The three conditions of an exception are not all shown. "
    "The presumption stands: the goods may not enter.",
    Conclusion.PROTEST_ALLOWED: "Your protest is allowed: the goods should not have been excluded. They may enter.",
    Conclusion.PROTEST_DENIED: "Your protest is denied: the exclusion stands. You can go to the Court of "
    "International Trade within 180 days after the notice was mailed.",
    Conclusion.PROOF_ACCEPTED: "Your proof is accepted: these goods are outside the order. They may enter.",
    Conclusion.PROOF_NOT_ACCEPTED: "Your proof is not accepted: the order stands, and the goods may not enter.",
}

FAVOURABLE = frozenset(one.conclusion for one in OUTCOMES.values() if one.is_favourable)


@dataclass(frozen=True, slots=True)
class PaperState:
    """How far a paper is: a tag, and what there is to say about it."""

    tone: str
    label: str
    detail: str = ""
    remedy: str = ""
    is_pending: bool = False
    is_refused: bool = False


def paper_state(document: Document) -> PaperState:
    """Whether a paper is being read, is read, or cannot be read, why, and what to do."""
    if document.state == Document.State.QUEUED:
        job = document.job
        if job is not None and job.state == job.State.RUNNING:
            far = f", {job.progress_done} of {pages_words(job.progress_total)}" if job.progress_total else ""
            return PaperState("active", f"Being read{far}", is_pending=True)
        return PaperState("wait", "Received, waiting to be read", is_pending=True)
    if document.state == Document.State.READ:
        label = f"Read, {pages_words(document.page_count)}"
        return PaperState("done", label, document.problem, document.remedy)
    if document.state == Document.State.NO_TEXT:
        return PaperState("note", f"Received, {pages_words(document.page_count)}", document.problem, document.remedy)
    return PaperState("failed", "Cannot be read", document.problem, document.remedy, is_refused=True)


def pages_words(count: int) -> str:
    return "1 page" if count == 1 else f"{count:,} pages"


def kind_words(mime: str) -> str:
    """The kind of a file as people call it."""
    return next((media.label for media in BY_CODE.values() if media.mime == mime), "")


@dataclass(slots=True)
class Asked:
    """One thing asked for, and what was sent as an answer to it."""

    item: TaskItem
    exhibits: list[Exhibit] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    @property
    def is_sent(self) -> bool:
        """It was answered in words, or something was sent that at least a person can read."""
        return bool(self.answers) or any(exhibit.document.state != Document.State.REFUSED for exhibit in self.exhibits)


@dataclass(slots=True)
class Request:
    """What the office asks, item by item, until when."""

    task: Task
    items: list[Asked]

    @property
    def sent(self) -> int:
        return sum(item.is_sent for item in self.items)

    @property
    def missing(self) -> list[Asked]:
        return [item for item in self.items if not item.is_sent]


def requests_of(tasks: Sequence[Task], exhibits: Sequence[Exhibit]) -> list[Request]:
    """The open requests of a case as checklists."""
    return [
        Request(
            task,
            [
                Asked(item, [one for one in exhibits if one.task_item_id == item.pk], list(item.answers.all()))
                for item in task.items.all()
                if item.state != TaskItem.State.WITHDRAWN
            ],
        )
        for task in tasks
        if task.closed_at is None
    ]


def is_held(case: Case, held: Held) -> bool:
    return held.is_held and case.stage != Case.Stage.CLOSED


def title_of(case: Case, shipments: Sequence[Shipment], held: Held, *, is_own: bool) -> str:
    """`Your shipment 551-3518786-6 is held`; a broker reads whose it is."""
    whose = "Your" if is_own else f"{case.importer}:"
    named = shipments[0].label if shipments else case.number
    one = len(shipments) < 2
    what = f"shipment {named}" if one else f"{len(shipments)} shipments, {named} and others,"
    if case.stage == Case.Stage.CLOSED:
        return f"{whose} {what.rstrip(',')}: decided"
    stands = "held" if is_held(case, held) else "being checked"
    return f"{whose} {what} {'is' if one else 'are'} {stands}"


def state_of(case: Case, requests: Sequence[Request]) -> str:
    """How the case stands, in one sentence."""
    if case.stage == Case.Stage.AWAITING_EVIDENCE and requests:
        missing, total = sum(len(one.missing) for one in requests), sum(len(one.items) for one in requests)
        if not missing:
            return "You sent something for everything that was asked. Say when you have sent what you can."
        things = "thing" if total == 1 else "things"
        return f"The office needs papers from you: {missing} of {total} {things} still to send."
    return {
        Case.Stage.OPEN: "An officer is looking at it. Nothing is asked of you yet.",
        Case.Stage.AWAITING_EVIDENCE: "The office waits for papers from you.",
        Case.Stage.UNDER_REVIEW: "An officer is checking the papers on file. Nothing is asked of you now.",
        Case.Stage.AWAITING_APPROVAL: "The papers are checked; a second person decides. Nothing is asked of you now.",
        Case.Stage.CLOSED: "The office has decided. The decision and its reasons stand below.",
    }[Case.Stage(case.stage)]


def next_step_of(case: Case, requests: Sequence[Request]) -> str:
    """What the importer does next, as a short instruction; empty where nothing is to do."""
    if case.stage != Case.Stage.AWAITING_EVIDENCE or not requests:
        return ""
    missing = [item for request in requests for item in request.missing]
    if not missing:
        return "Say that you have sent what you can"
    more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
    return f"Send: {missing[0].item.text}{more}"


@dataclass(frozen=True, slots=True)
class Way:
    """Something an importer can do about a held shipment."""

    name: str
    text: str
    provision: str


def ways_of(case: Case, clock: DetentionClock | None, decided: str = "") -> list[Way]:
    """What can be done, in the order in which importers mostly do it; after a decision, what is left."""
    if decided in FAVOURABLE:
        return []
    export = Way(
        "Export the goods", "As long as they are not seized they may leave again; they do not enter then.", ""
    )
    if case.regime == Case.Regime.WRO:
        proof = Way(
            "Prove that no forced labour was used",
            "Send the certificate of origin signed by the foreign seller, and your detailed statement of how each "
            "step was checked, within three months after importation.",
            "19 CFR 12.43",
        )
        return [proof, export]
    until = f" If no decision comes, the last day is {clock.protest_by:%-d %B %Y}." if clock and not decided else ""
    show = Way(
        "Show that the goods are outside the law",
        "No input from Xinjiang and no listed company at any step. For every step from raw material to finished "
        "goods, send the order, the invoice, the proof of payment, the transport paper and the production record, "
        "so that they tie together by party, lot, date and quantity.",
        "applicability review",
    )
    rest = [
        Way(
            "Ask for an exception",
            "If there is such a link: show by clear and convincing evidence that no forced labour was used, that you "
            "followed the guidance for importers, and that you answered every question. All three are needed.",
            "UFLPA sec. 3(b)",
        ),
        export,
        Way("Protest", f"After an exclusion you can protest within 180 days.{until}", "19 U.S.C. 1514(c)(3)"),
    ]
    return rest if decided else [show, *rest]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of what happens next."""

    text: str
    is_current: bool = False


def steps_of(case: Case) -> list[Step]:
    """The way of a case from here on."""
    order = [
        Case.Stage.OPEN,
        Case.Stage.AWAITING_EVIDENCE,
        Case.Stage.UNDER_REVIEW,
        Case.Stage.AWAITING_APPROVAL,
        Case.Stage.CLOSED,
    ]
    words = {
        Case.Stage.OPEN: "An officer looks at the shipment and asks you for what is needed, by e-mail and here.",
        Case.Stage.AWAITING_EVIDENCE: "You send the papers and say when you have sent what you can.",
        Case.Stage.UNDER_REVIEW: "An officer checks each paper against what the law asks. You may be asked again.",
        Case.Stage.AWAITING_APPROVAL: "A second person decides, not the one who checked.",
        Case.Stage.CLOSED: "You find the decision and its reasons on this page.",
    }
    now = order.index(Case.Stage(case.stage))
    return [Step(words[stage], index == now) for index, stage in enumerate(order) if index >= min(now, 3)]


def dates_of(case: Case, held: Held, requests: Sequence[Request]) -> list[dict[str, Any]]:
    """The dates that matter to the importer, today among them."""
    clock, today = held.clock, held.today
    line: list[dict[str, Any]] = [
        {
            "on": request.task.due_on,
            "label": "Send papers",
            "kind": "late" if request.task.due_on < today else "task",
            "note": "set by the office, not by law",
        }
        for request in requests
    ]
    if clock is not None and held.is_held:
        line.append({"on": clock.presented_on, "label": "Goods shown to customs", "kind": "past", "note": ""})
        line += _statutory(clock, today)
    if not line:
        return []
    line.append({"on": today, "label": "Today", "kind": "today", "note": ""})
    return sorted(line, key=lambda day: (day["on"], day["kind"] != "past", day["kind"] != "today"))


def _statutory(clock: DetentionClock, today: date) -> list[dict[str, Any]]:
    if today <= clock.last_determination_day:
        return [
            {
                "on": clock.last_determination_day,
                "label": "Last day for a decision",
                "kind": "statutory",
                "note": "then the goods count as excluded: 19 U.S.C. 1499(c)(5)(A)",
            }
        ]
    days = [
        {"on": clock.protest_by, "label": "Last day to protest", "kind": "statutory", "note": "19 U.S.C. 1514(c)(3)"}
    ]
    if clock.deemed_excluded_on is not None:
        note = "no decision in 30 days: 19 U.S.C. 1499(c)(5)(A)"
        days.append({"on": clock.deemed_excluded_on, "label": "Goods count as excluded", "kind": "late", "note": note})
    return days
