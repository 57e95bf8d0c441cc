"""What speaks for a listed entity beside the name: manufacturer code, place, and what people judged before."""

from datetime import date

import pytest

from entities import reference
from entities.domain.facts import ListedName, ListedParty, PartyFacts
from entities.domain.identifiers import mid_for, mid_letters
from entities.domain.known import KnownFirm, KnownFirms, identifiers_of
from entities.domain.matching import Matcher
from entities.domain.parties import screen
from tests.entities.listed import TODAY, shipped_parties

HAOLIN = "hetianhaolinhairaccessoriescoltd"
HUAFU = "aksuhuafucolorspinningcoltd"
JUDGED = PartyFacts(
    name="Example Spinning Works",
    uscc="91330100716105852F",
    mid="CNEXASPI88AKS",
    phone="+86 (997) 212-3456",
    address="No. 88 Example Road, Textile City",
    city="Aksu",
)


@pytest.fixture(scope="module")
def matcher():
    return Matcher(shipped_parties(), reference.gazetteer(), reference.vocabulary())


def screened(matcher, party, *firms, on=TODAY):
    return screen(party, matcher, reference.gazetteer(), on, KnownFirms(firms))


def signs(match):
    return {sign.field: sign.token for sign in match.signs}


def judged(**changes):
    given = {"key": HUAFU, "facts": JUDGED, "judgement": 7, "sentence": "Judged the same firm (judgement 7)"}
    return KnownFirm(**{**given, **changes})


# --- the manufacturer code --------------------------------------------------------------------------------------


def test_a_code_constructed_from_the_listed_name_and_town_is_a_reason_of_its_own(matcher):
    party = PartyFacts(name="Hetian Haolin Hair Accessories Co. Ltd.", mid="CNHETHAO12HET")
    result = screened(matcher, party)
    assert signs(result.matches[0])["mid"] == "CNHETHAO12HET"
    reason = next(one for one in result.reasons if one["field"] == "mid")
    assert (reason["rule"], reason["token"]) == ("LISTED_ENTITY", "CNHETHAO12HET")
    assert "19 CFR Part 102" in reason["text"]


def test_a_code_raises_a_weak_name_to_a_question(matcher):
    weak = PartyFacts(name="Haolin Trading Co")
    assert screened(matcher, weak).matches == ()
    found = screened(matcher, PartyFacts(name="Haolin Trading Co", mid="CNHETHAO12HET")).matches
    assert [(match.key, match.verdict) for match in found] == [(HAOLIN, "possible")]
    assert screened(matcher, PartyFacts(name="Haolin Trading Co", mid="CNHETHAO12SHA")).matches == ()


def test_a_code_says_nothing_more_where_the_declared_name_gives_the_same_letters(matcher):
    other = PartyFacts(name="Shihezi Huafu Suhuan Cotton Industry Co., Ltd.", mid="CNSHIHUA249SHI")
    assert screened(matcher, other).matches == ()


def test_a_code_alone_raises_a_question_only_where_its_letters_tell_enough(matcher):
    alone = screened(matcher, PartyFacts(name="Example Trading", mid="CNCHAMEI12HEF")).matches
    assert [(match.key, match.verdict, match.field) for match in alone] == [
        ("changhongmeilingcoltd", "possible", "mid")
    ]
    assert screened(matcher, PartyFacts(name="Example Trading", mid="CNHETHAO12HET")).matches == ()
    assert screened(matcher, PartyFacts(name="Example Trading", mid="VNCHAMEI12HEF")).matches == ()


def test_the_letters_of_a_code_come_from_name_and_town():
    assert mid_letters("A.B.C. Company", "Ningbo") == ("ABCCOMNIN", ("abc", "company"))
    assert mid_for("CN", "A.B.C. Company", "232 Main Street", "Ningbo") == "CNABCCOM232NIN"


# --- the place --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "field", "token"),
    [
        ({"city": "Aksu"}, "city", "aksu"),
        ({"address": "No. 5 Textile City, Aksu, Xinjiang"}, "address", "aksu"),
        ({"province": "Xinjiang"}, "province", "xinjiang"),
    ],
)
def test_the_place_is_a_reason_of_its_own(matcher, fields, field, token):
    result = screened(matcher, PartyFacts(name="Aksu Huafu Color Spinning Co., Ltd.", **fields))
    assert signs(result.matches[0]) == {field: token}
    assert {one["field"] for one in result.reasons if one["rule"] == "LISTED_ENTITY"} == {"name", field}


def test_another_place_is_no_sign(matcher):
    result = screened(matcher, PartyFacts(name="Aksu Huafu Color Spinning Co., Ltd.", city="Hangzhou"))
    assert result.matches[0].signs == ()


def test_a_former_name_is_said_to_be_one():
    names = (ListedName("Zanzibar Copper Works", "listed"), ListedName("Old Quagga Smelting Ltd", "former"))
    former = Matcher((ListedParty("z", names),), reference.gazetteer(), reference.vocabulary())
    found = former.screen(PartyFacts(name="Old Quagga Smelting Limited"), TODAY)
    assert found[0].verdict == "match"
    assert found[0].reasons[0] == "All words that count are those of the former name “Old Quagga Smelting Ltd”."


# --- what people judged -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "declared", "verdict"),
    [
        ("uscc", "9133 0100 7161 0585 2F", "match"),
        ("mid", "CNEXASPI88AKS", "possible"),
        ("phone", "0086 997 2123456", "possible"),
        ("phone", "(0997) 212 3456", "possible"),
    ],
)
def test_a_number_of_a_firm_judged_the_same_leads_to_the_entity(matcher, field, declared, verdict):
    party = PartyFacts(name="Other Name Ltd", **{field: declared})
    found = screened(matcher, party, judged()).matches
    assert [(match.key, match.verdict, match.field) for match in found] == [(HUAFU, verdict, field)]
    assert found[0].signs[0].judgement == 7
    assert "Judged the same firm (judgement 7)" in found[0].signs[0].text
    assert screened(matcher, party).matches == ()


def test_the_address_counts_with_its_city(matcher):
    same = PartyFacts(name="Other Name Ltd", address="NO 88 EXAMPLE ROAD, TEXTILE CITY", city="AKSU")
    found = screened(matcher, same, judged()).matches
    assert [(match.verdict, match.field) for match in found] == [("possible", "address")]
    elsewhere = PartyFacts(name="Other Name Ltd", address="NO 88 EXAMPLE ROAD, TEXTILE CITY", city="Hangzhou")
    assert screened(matcher, elsewhere, judged()).matches == ()


@pytest.mark.parametrize(
    "facts",
    [
        PartyFacts(name="Other Name Ltd", uscc="91330100716105852E"),  # its check character fails
        PartyFacts(name="Other Name Ltd", phone="3456"),
        PartyFacts(name="Other Name Ltd", address="Example Road", city="Aksu"),
        PartyFacts(name="Other Name Ltd", mid="CNEXASPI89AKS"),
    ],
)
def test_what_is_wrong_short_or_different_leads_nowhere(matcher, facts):
    assert screened(matcher, facts, judged()).matches == ()


def test_a_credit_code_makes_a_weak_match_certain_and_other_numbers_do_not(matcher):
    name = "Esquel Enterprises Limited"
    before = screened(matcher, PartyFacts(name=name)).matches
    firm = judged(key=before[0].key)
    assert before[0].verdict == "possible"
    by_phone = screened(matcher, PartyFacts(name=name, phone=JUDGED.phone), firm).matches
    by_code = screened(matcher, PartyFacts(name=name, uscc=JUDGED.uscc), firm).matches
    assert (by_phone[0].verdict, by_code[0].verdict) == ("possible", "match")
    assert by_phone[0].reasons == before[0].reasons
    assert [sign.field for sign in by_phone[0].signs][-1] == "phone"


def test_a_judgement_the_list_has_left_behind_or_of_one_site_only_asks(matcher):
    party = PartyFacts(name="Other Name Ltd", uscc=JUDGED.uscc)
    lapsed = screened(matcher, party, judged(stands=False)).matches
    site = screened(matcher, party, judged(scope="site")).matches
    assert (lapsed[0].verdict, site[0].verdict) == ("possible", "possible")
    assert "judge it again" in lapsed[0].signs[0].text


def test_the_judged_words_themselves_are_the_entity_though_the_machine_sees_nothing(matcher):
    found = screened(matcher, JUDGED, judged()).matches
    assert [(match.key, match.verdict, match.field) for match in found] == [(HUAFU, "match", "name")]


def test_an_affiliate_judged_the_same_is_the_entity_and_no_affiliate(matcher):
    party = PartyFacts(name="Zijin Mining Group Southwest Co Ltd")
    asked = screened(matcher, party)
    assert (asked.listed_verdict, [kin.key for kin in asked.affiliations]) == ("none", ["zijinmininggroupcoltd"])
    settled = screened(matcher, party, judged(key="zijinmininggroupcoltd", facts=party))
    assert (settled.listed_verdict, settled.affiliations) == ("match", ())


def test_what_is_known_counts_only_while_the_entity_is_listed(matcher):
    party = PartyFacts(name="Other Name Ltd", uscc=JUDGED.uscc)
    assert screened(matcher, party, judged(), on=date(2022, 6, 20)).matches == ()
    assert screened(matcher, party, judged(key="nobody")).matches == ()


def test_identifiers_are_compared_in_one_spelling():
    assert identifiers_of(JUDGED) == {
        "uscc": "91330100716105852F",
        "mid": "CNEXASPI88AKS",
        "phone": "9972123456",
        "address": "no 88 example road textile city, aksu",
    }
    assert identifiers_of(PartyFacts(address="阿克苏市纺织路88号", city="阿克苏"))
    assert identifiers_of(PartyFacts(name="Example", phone="n/a", uscc="unknown", mid="x")) == {}
