"""A file is sent in place of an earlier one, by page and by API: both stay, and what the new one changes is told."""

import pytest
from django.urls import reverse

from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent
from entities.services import jobs
from evidence.models import Document, Replacement
from evidence.services import versions
from tests.api_client import V1, client_of, errors_of
from tests.evidence.sending import a_file, make_case, member_of, send
from tests.evidence.test_papers import INVOICE
from tests.factories import make_user

pytestmark = pytest.mark.django_db
BETTER = INVOICE.replace("6,520.00", "6,250.00").encode()


@pytest.fixture
def case():
    case = make_case()
    send(case, INVOICE.encode(), "invoice.txt")
    jobs.work_off()
    return case


def earlier_of(case):
    return case.exhibits.get(number=1).document


def upload(client, case, **more):
    data = {"files": a_file(BETTER, "corrected.txt"), "replaces": earlier_of(case).pk, **more}
    return client.post(reverse("case-upload", args=[case.pk]), data, HTTP_ACCEPT="application/json")


def test_the_page_takes_a_file_in_place_of_an_earlier_one_and_tells_what_it_changes(client, case):
    client.force_login(member_of(case))
    assert '<option value="">No file sent before' in client.get(f"/to-do/cases/{case.pk}/").content.decode()
    assert "in place of invoice.txt" in upload(client, case).json()["message"]
    new = Document.objects.get(file_name="corrected.txt")
    assert versions.replaced_by_it(new) == earlier_of(case)
    page = client.get(f"/to-do/cases/{case.pk}/").content.decode()
    assert "in place of exhibit 1" in page
    assert "Material change" not in page  # it is not read yet
    jobs.work_off()
    assert "Material change" in client.get(f"/to-do/cases/{case.pk}/").content.decode()
    page = client.get(f"/documents/{new.pk}/").content.decode()
    assert all(words in page for words in ("6520.00", "6250.00", "Material change"))


def test_the_office_reads_on_the_case_what_replaces_what(client, case):
    client.force_login(member_of(case))
    upload(client, case)
    jobs.work_off()
    client.force_login(make_user(Role.ANALYST))
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "in place of exhibit 1" in page
    assert "Material change" in page


def test_a_file_of_another_case_is_not_replaced(client, case):
    client.force_login(member_of(case))
    other = earlier_of(make_other())
    answer = upload(client, case, replaces=other.pk)
    assert answer.status_code == 400
    assert answer.json()["detail"] == "Choose one of the files of this case to be replaced."
    assert Document.objects.count() == 2


def make_other():
    case = make_case()
    send(case, b"Another invoice", "other.txt")
    return case


def test_the_file_itself_is_not_sent_in_place_of_itself(case):
    with pytest.raises(Refused) as refused:
        send(case, INVOICE.encode(), "invoice.txt", replaces=earlier_of(case))
    assert refused.value.code == "replaces_itself"
    assert not Replacement.objects.exists()


def test_the_act_is_on_record(case):
    send(case, BETTER, "corrected.txt", replaces=earlier_of(case))
    event = AuditEvent.objects.get(action="document.replacement_named")
    assert event.after["replaces"] == "invoice.txt"


def test_the_api_takes_a_document_in_place_of_another_and_gives_the_differences(case):
    client = client_of(member_of(case))
    sent = {"case": case.number, "file": a_file(BETTER, "corrected.txt"), "replaces": earlier_of(case).pk}
    answer = client.post(f"{V1}/documents/", sent, format="multipart")
    assert answer.status_code == 201
    jobs.work_off()
    told = client.get(f"{V1}/documents/{answer.json()['id']}/replaces/").json()
    assert (told["replaces"], told["kind"]) == (earlier_of(case).pk, "material_change")
    [total] = [one for one in told["differences"] if one["name"] == "total"]
    assert (total["before"], total["after"], total["before_page"], total["is_material"]) == (
        "6520.00", "6250.00", 1, True,
    )  # fmt: skip
    told = client.get(f"{V1}/documents/{earlier_of(case).pk}/replaces/").json()
    assert told == {"replaces": None, "kind": None, "differences": [], "replaced_by": [answer.json()["id"]]}


def test_the_api_names_and_takes_back_what_is_replaced(case):
    client, new = client_of(member_of(case)), send(case, BETTER, "corrected.txt")
    jobs.work_off()
    said = {"replaces": earlier_of(case).pk, "reason": "A sum was wrong."}
    told = client.post(f"{V1}/documents/{new.pk}/replaces/", said, format="json").json()
    assert told["kind"] == "material_change"
    told = client.post(f"{V1}/documents/{new.pk}/replaces/", {"replaces": None}, format="json").json()
    assert told["replaces"] is None


def test_the_api_replaces_nothing_of_others(case):
    client, other = client_of(member_of(case)), earlier_of(make_other())
    sent = {"case": case.number, "file": a_file(BETTER, "corrected.txt"), "replaces": other.pk}
    assert errors_of(client.post(f"{V1}/documents/", sent, format="multipart")) == {"/replaces": "does_not_exist"}
    new = earlier_of(case)
    answer = client.post(f"{V1}/documents/{new.pk}/replaces/", {"replaces": other.pk}, format="json")
    assert errors_of(answer) == {"/replaces": "does_not_exist"}
