"""Letters from draft to issue: two persons, complete, once, numbered, and never changed again."""

import hashlib
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from entities import audit
from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.four_eyes import take
from entities.models import AuditEvent, Job
from evidence.services import concluding
from screening.domain.law.states import Kind
from screening.domain.letters.catalogue import KINDS
from screening.four_eyes import RULES
from screening.models import Case, LegalEvent, Letter, LetterDraft
from screening.services import detentions, letters
from screening.views.letters import exhibits_of
from tests.factories import make_user
from tests.screening.made_cases import make_case, make_exhibit, recommended
from tests.screening.made_letters import make_letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def authority(settings):
    settings.OFFICE_IS_AUTHORITY = True


@pytest.fixture
def analyst():
    return make_user(Role.ANALYST, name="Ada Analyst")


@pytest.fixture
def approver():
    return make_user(Role.APPROVER, name="Amir Approver")


@pytest.fixture
def case(analyst):
    case = make_case(Case.Stage.UNDER_REVIEW)
    make_exhibit(case, "one page", name="发票.pdf")
    today = timezone.localdate()
    detentions.record_detention(
        case,
        case.shipments.get(),
        actor=analyst,
        presented_on=today - timedelta(days=9),
        detained_on=today - timedelta(days=4),
        port="1601 Charleston",
        source="form 6051D",
    )
    return case


def facts_of(case):
    return letters.facts_of(case, detention=case.detentions.first(), exhibits=exhibits_of(case))


def begin(case, kind, actor):
    return letters.draft_letter(case, kind=kind, actor=actor, facts=facts_of(case), detention=case.detentions.first())


def approved(case, kind, writer, second, **contents):
    row = begin(case, kind, writer)
    if contents:
        row = letters.edit(row, actor=writer, contents=contents)
    return letters.approve(row, actor=second, facts=facts_of(case))


def issued(case, kind, writer, second, **contents):
    row = approved(case, kind, writer, second, **contents)
    return letters.issue(row, actor=writer, facts=facts_of(case))


def refused(code, act, *args, **kwargs):
    with pytest.raises(Refused) as fault:
        act(*args, **kwargs)
    assert fault.value.code == code
    return fault.value.message


# --- the office as the authority --------------------------------------------------------------------------------


def test_a_notice_goes_out_once_with_number_file_hash_and_head(authority, case, analyst, approver):
    row = approved(case, "notice_of_detention", analyst, approver)
    head = audit.head()
    letter = letters.issue(row, actor=analyst, facts=facts_of(case))
    assert letter.number == f"L-{timezone.localdate().year}-0001"
    with letter.file.open("rb") as file:
        assert hashlib.sha256(file.read()).hexdigest() == letter.file_sha256
    # the notice's own event in law was recorded before; the head is that event, this letter's act comes after it
    assert letter.head_sequence == head.sequence + 1
    assert AuditEvent.objects.get(sequence=letter.head_sequence).hash == letter.head_hash
    assert letters.is_intact(letter)
    message = refused("letter_closed", letters.issue, row, actor=analyst, facts=facts_of(case))
    assert "issued" in message
    assert Letter.objects.count() == 1


def test_issuing_a_notice_of_detention_is_the_event_in_law(authority, case, analyst, approver):
    letter = issued(case, "notice_of_detention", analyst, approver)
    event = LegalEvent.objects.get(kind="notice_issued")
    assert (event.on, event.details) == (timezone.localdate(), {"letter": letter.number})
    assert case.detentions.get().held_lines.get().state == "noticed"


def test_a_notice_already_on_record_in_law_is_not_recorded_twice(authority, case, analyst, approver):
    detentions.record_event(
        case.detentions.get(), Kind.NOTICE_ISSUED, timezone.localdate(), actor=analyst, source="form"
    )
    issued(case, "notice_of_detention", analyst, approver)
    assert LegalEvent.objects.filter(kind="notice_issued").count() == 1


def test_an_exclusion_rests_on_the_decision_and_is_the_event_in_law(authority, settings, case, analyst, approver):
    issued(case, "notice_of_detention", analyst, approver)
    decide(case, approver, settings)
    letter = issued(case, "notice_of_exclusion", analyst, approver, reasons="Nothing ties the lots.")
    event = LegalEvent.objects.get(kind="excluded")
    assert (event.decision, event.details) == (case.decisions.get(), {"letter": letter.number})
    assert letter.contents["protest_by"] == (timezone.localdate() + timedelta(days=180)).isoformat()


def test_an_exclusion_on_record_already_gives_the_letter_its_day(authority, settings, case, analyst, approver):
    issued(case, "notice_of_detention", analyst, approver)
    decide(case, approver, settings)
    detentions.record_event(
        case.detentions.get(),
        Kind.EXCLUDED,
        timezone.localdate(),
        actor=analyst,
        source="decision",
        decision=case.decisions.get(),
    )
    issued(case, "notice_of_exclusion", analyst, approver, reasons="Nothing ties the lots.")
    assert LegalEvent.objects.filter(kind="excluded").count() == 1
    late = facts_of(case) | {"on_record": {"excluded_on": timezone.localdate() - timedelta(days=1)}}
    row = begin(case, "notice_of_exclusion", analyst)
    assert any("use that day" in one.text for one in letters.hindrances(row, late))


def test_without_a_decision_no_exclusion(authority, case, analyst, approver):
    row = begin(case, "notice_of_exclusion", analyst)
    message = refused("letter_incomplete", letters.approve, row, actor=approver, facts=facts_of(case))
    assert "decision" in message


def test_an_act_the_law_does_not_know_in_this_state_is_refused_and_leaves_nothing(
    authority, settings, case, analyst, approver
):
    decide(case, approver, settings)  # decided, but no notice of detention was ever issued
    row = approved(case, "notice_of_exclusion", analyst, approver, reasons="Nothing ties the lots.")
    with pytest.raises(Refused), transaction.atomic():
        letters.issue(row, actor=analyst, facts=facts_of(case))
    assert not Letter.objects.exists()
    assert not LegalEvent.objects.filter(kind="excluded").exists()


def test_nobody_approves_what_they_wrote(authority, case, analyst, approver):
    writer = make_user(Role.APPROVER, person=analyst.person)
    row = begin(case, "notice_of_detention", analyst)
    refused("own_letter", letters.approve, row, actor=writer, facts=facts_of(case))
    refused("may_not_approve", letters.approve, row, actor=analyst, facts=facts_of(case))
    refused("not_approved", letters.issue, row, actor=analyst, facts=facts_of(case))
    assert not Letter.objects.exists()


def test_whoever_wrote_in_it_before_does_not_approve_it(authority, case, analyst):
    first = make_user(Role.REVIEWER)
    row = begin(case, "notice_of_detention", first)
    row = letters.edit(row, actor=analyst, contents={"closing": "Write to us."})
    second = make_user(Role.APPROVER, person=first.person)
    refused("own_letter", letters.approve, row, actor=second, facts=facts_of(case))
    assert row.state == LetterDraft.State.DRAFT


def test_a_change_takes_the_approval_back(authority, case, analyst, approver):
    row = approved(case, "notice_of_detention", analyst, approver)
    row = letters.edit(row, actor=analyst, contents={"closing": "Other words."})
    assert (row.state, row.approver) == (LetterDraft.State.DRAFT, None)
    refused("not_approved", letters.issue, row, actor=analyst, facts=facts_of(case))


def test_words_changed_behind_the_approval_are_not_issued(authority, case, analyst, approver):
    row = approved(case, "notice_of_detention", analyst, approver)
    take(connection, RULES)  # the database would not let it happen
    LetterDraft.objects.filter(pk=row.pk).update(contents=row.contents | {"closing": "Other words."})
    refused("not_as_approved", letters.issue, row, actor=analyst, facts=facts_of(case))
    assert not Letter.objects.exists()


def test_something_missing_at_the_end_blocks_issue(authority, case, analyst, approver):
    row = approved(case, "notice_of_detention", analyst, approver)
    late = facts_of(case) | {"detention": None}
    message = refused("letter_incomplete", letters.issue, row, actor=analyst, facts=late)
    assert "No detention" in message


def test_the_importer_is_told(authority, case, analyst, approver):
    issued(case, "notice_of_detention", analyst, approver)
    mails = [job.payload for job in Job.objects.filter(kind="mail") if job.payload["template"] == "letter_issued"]
    assert [mail["context"]["case"] for mail in mails] == [case.number]


def test_letters_are_numbered_without_a_gap(authority, case, analyst, approver):
    first = issued(case, "request_for_information", analyst, approver, questions=["Who is the ginner?"])
    second = issued(case, "acknowledgement", analyst, approver)
    assert [int(one.number[-4:]) for one in (first, second)] == [1, 2]


def test_a_confirmation_does_not_outlive_a_change(authority, case, analyst):
    row = begin(case, "exception_report", analyst)
    row = letters.edit(row, actor=analyst, contents={"no_secrets": True})
    assert row.contents["no_secrets"]["by"] == "Ada Analyst"
    row = letters.edit(row, actor=analyst, contents={"goods": ["Other yarn"], "no_secrets": False})
    assert row.contents["no_secrets"] is None


def test_an_authority_does_not_write_the_importers_papers(authority, case, analyst):
    refused("paper_of_importer", begin, case, "protest", analyst)
    assert not LetterDraft.objects.exists()


# --- an office that is not the authority ------------------------------------------------------------------------


def test_a_private_office_drafts_but_never_issues(case, analyst, approver):
    row = approved(case, "notice_of_detention", analyst, approver)
    message = refused("not_the_authority", letters.issue, row, actor=analyst, facts=facts_of(case))
    assert "record what CBP issued" in message
    assert not Letter.objects.exists()


def test_it_records_what_cbp_issued_as_it_came(case, analyst):
    content = b"%PDF-1.4 notice of CBP"
    letter = record(case, analyst, content)
    assert (letter.number[0], letter.origin, letter.received_number) == ("R", "recorded", "D-1234")
    assert letters.is_intact(letter)
    refused("recorded_before", record, case, analyst, content)
    refused("not_a_pdf", record, case, analyst, b"MZ")
    assert not LegalEvent.objects.filter(kind="notice_issued").exists()


def test_it_writes_the_importers_papers_with_two_persons_of_its_own(case, analyst, approver):
    row = paper(case, analyst)
    refused("not_approved", letters.issue, row, actor=analyst, facts=facts_of(case))
    letters.approve(row, actor=approver, facts=facts_of(case))
    letter = letters.issue(row, actor=analyst, facts=facts_of(case))
    assert (letter.origin, letter.number[0]) == ("paper", "P")


# --- papers of the importer -------------------------------------------------------------------------------------


def test_a_sole_member_finishes_its_paper(authority, case):
    member = make_exhibit(case, "page", name="other.pdf").added_by
    case.importer.memberships.exclude(user=member).delete()
    row = paper(case, member)
    letter = letters.issue(row, actor=member, facts=facts_of(case))
    assert (letter.origin, letter.approver) == ("paper", None)


def test_where_there_is_a_second_member_it_approves(authority, case):
    first, second = (make_user(Role.IMPORTER_MEMBER, case.importer) for _ in range(2))
    row = paper(case, first)
    refused("not_approved", letters.issue, row, actor=first, facts=facts_of(case))
    refused("own_letter", letters.approve, row, actor=first, facts=facts_of(case))
    letters.approve(row, actor=second, facts=facts_of(case))
    assert letters.issue(row, actor=first, facts=facts_of(case)).approver_person == second.person


def test_a_stranger_does_not_approve_a_paper(authority, case, approver):
    first = make_user(Role.IMPORTER_MEMBER, case.importer)
    row = paper(case, first)
    for stranger in (make_user(Role.IMPORTER_MEMBER), approver):
        refused("may_not_approve", letters.approve, row, actor=stranger, facts=facts_of(case))
    assert row.state == LetterDraft.State.DRAFT


def test_a_member_writes_no_act_of_cbp(case):
    member = make_user(Role.IMPORTER_MEMBER, case.importer)
    refused("may_not_draft", begin, case, "notice_of_detention", member)
    assert not LetterDraft.objects.exists()


# --- what is on record stays as it is ---------------------------------------------------------------------------


def test_an_issued_letter_is_never_changed(case, analyst, approver):
    letter = make_letter(case, analyst, approver)
    table = Letter._meta.db_table
    for statement in (
        f"UPDATE {table} SET number = 'L-2030-9999'",
        f"UPDATE {table} SET contents = '{{}}'",
        f"DELETE FROM {table}",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(DatabaseError), transaction.atomic():
        letter.save()
    assert Letter.objects.get().number == letter.number


def test_the_database_itself_wants_two_persons_for_a_letter_of_the_office(case, analyst):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_letter(case, analyst, analyst)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_letter(case, analyst)
    assert not Letter.objects.exists()


def test_a_file_changed_on_the_disk_is_noticed(authority, case, analyst, approver):
    letter = issued(case, "acknowledgement", analyst, approver)
    with open(letter.file.path, "ab") as file:
        file.write(b"more")
    assert not letters.is_intact(letter)


def test_what_an_officer_drafts_names_only_what_the_importer_may_know(case, analyst):
    """The path of the finding runs over a link that nobody of the importer declared."""
    row = begin(case, "notice_of_detention", analyst)
    assert "confidential source" in row.contents["reason"].lower()
    assert "阿克苏示例" not in row.contents["reason"]
    letters.edit(row, actor=analyst, contents={"reason": "It comes from 阿克苏示例."})
    row.refresh_from_db()
    assert any("another importer declared" in one.text for one in letters.hindrances(row, facts_of(case)))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drafted_and_previewed_from_a_bare_case(kind, analyst):
    case = make_case()
    actor = make_user(Role.IMPORTER_MEMBER, case.importer) if KINDS[kind].is_paper else analyst
    facts = letters.facts_of(case, detention=None, exhibits=[])
    row = letters.draft_letter(case, kind=kind, actor=actor, facts=facts, detention=None)
    assert letters.hindrances(row, facts)
    assert letters.preview(row, facts).startswith(b"%PDF-")


def paper(case, writer):
    """A request for an applicability review, complete."""
    row = begin(case, "applicability_request", writer)
    return letters.edit(row, actor=writer, contents={"chain": ["direct supplier: Example Garments JSC"]})


def decide(case, approver, settings):
    """A decision that nothing was done about in law yet."""
    settings.OFFICE_IS_AUTHORITY = False
    case.refresh_from_db()
    recommendation = recommended(case, make_user(Role.REVIEWER))
    concluding.decide(recommendation, actor=approver, verdict="approved", reasons="The record bears it out.")
    case.refresh_from_db()
    settings.OFFICE_IS_AUTHORITY = True


def record(case, actor, content):
    return letters.record_received(
        case,
        kind="notice_of_detention",
        received_number="D-1234",
        dated=timezone.localdate(),
        content=content,
        actor=actor,
    )
