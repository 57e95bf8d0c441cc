"""Which faults go into which file: every code often enough, no two in one file that hide each other."""

from __future__ import annotations

from bench.papers.chains import WINDOWS, Builder, finish
from bench.papers.faults import KINDS, Kind
from bench.papers.layouts import look_of
from bench.papers.made import Fault, Inventor, Pile

TIMES = 20
MOST_PER_FILE = 9


def piles(half: str, times: int = TIMES) -> list[Pile]:
    """Files in which every kind of fault is planted at least so many times, one in ten of them without any fault."""
    left = {kind.code: times for kind in KINDS}
    found: list[Pile] = []
    while any(left.values()):
        name = f"{half}-{len(found):03}"
        pile = Builder(name, WINDOWS[len(found) % len(WINDOWS)], half).build()
        if len(found) % 10 != 9:
            _plant(pile, left)
        finish(pile)
        look_of(pile)
        _untranslated(pile)
        found.append(pile)
    return found


def _plant(pile: Pile, left: dict[str, int]) -> None:
    """Plant what is wanted most, each fault in a place that no other touches."""
    invent = Inventor(f"faults of {pile.name}")
    taken: set[str] = set()
    wanted = sorted(KINDS, key=lambda kind: (-left[kind.code], invent.random.random()))
    for kind in wanted:
        if len(pile.faults) >= MOST_PER_FILE or not left[kind.code]:
            break
        for key in invent.random.sample(kind.keys, len(kind.keys)):
            touched = _touched(kind, key)
            if not touched & taken:
                pile.faults.append(kind.plant(pile, invent, key))
                taken |= touched
                left[kind.code] -= 1
                break


def _touched(kind: Kind, key: str) -> set[str]:
    return {one.format(key) for one in kind.touches}


def _untranslated(pile: Pile) -> None:
    """Papers in Chinese alone are untranslated, whatever else is planted."""
    for sheet in pile.sheets:
        if sheet.layout.startswith("zh") and not sheet.illegible:
            pile.faults.append(Fault("UNTRANSLATED", (sheet.slot,), "in Chinese, no translation"))
