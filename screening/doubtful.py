"""What looks wrong about a stored shipment, for its page and its answers; and the same entry elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entities import reference
from entities.domain.doubts import Doubt
from entities.domain.identifiers import Remark
from screening.confidential import Reader
from screening.domain.doubts import doubts_about
from screening.models import Shipment, ShipmentLine, ShipmentParty
from screening.services.shipments import facts_of

_PLACES = {
    "entry_number": "Entry number",
    "bill_of_lading": "Bill of lading",
    "port_of_lading": "From port",
    "port_of_unlading": "To port",
    "carrier": "Carrier",
    "uscc": "USCC",
    "mid": "MID",
    "postal_code": "postal code",
}


def entries_elsewhere(shipment: Shipment, reader: Reader) -> Iterator[Doubt]:
    """Shipments of other importers with the same entry number, as far as the reader knows of them.

    An entry number is given once. Whose it is the importers find out; each may store it meanwhile, and is not told of
    the other.
    """
    if not shipment.entry_number:
        return
    others = Shipment.objects.visible_to(reader).filter(entry_number=shipment.entry_number).exclude(pk=shipment.pk)
    for other in others.select_related("owner").order_by("pk")[:5]:
        detail = f"Entry {shipment.entry_number} is also declared for {other.owner}: shipment {other.pk}."
        yield Doubt("/entry_number", Remark("entry_elsewhere", "warning", detail))


def doubts_in_words(
    shipment: Shipment, lines: Sequence[ShipmentLine], parts: Sequence[ShipmentParty], reader: Reader
) -> list[dict[str, str]]:
    """What looks wrong about a shipment, each with its place in words."""
    found = [*doubts_about(facts_of(shipment, lines, parts), reference.codes()), *entries_elsewhere(shipment, reader)]
    return [{"place": _place(one.pointer, lines, parts), "detail": one.remark.detail} for one in found]


def _place(pointer: str, lines: Sequence[ShipmentLine], parts: Sequence[ShipmentParty]) -> str:
    name, *rest = pointer.removeprefix("/").split("/")
    if name == "containers":
        return "Container"
    if name == "lines":
        return f"Line {lines[int(rest[0])].number}, HTS"
    if name == "parties":
        part = parts[int(rest[0])]
        return f"{part.get_role_display()} {part.party}, {_PLACES[rest[1]]}"
    return _PLACES[name]
