"""Firms that seem to belong to a listed entity: who is asked about, who is the entity itself, who is neither."""

from datetime import date

import pytest

from bench import grading
from entities import reference
from entities.domain.facts import ListedName, ListedParty, PartyFacts
from entities.domain.matching import Matcher
from entities.domain.matching.relations import tie_in
from entities.domain.parties import screen
from tests.entities.listed import TODAY, shipped_parties

ALONE = "The listing names this entity alone; whether it reaches this firm a person must say."


@pytest.fixture(scope="module")
def matcher():
    return Matcher(shipped_parties(), reference.gazetteer(), reference.vocabulary())


def answer(matcher, name, on=TODAY, **fields):
    return matcher.answer(PartyFacts(name=name, **fields), on)


def asked(found):
    return {kin.key: kin.how for kin in found.affiliations}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Camel Group Wuhan Storage Battery Co., Ltd.", "camelgroupcoltd"),
        ("骆驼集团武汉光谷研发中心有限公司", "camelgroupcoltd"),
        ("Xinjiang Zhonghe Jinhua Aluminium Co., Ltd.", "xinjiangzhonghecoltd"),
        ("新疆众和金源镁业有限公司", "xinjiangzhonghecoltd"),
        ("Xinjiang Zhongtai Chemical Toutunhe Energy Co Ltd", "xinjiangzhongtaichemicalcoltd"),
        ("Zijin Mining Group Southwest Co Ltd", "zijinmininggroupcoltd"),
        ("Esquel Garment Manufacturing (Vietnam) Co Ltd", "esquelgroup"),
        ("Ninestar Image (Malaysia) Sdn Bhd", "ninestarcorporation"),
        ("Huafu Fashion (Vietnam) Co Ltd", "huafufashioncoltd"),
    ],
)
def test_a_name_that_contains_a_listed_one_and_says_more_asks_about_an_affiliate(matcher, name, key):
    found = answer(matcher, name)
    assert asked(found) == {key: "name"}
    assert key not in {match.key for match in found.matches}
    assert found.affiliations[0].reasons[-1] == ALONE
    assert "and says more: “" in found.affiliations[0].reasons[0]


@pytest.mark.parametrize(
    ("name", "key", "words"),
    [
        ("Example Metals, a wholly-owned subsidiary of Xinjiang Zhonghe Co., Ltd.", "xinjiangzhonghecoltd", "subsid"),
        ("Example Metals (subsidiary of Camel Group Co., Ltd.)", "camelgroupcoltd", "subsidiary of"),
        ("Example Metals Ltd, owned by Ninestar Corporation", "ninestarcorporation", "owned by"),
        ("Example Metals Ltd, member of Esquel Group", "esquelgroup", "member of"),
        ("Xinjiang Zhonghe Co., Ltd. Shanghai Subsidiary", "xinjiangzhonghecoltd", "Subsidiary"),
        ("Xinjiang Zhonghe's subsidiary Example Metals Ltd", "xinjiangzhonghecoltd", "subsidiary"),
        ("示例电子（新疆众和股份有限公司全资子公司）", "xinjiangzhonghecoltd", "全资子公司"),
        ("新疆众和股份有限公司下属电子材料厂", "xinjiangzhonghecoltd", "下属"),
        ("Example Metals, a subsidiary of Xinjang Zhonghe Co Ltd", "xinjiangzhonghecoltd", "subsidiary of"),
    ],
)
def test_a_firm_that_says_whose_subsidiary_it_is_is_no_match(matcher, name, key, words):
    found = answer(matcher, name)
    assert asked(found) == {key: "stated"}
    assert found.matches == ()
    assert words in found.affiliations[0].reasons[0]


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("Xinjiang Zhonghe Co., Ltd. Shanghai Branch", "match"),
        ("Shanghai Branch of Xinjiang Zhonghe Co., Ltd.", "match"),
        ("Xinjiang Zhonghe's Shanghai branch office", "match"),
        ("新疆大全新能源股份有限公司上海分公司", "match"),
        ("新疆众和股份有限公司上海分公司", "possible"),  # no public source ties the Chinese name to the entity
    ],
)
def test_a_branch_is_the_entity_itself(matcher, name, verdict):
    found = answer(matcher, name)
    assert found.matches[0].verdict == verdict
    assert found.affiliations == ()
    assert any("a branch is part of the entity itself" in reason for reason in found.matches[0].reasons)


@pytest.mark.parametrize(
    "name",
    [
        "Example Silicon Ltd, subsidiary of Hoshine Silicon Industry (Shanshan) Co., Ltd",
        "Hoshine Silicon Industry (Shanshan) Co., Ltd. Luzhou subsidiary",
    ],
)
def test_a_subsidiary_is_a_match_where_the_listing_reaches_subsidiaries(matcher, name):
    found = answer(matcher, name)
    assert [(match.key, match.verdict) for match in found.matches] == [
        ("hoshinesiliconindustryshanshancoltd", "match")
    ]
    assert found.affiliations == ()
    assert any("and subsidiaries" in reason.lower() for reason in found.matches[0].reasons)


@pytest.mark.parametrize(
    "name",
    [
        "Xinjiang Zhonghe Co., Ltd.",
        "XINJIANG ZHONGHE CO LTD NO.18 KASHI EAST ROAD URUMQI",
        "Western Gold Hami Gold Mine Co., Ltd.",  # listed itself, though its name contains that of another entity
        "AKSU HUAFU COLOUR SPINNING C0.LTD",
        "世纪阳光集团控股公司",  # 控股公司 is a legal form
    ],
)
def test_the_entity_itself_is_not_its_own_affiliate(matcher, name):
    found = answer(matcher, name)
    assert found.matches
    assert found.affiliations == ()


def test_an_address_in_the_cell_of_the_name_makes_no_other_firm(matcher):
    cell = answer(matcher, "Xinjiang Zhongtai Chemical INDUSTRIAL PARK, CHANGJI")
    firm = answer(matcher, "Xinjiang Zhongtai Chemical Industrial Park Changji Trading Co., Ltd.")
    key = "xinjiangzhongtaichemicalcoltd"
    assert {match.key: match.verdict for match in cell.matches}[key] == "match"
    assert key not in {match.key for match in firm.matches}
    assert asked(firm)[key] == "name"


@pytest.mark.parametrize(
    "name",
    [
        "Wenzhou Xuanda Food Co., Limited",  # a brand many firms share, in another place
        "Huangmei Zhulin Yinfeng Cotton",  # another brand ends in the listed one
        "Olive Branch Foods Ltd",
        "Example Ltd, a subsidiary of Example Holdings Inc.",
        "Camel Shoes Ltd",
    ],
)
def test_other_firms_are_not_asked_about(matcher, name):
    found = answer(matcher, name)
    assert (found.matches, found.affiliations) == ((), ())


def test_an_address_in_care_of_a_listed_entity_asks_about_an_affiliate(matcher):
    found = answer(matcher, "Example Metals Ltd", address="c/o Xinjiang Zhonghe Co., Ltd., 18 Kashi East Road, Urumqi")
    assert asked(found) == {"xinjiangzhonghecoltd": "address"}
    assert found.affiliations[0].matched_text == "Xinjiang Zhonghe Co., Ltd"
    assert answer(matcher, "Example Metals Ltd", address="18 Kashi East Road, Urumqi").affiliations == ()
    own = answer(matcher, "Xinjiang Zhonghe Co., Ltd.", address="Xinjiang Zhonghe Co., Ltd., 18 Kashi East Road")
    assert own.affiliations == ()
    corps = answer(matcher, "Example Farm", address="Regiment 91, XPCC First Division")
    assert corps.affiliations == ()  # the rule XPCC speaks of it


def test_an_entity_is_asked_about_only_while_it_is_listed(matcher):
    assert asked(answer(matcher, "Huafu Fashion (Vietnam) Co Ltd", on=date(2025, 1, 14))) == {}
    assert asked(answer(matcher, "Huafu Fashion (Vietnam) Co Ltd", on=date(2025, 1, 15))) == {
        "huafufashioncoltd": "name"
    }


def test_the_words_of_a_wider_listing_are_quoted():
    listed = ListedParty("example", (ListedName("Zanzibar Copper Group", "listed"),), scope="and its affiliates")
    wide = Matcher((listed,), reference.gazetteer(), reference.vocabulary())
    found = answer(wide, "Foo Trading Ltd", address="c/o Zanzibar Copper Group, 1 Main Street")
    assert found.affiliations[0].reasons[-1] == "The listing says: “and its affiliates”."


def test_the_reasons_name_the_rule(matcher):
    party = PartyFacts(name="Ninestar Image (Malaysia) Sdn Bhd")
    result = screen(party, matcher, reference.gazetteer(), TODAY)
    assert result.listed_verdict == "none"
    assert {(one["rule"], one["field"]) for one in result.reasons} == {("LISTED_AFFILIATE", "name")}


def test_no_background_firm_is_asked_about_and_few_look_alikes(matcher):
    negatives = [row for row in grading.rows("names.csv") if not row["expected"]]
    flagged = [row["kind"] for row in negatives if answer(matcher, row["name"]).affiliations]
    assert not set(flagged) & grading.BACKGROUND
    alike = sum(row["kind"] in grading.LOOKALIKES for row in negatives)
    assert len(flagged) / alike < 0.015  # they contain a whole listed name: Tengcai Group Xinjiang Bayi Iron and Steel


@pytest.mark.parametrize(
    ("text", "kind", "own", "other"),
    [
        ("Foo Ltd, an affiliate of Bar Inc.", "affiliate", "Foo Ltd", "Bar Inc"),
        ("Bar Inc. Lyon Branch", "branch", "", "Bar Inc. Lyon"),
        ("Foo Ltd (Bar subsidiary)", "affiliate", "Foo Ltd", "Bar"),
        ("Chi nhánh Công ty Bar", "branch", "", "Công ty Bar"),
        ("示例股份有限公司北京分公司", "branch", "", "示例股份有限公司"),
    ],
)
def test_the_words_of_a_tie_are_read(text, kind, own, other):
    tie = tie_in(text)
    assert (tie.kind, tie.own, tie.other) == (kind, own, other)


@pytest.mark.parametrize("text", ["Branch Metals Co", "Member Trading Ltd", "世纪阳光集团控股有限公司", "Foo Ltd"])
def test_other_words_are_no_tie(text):
    assert tie_in(text) is None
