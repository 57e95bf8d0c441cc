"""Cells of ruled forms and unread ink, told from the picture of a page."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from evidence.readers import ruled
from evidence.readers.looking import LEAST_INK
from evidence.readers.ocr import beside

WIDE, HIGH = 1240, 1754


def drawn(askew=0.0, *, table=True, scribble=False, shadow=False):
    """A page with a ruled table of three rows and two columns, one line of print under it, and what else is asked."""
    page = Image.new("L", (WIDE, HIGH), 250)
    draw = ImageDraw.Draw(page)
    if table:
        for at in range(4):
            draw.line([(100, 300 + 40 * at), (1100, 300 + 40 * at)], fill=90, width=1)
        for left in (100, 500, 1100):
            draw.line([(left, 300), (left, 420)], fill=90, width=1)
    draw.line([(100, 900), (400, 900)], fill=60, width=1)
    if scribble:
        draw.line([(150, 890), (190, 850), (210, 895), (260, 860), (300, 880)], fill=40, width=3)
    page = page.rotate(askew, resample=Image.Resampling.BICUBIC, fillcolor=250)
    if shadow:
        tones = np.asarray(page).astype(int) - np.linspace(0, 130, WIDE, dtype=int)[None, :]
        page = Image.fromarray(tones.clip(0, 255).astype(np.uint8))
    return page.convert("RGB")


def found(image):
    dark = ruled.ink(np.asarray(image.convert("L")))
    across, down = ruled.rules(dark)
    return ruled.tables(across, down), ruled.marks(dark, across, down, [])


@pytest.mark.parametrize("askew", [0.0, 0.6, -0.6])
def test_the_cells_of_a_table_are_found_in_rows_though_the_page_lies_askew(askew):
    [table], _ = found(drawn(askew))
    assert [len(row) for row in table] == [2, 2, 2]
    assert table[0][0] == pytest.approx((101, 301, 499, 339), abs=14)


def test_a_shadow_of_the_scanner_is_no_ink():
    [table], marks = found(drawn(shadow=True))
    assert [len(row) for row in table] == [2, 2, 2]
    assert marks == []


def test_a_rule_alone_is_neither_cell_nor_mark():
    assert found(drawn(table=False)) == ([], [])


def test_a_signature_on_its_line_is_a_mark_until_it_is_read_as_a_word():
    _, [mark] = found(drawn(scribble=True))
    assert mark == pytest.approx((148, 848, 302, 897), abs=6)
    dark = ruled.ink(np.asarray(drawn(scribble=True).convert("L")))
    assert ruled.marks(dark, *ruled.rules(dark), [mark]) == []


def test_words_stand_in_their_cells_in_shares_of_the_page():
    words = [
        ("Qty", 0.1, 0.175, 0.15, 0.19, 0.9),
        ("400", 0.5, 0.175, 0.55, 0.19, 0.9),
        ("kg", 0.56, 0.176, 0.58, 0.19, 0.9),
    ]
    seen = beside(drawn(), words)
    assert [text for text, _ in seen["tables"][0][0]] == ["Qty", "400 kg"]
    assert seen["tables"][0][0][1][1] == pytest.approx((501 / WIDE, 301 / HIGH, 1099 / WIDE, 339 / HIGH), abs=0.005)
    assert seen["marks"] == []


def written(shade, blur):
    """A page of print as dark as asked, out of focus by so many pixels, with the grain of a scanner."""
    page = Image.new("L", (WIDE, HIGH), 245)
    draw = ImageDraw.Draw(page)
    for at in range(30):
        for left in range(120, 1000, 20):
            draw.rectangle((left, 150 + 40 * at, left + 11, 164 + 40 * at), outline=245 - shade, width=2)
    grain = np.random.default_rng(1).normal(0, 4, (HIGH, WIDE))
    return (np.asarray(page.filter(ImageFilter.GaussianBlur(blur))) + grain).clip(0, 255).astype(np.uint8)


def test_what_is_written_is_ink_also_out_of_focus():
    assert ruled.ink(written(200, 7)).mean() < LEAST_INK < ruled.share_of_ink(written(200, 7))


def test_an_empty_page_has_no_ink_though_its_other_side_shows_through():
    assert ruled.share_of_ink(written(0, 1)) < LEAST_INK
    assert ruled.share_of_ink(written(35, 2)) < LEAST_INK
