"""Paths upstream: how far, by which way, and what each is worth."""

from datetime import date

import pytest

from screening.domain.tracing import Grade, Link, grade_link, trace

ON = date(2026, 10, 1)
COTTON = frozenset({"cotton"})


def link(supplier, customer, **fields):
    known = {"commodity": "cotton", "valid_from": date(2026, 1, 1)} | fields
    return Link(key=supplier * 100 + customer, supplier=supplier, customer=customer, **known)


def by_customer(*links):
    table = {}
    for one in links:
        table.setdefault(one.customer, []).append(one)
    return table


@pytest.mark.parametrize(
    ("fields", "grade"),
    [
        ({}, Grade.RELEVANT),
        ({"commodity": "steel"}, Grade.UNRELATED),
        ({"commodity": ""}, Grade.POSSIBLE),
        ({"valid_from": None}, Grade.POSSIBLE),
        ({"valid_from": date(2026, 10, 2)}, Grade.POSSIBLE),
        ({"valid_to": date(2026, 9, 1)}, Grade.RELEVANT),
        ({"valid_to": date(2025, 9, 30)}, Grade.POSSIBLE),
        ({"is_disputed": True}, Grade.POSSIBLE),
    ],
)
def test_a_link_is_worth_what_it_says(fields, grade):
    assert grade_link(link(2, 1, **fields), commodities=COTTON, on=ON)[0] == grade


def test_a_link_is_only_possible_where_the_article_has_no_known_chain():
    assert grade_link(link(2, 1), commodities=frozenset(), on=ON)[0] == Grade.POSSIBLE


def test_every_step_upstream_is_found_and_counted_from_the_importer():
    found = trace([1], by_customer(link(2, 1), link(3, 2), link(4, 3)), commodities=COTTON, on=ON)
    assert {key: path.steps_upstream for key, path in found.items()} == {2: 2, 3: 3, 4: 4}


def test_one_weak_link_makes_the_whole_path_possible():
    found = trace([1], by_customer(link(2, 1, commodity=""), link(3, 2)), commodities=COTTON, on=ON)
    assert found[3].grade == Grade.POSSIBLE


def test_a_longer_relevant_path_is_preferred_to_a_shorter_possible_one():
    links = by_customer(link(3, 1, commodity=""), link(2, 1), link(3, 2))
    found = trace([1], links, commodities=COTTON, on=ON)
    assert (found[3].grade, found[3].steps_upstream) == (Grade.RELEVANT, 3)


def test_goods_of_another_chain_are_not_followed():
    assert trace([1], by_customer(link(2, 1, commodity="steel")), commodities=COTTON, on=ON) == {}


def test_a_cycle_ends():
    found = trace([1], by_customer(link(2, 1), link(3, 2), link(2, 3), link(1, 3)), commodities=COTTON, on=ON)
    assert set(found) == {2, 3}
