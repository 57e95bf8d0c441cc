"""Paths upstream: how far, by which way, and what each is worth."""

from datetime import date

import pytest

from screening.domain.goods import CanBe, Crossing, GoodsKind, Inputs
from screening.domain.searching import Network
from screening.domain.tracing import (
    ARTICLE_UNKNOWN,
    DISPUTED,
    ENDED,
    GOODS_UNKNOWN,
    INPUT_UNKNOWN,
    NOT_AN_INPUT,
    NOT_YET,
    UNDATED,
    Grade,
    Link,
    grade_link,
)

ON = date(2026, 10, 1)
INPUTS = Inputs([Crossing("caustic", 2, "cotton", 6)])
SHIRT = frozenset({GoodsKind("cotton", 7)})
YARN, FABRIC = GoodsKind("cotton", 4), GoodsKind("cotton", 5)
BUTTONS = GoodsKind(heading="9606")


def link(supplier, customer, **fields):
    known = {"kind": YARN, "valid_from": date(2026, 1, 1)} | fields
    return Link(key=supplier * 100 + customer, supplier=supplier, customer=customer, **known)


def by_customer(*links):
    table = {}
    for one in links:
        table.setdefault(one.customer, []).append(one)
    return table


def find(*links, starts=(1,), article=SHIRT, **options):
    return Network(by_customer(*links), INPUTS).trace(starts, article=article, on=ON, **options)


@pytest.mark.parametrize(
    ("fields", "grade", "why"),
    [
        ({}, Grade.RELEVANT, ()),
        ({"kind": GoodsKind("steel", 5)}, Grade.UNRELATED, (NOT_AN_INPUT,)),
        ({"kind": None}, Grade.POSSIBLE, (GOODS_UNKNOWN,)),
        ({"kind": BUTTONS}, Grade.POSSIBLE, (INPUT_UNKNOWN,)),
        ({"kind": GoodsKind("cotton")}, Grade.RELEVANT, ()),
        ({"kind": GoodsKind("caustic", 2)}, Grade.RELEVANT, ()),
        ({"kind": GoodsKind("caustic", 4)}, Grade.UNRELATED, (NOT_AN_INPUT,)),
        ({"valid_from": None}, Grade.POSSIBLE, (UNDATED,)),
        ({"valid_from": date(2026, 10, 2)}, Grade.POSSIBLE, (NOT_YET,)),
        ({"valid_to": date(2026, 9, 1)}, Grade.RELEVANT, ()),
        ({"valid_to": date(2025, 9, 30), "valid_from": None}, Grade.POSSIBLE, (ENDED,)),
        ({"is_disputed": True}, Grade.POSSIBLE, (DISPUTED,)),
        ({"is_traced": True, "valid_from": None, "kind": None}, Grade.TRACED, ()),
        ({"is_disputed": True, "valid_from": None}, Grade.POSSIBLE, (DISPUTED, UNDATED)),
    ],
)
def test_a_link_is_worth_what_it_says(fields, grade, why):
    step = grade_link(link(2, 1, **fields), needs=SHIRT, on=ON, inputs=INPUTS)
    assert (step.grade, step.weaknesses) == (grade, why)


def test_a_link_is_only_possible_where_the_article_has_no_known_chain():
    step = grade_link(link(2, 1), needs=frozenset(), on=ON, inputs=INPUTS)
    assert (step.grade, step.weaknesses) == (Grade.POSSIBLE, (ARTICLE_UNKNOWN,))


def test_goods_flow_down_their_chain_and_over_crossings_never_up():
    assert INPUTS.can_be(GoodsKind("cotton", 1), GoodsKind("cotton", 4)) == CanBe.YES
    assert INPUTS.can_be(GoodsKind("cotton", 4), GoodsKind("cotton", 1)) == CanBe.NO
    assert INPUTS.can_be(GoodsKind("caustic", 1), GoodsKind("cotton", 7)) == CanBe.YES
    assert INPUTS.can_be(GoodsKind("caustic", 1), GoodsKind("cotton", 5)) == CanBe.NO
    assert INPUTS.can_be(BUTTONS, GoodsKind(heading="9606")) == CanBe.YES


def test_every_step_upstream_is_found_and_counted_from_the_importer():
    found = find(link(2, 1), link(3, 2), link(4, 3)).paths
    assert {key: path.steps_upstream for key, path in found.items()} == {2: 2, 3: 3, 4: 4}


def test_each_link_must_feed_the_next_not_only_the_article():
    fabric_into_yarn = [link(2, 1, kind=YARN), link(3, 2, kind=FABRIC)]
    assert set(find(*fabric_into_yarn).paths) == {2}
    shown = find(*fabric_into_yarn, with_unrelated=True).paths[3]
    assert shown.grade == Grade.UNRELATED
    assert shown.weakest.link.supplier == 3


def test_goods_are_remembered_over_a_link_that_does_not_say_what():
    steel = GoodsKind("steel", 3)
    assert set(find(link(2, 1), link(3, 2, kind=None), link(4, 3, kind=steel)).paths) == {2, 3}


def test_one_weak_link_makes_the_whole_path_possible_and_is_named():
    path = find(link(2, 1, kind=None), link(3, 2)).paths[3]
    assert path.grade == Grade.POSSIBLE
    assert (path.weakest.link.supplier, path.weakest.weaknesses) == (2, (GOODS_UNKNOWN,))


def test_a_longer_relevant_path_is_preferred_to_a_shorter_possible_one():
    path = find(link(3, 1, kind=None), link(2, 1), link(3, 2)).paths[3]
    assert (path.grade, path.steps_upstream) == (Grade.RELEVANT, 3)


def test_lots_of_the_shipment_are_preferred_to_the_standing_network():
    path = find(link(3, 1), link(2, 1, is_traced=True), link(3, 2, is_traced=True)).paths[3]
    assert (path.grade, path.steps_upstream) == (Grade.TRACED, 3)


def test_cycles_end():
    found = find(link(2, 1), link(3, 2), link(2, 3), link(1, 3)).paths
    assert set(found) == {2, 3}


def test_an_aggregate_is_no_party_and_nothing_is_followed_through_it():
    found = find(link(2, 1, is_aggregate=True), link(3, 2))
    assert found.paths == {}


def test_the_origin_a_link_states_counts_whoever_the_supplier_is():
    stated = link(2, 1, is_aggregate=True, from_xinjiang=True)
    found = find(stated)
    assert found.stated[stated.key].grade == Grade.RELEVANT
    ended = link(2, 1, is_aggregate=True, from_xinjiang=True, valid_to=date(2019, 12, 31), valid_from=date(2016, 1, 1))
    assert find(ended).stated[ended.key].grade == Grade.POSSIBLE


def test_all_ways_to_a_party_are_counted():
    links = by_customer(link(2, 1), link(3, 1), link(4, 2), link(4, 3), link(4, 1), link(9, 4))
    assert Network(links, INPUTS).count_paths(4, [1], SHIRT, ON) == 3
