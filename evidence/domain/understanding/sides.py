"""The sides of a paper where no label names them: the letterhead, whom it is sent to, the order of names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from evidence.domain.papers import FieldRead
from evidence.domain.understanding.fields import STRONG_FIRM, party_in
from evidence.domain.understanding.labels import looks_like_label
from evidence.domain.understanding.layout import Piece, Sheet
from evidence.domain.understanding.lines import Goods
from evidence.domain.understanding.vocabulary import Cue, squeezed

HEAD_ROWS, HEAD_ROWS_OF_CELLS = 9, 3
HEAD_SHARE = 0.3  # of the page


def letterhead(sheet: Sheet, known: Mapping[str, FieldRead], goods: Mapping[int, Goods], cue: Cue) -> FieldRead | None:
    """Who issued a paper that names no seller: the firm at its head, by its legal form, else the first line there."""
    if not cue.letterhead or {"seller", "shipper"} & set(known) and cue.seller != "holder":
        return None
    name = "holder" if cue.seller == "holder" else "seller"
    others = {squeezed(known[one].value) for one in ("buyer", "consignee", "payer") if one in known}
    rows = _rows_of_licence(sheet) if name == "holder" else _head(sheet, goods)
    pieces = [piece for piece in rows if not looks_like_label(piece.text)]
    for piece in pieces:
        found = party_in(re.sub(r"^(?:名\s*)?称\s*[:：]?", "", piece.text))
        if found is None or not STRONG_FIRM.search(found.value) or piece.text.startswith(("(", "（")):
            continue
        if not any(squeezed(found.value) in other or other in squeezed(found.value) for other in others if other):
            return _said(name, found.value, piece, 0.7)
    first = pieces[0] if pieces and pieces[0].row <= 1 and pieces[0].confidence == 1.0 else None
    if first is None or name == "holder" or squeezed(first.text) in others or re.search(r"\d{3}", first.text):
        return None
    found = party_in(first.text)
    is_plain = (
        found is not None and len(first.text) < 60 and not any(title in squeezed(first.text) for title in cue.titles)
    )
    return _said(name, found.value, first, 0.55) if found and is_plain else None


def _head(sheet: Sheet, goods: Mapping[int, Goods]) -> Iterator[Piece]:
    taken = goods[sheet.page.number].rows if sheet.page.number in goods else set()
    rows = sheet.rows[: HEAD_ROWS_OF_CELLS if sheet.is_cells else HEAD_ROWS]
    for row in rows:
        if row and row[0].row not in taken and (sheet.is_cells or row[0].top < HEAD_SHARE):
            yield from row


def _rows_of_licence(sheet: Sheet) -> Iterator[Piece]:
    """A licence is one sheet about one firm: its name stands anywhere in the upper half."""
    return (piece for row in sheet.rows for piece in row if piece.top < 0.6)


def _said(name: str, value: str, piece: Piece, sure: float) -> FieldRead:
    """The name of a firm as a letterhead prints it: the address behind a dash is none of it."""
    name_alone = re.split(r"\s[-–|·•]\s", value)[0].strip()
    start = max(piece.text.find(name_alone), 0)
    place = piece.place(start, start + len(name_alone))
    return FieldRead(name, name_alone, name_alone, place, round(sure * piece.confidence, 3))


def recipient(sheet: Sheet, known: Mapping[str, FieldRead], cue: Cue) -> FieldRead | None:
    """To whom a letter without labels goes: the other firm that heads a block of address on its first third."""
    if not cue.letterhead or {"buyer", "consignee"} & set(known) or "seller" not in known:
        return None
    seller = squeezed(known["seller"].value)
    for row in sheet.rows[:14]:
        for piece in row:
            found = party_in(piece.text)
            if found is None or piece.top > 0.35 or len(found.value) > 70 or not STRONG_FIRM.search(found.value):
                continue
            name = squeezed(found.value)
            if name not in seller and seller not in name and not _is_bank(found.value):
                return _said("buyer", found.value, piece, 0.55)
    return None


def _is_bank(name: str) -> bool:
    return bool(re.search(r"\bbank|banque|sparkasse|银行", name, re.IGNORECASE))


def common_party(name: str, goods: Mapping[int, Goods]) -> FieldRead | None:
    """The party that every line of goods names in the same column."""
    named = [one for page in goods.values() for one in page.fields if one.name == name]
    if not named or len({one.value for one in named}) > 1:
        return None
    return replace(named[0], line=None)


def fapiao_parties(found: Sequence[FieldRead]) -> list[FieldRead]:
    """A fapiao names both sides under the word 名称: the buyer above or left, the seller below or right."""
    names = sorted((one for one in found if one.name == "holder"), key=_where)
    rest = [one for one in found if one.name != "holder"]
    if len(names) < 2:
        side = "seller" if names and _where(names[0])[0] > 0.5 else "buyer"
        return [*rest, *(replace(one, name=side) for one in names)]
    first, second = names[:2]
    if abs(_where(first)[0] - _where(second)[0]) < 0.03 and _where(first)[1] > _where(second)[1]:
        first, second = second, first
    rest = [one for one in rest if one.name not in ("buyer", "seller")]
    return [*rest, replace(first, name="buyer"), replace(second, name="seller")]


def _where(one: FieldRead) -> tuple[float, float]:
    box = one.place.box
    return (box.top, box.left) if box else (0.0, 0.0)
