"""Tables of goods: the lines under a head, and the totals under the lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from evidence.domain.papers import FieldRead, Place
from evidence.domain.understanding.heads import NAMES_THE_LINE, NUMERIC, PSEUDO, Column, Table, find_head
from evidence.domain.understanding.labels import labels_in
from evidence.domain.understanding.layout import Piece, Sheet
from evidence.domain.understanding.normalise import find_amount, find_currency, find_unit, name_of, number_of
from evidence.domain.understanding.vocabulary import Vocabulary, squeezed

# A line that has one of these is one, though no figure stands in it.
NEEDS_NO_FIGURE = frozenset({"lot", "serial", "input_lot", "output_lot", "listed_number", "question"})
MOST_LINES = 5_000
_TOTAL = re.compile(
    r"^\W*(?:grand\s*|sub\s*-?\s*)?(?:total|ttl|sum|summe|gesamt|gesamtsumme|zwischensumme|totaux|suma)\b"
    r"|^\W*(?:合\s*计|总\s*计|小\s*计|总净重|总毛重)|^.{0,24}\b(?:sub)?total\b.{0,16}$",
    re.IGNORECASE,
)
_SUBTOTAL = re.compile(r"\W*(?:sub|小\s*计|page|zwischen|carried|brought)", re.IGNORECASE)


@dataclass(slots=True)
class Goods:
    """What a table of goods gave: fields of lines, totals of its columns, and the rows it took up."""

    fields: list[FieldRead] = field(default_factory=list)
    totals: list[FieldRead] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)
    currencies: set[str] = field(default_factory=set)
    lines: int = 0


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
            headed = find_head(rows, position, words)
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
    """Whether a row begins with a label and its colon, or with a cell that is a label, as one under a table does."""
    first = next(iter(labels_in(piece, words)), None)
    if first is None or first.start > 0:
        return False
    is_cell = not first.rest and not piece.cell and squeezed(piece.text) not in words.columns
    return is_cell or ":" in piece.text[: first.value_from].replace("：", ":")


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
    is_words = kind in ("text", "party", "address")
    place, sure = _place(pieces), min(piece.mean() if is_words else piece.confidence for piece in pieces)
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
