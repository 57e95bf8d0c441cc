"""The keys under which a party is found again when the list changes: made of its own words, whatever list is in use.

A name is kept by its Latin words and each two short ones beside each other (which may be one word written apart), and
by how each two Chinese characters beside each other sound. Words of the address stand apart behind ``@``, the letters
of a manufacturer code behind ``#``.
"""

import hashlib
import re
from collections.abc import Iterable

from entities.domain.facts import PartyFacts
from entities.domain.gazetteer.reading import HanStream
from entities.domain.identifiers import mid
from entities.domain.matching.cells import segments
from entities.domain.matching.relations import tie_in
from entities.domain.names.scripts import HAN, fold, has_han, readings, simplified
from entities.domain.names.words import SHORT, SPACED_HAN, initials_joined

ADDRESS, CODE, SOUND = "@", "#", "~"
LONG_ENOUGH = 4  # letters of a word of an address that is worth keeping
# Legal forms nearly every name carries: no brand, no trade, and of no use to find a name by.
EVERYWHERE = frozenset({"and", "co", "company", "corp", "corporation", "inc", "limited", "llc", "ltd"})


def number_of(key: str) -> int:
    """A key as a number of 63 bits, as it is kept."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest()) >> 1


def keys_of(party: PartyFacts) -> set[str]:
    """All keys of a party."""
    found: set[str] = set()
    for text in (party.name, party.native_name):
        for part in _readings_of(text):
            found.update(_of_name(part))
    if party.address:
        found.update(ADDRESS + word for word in fold(party.address).split() if len(word) >= LONG_ENOUGH)
        if has_han(party.address):
            found.update(ADDRESS + key for run in HAN.findall(HanStream.of(party.address).text) for key in sounds(run))
    code = party.mid.strip().upper()
    if code and mid(code).valid:
        found.add(CODE + re.sub(r"\d", "", code[2:]))
    return found


def is_word(key: str) -> bool:
    """The key is a Latin word of a name: one that may be misspelt, or hold another."""
    return key[0] not in (ADDRESS, CODE, SOUND) and " " not in key


def sounds(run: str) -> Iterable[str]:
    """How each two characters beside each other are read; a lone character by itself."""
    if len(run) == 1:
        return sounding(readings(run), ("",))
    return (key for one, other in zip(run, run[1:], strict=False) for key in sounding(readings(one), readings(other)))


def sounding(first: Iterable[str], second: Iterable[str]) -> list[str]:
    """The keys of two characters with these readings."""
    return [f"{SOUND}{one}-{other}" for one in first for other in second]


def _readings_of(text: str) -> Iterable[str]:
    """The cell, its parts, and the names of two firms where it speaks of another one."""
    if not text or text.isspace():
        return
    for segment in segments(text):
        yield segment
        if tie := tie_in(segment):
            yield tie.own
            yield tie.other


def _of_name(text: str) -> Iterable[str]:
    words = initials_joined(fold(text).split())
    for place, word in enumerate(words):
        if word not in EVERYWHERE:
            yield word
        following = words[place + 1] if place + 1 < len(words) else ""
        if following and len(word) <= SHORT and len(following) <= SHORT and not {word, following} <= EVERYWHERE:
            yield f"{word} {following}"
    if has_han(text):
        for run in HAN.findall(SPACED_HAN.sub("", simplified(text))):
            yield from sounds(run)
