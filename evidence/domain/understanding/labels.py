"""Labels on a paper and the text that belongs to each: beside it in the same run, to its right, or below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evidence.domain.understanding.layout import Piece, Sheet
from evidence.domain.understanding.vocabulary import Token, Vocabulary, runs, squeezed, tokens

_NUMBERING = re.compile(r"\s*(?:\(?\d{1,2}[a-z]?[.)、]|[①-⑳]|\d{1,2}(?=\s+[A-Za-z]))\s*")
_BETWEEN = re.compile(r"\s*(?:/|&|\band\b|\||,)\s*", re.IGNORECASE)
_ASIDE = re.compile(r"\s*[(（][^)）\d]{0,80}[)）]")
_CHINESE = re.compile(r"[ \t]*[\u3400-\u9fff]{2,12}(?=[ \t]*(?:[:：]|$))", re.MULTILINE)
_MARK = re.compile(r"[ \t./|]*[:：#№\n][\s:：#№]*|[ \t]*\.[ \t]*")
_LABEL_LIKE = re.compile(
    r"[:：]\s*$|^[A-Za-z /.&']{2,30}\b(?:No|Nos|Nr|Number|Date|Code|Ref)\b\.?\s*[:：#]?(?:\s|$)|^\D{2,24}[:：]\s"
)
# No. 12 Jianguo Road: where a firm has its house, not the number of a paper.
_HOUSE = re.compile(
    r"No\.?\s?\d[\w-]*,?\s(?:[^\W\d][\w'.]*\s){1,4}?"
    r"(?:road|rd|street|str|st|avenue|ave|lane|way|boulevard|blvd|district|village|town|park|zone|building|section)\b",
    re.IGNORECASE,
)
ROWS_BELOW = 5


@dataclass(slots=True)
class Hit:
    """A label on the page. ``value_from`` to ``value_to``: what follows it in the same run, up to the next label."""

    field: str
    piece: Piece
    start: int
    value_from: int
    value_to: int
    has_mark: bool
    is_weak: bool
    is_late: bool = False

    @property
    def rest(self) -> str:
        return self.piece.text[self.value_from : self.value_to].strip(" /|")


@dataclass(slots=True)
class Labelled:
    """A page with its labels found."""

    sheet: Sheet
    hits: list[Hit]
    by_row: dict[int, list[Piece]]
    labelled: set[int]  # pieces (by identity) that begin with a label

    def near(self, hit: Hit) -> Iterator[tuple[Piece, int, int, float]]:
        """Where the value may stand: piece, from, to, and how sure the place is, the surest first."""
        for piece, start, end, sure in self._places(hit):
            yield piece, start, self._until(piece) if end < 0 else end, sure

    def _places(self, hit: Hit) -> Iterator[tuple[Piece, int, int, float]]:
        if hit.rest.strip():
            yield hit.piece, hit.value_from, hit.value_to, 1.0
        elif not self._closes(hit):
            return
        right = self._right(hit) if not hit.rest.strip() else None
        below = self._below(hit) if not hit.rest.strip() or not hit.has_mark else []
        if right is not None and below and self._stands_above(hit, below[0], right):
            yield below.pop(0), 0, -1, 0.94
        if right is not None:
            yield right, 0, -1, 0.93
        for distance, piece in enumerate(below):
            yield piece, 0, -1, 0.9 - 0.1 * distance

    def _stands_above(self, hit: Hit, below: Piece, right: Piece) -> bool:
        """Whether a label is set over its value rather than before it: the value begins under it, and what stands to
        the right is far off."""
        if below.cell or not below.spans:
            return False
        under = abs(below.left - hit.piece.left) < 0.012 and below.top - hit.piece.bottom < 1.2 * hit.piece.height
        # In a list of labels with their values beside them the next one has its own value under that of this one.
        in_a_list = any(abs(one.left - right.left) < 0.012 for one in self.by_row[below.row])
        return under and right.left - hit.piece.right > 0.1 and not in_a_list

    def _closes(self, hit: Hit) -> bool:
        """Whether nothing but this label stands in its run from here on."""
        return hit.value_to >= len(hit.piece.text.rstrip())

    def _until(self, piece: Piece) -> int:
        starts = [hit.start for hit in self.hits if hit.piece is piece and hit.start > 0]
        return min(starts, default=len(piece.text))

    def _right(self, hit: Hit) -> Piece | None:
        row = self.by_row[hit.piece.row]
        after = [piece for piece in row if piece.left > hit.piece.left]
        if not after or id(after[0]) in self.labelled or looks_like_label(after[0].text):
            return None
        return after[0]

    def goes_on(self, hit: Hit, piece: Piece) -> Piece | None:
        """The run under a value in which it may go on: next below, begun under it or under its label, no label."""
        for number in range(piece.row + 1, piece.row + 3):
            for one in self.by_row.get(number, ()):
                if min(abs(one.left - hit.piece.left), abs(one.left - piece.left)) > 0.015:
                    continue
                if id(one) in self.labelled or looks_like_label(one.text):
                    return None
                return one if -0.3 * piece.height < one.top - piece.bottom < piece.height else None
        return None

    def _below(self, hit: Hit) -> list[Piece]:
        """The runs under a label that lie within its column, down to the next label."""
        others = [one.left for one in self.by_row[hit.piece.row] if one.left > hit.piece.left]
        limit = min(others, default=hit.piece.right + 0.35)
        start = hit.piece.place(hit.start).box
        left = start.left if start else hit.piece.left
        height = max(hit.piece.height, 0.008)
        found: list[Piece] = []
        for number in range(hit.piece.row + 1, hit.piece.row + 12):
            for piece in self.by_row.get(number, ()):
                if piece.top - hit.piece.bottom > (ROWS_BELOW + len(found)) * height * 1.9:
                    return found
                if piece.right <= left or piece.left >= limit or piece.left < left - 0.06:
                    continue
                if id(piece) in self.labelled or looks_like_label(piece.text):
                    return found
                found.append(piece)
                break
            if len(found) >= ROWS_BELOW:
                break
        return found


def looks_like_label(text: str) -> bool:
    """Whether a run is a label nobody knows: it ends in a colon, or names a number or a date before one."""
    return bool(_LABEL_LIKE.search(text))


def find_labels(sheet: Sheet, words: Vocabulary, skip: frozenset[int] = frozenset()) -> Labelled:
    """All labels of a page, but for the rows that are lines of goods."""
    hits: list[Hit] = []
    by_row: dict[int, list[Piece]] = {}
    for row in sheet.rows:
        if not row or row[0].row in skip:
            continue
        by_row[row[0].row] = row
        for piece in row:
            hits += labels_in(piece, words)
    labelled = {id(hit.piece) for hit in hits if not re.search(r"[A-Za-z\d]", hit.piece.text[: hit.start])}
    labelled |= {id(hit.piece) for hit in hits if hit.start <= _after_numbering(hit.piece.text)}
    return Labelled(sheet, hits, by_row, labelled)


def _after_numbering(text: str) -> int:
    match = _NUMBERING.match(text)
    return match.end() if match else 0


def labels_in(piece: Piece, words: Vocabulary) -> list[Hit]:
    """The labels of one run, from left to right."""
    found: list[Hit] = []
    text = piece.text
    split = tokens(text)
    first = next((i for i, token in enumerate(split) if token.start >= _after_numbering(text)), 0)
    # 海运单号 Waybill No.: the first tongue may say it in words that are not known.
    second = first + 1 if split and not split[first].text.isascii() else first
    index = 0
    while index < len(split):
        hit, behind = _label_at(piece, split, index, index in (0, first, second), words)
        if hit is None:
            index += 1
            continue
        if found:
            found[-1].value_to = hit.start
        found.append(hit)
        index = max(behind, index + 1)
    return found


def _label_at(
    piece: Piece, split: Sequence[Token], index: int, is_first: bool, words: Vocabulary
) -> tuple[Hit | None, int]:
    text = piece.text
    for joined, behind in runs(split, index):
        name = words.labels.get(joined)
        if name is None:
            continue
        end, behind = _with_company(text, split[behind - 1].end, behind, split, name, words)
        if _in_a_number(text, end) or _HOUSE.match(text, split[index].start):
            continue
        mark = _MARK.match(text, end)
        has_mark = bool(mark and re.search("[:：#№\n]", mark.group()))
        rest = text[mark.end() if mark else end :].strip(" /|_.…")
        is_weak = joined in words.weak
        if not is_first and not (
            has_mark or (joined.endswith(("no", "nr", "number", "号", "°")) and len(joined) > 4 and _numberish(rest))
        ):
            continue
        if is_weak and not has_mark and rest.strip() and not _numberish(rest):
            continue
        if is_first and not has_mark and rest.strip() and not _may_follow(text, end, rest, words.kinds.get(name, "")):
            continue
        return Hit(
            name,
            piece,
            split[index].start,
            mark.end() if mark else end,
            len(text),
            has_mark,
            is_weak,
            joined in words.late,
        ), behind
    return None, index


def _with_company(
    text: str, end: int, behind: int, split: Sequence[Token], name: str, words: Vocabulary
) -> tuple[int, int]:
    """The end of a label with what hangs on it: an aside, a second label behind a stroke, another tongue."""
    while True:
        before = end
        if aside := _ASIDE.match(text, end):
            end = aside.end()
        joint = _BETWEEN.match(text, end)
        start = joint.end() if joint else end + len(text[end:]) - len(text[end:].lstrip(" \t"))
        more = _second(text, start, split, words, None if joint else name)
        chinese = _CHINESE.match(text, joint.end() if joint else end)
        if more:
            end = more
        elif chinese and (joint or re.match(r"[ \t]*[:：]", text[chinese.end() :])):
            end = chinese.end()
        behind = next((i for i, token in enumerate(split) if token.start >= end), len(split))
        if end == before:
            return end, behind


def _second(text: str, start: int, split: Sequence[Token], words: Vocabulary, name: str | None) -> int:
    """The end of another label that begins here; of the same field, where one is given."""
    index = next((i for i, token in enumerate(split) if token.start >= start), None)
    if index is None or split[index].start != start:
        return 0
    for joined, behind in runs(split, index):
        known = words.labels.get(joined)
        end = split[behind - 1].end
        if known is not None and (name is None or known == name) and not _in_a_number(text, end):
            return end
    return 0


def _in_a_number(text: str, end: int) -> bool:
    """Whether the word that ends here begins a number: PO-3333 is one, not the label PO."""
    return bool(re.match(r"[-/_]\w", text[end : end + 2]) and re.search(r"\d", text[end : end + 12]))


def _numberish(rest: str) -> bool:
    return bool(re.match(r"\W{0,4}(?:[A-Z$€£¥￥]{0,4}\W{0,2})?[A-Za-z/\-]{0,8}\d", rest))


def _may_follow(text: str, end: int, rest: str, kind: str) -> bool:
    """Whether what follows a label without a colon is its value rather than the rest of a phrase."""
    if re.match(r"[\u3400-\u9fff]", text[end - 1]) and text[end : end + 1].isspace():
        return True
    if kind in ("number", "date", "amount", "quantity", "weight", "code"):
        return _numberish(rest) or bool(re.search(r"\d", rest[:24]))
    if kind in ("currency", "country"):
        return len(rest) < 40
    return text[end : end + 1] in "/|" or kind == "text" and len(rest) < 60 and squeezed(rest) != ""
