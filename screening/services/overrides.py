"""A reviewer holds that a finding does not apply to the goods of a case. It needs a reason, is counted and shown."""

from __future__ import annotations

from django.db import transaction

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from screening.models import Case, Finding, Override
from screening.services.cases import lock


@transaction.atomic
def set_finding_aside(case: Case, finding: Finding, *, actor: User, reason: str, applies: bool = False) -> Override:
    """Say of a finding of a case that it does not apply to its goods, or that it applies after all.

    The finding stays as it is. The word holds for this very finding: one of a later screening is looked at anew.
    """
    case = lock(case)
    if not actor.has_perm(Act.RECOMMEND):
        raise Refused("not_a_reviewer", "Only a reviewer sets a finding aside.")
    if case.stage != Case.Stage.UNDER_REVIEW:
        raise Refused("not_under_review", "Take the case into review before you set a finding aside.")
    if not Finding.objects.of_case(case).filter(pk=finding.pk).exists():
        raise Refused("not_of_this_case", "This is no finding of the latest screening of a shipment of this case.")
    if not reason.strip():
        raise Refused("reason_missing", "Say why: the reason stands beside the finding wherever it is shown.")
    if applies != (finding.pk in Override.objects.standing(case)):
        raise Refused("as_it_stands", "The finding stands so already.")
    row = Override.objects.create(
        case=case, finding=finding, applies=applies, reason=reason.strip(), author=actor, author_person=actor.person
    )
    audit.record(
        Action.FINDING_OVERRIDDEN,
        actor=actor,
        target=row,
        case=case,
        organization_id=case.importer_id,
        after={"finding": finding.pk, "rule": finding.rule, "headline": finding.headline, "applies": applies},
        reason=row.reason,
    )
    return row
