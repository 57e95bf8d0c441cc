"""Who owns whom: holdings as stated, and the owners that stand behind a firm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from entities import audit, history
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.links import OwnershipFacts
from entities.domain.ownership import MAX_STEPS, Holding, OwnerChain, chains_of_owners
from entities.models import Change, Organization, OwnershipLink, Supplier, User
from entities.parts import parts_of
from entities.services.changes import record_change


@dataclass(frozen=True, slots=True)
class DeclaredHolding:
    """A holding to declare: who owns whom, and what is said of it."""

    owner: Supplier
    owned: Supplier
    facts: OwnershipFacts = OwnershipFacts()


@transaction.atomic
def declare_ownership(
    owner: Supplier, owned: Supplier, *, actor: User, declared_by: Organization | None, **said: Any
) -> OwnershipLink:
    """State that a firm owns a share of another; ``said`` is of ``OwnershipFacts``.

    The same statement again is the link already there. A public statement has no declarer; it is the office's to make
    and needs a source. Raises ``Refused`` where both are the same firm, a share is not 0 to 100, or the period ends
    before it begins.
    """
    if declared_by is None and not actor.is_officer:
        raise Refused("not_the_office", "Only the office records public statements: say for whom this is declared.")
    link, is_new = declare_ownerships(
        [DeclaredHolding(owner, owned, OwnershipFacts(**said))], declared_by=declared_by
    )[0]
    if is_new:
        audit.record(
            Action.OWNERSHIP_DECLARED,
            actor=actor,
            target=link,
            organization_id=declared_by.pk if declared_by else None,
            after={
                "owner": owner.pk,
                "owned": owned.pk,
                **{name: str(value) for name, value in said.items() if value not in ("", None, False)},
            },
        )
    return link


@transaction.atomic
def declare_ownerships(
    holdings: Sequence[DeclaredHolding], *, declared_by: Organization | None
) -> list[tuple[OwnershipLink, bool]]:
    """Store holdings in few statements; each with whether it is new. Whoever calls this puts the act on record."""
    for one in holdings:
        check_holding(one, declared_by=declared_by)
    owners, owned = {one.owner.pk for one in holdings}, {one.owned.pk for one in holdings}
    standing = OwnershipLink.objects.filter(
        declared_by=declared_by, withdrawn_at=None, owner__in=owners, owned__in=owned
    )
    known = {_same(row): row for row in standing}
    answers: list[tuple[OwnershipLink, bool]] = []
    new: list[OwnershipLink] = []
    for one in holdings:
        link = OwnershipLink(
            owner=one.owner, owned=one.owned, declared_by=declared_by, **asdict(_as_stored(one.facts))
        )
        earlier = known.setdefault(_same(link), link)
        answers.append((earlier, earlier is link))
        if earlier is link:
            new.append(link)
    OwnershipLink.objects.bulk_create(new, batch_size=500)
    note = f"{new[0]}, declared" if len(new) == 1 else f"{len(new)} holdings declared"
    record_change(Change.Kind.OWNERSHIP, [link.pk for link in new], note=note[:300])
    return answers


def check_holding(holding: DeclaredHolding, *, declared_by: Organization | None) -> None:
    """Raises ``Refused`` where a holding cannot be declared as it stands."""
    if holding.owner.pk == holding.owned.pk:
        raise Refused("ownership_of_itself", f"{holding.owner} cannot own itself: name two different firms.")
    if declared_by is None and not (holding.facts.source or holding.facts.source_url):
        raise Refused("source_missing", "A public statement needs its source: give the title or the address.")
    holding.facts.check()


@transaction.atomic
def withdraw_ownership(link: OwnershipLink, *, actor: User, reason: str) -> OwnershipLink:
    """Take back a declared holding. The row stays; screening no longer follows it."""
    link = OwnershipLink.objects.select_for_update().get(pk=link.pk)
    history.note_changed(link)
    if link.withdrawn_at is not None:
        raise Refused("ownership_withdrawn", "This holding was withdrawn before.")
    if not reason.strip():
        raise Refused("reason_missing", "Say why the holding is withdrawn.")
    link.withdrawn_at = timezone.now()
    link.save(update_fields=["withdrawn_at"])
    record_change(Change.Kind.OWNERSHIP, [link.pk], note=f"{link}, withdrawn"[:300])
    audit.record(
        Action.OWNERSHIP_WITHDRAWN, actor=actor, target=link, reason=reason, organization_id=link.declared_by_id
    )
    return link


def owners_of(supplier_ids: Iterable[int], on: date | None = None) -> dict[int, list[OwnerChain]]:
    """Who stands behind these firms on a day, or at any time: each owner with the path of holdings to it.

    Of every importer's statements, as the office uses them; a page or an answer to an importer must not show more than
    ``OwnershipLink.objects.visible_to`` of it. A holding without dates counts on every day.
    """

    def holdings_of(owned: Sequence[int]) -> Mapping[int, list[Holding]]:
        found: dict[int, list[Holding]] = {}
        for some in parts_of(owned):
            for row in _standing(on).filter(owned__in=some).order_by("pk"):
                found.setdefault(row.owned_id, []).append(
                    Holding(row.pk, row.owner_id, row.owned_id, row.share_from, row.is_indirect, row.interest)
                )
        return found

    return chains_of_owners(supplier_ids, holdings_of)


def owned_below(owner_ids: Iterable[int]) -> set[int]:
    """These firms and every firm they hold, at any distance: whom a change among their owners concerns."""
    step = set(owner_ids)
    seen = set(step)
    for _ in range(MAX_STEPS):
        if not step:
            break
        held = OwnershipLink.objects.filter(owner__in=step, withdrawn_at=None).values_list("owned", flat=True)
        step = set(held) - seen
        seen |= step
    return seen


def owners_above(owned_ids: Iterable[int]) -> set[int]:
    """These firms and every firm that holds them, at any distance."""
    step = set(owned_ids)
    seen = set(step)
    for _ in range(MAX_STEPS):
        if not step:
            break
        holders = OwnershipLink.objects.filter(owned__in=step, withdrawn_at=None).values_list("owner", flat=True)
        step = set(holders) - seen
        seen |= step
    return seen


def holdings_around(
    firms: Iterable[int], *, above: bool, standing: QuerySet[OwnershipLink] | None = None
) -> list[OwnershipLink]:
    """Every standing holding on the ways from these firms to their owners, or down to what they hold, of any day; all
    of them, or those given."""
    holdings = OwnershipLink.objects.filter(withdrawn_at=None) if standing is None else standing
    step = set(firms)
    seen: set[int] = set(step)
    found: dict[int, OwnershipLink] = {}
    for _ in range(MAX_STEPS):
        following: set[int] = set()
        for some in parts_of(step):
            side = Q(owned__in=some) if above else Q(owner__in=some)
            for row in holdings.filter(side).order_by("pk"):
                found[row.pk] = row
                following.add(row.owner_id if above else row.owned_id)
        step = following - seen
        if not step:
            break
        seen |= step
    return list(found.values())


def _standing(on: date | None) -> Any:
    rows = OwnershipLink.objects.filter(withdrawn_at=None)
    if on is not None:
        rows = rows.filter(Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_to=None) | Q(valid_to__gte=on))
    return rows


def _as_stored(facts: OwnershipFacts) -> OwnershipFacts:
    """The shares with as many digits as the database keeps."""
    return replace(
        facts,
        share_from=None if facts.share_from is None else facts.share_from.quantize(Decimal("0.01")),
        share_to=None if facts.share_to is None else facts.share_to.quantize(Decimal("0.01")),
    )


_SAME = tuple(one.name for one in fields(OwnershipFacts))


def _same(link: OwnershipLink) -> tuple[Any, ...]:
    return (link.owner_id, link.owned_id, *(getattr(link, name) for name in _SAME))
