"""Members: who may be added, re-roled, suspended and restored."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from entities.domain.errors import Refused
from entities.domain.roles import Act, Role
from entities.models import AuditEvent, Membership, Organization, User
from entities.services import accounts, tokens
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db


def membership_of(user):
    return user.memberships.get()


def refused(code, service, *args, **named):
    with pytest.raises(Refused) as caught:
        service(*args, **named)
    assert caught.value.code == code
    return caught.value.message


def test_a_manager_changes_a_role_and_the_trail_says_so():
    manager, analyst = make_user(Role.MANAGER), make_user(Role.ANALYST)
    accounts.change_role(membership_of(analyst), role=Role.REVIEWER, actor=manager, reason="Promoted")
    assert User.objects.get(pk=analyst.pk).roles == {Role.REVIEWER}
    event = AuditEvent.objects.get(action="member.role_changed")
    assert (event.before["role"], event.after["role"], event.reason) == ("analyst", "reviewer", "Promoted")
    assert event.actor_name == manager.full_name


def test_nobody_changes_their_own_role():
    manager, _ = make_user(Role.MANAGER), make_user(Role.MANAGER)
    refused("own_account", accounts.change_role, membership_of(manager), role=Role.APPROVER, actor=manager)
    assert membership_of(manager).role == Role.MANAGER


def test_nobody_changes_the_role_of_their_own_second_account():
    manager = make_user(Role.MANAGER)
    second = make_user(Role.REVIEWER, person=manager.person)
    refused("own_account", accounts.change_role, membership_of(second), role=Role.APPROVER, actor=manager)
    assert membership_of(second).role == Role.REVIEWER


def test_nobody_suspends_themselves():
    manager, _ = make_user(Role.MANAGER), make_user(Role.MANAGER)
    refused("own_account", accounts.suspend, membership_of(manager), actor=manager)
    assert membership_of(manager).suspended_at is None


@pytest.mark.parametrize(
    "act",
    [
        lambda membership: accounts.suspend(membership, actor=None),
        lambda membership: accounts.change_role(membership, role=Role.ANALYST, actor=None),
    ],
)
def test_the_last_manager_stays_manager(act):
    manager = make_user(Role.MANAGER)
    other = make_user(Role.MANAGER)
    accounts.suspend(membership_of(other), actor=manager)
    message = refused("last_manager", act, membership_of(manager))
    assert "Make another member manager first" in message
    assert User.objects.get(pk=manager.pk).roles == {Role.MANAGER}


def test_one_of_two_managers_can_be_suspended():
    manager, other = make_user(Role.MANAGER), make_user(Role.MANAGER)
    accounts.suspend(membership_of(other), actor=manager)
    assert not User.objects.get(pk=other.pk).roles


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.MANAGER}))
def test_only_managers_change_people(role):
    actor, target = make_user(role), make_user(Role.ANALYST)
    for service, named in [
        (accounts.suspend, {}),
        (accounts.restore, {}),
        (accounts.change_role, {"role": Role.APPROVER}),
    ]:
        refused("not_allowed", service, membership_of(target), actor=actor, **named)
    assert not AuditEvent.objects.exists()


def test_a_manager_suspended_meanwhile_changes_nothing():
    manager, other, analyst = make_user(Role.MANAGER), make_user(Role.MANAGER), make_user(Role.ANALYST)
    assert manager.has_perm(Act.MANAGE_PEOPLE)  # as the open page believes
    accounts.suspend(membership_of(manager), actor=other)
    refused("not_allowed", accounts.change_role, membership_of(analyst), role=Role.APPROVER, actor=manager)


def test_suspending_the_only_membership_closes_the_account_and_its_tokens():
    manager, analyst = make_user(Role.MANAGER), make_user(Role.ANALYST)
    token, _ = tokens.create_token(analyst, name="nightly", days=30, actor=analyst)
    accounts.suspend(membership_of(analyst), actor=manager, reason="Left")
    analyst.refresh_from_db()
    token.refresh_from_db()
    assert not analyst.is_active
    assert token.revoked_at


def test_a_suspended_member_of_two_importers_keeps_the_other():
    manager, member = make_user(Role.MANAGER), make_user(Role.IMPORTER_MEMBER)
    other = make_organization(Organization.Kind.IMPORTER)
    accounts.add_member(other, email=member.email, full_name="", role=Role.IMPORTER_MEMBER, actor=manager)
    accounts.suspend(member.memberships.exclude(organization=other).get(), actor=manager)
    member = User.objects.get(pk=member.pk)
    assert member.is_active
    assert list(member.organizations()) == [other]


def test_restoring_gives_the_role_back():
    manager, analyst = make_user(Role.MANAGER), make_user(Role.ANALYST)
    accounts.suspend(membership_of(analyst), actor=manager)
    accounts.restore(membership_of(analyst), actor=manager)
    assert User.objects.get(pk=analyst.pk).roles == {Role.ANALYST}


def test_a_suspended_member_gets_no_new_role():
    manager, analyst = make_user(Role.MANAGER), make_user(Role.ANALYST)
    accounts.suspend(membership_of(analyst), actor=manager)
    refused("member_suspended", accounts.change_role, membership_of(analyst), role=Role.REVIEWER, actor=manager)
    assert membership_of(analyst).role == Role.ANALYST


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (Organization.Kind.OFFICE, Role.IMPORTER_MEMBER),
        (Organization.Kind.IMPORTER, Role.ANALYST),
        (Organization.Kind.IMPORTER, Role.BROKER_MEMBER),
        (Organization.Kind.BROKER, Role.MANAGER),
    ],
)
def test_a_role_belongs_to_its_kind_of_organisation(kind, role):
    organization = make_organization(kind)
    refused(
        "role_of_other_kind",
        accounts.add_member,
        organization,
        email="new@example.test",
        full_name="New",
        role=role,
        actor=None,
    )
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("first", "second"), [(Role.ANALYST, Role.IMPORTER_MEMBER), (Role.IMPORTER_MEMBER, Role.ANALYST)]
)
def test_one_account_is_never_in_the_office_and_outside(first, second):
    account = make_user(first)
    organization = make_user(second).memberships.get().organization
    refused(
        "office_and_outside",
        accounts.add_member,
        organization,
        email=account.email,
        full_name="",
        role=second,
        actor=None,
    )
    assert account.memberships.count() == 1


def test_suspension_does_not_open_the_way_from_the_office_to_the_outside():
    manager, analyst = make_user(Role.MANAGER), make_user(Role.ANALYST)
    accounts.suspend(membership_of(analyst), actor=manager)
    refused(
        "office_and_outside",
        accounts.add_member,
        make_organization(),
        email=analyst.email,
        full_name="",
        role=Role.IMPORTER_MEMBER,
        actor=manager,
    )
    assert [one.organization.kind for one in analyst.memberships.all()] == [Organization.Kind.OFFICE]


def test_adding_a_member_twice_is_refused():
    analyst = make_user(Role.ANALYST)
    organization = membership_of(analyst).organization
    refused(
        "already_member",
        accounts.add_member,
        organization,
        email=analyst.email.upper(),
        full_name="",
        role=Role.REVIEWER,
        actor=None,
    )
    assert Membership.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_managers_who_suspend_each_other_at_once_leave_one():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    one, other = make_user(Role.MANAGER), make_user(Role.MANAGER)
    start, outcomes = Barrier(2), []

    def suspend(membership, actor):
        start.wait()
        try:
            accounts.suspend(membership, actor=actor)
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [
        Thread(target=suspend, args=(membership_of(target), actor)) for target, actor in [(one, other), (other, one)]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "not_allowed"]
    assert Membership.objects.filter(role=Role.MANAGER, suspended_at=None).count() == 1
