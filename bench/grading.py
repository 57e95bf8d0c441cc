"""Grade the engine by the exam of bench/exam/, through the function that screening and screen_parties use."""

import csv
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from statistics import quantiles
from typing import Any

from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from entities import reference
from entities.domain.facts import PARTY_FIELDS, ListedParty, PartyFacts
from entities.domain.matching import Matcher
from entities.domain.names import has_han, scripts, syllables
from entities.domain.parties import screen

EXAM = Path(__file__).resolve().parent / "exam"
HALVES = ("development", "test")
ON = date(2026, 7, 10)
LOOKALIKES = frozenset(
    {"same place and trade", "one syllable away", "brand elsewhere", "chinese same place and trade", "hand look-alike"}
)
_SORTED = fuzz.token_sort_ratio
BACKGROUND = frozenset({"background", "background chinese"})


@dataclass(frozen=True)
class Graded:
    """A name of the exam with the entities it was flagged for."""

    half: str
    kind: str
    expected: str
    name: str
    flagged: tuple[str, ...]

    @property
    def right(self) -> bool:
        return self.expected in self.flagged if self.expected else not self.flagged


def rows(*names: str) -> list[dict[str, str]]:
    found = []
    for name in names:
        with (EXAM / name).open(encoding="utf-8", newline="") as file:
            found += list(csv.DictReader(file))
    return found


def grade_names(matcher: Matcher, given: Iterable[dict[str, str]]) -> list[Graded]:
    """Every name of the exam through the whole screening of a party."""
    gazetteer = reference.gazetteer()
    return [
        Graded(
            row["half"],
            row["kind"],
            row["expected"],
            row["name"],
            tuple(m.key for m in screen(PartyFacts(name=row["name"]), matcher, gazetteer, ON).matches),
        )
        for row in given
    ]


def figures(graded: Sequence[Graded]) -> dict[str, Any]:
    """The figures of one half: recall, precision, false alarms on look-alikes and on background names, every kind."""
    positives = [g for g in graded if g.expected]
    negatives = [g for g in graded if not g.expected]
    found = sum(g.right for g in positives)
    false = sum(not g.right for g in negatives) + sum(bool(g.flagged) and not g.right for g in positives)
    alike = [g for g in negatives if g.kind in LOOKALIKES]
    other = [g for g in negatives if g.kind in BACKGROUND]
    return {
        "positives": len(positives),
        "negatives": len(negatives),
        "recall": found / len(positives),
        "precision": found / max(1, found + false),
        "lookalike_alarms": share(not g.right for g in alike),
        "background_per_10000": 10_000 * share(not g.right for g in other),
        "kinds": {kind: [right, count] for kind, (right, count) in sorted(_by_kind(graded).items())},
    }


def share(values: Iterable[bool]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0


def _by_kind(graded: Sequence[Graded]) -> dict[str, tuple[int, int]]:
    right, count = Counter(g.kind for g in graded if g.right), Counter(g.kind for g in graded)
    return {kind: (right[kind], count[kind]) for kind in count}


def grade_scripts(parties: Sequence[ListedParty], given: Sequence[dict[str, str]]) -> dict[str, Any]:
    """Chinese characters against a list that knows only the romanised names, and pinyin against one in characters.

    The names asked stand in three sets, counted apart: ``names_in_characters.csv`` and
    ``more_names_in_characters.csv``, of which the missed rows of both halves were looked at while the engine was
    mended, and ``third_names_in_characters.csv``, of which those missed in the test half never were.
    """
    latin = [replace(p, names=tuple(n for n in p.names if n.kind != "native")) for p in parties]
    han = [replace(p, names=tuple(replace(n, confirmed=True) for n in p.names if n.kind == "native")) for p in parties]
    by_latin, by_han = _matcher(latin), _matcher([p for p in han if p.names])
    asked = grade_names(by_latin, rows("names_in_characters.csv"))
    more = _set_in_characters(by_latin, "more_names_in_characters.csv")
    third = _set_in_characters(by_latin, "third_names_in_characters.csv")
    other = [r for r in given if not r["expected"] and has_han(r["name"])]
    false = [bool(by_latin.screen(PartyFacts(name=r["name"]), ON)) for r in other]
    pinyin = [r for r in given if r["kind"] in ("pinyin split", "pinyin joined")]
    reverse = [r["expected"] in {m.key for m in by_han.screen(PartyFacts(name=r["name"]), ON)} for r in pinyin]
    return {
        "chinese_asked": {half: sum(g.half == half for g in asked) for half in HALVES},
        "chinese_recall": {half: share(g.right for g in asked if g.half == half) for half in HALVES},
        "more": more,
        "third": third,
        "pinyin_asked": len(pinyin),
        "pinyin_recall": share(reverse),
        "other_chinese": len(other),
        "other_chinese_alarms": share(false),
    }


def _set_in_characters(matcher: Matcher, name: str) -> dict[str, dict[str, float]]:
    """By half of a set how many listed entities were asked for and found, and how many other firms raised an alert."""
    graded = grade_names(matcher, rows(name))
    return {
        half: {
            "asked": sum(g.half == half and bool(g.expected) for g in graded),
            "recall": share(g.right for g in graded if g.half == half and g.expected),
            "others": sum(g.half == half and not g.expected for g in graded),
            "alarms": share(not g.right for g in graded if g.half == half and not g.expected),
        }
        for half in HALVES
    }


def _matcher(parties: Sequence[ListedParty]) -> Matcher:
    return Matcher(tuple(parties), reference.gazetteer(), reference.vocabulary())


def grade_places(matcher: Matcher, half: str) -> dict[str, Any]:
    """Addresses of the exam: what was found in Xinjiang, and what was taken for it."""
    gazetteer = reference.gazetteer()
    kinds: dict[str, list[int]] = {}
    counts = Counter[str]()
    for row in rows("places.csv", "places_by_hand.csv"):
        if row["half"] != half:
            continue
        party = PartyFacts(**{field: row[field] for field in PARTY_FIELDS})
        flagged = screen(party, matcher, gazetteer, ON).region_verdict != "none"
        right = flagged == (row["expected"] == "xinjiang")
        of_kind = kinds.setdefault(row["kind"], [0, 0])
        of_kind[0] += right
        of_kind[1] += 1
        counts[row["expected"], right] += 1  # type: ignore[index]
    found, lost = counts["xinjiang", True], counts["xinjiang", False]  # type: ignore[index]
    false, quiet = counts["elsewhere", False], counts["elsewhere", True]  # type: ignore[index]
    hard = [k for k in kinds if k in HARD_PLACES]
    return {
        "recall": found / (found + lost),
        "hard_recall": sum(kinds[k][0] for k in hard) / max(1, sum(kinds[k][1] for k in hard)),
        "false_positives": false / (false + quiet),
        "kinds": kinds,
    }


HARD_PLACES = frozenset(
    {
        "chinese without region",
        "english without region",
        "pinyin",
        "other spelling as city",
        "postal code in address",
        "uyghur script",
        "corps",
    }
)


def token_sort(parties: Sequence[ListedParty], given: Sequence[dict[str, str]]) -> dict[str, Any]:
    """What a user would take instead: rapidfuzz token_sort_ratio of every name against every listed name.

    Its threshold is chosen on the development half too, for the best balance of recall and precision.
    """
    keys = [p.key for p in parties for _ in p.names]
    names = [default_process(n.text) for p in parties for n in p.names]
    asked = [default_process(r["name"]) for r in given]
    started = time.process_time()
    scores = [
        [
            (keys[place], score)
            for _, score, place in process.extract_iter(name, names, scorer=_SORTED, score_cutoff=70)
        ]
        for name in asked
    ]
    seconds = time.process_time() - started

    def graded(half: str, threshold: int) -> list[Graded]:
        return [
            Graded(
                row["half"],
                row["kind"],
                row["expected"],
                row["name"],
                tuple({key for key, score in found if score >= threshold}),
            )
            for row, found in zip(given, scores, strict=True)
            if row["half"] == half
        ]

    def balance(threshold: int) -> float:
        got = figures(graded("development", threshold))
        return 2 * got["recall"] * got["precision"] / max(0.001, got["recall"] + got["precision"])

    threshold = max(range(70, 100, 2), key=balance)
    return {"threshold": threshold, "names_per_second": len(asked) / seconds} | figures(graded("test", threshold))


# Speed, in processor time, so that other work on the machine does not count -----------------------------------------


def forget() -> None:
    """Nothing seen before is remembered: the caches of single words and names are emptied."""
    scripts.fold.cache_clear()
    scripts.simplified.cache_clear()
    syllables.syllable_count.cache_clear()


def speed_names(given: Sequence[dict[str, str]]) -> list[str]:
    """Distinct names, four in five in Latin letters, one in fifty a variant of a listed name."""
    other = [r["name"] for r in given if r["kind"] in BACKGROUND]
    latin = [n for n in other if not has_han(n)]
    han = [n for n in other if has_han(n)]
    listed = [r["name"] for r in given if r["expected"]][::10]
    every = [*latin[: 4 * len(han)], *han, *listed[: len(other) // 50]]
    return sorted(every, key=lambda n: hash_of(n))


def hash_of(text: str) -> int:
    return sum(ord(c) * (i + 7) for i, c in enumerate(text)) % 10_007


def names_per_second(matcher: Matcher, given: Sequence[str]) -> float:
    gazetteer = reference.gazetteer()
    parties = [PartyFacts(name=name) for name in given]
    forget()
    started = time.process_time()
    for party in parties:
        _ = screen(party, matcher, gazetteer, ON).reasons
    return len(parties) / (time.process_time() - started)


def one_name(matcher: Matcher, given: Sequence[str]) -> tuple[float, float]:
    """Milliseconds of one name, median and 99th percentile, each seen for the first time."""
    gazetteer = reference.gazetteer()
    forget()
    taken = []
    for name in given:
        party = PartyFacts(name=name)
        started = time.process_time()
        screen(party, matcher, gazetteer, ON)
        taken.append(1000 * (time.process_time() - started))
    parts = quantiles(taken, n=100)
    return parts[49], parts[98]


def longer_list(parties: Sequence[ListedParty], given: Sequence[str], times: int = 100) -> float:
    """How many times slower a list of a hundred times the entities is: invented firms of the same trades."""
    from bench.exam.invented import invented_parties

    short, long = _matcher(parties), _matcher([*parties, *invented_parties(len(parties) * (times - 1))])
    fast = max(names_per_second(short, given) for _ in range(2))
    slow = max(names_per_second(long, given) for _ in range(2))
    return fast / slow
