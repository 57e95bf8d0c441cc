"""Identifiers of EPCIS as the trade reads them: goods, places and parties, and the codes of units.

The same lot is written as a URN (``urn:epc:class:lgtin:4012345.012345.998877``) or as a Digital Link
(``https://id.gs1.org/01/14012345123456/10/998877``); both are taken as the element string (01)…(10)….
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How closely an identifier tells goods apart."""

    LOT = "lot"
    ITEM = "item"
    CLASS = "class"  # a kind of goods, without a lot
    CONTAINER = "container"
    OTHER = "other"  # an asset, a document, a place


@dataclass(frozen=True, slots=True)
class Element:
    """What an identifier of goods stands for: one spelling for each, and how closely it tells them apart."""

    key: str
    level: Level
    gtin: str = ""


_URN = re.compile(r"urn:epc:(id|class|idpat):([a-z]+):(.+)", re.IGNORECASE)
_LINK = re.compile(r"https?://[^/]+/(?:.*/)?(?=(?:01|gtin|00|sscc|414|gln|417|party)/)(.+)", re.IGNORECASE)
_LINK_NAMES = {"gtin": "01", "lot": "10", "ser": "21", "sscc": "00", "gln": "414", "party": "417"}
_LOT_WORD = re.compile(r"(?<![a-z])(lot|batch)(?![a-z])", re.IGNORECASE)

# UN/ECE Recommendation 20, the codes met in supply chains of goods; the word is what is stored and shown.
UNITS = {
    "KGM": "kg",
    "GRM": "g",
    "TNE": "t",
    "LBR": "lb",
    "STN": "short ton",
    "LTN": "long ton",
    "DTN": "DTN",
    "ONZ": "ONZ",
    "MGM": "MGM",
    "KTN": "KTN",
    "MTR": "m",
    "CMT": "cm",
    "FOT": "ft",
    "YRD": "yd",
    "MTK": "m²",
    "MTQ": "m³",
    "LTR": "litres",
    "MLT": "ml",
    "NAR": "articles",
    "H87": "pieces",
    "C62": "pieces",
    "EA": "pieces",
    "PCE": "pieces",
    "NPR": "pairs",
    "PR": "pairs",
    "DZN": "dozen",
    "RO": "rolls",
    "KWH": "kWh",
    "WTT": "W",
}


def goods_element(uri: str, lot_number: str = "") -> Element:
    """The goods an EPC or an EPC class stands for; a mere class with the ``lot_number`` of its event is a lot."""
    element = _from_urn(uri) or _from_link(uri)
    if element is None:
        is_lot = bool(_LOT_WORD.search(uri))
        element = Element(uri.strip(), Level.LOT if is_lot else Level.CLASS)
    if element.level == Level.CLASS and lot_number:
        mark = "(10)" if element.gtin else " lot "
        return Element(f"{element.key}{mark}{lot_number}", Level.LOT, element.gtin)
    return element


def item_element(uri: str) -> Element:
    """The single thing an EPC stands for; an identifier of unknown form is taken as it is written."""
    element = goods_element(uri)
    return element if _from_urn(uri) or _from_link(uri) else Element(element.key, Level.ITEM)


def place_key(uri: str) -> str:
    """A place or party under one spelling: its GLN where the identifier holds one, else the identifier as written.

    The extension that tells a gate or a line within a site apart is left out: it is the same firm.
    """
    text = uri.strip()
    if found := _URN.fullmatch(text):
        scheme, parts = found[2].lower(), found[3].split(".")
        if scheme in {"sgln", "pgln"} and len(parts) >= 2:
            digits = parts[0] + parts[1]
            if len(digits) == 12 and digits.isascii() and digits.isdigit():
                return f"GLN {digits}{check_digit(digits)}"
    keys = _link_keys(text)
    for name in ("414", "417"):
        if re.fullmatch(r"\d{13}", keys.get(name, "")):
            return f"GLN {keys[name]}"
    plain = re.sub(r"^GLN\s*", "", text, flags=re.IGNORECASE)
    return f"GLN {plain}" if re.fullmatch(r"\d{13}", plain, re.ASCII) else text[:500]


def word_of(value: str) -> str:
    """The bare word of a vocabulary value: ``commissioning`` of each way in which a business step is written."""
    word = re.split(r"[/:#]", value.strip().rstrip("/"))[-1]
    return re.sub(r"^(BizStep|Disp|SDT|BTT|ER)-", "", word)


def check_digit(digits: str) -> int:
    """The GS1 check digit (mod 10, weights 3 and 1 from the right)."""
    total = sum(int(sign) * (3 if place % 2 == 0 else 1) for place, sign in enumerate(reversed(digits)))
    return (10 - total % 10) % 10


def _from_urn(uri: str) -> Element | None:
    found = _URN.fullmatch(uri.strip())
    if found is None:
        return None
    kind, scheme, parts = found[1].lower(), found[2].lower(), found[3].split(".", 2)
    if scheme in {"lgtin", "sgtin"} and len(parts) >= 2 and (gtin := _gtin(parts[0], parts[1])):
        last = _unquoted(parts[2]) if len(parts) > 2 else "*"
        if scheme == "lgtin" and last != "*":
            return Element(f"(01){gtin}(10){last}", Level.LOT, gtin)
        if scheme == "sgtin" and kind == "id" and last != "*":
            return Element(f"(01){gtin}(21){last}", Level.ITEM, gtin)
        return Element(f"(01){gtin}", Level.CLASS, gtin)
    if scheme == "sscc" and len(parts) == 2 and parts[1]:
        digits = parts[1][0] + parts[0] + parts[1][1:]
        if len(digits) == 17 and digits.isascii() and digits.isdigit():
            return Element(f"(00){digits}{check_digit(digits)}", Level.CONTAINER)
    return Element(uri.strip(), Level.OTHER)


def _from_link(uri: str) -> Element | None:
    keys = _link_keys(uri)
    if re.fullmatch(r"\d{8}|\d{12,14}", keys.get("01", "")):
        gtin = keys["01"].zfill(14)
        if "21" in keys:
            return Element(f"(01){gtin}(21){keys['21']}", Level.ITEM, gtin)
        if "10" in keys:
            return Element(f"(01){gtin}(10){keys['10']}", Level.LOT, gtin)
        return Element(f"(01){gtin}", Level.CLASS, gtin)
    if re.fullmatch(r"\d{18}", keys.get("00", "")):
        return Element(f"(00){keys['00']}", Level.CONTAINER)
    return Element(uri.strip(), Level.OTHER) if keys else None


def _unquoted(text: str) -> str:
    """Text with its percent signs resolved."""
    plain = re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes.fromhex(found[1].decode()), text.encode())
    return plain.decode("utf-8", "replace")


def _link_keys(uri: str) -> dict[str, str]:
    """The application identifiers in the path of a Digital Link."""
    found = _LINK.fullmatch(uri.strip().split("?")[0].split("#")[0].rstrip("/"))
    if found is None:
        return {}
    parts = [_unquoted(part) for part in found[1].split("/")]
    return {_LINK_NAMES.get(name.lower(), name): value for name, value in zip(parts[::2], parts[1::2], strict=False)}


def _gtin(company: str, item: str) -> str:
    """The GTIN of a company prefix and an item reference, whose first digit is the indicator."""
    digits = item[:1] + company + item[1:]
    return f"{digits}{check_digit(digits)}" if len(digits) == 13 and digits.isascii() and digits.isdigit() else ""
