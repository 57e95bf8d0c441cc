"""Nobody approves a letter that they wrote in: by service, by page, by raw SQL, or by naming another drafter after."""

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent, Membership, Organization, User
from screening.models import Case, Letter, LetterDraft
from screening.services import letters
from tests.factories import make_organization, make_user
from tests.screening.by_sql import insert, refused_by_the_database, run
from tests.screening.made_cases import make_case
from tests.screening.made_letters import make_draft, make_letter

pytestmark = pytest.mark.django_db
ANY = "."  # the rule or the constraint beside it, whichever the database comes to first
APPROVE = (
    "UPDATE screening_letterdraft SET state = 'approved', approver_id = %s, approver_person_id = %s, "
    "approved_at = %s WHERE id = %s"
)


@pytest.fixture
def writer():
    return make_user(Role.ANALYST)


@pytest.fixture
def approver():
    return make_user(Role.APPROVER)


@pytest.fixture
def draft(writer):
    return make_draft(make_case(Case.Stage.UNDER_REVIEW), writer, contents={"reason": "Listed."})


def approve(draft, account, person=None):
    run(APPROVE, account.pk, (person or account.person).pk, timezone.now(), draft.pk)


def wrote(draft, user):
    draft.writings.create(author=user, author_person=user.person)


def letter_of(draft, origin="issued", **changes):
    values = {
        "number": f"L-2031-{Letter.objects.count() + 1:04}",
        "kind": draft.kind,
        "origin": origin,
        "case_id": draft.case_id,
        "draft_id": draft.pk,
        "dated": timezone.localdate(),
        "file_sha256": "0" * 64,
        "author_id": draft.author_id,
        "author_person_id": draft.author_person_id,
        "approver_id": draft.approver_id,
        "approver_person_id": draft.approver_person_id,
        "issued_by_id": draft.author_id,
        **changes,
    }
    return Letter(**values, file="letters/x.pdf")


# --- by raw SQL: the approval -----------------------------------------------------------------------------------


def test_a_second_person_approves_and_issues_by_sql_too(draft, approver):
    approve(draft, approver)
    draft.refresh_from_db()
    insert(letter_of(draft))
    assert Letter.objects.get().approver == approver


def test_the_drafter_does_not_approve(draft, writer):
    with refused_by_the_database(ANY):
        approve(draft, writer)
    assert LetterDraft.objects.get().state == "draft"


def test_nor_by_naming_another_person_as_the_one_who_approves(draft, writer, approver):
    with refused_by_the_database():
        approve(draft, writer, approver.person)
    assert LetterDraft.objects.get().state == "draft"


def test_nor_by_a_second_account(draft, writer):
    second = make_user(Role.APPROVER, person=writer.person)
    with refused_by_the_database(ANY):
        approve(draft, second)
    assert LetterDraft.objects.get().state == "draft"


def test_nor_after_the_account_was_given_to_the_same_person(draft, writer, approver):
    then = approver.person
    User.objects.filter(pk=approver.pk).update(person=writer.person)
    for person in (then, writer.person):
        with refused_by_the_database(ANY):
            approve(draft, approver, person)
    assert LetterDraft.objects.get().state == "draft"


def test_nor_whoever_wrote_in_it_before(draft, approver):
    wrote(draft, approver)
    with refused_by_the_database():
        approve(draft, approver)
    assert LetterDraft.objects.get().state == "draft"


def test_nobody_is_no_approver(draft):
    with refused_by_the_database():
        run("UPDATE screening_letterdraft SET state = 'approved' WHERE id = %s", draft.pk)
    assert LetterDraft.objects.get().state == "draft"


def test_nor_is_it_begun_as_approved_by_its_own_drafter(draft, writer, approver):
    own = {"state": "approved", "approver_id": writer.pk, "approver_person_id": writer.person_id}
    for changes in (own, own | {"approver_person_id": approver.person_id}, {"state": "issued"}):
        values = {"case_id": draft.case_id, "organization_id": draft.organization_id, "kind": draft.kind}
        values |= {"author_id": writer.pk, "author_person_id": writer.person_id}
        with refused_by_the_database(ANY):
            insert(LetterDraft(**values | changes))
    assert LetterDraft.objects.count() == 1


# --- by raw SQL: who wrote, afterwards --------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["draft", "approved", "issued"])
def test_another_drafter_is_not_named_afterwards(state, draft, writer, approver):
    if state != "draft":
        approve(draft, approver)
    if state == "issued":
        run("UPDATE screening_letterdraft SET state = 'issued' WHERE id = %s", draft.pk)
    other = make_user(Role.ANALYST)
    with refused_by_the_database():
        run("UPDATE screening_letterdraft SET author_id = %s, author_person_id = %s", other.pk, other.person_id)
    with refused_by_the_database(ANY):
        run("UPDATE screening_letterdraft SET author_person_id = %s", other.person_id)
    assert LetterDraft.objects.get().author == writer


def test_even_a_second_writer_does_not_hide_the_first(draft, writer):
    other = make_user(Role.ANALYST)
    wrote(draft, other)
    run("UPDATE screening_letterdraft SET author_id = %s, author_person_id = %s", other.pk, other.person_id)
    with refused_by_the_database():
        approve(draft, writer)
    assert LetterDraft.objects.get().state == "draft"


def test_who_wrote_is_never_taken_off_the_record(draft, approver):
    for statement in (
        "UPDATE screening_letterwriting SET author_id = %s, author_person_id = %s",
        "DELETE FROM screening_letterwriting WHERE author_id <> %s OR author_id <> %s",
    ):
        with pytest.raises(Exception, match="appended, never changed"), transaction.atomic():
            run(statement, approver.pk, approver.person_id)
    assert draft.writings.count() == 1


def test_a_writer_bears_the_person_of_its_account(draft, approver):
    with refused_by_the_database():
        draft.writings.create(author=approver, author_person=draft.author_person)
    assert draft.writings.count() == 1


def test_neither_words_nor_approver_change_once_approved(draft, approver):
    approve(draft, approver)
    other = make_user(Role.APPROVER)
    for state in ("approved", "issued"):
        with refused_by_the_database():
            run("UPDATE screening_letterdraft SET state = %s, contents = %s", state, '{"reason": "Other."}')
        with refused_by_the_database():
            run(
                "UPDATE screening_letterdraft SET state = %s, approver_id = %s, approver_person_id = %s",
                *(state, other.pk, other.person_id),
            )
    run("UPDATE screening_letterdraft SET state = 'issued'")
    for change in ("state = 'draft'", "contents = '{}'", "approved_sha256 = 'x'", "approver_id = NULL"):
        with refused_by_the_database(ANY):
            run(f"UPDATE screening_letterdraft SET {change}")
    assert LetterDraft.objects.get().approver == approver


# --- by raw SQL: the letter -------------------------------------------------------------------------------------


def test_a_letter_of_the_office_needs_the_draft_that_was_approved(draft, writer, approver):
    named = {"approver_id": approver.pk, "approver_person_id": approver.person_id}
    with refused_by_the_database(ANY):
        insert(letter_of(draft))
    with refused_by_the_database():
        insert(letter_of(draft, **named))  # not approved
    approve(draft, approver)
    draft.refresh_from_db()
    other = make_user(Role.ANALYST)
    for changes in (
        {"draft_id": None},
        {"case_id": make_case().pk},
        {"kind": "release_notice"},
        {"author_id": other.pk, "author_person_id": other.person_id},
        {"approver_id": other.pk, "approver_person_id": other.person_id},
        {"approver_id": writer.pk},
    ):
        with refused_by_the_database(ANY):
            insert(letter_of(draft, **changes))
    assert not Letter.objects.exists()


def test_a_paper_is_finished_by_one_person_only_where_there_is_no_second():
    case = make_case()
    first = make_user(Role.IMPORTER_MEMBER, case.importer)
    draft = make_draft(case, first, kind="protest", organization=case.importer)
    second = make_user(Role.IMPORTER_MEMBER, case.importer)
    with refused_by_the_database():
        insert(letter_of(draft, "paper"))
    Membership.objects.filter(user=second).update(suspended_at=timezone.now())
    insert(letter_of(draft, "paper"))
    assert Letter.objects.get().approver is None


# --- by service and page, on record -----------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["changed role", "second account", "administrator"])
def test_an_attempt_to_approve_ones_own_letter_is_on_record(way, draft, writer):
    who = writer
    if way == "changed role":
        Membership.objects.filter(user=writer).update(role=Role.APPROVER)
    elif way == "second account":
        who = make_user(Role.APPROVER, person=writer.person)
    else:
        office = make_organization(Organization.Kind.OFFICE)
        Membership.objects.create(user=writer, organization=office, role=Role.MANAGER)
    with pytest.raises(Refused):
        letters.approve(draft, actor=User.objects.get(pk=who.pk), facts={})
    event = AuditEvent.objects.get(action="attempt.refused")
    assert (event.actor_id, event.after["act"], event.case_number) == (who.pk, "approve letter", draft.case.number)
    assert event.after["code"] == ("may_not_approve" if way == "administrator" else "own_letter")
    assert LetterDraft.objects.get().state == "draft"


def test_by_the_page_too(draft, writer, client, settings):
    settings.DEMO = True
    second = make_user(Role.APPROVER, person=writer.person)
    client.force_login(second)
    page = client.post(reverse("letter-draft-approve", args=[draft.pk]), follow=True).content.decode()
    assert "a different person must approve it" in page
    assert AuditEvent.objects.get(action="attempt.refused").actor_id == second.pk


def test_a_recorded_letter_has_no_approver_of_the_office(writer, approver):
    case = make_case()
    letter = make_letter(case, writer, origin="recorded", number="R-2031-0001")
    letter.number, letter.file = "R-2031-0002", ContentFile(b"x", name="x.pdf")
    letter.approver, letter.approver_person = writer, approver.person
    with refused_by_the_database(ANY):
        insert(letter)
    assert Letter.objects.count() == 1
