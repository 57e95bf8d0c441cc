"""When two declarations are taken for one firm without a person: only where nothing sets them apart.

A wrong merge would carry one firm's suppliers to another firm's customers, so the test is strict: the same
registration number, or the same words of name, country and city, letter case and punctuation aside.
"""

import re
import unicodedata

from entities.domain.facts import PartyFacts
from entities.domain.identifiers import uscc

_NOT_A_WORD = re.compile(r"[\W_]+")
_SHORT_FORMS = {"company": "co", "limited": "ltd", "corporation": "corp", "incorporated": "inc"}


def plain_words(text: str) -> str:
    """Lower-case words without punctuation; the spellings of Co., Ltd., Corp. and Inc. made one."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_SHORT_FORMS.get(word, word) for word in _NOT_A_WORD.sub(" ", folded).split())


def identity_words(facts: PartyFacts) -> tuple[str, ...]:
    """The words that make a declaration this firm and no other."""
    if facts.uscc and (code := uscc(facts.uscc)).valid:
        return ("uscc", code.normalised)
    return (
        "name",
        plain_words(facts.name),
        plain_words(facts.native_name),
        facts.country.upper(),
        plain_words(facts.city),
    )
