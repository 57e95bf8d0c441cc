"""What a party cell may hold beside one name: a second name, an address below it, an agent before it."""

import re

from entities.domain.names.words import ParsedName

_BREAKS = re.compile(
    r"\n|\s/\s|\b[oc]/[obc]\b|\bon behalf of\b|\bd/b/a\b|\bdba\b|\ba/k/a\b|\bf/k/a\b|\bformerly\b", re.IGNORECASE
)


def segments(text: str) -> list[str]:
    """The whole cell, and its parts where it holds more than one name."""
    if len(text) < 12:
        return [text]
    lower = text.lower()
    # One of these stands in every break; quick to look for.
    if not ("/" in lower or "\n" in lower or "dba" in lower or "formerly" in lower or "on behalf of" in lower):
        return [text]
    parts = [part.strip() for part in _BREAKS.split(text) if part and part.strip()]
    return list(dict.fromkeys([" ".join(text.split()), *parts]))


def without_address(name: ParsedName) -> ParsedName | None:
    """The name up to its legal form, or to a house number, where an address follows in the same cell."""
    seen_form = seen_name = False
    for place, word in enumerate(name.words):
        if word.kind == "form":
            seen_form = seen_name
        elif seen_form or (seen_name and word.text == "no" and _is_number(name, place + 1)):
            rest = [w for w in name.words[place:] if w.kind not in ("form", "filler")]
            return ParsedName(name.text, name.words[:place], name.han) if rest else None
        else:
            seen_name = seen_name or word.kind != "filler"
    return None


def _is_number(name: ParsedName, place: int) -> bool:
    return place < len(name.words) and name.words[place].text.isdigit()
