"""How gunicorn serves in production: gunicorn -c python:config.gunicorn config.wsgi"""

import os
import sys
from typing import Any

bind = f"{os.environ.get('HOST', '0.0.0.0')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 120
graceful_timeout = 30
keepalive = 5
# A worker that grew is replaced; seldom, as a new one takes seconds to begin, and not all at the same moment.
max_requests = 50_000
max_requests_jitter = 5_000
# The heartbeat file must not wait for a disk.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
control_socket_disable = True
# Paths only: a query string may hold the name of a party.
accesslog = "-"
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(b)s %(M)sms"


def post_worker_init(worker: Any) -> None:
    """Before a worker takes requests."""
    # A thread back from the database waits for one that computes; by default so long (5 ms) that a short request takes
    # several times as long as its own work.
    sys.setswitchinterval(0.0005)
    _make_ready(worker)


def _make_ready(worker: Any) -> None:
    from django.db import DatabaseError, connection

    from screening.services.runs import make_ready

    try:
        make_ready()
    except DatabaseError as fault:  # it answers all the same, and says on /readyz what is missing
        worker.log.warning("The lists in use are made ready with the first request: %s", fault)
    finally:
        connection.close()
