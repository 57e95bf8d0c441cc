"""Is a name that of a firm, or of a class of firms: “all polysilicon producers”, “six mills (unnamed)”."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

_IN_BRACKETS = re.compile(r"[(（\[].*?[)）\]]")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
# What follows these words narrows the class: “manufacturers in Vietnam”, “plants of Chinese producers”.
_NARROWS = re.compile(r"\s+(?:in|of|from|across|within|based|at)\s+")
_NATIVE_WORKS = ("企业", "厂", "厂家", "矿")


@dataclass(frozen=True, eq=False)
class AggregateWords:
    """The words that tell a class of firms, by kind.

    ``says_so``: the name itself says that nobody is named. ``plural``: what firms of a class are called; Latin ones
    tell it only in small letters, as firms bear them in their names too (“Example Mills”). ``opening``: words before
    a plural, in any letters: “VARIOUS SUPPLIERS”. ``firm``: legal forms; with one the name is a firm's.

    Nothing is traced through a class of firms, so a firm is not to be taken for one: the test is strict.
    """

    by_kind: Mapping[str, Iterable[str]]

    @cached_property
    def _sets(self) -> dict[str, frozenset[str]]:
        return {kind: frozenset(words) for kind, words in self.by_kind.items()}

    def tell(self, name: str) -> str:
        """The words by which a name is that of a class of firms, or nothing."""
        folded = " ".join(name.casefold().split())
        for words in sorted(self._sets["says_so"], key=len, reverse=True):
            if words in folded if not words.isascii() else re.search(rf"\b{re.escape(words)}\b", folded):
                return words
        bare = " ".join(_IN_BRACKETS.sub(" ", name).split())
        if self._is_firm(bare):
            return ""
        return self._latin(bare) or ("" if bare.isascii() else self._native(bare))

    def _is_firm(self, name: str) -> bool:
        forms = self._sets["firm"]
        words = {word.casefold() for word in _WORD.findall(name.replace(".", ""))}
        return bool(words & forms) or any(not form.isascii() and name.endswith(form) for form in forms)

    def _latin(self, name: str) -> str:
        words = _WORD.findall(_NARROWS.split(name, maxsplit=1)[0])
        if not words:
            return ""
        first, last = words[0].casefold(), words[-1]
        if last in self._sets["plural"] or (
            first in self._sets["opening"] and last.casefold() in self._sets["plural"]
        ):
            return last
        return ""

    def _native(self, name: str) -> str:
        told = next((word for word in self._sets["plural"] if not word.isascii() and name.endswith(word)), "")
        if told or not name.endswith(_NATIVE_WORKS):
            return told
        return next((word for word in self._sets["opening"] if not word.isascii() and name.startswith(word)), "")
