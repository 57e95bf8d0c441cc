"""How well a page can be read is graded from its text, from how surely it was read, and from what is blacked out."""

import numpy as np
import pytest
from PIL import Image

from evidence.domain.readability import Grade, readability, text_quality
from evidence.readers.pictures import blacked_out

PROSE = "The seller certifies that the cotton was grown in Texas and ginned at the named gin in the month of October."


@pytest.mark.parametrize(
    ("facts", "grade"),
    [
        ({"has_text": True, "is_blank": False}, Grade.READABLE),
        ({"has_text": False, "is_blank": True}, Grade.BLANK),
        ({"has_text": False, "is_blank": False}, Grade.UNREADABLE),
        ({"has_text": True, "is_blank": False, "confidence": 0.97}, Grade.READABLE),
        ({"has_text": True, "is_blank": False, "confidence": 0.75}, Grade.POOR),
        ({"has_text": True, "is_blank": False, "confidence": 0.5}, Grade.UNREADABLE),
        ({"has_text": True, "is_blank": False, "quality": 0.4}, Grade.UNREADABLE),
        ({"has_text": True, "is_blank": False, "quality": 0.7}, Grade.POOR),
        ({"has_text": True, "is_blank": False, "blacked_out": 0.04}, Grade.POOR),
        ({"has_text": True, "is_blank": False, "blacked_out": 0.6}, Grade.UNREADABLE),
    ],
)
def test_a_page_is_graded(facts, grade):
    found = readability(**facts)
    assert found.grade == grade
    assert found.shows_nothing == (grade == Grade.UNREADABLE)
    assert bool(found.reasons) == (grade in {Grade.POOR, Grade.UNREADABLE})


def test_words_are_told_from_what_only_looks_like_letters():
    assert text_quality(PROSE) == 1.0
    assert (
        text_quality(
            "发货单位：新疆大全新能源股份有限公司，地址：新疆石河子市北泉镇，电话，传真，开户行，账号，税号，数量单位金额合计"
        )
        == 1.0
    )
    assert text_quality("HDPE LLDPE LL6201XR 49.500 MT CIF NHAVA SHEVA DPI/AUG01/2016-17 SGTMN MRKU") > 0.9
    assert text_quality("xvbnm qwrtp lkjhg zzzzzz fghjk wrtpsd bcdfg hjklm npqrs tvwxz mnbvc") < 0.5
    assert text_quality("\ufffd" * 60 + " Invoice") < 0.5
    assert text_quality("Lot 7") is None


def page(width=1240, height=1754):
    return np.full((height, width), 245, dtype=np.uint8)


def test_black_bars_are_measured_as_a_share_of_the_page():
    redacted = page()
    redacted[400:450, 200:700] = 0
    assert blacked_out(redacted) == pytest.approx(50 * 500 / (1240 * 1754), rel=0.1)


@pytest.mark.parametrize("askew", [0.6, -1.5])
def test_black_bars_of_a_page_that_lies_askew_are_measured_too(askew):
    redacted = page()
    redacted[400:450, 200:1000] = 0
    turned = np.asarray(Image.fromarray(redacted).rotate(askew, resample=Image.Resampling.BICUBIC, fillcolor=245))
    assert blacked_out(turned) == pytest.approx(50 * 800 / (1240 * 1754), rel=0.15)


def test_print_photographs_rims_and_rules_are_not_blacked_out():
    plain, random = page(), np.random.default_rng(7)
    plain[100:104, 100:1100] = 0  # a ruled line
    plain[200:220, 100:1100:12] = 0  # print
    plain[600:1000, 200:800] = random.integers(0, 90, (400, 600))  # a dark photograph
    plain[:, :30] = 0  # the rim of the scanner
    plain[1100:1160, 200:1000] = 0
    for left in range(220, 980, 24):
        plain[1108:1152, left : left + 12] = 245  # white letters on a black head of a table
    assert blacked_out(plain) == 0
