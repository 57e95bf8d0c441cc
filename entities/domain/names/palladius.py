"""Chinese names in Cyrillic, by the transcription of Palladius that Russian and Central Asian papers use."""

import re

from entities.domain.names.syllables import SYLLABLES

_INITIALS = {
    "zh": "чж", "ch": "ч", "sh": "ш", "b": "б", "p": "п", "m": "м", "f": "ф", "d": "д", "t": "т", "n": "н", "l": "л",
    "g": "г", "k": "к", "h": "х", "j": "цз", "q": "ц", "x": "с", "r": "ж", "z": "цз", "c": "ц", "s": "с",
}  # fmt: skip
_FINALS = {
    "a": "а", "o": "о", "e": "э", "ai": "ай", "ei": "эй", "ao": "ао", "ou": "оу", "an": "ань", "en": "энь",
    "ang": "ан", "eng": "эн",
    "ong": "ун", "i": "и", "ia": "я", "ie": "е", "iao": "яо", "iu": "ю", "ian": "янь", "in": "инь",
    "iang": "ян", "ing": "ин", "iong": "юн", "u": "у", "ua": "уа", "uo": "о", "uai": "уай", "ui": "уй", "uan": "уань",
    "un": "унь", "uang": "уан", "v": "юй", "ve": "юэ", "ue": "юэ",
}  # fmt: skip
_ALONE = {
    "yi": "и", "ya": "я", "ye": "е", "yao": "яо", "you": "ю", "yan": "янь", "yin": "инь", "yang": "ян", "ying": "ин",
    "yong": "юн", "yu": "юй", "yue": "юэ", "yuan": "юань", "yun": "юнь", "wu": "у", "wa": "ва", "wo": "во",
    "wai": "вай", "wei": "вэй", "wan": "вань", "wen": "вэнь", "wang": "ван", "weng": "вэн", "er": "эр", "a": "а",
    "ai": "ай", "an": "ань", "ao": "ао", "ou": "оу", "hui": "хуэй", "zi": "цзы", "ci": "цы", "si": "сы",
}  # fmt: skip
_AFTER_PALATAL = {"u": "юй", "uan": "юань", "un": "юнь", "ue": "юэ"}


def _cyrillic(syllable: str) -> str:
    if syllable in _ALONE:
        return _ALONE[syllable]
    initial = next((i for i in _INITIALS if syllable.startswith(i)), "")
    final = syllable[len(initial) :]
    if initial in ("j", "q", "x") and final in _AFTER_PALATAL:
        return _INITIALS[initial] + _AFTER_PALATAL[final]
    return _INITIALS[initial] + _FINALS.get(final, "") if initial else ""


_PINYIN = {spelt: syllable for syllable in sorted(SYLLABLES, key=len, reverse=True) if (spelt := _cyrillic(syllable))}
_LONGEST = max(map(len, _PINYIN))
_WORD = re.compile(r"[а-яё]+", re.IGNORECASE)


def pinyin_of_cyrillic(text: str) -> str:
    """The text with every Cyrillic word that reads as Chinese put into pinyin: ``Синьцзян`` is ``xinjiang``."""
    return _WORD.sub(lambda found: _word(found.group().lower()) or found.group(), text)


def _word(word: str) -> str:
    """Pinyin of a word that consists of Chinese syllables only, of at least two of them; else nothing."""
    word = word.replace("ъ", "")
    best: list[tuple[int, str] | None] = [(0, "")] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - _LONGEST), end):
            before, syllable = best[start], _PINYIN.get(word[start:end])
            if before is not None and syllable and (best[end] is None or before[0] + 1 < best[end][0]):  # type: ignore[index]
                best[end] = (before[0] + 1, before[1] + syllable)
    found = best[len(word)]
    return found[1] if found is not None and found[0] > 1 else ""


def cyrillic_of_pinyin(word: str) -> str:
    """A pinyin word in Cyrillic, empty where it is none: ``xinjiang`` is ``синьцзян``."""
    best: list[tuple[int, str] | None] = [(0, "")] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 6), end):
            before, part = best[start], word[start:end]
            spelt = _cyrillic(part) if part in SYLLABLES else ""
            if before is not None and spelt and (best[end] is None or before[0] + 1 < best[end][0]):  # type: ignore[index]
                best[end] = (before[0] + 1, before[1] + spelt)
    found = best[len(word)]
    return found[1] if found is not None else ""
