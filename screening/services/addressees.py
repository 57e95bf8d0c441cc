"""Who is written to about a case: the importer and the brokers that act for it, or the office."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from entities.domain.roles import OFFICE_ROLES, Role
from entities.models import BrokerAuthorization, Membership
from screening.models import Case, hidden_from


def outside(case: Case) -> list[str]:
    """Addresses of the importer's members, and of the members of brokers whose power of attorney is in force."""
    brokers = BrokerAuthorization.objects.in_force(timezone.localdate()).filter(importer=case.importer_id)
    return _addresses(Q(organization=case.importer_id) | Q(organization__in=brokers.values("broker")))


def in_charge(case: Case, *, managers: bool = False) -> list[str]:
    """Addresses of the officer the case is with; of the managers too, or where the case is with nobody.

    Nobody who is to look at it a second time, blind, is written to.
    """
    officer = case.assigned_to
    if officer is not None and case.pk in hidden_from(officer):
        officer = None
    wanted = Q(user=officer, role__in=OFFICE_ROLES)
    if managers or officer is None:
        wanted |= Q(role=Role.MANAGER, organization__environment=case.importer.environment)
    return _addresses(wanted)


def _addresses(wanted: Q) -> list[str]:
    rows: QuerySet[Membership] = Membership.objects.filter(
        wanted, suspended_at=None, organization__is_active=True, user__is_active=True, user__api_client=None
    )
    return list(rows.order_by("user__email").values_list("user__email", flat=True).distinct())
