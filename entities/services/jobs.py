"""Jobs: put in line, taken by one worker, worked off, taken up again after a crash.

The row is the truth. A worker takes a job by a conditional update whose row count says who won; while it works, a
heartbeat tells the others that it lives. A job whose heart stopped goes back in line.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from entities.domain.errors import Refused
from entities.models import Job, Organization

log = logging.getLogger(__name__)

HEARTBEAT = timedelta(seconds=5)
STALE_AFTER = timedelta(seconds=30)
MAX_ATTEMPTS = 5


def enqueue(
    kind: str,
    payload: dict[str, Any] | None = None,
    *,
    dedupe_key: str = "",
    organization: Organization | None = None,
    total: int = 0,
    after: timedelta = timedelta(),
) -> Job | None:
    """Put a job in line, to be taken once so much time has passed; with a ``dedupe_key`` only if none like it is
    waiting (then None is returned)."""
    job = Job(
        kind=kind,
        payload=payload or {},
        priority=settings.JOB_PRIORITY[kind],
        dedupe_key=dedupe_key,
        organization=organization,
        progress_total=total,
        run_after=timezone.now() + after,
    )
    if dedupe_key:
        made = Job.objects.bulk_create([job], ignore_conflicts=True)
        stored = Job.objects.filter(kind=kind, dedupe_key=dedupe_key, state=Job.State.QUEUED).first()
        if stored is None or not made:
            return None
        job = stored
    else:
        job.save(force_insert=True)
    send(job)
    return job


def send(job: Job) -> None:
    """Tell the workers, once the transaction is committed. Embedded, the worker looks for itself."""
    if settings.EMBEDDED:
        return
    from entities.tasks import run_job

    queue = settings.JOB_QUEUES.get(job.kind, "screening")
    wait = max(0.0, (job.run_after - timezone.now()).total_seconds())
    transaction.on_commit(lambda: run_job.apply_async(args=(job.pk,), queue=queue, countdown=wait), robust=True)


def claim(job_id: int) -> Job | None:
    """Take a waiting job; None where another worker has it, or nothing is to do."""
    now = timezone.now()
    won = Job.objects.filter(pk=job_id, state=Job.State.QUEUED, run_after__lte=now).update(
        state=Job.State.RUNNING, attempts=F("attempts") + 1, heartbeat_at=now, dedupe_key=""
    )
    return Job.objects.get(pk=job_id) if won else None


def next_waiting(but: Collection[str] = ()) -> int | None:
    """The job to take next: by priority, then by age."""
    waiting = Job.objects.filter(state=Job.State.QUEUED, run_after__lte=timezone.now()).exclude(kind__in=but)
    return waiting.order_by("priority", "pk").values_list("pk", flat=True).first()


def run(job_id: int, *, heartbeat: bool = True) -> bool:
    """Take and work off one job. Says whether there was anything to do.

    A rule's refusal ends the job with its sentence; any other fault is tried again, later each time.
    """
    job = claim(job_id)
    if job is None:
        return False
    handler = import_string(settings.JOB_HANDLERS[job.kind])
    stop = threading.Event()
    if heartbeat:
        threading.Thread(target=_beat, args=(job.pk, stop), daemon=True).start()
    try:
        handler(job)
    except Refused as refused:
        _finish(job, Job.State.FAILED, error=refused.message)
    except Exception as fault:
        log.exception("job %s (%s) failed in attempt %s", job.pk, job.kind, job.attempts)
        if job.attempts >= MAX_ATTEMPTS:
            _finish(job, Job.State.FAILED, error=f"{type(fault).__name__}: {fault}")
        else:
            wait = timedelta(seconds=2**job.attempts)
            Job.objects.filter(pk=job.pk).update(
                state=Job.State.QUEUED,
                run_after=timezone.now() + wait,
                error=f"{type(fault).__name__}: {fault}"[:2000],
            )
    else:
        _finish(job, Job.State.DONE)
    finally:
        stop.set()
    return True


def report_progress(job: Job, done: int, total: int | None = None, note: str = "") -> None:
    """Say how far a running job is."""
    fields: dict[str, Any] = {
        "progress_done": done,
        "progress_note": note[:200],
        "heartbeat_at": timezone.now(),
    }
    if total is not None:
        fields["progress_total"] = total
    Job.objects.filter(pk=job.pk).update(**fields)


def requeue_stale(*, orphaned: bool = False) -> int:
    """Put back in line what a dead worker left running; with ``orphaned`` whatever runs, since no worker is alive."""
    running = Job.objects.filter(state=Job.State.RUNNING)
    if not orphaned:
        running = running.filter(Q(heartbeat_at=None) | Q(heartbeat_at__lt=timezone.now() - STALE_AFTER))
    return running.update(state=Job.State.QUEUED, run_after=timezone.now())


def send_waiting_again() -> int:
    """Send the message of every job that has waited too long: its message may be lost. Doubles do no harm."""
    if settings.EMBEDDED:
        return 0
    now = timezone.now()
    waiting = Job.objects.filter(state=Job.State.QUEUED, run_after__lte=now, created_at__lt=now - HEARTBEAT)
    rows = list(waiting.order_by("priority", "pk")[:1000])
    for job in rows:
        send(job)
    return len(rows)


def enqueue_daily() -> int:
    """Put in line what is done once a day, unless it was today. Says how many jobs that were."""
    today = timezone.localdate().isoformat()
    put = 0
    for kind in settings.DAILY_JOBS:
        if not Job.objects.filter(kind=kind, payload__day=today).exists():
            put += enqueue(kind, {"day": today}, dedupe_key=today) is not None
    return put


def give_way(job: Job) -> int:
    """Between two steps of a long job, work off what waits with better priority. Says how many jobs that were.

    Only where one worker does everything: with a broker, other workers take those jobs. Not inside a transaction.
    """
    if not settings.EMBEDDED:
        return 0
    done = 0
    waiting = Job.objects.filter(state=Job.State.QUEUED, priority__lt=job.priority)
    while (first := waiting.filter(run_after__lte=timezone.now()).order_by("priority", "pk").first()) is not None:
        run(first.pk)
        done += 1
    return done


def work_off(limit: int = 10_000, *, but: Collection[str] = ()) -> int:
    """Work off everything that waits, here and now: for commands that were asked to, and for tests.

    Kinds of jobs in ``but`` are left to a worker.
    """
    done = 0
    while done < limit and (job_id := next_waiting(but)) is not None:
        run(job_id, heartbeat=False)
        done += 1
    return done


def _finish(job: Job, state: str, error: str = "") -> None:
    Job.objects.filter(pk=job.pk).update(state=state, error=error[:2000], finished_at=timezone.now())


def _beat(job_id: int, stop: threading.Event) -> None:
    try:
        while not stop.wait(HEARTBEAT.total_seconds()):
            Job.objects.filter(pk=job_id, state=Job.State.RUNNING).update(heartbeat_at=timezone.now())
    except Exception:
        log.exception("heartbeat of job %s stopped", job_id)
    finally:
        connection.close()
