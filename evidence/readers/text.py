"""Plain text and CSV in whatever encoding it was written. Runs in the child process only."""

from __future__ import annotations

import codecs
import csv
import re
from typing import Any

from evidence.domain.media import BY_CODE, CSV, MAX_PAGES, MAX_TABLE_CELLS, MAX_TEXT_CHARACTERS
from evidence.domain.problems import TOO_LARGE, Problem
from evidence.readers.answers import CellRow, page, read_so_far
from evidence.readers.cells import table_of

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# SWIFT messages in files of the kinds RJE (parted by $) and FIN (between \x01 and \x03): the first block begins each.
_MESSAGE = re.compile(r"\{1:F\d\d")
_MESSAGES = re.compile(r"(?<=-\})\s*\x03?[$\s]*\x01?(?=\{1:F)|(?<=\})\$\s*(?=\{1:F)")
TEXT_TOO_LONG = Problem(
    TOO_LARGE,
    f"The text is longer than the {MAX_TEXT_CHARACTERS:,} characters that are read of one file.",
    "Split it into several files and send those.",
)


def read(path: str, options: dict[str, Any]) -> dict[str, Any]:
    media = BY_CODE[options["media"]]
    with open(path, "rb") as file:
        text, guessed = decoded(file.read())
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    problem = TEXT_TOO_LONG if len(text) > MAX_TEXT_CHARACTERS else None
    notes = [f"The text does not say its encoding; it was read as {guessed}."] if guessed else []
    if media is CSV:
        table = _table(text[:MAX_TEXT_CHARACTERS])
        pages = [page(1, text[:MAX_TEXT_CHARACTERS], tables=[table] if table else [])] if text.strip() else []
        return read_so_far(media, pages, notes=notes, problem=problem)
    # A form feed is where a line printer began a new sheet; files of banks hold one message after another.
    parts = (
        _MESSAGES.split(text[:MAX_TEXT_CHARACTERS])
        if _MESSAGE.match(text.lstrip("\x01 \n"))
        else text[:MAX_TEXT_CHARACTERS].split("\f")
    )
    sheets = [part for part in parts if part.strip()][:MAX_PAGES]
    pages = [page(number, part) for number, part in enumerate(sheets, start=1)]
    return read_so_far(media, pages, notes=notes, problem=problem)


def _table(text: str) -> list[list[CellRow]]:
    """The rows of a CSV table, parted by whatever parts the columns of its first lines most evenly."""
    start = text[:20_000].splitlines()[:20]
    delimiter = max(",;\t|", key=lambda sign: min((line.count(sign) for line in start if line.strip()), default=0))
    rows = []
    try:
        for row in csv.reader(text.splitlines(), delimiter=delimiter):
            rows.append([" ".join(cell.split()) for cell in row])
            if len(rows) * len(rows[0]) > MAX_TABLE_CELLS:
                break
    except csv.Error:
        return []
    return table_of(rows, (0, 0), MAX_TABLE_CELLS)


def decoded(raw: bytes) -> tuple[str, str]:
    """The text of these bytes, and the name of the encoding where it had to be guessed."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding, "replace"), ""
    try:
        return raw.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    encoding = _guess(raw)
    return raw.decode(encoding, "replace"), {"gb18030": "Chinese (GB 18030)", "big5": "Chinese (Big5)"}.get(
        encoding, "Western European (Windows-1252)"
    )


def _guess(raw: bytes) -> str:
    """Chinese or Western: in Chinese text nearly every byte above 127 is part of a common character.

    The common characters of GB 2312 begin with B0 to D7, those of Big5 with A4 to C6; a Western text has
    single accented letters between plain ones, which pair with nothing.
    """
    high = sum(byte > 127 for byte in raw)
    shares = {
        "gb18030": _paired(raw, 0xB0, 0xD7, 0xA1),
        "big5": _paired(raw, 0xA4, 0xC6, 0x40),
    }
    encoding = max(shares, key=shares.__getitem__)
    return encoding if shares[encoding] * 3 >= high * 2 else "cp1252"


def _paired(raw: bytes, first: int, last: int, trail: int) -> int:
    """How many bytes above 127 belong to pairs whose lead byte lies in this range."""
    count = place = 0
    while place < len(raw) - 1:
        lead, follower = raw[place], raw[place + 1]
        if lead < 128:
            place += 1
            continue
        if first <= lead <= last and follower >= trail:
            count += 1 + (follower > 127)
        place += 2
    return count
