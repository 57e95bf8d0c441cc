"""The change feed: what changed is taken up, also where the job in line was taken before it could be seen."""

import pytest

from entities.models import Change, Job
from entities.services import changes
from entities.tasks import sweep_jobs


def feed_jobs():
    return list(Job.objects.filter(kind="feed").order_by("pk").values_list("state", flat=True))


@pytest.mark.django_db
def test_a_change_whose_job_was_taken_too_early_is_taken_up_with_the_next_sweep():
    changes.record_change(Change.Kind.SUPPLIER, [1], note="supplier renamed")
    Job.objects.filter(kind="feed").update(state=Job.State.DONE)
    sweep_jobs()
    assert feed_jobs() == ["done", "queued"]
    sweep_jobs()
    assert feed_jobs() == ["done", "queued"]


@pytest.mark.django_db
def test_a_sweep_asks_for_nothing_where_all_was_taken_up():
    changes.record_change(Change.Kind.SUPPLIER, [1], note="supplier renamed")
    Change.objects.update(consumed_at="2026-05-04T00:00:00Z")
    Job.objects.update(state=Job.State.DONE)
    sweep_jobs()
    assert feed_jobs() == ["done"]
