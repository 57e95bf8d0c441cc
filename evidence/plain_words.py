"""What an importer reads of its case and its papers: short sentences without the office's terms.

The office's own words for the same things stand in the models. What is said of the law follows the handbook's
sections on the two pathways and on the clocks of a detention.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from evidence.domain.media import BY_CODE
from evidence.legal_words import UNDETERMINED, next_by_law, standings_of
from evidence.models import Document, Exhibit
from screening.domain.law.states import Kind
from screening.domain.pathways import OUTCOMES, Conclusion
from screening.laws import LAWS as SYSTEM
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

# The day of the law that comes next, as an importer is told it.
DAYS = {
    "decide_by": "Customs releases or detains",
    "last_determination_day": "Last day for a decision",
    "protest_by": "Last day to protest",
    "protest_deemed_denied_on": "Your protest is decided by",
    "summons_by": "Last day to go to court",
    "prove_by": "Last day for your proof",
    "abandoned_on": "Counts as abandoned",
    "report_exception_by": "Report published by",
}

BY_LAW = {Kind.DEEMED_EXCLUDED: "Goods count as excluded", Kind.PROTEST_DEEMED_DENIED: "Protest counts as denied"}
ACTS = {Kind.EXCLUDED: "Excluded by CBP", Kind.PROTEST_FILED: "You protested", Kind.PROTEST_DENIED: "Protest denied"}

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
    if document.state == Document.State.OCR:
        job = document.job
        far = (
            f"{job.progress_done} of {pages_words(job.progress_total)} looked at" if job and job.progress_total else ""
        )
        if job is not None and job.state == job.State.RUNNING:
            return PaperState(
                "active", f"Pictures of pages are being read{f', {far}' if far else ''}", is_pending=True
            )
        return PaperState("wait", "Received; pictures of pages wait to be read", is_pending=True)
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
    named = shipments[0].label.removeprefix("shipment ") if shipments else case.number
    one = len(shipments) < 2
    what = f"shipment {named}" if one else f"{len(shipments)} shipments, {named} and others,"
    words = {standing.said.word for standing in standings_of(held)}
    if len(words) > 1:
        return f"{whose} {what} {'stands' if one else 'stand'} differently line by line"
    if words and not (case.stage == Case.Stage.CLOSED and held.is_held and words == {"held"}):
        return f"{whose} {what} {'is' if one else 'are'} {words.pop()}"
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
        Case.Stage.OPEN: "An officer is looking at it. The office asks nothing of you yet.",
        Case.Stage.AWAITING_EVIDENCE: "The office waits for papers from you.",
        Case.Stage.UNDER_REVIEW: "An officer is checking the papers on file. The office asks nothing of you now.",
        Case.Stage.AWAITING_APPROVAL: "The papers are checked; a second person decides. The office asks nothing now.",
        Case.Stage.CLOSED: "The office has decided.",
    }[Case.Stage(case.stage)]


def move_by_law(held: Held) -> str:
    """The importer's own day by law, where the next one is its own; empty where CBP must act."""
    due = held.due
    if due is None or due.who != "importer":
        return ""
    label = DAYS.get(due.code, due.label)
    return f"By law the next step is yours: {label[:1].lower()}{label[1:]}, {due.on:%-d %B %Y}."


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
    has_day: bool = False  # told with its last day


UFLPA_WAYS = (
    Kind.APPLICABILITY_FILED,
    Kind.EXCEPTION_FILED,
    Kind.EXPORTED,
    Kind.DISPOSAL_NOTICED,
    Kind.PROTEST_FILED,
)
ORDER_WAYS = (Kind.PROOF_FILED, Kind.EXPORTED, Kind.DISPOSAL_NOTICED)
WAYS: dict[Kind, Way] = {
    Kind.PROOF_FILED: Way(
        "Prove that no forced labour was used",
        "Send the certificate of origin signed by the foreign seller, and your detailed statement of how each "
        "step was checked, within three months after importation.",
        "19 CFR 12.43",
    ),
    Kind.APPLICABILITY_FILED: Way(
        "Show that the goods are outside the law",
        "No input from Xinjiang and no listed company at any step. For every step from raw material to finished "
        "goods, send the order, the invoice, the proof of payment, the transport paper and the production record, "
        "so that they tie together by party, lot, date and quantity.",
        "applicability review",
    ),
    Kind.EXCEPTION_FILED: Way(
        "Ask for an exception",
        "If there is such a link: show by clear and convincing evidence that no forced labour was used, that you "
        "followed the guidance for importers, and that you answered every question. All three are needed.",
        "UFLPA sec. 3(b)",
    ),
    Kind.EXPORTED: Way(
        "Export the goods", "As long as they are not seized they may leave again; they do not enter then.", ""
    ),
    Kind.DISPOSAL_NOTICED: Way(
        "Give the goods up",
        "Tell CBP in a notice that you abandon them. They stay held until they are destroyed under supervision.",
        "19 CFR 158.43",
    ),
    Kind.PROTEST_FILED: Way(
        "Protest", "After an exclusion you can protest within 180 days.", "19 U.S.C. 1514(c)(3)", has_day=True
    ),
    Kind.SUMMONS_FILED: Way(
        "Go to court", "File a summons at the Court of International Trade.", "19 CFR 174.31", has_day=True
    ),
    Kind.PETITION_FILED: Way("File a petition", "Ask CBP to give the goods back.", "19 U.S.C. 1618"),
}


def ways_of(case: Case, held: Held, decided: str = "") -> list[Way]:
    """What can be done now, in the order in which importers mostly do it; after a decision, what is left.

    Once goods are detained these are the acts the law knows in the state they are in.
    """
    if decided in FAVOURABLE:
        return []
    law, clock = SYSTEM[case.regime], held.clock
    until = f" If no decision comes, the last day is {clock.protest_by:%-d %B %Y}." if clock and not decided else ""
    if held.courses:
        kinds = {kind for course in held.courses for kind in law.possible(course.standing)}
        if held.due is not None and held.due.code in {"protest_by", "abandoned_on", "summons_by"}:
            until = f" The last day is {held.due.on:%-d %B %Y}."
        if Kind.EXCLUDED in kinds and case.regime == Case.Regime.UFLPA:
            kinds.add(Kind.PROTEST_FILED)  # may come yet
    else:
        kinds = set(ORDER_WAYS if case.regime == Case.Regime.WRO else UFLPA_WAYS)
    if decided:
        kinds.discard(Kind.APPLICABILITY_FILED)
    return [
        Way(way.name, f"{way.text}{until}" if way.has_day else way.text, way.provision)
        for kind, way in WAYS.items()
        if kind in kinds
    ]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of what happens next."""

    text: str
    is_current: bool = False


def steps_of(case: Case, held: Held) -> list[Step]:
    """The way of a case from here on: that of the law once the goods are determined, else that of the office."""
    if held.courses and not any(course.standing.state in UNDETERMINED for course in held.courses):
        return [Step(text, index == 0) for index, text in enumerate(next_by_law(held))]
    if case.stage == Case.Stage.CLOSED:
        return []
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
    today = held.today
    line: list[dict[str, Any]] = [
        {
            "on": request.task.due_on,
            "label": "Send papers",
            "kind": "late" if request.task.due_on < today else "task",
            "note": "set by the office, not by law",
        }
        for request in requests
    ]
    if held.is_held:
        line += _in_law(held)
    if not line:
        return []
    line.append({"on": today, "label": "Today", "kind": "today", "note": ""})
    return sorted(line, key=lambda day: (day["on"], day["kind"] != "past", day["kind"] != "today"))


def _in_law(held: Held) -> list[dict[str, Any]]:
    """What started the clock, what the law did by itself, and the day that comes next."""
    lead, due = held.lead, held.due
    found: list[dict[str, Any]] = []
    for step in lead.steps if lead else []:
        if step.kind in {Kind.PRESENTED, Kind.IMPORTED}:
            label = "Goods shown to customs" if step.kind == Kind.PRESENTED else "Goods imported"
            found.append({"on": step.on, "label": label, "kind": "past", "note": ""})
        elif step.event is None and step.kind in BY_LAW:
            found.append({"on": step.on, "label": BY_LAW[step.kind], "kind": "late", "note": step.provision})
        elif step.kind in ACTS:
            found.append({"on": step.on, "label": ACTS[step.kind], "kind": "past", "note": ""})
    if due is not None:
        note = due.provision
        if due.code == "last_determination_day":
            note = f"then the goods count as excluded: {note}"
        label = DAYS.get(due.code, due.label)
        found.append({"on": due.on, "label": label, "kind": "statutory", "note": note})
    return found
