"""The tables of the reports: what each shows, in words and numbers, with its drawing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from screening.bar_drawing import Bar
from screening.domain.statistics import DAYS_LEFT, DAYS_SINCE, INDUSTRIES, Counts, percent
from screening.intake_words import country_names
from screening.services import performance, statistics
from screening.services.statistics import Scope

FATES = ("Released", "Denied", "Pending")
DIMENSIONS = {
    "fiscal-year": ("Fiscal year", "No day on record"),
    "industry": ("Industry", "No HTS code"),
    "country": ("Country of origin", "No country"),
    "hts4": ("HTS heading", "No HTS code"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """One table, whole; ``numeric``: the columns of numbers. ``bars`` show its numbers by ``parts``."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    note: str = ""
    bars: tuple[Bar, ...] = ()
    parts: tuple[str, ...] = ()
    texts: int = 1  # so many columns from the left are words
    drawn: str = ""  # what the bars show, where it is less than the table

    def is_numeric(self, place: int) -> bool:
        return place >= self.texts


def _label(dimension: str, group: Any) -> str:
    if not group:
        return DIMENSIONS[dimension][1]
    if dimension == "hts4":
        return f"{group[:2]}.{group[2:]}" if len(group) == 4 else str(group)
    if dimension == "country":
        name = country_names().get(group)
        return f"{name} ({group})" if name else str(group)
    return f"FY{group}" if dimension == "fiscal-year" else str(group)


def _ordered(dimension: str, counts: dict[Any, Counts]) -> list[tuple[Any, Counts]]:
    """Years run backwards; industries keep their order; others begin with the most."""
    rows = list(counts.items())
    if dimension == "fiscal-year":
        return sorted(rows, key=lambda row: -(row[0] or 0))
    if dimension == "industry":
        places = {industry: place for place, industry in enumerate(INDUSTRIES)}
        return sorted(rows, key=lambda row: places.get(row[0], len(places) + (not row[0])))
    return sorted(rows, key=lambda row: (not row[0], -row[1].stopped, row[0]))


def counts_table(scope: Scope, dimension: str) -> Table:
    """Shipments by fate."""
    rows = [
        (_label(dimension, group), one)
        for group, one in _ordered(dimension, statistics.shipments_by(scope, dimension))
    ]
    word = DIMENSIONS[dimension][0]
    return Table(
        dimension,
        f"Shipments by {word[0].lower()}{word[1:]}" if dimension != "hts4" else "Shipments by HTS heading",
        (word, "Stopped", *FATES, "Released in part"),
        [(label, one.stopped, one.released, one.denied, one.pending, one.divided) for label, one in rows],
        "A shipment counts in each group it has lines of, so the rows can add up to more than all shipments."
        if dimension != "fiscal-year"
        else "By the day of detention, else of presentation. A fiscal year runs from 1 October to 30 September.",
        tuple(Bar(label, (one.released, one.denied, one.pending)) for label, one in rows),
        FATES,
    )


def value_table(scope: Scope, dimension: str) -> Table:
    """Value of the goods by fate, within one currency; the one of most lines is drawn."""
    amounts, missing = statistics.values_by(scope, dimension)
    if dimension == "fiscal-year":
        amounts.sort(key=lambda one: (one.currency, -(one.group or 0)))
    lines = Counter[str]()
    for one in amounts:
        lines[one.currency] += one.lines
    drawn = lines.most_common(1)[0][0] if lines else ""
    word = DIMENSIONS[dimension][0]
    return Table(
        f"{dimension}-value",
        f"Value by {word if dimension == 'hts4' else word[0].lower() + word[1:]}",
        (word, "Currency", "Lines", "Stopped", *FATES),
        [
            (
                _label(dimension, one.group), one.currency, one.lines,
                one.stopped, one.released, one.denied, one.pending,
            )
            for one in amounts
        ],
        _lacking(sum(missing.values())),
        tuple(
            Bar(_label(dimension, one.group), tuple(round(part) for part in (one.released, one.denied, one.pending)))
            for one in amounts
            if one.currency == drawn
        ),
        FATES,
        texts=2,
        drawn=f"in {drawn}, rounded" if drawn else "",
    )  # fmt: skip


def _lacking(lines: int) -> str:
    if not lines:
        return "Every line has a value and a currency. Amounts are added up within one currency only."
    have = "line has" if lines == 1 else "lines have"
    return f"{lines:,} {have} no value or no currency and are left out. Amounts are added up within one currency only."


def total_value_table(scope: Scope) -> Table:
    amounts, missing = statistics.values_by(scope)
    return Table(
        "value",
        "Value of the goods",
        ("Currency", "Lines", "Stopped", *FATES),
        [(one.currency, one.lines, one.stopped, one.released, one.denied, one.pending) for one in amounts],
        "Line by line: of a shipment released in part, what was released counts as released. "
        + _lacking(sum(missing.values())),
    )


def _aged(key: str, title: str, first: str, rows: Sequence[statistics.Aged], note: str) -> Table:
    parts = ("Denied, not final", "Pending")
    return Table(
        key,
        title,
        (first, "Open lines", *parts),
        [(one.label, one.denied + one.pending, one.denied, one.pending) for one in rows],
        note,
        tuple(Bar(one.label, (0, one.denied, one.pending)) for one in rows),
        ("", *parts),
    )


def days_left_table(scope: Scope, today: date) -> Table:
    rows = statistics.ageing(
        scope, "deadline_on", {span: span.left(today) for span in DAYS_LEFT}, "No statutory day ahead"
    )
    note = "The statutory day that comes next for each line: to determine, to protest, to decide on the protest."
    return _aged("days-left", "Open lines by days left to the statutory day", "Days left", rows, note)


def days_since_table(scope: Scope, today: date) -> Table:
    rows = statistics.ageing(
        scope, "detention__presented_on", {span: span.ago(today) for span in DAYS_SINCE}, "No presentation on record"
    )
    note = "Day 30 after the presentation is the last day to determine (19 U.S.C. 1499(c)(5)(A))."
    return _aged("days-since", "Open lines by days since presentation", "Since presentation", rows, note)


def time_table(scope: Scope) -> Table:
    rows = performance.time_to_decision(scope)
    return Table(
        "time-to-decision",
        "Days to the first decision",
        ("Pathway", "Counted from", "Decisions", "Median", "9 in 10 within", "No such day"),
        [
            (
                one.pathway, one.counted_from, one.decisions,
                "none" if one.median is None else one.median,
                "none" if one.nine_in_ten is None else one.nine_in_ten,
                one.without,
            )
            for one in rows
        ],
        "Calendar days to the approval. A later decision that takes the place of another is not counted.",
        texts=2,
    )  # fmt: skip


def alarms_table(scope: Scope) -> Table:
    rows = performance.false_alarms(scope)
    parts = ("Outside the law", "Outside in part", "Otherwise")
    return Table(
        "false-alarms",
        "False alarms",
        ("Concluded in", "Cases concluded", "Outside the law", "Share", "Outside in part", "Set aside"),
        [
            (
                f"FY{one.year}", one.concluded, one.unfounded,
                percent(one.unfounded, one.concluded), one.partly, one.set_aside,
            )
            for one in rows
        ],
        "A false alarm is a case whose goods were found to be outside the law. Shipments whose findings a person set "
        "aside without opening a case are counted beside them, not in the share.",
        tuple(
            Bar(f"FY{one.year}", (one.unfounded, one.partly, one.concluded - one.unfounded - one.partly))
            for one in rows
        ),
        parts,
    )  # fmt: skip


def agreement_table(scope: Scope) -> Table:
    rows = performance.agreement(scope)
    return Table(
        "agreement",
        "Reviewer agreement",
        (
            "Pathway", "Answered", "Approved", "Share approved",
            "Second looks", "Same conclusion", "Share agreeing",
        ),
        [
            (
                one.pathway, one.answered, one.approved, percent(one.approved, one.answered),
                one.looks, one.agreed, percent(one.agreed, one.looks),
            )
            for one in rows
        ],
        "Answered: recommendations approved or returned. The second look is blind, the approval is not.",
        tuple(Bar(one.pathway, (one.agreed, one.looks - one.agreed)) for one in rows if one.looks),
        ("Same conclusion", "Other conclusion"),
    )  # fmt: skip


Maker = Callable[[Scope, date], Table]


def _of(make: Callable[..., Table], *given: str) -> Maker:
    return lambda scope, _today: make(scope, *given)


# Every table by the name of its file.
TABLES: dict[str, Maker] = {
    **{name: _of(counts_table, name) for name in DIMENSIONS},
    **{f"{name}-value": _of(value_table, name) for name in DIMENSIONS},
    "value": _of(total_value_table),
    "days-left": days_left_table,
    "days-since": days_since_table,
    "time-to-decision": _of(time_table),
    "false-alarms": _of(alarms_table),
    "agreement": _of(agreement_table),
}
