"""Messages inside a case: who writes, who reads, and what never leaves the office."""

import pytest
from django.db import transaction

from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent, BrokerAuthorization, Job, Organization
from screening.models import Message
from screening.services import cases, messages
from tests.factories import make_organization, make_user
from tests.screening.made_cases import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return make_case()


@pytest.fixture
def officer():
    return make_user(Role.REVIEWER)


@pytest.fixture
def member(case):
    return make_user(Role.IMPORTER_MEMBER, case.importer)


def told():
    return [job.payload["to"] for job in Job.objects.filter(kind="mail", payload__template="message_received")]


def test_the_office_writes_to_the_importer(case, officer, member):
    message = messages.write_message(case, actor=officer, text=" Which gin? ")
    assert (message.side, message.text, message.is_note) == ("office", "Which gin?", False)
    assert told() == [member.email]
    assert "Which gin" not in str(Job.objects.get(kind="mail").payload)


def test_the_importer_writes_to_the_officer_in_charge(case, officer, member):
    cases.assign(case, actor=officer, to=officer)
    message = messages.write_message(case, actor=member, text="The one in Lubbock.")
    assert (message.side, message.organization, told()) == ("importer", case.importer, [officer.email])


def test_where_nobody_is_in_charge_the_managers_are_told(case, member):
    manager = make_user(Role.MANAGER)
    messages.write_message(case, actor=member, text="Is anybody there?")
    assert told() == [manager.email]


def test_a_broker_writes_on_its_own_side(case):
    broker = make_organization(Organization.Kind.BROKER)
    BrokerAuthorization.objects.create(broker=broker, importer=case.importer, valid_from="2020-01-01")
    message = messages.write_message(case, actor=make_user(Role.BROKER_MEMBER, broker), text="Filed.")
    assert (message.side, message.organization) == ("broker", broker)


def test_notes_stay_in_the_office(case, officer, member):
    messages.write_note(case, actor=officer, text="Compare with case 12.")
    messages.write_message(case, actor=officer, text="Hello.")
    assert [one.text for one in Message.objects.visible_to(member)] == ["Hello."]
    assert Message.objects.visible_to(officer).count() == 2
    assert told() == [member.email]
    assert Message.objects.unread_by(member).count() == 1


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.IMPORTER_MEMBER])
def test_who_may_not_write_a_note(case, role):
    organization = case.importer if role == Role.IMPORTER_MEMBER else None
    with pytest.raises(Refused, match="no notes"):
        messages.write_note(case, actor=make_user(role, organization), text="x")
    assert not Message.objects.exists()


def test_a_rival_neither_reads_nor_writes(case, officer):
    rival = make_user(Role.IMPORTER_MEMBER)
    messages.write_message(case, actor=officer, text="Hello.")
    with pytest.raises(Refused, match="do not act in case"):
        messages.write_message(case, actor=rival, text="Hello too.")
    assert not Message.objects.visible_to(rival).exists()


def test_a_message_is_unread_until_this_person_opens_it(case, officer, member):
    other = make_user(Role.IMPORTER_MEMBER, case.importer)
    messages.write_message(case, actor=officer, text="Hello.")
    messages.write_message(case, actor=member, text="Hello back.")
    assert messages.mark_read(case, actor=member) == 1
    assert messages.mark_read(case, actor=member) == 0
    assert Message.objects.unread_by(member).count() == 0
    assert Message.objects.unread_by(other).count() == 1
    assert [one.text for one in Message.objects.unread_by(officer)] == ["Hello back."]


def test_the_history_says_that_it_was_written_but_not_what(case, officer):
    messages.write_note(case, actor=officer, text="Compare with case 12.")
    event = AuditEvent.objects.get(action=Action.NOTE_WRITTEN)
    assert (event.case_number, event.after) == (case.number, {"characters": 21})


@pytest.mark.parametrize("text", ["", "   ", "x" * 8001])
def test_an_empty_or_endless_message_is_refused(case, officer, text):
    with pytest.raises(Refused, match=r"Write something|Shorten it"):
        messages.write_message(case, actor=officer, text=text)
    assert not Message.objects.exists()


def test_the_database_refuses_to_change_a_message(case, officer):
    messages.write_message(case, actor=officer, text="Hello.")
    with pytest.raises(Exception, match="appended, never changed"), transaction.atomic():
        Message.objects.update(text="Goodbye.")
    assert Message.objects.get().text == "Hello."
