"""What the whole paper says: each field under its label, in the form its kind asks for, with place and confidence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from evidence.domain.papers import Box, FieldRead
from evidence.domain.understanding import normalise as norm
from evidence.domain.understanding.labels import Hit, Labelled, find_labels
from evidence.domain.understanding.layout import Piece, Sheet, one_under_other
from evidence.domain.understanding.lines import Goods
from evidence.domain.understanding.vocabulary import Cue, Vocabulary, runs, tokens

MANY = frozenset({"container_number", "lot", "hts", "order_number", "contract_number", "invoice_number", "bl_number"})
# Legal forms end the name of a firm: what follows on the same line is its address.
_FORMS = (
    r"co\.?,?\s*,?\s*ltd|company limited|limited|ltd|inc|incorporated|corp|corporation|l\.?l\.?c|gmbh|ag|"
    r"s\.?a\.?r\.?l|s\.?p\.a|s\.?r\.?l|s\.?a\. de c\.?v|b\.?v|n\.?v|a\.s|a\.ş|plc|pte|pvt|sdn\.? ?bhd|jsc|"
    r"joint stock company|pjsc|ooo|mills|enterprises?|s\.a"
)
_CHINESE_FORMS = "有限责任公司|股份有限公司|有限公司|集团公司|轧花厂|合作社"
STRONG_FIRM = re.compile(rf"\b(?:{_FORMS})\b|{_CHINESE_FORMS}", re.IGNORECASE)
FIRM = re.compile(
    rf"\b(?:{_FORMS}|kg|s\.?a\.?s|oy|ab|se|bhd|llp|co|industries|kaisha|trading|exports?|group)\b\.?[)]?"
    r"(?:\s*[(][A-Za-z ]{1,20}[)])?(?:\s*(?:co\.?,?\s*ltd|ltd|limited|llc|inc)\b\.?)?"
    rf"|{_CHINESE_FORMS}|公司|集团|厂|经营部|商行",
    re.IGNORECASE,
)
_ADDRESS_BEHIND = re.compile(r"[.)]*\s+(?!&|and\b|co\b|[(（])\w")
_NAME_GOES_ON = re.compile(rf"\b(?:branch|division|group|holdings?|{_FORMS})\b|分公司", re.IGNORECASE)
_ADDRESS = re.compile(
    r"^\W*(?:add|address|adresse|tel|phone|fax|e-?mail|attn|www|http|po box|p\.o\. ?box|no\.? ?\d|room|rm|unit|floor|"
    r"\d+[ ,/]|block|plot|street|road|地址|电话|传真|邮编)\b|@",
    re.IGNORECASE,
)
# The first line ends in a comma, or the second brings a postal code or the number of a Chinese house.
_ADDRESS_GOES_ON = re.compile(r",\s*\n|\n[^\d\n:：]{0,40}\b\d{5,6}\b|\n\d{1,4}号")
_NO_PARTY = re.compile(
    r"^(?:same as|as per|n/?a|none|nil|to order|tba|see|as above|signature|date|the|"
    r"original|copy|duplicate|draft|sample|specimen|demonstration|confidential)\b.{0,30}$"
    r"|^\W*$|[_]{3}|\.{4}",
    re.IGNORECASE,
)


class Reader:
    """Reads the fields of one paper."""

    def __init__(self, words: Vocabulary, cue: Cue, order: str) -> None:
        self.words = words
        self.cue = cue
        self.order = order

    def read(self, sheets: Sequence[Sheet], goods: dict[int, Goods]) -> list[FieldRead]:
        """Every field the labels lead to, the surest first for each name."""
        found: list[FieldRead] = []
        for depth, sheet in enumerate(sheets):
            taken = goods.get(sheet.page.number)
            labelled = find_labels(sheet, self.words, frozenset(taken.rows if taken else ()))
            for hit in labelled.hits:
                found += self._values(hit, labelled, depth)
        return found

    def _values(self, hit: Hit, labelled: Labelled, depth: int) -> list[FieldRead]:
        kind = self.words.kinds.get(hit.field)
        if kind is None:
            return []
        if kind == "flag":
            return self._signature(hit, labelled)
        base = 0.92 if hit.has_mark else 0.86
        if hit.is_weak:
            base -= 0.12
        if hit.is_late:
            base -= 0.2
        base -= min(depth, 6) * 0.02
        several = []
        for piece, start, end, nearness in labelled.near(hit):
            if hit.is_weak and piece is not hit.piece and nearness < 0.93:
                break
            more = labelled.goes_on(hit, piece) if kind in ("party", "address") and end == len(piece.text) else None
            if more is not None and (kind == "party" or _ADDRESS_GOES_ON.search(f"{piece.text}\n{more.text}")):
                piece = one_under_other(piece, more)
                end = len(piece.text)
            one = self.value(hit.field, kind, piece, start, end)
            if one is not None:
                read = piece.mean(start, end) if kind in ("party", "address", "text") else piece.sure(start, end)
                sure = base * nearness * read
                several.append(replace(one, confidence=round(min(sure, one.confidence), 3)))
                break
            if kind == "party" and piece is hit.piece:
                continue
        if several and hit.field in MANY and kind == "number":
            several += self._further(hit, several[0], labelled)
        return several

    def _signature(self, hit: Hit, labelled: Labelled) -> list[FieldRead]:
        """Whether something stands in the place for a signature; of a picture only where its ink was looked at."""
        said = [(piece, start, end) for piece, start, end, _ in labelled.near(hit)][:2]
        for piece, start, end in said:
            text = piece.text[start:end].strip(" _.…:：/")
            if len(re.findall(r"[^\W\d_]", text)) > 1:
                return [
                    FieldRead(
                        hit.field, "yes", text[:100], piece.place(start, end), round(0.8 * piece.sure(start, end), 3)
                    )
                ]
        marks = labelled.sheet.page.marks
        is_text = marks is None and hit.piece.confidence == 1.0 and bool(hit.piece.spans or not hit.piece.cell)
        if not hit.has_mark or not (is_text or marks is not None and not _is_inked(hit.piece, marks)):
            return []
        return [FieldRead(hit.field, "no", hit.piece.text[:100], hit.piece.place(hit.start), 0.65)]

    def _further(self, hit: Hit, first: FieldRead, labelled: Labelled) -> list[FieldRead]:
        """More numbers of the same kind behind the first, parted by commas."""
        rest = hit.rest
        if "," not in rest and ";" not in rest and "、" not in rest or hit.field == "container_number":
            return []
        more, offset = [], 0
        for part in re.split(r"[,;、]", rest):
            one = norm.find_identifier(part)
            if one and one.value != first.value and len(one.value) > 3:
                start = hit.value_from + offset + one.start
                place = hit.piece.place(start, start + len(one.value))
                more.append(FieldRead(hit.field, one.value, one.value, place, first.confidence - 0.02))
            offset += len(part) + 1
        return more

    def value(self, name: str, kind: str, piece: Piece, start: int, end: int) -> FieldRead | None:
        """The value of a kind within a part of a run, where there is one."""
        text = piece.text[start:end]
        lead = len(text) - len(text.lstrip(" \t\n:：/#|"))
        text, start = text[lead:], start + lead
        if not text.strip():
            return None
        read = getattr(self, f"_{kind}", self._text)
        found = read(name, text)
        if found is None:
            return None
        place = piece.place(start + found.start, start + found.end)
        shown = text[found.start : found.end].strip()
        return FieldRead(name, found.value[:500], shown[:500], place, 1.0, found.unit[:40])

    # -- kinds ------------------------------------------------------------------------------------------------

    def _date(self, name: str, text: str) -> norm.Found | None:
        found = norm.find_date(text, self.order)
        return found if found and found.start <= 40 else None

    def _number(self, name: str, text: str) -> norm.Found | None:
        if name == "container_number":
            return next(iter(norm.find_containers(text)), None)
        if name == "registration_number" and (match := norm.USCC.search(text)):
            return norm.Found(match.group(1), match.start(), match.end())
        if name == "bank_account":
            match = re.search(r"[A-Z]{0,2}\d[\d\s\-A-Z]{5,40}\d", text)
            return norm.Found(norm.masked(match.group()), match.start(), match.end()) if match else None
        found = norm.find_identifier(text)
        if found is None or len(found.value) < 2 or found.value.count(".") > 3:
            return None
        if (date := norm.find_date(text, self.order)) and date.start <= found.start < date.end and name != "reference":
            return None
        return found

    def _amount(self, name: str, text: str) -> norm.Found | None:
        found = norm.find_amount(text)
        if found is None:
            return None
        beside = re.sub(r"[^A-Za-z\u3400-\u9fff]", "", text[: found.start] + text[found.end :])
        return found if len(beside) <= 14 and "%" not in text[found.end : found.end + 2] else None

    def _currency(self, name: str, text: str) -> norm.Found | None:
        return norm.find_currency(text[:30])

    def _quantity(self, name: str, text: str) -> norm.Found | None:
        found = norm.find_quantity(text)
        if found is None or found.start > 24:
            return None
        return found if found.unit or len(text.strip()) - len(text[found.start : found.end].strip()) <= 12 else None

    _weight = _quantity

    def _country(self, name: str, text: str) -> norm.Found | None:
        split = tokens(text[:80])
        for start in range(min(len(split), 6)):
            for joined, behind in runs(split, start, 6):
                if code := self.words.countries.get(joined):
                    return norm.Found(code, split[start].start, split[behind - 1].end)
        match = re.match(r"\s*([A-Z]{2})\s*$", text)
        return norm.Found(match.group(1), match.start(1), match.end(1)) if match else None

    def _code(self, name: str, text: str) -> norm.Found | None:
        match = norm.HTS.search(text)
        return norm.Found(match.group(1).replace(" ", ""), match.start(1), match.end(1)) if match else None

    def _party(self, name: str, text: str) -> norm.Found | None:
        return party_in(text)

    def _address(self, name: str, text: str) -> norm.Found | None:
        clean = norm.name_of(text)
        return norm.Found(clean, 0, len(text)) if len(clean) > 5 and re.search(r"[^\W\d]{2}", clean) else None

    def _text(self, name: str, text: str) -> norm.Found | None:
        clean = norm.name_of(text)
        if len(clean) < 2 or len(clean) > 300 or not re.search(r"[^\W\d_]{2}", clean) or re.search(r"[_.]{4}", text):
            return None
        return norm.Found(clean, 0, len(text))


def _is_inked(label: Piece, marks: Sequence[Box]) -> bool:
    """Whether ink that is no word stands by the label of a signature, or a seal below the head of the page."""
    around = Box(label.left - 0.03, label.top - 0.05, label.right + 0.45, label.bottom + 0.08)
    return any(
        (one.right > around.left and one.left < around.right and one.bottom > around.top and one.top < around.bottom)
        or (one.top > 0.3 and one.right - one.left > 0.07 and one.bottom - one.top > 0.04)
        for one in marks
    )


def party_in(text: str) -> norm.Found | None:
    """The name of a firm or person at the start of a text, without the address behind it."""
    bare = text.strip()
    first, _, behind = text.partition("\n")
    if behind:
        form_behind = re.match(rf"(?:{_FORMS})\b", behind, re.IGNORECASE)
        goes_on = not STRONG_FIRM.search(first) and STRONG_FIRM.search(behind[:60])
        wrapped = form_behind or (goes_on and not _ADDRESS.search(behind[:20]))
        text = f"{first} {behind.partition(chr(10))[0]}" if wrapped else first
    if _ADDRESS.search(bare[:40]) or _NO_PARTY.search(bare) or norm.find_date(bare[:20]):
        return None
    end = len(text)
    firm = None
    for firm in FIRM.finditer(text[:120]):
        rest = text[firm.end() :]
        if re.match(r"\s*(?:[,;，；|]|\s-\s|\d|no\b|add|tel|[(（]?[0-9A-Z]{18})", rest, re.IGNORECASE):
            end = firm.end()
            break
        if STRONG_FIRM.match(firm.group()) and _ADDRESS_BEHIND.match(rest) and not _NAME_GOES_ON.search(rest):
            end = firm.end()
            break
    if cut := re.search(
        r"\s(?:tel|fax|add|address|e-?mail|attn|地址|电话)\s*[.:：]|[;；|]", text[:end], re.IGNORECASE
    ):
        end = cut.start()
    clean = norm.name_of(text[:end])
    letters = len(re.findall(r"[^\W\d_]", clean))
    chinese = len(re.findall(r"[\u3400-\u9fff]", clean))
    if letters < 3 and chinese < 2 or len(clean) > 110 or sum(c.isdigit() for c in clean) > letters:
        return None
    return norm.Found(clean, 0, end)


def whole(found: Iterable[FieldRead]) -> list[FieldRead]:
    """One value for each field of the whole paper: the surest; those that may stand several times keep all."""
    kept: dict[str, list[FieldRead]] = {}
    for one in sorted(found, key=lambda one: -one.confidence):
        known = kept.setdefault(one.name, [])
        if not known or one.name in MANY and all(other.value != one.value for other in known) and len(known) < 40:
            known.append(one)
    return [one for several in kept.values() for one in several]


def common_currency(sheets: Sequence[Sheet]) -> tuple[str, float]:
    """The currency a paper names most, and the share of all it names."""
    counted: Counter[str] = Counter()
    for sheet in sheets:
        for piece in sheet.pieces:
            if len(piece.text) < 90 and (found := norm.find_currency(piece.text)) and re.search(r"\d", piece.text):
                counted[found.value] += 1
    if not counted:
        return "", 0.0
    code, count = counted.most_common(1)[0]
    return code, count / sum(counted.values())
