"""Knots of a network: firms that all stand upstream of each other. Goods can go round only within one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from screening.domain.tracing import Link


def knots(links: Sequence[Link]) -> list[list[Link]]:
    """The links within each knot of more than one firm, in their order; the knot of the first link first.

    By the strongly connected components of the firms (Tarjan 1972), without recursion: chains are long.
    """
    onward: dict[int, list[int]] = defaultdict(list)
    for link in links:
        onward[link.supplier].append(link.customer)
    knot_of = _components(onward)
    within: dict[int, list[Link]] = {}
    for link in links:
        if knot_of[link.supplier] == knot_of[link.customer]:
            within.setdefault(knot_of[link.supplier], []).append(link)
    return list(within.values())


def _components(onward: dict[int, list[int]]) -> dict[int, int]:
    """By firm the knot it lies in."""
    number: dict[int, int] = {}
    lowest: dict[int, int] = {}
    knot: dict[int, int] = {}
    open_firms: list[int] = []
    for first in list(onward):
        if first in number:
            continue
        waiting = [(first, iter(onward[first]))]
        number[first] = lowest[first] = len(number)
        open_firms.append(first)
        while waiting:
            firm, customers = waiting[-1]
            new = next((one for one in customers if _is_new(one, firm, number, lowest, knot)), None)
            if new is not None:
                number[new] = lowest[new] = len(number)
                open_firms.append(new)
                waiting.append((new, iter(onward.get(new, ()))))
                continue
            waiting.pop()
            if waiting:
                below = waiting[-1][0]
                lowest[below] = min(lowest[below], lowest[firm])
            if lowest[firm] == number[firm]:
                while firm not in knot:
                    knot[open_firms.pop()] = number[firm]
    return knot


def _is_new(one: int, firm: int, number: dict[int, int], lowest: dict[int, int], knot: dict[int, int]) -> bool:
    """Whether a firm is reached for the first time; where it lies on the way, the way closes."""
    if one not in number:
        return True
    if one not in knot:
        lowest[firm] = min(lowest[firm], number[one])
    return False
