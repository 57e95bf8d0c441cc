"""Countries and the tail of an address: which words name the country, the state, the city and the postal code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from screening.domain.intake.cells import given, header_key, one_line

_ZIP = r"[\s.,]*(?:U\.?S\.?(?:A\.?)?[\s.,]+)?(?P<zip>\d{5})(?:[-\s]?\d{4})?(?!\d)"
_ZIP_AT_END = re.compile(rf"{_ZIP}\W*$")
_STATE_APART = re.compile(rf"(?<=[\s,.])(?P<state>[A-Z]{{2}})(?:{_ZIP}|\W*$)")
_STATE_RUN_IN = re.compile(rf"(?<=[A-Z]{{3}})(?P<state>[A-Z]{{2}}){_ZIP}\W*$")
# An address ends within this many characters; what stands before is of no help here.
_TAIL_LENGTH = 200
# Codes that end an address after other words; the rest are words, states or abbreviations more often than countries.
_TRADING = re.compile(r"US|CN|TR|VN|GR|EG|HK|TW|KR|JP|TH|MX|DZ|TN|PK|BD|LK|KH|SG|GB|UA|RU|UZ|KZ|BR|CL|PE")
_NOT_A_PLACE = re.compile(r"\s*(TAX ?ID|ATTN|ATT:|IEC|GSTIN|PAN\b|NIT\b|RUC\b|FAX|TEL\b|EMAIL)", re.IGNORECASE)
_NOT_A_PLACE_AT_END = re.compile(r"[\s,]+(?:TAX ?ID|ATTN|ATT:|GSTIN|FAX|TEL\b|PH:|TE(?=[\d(+])).*$", re.DOTALL)
_CANADA = re.compile(r"\b([ABCEGHJ-NPRSTVXY]\d[A-Z])\s?(\d[A-Z]\d)\b")
_CHINA_POSTCODE = re.compile(r"(?<!\d)([0-8]\d{5})(?!\d)")
_FIVE_DIGITS = re.compile(r"(?<![\d/-])(\d{5,6})(?![\d/-])")
_CHINESE = re.compile(r"[一-鿿]")


@dataclass(frozen=True, eq=False)
class Places:
    """The names of countries in the languages of trade papers, and of the states of the United States."""

    countries: Mapping[str, str] = field(default_factory=dict)  # header_key(name) -> ISO 3166-1 alpha-2
    alpha3: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)  # header_key(name) -> postal abbreviation

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(self.alpha3.values())

    @cached_property
    def state_codes(self) -> frozenset[str]:
        return frozenset(self.states.values())

    def country(self, text: str) -> str:
        """The ISO code of the country a cell names: ``IN, INDIA``, ``BRAZIL (BR)``, ``SUIZA``, ``中国``."""
        shown = one_line(given(text))
        if not shown:
            return ""
        upper = shown.upper().strip(" .")
        if upper in self.codes:
            return upper
        if upper in self.alpha3:
            return self.alpha3[upper]
        if code := self.countries.get(header_key(shown)):
            return code
        for piece in re.findall(r"\(([^)]*)\)", shown) + re.split(r"[(),;/-]", shown):
            piece = piece.strip(" .")
            code = piece if piece in self.codes else self.countries.get(header_key(piece), "")
            if code:
                return code
        return ""

    def is_country(self, text: str) -> str:
        """The code when the whole cell is a country's name, not a port or city that carries one."""
        return self.countries.get(header_key(text), "")

    def country_at_end(self, text: str) -> str:
        """The country the last words of a port or an address name, two-letter codes aside."""
        words = header_key(text).split()
        for size in range(min(6, len(words)), 0, -1):
            tail = " ".join(words[-size:])
            # At the end of an address Georgia is the state more often than the country.
            if len(tail) > 2 and tail != "georgia" and (code := self.countries.get(tail)):
                return code
        return ""

    def state(self, text: str) -> str:
        upper = text.strip(" .,").upper()
        return upper if upper in self.state_codes else self.states.get(header_key(text), "")


@dataclass(frozen=True)
class Tail:
    """What the end of an address says about where it is."""

    country: str = ""
    province: str = ""
    city: str = ""
    postal_code: str = ""


def read_tail(lines: tuple[str, ...], places: Places) -> Tail:
    """Country, state, city and postal code from the end of an address, as far as they are certain."""
    lines = tuple(line for line in lines if not _NOT_A_PLACE.match(line)) or lines
    text = ", ".join(lines).upper()
    text = _NOT_A_PLACE_AT_END.sub("", text)[-_TAIL_LENGTH:]
    if not text:
        return Tail()
    country, text = _country(text, lines[-1].upper(), places)
    if not country and (found := re.search(r"[\s,]+(\d{6})\W*$", text)):
        # “…, Zhejiang, China, 310000”: the postal code stands behind the country.
        country = _country(text[: found.start()], "", places)[0]
    if country in ("", "US") and (tail := _american(text, places)):
        return tail
    if country in ("", "CA") and (found := _CANADA.search(text)):
        return Tail("CA", "", "", f"{found[1]} {found[2]}")
    if country in ("CN", "") and (_CHINESE.search(text) or country == "CN"):
        codes = _CHINA_POSTCODE.findall(text)
        return Tail(country or "CN", "", "", codes[-1] if codes else "")
    codes = _FIVE_DIGITS.findall(text)
    return Tail(country, "", "", codes[-1] if codes and country not in ("", "US", "CA", "HK", "AE") else "")


def _country(text: str, last_line: str, places: Places) -> tuple[str, str]:
    """The country at the end, and the text before it."""
    bare = text.rstrip(" .,;")
    if found := re.search(r"(?:(?:^|[\s,.(])(?:U\.?\s?S\.?\s?A|UNITED STATES(?: OF AMERI?C?A?)?)[.,]?)+$", bare):
        return "US", bare[: found.start()].rstrip(" ,.;")
    if found := re.search(r"(?:^|[\s,.(])P\.?\s?R\.?\s?(?:OF )?CHINA$", bare):
        return "CN", bare[: found.start()].rstrip(" ,.;")
    if code := places.country_at_end(bare):
        words = bare.split()
        for size in range(1, 7):
            if places.country_at_end(" ".join(words[-size:])) == code:
                return code, " ".join(words[:-size]).rstrip(" ,.;")
        return code, bare
    last = bare.split()[-1].strip(",.") if bare.split() else ""
    alone = last == last_line.strip(" ,.")
    after_code = bool(re.search(r"\d{4,6}[\s,.]+[A-Z]{2}$", bare))
    code = "TR" if last in ("TK", "TR") and (alone or after_code) else last
    if len(last) == 2 and code in places.codes and (alone or after_code or _TRADING.fullmatch(code)):
        return code, bare[: -len(last)].rstrip(" ,.;")
    return "", bare


def _american(text: str, places: Places) -> Tail | None:
    """State, city and ZIP code of an American address: spelled out, apart from the city, or run in (NEWARKNJ)."""
    ending = _ZIP_AT_END.search(text)
    head = (text[: ending.start()] if ending else text).rstrip(" .,")
    words = head.split()
    for size in (2, 1):
        name = " ".join(words[-size:])
        if name == "GEORGIA" and not ending:
            return None
        if len(name) > 2 and len(words) > size and (state := places.state(name)):
            return Tail("US", state, _city(head[: -len(name)]), ending["zip"] if ending else "")
    for found in (*reversed(list(_STATE_APART.finditer(text))), _STATE_RUN_IN.search(text)):
        if found and (state := places.state(found["state"])):
            return Tail("US", state, _city(text[: found.start()]), found["zip"] or "")
    return None


def _city(before: str) -> str:
    """What stands before the state, when it is not part of the street."""
    city = re.split(r"[,\n]", before.rstrip(" ,."))[-1].strip(" .")
    return "" if any(char.isdigit() for char in city) else city
