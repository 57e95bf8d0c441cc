"""Files in mails and archives become documents of their own, and what is packed to harm is refused."""

import io
import zipfile
from email.message import EmailMessage

import pytest

from entities.models import AuditEvent
from entities.services import jobs
from evidence.domain.media import MAX_PARTS
from evidence.models import Document
from evidence.readers import read_document
from screening.services.cases import lock
from tests.evidence.made_files import pdf_of_texts
from tests.evidence.sending import make_case, member_of, send


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def mail(**files: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "mill@example.test", "you@example.test", "Papers"
    message.set_content("See below.")
    for name, content in files.items():
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name.replace("_dot_", ".")
        )
    return message.as_bytes()


@pytest.fixture
def read(tmp_path):
    def read(content, name="papers.zip"):
        path = tmp_path / "stored"
        path.write_bytes(content)
        return read_document(path, name)

    return read


@pytest.mark.django_db
@pytest.mark.parametrize(("pack", "name"), [(archive, "papers.zip"), (mail, "papers.eml")])
def test_each_file_becomes_a_document_of_the_same_case_that_says_in_what_it_came(pack, name):
    case = make_case()
    invoice = pdf_of_texts("Invoice INV-7 of Example Mill")
    whole = send(case, pack(invoice_dot_pdf=invoice, note_dot_txt=b"Delivery note 19"), name)
    jobs.work_off()
    whole.refresh_from_db()
    assert whole.state == Document.State.READ
    part = Document.objects.get(file_name="invoice.pdf")
    assert (part.came_in, part.state, part.uploaded_by) == (whole, Document.State.READ, whole.uploaded_by)
    assert part.file.read() == invoice
    assert [one.document.file_name for one in case.exhibits.all()] == [name, "invoice.pdf", "note.txt"]
    event = AuditEvent.objects.filter(after__file_name="invoice.pdf").get()
    assert (event.after["came_in"], event.actor_name) == (whole.pk, "ClearOrigin")


@pytest.mark.django_db
def test_a_file_that_was_sent_by_itself_too_is_one_document():
    case = make_case()
    by_itself = send(case, b"Delivery note 19 and more", "note.txt")
    send(case, archive(copy_dot_txt=b"Delivery note 19 and more"), "papers.zip")
    jobs.work_off()
    by_itself.refresh_from_db()
    assert by_itself.came_in is None
    assert Document.objects.count() == 2
    assert case.exhibits.count() == 2


@pytest.mark.django_db
def test_archives_within_archives_are_opened_only_so_deep():
    inner = archive(note_dot_txt=b"Delivery note 19")
    for _ in range(3):
        inner = archive(inner_dot_zip=inner)
    send(make_case(), inner, "papers.zip")
    jobs.work_off()
    assert Document.objects.filter(file_name="inner.zip").count() == 2
    assert not Document.objects.filter(file_name="note.txt").exists()
    deepest = Document.objects.filter(file_name="inner.zip").latest("pk")
    assert any("too deep" in note for note in deepest.notes)


@pytest.mark.django_db
def test_what_is_no_document_is_kept_and_said_to_be_none():
    send(make_case(), archive(tool_dot_exe=b"MZ\x90\x00\x03\x00\x00\x00" * 9), "papers.zip")
    jobs.work_off()
    part = Document.objects.get(file_name="tool.exe")
    assert (part.state, part.problem_code) == (Document.State.REFUSED, "not_a_document")


@pytest.mark.django_db
def test_the_page_of_an_archive_leads_to_its_files_and_back(client):
    case = make_case()
    whole = send(case, archive(note_dot_txt=b"Delivery note 19"), "papers.zip")
    jobs.work_off()
    part = Document.objects.get(file_name="note.txt")
    client.force_login(member_of(case), backend="entities.backends.EmailBackend")
    assert f'href="/documents/{part.pk}/"' in client.get(f"/documents/{whole.pk}/").content.decode()
    assert f'href="/documents/{whole.pk}/"' in client.get(f"/documents/{part.pk}/").content.decode()


@pytest.mark.django_db
def test_a_decided_case_is_left_alone():
    case = make_case()
    whole = send(case, archive(note_dot_txt=b"Delivery note 19"), "papers.zip")
    type(case).objects.filter(pk=case.pk).update(stage="closed")
    jobs.work_off()
    assert Document.objects.get(file_name="note.txt").came_in == whole
    assert lock(case).exhibits.count() == 1


def test_an_archive_packed_to_fill_a_disk_is_refused(read):
    assert read(archive(big_dot_txt=b"\0" * 49_000_000)).problem.code == "too_large"
    assert read(archive(big_dot_txt=b"\0" * 60_000_000)).problem.code == "too_large"
    assert "packed tighter" in read(archive(big_dot_txt=b"\0" * 49_000_000)).problem.message


def test_an_archive_of_too_many_files_is_refused(read):
    files = {f"f{number}_dot_txt": b"x" for number in range(MAX_PARTS + 1)}
    assert read(archive(**files)).problem.code == "too_large"


def test_an_empty_or_broken_archive_says_so(read):
    assert read(archive()).problem.code == "empty"
    assert read(archive(note_dot_txt=b"Delivery note" * 99)[:-30]).problem.code == "damaged"


def test_names_of_files_keep_no_path_that_leads_anywhere(read):
    result = read(archive(**{"______etc__passwd_dot_txt": b"root", "__MACOSX____x": b"y"}))
    assert [one["name"].rpartition("/")[2] for one in result.attachments] == ["passwd.txt", "x"]


def test_each_message_of_a_bank_is_a_page(read):
    one = "{1:F01AAAAUSLAAXXX5195167828}{2:O1031612170425}{4:\n:20:%s\n:32A:190425USD3700,\n-}"
    rje = "$".join(one % number for number in ("INV-7", "INV-8"))
    fin = "".join(f"\x01{one % number}\x03" for number in ("INV-7", "INV-8", "INV-9"))
    assert [page.text.split("\n")[1] for page in read(rje.encode(), "a.rje").pages] == [":20:INV-7", ":20:INV-8"]
    assert len(read(fin.encode(), "a.fin").pages) == 3
