"""What is known about a party, and about an entity on a list, before the two are compared."""

from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Literal

NameKind = Literal["listed", "alias", "former", "native"]


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """A party as a document or a data row states it; empty text where nothing is stated."""

    name: str = ""
    native_name: str = ""
    address: str = ""
    city: str = ""
    province: str = ""
    country: str = ""
    postal_code: str = ""
    uscc: str = ""
    mid: str = ""
    phone: str = ""


PARTY_FIELDS = tuple(f.name for f in fields(PartyFacts))


@dataclass(frozen=True, slots=True)
class ListedName:
    """One name of a listed entity and the days on which the list carried it.

    ``valid_from`` is the first day, ``valid_to`` the first day on which the name no longer stands on the list.
    ``confirmed`` is false for a Chinese-script name that no public source ties to the entity: it may raise a
    question, never settle one (sec. 3(a)). ``by_office``: the name is not on the list, the office knows it, by the
    source in ``provenance``.
    """

    text: str
    kind: NameKind
    valid_from: date | None = None
    valid_to: date | None = None
    provenance: str = ""
    confirmed: bool = True
    by_office: bool = False

    def stands_on(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class ListedParty:
    """An entity on a list: all its names, the days it is listed, how far the listing reaches.

    ``periods`` are the stretches of time in which it is listed, in order: the first day of each, and the first day on
    which it is listed no more, or None. An entity that left the list and came back has two.
    """

    key: str
    names: tuple[ListedName, ...] = field(default=())
    periods: tuple[tuple[date, date | None], ...] = ((date.min, None),)
    scope: str = ""
    location: str = ""

    def listed_on(self, on: date) -> bool:
        return any(first <= on and (end is None or on < end) for first, end in self.periods)

    def timeless(self) -> "ListedParty":
        """The same with every name it ever had, as if listed on all days: who is not like it never was."""
        names = tuple(replace(name, valid_from=None, valid_to=None) for name in self.names)
        return replace(self, names=names, periods=((date.min, None),))
