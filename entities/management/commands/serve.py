"""Web and worker in one process tree, without a broker: the embedded default."""

import os
import signal
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Serve the pages and work off the jobs (embedded default: no broker, one process tree)"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--host", default="127.0.0.1")

    def handle(self, *, port: int, host: str, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("REDIS_URL is set: start gunicorn and the Celery workers instead (see README).")
        commands = {
            "web": [
                *(sys.executable, "-m", "gunicorn", "config.wsgi"),
                *(
                    "--bind",
                    f"{host}:{port}",
                    "--workers",
                    "1",
                    "--threads",
                    "8",
                    "--timeout",
                    "120",
                    "--no-control-socket",
                ),
            ],
            "worker": [sys.executable, "manage.py", "worker"],
        }
        running = {name: subprocess.Popen(command) for name, command in commands.items()}

        def stop(*_: Any) -> None:
            raise KeyboardInterrupt

        signal.signal(signal.SIGTERM, stop)
        try:
            while True:
                time.sleep(0.5)
                if running["web"].poll() is not None:
                    raise CommandError("The web server stopped; its last lines above say why.")
                if running["worker"].poll() is not None:
                    self.stderr.write("The worker stopped and is started again; unfinished jobs go on.")
                    running["worker"] = subprocess.Popen(commands["worker"])
        except KeyboardInterrupt:
            self.stdout.write("Stopping.")
        finally:
            for process in running.values():
                process.terminate()
            for process in running.values():
                process.wait(timeout=20)
