"""What the checks say of a made file, against what was planted in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.papers.made import Fault, Pile
from evidence.domain.alarms import Alarm


@dataclass
class Tally:
    """How many of each code were planted and found, and which alarms no fault stands behind."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    pages: int = 0
    examples: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def take(self, pile: Pile, alarms: Sequence[Alarm], slots: Mapping[tuple[int, int], str]) -> None:
        """Count one file. ``slots``: which paper stands at which page of which document."""
        self.pages += len(pile.sheets)
        for fault in pile.faults:
            self.planted[fault.code] += 1
            if any(one.code == fault.code and _at(one, fault, slots) for one in alarms):
                self.found[fault.code] += 1
            else:
                self.missed.append(f"{pile.name} {fault.code} {fault.slots[:2]} {fault.note}")
        for alarm in alarms:
            if not any(_explains(fault, alarm, slots) for fault in pile.faults):
                self.false[alarm.code] += 1
                self.examples.append(f"{pile.name} {alarm.code}: {alarm.sentence}")

    @property
    def share_found(self) -> float:
        return sum(self.found.values()) / max(1, sum(self.planted.values()))

    @property
    def false_per_100(self) -> float:
        return 100 * sum(self.false.values()) / max(1, self.pages)

    def lines(self) -> list[str]:
        """The figures per code, as a table of text."""
        rows = [f"{'code':<28}{'planted':>8}{'found':>7}{'share':>7}{'false':>7}{'per 100 pages':>15}"]
        for code in sorted(self.planted.keys() | self.false.keys()):
            planted, found, false = self.planted[code], self.found[code], self.false[code]
            share = f"{found / planted:.2f}" if planted else ""
            rows.append(
                f"{code:<28}{planted:>8}{found:>7}{share:>7}{false:>7}{100 * false / max(1, self.pages):>15.2f}"
            )
        total = sum(self.planted.values()), sum(self.found.values()), sum(self.false.values())
        rows.append(
            f"{'all':<28}{total[0]:>8}{total[1]:>7}{self.share_found:>7.2f}{total[2]:>7}{self.false_per_100:>15.2f}"
        )
        return rows


def _at(alarm: Alarm, fault: Fault, slots: Mapping[tuple[int, int], str]) -> bool:
    """Whether an alarm points at a paper of the fault; some faults have no place, since a paper is not there."""
    named = {slots.get((one.document, one.page), "") for one in (*alarm.says, *alarm.also)}
    return not fault.slots or not alarm.says or bool(named & set(fault.slots))


def _explains(fault: Fault, alarm: Alarm, slots: Mapping[tuple[int, int], str]) -> bool:
    return alarm.code in {fault.code, *fault.also} and _at(alarm, fault, slots)
