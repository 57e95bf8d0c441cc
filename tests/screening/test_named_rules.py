"""Each named finding of the chain as a rule: where it fires and where it does not. No database."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from entities.domain.facts import ListedName, PartyFacts
from entities.domain.gazetteer import PlaceSignal
from entities.domain.matching import ListMatch
from entities.domain.parties import PartyScreening
from screening.domain import rules
from screening.domain.contradictions import contradictions
from screening.domain.coverage import ChainPosition, Coverage
from screening.domain.goods import Crossing, GoodsKind, Inputs, Use
from screening.domain.prices import FEWEST_PEERS, NEAR, Peers, UnitPrice, far_under
from screening.domain.routes import Route, Trouble
from screening.domain.routes import route_change as changed
from screening.domain.rules.chain import (
    chain_gap,
    contradictory_links,
    high_risk_input,
    mixed_source_plant,
    transshipment,
)
from screening.domain.rules.parties import labour_transfer, listed_affiliate
from screening.domain.rules.shipment import price_outlier, route_change, stale_list
from screening.domain.tracing import Grade, Link
from screening.reference import labour_words_in, priority_inputs

ON = date(2026, 6, 1)
YARN, FABRIC, SHIRT = GoodsKind("cotton", 4), GoodsKind("cotton", 5), GoodsKind("cotton", 7)
INPUTS = Inputs([Crossing("aluminum", 5, "polysilicon", 7)])
NOTHING = PartyScreening("none", (), "none", ())
MATCH = ListMatch("key", "match", 1.0, "name", "Listed Mill", ListedName("Listed Mill", "listed"), ("Same words.",))
ROWS = {"key": rules.ListRow("Listed Mill Co., Ltd.", date(2024, 1, 1), "section 2", "89 FR 1")}


def party(number=1, *, country="CN", step=2, verdict=NOTHING, grade=Grade.RELEVANT, role="supplier", **fields):
    name = fields.pop("name", f"Firm {number}")
    node = {"name": name, "native_name": "", "role": role, "step": step, "supplier": number, "goods": "yarn"}
    facts = PartyFacts(name=name, country=country, address=fields.pop("address", ""))
    return rules.PartyAtStep(
        facts, verdict, role, (1,), step, grade, path=(node,), supplier_id=number, **fields
    )  # fmt: skip


def article(*, sectors=("cotton",), **fields):
    coverage = Coverage(1, "cotton", (), (), (), (), 2, None)
    return rules.Article(1, "T-shirts", ("6109100012",), sectors, coverage, **fields)


def facts(*parties, articles=None, **fields):
    return rules.ShipmentFacts(articles or (article(),), parties, ON, rows=ROWS, **fields)


def only(found):
    [one] = found
    return one


# --- MIXED_SOURCE_PLANT -----------------------------------------------------------------------------------------

LISTED_MILL = rules.Delivery(11, "Listed Mill", "yarn", "LISTED_ENTITY")
OTHER_MILL = rules.Delivery(12, "Other Mill", "yarn")


def test_a_plant_of_mixed_sources_asks_a_person_and_presumes_nothing():
    found = only(mixed_source_plant(facts(mixed=(rules.MixedPlant(party(7), (LISTED_MILL,), (OTHER_MILL,)),))))
    assert (found.rule, found.severity, found.ground, found.asks_review) == ("MIXED_SOURCE_PLANT", "high", "", True)
    assert found.headline == (
        "Line 1 (T-shirts): Firm 7, two steps upstream, takes in yarn both from Listed Mill, which is on the Entity "
        "List, and from Other Mill."
    )
    assert "(unverified)" in found.basis
    assert [reason["links"] for reason in found.reasons if isinstance(reason, dict)] == [[11], [12]]


def test_no_mixed_plant_no_finding():
    assert list(mixed_source_plant(facts(party()))) == []


def at(rule, strength="strong"):
    signal = PlaceSignal(rule, "city", "Aksu", "652901", "Aksu", strength, "The city says Aksu.")
    return PartyScreening("none", (), "possible", (signal,))


def possible(match):
    return ListMatch(match.key, "possible", 0.8, "name", "Listed Mill", match.listed_name, ())


@pytest.mark.parametrize(
    ("verdict", "concern"),
    [
        (NOTHING, ""),
        (PartyScreening("match", (MATCH,), "none", ()), "LISTED_ENTITY"),
        (PartyScreening("possible", (possible(MATCH),), "none", ()), ""),
        (at("XJ_SITE"), "XINJIANG_ORIGIN"),
        (at("XPCC"), "XINJIANG_ORIGIN"),
        (at("XJ_SITE", "weak"), ""),
        (at("XJ_NAME"), ""),
    ],
)
def test_what_is_certain_of_a_source_by_itself(verdict, concern):
    assert party(verdict=verdict, grade=Grade.POSSIBLE).concern == concern


# --- TRANSSHIPMENT ----------------------------------------------------------------------------------------------

ASSEMBLY = {"VN": "Vietnam"}


@pytest.mark.parametrize(
    ("origin", "maker", "mill", "fires"),
    [
        ("VN", "VN", party(2, kind=YARN, is_priority=True), True),
        ("", "VN", party(2, kind=YARN, is_priority=True), True),
        ("VN", "VN", party(2), True),  # goods not said, the article belongs to a sector
        ("IN", "IN", party(2, kind=YARN, is_priority=True), False),
        ("VN", "VN", party(2, country="IN", kind=YARN, is_priority=True), False),
        ("VN", "VN", party(2, kind=GoodsKind(heading="9606")), False),
    ],
)
def test_made_up_abroad_with_priority_input_from_china(origin, maker, mill, fires):
    sewer = party(1, country=maker, step=1, role="manufacturer", grade=Grade.DIRECT)
    shipment = facts(sewer, mill, articles=(article(origin_country=origin),), assembly_countries=ASSEMBLY)
    found = list(transshipment(shipment))
    assert [(one.rule, one.severity, one.asks_review) for one in found] == [("TRANSSHIPMENT", "medium", False)] * fires


def test_transshipment_names_the_nearest_input():
    far, near = party(3, step=4, kind=YARN, is_priority=True), party(2, step=2, kind=FABRIC, is_priority=True)
    shipment = facts(far, near, articles=(article(origin_country="VN"),), assembly_countries=ASSEMBLY)
    found = only(transshipment(shipment))
    assert found.headline == ("Line 1 (T-shirts) is made in Vietnam with yarn from China: Firm 2, two steps upstream.")
    assert found.reasons[1]["text"] == "From China too: Firm 3, four steps upstream."


# --- HIGH_RISK_INPUT --------------------------------------------------------------------------------------------


COPPER = rules.UnknownInput("copper", Use("foil of the anode", 5))
SODA = rules.UnknownInput("caustic_soda", Use("in mercerising", 6, is_used_up=True))
DYED = GoodsKind("cotton", 6)


def test_inputs_nobody_delivers_are_named_once_for_all_lines_that_lack_them():
    shirts, caps = article(unknown_inputs=(COPPER, SODA)), replace(article(unknown_inputs=(COPPER,)), number=2)
    found = only(high_risk_input(facts(articles=(shirts, caps, replace(article(), number=3)))))
    assert (found.severity, found.asks_review, found.line_numbers) == ("medium", False, (1, 2))
    assert found.headline == "Line 1 (T-shirts) and 1 more need copper of which no source is known."
    assert found.reasons[0] == "Copper: foil of the anode."


def test_no_unknown_input_no_finding():
    assert list(high_risk_input(facts())) == []


@pytest.mark.parametrize(
    "plant",
    [None, party(2, kind=DYED, country="IN"), party(2, kind=YARN)],
)
def test_a_process_chemical_nobody_in_china_is_said_to_use_is_no_finding_of_its_own(plant):
    shipment = facts(*([plant] if plant else []), articles=(article(unknown_inputs=(SODA,)),))
    assert list(high_risk_input(shipment)) == []


def test_an_input_is_called_by_its_goods_where_its_chain_has_another_name():
    [silicon] = [use for name, use in priority_inputs(ChainPosition("aluminum", 6)).items() if name == "polysilicon"]
    found = only(
        high_risk_input(facts(articles=(article(unknown_inputs=(rules.UnknownInput("polysilicon", silicon),)),)))
    )
    assert found.headline == "Line 1 (T-shirts) needs silicon of which no source is known."


def test_a_declared_dyer_in_china_is_named_with_the_process_chemical():
    near, far, abroad = party(2, kind=DYED, step=2), party(3, kind=DYED, step=4), party(4, kind=DYED, country="IN")
    shipment = facts(far, near, near, abroad, articles=(article(unknown_inputs=(SODA,)),))
    found = only(high_risk_input(shipment))
    assert (found.severity, found.asks_review, found.party, found.ground) == ("low", False, near, "")
    assert found.headline == (
        "Line 1 (T-shirts): Firm 2, two steps upstream, works in China with caustic soda of which no source is known."
    )
    assert found.reasons[0] == "Caustic soda: in mercerising. It is used up in the work and no part of the goods."
    assert found.reasons[1]["text"] == "In China too: Firm 3, four steps upstream."


def test_a_process_chemical_stands_among_the_reasons_of_the_gap():
    gap = Coverage(1, "cotton", ("farm", "dyer"), (), (), ("farm", "dyer"), 1, 1)
    found = only(chain_gap(facts(articles=(replace(article(unknown_inputs=(COPPER, SODA)), coverage=gap),))))
    assert found.reasons[1:] == ("Used up in making them, of no known source: caustic soda (in mercerising).",)


@pytest.mark.parametrize(
    ("commodity", "stage", "parts", "used_up"),
    [
        ("lithium", 5, {"lithium", "aluminum", "copper"}, set()),
        ("batteries", 5, set(), set()),  # lead-acid ones too: nothing that all of them have
        ("polysilicon", 7, {"polysilicon", "aluminum", "copper"}, set()),
        ("polysilicon", 6, {"polysilicon"}, set()),
        ("steel", 6, {"steel"}, set()),  # a screw has no copper
        ("aluminum", 6, {"aluminum", "polysilicon"}, {"caustic_soda"}),
        ("pvc", 6, {"pvc"}, set()),  # chlorine comes from the chlor-alkali plant of its own chain
        ("cotton", 5, {"cotton"}, set()),
        ("cotton", 7, {"cotton"}, {"caustic_soda"}),
    ],
)
def test_what_goods_need_by_their_place_in_the_chain(commodity, stage, parts, used_up):
    needed = priority_inputs(ChainPosition(commodity, stage))
    assert {name for name, use in needed.items() if not use.is_used_up} == parts
    assert {name for name, use in needed.items() if use.is_used_up} == used_up


# --- LABOUR_TRANSFER --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "country", "words"),
    [
        ("Kashgar Poverty Alleviation Workshop No. 3", "CN", "Poverty Alleviation Workshop"),
        ("Report on surplus labor in Hotan", "", "surplus labor"),
        ("某某扶贫车间", "CN", "扶贫车间"),
        ("某縣勞動力轉移服務站", "CN", "劳动力转移"),
        ("对口援疆产业园", "CN", "对口援疆"),
        ("Hotan Vocational Training Center", "CN", "Vocational Training Center"),
        ("Berlin Vocational Training Center", "DE", ""),
        ("Poverty Alleviation Fund", "CN", ""),
        ("Labour Transfers Ltd", "GB", ""),
        ("Transfer Printing Co., Ltd.", "CN", ""),
        ("某某集团有限公司", "CN", ""),
    ],
)
def test_words_of_labour_schemes(text, country, words):
    assert labour_words_in(text, country) == words


def test_labour_words_ask_a_person_once_for_a_party_and_once_for_a_statement():
    own = (rules.LabourWords("name", "扶贫车间"), rules.LabourWords("address", "援疆"))
    said = party(3, labour=(rules.LabourWords("source", "surplus labor", 9),))
    found = list(labour_transfer(facts(party(3, labour=own), party(3, labour=own), spoken_of=(said,))))
    assert [(one.matched_field, one.severity, one.ground, one.asks_review) for one in found] == [
        ("name", "high", "", True),
        ("source", "high", "", True),
    ]
    assert found[0].headline == (
        "Line 1 (T-shirts) traces to Firm 3, which speaks of “扶贫车间” in its name, two steps upstream."
    )
    assert [reason["token"] for reason in found[0].reasons[:2]] == ["扶贫车间", "援疆"]
    assert found[1].reasons[0]["links"] == [9]
    assert found[0].basis == "UFLPA sec. 2(d)(2)(B)(ii), (v)"


def test_labour_words_of_a_consignee_ask_nothing():
    said = (rules.LabourWords("name", "扶贫车间"),)
    assert list(labour_transfer(facts(party(3, role="consignee", labour=said)))) == []


# --- LISTED_AFFILIATE by ownership ------------------------------------------------------------------------------


def kin(**fields):
    known = {
        "match": MATCH, "name": "Listed Mill", "is_owner": True, "is_controlled": True, "reaches_further": True,
        "holdings": (5,), "way": "Firm 3 is held by Listed Mill (100 % at least)",
        "scope": "The listing says: “and subsidiaries”.",
    } | fields  # fmt: skip
    return rules.ListedKin(**known)


@pytest.mark.parametrize(
    ("tie", "grade", "severity", "ground"),
    [
        (kin(), Grade.RELEVANT, "block", "LISTED_ENTITY"),
        (kin(), Grade.POSSIBLE, "high", ""),
        (kin(is_controlled=False), Grade.RELEVANT, "high", ""),
        (kin(reaches_further=False), Grade.RELEVANT, "high", ""),
        (kin(is_owner=False), Grade.RELEVANT, "high", ""),
        (kin(match=possible(MATCH)), Grade.RELEVANT, "high", ""),
    ],
)
def test_only_what_a_listed_entity_controls_is_taken_in_by_and_subsidiaries(tie, grade, severity, ground):
    found = only(listed_affiliate(facts(party(3, kin=(tie,), grade=grade))))
    assert (found.severity, found.ground, found.asks_review) == (severity, ground, True)
    assert found.reasons[0]["holdings"] == [5]
    assert tie.scope in found.reasons


def test_an_owner_is_told_once_for_all_sites_and_names_the_way():
    found = only(listed_affiliate(facts(party(3, kin=(kin(),)), party(3, kin=(kin(),)))))
    assert found.headline == (
        "Line 1 (T-shirts) traces to Firm 3, which is controlled by Listed Mill Co., Ltd., "
        "listed since 1 January 2024, two steps upstream."
    )
    assert found.reasons[0]["text"] == "Firm 3 is held by Listed Mill (100 % at least)."


def test_before_the_act_an_owner_only_asks():
    early = rules.ShipmentFacts((article(),), (party(3, kin=(kin(),)),), date(2022, 6, 20), rows=ROWS)
    assert only(listed_affiliate(early)).ground == ""


# --- CONTRADICTORY_LINKS ----------------------------------------------------------------------------------------


def link(supplier, customer, kind=YARN, **fields):
    return Link(supplier * 100 + customer, supplier, customer, kind, goods="yarn", **fields)


def table(*links):
    found = {}
    for one in links:
        found.setdefault(one.customer, []).append(one)
    return found


@pytest.mark.parametrize(
    ("links", "how"),
    [
        ((link(1, 2), link(2, 1)), ["both_ways"]),
        ((link(1, 2), link(2, 3), link(3, 1)), ["round"]),
        ((link(1, 2, None), link(2, 1, None)), ["both_ways"]),
        ((link(1, 2, SHIRT), link(2, 3, FABRIC)), ["backwards"]),
        ((link(1, 2), link(2, 1, FABRIC)), ["backwards"]),  # cloth for yarn would be: who takes in cloth sells yarn
        ((link(1, 2), link(2, 3)), []),
        ((link(1, 2), link(2, 3, FABRIC), link(3, 4, SHIRT)), []),
        ((link(1, 2), link(2, 1, is_disputed=True)), []),
        ((link(1, 2), link(2, 1, None)), []),
        ((link(1, 2, SHIRT), link(2, 3, FABRIC), link(2, 4, SHIRT)), []),
        ((link(1, 2, GoodsKind("aluminum", 6)), link(2, 3, FABRIC)), []),
    ],
)
def test_links_that_cannot_all_be_true(links, how):
    assert [one.how for one in contradictions(table(*links), INPUTS)] == how


def test_yarn_one_way_and_cloth_back_is_processing_where_each_sells_on():
    links = (link(1, 2), link(2, 1, FABRIC), link(1, 3, SHIRT))
    assert contradictions(table(*links), INPUTS) == ()


def test_a_round_is_told_once_with_every_link_of_it():
    [one] = contradictions(table(link(1, 2), link(2, 3), link(3, 1)), INPUTS)
    one = replace(one, names={number: f"Firm {number}" for number in one.firms})
    found = only(contradictory_links(facts(party(1, step=3), party(2), party(3, step=4), contradictions=(one,))))
    assert (found.severity, found.asks_review, found.party.name) == ("medium", False, "Firm 2")
    assert found.headline.endswith("is said to be a supplier of itself, over 3 links.")
    assert sorted(reason["links"][0] for reason in found.reasons if isinstance(reason, dict)) == [102, 203, 301]


def test_backwards_concerns_a_chain_it_is_fed_into_and_never_the_maker_of_the_article():
    [one] = contradictions(table(link(1, 2, SHIRT), link(2, 3, FABRIC)), INPUTS)
    assert one.concerns({2, 3}, {3})
    assert not one.concerns({2, 3}, {2, 3})  # what the maker delivers is the article itself
    assert not one.concerns({1, 2}, {3})


# --- ROUTE_CHANGE -----------------------------------------------------------------------------------------------

OLD = Route(1, "Old Mill", "CN", "Shanghai", ON - timedelta(days=500))
LISTING = Trouble(ON - timedelta(days=60), "Old Mill, an earlier source, was listed on 2 April 2026")


@pytest.mark.parametrize(
    ("now", "record", "troubles", "new"),
    [
        (Route(2, "New Mill", "CN", "Shanghai", ON), [OLD], [LISTING], ("the source New Mill",)),
        (Route(1, "Old Mill", "VN", "Hai Phong", ON), [OLD], [LISTING], 
         ("the origin VN", "the port of lading Hai Phong")),
        (OLD, [OLD], [LISTING], None),
        (Route(2, "New Mill", "CN", "Shanghai", ON), [OLD], [], None),
        (Route(2, "New Mill", "CN", "Shanghai", ON), [OLD], [Trouble(ON - timedelta(days=400), "long ago")], None),
        (Route(2, "New Mill", "CN", "Shanghai", ON), [OLD], [Trouble(ON + timedelta(days=1), "later")], None),
        (Route(2, "New Mill", "CN", "Shanghai", ON), [], [LISTING], None),
        (Route(1, "Old Mill", "CN", "", ON), [OLD], [LISTING], None),
    ],
)  # fmt: skip
def test_a_new_way_soon_after_a_listing_or_a_detention(now, record, troubles, new):
    change = changed("6109", (1,), [now], record, troubles, ON)
    assert (change.new if change else None) == new


def test_a_second_shipment_on_the_new_way_is_still_told():
    since_then = Route(2, "New Mill", "CN", "Shanghai", ON - timedelta(days=30))
    change = changed("6109", (1,), [Route(2, "New Mill", "CN", "Shanghai", ON)], [OLD, since_then], [LISTING], ON)
    assert change.new == ("the source New Mill",)


def test_a_route_change_informs():
    change = changed("6109", (1,), [Route(2, "New Mill", "CN", "Shanghai", ON)], [OLD], [LISTING], ON)
    found = only(route_change(facts(routes=(change,))))
    assert (found.severity, found.asks_review) == ("low", False)
    assert found.headline == (
        "Line 1 (T-shirts) comes by a new way, the source New Mill, since Old Mill, an earlier source, was listed on "
        "2 April 2026."
    )


# --- PRICE_OUTLIER ----------------------------------------------------------------------------------------------


def peers(*amounts, hts="6109100012", on=ON):
    return [UnitPrice(100 + number, hts, Decimal(amount), on) for number, amount in enumerate(amounts)]


def told(amount, record, hts="6109100012"):
    return far_under(1, UnitPrice(1, hts, Decimal(amount), ON), Peers(record), currency="USD", unit="doz")


USUAL = (38, 39, 40, 40, 41, 42, 42, 43, 44, 45)


@pytest.mark.parametrize(
    ("amount", "record", "fires"),
    [
        ("9.50", peers(*USUAL), True),
        ("30", peers(*USUAL), False),  # under every peer, but by less than half
        ("42", peers(*USUAL), False),
        ("900", peers(*USUAL), False),
        ("9.50", peers(*USUAL[: FEWEST_PEERS - 1]), False),
        ("9.50", [], False),  # none of like goods on record
        ("9.50", peers(*USUAL, on=ON - NEAR - timedelta(days=1)), False),
        ("9.50", peers(*USUAL, hts="6110200012"), False),
        ("9.50", peers(*USUAL, hts="6109109999"), True),  # alike in six digits only
        ("9.50", peers(2, 4, 9, 15, 30, 40, 60, 90, 150, 400), False),  # peers differ as widely
        ("9.50", peers(*[40] * 10), True),
    ],
)
def test_a_price_far_under_its_peers(amount, record, fires):
    assert (told(amount, record) is not None) is fires


def test_the_figures_are_told():
    low = told("9.50", peers(*USUAL))
    assert (low.peers, low.hts, low.median) == (10, "61091000", Decimal("41.50"))
    found = only(price_outlier(facts(prices=(low,))))
    assert (found.severity, found.asks_review) == ("low", False)
    assert found.headline == "Line 1 (T-shirts) costs USD 9.50 a doz, far under the USD 41.50 of like goods."
    assert "Compared with 10 lines of 61091000 on 10 other shipments, in the same unit" in found.reasons[0]
    assert "(unverified)" in found.basis


def test_the_shipment_itself_is_no_peer_and_many_lines_of_one_are_one_shipment():
    for shipment in (1, 2):
        assert told("9.50", [UnitPrice(shipment, "6109100012", Decimal(40), ON)] * FEWEST_PEERS) is None


# --- STALE_LIST -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "fires"), [(31, True), (30, False), (-5, False)])
def test_an_old_list_is_for_information(days, fires):
    found = list(stale_list(facts(list_retrieved_on=ON - timedelta(days=days))))
    assert [(one.rule, one.severity, one.asks_review) for one in found] == [("STALE_LIST", "info", False)] * fires


# --- all of them ------------------------------------------------------------------------------------------------


def test_what_informs_alone_asks_no_review():
    low = told("9.50", peers(*USUAL))
    shipment = facts(articles=(article(unknown_inputs=(COPPER,)),), prices=(low,), list_retrieved_on=date(2025, 1, 1))
    found = rules.evaluate(shipment)
    assert {one.rule for one in found} == {"PRIORITY_HTS", "HIGH_RISK_INPUT", "PRICE_OUTLIER", "STALE_LIST"}
    assert rules.outcome(found) == "no_finding"
    assert [one.severity for one in found] == ["medium", "medium", "low", "info"]


def test_a_rule_has_a_name_a_docstring_and_a_basis():
    assert all(rule.__doc__ and not rule.__name__.startswith("_") for rule in rules.RULES)
    assert len({rule.__name__ for rule in rules.RULES}) == len(rules.RULES) == 19
