"""A shipment declared and screened at once, for whoever waits for the answer: by the service that workers use."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from entities import audit
from entities.services import changes
from screening.models import Shipment
from screening.services.runs import screen_shipments

log = logging.getLogger(__name__)
TRIGGER = "declared, and the answer awaited"


@transaction.atomic
def declare_and_screen(declare: Callable[[], Shipment], *, seconds: int) -> Shipment:
    """Declare a shipment and screen it, in one transaction. The feed does not screen it again for what was declared
    with it.

    Where it cannot be screened within so many seconds, or not at all, the declaration stands and a worker screens it.
    """
    _hold_back_the_feed()  # before any other lock, as whoever takes up the feed waits for those who have this one
    with audit.together(), changes.together() as recorded:
        shipment = declare()
        for change in recorded if _is_screened(shipment, seconds) else ():
            change.screened = shipment.pk
    return shipment


def _is_screened(shipment: Shipment, seconds: int) -> bool:
    try:
        with transaction.atomic(), audit.together(), _no_statement_longer_than(seconds):
            screen_shipments([shipment.pk], trigger=TRIGGER)
    except Exception:
        log.exception("shipment %s was not screened at once", shipment.pk)
        return False
    return True


@contextmanager
def _no_statement_longer_than(seconds: int) -> Iterator[None]:
    """Waiting for a lock counts. What the screening computes itself is not cut off: it is over in milliseconds."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(1000 * seconds)])
        yield
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT")


FEED_LOCK = 0x5C4EE4
LONGEST = 60.0  # seconds: over which no transaction that screens at once is open
_AT_IT = """
    SELECT virtualtransaction FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = %s AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()
"""


def _hold_back_the_feed() -> None:
    """Whoever takes up the feed waits until this transaction has ended.

    Else a link that is declared meanwhile could be missed: not committed when the screening reads, and taken up while
    the shipment cannot be seen yet. SQLite writes one transaction after another as it is.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [FEED_LOCK])


def wait_for_those_at_it() -> None:
    """Wait for every transaction that screens at once now, so that its shipment is seen. Later ones go on meanwhile:
    they would wait behind whoever asked for the lock itself.

    Raises ``TimeoutError`` where one is open for much longer than a screening takes.
    """
    if connection.vendor != "postgresql":
        return
    deadline = time.monotonic() + LONGEST
    with connection.cursor() as cursor:
        waited_for = _those_at_it(cursor)
        while waited_for:
            if time.monotonic() > deadline:
                raise TimeoutError(f"Open for over {LONGEST:.0f} seconds: {', '.join(sorted(waited_for))}.")
            time.sleep(0.01)
            waited_for &= _those_at_it(cursor)


def _those_at_it(cursor: Any) -> set[str]:
    cursor.execute(_AT_IT, [FEED_LOCK])
    return {row[0] for row in cursor.fetchall()}
