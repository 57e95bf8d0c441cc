"""The blind second look: drawn by lot when a case is decided, given by a reviewer who had no hand in it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from entities import audit
from entities.attempts import on_record
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act, Role
from entities.models import User, in_environment_of
from screening.domain.pathways import OUTCOMES, TABLE
from screening.domain.second_look import is_drawn, lot
from screening.models import LOOK_FIRST, Case, Decision, Decline, Draw, Override, SecondLook, hidden_from


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the second looks say so far, and how often a finding was set aside."""

    share: float
    decided: int
    drawn: int
    given: int
    agreed: int
    declined: int
    overrides: int
    overridden_cases: int

    @property
    def waiting(self) -> int:
        return self.drawn - self.given

    @property
    def percent(self) -> int | None:
        """Of those given, how many agree; none before the first."""
        return round(100 * self.agreed / self.given) if self.given else None


def draw(decision: Decision) -> Draw | None:
    """Draw a decision, or not. Runs in the transaction of the decision."""
    share = settings.SECOND_LOOK_SHARE
    return _draw(decision, share) if is_drawn(decision.case.number, decision.pk, share) else None


def decline(drawn: Draw, *, actor: User, reason: str) -> Decline:
    """A reviewer is not to look at this: a conflict of interest, for example. Another reviewer looks; where none is
    left, another decided case is drawn by lot in its place. It is counted."""
    case = drawn.decision.case
    with on_record("decline second look", actor=actor, target=drawn, case=case, organization_id=case.importer_id):
        drawn = Draw.objects.select_for_update(of=("self",)).get(pk=drawn.pk)
        fresh = _looker(drawn, actor)
        if not reason.strip():
            raise Refused("reason_missing", "Say why you are not to look at it, for example a conflict of interest.")
        row = Decline.objects.create(draw=drawn, reason=reason.strip(), author=fresh, author_person=fresh.person)
        instead = None if _is_anybody_left(drawn) else _next_by_lot()
        audit.record(
            Action.SECOND_LOOK_DECLINED,
            actor=fresh,
            target=row,
            case=case,
            organization_id=case.importer_id,
            after={"decision": drawn.decision_id, "drawn_instead": instead.case.number if instead else None},
            reason=row.reason,
        )
        if instead:
            _draw(instead, drawn.share)
    return row


def _draw(decision: Decision, share: float) -> Draw:
    row = Draw.objects.create(decision=decision, share=share)
    audit.record(
        Action.SECOND_LOOK_DRAWN,
        actor=None,
        target=row,
        case=decision.case,
        organization_id=decision.case.importer_id,
        after={"decision": decision.pk, "share": share},
    )
    return row


def _is_anybody_left(drawn: Draw) -> bool:
    """Some reviewer of the office can still look at it."""
    reviewers = User.objects.filter(
        is_active=True, memberships__role=Role.REVIEWER, memberships__suspended_at=None
    ).distinct()
    return any(Draw.objects.filter(pk=drawn.pk).waiting_for(one).exists() for one in reviewers)


def _next_by_lot() -> Decision | None:
    """The decision that stands and was not drawn with the lowest lot."""
    rows = Decision.objects.approved().filter(draw=None, superseded_by=None).select_related("case")
    return min(rows, key=lambda row: lot(row.case.number, row.pk), default=None)


def _looker(drawn: Draw, actor: User) -> User:
    """The account as it is now, where it may look at this draw."""
    fresh = User.objects.select_related("person").get(pk=actor.pk)
    if not fresh.has_perm(Act.RECOMMEND):
        raise Refused("not_a_reviewer", "Only a reviewer gives a second look.")
    if fresh.person_id in drawn.decision.hands():
        raise Refused("own_case", "You had a hand in this decision; a further person looks a second time.")
    if SecondLook.objects.filter(draw=drawn).exists():
        raise Refused("given_before", "Somebody gave this second look before.")
    if drawn.declines.filter(author__person=fresh.person_id).exists():
        raise Refused("declined_before", "You declined this second look: another reviewer gives it.")
    return fresh


def give(drawn: Draw, *, actor: User, conclusion: str, reasons: str) -> SecondLook:
    """Say what a further reviewer concludes. The decision stands whatever it is; agreement is counted."""
    decision = drawn.decision
    case = decision.case
    with on_record("second look", actor=actor, target=drawn, case=case, organization_id=case.importer_id):
        drawn = Draw.objects.select_for_update(of=("self",)).get(pk=drawn.pk)
        fresh = _looker(drawn, actor)
        if conclusion not in {one.conclusion for one in TABLE[decision.pathway].outcomes}:
            raise Refused("conclusion_of_other_pathway", "This conclusion belongs to another pathway.")
        if not reasons.strip():
            raise Refused("reason_missing", "Give your reasons.")
        row = SecondLook.objects.create(
            draw=drawn,
            conclusion=conclusion,
            agrees=conclusion == decision.conclusion,
            reasons=reasons.strip(),
            author=fresh,
            author_person=fresh.person,
        )
        audit.record(
            Action.SECOND_LOOK_GIVEN,
            actor=fresh,
            target=row,
            case=case,
            organization_id=case.importer_id,
            after={"decision": decision.pk, "conclusion": OUTCOMES[conclusion].label, "agrees": row.agrees},
            reason=row.reasons,
        )
    return row


def agreement(user: User) -> Agreement:
    """The counts of all decisions this officer may know of."""
    draws = Draw.objects.visible_to(user)
    looks = SecondLook.objects.filter(draw__in=draws)
    set_aside = Override.objects.visible_to(user).filter(applies=False)
    return Agreement(
        share=settings.SECOND_LOOK_SHARE,
        decided=Decision.objects.filter(in_environment_of(user, "case__importer")).approved().count(),
        drawn=draws.count(),
        given=looks.count(),
        agreed=looks.filter(agrees=True).count(),
        declined=Decline.objects.filter(draw__in=draws).count(),
        overrides=set_aside.count(),
        overridden_cases=set_aside.values("case").distinct().count(),
    )


def waiting_for(user: User) -> list[Draw]:
    """The queue of one reviewer: drawn, not looked at, not their own and not declined."""
    return list(Draw.objects.waiting_for(user).select_related("decision__recommendation", "decision__case__importer"))


def waiting_in(case: Case, user: User) -> Draw | None:
    """The look that waits for this reviewer in one case."""
    return Draw.objects.waiting_for(user).filter(decision__case=case).order_by("-pk").first()


def look_first(case: Case, user: User) -> None:
    """Refuse what would tell this account the outcome of a case that it is to look at a second time."""
    if case.pk in hidden_from(user):
        raise Refused("look_first", LOOK_FIRST)
