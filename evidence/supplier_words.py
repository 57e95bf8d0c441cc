"""What a supplier without an account reads: the same sentences in each language it can be asked in."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).resolve().parent / "data" / "supplier_words.toml"


@lru_cache(maxsize=1)
def _all() -> dict[str, dict[str, str]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def words_in(language: str) -> dict[str, str]:
    """The sentences in one language; one that is not translated yet is English."""
    every = _all()
    return every["en"] | every.get(language, {})


def refused_in(language: str, code: str, message: str) -> str:
    """Why a file is not taken and what to do about it, in one language.

    English tells the case at hand (``message``); of the other languages so much as the kind of the problem.
    """
    return words_in(language).get(f"refused_{code}", message)
