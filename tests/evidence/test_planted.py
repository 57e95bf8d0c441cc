"""The rules find what is planted in made files, and say nothing of what is not, on what was written."""

import pytest

from bench.papers.faults import KINDS
from bench.papers.grade import Tally
from bench.papers.plan import piles
from bench.planted import _as_written, file_of
from evidence.domain.rules import RULES, check


@pytest.mark.parametrize("half", ["dev", "test"])
def test_every_planted_fault_is_found_and_nothing_else(half):
    tally = Tally()
    for pile in piles(half, 2):
        papers, slots = _as_written(pile)
        tally.take(pile, check(file_of(pile, papers)).alarms, slots)
    assert (tally.missed, tally.examples) == ([], [])
    assert all(tally.planted[kind.code] >= 2 for kind in KINDS)


def test_every_rule_of_reconciliation_and_every_deficiency_is_planted():
    planted = {kind.code for kind in KINDS} | {"UNTRANSLATED"}
    extra = {"CAPACITY_EXCEEDED", "LINE_PRODUCT", "WEIGHT_AND_LINES", "ORIGIN_DIFFERS", "HEADCOUNT_DIFFERS"}
    assert set(RULES) - planted == extra
