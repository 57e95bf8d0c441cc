"""All real papers and real hostile files, sent through the page and worked off, end as a person decided."""

import csv
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from entities.models import Job
from entities.services import jobs
from entities.services.lists import load_reference_lists
from evidence.models import Document
from tests.evidence.sending import make_case, member_of

TABLE = Path(__file__).with_name("real_documents_expected.csv")
EXPECTED = {row["file"]: row["outcome"] for row in csv.DictReader(TABLE.open(encoding="utf-8"))}
OUTCOMES = {Document.State.READ: "read", Document.State.NO_TEXT: "read_no_text"}


@pytest.mark.shared_data
@pytest.mark.django_db
def test_every_real_document_goes_in_and_ends_as_reviewed_by_eye(client, shared_data):
    load_reference_lists()
    case = make_case()
    client.force_login(member_of(case), backend="entities.backends.EmailBackend")
    for name in EXPECTED:
        content = (shared_data / "real_documents" / name).read_bytes()
        answer = client.post(
            reverse("case-upload", args=[case.pk]),
            {"files": SimpleUploadedFile(name, content)},
            HTTP_ACCEPT="application/json",
        )
        assert answer.status_code == 200, (name, answer.content)
    jobs.work_off()
    found = {one.file_name: OUTCOMES.get(one.state, one.problem_code) for one in Document.objects.all()}
    assert found == EXPECTED
    refused = Document.objects.filter(state=Document.State.REFUSED)
    assert all(one.problem and one.remedy for one in refused)
    assert case.exhibits.count() == len(EXPECTED) == 44
    assert not Job.objects.exclude(state=Job.State.DONE).exists()
    # Whoever worked them off still works.
    last = Document.objects.get(file_name="azure_invoice.pdf")
    assert "page" in client.get(reverse("document-detail", args=[last.pk])).content.decode()
