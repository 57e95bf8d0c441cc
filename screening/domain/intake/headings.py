"""What a column heading says beside its name: a unit of weight, a currency."""

from screening.domain.intake.cells import header_key
from screening.domain.intake.numbers import currency_code

_UNIT_WORDS = {
    "kg": "KG",
    "kgs": "KG",
    "kilograms": "KG",
    "lbs": "LB",
    "lb": "LB",
    "tons": "MT",
    "mt": "MT",
    "公斤": "KG",
    "кг": "KG",
}


def heading_unit(header: str) -> str:
    """The unit of weight a heading names: ``Weight (kg)``, ``GROSS_WEIGHT_IN_KG``."""
    for word in header_key(header).split():
        if word in _UNIT_WORDS:
            return _UNIT_WORDS[word]
    return ""


def heading_currency(header: str) -> str:
    """The currency a heading names: ``TOTAL VALUE_USD``, ``ASSESSED_VALUE_TK``; FC stands for a foreign currency."""
    for word in reversed(header_key(header).split()):
        if code := currency_code(word):
            return code
        if word == "fc":
            return "FC"
    return "FC" if "foreign currency" in header_key(header) else ""


def bare_heading(header: str) -> str:
    """The heading without the unit or currency it names."""
    words = [word for word in header_key(header).split() if word not in _UNIT_WORDS and not currency_code(word)]
    return " ".join(word for word in words if word not in ("in", "fc"))
