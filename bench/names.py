"""The figures of the engines, printed as one table and kept for the page How matching works."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from bench import grading
from entities import reference
from entities.domain.facts import ListedParty
from entities.domain.matching import ENGINE_VERSION, Matcher

MEASURED = reference.DATA / "measured.json"
TIMES = 100
REACH = {
    "recall": "0.95",
    "precision": "0.97",
    "lookalike_alarms": "3.7 %",
    "background_per_10000": "5",
    "chinese_recall": "0.90",
    "place_recall": "0.98",
    "place_hard_recall": "0.96",
    "place_false_positives": "0.5 %",
    "names_per_second": "20,000",
    "p50_ms": "0.1",
    "p99_ms": "1",
    "slow_down": "4",
}


def measure(matcher: Matcher, parties: list[ListedParty], *, machine: dict[str, Any]) -> dict[str, Any]:
    """Every figure of the exam, both halves, with what a user would take instead graded beside it."""
    given = grading.rows("names.csv", "names_by_hand.csv")
    graded = grading.grade_names(matcher, given)
    names = grading.speed_names(given)
    p50, p99 = grading.one_name(matcher, names)
    return {
        "engine": ENGINE_VERSION,
        "measured_on": date.today().isoformat(),  # noqa: DTZ011 (the day on the machine that measured)
        "machine": machine,
        "halves": {half: grading.figures([g for g in graded if g.half == half]) for half in grading.HALVES},
        "places": {half: grading.grade_places(matcher, half) for half in grading.HALVES},
        "scripts": grading.grade_scripts(parties, given),
        "speed": {
            "names": len(names),
            "names_per_second": max(grading.names_per_second(matcher, names) for _ in range(3)),
            "p50_ms": p50,
            "p99_ms": p99,
            "slow_down": grading.longer_list(parties, names[:3000], TIMES),
            "longer_list": len(parties) * TIMES,
        },
        "token_sort": grading.token_sort(parties, given),
    }


def show(found: dict[str, Any]) -> None:
    """The table: what is to be reached, both halves, and the comparison."""
    halves, places, other = found["halves"], found["places"], found["token_sort"]
    print(f"\n{'':<42}{'reach':>9}{'develop.':>10}{'test':>10}{'token_sort':>12}")
    for label, figure, form in (
        ("recall", "recall", "{:.3f}"),
        ("precision", "precision", "{:.3f}"),
        ("false alarms on look-alikes", "lookalike_alarms", "{:.2%}"),
        ("alerts on 10,000 background names", "background_per_10000", "{:.1f}"),
    ):
        row = [form.format(one[figure]) for one in (*(halves[h] for h in grading.HALVES), other)]
        print(f"{label:<42}{REACH[figure]:>9}{row[0]:>10}{row[1]:>10}{row[2]:>12}")
    for label, figure, form in (
        ("places: recall", "recall", "{:.3f}"),
        ("places: recall of hard ones", "hard_recall", "{:.3f}"),
        ("places: false positives", "false_positives", "{:.2%}"),
    ):
        row = [form.format(places[half][figure]) for half in grading.HALVES]
        print(f"{label:<42}{REACH['place_' + figure]:>9}{row[0]:>10}{row[1]:>10}{'':>12}")
    scripts, speed = found["scripts"], found["speed"]
    row = [f"{scripts['chinese_recall'][half]:.3f}" for half in grading.HALVES]
    print(f"{'Chinese name against a romanised list':<42}{REACH['chinese_recall']:>9}{row[0]:>10}{row[1]:>10}")
    for key, label in (("more", "second"), ("third", "third")):
        row = [f"{scripts[key][half]['recall']:.3f}" for half in grading.HALVES]
        print(f"{f'  the {label} set of such names':<42}{REACH['chinese_recall']:>9}{row[0]:>10}{row[1]:>10}")
        row = [f"{scripts[key][half]['alarms']:.2%}" for half in grading.HALVES]
        print(f"{'    false alarms on its other firms':<42}{'0':>9}{row[0]:>10}{row[1]:>10}")
    for label, reach, value in (
        ("pinyin against a list in characters", REACH["chinese_recall"], f"{scripts['pinyin_recall']:.3f}"),
        ("  false alarms on other Chinese firms", "0", f"{scripts['other_chinese_alarms']:.2%}"),
        ("names per second of one core, cold", REACH["names_per_second"], f"{speed['names_per_second']:,.0f}"),
        ("one name, p50 ms", REACH["p50_ms"], f"{speed['p50_ms']:.3f}"),
        ("one name, p99 ms", REACH["p99_ms"], f"{speed['p99_ms']:.3f}"),
        (f"list of {speed['longer_list']:,}: times slower", REACH["slow_down"], f"{speed['slow_down']:.1f}"),
    ):
        rival = f"{other['names_per_second']:,.0f}" if label.startswith("names per second") else ""
        print(f"{label:<42}{reach:>9}{'':>10}{value:>10}{rival:>12}")
    print("\nby kind, share right: development, test")
    kinds = {kind for half in halves.values() for kind in half["kinds"]}
    for kind in sorted(kinds):
        cells = [halves[half]["kinds"].get(kind) for half in grading.HALVES]
        print(f"  {kind:<32}" + "".join(f"{c[0] / c[1]:>9.3f} of {c[1]:<5}" if c else f"{'':>18}" for c in cells))
    print(
        f"\nengine {found['engine']}; {speed['names']:,} distinct names never seen before, four in five in Latin "
        "letters, one in fifty a listed one, with reasons.\ntoken_sort: rapidfuzz token_sort_ratio of every name with "
        f"every listed name, threshold {other['threshold']} chosen on the development half."
    )


def keep(found: dict[str, Any], path: Path = MEASURED) -> None:
    """The figures the page How matching works shows."""
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
