"""Passwords: a link to choose one, asked for by mail or given out by a command; and the change itself."""

from __future__ import annotations

from axes.utils import reset as forget_failures
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from entities import audit
from entities.domain.actions import Action
from entities.models import User
from entities.services import account_rules as rules
from entities.services import mail


def request_reset(email: str) -> None:
    """Send the account a link to choose a new password. Whether there is such an account is not said."""
    account = User.objects.filter(email__iexact=rules.email_address(email), is_active=True).first()
    if account is not None:
        mail.queue_mail(account.email, "password_reset", {"account": account.pk}, dedupe_key=f"reset:{account.pk}")


def first_password_link(account: User) -> str:
    """A link to choose a password: single-use, for an hour. It is made from the account's state and never kept."""
    place = urlsafe_base64_encode(force_bytes(account.pk))
    token = default_token_generator.make_token(account)
    return settings.SITE_URL.rstrip("/") + reverse("password-reset-confirm", args=[place, token])


@transaction.atomic
def set_password(account: User, *, password: str, by_link: bool) -> None:
    """Give the account a new password; its other sessions end, and a mail says so.

    Whoever came by a mailed link has shown that the mailbox is theirs: a lockout from wrong guesses ends too.
    """
    account = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    account.set_password(password)
    account.save(update_fields=["password"])
    if by_link:
        forget_failures(username=account.email)
    mail.queue_mail(account.email, "password_changed", {"account": account.pk})
    audit.record(
        Action.PASSWORD_CHANGED,
        actor=account,
        target=account,
        after={"by": "link" if by_link else "old password"},
    )
