"""Bring a name from whatever script and spelling to one that can be compared."""

import re
import unicodedata
from functools import cache, lru_cache
from itertools import product

from anyascii import anyascii
from opencc import OpenCC
from pypinyin import pinyin_dict

from entities.domain.names.palladius import pinyin_of_cyrillic
from entities.domain.names.uyghur import ARABIC_WORD, latin_of_uyghur

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_NOT_LATIN = re.compile(r"[^\x00-\u024f\u1e00-\u1eff]")
_ASCII: dict[int, str | None] = {i: " " for i in range(128) if not chr(i).isalnum()}
_ASCII[ord("'")] = None
_ASCII[ord("`")] = None
_ASCII.update({i: chr(i).lower() for i in range(65, 91)})
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u02bb\u2032\u00b4\uff07"))
_LETTERS = str.maketrans({"đ": "d", "Đ": "D", "ı": "i", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"})
# The tone marks of pinyin; the remaining ü of a syllable is written u, and behind l and n just as often v.
_TONES = {
    ord(c): p
    for p, cs in {"a": "āáǎà", "e": "ēéěèê", "i": "īíǐì", "o": "ōóǒò", "u": "ūúǔùüǖǘǚǜ", "n": "ńňǹ", "m": "ḿ"}.items()
    for c in cs
}
# 乾 in a brand is simplified to 干, and is read qian there far more often than gan.
_READ_IN_NAMES = {"干": ("qian", "gan")}
MAX_READINGS = 4


@cache
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


def has_han(text: str) -> bool:
    """The text carries Chinese characters."""
    return not text.isascii() and HAN.search(text) is not None


@lru_cache(maxsize=512)
def simplified(text: str) -> str:
    """Traditional characters become simplified ones; full-width letters and digits plain ones."""
    return _to_simplified().convert(unicodedata.normalize("NFKC", text))


def han_text(text: str) -> str:
    """Only the Chinese characters of a text, simplified, in their order."""
    return "".join(HAN.findall(simplified(text)))


@lru_cache(maxsize=512)
def fold(text: str) -> str:
    """Lower-case Latin letters and digits with single blanks between the words, whatever the script was.

    Apostrophes vanish inside a word (Yuan'an is Yuanan), every other mark separates. Chinese characters are dropped:
    they are compared as characters, see ``han_text``.
    """
    if not text.isascii():
        text = HAN.sub(" ", unicodedata.normalize("NFKC", text))
        text = text.translate(_APOSTROPHES).translate(_LETTERS)
        if _NOT_LATIN.search(text):
            if ARABIC_WORD.search(text):
                text = latin_of_uyghur(text)
            text = anyascii(pinyin_of_cyrillic(text) if _CYRILLIC.search(text) else text)
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        text = text.encode("ascii", "ignore").decode()
    return " ".join(text.translate(_ASCII).split())


@cache
def _character_readings(character: str) -> tuple[str, ...]:
    if character in _READ_IN_NAMES:
        return _READ_IN_NAMES[character]
    toned = pinyin_dict.pinyin_dict.get(ord(character), "")
    spelt = [r.translate(_TONES) for r in toned.split(",") if r]
    if spelt and toned[0] in "ln" and toned[1] in "üǖǘǚǜ":
        spelt.insert(1, f"{spelt[0][0]}v{spelt[0][2:]}")
    return tuple(dict.fromkeys(spelt))[:2]


def readings(han: str) -> tuple[str, ...]:
    """How a Chinese word is written in pinyin without tones: ``华孚`` is ``huafu``.

    A character with two readings gives both, the usual one first, up to four spellings in all.
    """
    choices = [_character_readings(c) or ("",) for c in han]
    spellings: list[str] = []
    for combination in product(*choices):
        spellings.append("".join(combination))
        if len(spellings) == MAX_READINGS:
            break
    return tuple(dict.fromkeys(spellings))
