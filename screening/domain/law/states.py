"""The legal state of detained goods: what each event leads to, and what the law itself does when a day has passed.

The state follows from dated events alone and can be recomputed at any time from them. ``Law`` is one regime: a table
of transitions, which is data, and the rules by which time acts. The UFLPA's is in ``uflpa.py``, that of withhold
release orders in ``wro.py``; their tables stand in ``screening/data/law``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from screening.domain.law.clocks import Deadline


class State(StrEnum):
    """Where the goods stand in law."""

    ARRIVED = "arrived"
    PRESENTED = "presented"
    DETAINED = "detained"
    NOTICED = "noticed"
    APPLICABILITY_REVIEW = "applicability_review"
    EXCEPTION_REVIEW = "exception_review"
    INFO_REQUESTED = "info_requested"
    PROOF_FILED = "proof_filed"
    EXCLUDED = "excluded"
    DEEMED_EXCLUDED = "deemed_excluded"
    PROTESTED = "protested"
    PROTEST_DENIED = "protest_denied"
    PROTEST_DEEMED_DENIED = "protest_deemed_denied"
    LITIGATION = "litigation"
    SEIZED = "seized"
    PETITION = "petition"
    EXCEPTION_GRANTED = "exception_granted"
    RELEASED = "released"
    EXPORTED = "exported"
    DESTROYED = "destroyed"
    FORFEITED = "forfeited"
    ABANDONED = "abandoned"
    FINAL = "final"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    State.ARRIVED: "Arrived",
    State.PRESENTED: "Presented",
    State.DETAINED: "Detained",
    State.NOTICED: "Detained, notice issued",
    State.APPLICABILITY_REVIEW: "Applicability review",
    State.EXCEPTION_REVIEW: "Exception review",
    State.INFO_REQUESTED: "Information requested",
    State.PROOF_FILED: "Proof filed",
    State.EXCLUDED: "Excluded",
    State.DEEMED_EXCLUDED: "Deemed excluded",
    State.PROTESTED: "Protested",
    State.PROTEST_DENIED: "Protest denied",
    State.PROTEST_DEEMED_DENIED: "Protest deemed denied",
    State.LITIGATION: "In court",
    State.SEIZED: "Seized",
    State.PETITION: "Petition filed",
    State.EXCEPTION_GRANTED: "Exception granted",
    State.RELEASED: "Released",
    State.EXPORTED: "Exported",
    State.DESTROYED: "Destroyed",
    State.FORFEITED: "Forfeited",
    State.ABANDONED: "Deemed abandoned",
    State.FINAL: "Decision final",
}


class Kind(StrEnum):
    """What happens to goods, or is done about them, on a day that goes on record."""

    IMPORTED = "imported"
    PRESENTED = "presented"
    DETAINED = "detained"
    NOTICE_ISSUED = "notice_issued"
    APPLICABILITY_FILED = "applicability_filed"
    EXCEPTION_FILED = "exception_filed"
    PROOF_FILED = "proof_filed"
    INFORMATION_ASKED = "information_asked"
    INFORMATION_ANSWERED = "information_answered"
    TIME_ASKED = "time_asked"
    RELEASED = "released"
    EXCLUDED = "excluded"
    EXCEPTION_GRANTED = "exception_granted"
    EXCEPTION_REFUSED = "exception_refused"
    PROTEST_FILED = "protest_filed"
    PROTEST_ALLOWED = "protest_allowed"
    PROTEST_DENIED = "protest_denied"
    SUMMONS_FILED = "summons_filed"
    JUDGMENT_RELEASES = "judgment_releases"
    JUDGMENT_SUSTAINS = "judgment_sustains"
    SEIZED = "seized"
    PETITION_FILED = "petition_filed"
    PETITION_RELEASES = "petition_releases"
    PETITION_EXPORTS = "petition_exports"
    PETITION_REFUSED = "petition_refused"
    FORFEITED = "forfeited"
    DISPOSAL_NOTICED = "disposal_noticed"
    EXPORTED = "exported"
    DESTROYED = "destroyed"
    # by law, when a day has passed; computed, never entered
    DETAINED_BY_LAW = "detained_by_law"
    DEEMED_EXCLUDED = "deemed_excluded"
    PROTEST_DEEMED_DENIED = "protest_deemed_denied"
    TIME_TO_PROTEST_ENDED = "time_to_protest_ended"
    TIME_TO_SUMMON_ENDED = "time_to_summon_ended"
    DEEMED_ABANDONED = "deemed_abandoned"

    @property
    def label(self) -> str:
        return KIND_LABELS[self]

    @property
    def is_by_law(self) -> bool:
        return self in BY_LAW


KIND_LABELS = {
    Kind.IMPORTED: "Imported",
    Kind.PRESENTED: "Presented for examination",
    Kind.DETAINED: "Detained",
    Kind.NOTICE_ISSUED: "Notice of detention issued",
    Kind.APPLICABILITY_FILED: "Applicability review asked for",
    Kind.EXCEPTION_FILED: "Exception asked for",
    Kind.PROOF_FILED: "Proof of origin filed",
    Kind.INFORMATION_ASKED: "Information asked for",
    Kind.INFORMATION_ANSWERED: "Information answered",
    Kind.TIME_ASKED: "More time asked for",
    Kind.RELEASED: "Released",
    Kind.EXCLUDED: "Excluded",
    Kind.EXCEPTION_GRANTED: "Exception granted",
    Kind.EXCEPTION_REFUSED: "Exception refused",
    Kind.PROTEST_FILED: "Protest filed",
    Kind.PROTEST_ALLOWED: "Protest allowed",
    Kind.PROTEST_DENIED: "Protest denied, notice mailed",
    Kind.SUMMONS_FILED: "Summons filed",
    Kind.JUDGMENT_RELEASES: "Judgment: released",
    Kind.JUDGMENT_SUSTAINS: "Judgment: exclusion sustained",
    Kind.SEIZED: "Seized",
    Kind.PETITION_FILED: "Petition filed",
    Kind.PETITION_RELEASES: "Petition granted: released",
    Kind.PETITION_EXPORTS: "Petition granted: exported",
    Kind.PETITION_REFUSED: "Petition refused",
    Kind.FORFEITED: "Forfeited",
    Kind.DISPOSAL_NOTICED: "Notice of export or abandonment",
    Kind.EXPORTED: "Exported",
    Kind.DESTROYED: "Destroyed under supervision",
    Kind.DETAINED_BY_LAW: "Detained by law",
    Kind.DEEMED_EXCLUDED: "Deemed excluded",
    Kind.PROTEST_DEEMED_DENIED: "Protest deemed denied",
    Kind.TIME_TO_PROTEST_ENDED: "Not protested in time: final",
    Kind.TIME_TO_SUMMON_ENDED: "No summons in time: final",
    Kind.DEEMED_ABANDONED: "Deemed abandoned",
}

BY_LAW = frozenset(
    {
        Kind.DETAINED_BY_LAW,
        Kind.DEEMED_EXCLUDED,
        Kind.PROTEST_DEEMED_DENIED,
        Kind.TIME_TO_PROTEST_ENDED,
        Kind.TIME_TO_SUMMON_ENDED,
        Kind.DEEMED_ABANDONED,
    }
)
FINAL = frozenset(
    {State.RELEASED, State.EXPORTED, State.DESTROYED, State.FORFEITED, State.ABANDONED, State.FINAL}
)  # nothing leads on from these


class OutOfOrder(ValueError):
    """An event that the law does not know in the state the goods are in; the words say why and what is possible."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something on record, for all lines of a detention or for those numbered. ``key`` orders events of one day."""

    kind: Kind
    on: date
    key: int = 0
    lines: frozenset[int] = frozenset()

    def touches(self, line: int) -> bool:
        return not self.lines or line in self.lines


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of the table: from these states this event leads there. ``to`` None: the state stays."""

    before: frozenset[State]
    kind: Kind
    to: State | None
    provision: str
    rule: str = ""
    is_determination: bool = False  # a final answer of its proceeding: the detention, a protest, an exception request


def read_table(text: str, groups: Mapping[str, frozenset[State]]) -> tuple[Transition, ...]:
    """The rows of a regime, as they are written down: a head, then a row to a line, with ``|`` between the cells."""
    _head, *lines = text.strip().splitlines()
    rows = []
    for line in lines:
        before, event, to, provision, final, rule = (cell.strip() for cell in line.split("|"))
        state = None if to == "=" else State(to)
        rows.append(Transition(_states(before, groups), Kind(event), state, provision, rule, final == "yes"))
    return tuple(rows)


def _states(words: str, groups: Mapping[str, frozenset[State]]) -> frozenset[State]:
    states: set[State] = set()
    for word in words.split():
        if word.startswith("-"):
            states.remove(State(word[1:]))
        else:
            states |= groups.get(word) or {State(word)}
    return frozenset(states)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one line stands on a day, and the days that its clocks count from."""

    state: State = State.ARRIVED
    since: date | None = None
    review: State | None = None  # the review that goes on when a question is answered
    has_open_exception: bool = False
    exception: int | None = None  # the request that is open, by the event that filed it
    protest: int | None = None  # the latest protest, by the event that filed it
    imported_on: date | None = None
    presented_on: date | None = None
    detained_on: date | None = None
    notice_on: date | None = None
    excluded_on: date | None = None  # expressly
    deemed_excluded_on: date | None = None
    protested_on: date | None = None
    denied_on: date | None = None
    granted_on: date | None = None

    @property
    def is_final(self) -> bool:
        return self.state in FINAL


@dataclass(frozen=True, slots=True)
class Step:
    """One move of one line: what moved it, when it counts from, and the provision."""

    kind: Kind
    on: date
    state: State
    provision: str
    event: int | None  # the key of the event on record; none where the law itself moved it
    is_determination: bool = False
    proceeding: str = ""  # of a determination: detention, protest or exception, the latter two with their event's key


@dataclass(frozen=True, slots=True)
class Moved:
    """What the law does when a day has passed: it moves the goods ``at`` the beginning of that day; ``on`` counts."""

    kind: Kind
    at: date
    on: date
    to: State
    provision: str


@dataclass(frozen=True, slots=True)
class Law:
    """A regime: its table, what time does, and what an event sets beside the state."""

    table: tuple[Transition, ...]
    by_time: Callable[[Standing], Moved | None]
    deadline: Callable[[Standing], Deadline | None]  # the statutory day that comes next, by which somebody must act
    too_late: Callable[[Standing, Kind, date], str | None] = lambda _standing, _kind, _on: None
    index: Mapping[tuple[State, Kind], Transition] = field(init=False)

    def __post_init__(self) -> None:
        index = {(state, row.kind): row for row in self.table for state in row.before}
        object.__setattr__(self, "index", index)

    def possible(self, standing: Standing) -> list[Kind]:
        """What may happen next, in the order of the table."""
        kinds = (row.kind for row in self.table if standing.state in row.before)
        return [kind for kind in dict.fromkeys(kinds) if self._why_not(standing, kind) is None]

    def why_not(self, standing: Standing, kind: Kind, on: date) -> str | None:
        """Why an event of a day is not possible, in words; None where it is."""
        return self._why_not(standing, kind) or self.too_late(standing, kind, on)

    def course(self, events: Iterable[Event], line: int, *, as_of: date) -> tuple[Standing, list[Step]]:
        """One line's way through the table up to and including a day.

        Raises:
            OutOfOrder: an event on record that is not possible in the state the line was in on its day.
        """
        standing, steps = Standing(), list[Step]()
        for event in sorted((e for e in events if e.touches(line)), key=lambda e: (e.on, e.key)):
            if event.on > as_of:
                break
            standing = self._passed(standing, steps, event.on)
            standing = self._after(standing, event, steps)
        return self._passed(standing, steps, as_of), steps

    def _passed(self, standing: Standing, steps: list[Step], day: date) -> Standing:
        """The state at the beginning of a day, after what the law did until then."""
        while (moved := self.by_time(standing)) is not None and moved.at <= day:
            ends = moved.kind == Kind.PROTEST_DEEMED_DENIED
            steps.append(
                Step(
                    moved.kind, moved.on, moved.to, moved.provision, None,
                    is_determination=ends, proceeding=f"protest:{standing.protest}" if ends else "",
                )
            )  # fmt: skip
            standing = replace(standing, state=moved.to, since=moved.on, **_set_by_law(moved))
        return standing

    def _after(self, standing: Standing, event: Event, steps: list[Step]) -> Standing:
        if (why := self.why_not(standing, event.kind, event.on)) is not None:
            raise OutOfOrder(f"{event.kind.label} on {event.on:%-d %B %Y}: {why}")
        row = self.index[standing.state, event.kind]
        to = row.to or (standing.review if event.kind == Kind.INFORMATION_ANSWERED else None) or standing.state
        steps.append(
            Step(
                event.kind, event.on, to, row.provision, event.key,
                is_determination=row.is_determination,
                proceeding=_proceeding(standing, event.kind) if row.is_determination else "",
            )
        )  # fmt: skip
        moved = to != standing.state
        return replace(
            standing, state=to, since=event.on if moved else standing.since, **_set_by(standing, event, to)
        )  # fmt: skip

    def _why_not(self, standing: Standing, kind: Kind) -> str | None:
        """Why an event is not possible now, in words; None where it is."""
        if kind.is_by_law:
            return "the law itself does this when its day has passed; it is computed, never entered."
        row = self.index.get((standing.state, kind))
        now = standing.state.label.lower()
        if row is None:
            if standing.is_final:
                return f"the goods are {now} and nothing follows after that."
            before = sorted({state.label for other in self.table if other.kind == kind for state in other.before})
            since = f" since {standing.since:%-d %B %Y}" if standing.since else ""
            if not before:
                return f"the goods are {now}{since}; it belongs to another regime."
            return f"the goods are {now}{since}; it takes one of these states: {'; '.join(before)}."
        if kind in {Kind.EXCEPTION_GRANTED, Kind.EXCEPTION_REFUSED} and not standing.has_open_exception:
            return "no exception request is open."
        if kind == Kind.EXCEPTION_FILED and standing.has_open_exception:
            return "an exception request is open already."
        return None


def _proceeding(standing: Standing, kind: Kind) -> str:
    if kind in {Kind.EXCEPTION_GRANTED, Kind.EXCEPTION_REFUSED}:
        return f"exception:{standing.exception}"
    if kind in {Kind.PROTEST_ALLOWED, Kind.PROTEST_DENIED}:
        return f"protest:{standing.protest}"
    return "detention"


def _set_by_law(moved: Moved) -> dict[str, Any]:
    if moved.kind == Kind.DETAINED_BY_LAW:
        return {"detained_on": moved.on}
    if moved.kind == Kind.DEEMED_EXCLUDED:
        return {"deemed_excluded_on": moved.on}
    if moved.kind == Kind.PROTEST_DEEMED_DENIED:
        return {"denied_on": moved.on}
    return {}


_DAYS = {
    Kind.IMPORTED: "imported_on",
    Kind.PRESENTED: "presented_on",
    Kind.DETAINED: "detained_on",
    Kind.NOTICE_ISSUED: "notice_on",
    Kind.EXCLUDED: "excluded_on",
    Kind.PROTEST_FILED: "protested_on",
    Kind.PROTEST_DENIED: "denied_on",
    Kind.EXCEPTION_GRANTED: "granted_on",
}


def _set_by(standing: Standing, event: Event, to: State) -> dict[str, Any]:
    """What an event sets beside the state."""
    values: dict[str, Any] = {_DAYS[event.kind]: event.on} if event.kind in _DAYS else {}
    if event.kind == Kind.INFORMATION_ASKED:
        values["review"] = standing.state
    if event.kind == Kind.EXCEPTION_FILED:
        values |= {"has_open_exception": True, "exception": event.key}
    if event.kind in {Kind.EXCEPTION_GRANTED, Kind.EXCEPTION_REFUSED}:
        values |= {"has_open_exception": False}
    if event.kind == Kind.EXCEPTION_REFUSED and to == State.EXCLUDED and standing.state != State.EXCLUDED:
        values["excluded_on"] = event.on
    if event.kind == Kind.PROTEST_FILED:
        values |= {"protest": event.key, "denied_on": None}
    return values
