"""Make the first manager, so that an empty system can be entered."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import Membership, Organization
from entities.services import account_rules, accounts


class Command(BaseCommand):
    help = "Make a manager of the office and print the one-time link by which they choose a password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True, help="full name of the manager")
        parser.add_argument("--office", required=True, help="name of the office; made if there is none yet")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
            membership = manager_of_office(options["email"], options["name"], options["office"])
        except Refused as refused:
            raise CommandError(refused.message) from refused
        except ValidationError as invalid:
            raise CommandError(invalid.messages[0]) from invalid
        self.stdout.write(f"{membership.user.full_name} is manager of {membership.organization}.")
        self.stdout.write("This link works once, for one hour; the command prints another when it is run again:")
        self.stdout.write(accounts.first_password_link(membership.user))


@transaction.atomic
def manager_of_office(email: str, name: str, office: str) -> Membership:
    """The manager, made unless they are one already; the office, made unless there is one."""
    organization = Organization.objects.filter(kind=Organization.Kind.OFFICE).first()
    if organization is None:
        organization = accounts.add_organization(name=office, kind=Organization.Kind.OFFICE, actor=None)
    elif organization.name.casefold() != " ".join(office.split()).casefold():
        raise Refused("one_office", f'This system is run by {organization}. Use --office "{organization}".')
    standing = Membership.objects.filter(
        organization=organization, user__email__iexact=account_rules.email_address(email), role=Role.MANAGER
    )
    manager = standing.filter(suspended_at=None).select_related("user__person", "organization").first()
    return manager or accounts.add_member(organization, email=email, full_name=name, role=Role.MANAGER, actor=None)
