"""Programs of importers and brokers that use the API: each with an account of its own, and keys to be renewed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.domain.scopes import SCOPES
from entities.models import ApiClient, ApiToken, Organization, User
from entities.services import account_rules as rules
from entities.services import tokens
from entities.services.accounts.members import join, new_account

ROLE_OF = {Organization.Kind.IMPORTER: Role.IMPORTER_MEMBER, Organization.Kind.BROKER: Role.BROKER_MEMBER}
MOST_CLIENTS = 50
MOST_OVERLAP_DAYS = 30
# No mail goes to a program; the top level is reserved so that none ever could (RFC 2606).
_ADDRESS = "api-client-{}@clearorigin.invalid"


@transaction.atomic
def add_client(organization: Organization, *, name: str, actor: User) -> ApiClient:
    """Make a program known. It may do what a member of its organisation may, and its keys only what they name."""
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    rules.require_client(actor, organization)
    rules.require_active(organization)
    if organization.kind not in ROLE_OF:
        raise Refused("the_office", "Programs belong to an importer or a broker. Officers use tokens of their own.")
    name = " ".join(name.split())
    if not name:
        raise Refused("name_missing", "Name the program.")
    if organization.api_clients.filter(closed_at=None).count() >= MOST_CLIENTS:
        raise Refused("too_many_clients", f"{organization} has {MOST_CLIENTS} programs. Close one first.")
    account = new_account(email=_ADDRESS.format(secrets.token_hex(8)), full_name=f"{name} (program)", password=None)
    join(account, organization, ROLE_OF[Organization.Kind(organization.kind)])
    client = ApiClient.objects.create(organization=organization, account=account, name=name, created_by=actor)
    audit.record(
        Action.API_CLIENT_ADDED,
        actor=actor,
        target=client,
        organization_id=organization.pk,
        after={"name": name, "account": account.email},
    )
    return client


@transaction.atomic
def make_key(
    client: ApiClient, *, name: str, scopes: Sequence[str], days: int | None, actor: User
) -> tuple[ApiToken, str]:
    """A key of a program, and what the program sends; it is shown this once."""
    client = _open(client, actor)
    if not scopes or set(scopes) - set(SCOPES):
        raise Refused("scopes", "Choose at least one scope of those listed.")
    return tokens.issue(client.account, name=name, days=days, actor=actor, scopes=scopes)


@transaction.atomic
def rotate_key(key: ApiToken, *, overlap_days: int, days: int | None, actor: User) -> tuple[ApiToken, str]:
    """A new key in place of an old one, with the same scopes; both are open for the days in between."""
    client = _open(ApiClient.objects.get(account=key.user_id), actor)
    key = ApiToken.objects.select_for_update().get(pk=key.pk)
    now = timezone.now()
    if key.revoked_at is not None or (key.expires_at and key.expires_at <= now):
        raise Refused("key_ended", "This key has ended. Make a new one.")
    if ApiToken.objects.filter(replaces=key).exists():
        raise Refused("key_rotated", "This key was renewed already.")
    if not 0 <= overlap_days <= MOST_OVERLAP_DAYS:
        raise Refused("overlap", f"The old key can stay open for 0 to {MOST_OVERLAP_DAYS} days.")
    made, secret = tokens.issue(client.account, name=key.name, days=days, actor=actor, scopes=key.scopes, replaces=key)
    ends = now + timedelta(days=overlap_days)
    key.expires_at = min(ends, key.expires_at) if key.expires_at else ends
    key.save(update_fields=["expires_at"])
    audit.record(
        Action.TOKEN_ROTATED,
        actor=actor,
        target=key,
        organization_id=client.organization_id,
        after={"replaced_by": made.prefix, "ends": key.expires_at.isoformat()},
    )
    return made, secret


@transaction.atomic
def close_client(client: ApiClient, *, actor: User) -> ApiClient:
    """End a program: its keys are refused from now on. What it sent stays."""
    client = _locked(client)
    rules.require_client(actor, client.organization)
    if client.closed_at is not None:
        return client
    now = timezone.now()
    client.closed_at = now
    client.save(update_fields=["closed_at"])
    client.account.memberships.filter(suspended_at=None).update(suspended_at=now)
    client.account.is_active = False
    client.account.save(update_fields=["is_active"])
    client.account.api_tokens.filter(revoked_at=None).update(revoked_at=now)
    audit.record(
        Action.API_CLIENT_CLOSED,
        actor=actor,
        target=client,
        organization_id=client.organization_id,
        after={"name": client.name},
    )
    return client


def _open(client: ApiClient, actor: User) -> ApiClient:
    """The program, locked, where it is open and the actor looks after it."""
    client = _locked(client)
    rules.require_client(actor, client.organization)
    if client.closed_at is not None:
        raise Refused("client_closed", f"{client.name} is closed. Add a new program.")
    return client


def _locked(client: ApiClient) -> ApiClient:
    rows = ApiClient.objects.select_for_update(of=("self",))
    return rows.select_related("account", "organization").get(pk=client.pk)
