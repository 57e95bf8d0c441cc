"""Shipments sent as JSON, one after the other: a line each (NDJSON), or the elements of one array.

The file is never parsed whole: memory holds one shipment and what was read ahead. Each row says where it ends, so that
reading goes on behind it after an interruption.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, NoReturn

from entities.domain.errors import Refused

MOST_BYTES = 20 * 1024 * 1024  # of one shipment, as in a request of its own
_AHEAD = 1 << 20
_BLANKS = " \t\r\n"


@dataclass(frozen=True, slots=True)
class JsonRow:
    """One shipment as it was sent: the value, or why it is none; its text; and the byte behind it."""

    value: Any
    text: str
    end: int
    fault: str = ""


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_number)


def lines(file: IO[bytes], *, start: int = 0) -> Iterator[JsonRow]:
    """The lines of NDJSON; one that is not JSON is a row with its fault. Empty lines are none."""
    file.seek(start)
    end = start
    while line := file.readline(MOST_BYTES + 1):
        end += len(line)
        if len(line) > MOST_BYTES:
            while not line.endswith(b"\n") and (rest := file.readline(_AHEAD)):
                line, end = rest, end + len(rest)
            yield JsonRow(None, "", end, f"The line is longer than {MOST_BYTES // 2**20} MB.")
            continue
        if end == len(line):
            line = line.removeprefix(codecs.BOM_UTF8)
        if line.strip():
            yield _line(line, end)


def _line(line: bytes, end: int) -> JsonRow:
    text = line.decode(errors="replace").strip()
    try:
        return JsonRow(_DECODER.decode(line.decode().strip()), text, end)
    except (ValueError, RecursionError) as fault:
        return JsonRow(None, text, end, f"The line is not JSON: {_in_words(fault)}.")


def elements(file: IO[bytes], *, start: int = 0) -> Iterator[JsonRow]:
    """The elements of one array. Raises ``Refused`` where it is no array, or is broken off or damaged."""
    reading = _Array(file, start)
    if start == 0:
        reading.expect("[", "The body is not a JSON array: send [ and the shipments, or NDJSON.")
        if reading.next_sign() == "]":
            reading.at += 1
            reading.nothing_follows()
            return
    elif reading.goes_on() is False:
        return
    while True:
        yield reading.element()
        if not reading.goes_on():
            return


class _Array:
    """What is read ahead of an array: ``at`` is the place in it; ``before``: bytes of the file before ``counted``."""

    def __init__(self, file: IO[bytes], start: int) -> None:
        file.seek(start)
        self.file, self.before, self.counted, self.at = file, start, 0, 0
        self.text, self.is_whole = "", False
        self._decode = codecs.getincrementaldecoder("utf-8-sig" if start == 0 else "utf-8")().decode

    def element(self) -> JsonRow:
        self.next_sign()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except (ValueError, RecursionError) as fault:
                if self.is_whole or len(self.text) - self.at > MOST_BYTES:
                    self._refuse(_in_words(fault))
            else:
                # A number at the end of what was read may go on.
                if end < len(self.text) or self.is_whole:
                    text, self.at = self.text[self.at : end], end
                    return JsonRow(value, text, self._offset())
            self._more()

    def goes_on(self) -> bool:
        """Whether another element follows; the end of the array is the end of the file."""
        sign = self.next_sign()
        if sign not in {",", "]"}:
            self._refuse("a comma or the end of the array is missing")
        self.at += 1
        if sign == "]":
            self.nothing_follows()
        return sign == ","

    def expect(self, sign: str, otherwise: str) -> None:
        if self.next_sign() != sign:
            raise Refused("malformed", otherwise)
        self.at += 1

    def nothing_follows(self) -> None:
        if self.next_sign():
            self._refuse("something follows the end of the array")

    def next_sign(self) -> str:
        """The next character that is not blank; nothing at the end of the file."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in _BLANKS:
                self.at += 1
            if self.at < len(self.text):
                return self.text[self.at]
            if self.is_whole:
                return ""
            self._more()

    def _more(self) -> None:
        """Read on; what lies behind is let go. The longer a shipment, the more is read at once."""
        self._offset()
        self.text, self.at, self.counted = self.text[self.at :], 0, 0
        data = self.file.read(max(_AHEAD, len(self.text)))
        try:
            self.text += self._decode(data, not data)
        except UnicodeDecodeError as fault:
            self._refuse(_in_words(fault))
        self.is_whole = not data

    def _offset(self) -> int:
        self.before += len(self.text[self.counted : self.at].encode())
        self.counted = self.at
        return self.before

    def _refuse(self, why: str) -> NoReturn:
        raise Refused(
            "malformed",
            f"The array cannot be read from byte {self._offset():,} on: {why}. What stands before it is done.",
        )


def _in_words(fault: Exception) -> str:
    if isinstance(fault, json.JSONDecodeError):
        return fault.msg[:1].lower() + fault.msg[1:]
    if isinstance(fault, UnicodeDecodeError):
        return "it is not UTF-8"
    return "it is nested too deeply" if isinstance(fault, RecursionError) else str(fault)
