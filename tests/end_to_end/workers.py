"""Real processes beside the test, workers and web: on the database and the broker of the test."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


class Process:
    """A process of the product on the database of the test, with a log, in a process group of its own."""

    def __init__(self, folder: Path, command: list[str], **environment: str) -> None:
        self.log = folder / f"{type(self).__name__.lower()}-{time.monotonic_ns()}.log"
        environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
            "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
            **environment,
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """As the kernel or a power cut does: at once, the whole process tree."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.kill()


class Worker(Process):
    """The worker the settings ask for: `manage.py worker`, or with Redis `celery -A config worker` and beat."""

    def __init__(self, folder: Path, **environment: str) -> None:
        schedule = ["-B", "-s", str(folder / f"schedule-{time.monotonic_ns()}")]
        celery = ["-m", "celery", "-A", "config", "worker", "-Q", "screening,reading,webhooks", "-c", "2", *schedule]
        ours = ["manage.py", "worker"] if settings.EMBEDDED else celery
        super().__init__(folder, [sys.executable, *ours], **environment)


class Web(Process):
    """gunicorn as in production, with two processes, on a free port."""

    def __init__(self, folder: Path, **environment: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi"]
        super().__init__(
            folder, command, HOST="127.0.0.1", PORT=str(self.port), WEB_WORKERS="2", WEB_THREADS="4", **environment
        )

    def answers(self) -> bool:
        with socket.socket() as asking:
            return asking.connect_ex(("127.0.0.1", self.port)) == 0

    def kill_one(self, dice: random.Random) -> None:
        """Kill one of the processes that answer; the master puts another in its place."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        if children:
            os.kill(int(dice.choice(children)), signal.SIGKILL)


def database_url() -> str:
    """The address of the database the test itself is connected to."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    user, password = quote(database["USER"] or ""), quote(database["PASSWORD"] or "")
    sign_in = f"{user}:{password}" if password else user
    return f"postgres://{sign_in}@{database['HOST'] or '127.0.0.1'}:{database['PORT'] or 5432}/{database['NAME']}"


def wait_for(what: Callable[[], Any], worker: Process, *, seconds: float = 60, every: float = 0.2) -> Any:
    """Look again and again until there is an answer; show what the process said where there is none."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = what()
        if answer:
            return answer
        assert worker.process.poll() is None, f"it stopped:\n{worker.log.read_text()}"
        time.sleep(every)
    raise AssertionError(f"nothing after {seconds:g} s; it said:\n{worker.log.read_text()[-4000:]}")
