"""Tables of goods: which row heads one, which column says what, and the lines and totals under it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from evidence.domain.papers import FieldRead, Place
from evidence.domain.understanding.layout import Piece, Sheet
from evidence.domain.understanding.normalise import find_amount, find_currency, find_unit, name_of, number_of
from evidence.domain.understanding.vocabulary import Token, Vocabulary, runs, squeezed, tokens

NUMERIC = frozenset({"quantity", "amount", "weight"})
NAMES_THE_LINE = frozenset(
    {"goods", "part", "lot", "serial", "input_lot", "output_lot", "supplier", "hts", "listed_number", "question"}
)
# A line that has one of these is one, though no figure stands in it.
NEEDS_NO_FIGURE = frozenset({"lot", "serial", "input_lot", "output_lot", "listed_number", "question"})
PSEUDO = frozenset({"unit", "serial_row", "ignored", "other", "currency"})
MOST_LINES = 5_000
MOST_WORDS = 80  # of one row
_TOTAL = re.compile(
    r"^\W*(?:grand\s*|sub\s*-?\s*)?(?:total|ttl|sum|summe|gesamt|gesamtsumme|zwischensumme|totaux|suma)\b"
    r"|^\W*(?:合\s*计|总\s*计|小\s*计|总净重|总毛重)|^.{0,24}\b(?:sub)?total\b.{0,16}$",
    re.IGNORECASE,
)
_SUBTOTAL = re.compile(r"\W*(?:sub|小\s*计|page|zwischen|carried|brought)", re.IGNORECASE)
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


@dataclass(slots=True)
class Goods:
    """What a table of goods gave: fields of lines, totals of its columns, and the rows it took up."""

    fields: list[FieldRead] = field(default_factory=list)
    totals: list[FieldRead] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)
    currencies: set[str] = field(default_factory=set)
    lines: int = 0


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

    @property
    def fields(self) -> set[str]:
        return {column.field for column in self.columns} - PSEUDO

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
        for word in row_words:
            costs = [max(0.0, -_overlap(word, one)) + self._unfit(word, one) for one in self.columns]
            reached, way = [], []
            at = 0
            for n in range(count):
                if best[n] < best[at]:
                    at = n
                reached.append(best[at] + costs[n])
                way.append(at)
            best = reached
            ways.append(way)
        place = min(range(count), key=lambda n: best[n])
        found: dict[int, list[Piece]] = {}
        for word, way in zip(reversed(row_words), reversed(ways), strict=True):
            found.setdefault(place, []).insert(0, word)
            place = way[place]
        return {n: found[n] for n in sorted(found)}

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


def _overlap(piece: Piece, column: Column) -> float:
    """How far a piece and a column stand over each other; below zero, how far apart they are."""
    return min(piece.right, column.right) - max(piece.left, column.left)


def read_goods(sheets: Sequence[Sheet], words: Vocabulary) -> dict[int, Goods]:
    """The lines of goods on the pages of one paper, by page; a table goes on over pages under its last head."""
    found: dict[int, Goods] = {}
    table: Table | None = None
    number = 0
    for sheet in sheets:
        goods = Goods()
        if table is not None:
            table.is_continued = True
        rows = _rows(sheet)
        position = 0
        while position < len(rows):
            headed = _head(rows, position, words, sheet.is_cells)
            if headed is not None:
                table, position, taken = headed
                goods.rows |= taken
                continue
            if table is not None:
                verdict = _take(rows[position], table, goods, number + 1)
                if verdict == "line":
                    number += 1
                elif verdict == "end":
                    table = None
            position += 1
            if number >= MOST_LINES:
                break
        goods.lines = number
        found[sheet.page.number] = goods
    return found


def _rows(sheet: Sheet) -> list[list[Piece]]:
    return [row for row in sheet.rows if row]


def _head(
    rows: list[list[Piece]], position: int, words: Vocabulary, is_cells: bool
) -> tuple[Table, int, set[int]] | None:
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


def _take(row: Sequence[Piece], table: Table, goods: Goods, number: int) -> str:
    """What a row is to its table: a line of goods, the end of it, or something between."""
    cells = table.cells(row)
    values = {
        table.columns[place].field: pieces
        for place, pieces in cells.items()
        if table.columns[place].field not in ("", "ignored")
    }
    first = next((piece.text for piece in row if piece.text.strip()), "")
    if not _TOTAL.match(first) and len(row) <= 3 and (_sums(row, table.words) or _is_labelled(row[0], table.words)):
        return "end"
    numbers = _numbers(values, table)
    said = values.get("part", row)
    if any(len(piece.text) < 60 and _TOTAL.match(piece.text) for piece in said):
        if any(_SUBTOTAL.match(piece.text) for piece in row):
            goods.rows.add(row[0].row) if len(row) > 2 else None
            return "between"
        _take_totals(numbers, values, table, goods, row)
        return "end"
    named = {name for name in values if name in NAMES_THE_LINE and _is_name(values[name], name)}
    if not named:
        if numbers and goods.fields and len(row) <= len(numbers) + 1:
            _take_totals(numbers, values, table, goods, row)
            return "end"
        return "between"
    if table.is_continued and len(values) < 3:
        return "between"
    if not numbers and not named & NEEDS_NO_FIGURE:
        _carry_on(values, goods, number - 1, row)
        return "between"
    for place, pieces in cells.items():
        goods.fields += _line_field(table, table.columns[place], pieces, values, number)
    for name, pieces in values.items():
        if name in ("amount", "unit_price", "currency") and (found := find_currency(_text(pieces))):
            goods.currencies.add(found.value)
    goods.currencies |= {column.currency for column in table.columns if column.currency and column.field in values}
    goods.rows.add(row[0].row)
    return "line"


def _is_labelled(piece: Piece, words: Vocabulary) -> bool:
    """Whether a row begins with a label and its colon, as what stands under a table does."""
    before, mark, _ = piece.text.replace("：", ":").partition(":")
    return bool(mark) and squeezed(before) in words.labels


def _sums(row: Sequence[Piece], words: Vocabulary) -> bool:
    """Whether a row is of the sums under a table: tax, weight, amount due, each beside its word."""
    said = squeezed(re.sub(r"[\d.,%$€£¥￥]+", " ", row[0].text))
    return words.labels.get(said) in ("total", "net_amount", "tax", "gross_weight", "net_weight")


def _text(pieces: Sequence[Piece]) -> str:
    return " ".join(piece.text for piece in pieces)


def _numbers(values: dict[str, list[Piece]], table: Table) -> dict[str, str]:
    found = {}
    for name, pieces in values.items():
        if table.words.kinds.get(name) in NUMERIC and (value := _number(_text(pieces))):
            found[name] = value
    return found


def _number(text: str) -> str:
    """The number of a cell; empty where the cell says something else besides a unit or a currency."""
    value = number_of(text)
    if value:
        return value
    amount = find_amount(text)
    if amount is None:
        return ""
    beside = squeezed(text[: amount.start] + text[amount.end :])
    currency = find_currency(text)
    unit = find_unit(text)
    ok = not beside or beside == squeezed(unit) or (currency is not None and len(beside) <= 4)
    return amount.value if ok else ""


def _is_name(pieces: Sequence[Piece], name: str) -> bool:
    text = _text(pieces)
    if name in ("goods", "supplier", "question"):
        return bool(re.search(r"[A-Za-z\u3400-\u9fff]{2}", text)) and not text.startswith("#")
    return bool(re.search(r"\w{2}|\d", text)) and len(text) <= 60


def _line_field(
    table: Table, column: Column, pieces: Sequence[Piece], values: dict[str, list[Piece]], number: int
) -> list[FieldRead]:
    name, text = column.field, _text(pieces)
    if not name or name in PSEUDO - {"currency"} or text.startswith("#"):
        return []
    kind = table.words.kinds.get(name, "text")
    place, sure = _place(pieces), min(piece.confidence for piece in pieces)
    unit, value = "", text
    if kind in NUMERIC:
        value = _number(text)
        if kind != "amount":
            unit = find_unit(re.sub(r"[\d.,]", " ", text)) or _unit_beside(values, name) or column.unit
    elif kind == "currency":
        found = find_currency(text)
        value = found.value if found else ""
    elif kind == "country":
        value = table.words.countries.get(squeezed(text), name_of(text))
    elif kind == "code":
        value = re.sub(r"[^0-9.]", "", text)
    elif kind == "number":
        value = text.strip(" :：#")
    else:
        value = name_of(text)
    if not value or value in "/-—":
        return []
    return [
        FieldRead(
            name, value[:500], text[:500], place, round(0.9 * sure * min(1.0, 0.6 + column.score / 2), 3), unit, number
        )
    ]


def _unit_beside(values: dict[str, list[Piece]], name: str) -> str:
    return (
        _text(values["unit"])[:40]
        if name in ("quantity", "input_quantity", "output_quantity") and "unit" in values
        else ""
    )


def _place(pieces: Sequence[Piece]) -> Place:
    places = [piece.place() for piece in pieces]
    return places[0]


def _take_totals(
    numbers: dict[str, str], values: dict[str, list[Piece]], table: Table, goods: Goods, row: Sequence[Piece]
) -> None:
    """The figures of a row of totals, each for the whole paper; a total nobody named must be the sum of its column."""
    named = bool(_TOTAL.match(_text(row)))
    for name, value in numbers.items():
        if name == "unit_price":
            continue
        if not named and not _is_sum(name, value, goods):
            continue
        column = next(one for one in table.columns if one.field == name)
        target = "total" if name == "amount" else name
        unit = column.unit or _common_unit(name, goods)
        text = _text(values[name])
        goods.totals.append(
            FieldRead(
                target,
                value,
                text[:500],
                _place(values[name]),
                0.85 if named else 0.75,
                "" if target == "total" else unit,
            )
        )
    goods.rows.add(row[0].row)


def _is_sum(name: str, value: str, goods: Goods) -> bool:
    total = sum((Decimal(one.value) for one in goods.fields if one.name == name), Decimal(0))
    return total != 0 and abs(total - Decimal(value)) <= abs(total) * Decimal("0.005")


def _common_unit(name: str, goods: Goods) -> str:
    units = {one.unit for one in goods.fields if one.name == name}
    return units.pop() if len(units) == 1 else ""


def _carry_on(values: dict[str, list[Piece]], goods: Goods, number: int, row: Sequence[Piece]) -> None:
    """A second row of a description belongs to the line above it."""
    if set(values) - {"goods"} or number < 1 or not goods.rows or row[0].row - max(goods.rows) > 2:
        return
    for place, one in enumerate(goods.fields):
        if one.line == number and one.name == "goods" and len(one.value) < 300:
            text = f"{one.value} {_text(values['goods'])}"[:500]
            goods.fields[place] = FieldRead("goods", name_of(text), text, one.place, one.confidence, "", number)
            goods.rows.add(row[0].row)
