"""Party matching: what must be found, what must stay quiet, and what is said about it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from entities import reference
from entities.domain.facts import ListedName, ListedParty, PartyFacts
from entities.domain.matching import Matcher
from tests.entities.listed import TODAY, shipped_parties

PARTIES = shipped_parties()
LATIN = [(p.key, n.text) for p in PARTIES for n in p.names if n.kind != "native"]
CHINESE = [(p.key, n.text, n.confirmed) for p in PARTIES for n in p.names if n.kind == "native"]


@pytest.fixture(scope="module")
def matcher():
    return Matcher(PARTIES, reference.gazetteer(), reference.vocabulary())


def verdicts(matcher, name, on=TODAY, **fields):
    return {m.key: m.verdict for m in matcher.screen(PartyFacts(name=name, **fields), on)}


def test_every_entity_of_the_list_is_there():
    assert len(PARTIES) == 144


@pytest.mark.parametrize("change", [str.upper, lambda t: "".join(c for c in t if c not in ".,()&"), str.title])
def test_every_listed_name_and_alias_is_a_match(matcher, change):
    missed = [text for key, text in LATIN if verdicts(matcher, change(text)).get(key) != "match"]
    assert missed == []


@pytest.mark.parametrize("form", [" Co Ltd", " COMPANY LIMITED", " CO.,LTD", " Limited", ""])
def test_the_legal_form_does_not_matter(matcher, form):
    bare = [(key, text.removesuffix(" Co., Ltd.")) for key, text in LATIN if text.endswith(" Co., Ltd.")]
    assert [text for key, text in bare if verdicts(matcher, text + form).get(key) != "match"] == []


def test_a_name_cut_after_35_characters_is_still_found(matcher):
    missed = [text for key, text in LATIN if len(text) > 35 and key not in verdicts(matcher, text.upper()[:35])]
    assert missed == []


def test_a_chinese_name_with_a_public_source_is_a_match(matcher):
    assert [t for key, t, sure in CHINESE if sure and verdicts(matcher, t).get(key) != "match"] == []


def test_a_chinese_name_from_memory_alone_is_only_possible(matcher):
    verdict = verdicts(matcher, "新疆准噶尔棉麻有限公司")
    assert verdict == {"xinjiangjunggarcottonandlinencoltd": "possible"}


ZHONGTAI = "xinjiangzhongtaichemicalcoltd"
HUAFU = "aksuhuafucolorspinningcoltd"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Xinjiang Zhongtai Chem. Co.,Ltd", ZHONGTAI),
        ("XIN JIANG ZHONG TAI HUA XUE GU FEN YOU XIAN GONG SI", ZHONGTAI),
        ("Zhongtai Chemical (Xinjiang) Co Ltd", ZHONGTAI),
        ("XINJIANG ZHONGATI CHEMICAL CO LTD", ZHONGTAI),
        ("CONG TY TNHH XINJIANG ZHONGTAI CHEMICAL", ZHONGTAI),
        ("SINOTRANS O/B XINJIANG ZHONGTAI CHEMICAL CO LTD", ZHONGTAI),
        ("XINJIANG ZHONGTAI CHEMICAL CO LTD NO 39 YANGCHENGHU ROAD URUMQI", ZHONGTAI),
        ("新疆中泰化學股份有限公司", ZHONGTAI),
        ("Akesu Huafu Colour Spinning", HUAFU),
        ("AKSU HUAFU COLOR SPINING CO LTD", HUAFU),
        ("阿克苏华孚色纺有限公司", HUAFU),
        ("Hoshine Silicon Industry (Shanshan) Logistics Co Ltd", "hoshinesiliconindustryshanshancoltd"),
        ("XPCC Seventh Division Cotton Co Ltd", "xinjiangproductionandconstructioncorps"),
        ("新疆生产建设兵团第一师棉麻有限公司", "xinjiangproductionandconstructioncorps"),
        ("农八师一四三团棉花加工厂", "xinjiangproductionandconstructioncorps"),
        ("ООО Синьцзян Чжунтай", "xinjiangzhongtaigroupcoltd"),
        ("Hoshine Silicon Industry Co., Ltd.", "hoshinesiliconindustryshanshancoltd"),
        ("XINRIANG ZHONGTAI CHEMICAL CO LTD", ZHONGTAI),
    ],
)
def test_one_entity_in_many_spellings(matcher, name, key):
    assert key in verdicts(matcher, name)


@pytest.mark.parametrize(
    "name",
    [
        "Xinjiang Huafeng Cotton Industry Co., Ltd.",
        "Xinjiang Zhongda Chemical Co., Ltd.",
        "Jiangsu Zhongtai Chemical Co., Ltd.",
        "Xinjiang Zhongtai Noodle Restaurant",
        "Camel Active GmbH",
        "Western Union Gold Trading",
        "Hubei Tomato Industry Co., Ltd.",
        "Xinjiang Cotton Co., Ltd.",
        "Kingston Herbs Limited",
        "Tianjin Kunlun International Co., Ltd.",
        "Energy Group Holdings Ltd",
        "ETILI SERAMIK CONSTRUCTION INDUSTRY AND TRADE JOINT STOCK COMPANY",
        "新疆中太化工有限公司",
        "新疆新华有色金属有限公司",
        "Pantum International Ltd",
        "JA Solar Technology Co., Ltd.",
        "江苏华福纺织有限公司",
        "",
        "   ",
        "-",
    ],
)
def test_another_firm_stays_quiet(matcher, name):
    assert verdicts(matcher, name) == {}


def test_reasons_name_the_words_that_matched_and_those_ignored(matcher):
    best = matcher.screen(PartyFacts(name="AKESU HUAFU COLOUR SPINNING CO LTD"), TODAY)[0]
    said = " ".join(best.reasons)
    assert "“huafu”" in said
    assert "Ignored as legal form or filler: co, ltd." in said
    assert best.field == "name"


def test_a_better_agreement_ranks_before_a_weaker_one(matcher):
    found = matcher.screen(PartyFacts(name="Xinjiang Huafu Cotton Industry Group Co., Ltd."), TODAY)
    assert found[0].key == "xinjianghuafucottonindustrygroupcoltd"
    assert [m.score for m in found] == sorted((m.score for m in found), reverse=True)


def test_an_entity_counts_from_its_first_day_on_the_list(matcher):
    first = date(2025, 1, 15)
    assert verdicts(matcher, "Huafu Fashion Co., Ltd.", on=first - timedelta(days=1)) == {}
    assert verdicts(matcher, "Huafu Fashion Co., Ltd.", on=first) == {"huafufashioncoltd": "match"}


def test_a_name_taken_off_the_list_stops_matching_that_day():
    until = date(2024, 11, 25)
    party = ListedParty(
        "easthope",
        (ListedName("Xinjiang Nonferrous", "alias", None, until), ListedName("Esquel Group", "listed")),
        periods=((date(2022, 6, 21), None),),
    )
    matcher = Matcher([party], reference.gazetteer(), reference.vocabulary())
    assert verdicts(matcher, "Xinjiang Nonferrous", on=until - timedelta(days=1)) == {"easthope": "match"}
    assert verdicts(matcher, "Xinjiang Nonferrous", on=until) == {}


def test_an_entity_taken_off_the_list_is_found_only_before():
    party = ListedParty("esquel", (ListedName("Esquel Group", "listed"),), ((date(2022, 6, 21), date(2025, 1, 1)),))
    matcher = Matcher([party], reference.gazetteer(), reference.vocabulary())
    assert verdicts(matcher, "Esquel Group", on=date(2024, 12, 31)) == {"esquel": "match"}
    assert verdicts(matcher, "Esquel Group", on=date(2025, 1, 1)) == {}


def test_the_native_name_is_screened_beside_the_other(matcher):
    found = matcher.screen(PartyFacts(name="Some Trading Ltd", native_name="新疆大全新能源股份有限公司"), TODAY)
    assert [(m.key, m.field) for m in found] == [("xinjiangdaqonewenergycoltd", "native_name")]


def test_the_same_name_gives_the_same_answer_twice(matcher):
    party = PartyFacts(name="Xinjiang Huafu Textile", city="Wujiaqu")
    assert matcher.screen(party, TODAY) == matcher.screen(party, TODAY)


TEXT = """The yarn was bought from Aksu Huafu Color
Spinning Co., Ltd. and invoiced by 新疆大全新
能源股份有限公司. The camel group visited western gold mines; XPCC owns the farm, xpcc-like letters do not."""


def test_listed_names_are_found_in_running_text_with_their_place(matcher):
    mentions = matcher.scan(TEXT, TODAY)
    assert {m.key for m in mentions} == {
        HUAFU,
        "xinjiangdaqonewenergycoltd",
        "xinjiangproductionandconstructioncorps",
    }
    assert all(TEXT[m.start : m.end] == m.text for m in mentions)


@pytest.mark.parametrize(
    "text", ["A camel group on the road.", "Union biotech news", "Subcotton meikeco", "集团 兵工厂"]
)
def test_everyday_words_in_a_text_are_no_mention(matcher, text):
    assert matcher.scan(text, TODAY) == ()


@pytest.fixture(scope="module")
def romanised():
    """A list that never saw a Chinese character."""
    parties = [replace(p, names=tuple(n for n in p.names if n.kind != "native")) for p in PARTIES]
    return Matcher(tuple(parties), reference.gazetteer(), reference.vocabulary())


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("合盛硅业(鄯善)有限公司", "Hoshine Silicon Industry (Shanshan) Co., Ltd"),  # a place read as the brand it is
        ("中棉集团山东物流园有限公司", "China Cotton Group Shandong Logistics Park Co., Ltd."),
        ("西部黄金哈密金矿有限责任公司", "Western Gold Hami Gold Mine Co., Ltd."),
        ("江苏美科太阳能科技股份有限公司", "Jiangsu Meike Solar Technology Co., Ltd."),
        ("新疆银隆农业国际合作股份有限公司", "Xinjiang Yinlong Agricultural International Cooperation Co."),
        ("中泰化学", "Xinjiang Zhongtai Chemical Co. Ltd."),  # the place left out, every other word there
        ("紫金矿业", "Zijin Mining Group Co., Ltd."),
        ("腾翔镁制品有限公司", "Xinjiang Tengxiang Magnesium Products Co., Ltd."),
        ("绵阳高新区经纬达科技有限公司", "Mianyang High-tech Zone Jingweida Technology Co., Ltd."),
        ("稀鎂科技集團控股有限公司", "Rare Earth Magnesium Technology Group Holdings, Ltd."),
        ("江阴市联运有限公司", "Jiangyin Lianyun Co. Ltd."),
        ("碳元科技", "Tanyuan Technology Co. Ltd."),
        ("今创集团", "Jiangsu Jinchuang Group"),  # all but where
        ("福建紫金矿业集团股份有限公司", "Zijin Mining Group Co., Ltd."),  # where, which the list does not say
        ("宝钢集团新疆八一钢铁有限公司", "Baosteel Group Xinjiang Bayi Iron and Steel Co., Ltd."),  # half translated
        ("宝武新疆八一钢铁", "Baowu Group Xinjiang Bayi Iron and Steel Co., Ltd."),  # a place behind a listed brand
        ("滨州中纺银泰实业有限公司", "Binzhou Chinatex Yintai Industrial Co., Ltd."),
        ("中棉山东物流园", "China Cotton Group Shandong Logistics Park Co., Ltd."),
        ("新疆准噶尔棉麻", "Xinjiang Junggar Cotton and Linen Co., Ltd."),  # as the land is known abroad
        ("新疆棉花产业集团岳普湖棉业", "Xinjiang Cotton Industry Group Yuepu Lake Cotton Industry Co., Ltd."),
        ("南京新一棉印染有限公司", "Nanjing Xinyi Cotton Textile Printing and Dyeing"),
        ("德惠(大连)国际贸易有限公司", "Dehui (Dalian) International Trade Co., Ltd."),
        ("洛浦县发制品产业园", "Lop County Hair Product Industrial Park"),
        ("济南海虹国贸有限公司", "Jinan Haihong International Trade Co., Ltd."),
    ],
)
def test_characters_are_read_against_a_romanised_list(romanised, name, listed):
    key = next(key for key, text in LATIN if text == listed)
    assert verdicts(romanised, name).get(key) == "possible"  # by sound alone: a person has to look


@pytest.mark.parametrize("name", ["兵团", "新疆生产建设兵团", "新疆生產建設兵團", "兵团棉麻公司"])
def test_the_corps_is_known_by_its_own_names_whatever_the_list_prints(romanised, name):
    assert verdicts(romanised, name) == {"xinjiangproductionandconstructioncorps": "match"}


def test_a_station_of_a_listed_corporation_is_asked_about_beside_it(romanised):
    asked = {
        "hezecottonandlinencoltd": "possible",
        "juyecottonandlinenstationofthehezecottonandlinencorporation": "possible",
    }
    assert verdicts(romanised, "菏泽市棉麻公司巨野棉麻站") == asked


@pytest.mark.parametrize(
    "name",
    [
        "中泰证券",
        "紫金银行",
        "新疆棉花产业集团天山棉业有限公司",
        "八一体育用品有限公司",
        "新疆建设工程集团有限公司",  # the province for the city, and of two words that agree one is "group"
        "今创科技有限公司",
        "黑龙江生产建设兵团纪念馆",  # another Corps
        "宝铝集团有限公司",
        "洛浦县地毯产业园",
    ],
)
def test_another_firm_of_the_same_sound_or_group_stays_quiet(romanised, name):
    assert verdicts(romanised, name) == {}


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("Yili Zhuowan Garrnent Manufacturing Co., Ltd.", "Yili Zhuowan Garment Manufacturing Co., Ltd."),
        ("Hebei Sugu0 International Trade", "Hebei Suguo International Trade Co., Ltd."),
    ],
)
def test_what_a_scanner_misreads_is_read(matcher, name, listed):
    assert set(verdicts(matcher, name)) == {key for key, text in LATIN if text == listed}


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("Guangdong Oasis Shoes Co., Ltd.", "Dongguan Oasis Shoes Co., Ltd."),
        ("Jiangsu United Transport Co.", "Jiangyin United Transport Co."),
        ("Guangdong Shoes Co., Ltd.", None),
        ("Guangdong Oasis Garment Co., Ltd.", None),
    ],
)
def test_everyday_words_with_the_province_for_the_city_are_a_question(matcher, name, listed):
    assert verdicts(matcher, name) == {key: "possible" for key, text in LATIN if text == listed}


def test_a_county_before_the_legal_form_is_the_place(matcher):
    assert verdicts(matcher, "合盛硅业鄯善有限公司") == {"hoshinesiliconindustryshanshancoltd": "match"}


def test_an_unknown_trade_behind_a_listed_brand_counts_less_than_another_brand(romanised):
    listed = next(key for key, text in LATIN if text == "Xinjiang Tianmian Foundation Textile Co., Ltd.")
    assert listed in verdicts(romanised, "新疆天棉基业纺织有限公司")
    assert verdicts(romanised, "新疆天华基业纺织有限公司") == {}


def test_a_party_elsewhere_is_no_candidate_and_the_reason_is_still_told(matcher):
    name = "Xiamen Jingtian Cotton Industry Group Co., Ltd."
    assert verdicts(matcher, name) == {}
    reasons = matcher.why_not(PartyFacts(name=name), "hubeijingtiancottonindustrygroupcoltd", TODAY)
    assert "Against: the places differ." in reasons


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("Camel Industry Group Co., Ltd.", "possible"),
        ("Camel Industry Group Pvt Ltd", None),
        ("Camel Group Inc", "match"),
    ],
)
def test_a_legal_form_of_another_country_speaks_against_everyday_words(matcher, name, verdict):
    assert verdicts(matcher, name).get("camelgroupcoltd") == verdict


def listing(name, alias=""):
    names = (ListedName(name, "listed"), *((ListedName(alias, "alias"),) if alias else ()))
    party = ListedParty("listed", names, ((date(2022, 6, 21), None),))
    return Matcher((party,), reference.gazetteer(), reference.vocabulary())


@pytest.mark.parametrize("listed", ["Gansu Heping Cotton Co., Ltd.", "Gansu Peace Cotton Co., Ltd."])
def test_an_everyday_word_in_characters_is_translated_or_spelt(listed):
    assert verdicts(listing(listed), "甘肃和平棉花有限公司") == {"listed": "possible"}
    assert verdicts(listing(listed), "甘肃胜利棉花有限公司") == {}


def test_an_acronym_in_brackets_that_is_an_alias_need_not_be_said():
    found = listing("No. 2 Vocation Skills Education Training Center (VSETC)", alias="VSETC")
    assert verdicts(found, "第二职业技能教育培训中心") == {"listed": "possible"}
    assert verdicts(found, "第三职业技能教育培训中心") == {}


def test_a_county_with_its_unit_is_found_beside_everyday_words():
    assert verdicts(listing("Moyu County Hair Product Industrial Park"), "墨玉县发制品产业园") == {
        "listed": "possible"
    }


def test_a_brand_alike_by_sound_alone_with_another_line_of_business_is_not_asked_about():
    listed = ListedParty("weixin", (ListedName("Zhejiang Weixin Trading Co., Ltd.", "listed"),))
    matcher = Matcher([listed], reference.gazetteer(), reference.vocabulary())
    assert matcher.screen(PartyFacts(native_name="浙江维新科技有限公司"), TODAY) == ()
    [found] = matcher.screen(PartyFacts(native_name="浙江维新贸易有限公司"), TODAY)
    assert found.verdict == "possible"
