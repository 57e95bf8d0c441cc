"""The office's letterhead and wording of letters: the file that comes with the program, and over it the site's own."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

SHIPPED = Path(__file__).resolve().parent / "data" / "letters.toml"


def letterhead() -> dict[str, Any]:
    """Name (empty: that of the office), address lines, and whom to write to."""
    return _read(settings.LETTERS_FILE)["letterhead"]


def wording(kind: str) -> dict[str, Any]:
    """The words a letter of this kind begins with, by the code of the content."""
    return _read(settings.LETTERS_FILE)["kinds"].get(kind, {})


@lru_cache(maxsize=4)
def _read(own: str) -> dict[str, Any]:
    shipped = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    if not own:
        return shipped
    ours = tomllib.loads(Path(own).read_text(encoding="utf-8"))
    kinds = shipped["kinds"] | {
        kind: shipped["kinds"].get(kind, {}) | words for kind, words in ours.get("kinds", {}).items()
    }
    return {"letterhead": shipped["letterhead"] | ours.get("letterhead", {}), "kinds": kinds}
