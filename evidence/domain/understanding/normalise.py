"""Values as written on papers, in the one form they are compared in: dates, numbers, currencies, units, names.

Each function gives the empty answer where the text is no such value: a value that was not found is better than a
wrong one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

DAY_FIRST, MONTH_FIRST = "day first", "month first"

_MONTHS = (
    "jan januar january janvier enero janv ene",
    "feb februar february fevrier febrero fev febr",
    "mar marz march mars marzo maerz mrz",
    "apr april avril abril avr abr",
    "may mai mayo",
    "jun juni june juin junio",
    "jul juli july juillet julio juil",
    "aug august aout agosto ago",
    "sep sept september septembre septiembre",
    "oct oktober october octobre octubre okt",
    "nov november novembre noviembre",
    "dec dezember december decembre diciembre dez dic",
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_CHINESE_DIGITS = {character: str(place) for place, character in enumerate("〇一二三四五六七八九")} | {
    "零": "0",
    "○": "0",
}

_MONTH_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_DATES = [
    ("ymd", re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{1,2})(?!\d)")),
    ("ymd", re.compile(r"(?<!\d)((?:19|20)\d\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?")),
    ("dMy", re.compile(
        rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|\.)?[\s\-/.,]*(?:of|de)?\s*({_MONTH_NAMES})[a-z]*"
        r"[\s\-/.,']*(?:de\s+)?(\d{4}|\d{2})(?!\d)"
    )),
    ("Mdy", re.compile(
        rf"\b({_MONTH_NAMES})[a-z]*[\s\-.,/]*(\d{{1,2}})(?:st|nd|rd|th)?[\s\-.,/]+(\d{{4}}|'\d{{2}})(?!\d)"
    )),
    ("yMd", re.compile(rf"(?<!\d)((?:19|20)\d\d)[\s\-/.,]+({_MONTH_NAMES})[a-z]*[\s\-/.,]+(\d{{1,2}})(?!\d)")),
    ("num", re.compile(r"(?<![\d.])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d])")),
    ("ymd", re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)")),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A value found in a text: normalised, and where in the text it stands."""

    value: str
    start: int
    end: int
    unit: str = ""


def _plain(text: str) -> str:
    """Lower case without accents, letter for letter, so that places in it are places in the text."""
    out = []
    for character in text:
        base = unicodedata.normalize("NFKD", character)[:1] or character
        out.append(base.lower() if len(base.lower()) == 1 else character)
    return "".join(out)


def find_date(text: str, order: str = DAY_FIRST) -> Found | None:
    """The first date in a text. ``order`` says how 3/4/2025 is meant where the numbers do not tell."""
    plain = _plain(text)
    best: Found | None = None
    for kind, pattern in _DATES:
        for match in pattern.finditer(plain):
            value = _date_of(kind, match, order)
            if value and (best is None or match.start() < best.start):
                best = Found(value, match.start(), match.end())
                break
    return best or _chinese_date(text)


def all_dates(text: str, order: str = DAY_FIRST) -> list[Found]:
    """Every date of a text, from left to right."""
    found, offset = [], 0
    while one := find_date(text[offset:], order):
        found.append(Found(one.value, one.start + offset, one.end + offset))
        offset += one.end
    return found


def _date_of(kind: str, match: re.Match[str], order: str) -> str:
    if kind == "num":
        first, _, second, year = match.groups()
        day, month = (second, first) if order == MONTH_FIRST else (first, second)
        if int(month) > 12:
            day, month = month, day
    elif kind == "dMy":
        day, month, year = match.group(1), str(MONTHS[match.group(2)]), match.group(3)
    elif kind == "Mdy":
        month, day, year = str(MONTHS[match.group(1)]), match.group(2), match.group(3)
    elif kind == "yMd":
        year, month, day = match.group(1), str(MONTHS[match.group(2)]), match.group(3)
    else:
        year, month, day = match.groups()
    return iso_date(year.strip("'"), month, day)


def iso_date(year: str, month: str, day: str) -> str:
    """A day as ISO 8601; empty where the calendar has no such day."""
    number = int(year)
    if number < 100:
        number += 2000 if number < 70 else 1900
    try:
        return date(number, int(month), int(day)).isoformat()
    except ValueError:
        return ""


_CHINESE_DATE = re.compile(
    "([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)


def _chinese_date(text: str) -> Found | None:
    match = _CHINESE_DATE.search(text)
    if match is None:
        return None
    year = "".join(_CHINESE_DIGITS[character] for character in match.group(1))
    value = iso_date(year, str(_chinese_number(match.group(2))), str(_chinese_number(match.group(3))))
    return Found(value, match.start(), match.end()) if value else None


def _chinese_number(text: str) -> int:
    if "十" not in text:
        return int("".join(_CHINESE_DIGITS[character] for character in text))
    tens, _, ones = text.partition("十")
    return 10 * int(_CHINESE_DIGITS[tens] if tens else 1) + int(_CHINESE_DIGITS[ones] if ones else 0)


def date_order(texts: Iterable[str]) -> str:
    """How a paper writes its dates in numbers, told by those that leave no choice; day first where none does."""
    day = month = 0
    for text in texts:
        for match in _DATES[-2][1].finditer(text):
            day += int(match.group(1)) > 12
            month += int(match.group(3)) > 12
    return MONTH_FIRST if month > day else DAY_FIRST


# -- numbers ----------------------------------------------------------------------------------------------------

_NUMBER = re.compile(
    r"(?<![\w.,])[-+]?(?:\d{1,3}(?:([., '’\u00a0\u202f])\d{3})(?:\1\d{3})*(?:[.,]\d+)?|\d+(?:[.,]\d+)?)(?!\d)"
)


def number_of(text: str) -> str:
    """A written number as a plain decimal: 62,370.00 and 62.370,00 are 62370.00; empty where it is none."""
    text = unicodedata.normalize("NFKC", text).strip().strip("*").replace("’", "'")
    text = re.sub(r"(?<=\d)[ '\u00a0\u202f](?=\d{3}(?!\d))", "", text).rstrip(",")
    if not re.fullmatch(r"[-+]?\d[\d.,]*", text):
        return ""
    text = text.rstrip(".,")
    dots, commas = text.count("."), text.count(",")
    if dots and commas:
        decimal = max(text.rfind("."), text.rfind(","))
        text = re.sub("[.,]", "", text[:decimal]) + "." + text[decimal + 1 :]
    elif commas:
        tail = text.rsplit(",", 1)[1]
        text = text.replace(",", "") if commas > 1 or len(tail) == 3 else text.replace(",", ".")
    elif dots > 1:
        text = text.replace(".", "")
    return _decimal(text)


def _decimal(text: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return ""
    # A cell of a sheet holds a sum as 23211.239999999998: nobody writes more than eight places.
    rounded = value.quantize(Decimal("1e-8")).normalize() if -value.as_tuple().exponent > 8 else value  # type: ignore[operator]
    return format(rounded, "f")


CURRENCY_SIGNS = {
    "us$": "USD", "u.s.$": "USD", "usd": "USD", "hk$": "HKD", "nt$": "TWD", "a$": "AUD", "c$": "CAD", "s$": "SGD",
    "r$": "BRL", "$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY", "￥": "CNY", "₹": "INR", "₫": "VND", "₩": "KRW",
    "฿": "THB", "rmb": "CNY", "rm": "MYR", "rs.": "INR", "rs": "INR", "tk": "BDT", "美元": "USD", "美金": "USD",
    "人民币": "CNY", "港币": "HKD", "港元": "HKD", "欧元": "EUR", "日元": "JPY", "英镑": "GBP", "dollars": "USD",
    "euro": "EUR", "euros": "EUR", "us dollars": "USD", "u.s. dollars": "USD", "yuan": "CNY", "元": "CNY",
}  # fmt: skip
_CODES = (
    r"USD|EUR|GBP|CNY|HKD|JPY|KRW|TWD|INR|PKR|BDT|VND|THB|MYR|IDR|SGD|AUD|NZD|CAD|CHF|SEK|NOK|DKK|PLN|"
    r"CZK|HUF|TRY|AED|SAR|EGP|ZAR|BRL|MXN|CLP|COP|PEN|ARS|UZS|KZT|TJS|RUB|UAH|LKR|NPR|MMK|KHR|LAK|PHP|"
    r"ILS|MAD|TND|KES|NGN|GHS|ETB"
)
_SIGN = "|".join(re.escape(sign) for sign in sorted(CURRENCY_SIGNS, key=len, reverse=True))
_CODE = re.compile(rf"(?<![A-Za-z])({_CODES}|CNH)(?![A-Za-z])")
_SIGNED = re.compile(rf"(?<![a-z])({_SIGN})(?![a-z])", re.IGNORECASE)


def find_currency(text: str) -> Found | None:
    """The currency a text names, by code first, then by sign or word."""
    match = _CODE.search(text)
    if match:
        return Found("CNY" if match.group(1) == "CNH" else match.group(1), match.start(), match.end())
    match = _SIGNED.search(text)
    return Found(CURRENCY_SIGNS[match.group(1).lower()], match.start(), match.end()) if match else None


_AMOUNT = re.compile(
    r"(?<![\w])(?P<number>[-+]?\d{1,3}(?:[,.'’ ]\d{3})+(?:[.,]\d{1,6})?|[-+]?\d+(?:[.,]\d{1,14})?)(?![\d%])"
)


def find_amount(text: str) -> Found | None:
    """The last amount of a text: what stands before it is a rate, a code or a date more often than the sum."""
    text_without = _SIGNED.sub(lambda match: " " * len(match.group()), text)
    text_without = _CODE.sub(lambda match: " " * len(match.group()), text_without)
    found = None
    for match in _AMOUNT.finditer(text_without):
        value = number_of(match.group("number"))
        if value:
            found = Found(value, match.start("number"), match.end("number"))
    return found


_UNITS = (
    r"(?P<unit>metric tonnes?|metric tons?|m/?tons?|mts?|tonnes?|tons?|kgs?|kilograms?|kilogrammes?|grams?|lbs?|"
    r"pounds?|"
    r"pcs|pieces?|pce|ea|units?|sets?|pairs?|prs|dozens?|doz|dz|bales?|bags?|ctns?|cartons?|boxes|box|cases?|packages?|pkgs?|"
    r"pallets?|plts?|drums?|rolls?|cones?|coils?|bundles?|bdls?|bars?|sheets?|sacks?|cases|crates?|barrels?|bbls?|"
    r"meters?|metres?|mtrs?|yards?|yds?|yrds?|m2|m3|cbm|sqm|sqft|litres?|liters?|ltrs?|gal|gallons?|"
    r"watts?|kwh|mwh|kw|mw|kwp|wp|w|g|t|m|l|stk|stück|hours?|hrs|"
    r"千克|公斤|吨|克|斤|磅|米|码|件|个|台|套|箱|包|卷|袋|桶|捆|托|条|张|片|根|双|打|升|只|支|瓶|锭|块|车|批|立方米|平方米)"
)
_MEASURED = re.compile(
    r"(?<![\w.,/-])(?P<number>\d{1,3}(?:[,. ]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)\s*" + _UNITS + r"(?![A-Za-z0-9])\.?",
    re.IGNORECASE,
)
_UNIT_ALONE = re.compile(rf"(?<![A-Za-z]){_UNITS}(?![A-Za-z])", re.IGNORECASE)
_BARE = re.compile(r"(?<![\w.,/-])(?P<number>\d{1,3}(?:[,. ]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)(?![\w/%-]|[.,]\d)")


def find_quantity(text: str) -> Found | None:
    """A number with its unit; a bare number where no unit stands beside it."""
    for pattern in (_MEASURED, _BARE):
        match = pattern.search(text)
        if match and (value := number_of(match.group("number"))):
            unit = match.groupdict().get("unit") or ""
            return Found(value, match.start(), match.end(), unit)
    return None


def find_unit(text: str) -> str:
    """The unit a header or cell names, as written."""
    match = _UNIT_ALONE.search(text)
    return match.group("unit") if match else ""


# -- identifiers and names --------------------------------------------------------------------------------------

_NUMBERISH = re.compile(r"[A-Z0-9][A-Z0-9\-/_.&#()]*", re.IGNORECASE)
CONTAINER = re.compile(r"(?<![A-Z0-9])([A-Z]{3}[UJZ])[\s\-]?(\d{3})[\s\-]?(\d{3})[\s\-/]?(\d)(?!\d)")
USCC = re.compile(r"(?<![0-9A-Z])([0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10})(?![0-9A-Z])")
HTS = re.compile(r"(?<![\d.])(\d{4}(?:[. ]?\d{2})(?:[. ]?\d{2})?(?:[. ]?\d{2})?)(?![\d.]*\d)")


def find_identifier(text: str) -> Found | None:
    """The identifier a label leads to: the first run with a digit in it, with what hangs on it by a space."""
    match = re.match(r"[\s:：#.\-/]*", text)
    start = match.end() if match else 0
    for match in _NUMBERISH.finditer(text, start):
        value = match.group().strip(".-/_&(#")
        if value.count("(") != value.count(")"):
            value = value.replace("(", "").replace(")", "")
        if not any(character.isdigit() for character in value):
            if match.start() - start > 14:
                return None
            continue
        return Found(value, match.start(), match.start() + len(match.group().rstrip(".-/_&(#")))
    return None


def find_containers(text: str) -> list[Found]:
    """Every container number, by its form, without the spaces and dashes it is written with."""
    return [Found("".join(match.groups()), match.start(), match.end()) for match in CONTAINER.finditer(text.upper())]


def name_of(text: str) -> str:
    """A name with its spaces in order, without what a form puts around it."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    text = re.sub(r"^(?:M/S\.?|MESSRS\.?|TO\s*:|名称\s*[:：])\s*", "", text, flags=re.IGNORECASE)
    text = USCC.sub("", text)
    text = re.sub(r"[(（]\s*[)）]", "", text)
    return text.strip(" \t:：;,|/*_·•-—").strip()


def masked(account: str) -> str:
    """A bank account as it may be shown: its last four characters."""
    kept = re.sub(r"[\s-]", "", account)
    return "•" * max(len(kept) - 4, 0) + kept[-4:] if len(kept) > 4 else "•" * len(kept)


def normalised(kind: str, text: str) -> str:
    """What a person wrote as a value of this kind, in the form it is compared in; empty where it is none."""
    text = " ".join(text.split())
    if kind == "date":
        found = find_date(text)
        return found.value if found else ""
    if kind in ("amount", "quantity", "weight"):
        return number_of(text)
    if kind == "currency":
        found = find_currency(text.upper()) or find_currency(text)
        return found.value if found else ""
    return name_of(text) if kind in ("party", "text", "address") else text
