"""The audit trail: a chain that shows any change, and the page that shows the chain."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from entities import append_only, audit
from entities.domain import chain
from entities.domain.actions import Action
from entities.domain.roles import Role
from entities.models import AuditEvent, AuditHead, RowDigest
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail():
    """Five events."""
    actor = make_user(Role.MANAGER, name="Ana Ruiz")
    with transaction.atomic():
        for number in range(1, 6):
            audit.record(
                Action.ORGANIZATION_ADDED,
                actor=actor,
                target=make_organization(name=f"Firm {number}"),
                after={"number": number, "名": "阿克苏", "list": [1, None, {"b": 1, "a": 2}]},
                reason="because",
                rows=[actor],
            )
    return actor


def test_a_chain_as_recorded_holds(trail):
    assert list(audit.verify()) == []
    assert AuditHead.objects.get().hash == AuditEvent.objects.get(sequence=5).hash


@pytest.mark.parametrize(
    "changes",
    [
        {"actor_name": "Someone Else"},
        {"reason": "another"},
        {"after": {"number": 7}},
        {"action": "case.opened"},
        {"target_key": "0"},
        {"case_number": "2026-001"},
        {"at": "2026-01-01T00:00:00Z"},
        {"hash": "f" * 64},
        {"previous_hash": "f" * 64},
    ],
)
def test_any_changed_field_breaks_the_chain(trail, changes):
    with append_only.lifted():
        AuditEvent.objects.filter(sequence=3).update(**changes)
    assert any("Event 3 " in sentence or "Event 4 " in sentence for sentence in audit.verify())


def test_a_missing_event_is_named(trail):
    with append_only.lifted():
        AuditEvent.objects.filter(sequence=2).delete()
    assert "Event 2 is missing." in list(audit.verify())


def test_a_cut_end_is_noticed(trail):
    with append_only.lifted():
        AuditEvent.objects.filter(sequence__gte=4).delete()
        RowDigest.objects.filter(sequence__gte=4).delete()
    assert list(audit.verify()) == ["The chain ends at event 3, its head says 5."]


def test_digests_left_over_from_a_cut_end_are_noticed(trail):
    with append_only.lifted():
        AuditEvent.objects.filter(sequence__gte=5).delete()
    assert "Digests of rows are stored for event 5, which is not in the chain." in list(audit.verify())


def test_an_event_rewritten_with_its_hash_breaks_the_next(trail):
    event = AuditEvent.objects.get(sequence=3)
    event.reason = "another"
    event.content_hash = audit.content_hash(event)
    event.hash = chain.event_hash(event.previous_hash, event.content_hash)
    with append_only.lifted():
        event.save()
    assert list(audit.verify()) == ["Event 4 does not follow the event before it."]


def test_an_event_outside_a_transaction_is_a_fault(transactional_db):
    with pytest.raises(RuntimeError, match="transaction of its act"):
        audit.record(Action.CASE_OPENED, actor=None, target=make_organization())


def test_an_act_that_fails_leaves_no_event(trail):
    @transaction.atomic
    def act():
        audit.record(Action.ORGANIZATION_ADDED, actor=trail, target=make_organization())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert AuditEvent.objects.count() == 5
    assert list(audit.verify()) == []


def run_verify_history():
    out = StringIO()
    code = 0
    try:
        call_command("verify_history", stdout=out)
    except SystemExit as ended:
        code = ended.code
    return code, out.getvalue()


def test_the_command_prints_the_head(trail):
    code, said = run_verify_history()
    assert code == 0
    assert said.startswith("OK: 5 events, ")
    assert said.endswith(f"; head 5:{AuditHead.objects.get().hash}\n")


def test_the_command_fails_on_a_broken_chain(trail):
    with append_only.lifted():
        AuditEvent.objects.filter(sequence=2).update(reason="changed")
    code, said = run_verify_history()
    assert code == 1
    assert "Event 2 is not as it was recorded." in said


def test_an_empty_trail_holds():
    code, said = run_verify_history()
    assert code == 0
    assert said.endswith(f"; head 0:{'0' * 64}\n")


# --- the page ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_who_may_read_the_trail(client, settings, role):
    settings.DEMO = True
    client.force_login(make_user(role))
    expected = 200 if role in {Role.MANAGER, Role.APPROVER, Role.AUDITOR} else 403
    assert client.get("/audit/").status_code == expected


def read(client, **query):
    answer = client.get("/audit/", query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def reader(client, settings):
    settings.DEMO = True
    client.force_login(make_user(Role.AUDITOR))


def test_the_page_shows_head_and_state_of_the_chain(client, reader, trail):
    page = read(client)
    assert AuditHead.objects.get().hash in page
    assert "Holds" in page
    with append_only.lifted():
        AuditEvent.objects.filter(sequence=3).update(reason="changed")
    page = read(client)
    assert "not as it was recorded" in page
    assert "Event 3 is not as it was recorded." in page


def test_a_long_chain_is_checked_when_asked(client, reader, trail, monkeypatch):
    monkeypatch.setattr("entities.views.audit.CHECKED_AT_ONCE", 4)
    assert "Not checked now" in read(client)
    assert "Holds" in read(client, check="1")


def test_newest_events_come_first(client, reader, trail):
    page = read(client)
    assert page.index("Firm 5") < page.index("Firm 1")


def test_events_are_filtered(client, reader, trail):
    target = AuditEvent.objects.get(sequence=2)
    assert "Firm 3" not in read(client, target=f"organization:{target.target_key}")
    assert "Firm 3" not in read(client, target="Firm 2")
    assert "Firm 2" in read(client, target="Firm 2")
    assert "Firm 2" in read(client, actor="ruiz", act="organization.added")
    for nothing in [{"actor": "Nobody"}, {"act": "case.opened"}, {"case": "2026-1"}, {"until": "2020-01-01"}]:
        assert "No event matches" in read(client, **nothing)


def test_a_malformed_filter_is_no_fault(client, reader, trail):
    assert "Firm 5" in read(client, since="yesterday", act="x", page="y")
