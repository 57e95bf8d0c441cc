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


def concepts(name):
    return [word.concept for word in name.words if word.kind not in ("form", "filler")]


@pytest.mark.parametrize(
    ("chinese", "latin"),
    [
        ("镁制品", "Magnesium Products"),
        ("棉纺织印染", "Cotton Textile Printing and Dyeing"),
        ("服装制造", "Garment Manufacturing"),
        ("信息技术", "Information Technology"),
        ("世纪阳光", "Century Sunshine"),
        ("东方希望", "East Hope"),
    ],
)
def test_words_of_a_chinese_name_mean_what_their_translation_means(parser, chinese, latin):
    ours, theirs = parser.chinese(f"新疆{chinese}有限公司"), parser.latin(f"Xinjiang {latin} Co., Ltd.")
    assert concepts(ours) == concepts(theirs)


@pytest.mark.parametrize("han", ["寿光华孚棉业", "华孚集团寿光市棉业"])
def test_a_county_is_one_place_in_both_scripts(parser, han):
    place = next(w for w in parser.latin("Shouguang Huafu Cotton Co., Ltd.").words if w.kind == "place")
    assert place.concept in concepts(parser.chinese(han))


def test_an_ordinal_is_a_number_in_both_scripts(parser):
    assert concepts(parser.chinese("第四棉纺厂"))[0] == concepts(parser.latin("No. 4 Cotton Mill"))[0] == "4"


def test_a_known_word_does_not_cut_a_listed_brand(parser):
    listed = NameParser(reference.vocabulary(), frozenset({"xufa"}))
    assert [w.text for w in listed.chinese("合肥旭发电缆有限公司").words[:3]] == ["合肥", "旭发", "电缆"]
    assert [w.text for w in parser.chinese("合肥旭发电缆有限公司").words[:3]] == ["合肥", "旭", "发电"]


def test_a_trade_nobody_knows_is_parted_from_a_listed_brand(parser):
    assert [w.text for w in parser.chinese("新疆华孚啤酒花有限公司").words[:3]] == ["新疆", "华孚", "啤酒花"]
    assert [w.text for w in parser.chinese("新疆华孚来纺织有限公司").words[:2]] == ["新疆", "华孚来"]


def test_a_character_behind_the_first_of_a_brand_is_no_trade(parser):
    assert [w.text for w in parser.chinese("河南豫棉有限公司").words if w.kind == "distinct"] == ["豫棉"]


def test_a_rounded_u_is_written_both_ways():
    assert readings("绿洲") == ("luzhou", "lvzhou")


def test_qian_is_read_so_though_it_is_simplified_to_gan():
    assert {"qiankun", "xuqian"} <= {*readings(simplified("乾坤")), *readings(simplified("旭乾"))}


@pytest.mark.parametrize(
    ("text", "count"), [("新疆华孚棉业有限公司", 1), ("新疆华孚棉业有限公司 (No. 4)", 1), ("华孚棉业 Huafu Cotton", 2)]
)
def test_a_name_in_two_scripts_is_two_names_and_punctuation_none(parser, text, count):
    assert len(parser.parse(text)) == count


@pytest.mark.parametrize(("latin", "han"), [("Lop County", "洛浦县"), ("Kuqa", "库车"), ("Yecheng", "叶城县")])
def test_a_county_of_xinjiang_is_known_by_its_english_name(parser, latin, han):
    assert concepts(parser.latin(f"{latin} Huafu Cotton"))[0] == concepts(parser.chinese(f"{han}华孚棉花"))[0]
    assert parser.latin(f"{latin} Huafu Cotton").words[0].kind == "place"


def test_import_and_export_is_one_word_in_both_scripts(parser):
    ours = concepts(parser.chinese("厦门华孚进出口有限公司"))
    assert ours[2:] == concepts(parser.latin("Xiamen Huafu Import and Export Co."))[2:]
    assert ours[2:] == concepts(parser.latin("Xiamen Huafu Import & Export Co."))[2:]
