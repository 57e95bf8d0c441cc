"""Is a word the other one misspelt, or another firm's name."""

from rapidfuzz.distance import OSA

from entities.domain.matching.weights import WEIGHTS as W
from entities.domain.names.syllables import syllable_count

# What a scanner makes of a letter: 0 of o, rn of m.
_MISREAD = (("0", "o"), ("1", "l"), ("1", "i"), ("5", "s"), ("8", "b"), ("rn", "m"), ("vv", "w"))


def misread(word: str) -> tuple[str, ...]:
    """The words a scanner may have misread as this one; most words are none."""
    if word.isalpha() and "rn" not in word and "vv" not in word:
        return ()
    if word.isdigit():
        return ()
    return tuple(word.replace(seen, meant) for seen, meant in _MISREAD if seen in word)


def likeness(word: str, listed: str) -> float:
    """1 for the same word, less for a slip of the pen, 0 for another word.

    Pinyin is dense: Huafu, Huafa and Huahu are three firms, while Haufu and Huaffu can only be misspellings. A
    replaced letter that yields readable pinyin is therefore another name.
    """
    if word == listed:
        return 1.0
    if listed in misread(word):
        return W.misread
    longest = max(len(word), len(listed))
    if min(len(word), len(listed)) < 4:
        return 0.0
    allowed = 1 if longest < 9 else 2
    distance = OSA.distance(word, listed, score_cutoff=allowed)
    if distance > allowed:
        return 0.0
    if distance == 1 and sorted(word) == sorted(listed):
        return W.misspelt  # neighbours changed places, which nobody names a firm after
    readable = bool(syllable_count(word)) and bool(syllable_count(listed))
    if not readable:
        if longest == 4:
            return 0.0
        return W.misspelt if distance == 1 else W.misspelt - 0.1
    if distance > 1 or len(word) == len(listed):
        return 0.0
    return W.other_syllables if longest >= 5 else 0.0


def deletions(word: str, depth: int = 1) -> set[str]:
    """The word and what is left of it when up to ``depth`` letters are dropped."""
    found = {word}
    fringe = {word}
    for _ in range(depth):
        fringe = {w[:i] + w[i + 1 :] for w in fringe for i in range(len(w))}
        found |= fringe
    return found


def stands_for(word: str, full: str) -> bool:
    """A trade word shortened (``gmt`` for garment, ``const`` for construction) or misspelt."""
    seen = (word, *misread(word))
    return any(_stands_for(each, piece) for piece in full.split() for each in seen)


def _stands_for(word: str, full: str) -> bool:
    if len(word) >= 4 and OSA.distance(word, full, score_cutoff=2) <= (1 if len(full) < 8 else 2):
        return True
    if not 2 <= len(word) <= len(full) - 2 or word[0] != full[0]:
        return False
    letters = iter(full)
    return all(letter in letters for letter in word)
