"""The exam of the engines keeps its promises: two halves, enough kinds, nothing tuned on what is tested."""

from collections import Counter

import pytest

from bench import grading

NAMES = grading.rows("names.csv", "names_by_hand.csv")
POSITIVES = [row for row in NAMES if row["expected"]]


def test_the_exam_has_a_thousand_positives_and_five_thousand_negatives():
    assert len(POSITIVES) >= 1000
    assert len(NAMES) - len(POSITIVES) >= 5000


def test_fifteen_kinds_have_twenty_rows_each():
    kinds = Counter(row["kind"] for row in POSITIVES)
    assert len([kind for kind, count in kinds.items() if count >= 20]) >= 15


@pytest.mark.parametrize(
    ("file", "before"),
    [
        ("more_names_in_characters.csv", ("names_in_characters.csv",)),
        ("third_names_in_characters.csv", ("names_in_characters.csv", "more_names_in_characters.csv")),
    ],
)
def test_a_set_of_chinese_names_says_where_each_comes_from_and_repeats_none(file, before):
    more = grading.rows(file)
    asked = [row for row in more if row["expected"]]
    assert len(asked) >= 60
    assert len(more) - len(asked) >= 60
    assert {row["source"] for row in asked} == {"published", "recalled", "read-back"}
    assert {row["source"] for row in more if not row["expected"]} == {"invented"}
    assert not {row["name"] for row in more} & {row["name"] for row in grading.rows(*before)}


@pytest.mark.parametrize(
    "file", ["names.csv", "names_by_hand.csv", "more_names_in_characters.csv", "third_names_in_characters.csv"]
)
def test_no_entity_has_variants_in_both_halves(file):
    halves: dict[str, set[str]] = {}
    for row in grading.rows(file):
        if row["expected"]:
            halves.setdefault(row["expected"], set()).add(row["half"])
    assert [key for key, found in halves.items() if len(found) > 1] == []
