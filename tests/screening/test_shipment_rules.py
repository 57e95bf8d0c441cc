"""The rules about goods, particulars and stated material: where each fires and where it does not. No database."""

from dataclasses import replace
from datetime import date

import pytest

from entities.domain.facts import PartyFacts
from entities.domain.parties import PartyScreening
from screening.domain import rules
from screening.domain.coverage import Coverage
from screening.domain.rules.chain import chain_gap
from screening.domain.rules.places import xinjiang_material
from screening.domain.rules.shipment import postal_code, priority_hts
from screening.domain.tracing import Grade

ON = date(2026, 6, 1)
KNOWN = Coverage(1, "cotton", (), (), (), (), 2, None)
NOTHING = PartyScreening("none", (), "none", ())


def facts(*parties, sectors=("cotton",), coverage=KNOWN, on=ON, **fields):
    article = rules.Article(1, "T-shirts", ("6109100012",), sectors, coverage)
    return rules.ShipmentFacts((article,), parties, on, **fields)


def maker(role="manufacturer", country="CN", postal_code=""):
    party = PartyFacts(name="Example Garments", country=country, postal_code=postal_code)
    return rules.PartyAtStep(party, NOTHING, role, (1,), 1, Grade.DIRECT)


def test_goods_of_a_priority_sector_are_told_and_presume_nothing():
    [found] = priority_hts(facts())
    assert (found.severity, found.ground, found.asks_review) == ("medium", "", False)
    assert "sec. 2(d)(2)(B)(viii)" in found.basis
    assert list(priority_hts(facts(sectors=()))) == []


@pytest.mark.parametrize(
    ("party", "rules_found"),
    [
        (maker(), ["NO_POSTAL"]),
        (maker(postal_code="12345"), ["BAD_POSTAL"]),
        (maker(postal_code="315000"), []),
        (maker(country="VN"), []),
        (maker(role="seller"), []),
    ],
)
def test_a_chinese_manufacturer_needs_a_postal_code(party, rules_found):
    found = list(postal_code(facts(party)))
    assert [one.rule for one in found] == rules_found
    assert all(one.basis == "CBP Region Alert (CSMS 55403002)" for one in found)


@pytest.mark.parametrize(("sectors", "severity", "asks"), [(("cotton",), "high", True), ((), "low", False)])
def test_a_stage_without_a_party_is_a_gap(sectors, severity, asks):
    gap = replace(KNOWN, missing=("spinner",))
    [found] = chain_gap(facts(sectors=sectors, coverage=gap))
    assert (found.severity, found.asks_review, found.matched_text) == (severity, asks, "spinner")
    assert list(chain_gap(facts(sectors=sectors))) == []


@pytest.mark.parametrize(
    ("grade", "on", "ground"),
    [
        (Grade.RELEVANT, ON, "XINJIANG_ORIGIN"),
        (Grade.POSSIBLE, ON, ""),
        (Grade.RELEVANT, date(2022, 6, 20), ""),
    ],
)
def test_material_stated_to_be_of_xinjiang_holds_on_a_good_path_under_the_act(grade, on, ground):
    material = rules.MaterialAtStep((), "raw cotton", "Example Gin", "Example Mill", (1,), 3, grade)
    [found] = xinjiang_material(facts(on=on, materials=(material,)))
    assert (found.ground, found.asks_review) == (ground, True)
    assert list(xinjiang_material(facts(on=on))) == []
