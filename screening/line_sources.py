"""Which lines of a shipment have a declared source: who delivered these very goods to a party it comes from."""

from __future__ import annotations

from collections.abc import Iterable

from entities.models import SupplyLink, User
from screening.domain.line_sources import names_same_goods
from screening.models import Shipment, ShipmentLine, ShipmentParty


def sources_by_line(shipment: Shipment, lines: Iterable[ShipmentLine], user: User) -> dict[int, list[SupplyLink]]:
    """By line number the links, as far as this user may see them, that deliver the goods of the line.

    Of a bill of materials it shows which parts nobody declared the source of. Empty where no line has one: goods that
    were made, not sold on, are measured by the stages of their chain instead.
    """
    parts = shipment.parties.filter(role__in=ShipmentParty.SOURCES).exclude(party__supplier=None)
    customers = set(parts.values_list("party__supplier", flat=True))
    if not customers:
        return {}
    links = SupplyLink.objects.visible_to(user).filter(customer__in=customers, withdrawn_at=None).exclude(goods="")
    known = list(links.select_related("supplier").order_by("pk"))
    found = {
        line.number: [
            link for link in known if names_same_goods(line.description, line.hts_codes, link.goods, link.hts_prefix)
        ]
        for line in lines
    }
    return found if any(found.values()) else {}
