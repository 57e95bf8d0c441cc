"""Ports of the trade by the names that papers give them, in English and in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping


class Ports:
    """A port goes by its first name; a terminal or harbour of it counts as the port (Yantian as Shenzhen)."""

    def __init__(self, rows: Iterable[tuple[str, str]]) -> None:
        """``rows``: the English names of a port and the Chinese ones, those of a cell divided by ``|``."""
        self._known: Mapping[str, str] = {
            name.casefold(): english.split("|")[0]
            for english, chinese in rows
            for name in (*english.split("|"), *chinese.split("|"))
        }
        longest_first = sorted(self._known, key=len, reverse=True)
        self._names = re.compile(
            "|".join(rf"\b{re.escape(name)}\b" if name.isascii() else re.escape(name) for name in longest_first)
        )

    def named(self, text: str) -> frozenset[str]:
        """The ports that a text names; none where it names none of these."""
        return frozenset(self._known[name] for name in self._names.findall(text.casefold()))
