"""Papers as JSON: the same shape on the command line and in the API."""

from __future__ import annotations

from typing import Any

from evidence.domain.papers import FieldRead, PaperRead
from evidence.reference import vocabulary


def paper_json(paper: PaperRead) -> dict[str, Any]:
    """A paper: its type and pages, the fields of the whole by name, and its lines of goods.

    Where a paper names no seller or no buyer, the party that takes that place on papers of its type (the shipper of a
    bill of lading, the payee of a payment) is given there too, and ``stands_as`` says what it is called on the paper.
    Of a field that stands several times (containers, orders) the surest is under its name, the rest in ``more``.
    """
    whole: dict[str, Any] = {}
    for one in paper.fields:
        if one.line is None:
            whole.setdefault(one.name, []).append(one)
    fields = {}
    for name, several in whole.items():
        best = paper.one(name) or several[0]
        fields[name] = _field(best)
        if more := [_field(one) for one in several if one is not best]:
            fields[name]["more"] = more
    for side, place in _sides(paper.type).items():
        if side not in fields and place in fields:
            fields[side] = {**fields[place], "stands_as": place}
    return {
        "type": paper.type,
        "pages": [paper.first_page, paper.last_page],
        "confidence": paper.confidence,
        "reasons": list(paper.reasons),
        "blank_form": paper.is_blank_form,
        "fields": fields,
        "lines": [{name: _field(one) for name, one in line.items()} for _, line in paper.lines()],
    }


def _sides(type_code: str) -> dict[str, str]:
    cue = vocabulary().cues.get(type_code)
    return {"seller": cue.seller, "buyer": cue.buyer} if cue else {}


def _field(one: FieldRead) -> dict[str, Any]:
    box = one.place.box
    return {
        "value": one.value,
        "unit": one.unit,
        "text": one.text,
        "page": one.place.page,
        "box": [box.left, box.top, box.right, box.bottom] if box else None,
        "cell": one.place.cell,
        "confidence": one.confidence,
    }
