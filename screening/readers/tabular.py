"""CSV and spreadsheets to rows of text, one JSON line per row. Runs in the limited child process.

The rows go to files in the directory the caller names, not through the answer: a hundred thousand rows would not fit
there. Each line is ``[row number as the spreadsheet counts it, [cell, …]]``; wholly empty rows are left out.
"""

import codecs
import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

MAX_EXPANDED_BYTES = 512 * 1024 * 1024
MAX_RATIO = 400
MAX_MEMBERS = 5_000
MAX_ROWS = 1_000_000
MAX_COLUMNS = 1_000
MAX_CELL = 500_000
_SAMPLE = 512 * 1024
_DELIMITERS = (",", ";", "\t", "|")


class _Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def read(path: str, options: dict[str, Any]) -> dict[str, Any]:
    """Write the rows of every sheet under ``options["into"]`` and answer where, how many, and in which format.

    A file that cannot be read is answered with ``refused``: a code and a sentence that names the remedy.
    """
    source, into = Path(path), Path(options["into"])
    try:
        kind = _kind(source)
        sheets, details = _spreadsheet(source) if kind == "spreadsheet" else _text(source)
        written = [_write(name, rows, into / f"sheet{number}.jsonl") for number, (name, rows) in enumerate(sheets)]
    except _Refused as refused:
        return {"refused": {"code": refused.code, "message": refused.message}}
    if not any(sheet["rows"] for sheet in written):
        return {"refused": {"code": "empty", "message": "The file holds no rows. Send the file with its rows in it."}}
    return {"format": kind, "sheets": [sheet for sheet in written if sheet["rows"]], **details}


def _write(name: str, rows: Iterable[tuple[int, list[str]]], target: Path) -> dict[str, Any]:
    count = width = 0
    with target.open("w", encoding="utf-8") as out:
        for number, cells in rows:
            while cells and not cells[-1]:
                cells.pop()
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > MAX_COLUMNS:
                raise _Refused("too_wide", f"Row {number} has {len(cells)} columns; at most {MAX_COLUMNS} are read.")
            cells = [cell.replace("\x00", "") for cell in cells]  # no database keeps this character
            count, width = count + 1, max(width, len(cells))
            if count > MAX_ROWS:
                raise _Refused(
                    "too_many_rows", f"The sheet has more than {MAX_ROWS:,} rows. Split it and send the parts."
                )
            out.write(json.dumps([number, cells], ensure_ascii=False) + "\n")
    return {"name": name, "rows": count, "columns": width, "path": str(target)}


def _kind(source: Path) -> str:
    with source.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise _Refused("empty", "The file is empty. Send the file with its rows in it.")
    if head.startswith(b"PK\x03\x04"):
        _check_members(source)
        return "spreadsheet"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "spreadsheet"
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"MZ")):
        raise _Refused("not_a_table", "This is not a spreadsheet or a CSV file. Send the shipments as CSV or XLSX.")
    if re.match(rb"\s*<(!doctype html|html|table|\?xml)", head.removeprefix(codecs.BOM_UTF8), re.IGNORECASE):
        raise _Refused(
            "web_page", "This is a web page or XML with a spreadsheet's name. Open it and save it as XLSX or CSV."
        )
    return "text"


def _check_members(source: Path) -> None:
    """Refuse a workbook that would unfold to more than any real one, before anything is unfolded."""
    try:
        with zipfile.ZipFile(source) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:
        raise _Refused(
            "damaged", "The spreadsheet is damaged and cannot be opened. Save it again and resend it."
        ) from error
    expanded = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    if (
        len(members) > MAX_MEMBERS
        or expanded > MAX_EXPANDED_BYTES
        or (expanded > 32_000_000 and expanded / packed > MAX_RATIO)
    ):
        raise _Refused(
            "too_large", "The spreadsheet unfolds to more than is read. Save the one sheet as CSV and send that."
        )
    names = {member.filename for member in members}
    if any(member.flag_bits & 0x1 for member in members):
        raise _Refused("encrypted", "The file is protected by a password. Send it without one.")
    if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        raise _Refused("not_a_table", "This archive is not a spreadsheet. Send the shipments as CSV or XLSX.")


# --- spreadsheets ---------------------------------------------------------------------------------------------------
Sheets = list[tuple[str, Iterator[tuple[int, list[str]]]]]


def _spreadsheet(source: Path) -> tuple[Sheets, dict[str, Any]]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        workbook = CalamineWorkbook.from_path(str(source))
    except PasswordError as error:
        raise _Refused("encrypted", "The file is protected by a password. Send it without one.") from error
    except CalamineError as error:
        raise _Refused(
            "damaged", "The spreadsheet is damaged and cannot be opened. Save it again and resend it."
        ) from error
    names: list[str] = []
    hidden: list[str] = []
    for sheet in workbook.sheets_metadata:
        if sheet.typ == SheetTypeEnum.WorkSheet:
            (names if sheet.visible == SheetVisibleEnum.Visible else hidden).append(sheet.name)
    return [(name, _sheet_rows(workbook, name)) for name in names], {"hidden_sheets": hidden}


def _sheet_rows(workbook: Any, name: str) -> Iterator[tuple[int, list[str]]]:
    from python_calamine import CalamineError

    try:
        sheet = workbook.get_sheet_by_name(name)
        _, first_column = sheet.start or (0, 0)
        # iter_rows begins at the first row but at the first used column; cells must stand where people see them.
        for number, row in enumerate(sheet.iter_rows(), start=1):
            yield number, [""] * first_column + [_cell(value) for value in row]
    except CalamineError as error:
        raise _Refused("damaged", f"The sheet “{name}” is damaged. Save the file again and resend it.") from error


def _cell(value: Any) -> str:
    """A typed cell as text: dates as ISO, whole numbers without a decimal part, no noise of binary fractions."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else _plain_number(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)


def _plain_number(value: float) -> str:
    text = f"{value:.15g}"
    if "e" not in text:
        return text
    return f"{value:.20f}".rstrip("0").rstrip(".") if abs(value) < 1 else f"{value:.0f}"


# --- delimited text -------------------------------------------------------------------------------------------------
def _text(source: Path) -> tuple[Sheets, dict[str, Any]]:
    encoding = detect_encoding(source)
    with source.open(encoding=encoding, errors="replace", newline="") as file:
        sample = file.read(_SAMPLE)
    if "\x00" in sample or sum(1 for char in sample if char < " " and char not in "\r\n\t\f") > len(sample) // 50:
        raise _Refused("not_a_table", "This is not a spreadsheet or a CSV file. Send the shipments as CSV or XLSX.")
    declared = re.match(r"\ufeff?sep=(.)\r?\n", sample)
    delimiter = declared[1] if declared else detect_delimiter(sample)
    rows = _text_rows(source, encoding, delimiter, skip_first=bool(declared))
    return [("", rows)], {"encoding": encoding, "delimiter": delimiter}


def _text_rows(source: Path, encoding: str, delimiter: str, *, skip_first: bool) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(MAX_CELL)
    number = 0
    with source.open(encoding=encoding, errors="replace", newline="") as file:
        try:
            for number, cells in enumerate(csv.reader(file, delimiter=delimiter), start=1):
                if not (skip_first and number == 1):
                    yield number, cells
        except csv.Error as error:
            message = (
                f"After row {number} a quotation mark opens and never closes. Correct that row and resend the file."
            )
            raise _Refused("broken_quotes", message) from error


def detect_encoding(source: Path) -> str:
    """The encoding of a text: what its first bytes say, else UTF-8 where valid, else the likeliest old code page."""
    with source.open("rb") as file:
        sample = file.read(_SAMPLE)
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if sample.startswith(mark):
            return name
    if sample.count(b"\x00") > len(sample) // 5:
        return "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
    if _is_utf8(source):
        return "utf-8"
    return _code_page(sample)


def _is_utf8(source: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with source.open("rb") as file:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _code_page(sample: bytes) -> str:
    """Tell Chinese (GB 18030), Cyrillic and Western code pages apart by the bytes above 127 in a row."""
    runs = re.findall(rb"[\x80-\xff]+", sample)
    high = sum(map(len, runs))
    if not high:
        return "cp1252"
    in_pairs = re.findall(rb"[\xa1-\xf7][\xa1-\xfe]", sample)
    hanzi = sum(1 for pair in in_pairs if 0xB0 <= pair[0] <= 0xD7)
    lower_cyrillic = sum(1 for run in runs for byte in run if byte >= 0xC0)
    long_runs = sum(len(run) for run in runs if len(run) >= 3)
    even = sum(len(run) for run in runs if len(run) % 2 == 0)
    if long_runs > high * 0.6 and lower_cyrillic > high * 0.9 and even < high * 0.8:
        return "cp1251"
    if 2 * len(in_pairs) > high * 0.8 and 2 * hanzi > high * 0.4:
        return "gb18030"
    return "cp1252"


def detect_delimiter(sample: str) -> str:
    """The delimiter by which most rows of the sample have the same number of cells, and more than one."""
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        widths = []
        try:
            for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
                if cells:
                    widths.append(len(cells))
                if len(widths) >= 200:
                    break
        except csv.Error:
            continue
        if not widths:
            continue
        width, times = Counter(widths).most_common(1)[0]
        score = times / len(widths) * min(width, 20)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best
