"""What an importer reads of the state of its goods in law: where they stand, what that means, what comes next.

One row per legal state; the states and their names for the office stand in ``screening.domain.law.states``.
"""

from __future__ import annotations

from dataclasses import dataclass

from screening.domain.law.clocks import DAYS_TO_DECIDE_PROTEST, DAYS_TO_DETERMINE, DAYS_TO_PROTEST, DAYS_TO_SUMMON
from screening.domain.law.states import State
from screening.domain.law.uflpa import HELD
from screening.models import Case
from screening.timeline import Held


@dataclass(frozen=True, slots=True)
class Said:
    """A legal state in plain words: one word for the title, what it means, what happens next if nothing is done."""

    word: str
    means: str
    next: str
    tone: str = "stop"


_DECIDE = (
    f"CBP decides within {DAYS_TO_DETERMINE} days after the goods were shown to customs. Without a decision by then, "
    "the goods count as excluded."
)
_HELD = "Customs holds the goods. They may not enter until it is decided."
_DECIDE_PROOF = "CBP decides when it has your proof. Without a proof in time the goods are excluded."
_COURT = (
    f"You can file a summons at the Court of International Trade within {DAYS_TO_SUMMON} days. After that the "
    "decision is final."
)
_PROTEST = f"You can protest within {DAYS_TO_PROTEST} days. Without a protest the exclusion becomes final."
_END = "Nothing further happens in this matter."

STATES: dict[State, Said] = {
    State.ARRIVED: Said("being checked", "The goods have arrived and are not yet shown to customs.", "", "wait"),
    State.PRESENTED: Said(
        "being examined",
        "Customs examines the goods.",
        "CBP releases or detains them within five business days; otherwise they count as detained.",
        "wait",
    ),
    State.DETAINED: Said("held", _HELD, _DECIDE),
    State.NOTICED: Said("held", f"{_HELD} CBP has issued a notice of detention.", _DECIDE),
    State.APPLICABILITY_REVIEW: Said(
        "held", "CBP checks whether the law applies to your goods, as you asked. They may not enter yet.", _DECIDE
    ),
    State.EXCEPTION_REVIEW: Said(
        "held", "CBP checks whether you qualify for an exception, as you asked. The goods may not enter yet.", _DECIDE
    ),
    State.INFO_REQUESTED: Said(
        "held",
        "CBP has asked you for information. The day by which it must decide does not move while you answer.",
        _DECIDE,
    ),
    State.PROOF_FILED: Said("held", "Your proof of origin is filed. The goods may not enter yet.", _DECIDE_PROOF),
    State.EXCLUDED: Said("excluded", "CBP has refused the goods: they may not enter.", _PROTEST),
    State.DEEMED_EXCLUDED: Said(
        "excluded, because no decision came in time",
        f"CBP did not decide within {DAYS_TO_DETERMINE} days. By law the goods count as excluded: they may not enter.",
        _PROTEST,
    ),
    State.PROTESTED: Said(
        "excluded; your protest is being decided",
        "Your protest is filed. The goods may not enter while it is decided.",
        f"CBP decides within {DAYS_TO_DECIDE_PROTEST} days after the filing; without a decision the protest counts as "
        "denied.",
    ),
    State.PROTEST_DENIED: Said("excluded; your protest is denied", "CBP denied your protest.", _COURT),
    State.PROTEST_DEEMED_DENIED: Said(
        "excluded; your protest counts as denied",
        f"CBP did not decide your protest within {DAYS_TO_DECIDE_PROTEST} days. By law it counts as denied.",
        _COURT,
    ),
    State.LITIGATION: Said(
        "before the court", "The matter is at the Court of International Trade.", "The court decides."
    ),
    State.SEIZED: Said("seized", "CBP has seized the goods.", "You can file a petition (19 U.S.C. 1618)."),
    State.PETITION: Said("seized; your petition is being decided", "Your petition is filed.", "CBP decides on it."),
    State.EXCEPTION_GRANTED: Said(
        "granted an exception",
        "You were granted an exception.",
        "CBP releases the goods and publishes a report.",
        "done",
    ),
    State.RELEASED: Said("released", "The goods are released: they may enter.", _END, "done"),
    State.EXPORTED: Said("exported", "The goods left the country again.", _END, "done"),
    State.DESTROYED: Said("destroyed", "The goods were destroyed under supervision.", _END, "note"),
    State.FORFEITED: Said("forfeited", "The goods were forfeited to the United States.", _END),
    State.ABANDONED: Said(
        "abandoned by law", "The goods were neither exported nor protested in time. They count as abandoned.", _END
    ),
    State.FINAL: Said("finally excluded", "The exclusion is final: the goods may not enter.", _END),
}

# Under a withhold release order other days count.
_ORDER = {
    State.EXCLUDED: Said(
        "excluded",
        "CBP has refused the goods in writing: they may not enter.",
        "Within 60 days you can export the goods or protest. After that they count as abandoned.",
    ),
    State.PROTESTED: Said(
        "excluded; your protest is being decided",
        "Your protest is filed. The goods may not enter while it is decided.",
        "CBP decides on the protest.",
    ),
    State.DETAINED: Said("held", _HELD, _DECIDE_PROOF),
    State.NOTICED: Said("held", f"{_HELD} CBP has issued a notice of detention.", _DECIDE_PROOF),
    State.INFO_REQUESTED: Said("held", "CBP has asked you for more on your proof.", _DECIDE_PROOF),
}


def said_of(regime: str, state: State) -> Said:
    return _ORDER.get(state, STATES[state]) if regime == Case.Regime.WRO else STATES[state]


# Before CBP, or the law by itself, has said whether the goods may enter.
UNDETERMINED = HELD | {State.ARRIVED, State.PRESENTED, State.PROOF_FILED}
# What can follow one after the other once it is said that they may not.
_ONWARD = (
    (State.EXCLUDED, State.PROTESTED, State.PROTEST_DENIED, State.LITIGATION),
    (State.SEIZED, State.PETITION),
)
_LIKE = {State.DEEMED_EXCLUDED: State.EXCLUDED, State.PROTEST_DEEMED_DENIED: State.PROTEST_DENIED}


def next_by_law(held: Held) -> list[str]:
    """What the law has come next for the line whose day comes first, step by step; empty at the end of its way."""
    if held.lead is None or held.lead.standing.is_final:
        return []
    state = held.lead.standing.state
    state = _LIKE.get(state, state)
    way = next((way for way in _ONWARD if state in way), (state,))
    return [said_of(held.regime, one).next for one in way[way.index(state) :]]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a state is told, and which lines of which shipment it is about; no lines: all."""

    said: Said
    lines: str


def standings_of(held: Held) -> list[Standing]:
    """How the goods of a case stand, one row for the lines that stand alike, in the order of the entry."""
    found: dict[Said, list[str]] = {}
    several = len(held.rows) > 1
    for detention, courses in held.rows:
        for course in courses:
            where = f"{detention.shipment.label}, line {course.line}" if several else f"line {course.line}"
            found.setdefault(said_of(held.regime, course.standing.state), []).append(where)
    alike = len(found) == 1
    return [Standing(said, "" if alike else "; ".join(lines)) for said, lines in found.items()]
