"""Numbers that follow the cargo: container, bill of lading, in-bond movement, port, protest."""

import re

from entities.domain.identifiers.check import Check, ok, refuse, warn


def _container_values() -> dict[str, int]:
    values = {str(d): d for d in range(10)}
    value = 10
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        if value % 11 == 0:
            value += 1
        values[letter] = value
        value += 1
    return values


_CONTAINER = _container_values()


def container(text: str) -> Check:
    """Container number (ISO 6346): owner code, U, J or Z, six digits and a check digit."""
    plain = re.sub(r"[\s\-/]", "", text).upper()
    if not re.fullmatch(r"[A-Z]{3}[UJZ]\d{7}", plain):
        return refuse(
            plain,
            "A container number is three letters, then U, J or Z, six digits and a check digit, as in CSQU3054383.",
        )
    total = sum(_CONTAINER[character] * 2**place for place, character in enumerate(plain[:10]))
    expected = str(total % 11 % 10)
    if plain[10] != expected:
        return warn(
            plain, f"The check digit is {plain[10]}, but {expected} is expected: one character may be wrong.", expected
        )
    return ok(plain)


def in_bond(text: str) -> Check:
    """In-bond number: eight digits and their remainder by seven."""
    plain = re.sub(r"[\s\-]", "", text).upper()
    if re.fullmatch(r"V\d{8,9}[A-Z0-9]{0,3}", plain):  # V numbers carry no check digit
        return ok(plain)
    if not re.fullmatch(r"\d{9}", plain):
        return refuse(plain, "An in-bond number has nine digits, the last of which is a check digit.")
    expected = str(int(plain[:8]) % 7)
    if plain[8] != expected:
        return warn(plain, f"The check digit is {plain[8]}, but {expected} is expected.", expected)
    return ok(plain)


def port(text: str) -> Check:
    """Port of entry by its Schedule D code: four digits."""
    plain = text.strip()
    return (
        ok(plain)
        if re.fullmatch(r"\d{4}", plain)
        else refuse(plain, "A port code of Schedule D has four digits, as in 3901.")
    )


def foreign_port(text: str) -> Check:
    """Foreign port by its Schedule K code: five digits."""
    plain = text.strip()
    return (
        ok(plain)
        if re.fullmatch(r"\d{5}", plain)
        else refuse(plain, "A port code of Schedule K has five digits, as in 57035.")
    )


def protest_number(text: str) -> Check:
    """Protest number: port, year, serial."""
    found = re.fullmatch(r"(\d{4})-?(\d{4}|\d\d)-?(\d{6})", text.strip())
    if not found:
        return refuse(text.strip(), "A protest number is port, year and six digits, as in 3901-2018-100274.")
    return ok("-".join(found.groups()))


def scac(text: str) -> Check:
    """Carrier code (SCAC): two to four letters."""
    plain = text.strip().upper()
    return (
        ok(plain)
        if re.fullmatch(r"[A-Z]{2,4}", plain)
        else refuse(plain, "A carrier code has two to four letters, as in MSCU.")
    )


def bill_of_lading(text: str) -> Check:
    """Bill of lading: carrier code and up to twelve letters or digits, no blanks."""
    plain = text.strip().upper()
    if re.fullmatch(r"[A-Z]{4}[A-Z0-9]{1,12}", plain):
        return ok(plain)
    return refuse(
        plain,
        "A bill of lading is the carrier code and up to twelve letters or digits without blanks, as in MSCUAB123456.",
    )
