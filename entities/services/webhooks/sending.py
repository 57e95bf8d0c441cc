"""Posting one delivery: to the address that was checked, following nothing, within fixed bounds."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from dataclasses import dataclass

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError
from urllib3.util.ssl_ import create_urllib3_context

from entities.domain.errors import Refused
from entities.services.webhooks.addresses import Target, addresses_of, target_of

CONNECT_SECONDS = 5.0
ALL_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try: the status that was answered, or the reason why none was."""

    status: int | None
    problem: str
    seconds: float

    @property
    def is_delivered(self) -> bool:
        return self.status is not None and not self.problem


def post(url: str, body: bytes, headers: dict[str, str]) -> Outcome:
    """Post a body. No redirect is followed, no proxy of the environment is used, no answer is kept."""
    started = time.monotonic()
    status, problem = None, ""
    try:
        target = target_of(url)
        status = _post(target, addresses_of(target), body, headers)
        problem = _said(status)
    except Refused as refused:
        problem = refused.message
    except ssl.SSLCertVerificationError as fault:
        problem = f"The certificate does not hold: {fault.verify_message}."
    except (OSError, HTTPError, ValueError) as fault:
        problem = _fault(fault)
    return Outcome(status, problem[:200], round(time.monotonic() - started, 3))


def _said(status: int) -> str:
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return f"Answered {status}: redirects are not followed. Name the address it leads to."
    return f"Answered {status}."


def _fault(fault: Exception) -> str:
    """A fault in words that say nothing of what was sent."""
    if isinstance(fault, NewConnectionError):  # to urllib3 a kind of the next one
        return "No connection could be made."
    if isinstance(fault, TimeoutError | ConnectTimeoutError):
        return "No answer in time."
    return f"The connection broke: {type(fault).__name__}."


def _post(target: Target, addresses: list[str], body: bytes, headers: dict[str, str]) -> int:
    """The status answered at the first of the addresses that takes a connection."""
    for address in addresses[:-1]:
        try:
            return _exchange(_connection(target, address), target, body, headers)
        except (NewConnectionError, ConnectTimeoutError):
            continue
    return _exchange(_connection(target, addresses[-1]), target, body, headers)


def _connection(target: Target, address: str) -> HTTPConnection:
    """To the very address; over TLS the certificate must be one of the host's name."""
    if target.scheme == "http":
        return HTTPConnection(address, target.port, timeout=CONNECT_SECONDS)
    context = create_urllib3_context()
    context.load_default_certs()
    return HTTPSConnection(
        address, target.port, timeout=CONNECT_SECONDS, ssl_context=context, server_hostname=target.host
    )


def _exchange(connection: HTTPConnection, target: Target, body: bytes, headers: dict[str, str]) -> int:
    """Send, and wait for the head of the answer; what follows it is not read."""
    late = threading.Event()

    def cut() -> None:
        late.set()
        if connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    clock = threading.Timer(ALL_SECONDS, cut)  # however slowly the other side drips
    clock.daemon = True
    clock.start()
    try:
        connection.connect()
        connection.timeout = ALL_SECONDS
        connection.request(
            "POST", target.path, body=body, headers={**headers, "Host": target.authority}, preload_content=False
        )
        return connection.getresponse().status
    except Exception as fault:
        if late.is_set():
            raise TimeoutError from fault
        raise
    finally:
        clock.cancel()
        connection.close()
