"""A worker that is killed in the middle of its work loses nothing and doubles nothing. With real processes."""

from datetime import timedelta

import pytest
from django.db.models import Count
from django.utils import timezone

from entities.models import Change, Job, Listing
from entities.services import jobs
from entities.services.lists import load_reference_lists
from screening.models import Case, Finding, Screening, Shipment
from screening.services.shipments import add_shipments
from tests.end_to_end.workers import Worker, wait_for
from tests.factories import declared_shipment, make_organization

pytestmark = pytest.mark.django_db(transaction=True)
SHIPMENTS = 150
EVERY_NTH_IS_LISTED = 10


@pytest.fixture
def declared():
    """Shipments that wait to be screened; every tenth comes from a listed entity and so becomes a case."""
    load_reference_lists()
    listed = Listing.objects.filter(is_current=True).first().name
    add_shipments(
        [
            declared_shipment(
                bill_of_lading=f"KILLED{number:06}",
                maker=listed if number % EVERY_NTH_IS_LISTED == 0 else f"Invented Mill No. {number} Co., Ltd.",
            )
            for number in range(SHIPMENTS)
        ],
        owner=make_organization(),
    )


def running_screening():
    return Job.objects.filter(kind="screen", state=Job.State.RUNNING).first()


def all_done():
    return Change.objects.filter(consumed_at=None).count() == 0 and not any(job.is_open for job in Job.objects.all())


def test_a_worker_killed_in_the_middle_of_a_screening_loses_and_doubles_nothing(declared, tmp_path):
    with Worker(tmp_path) as worker:
        job = wait_for(running_screening, worker, every=0.01)
        worker.kill()
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING, "killed too late to be in the middle"
    assert Screening.objects.count() < SHIPMENTS
    half_a_minute_passes()

    with Worker(tmp_path) as worker:
        wait_for(all_done, worker, seconds=120)

    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.DONE, 2)
    assert not Job.objects.exclude(state=Job.State.DONE).exists()
    screened = Shipment.objects.annotate(times=Count("screenings"))
    assert {(shipment.times, shipment.is_screened) for shipment in screened} == {(1, True)}
    assert Screening.objects.count() == SHIPMENTS
    assert Case.objects.get().shipments.count() == SHIPMENTS // EVERY_NTH_IS_LISTED  # one chain: one case
    once = Finding.objects.values("screening", "rule", "listing", "party").annotate(times=Count("pk"))
    assert {row["times"] for row in once} == {1}


def half_a_minute_passes():
    """The heart of a dead worker's job has stopped long enough for others to notice."""
    running = Job.objects.filter(state=Job.State.RUNNING)
    running.update(heartbeat_at=timezone.now() - jobs.STALE_AFTER - timedelta(seconds=1))
