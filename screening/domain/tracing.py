"""Paths from an article to every party upstream, and what each path is worth.

A path is **relevant** where every link on it says goods of the article's commodity chain and its period fits the date
of importation; **possible** where some link does not say so much; goods known to be of another chain make it
unrelated, and it is not followed. Steps are counted from the importer: 1 is who made or sold the article.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# What was delivered up to this long before importation may still be in the goods.
TIME_IN_PROCESS = timedelta(days=365)
MAX_STEPS = 20


class Grade(StrEnum):
    """What a path from an article to a party is worth."""

    DIRECT = "direct"
    TRACED = "traced"
    RELEVANT = "relevant"
    POSSIBLE = "possible"
    UNRELATED = "unrelated"

    @property
    def raises_presumption(self) -> bool:
        return self in {Grade.DIRECT, Grade.TRACED, Grade.RELEVANT}


@dataclass(frozen=True, slots=True)
class Link:
    """A supplier delivers to a customer; empty words and dates are not known."""

    key: int
    supplier: int
    customer: int
    commodity: str = ""
    stage: str = ""
    goods: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """The links from the party at step 1 up to the supplier at the end, with the grade of the whole."""

    supplier: int
    links: tuple[Link, ...]
    grade: Grade

    @property
    def steps_upstream(self) -> int:
        return len(self.links) + 1


def grade_link(link: Link, *, commodities: frozenset[str], on: date) -> tuple[Grade, str]:
    """What one link is worth for an article of these commodity chains, imported on that date, and why."""
    if link.commodity and commodities and link.commodity not in commodities:
        return Grade.UNRELATED, f"{link.commodity} is not an input of this article"
    if not link.commodity:
        return Grade.POSSIBLE, "the link does not say what goods"
    if not commodities:
        return Grade.POSSIBLE, "the article's commodity chain is not known"
    if link.is_disputed:
        return Grade.POSSIBLE, "the link is disputed"
    if link.valid_from is None and link.valid_to is None:
        return Grade.POSSIBLE, "the link does not say when"
    if link.valid_from is not None and link.valid_from > on:
        return Grade.POSSIBLE, "deliveries began after the date of importation"
    if link.valid_to is not None and link.valid_to < on - TIME_IN_PROCESS:
        return Grade.POSSIBLE, "deliveries ended more than a year before importation"
    return Grade.RELEVANT, f"{link.goods or link.commodity}, in the period"


def trace(
    starts: Iterable[int],
    links_by_customer: Mapping[int, Sequence[Link]],
    *,
    commodities: frozenset[str],
    on: date,
) -> dict[int, Path]:
    """For every supplier upstream of the starts its best path: relevant before possible, then the nearest.

    Cycles are harmless: a supplier is visited once per grade.
    """
    origins = list(dict.fromkeys(starts))
    found: dict[int, Path] = {}
    for worst in (Grade.RELEVANT, Grade.POSSIBLE):
        queue = deque(Path(start, (), Grade.RELEVANT) for start in origins)
        seen = set(origins)
        while queue:
            path = queue.popleft()
            if path.steps_upstream >= MAX_STEPS:
                continue
            for link in links_by_customer.get(path.supplier, ()):
                grade, _ = grade_link(link, commodities=commodities, on=on)
                if grade == Grade.UNRELATED or link.supplier in seen:
                    continue
                if worst == Grade.RELEVANT and grade != Grade.RELEVANT:
                    continue
                seen.add(link.supplier)
                whole = Grade.POSSIBLE if Grade.POSSIBLE in (grade, path.grade) else Grade.RELEVANT
                longer = Path(link.supplier, (*path.links, link), whole)
                found.setdefault(link.supplier, longer)
                queue.append(longer)
    return found
