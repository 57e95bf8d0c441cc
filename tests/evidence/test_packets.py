"""A packet is made of the papers of a case; its index opens at the right pages, which the PDF itself is asked for."""

import csv
import io
import re
import zipfile
from datetime import UTC, datetime

import pikepdf
import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent, Job
from entities.services import jobs
from evidence.domain.packet import Listed, PacketExhibit, in_order, index_of, numbered
from evidence.models import Document, Packet, Page, Paper, Replacement, Translation
from evidence.packet_contents import map_of
from evidence.services.packets import ask_for_packet, make_packet
from evidence.services.translations import Range, attach_translation
from screening.chain import chain_of
from tests.evidence.made_files import changed, pdf, pdf_of_texts, picture, words, workbook
from tests.evidence.made_grid import make_checked_case
from tests.evidence.sending import make_case, member_of, send
from tests.factories import make_user

NOW = datetime(2026, 11, 26, tzinfo=UTC)


# --- how it is laid out -------------------------------------------------------------------------------------------


def test_exhibits_stand_by_step_then_by_number():
    yarn = PacketExhibit(4, "d", 1, (Listed("Invoice", 1, 1, ("spinner",)),))
    gin = PacketExhibit(9, "i", 1, (Listed("Bale list", 1, 1, ("gin",)),))
    loose, both = PacketExhibit(1, "a", 1), PacketExhibit(5, "e", 1, (Listed("x", 1, 1, ("gin", "spinner")),))
    found = in_order([yarn, gin, loose, both], ["gin", "spinner"])
    assert [one.number for one in found] == [5, 9, 4, 1]


def test_the_index_names_the_page_of_the_packet():
    exhibits = numbered(
        [
            PacketExhibit(2, "pack.pdf", 5, (Listed("Order", 1, 2, ("a",)), Listed("Invoice", 3, 5, ("b", "a")))),
            PacketExhibit(1, "list.xlsx", 7, (Listed("Packing list", 2, 2),), begins=(1, 4, 6)),
            PacketExhibit(3, "photo.jpg", 1),
        ],
        first=11,
    )
    sections = index_of(exhibits, [("a", "Gin"), ("b", "Spinner"), ("c", "Farm")])
    said = {one.label: [(line.title, line.exhibit, line.first, line.last) for line in one.lines] for one in sections}
    assert said == {
        "Gin": [("Order", 2, 11, 12), ("Invoice", 2, 13, 15)],
        "Spinner": [("Invoice", 2, 13, 15)],
        "Farm": [],
        "Not assigned to a step": [("Packing list", 1, 19, 20), ("photo.jpg", 3, 23, 23)],
    }


# --- made ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def case(db):
    """A case with a PDF of two papers, a workbook, a picture, a text, and the same text again."""
    case = make_case(items=())
    send(case, pdf_of_texts("Order PO-77 of yarn", "Order PO-77 second page", "Invoice INV-8841"), "pack.pdf")
    send(case, workbook({"Orders": [["part", "n"], ["P-1", 12]], "Lots": [["lot"], ["LOT-31"]]}), "发票 list.xlsx")
    send(case, picture("PNG"), "photo.png")
    send(case, b"Delivery note 19\n12,400 kg of yarn", "note.txt")
    send(case, b"Delivery note 19\n12,400 kg of yarn\n", "note again.txt")
    jobs.work_off()
    return case


def made(case, folder, user=None):
    folder.mkdir(exist_ok=True)
    return make_packet(case, folder, user=user or member_of(case))


def texts_of(path):
    """The text of each page of a PDF, as pdfium reads it."""
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def links_of(path):
    """Every link of a PDF: the page it stands on, and the page it opens."""
    with pikepdf.open(path) as document:
        pages = {page.obj.objgen: number for number, page in enumerate(document.pages, 1)}
        return [
            (number, pages[link.Dest[0].objgen])
            for number, page in enumerate(document.pages, 1)
            for link in page.obj.get("/Annots", [])
            if "/Dest" in link
        ]


def outline_of(path):
    """The bookmarks of a PDF by their path of titles, with the page each opens."""
    found = {}
    with pikepdf.open(path) as document:
        pages = {page.obj.objgen: number for number, page in enumerate(document.pages, 1)}

        def walk(items, above):
            for item in items:
                found[(*above, item.title)] = pages[item.destination[0].objgen]
                walk(item.children, (*above, item.title))

        with document.open_outline() as outline:
            walk(outline.root, ())
    return found


def test_every_line_of_the_index_opens_at_the_page_of_its_paper(case, tmp_path):
    packet = made(case, tmp_path / "p")
    texts = texts_of(packet.pdf)
    lines = [line for section in packet.sections for line in section.lines]
    assert len(lines) >= 4
    for line in lines:
        assert f"Exhibit {line.exhibit} - page" in texts[line.first - 1]
        assert f"page {line.first} of {packet.pages}" in texts[line.first - 1]
    opened = {to for _, to in links_of(packet.pdf)}
    assert {line.first for line in lines} <= opened
    shown = re.findall(r"(\d+)(?: to \d+)?\s*$", texts[1], re.MULTILINE)
    assert {str(line.first) for line in lines} <= set(shown)


def test_the_pages_say_what_the_papers_say(case, tmp_path):
    packet = made(case, tmp_path / "p")
    texts = texts_of(packet.pdf)
    starts = {one.number: one.start for one in packet.exhibits}
    assert "Order PO-77 of yarn" in texts[starts[1] - 1]
    assert "Invoice INV-8841" in texts[starts[1] + 1]
    assert "P-1" in texts[starts[2] - 1]
    assert "LOT-31" in texts[starts[2]]
    assert "12,400 kg of yarn" in texts[starts[4] - 1]
    assert "Exhibit 1 - page 3 of 3" in texts[starts[1] + 1]


def test_the_sites_of_the_chain_are_on_a_map_and_told_in_words(db, tmp_path):
    case = make_checked_case()
    shipment, member = case.shipments.get(), member_of(case)
    told = map_of(shipment, chain_of(shipment, member), member)
    world, region = told["pictures"]
    assert "on a map of the world" in world
    assert "Qinghe" not in world  # it is marked on the larger map
    assert "清河针织有限公司" in region
    placed = {party: place for _, party, place in told["sites"]}
    assert placed["清河针织有限公司 Qinghe River Knitting Co., Ltd."] == (
        "Zhejiang, placed by province (at its capital, Hangzhou)"
    )
    text = " ".join(" ".join(texts_of(made(case, tmp_path / "p").pdf)).split())
    assert "Where its sites are" in text
    assert "Jiangsu, placed by province" in text


def test_bookmarks_open_at_summary_contents_and_every_exhibit(case, tmp_path):
    packet = made(case, tmp_path / "p")
    texts, outline = texts_of(packet.pdf), outline_of(packet.pdf)
    assert "Executive summary" in texts[outline[("Executive summary",)] - 1]
    assert "Table of contents" in texts[outline[("Table of contents",)] - 1]
    assert "Index of translations" in texts[outline[("Index of translations",)] - 1]
    for one in packet.exhibits:
        opened = outline[("Exhibits", f"Exhibit {one.number}: {one.file_name}")]
        assert f"Exhibit {one.number} - page 1 of" in texts[opened - 1]


def test_what_says_the_same_page_for_page_is_put_in_once(case, tmp_path):
    packet = made(case, tmp_path / "p")
    assert [one.number for one in sorted(packet.exhibits, key=lambda one: one.number)] == [1, 2, 3, 4]
    assert "Exhibit 5: says page for page what exhibit 4 says." in packet.notes


def test_what_was_replaced_is_left_out(case, tmp_path):
    old, new = (case.exhibits.get(number=number).document for number in (4, 1))
    Replacement.objects.create(document=new, replaces=old, author=member_of(case))
    packet = made(case, tmp_path / "p")
    assert "Exhibit 4: replaced by exhibit 1." in packet.notes


def test_data_on_workers_and_what_a_supplier_withholds_stay_out(case, tmp_path):
    Document.objects.filter(exhibits__case=case, exhibits__number=1).update(access=Document.Access.WORKERS)
    Document.objects.filter(exhibits__case=case, exhibits__number=3).update(access=Document.Access.OFFICE)
    own = made(case, tmp_path / "p")
    assert sorted(one.number for one in own.exhibits) == [2, 4]
    assert any("data on workers" in note for note in own.notes)
    office = made(case, tmp_path / "q", make_user(Role.REVIEWER))
    assert sorted(one.number for one in office.exhibits) == [2, 3, 4]
    assert not any("INV-8841" in text for text in texts_of(office.pdf))


def test_translations_are_listed_with_their_pages(case, tmp_path):
    original, english = (case.exhibits.get(number=number).document for number in (4, 1))
    Page.objects.filter(document=original).update(needs_translation=True)
    attach_translation(
        original, Range(1, 1), document=english, at=Range(3, 3), actor=member_of(case), translator="A. Reader"
    )
    packet = made(case, tmp_path / "p")
    texts = texts_of(packet.pdf)
    page = texts[outline_of(packet.pdf)[("Index of translations",)] - 1]
    assert "Exhibit 4, page 1" in page
    assert "Exhibit 1, page 3" in page
    assert "A. Reader" in page


def test_what_acts_in_a_pdf_does_not_come_along(case, tmp_path):
    def arm(document):
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        document.pages[0].obj.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="x"))
        document.pages[0].obj.Annots = pikepdf.Array(
            [pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9],
                                A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.test/"))]
        )  # fmt: skip

    send(case, changed(pdf(words("Armed page")), arm), "armed.pdf")
    jobs.work_off()
    packet = made(case, tmp_path / "p")
    content = packet.pdf.read_bytes()
    with pikepdf.open(packet.pdf) as document:
        raw = b"".join(bytes(one.unparse(resolved=True)) for one in document.objects)
    assert b"JavaScript" not in raw + content
    assert b"example.test" not in raw
    assert any("Armed page" in text for text in texts_of(packet.pdf))


def test_a_turned_page_stands_upright(case, tmp_path):
    def turn(document):
        document.pages[0].Rotate = 90

    send(case, changed(pdf(words("Turned page")), turn), "turned.pdf")
    jobs.work_off()
    packet = made(case, tmp_path / "p")
    start = next(one.start for one in packet.exhibits if one.number == 6)
    with pikepdf.open(packet.pdf) as document:
        left, bottom, right, top = map(float, document.pages[start - 1].mediabox)
    assert right - left > top - bottom
    assert "Turned page" in texts_of(packet.pdf)[start - 1]


def test_a_file_that_breaks_its_reader_still_has_a_page(case, tmp_path):
    document = send(case, pdf(words("Broken page")), "broken.pdf")
    jobs.work_off()
    document.refresh_from_db()
    document.file.storage.delete(document.file.name)
    document.file.storage.save(document.file.name, ContentFile(b"%PDF-1.7 broken"))
    packet = made(case, tmp_path / "p")
    start = next(one.start for one in packet.exhibits if one.number == 6)
    assert "Broken page" in texts_of(packet.pdf)[start - 1] or packet.notes
    assert "Exhibit 6 - page 1 of" in texts_of(packet.pdf)[start - 1]


def test_what_cannot_be_read_is_in_the_index_with_a_page_that_says_so(case, tmp_path):
    send(case, b"%PDF-1.7\n" + b"\0" * 500, "damaged.pdf")
    jobs.work_off()
    packet = made(case, tmp_path / "p")
    start = next(one.start for one in packet.exhibits if one.number == 6)
    assert "damaged.pdf" in texts_of(packet.pdf)[start - 1]
    assert any(note.startswith("Exhibit 6: cannot be shown") for note in packet.notes)


def test_the_zip_holds_the_originals_under_names_the_portal_takes(case, tmp_path):
    packet = made(case, tmp_path / "p")
    with zipfile.ZipFile(packet.archive) as archive:
        names = archive.namelist()
        assert all(re.fullmatch(r"[A-Za-z0-9]+\.[A-Za-z0-9]+", name) for name in names)
        assert "Exhibit002FaPiaoList.xlsx" in names
        assert archive.read("Exhibit004Note.txt") == b"Delivery note 19\n12,400 kg of yarn"
        rows = list(csv.DictReader(io.StringIO(archive.read("DocumentIndex.csv").decode("utf-8-sig"))))
    assert [row["exhibit"] for row in rows] == ["1", "2", "3", "4"]
    assert rows[1]["name_as_sent"] == "发票 list.xlsx"


def test_user_text_never_becomes_typst_source(case, tmp_path):
    send(case, b'#panic("no") $x$ *bold* ]#read("/etc/passwd")', '#image("x") ].txt')
    jobs.work_off()
    packet = made(case, tmp_path / "p")
    assert any('#panic("no") $x$ *bold*' in text for text in texts_of(packet.pdf))


# --- asked for, kept, given out -----------------------------------------------------------------------------------


def test_a_packet_is_kept_with_its_hashes_and_on_record(case):
    job = ask_for_packet(case, actor=member_of(case))
    assert ask_for_packet(case, actor=member_of(case)) == job
    jobs.work_off()
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    whole, archive = Packet.objects.filter(case=case).order_by("form")
    assert (whole.number, archive.number, whole.is_for_office) == (1, 1, False)
    assert whole.page_count > 8
    event = AuditEvent.objects.get(action=Action.PACKET_MADE)
    assert event.after["pdf"] == whole.sha256
    ask_for_packet(case, actor=member_of(case))
    jobs.work_off()
    assert Packet.objects.filter(case=case, number=2).count() == 2


def test_no_packet_is_made_of_nothing(db):
    case = make_case(items=())
    with pytest.raises(Refused, match="No paper is in this case yet"):
        ask_for_packet(case, actor=member_of(case))


def test_the_importer_fetches_its_own_and_not_the_offices(client, case):
    reviewer = make_user(Role.REVIEWER)
    for who in (member_of(case), reviewer):
        ask_for_packet(case, actor=who)
        jobs.work_off()
    own = Packet.objects.get(case=case, form="pdf", is_for_office=False)
    office = Packet.objects.get(case=case, form="pdf", is_for_office=True)
    client.force_login(member_of(case))
    answer = client.get(reverse("packet-download", args=[own.pk]))
    assert answer["Content-Disposition"].endswith('Packet1.pdf"')
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert client.get(reverse("packet-download", args=[office.pk])).status_code == 404
    client.force_login(member_of(make_case()))
    assert client.get(reverse("packet-download", args=[own.pk])).status_code == 404


def test_a_packet_closes_when_a_paper_in_it_is_closed(client, case):
    ask_for_packet(case, actor=member_of(case))
    jobs.work_off()
    row = Packet.objects.get(case=case, form="pdf")
    Document.objects.filter(exhibits__case=case, exhibits__number=1).update(access=Document.Access.WORKERS)
    for who in (member_of(case), make_user(Role.REVIEWER)):
        client.force_login(who)
        assert client.get(reverse("packet-download", args=[row.pk])).status_code == 302
    page = client.get(reverse("case-packets", args=[case.pk])).content.decode()
    assert "papers in it were closed to you since" in page


def test_the_page_shows_progress_and_then_the_files(client, case):
    client.force_login(member_of(case))
    address = reverse("case-packets", args=[case.pk])
    assert "No packet was made yet." in client.get(address).content.decode()
    client.post(address)
    assert "The packet is being made" in client.get(address).content.decode()
    jobs.work_off()
    page = client.get(address).content.decode()
    assert "One PDF" in page
    assert "A ZIP by exhibit" in page
    assert "says page for page" in page


def test_a_paper_told_by_its_type_is_named_in_the_index(case, tmp_path):
    document = case.exhibits.get(number=1).document
    Paper.objects.filter(document=document).update(superseded_at=NOW)
    Paper.objects.create(document=document, first_page=1, last_page=2, type="PURCHASE_ORDER")
    Paper.objects.create(document=document, first_page=3, last_page=3, type="COMMERCIAL_INVOICE")
    packet = made(case, tmp_path / "p")
    start = next(one.start for one in packet.exhibits if one.number == 1)
    lines = {(line.title, line.first, line.last) for section in packet.sections for line in section.lines}
    assert {("Purchase order", start, start + 1), ("Commercial invoice", start + 2, start + 2)} <= lines
    assert Translation.objects.count() == 0


def test_pages_without_a_translation_are_named_and_no_others(case, tmp_path):
    document = case.exhibits.get(number=1).document
    Page.objects.filter(document=document, number__in=[1, 3]).update(needs_translation=True)
    text = " ".join(" ".join(texts_of(made(case, tmp_path / "p").pdf)).split())
    assert "Exhibit 1, page 1" in text
    assert "Exhibit 1, page 3" in text
    assert "Exhibit 1, pages 1 to 3" not in text
    assert "4 exhibits are in it. 1 was left out" in text
