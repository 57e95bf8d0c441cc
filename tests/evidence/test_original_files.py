"""Originals: where they lie, who gets them and for how long, and what a virus scanner has to say before."""

import contextlib
import os
import socket
import socketserver
import struct
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from entities.domain.actions import Action
from entities.domain.roles import Role
from entities.models import AuditEvent, Job
from entities.services import jobs
from evidence.models import Document
from evidence.original_file import link_to
from evidence.services import virus_scan
from screening.models import Shipment
from screening.services.intake.receiving import receive_files
from tests.evidence.sending import NOTE, a_file, make_case, member_of, send
from tests.factories import make_organization, make_user

# The test signature every scanner knows, put together here so that no scanner stops at this file.
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS" + "-TEST-FILE!$H+H*").encode()


class Scanner(socketserver.BaseRequestHandler):
    """A scanner that knows one signature and speaks clamd's INSTREAM."""

    def handle(self):
        assert self._take(10) == b"zINSTREAM\0"
        seen = b""
        while size := struct.unpack("!L", self._take(4))[0]:
            seen += self._take(size)
        self.request.sendall(b"stream: Eicar-Signature FOUND\0" if EICAR in seen else b"stream: OK\0")

    def _take(self, count):
        taken = b""
        while len(taken) < count:
            taken += self.request.recv(count - len(taken))
        return taken


@pytest.fixture
def scanner(settings):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Scanner) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMD_ADDRESS = f"127.0.0.1:{server.server_address[1]}"
        yield
        server.shutdown()


class Bucket(Storage):
    """A storage without paths."""

    kept = {}

    def _open(self, name, mode="rb"):
        return ContentFile(self.kept[name])

    def _save(self, name, content):
        self.kept[name] = b"".join(content.chunks())
        return name

    def exists(self, name):
        return name in self.kept

    def delete(self, name):
        self.kept.pop(name, None)


@pytest.fixture
def in_memory(settings):
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": f"{__name__}.Bucket"}}


def signed_in(user):
    client = Client()
    client.force_login(user, backend="entities.backends.EmailBackend")
    return client


def test_a_file_in_a_storage_without_paths_is_read_like_any_other(db, in_memory):
    document = send(make_case())
    jobs.work_off()
    document.refresh_from_db()
    assert (document.state, document.problem) == ("read", "")
    assert document.pages.get().text == NOTE.decode()


def test_a_table_in_a_storage_without_paths_is_imported(db, in_memory):
    member = make_user(Role.IMPORTER_MEMBER, make_organization())
    table = b"Entry Number,Importer Number,Line,Description,HTS,Manufacturer Name\n,,1,T-shirts,6109100012,Mill Ltd\n"
    batch = receive_files(
        [a_file(table, "lines.csv")], organization=member.organizations().get(), actor=member, confirm_mapping=False
    )
    jobs.work_off()
    assert batch.files.get().file.storage.exists(batch.files.get().file.name)
    assert Shipment.objects.get().lines.get().description == "T-shirts"


def test_what_the_scanner_finds_is_refused_and_given_to_nobody(db, scanner):
    document = send(make_case(), EICAR, "invoice.txt")
    jobs.work_off()
    document.refresh_from_db()
    assert (document.state, document.problem_code, document.virus) == ("refused", "infected", "Eicar-Signature")
    assert not document.pages.exists()
    client = signed_in(make_user(Role.REVIEWER))
    page = client.get(reverse("document-download", args=[document.pk]), follow=True).content.decode()
    assert "given to nobody" in page
    path, _ = link_to(document, make_user(Role.REVIEWER))
    assert Client().get(path).status_code == 409


def test_where_the_scanner_finds_nothing_that_is_on_the_page(db, scanner):
    document = send(make_case())
    jobs.work_off()
    document.refresh_from_db()
    page = signed_in(make_user(Role.REVIEWER)).get(reverse("document-detail", args=[document.pk])).content.decode()
    assert document.virus_scanned_at is not None
    assert "nothing found" in page


def test_without_a_scanner_the_page_says_that_none_looked_at_it(db):
    document = send(make_case())
    jobs.work_off()
    page = signed_in(make_user(Role.REVIEWER)).get(reverse("document-detail", args=[document.pk])).content.decode()
    assert "no scanner looked at it" in page


def test_a_scanner_that_does_not_answer_keeps_the_file_from_being_read_and_says_so(db, settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.CLAMD_ADDRESS = f"127.0.0.1:{free.getsockname()[1]}"
    document = send(make_case())
    Job.objects.filter(pk=document.job_id).update(attempts=jobs.MAX_ATTEMPTS - 1)
    with contextlib.suppress(virus_scan.ScannerDown):
        jobs.work_off()
    document.refresh_from_db()
    assert (document.state, document.problem_code) == ("refused", "not_scanned")
    assert not document.pages.exists()


def test_a_scanner_is_asked_by_a_socket_of_this_machine_too(tmp_path, settings):
    settings.CLAMD_ADDRESS = str(tmp_path / "clamd")
    (tmp_path / "file").write_bytes(EICAR)
    with socketserver.ThreadingUnixStreamServer(settings.CLAMD_ADDRESS, Scanner) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        found = virus_scan.look_for_virus(tmp_path / "file")
        server.shutdown()
    assert found == "Eicar-Signature"


def test_a_link_gives_the_original_for_five_minutes_and_who_took_it_is_on_record(db):
    case = make_case()
    document, member = send(case), member_of(case)
    path, _ = link_to(document, member)
    answer = Client().get(path)
    assert b"".join(answer.streaming_content) == NOTE
    assert answer["Content-Disposition"].startswith("attachment")
    assert AuditEvent.objects.get(action=Action.DOCUMENT_DOWNLOADED).actor_name == member.full_name
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        assert Client().get(path).status_code == 404


def test_a_link_opens_nothing_for_an_account_that_lost_its_right_meanwhile(db):
    case = make_case()
    document, member = send(case), member_of(case)
    path, _ = link_to(document, member)
    Document.objects.filter(pk=document.pk).update(access="office")
    assert Client().get(path).status_code == 404
    assert Client().get(path.replace("originals/", "originals/x")).status_code == 404


def test_a_bucket_is_named_by_the_environment_and_signs_its_own_requests():
    script = (
        "import django; django.setup(); from django.core.files.storage import default_storage as s; print(s.url('a'))"
    )
    told = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "S3_BUCKET": "papers"}
    told |= {"S3_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
    done = subprocess.run([sys.executable, "-c", script], env=told, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("http://127.0.0.1:9/papers/a?")
    assert "Signature=" in done.stdout
