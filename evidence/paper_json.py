"""Papers as JSON: the same shape on the command line and in the API."""

from __future__ import annotations

from typing import Any

from evidence.domain.papers import FieldRead, PaperRead


def paper_json(paper: PaperRead) -> dict[str, Any]:
    """A paper: its type and pages, the fields of the whole by name, and its lines of goods.

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
    return {
        "type": paper.type,
        "pages": [paper.first_page, paper.last_page],
        "confidence": paper.confidence,
        "reasons": list(paper.reasons),
        "blank_form": paper.is_blank_form,
        "fields": fields,
        "lines": [{name: _field(one) for name, one in line.items()} for _, line in paper.lines()],
    }


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
