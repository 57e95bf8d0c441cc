"""Celery's tasks: run a job, sweep up what was left behind, put in line what is done once a day."""

from celery import shared_task


@shared_task
def run_job(job_id: int) -> None:
    from entities.services import jobs

    jobs.run(job_id)


@shared_task
def sweep_jobs() -> None:
    from entities.services import changes, jobs, webhooks

    jobs.requeue_stale()
    changes.wake()
    jobs.send_waiting_again()
    webhooks.wake_due()


@shared_task
def enqueue_daily() -> None:
    from entities.services import jobs

    jobs.enqueue_daily()
