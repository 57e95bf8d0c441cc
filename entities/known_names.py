"""Every name of a listed entity as matching takes it, with what each stands on: the list, or the office's own word."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from entities import office_names
from entities.domain.facts import ListedName, NameKind
from entities.domain.names import has_han
from entities.matchers import listed_parties
from entities.models import ListedEntity, Listing, ListVersion, NameStatement

Standing = Literal["listed", "left", "sourced", "unverified", "proposed", "confirmed"]
Act = NameStatement.Act
KINDS: dict[str, str] = {
    "listed": "Name on the list",
    "alias": "Alias",
    "former": "Former name",
    "native": "Name in Chinese",
}


@dataclass(frozen=True, slots=True)
class KnownName:
    """One name of an entity.

    ``standing``: on the list (``listed``), on it no more (``left``), a Chinese name that no list prints but a public
    source ties to the entity (``sourced``) or none does (``unverified``), or the office's, ``proposed`` or
    ``confirmed``. ``stated`` and ``answered``: the statements of the office it rests on; ``waiting``: the proposal on
    it that nobody answered.
    """

    text: str
    kind: NameKind
    script: str
    standing: Standing
    source: str = ""
    source_url: str = ""
    since: date | None = None
    until: date | None = None
    stated: NameStatement | None = None
    answered: NameStatement | None = None
    waiting: NameStatement | None = None

    @property
    def kind_words(self) -> str:
        return KINDS[self.kind]


def names_known(entity: ListedEntity) -> list[KnownName]:
    """The names of an entity under the list in use, those of the list first; none where it is not on it."""
    version = ListVersion.objects.published().filter(register=entity.register).order_by("published_at", "pk").last()
    rows = list(Listing.objects.filter(version=version, entity=entity).select_related("entity").order_by("pk"))
    if not rows:
        return []
    statements = list(
        entity.name_statements.select_related(
            "entity", "author__person", "proposal__author__person", "answered_by__author__person"
        ).order_by("pk")
    )
    [party] = listed_parties(rows, office_names.standing(statements))
    return [_known(name, rows, statements) for name in party.names]


def _known(name: ListedName, rows: Sequence[Listing], statements: Iterable[NameStatement]) -> KnownName:
    own = [one for one in statements if one.text == name.text]
    waiting = next((one for one in own if one.act in {Act.ADD, Act.WITHDRAW} and one.answer is None), None)
    shown = {"text": name.text, "kind": name.kind, "script": script_of(name.text), "waiting": waiting}
    if name.by_office:
        stated = [one for one in own if one.act == Act.ADD][-1]
        return KnownName(
            **shown,  # type: ignore[arg-type]
            standing="confirmed" if name.confirmed else "proposed",
            source=stated.source,
            source_url=stated.source_url,
            stated=stated,
            answered=stated.answer,
        )
    standing: Standing = "sourced" if name.kind == "native" else "listed"
    if not name.confirmed:
        standing = "unverified"
    if name.valid_to is not None:
        standing = "left"
    carrying = [row.first_effective_on for row in rows if name.text in _names_of(row)]
    return KnownName(
        **shown,  # type: ignore[arg-type]
        standing=standing,
        source=name.provenance if name.kind == "native" and name.confirmed else "",
        since=min(carrying, default=None),
        until=name.valid_to,
    )


def script_of(text: str) -> str:
    """The script a name is written in; a mixed one counts by the first that is not Latin."""
    if has_han(text):
        return "Chinese"
    scripts = (unicodedata.name(letter, "").partition(" ")[0] for letter in text if letter.isalpha())
    return next((script.capitalize() for script in scripts if script != "LATIN"), "Latin")


def _names_of(row: Listing) -> set[str]:
    return {row.name, *row.aliases, *(native["text"] for native in row.native_names)}
