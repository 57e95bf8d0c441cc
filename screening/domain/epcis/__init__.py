"""GS1 EPCIS 2.0 in JSON-LD: what the events of a document say about the lots of a shipment."""

from screening.domain.epcis.documents import Document, Remark, contents, named_places
from screening.domain.epcis.elements import place_key
from screening.domain.epcis.understanding import Understood, places_in, understand

__all__ = ["Document", "Remark", "Understood", "contents", "named_places", "place_key", "places_in", "understand"]
