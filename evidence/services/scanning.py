"""Look through the pages of one paper for listed names and places, up to so many of each."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from entities.domain.facts import PartyFacts
from entities.domain.gazetteer import Gazetteer
from entities.matchers import Basis, matcher_for
from entities.models import ListedEntity, ListVersion
from evidence.domain.mentions import LISTED, MOST_PER_PAGE, PLACE, Seen, look_through
from evidence.listed_names import REGISTER, ListedNames
from evidence.models import Mention, Page

MOST_MENTIONS = 2_000
NO_LIST = "No Entity List was loaded when this paper was read, so listed names were not looked for."
TOO_MANY = (
    f"Listed names, and places likewise, were noted until {MOST_PER_PAGE} were seen on a page, "
    f"or {MOST_MENTIONS:,} in all."
)


class Scan:
    """One paper looked through, page by page. A name is listed or not as of the day of the scan.

    Without ``names`` only places are looked for, without a gazetteer only listed names.
    """

    def __init__(self, names: ListedNames | None, gazetteer: Gazetteer | None) -> None:
        self.names = names
        self.version = ListVersion.objects.get(pk=names.version_id) if names else None
        self.on = timezone.localdate()
        self.is_full = False
        self._matcher = (
            matcher_for(self.version, Basis(names_up_to=names.names_up_to)) if names and self.version else None
        )
        self._gazetteer = gazetteer
        self._room = {LISTED: MOST_MENTIONS, PLACE: MOST_MENTIONS}

    def page(self, text: str, parties: Iterable[PartyFacts] = ()) -> list[Seen]:
        """What this page mentions, as far as there is room left.

        The ``parties`` its papers name are compared with the list one by one, as those of a shipment are, so that a
        name is found too that is not written as the list writes it.
        """
        seen = look_through(
            text,
            self._matcher if self._room[LISTED] else None,
            self._gazetteer if self._room[PLACE] else None,
            self.on,
        )
        seen += self._parties(text, parties, {(one.key, one.start) for one in seen if one.kind == LISTED})
        kept = []
        for kind in (LISTED, PLACE):
            own = [one for one in seen if one.kind == kind]
            self.is_full = self.is_full or len(own) >= min(self._room[kind], MOST_PER_PAGE)
            kept += own[: self._room[kind]]
            self._room[kind] -= min(len(own), self._room[kind])
        return sorted(kept, key=lambda one: (one.start, -one.end, one.kind))

    def _parties(self, text: str, parties: Iterable[PartyFacts], known: set[tuple[str, int]]) -> list[Seen]:
        """The listed entities that the parties of a page are or may be, where the text of the page has their names."""
        if self._matcher is None or not self._room[LISTED]:
            return []
        found = []
        for party in parties:
            start = text.find(party.name)
            if start < 0:
                continue
            end = start + len(party.name)
            for match in self._matcher.screen(party, self.on)[:1]:
                if not any(key == match.key and start <= place < end for key, place in known):
                    name = match.listed_name.text
                    found.append(Seen(LISTED, start, end, party.name, match.key, name, match.verdict))
        return found

    def listed_since(self, key: str) -> str:
        """The day since which the entity stands on the list, in ISO form."""
        party = self._matcher.parties.get(key) if self._matcher else None
        starts = [start for start, end in party.periods if start <= self.on] if party else []
        return f"{max(starts)}" if starts else ""


def names_of(keys: set[str]) -> dict[str, str]:
    """The names of listed entities, as the list prints them, by their keys."""
    return dict(ListedEntity.objects.filter(register=REGISTER, key__in=keys).values_list("key", "name"))


def mention_of(page: Page, one: Seen, names: dict[str, str], version: ListVersion | None) -> Mention:
    """What was seen, as a row to be stored."""
    is_listed = one.kind == LISTED
    return Mention(
        page=page,
        kind=one.kind,
        start=one.start,
        end=one.end,
        text=one.text[:400],
        subject_key=one.key[:200],
        subject=(names.get(one.key, one.name) if is_listed else one.name)[:300],
        strength=one.strength,
        list_version=version if is_listed else None,
    )
