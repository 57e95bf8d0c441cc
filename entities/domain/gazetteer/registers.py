"""Signals of place that are numbers: postal code, credit code, landline area code, manufacturer code."""

import re

from entities.domain.identifiers import uscc_place

_CHINA_NAMES = frozenset(
    {
        "cn",
        "chn",
        "china",
        "prc",
        "prchina",
        "peoplesrepublicofchina",
        "mainlandchina",
        "chinamainland",
        "chinaprc",
        "中国",
        "中华人民共和国",
        "中國",
        "156",
        "5700",
        "thepeoplesrepublicofchina",
        "rpc",
        "cina",
        "chine",
        "kitay",
    }
)
_OTHER_NAMES = {
    "kazakhstan": "KZ", "uzbekistan": "UZ", "kyrgyzstan": "KG", "tajikistan": "TJ", "turkmenistan": "TM",
    "turkey": "TR", "turkiye": "TR", "russia": "RU", "russianfederation": "RU", "mongolia": "MN",
    "india": "IN", "vietnam": "VN",
    "usa": "US", "unitedstates": "US", "unitedstatesofamerica": "US", "hongkong": "HK", "taiwan": "TW", "japan": "JP",
    "pakistan": "PK", "germany": "DE", "unitedkingdom": "GB", "uk": "GB", "ethiopia": "ET", "canada": "CA",
}  # fmt: skip
_AREAS = frozenset(
    ["901", "902", "903", "906", "908", "909", "990", "991", "992", "993", "994", "995", "996", "997", "998", "999"]
)
# City letters that among 4,157 place names of China only places in Xinjiang have.
_MID_CITIES = frozenset(
    [
        "URU",
        "KAS",
        "KOR",
        "KUE",
        "AKS",
        "AQS",
        "HOT",
        "TUR",
        "TUL",
        "HAM",
        "KUM",
        "KUY",
        "ALT",
        "ALE",
        "TAC",
        "FUK",
        "ART",
        "ATU",
        "KUQ",
        "KUC",
        "ALA",
        "ARA",
        "KOK",
        "KEK",
        "YAR",
        "KHO",
        "ILI",
        "GHU",
        "MAK",
        "LOP",
        "MOY",
    ]
)


def country_of(text: str) -> str:
    """CN for China in any usual wording, another code or name as given, empty where nothing is given."""
    plain = re.sub(r"[\W_]+", "", text).lower()
    if not plain:
        return ""
    if plain in _CHINA_NAMES:
        return "CN"
    return _OTHER_NAMES.get(plain) or (plain.upper() if len(plain) == 2 else plain.upper() if len(plain) < 40 else "")


def country_at_end(address: str) -> str:
    """The country an address ends with, where it is one known by name."""
    plain = re.sub(r"[\W_]+", "", address.rsplit(",", 1)[-1]).lower()
    return "CN" if plain in _CHINA_NAMES and len(plain) > 2 else _OTHER_NAMES.get(plain, "")


def postal_code_in(text: str, *, alone: bool) -> str:
    """A six-digit code that begins with 83 or 84."""
    pattern = r"\s*(8[34]\d{4})(?:\.0)?\s*" if alone else r"(?<![\d\-/.])(8[34]\d{4})(?![\d\-/])"
    found = re.fullmatch(pattern, text) if alone else re.search(pattern, text)
    return found.group(1) if found else ""


def registration_place(uscc: str) -> str:
    """The division whose authority issued a valid credit code, else nothing."""
    return uscc_place(uscc)


def phone_area(phone: str, *, china: bool) -> str:
    """The landline area code of a number in Xinjiang: +86 99x and +86 90x, which no other province has."""
    digits = re.sub(r"\D", "", phone)
    marked = phone.strip().startswith(("+86", "0086", "86")) and len(digits) >= 11
    if marked:
        digits = re.sub(r"^(?:00)?86", "", digits)
    elif not china or not digits.startswith("0"):
        return ""
    digits = digits.lstrip("0")
    if digits[:3] in _AREAS and 9 <= len(digits) <= 12:
        return "0" + digits[:3]
    return ""


def mid_city(mid: str) -> str:
    """The city letters of a manufacturer code, where only cities of Xinjiang have them."""
    code = re.sub(r"\s", "", mid).upper()
    if re.fullmatch(r"CN[A-Z0-9]{3,13}", code) and code[-3:] in _MID_CITIES and len(code) >= 8:
        return code[-3:]
    return ""
