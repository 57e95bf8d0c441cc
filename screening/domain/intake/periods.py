"""Periods as people write them: ``2016-2019``, ``2020-12 to 2023-12``, ``to 2023-12``, ``2021, three years``."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from screening.domain.intake.cells import given, one_line
from screening.domain.intake.dates import read_date

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {word: number for number, word in enumerate(_WORDS, 1)}
_NO_DATE = re.compile(r"n\.? ?d\.?|undated|no date|unknown|日期不详|不详", re.IGNORECASE)
_YEARS = re.compile(r"(\d{4})\s*[-–—~/至到]\s*(\d{4})")
_YEAR_SHORT = re.compile(r"(\d{4})\s*[-–—/]\s*(\d{2})")
_FOR_YEARS = re.compile(r"(.+?)[,;]?\s+(?:for\s+)?(\w+)\s+years?", re.IGNORECASE)
_UNTIL = re.compile(r"(?:to|until|till|up to|through|before|by|至|到|截至)\s*(.+)", re.IGNORECASE)
_SINCE = re.compile(
    r"(?:from|since|after|自|从)\s*(.+?)(?:\s*(?:on|onwards?|起|以来|to date|to present))?", re.IGNORECASE
)
_OPEN_END = re.compile(
    r"(.+?)\s*(?:(?:[-–—]|to|until)\s*(?:present|now|date|today|ongoing)|onwards?|起|以来|至今|[-–—])", re.IGNORECASE
)
_BETWEEN = re.compile(r"\s+(?:to|until|till|through|and|-|–|—)\s+|\s*[–—~至到]\s*", re.IGNORECASE)
# The widest span of years taken for one.
_EARLIEST, _LATEST = 1990, 2099


@dataclass(frozen=True)
class Period:
    """First and last day; ``note`` says what had to be assumed, ``problem`` why nothing could be read.

    ``is_one_date``: one year, month or day was named, not a beginning and an end.
    """

    first: date | None = None
    last: date | None = None
    note: str = ""
    problem: str = ""
    is_one_date: bool = False


def read_period(text: str) -> Period:
    """The first and the last day a cell names. A year or a month named alone is the whole of it."""
    shown = one_line(given(text)).strip(" .;,")
    if not shown or _NO_DATE.fullmatch(shown):
        return Period()
    period = _read(shown)
    if period is None:
        return Period(problem="This is not a period.")
    if period.first and period.last and period.last < period.first:
        return Period(problem="The period ends before it begins.")
    return period


def _read(text: str) -> Period | None:
    if found := _YEARS.fullmatch(text):
        return _from_to(_span(found[1]), _span(found[2]))
    if (found := _YEAR_SHORT.fullmatch(text)) and int(found[2]) > 12:
        return _from_to(_span(found[1]), _span(found[1][:2] + found[2]))
    if (found := _FOR_YEARS.fullmatch(text)) and (years := _number(found[2])):
        return _for_years(found[1], years)
    if whole := _span(text):
        return Period(*whole, is_one_date=True)
    if (found := _OPEN_END.fullmatch(text)) and (first := _span(found[1])):
        return Period(first[0], None)
    if (found := _UNTIL.fullmatch(text)) and (last := _span(found[1])):
        return Period(None, last[1])
    parts = _BETWEEN.split(re.sub(r"^(?:from|between|自|从)\s*", "", text, flags=re.IGNORECASE))
    if len(parts) == 2:
        return _from_to(_span(parts[0]), _span(parts[1]))
    if (found := _SINCE.fullmatch(text)) and (first := _span(found[1])):
        return Period(first[0], None)
    return None


def _from_to(first: tuple[date, date] | None, last: tuple[date, date] | None) -> Period | None:
    return Period(first[0], last[1]) if first and last else None


def _for_years(start: str, years: int) -> Period | None:
    first = _span(start)
    if first is None:
        return None
    on = first[0]
    try:
        end = on.replace(year=on.year + years)
    except ValueError:  # the 29th of February
        end = on.replace(year=on.year + years, day=28)
    last = end - timedelta(days=1)
    return Period(on, last, note=f"Read as {on.isoformat()} to {last.isoformat()}.")


def _number(word: str) -> int:
    return int(word) if word.isdigit() and len(word) < 3 else _NUMBERS.get(word.casefold(), 0)


def _span(text: str) -> tuple[date, date] | None:
    """The first and last day of a year, a month or a day."""
    text = text.strip(" .,;年")
    if re.fullmatch(r"\d{4}", text):
        year = int(text)
        return (date(year, 1, 1), date(year, 12, 31)) if _EARLIEST <= year <= _LATEST else None
    read = read_date(text)
    if read.on is None:
        return None
    if read.precision == "month":
        return read.on, read.on.replace(day=monthrange(read.on.year, read.on.month)[1])
    return read.on, read.on
