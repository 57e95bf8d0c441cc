"""Parties as declared, the suppliers they are taken for, and who supplies whom."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from entities import audit, history, reference
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.facts import PARTY_FIELDS, PartyFacts
from entities.domain.identity import identity_words
from entities.domain.links import LinkFacts
from entities.models import Change, DeclaredParty, Organization, Site, Supplier, SupplyLink, User
from entities.parts import parts_of
from entities.services.changes import record_change

SAME_NAME = "same words of name, country and city"
SAME_USCC = "same unified social credit code"


def fingerprint(facts: PartyFacts) -> str:
    """Digest of a party's words exactly as they stand."""
    return hashlib.sha256("\x1f".join([getattr(facts, name) for name in PARTY_FIELDS]).encode()).hexdigest()


@transaction.atomic(savepoint=False)
def declare_parties(
    organization: Organization,
    parties: Mapping[str, PartyFacts] | Iterable[PartyFacts],
    *,
    raw: Mapping[str, str] | None = None,
) -> dict[str, DeclaredParty]:
    """Store parties verbatim, the same words once, each tied to the supplier of the same identity.

    Returns the rows by fingerprint. A party with neither name is not a party and is left out.
    """
    facts = parties.values() if isinstance(parties, Mapping) else parties
    wanted = {fingerprint(party): party for party in facts if party.name or party.native_name}
    known = {row.fingerprint: row for row in _rows_of(organization, wanted)}
    if new := {key: party for key, party in wanted.items() if key not in known}:
        _store_parties(organization, new, raw or {})
        known.update({row.fingerprint: row for row in _rows_of(organization, new)})
    return known


class PartyKeys(NamedTuple):
    """The keys of a declared party and of the supplier it is taken for."""

    party: int
    supplier: int | None


@transaction.atomic(savepoint=False)
def declare_many_parties(
    organization: Organization, parties: Mapping[str, PartyFacts], *, raw: Mapping[str, str] | None = None
) -> dict[str, PartyKeys]:
    """Store parties given by their fingerprints as ``declare_parties`` does. Returns their keys alone."""
    wanted = {mark: party for mark, party in parties.items() if party.name or party.native_name}
    known = _keys_of(organization, wanted)
    if new := {mark: party for mark, party in wanted.items() if mark not in known}:
        _store_parties(organization, new, raw or {})
        known.update(_keys_of(organization, new))
    return known


def _store_parties(organization: Organization, new: Mapping[str, PartyFacts], raw: Mapping[str, str]) -> None:
    suppliers = _suppliers_for(new.values(), organization)
    DeclaredParty.objects.bulk_create(
        [
            DeclaredParty(
                organization=organization,
                fingerprint=key,
                supplier=suppliers[identity(party, organization)],
                supplier_basis=SAME_USCC if identity_words(party)[0] == "uscc" else SAME_NAME,
                raw=raw.get(key, ""),
                **asdict(party),
            )
            for key, party in new.items()
        ],
        batch_size=500,
        ignore_conflicts=True,
    )


def identity(facts: PartyFacts, declarer: Organization) -> str:
    """Digest of what makes two declarations the same firm (entities/domain/identity.py).

    A firm declared in a sandbox is a firm of that sandbox alone. So no link of it ever joins a live chain, nor one of
    another sandbox.
    """
    words = identity_words(facts)
    if declarer.is_sandbox:
        words = (*words, "sandbox", str(declarer.pk))
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class DeclaredLink:
    """A delivery to declare: from whom to whom, and what is said of it."""

    supplier: Supplier
    customer: Supplier
    facts: LinkFacts = LinkFacts()


@transaction.atomic
def declare_link(
    supplier: Supplier, customer: Supplier, *, actor: User, declared_by: Organization | None, **said: Any
) -> SupplyLink:
    """State that a supplier delivers to a customer; ``said`` is of ``LinkFacts``.

    The same statement again is the link already there. A public statement has no declarer; it is the office's to make
    and needs a source. Raises ``Refused`` where both are the same firm, the period ends before it begins, or a share
    or quantity cannot be.
    """
    return _declare(DeclaredLink(supplier, customer, LinkFacts(**said)), actor=actor, declared_by=declared_by)[0]


@transaction.atomic
def declare_link_between(
    supplier: PartyFacts,
    customer: PartyFacts,
    *,
    actor: User,
    organization: Organization,
    is_public: bool,
    **said: Any,
) -> tuple[SupplyLink, bool]:
    """Declare two firms and the link between them; answers the link and whether it is new."""
    rows = declare_parties(organization, [supplier, customer])
    first, second = (rows[fingerprint(facts)].supplier for facts in (supplier, customer))
    if first is None or second is None:
        raise Refused("supplier_missing", "A firm of the link is tied to no supplier; tie it first.")
    facts = LinkFacts(basis=basis_of(organization, is_public=is_public), **said)
    declared_by = None if is_public else organization
    return _declare(DeclaredLink(first, second, facts), actor=actor, declared_by=declared_by)


def _declare(one: DeclaredLink, *, actor: User, declared_by: Organization | None) -> tuple[SupplyLink, bool]:
    if declared_by is None and not actor.is_officer:
        raise Refused(
            "not_the_office", "Only the office records public statements: say for whom the link is declared."
        )
    return put_links_on_record([one], actor=actor, declared_by=declared_by)[0]


@transaction.atomic(savepoint=False)
def put_links_on_record(
    links: Sequence[DeclaredLink], *, actor: User, declared_by: Organization | None
) -> list[tuple[SupplyLink, bool]]:
    """Declare links, each with whether it is new; an event for every new one."""
    with audit.together():
        answers = declare_links(links, declared_by=declared_by)
        for one, (link, is_new) in zip(links, answers, strict=True):
            if is_new:
                said = {
                    name: str(value) for name, value in asdict(one.facts).items() if value not in ("", None, False)
                }
                audit.record(
                    Action.LINK_DECLARED,
                    actor=actor,
                    target=link,
                    organization_id=declared_by.pk if declared_by else None,
                    after={"supplier": one.supplier.pk, "customer": one.customer.pk, **said},
                )
    return answers


def basis_of(organization: Organization, *, is_public: bool = False) -> str:
    """What a statement rests on: a report where it is public or the office's, else the importer's declaration."""
    is_report = is_public or organization.kind == Organization.Kind.OFFICE
    return SupplyLink.Basis.REPORT if is_report else SupplyLink.Basis.DECLARATION


@transaction.atomic(savepoint=False)
def declare_links(links: Sequence[DeclaredLink], *, declared_by: Organization | None) -> list[tuple[SupplyLink, bool]]:
    """Store links in few statements; each with whether it is new. Whoever calls this puts the act on record."""
    for one in links:
        check_link(one, declared_by=declared_by)
    standing = _standing({one.supplier.pk for one in links}, {one.customer.pk for one in links}, declared_by)
    known = {_same_link(row): row for row in standing}
    answers: list[tuple[SupplyLink, bool]] = []
    new: list[SupplyLink] = []
    for one in links:
        link = SupplyLink(
            supplier=one.supplier, customer=one.customer, declared_by=declared_by, **_columns(_as_stored(one.facts))
        )
        earlier = known.setdefault(_same_link(link), link)
        answers.append((earlier, earlier is link))
        if earlier is link:
            new.append(link)
    _add_links(new)
    return answers


LinkKeys = tuple[int, int, LinkFacts]  # supplier and customer by their keys, and what is said of the delivery


@transaction.atomic(savepoint=False)
def declare_many_links(links: Iterable[LinkKeys], *, declared_by: Organization) -> list[SupplyLink]:
    """Store those links, checked before, that do not stand yet. Returns them alone."""
    wanted: dict[tuple[Any, ...], LinkFacts] = {}
    for supplier, customer, said in links:
        facts = _as_stored(said)
        wanted.setdefault((supplier, customer, *_what_is_same(facts)), facts)
    standing = _standing({key[0] for key in wanted}, {key[1] for key in wanted}, declared_by)
    known = set(standing.values_list("supplier", "customer", *_SAME))
    new = [
        SupplyLink(supplier_id=key[0], customer_id=key[1], declared_by=declared_by, **_columns(facts))
        for key, facts in wanted.items()
        if key not in known
    ]
    _add_links(new)
    return new


def _standing(suppliers: set[int], customers: set[int], declared_by: Organization | None) -> QuerySet[SupplyLink]:
    return SupplyLink.objects.filter(
        declared_by=declared_by, withdrawn_at=None, supplier__in=suppliers, customer__in=customers
    )


def _add_links(new: Sequence[SupplyLink]) -> None:
    SupplyLink.objects.bulk_create(new, batch_size=500)
    note = f"link {new[0].supplier} to {new[0].customer} declared" if len(new) == 1 else f"{len(new)} links declared"
    record_change(Change.Kind.LINK, [link.pk for link in new], note=note[:300])


_SAID = tuple(one.name for one in fields(LinkFacts))


def _columns(facts: LinkFacts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in _SAID}


def check_link(link: DeclaredLink, *, declared_by: Organization | None) -> None:
    """Raises ``Refused`` where a link cannot be declared as it stands."""
    if link.supplier.pk == link.customer.pk:
        raise link_to_itself(link.supplier)
    if declared_by is None and not (link.facts.source or link.facts.source_url):
        raise Refused("source_missing", "A public statement needs its source: give the title or the address.")
    link.facts.check()


def link_to_itself(supplier: Supplier) -> Refused:
    """Why a firm is not linked to itself."""
    return Refused("link_to_itself", f"{supplier} cannot supply itself: name two different firms.")


def _as_stored(facts: LinkFacts) -> LinkFacts:
    """The shares and quantities with as many digits as the database keeps."""
    share, quantity = facts.share, facts.quantity
    if share is None and quantity is None:
        return facts
    return replace(
        facts,
        share=None if share is None else share.quantize(Decimal("0.01")),
        quantity=None if quantity is None else quantity.quantize(Decimal("0.0001")),
    )


# Two links are one statement where these are the same, however surely it is held.
_SAME = tuple(one.name for one in fields(LinkFacts) if one.name not in {"confidence", "is_disputed"})


_what_is_same = attrgetter(*_SAME)


def _same_link(link: SupplyLink) -> tuple[Any, ...]:
    return (link.supplier_id, link.customer_id, *_what_is_same(link))


@transaction.atomic
def dispute_link(link: SupplyLink, *, actor: User, reason: str) -> SupplyLink:
    """Note that a link is contested: by the office, its declarer, or an importer that declared one of its firms.

    It stays, and every path over it says that it is disputed.
    """
    link = SupplyLink.objects.select_for_update().get(pk=link.pk)
    history.note_changed(link)
    if not SupplyLink.objects.disputable_by(actor).filter(pk=link.pk).exists():
        raise Refused("not_a_party", "Only the office, or a party to the link, can dispute it.")
    if link.withdrawn_at is not None:
        raise Refused("link_withdrawn", "This link was withdrawn before.")
    if link.is_disputed:
        raise Refused("link_disputed", "This link is disputed already.")
    if not reason.strip():
        raise Refused("reason_missing", "Say why the link is disputed.")
    link.is_disputed = True
    link.save(update_fields=["is_disputed"])
    record_change(Change.Kind.LINK, [link.pk], note=f"link {link} disputed"[:300])
    audit.record(Action.LINK_DISPUTED, actor=actor, target=link, reason=reason, organization_id=link.declared_by_id)
    return link


@transaction.atomic
def correct_aggregate(supplier: Supplier, *, is_aggregate: bool, actor: User, reason: str) -> Supplier:
    """The office says whether a supplier is a firm or a class of firms, against what its name's words told."""
    if not actor.is_officer:
        raise Refused("not_the_office", "The office says whether a supplier is a class of firms.")
    if not reason.strip():
        raise Refused("reason_missing", "Say why.")
    supplier = Supplier.objects.select_for_update().get(pk=supplier.pk)
    history.note_changed(supplier)
    if supplier.is_aggregate == is_aggregate:
        raise Refused("nothing_changed", "It is recorded so already.")
    supplier.is_aggregate = is_aggregate
    supplier.save(update_fields=["is_aggregate"])
    what = "a class of firms" if is_aggregate else "one firm"
    record_change(Change.Kind.SUPPLIER, [supplier.pk], note=f"{supplier} is {what}"[:300])
    audit.record(
        Action.SUPPLIER_AGGREGATE_CORRECTED,
        actor=actor,
        target=supplier,
        before={"is_aggregate": not is_aggregate},
        after={"is_aggregate": is_aggregate},
        reason=reason,
    )
    return supplier


def told_as_aggregate(facts: PartyFacts) -> str:
    """The words by which a declared name is that of a class of firms, or nothing."""
    words = reference.aggregate_words()
    return words.tell(facts.name) or words.tell(facts.native_name)


@transaction.atomic
def withdraw_link(link: SupplyLink, *, actor: User, reason: str) -> SupplyLink:
    """Take back a declared link. The row stays; screening no longer follows it."""
    link = SupplyLink.objects.select_for_update().get(pk=link.pk)
    history.note_changed(link)
    if link.withdrawn_at is not None:
        raise Refused("link_withdrawn", "This link was withdrawn before.")
    if not reason.strip():
        raise Refused("reason_missing", "Say why the link is withdrawn.")
    link.withdrawn_at = timezone.now()
    link.save(update_fields=["withdrawn_at"])
    record_change(Change.Kind.LINK, [link.pk], note=f"link {link} withdrawn")
    audit.record(Action.LINK_WITHDRAWN, actor=actor, target=link, reason=reason, organization_id=link.declared_by_id)
    return link


@transaction.atomic
def add_supplier(facts: PartyFacts, *, organization: Organization, actor: User) -> Supplier:
    """Declare a supplier with one site; the firm already known under that identity gets the declaration added."""
    if not (facts.name or facts.native_name):
        raise Refused("name_missing", "A supplier needs a name, in Latin or in native script.")
    row = declare_parties(organization, [facts])[fingerprint(facts)]
    supplier = row.supplier
    if supplier is None:
        raise Refused("supplier_missing", "This party is tied to no supplier; tie it first.")
    record_change(Change.Kind.SUPPLIER, [supplier.pk], note=f"{supplier} declared")
    audit.record(
        Action.SUPPLIER_ADDED,
        actor=actor,
        target=supplier,
        organization_id=organization.pk,
        after={key: value for key, value in asdict(facts).items() if value},
    )
    return supplier


@transaction.atomic
def link_party(party: DeclaredParty, supplier: Supplier, *, actor: User, reason: str) -> DeclaredParty:
    """A person says which supplier a declared party is; it can be said otherwise later."""
    if not reason.strip():
        raise Refused("reason_missing", "Say why the party is this supplier.")
    party = DeclaredParty.objects.select_for_update().get(pk=party.pk)
    history.note_changed(party)
    before = party.supplier_id
    party.supplier, party.supplier_basis = supplier, f"{actor.full_name}: {reason}"[:200]
    party.save(update_fields=["supplier", "supplier_basis"])
    record_change(Change.Kind.SUPPLIER, {before or supplier.pk, supplier.pk}, note=f"{party} tied to {supplier}")
    audit.record(
        Action.PARTY_LINKED,
        actor=actor,
        target=party,
        before={"supplier": before},
        after={"supplier": supplier.pk},
        reason=reason,
    )
    return party


def _suppliers_for(parties: Iterable[PartyFacts], declarer: Organization) -> dict[str, Supplier]:
    """The supplier of each identity, made where it is new, with a site for each address declared."""
    wanted = {identity(party, declarer): party for party in parties}
    parties_of: dict[str, list[PartyFacts]] = {}
    for party in parties:
        parties_of.setdefault(identity(party, declarer), []).append(party)
    keys = list(wanted)
    Supplier.objects.bulk_create(
        [
            Supplier(
                identity=key,
                is_sandbox=declarer.is_sandbox,
                name=party.name,
                native_name=party.native_name,
                country=party.country,
                uscc=party.uscc,
                is_aggregate=bool(told_as_aggregate(party)),
            )
            for key, party in wanted.items()
        ],
        batch_size=500,
        ignore_conflicts=True,
    )
    suppliers: dict[str, Supplier] = {}
    for some in parts_of(keys):
        for supplier in Supplier.objects.filter(identity__in=some):
            suppliers[supplier.identity] = supplier
    Site.objects.bulk_create(
        [
            Site(supplier=suppliers[key], fingerprint=fingerprint(party), **asdict(party))
            for key, rows in parties_of.items()
            for party in rows
        ],
        batch_size=500,
        ignore_conflicts=True,
    )
    return suppliers


def _rows_of(organization: Organization, fingerprints: Iterable[str]) -> Iterator[DeclaredParty]:
    for some in parts_of(fingerprints):
        rows = DeclaredParty.objects.filter(organization=organization, fingerprint__in=some)
        yield from rows.select_related("supplier")


def _keys_of(organization: Organization, fingerprints: Iterable[str]) -> dict[str, PartyKeys]:
    known: dict[str, PartyKeys] = {}
    for some in parts_of(fingerprints):
        rows = DeclaredParty.objects.filter(organization=organization, fingerprint__in=some)
        known.update((mark, PartyKeys(*keys)) for mark, *keys in rows.values_list("fingerprint", "pk", "supplier"))
    return known
