"""Company names in Uyghur, written in Arabic script: words of place and trade translated, Chinese brands by sound."""

import re

from entities.domain.names.syllables import SYLLABLES

ARABIC_WORD = re.compile(r"[\u0620-\u06ff]+")
_WORDS = {
    "شىنجاڭ": "xinjiang", "ئاقسۇ": "aksu", "قەشقەر": "kashgar", "ئۈرۈمچى": "urumqi", "تۇرپان": "turpan",
    "خوتەن": "hotan", "كۇچا": "kuche", "شىخەنزە": "shihezi", "كۈيتۇن": "kuitun", "ئاۋات": "awati", "ئىلى": "yili",
    "سانجى": "changji", "قۇمۇل": "hami", "قاراماي": "karamay", "كورلا": "korla",
    "شىركىتى": "co", "شىركەت": "co", "چەكلىك": "ltd", "مەسئۇلىيىتى": "ltd", "مەسئۇلىيەت": "ltd",
    "گۇرۇھى": "group", "گۇرۇپپىسى": "group", "زاۋۇتى": "factory", "توقۇمىچىلىق": "textile", "پاختا": "cotton",
    "خىمىيە": "chemical", "سانائىتى": "industry", "سانائەت": "industry", "سودا": "trade", "خەلقئارا": "international",
    "يېڭى": "new", "ئېنېرگىيە": "energy", "يېزا": "agricultural", "ئىگىلىك": "of", "يېمەكلىك": "food",
    "كانچىلىق": "mining", "كۆمۈر": "coal", "ئېلېكتر": "electricity", "سىنك": "zinc", "ماگنىي": "magnesium",
    "يۇڭ": "wool", "رەڭلىك": "color", "يىپ": "yarn", "ئىشلەپچىقىرىش": "production", "قۇرۇلۇش": "construction",
    "بىڭتۇەنى": "bingtuan", "بىڭتۇەن": "bingtuan",
}  # fmt: skip
_LETTERS = str.maketrans(
    {
        "ا": "a", "ە": "e", "ې": "E", "ى": "i", "ي": "y", "و": "o", "ۇ": "u", "ۆ": "O", "ۈ": "v", "ۋ": "w", "ب": "b",
        "پ": "p", "ت": "t", "ج": "j", "چ": "q", "خ": "h", "ھ": "h", "د": "d", "ر": "r", "ز": "z", "ژ": "r", "س": "s",
        "ش": "x", "غ": "g", "ف": "f", "ق": "k", "ك": "k", "گ": "g", "ڭ": "N", "ل": "l", "م": "m", "ن": "n", "ئ": "",
    }
)  # fmt: skip
_INITIALS = {"zh": "j", "ch": "q", "sh": "x"}
_FINALS = {
    "a": "a", "o": "o", "e": "E", "ai": "ey", "ei": "Ey", "ao": "aw", "ou": "ow", "an": "an", "en": "En",
    "ang": "aN", "eng": "EN", "ong": "uN", "i": "i", "ia": "ya", "ie": "ye", "iao": "yaw", "iu": "yu",
    "ian": "yen", "in": "in", "iang": "yaN", "ing": "iN", "iong": "yuN", "u": "u", "ua": "ua", "uo": "o",
    "uai": "uey", "ui": "uy", "uan": "uen", "un": "un", "uang": "uaN",
}  # fmt: skip
_AFTER_PALATAL = {"u": "v", "uan": "ven", "un": "vn", "ue": "vye"}


def _spelt(syllable: str) -> str:
    """A syllable in the letters of the Uyghur transcription, nothing where it has none."""
    initial = syllable[:2] if syllable[:2] in _INITIALS else syllable[:1]
    final = syllable[len(initial) :]
    if initial in ("j", "q", "x") and final in _AFTER_PALATAL:
        return initial + _AFTER_PALATAL[final]
    if initial in ("y", "w", "a", "e", "o"):
        rest = _FINALS.get(final, final.replace("ng", "N")) if initial in "yw" else ""
        return initial + rest if rest else ""
    return _INITIALS.get(initial, initial) + _FINALS[final] if final in _FINALS else ""


# zhi and ji are written the same: the more frequent reading, without h, is kept last.
_PINYIN = {spelt: s for s in sorted(SYLLABLES, key=lambda s: ("h" not in s[1:2], s)) if (spelt := _spelt(s))}
_LONGEST = max(map(len, _PINYIN))


def latin_of_uyghur(text: str) -> str:
    """The text with every Uyghur word that is known, or reads as Chinese syllables, in Latin letters."""
    return ARABIC_WORD.sub(lambda found: _WORDS.get(found.group()) or _by_sound(found.group()) or found.group(), text)


def _by_sound(word: str) -> str:
    letters = word.translate(_LETTERS)
    best: list[tuple[int, str] | None] = [(0, "")] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - _LONGEST), end):
            before, syllable = best[start], _PINYIN.get(letters[start:end])
            if before is not None and syllable and (best[end] is None or before[0] + 1 < best[end][0]):  # type: ignore[index]
                best[end] = (before[0] + 1, before[1] + syllable)
    found = best[len(letters)]
    return found[1] if found is not None and found[0] > 1 else ""
