"""Whom a change of the list can concern is found by keys: asking only them answers as asking everybody does."""

import os
import random
from dataclasses import replace
from datetime import date

import pytest

from bench import grading
from entities.domain.facts import ListedName, ListedParty, PartyFacts
from entities.domain.matching.keys import is_word, keys_of, number_of
from entities.domain.matching.seeking import Sought
from entities.matchers import matcher_of
from tests.entities.listed import TODAY, shipped_parties

TURNS = int(os.environ.get("SEEKING_TURNS", "3"))  # changes of the list, each asked of every name
SHIPPED = shipped_parties()
HUAMEI = ListedParty("huamei", (ListedName("Huamei Spinning Co., Ltd.", "listed"),))
ELECTRIC = ListedParty("electric", (ListedName("Xinjiang Electric Power Trading Co., Ltd.", "listed"),))
IN_CHINESE = ListedParty("han", (ListedName("Suzhou Wanruo Textile", "listed"), ListedName("苏州万若纺织", "native")))


@pytest.fixture(scope="module")
def everybody():
    """The names of the exam, some of them as the address of another firm, and the listed names written otherwise."""
    dice = random.Random(20220621)
    exam = sorted({row["name"] for row in grading.rows("names.csv", "names_by_hand.csv")})
    names = dice.sample(exam, 4000)
    listed = [name.text for party in SHIPPED for name in party.names[:2]]
    found = [PartyFacts(name=name) for name in names]
    found += [PartyFacts(name="Plain Works", address=f"c/o {name}, 12 Yingbin Road") for name in names[:400]]
    found += [PartyFacts(name="Plain Works", address=name) for name in listed]
    found += [PartyFacts(name=name.replace(" ", "").lower()) for name in listed]
    found += [PartyFacts(name=name.replace("ng", "n g")) for name in listed]
    found += [PartyFacts(name=name[:35]) for name in listed]
    return [(party, keys_of(party)) for party in found]


def found_by(old, new, asked):
    sought = Sought(old, new)
    conditions = sought.among({key for _, keys in asked for key in keys if is_word(key)})
    return [
        sought.everybody or any(all(keys & one for one in condition) for condition in conditions) for _, keys in asked
    ]


@pytest.mark.parametrize("seed", range(TURNS))
def test_whoever_is_not_found_is_answered_by_both_lists_alike(seed, everybody):
    dice = random.Random(seed)
    gone = set(dice.sample([party.key for party in SHIPPED], (14, 3, 1)[seed % 3]))
    old = [party for party in SHIPPED if party.key not in gone]
    new = list(SHIPPED)
    renamed = dice.randrange(len(new))
    new[renamed] = replace(new[renamed], names=new[renamed].names[:1], location="")
    one, other = (matcher_of(parties) for parties in dice.sample([old, new], 2))
    found = found_by(one, other, everybody)
    differing = [one.answer(party, TODAY) != other.answer(party, TODAY) for party, _ in everybody]
    missed = [party for (party, _), is_found, differs in zip(everybody, found, differing, strict=True)
              if differs and not is_found]  # fmt: skip
    assert not missed
    assert any(differing)
    assert sum(found) < len(found) / 2 or Sought(one, other).everybody


@pytest.mark.parametrize(
    ("party", "is_found"),
    [
        ({"name": "Huamei Spinning Mill"}, True),
        ({"name": "HUA MEI SPINNING CO LTD"}, True),
        ({"name": "Huamie Spinning"}, True),
        ({"name": "huameispinning"}, True),
        ({"name": "上海华美纺纱有限公司"}, True),
        ({"name": "Works", "address": "c/o Huamei Spinning Co., Ltd., 1 Road"}, True),
        ({"name": "Orchid Weaving Co., Ltd."}, False),
        ({"name": "兰花织造有限公司", "address": "12 Yingbin Road"}, False),
    ],
)
def test_a_new_entity_is_sought_by_every_way_its_name_may_be_written(party, is_found):
    facts = PartyFacts(**party)
    found = found_by(matcher_of(SHIPPED), matcher_of([*SHIPPED, HUAMEI]), [(facts, keys_of(facts))])
    assert found == [is_found]


@pytest.mark.parametrize(
    "name", ["Xinjiang Power Trading", "Xinjiang Electirc Power", "新疆电力贸易", "XINJIANG ELECTRIC POWER TRADE CO"]
)
def test_an_entity_of_everyday_words_is_sought_by_two_of_them(name):
    facts = PartyFacts(name=name)
    assert found_by(matcher_of(SHIPPED), matcher_of([*SHIPPED, ELECTRIC]), [(facts, keys_of(facts))]) == [True]


@pytest.mark.parametrize(
    ("name", "is_found"),
    [("Suzhou Garment", True), ("Suzhuo Garment", True), ("Suzhou Garmnet", True), ("Suzhou Wanruo Hardware", False)],
)
def test_a_town_that_came_to_be_looked_up_is_sought_only_beside_what_it_is_looked_up_with(name, is_found):
    town = ListedParty("town", (ListedName("Suzhou Garment Co., Ltd.", "listed"),))
    one, other = matcher_of(SHIPPED), matcher_of([*SHIPPED, town])
    assert "suzhou" in other.index.everyday.keys() - one.index.everyday.keys()
    facts = PartyFacts(name=name)
    assert found_by(one, other, [(facts, keys_of(facts))]) == [is_found]


@pytest.mark.parametrize("name", ["苏州万若纺织有限公司", "Suzhou Wanruo", "SUZHOU WAN RUO TEXTILE", "萬若紡織"])
def test_an_entity_with_characters_is_sought_by_them_and_by_their_sound(name):
    facts = PartyFacts(name=name)
    assert found_by(matcher_of(SHIPPED), matcher_of([*SHIPPED, IN_CHINESE]), [(facts, keys_of(facts))]) == [True]


def test_nothing_is_sought_where_nothing_differs():
    same = Sought(matcher_of(SHIPPED), matcher_of(SHIPPED))
    assert (same.everybody, same.among({"huamei"})) == (False, [])


def test_a_list_that_gains_or_loses_the_corps_is_asked_of_everybody():
    corps = next(party for party in SHIPPED if any(name.text == "XPCC" for name in party.names))
    without = matcher_of([party for party in SHIPPED if party is not corps])
    assert Sought(matcher_of(SHIPPED), without).everybody


def test_another_day_of_a_listing_seeks_those_it_names():
    later = replace(HUAMEI, periods=((date(2026, 8, 1), None),))
    facts = PartyFacts(name="Huamei Spinning")
    found = found_by(matcher_of([*SHIPPED, HUAMEI]), matcher_of([*SHIPPED, later]), [(facts, keys_of(facts))])
    assert found == [True]


def test_a_key_is_kept_as_a_number_that_every_database_takes():
    numbers = {number_of(key) for key in ("huamei", "@yingbin", "~hua-mei", "#EXAMIL")}
    assert len(numbers) == 4
    assert all(0 <= number < 2**63 for number in numbers)
