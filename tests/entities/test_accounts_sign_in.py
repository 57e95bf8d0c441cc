"""Signing in and out, lockout, passwords and sessions."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from entities.domain.roles import Role
from entities.models import AuditEvent, User
from entities.services import accounts, jobs
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
OTHER_PASSWORD = "a different long password"


def sign_in(client, email, password=PASSWORD, **more):
    return client.post("/sign-in/", {"username": email, "password": password, **more})


def is_signed_in(client):
    return "_auth_user_id" in client.session


def reset_link(client, account):
    client.post("/password/reset/", {"email": account.email})
    jobs.work_off()
    return re.search(r"https?://\S+/password/reset/\S+", mail.outbox[-1].body)[0]


@pytest.mark.parametrize("spell", [str.lower, str.upper, lambda email: f"  {email} "])
def test_signing_in_by_email_in_any_spelling(client, spell):
    account = make_user(Role.ANALYST)
    answer = sign_in(client, spell(account.email))
    assert (answer.status_code, answer.url) == (302, "/")
    assert is_signed_in(client)


def test_signing_in_leads_to_where_one_was_going(client):
    account = make_user(Role.ANALYST)
    page = client.get("/account/")
    assert page.url == "/sign-in/?next=/account/"
    assert sign_in(client, account.email, next="/account/").url == "/account/"


def test_signing_in_leads_to_no_other_site(client):
    account = make_user(Role.ANALYST)
    assert sign_in(client, account.email, next="https://evil.example/").url == "/"


def test_a_wrong_password_and_an_unknown_email_are_answered_alike(client):
    account = make_user(Role.ANALYST)
    answers = [sign_in(client, account.email, "wrong"), sign_in(client, "nobody@example.test", "wrong")]
    texts = [re.sub(r'value="[^"]*"|csrf\S*|X-CSRFToken[^}]*', "", answer.content.decode()) for answer in answers]
    assert texts[0] == texts[1]
    assert "do not belong to an active account" in texts[0]


def test_a_suspended_account_does_not_sign_in(client):
    manager, account = make_user(Role.MANAGER), make_user(Role.ANALYST)
    accounts.suspend(account.memberships.get(), actor=manager)
    assert "do not belong to an active account" in sign_in(client, account.email).content.decode()
    assert not is_signed_in(client)


def test_suspending_ends_open_sessions(client):
    manager, account = make_user(Role.MANAGER), make_user(Role.ANALYST)
    sign_in(client, account.email)
    accounts.suspend(account.memberships.get(), actor=manager)
    assert client.get("/account/").url.startswith("/sign-in/")


def test_eight_wrong_passwords_lock_and_the_page_says_until_when(client):
    account = make_user(Role.ANALYST)
    for attempt in range(8):
        spelling = account.email.upper() if attempt % 2 else account.email
        answer = sign_in(client, spelling, "wrong")
    assert answer.status_code == 429
    until = timezone.localtime() + timedelta(minutes=30)
    assert re.search(rf"Try again after ({until:%H:%M}|{until - timedelta(minutes=1):%H:%M})", answer.content.decode())
    assert sign_in(client, account.email).status_code == 429
    assert not is_signed_in(client)


def test_a_lockout_is_of_one_account_only(client):
    locked, other = make_user(Role.ANALYST), make_user(Role.REVIEWER)
    for _ in range(9):
        sign_in(client, locked.email, "wrong")
    sign_in(client, other.email)
    assert is_signed_in(client)


def test_a_new_password_by_mail_ends_the_lockout(client):
    account = make_user(Role.ANALYST)
    for _ in range(9):
        sign_in(client, account.email, "wrong")
    form = client.get(reset_link(client, account)).url
    client.post(form, {"new_password1": OTHER_PASSWORD, "new_password2": OTHER_PASSWORD})
    sign_in(client, account.email, OTHER_PASSWORD)
    assert is_signed_in(client)


def test_signing_out_takes_a_post(client):
    sign_in(client, make_user(Role.ANALYST).email)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").url == "/sign-in/"
    assert not is_signed_in(client)


def test_asking_for_a_reset_does_not_say_whether_there_is_an_account(client):
    account = make_user(Role.ANALYST)
    answers = [client.post("/password/reset/", {"email": email}) for email in (account.email, "nobody@example.test")]
    assert [answer.url for answer in answers] == ["/password/reset/sent/"] * 2
    jobs.work_off()
    assert [message.to for message in mail.outbox] == [[account.email]]


def test_a_reset_asked_twice_is_mailed_once(client):
    account = make_user(Role.ANALYST)
    for _ in range(3):
        client.post("/password/reset/", {"email": account.email})
    jobs.work_off()
    assert len(mail.outbox) == 1


def test_a_reset_link_points_to_this_site_whatever_host_was_asked(client, settings):
    link = reset_link(client, make_user(Role.ANALYST))
    assert link.startswith(settings.SITE_URL)


def test_a_reset_link_works_once_and_is_on_record(client):
    account = make_user(Role.ANALYST)
    link = reset_link(client, account)
    form = client.get(link).url
    client.post(form, {"new_password1": OTHER_PASSWORD, "new_password2": OTHER_PASSWORD})
    account.refresh_from_db()
    assert account.check_password(OTHER_PASSWORD)
    assert AuditEvent.objects.get(action="password.changed").after == {"by": "link"}
    client.session.flush()
    assert "This link has ended" in client.get(link, follow=True).content.decode()


def test_a_suspended_account_gets_no_reset(client):
    manager, account = make_user(Role.MANAGER), make_user(Role.ANALYST)
    accounts.suspend(account.memberships.get(), actor=manager)
    client.post("/password/reset/", {"email": account.email})
    jobs.work_off()
    assert not mail.outbox


def test_changing_the_password_ends_other_sessions_and_says_so_by_mail(client):
    account = make_user(Role.ANALYST)
    other = type(client)()
    sign_in(client, account.email)
    sign_in(other, account.email)
    answer = client.post(
        "/account/password/",
        {"old_password": PASSWORD, "new_password1": OTHER_PASSWORD, "new_password2": OTHER_PASSWORD},
    )
    assert answer.url == "/account/"
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302
    jobs.work_off()
    assert mail.outbox[-1].subject == "Your ClearOrigin password was changed"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("wrong", OTHER_PASSWORD, "old password"),
        (PASSWORD, "short", "too short"),
        (PASSWORD, "123456789abc", "common"),
    ],
)
def test_a_weak_or_unproven_change_is_refused(client, old, new, words):
    account = make_user(Role.ANALYST)
    sign_in(client, account.email)
    answer = client.post("/account/password/", {"old_password": old, "new_password1": new, "new_password2": new})
    assert words in answer.content.decode()
    assert User.objects.get(pk=account.pk).check_password(PASSWORD)


def test_a_session_ends_eight_hours_after_the_last_act(client, settings):
    sign_in(client, make_user(Role.ANALYST).email)
    client.get("/account/")
    age = client.session.get_expiry_date() - timezone.now()
    assert timedelta(hours=7, minutes=59) < age <= timedelta(hours=8)
    assert settings.SESSION_SAVE_EVERY_REQUEST
