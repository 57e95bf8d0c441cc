"""Which letter strings are Mandarin syllables: a misspelt word usually is not, another firm's name usually is."""

from functools import lru_cache

_FINALS = {
    "": "a o e ai ei ao ou an en ang eng er "
    "yi ya yo ye yao you yan yin yang ying yong wu wa wo wai wei wan wen wang weng yu yue yuan yun",
    "b": "a o ai ei ao an en ang eng i ie iao ian in ing u",
    "p": "a o ai ei ao ou an en ang eng i ie iao ian in ing u",
    "m": "a o e ai ei ao ou an en ang eng i ie iao iu ian in ing u",
    "f": "a o ei ou an en ang eng u",
    "d": "a e ai ei ao ou an en ang eng ong i ie iao iu ian ing u uo ui uan un",
    "t": "a e ai ao ou an ang eng ong i ie iao ian ing u uo ui uan un",
    "n": "a e ai ei ao ou an en ang eng ong i ie iao iu ian in iang ing u uo uan v ve ue",
    "l": "a e ai ei ao ou an ang eng ong i ia ie iao iu ian in iang ing u uo uan un v ve ue",
    "g": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "k": "a e ai ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "h": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "j": "i ia ie iao iu ian in iang ing iong u ue uan un",
    "q": "i ia ie iao iu ian in iang ing iong u ue uan un",
    "x": "i ia ie iao iu ian in iang ing iong u ue uan un",
    "zh": "a e ai ei ao ou an en ang eng ong i u ua uo uai ui uan un uang",
    "ch": "a e ai ao ou an en ang eng ong i u ua uo uai ui uan un uang",
    "sh": "a e ai ei ao ou an en ang eng i u ua uo uai ui uan un uang",
    "r": "e ao ou an en ang eng ong i u uo ui uan un",
    "z": "a e ai ei ao ou an en ang eng ong i u uo ui uan un",
    "c": "a e ai ao ou an en ang eng ong i u uo ui uan un",
    "s": "a e ai ao ou an en ang eng ong i u uo ui uan un",
}
SYLLABLES = frozenset(initial + final for initial, finals in _FINALS.items() for final in finals.split())
_LONGEST = max(map(len, SYLLABLES))
# "zhong-ti-a" is a slip of the pen, not a name: inside a word these would be written with an apostrophe.
_ONLY_FIRST = frozenset({"a", "o", "e", "ei", "eng", "ang", "ou"})


@lru_cache(maxsize=200_000)
def syllable_count(word: str) -> int:
    """The fewest Mandarin syllables the word can be read as, 0 where it cannot.

    >>> syllable_count("zhongtai"), syllable_count("esquel")
    (2, 0)
    """
    best: list[int] = [0] + [0] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - _LONGEST), end):
            part = word[start:end]
            if part in SYLLABLES and (start == 0 or (best[start] and part not in _ONLY_FIRST)):
                count = best[start] + 1
                if not best[end] or count < best[end]:
                    best[end] = count
    return best[len(word)]
