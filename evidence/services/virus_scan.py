"""A virus scanner looks at every file before anything else reads it, where the operator runs one.

The scanner is a ClamAV daemon (setting ``CLAMD_ADDRESS``: a socket's path, or host:port), asked by its command
INSTREAM (clamd(8)). What it said is kept with the document. Where it is set and does not answer, nothing is read: the
job is tried again, and after that the file is refused until the office has it read again.
"""

from __future__ import annotations

import socket
import struct
from pathlib import Path

from django.conf import settings

from evidence.domain.problems import INFECTED, Problem

CHUNK = 1024 * 1024
SECONDS = 60.0
MOST_ANSWER = 4096


class ScannerDown(Exception):
    """The scanner that is set does not answer, or not in its language."""


def is_set() -> bool:
    return bool(settings.CLAMD_ADDRESS)


def look_for_virus(path: Path) -> str:
    """The name of what the scanner found in a file; empty where it found nothing. Raises ``ScannerDown``."""
    try:
        with _connected() as link, path.open("rb") as file:
            link.sendall(b"zINSTREAM\0")
            while piece := file.read(CHUNK):
                link.sendall(struct.pack("!L", len(piece)) + piece)
            link.sendall(struct.pack("!L", 0))
            answer = _answer(link)
    except OSError as fault:
        raise ScannerDown(str(fault)) from fault
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerDown(answer)


def infected(name: str) -> Problem:
    """What the sender of an infected file is told."""
    return Problem(
        INFECTED,
        f"The virus scanner found {name} in this file, so nobody opens it.",
        "Clean your computer, make the document anew, and send that.",
    )


def _connected() -> socket.socket:
    address = settings.CLAMD_ADDRESS
    host, colon, port = address.rpartition(":")
    if colon and port.isdigit():
        return socket.create_connection((host, int(port)), timeout=SECONDS)
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    link.settimeout(SECONDS)
    try:
        link.connect(address)
    except OSError:
        link.close()
        raise
    return link


def _answer(link: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < MOST_ANSWER and (piece := link.recv(MOST_ANSWER)):
        said += piece
    return said.rstrip(b"\0").decode("utf-8", "replace").strip()
