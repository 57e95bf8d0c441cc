"""Secrets that let someone in: digests of them, links of invitations, tokens for programs."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import ApiClient, ApiToken, User
from entities.services import account_rules as rules

MOST_TOKENS = 20


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def invitation_token(*, organization_id: int, email: str, expires_at: datetime) -> str:
    """The secret of an invitation's link, made from the invitation and this system's key.

    So the worker that sends the mail can make it anew, and neither the invitation nor the job keeps it.
    """
    content = f"{organization_id}\n{email}\n{expires_at.astimezone(UTC).isoformat()}"
    made = salted_hmac("entities.invitation", content, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


@transaction.atomic
def create_token(account: User, *, name: str, days: int | None, actor: User) -> tuple[ApiToken, str]:
    """A token for a program, and what the program sends: ``<prefix>.<secret>``. It is shown this once."""
    account = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    if account.pk != actor.pk:
        raise Refused("not_yours", "A token can only be made by the account it signs in as.")
    return issue(account, name=name, days=days, actor=actor)


def issue(
    account: User,
    *,
    name: str,
    days: int | None,
    actor: User,
    scopes: Sequence[str] = (),
    replaces: ApiToken | None = None,
) -> tuple[ApiToken, str]:
    """Make a token, or a key with scopes, of an account that the caller has locked and may make it for."""
    name = " ".join(name.split())
    if not name:
        raise Refused("name_missing", "Name the token after the program that will use it.")
    if account.api_tokens.filter(revoked_at=None).count() >= MOST_TOKENS:
        raise Refused("too_many_tokens", f"There are {MOST_TOKENS} tokens. Revoke one that is no longer used.")
    secret = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=account,
        name=name,
        # A key says where it leads before it is sent anywhere.
        prefix=f"{'sb' if account.is_in_sandbox else 'co'}{secrets.token_hex(5)}",
        secret_digest=digest(secret),
        scopes=sorted(scopes),
        replaces=replaces,
        expires_at=timezone.now() + timedelta(days=days) if days else None,
    )
    audit.record(
        Action.TOKEN_CREATED,
        actor=actor,
        target=token,
        after={
            "name": name,
            "account": account.email,
            "scopes": token.scopes,
            "expires_at": token.expires_at.isoformat() if token.expires_at else "",
        },
    )
    return token, f"{token.prefix}.{secret}"


@transaction.atomic
def revoke_token(token: ApiToken, *, actor: User) -> ApiToken:
    """End a token at once: its owner, whoever looks after the program it is a key of, or a manager for anyone."""
    token = ApiToken.objects.select_for_update(of=("self",)).select_related("user__api_client").get(pk=token.pk)
    client: ApiClient | None = getattr(token.user, "api_client", None)
    if client is not None:
        rules.require_client(actor, client.organization)
    elif token.user_id != actor.pk:
        rules.require(actor, Act.MANAGE_PEOPLE)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        audit.record(
            Action.TOKEN_REVOKED,
            actor=actor,
            target=token,
            before={"revoked": False},
            after={"revoked": True, "account": token.user.email},
        )
    return token
