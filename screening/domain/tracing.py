"""Paths from an article to every party upstream, and what each path is worth.

A path is **traced** where lots of this shipment run along it; **relevant** where the goods of every link can be an
input of the next and finally of the article, and its period fits the date of importation; **possible** where some link
does not say so much, is disputed, or lies outside its period; **unrelated** where goods are known and are no input: it
is shown on request and never flagged. Steps are counted from the importer: 1 is who made or sold the article.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from screening.domain.goods import CanBe, GoodsKind, Inputs

# What was delivered up to this long before importation may still be in the goods.
TIME_IN_PROCESS = timedelta(days=365)
MAX_STEPS = 20
MOST_PATHS = 100  # paths counted to one party; beyond it "100 or more" is said
MOST_TRIED = 5000  # links tried in counting them: in a dense network most lead nowhere


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
class Weakness:
    """Why a link is not fully relevant, and what paper would settle it."""

    code: str
    sentence: str
    settled_by: str


GOODS_UNKNOWN = Weakness(
    "goods_unknown",
    "the link does not say what goods",
    "a purchase order or invoice that names the goods delivered",
)
ARTICLE_UNKNOWN = Weakness(
    "article_unknown",
    "what the article is made of is not known from its HTS code",
    "a bill of materials of the article",
)
INPUT_UNKNOWN = Weakness(
    "input_unknown",
    "whether these goods go into the next step is not known",
    "a bill of materials or production record of the customer",
)
NOT_AN_INPUT = Weakness("not_an_input", "the goods are no input of the next step", "nothing: the goods do not go in")
DISPUTED = Weakness(
    "disputed",
    "the link is disputed",
    "statements of both parties with contracts and bank records of the period",
)
UNDATED = Weakness("undated", "the link does not say when", "dated invoices or delivery notes")
NOT_YET = Weakness(
    "not_yet",
    "deliveries began after the date of importation",
    "the production date of the article, with the first delivery note",
)
ENDED = Weakness(
    "ended",
    "deliveries ended more than a year before importation",
    "stock records or current purchase contracts that name the source used instead",
)


@dataclass(frozen=True, slots=True)
class Link:
    """A supplier delivers to a customer; empty words and dates are not known.

    ``kind``: the goods delivered. ``from_xinjiang``: the statement itself says the material is of Xinjiang origin.
    ``labour``: where it uses words of a state labour scheme, the field and the words.
    ``is_aggregate``: the supplier is no firm but a class of them ("all producers of …").
    """

    key: int
    supplier: int
    customer: int
    kind: GoodsKind | None = None
    stage: str = ""
    goods: str = ""
    source: str = ""  # the paper or report that says so
    valid_from: date | None = None
    valid_to: date | None = None
    is_disputed: bool = False
    from_xinjiang: bool = False
    labour: tuple[tuple[str, str], ...] = ()
    is_aggregate: bool = False
    is_traced: bool = False  # lots of this very shipment ran along it


@dataclass(frozen=True, slots=True)
class Step:
    """A link as part of a path: what it is worth there, and why no more."""

    link: Link
    grade: Grade
    weaknesses: tuple[Weakness, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """The links from the party at step 1 up to the supplier at the end."""

    supplier: int
    steps: tuple[Step, ...] = ()

    @property
    def links(self) -> tuple[Link, ...]:
        return tuple(step.link for step in self.steps)

    @property
    def last(self) -> Link | None:
        """The link that leads to the supplier at the end; None where that is who made or sold the article."""
        return self.steps[-1].link if self.steps else None

    @property
    def grade(self) -> Grade:
        """The worth of a path is that of its weakest link."""
        return max((step.grade for step in self.steps), key=_FROM_BEST.index, default=Grade.DIRECT)

    @property
    def steps_upstream(self) -> int:
        return len(self.steps) + 1

    @property
    def weakest(self) -> Step | None:
        """The link on which the worth of the path hangs; None where all are relevant."""
        weak = [step for step in self.steps if step.weaknesses]
        return max(weak, key=lambda step: (step.grade == Grade.UNRELATED, len(step.weaknesses)), default=None)


@dataclass(frozen=True, slots=True)
class Traced:
    """What was found upstream: the best path to every party, and to every link that itself asks a question: one that
    states Xinjiang origin or speaks of a labour scheme."""

    paths: dict[int, Path] = field(default_factory=dict)
    stated: dict[int, Path] = field(default_factory=dict)


_FROM_BEST = (Grade.DIRECT, Grade.TRACED, Grade.RELEVANT, Grade.POSSIBLE, Grade.UNRELATED)
Needs = frozenset[GoodsKind]  # what the goods of the next link must be an input of; empty where not known


def grade_link(link: Link, *, needs: Needs, on: date, inputs: Inputs) -> Step:
    """What one link is worth where goods have to be an input of ``needs`` and were imported on that date."""
    if link.is_traced:
        return Step(link, Grade.TRACED)
    weak: list[Weakness] = []
    if link.kind is None:
        weak.append(GOODS_UNKNOWN)
    elif not needs:
        weak.append(ARTICLE_UNKNOWN)
    else:
        answer = inputs.can_be_any(link.kind, needs)
        if answer == CanBe.NO:
            return Step(link, Grade.UNRELATED, (NOT_AN_INPUT,))
        if answer == CanBe.UNKNOWN:
            weak.append(INPUT_UNKNOWN)
    if link.is_disputed:
        weak.append(DISPUTED)
    if link.valid_from is None and link.valid_to is None:
        weak.append(UNDATED)
    elif link.valid_from is not None and link.valid_from > on:
        weak.append(NOT_YET)
    elif link.valid_to is not None and link.valid_to < on - TIME_IN_PROCESS:
        weak.append(ENDED)
    return Step(link, Grade.POSSIBLE if weak else Grade.RELEVANT, tuple(weak))


def needs_above(step: Step, needs: Needs) -> Needs:
    """What the next link upstream must be an input of: the goods of this one where a chain knows them."""
    return needs if step.link.kind is None else frozenset({step.link.kind})
