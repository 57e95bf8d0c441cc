"""Accounts: who joins, in which role, for which organisation; who leaves; who is the same person."""

from entities.services.accounts.invitations import (
    accept_invitation,
    find_invitation,
    invitation_link,
    invitation_path,
    invite,
    require_open,
    send_again,
    withdraw,
)
from entities.services.accounts.members import add_member, change_role, restore, suspend
from entities.services.accounts.organizations import add_organization, authorize_broker, open_sandbox, revoke_broker
from entities.services.accounts.passwords import first_password_link, request_reset, set_password
from entities.services.accounts.persons import declare_same_person, rename, same_person

__all__ = [
    "accept_invitation",
    "add_member",
    "add_organization",
    "authorize_broker",
    "change_role",
    "declare_same_person",
    "find_invitation",
    "first_password_link",
    "invitation_link",
    "invitation_path",
    "invite",
    "open_sandbox",
    "rename",
    "request_reset",
    "require_open",
    "restore",
    "revoke_broker",
    "same_person",
    "send_again",
    "set_password",
    "suspend",
    "withdraw",
]
