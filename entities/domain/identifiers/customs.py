"""Numbers CBP gives: entry, importer, tariff."""

import re

from entities.domain.identifiers.check import Check, ok, refuse, warn

# 19 CFR 142.3a: three-digit filer codes run from 001 to 999; the others mix letters (A) and digits (N) in these ways.
_FILER = re.compile(r"(?!000)\d{3}|[A-Z]\d\d|[A-Z]{2}\d|[A-Z]{3}|[A-Z]\d[A-Z]|\d[A-Z]\d|\d\d[A-Z]|\d[A-Z]{2}")
# IRS prefixes never assigned to an employer; a number that begins so is asked about, not refused.
_EIN_NOT_ASSIGNED = frozenset(
    ["00", "07", "08", "09", "17", "18", "19", "28", "29", "49", "69", "70", "78", "79", "89", "96", "97"]
)


def _entry_digit(character: str) -> int:
    if character.isdigit():
        return int(character)
    # A to I are 1 to 9, J to R are 1 to 9, S to Z are 2 to 9.
    position = ord(character) - ord("A")
    return position % 9 + 1 if position < 18 else position - 18 + 2


def entry_check_digit(filer_and_number: str) -> str:
    """The check digit of the ten characters before it: from the right, every second digit counts double.

    >>> entry_check_digit("5513518786")
    '6'
    """
    total = 0
    for place, character in enumerate(reversed(filer_and_number)):
        digit = _entry_digit(character) * (2 if place % 2 == 0 else 1)
        total += digit - 9 if digit > 9 else digit
    return str((10 - total % 10) % 10)


def entry_number(text: str) -> Check:
    """Entry number: filer code, seven digits, check digit (19 CFR 142.3a)."""
    plain = re.sub(r"[\s\-–]", "", text).upper()
    if len(plain) != 11 or not re.fullmatch(r"[A-Z0-9]{3}\d{8}", plain) or not _FILER.fullmatch(plain[:3]):
        return refuse(
            plain,
            "An entry number is a three-character filer code, seven digits and a check digit, as in 551-3518786-6.",
        )
    normalised = f"{plain[:3]}-{plain[3:10]}-{plain[10]}"
    expected = entry_check_digit(plain[:10])
    if plain[10] != expected:
        return warn(
            normalised,
            f"The check digit is {plain[10]}, but {expected} is expected: one digit may be wrong.",
            expected,
        )
    return ok(normalised)


def importer_number(text: str) -> Check:
    """Importer number: IRS number with suffix, social security number, or one CBP assigned (YYDDPP-NNNNN)."""
    plain = text.strip().upper()
    irs = re.fullmatch(r"(\d\d)-?(\d{7})([A-Z0-9]{2})", plain)
    if irs:
        normalised = f"{irs[1]}-{irs[2]}{irs[3]}"
        if re.search(r"[OIZ]", irs[3]):
            return refuse(
                normalised, "The two-character suffix never has the letters O, I or Z; a zero or a one may be meant."
            )
        if irs[1] in _EIN_NOT_ASSIGNED:
            return warn(
                normalised, f"No employer number begins with {irs[1]}: check it with the importer.", valid=True
            )
        return ok(normalised)
    if re.fullmatch(r"\d{3}-\d\d-\d{4}|\d{6}-\d{5}", plain):
        return ok(plain)
    return refuse(
        plain,
        "An importer number is 12-345678900 (with its two-character suffix), 123-45-6789, "
        "or 263901-00001 where CBP assigned it.",
    )


def hts(text: str) -> Check:
    """Tariff number: ten digits, chapters 01 to 97 without 77, or 98 and 99."""
    plain = text.strip()
    digits = re.sub(r"[.\s]", "", plain)
    shape = re.fullmatch(r"\d{4}\.\d\d\.\d\d\.\d\d|\d{4}\.\d\d\.\d{4}|\d{10}", plain)
    if not shape:
        return refuse(digits, "A tariff number has ten digits, written 0000.00.00.00, 0000.00.0000 or without dots.")
    normalised = f"{digits[:4]}.{digits[4:6]}.{digits[6:8]}.{digits[8:]}"
    if digits[:2] in ("00", "77"):
        return refuse(normalised, f"The tariff has no chapter {digits[:2]}.")
    return ok(normalised)
