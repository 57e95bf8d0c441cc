"""The Celery app and the beat schedule.

A message carries the id of a job row and nothing else; the row is the truth (entities/services/jobs.py). So a lost
message costs time, never work: the sweep sends it again.
"""

import os

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("clearorigin")
app.conf.update(
    broker_url=os.environ.get("REDIS_URL") or "memory://",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_default_queue="screening",
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    # Redelivery after a killed worker; must exceed the longest task, and the sweep is quicker than either.
    broker_transport_options={
        "visibility_timeout": 3600,
        "unacked_restore_interval": 30,
        "unacked_restore_throttle": 1,
    },
    beat_schedule={
        "sweep-jobs": {"task": "entities.tasks.sweep_jobs", "schedule": 15.0},
        # Asked every ten minutes, put in line once a day: a beat that was down at midnight makes up for it.
        "daily-jobs": {"task": "entities.tasks.enqueue_daily", "schedule": 600.0},
    },
)
app.autodiscover_tasks(["entities"])


@worker_ready.connect
def sweep_at_start(**_: object) -> None:
    """What a killed worker left behind is picked up as soon as another starts, and what is done once a day is done."""
    from entities.tasks import enqueue_daily, sweep_jobs

    sweep_jobs.delay()
    enqueue_daily.delay()
