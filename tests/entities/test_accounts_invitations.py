"""Invitations: single-use, expiring, and never more than they say."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent, Invitation, Job, Organization, Person, User
from entities.services import accounts, jobs
from tests.factories import PASSWORD, make_organization, make_user

pytestmark = pytest.mark.django_db
NEW = "mira.ortega@harbor.example"


def invite(role=Role.IMPORTER_MEMBER, *, email=NEW, organization=None, actor=None, **named):
    actor = actor or make_user(Role.MANAGER)
    organization = organization or make_organization()
    return accounts.invite(organization, email=email, role=role, actor=actor, **named)


def token_of(invitation):
    return accounts.invitation_link(invitation).rstrip("/").rsplit("/", 1)[1]


def accept(invitation, **named):
    return accounts.accept_invitation(token_of(invitation), full_name="Mira Ortega", password=PASSWORD, **named)


def refused(code, service, *args, **named):
    with pytest.raises(Refused) as caught:
        service(*args, **named)
    assert caught.value.code == code


def test_an_invitation_makes_person_account_and_membership():
    invitation = invite()
    account = accept(invitation)
    assert account.email == NEW
    assert account.check_password(PASSWORD)
    assert account.person.full_name == "Mira Ortega"
    assert account.memberships.get().organization == invitation.organization
    assert AuditEvent.objects.filter(action="invitation.accepted", actor_id=account.pk).count() == 1


def test_the_database_never_holds_the_secret_of_a_link():
    invitation = invite()
    token = token_of(invitation)
    assert len(token) >= 43
    kept = [invitation.token_digest, *(str(job.payload) for job in Job.objects.all())]
    kept += [f"{event.before}{event.after}" for event in AuditEvent.objects.all()]
    assert not any(token in text for text in kept)


def test_the_mail_carries_the_link_that_accepts(settings):
    invitation = invite(case_number="2026-041")
    jobs.work_off()
    [message] = mail.outbox
    assert message.to == [NEW]
    assert accounts.invitation_link(invitation) in message.body
    assert "case 2026-041" in message.body
    assert message.body.count(settings.SITE_URL) == 2


def test_a_mail_is_plain_text_and_escapes_nothing():
    invite(organization=make_organization(name="Harbor & Knit's LLC"))
    jobs.work_off()
    assert mail.outbox[0].subject.startswith("Harbor & Knit's LLC: your invitation")


def test_a_link_works_once():
    invitation = invite()
    accept(invitation)
    refused("invitation_used", accept, invitation)
    assert User.objects.filter(email=NEW).count() == 1


def test_a_link_ends_after_seven_days():
    invitation = invite()
    assert timedelta(days=6, hours=23) < invitation.expires_at - timezone.now() <= timedelta(days=7)
    token = token_of(invitation)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    refused("invitation_expired", accounts.accept_invitation, token, full_name="A", password=PASSWORD)
    assert not User.objects.filter(email=NEW).exists()


@pytest.mark.parametrize("token", ["", "wrong", "a" * 43])
def test_an_unknown_link_opens_nothing(token):
    invite()
    refused("invitation_unknown", accounts.accept_invitation, token, full_name="A", password=PASSWORD)
    assert not User.objects.filter(email=NEW).exists()


def test_a_newer_invitation_ends_the_open_one():
    first = invite()
    second = invite(organization=first.organization, actor=first.invited_by)
    refused("invitation_expired", accounts.accept_invitation, token_of(first), full_name="A", password=PASSWORD)
    assert accept(second).email == NEW


def test_sending_again_makes_a_new_link_and_ends_the_old():
    invitation = invite()
    old = token_of(invitation)
    again = accounts.send_again(invitation, actor=invitation.invited_by)
    refused("invitation_unknown", accounts.accept_invitation, old, full_name="A", password=PASSWORD)
    assert accept(again).email == NEW


def test_a_withdrawn_invitation_is_neither_accepted_nor_mailed():
    invitation = invite()
    token = token_of(invitation)
    accounts.withdraw(invitation, actor=invitation.invited_by)
    jobs.work_off()
    assert not mail.outbox
    refused("invitation_expired", accounts.accept_invitation, token, full_name="A", password=PASSWORD)


def test_an_existing_account_joins_only_when_signed_in_as_it():
    member, stranger = make_user(Role.IMPORTER_MEMBER), make_user(Role.IMPORTER_MEMBER)
    invitation = invite(email=member.email.upper())
    refused("sign_in_first", accept, invitation)
    refused("sign_in_first", accept, invitation, signed_in=stranger)
    assert accept(invitation, signed_in=member) == member
    assert member.memberships.count() == 2
    assert member.check_password(PASSWORD)
    assert Person.objects.filter(full_name="Mira Ortega").count() == 0


def test_someone_signed_in_makes_no_second_account():
    member = make_user(Role.IMPORTER_MEMBER)
    refused("signed_in_as_other", accept, invite(), signed_in=member)
    assert not User.objects.filter(email=NEW).exists()
    assert member.memberships.count() == 1


def test_an_officer_cannot_be_invited_by_an_importer_with_the_same_account():
    analyst = make_user(Role.ANALYST)
    refused("office_and_outside", invite, email=analyst.email)
    assert not Invitation.objects.exists()


def test_an_account_that_joined_the_office_meanwhile_cannot_accept_outside():
    manager = make_user(Role.MANAGER)
    outside = invite(actor=manager)
    office = manager.memberships.get().organization
    account = accept(invite(Role.ANALYST, organization=office, actor=manager))
    refused("office_and_outside", accept, outside, signed_in=account)
    assert [one.organization for one in account.memberships.all()] == [office]


@pytest.mark.parametrize(
    ("role", "kind", "allowed"),
    [
        (Role.ANALYST, Organization.Kind.IMPORTER, True),
        (Role.REVIEWER, Organization.Kind.IMPORTER, True),
        (Role.MANAGER, Organization.Kind.IMPORTER, True),
        (Role.MANAGER, Organization.Kind.BROKER, True),
        (Role.MANAGER, Organization.Kind.OFFICE, True),
        (Role.ANALYST, Organization.Kind.BROKER, False),
        (Role.ANALYST, Organization.Kind.OFFICE, False),
        (Role.APPROVER, Organization.Kind.IMPORTER, False),
        (Role.AUDITOR, Organization.Kind.IMPORTER, False),
        (Role.IMPORTER_MEMBER, Organization.Kind.IMPORTER, False),
        (Role.BROKER_MEMBER, Organization.Kind.IMPORTER, False),
    ],
)
def test_who_may_invite_where(role, kind, allowed):
    actor = make_user(role)
    office = Organization.objects.filter(kind=Organization.Kind.OFFICE).first()
    organization = office if kind == Organization.Kind.OFFICE and office else make_organization(kind)
    asked = {
        Organization.Kind.OFFICE: Role.APPROVER,
        Organization.Kind.IMPORTER: Role.IMPORTER_MEMBER,
        Organization.Kind.BROKER: Role.BROKER_MEMBER,
    }[kind]
    if allowed:
        assert invite(asked, organization=organization, actor=actor).role == asked
    else:
        refused("not_allowed", invite, asked, organization=organization, actor=actor)


def test_a_mail_server_that_refuses_the_address_is_said(monkeypatch):
    from smtplib import SMTPRecipientsRefused

    def refuse(self, fail_silently=False):
        raise SMTPRecipientsRefused({NEW: (550, b"no such user")})

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    invite()
    jobs.work_off()
    job = Job.objects.get(kind="mail")
    assert job.state == Job.State.FAILED
    assert re.search("does not deliver .* Check the address", job.error)


# --- the page behind the link -----------------------------------------------------------------------------------


def test_looking_at_the_link_uses_nothing_up(client):
    invitation = invite()
    for _ in range(2):
        page = client.get(accounts.invitation_link(invitation))
        assert page.status_code == 200
        assert invitation.organization.name in page.content.decode()


def form_of_new_account(**changes):
    return {"full_name": "Mira Ortega", "password": PASSWORD, "password_again": PASSWORD, **changes}


def test_accepting_signs_in(client):
    invitation = invite()
    answer = client.post(accounts.invitation_link(invitation), form_of_new_account())
    assert (answer.status_code, answer.url) == (302, "/")
    assert client.session["_auth_user_id"] == str(User.objects.get(email=NEW).pk)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "short", "password_again": "short"}, "too short"),
        ({"password": NEW, "password_again": NEW}, "too similar"),
        ({"password_again": "another password here"}, "two passwords differ"),
        ({"full_name": " "}, "required"),
    ],
)
def test_a_weak_form_is_answered_and_uses_nothing_up(client, changes, words):
    invitation = invite()
    answer = client.post(accounts.invitation_link(invitation), form_of_new_account(**changes))
    assert words in answer.content.decode()
    assert not User.objects.filter(email=NEW).exists()
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_a_used_link_says_so(client):
    invitation = invite()
    accept(invitation)
    page = client.get(accounts.invitation_link(invitation))
    assert page.status_code == 410
    assert "used already" in page.content.decode()


def test_the_page_asks_who_has_an_account_to_sign_in(client):
    member = make_user(Role.IMPORTER_MEMBER)
    link = accounts.invitation_link(invite(email=member.email))
    assert "Sign in with it to join" in client.get(link).content.decode()
    client.post(link, form_of_new_account())
    assert member.memberships.count() == 1
    client.force_login(member)
    assert client.post(link).status_code == 302
    assert member.memberships.count() == 2
