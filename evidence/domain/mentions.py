"""Listed names and places of Xinjiang in the text of a page. A mention is no finding: a person says what it means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from entities.domain.gazetteer import Gazetteer
from entities.domain.matching import Matcher

LISTED, PLACE = "listed", "place"

# A file may repeat a name a million times; what is shown to a person does not.
MOST_PER_PAGE = 200
# Both engines look at every pair of hits that may belong together, so a long text goes through in pieces.
_PIECE = 20_000
_MARGIN = 400


@dataclass(frozen=True, slots=True)
class Seen:
    """Words of a text that name a listed entity or a place of Xinjiang."""

    kind: str
    start: int
    end: int
    text: str
    key: str
    name: str
    strength: str


class Span(Protocol):
    """Something with a place in a text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


S = TypeVar("S", bound=Span)


def look_through(text: str, matcher: Matcher | None, gazetteer: Gazetteer | None, on: date) -> list[Seen]:
    """What the text mentions, in its order, up to ``MOST_PER_PAGE`` listed names and as many places.

    Each is counted by itself, so that a page full of places hides no listed name. Without a matcher places only,
    without a gazetteer listed names only.
    """
    found: list[Seen] = []
    room = {LISTED: MOST_PER_PAGE if matcher else 0, PLACE: MOST_PER_PAGE if gazetteer else 0}
    for begin in range(0, len(text), _PIECE):
        if not any(room.values()):
            break
        offset = max(0, begin - _MARGIN)
        piece = text[offset : begin + _PIECE + _MARGIN]
        seen = _in_piece(piece, offset, matcher if room[LISTED] else None, gazetteer if room[PLACE] else None, on)
        for one in seen:
            # What begins in a margin is found whole in the neighbouring piece.
            if begin <= one.start < begin + _PIECE and room[one.kind]:
                found.append(one)
                room[one.kind] -= 1
    return found


def _in_piece(piece: str, offset: int, matcher: Matcher | None, gazetteer: Gazetteer | None, on: date) -> list[Seen]:
    seen: list[Seen] = []
    if gazetteer is not None:
        seen += [
            Seen(PLACE, hit.start + offset, hit.end + offset, hit.text, hit.place_code, hit.place_name, hit.strength)
            for hit in gazetteer.scan(piece)
        ]
    if matcher is not None:
        seen += [
            Seen(LISTED, hit.start + offset, hit.end + offset, hit.text, hit.key, hit.listed_name.text, hit.verdict)
            for hit in matcher.scan(piece, on)
        ]
    return sorted(seen, key=lambda one: (one.start, -one.end, one.kind))


def cut_at(text: str, spans: Sequence[S], first: int = 0, last: int | None = None) -> Iterator[tuple[str, S | None]]:
    """The text from ``first`` to ``last`` in pieces, each with the span it belongs to, if any.

    Of spans that overlap the first one counts, the longer one where two begin together.
    """
    last = len(text) if last is None else min(last, len(text))
    position = first
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        begin, end = max(span.start, first), min(span.end, last)
        if begin < position or begin >= end:
            continue
        if begin > position:
            yield text[position:begin], None
        yield text[begin:end], span
        position = end
    if position < last:
        yield text[position:last], None
