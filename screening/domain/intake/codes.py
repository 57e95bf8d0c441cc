"""Tariff codes, containers and registration codes picked out of a cell or out of running text."""

import re
from dataclasses import dataclass

from screening.domain.intake.cells import given, one_line, tidy

_CODE_DIGITS = re.compile(r"\d[\d. ]*\d|\d")
_LABEL = re.compile(r"^[^\d:]*:\s*")
_CODE_IN_TEXT = re.compile(
    r"\b(?:H\.?\s?S\.?|H\.?T\.?S\.?(?:U\.?S\.?)?|HSN|NCM|TARIFF|TARIC)[\s.\-]*(?:CODE|NO|NUMBER|NR|#)?S?[\s.:#\-]*"
    r"((?:\d{4}[. ]?\d{2}(?:[. ]?\d{2}){0,2}|\d{4})"
    r"(?:\s*[,;/&]\s*(?:\d{4}[. ]?\d{2}(?:[. ]?\d{2}){0,2}|\d{4}))*)(?!\d)",
    re.IGNORECASE,
)
_CONTAINER = re.compile(r"\b([A-Z]{3}[UJZ])[ -]?(\d{6})[ -]?(\d)\b")
_USCC = re.compile(r"(?<![0-9A-Z])([0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10})(?![0-9A-Z])")
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# What manifests write in the container cell of bulk cargo: no container, not applicable.
_NO_CONTAINER = frozenset(
    {"NC", "NA", "N/A", "NONE", "BULK", "LOOSE", "NO CONTAINER", "NOCONTAINER", "BREAK BULK", "KEEP"}
)


@dataclass(frozen=True)
class TariffCodes:
    """The codes of one cell, in order and once each, as bare digits."""

    codes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def read_tariff_codes(text: str) -> TariffCodes:
    """Every HS or HTS code in a cell, of 2, 4, 6, 8 or 10 digits: ``Classified: 2523.29; Classified: 6815.19``."""
    codes: dict[str, None] = {}
    notes, unread = [], []
    for piece in _pieces(given(text)):
        code, note = _tariff_code(piece)
        if code:
            codes[code] = None
            if note:
                notes.append(note)
        else:
            unread.append(piece)
    return TariffCodes(tuple(codes), tuple(dict.fromkeys(notes)), tuple(dict.fromkeys(unread)))


def split_codes(text: str) -> list[str]:
    """The cell cut where it names one code per container or article; empty places are kept."""
    return [piece.strip() for piece in re.split(r"[;|\n]", tidy(text))]


def _pieces(text: str) -> list[str]:
    pieces = (_LABEL.sub("", piece.strip()) for piece in re.split(r"[;,|/\n]|\s-\s|\band\b", text))
    return [piece for piece in pieces if piece.strip()]


def _tariff_code(piece: str) -> tuple[str, str]:
    found = _CODE_DIGITS.search(piece)
    if found is None:
        return "", ""
    number = found.group(0).strip()
    # A number column turned into text: 8451.0 is the heading 8451, not a code of five digits.
    number = re.sub(r"^(\d+)\.0$", r"\1", number)
    digits = re.sub(r"\D", "", number)
    note = ""
    if len(digits) in (3, 5, 7, 9) and 1 <= int(digits[0]) <= 9:
        digits, note = "0" + digits, f"The leading zero lost from {piece} was put back."
    if len(digits) in (11, 12):
        digits, note = digits[:10], f"Only the first ten digits of {piece} were kept."
    if len(digits) not in (2, 4, 6, 8, 10) or not _is_chapter(digits[:2]):
        return "", ""
    return digits, note


def _is_chapter(digits: str) -> bool:
    return 1 <= int(digits) <= 99 and digits != "77"


def tariff_codes_in(text: str) -> tuple[str, ...]:
    """Codes that a goods description calls HS codes, for rows whose code column is empty."""
    codes: dict[str, None] = {}
    for found in _CODE_IN_TEXT.finditer(tidy(text)):
        for code in read_tariff_codes(found.group(1)).codes:
            if len(code) >= 4:
                codes[code] = None
    return tuple(codes)


@dataclass(frozen=True)
class Containers:
    """Containers or rail cars named in a cell; ``loose`` when the cell says that there are none."""

    numbers: tuple[str, ...] = ()
    loose: bool = False
    unread: tuple[str, ...] = ()


def read_containers(text: str) -> Containers:
    """Container numbers (ISO 6346), rail car marks, or ``NC`` for cargo outside containers."""
    shown = one_line(tidy(text)).upper()
    if not shown or shown in {"-", "NULL"}:
        return Containers()
    if shown in _NO_CONTAINER:
        return Containers(loose=True)
    numbers: dict[str, None] = {}
    unread = []
    for piece in re.split(r"[;,|\n]|\s/\s", tidy(text).upper()):
        piece = piece.strip()
        if not piece or piece in _NO_CONTAINER:
            continue
        found = _CONTAINER.findall(piece)
        if found:
            numbers.update(dict.fromkeys("".join(parts) for parts in found))
        elif re.fullmatch(r"[A-Z]{2,4}[ -]?\d{3,7}", piece) or re.fullmatch(r"\d{5,11}", piece):
            numbers[piece.replace(" ", "").replace("-", "")] = None
        else:
            unread.append(piece)
    return Containers(tuple(numbers), False, tuple(unread))


def uscc_in(text: str) -> str:
    """The first unified social credit code (GB 32100) in a text whose check character is right."""
    for found in _USCC.finditer(tidy(text).upper()):
        code = found.group(1)
        total = sum(_USCC_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
        if _USCC_ALPHABET[(31 - total % 31) % 31] == code[17]:
            return code
    return ""
