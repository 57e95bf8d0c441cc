"""The blind second look: drawn by lot when a case is decided, given by a reviewer who had no hand in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from entities import audit
from entities.attempts import on_record
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from screening.domain.pathways import OUTCOMES, TABLE
from screening.domain.second_look import is_drawn
from screening.models import Decision, Draw, Override, Recommendation, SecondLook

LOOK_FIRST = (
    "This case is drawn for a second look, and you had no hand in it. Until the look is given you see the record, but "
    "not what others held of it, what was decided and what became of the goods: you are to conclude by yourself."
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the second looks say so far, and how often a finding was set aside."""

    share: float
    decided: int
    drawn: int
    given: int
    agreed: int
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
    case = decision.case
    if not is_drawn(case.number, decision.pk, share):
        return None
    row = Draw.objects.create(decision=decision, share=share)
    audit.record(
        Action.SECOND_LOOK_DRAWN,
        actor=None,
        target=row,
        case=case,
        organization_id=case.importer_id,
        after={"decision": decision.pk, "share": share},
    )
    return row


def give(drawn: Draw, *, actor: User, conclusion: str, reasons: str) -> SecondLook:
    """Say what a further reviewer concludes. The decision stands whatever it is; agreement is counted."""
    decision = drawn.decision
    case = decision.case
    with on_record("second look", actor=actor, target=drawn, case=case, organization_id=case.importer_id):
        drawn = Draw.objects.select_for_update(of=("self",)).get(pk=drawn.pk)
        fresh = User.objects.select_related("person").get(pk=actor.pk)
        if not fresh.has_perm(Act.RECOMMEND):
            raise Refused("not_a_reviewer", "Only a reviewer gives a second look.")
        if fresh.person_id in decision.hands():
            raise Refused("own_case", "You had a hand in this decision; a further person looks a second time.")
        if SecondLook.objects.filter(draw=drawn).exists():
            raise Refused("given_before", "Somebody gave this second look before.")
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


def agreement() -> Agreement:
    """The counts of all decisions."""
    return Agreement(
        share=settings.SECOND_LOOK_SHARE,
        decided=Decision.objects.approved().count(),
        drawn=Draw.objects.count(),
        given=SecondLook.objects.count(),
        agreed=SecondLook.objects.filter(agrees=True).count(),
        overrides=Override.objects.filter(applies=False).count(),
        overridden_cases=Override.objects.filter(applies=False).values("case").distinct().count(),
    )


def waiting_for(user: User) -> list[Draw]:
    """The queue of one reviewer: drawn, not looked at, and not their own."""
    if not user.has_perm(Act.RECOMMEND):
        return []
    rows = Draw.objects.waiting().select_related("decision__recommendation", "decision__case__importer")
    return [row for row in rows if user.person_id not in row.decision.hands()]


def waiting_among(recommendations: Iterable[Recommendation], user: User) -> Draw | None:
    """The look that waits for this reviewer in one case; ``recommendations``: those of the case, the latest first."""
    if not user.has_perm(Act.RECOMMEND):
        return None
    for row in recommendations:
        drawn = getattr(getattr(row, "decision", None), "draw", None)
        if drawn and not hasattr(drawn, "second_look") and user.person_id not in row.decision.hands():
            return drawn
    return None
