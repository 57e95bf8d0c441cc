"""What this system has on record of a case, in the shape of papers, so that papers can be tied to it: the lots that
were declared, the tariff numbers of the goods."""

from __future__ import annotations

from collections import defaultdict

from evidence.domain.papers import CasePaper, FieldRead, PaperRead, Place
from evidence.domain.requirements import IMPORT
from screening.confidential import Reader
from screening.models import Case, LotTrace, TracedLot

LOTS, GOODS = "SYS_OUTPUT_LOT", "SYS_HTS"


def on_record(case: Case, reader: Reader) -> dict[str, tuple[CasePaper, ...]]:
    """By step of the chain the records of it that the reader may know of."""
    found: dict[str, list[CasePaper]] = defaultdict(list)
    traces = LotTrace.objects.visible_to(reader).standing().filter(shipment__cases=case)
    for trace in traces.prefetch_related("lots").order_by("pk"):
        made = [one for one in trace.lots.all() if one.direction == TracedLot.Direction.OUTPUT]
        found[str(trace.maker_id)].append(_record(-trace.pk, LOTS, "Lots declared for the shipment", _lots(made)))
    for shipment in case.shipments.prefetch_related("lines"):
        codes = [
            FieldRead("hts", code, code, Place(1), line=line.number)
            for line in shipment.lines.all()
            for code in line.hts_codes
        ]
        title = f"Lines of {shipment.label}"
        found[IMPORT].append(_record(-(10**9) - shipment.pk, GOODS, title, codes))
    return {step: tuple(rows) for step, rows in found.items()}


def _lots(made: list[TracedLot]) -> list[FieldRead]:
    fields = []
    for line, lot in enumerate(made, 1):
        fields.append(FieldRead("lot", lot.lot, lot.lot, Place(1), line=line))
        if lot.quantity is not None:
            amount = format(lot.quantity.normalize(), "f")
            fields.append(FieldRead("quantity", amount, amount, Place(1), unit=lot.unit, line=line))
    return fields


def _record(key: int, type_: str, title: str, fields: list[FieldRead]) -> CasePaper:
    return CasePaper(key, 0, 0, title, PaperRead(type_, 1, 1, tuple(fields)))
