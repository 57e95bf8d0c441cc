"""Heads of tables of goods: which row is one, which column says what, and under which column a word stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from evidence.domain.understanding.layout import Piece
from evidence.domain.understanding.normalise import find_currency, find_unit, number_of
from evidence.domain.understanding.vocabulary import Token, Vocabulary, runs, squeezed, tokens

NUMERIC = frozenset({"quantity", "amount", "weight"})
PSEUDO = frozenset({"unit", "serial_row", "ignored", "other", "currency"})
NAMES_THE_LINE = frozenset(
    {"goods", "part", "lot", "serial", "input_lot", "output_lot", "supplier", "hts", "listed_number", "question"}
)
MOST_WORDS = 80  # of one row
_ASIDE = re.compile(r"[(（\[][^)）\]]*[)）\]]?")


@dataclass(slots=True)
class Column:
    """A column of a table: the field it gives, how well its head says so, where it stands, its unit and currency."""

    field: str
    score: float
    left: float
    right: float
    head: str
    unit: str = ""
    currency: str = ""


def find_head(rows: list[list[Piece]], position: int, words: Vocabulary) -> tuple[Table, int, set[int]] | None:
    """A table whose head begins at this row: heads may go on over the next rows (a second script, a unit)."""
    row = rows[position]
    if _has_values(row) or (len(row) < 2 and (len(row[0].text) > 120 or len(_parted(row[0], words)) < 2)):
        return None
    columns = _columns(rows[position], words)
    if not _is_head(columns, rows[position]):
        return None
    taken = {rows[position][0].row}
    position += 1
    while position < len(rows) and len(taken) < 4:
        more = _columns(rows[position], words)
        if sum(one.field != "" for one in more) >= 2 and not _has_values(rows[position]):
            columns = _merged(columns, more)
        elif not _only_units(rows[position]):
            break
        else:
            _note_units(columns, rows[position])
        taken.add(rows[position][0].row)
        position += 1
    return Table(_once(columns, words), words), position, taken


def _columns(row: Sequence[Piece], words: Vocabulary) -> list[Column]:
    found = []
    for piece in (part for one in row for part in _parted(one, words)):
        name, score = head_field(piece.text, words)
        currency = find_currency(piece.text) if name in ("unit_price", "amount") else None
        unit = (
            find_unit(" ".join(_ASIDE.findall(piece.text)) or piece.text)
            if name and words.kinds.get(name) in ("quantity", "weight")
            else ""
        )
        found.append(
            Column(name, score, piece.left, piece.right, piece.text, unit, currency.value if currency else "")
        )
    return found


def _parted(piece: Piece, words: Vocabulary) -> list[Piece]:
    """A run that holds the heads of several columns, set close together, as one piece a head."""
    if piece.cell or "\n" in piece.text or " " not in piece.text or head_field(piece.text, words)[1] > 0.9:
        return [piece]
    split = tokens(piece.text)
    cuts: list[tuple[int, int]] = []
    names: list[str] = []
    at = 0
    while at < len(split):
        behind = next((end for joined, end in runs(split, at, 5) if joined in words.columns), 0)
        if not behind:
            return [piece]
        name = words.columns["".join(token.text for token in split[at:behind])]
        if names and names[-1] == name:  # the same in another tongue
            cuts[-1] = (cuts[-1][0], split[behind - 1].end)
        else:
            cuts.append((split[at].start, split[behind - 1].end))
            names.append(name)
        at = behind
    if len(cuts) < 2:
        return [piece]
    parts = []
    for place, (start, _) in enumerate(cuts):
        end = cuts[place + 1][0] if place + 1 < len(cuts) else len(piece.text)
        inner = [word for word in piece.words() if start <= piece.text.find(word.text, start) < end]
        text = piece.text[start:end].strip()
        box = piece.place(start, start + len(text)).box
        left, right = (box.left, box.right) if box else (inner[0].left, inner[-1].right)
        parts.append(Piece(text, piece.page, piece.row, left, right, piece.top, piece.bottom))
    return parts


def _is_head(columns: Sequence[Column], row: Sequence[Piece]) -> bool:
    names = {column.field for column in columns if column.field and column.score >= 0.45}
    real = names - PSEUDO
    if len(real) < 2 or len(names) < 3 and len(columns) > 3:
        return False
    known = sum(bool(column.field) for column in columns)
    return bool(real & NAMES_THE_LINE or {"opening", "closing"} & real) and known >= 0.4 * min(len(columns), 8)


def _has_values(row: Sequence[Piece]) -> bool:
    """Whether the row holds figures, as a head does not."""
    return sum(bool(number_of(piece.text)) for piece in row) >= max(1, len(row) // 4)


def _only_units(row: Sequence[Piece]) -> bool:
    texts = [piece.text.strip(" ()（）") for piece in row]
    return all(
        (len(text) <= 24 and (find_currency(text) or squeezed(find_unit(text)) == squeezed(text) != ""))
        for text in texts
    )


def _note_units(columns: Sequence[Column], row: Sequence[Piece]) -> None:
    for piece in row:
        column = max(columns, key=lambda one: _overlap(piece, one))
        if currency := find_currency(piece.text):
            column.currency = currency.value
        elif unit := find_unit(piece.text):
            column.unit = unit


def _merged(columns: list[Column], more: list[Column]) -> list[Column]:
    """Two rows of heads as one: the surer name wins, a head alone in its place is added."""
    for one in more:
        over = [column for column in columns if _overlap_columns(column, one) > 0]
        if not over:
            columns.append(one)
        elif one.score > over[0].score + 0.001:
            over[0].field, over[0].score = one.field, one.score
    return sorted(columns, key=lambda one: one.left)


def _overlap_columns(one: Column, other: Column) -> float:
    return min(one.right, other.right) - max(one.left, other.left)


def _in_stock_book(column: Column, words: Vocabulary) -> str:
    """What a column of a stock book is: what came in and what went out are not quantities sold."""
    known = [words.stock[token.text] for token in tokens(column.head) if token.text in words.stock]
    return words.stock.get(squeezed(_ASIDE.sub(" ", column.head))) or next(iter(known), column.field)


def _once(columns: list[Column], words: Vocabulary) -> list[Column]:
    """Each field from one column only: the one whose head says it best, the first of equals."""
    best: dict[str, Column] = {}
    for column in columns:
        if column.field and (column.field not in best or column.score > best[column.field].score + 0.001):
            best[column.field] = column
    if {"opening", "closing"} & best.keys():
        columns = [replace(one, field=_in_stock_book(one, words)) for one in columns]
        best = {one.field: one for one in reversed(columns) if one.field}
    for column in columns:
        if column.field and best[column.field] is not column:
            column.field = "ignored"
    return columns


def head_field(text: str, words: Vocabulary) -> tuple[str, float]:
    """The field a head of a column names, and how much of the head that name makes up."""
    best = ("", 0.0)
    bare = _ASIDE.sub(" ", text)
    for form, worth in ((bare, 1.0), (text, 0.95)):
        split = tokens(form)
        whole = sum(len(token.text) for token in split)
        if not whole or len(form) > 90:
            continue
        for start in range(min(len(split), 8)):
            for joined, _ in runs(split, start, 8):
                if (name := words.columns.get(joined)) and (score := worth * len(joined) / whole) > best[1] + 0.001:
                    best = (name, score)
        best = max(best, _chinese_part(split, whole, words), key=lambda one: one[1])
    return best if best[1] >= 0.3 else ("", 0.0)


def _chinese_part(split: Sequence[Token], whole: int, words: Vocabulary) -> tuple[str, float]:
    """A Chinese head is one word to the eye: what it ends with says what it is (采购单价 is a 单价)."""
    best = ("", 0.0)
    for token in split:
        if token.text.isascii():
            continue
        for start in range(len(token.text)):
            if name := words.columns.get(token.text[start:]):
                best = max(best, (name, 0.95 * (len(token.text) - start) / whole), key=lambda one: one[1])
                break
    return best


class Table:
    """A table of goods being read: its columns, then row by row."""

    def __init__(self, columns: list[Column], words: Vocabulary) -> None:
        self.columns = columns
        self.words = words
        self.is_continued = False  # on a page without a head of its own

    def cells(self, row: Sequence[Piece]) -> dict[int, list[Piece]]:
        """The pieces of a row by the column they stand in; runs that reach over several columns word by word."""
        found: dict[int, list[Piece]] = {}
        if not any(piece.cell for piece in row) and not self._fits(row):
            return self._by_word(row)
        for piece in row:
            best = max(range(len(self.columns)), key=lambda n: _overlap(piece, self.columns[n]))
            if _overlap(piece, self.columns[best]) > -0.06:
                found.setdefault(best, []).append(piece)
        return found

    def _fits(self, row: Sequence[Piece]) -> bool:
        """Whether each piece of a row stands under a column of its own."""
        under = [[n for n, one in enumerate(self.columns) if _overlap(piece, one) > 0] for piece in row]
        firsts = [some[0] for some in under if some]
        return all(len(some) <= 1 for some in under) and len(set(firsts)) == len(firsts)

    def _by_word(self, row: Sequence[Piece]) -> dict[int, list[Piece]]:
        """Words put under columns from left to right so that all together stand nearest to their columns."""
        row_words = [word for piece in row for word in piece.words()][:MOST_WORDS]
        count = len(self.columns)
        best = [0.0] * count
        ways: list[list[int]] = []
        before: Piece | None = None
        for word in row_words:
            costs = [self._far(word, n) + self._unfit(word, one) for n, one in enumerate(self.columns)]
            tear = _tear(before, word)
            reached, way = [], []
            at = 0
            for n in range(count):
                if n and best[n - 1] < best[at]:
                    at = n - 1
                goes_on, begins = best[n], best[at] + tear + self._off(word, n)
                stays = before is None or goes_on <= begins or not n
                reached.append((goes_on if stays else begins) + costs[n])
                way.append(n if stays else at)
            before = word
            best = reached
            ways.append(way)
        place = min(range(count), key=lambda n: best[n])
        found: dict[int, list[Piece]] = {}
        for word, way in zip(reversed(row_words), reversed(ways), strict=True):
            found.setdefault(place, []).insert(0, word)
            place = way[place]
        return {n: found[n] for n in sorted(found)}

    def _far(self, word: Piece, column: int) -> float:
        """How far a word stands from a column; one of words reaches to the next column more than to others."""
        one = self.columns[column]
        far = max(0.0, -_overlap(word, one))
        is_words = not re.search(r"\d", word.text) and self.words.kinds.get(one.field, "text") not in NUMERIC
        reaches = (
            column + 1 < len(self.columns) and one.right < word.left and word.right < self.columns[column + 1].left
        )
        return far / 8 if is_words and reaches else far

    def _off(self, word: Piece, column: int) -> float:
        """What it costs to begin a cell of words elsewhere than under the beginning or the middle of its head."""
        one = self.columns[column]
        if self.words.kinds.get(one.field, "text") in NUMERIC:
            return 0.0
        return 0.3 * min(abs(word.left - one.left), max(0.0, -_overlap(word, one)), 0.05)

    def _unfit(self, word: Piece, column: Column) -> float:
        """What it costs to put a word under a column that holds another kind of thing."""
        kind = self.words.kinds.get(column.field, "text")
        if kind in NUMERIC and not (
            number_of(word.text.strip("$€£¥￥")) or find_unit(word.text) or find_currency(word.text)
        ):
            return 0.1
        if column.field in ("lot", "part", "serial", "input_lot", "output_lot") and not re.search(r"\d", word.text):
            return 0.05
        return 0.1 if column.field == "hts" and not re.fullmatch(r"[\d.]{4,14}", word.text) else 0.0


def _tear(before: Piece | None, word: Piece) -> float:
    """What it costs to part two words that stand as close as those of one cell."""
    if before is None or re.search(r"\d", before.text + word.text):
        return 0.0
    letter = (word.right - word.left) / max(len(word.text), 1)
    return 0.03 * max(0.0, 1 - (word.left - before.right) / max(1.2 * letter, 0.001))


def _overlap(piece: Piece, column: Column) -> float:
    """How far a piece and a column stand over each other; below zero, how far apart they are."""
    return min(piece.right, column.right) - max(piece.left, column.left)
