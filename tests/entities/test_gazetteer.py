"""The place engine: addresses in Xinjiang, and names, roads and towns that only sound like it."""

import pytest

from entities import reference
from entities.domain.facts import PartyFacts


def locate(**fields):
    return reference.gazetteer().locate(PartyFacts(**fields))


COUNTIES = [p for p in reference.places() if p.level in ("county", "city")]


@pytest.mark.parametrize(
    "address",
    [
        "新疆{zh}人民路12号",
        "{zh}延安路8号",
        "新疆維吾爾自治區{zh}山東路3號",
        "No. 12 Renmin Road, {en}, Xinjiang, China",
        "{en}, XUAR, P.R. China",
        "Industrial Park, {pinyin} Xian, Xin Jiang, China",
    ],
)
def test_every_county_is_found_in_an_address(address):
    missed = []
    for place in COUNTIES:
        text = address.format(zh=place.name_zh, en=place.name_en, pinyin=place.pinyin)
        if locate(address=text, country="CN").verdict == "none":
            missed.append(text)
    assert missed == []


@pytest.mark.parametrize(
    "fields",
    [
        {"address": "昌吉州阜康市重化工园区"},
        {"address": "巴州库尔勒市"},
        {"address": "伊犁州伊宁市解放路"},
        {"address": "乌市头屯河区"},
        {"address": "和田洛浦县北京工业园区"},
        {"address": "Korla, Bayingolin", "country": "China"},
        {"address": "Wu Lu Mu Qi, China"},
        {"address": "Urumchi Economic & Technological Development Zone", "country": "CN"},
        {"address": "ئۈرۈمچى شەھىرى"},
        {"city": "Hami", "country": "CN"},
        {"city": "Aksu", "province": "Xinjiang", "country": "CN"},
        {"address": "12 Tuanjie Rd", "postal_code": "841000", "country": "P.R. China"},
        {"address": "Development Zone, Hami, China"},
    ],
)
def test_an_address_in_xinjiang_places_the_site(fields):
    answer = locate(**fields)
    assert answer.verdict == "in_xinjiang"
    assert answer.signals[0].rule == "XJ_SITE"


@pytest.mark.parametrize(
    "address", ["农八师一四三团", "新疆生产建设兵团第一师十二团", "第十师一八四团", "XPCC 7th Division, Kuitun"]
)
def test_the_corps_is_known_by_its_divisions_and_regiments(address):
    answer = locate(address=address)
    assert answer.verdict == "in_xinjiang"
    assert "XPCC" in {s.rule for s in answer.signals}


@pytest.mark.parametrize("name", ["北京建筑集团有限公司", "上海财团", "南京旅行团", "师范大学", "一六三团"])
def test_a_group_or_a_number_alone_is_not_the_corps(name):
    assert locate(name=name).verdict == "none"


@pytest.mark.parametrize(
    "name",
    [
        "XINJIANG QIANYI TRADE SO LIMITED",
        "URUMQI KAILINGDA INTERNATIONAL TRADE CO LIMITED",
        "ZHONGYUAN XINJIANG INTELLIGENT TECHNOLOGY CO LIMITED",
        "Kashgar Haolin Trading Co., Ltd.",
        "新疆某某贸易有限公司",
        "喀什某某纺织有限公司",
    ],
)
def test_a_place_in_the_name_alone_is_possible(name):
    answer = locate(name=name)
    assert answer.verdict == "possible"
    assert {s.rule for s in answer.signals} == {"XJ_NAME"}


def test_an_address_in_xinjiang_speaks_for_itself():
    answer = locate(name="Xinjiang Textile Co", city="Shihezi", country="CN")
    assert {s.rule for s in answer.signals} == {"XJ_SITE"}


@pytest.mark.parametrize(
    "address",
    [
        "上海市静安区新疆路100号",
        "No. 120 Xinjiang Road, Zhabei District, Shanghai",
        "Urumqi Middle Road, Xuhui, Shanghai",
        "Wulumuqi South Road 168, Shanghai",
        "上海市嘉定区叶城路1288号",
        "Fuhai Street, Baoan District, Shenzhen",
        "浙江省义乌市北苑街道",
        "Yiwu City, Zhejiang",
        "Yutian County, Tangshan, Hebei",
        "Qinghe County, Xingtai, Hebei",
        "Bozhou, Anhui",
        "四川省乐山市沙湾区",
        "保定市新市区",
        "Xinshi District, Baoding",
        "北京市海淀区温泉镇",
        "Changjiang Road, Nanjing",
        "Xinjiang County, Yuncheng, Shanxi",
        "Hetian Industrial Zone, Houjie, Dongguan",
        "北京市朝阳区新疆大厦",
    ],
)
def test_a_road_or_a_namesake_elsewhere_stays_quiet(address):
    assert locate(address=address, country="CN").verdict == "none"


@pytest.mark.parametrize(
    "fields",
    [
        {"address": "Khorgos, Panfilov District", "country": "KZ"},
        {"city": "Aksu", "country": "Kazakhstan"},
        {"address": "Bole Road, Addis Ababa", "country": "Ethiopia"},
        {"postal_code": "834001", "address": "Ranchi", "country": "IN"},
        {"name": "AKSU TEKSTIL SANAYI VE TICARET", "country": "TR"},
        {"name": "Xinjiang Noodle House", "address": "Flushing NY", "country": "US"},
        {"name": "CASAPROFILI BUILDING MATERIALS TRAD"},
        {"name": "ETILI SERAMIK"},
        {"name": "Changzhou Xuenaili Garment Co. Ltd."},
        {"name": "Mori Seiki", "country": "JP"},
        {"phone": "+86 21 99012345"},
        {"uscc": "91330100716105852F"},
    ],
)
def test_the_same_letters_abroad_or_inside_a_word_stay_quiet(fields):
    assert locate(**fields).verdict == "none"


def test_a_valid_credit_code_says_where_a_firm_is_registered():
    answer = locate(uscc="91659001299898838W")
    assert [s.rule for s in answer.signals] == ["XJ_REGISTRATION"]
    assert answer.signals[0].place_code == "659001"


def test_registered_there_but_sited_elsewhere_is_possible():
    assert locate(uscc="91659001299898838W", city="Shanghai", country="CN").verdict == "possible"


@pytest.mark.parametrize("fields", [{"phone": "+86 991 3762327"}, {"mid": "CNXINGOL107URU"}])
def test_an_area_code_or_city_letters_are_a_hint_only(fields):
    assert locate(**fields).verdict == "possible"


def test_another_provinces_name_on_a_street_is_no_veto():
    assert locate(address="乌鲁木齐市上海路107号").verdict == "in_xinjiang"


TEXT = """Raw cotton from Xin-
jiang? No: from Xinjiang, gin at
Korla. Shipped via Urumqi Road, Shanghai. 产地：新疆
阿克苏。 Hami melon."""


def test_places_are_found_in_running_text_by_position():
    mentions = reference.gazetteer().scan(TEXT)
    assert [m.text for m in mentions] == ["Xin-\njiang", "Xinjiang", "Korla", "新疆", "阿克苏"]
    assert all(TEXT[m.start : m.end] == m.text for m in mentions)


@pytest.mark.shared_data
def test_names_of_real_shipments_are_flagged_as_expected(shared_data):
    import csv

    wrong = []
    with (shared_data / "real_shipments" / "expected_region_flags.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            verdict = locate(name=row["party_name"]).verdict
            expected = {"expect_flag_region_name": verdict != "none", "trap_no_flag": verdict == "none"}
            if not expected.get(row["expectation"], True):
                wrong.append((row["party_name"], verdict))
    assert wrong == []
