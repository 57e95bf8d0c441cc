"""Invitations: a single-use, expiring link sent by mail, which makes an account and a membership."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from entities import audit, history
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act, Role
from entities.models import Invitation, Organization, User
from entities.services import account_rules as rules
from entities.services import mail, tokens
from entities.services.accounts.members import join, new_account


@transaction.atomic
def invite(organization: Organization, *, email: str, role: Role, actor: User, case_number: str = "") -> Invitation:
    """Ask someone by e-mail to join an organisation in a role. A newer invitation takes the place of an open one."""
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    importer = organization.kind == Organization.Kind.IMPORTER
    rules.require(actor, Act.INVITE_IMPORTER if importer else Act.MANAGE_PEOPLE)
    rules.require_active(organization)
    rules.require_role_of_kind(role, organization)
    email = rules.email_address(email)
    account = User.objects.filter(email__iexact=email).first()
    if account is not None:
        rules.require_may_join(account, organization)
    now = timezone.now()
    earlier = Invitation.objects.filter(organization=organization, email=email)
    earlier.filter(accepted_at=None, expires_at__gt=now).update(expires_at=now)
    invitation = Invitation(
        email=email, organization=organization, role=role, invited_by=actor, case_number=case_number
    )
    _start(invitation)
    invitation.save(force_insert=True)
    _send(invitation, actor)
    return invitation


@transaction.atomic
def send_again(invitation: Invitation, *, actor: User) -> Invitation:
    """Send an invitation anew, with a new link and a new last day; the old link ends."""
    invitation = _locked(invitation)
    _require_to_send(invitation, actor)
    if invitation.accepted_at:
        raise Refused("invitation_used", "This invitation was accepted; there is nothing to send.")
    rules.require_active(invitation.organization)
    account = User.objects.filter(email__iexact=invitation.email).first()
    if account is not None:
        rules.require_may_join(account, invitation.organization)
    _start(invitation)
    invitation.save(update_fields=["expires_at", "token_digest"])
    _send(invitation, actor)
    return invitation


@transaction.atomic
def withdraw(invitation: Invitation, *, actor: User) -> Invitation:
    """End an open invitation: its link opens nothing any more."""
    invitation = _locked(invitation)
    _require_to_send(invitation, actor)
    now = timezone.now()
    if invitation.accepted_at:
        raise Refused("invitation_used", "This invitation was accepted. Suspend the member instead.")
    if invitation.is_open(now):
        before, invitation.expires_at = invitation.expires_at, now
        invitation.save(update_fields=["expires_at"])
        audit.record(
            Action.INVITATION_WITHDRAWN,
            actor=actor,
            target=invitation,
            before={"expires_at": before.isoformat()},
            after={"expires_at": now.isoformat()},
            organization_id=invitation.organization_id,
        )
    return invitation


def find_invitation(token: str) -> Invitation | None:
    """The invitation a link belongs to, open or not."""
    found = Invitation.objects.filter(token_digest=tokens.digest(token))
    return found.select_related("organization", "invited_by__person").first()


def invitation_link(invitation: Invitation) -> str:
    """The address that accepts the invitation, for a mail."""
    return settings.SITE_URL.rstrip("/") + invitation_path(invitation)


def invitation_path(invitation: Invitation) -> str:
    """The same within this site; it is made anew each time, never kept."""
    token = tokens.invitation_token(
        organization_id=invitation.organization_id, email=invitation.email, expires_at=invitation.expires_at
    )
    return reverse("invitation-accept", args=[token])


@transaction.atomic
def accept_invitation(token: str, *, full_name: str = "", password: str = "", signed_in: User | None = None) -> User:
    """Use an invitation, once: it makes the person, the account and the membership.

    Where an account with that e-mail exists, only whoever is signed in as it can accept: having the link is not
    enough to add rights to an account, and a second account is never made.
    """
    found = find_invitation(token)
    if found is None:
        raise Refused("invitation_unknown", "This link is not known. Ask for a new invitation.")
    invitation = _locked(found)
    require_open(invitation)
    rules.require_active(invitation.organization)
    account = User.objects.select_for_update(no_key=True).filter(email__iexact=invitation.email).first()
    if account is None:
        if signed_in is not None:
            raise Refused(
                "signed_in_as_other",
                f"You are signed in as {signed_in.email}. Sign out, then open the link again.",
            )
        if not password:
            raise Refused("password_missing", "Choose a password.")
        try:
            with transaction.atomic():
                account = new_account(email=invitation.email, full_name=full_name, password=password)
        except IntegrityError as fault:  # the same address accepted another invitation in this moment
            raise Refused("sign_in_first", "An account with this e-mail was just made. Sign in with it.") from fault
    elif signed_in is None or signed_in.pk != account.pk:
        raise Refused(
            "sign_in_first",
            f"An account with the e-mail {account.email} exists. Sign in with it, then open the link again.",
        )
    membership = join(account, invitation.organization, Role(invitation.role))
    invitation.accepted_at, invitation.accepted_by = timezone.now(), account
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    audit.record(
        Action.INVITATION_ACCEPTED,
        actor=account,
        target=account,
        after={
            "role": invitation.role,
            "organization": str(invitation.organization),
            "invited_by": invitation.invited_by.email,
        },
        organization_id=invitation.organization_id,
        rows=[membership, invitation],
    )
    return account


def require_open(invitation: Invitation) -> None:
    """The link was not used and has not run out."""
    if invitation.accepted_at:
        raise Refused("invitation_used", "This invitation was used already. Sign in with the account it made.")
    if not invitation.is_open(timezone.now()):
        raise Refused("invitation_expired", "This invitation has run out. Ask for a new one.")


def _locked(invitation: Invitation) -> Invitation:
    Organization.objects.select_for_update().get(pk=invitation.organization_id)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    history.note_changed(invitation)
    return invitation


def _require_to_send(invitation: Invitation, actor: User) -> None:
    importer = invitation.organization.kind == Organization.Kind.IMPORTER
    rules.require(actor, Act.INVITE_IMPORTER if importer else Act.MANAGE_PEOPLE)


def _start(invitation: Invitation) -> None:
    invitation.expires_at = timezone.now() + timedelta(days=settings.INVITATION_DAYS)
    token = tokens.invitation_token(
        organization_id=invitation.organization_id, email=invitation.email, expires_at=invitation.expires_at
    )
    invitation.token_digest = tokens.digest(token)


def _send(invitation: Invitation, actor: User) -> None:
    mail.queue_mail(
        invitation.email, "invitation", {"invitation": invitation.pk}, organization=invitation.organization
    )
    audit.record(
        Action.INVITATION_SENT,
        actor=actor,
        target=invitation,
        after={
            "email": invitation.email,
            "role": str(invitation.role),
            "expires_at": invitation.expires_at.isoformat(),
            "about_case": invitation.case_number,
        },
        organization_id=invitation.organization_id,
    )
