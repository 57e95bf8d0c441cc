"""Quantities, weights and money as people type them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from screening.domain.intake.cells import given, one_line

_NUMBER = re.compile(r"\(?[-+]?\d[\d.,'’ ]*(?:[eE][-+]?\d{1,2})?\)?")
_CURRENCY_SIGNS = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY", "₹": "INR", "₫": "VND", "₽": "RUB"}
_CURRENCY = re.compile(
    r"USD|EUR|GBP|CNY|RMB|JPY|INR|BDT|TK|VND|MXN|BRL|CLP|TRY|RUB|UZS|KZT|CAD|AUD|NZD|CHF|HKD|TWD|KRW|THB|IDR|MYR|SGD|PHP|"
    r"PKR|LKR|AED|SAR|EGP|ZAR|SEK|NOK|DKK|PLN|CZK|HUF|COP|PEN|ARS"
)
_CURRENCY_NAMES = {"RMB": "CNY", "TK": "BDT"}
# A number no shipment reaches: beyond it the cell is an identifier or a slip.
_LARGEST = Decimal("1e15")


@dataclass(frozen=True)
class Amount:
    """A number with the unit or currency written beside it; ``problem`` says why it could not be read."""

    number: Decimal | None = None
    unit: str = ""
    problem: str = ""


@dataclass(frozen=True)
class NumberStyle:
    """How a column writes its numbers: whether a comma is the decimal sign."""

    decimal_comma: bool = False


def number_style(texts: Iterable[str]) -> NumberStyle:
    """Decide for a column as a whole whether the comma is the decimal sign.

    ``1.234`` and ``1,234`` alone say nothing; ``1.234,5``, ``12,5`` and ``1.234.567`` do.
    """
    comma = point = 0
    for text in texts:
        for found in _NUMBER.findall(text):
            digits = found.strip("()+- ")
            last_comma, last_point = digits.rfind(","), digits.rfind(".")
            if last_comma >= 0 and last_point >= 0:
                comma, point = comma + (last_comma > last_point), point + (last_point > last_comma)
            elif last_comma >= 0:
                grouped = re.fullmatch(r"\d{1,3}(,\d{2,3})*,\d{3}", digits)
                comma, point = comma + (not grouped), point + (digits.count(",") > 1)
            elif last_point >= 0:
                comma += digits.count(".") > 1
                point += not re.fullmatch(r"\d{1,3}(\.\d{3})+", digits)
    return NumberStyle(decimal_comma=comma > point)


def read_amount(text: str, style: NumberStyle = NumberStyle()) -> Amount:
    """A number and the unit or currency written in the same cell: ``25750000 KG``, ``$1,841,000.00``, ``4702 CTN``."""
    text = one_line(given(text))
    if not text:
        return Amount()
    found = _NUMBER.search(text)
    if found is None:
        return Amount(problem="There is no number in it.")
    rest = (text[: found.start()] + " " + text[found.end() :]).strip()
    if any(char.isdigit() for char in rest):
        return Amount(problem="There is more than one number in it.")
    number = _decimal(found.group(0), style)
    if number is None:
        return Amount(problem="The number cannot be read.")
    if abs(number) > _LARGEST:
        return Amount(problem="The number is larger than any shipment.")
    return Amount(number, _unit(rest))


def _decimal(text: str, style: NumberStyle) -> Decimal | None:
    negative = text.startswith("(") and text.endswith(")")
    digits = re.sub(r"[()'’ ]", "", text).rstrip(".,")
    has_comma, has_point = "," in digits, "." in digits
    if has_comma and has_point:
        comma_last = digits.rfind(",") > digits.rfind(".")
        digits = digits.replace(".", "").replace(",", ".") if comma_last else digits.replace(",", "")
    elif has_comma:
        thousands = re.fullmatch(r"[-+]?\d{1,3}(,\d{2,3})*,\d{3}", digits) and not style.decimal_comma
        digits = digits.replace(",", "") if thousands or digits.count(",") > 1 else digits.replace(",", ".")
    elif has_point and (
        digits.count(".") > 1 or (style.decimal_comma and re.fullmatch(r"[-+]?\d{1,3}\.\d{3}", digits))
    ):
        digits = digits.replace(".", "")
    try:
        number = Decimal(digits)
    except InvalidOperation:
        return None
    return -number if negative else number


def _unit(text: str) -> str:
    text = text.strip(" .:;,()")
    return _CURRENCY_SIGNS.get(text.upper(), text.upper())


def currency_code(text: str) -> str:
    """The ISO 4217 code a cell or a heading names, or nothing."""
    word = text.strip().upper()
    word = _CURRENCY_SIGNS.get(word, word)
    return _CURRENCY_NAMES.get(word, word) if _CURRENCY.fullmatch(word) else ""


@dataclass(frozen=True)
class Mass:
    """A gross or net weight in kilograms, with the words it was given in."""

    kilograms: Decimal | None = None
    as_given: str = ""
    problem: str = ""


def read_mass(text: str, unit: str, factors: Mapping[str, Decimal], style: NumberStyle = NumberStyle()) -> Mass:
    """A weight in kilograms. The unit in the cell wins over the unit column, and that over the heading."""
    amount = read_amount(text, style)
    if amount.number is None:
        return Mass(as_given=one_line(given(text)), problem=amount.problem)
    word = (amount.unit or unit).strip(" .").upper()
    factor = factors.get(word) if word else Decimal(1)
    shown = one_line(f"{amount.number.normalize():f} {word}")
    if factor is None:
        return Mass(as_given=shown, problem=f"“{word}” is not a unit of weight known here.")
    return Mass((amount.number * factor).quantize(Decimal("0.001")), shown)
