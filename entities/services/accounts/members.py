"""Members of an organisation: added, given another role, suspended, restored."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from entities import audit, history
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act, Role
from entities.models import ApiToken, Membership, Organization, Person, User
from entities.services import account_rules as rules


@transaction.atomic
def add_member(
    organization: Organization, *, email: str, full_name: str, role: Role, actor: User | None
) -> Membership:
    """Make someone a member at once, without an invitation; a new account has no password until its link is used."""
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    rules.require(actor, Act.MANAGE_PEOPLE)
    rules.require_active(organization)
    rules.require_role_of_kind(role, organization)
    account = User.objects.select_for_update(no_key=True).filter(email__iexact=rules.email_address(email)).first()
    if account is None:
        account = new_account(email=email, full_name=full_name, password=None)
    membership = join(account, organization, role)
    audit.record(
        Action.MEMBER_ADDED,
        actor=actor,
        target=account,
        after={"role": role.value, "organization": str(organization)},
        organization_id=organization.pk,
        rows=[membership],
    )
    return membership


def new_account(*, email: str, full_name: str, password: str | None) -> User:
    """A person not known before, and their account."""
    full_name = " ".join(full_name.split())
    if not full_name:
        raise Refused("name_missing", "Give the person's full name.")
    account = User(email=rules.email_address(email), person=Person.objects.create(full_name=full_name))
    account.set_password(password)
    account.save(force_insert=True)
    return account


def join(account: User, organization: Organization, role: Role) -> Membership:
    """Add the membership; the account's row is locked or new."""
    rules.require_may_join(account, organization)
    if not account.is_active:  # every earlier membership is suspended; this one is not
        account.is_active = True
        account.save(update_fields=["is_active"])
    return Membership.objects.create(user=account, organization=organization, role=role)


@transaction.atomic
def change_role(membership: Membership, *, role: Role, actor: User | None, reason: str = "") -> Membership:
    """Give a member another role of the same organisation."""
    membership = _locked(membership)
    rules.require(actor, Act.MANAGE_PEOPLE)
    rules.require_other_person(
        actor, membership.user, "Nobody changes their own role. Ask another manager to change it."
    )
    rules.require_role_of_kind(role, membership.organization)
    if membership.suspended_at:
        raise Refused("member_suspended", f"{membership.user.full_name} is suspended. Restore the membership first.")
    if membership.role == role:
        return membership
    rules.require_another_manager(membership)
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    _record(
        Action.MEMBER_ROLE_CHANGED,
        membership,
        actor,
        before={"role": before},
        after={"role": role.value},
        reason=reason,
    )
    return membership


@transaction.atomic
def suspend(membership: Membership, *, actor: User | None, reason: str = "") -> Membership:
    """End a member's rights at once. Without another membership the account closes, with sessions and tokens."""
    membership = _locked(membership)
    rules.require(actor, Act.MANAGE_PEOPLE)
    rules.require_other_person(actor, membership.user, "Nobody suspends themselves. Ask another manager to do it.")
    if membership.suspended_at:
        return membership
    rules.require_another_manager(membership)
    now = timezone.now()
    membership.suspended_at = now
    membership.save(update_fields=["suspended_at"])
    account = membership.user
    if not account.memberships.filter(suspended_at=None).exists():
        account.is_active = False
        account.save(update_fields=["is_active"])
        ApiToken.objects.filter(user=account, revoked_at=None).update(revoked_at=now)
    _record(
        Action.MEMBER_SUSPENDED,
        membership,
        actor,
        before={"active": True},
        after={"active": False, "account_closed": not account.is_active},
        reason=reason,
    )
    return membership


@transaction.atomic
def restore(membership: Membership, *, actor: User | None, reason: str = "") -> Membership:
    """Give a suspended member the rights of the role back. API tokens stay revoked."""
    membership = _locked(membership)
    rules.require(actor, Act.MANAGE_PEOPLE)
    rules.require_other_person(actor, membership.user, "Nobody restores themselves. Ask another manager to do it.")
    if membership.suspended_at is None:
        return membership
    membership.suspended_at = None
    membership.save(update_fields=["suspended_at"])
    account = membership.user
    account.is_active = True
    account.save(update_fields=["is_active"])
    _record(
        Action.MEMBER_RESTORED,
        membership,
        actor,
        before={"active": False},
        after={"active": True},
        reason=reason,
    )
    return membership


def _locked(membership: Membership) -> Membership:
    """The membership as it is now, behind the locks of its organisation and account, always taken in this order."""
    Organization.objects.select_for_update().get(pk=membership.organization_id)
    account = User.objects.select_for_update(no_key=True).get(pk=membership.user_id)
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    membership.user = account
    history.note_changed(membership, account)
    return membership


def _record(
    action: Action,
    membership: Membership,
    actor: User | None,
    *,
    before: dict[str, object],
    after: dict[str, object],
    reason: str,
) -> None:
    organization = {"organization": str(membership.organization)}
    audit.record(
        action,
        actor=actor,
        target=membership.user,
        before=before | organization,
        after=after | organization,
        reason=reason.strip(),
        organization_id=membership.organization_id,
        rows=[membership],
    )
