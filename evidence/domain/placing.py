"""To which step of the chain a paper belongs: proposed from the parties, numbers and lots it names, with the reason.

The parties are told apart by the matching engine; here only the answer is used. Nothing is placed by a guess among
several: such a paper waits for a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from evidence.domain.laid import ChainStep, Placement
from evidence.domain.papers import CasePaper
from evidence.domain.requirements import IMPORT, PACKAGE

IMPORTER_KEY = "importer"
NUMBERS = (
    *("document_number", "order_number", "contract_number", "invoice_number", "bl_number", "declaration_number"),
    *("entry_number", "reference", "container_number"),
)
LOTS = ("lot", "input_lot", "output_lot", "serial")
SHORTEST_NUMBER = 3


@dataclass(frozen=True, slots=True)
class Named:
    """The step a name on a paper stands for, and how sure that is."""

    step: str
    is_sure: bool
    words: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Which fields of a type of paper name its own step, the step that is delivered to, and the one that delivers.

    ``at``: where it belongs whatever it names. ``is_sale``: it speaks of a sale from one step to the next.
    """

    own: tuple[str, ...] = ()
    next: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    at: str = ""
    is_sale: bool = False


def place(
    papers: Sequence[CasePaper],
    steps: Sequence[ChainStep],
    *,
    rules: Mapping[str, Rule],
    who: Callable[[str], Named | None],
    persons: Mapping[int, Placement],
) -> dict[int, Placement]:
    """Every paper with its placement. ``rules``: by type of paper; ``who``: the step of a name or registration
    number; ``persons``: what people said, by paper, which always stands."""
    placing = _Placing(steps, rules, who)
    found = {paper.key: persons.get(paper.key) or placing.by_parties(paper) for paper in papers}
    for fields, what in ((NUMBERS, "the number"), (LOTS, "the lot"), (NUMBERS, "the number")):
        known = _known_by(papers, found, fields)
        for paper in papers:
            if not found[paper.key].steps:
                found[paper.key] = _by_shared(paper, fields, what, known, found[paper.key], steps)
    return found


def plain_number(text: str) -> str:
    """What two spellings of a number have in common: letters and digits count."""
    return "".join(char for char in text if char.isalnum()).upper()


class _Placing:
    def __init__(
        self, steps: Sequence[ChainStep], rules: Mapping[str, Rule], who: Callable[[str], Named | None]
    ) -> None:
        self.steps = {one.key: one for one in steps}
        self.rules, self.who = rules, who

    def by_parties(self, paper: CasePaper) -> Placement:
        rule = self.rules.get(paper.paper.type)
        if paper.paper.is_blank_form:
            return Placement(why=("A form nobody filled in belongs nowhere.",))
        if rule is None:
            return Placement(why=("It is not known what kind of paper this is.",))
        if rule.at:
            return Placement((rule.at,), ("A paper of this kind belongs here whatever it names.",), is_sure=True)
        own, buyer = self._first(paper, rule.own), self._first(paper, rule.next)
        if own is not None and own.step == IMPORTER_KEY:
            return Placement((IMPORT,), (own.words,), own.is_sure)
        if own is not None:
            return self._own(own, buyer, rule)
        stranger = next((one.text or one.value for name in rule.own for one in paper.paper.all(name)), "")
        if stranger:
            return Placement(why=(f"It names {stranger}, who is no party of the chain.",))
        if buyer is not None:
            return self._between(buyer.step, buyer, "delivers to", upstream=True)
        if (seller := self._first(paper, rule.before)) is not None:
            return self._between(seller.step, seller, "takes from", upstream=False)
        return Placement(why=("It names no party of the chain.",))

    def _own(self, own: Named, buyer: Named | None, rule: Rule) -> Placement:
        why = [own.words]
        to_importer = buyer is not None and buyer.step == IMPORTER_KEY
        if buyer and buyer.step not in (own.step, IMPORTER_KEY, *self.steps[own.step].supplies):
            why.append(f"It names {self._name(buyer.step)} as the buyer; the chain shows no such link.")
        if rule.is_sale and to_importer:
            return Placement((own.step, IMPORT), (own.words, buyer.words if buyer else ""), own.is_sure)
        return Placement((own.step,), tuple(why), own.is_sure)

    def _between(self, other: str, named: Named, verb: str, *, upstream: bool) -> Placement:
        """Only the other side is a party of the chain: told where just one step can be meant."""
        if upstream and other == IMPORTER_KEY:
            return Placement((IMPORT,), (named.words,), named.is_sure)
        beside = (
            [one.key for one in self.steps.values() if other in one.supplies and one.is_of_chain]
            if upstream
            else [key for key in self.steps[other].supplies if key in self.steps and self.steps[key].is_of_chain]
            if other in self.steps
            else []
        )
        if len(beside) == 1:
            one = self.steps[beside[0]]
            return Placement((one.key,), (named.words, f"Only {one.label} {verb} {self._name(other)}."), False)
        return Placement(why=(named.words, "Which step stands on the other side is not told by the paper."))

    def _first(self, paper: CasePaper, names: Iterable[str]) -> Named | None:
        for name in names:
            for one in paper.paper.all(name):
                found = self.who(one.value) if one.value else None
                if found is not None and found.step in {IMPORTER_KEY, *self.steps}:
                    return found
        return None

    def _name(self, key: str) -> str:
        return self.steps[key].label if key in self.steps else "the importer"


def values_of(paper: CasePaper, names: Iterable[str]) -> dict[str, str]:
    """The numbers a paper bears in these fields: as compared, and as written."""
    found: dict[str, str] = {}
    for name in names:
        for one in paper.paper.all(name):
            if len(plain_number(one.value)) >= SHORTEST_NUMBER:
                found.setdefault(plain_number(one.value), one.text or one.value)
    return found


def _known_by(
    papers: Sequence[CasePaper], found: Mapping[int, Placement], fields: Iterable[str]
) -> dict[str, list[tuple[CasePaper, Placement]]]:
    known: dict[str, list[tuple[CasePaper, Placement]]] = {}
    for paper in papers:
        if found[paper.key].steps and found[paper.key].steps != (PACKAGE,):
            for number in values_of(paper, fields):
                known.setdefault(number, []).append((paper, found[paper.key]))
    return known


def _by_shared(
    paper: CasePaper,
    fields: Iterable[str],
    what: str,
    known: Mapping[str, list[tuple[CasePaper, Placement]]],
    before: Placement,
    steps: Sequence[ChainStep],
) -> Placement:
    """Where papers that bear the same number or lot stand, if they all stand at one place."""
    if not paper.paper.type or paper.paper.is_blank_form:
        return before
    places: dict[tuple[str, ...], str] = {}
    for number, text in values_of(paper, fields).items():
        for other, placement in known.get(number, ()):
            places.setdefault(placement.steps, f"It bears {what} {text}, as {other.title} does.")
    if len(places) == 1:
        [(where, why)] = places.items()
        return Placement(where, (why,), is_sure=False)
    if places:
        return Placement(why=(*before.why, f"{what.capitalize()} it bears stands on papers of several steps."))
    return before
