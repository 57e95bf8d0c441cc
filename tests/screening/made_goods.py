"""Stopped goods, made for tests by a plain function. Names are invented."""

from datetime import date

from entities.domain.roles import Role
from screening.models import Case, Detention, HeldLine, Shipment
from tests.factories import make_organization, make_user

SHIRTS, MODULES, NOTHING = "6109100012", "8541430010", ""


def held(*lines, presented="2026-01-10", importer=None, regime="UFLPA", shipment=None):
    """An entry with lines of (state, code, country, value, currency), held from a day."""
    analyst = make_user(Role.ANALYST)
    shipment = shipment or Shipment.objects.create(owner=importer or make_organization())
    number = f"T-{Case.objects.count()}"
    case = Case.objects.create(number=number, importer=shipment.owner, regime=regime, opened_because="x")
    case.shipments.add(shipment)
    day = date.fromisoformat(presented) if presented else None
    detention = Detention.objects.create(
        case=case, shipment=shipment, presented_on=day, detained_on=day, source="6051D", recorded_by=analyst
    )
    for place, (state, code, country, value, currency) in enumerate(lines, 1):
        shipment.lines.update_or_create(
            number=place,
            defaults={
                "hts_codes": [code] if code else [],
                "hts6": code[:6],
                "origin_country": country,
                "value": value,
                "currency": currency,
            },
        )
        HeldLine.objects.create(
            detention=detention, shipment=shipment, regime=regime, line_number=place, state=state,
            is_final=state in {"released", "exported", "destroyed", "forfeited", "final"},
        )  # fmt: skip
    return detention
