"""The search upstream answers as following every way by itself does: on random networks, dense ones among them."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from screening.domain import contradictions as odd
from screening.domain.goods import Crossing, GoodsKind, Inputs
from screening.domain.searching import Network
from screening.domain.tracing import Link
from tests.screening import plain_search

INPUTS = Inputs([Crossing("caustic", 2, "cotton", 6), Crossing("cotton", 4, "paper", 2)])
KINDS = [
    *(GoodsKind("cotton", stage) for stage in range(1, 8)),
    GoodsKind("cotton"),
    GoodsKind("caustic", 2),
    GoodsKind("caustic", 4),
    GoodsKind("paper", 3),
    GoodsKind(heading="9606"),
    GoodsKind(heading="9403"),
    None,
]
START = date(2023, 1, 1)


def made(seed, firms, links):
    """Links by customer at random: several between the same two, rounds, classes of firms, all sorts of goods."""
    dice = random.Random(seed)
    table = {}
    for key in range(1, links + 1):
        supplier, customer = dice.sample(range(1, firms + 1), 2)
        first = START + timedelta(days=dice.randrange(1200)) if dice.random() < 0.9 else None
        link = Link(
            key=key,
            supplier=supplier,
            customer=customer,
            kind=dice.choice(KINDS),
            goods="goods",
            valid_from=first,
            valid_to=first + timedelta(days=dice.randrange(900)) if first and dice.random() < 0.3 else None,
            is_disputed=dice.random() < 0.05,
            from_xinjiang=dice.random() < 0.05,
            labour=(("source", "labour transfer"),) if dice.random() < 0.05 else (),
            is_aggregate=supplier % 11 == 0,
        )
        table.setdefault(customer, []).append(link)
    return dice, table


def lots(dice, firms):
    """Deliveries of lots by customer."""
    table = {}
    for key in range(1, dice.randrange(1, 6)):
        supplier, customer = dice.sample(range(1, firms + 4), 2)
        link = Link(-key, supplier, customer, kind=dice.choice(KINDS), goods=f"lot {key}", is_traced=True)
        table.setdefault(customer, []).append(link)
    return table


def questions(dice, firms):
    """Who made the goods, what they are, and when they were imported."""
    for _ in range(12):
        kinds = dice.choice([1, 1, 1, 2, 0])
        yield (
            [dice.randrange(1, firms + 1) for _ in range(dice.choice([1, 1, 2, 3]))],
            frozenset(kind for kind in dice.sample(KINDS, kinds) if kind),
            START + timedelta(days=dice.randrange(2000)),
        )


def together(table, delivered):
    return {**table, **{customer: [*own, *table.get(customer, ())] for customer, own in delivered.items()}}


SIZES = [(6, 10), (12, 30), (25, 60), (25, 200), (60, 900)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", range(6))
def test_every_party_and_statement_has_the_path_that_a_plain_search_finds(size, seed):
    dice, table = made(seed, *size)
    network = Network(table, INPUTS)
    for starts, article, on in questions(dice, size[0]):
        delivered = lots(dice, size[0]) if dice.random() < 0.4 else {}
        with_unrelated = dice.random() < 0.3
        found = network.with_lots(delivered).trace(starts, article=article, on=on, with_unrelated=with_unrelated)
        plain = plain_search.trace(
            starts, together(table, delivered), article=article, on=on, inputs=INPUTS, with_unrelated=with_unrelated
        )
        assert list(found.paths.items()) == list(plain.paths.items())
        assert found.stated == plain.stated


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", range(3))
def test_as_many_ways_are_counted_as_by_going_each_of_them(size, seed):
    dice, table = made(seed, *size)
    network = Network(table, INPUTS)
    for starts, article, on in questions(dice, size[0]):
        delivered = lots(dice, size[0]) if dice.random() < 0.4 else {}
        target = dice.randrange(1, size[0] + 1)
        counted = network.with_lots(delivered).count_paths(target, starts, article, on)
        plain = plain_search.count_paths(
            target, starts, together(table, delivered), article=article, on=on, inputs=INPUTS
        )
        assert counted == plain


def test_an_article_asked_about_again_is_not_searched_again():
    _, table = made(1, 12, 30)
    network = Network(table, INPUTS)
    asked = {"article": frozenset({KINDS[6]}), "on": date(2026, 3, 2)}
    assert network.trace([1], **asked) is network.trace([1], **asked)
    assert network.trace([1], **asked) is not network.trace([1], **(asked | {"on": date(2026, 3, 3)}))


@pytest.mark.parametrize("seed", range(8))
def test_links_outside_every_knot_lie_on_no_round(monkeypatch, seed):
    _, table = made(seed, 12, 50)
    table = {customer: [replace(one, is_disputed=False) for one in rows] for customer, rows in table.items()}
    quick = odd.contradictions(table, INPUTS)
    monkeypatch.setattr(odd, "_knots", lambda links, inputs: [sorted(links, key=lambda link: link.key)])
    assert {one.firms for one in odd.contradictions(table, INPUTS)} == {one.firms for one in quick}


@pytest.mark.parametrize("seed", range(8))
def test_what_contradicts_itself_in_a_chain_is_the_same_whatever_is_known_beside_it(seed):
    dice, table = made(seed, 25, 160)
    table = {customer: [replace(one, is_disputed=False) for one in rows] for customer, rows in table.items()}
    whole, told = odd.Contradictions(table, INPUTS), 0
    for _ in range(6):
        chain = set(dice.sample(range(1, 26), 16))
        alone = odd.Contradictions({customer: rows for customer, rows in table.items() if customer in chain}, INPUTS)
        found = list(whole.among(chain))
        assert found == list(alone.among(chain))
        told += len(found)
    assert told
