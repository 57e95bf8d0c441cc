"""Screening again after a change: what changed and why, for the office and for each owner, by page and by mail."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import Job, SupplyLink
from entities.services import jobs, suppliers
from entities.services.lists import load_reference_lists, load_version, shipped_uflpa_rows
from entities.services.lists.shipped import UFLPA_LIST
from screening.domain.difference import Compared, difference
from screening.models import Case, Rescreened, Rescreening, Screening
from screening.rescreened import latest_of
from screening.services.feed import consume_changes
from screening.services.runs import screen_job
from screening.services.shipments import add_shipment, change_shipment
from tests.factories import declared_shipment, make_organization, make_user

pytestmark = pytest.mark.django_db
LISTED = PartyFacts(name="Aksu Huafu Color Spinning Co., Ltd.", country="CN")
RECENT = timezone.localdate() - timedelta(days=20)
NEW = "Samplewick Spinning Works Co., Ltd."


@pytest.fixture(autouse=True)
def in_use(db):
    return load_reference_lists()[0]


@pytest.fixture
def importer():
    return make_organization(name="Example Imports LLC")


@pytest.fixture
def member(importer):
    return make_user(Role.IMPORTER_MEMBER, importer)


@pytest.fixture
def officer():
    return make_user(Role.ANALYST)


def shipment_by(maker, owner, **head):
    shipment = add_shipment(declared_shipment(maker=maker, imported_on=RECENT, **head), owner=owner, actor=None)
    jobs.work_off()
    shipment.refresh_from_db()
    return shipment


def list_with(*names, label="Entity List, next state", work=True):
    """Put a list in use that names these firms beside those shipped."""
    rows = shipped_uflpa_rows()
    like = next(row for row in rows if row.is_current)
    more = [
        replace(
            like, row_id=f"made-{number}", entity_key=f"made{number}", name=name, listed_as=name, aliases=(),
            native_names=(), scope="",
        )
        for number, name in enumerate(names)
    ]  # fmt: skip
    source = replace(UFLPA_LIST, label=label)
    version = load_version(source, [*rows, *more], actor=None)
    if work:
        jobs.work_off()
    return version


def supplied_by(shipment, facts, *, declared_by, actor):
    """A firm supplies the maker of a shipment, as somebody states."""
    rows = suppliers.declare_parties(declared_by, [facts])
    customer = shipment.parties.get(role="manufacturer").party.supplier
    link = suppliers.declare_link(
        rows[suppliers.fingerprint(facts)].supplier,
        customer,
        actor=actor,
        declared_by=declared_by,
        commodity="cotton",
        stage="spinner",
        valid_from=RECENT - timedelta(days=300),
        valid_to=RECENT + timedelta(days=300),
    )
    jobs.work_off()
    return link


def test_a_published_list_is_followed_up_on_one_page(client, importer, officer):
    hit, other = shipment_by(NEW, importer), shipment_by("Unrelated Mill JSC", importer)
    version = list_with(NEW)
    rescreening = Rescreening.objects.latest("pk")
    assert (rescreening.shipment_count, rescreening.finished_at is not None) == (1, True)
    assert {row.shipment_id for row in rescreening.shipments.all()} == {hit.pk}
    assert other.screenings.count() == 1
    client.force_login(officer)
    page = client.get(f"/screened-again/{rescreening.pk}/").content.decode()
    assert f"/list-versions/{version.pk}/" in page
    assert f"<strong>New:</strong> {Case.objects.get().opened_because}" in page
    assert Case.objects.get(shipments=hit).number in page
    assert "was opened" in page
    assert f"/screened-again/{rescreening.pk}/" in client.get("/screened-again/").content.decode()
    assert f"/screened-again/{rescreening.pk}/" in client.get(f"/list-versions/{version.pk}/").content.decode()


def test_the_difference_is_kept_with_the_run_and_the_case_opened(importer):
    hit = shipment_by(NEW, importer)
    before = hit.latest_screening
    list_with(NEW)
    row = Rescreened.objects.get(shipment=hit)
    hit.refresh_from_db()
    assert (row.before, row.after) == (before, hit.latest_screening)
    assert row.after.run.rescreening == row.rescreening
    assert row.after.findings.get(pk=row.difference["new"][0][1]).ground == "LISTED_ENTITY"
    assert row.cases == [{"case": Case.objects.get().pk, "act": "opened"}]
    assert row.causes == ["list"]


def test_a_pass_under_way_asks_again_by_itself_until_it_is_finished(client, importer, officer, member):
    shipment_by(NEW, importer)
    shipment_by(NEW, importer)
    queued = Job.objects.filter(state=Job.State.QUEUED)
    list_with(NEW, work=False)
    consume_changes()
    rescreening = Rescreening.objects.latest("pk")
    at = f"/screened-again/{rescreening.pk}/"
    client.force_login(officer)
    assert 'hx-trigger="load delay:3s"' in client.get("/screened-again/").content.decode()
    page = client.get(at).content.decode()
    assert f'hx-get="{at}progress/"' in page
    assert "0 of 2" in page
    assert "HX-Refresh" not in client.get(f"{at}progress/", headers={"HX-Request": "true"})
    queued.update(state=Job.State.FAILED)
    assert "A fault has stopped it" in client.get(f"{at}progress/").content.decode()
    assert "hx-trigger" not in client.get("/screened-again/").content.decode()
    Job.objects.filter(state=Job.State.FAILED).update(state=Job.State.QUEUED)
    jobs.work_off()
    assert client.get(f"{at}progress/", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    for address in (at, "/screened-again/"):
        assert "hx-get" not in client.get(address).content.decode()


def test_an_owner_is_not_told_how_many_shipments_of_others_are_looked_at(client, importer, member):
    row = Rescreening.objects.create(shipment_count=4711)
    shipment = shipment_by(NEW, importer)
    latest = shipment.latest_screening
    Rescreened.objects.create(rescreening=row, shipment=shipment, before=latest, after=latest, is_changed=True)
    client.force_login(member)
    page = client.get(f"/screened-again/{row.pk}/progress/").content.decode()
    assert "Your shipments are being looked at again" in page
    assert "4711" not in page
    assert "otherwise" not in page


def test_a_list_that_touches_nothing_is_on_record_too(importer):
    shipment_by("Unrelated Mill JSC", importer)
    list_with("Another Invented Works Co., Ltd.")
    rescreening = Rescreening.objects.latest("pk")
    assert (rescreening.shipment_count, rescreening.finished_at is not None) == (0, True)


def test_a_shipment_declared_or_edited_is_not_screened_again_by_a_pass(importer, member):
    shipment = shipment_by("Unrelated Mill JSC", importer)
    change_shipment(shipment, declared_shipment(maker="Another Mill JSC", imported_on=RECENT), actor=member)
    jobs.work_off()
    assert shipment.screenings.count() == 2
    assert not Rescreened.objects.exists()


def test_a_decided_case_is_included_and_says_that_facts_changed(client, importer, officer, member):
    shipment = shipment_by(LISTED.name, importer)
    Case.objects.update(stage=Case.Stage.CLOSED, closed_at=timezone.now())
    supplied_by(shipment, PartyFacts(name="Kashgar Example Gin", city="Kashgar", country="CN"), declared_by=importer,
                actor=member)  # fmt: skip
    row = Rescreened.objects.get(shipment=shipment)
    assert row.was_decided
    assert row.cases == [{"case": Case.objects.get().pk, "act": "decided"}]
    client.force_login(officer)
    page = client.get(f"/screened-again/{row.rescreening_id}/?show=decided").content.decode()
    assert "facts changed since the decision" in page


def test_the_owner_is_told_once_by_mail_without_secrets(importer, member, officer, django_capture_on_commit_callbacks):
    rival = make_organization(name="Rival Goods Inc")
    shipment = shipment_by("Common Garment JSC", importer, bill_of_lading="EXBL001")
    mail.outbox.clear()
    supplied_by(shipment, LISTED, declared_by=rival, actor=make_user(Role.IMPORTER_MEMBER, rival))
    told = [one for one in mail.outbox if one.to == [member.email]]
    assert len(told) == len(mail.outbox) == 1
    text = told[0].subject + told[0].body
    assert "EXBL001" in text
    assert "what is known of the supply chain changed" in text
    assert f"/screened-again/{Rescreening.objects.latest('pk').pk}/" in text
    assert not [word for word in ("Huafu", "Rival", "declared", "spinner") if word in text]


def test_an_owner_reads_what_changed_without_the_rivals_words(client, importer, member):
    rival = make_organization(name="Rival Goods Inc")
    shipment = shipment_by("Common Garment JSC", importer)
    supplied_by(shipment, LISTED, declared_by=rival, actor=make_user(Role.IMPORTER_MEMBER, rival))
    client.force_login(member)
    pk = Rescreening.objects.latest("pk").pk
    for address in (f"/screened-again/{pk}/", f"/shipments/{shipment.pk}/"):
        page = client.get(address).content.decode()
        assert "confidential source" in page
        assert "what is known of the supply chain changed" in page.lower()
        assert not [word for word in ("Huafu", "Rival Goods") if word in page]


def test_a_chain_that_others_declared_further_is_no_change_to_its_owner(importer, member):
    rival = make_organization(name="Rival Goods Inc")
    shipment = shipment_by("Common Garment JSC", importer)
    mail.outbox.clear()
    harmless = PartyFacts(name="Harmless Spinning JSC", city="Hanoi", country="VN")
    supplied_by(shipment, harmless, declared_by=rival, actor=make_user(Role.IMPORTER_MEMBER, rival))
    shipment.refresh_from_db()
    [told] = latest_of(shipment, member)
    assert Rescreened.objects.get(shipment=shipment).is_changed, "the office sees a shorter gap"
    assert (told.is_changed, told.new, told.gone, told.changed) == (False, [], [], [])
    assert mail.outbox == []


def test_a_rival_gets_404(client, importer, member):
    shipment = shipment_by("Common Garment JSC", importer)
    supplied_by(shipment, LISTED, declared_by=importer, actor=member)
    client.force_login(make_user(Role.IMPORTER_MEMBER))
    assert client.get(f"/screened-again/{Rescreening.objects.latest('pk').pk}/").status_code == 404
    assert client.get("/screened-again/").status_code == 403


def test_work_done_twice_or_beside_another_screening_is_noted_once(importer, member):
    shipment = shipment_by("Common Garment JSC", importer)
    supplied_by(shipment, LISTED, declared_by=importer, actor=member)
    job = Job.objects.filter(kind="screen", payload__has_key="rescreening").latest("pk")
    screen_job(job)
    assert Rescreened.objects.count() == 1
    assert Screening.objects.filter(shipment=shipment).count() == 2
    assert Job.objects.filter(kind="tell_owners").count() == 1


def test_a_change_seen_first_by_another_run_still_shows_in_the_pass(importer, member):
    shipment = shipment_by("Common Garment JSC", importer)
    rows = suppliers.declare_parties(importer, [LISTED])
    customer = shipment.parties.get().party.supplier
    suppliers.declare_link(
        rows[suppliers.fingerprint(LISTED)].supplier, customer, actor=member, declared_by=importer, commodity="cotton"
    )
    jobs.run(Job.objects.get(kind="feed", state="queued").pk, heartbeat=False)
    job = Job.objects.get(kind="screen", state="queued")
    Job.objects.create(kind="screen", priority=0, payload={"shipments": [shipment.pk], "trigger": "by hand"})
    jobs.work_off()
    row = Rescreened.objects.get()
    assert row.rescreening_id == job.payload["rescreening"]
    assert row.is_changed
    assert row.after.run.trigger == "by hand"


def test_a_withdrawn_link_takes_its_findings_away(client, importer, member, officer):
    shipment = shipment_by("Common Garment JSC", importer)
    link = supplied_by(shipment, LISTED, declared_by=importer, actor=member)
    suppliers.withdraw_link(SupplyLink.objects.get(pk=link.pk), actor=member, reason="declared by mistake")
    jobs.work_off()
    row = Rescreened.objects.latest("pk")
    assert {step for _, _, step in row.difference["gone"]} == {2}
    client.force_login(officer)
    assert "Gone:" in client.get(f"/screened-again/{row.rescreening_id}/").content.decode()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], [("a", 1)], ([("a", 1)], [], [])),
        ([("a", 1)], [], ([], [("a", 1)], [])),
        ([("a", 1)], [("a", 1)], ([], [], [])),
        ([("a", 1)], [("a", 2)], ([], [], [(("a", 1), ("a", 2))])),
        ([("a", 1), ("a", 2)], [("a", 2), ("a", 3)], ([], [], [(("a", 1), ("a", 3))])),
        ([("a", 1)], [("a", 1), ("a", 1)], ([("a", 1)], [], [])),
    ],
)
def test_findings_on_the_same_are_paired_by_what_they_say(before, after, expected):
    def put(rows):
        return [Compared(number, (about,), (says,)) for number, (about, says) in enumerate(rows)]

    def back(one):
        return (one.about[0], one.says[0])

    found = difference(put(before), put(after))
    pairs = [(back(then), back(now)) for then, now in found.changed]
    assert ([back(one) for one in found.new], [back(one) for one in found.gone], pairs) == expected
