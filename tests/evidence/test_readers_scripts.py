"""Scripts of a text and the need for a translation."""

import pytest

from evidence.domain.scripts import needs_translation, script_counts, script_label


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Invoice 7", {"Latin": 7}),
        ("12.50 / 7", {}),
        ("发票 Invoice", {"Latin": 7, "Han": 2}),
        ("株式会社サンプル", {"Han": 4, "Kana": 4}),
        ("주식회사", {"Hangul": 4}),
        ("Хлопок", {"Cyrillic": 6}),
        ("شىنجاڭ", {"Arabic": 6}),
        ("Công ty TNHH", {"Latin": 10}),
        ("ＡＢＣ", {"Latin": 3}),
        ("𠮷野", {"Han": 2}),
    ],
)
def test_letters_are_counted_by_script(text, expected):
    assert script_counts(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Commercial invoice for twelve bales of cotton yarn", False),
        ("Rechnung über zwölf Ballen Baumwollgarn", False),  # only the script is told
        ("商业发票 棉纱十二包", True),
        ("装箱单\tE100.020396056\tPCS\tSEGU6713862\t箱号", True),
        ("Certificate of analysis 分析证书 issued by the laboratory", False),
        ("Хлопковая пряжа", True),
        ("E100.02 PCS 12 KG", False),
        ("", False),
    ],
)
def test_what_is_not_mainly_latin_needs_a_translation(text, expected):
    assert needs_translation(text) is expected


def test_a_page_names_the_script_and_not_the_language():
    assert script_label("Latin") == "Latin letters (English or another language written in them)"
    assert script_label("Thai") == "Thai"
