"""A real worker beside the test: its own process, on the database and the broker of the test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


class Worker:
    """The worker the settings ask for: `manage.py worker`, or with Redis `celery -A config worker` and beat."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / f"worker-{time.monotonic_ns()}.log"
        schedule = ["-B", "-s", str(folder / f"schedule-{time.monotonic_ns()}")]
        command = (
            [sys.executable, "manage.py", "worker"]
            if settings.EMBEDDED
            else [
                sys.executable,
                "-m",
                "celery",
                "-A",
                "config",
                "worker",
                "-Q",
                "screening,reading,webhooks",
                "-c",
                "2",
                *schedule,
            ]
        )
        environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
            "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """As the kernel or a power cut does: at once, the whole process tree."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.kill()


def database_url() -> str:
    """The address of the database the test itself is connected to."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    user, password = quote(database["USER"] or ""), quote(database["PASSWORD"] or "")
    sign_in = f"{user}:{password}" if password else user
    return f"postgres://{sign_in}@{database['HOST'] or '127.0.0.1'}:{database['PORT'] or 5432}/{database['NAME']}"


def wait_for(what: Callable[[], Any], worker: Worker, *, seconds: float = 60, every: float = 0.2) -> Any:
    """Look again and again until there is an answer; show what the worker said where there is none."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = what()
        if answer:
            return answer
        assert worker.process.poll() is None, f"the worker stopped:\n{worker.log.read_text()}"
        time.sleep(every)
    raise AssertionError(f"nothing after {seconds:g} s; the worker said:\n{worker.log.read_text()[-4000:]}")
