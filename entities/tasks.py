"""Celery's two tasks: run a job, and sweep up what was left behind."""

from celery import shared_task


@shared_task
def run_job(job_id: int) -> None:
    from entities.services import jobs

    jobs.run(job_id)


@shared_task
def sweep_jobs() -> None:
    from entities.services import jobs

    jobs.requeue_stale()
    jobs.send_waiting_again()
