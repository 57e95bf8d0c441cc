"""Names taken apart: scripts, spellings, legal forms, trades and places."""

import pytest

from entities import reference
from entities.domain.names import fold, han_text, readings, simplified, syllable_count
from entities.domain.names.words import NameParser


@pytest.fixture(scope="module")
def parser():
    return NameParser(reference.vocabulary(), frozenset({"huafu", "zhongtai"}))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Sichuan Yuan’an Pharmaceutical Co., Ltd.", "sichuan yuanan pharmaceutical co ltd"),
        ("CÔNG TY TNHH DỆT MAY ĐẠI LỘC", "cong ty tnhh det may dai loc"),
        ("Ürümqi", "urumqi"),
        ("ＸＩＮＪＩＡＮＧ", "xinjiang"),
        ("İLHAN A.Ş.", "ilhan a s"),
        ("新疆 Zhongtai", "zhongtai"),
        ("شىنجاڭ خۇافۇ توقۇمىچىلىق شىركىتى", "xinjiang huafu textile co"),
    ],
)
def test_letters_are_brought_to_one_form(text, folded):
    assert fold(text) == folded


def test_traditional_characters_become_simplified():
    assert simplified("新疆維吾爾自治區") == "新疆维吾尔自治区"
    assert han_text("合盛硅業(鄯善)有限公司") == "合盛硅业鄯善有限公司"


def test_a_character_with_two_readings_gives_both():
    assert "huafu" in readings("华孚")
    assert {"changhong", "zhanghong"} <= set(readings("长虹"))


@pytest.mark.parametrize(("word", "count"), [("zhongtai", 2), ("xian", 1), ("esquel", 0), ("zhongtia", 0)])
def test_pinyin_is_told_from_other_words(word, count):
    assert syllable_count(word) == count


@pytest.mark.parametrize(
    "text",
    [
        "Xinjiang Zhongtai Chemical Co., Ltd.",
        "XINJIANG ZHONGTAI CHEMICALS COMPANY LIMITED",
        "Xin Jiang Zhong Tai Chemical Co Ltd",
        "Xinjiangzhongtai Chemical Corporation",
        "Xinjiang Zhongtai Huaxue Gufen Youxian Gongsi",
    ],
)
def test_spellings_of_one_name_have_one_key(parser, text):
    assert parser.latin(text).key == parser.latin("Xinjiang Zhongtai Chemical").key


def test_a_chinese_name_falls_into_place_brand_trade_and_form(parser):
    words = parser.chinese("阿克苏华孚色纺有限公司").words
    assert [(w.text, w.kind) for w in words[:3]] == [("阿克苏", "place"), ("华孚", "distinct"), ("色纺", "trade")]
    assert {w.kind for w in words[3:]} == {"form"}


def test_a_place_after_another_place_is_a_brand(parser):
    kinds = {w.text: w.kind for w in parser.latin("Tianjin Kunyu International Co., Ltd.").words}
    assert (kinds["tianjin"], kinds["kunyu"]) == ("place", "distinct")


@pytest.mark.parametrize("text", ["A.B.C. Trading", "A B C Trading"])
def test_a_run_of_initials_is_one_word(parser, text):
    assert parser.latin(text).words[0].text == "abc"


@pytest.mark.parametrize(
    ("text", "folded"), [("Синьцзян Чжунтай", "xinjiang zhongtai"), ("Хуафу", "huafu"), ("Урумчи", "urumchi")]
)
def test_cyrillic_that_reads_as_chinese_becomes_pinyin(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(("text", "brand"), [("Zijin Mining Group", "zijin"), ("Dehui (Dalian) Trade", "dehui")])
def test_a_county_that_places_nothing_is_the_brand(parser, text, brand):
    assert [w.text for w in parser.latin(text).words if w.kind == "distinct"] == [brand]
