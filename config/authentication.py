"""How a program signs in: by API token, or in the browser by session."""

import hmac
from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from entities.middleware import second_factor_due
from entities.models import ApiToken, User
from entities.services.tokens import digest

# How exact "last used" is: a busy token must not cost a write with every reading.
LAST_USED_EVERY = timedelta(minutes=1)


class BrowserSessionAuthentication(authentication.SessionAuthentication):
    """The session of the pages, with its CSRF check; the second factor is asked for here as it is there."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        signed_in = super().authenticate(request)
        if signed_in is not None and second_factor_due(signed_in[0]):
            raise exceptions.PermissionDenied(
                "Prove your second factor first: sign in on the pages, or use an API token.", code="second_factor"
            )
        return signed_in

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class ApiTokenAuthentication(authentication.BaseAuthentication):
    """``Authorization: Bearer <prefix>.<secret>``."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        prefix, _, secret = credential.strip().partition(".")
        token = ApiToken.objects.presented(prefix) if prefix.isalnum() else None
        now = timezone.now()
        if token is None or not hmac.compare_digest(token.secret_digest, digest(secret)):
            raise exceptions.AuthenticationFailed(
                "This API token is not known. Send it as Authorization: Bearer <prefix>.<secret>.",
                code="token_unknown",
            )
        if token.revoked_at or (token.expires_at and token.expires_at <= now) or not token.user.is_active:
            raise exceptions.AuthenticationFailed(
                "This API token has expired or was revoked: make another on the account page.", code="token_expired"
            )
        if token.last_used_at is None or token.last_used_at < now - LAST_USED_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class ApiTokenScheme(OpenApiAuthenticationExtension):
    target_class = "config.authentication.ApiTokenAuthentication"
    name = "apiToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API token made on the account page."}


class BrowserSessionScheme(OpenApiAuthenticationExtension):
    target_class = "config.authentication.BrowserSessionAuthentication"
    name = "browserSession"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
