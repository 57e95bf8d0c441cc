"""How a program signs in: by API token, or in the browser by session."""

import hashlib
import hmac
from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from entities.models import ApiToken, User


class BrowserSessionAuthentication(authentication.SessionAuthentication):
    """The session of the pages, with its CSRF check; the second factor counts here too (see the middleware)."""

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class ApiTokenAuthentication(authentication.BaseAuthentication):
    """``Authorization: Bearer <prefix>.<secret>``."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        prefix, _, secret = credential.strip().partition(".")
        token = ApiToken.objects.select_related("user__person").filter(prefix=prefix).first()
        digest = hashlib.sha256(secret.encode()).hexdigest()
        now = timezone.now()
        if token is None or not hmac.compare_digest(token.secret_digest, digest):
            raise exceptions.AuthenticationFailed("This API token is not known.")
        if token.revoked_at or (token.expires_at and token.expires_at <= now) or not token.user.is_active:
            raise exceptions.AuthenticationFailed(
                "This API token has expired or was revoked; create another."
            )
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class ApiTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "config.authentication.ApiTokenAuthentication"
    name = "apiToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API token made on the account page."}


class BrowserSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "config.authentication.BrowserSessionAuthentication"
    name = "browserSession"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
