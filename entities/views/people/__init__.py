"""People, for managers: who belongs to which organisation, in which role; invitations; powers of attorney."""

from entities.views.people.invitations import invitation_add, invitation_resend, invitation_withdraw
from entities.views.people.lists import invitation_list, organization_list, people
from entities.views.people.members import (
    account_detail,
    member_restore,
    member_role,
    member_suspend,
    same_person,
    second_factor_reset,
)
from entities.views.people.organizations import (
    broker_authorize,
    broker_revoke,
    organization_add,
    organization_detail,
)

__all__ = [
    "account_detail",
    "broker_authorize",
    "broker_revoke",
    "invitation_add",
    "invitation_list",
    "invitation_resend",
    "invitation_withdraw",
    "member_restore",
    "member_role",
    "member_suspend",
    "organization_add",
    "organization_detail",
    "organization_list",
    "people",
    "same_person",
    "second_factor_reset",
]
