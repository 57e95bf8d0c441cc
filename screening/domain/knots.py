"""Knots of a network: what all stands upstream of each other. Goods can go round only within one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator


def knots(nodes: Iterable[int], onward: Callable[[int], Iterable[int]]) -> Iterator[list[int]]:
    """The groups of more than one node in which a way leads from each to each, and what lies in them, in order.

    The strongly connected components (Tarjan 1972), without recursion: chains are long.
    """
    number: dict[int, int] = {}
    lowest: dict[int, int] = {}
    closed: set[int] = set()
    on_the_way: list[int] = []

    def enter(node: int) -> tuple[int, Iterator[int]]:
        number[node] = lowest[node] = len(number)
        on_the_way.append(node)
        return node, iter(onward(node))

    for first in nodes:
        waiting = [] if first in number else [enter(first)]
        while waiting:
            node, following = waiting[-1]
            for one in following:
                if one not in number:
                    waiting.append(enter(one))
                    break
                if one not in closed:
                    lowest[node] = min(lowest[node], number[one])
            else:
                waiting.pop()
                if waiting:
                    below = waiting[-1][0]
                    lowest[below] = min(lowest[below], lowest[node])
                if lowest[node] == number[node]:
                    start = on_the_way.index(node)
                    knot = on_the_way[start:]
                    del on_the_way[start:]
                    closed.update(knot)
                    if len(knot) > 1:
                        yield sorted(knot)
