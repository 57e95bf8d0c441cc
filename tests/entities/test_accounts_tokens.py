"""API tokens: made by their account, shown once, ended at once."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.test import APIRequestFactory

from config.authentication import ApiTokenAuthentication
from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import ApiToken, AuditEvent
from entities.services import accounts, tokens
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def signs_in(secret):
    request = APIRequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {secret}")
    request.headers  # noqa: B018
    return ApiTokenAuthentication().authenticate(request)


def make_token(account, days=30):
    return tokens.create_token(account, name="nightly upload", days=days, actor=account)


def test_a_token_signs_its_account_in():
    account = make_user(Role.BROKER_MEMBER)
    token, secret = make_token(account)
    assert signs_in(secret) == (account, token)


def test_only_the_digest_of_a_token_is_kept():
    _, secret = make_token(make_user(Role.BROKER_MEMBER))
    plain = secret.partition(".")[2]
    row = ApiToken.objects.values().get()
    assert plain not in str(row)
    assert plain not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize(
    "change", [lambda secret: secret[:-1], lambda secret: secret + "x", lambda secret: "x" + secret]
)
def test_a_changed_token_is_refused(change):
    _, secret = make_token(make_user(Role.BROKER_MEMBER))
    with pytest.raises(AuthenticationFailed):
        signs_in(change(secret))


def test_a_revoked_or_expired_token_is_refused():
    account = make_user(Role.BROKER_MEMBER)
    token, secret = make_token(account)
    tokens.revoke_token(token, actor=account)
    other, other_secret = make_token(account)
    ApiToken.objects.filter(pk=other.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    for refused in (secret, other_secret):
        with pytest.raises(AuthenticationFailed):
            signs_in(refused)


def test_a_restored_account_makes_its_tokens_anew():
    manager, account = make_user(Role.MANAGER), make_user(Role.ANALYST)
    _, secret = make_token(account)
    accounts.suspend(account.memberships.get(), actor=manager)
    accounts.restore(account.memberships.get(), actor=manager)
    with pytest.raises(AuthenticationFailed):
        signs_in(secret)


def test_nobody_makes_or_ends_a_token_of_someone_else_but_a_manager():
    account, other, manager = make_user(Role.ANALYST), make_user(Role.REVIEWER), make_user(Role.MANAGER)
    with pytest.raises(Refused):
        tokens.create_token(account, name="x", days=30, actor=manager)
    token, _ = make_token(account)
    with pytest.raises(Refused):
        tokens.revoke_token(token, actor=other)
    assert tokens.revoke_token(token, actor=manager).revoked_at


def test_the_page_shows_the_secret_once(client):
    account = make_user(Role.BROKER_MEMBER)
    client.force_login(account)
    answer = client.post("/account/tokens/add/", {"name": "nightly", "days": 90})
    token = ApiToken.objects.get()
    assert f"Bearer {token.prefix}." in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    page = client.get("/account/").content.decode()
    assert token.prefix in page
    assert f"{token.prefix}." not in page


def test_a_token_of_someone_else_is_not_found(client):
    token, _ = make_token(make_user(Role.BROKER_MEMBER))
    client.force_login(make_user(Role.ANALYST))
    assert client.post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None
