"""Words are found in the papers of a case, Chinese or not, with the place they stand at."""

import time

import pytest

from evidence.domain.finding import Span, find, plain, snippet, terms_of
from evidence.domain.papers import Box, PageContent, Word
from evidence.domain.spots import Spot, lines_of, standing_at
from evidence.models import Page
from evidence.services.searching import search
from tests.evidence.sending import make_case, member_of, send


@pytest.mark.parametrize(
    ("text", "words", "written"),
    [
        ("新疆阿克苏华孚色纺有限公司", "华孚", ["华孚"]),
        ("阿克蘇華孚色紡有限公司", "华孚色纺", ["華孚色紡"]),
        ("阿克苏华孚", "阿克蘇", ["阿克苏"]),
        ("阿 克 苏\n华 孚", "克苏华", ["克 苏\n华"]),
        ("棉纱", "棉 纱", ["棉纱"]),
        ("Invoice ＩＮＶ－８８４１ of May", "inv-8841", ["ＩＮＶ－８８４１"]),
        ("INVOICE no. 7", "invoice", ["INVOICE"]),
        ("the yarn, yarns and Yarn", "yarn", ["yarn", "Yarn"]),
        ("order of cotton\n yarn", '"cotton yarn"', ["cotton\n yarn"]),
        ("棉纱cotton棉花", "cotton", ["cotton"]),
        ("cotton from 阿克苏", "阿克苏 cotton", ["cotton", "阿克苏"]),
        ("净重 １２，４００ ㎏", "12,400 kg", ["１２，４００", "㎏"]),
        ("Straße 5", "STRASSE", ["Straße"]),
    ],
)
def test_words_are_found_as_they_are_written(text, words, written):
    assert [text[one.start : one.end] for one in find(text, terms_of(words))] == written


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the yarns", "yarn"),
        ("INV-88412", "INV-8841"),
        ("only cotton", "cotton yarn"),
        ("anything", ""),
        ("anything", "--- ..."),
        ("棉 yarn 纱", "棉纱"),
    ],
)
def test_what_does_not_stand_there_is_not_found(text, words):
    assert find(text, terms_of(words)) == []


def test_the_plain_form_keeps_spaces_between_latin_words():
    assert plain("Ａ 棉 紗 of  x") == "a 棉纱 of  x"


def test_a_snippet_keeps_to_one_line():
    assert snippet("one\ntwo three", Span(4, 7)) == ("one ", "two", " three")


@pytest.mark.parametrize("text", ["3.2", "3.2.1000-2000-3000-2500", "3.2.B12", "3.2.140-155"])
def test_a_place_is_read_as_it_is_written(text):
    assert str(Spot.parse(text)) == text


@pytest.mark.parametrize("text", ["", "3", "x.2", "3.2.1.2", "-1.2", "3.2.<b>"])
def test_what_names_no_place_is_none(text):
    assert Spot.parse(text) is None


def test_a_range_of_text_stands_at_the_boxes_of_its_words():
    words = (
        Word("net", Box(0.1, 0.1, 0.2, 0.12)),
        Word("12,400", Box(0.21, 0.1, 0.3, 0.12)),
        Word("net", Box(0.1, 0.2, 0.2, 0.22)),
    )
    page = PageContent(1, "net 12,400\nnet", words)
    assert standing_at(page, Span(11, 14)) == [words[2]]
    assert lines_of(word.box for word in standing_at(page, Span(0, 14))) == [
        Box(0.1, 0.1, 0.3, 0.12),
        Box(0.1, 0.2, 0.2, 0.22),
    ]


@pytest.mark.django_db
def test_a_search_groups_hits_by_exhibit_and_page():
    case = make_case()
    first = send(case, b"one", "a.txt")
    second = send(case, b"two", "b.txt")
    Page.objects.create(document=first, number=1, text="棉纱 and 棉纱", sha256="1" * 64)
    Page.objects.create(document=second, number=1, text="nothing", sha256="1" * 64)
    Page.objects.create(document=second, number=2, text="棉紗", sha256="1" * 64)
    Page.objects.create(document=second, number=3, text="", sha256="1" * 64)
    found = search(case, "棉纱", user=member_of(case))
    assert [(page.exhibit.number, page.number, page.count) for page in found.pages] == [(1, 1, 2), (2, 2, 1)]
    assert (found.searched, found.unread, found.count) == (4, 1, 3)
    assert [str(hit.spot) for hit in found.pages[0].hits] == ["1.1.0-2", "1.1.7-9"]


@pytest.mark.django_db
def test_a_rival_finds_nothing_in_the_papers_of_another():
    case, other = make_case(), make_case()
    document = send(case, b"one", "a.txt")
    Page.objects.create(document=document, number=1, text="secret", sha256="1" * 64)
    assert search(case, "secret", user=member_of(other)).pages == []


@pytest.mark.django_db
def test_five_hundred_pages_are_searched_in_a_moment():
    case = make_case()
    document = send(case, b"one", "a.txt")
    text = "品名 棉纱 规格 32支 数量 12,400 kg 单价 3.20 USD " * 40
    Page.objects.bulk_create(
        Page(document=document, number=n, text=f"{text} 第{n}页 PAGE-{n}", sha256="1" * 64) for n in range(1, 501)
    )
    started = time.monotonic()
    found = search(case, "PAGE-417", user=member_of(case))
    assert [page.number for page in found.pages] == [417]
    assert time.monotonic() - started < 3
