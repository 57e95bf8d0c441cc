"""The manufacturer identification code (19 CFR Part 102, appendix)."""

import re

from entities.domain.identifiers.check import Check, ok, refuse
from entities.domain.names.scripts import fold

CANADA = frozenset(["XA", "XB", "XC", "XM", "XN", "XO", "XP", "XQ", "XS", "XT", "XV", "XW", "XY"])
_NOT_COUNTED = frozenset(["a", "an", "and", "of", "the"])


def mid(text: str) -> Check:
    """Manufacturer code: country, letters of the name, digits of the address, letters of the city.

    It names a name and an address, not a plant, and is not unique. The number part is not judged: generators differ.
    """
    plain = text.strip()
    if re.search(r"\s", plain):
        return refuse(plain, "A manufacturer code has no blanks.")
    if plain != plain.upper():
        return refuse(plain, "A manufacturer code is written in capitals.")
    if len(plain) > 15:
        return refuse(plain, f"A manufacturer code has at most 15 characters, this one {len(plain)}.")
    if plain.startswith("CA"):
        return refuse(
            plain, "A Canadian manufacturer code begins with the province (XA, XC, XO, XQ and so on), never with CA."
        )
    if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{1,6}\d{0,4}[A-Z]{1,3}", plain):
        return refuse(
            plain,
            "A manufacturer code is the country, letters of the name, up to four digits and letters of the city.",
        )
    return ok(plain)


def mid_for(country: str, name: str, address: str, city: str) -> str:
    """The code a filer would build from the English name and address.

    >>> mid_for("CN", "A.B.C. Company", "232 Main Street Suite 1234", "Ningbo")
    'CNABCCOM1234NIN'
    """
    letters = "".join(word[:3] for word in _name_words(name)[:2])
    return (country.strip().upper()[:2] + letters + _largest_number(address) + _town(city)).upper()


def mid_letters(name: str, city: str) -> tuple[str, tuple[str, ...]]:
    """The letters of the code that a name and a town give, and the words of the name they are taken from.

    >>> mid_letters("A.B.C. Company", "Ningbo")
    ('ABCCOMNIN', ('abc', 'company'))
    """
    words = tuple(_name_words(name)[:2])
    return ("".join(word[:3] for word in words) + _town(city)).upper(), words


def _town(city: str) -> str:
    return re.sub(r"[^a-z]", "", fold(city))[:3]


def _name_words(name: str) -> list[str]:
    """Words of the name as the rule counts them: a run of initials is one, single initials are passed over."""
    words: list[str] = []
    initials = ""
    for token in fold(name).split():
        if len(token) == 1 and token.isalpha():
            initials += token
            continue
        if len(initials) > 1:
            words.append(initials)
        initials = ""
        if token not in _NOT_COUNTED:
            words.append(token)
    if len(initials) > 1:
        words.append(initials)
    return words


def _largest_number(address: str) -> str:
    """First four digits of the largest number of the street line; commas and hyphens between digits do not part it."""
    joined = re.sub(r"(?<=\d)[,\-](?=\d)", "", address)
    # A number that is the street's own name ("42nd Street") is not the number of the building.
    numbers = re.findall(r"(?<![A-Za-z\d])\d+(?!\d|(?:st|nd|rd|th)\b)", joined, flags=re.IGNORECASE)
    return max(numbers, key=int)[:4] if numbers else ""
