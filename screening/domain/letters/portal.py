"""What the Forced Labor Portal takes: letters and digits only, in form fields and in file names.

Nothing is filed from here. The proposal is what a person may copy; what it changes is shown beside it. Spaces are
kept in fields, since text without them cannot be read; whether the portal takes more is not published.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from anyascii import anyascii
from pypinyin import Style, lazy_pinyin

from entities.domain.names.scripts import has_han
from screening.domain.letters.checks import text_of
from screening.domain.letters.kinds import Form, Kind
from screening.domain.letters.printing import value_in_words

_FIELD = re.compile(r"[A-Za-z0-9 ]*")
_WORD = re.compile(r"[A-Za-z0-9]*")
_FILE = re.compile(r"[A-Za-z0-9]+\.[A-Za-z0-9]+")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_MARKS = {
    **{" ": "space", "\r": "line end", "\n": "line end", ",": "comma", ".": "full stop", ":": "colon"},
    **{";": "semicolon", "-": "hyphen", "(": "bracket", ")": "bracket", "'": "apostrophe", "\u2019": "apostrophe"},
    **{'"': "quotation mark", "\u201c": "quotation mark", "\u201d": "quotation mark", "/": "slash", "&": "and-sign"},
}
_IN_WORDS = {"&": " and ", "%": " percent ", "+": " plus ", "@": " at ", "€": " EUR ", "$": " USD ", "§": " section "}


@dataclass(frozen=True, slots=True)
class PortalText:
    """A text for the portal: as it was, as it is proposed, and what the portal does not take."""

    label: str
    text: str
    proposed: str
    refused: str
    is_romanised: bool

    @property
    def is_accepted(self) -> bool:
        return not self.refused


def texts_of(kind: Kind, contents: Mapping[str, Any]) -> list[PortalText]:
    """Every field of a paper as text for the portal, then every document by a file name it takes."""
    fields, files = [], []
    for part in kind.parts:
        value = contents.get(part.code)
        if not value:
            continue
        if part.form == Form.EXHIBITS:
            files += [file_name(row["name"], row["number"]) for row in value]
        elif part.form in {Form.TEXT, Form.ITEMS}:
            fields.append(field(part.label, text_of(part, value)))
        elif part.form in {Form.SHORT, Form.DATE, Form.CHOICE}:
            fields.append(field(part.label, value_in_words(part, value)))
    return fields + files


def field(label: str, text: str) -> PortalText:
    """A form field. Names in characters are romanised word by word; marks become spaces."""
    proposed = " ".join(re.sub(r"[^A-Za-z0-9]+", " ", romanised(text)).split())
    return PortalText(label, text, proposed, _refused(text, _FIELD), has_han(text))


def file_name(name: str, number: int | None = None) -> PortalText:
    """A file name: letters and digits, one dot before the extension; the exhibit's number first keeps names apart."""
    path = PurePath(name)
    stem = "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", romanised(path.stem)))
    extension = re.sub(r"[^A-Za-z0-9]", "", path.suffix) or "pdf"
    lead = f"Exhibit{number:03d}" if number is not None else ""
    proposed = f"{lead}{stem or 'File'}"[:80] + f".{extension}"
    is_accepted = bool(_FILE.fullmatch(name))
    refused = "" if is_accepted else _refused(path.stem + path.suffix[1:], _WORD) or "a file name without extension"
    if is_accepted and number is None:
        proposed = name
    return PortalText(f"Exhibit {number}" if number is not None else "File", name, proposed, refused, has_han(name))


def romanised(text: str) -> str:
    """In Latin letters: Chinese by its readings, each run of characters as one word per syllable; the rest by look."""
    for mark, words in _IN_WORDS.items():
        text = text.replace(mark, words)
    return anyascii(_HAN.sub(lambda found: f" {_pinyin(found.group())} ", text))


def _pinyin(han: str) -> str:
    return " ".join(syllable.capitalize() for syllable in lazy_pinyin(han, style=Style.NORMAL))


def _refused(text: str, allowed: re.Pattern[str]) -> str:
    """What the portal does not take, each once; line ends and characters of other scripts are told by their name."""
    found = dict.fromkeys(_named(char) for char in text if not allowed.fullmatch(char))
    return ", ".join(found)


def _named(char: str) -> str:
    if ord(char) >= 0x2E80:
        return "Chinese characters"
    return _MARKS.get(char, char)
