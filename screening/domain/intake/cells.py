"""What stands in a cell once typing accidents are put aside, and how a problem with it is reported."""

import html
import re
import unicodedata
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import lru_cache


class Severity(StrEnum):
    """An error leaves the row out of the register; a warning is kept beside what was understood."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell, and what the sender can do about it. Where a shipment on record stands in the way,
    ``existing`` is its key, and ``code`` says so to a program."""

    column: str
    value: str
    reason: str
    remedy: str
    severity: Severity = Severity.WARNING
    code: str = ""
    existing: str = ""

    def as_dict(self) -> dict[str, str]:
        said = {key: str(value) for key, value in asdict(self).items()}
        return {key: value for key, value in said.items() if value or key not in {"code", "existing"}}


# Words that vendors' systems print where they hold nothing.
BLANKS = frozenset(
    {
        "",
        "null",
        "(null)",
        "none",
        "nil",
        "nan",
        "na",
        "n/a",
        "n.a.",
        "n.a",
        "n a",
        "#n/a",
        "#ref!",
        "#value!",
        "#name?",
        "#div/0!",
        "not available",
        "not applicable",
        "no data",
        "undefined",
        "(blank)",
        "blank",
        "无",
        "不详",
        "нет",
        "нет данных",
        "không có",
        "s/d",
        "sin dato",
    }
)
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_INVISIBLE = {0xFEFF: None, 0x200B: None, 0x200C: None, 0x200D: None, 0x200E: None, 0x200F: None, 0x00AD: None}
_SPACES = {0x3000: " ", 0x00A0: " ", 0x2007: " ", 0x202F: " ", 0x2009: " "}
_TRANSLATE = {**_FULL_WIDTH, **_INVISIBLE, **_SPACES, 0x2028: "\n", 0x2029: "\n"}
_UNTIDY = re.compile(r"[^\x20-\x7e]|[ ]{2}|^ | $|&")
_SPACED = re.compile(r"[^\S ]|[ ]{2}|^\s|\s$")
_NAMED_ENTITY = re.compile(r"&(amp|lt|gt|quot|apos|nbsp|#\d{2,5});", re.IGNORECASE)


@lru_cache(maxsize=4096)
def tidy(text: str) -> str:
    """The cell in plain characters: full-width letters and digits made narrow, odd spaces and entities undone.

    Line breaks stay: in a name-and-address cell they are what separates the name from the address.
    """
    if not _UNTIDY.search(text):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_TRANSLATE)
    if "&" in text:
        text = _NAMED_ENTITY.sub(lambda found: html.unescape(found.group(0).lower()), text)
    text = "".join(char for char in text if char >= " " or char in "\n\t")
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(lines).strip()


@lru_cache(maxsize=4096)
def is_blank(text: str) -> bool:
    """Whether the cell holds nothing, or a word or a dash that stands for nothing."""
    bare = tidy(text).casefold()
    return bare in BLANKS or not any(char.isalnum() for char in bare)


def given(text: str) -> str:
    """The tidied cell, or nothing when it only says that there is nothing."""
    return "" if is_blank(text) else tidy(text)


def one_line(text: str) -> str:
    """The cell on one line, for names, references and descriptions."""
    if not _SPACED.search(text):
        return text
    return re.sub(r"\s+", " ", text).strip()


@lru_cache(maxsize=4096)
def header_key(text: str) -> str:
    """A column heading stripped to its letters and digits, so that spelling and separators do not matter."""
    decomposed = unicodedata.normalize("NFKD", tidy(text).casefold().replace("đ", "d").replace("ı", "i"))
    kept = (char for char in decomposed if not unicodedata.combining(char))
    return " ".join("".join(char if char.isalnum() or char == "%" else " " for char in kept).split())


def compact(text: str) -> str:
    """A heading's letters and digits without any space."""
    return header_key(text).replace(" ", "")


def is_native_script(text: str) -> bool:
    """Whether most letters are outside the Latin alphabet: a name a Latin-only search would never find."""
    letters = [char for char in text if char.isalpha()]
    foreign = sum(1 for char in letters if ord(char) > 0x24F and not 0x1E00 <= ord(char) <= 0x1EFF)
    return bool(letters) and foreign * 2 > len(letters)
