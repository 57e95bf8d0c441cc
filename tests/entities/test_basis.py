"""What a matcher is made of beside the list: the days an entity is listed, thresholds, names the office knows."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from entities.domain.facts import ListedName, ListedParty, PartyFacts
from entities.domain.matching import SHIPPED, Thresholds
from entities.matchers import listed_parties, matcher_of
from entities.office_names import OfficeName

ON = date(2026, 1, 1)


def row(first, removed=None, name="Esquel Textile Co., Ltd.", natives=()):
    return SimpleNamespace(
        entity=SimpleNamespace(key="esquel"),
        name=name,
        aliases=[],
        native_names=list(natives),
        first_effective_on=first,
        removed_on=removed,
        scope="",
        location="",
    )


def test_an_entity_that_left_the_list_and_came_back_is_not_listed_in_between():
    [party] = listed_parties([row(date(2022, 6, 21), date(2024, 3, 1)), row(date(2025, 5, 1))])
    assert party.periods == ((date(2022, 6, 21), date(2024, 3, 1)), (date(2025, 5, 1), None))
    days = [date(2022, 6, 20), date(2024, 2, 29), date(2024, 3, 1), date(2025, 4, 30), date(2025, 5, 1)]
    assert [party.listed_on(on) for on in days] == [False, True, False, False, True]


def test_a_renamed_row_opens_no_gap():
    old = row(date(2022, 6, 21), date(2024, 11, 1), name="Changji Esquel Textile Co. Ltd.")
    [party] = listed_parties([old, row(date(2022, 6, 21))])
    assert party.periods == ((date(2022, 6, 21), None),)


def test_a_name_only_proposed_by_the_office_is_a_question_and_a_confirmed_one_a_match():
    matched = {}
    for confirmed in (False, True):
        known = {"esquel": [OfficeName("溢达纺织有限公司", "annual report 2021, page 12", confirmed)]}
        matcher = matcher_of(listed_parties([row(date(2022, 6, 21))], known))
        [found] = matcher.screen(PartyFacts(native_name="溢达纺织有限公司"), ON)
        matched[confirmed] = found.verdict
        assert any("annual report 2021, page 12" in reason for reason in found.reasons)
    assert matched == {False: "possible", True: "match"}


def test_the_office_confirms_a_name_that_came_without_a_source():
    natives = [{"text": "溢达纺织有限公司", "source": "from-memory-unverified", "confirmed": False}]
    known = {"esquel": [OfficeName("溢达纺织有限公司", "business licence", confirmed=True)]}
    [party] = listed_parties([row(date(2022, 6, 21), natives=natives)], known)
    [native] = [name for name in party.names if name.kind == "native"]
    assert native == ListedName("溢达纺织有限公司", "native", None, None, "business licence", by_office=True)


def test_the_same_list_at_other_thresholds():
    listed = ListedParty("zhongtai", (ListedName("Xinjiang Zhongtai Chemical Co., Ltd.", "listed"),))
    matcher = matcher_of([listed])
    party = PartyFacts(name="Zhongtai Chemical")
    strict = Thresholds(
        match_share=0.99, match_points=99, possible_share=0.99, possible_points=99, possible_points_own=99
    )
    assert matcher.screen(party, ON)
    assert matcher.at(strict).screen(party, ON) == ()
    assert matcher.thresholds == SHIPPED


@pytest.mark.parametrize(
    "party",
    [
        PartyFacts(name="Zhongtai Chemical"),
        PartyFacts(name="Xinjiang Zhongtai Chemical Co., Ltd.", city="Urumqi"),
        PartyFacts(name="Zhongtai Trading", city="Shanghai"),
        PartyFacts(name="Xinjiang Zhongtai Group Co., Ltd.", native_name="新疆中泰化学股份有限公司"),
        PartyFacts(name="Quiet Harbour Garments JSC"),
        PartyFacts(name="新疆生产建设兵团第七师"),
        PartyFacts(name="Zhongtai Plastics, a subsidiary of Zhongtai Chemical"),
        PartyFacts(name="Zhongtai", mid="CNXINZHO118URU", country="CN"),
        PartyFacts(name="Ninestar Image Co., Ltd.", city="Zhuhai"),
        PartyFacts(name="Zhuhai Toner Works", address="Building 2, Ninestar Corporation, Zhuhai"),
    ],
)
def test_one_entity_at_many_thresholds_is_what_the_whole_list_answers_at_each(party):
    matcher = matcher_of(
        [
            ListedParty("zhongtai", (ListedName("Xinjiang Zhongtai Chemical Co., Ltd.", "listed"),)),
            ListedParty("group", (ListedName("Xinjiang Zhongtai Group Co., Ltd.", "listed"),)),
            ListedParty("xpcc", (ListedName("XPCC", "alias"),)),
            ListedParty("ninestar", (ListedName("Ninestar Corporation", "listed"),)),
        ]
    )
    lines = [replace(SHIPPED, match_points=points, possible_points=points) for points in (0.5, 4, 6, 8, 20)]
    for key in matcher.parties:
        answers = [matcher.at(one).answer(party, ON) for one in lines]
        kin = [{one.key: "affiliate" for one in answer.affiliations} for answer in answers]
        matches = [{one.key: one.verdict for one in answer.matches} for answer in answers]
        answered = [(belongs | of).get(key, "none") for belongs, of in zip(kin, matches, strict=True)]
        assert matcher.verdicts(party, key, ON, lines) == answered
