"""Dates as they stand in trade data: padded or not, day or month first, serial numbers, months only."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from unicodedata import combining, normalize

from screening.domain.intake.cells import given, one_line

_EXCEL_ZERO = date(1899, 12, 30)
_EARLIEST, _LATEST = date(1990, 1, 1), date(2100, 1, 1)
_MONTH_WORDS = {
    1: "jan january ene enero janv janvier janeiro января январь янв ocak januar",
    2: "feb february febrero fev fevr fevrier fevereiro февраля февраль фев subat februar",
    3: "mar march marzo mars marco марта март мар mart marz",
    4: "apr april abr abril avr avril апреля апрель апр nisan",
    5: "may mayo mai maio мая май mayis",
    6: "jun june junio juin junho июня июнь июн haziran juni",
    7: "jul july julio juil juillet julho июля июль июл temmuz juli",
    8: "aug august ago agosto aout августа август авг agustos",
    9: "sep sept september septiembre septembre setembro set сентября сентябрь сен eylul",
    10: "oct october octubre octobre outubro out октября октябрь окт ekim okt oktober",
    11: "nov november noviembre novembre novembro ноября ноябрь ноя kasim",
    12: "dec december dic diciembre decembre dezembro dez декабря декабрь дек aralik",
}
_MONTHS = {word: month for month, words in _MONTH_WORDS.items() for word in words.split()}

_ISO = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T ](\d{1,2}):(\d{2})(?::\d{2})?(?:\.\d+)?\s*(Z|[-+]\d{2}:?\d{2})?)?"
)
_NUMERIC = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[ ,T]+\d{1,2}:\d{2}.*)?")
_YEAR_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_DAY_WORD_YEAR = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[-\s./]*(?:de\s+)?([^\W\d]{3,})\.?[-\s,./]*(?:de\s+)?(\d{4}|\d{2})"
)
_WORD_DAY_YEAR = re.compile(r"([^\W\d]{3,})\.?[-\s]*(\d{1,2})(?:st|nd|rd|th)?,?[-\s]+(\d{4})")
_WORD_YEAR = re.compile(r"([^\W\d]{3,})\.?[-\s,/]*(?:de\s+)?(\d{4}|\d{2})")


@dataclass(frozen=True)
class DateStyle:
    """What a column as a whole says about its dates.

    ``day_first`` is None when no cell tells day from month. ``local_midnight`` marks a column of UTC moments that all
    carry the same late hour: they are local midnights of the next day, written by a system east of Greenwich.
    """

    day_first: bool | None = None
    local_midnight: bool = False
    mixed: bool = False


@dataclass(frozen=True)
class ReadDate:
    """A day, or a month of which only the first day is named; ``note`` says what had to be assumed."""

    on: date | None = None
    precision: str = "day"
    note: str = ""
    problem: str = ""


def date_style(texts: Iterable[str]) -> DateStyle:
    """Decide for a column as a whole whether the day or the month comes first."""
    day_first = month_first = 0
    hours: set[tuple[str, str]] = set()
    moments = 0
    for text in texts:
        text = one_line(given(text))
        if found := _NUMERIC.fullmatch(text):
            first, second = int(found[1]), int(found[2])
            day_first += first > 12 >= second
            month_first += second > 12 >= first
        elif (found := _ISO.fullmatch(text)) and found[6] == "Z":
            moments += 1
            hours.add((found[4], found[5]))
    late = len(hours) == 1 and moments > 1 and int(min(hours)[0]) >= 12
    if not day_first and not month_first:
        return DateStyle(None, late)
    return DateStyle(day_first > month_first, late, bool(day_first and month_first))


def read_date(text: str, style: DateStyle = DateStyle()) -> ReadDate:
    """The day or month a cell names. An undecidable day and month are read the American way, and that is said."""
    shown = one_line(given(text)).strip(" .")
    if not shown:
        return ReadDate()
    read = _read(shown, style)
    if read.on is not None and not _EARLIEST <= read.on < _LATEST:
        return ReadDate(problem=f"{read.on.isoformat()} is not a date of this trade.")
    return read if read.on or read.problem else ReadDate(problem="This is not a date.")


def _read(text: str, style: DateStyle) -> ReadDate:
    if found := _ISO.fullmatch(text):
        read = _on(found[1], found[2], found[3])
        if read.on and style.local_midnight and found[6] == "Z":
            note = "UTC evening read as midnight of the next day, as in the whole column."
            return ReadDate(read.on + timedelta(days=1), note=note)
        return read
    if found := _NUMERIC.fullmatch(text):
        return _numeric(found[1], found[2], found[3], style)
    if found := _YEAR_MONTH.fullmatch(text):
        return _on(found[1], found[2], "1", "month")
    if found := _MONTH_YEAR.fullmatch(text):
        return _on(found[2], found[1], "1", "month")
    folded = _unaccented(text)
    if (found := _DAY_WORD_YEAR.fullmatch(folded)) and found[2] in _MONTHS:
        return _on(found[3], _MONTHS[found[2]], found[1])
    if (found := _WORD_DAY_YEAR.fullmatch(folded)) and found[1] in _MONTHS:
        return _on(found[3], _MONTHS[found[1]], found[2])
    if (found := _WORD_YEAR.fullmatch(folded)) and found[1] in _MONTHS:
        return _on(found[2], _MONTHS[found[1]], "1", "month")
    if found := re.fullmatch(r"thang (\d{1,2})[ /-]+(?:nam )?(\d{4})", folded):
        return _on(found[2], found[1], "1", "month")
    return _digits_only(text, style)


def _numeric(first: str, second: str, year: str, style: DateStyle) -> ReadDate:
    one, two = int(first), int(second)
    if one > 12 >= two:
        return _on(year, second, first)
    if two > 12 >= one:
        return _on(year, first, second)
    day_first = bool(style.day_first)
    read = _on(year, second, first) if day_first else _on(year, first, second)
    if one == two or (style.day_first is not None and not style.mixed):
        return read
    order = "day/month" if day_first else "month/day"
    why = "the column writes both orders" if style.mixed else "nothing in the column tells them apart"
    return ReadDate(read.on, note=f"Day and month read as {order}: {why}.", problem=read.problem)


def _digits_only(text: str, style: DateStyle) -> ReadDate:
    bare = re.sub(r"\.0+$", "", text)
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        serial = _EXCEL_ZERO + timedelta(days=int(float(text)))
        if _EARLIEST <= serial < _LATEST:
            return ReadDate(serial, note="Read as a spreadsheet's serial number.")
    if re.fullmatch(r"(19|20)\d{6}", bare):
        return _on(bare[:4], bare[4:6], bare[6:])
    if re.fullmatch(r"\d{7,8}", bare):
        padded = bare.zfill(8)
        return _numeric(padded[:2], padded[2:4], padded[4:], style)
    if re.fullmatch(r"(19|20)\d{4}", bare):
        return _on(bare[:4], bare[4:], "1", "month")
    return ReadDate()


def _on(year: str, month: str | int, day: str, precision: str = "day") -> ReadDate:
    full_year = int(year) if len(str(year)) == 4 else 2000 + int(year)
    try:
        return ReadDate(date(full_year, int(month), int(day)), precision)
    except ValueError:
        return ReadDate(problem="There is no such day in the calendar.")


def _unaccented(text: str) -> str:
    """Latin accents dropped, Cyrillic kept: without its breve й would spell another month."""
    out = []
    for char in text.casefold().replace("ı", "i").replace("đ", "d"):
        cyrillic = "\u0400" <= char <= "\u04ff"
        out.append(char if cyrillic else "".join(c for c in normalize("NFKD", char) if not combining(c)))
    return "".join(out)


def is_date(text: str) -> bool:
    """Whether a cell would be read as a date."""
    return read_date(text).on is not None
