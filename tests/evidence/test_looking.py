"""Pages without text are read from their pictures: one after another, behind everything else, and only once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from entities.domain.actions import Action
from entities.models import AuditEvent, Job
from entities.services import jobs
from entities.services.lists import load_reference_lists
from evidence.domain.media import PDF
from evidence.domain.readability import Grade
from evidence.models import Document, Page
from evidence.readers import looking, read_document
from evidence.readers.looking import SeenPage, look_at, with_pictures
from evidence.services import looking as service
from evidence.services.papers import content_of
from tests.evidence.made_files import pdf, picture, words
from tests.evidence.made_scans import page_of, scanned, scanned_pdf
from tests.evidence.sending import make_case, member_of, send

PAPER = (
    "发货单位：新疆大全新能源股份有限公司",
    "Invoice INV-2026-0417   Date 17 April 2026",
    "Cotton yarn 40s, 120 bales, 26,127.5 kg",
    "Total USD 91,446.25",
)


@pytest.fixture
def reads(settings):
    settings.OCR = True


def read(document):
    """Its text is read; its pages are not looked at yet."""
    jobs.run(Job.objects.get(kind="read", payload__document=document.pk).pk, heartbeat=False)
    document.refresh_from_db()


def stand_in(seen):
    """What a look would find, without looking: for what is done with it."""
    return lambda path, media, wanted, meanwhile: iter([seen(page) for page in wanted])


@pytest.mark.django_db
def test_a_scan_on_its_side_is_read_set_upright_and_looked_through(reads):
    load_reference_lists()
    case = make_case()
    jobs.work_off()
    document = send(case, scanned(*PAPER, turned=90, black=(500, 330, 860, 380)), "scan.png")
    read(document)
    assert document.state == Document.State.OCR
    assert "no text layer" in document.problem
    jobs.work_off()
    document.refresh_from_db()
    page = document.pages.get()
    assert (document.state, document.problem_code, document.job.kind) == (Document.State.READ, "", "ocr")
    assert page.turned == 270
    assert page.width > page.height
    assert page.text.splitlines()[0].startswith("发货单位")
    assert "新疆大全新能源股份有限公司" in page.text
    assert "INV-2026-0417" in page.text
    assert "91,446.25" in page.text
    assert (page.source, page.has_text) == (Page.Source.OCR, True)
    assert page.confidence > 0.9
    assert 0.02 < page.blacked_out < 0.05
    assert page.readability.grade == Grade.POOR
    (total,) = [word for word in content_of(document)[0].words if "91,446.25" in word.text]
    assert 0.05 < total.box.left < 0.4
    assert 0.3 < total.box.top < 0.45
    assert page.image.read(4) == b"RIFF"
    assert {"listed", "place"} <= set(page.mentions.values_list("kind", flat=True))
    assert document.languages["Han"] > 10
    assert AuditEvent.objects.filter(action=Action.DOCUMENT_READ).latest("pk").after["from_pictures"] == [1]


@pytest.mark.django_db
def test_pages_with_text_are_not_read_again_but_have_a_picture(reads, monkeypatch):
    monkeypatch.setattr(looking, "OCR_LIMITS", None)  # whoever reads from a picture here fails
    document = send(make_case(), pdf(words("Invoice 8841"), b""), "invoice.pdf")
    jobs.work_off()
    document.refresh_from_db()
    assert document.state == Document.State.READ
    assert [bool(page.image) for page in document.pages.all()] == [True, True]
    assert [page.readability.grade for page in document.pages.all()] == [Grade.READABLE, Grade.BLANK]
    assert document.pages.first().source == Page.Source.TEXT
    assert AuditEvent.objects.filter(action=Action.DOCUMENT_READ).count() == 1


@pytest.mark.django_db
def test_a_text_whose_letters_make_no_words_is_read_from_its_picture_too(reads, monkeypatch):
    garbled = "xvbnm qwrtp lkjhg zzzzzz fghjk wrtpsd bcdfg hjklm npqrs tvwxz mnbvc"
    monkeypatch.setattr(service, "look_at", stand_in(lambda page: SeenPage(page.number, was_read=True, text=PAPER[1])))
    document = send(make_case(), pdf(words(garbled)), "garbled.pdf")
    read(document)
    assert document.state == Document.State.OCR
    jobs.work_off()
    assert document.pages.get().text == PAPER[1]
    assert document.pages.get().readability.grade == Grade.READABLE


@pytest.mark.django_db
def test_what_cannot_be_read_from_its_picture_either_is_for_a_person(reads, monkeypatch):
    monkeypatch.setattr(service, "look_at", stand_in(lambda page: SeenPage(page.number, was_read=True, ink=0.2)))
    document = send(make_case(), picture("PNG"), "scan.png")
    jobs.work_off()
    document.refresh_from_db()
    assert document.state == Document.State.NO_TEXT
    assert "not even from the picture" in document.problem
    assert document.pages.get().readability.shows_nothing


@pytest.mark.django_db
def test_the_back_of_a_sheet_is_blank(reads, monkeypatch):
    def seen(page):
        return SeenPage(page.number, was_read=True, text="Invoice 8841" if page.number == 1 else "", ink=0.0)

    monkeypatch.setattr(service, "look_at", stand_in(seen))
    document = send(make_case(), scanned_pdf(page_of("Invoice"), page_of("")), "scan.pdf")
    jobs.work_off()
    document.refresh_from_db()
    assert (document.state, document.problem_code) == (Document.State.READ, "")
    assert [page.is_blank for page in document.pages.all()] == [False, True]


@pytest.mark.django_db
def test_a_look_that_was_killed_goes_on_where_it_was(reads, monkeypatch):
    asked = []

    def dies_after_one(path, media, wanted, meanwhile):
        asked.append([page.number for page in wanted])
        yield SeenPage(wanted[0].number, was_read=True, text=f"Invoice 884{wanted[0].number}", ink=0.2)
        if len(asked) == 1:
            raise SystemExit

    monkeypatch.setattr(service, "look_at", dies_after_one)
    document = send(make_case(), scanned_pdf(page_of("a"), page_of("b")), "scan.pdf")
    read(document)
    job = Job.objects.get(kind="ocr")
    with pytest.raises(SystemExit):
        jobs.run(job.pk, heartbeat=False)
    assert document.pages.get(number=1).text == "Invoice 8841"
    Job.objects.update(heartbeat_at=timezone.now() - timedelta(hours=1))
    jobs.requeue_stale()
    jobs.work_off()
    document.refresh_from_db()
    assert asked == [[1, 2], [2]]
    assert [page.text for page in document.pages.all()] == ["Invoice 8841", "Invoice 8842"]
    assert document.state == Document.State.READ


@pytest.mark.django_db
def test_a_new_shipment_is_screened_between_two_pages(reads, settings, monkeypatch):
    settings.EMBEDDED = True
    order = []
    monkeypatch.setattr("entities.services.mail.send_job", lambda job: order.append("mail"))

    def seen(page):
        order.append(page.number)
        jobs.enqueue("mail", {})
        return SeenPage(page.number, was_read=True, text="Invoice 8841")

    monkeypatch.setattr(service, "look_at", lambda path, media, wanted, meanwhile: map(seen, wanted))
    read(send(make_case(), scanned_pdf(page_of("a"), page_of("b")), "scan.pdf"))
    Job.objects.exclude(kind="ocr").delete()
    order.clear()
    jobs.work_off()
    assert order == [1, "mail", 2, "mail"]


@pytest.mark.django_db
def test_a_page_that_a_reviewer_cites_keeps_its_words(reads, monkeypatch):
    document = send(make_case(), scanned_pdf(page_of("a")), "scan.pdf")
    read(document)
    monkeypatch.setattr(service, "look_at", stand_in(lambda page: SeenPage(page.number, was_read=True, text="Other")))
    monkeypatch.setattr(service.Citation.objects, "filter", lambda **_: Page.objects.all())
    jobs.work_off()
    assert document.pages.get().text == ""


@pytest.mark.django_db
def test_the_page_of_a_paper_says_how_well_each_of_its_pages_can_be_read(reads, client, monkeypatch):
    found = {1: "Invoice INV-8841 of Example Mill", 2: ""}

    def seen(page):
        return SeenPage(page.number, was_read=True, text=found[page.number], ink=0.2, confidence=0.7, blacked_out=0.1)

    monkeypatch.setattr(service, "look_at", stand_in(seen))
    case = make_case()
    document = send(case, scanned_pdf(page_of("a"), page_of("b")), "scan.pdf")
    client.force_login(member_of(case), backend="entities.backends.EmailBackend")
    read(document)
    waiting = client.get(f"/documents/{document.pk}/").content.decode()
    assert "2 waiting to be read from the picture" in waiting
    assert "Not read yet" in waiting
    jobs.work_off()
    done = client.get(f"/documents/{document.pk}/").content.decode()
    assert "Pages: 1 cannot be read, 1 hard to read." in done
    assert "10% of the page is blacked out" in done
    assert "from the picture, 70% sure" in done


@pytest.mark.django_db
def test_without_machine_reading_a_scan_is_left_to_people():
    document = send(make_case(), scanned_pdf(page_of("Invoice")), "scan.pdf")
    jobs.work_off()
    document.refresh_from_db()
    assert document.state == Document.State.NO_TEXT
    assert document.pages.get().image


def test_a_page_that_harms_its_reader_takes_no_other_along(tmp_path, monkeypatch):
    asked = []

    def call(self, pages, *, reads):
        asked.append([page.number for page in pages])
        numbers = [page.number for page in pages]
        return [] if 2 in numbers else [SeenPage(number, picture=b"RIFF") for number in numbers]

    monkeypatch.setattr(looking._Looking, "_call", call)
    wanted = [looking.Wanted(number, is_silent=True) for number in (1, 2, 3)]
    seen = list(look_at(tmp_path, PDF, wanted))
    assert [(one.number, bool(one.picture)) for one in seen] == [(1, True), (2, False), (3, True)]


def test_a_file_of_harmful_pages_is_left_alone_after_some(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(looking._Looking, "_call", lambda self, pages, *, reads: calls.append(1) or [])
    wanted = [looking.Wanted(number) for number in range(1, 301)]
    seen = list(look_at(tmp_path, PDF, wanted))
    assert len(seen) == 300
    assert len(calls) < 30


def test_every_frame_of_a_tiff_has_its_picture(tmp_path):
    path = tmp_path / "fax"
    path.write_bytes(picture("TIFF", frames=2))
    result = read_document(path, "fax.tif")
    seen = list(look_at(path, result.media, [looking.Wanted(page.number) for page in result.pages]))
    assert [one.picture[:4] for one in seen] == [b"RIFF", b"RIFF"]
    refused = read_document(path, "fax.txt")
    assert with_pictures(path, refused) == refused
