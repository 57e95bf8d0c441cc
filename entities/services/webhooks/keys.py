"""The keys that deliveries are signed with: made when they are needed, never kept."""

from __future__ import annotations

import secrets

from django.utils import timezone
from django.utils.crypto import salted_hmac

from entities.models import WebhookEndpoint


def new_salt() -> str:
    return secrets.token_hex(32)


def key_of(salt: str) -> bytes:
    """The key of a salt, made with this system's secret key. Whoever changes that one gives out new secrets."""
    return salted_hmac("entities.webhook", salt, algorithm="sha256").digest()


def keys_in_use(endpoint: WebhookEndpoint) -> list[bytes]:
    """The key of the endpoint, and the one before it for as long as both are to sign."""
    salts = [endpoint.salt]
    if endpoint.before_until is not None and endpoint.before_until > timezone.now():
        salts.append(endpoint.salt_before)
    return [key_of(salt) for salt in salts]
