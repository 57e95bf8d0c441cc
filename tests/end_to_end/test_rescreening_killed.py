"""Workers killed twice in the middle of a re-screening: what stands in the end is what an undisturbed one leaves."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from entities.domain.roles import Role
from entities.models import Change, Job
from entities.services import jobs
from entities.services.lists import UFLPA_LIST, load_reference_lists, load_version, shipped_uflpa_rows
from screening.models import Case, Finding, Rescreened, Rescreening, Screening, Shipment
from screening.services import feed
from screening.services.runs import screen_job
from screening.services.shipments import add_shipments
from tests.end_to_end.test_worker_killed import all_done, half_a_minute_passes
from tests.end_to_end.workers import Worker, wait_for
from tests.factories import declared_shipment, make_organization, make_user

pytestmark = pytest.mark.django_db(transaction=True)
SHIPMENTS = 240
NEW = "Samplewick Spinning Works Co., Ltd."
TAKEN_IN = {"opened", "joined"}  # the first shipment of a chain opens the case, the others join it


@pytest.fixture
def published():
    """Screened shipments, four in five of a firm that a list just published names; nothing is followed up yet."""
    load_reference_lists()
    owner = make_organization()
    make_user(Role.IMPORTER_MEMBER, owner)
    recent = UFLPA_LIST.retrieved_on - timedelta(days=20)
    add_shipments(
        [
            declared_shipment(
                bill_of_lading=f"AGAIN{number:06}",
                imported_on=recent,
                maker=f"Invented Mill No. {number} Co., Ltd." if number % 5 == 0 else NEW,
            )
            for number in range(SHIPMENTS)
        ],
        owner=owner,
    )
    jobs.work_off()
    rows = shipped_uflpa_rows()
    like = next(row for row in rows if row.is_current)
    new = replace(like, row_id="made", entity_key="made", name=NEW, listed_as=NEW, aliases=(), native_names=())
    load_version(replace(UFLPA_LIST, label="Entity List, next state"), [*rows, new], actor=None)


def standing():
    """By shipment the outcome, its findings, and what the re-screening says of it."""
    told = {one.label: [one.outcome] for one in Shipment.objects.order_by("pk")}
    current = Finding.objects.current().select_related("screening__shipment", "listing__entity").order_by("pk")
    for row in current:
        key = row.listing.entity.key if row.listing else ""
        told[row.screening.shipment.label].append((row.rule, row.severity, row.ground, key, row.headline))
    for row in Rescreened.objects.select_related("shipment"):
        counts = {name: len(found) for name, found in row.difference.items()}
        acts = ["taken in" if case["act"] in TAKEN_IN else case["act"] for case in row.cases]
        told[row.shipment.label].append(("again", row.is_changed, row.causes, counts, acts))
    return told


def acts_on_cases():
    """How often each act on a case was noted: which shipment came first, and so opened it, is a matter of order."""
    return Counter(case["act"] for row in Rescreened.objects.all() for case in row.cases)


def undisturbed():
    """What following the list up leaves when nobody disturbs it, from the very same beginning, and acts on cases."""
    with transaction.atomic():
        feed.consume_changes()
        for job in Job.objects.filter(kind="screen", state=Job.State.QUEUED).order_by("pk"):
            screen_job(job)
        told, acts = standing(), acts_on_cases()
        transaction.set_rollback(True)
    return told, acts


def running_again():
    return Job.objects.filter(kind="screen", state=Job.State.RUNNING, payload__has_key="rescreening").first()


def test_killed_twice_it_ends_as_an_undisturbed_one(published, tmp_path):
    expected, acts = undisturbed()
    assert Change.objects.filter(consumed_at=None).exists(), "the undisturbed one was taken back"
    touched = SHIPMENTS - SHIPMENTS // 5
    assert acts == {"opened": 1, "joined": touched - 1}

    for _ in range(2):
        with Worker(tmp_path) as worker:
            job = wait_for(running_again, worker, every=0.01)
            worker.kill()
        job.refresh_from_db()
        assert job.state == Job.State.RUNNING, "killed too late to be in the middle"
        assert Rescreened.objects.count() < touched
        half_a_minute_passes()

    with Worker(tmp_path) as worker:
        wait_for(all_done, worker, seconds=180)

    assert standing() == expected
    assert acts_on_cases() == acts
    assert not Job.objects.exclude(state=Job.State.DONE).exists()
    rescreening = Rescreening.objects.latest("pk")
    assert rescreening.finished_at <= timezone.now()
    assert (rescreening.shipment_count, rescreening.shipments.count()) == (touched, touched)
    assert Case.objects.get().shipments.count() == touched  # one importer, one chain: one case
    times = Screening.objects.values("shipment").annotate(times=Count("pk")).values_list("times", flat=True)
    assert sorted(times) == [1] * (SHIPMENTS - touched) + [2] * touched
    assert Job.objects.filter(kind="mail", payload__template="screened_again").count() == 1
