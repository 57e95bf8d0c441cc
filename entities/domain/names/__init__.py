"""Company names: scripts, legal forms, place and trade words, and the words that tell one firm from another."""

from entities.domain.names.scripts import fold, han_text, has_han, readings, simplified
from entities.domain.names.syllables import syllable_count
from entities.domain.names.vocabulary import Division, Sense, Vocabulary, WordRow, build_vocabulary
from entities.domain.names.words import ParsedName, Word

__all__ = [
    "Division",
    "ParsedName",
    "Sense",
    "Vocabulary",
    "Word",
    "WordRow",
    "build_vocabulary",
    "fold",
    "han_text",
    "has_han",
    "readings",
    "simplified",
    "syllable_count",
]
