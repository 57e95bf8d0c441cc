"""The manufacturer identification code (19 CFR Part 102, appendix)."""

import re
from itertools import product

from entities.domain.facts import PartyFacts
from entities.domain.identifiers.check import Check, ok, refuse
from entities.domain.names.scripts import fold

# Canada is written by its provinces and territories, never as CA.
_PROVINCES = {
    "XA": ("alberta", "ab"),
    "XB": ("new brunswick", "nb"),
    "XC": ("british columbia", "bc"),
    "XM": ("manitoba", "mb"),
    "XN": ("nova scotia", "ns"),
    "XO": ("ontario", "on"),
    "XP": ("prince edward island", "pe"),
    "XQ": ("quebec", "qc"),
    "XS": ("saskatchewan", "sk"),
    "XT": ("northwest territories", "nt"),
    "XV": ("nunavut", "nu"),
    "XW": ("newfoundland and labrador", "nl"),
    "XY": ("yukon", "yt"),
}
CANADA = frozenset(_PROVINCES)
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
    joined = re.sub(r"(?<=\d)[,\-](?=\d)", "", address)  # commas and hyphens between digits do not part a number
    return (country.strip().upper()[:2] + letters + _largest_number(joined) + _town(city)).upper()


def mid_letters(name: str, city: str) -> tuple[str, tuple[str, ...]]:
    """The letters of the code that a name and a town give, and the words of the name they are taken from.

    >>> mid_letters("A.B.C. Company", "Ningbo")
    ('ABCCOMNIN', ('abc', 'company'))
    """
    words = tuple(_name_words(name)[:2])
    return ("".join(word[:3] for word in words) + _town(city)).upper(), words


def mid_proposed(firm: PartyFacts) -> str:
    """The code that goes with a firm's English name and address; empty where too little of them is known.

    >>> mid_proposed(PartyFacts("A.B.C. Company", "", "232 Main Street Suite 1234", "Ningbo", "", "CN"))
    'CNABCCOM1234NIN'
    """
    countries = _countries(firm)
    if len(countries) != 1 or not _name_words(firm.name) or not _town(firm.city):
        return ""
    return mid_for(min(countries), firm.name, firm.address, firm.city)


def mid_differences(code: str, firm: PartyFacts) -> tuple[str, ...]:
    """The parts of a well-formed code that do not go with the firm's name and address, as far as these are known.

    The number of the building is last, and for itself says little: generators read "2-6, 8-Chome" as 26 or as 268.
    """
    letters, town = "".join(word[:3] for word in _name_words(firm.name)[:2]).upper(), _town(firm.city).upper()
    rest, differ = code[2:], []
    if (countries := _countries(firm)) and code[:2] not in countries:
        differ.append("country")
    if letters and not rest.startswith(letters):
        differ.append("name")
    if town and not rest.endswith(town):
        differ.append("city")
    if letters and town and not {"name", "city"} & set(differ):
        number = rest[len(letters) : len(rest) - len(town)]
        if number and not number.isdigit():
            differ.append("name")
        elif number not in (known := _numbers(firm.address)) and known:
            differ.append("number")
    return tuple(differ)


def _countries(firm: PartyFacts) -> frozenset[str]:
    """How the code may begin for a firm: its country; for Canada its province, or any where that is not known."""
    if firm.country != "CA":
        return frozenset({firm.country} - {""})
    province = fold(firm.province)
    return frozenset(code for code, names in _PROVINCES.items() if province in names) or CANADA


def _numbers(address: str) -> frozenset[str]:
    """What generators make of the numbers of a street line: the marks between digits part them, or they do not."""
    readings = (
        re.sub(rf"(?<=\d)[{marks}]{blank}(?=\d)", "", address) if marks else address
        for marks, blank in product(("", ",", "-", ",-"), ("", r"\s*"))
    )
    return frozenset(number for text in readings if (number := _largest_number(text)))


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
    """First four digits of the largest number of a street line."""
    # A number that is the street's own name ("42nd Street") is not the number of the building.
    numbers = re.findall(r"(?<![A-Za-z\d])\d+(?!\d|(?:st|nd|rd|th)\b)", address, flags=re.IGNORECASE)
    return max(numbers, key=int)[:4] if numbers else ""
