"""What every change to accounts must respect."""

from __future__ import annotations

from entities.domain.errors import Refused
from entities.domain.roles import OFFICE_ROLES, Act, Role
from entities.models import Membership, Organization, User

ROLES_OF = {
    Organization.Kind.OFFICE: OFFICE_ROLES,
    Organization.Kind.IMPORTER: frozenset({Role.IMPORTER_MEMBER}),
    Organization.Kind.BROKER: frozenset({Role.BROKER_MEMBER}),
}


def email_address(text: str) -> str:
    """An e-mail address as accounts keep it: without spaces around, in small letters."""
    return text.strip().lower()


def require(actor: User | None, act: Act) -> None:
    """The actor's role allows the act now, whatever it was when the page was opened. No actor: the system itself."""
    if actor is not None and not User.objects.get(pk=actor.pk).has_perm(act):
        raise Refused("not_allowed", "Your role does not allow this. Ask a manager of your office.")


def require_client(actor: User, organization: Organization) -> None:
    """The actor looks after programs of this organisation: its own member, one of the organisation whose sandbox it
    is, or a manager of the office."""
    require(actor, Act.MANAGE_API_CLIENTS)
    own = {membership.organization_id for membership in actor.active_memberships}
    if not actor.is_officer and not own & {organization.pk, organization.sandbox_of_id}:
        raise Refused("not_yours", f"Only members of {organization} look after its programs.")


def require_other_person(actor: User | None, account: User, sentence: str) -> None:
    """The actor is not the person concerned, under whichever of that person's accounts."""
    if actor is not None and same_person(actor, account):
        raise Refused("own_account", sentence)


def same_person(one: User, other: User) -> bool:
    """Whether two accounts belong to one person, as stated by now. Four eyes are two persons."""
    persons = User.objects.filter(pk__in={one.pk, other.pk}).values_list("person_id", flat=True)
    return len(set(persons)) == 1


def require_role_of_kind(role: Role, organization: Organization) -> None:
    """Office roles belong to the office, importer members to importers, broker members to brokers."""
    if role not in ROLES_OF[Organization.Kind(organization.kind)]:
        kind = {"office": "the office", "importer": "an importer", "broker": "a broker"}[organization.kind]
        raise Refused("role_of_other_kind", f"{organization} is {kind}; choose a role that belongs there.")


def require_active(organization: Organization) -> None:
    if not organization.is_active:
        raise Refused("organization_closed", f"{organization} is closed. Open it again before adding people.")


def require_may_join(account: User, organization: Organization) -> None:
    """Not yet a member there; one account is never in the office and outside it, nor in a sandbox and outside it."""
    for membership in account.memberships.select_related("organization"):
        if membership.organization_id == organization.pk:
            remedy = "Restore that membership." if membership.suspended_at else "Change the role instead."
            raise Refused("already_member", f"{account.email} is already a member of {organization}. {remedy}")
        if membership.organization.environment != organization.environment:
            raise Refused(
                "other_environment",
                f"{account.email} belongs to {membership.organization}. One account cannot be in a sandbox and "
                "outside it: use another e-mail address.",
            )
        office = Organization.Kind.OFFICE
        if (membership.organization.kind == office) != (organization.kind == office):
            raise Refused(
                "office_and_outside",
                f"{account.email} belongs to {membership.organization}. One account cannot be in the office and "
                "outside it: use another e-mail address.",
            )


def require_another_manager(membership: Membership) -> None:
    """The office keeps a manager who can act. Call with the office's row locked."""
    if membership.role != Role.MANAGER:
        return
    others = Membership.objects.filter(
        organization=membership.organization_id, role=Role.MANAGER, suspended_at=None, user__is_active=True
    ).exclude(pk=membership.pk)
    if not others.exists():
        raise Refused(
            "last_manager",
            f"{membership.user.full_name} is the last manager of {membership.organization}. "
            "Make another member manager first.",
        )
