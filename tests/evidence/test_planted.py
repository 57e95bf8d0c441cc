"""The rules find what is planted in made files, and say nothing of what is not, on what was written."""

import pytest

from bench.papers import draw, layouts, through
from bench.papers.faults import KINDS
from bench.papers.grade import Tally
from bench.papers.plan import piles
from bench.planted import _as_written, file_of
from entities.sandbox import run_reader
from evidence import readers
from evidence.domain.rules import RULES, check
from evidence.readers import looking, pdf


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


def test_the_same_seed_makes_the_same_files():
    once, again = piles("dev", 1)[0], piles("dev", 1)[0]
    assert (once.sheets, once.faults) == (again.sheets, again.faults)
    assert [layouts.source_of(one, once) for one in once.sheets] == [
        layouts.source_of(one, again) for one in again.sheets
    ]


def test_readers_without_a_child_answer_what_they_answer_in_one(tmp_path, monkeypatch):
    for name, value in (("CPU_SHARE_SECONDS", pdf.CPU_SHARE_SECONDS), ("WALL_SHARE_SECONDS", pdf.WALL_SHARE_SECONDS)):
        monkeypatch.setattr(pdf, name, value)  # so that both are put back
    for module in (readers, looking):
        monkeypatch.setattr(module, "run_reader", run_reader)
    pile = piles("dev", 1)[0]
    for sheet in pile.sheets:
        sheet.scanned = False
    path = tmp_path / "made.pdf"
    path.write_bytes(draw.files_of(pile)[0].content)
    there = readers.read_document(path, path.name)
    through.read_here()
    assert readers.read_document(path, path.name).pages == there.pages
    assert len(there.pages) > 1
