"""Rows for tests, made by plain functions. Names are invented."""

from datetime import date
from itertools import count

from django.db import transaction

from entities import audit
from entities.domain.actions import Action
from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import Membership, Organization, Person, User
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment

_numbers = count(1)
PASSWORD = "correct horse battery staple"


def make_organization(kind=Organization.Kind.IMPORTER, name="", **fields):
    return Organization.objects.create(name=name or f"{kind.label} {next(_numbers)}", kind=kind, **fields)


def make_user(role, organization=None, *, email="", name="", person=None):
    """An account with one membership; the office is made once and shared."""
    number = next(_numbers)
    kind = {
        Role.IMPORTER_MEMBER: Organization.Kind.IMPORTER,
        Role.BROKER_MEMBER: Organization.Kind.BROKER,
    }.get(role, Organization.Kind.OFFICE)
    if organization is None and kind == Organization.Kind.OFFICE:
        organization = Organization.objects.filter(kind=kind).first()
    organization = organization or make_organization(kind)
    person = person or Person.objects.create(full_name=name or f"{role.value.title()} {number}")
    user = User(email=email or f"{role.value}{number}@example.test", person=person)
    user.set_password(PASSWORD)
    user.save()
    Membership.objects.create(user=user, organization=organization, role=role)
    return user


def on_record(user):
    """The account as its making is on record where people are added by the pages."""
    with transaction.atomic():
        audit.record(Action.MEMBER_ADDED, actor=None, target=user)
    return user


def declared_shipment(*, maker, country="VN", imported_on=date(2026, 3, 2), **head):
    """A shipment of cotton T-shirts as a sender declares it: one line, its maker named."""
    return DeclaredShipment(
        imported_on=imported_on,
        lines=(
            DeclaredLine(number=1, description="Cotton T-shirts", hts_codes=("6109100012",), origin_country=country),
        ),
        parties=(DeclaredRole("manufacturer", PartyFacts(name=maker, city="Example City", country=country)),),
        **head,
    )
