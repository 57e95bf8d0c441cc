"""Signing in by e-mail and password."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password

from entities.models import User


class EmailBackend(BaseBackend):
    """Accounts sign in by e-mail; what they may do is asked of their memberships (``User.has_perm``)."""

    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if not username or not password:
            return None
        user = User.objects.filter(email__iexact=username.strip()).select_related("person").first()
        if user is None:
            make_password(password)  # as slow as a wrong password, so that accounts cannot be guessed by time
            return None
        return user if user.is_active and user.check_password(password) else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).select_related("person").first()
