"""Who stands behind a firm: chains of owners, each with its path and the share that is known at least."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

MAX_STEPS = 10


@dataclass(frozen=True, slots=True)
class Holding:
    """One holding as stated: the key of the statement, who owns whom, at least how many percent if that is known."""

    key: int
    owner: int
    owned: int
    share_at_least: Decimal | None = None
    is_indirect: bool = False
    interest: str = ""


@dataclass(frozen=True, slots=True)
class OwnerChain:
    """An owner at some distance: the holdings on the way, that of the firm itself first."""

    owner: int
    path: tuple[Holding, ...]

    @property
    def steps(self) -> int:
        return len(self.path)

    @property
    def share_at_least(self) -> Decimal | None:
        """Percent of the firm that reaches the owner along this path at least; None where a step does not say."""
        share = Decimal(100)
        for holding in self.path:
            if holding.share_at_least is None:
                return None
            share = share * holding.share_at_least / 100
        return share


def chains_of_owners(
    firms: Iterable[int], holdings_of: Callable[[Sequence[int]], Mapping[int, Sequence[Holding]]]
) -> dict[int, list[OwnerChain]]:
    """Every owner of each firm, direct ones first, at most ``MAX_STEPS`` away, once by its shortest path.

    ``holdings_of`` answers, for owned firms, the holdings in each: it is asked once per step, so that the number of
    questions does not grow with the firms. Firms that own each other end the way; nobody is its own owner.
    Of several statements that lead to the same owner in as many steps, the one with the greatest share counts.
    """
    wanted = list(dict.fromkeys(firms))
    known: dict[int, Sequence[Holding]] = {}
    found: dict[int, dict[int, OwnerChain]] = {firm: {} for firm in wanted}
    ends: dict[int, list[OwnerChain]] = {firm: [OwnerChain(firm, ())] for firm in wanted}
    for _ in range(MAX_STEPS):
        to_ask = sorted({chain.owner for chains in ends.values() for chain in chains} - known.keys())
        if to_ask:
            answers = holdings_of(to_ask)
            known.update({firm: answers.get(firm, ()) for firm in to_ask})
        for firm in wanted:
            ends[firm] = _next(firm, ends[firm], found[firm], known)
        if not any(ends.values()):
            break
    return {firm: list(chains.values()) for firm, chains in found.items()}


def _next(
    firm: int, ends: list[OwnerChain], found: dict[int, OwnerChain], known: Mapping[int, Sequence[Holding]]
) -> list[OwnerChain]:
    """The owners one step further, each by its best path of this length."""
    step: dict[int, OwnerChain] = {}
    for chain in ends:
        for holding in known[chain.owner]:
            if holding.owner == firm or holding.owner in found:
                continue
            longer = OwnerChain(holding.owner, (*chain.path, holding))
            best = step.get(holding.owner)
            if best is None or (longer.share_at_least or Decimal(-1)) > (best.share_at_least or Decimal(-1)):
                step[holding.owner] = longer
    found.update(step)
    return list(step.values())
