"""A shipment declared and screened at once, for whoever waits for the answer: by the service that workers use."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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


def _hold_back_the_feed() -> None:
    """Whoever takes up the feed waits until this transaction has ended.

    Else a link that is declared meanwhile could be missed: not committed when the screening reads, and taken up while
    the shipment cannot be seen yet. SQLite writes one transaction after another as it is.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [FEED_LOCK])


def wait_for_those_at_it() -> None:
    """Wait for every transaction that screens at once now, so that its shipment is seen; later ones go on."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # in one statement, so that none is kept where the wait is broken off
            cursor.execute("SELECT pg_advisory_lock(%s), pg_advisory_unlock(%s)", [FEED_LOCK, FEED_LOCK])
