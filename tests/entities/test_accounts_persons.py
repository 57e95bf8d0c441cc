"""One person behind several accounts."""

import pytest

from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent, User
from entities.services import accounts
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_accounts_declared_one_person_are_one_person_everywhere():
    manager = make_user(Role.MANAGER)
    first, second = make_user(Role.REVIEWER), make_user(Role.APPROVER)
    third = make_user(Role.APPROVER, person=second.person)
    accounts.declare_same_person(first, second, actor=manager, reason="Same staff card")
    assert accounts.same_person(first, second)
    assert accounts.same_person(first, third)
    assert not accounts.same_person(first, manager)
    assert AuditEvent.objects.get(action="person.same_declared").reason == "Same staff card"


def test_only_a_manager_declares_persons_the_same():
    reviewer, approver = make_user(Role.REVIEWER), make_user(Role.APPROVER)
    with pytest.raises(Refused, match="role does not allow"):
        accounts.declare_same_person(reviewer, approver, actor=reviewer)
    assert not accounts.same_person(reviewer, approver)


def test_persons_with_two_personnel_numbers_are_two():
    manager, first, second = make_user(Role.MANAGER), make_user(Role.REVIEWER), make_user(Role.APPROVER)
    for number, account in enumerate([first, second]):
        account.person.personnel_number = f"P-{number}"
        account.person.save()
    with pytest.raises(Refused, match="different personnel numbers"):
        accounts.declare_same_person(first, second, actor=manager)


@pytest.mark.parametrize("numbered", [0, 1])
def test_the_one_personnel_number_is_kept(numbered):
    manager, pair = make_user(Role.MANAGER), [make_user(Role.REVIEWER), make_user(Role.APPROVER)]
    pair[numbered].person.personnel_number = "P-7"
    pair[numbered].person.save()
    person = accounts.declare_same_person(*pair, actor=manager)
    assert person.personnel_number == "P-7"


def test_a_new_name_is_the_persons_on_every_account():
    first = make_user(Role.REVIEWER)
    second = make_user(Role.APPROVER, person=first.person)
    accounts.rename(first, full_name="  Ana   Ruiz ", actor=first)
    assert User.objects.get(pk=second.pk).full_name == "Ana Ruiz"


def test_nobody_renames_a_colleague():
    first, second = make_user(Role.REVIEWER), make_user(Role.APPROVER)
    with pytest.raises(Refused):
        accounts.rename(first, full_name="Someone Else", actor=second)
