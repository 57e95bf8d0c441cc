"""What a supplier is exposed to, in words for its page: the office's alone, as it rests on everybody's links."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from entities.models import Supplier, SupplyLink, User
from screening.domain import periods
from screening.domain.law import clocks
from screening.domain.tracing import Grade
from screening.services.exposure import Standing, is_built, standing_of

RULES = {
    "LISTED_ENTITY": "on the Entity List",
    "XPCC": "part of the Xinjiang Production and Construction Corps",
    "XJ_SITE": "a site in Xinjiang",
    "XJ_REGISTRATION": "registered in Xinjiang",
    "XJ_NAME": "a name that speaks of Xinjiang",
    "XJ_MATERIAL": "material stated to come from Xinjiang",
    "LISTED_AFFILIATE": "belongs to a listed entity",
    "LABOUR_TRANSFER": "words of a state labour scheme in its name, its address or a statement on its deliveries",
}


def exposed_rows(supplier: Supplier, user: User) -> dict[str, Any] | None:
    """The grounds upstream of a supplier, as far as the UFLPA was in force; None for who is not of the office."""
    if not user.is_officer:
        return None
    found = standing_of(supplier.pk, timezone.localdate())
    since, until = clocks.UFLPA_IN_FORCE_FROM, clocks.UFLPA_IN_FORCE_UNTIL or date.max
    rows = [_row(one) for one in found if (one.last or date.max) >= since and (one.first or date.min) <= until]
    return {"is_built": is_built(), "rows": rows}


def _row(one: Standing) -> dict[str, Any]:
    return {
        "rule": one.ground.rule,
        "says": RULES[one.ground.rule],
        "is_certain": one.ground.is_certain,
        "grade": "" if one.grade == Grade.DIRECT else one.grade.value,
        "steps": one.steps,
        "imported": periods.in_words(one.first, one.last),
        "way": [_link(link) for link in one.way],
        "customer": one.sale.customer if one.sale else None,
    }


def _link(link: SupplyLink) -> dict[str, Any]:
    return {
        "supplier": link.supplier,
        "goods": link.goods or link.commodity,
        "period": periods.in_words(link.valid_from, link.valid_to),
    }
