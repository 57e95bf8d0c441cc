"""How names and places are matched, for whoever has to rely on it."""

import json
from dataclasses import fields
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from entities import reference
from entities.domain.matching import ENGINE_VERSION, SHIPPED
from entities.domain.matching.thresholds import LABELS
from entities.domain.matching.weights import WEIGHTS
from entities.models import ThresholdSet


@cache
def measured() -> dict[str, Any]:
    """The figures last measured, with the engine and the day they belong to."""
    found: dict[str, Any] = json.loads((reference.DATA / "measured.json").read_text(encoding="utf-8"))
    return found


@require_GET
def how_matching_works(request: HttpRequest) -> HttpResponse:
    """What the engine looks at, where it draws the lines, how good it was found to be, and what it cannot do."""
    own_set = ThresholdSet.objects.in_use()
    in_use = own_set.values if own_set else SHIPPED
    found = measured()
    halves, places = found["halves"], found["places"]
    other = found["token_sort"]
    figures = [
        ("Listed names found (recall)", "at least 95", _percent(halves, "recall"), 100 * other["recall"]),
        (
            "Alerts that were right (precision)",
            "at least 97",
            _percent(halves, "precision"),
            100 * other["precision"],
        ),
        (
            "False alarms on firms of the same place and trade",
            "at most 3.7",
            _percent(halves, "lookalike_alarms"),
            100 * other["lookalike_alarms"],
        ),
        (
            "Chinese names found where the list has the romanised name alone, all looked at",
            "at least 90",
            tuple(100 * found["scripts"]["chinese_recall"][half] for half in ("development", "test")),
            None,
        ),
        (
            "A second set of such names, all looked at",
            "at least 90",
            tuple(100 * found["scripts"]["more"][half]["recall"] for half in ("development", "test")),
            None,
        ),
        (
            "A third set, what is missed in its test half never looked at",
            "at least 90",
            tuple(100 * found["scripts"]["third"][half]["recall"] for half in ("development", "test")),
            None,
        ),
        ("Addresses in Xinjiang found", "at least 98", _percent(places, "recall"), None),
        ("Addresses elsewhere taken for Xinjiang", "at most 0.5", _percent(places, "false_positives"), None),
    ]
    test_kinds = halves["test"]["kinds"]
    positive = [kind for kind in test_kinds if kind not in NEGATIVE_KINDS]
    context = {
        "engine": ENGINE_VERSION,
        "measured": found,
        "is_outdated": found["engine"] != ENGINE_VERSION,
        "own_set": own_set,
        "are_others": in_use != SHIPPED,
        "thresholds": [(label, getattr(in_use, name), getattr(SHIPPED, name)) for name, label in LABELS.items()],
        "weights": [(f.name.replace("_", " "), getattr(WEIGHTS, f.name)) for f in fields(WEIGHTS)],
        "figures": figures,
        "kinds": [(kind, *test_kinds[kind], 100 * test_kinds[kind][0] / test_kinds[kind][1]) for kind in positive],
        "test": halves["test"],
        "second_set": _other_firms(found["scripts"]["more"]),
        "third_set": _other_firms(found["scripts"]["third"]),
        "speed": found["speed"],
    }
    return render(request, "entities/how_matching_works.html", context)


NEGATIVE_KINDS = frozenset(
    {
        "background",
        "background chinese",
        "brand elsewhere",
        "chinese same place and trade",
        "hand look-alike",
        "one syllable away",
        "same place and trade",
    }
)


def _percent(halves: dict[str, dict[str, Any]], figure: str) -> tuple[float, float]:
    return 100 * halves["development"][figure], 100 * halves["test"][figure]


def _other_firms(halves: dict[str, dict[str, Any]]) -> dict[str, int]:
    """Of a set of Chinese names how many are other firms', and how many of those raised an alert."""
    return {
        "others": sum(half["others"] for half in halves.values()),
        "alarms": sum(round(half["others"] * half["alarms"]) for half in halves.values()),
    }
