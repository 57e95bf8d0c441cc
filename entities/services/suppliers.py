"""Parties as declared, the suppliers they are taken for, and who supplies whom."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.facts import PARTY_FIELDS, PartyFacts
from entities.domain.identity import identity_words
from entities.models import Change, DeclaredParty, Organization, Site, Supplier, SupplyLink, User
from entities.services.changes import record_change

SAME_NAME = "same words of name, country and city"
SAME_USCC = "same unified social credit code"


def fingerprint(facts: PartyFacts) -> str:
    """Digest of a party's words exactly as they stand."""
    return hashlib.sha256("\x1f".join([getattr(facts, name) for name in PARTY_FIELDS]).encode()).hexdigest()


@transaction.atomic
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
    known = {row.fingerprint: row for row in _in_chunks(organization, list(wanted))}
    new = {key: party for key, party in wanted.items() if key not in known}
    if new:
        suppliers = _suppliers_for(new.values())
        DeclaredParty.objects.bulk_create(
            [
                DeclaredParty(
                    organization=organization,
                    fingerprint=key,
                    supplier=suppliers[identity(party)],
                    supplier_basis=SAME_USCC if identity_words(party)[0] == "uscc" else SAME_NAME,
                    raw=(raw or {}).get(key, ""),
                    **asdict(party),
                )
                for key, party in new.items()
            ],
            batch_size=500,
            ignore_conflicts=True,
        )
        known.update({row.fingerprint: row for row in _in_chunks(organization, list(new))})
    return known


def identity(facts: PartyFacts) -> str:
    """Digest of what makes two declarations the same firm (entities/domain/identity.py)."""
    return hashlib.sha256("\x1f".join(identity_words(facts)).encode()).hexdigest()


@transaction.atomic
def declare_link(
    supplier: Supplier,
    customer: Supplier,
    *,
    actor: User,
    declared_by: Organization | None,
    commodity: str = "",
    stage: str = "",
    goods: str = "",
    hts_prefix: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
    basis: str = SupplyLink.Basis.DECLARATION,
    source: str = "",
) -> SupplyLink:
    """State that a supplier delivers to a customer. The same statement again is the link already there.

    Raises ``Refused`` where both are the same firm, or the period ends before it begins.
    """
    if supplier.pk == customer.pk:
        raise Refused("link_to_itself", f"{supplier} cannot supply itself: name two different firms.")
    if valid_from and valid_to and valid_to < valid_from:
        raise Refused("link_period", "The last delivery lies before the first: exchange the dates.")
    link, is_new = SupplyLink.objects.get_or_create(
        supplier=supplier,
        customer=customer,
        declared_by=declared_by,
        commodity=commodity,
        stage=stage,
        goods=goods,
        hts_prefix=hts_prefix,
        valid_from=valid_from,
        valid_to=valid_to,
        basis=basis,
        source=source,
        withdrawn_at=None,
    )
    if not is_new:
        return link
    record_change(Change.Kind.LINK, [link.pk], note=f"link {supplier} to {customer} declared")
    audit.record(
        Action.LINK_DECLARED,
        actor=actor,
        target=link,
        organization_id=declared_by.pk if declared_by else None,
        after={
            "supplier": supplier.pk,
            "customer": customer.pk,
            "commodity": commodity,
            "stage": stage,
            "goods": goods,
        },
    )
    return link


@transaction.atomic
def withdraw_link(link: SupplyLink, *, actor: User, reason: str) -> SupplyLink:
    """Take back a declared link. The row stays; screening no longer follows it."""
    link = SupplyLink.objects.select_for_update().get(pk=link.pk)
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


def _suppliers_for(parties: Iterable[PartyFacts]) -> dict[str, Supplier]:
    """The supplier of each identity, made where it is new, with a site for each address declared."""
    wanted = {identity(party): party for party in parties}
    parties_of: dict[str, list[PartyFacts]] = {}
    for party in parties:
        parties_of.setdefault(identity(party), []).append(party)
    keys = list(wanted)
    Supplier.objects.bulk_create(
        [
            Supplier(
                identity=key,
                name=party.name,
                native_name=party.native_name,
                country=party.country,
                uscc=party.uscc,
            )
            for key, party in wanted.items()
        ],
        batch_size=500,
        ignore_conflicts=True,
    )
    suppliers: dict[str, Supplier] = {}
    for start in range(0, len(keys), 500):
        for supplier in Supplier.objects.filter(identity__in=keys[start : start + 500]):
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


def _in_chunks(organization: Organization, fingerprints: list[str]) -> Iterable[Any]:
    for start in range(0, len(fingerprints), 500):
        yield from DeclaredParty.objects.filter(
            organization=organization, fingerprint__in=fingerprints[start : start + 500]
        ).select_related("supplier")
