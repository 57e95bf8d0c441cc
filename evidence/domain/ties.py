"""Do the papers of a chain tie together: order to invoice to payment to transport to receipt to production to the next
step, by party, number, lot, date, quantity and amount.

Which papers are tied is told by the numbers and lots they bear, or because just one paper can be meant; never by
likeness of amounts. What cannot be tied is said to be open, with what is missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evidence.domain.comparing import compare
from evidence.domain.laid import ChainStep, Laid
from evidence.domain.papers import CasePaper
from evidence.domain.placing import LOTS, NUMBERS, values_of
from evidence.domain.requirements import IMPORT, PACKAGE, LinksTo, Requirement
from evidence.domain.tie_values import Compared, State, Value, Ways

# What papers name of each other; a paper's own number is matched against these of the others.
NAMES = {
    "PURCHASE_ORDER": ("order_number", "contract_number", "document_number"),
    "COMMERCIAL_INVOICE": ("invoice_number", "document_number"),
    "VAT_INVOICE": ("invoice_number", "document_number"),
    "BILL_OF_LADING": ("bl_number", "document_number"),
    "TRANSPORT_DOCUMENT": ("bl_number", "document_number"),
    "ENTRY": ("entry_number", "document_number"),
}
_SAME = {"value": "amount"}  # two words for one comparison
OWN_NUMBER = ("document_number",)
# What the one paper bears and the other, from the surest: the number of the one, a number of a third, a lot.
_BASES = (
    (OWN_NUMBER, NUMBERS, "number"),
    (NUMBERS, OWN_NUMBER, "number"),
    (NUMBERS, NUMBERS, "number"),
    (LOTS, LOTS, "lot"),
)
LINKED_BY_NUMBER = frozenset({"PURCHASE_ORDER", "COMMERCIAL_INVOICE", "VAT_INVOICE", "PROOF_OF_PAYMENT"})


@dataclass(frozen=True, slots=True)
class Tie:
    """Papers of two kinds in one field: they agree, they break, or it is open.

    ``step`` and ``other``: where the two sides stand. ``pair``: what is tied, in words of the trade. ``basis``: why
    these papers were taken together.
    """

    step: str
    other: str
    pair: tuple[str, str]
    field: str
    state: State
    words: str
    basis: str
    papers: tuple[int, ...]
    left: tuple[Value, ...] = ()
    right: tuple[Value, ...] = ()
    rule: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class _Group:
    """Papers of either side that belong together."""

    left: tuple[CasePaper, ...]
    right: tuple[CasePaper, ...]
    basis: str


def ties_of(laid: Laid, asked: Mapping[str, Sequence[Requirement]], ways: Ways, stands_for: StandsFor) -> list[Tie]:
    """Every tie the requirements ask for, where a paper of its kind lies at the step. Each comparison once.

    ``asked``: by step the requirements that hold there.
    """
    found: dict[tuple[object, ...], Tie] = {}
    for step in laid.steps:
        for requirement in asked.get(step.key, ()):
            own = [one for one in laid.at([step.key]) if stands_for(one, requirement.type)]
            if not own:
                continue
            for link in requirement.links:
                for tie in _of_link(laid, step, requirement, link, own, ways, stands_for):
                    what = _SAME.get(tie.field, tie.field) if tie.field else frozenset(tie.pair)
                    known = found.get(key := (frozenset(tie.papers), what))
                    if known is None or (known.state == "open" and tie.state != "open"):
                        found[key] = tie
    return list(found.values())


class StandsFor:
    """Which types of paper are taken for which required one: a bill of lading is a transport document."""

    def __init__(self, others: Mapping[str, Iterable[str]]) -> None:
        self.others = {one: frozenset(types) for one, types in others.items()}

    def __call__(self, paper: CasePaper, wanted: str) -> bool:
        counts = not paper.paper.is_blank_form
        return counts and (paper.paper.type == wanted or paper.paper.type in self.others.get(wanted, ()))


def _of_link(
    laid: Laid,
    step: ChainStep,
    requirement: Requirement,
    link: LinksTo,
    own: Sequence[CasePaper],
    ways: Ways,
    stands_for: StandsFor,
) -> Iterator[Tie]:
    where = scope_of(laid, step, link.scope)
    keys = {one.key for one in own}
    pool = laid.on_record(where) if link.is_of_system else laid.at(where)
    others = [one for one in pool if stands_for(one, link.type) and one.key not in keys]
    pair = (requirement.type, link.type)
    if not others:
        return
    side = "input" if link.type == "INPUT_RECEIPT" or link.scope == "up" else "output"
    groups, loose = _grouped(own, others, link)
    for group in groups:
        other = _step_of(laid, group.right[0], where, step.key)
        papers = tuple(one.key for one in (*group.left, *group.right))
        for name in link.fields:
            said = compare(name, group.left, group.right, side, ways)
            yield _tie(step.key, other, pair, name, said, group.basis, papers, requirement.source)
    for paper, words in loose:
        yield Tie(step.key, step.key, pair, "", "open", words, "", (paper.key,), source=requirement.source)


def scope_of(laid: Laid, step: ChainStep, scope: str) -> tuple[str, ...]:
    """The steps a scope of ``links_to`` means, seen from a step."""
    chain = [one for one in laid.steps if one.is_of_chain]
    if scope == "same":
        return (step.key,)
    if scope == "up":
        return laid.up(step.key)
    if scope == "down":
        return laid.down(step.key)
    if scope in {IMPORT, PACKAGE}:
        return (scope,)
    if scope == "all":
        return tuple(one.key for one in laid.steps)
    if scope == "finished":
        return tuple(one.key for one in chain if IMPORT in one.supplies)
    if scope == "raw":
        supplied = {key for one in chain for key in one.supplies}
        return tuple(one.key for one in chain if one.number == 1 or (one.number is None and one.key not in supplied))
    return tuple(one.key for one in chain if one.stage == scope)


def _grouped(
    own: Sequence[CasePaper], others: Sequence[CasePaper], link: LinksTo
) -> tuple[list[_Group], list[tuple[CasePaper, str]]]:
    """The papers taken together, and those that could not be, with why."""
    joined: dict[int, tuple[set[int], str]] = {}
    by_key = {one.key: one for one in (*own, *others)}
    for mine, theirs, what in _BASES:  # the surer basis first: what is tied by it is not tied again by a weaker one
        taken = {key for met, _ in joined.values() for key in met}
        free = {one.key: values_of(one, theirs) for one in others if one.key not in taken}
        for paper in own:
            if paper.key in joined:
                continue
            said = values_of(paper, mine)
            if met := {key for key, values in free.items() if said.keys() & values.keys()}:
                shared = next(key for key in said if any(key in free[one] for one in met))
                joined[paper.key] = (met, f"both bear {what} {said[shared]}")
    _join_deposits(own, others, joined)
    loose: list[tuple[CasePaper, str]] = []
    taken = {key for met, _ in joined.values() for key in met}
    for paper in own:
        if paper.key in joined:
            continue
        left = [one for one in others if one.key not in taken and not _named_in_vain(one, paper.paper.type)]
        named = _named_in_vain(paper, link.type)
        if len(left) == 1 and not named:
            joined[paper.key] = ({left[0].key}, f"{left[0].title} is the only one it can mean")
        elif named:
            words = f"{paper.title} names {named}; none of the {len(others)} papers of that kind here bears it."
            loose.append((paper, words))
        else:
            words = f"{paper.title} shares no number or lot with any of the {len(others)} papers it should tie to."
            loose.append((paper, words))
    return _components(joined, by_key), loose


def _join_deposits(
    own: Sequence[CasePaper], others: Sequence[CasePaper], joined: dict[int, tuple[set[int], str]]
) -> None:
    """A payment that names the order alone goes with those that name the invoice of that order: it is part of it."""
    taken = {key for met, _ in joined.values() for key in met}
    for paper, other in ((paper, other) for paper in own for other in others):
        deposit = next((one for one in (paper, other) if one.paper.type == "PROOF_OF_PAYMENT"), None)
        if deposit is None or deposit.key in (taken if deposit is other else joined):
            continue
        said, shared = values_of(deposit, ("invoice_number", "reference")), values_of(paper, NUMBERS)
        shared = {key: text for key, text in shared.items() if key in values_of(other, NUMBERS)}
        if shared and said.keys() <= shared.keys() and (other.key in taken or paper.key in joined):
            met, basis = joined.get(paper.key, (set(), f"both bear number {min(shared.values())}"))
            joined[paper.key] = (met | {other.key}, basis)


def _named_in_vain(paper: CasePaper, wanted: str) -> str:
    """The number of a paper of that kind which this one names, other than its own."""
    if wanted not in LINKED_BY_NUMBER:
        return ""
    own = values_of(paper, ("document_number",))
    for name in NAMES.get(wanted, ()):
        if name != "document_number":
            for key, text in values_of(paper, (name,)).items():
                if key not in own:
                    return text
    return ""


def _components(joined: Mapping[int, tuple[set[int], str]], by_key: Mapping[int, CasePaper]) -> list[_Group]:
    """What is joined by a common paper is one group: three payments for one invoice."""
    groups: list[tuple[set[int], set[int], str]] = []
    for key, (met, basis) in joined.items():
        touching = [one for one in groups if one[1] & met]
        left, right = {key}, set(met)
        for one in touching:
            left |= one[0]
            right |= one[1]
            groups.remove(one)
        groups.append((left, right, basis))
    return [
        _Group(tuple(by_key[key] for key in sorted(left)), tuple(by_key[key] for key in sorted(right)), basis)
        for left, right, basis in groups
    ]


def _step_of(laid: Laid, paper: CasePaper, where: Sequence[str], own: str) -> str:
    steps = laid.placed[paper.key].steps if paper.key in laid.placed else ()
    return next((key for key in steps if key in where), own)


def _tie(
    step: str,
    other: str,
    pair: tuple[str, str],
    name: str,
    said: Compared,
    basis: str,
    papers: tuple[int, ...],
    source: str,
) -> Tie:
    words = said.words.replace("..", ".")  # the name of a firm that ends in Ltd. brings its own full stop
    return Tie(step, other, pair, name, said.state, words, basis, papers, said.left, said.right, said.rule, source)


def by_step(ties: Iterable[Tie]) -> dict[str, list[Tie]]:
    """Ties by the steps they touch, breaks first."""
    found: dict[str, list[Tie]] = defaultdict(list)
    order = {"breaks": 0, "agrees": 1, "open": 2}
    for tie in sorted(ties, key=lambda one: order[one.state]):
        for key in dict.fromkeys((tie.step, tie.other)):
            found[key].append(tie)
    return found
