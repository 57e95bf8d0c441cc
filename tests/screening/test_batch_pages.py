"""The import pages: who may see them, and what a person reads on them."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from entities.domain.roles import Role
from entities.models import Job
from entities.services import jobs
from entities.services.lists import load_reference_lists
from screening.models import ImportBatch
from tests.factories import make_user

pytestmark = pytest.mark.django_db
HEADER = "Entry number,Manufacturer,Goods description,HTS code\n"
TEXT = HEADER + "551-0900201-8,Example Mill,Towels,6302.60\n,,,\n Total ,,,\n"


@pytest.fixture
def member(client):
    member = make_user(Role.IMPORTER_MEMBER)
    client.force_login(member)
    return member


def upload(client, member, text=TEXT, **fields):
    file = SimpleUploadedFile("towels.csv", text.encode())
    owner = member.active_memberships[0].organization.pk
    return client.post(reverse("batch-add"), {"files": [file], "owner": owner, **fields})


def work_off_import():
    jobs.run(ImportBatch.objects.latest("pk").job_id, heartbeat=False)


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_upload_page_says_beforehand_what_is_taken(client, member):
    said = text_of(client.get(reverse("batch-add")))
    assert "up to 50 MB each" in said
    assert "Download a sample file" in said


def test_a_file_goes_from_upload_to_stored_rows_without_a_script(client, member):
    answer = upload(client, member, confirm="on")
    batch = ImportBatch.objects.get()
    assert answer.url == reverse("batch-detail", args=[batch.pk])
    assert "is being read" in text_of(client.get(answer.url))
    work_off_import()
    page = client.get(reverse("batch-mapping", args=[batch.pk]))
    assert "Example Mill" in text_of(page)
    form = page.context["form"]
    answer = client.post(page.request["PATH_INFO"], {name: form[name].value() or "" for name in form.fields})
    assert answer.url == reverse("batch-detail", args=[batch.pk])
    work_off_import()
    said = text_of(client.get(answer.url))
    assert "2 rows read: 1 stored, 1 not stored." in said
    assert "The row is a total of the rows above." in said
    assert reverse("shipment-list") + f"?batch={batch.pk}" in client.get(answer.url).content.decode()


def test_a_mapping_that_cannot_be_used_keeps_what_was_chosen(client, member):
    upload(client, member, confirm="on")
    work_off_import()
    url = reverse("batch-mapping", args=[ImportBatch.objects.get().pk])
    answer = client.post(url, {"layout0-column0": "value", "layout0-column2": "value"})
    assert answer.status_code == 422
    assert "can be taken from one column only" in text_of(answer)
    assert '<option value="value" selected>' in answer.content.decode()


def test_the_same_file_again_is_said_with_a_link_to_the_first(client, member):
    upload(client, member)
    first = ImportBatch.objects.get()
    answer = upload(client, member)
    assert answer.status_code == 422
    assert reverse("batch-detail", args=[first.pk]) in answer.content.decode()
    assert "Import it again all the same" in text_of(answer)
    assert upload(client, member, again="on").status_code == 302


def test_a_file_of_another_kind_is_refused_with_what_is_taken(client, member):
    file = SimpleUploadedFile("photo.jpg", b"x")
    owner = member.active_memberships[0].organization.pk
    answer = client.post(reverse("batch-add"), {"files": [file], "owner": owner})
    assert "files of shipments end in .csv" in text_of(answer)


def test_rows_not_stored_are_handed_back_as_csv(client, member):
    upload(client, member)
    work_off_import()
    answer = client.get(reverse("batch-rejected", args=[ImportBatch.objects.get().pk]), {"sheet": ""})
    text = b"".join(answer.streaming_content).decode()
    assert answer["Content-Disposition"].startswith("attachment")
    assert "Why it was not stored" in text
    assert "total of the rows above" in text


def test_progress_asks_again_until_there_is_something_else_to_show(client, member):
    upload(client, member)
    url = reverse("batch-progress", args=[ImportBatch.objects.get().pk])
    assert 'hx-trigger="load delay:2s"' in client.get(url, headers={"HX-Request": "true"}).content.decode()
    work_off_import()
    answer = client.get(url, headers={"HX-Request": "true"})
    assert answer["HX-Refresh"] == "true"
    assert "hx-get" not in client.get(url).content.decode()


def test_progress_leads_to_the_columns_when_they_are_to_be_confirmed(client, member):
    upload(client, member, confirm="on")
    work_off_import()
    batch = ImportBatch.objects.get()
    answer = client.get(reverse("batch-progress", args=[batch.pk]), headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == reverse("batch-mapping", args=[batch.pk])


def test_an_import_stopped_by_a_fault_can_go_on(client, member):
    upload(client, member)
    Job.objects.update(state=Job.State.FAILED)
    batch = ImportBatch.objects.get()
    page = reverse("batch-detail", args=[batch.pk])
    assert "Stopped by a fault on our side." in text_of(client.get(page))
    assert client.post(reverse("batch-resume", args=[batch.pk])).url == page
    work_off_import()
    assert "2 rows read: 1 stored" in text_of(client.get(page))


def test_an_unreadable_file_says_why(client, member):
    upload(client, member, text="%PDF-1.7")
    work_off_import()
    said = text_of(client.get(reverse("batch-detail", args=[ImportBatch.objects.get().pk])))
    assert "Not imported. towels.csv: This is not a spreadsheet or a CSV file." in said


@pytest.mark.parametrize("name", ["batch-detail", "batch-mapping", "batch-progress", "batch-rejected"])
def test_a_rival_importer_gets_404(client, member, name):
    upload(client, member, confirm="on")
    work_off_import()
    client.force_login(make_user(Role.IMPORTER_MEMBER))
    assert client.get(reverse(name, args=[ImportBatch.objects.get().pk])).status_code == 404
    assert client.post(reverse("batch-resume", args=[ImportBatch.objects.get().pk])).status_code == 404


def test_a_rival_importer_does_not_see_the_import_in_the_list(client, member):
    upload(client, member)
    assert "towels.csv" in text_of(client.get(reverse("batch-list")))
    client.force_login(make_user(Role.IMPORTER_MEMBER))
    assert "towels.csv" not in text_of(client.get(reverse("batch-list")))


def test_a_rival_importer_cannot_upload_for_another(client, member):
    rival = make_user(Role.IMPORTER_MEMBER)
    client.force_login(rival)
    assert upload(client, member).status_code == 422
    assert not ImportBatch.objects.exists()


def test_an_auditor_reads_but_does_not_import(client, member):
    upload(client, member, confirm="on")
    work_off_import()
    client.force_login(make_user(Role.AUDITOR))
    pk = ImportBatch.objects.get().pk
    assert client.get(reverse("batch-detail", args=[pk])).status_code == 200
    assert client.get(reverse("batch-mapping", args=[pk])).status_code == 403
    assert client.get(reverse("batch-add")).status_code == 403


def test_a_page_of_many_imports_asks_few_questions(client, member, django_assert_max_num_queries):
    for number in range(6):
        upload(client, member, text=f"Shipper,Goods description\nMill {number},Towels\n")
    with django_assert_max_num_queries(12):
        client.get(reverse("batch-list"))


def test_an_import_page_of_many_rows_asks_few_questions(client, member, django_assert_max_num_queries):
    upload(
        client,
        member,
        text="Shipper,Goods description,Month\n" + "".join(f"Mill {n},T,2026-02\n,,\n,,2026-01\n" for n in range(60)),
    )
    work_off_import()
    with django_assert_max_num_queries(20):
        client.get(reverse("batch-detail", args=[ImportBatch.objects.get().pk]))


def test_an_officer_says_whose_shipments_these_are(client):
    importer = make_user(Role.IMPORTER_MEMBER)
    client.force_login(make_user(Role.ANALYST))
    upload(client, importer)
    assert ImportBatch.objects.get().organization == importer.active_memberships[0].organization


def test_the_list_of_shipments_can_be_narrowed_to_one_import(client, member):
    upload(client, member)
    upload(client, member, text="Shipper,Goods description\nOther Mill,Robes\n")
    for batch in ImportBatch.objects.all():
        jobs.run(batch.job_id, heartbeat=False)
    first = ImportBatch.objects.earliest("pk")
    said = text_of(client.get(reverse("shipment-list"), {"batch": first.pk}))
    assert "Towels" in said
    assert "Robes" not in said


def test_what_was_stored_only_can_be_screened_from_the_page_of_its_import(client, member):
    upload(client, member)
    ImportBatch.objects.update(stores_only=True)
    work_off_import()
    batch = ImportBatch.objects.get()
    page = reverse("batch-detail", args=[batch.pk])
    assert "Screen its shipments" in text_of(client.get(page))
    said = text_of(client.post(reverse("batch-screen", args=[batch.pk]), follow=True))
    assert "1 shipment will be screened in a moment." in said
    load_reference_lists()
    jobs.work_off()
    assert "Screen its shipments" not in text_of(client.get(page))
    said = text_of(client.post(reverse("batch-screen", args=[batch.pk]), follow=True))
    assert "Every shipment of this import is screened, or will be anyway." in said
