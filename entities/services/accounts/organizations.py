"""Importers and brokers, and the powers of attorney between them."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from entities import audit, history
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import BrokerAuthorization, Organization, User
from entities.services import account_rules as rules


@transaction.atomic
def add_organization(
    *,
    name: str,
    kind: Organization.Kind | str,
    actor: User | None,
    importer_number: str = "",
    environment: Organization.Environment | str = Organization.Environment.LIVE,
) -> Organization:
    """Add an importer or a broker. There is one office, which ``manage.py add_manager`` makes, and for the sandboxes
    another one, whose officers see sandboxes alone."""
    rules.require(actor, Act.MANAGE_PEOPLE)
    return _added(name, Organization.Kind(kind), actor, importer_number, environment)


@transaction.atomic
def open_sandbox(organization: Organization, *, actor: User) -> Organization:
    """Give an importer or a broker a sandbox of its own, whose programs its members look after. It has one.

    That of a broker comes with an importer that authorised it, so that there is one to declare for.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    rules.require_client(actor, organization)
    rules.require_active(organization)
    if organization.kind == Organization.Kind.OFFICE or organization.is_sandbox:
        raise Refused("no_sandbox_of", "A sandbox is opened for a live importer or broker.")
    if opened := Organization.objects.filter(sandbox_of=organization).first():
        raise Refused("sandbox_open", f"{organization} has its sandbox: {opened}.")
    name, sandbox = f"{organization.name[:180]} sandbox", Organization.Environment.SANDBOX
    kind = Organization.Kind(organization.kind)
    opened = _added(name, kind, actor, organization.importer_number, sandbox, sandbox_of=organization)
    if kind == Organization.Kind.BROKER:
        importer = _added(f"{name} importer", Organization.Kind.IMPORTER, actor, "", sandbox)
        _authorized(opened, importer, timezone.localdate(), None, actor)
    return opened


def _added(
    name: str,
    kind: Organization.Kind,
    actor: User | None,
    importer_number: str,
    environment: Organization.Environment | str,
    sandbox_of: Organization | None = None,
) -> Organization:
    name = " ".join(name.split())
    if not name:
        raise Refused("name_missing", "Give the organisation's name.")
    offices = Organization.objects.filter(kind=Organization.Kind.OFFICE, environment=environment)
    if kind == Organization.Kind.OFFICE and (office := offices.first()):
        raise Refused("one_office", f"This system is run by {office}. Add people to it instead.")
    importer_number = importer_number.strip().upper()
    if importer_number and (holder := _holder(importer_number, environment)):
        raise Refused("number_taken", f"{holder} has the importer number {importer_number}. Use that organisation.")
    try:
        with transaction.atomic():
            organization = Organization.objects.create(
                name=name,
                kind=kind,
                importer_number=importer_number,
                environment=environment,
                sandbox_of=sandbox_of,
            )
    except IntegrityError as fault:  # another manager added the same number in this moment
        raise Refused("number_taken", "Another organisation has this importer number. Use that one.") from fault
    audit.record(
        Action.ORGANIZATION_ADDED,
        actor=actor,
        target=organization,
        after={
            "name": name,
            "kind": kind.value,
            "importer_number": importer_number,
            "environment": str(organization.environment),
        }
        | ({"sandbox_of": str(sandbox_of)} if sandbox_of else {}),
        organization_id=organization.pk,
    )
    return organization


def _holder(importer_number: str, environment: str) -> Organization | None:
    return Organization.objects.filter(importer_number=importer_number, environment=environment).first()


@transaction.atomic
def authorize_broker(
    broker: Organization,
    importer: Organization,
    *,
    valid_from: date,
    valid_to: date | None = None,
    actor: User | None,
) -> BrokerAuthorization:
    """Put on record a power of attorney: the broker acts for the importer between two dates (19 CFR 141.31 ff.)."""
    importer = Organization.objects.select_for_update().get(pk=importer.pk)
    rules.require(actor, Act.MANAGE_PEOPLE)
    if broker.kind != Organization.Kind.BROKER or importer.kind != Organization.Kind.IMPORTER:
        raise Refused("not_broker_and_importer", "Choose a broker and an importer: a broker acts for an importer.")
    if broker.environment != importer.environment:
        raise Refused(
            "other_environment",
            "A sandbox organisation and a live one cannot act for each other. Choose two of a kind.",
        )
    if valid_to is not None and valid_to < valid_from:
        raise Refused("dates_out_of_order", "The last day lies before the first day. Change one of the dates.")
    standing = BrokerAuthorization.objects.filter(broker=broker, importer=importer, revoked_at=None)
    standing = standing.filter(Q(valid_to=None) | Q(valid_to__gte=valid_from))
    if valid_to is not None:
        standing = standing.filter(valid_from__lte=valid_to)
    if other := standing.first():
        until = f"to {other.valid_to}" if other.valid_to else "without an end"
        raise Refused(
            "already_authorized",
            f"{broker} is authorised for {importer} from {other.valid_from} {until}. "
            "Revoke that first, or choose dates after it.",
        )
    return _authorized(broker, importer, valid_from, valid_to, actor)


def _authorized(
    broker: Organization, importer: Organization, valid_from: date, valid_to: date | None, actor: User | None
) -> BrokerAuthorization:
    authorization = BrokerAuthorization.objects.create(
        broker=broker, importer=importer, valid_from=valid_from, valid_to=valid_to
    )
    audit.record(
        Action.BROKER_AUTHORIZED,
        actor=actor,
        target=authorization,
        after={
            "broker": str(broker),
            "importer": str(importer),
            "valid_from": valid_from.isoformat(),
            "valid_to": valid_to.isoformat() if valid_to else "",
        },
        organization_id=importer.pk,
    )
    return authorization


@transaction.atomic
def revoke_broker(authorization: BrokerAuthorization, *, actor: User | None, reason: str = "") -> BrokerAuthorization:
    """The importer took the power of attorney back: the broker sees the importer's rows no longer."""
    authorization = BrokerAuthorization.objects.select_for_update().get(pk=authorization.pk)
    history.note_changed(authorization)
    rules.require(actor, Act.MANAGE_PEOPLE)
    if authorization.revoked_at is None:
        authorization.revoked_at = timezone.now()
        authorization.save(update_fields=["revoked_at"])
        audit.record(
            Action.BROKER_REVOKED,
            actor=actor,
            target=authorization,
            before={"revoked": False},
            after={"revoked": True},
            reason=reason.strip(),
            organization_id=authorization.importer_id,
        )
    return authorization
