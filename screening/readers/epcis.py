"""A file of EPCIS in JSON read into plain values: exact numbers, a bounded size, and every fault said in words."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from entities.domain.errors import Refused

MIB = 1024 * 1024
MAX_BYTES = 10 * MIB


def read_json(content: bytes) -> tuple[Any, list[str]]:
    """The values of a JSON file, and the names that stand twice in one object, of which the last value counts.

    Raises ``Refused`` where the file is too large, is no JSON, or is EPCIS in XML.
    """
    if len(content) > MAX_BYTES:
        raise Refused("too_large", f"An EPCIS file of at most {MAX_BYTES // MIB} MB is read: split it by events.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Refused("not_json", f"The file is no UTF-8 text (byte {fault.start + 1}): save it as UTF-8.") from fault
    if not text.strip():
        raise Refused("empty", "The file is empty: send the document with its events in it.")
    if text.lstrip().startswith("<"):
        raise Refused("not_json", "This is XML. EPCIS 2.0 is read as JSON or JSON-LD: export it in that form.")
    twice: list[str] = []

    def pairs(given: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in given:
            if name in found:
                twice.append(name)
            found[name] = value
        return found

    try:
        values = json.loads(text, parse_float=Decimal, parse_constant=_not_a_number, object_pairs_hook=pairs)
    except json.JSONDecodeError as fault:
        raise Refused(
            "not_json", f"This is no JSON: line {fault.lineno}, column {fault.colno}: {fault.msg}. Correct it there."
        ) from fault
    except RecursionError as fault:
        raise Refused("not_json", "The JSON is nested too deeply: no EPCIS document is.") from fault
    except ValueError as fault:
        raise Refused("not_json", f"This is no JSON that can be read: {fault}.") from fault
    if "\\ud" in text.lower():
        try:
            json.dumps(values, ensure_ascii=False, default=str).encode()
        except UnicodeEncodeError as fault:
            raise Refused("not_json", "The file holds half a character (a lone surrogate): remove it.") from fault
    if "\x00" in text or "\\u0000" in text:
        raise Refused("not_json", "The file holds null characters, which no EPCIS document does: remove them.")
    return values, list(dict.fromkeys(twice))


def _not_a_number(word: str) -> Any:
    raise ValueError(f"{word} is no number in JSON")
