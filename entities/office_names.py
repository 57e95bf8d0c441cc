"""The names the office itself knows of listed entities, as its statements add up to on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from entities.models import ListedEntity, ListVersion, NameStatement
from entities.prepared import Prepared

Act = NameStatement.Act
_LAST_STATEMENT = Prepared(lambda: NameStatement.objects.order_by("-pk").only("pk")[:1])


@dataclass(frozen=True, slots=True)
class OfficeName:
    """A name of a listed entity that stands by the office's own word. ``source``: where the office found it."""

    text: str
    source: str
    confirmed: bool


def last_statement() -> int:
    """The last statement made so far; 0 where there is none."""
    return next((one.pk for one in _LAST_STATEMENT()), 0)


def names_of(register: str, *, up_to: int, keys: Iterable[str] | None = None) -> dict[str, list[OfficeName]]:
    """By entity the names that stood when the statement ``up_to`` was made, of all entities or those named."""
    if not up_to:
        return {}
    rows = _statements(register).filter(pk__lte=up_to)
    if keys is not None:
        rows = rows.filter(entity__key__in=list(keys))
    return standing(rows)


def if_confirmed(proposal: NameStatement) -> dict[str, list[OfficeName]]:
    """The names that would stand, by entity, were this proposal confirmed as the next statement."""
    rows = list(_statements(proposal.entity.register))
    [own] = [one for one in rows if one.pk == proposal.pk]  # not the caller's: it would take itself for answered
    return standing([*rows, NameStatement(entity=own.entity, text=own.text, act=Act.CONFIRM, proposal=own)])


def entities_called(text: str) -> set[int]:
    """The entities that bear a name with this text in it by the office's word, proposed or confirmed."""
    wanted, found = text.casefold(), set[int]()
    for register in ListVersion.Register.values:
        names = standing(_statements(register))
        keys = [key for key, own in names.items() if any(wanted in name.text.casefold() for name in own)]
        found.update(ListedEntity.objects.filter(register=register, key__in=keys).values_list("pk", flat=True))
    return found


def _statements(register: str) -> QuerySet[NameStatement]:
    rows = NameStatement.objects.filter(entity__register=register)
    return rows.select_related("entity", "proposal").order_by("pk")


def standing(statements: Iterable[NameStatement]) -> dict[str, list[OfficeName]]:
    """Add statements up, oldest first: proposed is a question, confirmed a name, withdrawn by two persons neither."""
    found: dict[str, dict[str, OfficeName]] = defaultdict(dict)
    for one in statements:
        names = found[one.entity.key]
        known = names.get(one.text)
        if one.act == Act.ADD and known is None:
            names[one.text] = OfficeName(one.text, one.source, confirmed=False)
        elif one.act == Act.CONFIRM and one.proposal is not None:
            if one.proposal.act == Act.WITHDRAW:
                names.pop(one.text, None)
            elif known is not None:
                names[one.text] = replace(known, source=one.proposal.source, confirmed=True)
        elif one.proposal is not None and one.proposal.act == Act.ADD and known is not None and not known.confirmed:
            names.pop(one.text)
    return {key: list(names.values()) for key, names in found.items() if names}
