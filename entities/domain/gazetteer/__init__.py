"""Is this text in Xinjiang, and which word says so."""

from entities.domain.gazetteer.engine import Gazetteer
from entities.domain.gazetteer.places import Place, PlaceMention, PlaceSignal, PlaceVerdict

__all__ = ["Gazetteer", "Place", "PlaceMention", "PlaceSignal", "PlaceVerdict"]
