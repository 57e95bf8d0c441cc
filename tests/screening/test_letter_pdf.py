"""The PDF of each kind, read again: its required contents, names in characters, tags, and the same bytes each time."""

import io
from datetime import UTC, datetime
from types import SimpleNamespace

import pdfplumber
import pikepdf
import pytest

from screening import letter_pdf
from screening.domain.letters.catalogue import KINDS
from screening.domain.letters.printing import value_in_words
from screening.services.letters.printed import printed
from tests.screening.made_letters import MILL, complete, facts_for

AT = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
RECORD = {"number": "L-2026-0012", "sha256": "c3" * 32, "head_sequence": 4711, "head_hash": "d4" * 32}


def document_of(code, *, is_draft=False):
    kind = KINDS[code]
    author = SimpleNamespace(full_name="Ada Analyst")
    row = SimpleNamespace(
        about=kind,
        contents=complete(kind),
        author_person=author,
        approver_person=SimpleNamespace(full_name="Amir Approver"),
    )
    return printed(row, facts_for(kind), is_draft=is_draft)


def pdf_of(code, **changes):
    return letter_pdf.render(document_of(code) | changes, RECORD, at=AT)


def text_of(content):
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return "\n".join(page.extract_text() for page in pdf.pages)


def body_of(content):
    """The text without the lines that stand at the top and foot of each page."""
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return "\n".join(page.crop((0, 56, page.width, page.height - 84)).extract_text() for page in pdf.pages)


def squeezed(text):
    return "".join(text.split())


@pytest.mark.parametrize("code", KINDS)
def test_the_pdf_holds_every_required_content_and_its_number(code):
    kind, contents = KINDS[code], complete(KINDS[code])
    content = pdf_of(code)
    assert "d4" * 32 in text_of(content)
    text = squeezed(body_of(content))
    assert squeezed(kind.title) in text
    assert "L-2026-0012" in text
    for part in kind.parts:
        if not part.is_required:
            continue
        if part.form.value in {"text", "short", "date", "choice", "grounds"}:
            words = value_in_words(part, contents[part.code])
            assert squeezed(words) in text, part.code
        elif part.form.value == "items":
            assert all(squeezed(line) in text for line in contents[part.code]), part.code
        elif part.form.value == "exhibits":
            assert all(squeezed(row["name"]) in text and row["sha256"] in text for row in contents[part.code])
        elif part.form.value == "lines":
            assert all(squeezed(row["description"]) in text for row in contents[part.code])
        elif part.form.value == "finding":
            assert squeezed(contents[part.code]["reasons"]) in text


@pytest.mark.parametrize("code", ["notice_of_detention", "applicability_request", "acknowledgement"])
def test_names_in_characters_are_there_as_text_with_an_embedded_font(code):
    content = pdf_of(code)
    assert "发票" in text_of(content) or MILL in text_of(content)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        fonts = [str(obj.get("/FontName")) for obj in pdf.objects if _is(obj, "/FontDescriptor")]
        files = [obj for obj in pdf.objects if _is(obj, "/FontDescriptor") and "/FontFile3" in obj]
    assert any("NotoSansCJK" in name for name in fonts)
    assert len(files) >= 1


def elements(node):
    """The elements of the structure tree, from the top, each with those below it."""
    below = node.get("/K", [])
    for one in below if isinstance(below, pikepdf.Array) else [below]:
        if isinstance(one, pikepdf.Dictionary) and "/S" in one:
            yield one
            yield from elements(one)


def fonts_of(pdf):
    return [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font"]


@pytest.mark.parametrize("code", KINDS)
def test_the_pdf_is_tagged_and_declares_pdf_ua_1(code):
    with pikepdf.open(io.BytesIO(pdf_of(code))) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) == "en"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert all(page.get("/Tabs", "/S") == "/S" for page in pdf.pages)
        with pdf.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"
            assert meta["dc:title"] == KINDS[code].title


@pytest.mark.parametrize("code", KINDS)
def test_a_reader_aloud_finds_title_paragraphs_and_the_heads_of_each_table(code):
    with pikepdf.open(io.BytesIO(pdf_of(code))) as pdf:
        tags = [str(one.S) for one in elements(pdf.Root.StructTreeRoot)]
        tables = [list(elements(one)) for one in elements(pdf.Root.StructTreeRoot) if one.S == "/Table"]
        heads = [[one for one in table if one.S == "/TH"] for table in tables]
        assert tags.count("/H1") == 1
        assert "/P" in tags
        assert all(heads)
        assert {str(one.A.Scope if isinstance(one.A, pikepdf.Dictionary) else one.A[0].Scope)
                for head in heads for one in head} <= {"/Column", "/Row"}  # fmt: skip


@pytest.mark.parametrize("code", KINDS)
def test_every_font_is_embedded_and_says_which_letters_its_shapes_are(code):
    with pikepdf.open(io.BytesIO(pdf_of(code))) as pdf:
        fonts = fonts_of(pdf)
        whole = [one for one in fonts if one.Subtype == "/Type0"]
        assert {str(one.Subtype) for one in fonts} <= {"/Type0", "/CIDFontType0", "/CIDFontType2"}
        assert whole
        assert all("/ToUnicode" in one for one in whole)
        described = [one.DescendantFonts[0].FontDescriptor for one in whole]
        assert all("/FontFile2" in one or "/FontFile3" in one for one in described)


def test_the_same_letter_gives_the_same_bytes():
    assert pdf_of("notice_of_exclusion") == pdf_of("notice_of_exclusion")


def test_a_demonstration_letter_says_so_and_bears_no_seal(settings):
    settings.DEMO = True
    content = pdf_of("notice_of_detention")
    text = text_of(content)
    assert "DEMONSTRATION" in text
    assert "Firms that are not on the Entity List are fictional" in squeezed_spaces(text)
    assert "seal" not in text.lower()
    assert "official website" not in text.lower()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert not [obj for obj in pdf.objects if _is(obj, "/XObject") and obj.get("/Subtype") == "/Image"]


def test_a_draft_says_that_it_is_no_act():
    text = squeezed_spaces(text_of(letter_pdf.render(document_of("notice_of_detention", is_draft=True), {}, at=AT)))
    assert "not issued, not an act of any authority" in text
    assert "Prepared by" not in text


def test_the_public_report_names_nobody():
    text = text_of(pdf_of("exception_report"))
    assert "Cotton T-shirts" in text
    for word in ("Example Imports", "2026-0041", "551-3518786-6", MILL, "12-345678900", "Ada Analyst", "INV-8841"):
        assert word not in text


def test_what_a_user_wrote_never_becomes_source():
    wild = '#panic("x") *bold* $x$ @ref \\ `raw` <label> = Heading [link] {"json": 1}'
    document = document_of("notice_of_detention")
    document["sections"][0] = {"form": "text", "heading": "", "paragraphs": [wild]}
    text = text_of(letter_pdf.render(document, RECORD, at=AT))
    assert squeezed(wild) in squeezed(text).replace("\u201c", '"').replace("\u201d", '"')


def squeezed_spaces(text):
    return " ".join(text.split())


def _is(obj, kind):
    return isinstance(obj, pikepdf.Dictionary | pikepdf.Stream) and obj.get("/Type") == kind


def test_a_name_in_characters_is_said_to_be_chinese():
    with pikepdf.open(io.BytesIO(pdf_of("applicability_request"))) as pdf:
        assert {str(one.Lang) for one in elements(pdf.Root.StructTreeRoot) if "/Lang" in one} == {"zh"}
