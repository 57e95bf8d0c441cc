"""One paper read as a whole: type, blank form or not, its fields settled against each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from evidence.domain.papers import FieldRead, PaperRead, Place
from evidence.domain.understanding import normalise as norm
from evidence.domain.understanding.fields import Reader, common_currency, whole
from evidence.domain.understanding.labels import find_labels
from evidence.domain.understanding.layout import Piece, Sheet
from evidence.domain.understanding.lines import Goods, read_goods
from evidence.domain.understanding.messages import is_mt103, read_messages
from evidence.domain.understanding.sides import common_party, fapiao_parties, letterhead, recipient
from evidence.domain.understanding.splitting import Look, look_at
from evidence.domain.understanding.types import Told, tell
from evidence.domain.understanding.vocabulary import Cue, Vocabulary, spaced, squeezed

NUMBERS = ("invoice_number", "document_number", "bl_number", "declaration_number", "order_number")
CENT, CONFIRMED = Decimal("0.01"), 0.85
_NO_CUE = Cue((), (), ())


def look(sheet: Sheet, words: Vocabulary) -> Look:
    """A page by itself, with the numbers of papers its labels name."""
    found = Reader(words, _NO_CUE, norm.DAY_FIRST).read([sheet], {})
    return look_at(sheet, words, frozenset(one.value for one in found if one.name in NUMBERS))


def read_paper(sheets: Sequence[Sheet], words: Vocabulary, type_code: str | None = None) -> list[PaperRead]:
    """What stands on the pages of one paper; several where a page holds several messages of a bank.

    ``type_code``: the type where a person named it.
    """
    messages = [paper for sheet in sheets if is_mt103(sheet.page.text) for paper in read_messages(sheet)]
    if messages and type_code is None:
        return messages
    told = tell(sheets, words) if type_code is None else Told(type_code, 1.0)
    cue = words.cues.get(told.type, _NO_CUE)
    words = words.for_type(told.type)
    goods = read_goods(sheets, words)
    reader = Reader(words, cue, date_order(sheets))
    found = reader.read(sheets, goods)
    if told.type == "VAT_INVOICE":
        found = fapiao_parties(found)
    settled = _settle(found, sheets, goods, told, cue, reader)
    lines = _agreed([one for page in goods.values() for one in page.fields])
    blank = _is_blank(sheets, words, settled, lines)
    fields = () if blank else tuple(settled + lines)
    reasons = (*told.reasons, *(("a form nobody filled in: labels without values",) if blank else ()))
    return [
        PaperRead(told.type, sheets[0].page.number, sheets[-1].page.number, fields, blank, told.confidence, reasons)
    ]


def date_order(sheets: Sequence[Sheet]) -> str:
    """How the paper writes dates: told by its own dates, else by its American form."""
    texts = [sheet.page.text for sheet in sheets]
    told = norm.date_order(texts)
    american = any(re.search(r"\b[A-Z]{2},? \d{5}(?:-\d{4})?\b", text) for text in texts)
    clear = any(re.search(r"\b(?:1[3-9]|2\d|3[01])[-/.]\d{1,2}[-/.]\d{2,4}", text) for text in texts)
    return norm.MONTH_FIRST if told == norm.DAY_FIRST and american and not clear else told


# -- settling ------------------------------------------------------------------------------------------------------


def _settle(
    found: list[FieldRead], sheets: Sequence[Sheet], goods: dict[int, Goods], told: Told, cue: Cue, reader: Reader
) -> list[FieldRead]:
    totals = [one for page in goods.values() for one in page.totals]
    kept = whole(one for one in [*found, *totals] if one.name not in ("total", "quantity"))
    by_name = {one.name: one for one in reversed(kept)}
    result = list(kept)

    def add(one: FieldRead | None) -> None:
        if one is not None and one.name not in by_name:
            by_name[one.name] = one
            result.append(one)

    add(_registration(sheets) if told.type in ("ENTITY_PROFILE", "EXPORT_DECLARATION") else None)
    own = _own_number(by_name, cue)
    if own is not None:
        result = [one for one in result if one.name != "document_number"]
        by_name.pop("document_number", None)
        add(own)
    add(_number_at_head(sheets[0], told))
    add(_total(found, totals, goods))
    add(_quantity(found, totals, goods))
    add(_containers(sheets) if "container_number" not in by_name else None)
    if "container_number" in by_name:
        result += _more_containers(sheets, {one.value for one in result if one.name == "container_number"})
    add(_plain_date(sheets, reader) if told.type else None)
    for side in ("buyer", "seller"):
        add(common_party(side, goods))
    add(letterhead(sheets[0], by_name, goods, reader.cue))
    add(recipient(sheets[0], by_name, reader.cue))
    add(_origin(sheets, reader) if told.type else None)
    add(_currency(sheets, by_name, goods, told, reader))
    return result


def _own_number(by_name: dict[str, FieldRead], cue: Cue) -> FieldRead | None:
    """The number of the paper itself: under the label of its kind."""
    for name in (cue.number, "document_number", cue.also):
        if name and name in by_name:
            return replace(by_name[name], name="document_number")
    return None


_HEAD_NUMBER = re.compile(r"(?:^|[A-Za-z]\s+)([A-Z]{1,6}[-/]\d{2}[\w/-]*)\W*$")


def _number_at_head(sheet: Sheet, told: Told) -> FieldRead | None:
    """The number of a paper that stands in its heading: COMMERCIAL INVOICE INV-8841, or GRN-19 as name of a sheet."""
    match = _HEAD_NUMBER.search(told.heading.text) if told.heading else None
    if told.heading is None or match is None:
        return None
    piece = next((piece for piece in sheet.pieces if piece.text == told.heading.text), None)
    place = piece.place(match.start(1), match.end(1)) if piece else Place(sheet.page.number)
    sure = 0.8 * (piece.sure(match.start(1), match.end(1)) if piece else 1.0)
    return FieldRead("document_number", match.group(1), match.group(1), place, round(sure, 3))


def _agreed(lines: list[FieldRead]) -> list[FieldRead]:
    """Lines whose quantity times price is their amount: each figure is confirmed by the others, however faint."""
    by_line = _by_line(lines)
    sure = set()
    for number, one in by_line.items():
        said = {
            field.name: Decimal(field.value) for field in one if field.name in ("quantity", "unit_price", "amount")
        }
        if len(said) == 3 and said["amount"] and abs(said["quantity"] * said["unit_price"] - said["amount"]) < CENT:
            sure.add(number)
    return [
        replace(one, confidence=max(one.confidence, CONFIRMED))
        if one.line in sure and one.name in ("quantity", "unit_price", "amount")
        else one
        for one in lines
    ]


def _total(found: list[FieldRead], totals: list[FieldRead], goods: dict[int, Goods]) -> FieldRead | None:
    """The sum of the paper: the labelled amount that the lines, or net and tax, add up to, else the surest."""
    candidates = [one for one in found if one.name == "total"] + [one for one in totals if one.name == "total"]
    candidates = [one for one in candidates if one.value and abs(Decimal(one.value)) > 0]
    if not candidates:
        return None
    amounts = [Decimal(one.value) for page in goods.values() for one in page.fields if one.name == "amount"]
    net = next((Decimal(one.value) for one in found if one.name == "net_amount"), None)
    tax = next((Decimal(one.value) for one in found if one.name == "tax"), None)

    def support(one: FieldRead) -> tuple[float, int, Decimal]:
        value = Decimal(one.value)
        score = one.confidence
        if net is not None and tax is not None and abs(net + tax - value) < Decimal("0.02"):
            score += 0.5
        elif len(amounts) > 1 and abs(sum(amounts) - value) < Decimal("0.02"):
            score += 0.2
        label = squeezed(one.text)
        score += 0.08 * min(sum(other.value == one.value for other in candidates) - 1, 3)
        return round(score, 3), len(label), value

    return max(candidates, key=support)


def _quantity(found: list[FieldRead], totals: list[FieldRead], goods: dict[int, Goods]) -> FieldRead | None:
    candidates = [one for one in [*found, *totals] if one.name == "quantity"]
    if candidates:
        return max(candidates, key=lambda one: (one.confidence, bool(one.unit)))
    lines = [one for page in goods.values() for one in page.fields if one.name == "quantity"]
    if len(lines) == 1:
        return replace(lines[0], line=None, confidence=round(lines[0].confidence * 0.9, 3))
    return None


def _containers(sheets: Sequence[Sheet]) -> FieldRead | None:
    return next(iter(_all_containers(sheets)), None)


def _more_containers(sheets: Sequence[Sheet], known: set[str]) -> list[FieldRead]:
    more = []
    for one in _all_containers(sheets):
        if one.value not in known:
            known.add(one.value)
            more.append(one)
    return more[:60]


def _all_containers(sheets: Sequence[Sheet]) -> list[FieldRead]:
    return [
        FieldRead(
            "container_number", one.value, piece.text[one.start : one.end], piece.place(one.start, one.end), 0.85
        )
        for sheet in sheets
        for piece in sheet.pieces
        for one in norm.find_containers(piece.text)
    ]


def _plain_date(sheets: Sequence[Sheet], reader: Reader) -> FieldRead | None:
    """A date without a label, where the first page holds but one day."""
    dates = []
    for piece in sheets[0].pieces:
        for one in norm.all_dates(piece.text[:120], reader.order):
            dates.append((one, piece))
    if not dates or len({one.value for one, _ in dates}) > 1:
        return None
    one, piece = dates[0]
    return FieldRead(
        "date",
        one.value,
        piece.text[one.start : one.end],
        piece.place(one.start, one.end),
        round(0.7 * piece.confidence, 3),
    )


def _currency(
    sheets: Sequence[Sheet], by_name: dict[str, FieldRead], goods: dict[int, Goods], told: Told, reader: Reader
) -> FieldRead | None:
    """The currency: beside the total, in the heads of columns, or the one the paper names most."""
    places = [one.place for one in (by_name.get("total"),) if one]
    total = by_name.get("total")
    if total is not None:
        for sheet in sheets:
            for row in sheet.rows:
                beside = [piece for piece in row if _holds(piece, total)]
                if beside and (found := norm.find_currency(" ".join(piece.text for piece in row))):
                    return FieldRead("currency", found.value, found.value, total.place, 0.85)
    named = {code for page in goods.values() for code in page.currencies}
    place = places[0] if places else Place(sheets[0].page.number)
    if len(named) == 1:
        return FieldRead("currency", named.pop(), "", place, 0.8)
    if told.type == "VAT_INVOICE":
        return FieldRead("currency", "CNY", "", place, 0.8)
    code, share = common_currency(sheets)
    if code and share > 0.6 and (total is not None or goods and any(page.fields for page in goods.values())):
        return FieldRead("currency", code, code, place, round(0.7 * share, 3))
    if told.type == "PROOF_OF_PAYMENT" and total is not None and "seller" in by_name:
        form = next((one for one in reader.words.money if spaced(by_name["seller"].value).endswith(one)), None)
        if form is not None:
            return FieldRead("currency", reader.words.money[form], "", place, 0.55)
    return None


_ORIGIN = re.compile(
    r"\b(?:made in|product of|produce of|produced in|manufactured in|goods of|are of|is of|wholly of)\s+(?:the\s+)?"
    r"([A-Z][A-Za-z.' ]{2,30})",
    re.IGNORECASE,
)


def _origin(sheets: Sequence[Sheet], reader: Reader) -> FieldRead | None:
    """Where the goods come from as a sentence says it: made in, a product of, goods of ... origin."""
    for sheet in sheets[:3]:
        for piece in sheet.pieces:
            match = _ORIGIN.search(piece.text)
            if match is None:
                continue
            said = re.sub(r"\s*\borigin\b.*$", "", match.group(1), flags=re.IGNORECASE)
            found = reader.value("origin", "country", piece, match.start(1), match.start(1) + len(said))
            if found is not None and found.place is not None:
                return replace(found, confidence=round(0.7 * piece.confidence, 3))
    return None


def _holds(piece: Piece, one: FieldRead) -> bool:
    return (
        piece.page == one.place.page
        and one.text != ""
        and one.text in piece.text
        and (not one.place.cell or piece.cell == one.place.cell)
    )


def _registration(sheets: Sequence[Sheet]) -> FieldRead | None:
    for sheet in sheets:
        for piece in sheet.pieces:
            if match := norm.USCC.search(piece.text):
                return FieldRead(
                    "registration_number",
                    match.group(1),
                    match.group(1),
                    piece.place(match.start(1), match.end(1)),
                    0.9,
                )
    return None


# -- blank forms ----------------------------------------------------------------------------------------------------

FEWEST_LABELS = 5
FILLED_IN = frozenset({"number", "date", "amount", "quantity", "weight"})
_PLACEHOLDER = re.compile(r"_{3,}|\.{6,}|…{2,}|\[\s*\]|\(\s{2,}\)|_ _ _")


def _is_blank(sheets: Sequence[Sheet], words: Vocabulary, settled: list[FieldRead], lines: list[FieldRead]) -> bool:
    """Whether the paper is a form nobody filled in: many labels, hardly anything that looks like a value."""
    first = sheets[0]
    labelled = find_labels(first, words)
    if len(labelled.hits) < FEWEST_LABELS:
        return False
    text = first.page.text
    values = re.findall(r"\b(?:\d[\d,./-]{3,}\d|\d+[.,]\d{2}|[A-Z]{2,}[-/]?\d{3,})\b", text)
    tokens = max(len(text.split()), 1)
    written = [one for one in settled if words.kinds.get(one.name) in FILLED_IN and re.search(r"\d", one.value)]
    certain = {(one.place, one.value) for one in written}
    gaps = len(_PLACEHOLDER.findall(text))
    filled = sum(len(line) > 2 for line in _by_line(lines).values())
    return len(certain) <= 1 and not filled and len(values) <= max(2, 0.02 * tokens + 0.3 * gaps)


def _by_line(lines: list[FieldRead]) -> dict[int | None, list[FieldRead]]:
    found: dict[int | None, list[FieldRead]] = {}
    for one in lines:
        found.setdefault(one.line, []).append(one)
    return found
