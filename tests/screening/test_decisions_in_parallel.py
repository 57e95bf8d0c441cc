"""Two persons at once: one decision, one final determination in a proceeding. Shown on PostgreSQL, where both run."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from entities.domain.errors import Refused
from entities.domain.roles import Role
from evidence.services import concluding
from screening.domain.law.states import Kind
from screening.models import Case, Decision, Determination, LegalEvent
from screening.services import detentions
from screening.services.carrying_out import key_of, open_lines
from tests.factories import make_user
from tests.screening.made_cases import make_case, make_exhibit, recommended

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time"),
]


def at_once(*acts):
    """Every act in a thread and a transaction of its own, begun together; what each answered or raised."""
    start, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number, act):
        try:
            start.wait(10)
            answers[number] = act()
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return answers


@pytest.fixture
def case():
    case = make_case(Case.Stage.UNDER_REVIEW)
    make_exhibit(case, "one page")
    today, analyst = timezone.localdate(), make_user(Role.ANALYST)
    detention = detentions.record_detention(
        case, case.shipments.get(), actor=analyst, presented_on=today - timedelta(days=9),
        detained_on=today - timedelta(days=7), source="form 6051D",
    )  # fmt: skip
    detentions.record_event(detention, Kind.NOTICE_ISSUED, today - timedelta(days=6), actor=analyst, source="6051D")
    return case


def test_two_approvers_at_once_make_one_decision_and_one_determination(case, settings):
    settings.OFFICE_IS_AUTHORITY = True
    lines = [key_of(row) for row in open_lines(case)]
    recommendation = recommended(case, make_user(Role.REVIEWER), lines=lines)
    approvers = [make_user(Role.APPROVER) for _ in range(4)]
    answers = at_once(
        *(
            lambda one=one: concluding.decide(recommendation, actor=one, verdict="approved", reasons="So it is.")
            for one in approvers
        )
    )
    refused = [one for one in answers if isinstance(one, Refused)]
    assert sorted(type(one).__name__ for one in answers) == ["Decision", "Refused", "Refused", "Refused"], answers
    assert {one.code for one in refused} <= {"decided_before", "facts_changed"}
    assert Decision.objects.count() == 1
    assert Determination.objects.filter(proceeding="detention", supersedes=None).count() == 1


def test_released_and_excluded_at_once_leave_one_determination(case):
    detention, actors = case.detentions.get(), [make_user(Role.ANALYST) for _ in range(2)]
    answers = at_once(
        *(
            lambda kind=kind, actor=actor: detentions.record_event(
                detention, kind, timezone.localdate(), actor=actor, source="CBP notice"
            )
            for kind, actor in zip((Kind.RELEASED, Kind.EXCLUDED), actors, strict=True)
        )
    )
    standing = Determination.objects.filter(superseded_by=None)
    assert standing.count() == 1, answers
    assert sum(isinstance(one, Refused) for one in answers) == 1
    assert LegalEvent.objects.filter(kind__in=[Kind.RELEASED, Kind.EXCLUDED]).count() == 1


def test_two_first_determinations_cannot_both_be_committed_by_sql(case):
    """Both transactions write before either commits: the second waits for the first and is refused."""
    detention = case.detentions.get()
    event = detention.events.first()
    written = threading.Barrier(2)

    def determine(state):
        with transaction.atomic():
            if state == "excluded":
                written.wait(10)  # the other has written and not committed
            Determination.objects.create(
                detention=detention, proceeding="detention", line_number=2, event=event, state=state
            )
            if state == "released":
                written.wait(10)
                threading.Event().wait(0.5)
        return state

    answers = at_once(lambda: determine("released"), lambda: determine("excluded"))
    assert answers[0] == "released"
    assert isinstance(answers[1], IntegrityError)
    assert Determination.objects.get().state == "released"


def test_two_decisions_of_a_pathway_cannot_both_stand_by_sql(case):
    first = recommended(case, make_user(Role.REVIEWER))
    Case.objects.update(stage=Case.Stage.UNDER_REVIEW)
    second = recommended(Case.objects.get(), make_user(Role.REVIEWER))
    approvers = [make_user(Role.APPROVER), make_user(Role.APPROVER)]

    def decide(recommendation, approver):
        said = ("case", "pathway", "conclusion", "grounds", "lines", "recommended_person")
        return Decision.objects.create(
            recommendation=recommendation, verdict="approved", reasons="x", decided_by=approver,
            decided_person=approver.person, **{name: getattr(recommendation, name) for name in said},
        )  # fmt: skip

    answers = at_once(lambda: decide(first, approvers[0]), lambda: decide(second, approvers[1]))
    assert sorted(type(one).__name__ for one in answers) == ["Decision", "IntegrityError"]
    assert Decision.objects.count() == 1
