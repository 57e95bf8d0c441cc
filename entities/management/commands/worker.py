"""Work off jobs where no broker is configured: one process that looks into the job table."""

import logging
import signal
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from entities.services import jobs, webhooks
from entities.tasks import run_job

log = logging.getLogger("worker")
LOOK_FOR_DAILY = 600.0  # seconds between looks for what is done once a day
LOOK_FOR_DUE = 15.0  # seconds between looks for deliveries to be tried again


class Command(BaseCommand):
    help = "Work off jobs without a broker (the embedded default). With REDIS_URL set, use: celery -A config worker"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--until-idle", action="store_true", help="stop when nothing is left to do")
        parser.add_argument("--poll", type=float, default=0.3, help="seconds between looks (default 0.3)")

    def handle(self, *, until_idle: bool, poll: float, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("REDIS_URL is set: start the workers with `celery -A config worker`.")
        stopping = False

        def stop(*_: Any) -> None:
            nonlocal stopping
            stopping = True

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        resumed = jobs.requeue_stale(orphaned=True)
        log.info("worker started; %s unfinished job(s) taken up again", resumed)
        looked = looked_for_due = float("-inf")
        while not stopping:
            close_old_connections()
            if time.monotonic() - looked >= LOOK_FOR_DAILY:
                looked = time.monotonic()
                jobs.enqueue_daily()
            if time.monotonic() - looked_for_due >= LOOK_FOR_DUE:
                looked_for_due = time.monotonic()
                webhooks.wake_due()
            job_id = jobs.next_waiting()
            if job_id is not None:
                run_job.apply(args=(job_id,))
            elif until_idle:
                return
            else:
                time.sleep(poll)
