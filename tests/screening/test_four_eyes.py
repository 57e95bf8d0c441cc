"""One person never acts as two: not by raw SQL, not by changing who acted afterwards; attempts are on record."""

from dataclasses import asdict

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from entities import four_eyes
from entities.domain.errors import Refused
from entities.domain.matching import SHIPPED
from entities.domain.roles import Role
from entities.models import AuditEvent, ListVersion, Membership, NameStatement, Organization, ThresholdSet, User
from entities.services.names import answer_proposal
from entities.services.thresholds import adopt_thresholds
from evidence import four_eyes as on_decisions
from evidence.services import concluding
from screening import four_eyes as on_letters
from screening.models import Case, Decision, Recommendation
from screening.services.lists import publish_version
from screening.services.overrides import set_finding_aside
from tests.factories import make_organization, make_user
from tests.screening.by_sql import insert, refused_by_the_database, run
from tests.screening.made_cases import judge, make_case, make_exhibit, make_listing, recommended

pytestmark = pytest.mark.django_db
Stage = Case.Stage
ANY = "."  # the rule or the constraint beside it, whichever the database comes to first


@pytest.fixture
def reviewer():
    return make_user(Role.REVIEWER)


@pytest.fixture
def approver():
    return make_user(Role.APPROVER)


@pytest.fixture
def recommendation(reviewer):
    return recommended(make_case(Stage.UNDER_REVIEW), reviewer)


def decision_of(recommendation, user, **changes):
    values = {
        "case_id": recommendation.case_id,
        "recommendation_id": recommendation.pk,
        "verdict": "approved",
        "pathway": recommendation.pathway,
        "conclusion": recommendation.conclusion,
        "grounds": ["LISTED_ENTITY"],
        "reasons": "x",
        "recommended_person_id": recommendation.recommended_person_id,
        "decided_by_id": user.pk,
        "decided_person_id": user.person_id,
        **changes,
    }
    return Decision(**values)


# --- decisions, by raw SQL --------------------------------------------------------------------------------------


def test_a_decision_of_a_second_person_goes_in_by_sql_too(recommendation, approver):
    insert(decision_of(recommendation, approver))
    assert Decision.objects.count() == 1


def test_the_recommender_cannot_decide_by_sql(recommendation, reviewer):
    with refused_by_the_database(ANY):
        insert(decision_of(recommendation, reviewer))
    assert not Decision.objects.exists()


def test_nor_by_naming_another_person_as_the_one_who_recommended(recommendation, reviewer, approver):
    with refused_by_the_database():
        insert(decision_of(recommendation, reviewer, recommended_person_id=approver.person_id))
    assert not Decision.objects.exists()


def test_nor_by_naming_another_person_as_the_one_who_decides(recommendation, reviewer, approver):
    with refused_by_the_database():
        insert(decision_of(recommendation, reviewer, decided_person_id=approver.person_id))
    assert not Decision.objects.exists()


def test_nor_by_a_second_account(recommendation, reviewer):
    second = make_user(Role.APPROVER, person=reviewer.person)
    with refused_by_the_database(ANY):
        insert(decision_of(recommendation, second))
    assert not Decision.objects.exists()


def test_nor_after_the_account_was_given_to_the_same_person(recommendation, reviewer, approver):
    User.objects.filter(pk=approver.pk).update(person=reviewer.person)
    with refused_by_the_database(ANY):
        insert(decision_of(recommendation, User.objects.get(pk=approver.pk)))
    assert not Decision.objects.exists()


def test_whoever_judged_one_question_cannot_decide(reviewer, approver):
    case = make_case(Stage.UNDER_REVIEW)
    make_exhibit(case, "one page")
    colleague = make_user(Role.REVIEWER)
    judge(case, colleague, "A1", "not_shown")
    recommendation = recommended(case, reviewer)  # judges again; the colleague's verdict stands no more
    with refused_by_the_database():
        insert(decision_of(recommendation, colleague))
    Membership.objects.filter(user=colleague).update(role=Role.APPROVER)
    with pytest.raises(Refused, match="You reviewed this case"):
        concluding.decide(
            recommendation, actor=User.objects.get(pk=colleague.pk), verdict="approved", reasons="I agree."
        )
    assert not Decision.objects.exists()


def test_nor_whoever_set_a_finding_aside(reviewer):
    case = make_case(Stage.UNDER_REVIEW, findings=2)
    colleague = make_user(Role.REVIEWER)
    set_finding_aside(case, case.lead_finding, actor=colleague, reason="Another mill of that name.")
    recommendation = recommended(case, reviewer)
    with refused_by_the_database():
        insert(decision_of(recommendation, colleague))
    assert not Decision.objects.exists()


def test_a_decision_says_what_was_recommended(recommendation, approver):
    with refused_by_the_database():
        insert(decision_of(recommendation, approver, conclusion="not_in_scope"))
    with refused_by_the_database():
        insert(decision_of(recommendation, approver, case_id=make_case().pk))
    assert not Decision.objects.exists()


def test_a_decision_without_a_ground_or_without_reasons_is_refused_by_the_database(recommendation, approver):
    for missing in ({"grounds": []}, {"reasons": ""}):
        with refused_by_the_database(ANY):
            insert(decision_of(recommendation, approver, **missing))
    assert not Decision.objects.exists()


def test_who_recommended_cannot_be_changed_afterwards(recommendation, approver, reviewer):
    for statement in (
        "UPDATE screening_recommendation SET recommended_person_id = %s",
        "UPDATE screening_recommendation SET recommended_by_id = %s",
        "UPDATE evidence_assessment SET author_id = %s",
    ):
        with pytest.raises(Exception, match="appended, never changed"), transaction.atomic():
            run(statement, approver.pk)
    insert(decision_of(recommendation, approver))
    with pytest.raises(Exception, match="appended, never changed"), transaction.atomic():
        run("UPDATE screening_decision SET decided_by_id = %s", reviewer.pk)
    assert Recommendation.objects.get().recommended_by == reviewer


def test_a_recommendation_bears_the_person_of_its_account(recommendation, approver):
    recommendation.recommended_person = approver.person
    with refused_by_the_database():
        insert(recommendation)
    assert Recommendation.objects.count() == 1


# --- by page and service, on record -----------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["changed role", "second account", "administrator"])
def test_a_refused_attempt_stays_on_record(way, recommendation, reviewer):
    who = reviewer
    if way == "changed role":
        Membership.objects.filter(user=reviewer).update(role=Role.APPROVER)
        who = User.objects.get(pk=reviewer.pk)
    elif way == "second account":
        who = make_user(Role.APPROVER, person=reviewer.person)
    else:
        office = make_organization(Organization.Kind.OFFICE)
        Membership.objects.create(user=reviewer, organization=office, role=Role.MANAGER)
        who = User.objects.get(pk=reviewer.pk)
    with pytest.raises(Refused):
        concluding.decide(recommendation, actor=who, verdict="approved", reasons="I agree with myself.")
    event = AuditEvent.objects.filter(action="attempt.refused").latest("sequence")
    assert (event.actor_id, event.after["act"], event.case_number) == (who.pk, "decide", recommendation.case.number)
    assert event.after["code"] == ("not_an_approver" if way == "administrator" else "own_recommendation")
    assert not Decision.objects.exists()


def test_an_attempt_by_the_page_is_on_record_too(recommendation, reviewer, client, settings):
    settings.DEMO = True
    client.force_login(reviewer)
    url = reverse("case-decide", args=[recommendation.case_id])
    assert client.post(url, {"verdict": "approved", "reasons": "Mine."}).status_code == 403
    assert AuditEvent.objects.filter(action="attempt.refused", actor_id=reviewer.pk).count() == 1


# --- lists, thresholds, names -----------------------------------------------------------------------------------


def draft(loader):
    return ListVersion.objects.create(
        register="UFLPA", label="draft", source="a file", retrieved_on=timezone.localdate(), rows_sha256="1" * 64,
        row_count=1, entity_count=1, loaded_by=loader, loaded_person=loader.person, touches={},
    )  # fmt: skip


PUBLISH = (
    "UPDATE entities_listversion SET state = 'published', published_at = %s, settled_by_id = %s, "
    "settled_person_id = %s WHERE id = %s"
)


def test_a_list_is_not_published_by_who_loaded_it_by_sql_either(approver):
    manager = make_user(Role.MANAGER)
    second = make_user(Role.APPROVER, person=manager.person)
    version, now = draft(manager), timezone.now()
    for account, person in (
        (manager.pk, manager.person_id),
        (second.pk, second.person_id),
        (manager.pk, approver.person_id),
        (None, None),
    ):
        with refused_by_the_database(ANY):
            run(PUBLISH, now, account, person, version.pk)
    for column in ("loaded_by_id = NULL", "loaded_person_id = NULL"):
        with refused_by_the_database():
            run(f"UPDATE entities_listversion SET {column} WHERE id = %s", version.pk)
    run(PUBLISH, now, approver.pk, approver.person_id, version.pk)
    with refused_by_the_database():
        run("UPDATE entities_listversion SET settled_by_id = %s WHERE id = %s", manager.pk, version.pk)
    version.refresh_from_db()
    assert (version.state, version.settled_by) == ("published", approver)


def test_an_attempt_to_publish_ones_own_list_is_on_record():
    manager = make_user(Role.MANAGER)
    with pytest.raises(Refused, match="a different person must publish"):
        publish_version(draft(manager), actor=manager)
    assert AuditEvent.objects.get(action="attempt.refused").after == {"act": "publish list", "code": "own_list"}


def proposed(author):
    return ThresholdSet.objects.create(
        **asdict(SHIPPED), reason="x", effect={"lost": [], "touches": {}}, proposed_by=author,
        proposed_person=author.person,
    )  # fmt: skip


def test_thresholds_are_not_adopted_by_who_proposed_them_by_sql_either(approver):
    manager = make_user(Role.MANAGER)
    row, now = proposed(manager), timezone.now()
    adopt = (
        "UPDATE entities_thresholdset SET state = 'adopted', settled_at = %s, settled_by_id = %s, "
        "settled_person_id = %s WHERE id = %s"
    )
    for account, person in ((manager.pk, manager.person_id), (manager.pk, approver.person_id)):
        with refused_by_the_database(ANY):
            run(adopt, now, account, person, row.pk)
    with refused_by_the_database():
        run("UPDATE entities_thresholdset SET proposed_by_id = %s", approver.pk)
    run(adopt, now, approver.pk, approver.person_id, row.pk)
    with refused_by_the_database():
        run("UPDATE entities_thresholdset SET match_share = 0.1")
    row.refresh_from_db()
    assert (row.state, row.match_share) == ("adopted", SHIPPED.match_share)


def test_an_attempt_to_adopt_ones_own_thresholds_is_on_record():
    manager = make_user(Role.MANAGER)
    with pytest.raises(Refused, match="a different person"):
        adopt_thresholds(proposed(manager), actor=manager)
    assert AuditEvent.objects.get(action="attempt.refused").after["code"] == "own_proposal"


def test_a_name_is_not_confirmed_by_who_proposed_it_by_sql_either(reviewer, approver):
    entity = make_listing().entity
    one = NameStatement.objects.create(
        entity=entity, text="Example Spinners", act="add", source="a register", author=reviewer,
        author_person=reviewer.person,
    )  # fmt: skip
    answer = {"entity": entity, "text": one.text, "act": "confirm", "proposal": one}
    for proposer in (reviewer.person, approver.person):
        with refused_by_the_database(ANY):
            insert(NameStatement(**answer, author=reviewer, author_person=reviewer.person, proposed_person=proposer))
    with pytest.raises(Refused, match="second person"):
        answer_proposal(one, actor=reviewer, is_confirmed=True)
    assert AuditEvent.objects.get(action="attempt.refused").after["act"] == "answer name"
    insert(NameStatement(**answer, author=approver, author_person=approver.person, proposed_person=reviewer.person))
    assert NameStatement.objects.filter(act="confirm").count() == 1


def test_every_rule_is_in_place():
    catalogue = (
        "SELECT tgname FROM pg_trigger" if connection.vendor == "postgresql" else "SELECT name FROM sqlite_master"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        standing = {row[0] for row in cursor.fetchall()}
    assert {one.name for one in (*four_eyes.RULES, *on_decisions.RULES, *on_letters.RULES)} <= standing
