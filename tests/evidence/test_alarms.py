"""Alarms of a case: kept with what they rest on, dismissed with a reason, shown with their places, by page and API."""

from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent
from entities.services.lists import load_reference_lists
from evidence.models import AlarmDismissal, Document, Exhibit, Page, PaperCheck, PaperField, ProofGrid
from evidence.models import Paper as StoredPaper
from evidence.seen_against import seen_against
from evidence.services import alarms, checking
from tests.evidence.made_papers import paper, sale
from tests.evidence.sending import make_case, member_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db
BACKEND = "entities.backends.EmailBackend"


def stored(case, *papers, sender=None):
    """These papers as they lie in the database once they were read, each on a page of its own document."""
    for made in papers:
        number = Exhibit.objects.filter(case=case).count() + 1
        document = Document.objects.create(
            organization=case.importer,
            file_name=f"{number}.pdf",
            size=4,
            sha256=f"{case.pk:032}{number:032}",
            uploaded_by=sender or member_of(case),
            state="read",
        )
        document.file.save("x", ContentFile(b"text"))
        Page.objects.create(document=document, number=1, text="text", has_text=True, sha256="1" * 64)
        row = StoredPaper.objects.create(document=document, first_page=1, last_page=1, type=made.paper.type)
        PaperField.objects.bulk_create(
            PaperField(
                paper=row, name=one.name, line=one.line, value=one.value, unit=one.unit, text=one.text, page_number=1,
                box=[0.1, 0.2, 0.3, 0.25],
            )
            for one in made.paper.fields
        )  # fmt: skip
        Exhibit.objects.create(case=case, document=document, number=number, added_by=document.uploaded_by)
    return case


@pytest.fixture
def case(db):
    load_reference_lists()
    case = stored(make_case(items=()), *sale(payment__total="1500.00"))
    checking.check(case)
    return case


@pytest.fixture
def reviewer(db):
    return make_user(Role.REVIEWER)


def alarm(case, code="R2"):
    kept = PaperCheck.objects.get(case=case)
    (found,) = [one for one in kept.content["alarms"] if one["code"] == code]
    return found


def test_a_check_is_kept_with_both_values_and_both_places(case):
    found = alarm(case)
    assert found["sentence"] == "The invoice comes to 2,000 USD; 1,500 USD was paid."
    assert [(one["exhibit"], one["page"], one["text"]) for one in found["says"]] == [(2, 1, "2,000"), (3, 1, "1,500")]
    assert found["says"][0]["box"] == [0.1, 0.2, 0.3, 0.25]
    assert found["settles"].startswith("The bank's statement")


def test_the_same_papers_give_the_same_digest_and_the_same_alarms_again(case):
    before = PaperCheck.objects.get(case=case)
    checking.check(case)
    again = PaperCheck.objects.get(case=case)
    assert (again.digest, again.content) == (before.digest, before.content)
    stored(case, paper("PROOF_OF_PAYMENT", "TT-10", total="500.00", currency="USD", reference="INV-2001"))
    checking.check(case)
    assert PaperCheck.objects.get(case=case).digest != before.digest
    assert not [one for one in PaperCheck.objects.get(case=case).content["alarms"] if one["code"] == "R2"]


def test_what_is_at_odds_stands_in_the_proof_grid_until_it_is_dismissed(case, reviewer):
    kept = PaperCheck.objects.get(case=case)
    assert "The invoice comes to 2,000 USD; 1,500 USD was paid." in sum(alarms.contradicted(kept).values(), [])
    alarms.answer_alarm(case, alarm(case)["fingerprint"], is_dismissed=True, reason="Credit note.", actor=reviewer)
    assert alarms.contradicted(kept) == {}
    assert ProofGrid.objects.filter(case=case).exists()


def test_a_dismissal_survives_the_next_check_and_can_be_taken_back(case, reviewer):
    print_ = alarm(case)["fingerprint"]
    alarms.answer_alarm(case, print_, is_dismissed=True, reason="Credit note 7, exhibit 9.", actor=reviewer)
    checking.check(case)
    assert set(alarms.dismissed(case)) == {print_}
    event = AuditEvent.objects.filter(action="alarm.dismissed").get()
    assert (event.reason, event.case_number) == ("Credit note 7, exhibit 9.", case.number)
    with pytest.raises(Refused, match="said already"):
        alarms.answer_alarm(case, print_, is_dismissed=True, reason="Again.", actor=reviewer)
    alarms.answer_alarm(case, print_, is_dismissed=False, reason="The note is of another invoice.", actor=reviewer)
    assert alarms.dismissed(case) == {}
    assert AlarmDismissal.objects.count() == 2


def test_a_changed_value_is_another_alarm(case, reviewer):
    alarms.answer_alarm(case, alarm(case)["fingerprint"], is_dismissed=True, reason="Credit note.", actor=reviewer)
    wrong = PaperField.objects.get(name="total", value="1500.00")
    PaperField.objects.create(
        paper=wrong.paper, name="total", value="1400.00", text="1400.00", page_number=1, author=reviewer,
        reason="misread", replaces=wrong,
    )  # fmt: skip
    checking.check(case)
    assert alarm(case)["fingerprint"] not in alarms.dismissed(case)


@pytest.mark.parametrize(
    ("role", "reason", "code"),
    [(Role.REVIEWER, "  ", "reason_missing"), (Role.ANALYST, "Because.", "not_a_reviewer")],
)
def test_a_dismissal_needs_a_reviewer_and_a_reason(case, role, reason, code):
    with pytest.raises(Refused) as refused:
        alarms.answer_alarm(case, alarm(case)["fingerprint"], is_dismissed=True, reason=reason, actor=make_user(role))
    assert refused.value.code == code
    assert not AlarmDismissal.objects.exists()


def test_a_stated_yield_goes_into_the_ledger_with_its_author_and_source(case, reviewer):
    batch = paper(
        "PRODUCTION_RECORD",
        "WO-1",
        [
            {"goods": "Lint cotton", "input_lot": "L-77", "input_quantity": ("1000", "kg")},
            {"goods": "Cotton yarn", "output_lot": "Y-1", "output_quantity": ("950", "kg")},
        ],
        holder="Blue Harbor Imports Inc.",
        date="2026-02-01",
    )
    checking.check(stored(case, batch))
    assert "at most 920 kg" in alarm(case, "R5")["sentence"]
    alarms.state_yield(
        case, process="spinning", firm="", low=Decimal("0.8"), high=Decimal("0.96"), source="Mill log", actor=reviewer
    )
    checking.check(case)
    (row,) = [one for one in PaperCheck.objects.get(case=case).content["ledger"] if one["kind"] == "conversion"]
    assert (row["exceeds"], row["available"], row["range"]["stated_by"], row["range"]["source"]) == (
        False, "960", reviewer.full_name, "Mill log",
    )  # fmt: skip
    with pytest.raises(Refused, match="at most the highest"):
        alarms.state_yield(
            case, process="spinning", firm="", low=Decimal(2), high=Decimal(1), source="x", actor=reviewer
        )


def test_tolerances_of_the_installation_count_and_unknown_names_are_refused(case, settings):
    settings.EVIDENCE_TOLERANCES = {"bank_charges": "0.5"}
    checking.check(case)
    assert not [one for one in PaperCheck.objects.get(case=case).content["alarms"] if one["code"] == "R2"]
    settings.EVIDENCE_TOLERANCES = {"bank_charge": "0.5"}
    with pytest.raises(Exception, match="bank_charge"):
        checking.check(case)


def test_the_page_shows_both_sides_and_takes_a_dismissal(case, reviewer, client):
    client.force_login(reviewer, backend=BACKEND)
    page = client.get(reverse("case-alarms", args=[case.pk])).content.decode()
    assert "The invoice comes to 2,000 USD; 1,500 USD was paid." in page
    assert "Exhibit 2, page 1" in page
    assert "Both places side by side" in page
    address = reverse("alarm-answer", args=[case.pk, alarm(case)["fingerprint"]])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Credit note 7."}).status_code == 302
    page = client.get(reverse("case-alarms", args=[case.pk])).content.decode()
    assert page.index("Dismissed") < page.index("The invoice comes to 2,000 USD; 1,500 USD was paid.")
    assert "Credit note 7." in page


def test_the_ledger_page_takes_a_yield_in_per_cent(case, reviewer, client):
    client.force_login(reviewer, backend=BACKEND)
    address = reverse("case-yield", args=[case.pk])
    wrong = client.post(address, {"process": "spinning", "low": "90", "high": "80", "source": "log"})
    assert wrong.status_code == 422
    assert "Exchange the two" in wrong.content.decode()
    right = client.post(address, {"process": "spinning", "low": "80", "high": "96", "source": "Mill log"})
    assert right.status_code == 302
    assert "Mill log" in client.get(reverse("case-ledger", args=[case.pk])).content.decode()


def test_the_importer_sees_what_to_mend_but_not_what_rests_on_others(case, reviewer, client):
    own = stored(case, *made_of_lot())
    other = make_case(items=(), maker="Example Hill Garments JSC")
    checking.check(stored(other, made_of_lot()[1]))
    checking.check(own)
    assert alarm(own, "R6")["office_only"]
    client.force_login(member_of(own), backend=BACKEND)
    page = client.get(reverse("importer-mend", args=[own.pk])).content.decode()
    assert "The invoice comes to 2,000 USD; 1,500 USD was paid." in page
    assert other.number not in page
    told = client.get(f"/api/v1/cases/{own.number}/alarms/").json()
    assert "R2" in {one["code"] for one in told["alarms"]}
    assert "R6" not in {one["code"] for one in told["alarms"]}
    client.force_login(reviewer, backend=BACKEND)
    assert other.number in client.get(reverse("case-alarms", args=[own.pk])).content.decode()


def made_of_lot():
    """A lot as received, and a record that uses most of it."""
    size = {"lot": "LOT-778899", "quantity": ("1000", "kg")}
    use = {"input_lot": "LOT-778899", "input_quantity": ("700", "kg")}
    return (
        paper("INPUT_RECEIPT", "GRN-8", [size], holder="Mill", date="2026-01-01"),
        paper("PRODUCTION_RECORD", "WO-8", [use], holder="Mill", date="2026-02-01"),
    )


def test_the_api_tells_values_places_and_what_was_not_checked(case, reviewer, client):
    client.force_login(reviewer, backend=BACKEND)
    told = client.get(f"/api/v1/cases/{case.number}/alarms/").json()
    (found,) = [one for one in told["alarms"] if one["code"] == "R2"]
    assert [(one["exhibit"], one["field"], one["text"]) for one in found["says"]] == [
        (2, "total", "2,000"),
        (3, "total", "1,500"),
    ]
    assert {"R5", "R9"} <= set(told["not_checked"])
    assert (found["dismissed_because"], len(told["digest"])) == (None, 64)


def answer(client, case, fingerprint, tag=None, **said):
    head = {"HTTP_IF_MATCH": tag} if tag else {}
    address = f"/api/v1/cases/{case.number}/alarms/{fingerprint}/answers/"
    return client.post(address, {"reason": "Note 9.", **said}, content_type="application/json", **head)


def test_an_alarm_is_dismissed_by_the_api_and_raised_again(case, reviewer, client):
    client.force_login(reviewer, backend=BACKEND)
    one = alarm(case)["fingerprint"]
    done = answer(client, case, one, is_dismissed=True)
    assert done.status_code == 201
    assert [row["dismissed_because"] for row in done.json()["alarms"] if row["fingerprint"] == one] == ["Note 9."]
    assert list(alarms.dismissed(case)) == [one]
    again = answer(client, case, one, is_dismissed=True)
    assert (again.status_code, again.json()["code"]) == (409, "said_already")
    assert answer(client, case, one, is_dismissed=False, reason="It is another note.").status_code == 201
    assert alarms.dismissed(case) == {}
    assert [event.action for event in AuditEvent.objects.order_by("sequence")][-2:] == [
        "alarm.dismissed",
        "alarm.raised_again",
    ]


def test_an_alarm_is_answered_only_onto_the_alarms_one_read(case, reviewer, client):
    client.force_login(reviewer, backend=BACKEND)
    tag = client.get(f"/api/v1/cases/{case.number}/alarms/")["ETag"]
    one = alarm(case)["fingerprint"]
    assert answer(client, case, one, '"other"', is_dismissed=True).status_code == 412
    assert alarms.dismissed(case) == {}
    assert answer(client, case, one, tag, is_dismissed=True).status_code == 201
    assert answer(client, case, one, tag, is_dismissed=False).status_code == 412


def test_an_alarm_that_is_not_there_is_not_answered(case, reviewer, client):
    client.force_login(reviewer, backend=BACKEND)
    assert answer(client, case, "0" * 64, is_dismissed=True).status_code == 404
    assert answer(client, case, alarm(case)["fingerprint"], is_dismissed=True, reason=" ").status_code == 400


def test_an_audit_in_xinjiang_or_by_the_audited_is_named_to_who_weighs_until_it_is_set_aside(case, reviewer):
    assert not {"xinjiang_audit", "self_serving"} & seen_against(case).keys()
    audited = {"holder": "Example Lake Spinning Co., Ltd.", "auditor": "Example Lake Spinning Co., Ltd."}
    stored(case, paper("CREDIBLE_AUDIT", "AR-1", address="12 Jianguo Road, Korla, Xinjiang 841000", **audited))
    checking.check(case)
    seen = seen_against(case)
    assert seen["self_serving"] == "Example Lake Spinning Co., Ltd. audited itself. (6-1)"
    assert seen["xinjiang_audit"].startswith("The audited site is in Xinjiang")
    site = next(one for one in PaperCheck.objects.get(case=case).content["alarms"] if one["subject"] == "site")
    alarms.answer_alarm(
        case, site["fingerprint"], is_dismissed=True, reason="Another town of that name.", actor=reviewer
    )
    assert "xinjiang_audit" not in seen_against(case)


def test_open_contradictions_and_gaps_are_named_with_their_places_to_who_weighs_until_set_aside(case, reviewer):
    found = alarm(case)
    seen = seen_against(case)
    assert f"{found['sentence']} (2-1, 3-1)" in seen["contradiction"]
    gaps = [one for one in PaperCheck.objects.get(case=case).content["alarms"] if one["kind"] == "gap"]
    assert any(one["sentence"] in seen["gap"] for one in gaps)
    assert seen["gap"].endswith(f"And {len(gaps) - 3} more stand open.") == (len(gaps) > 3)
    alarms.answer_alarm(case, found["fingerprint"], is_dismissed=True, reason="See note 9.", actor=reviewer)
    assert found["sentence"] not in seen_against(case).get("contradiction", "")


def test_a_page_that_cannot_be_read_is_no_gap_of_the_record(case):
    kept = PaperCheck.objects.get(case=case)
    one = {**alarm(case), "kind": "gap", "code": "ILLEGIBLE", "sentence": "Page 1 cannot be read."}
    kept.content = {**kept.content, "alarms": [one]}
    kept.save()
    assert not {"gap", "contradiction"} & seen_against(case).keys()
