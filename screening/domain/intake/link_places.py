"""Where a firm is, as lists of links say it in one cell: ``Xinjiang, CN``, ``CN (not Xinjiang)``, ``DE/US/KR``."""

import re
from dataclasses import dataclass

from screening.domain.intake.cells import given, one_line
from screening.domain.intake.places import Places

_DENIED = re.compile(
    r"\s*[(（\[][^)）\]]*\b(?:not|non|outside|excluding|except|other than)\b[^)）\]]*[)）\]]"
    r"|\s*[(（\[][^)）\]]*(?:不在|非|以外)[^)）\]]*[)）\]]",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"[(（\[].*?[)）\]]")
_LEADING_CODE = re.compile(r"([A-Z]{2})(?=$|[\s,;(（])")


@dataclass(frozen=True)
class LinkPlace:
    """The country a cell names, where it names one, and the words that say more; ``denied`` what it says is not so."""

    words: str = ""
    country: str = ""
    denied: str = ""
    has_several: bool = False

    @property
    def says_more(self) -> bool:
        """Whether the words name more than the country."""
        return bool(self.words) and self.words.upper() != self.country


def read_link_place(text: str, places: Places) -> LinkPlace:
    """Read a cell that says where a firm is.

    What stands in brackets as denied, “(not Xinjiang)”, is put aside: a place that is denied must not be found there.
    """
    shown = one_line(given(text))
    denied = " ".join(found.group(0).strip() for found in _DENIED.finditer(shown))
    words = one_line(_DENIED.sub("", shown)).strip(" ,;")
    bare = one_line(_IN_BRACKETS.sub(" ", words)).strip(" ,;")
    if "/" in bare or re.fullmatch(r"[A-Z]{2}(-[A-Z]{2})+", bare):
        return LinkPlace(words, "", denied, has_several=True)
    if (code := _LEADING_CODE.match(bare)) and code[1] in places.codes:
        return LinkPlace(words, code[1], denied)
    country = places.country(bare) or places.country_at_end(bare)
    if country and places.is_country(bare):
        words = country if words == bare else words
    return LinkPlace(words, country, denied)
