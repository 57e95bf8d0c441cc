"""What the exposure index says of a pass at once, before its shipments are screened."""

from __future__ import annotations

from collections.abc import Collection

from entities.many_rows import write_table
from entities.models import ListedEntity, ListVersion
from entities.parts import parts_of
from screening.models import Foreseen, Rescreening
from screening.services import exposure

_COLUMNS = (
    *("rescreening_id", "shipment_id", "supplier_id", "rule", "entity_id"),
    *("is_new", "raises_presumption", "grade", "steps_upstream"),
)


def foresee(rescreening: Rescreening, shipments: Collection[int], followed: exposure.Followed) -> int:
    """Write down what is different for the shipments of a pass: a ground at a firm that they newly reach, or reach no
    longer; and of how many firms something else is said. Nothing where too many firms moved to follow each. Returns
    how many rows that are."""
    rescreening.firms_moved = len({one.supplier for one in followed.moved})
    rescreening.save(update_fields=["firms_moved"])
    if not shipments or followed.downstream is None:
        return 0
    reached = [one for one in followed.downstream.different if one.shipment in shipments]
    entities: dict[str, int] = {}
    for some in parts_of({one.moved.listed_key for one in reached} - {""}):
        rows = ListedEntity.objects.filter(register=ListVersion.Register.UFLPA, key__in=some)
        entities.update(rows.values_list("key", "pk"))
    write_table(
        Foreseen._meta.db_table,
        _COLUMNS,
        (
            (rescreening.pk, one.shipment, one.moved.supplier, one.moved.ground.rule)
            + (entities.get(one.moved.listed_key), one.moved.is_new)
            + (one.raises_presumption, str(one.grade), one.steps_upstream)
            for one in reached
        ),
    )
    return len(reached)
