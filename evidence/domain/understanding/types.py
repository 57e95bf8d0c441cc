"""What a paper is, told by its heading, the words of its kind and its form, with the reasons in words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from evidence.domain.understanding.layout import Piece, Sheet
from evidence.domain.understanding.vocabulary import Vocabulary, is_in, runs, spaced, squeezed, tokens

MOST_TEXT = 20_000  # of a page: what is further down tells no type
ENOUGH = 1.5  # what a page must show to be told
_NUMBERED = re.compile(r"[\W_]*\d+\W*$")
_ASIDES = re.compile(
    r"\b(?:original|duplicate|triplicate|copy|page|seite|sheet|no|nr|form|non[- ]?negotiable)\b\.?\s*[:#]?\s*"
    r"(?:\d+(?:\s*(?:of|/|von)\s*\d+)?)?|第\s*\d+\s*页|[(（].*?[)）]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a type on a page, and how much it looks like one (0 to about 3)."""

    type: str
    text: str
    strength: float
    top: float


@dataclass(frozen=True, slots=True)
class Told:
    """What the type is taken to be. ``headings`` are those of that type."""

    type: str = ""
    confidence: float = 0.0
    reasons: tuple[str, ...] = ()
    heading: Heading | None = None


def headings(sheet: Sheet, words: Vocabulary) -> list[Heading]:
    """Lines that are, or begin with, the name of a type of paper."""
    usual = median([piece.height for piece in sheet.pieces] or [0.0])
    found = []
    for row in sheet.rows:
        for piece in row:
            found += _heading(piece, row, usual, words, sheet.is_cells)
        if len(row) > 1 and not sheet.is_cells:
            found += _spaced_heading(row, usual, words)
    if label := sheet.page.label:
        # Where nothing on a sheet says what it is, its name does: GRN-19.
        worth, named = (0.6, label) if found else (1.6, _NUMBERED.sub("", label))
        found += [Heading(code, label, worth * strength, 0.0) for code, strength in _titled(named, words)]
    return found


def _heading(piece: Piece, row: Sequence[Piece], usual: float, words: Vocabulary, is_cells: bool) -> list[Heading]:
    if len(piece.text) > 110:
        return []
    size = 1.0 if is_cells or not usual else min(max(piece.height / usual, 0.8), 1.6)
    is_label = squeezed(piece.text) in words.labels or squeezed(piece.text) in words.columns
    if is_label and size < 1.2 and (piece.top > 0.12 or piece.text.rstrip().endswith((":", "："))):
        size *= 0.6  # a label that is also the name of a paper: "Order", 订单; that of another paper's number
    place = 1.0 if piece.top < 0.3 else 0.75 if piece.top < 0.5 else 0.4
    alone = 1.0 if len(row) == 1 else 0.9 if len(row) == 2 else 0.75
    return [
        Heading(code, piece.text, 3.0 * coverage * size * place * alone, piece.top)
        for code, coverage in _titled(piece.text, words)
    ]


def _spaced_heading(row: Sequence[Piece], usual: float, words: Vocabulary) -> list[Heading]:
    """A heading set with wide letters: I N V O I C E."""
    text = "".join(piece.text for piece in row)
    if len(text) > 60 or sum(len(token) == 1 for piece in row for token in piece.text.split()) < 5:
        return []
    return [Heading(code, text, 2.0 * coverage, row[0].top) for code, coverage in _titled(text, words)]


def _titled(text: str, words: Vocabulary) -> list[tuple[str, float]]:
    """Types whose heading the text is, and how much of the text the heading makes up; longer headings win."""
    if text.rstrip().endswith((",", ";")):
        return []
    bare = _ASIDES.sub(" ", text)
    split = tokens(bare)
    whole = max(sum(len(token.text) for token in split), 1)
    best: list[tuple[str, float]] = []
    reach = 0
    for start in range(min(len(split), 8)):
        for joined, behind in runs(split, start, 10):
            if joined not in words.titles or len(joined) <= reach:
                continue
            share = len(joined) / whole
            follows = bare[split[behind - 1].end :].strip()[:1]
            if share < (0.3 if start == 0 else 0.5) or (follows in (":", "：") and share < 0.95):
                continue
            coverage = share**0.5 * (1.0 if start == 0 else 0.9)
            best = [(code, coverage / (1 + 0.05 * place)) for place, code in enumerate(words.titles[joined])]
            reach = len(joined)
        if (
            not split[start].text.isascii()
            and (joined := _last_part(split[start].text, words))
            and len(joined) > reach
        ):
            best = [(code, 0.9 * (len(joined) / whole) ** 0.5) for code in words.titles[joined]]
            reach = len(joined)
    return best


def _last_part(text: str, words: Vocabulary) -> str:
    """The heading that a run of Chinese ends in: who issues the paper often stands before it without a space."""
    return next((text[start:] for start in range(1, len(text) - 2) if text[start:] in words.titles), "")


def tell(sheets: Sequence[Sheet], words: Vocabulary) -> Told:
    """The type of a paper from all its pages; the heading of the first page counts most."""
    scores: dict[str, float] = defaultdict(float)
    best_heading: dict[str, Heading] = {}
    for number, sheet in enumerate(sheets[:3]):
        for heading in headings(sheet, words):
            strength = heading.strength * (1.0 if number == 0 else 0.5)
            if heading.type not in best_heading or strength > best_heading[heading.type].strength:
                best_heading[heading.type] = Heading(heading.type, heading.text, strength, heading.top)
    text = "\n".join(sheet.page.text[:MOST_TEXT] for sheet in sheets[:3])
    running = "".join(spaced(sheet.page.text[:MOST_TEXT]) for sheet in sheets[:3])
    squashed = running.replace(" ", "")
    reasons: dict[str, list[str]] = defaultdict(list)
    for code, heading in best_heading.items():
        scores[code] += heading.strength
        reasons[code].append(f"headed “{heading.text[:80]}”")
    for code, cue in words.cues.items():
        seen = [word.strip() for word in cue.words if is_in(word, running, squashed)]
        if seen:
            share = min(0.25 * len(seen), 1.75)
            scores[code] += share if len(seen) > 1 or code in best_heading else 0.0
            reasons[code].append(f"{len(seen)} of its usual words: {', '.join(seen[:6])}")
        telling = [word.strip() for word in cue.telling if is_in(word, running, squashed)]
        if telling:
            scores[code] += 0.6 * len(telling)
            reasons[code].append(f"only such papers say: {', '.join(telling[:6])}")
        for pattern in cue.patterns:
            if pattern.search(text):
                scores[code] += 4.0
                reasons[code].append("written in the form of such messages")
    if not scores:
        return Told()
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    code, score = ranked[0]
    if score < (ENOUGH if code in best_heading else 1.24 + 0.25):
        return Told()
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    confidence = min(0.99, 0.45 + 0.12 * score + 0.15 * min(score - second, 2.0))
    return Told(code, round(confidence, 2), tuple(reasons[code]), best_heading.get(code))
