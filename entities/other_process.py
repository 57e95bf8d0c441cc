"""Values made in a process of their own, on another processor, while this one goes on with those made before."""

from __future__ import annotations

import gc
import os
import signal
import traceback
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, NoReturn, TypeVar

from django.db import connection, connections

from entities.domain.errors import Refused

Made = TypeVar("Made")

LONGEST = 600.0  # seconds that one value may take


def has_room() -> bool:
    """Whether a second process would see what this one sees in the database, and there is a processor for it.

    A connection to SQLite must not be carried over into another process.
    """
    is_shared = connection.vendor == "postgresql" and not connection.in_atomic_block
    return is_shared and hasattr(os, "fork") and (os.cpu_count() or 1) > 1


def made_elsewhere(make: Callable[[], Iterable[Made]]) -> Iterator[Made]:
    """The values in their order, made by a copy of this process that is a few of them ahead.

    What is refused there is refused here; any other fault there is a ``RuntimeError`` here, and so is a value that
    takes longer than ``LONGEST``. The copy ends with the values, or as soon as nobody takes them any more.
    """
    source, target = Pipe(duplex=False)
    process = os.fork()
    if process == 0:
        source.close()
        _work(make, target)
    target.close()
    try:
        with source:
            yield from _received(source)
    finally:
        os.kill(process, signal.SIGKILL)  # it has ended, or works for nobody
        os.waitpid(process, 0)


def _received(source: Connection) -> Iterator[Any]:
    while True:
        if not source.poll(LONGEST):
            raise RuntimeError("the process that makes the values made none for too long")
        try:
            kind, value = source.recv()
        except EOFError:
            raise RuntimeError("the process that makes the values ended before them") from None
        if kind == "end":
            return
        if kind == "refused":
            code, message = value
            raise Refused(code, message)
        if kind == "fault":
            raise RuntimeError(value)
        yield value


def _work(make: Callable[[], Iterable[Any]], target: Connection) -> NoReturn:
    """Nothing of the process it was copied from may end with this one: not its connections, nor what it would still
    write."""
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        inherited = connections.all(initialized_only=True)  # named to the end: one that goes would be closed
        for one in inherited:
            del connections[one.alias]
        gc.freeze()
        for told in _told(make):
            target.send(told)
    finally:
        os._exit(0)


def _told(make: Callable[[], Iterable[Any]]) -> Iterator[tuple[str, Any]]:
    try:
        for value in make():
            yield "value", value
    except Refused as refused:
        yield "refused", (refused.code, refused.message)
    except Exception:
        yield "fault", traceback.format_exc()
    else:
        yield "end", None
