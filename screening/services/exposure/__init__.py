"""The exposure index: what a supplier is exposed to upstream, answered at once and kept up to date."""

from screening.services.exposure.building import rebuild
from screening.services.exposure.concerned import judged_on, suppliers_concerned
from screening.services.exposure.following import Followed, update
from screening.services.exposure.moving import Downstream, Moved, Reached, days_without
from screening.services.exposure.reaching import shipments_with_goods_of, shipments_with_goods_of_each
from screening.services.exposure.standing import Standing, is_built, standing_of
from screening.services.exposure.verdict import Exposed, exposed_at, way_to

__all__ = [
    "Downstream",
    "Exposed",
    "Followed",
    "Moved",
    "Reached",
    "Standing",
    "days_without",
    "exposed_at",
    "is_built",
    "judged_on",
    "rebuild",
    "shipments_with_goods_of",
    "shipments_with_goods_of_each",
    "standing_of",
    "suppliers_concerned",
    "update",
    "way_to",
]
