"""Is it the same firm? What a judgement speaks of, when it lapses, what it does, and the two names side by side."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any, Literal

from rapidfuzz import fuzz

from entities.domain.facts import PartyFacts
from entities.domain.identifiers import uscc
from entities.domain.identity import plain_words

Effect = Literal["sets_aside", "confirms", "awaits", "nothing"]
_PIECE = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+|[^\w\s]+|\s+")
_WORDS = {"name": "name", "native_name": "native name", "uscc": "USCC"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement that stands on a party and an entity."""

    pk: int
    verdict: str
    by: str
    on: date
    reason: str
    confirmed_by: str = ""

    @property
    def sentence(self) -> str:
        """What a reader of the finding is told."""
        who = f"{self.by}, confirmed by {self.confirmed_by}," if self.confirmed_by else self.by
        firm = {"same": "the same firm", "different": "a different firm"}.get(self.verdict, "unsure")
        return f"Judged {firm} by {who} on {self.on:%-d %B %Y}: {self.reason} (judgement {self.pk})"


def effect(judged: Judged | None, machine_verdict: str) -> Effect:
    """What a standing judgement does to what the machine says. Setting a match aside takes two persons."""
    if judged is None or judged.verdict == "unsure":
        return "nothing"
    if judged.verdict == "same":
        return "confirms"
    if machine_verdict == "match" and not judged.confirmed_by:
        return "awaits"
    return "sets_aside"


# --- what a judgement speaks of ---------------------------------------------------------------------------------


def firm_words(facts: PartyFacts) -> tuple[tuple[str, str], ...]:
    """What tells this firm from another: names, place and registration number; spelling of forms and case aside."""
    code = uscc(facts.uscc) if facts.uscc else None
    return (
        ("name", plain_words(facts.name)),
        ("native_name", plain_words(facts.native_name)),
        ("city", plain_words(facts.city)),
        ("province", plain_words(facts.province)),
        ("country", facts.country.upper()),
        ("uscc", (code.normalised if code and code.valid else facts.uscc.strip().upper())),
    )


def party_key(facts: PartyFacts, scope: str) -> str:
    """Digest of the party a judgement speaks of: the firm, or the firm at one address."""
    words = [scope, *(value for _, value in firm_words(facts))]
    if scope == "site":
        words += [plain_words(facts.address), plain_words(facts.postal_code)]
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()


def rows_sha256(rows: Sequence[Mapping[str, Any]]) -> str:
    """Digest of what a list says of an entity; the order of rows and names does not matter."""
    return hashlib.sha256(json.dumps(list(rows), sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


# --- why it lapsed ----------------------------------------------------------------------------------------------


def party_changes(before: PartyFacts, now: PartyFacts, scope: str) -> list[str]:
    """In which words the party is another than the one judged."""
    old, new = dict(firm_words(before)), dict(firm_words(now))
    fields = [name for name in new if old[name] != new[name]]
    if scope == "site":
        pairs = ((name, getattr(before, name), getattr(now, name)) for name in ("address", "postal_code"))
        fields += [name for name, was, is_now in pairs if plain_words(was) != plain_words(is_now)]
    return [
        f"{_WORDS.get(name, name.replace('_', ' '))} was {_said(getattr(before, name))}, "
        f"is {_said(getattr(now, name))}"
        for name in fields
    ]


def row_changes(before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the list says otherwise of the entity since it was judged."""
    if not now:
        return ["the entity is on the list no more"]
    found = []
    for field, word in (("aliases", "alias"), ("native_names", "Chinese name")):
        old, new = _all(before, field), _all(now, field)
        found += [f"{word} {_said(text)} added" for text in sorted(new - old)]
        found += [f"{word} {_said(text)} removed" for text in sorted(old - new)]
    kept = {text for field in ("aliases", "native_names") for text in _all(before, field) & _all(now, field)}
    old, new = _all(before, "confirmed_names") & kept, _all(now, "confirmed_names") & kept
    found += [f"{_said(text)} confirmed as its name" for text in sorted(new - old)]
    found += [f"{_said(text)} no longer confirmed as its name" for text in sorted(old - new)]
    for field in ("name", "listed_as", "section", "scope", "location", "first_effective_on", "removed_on"):
        was, is_now = [{str(row.get(field) or "") for row in rows} for rows in (before, now)]
        if was != is_now:
            word = field.removesuffix("_on").replace("_", " ")
            found.append(f"{word} was {_said(*sorted(was))}, is {_said(*sorted(is_now))}")
    return found or ["its rows are printed otherwise"]


def _all(rows: Sequence[Mapping[str, Any]], field: str) -> set[str]:
    return {text for row in rows for text in row.get(field, ())}


def _said(*texts: str) -> str:
    return ", ".join(f"“{text}”" for text in texts if text) or "not given"


# --- two names side by side -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of a name, or a character of a Chinese one, and whether the other name lacks it."""

    text: str
    differs: bool


def closest(name: str, others: Iterable[str]) -> str:
    """The name of the other side that reads most like this one."""
    return max(others, key=lambda other: fuzz.token_sort_ratio(name.lower(), other.lower()), default="")


def differing(name: str, other: str) -> list[Piece]:
    """The pieces of a name in order, those marked which the other name does not have, wherever it has them."""
    pieces = _PIECE.findall(name)
    han = any("\u3400" <= piece <= "\u9fff" for piece in pieces)
    if han:
        same = {
            index
            for block in SequenceMatcher(None, pieces, _PIECE.findall(other), autojunk=False).get_matching_blocks()
            for index in range(block.a, block.a + block.size)
        }
        marked = [(piece, index not in same and bool(plain_words(piece))) for index, piece in enumerate(pieces)]
    else:
        known = set(plain_words(other).split())
        marked = [(piece, bool(words := plain_words(piece)) and words not in known) for piece in pieces]
    joined: list[Piece] = []
    for text, differs in marked:
        if joined and joined[-1].differs == differs:
            joined[-1] = Piece(joined[-1].text + text, differs)
        else:
            joined.append(Piece(text, differs))
    return joined


@dataclass(frozen=True, slots=True)
class SortedReasons:
    """The reasons of a finding by what they say."""

    same: list[str]
    ignored: list[str]
    against: list[str]
    notes: list[str]


def sort_reasons(reasons: Iterable[Any]) -> SortedReasons:
    """What agrees, what was left out of account, what speaks against it, and what else must be read."""
    found = SortedReasons([], [], [], [])
    for reason in reasons:
        text = reason.get("text", "") if isinstance(reason, dict) else str(reason)
        if text.startswith("Against: "):
            found.against.append(text.removeprefix("Against: "))
        elif text.startswith("Ignored as "):
            found.ignored.append(text.removeprefix("Ignored as "))
        elif text.startswith(
            ("The listing says", "No public source", "The office ", "Judged ", "The party is", "The path to")
        ):
            found.notes.append(text)
        else:
            found.same.append(text)
    return found
