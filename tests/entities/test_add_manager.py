"""The command that makes the first manager."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from entities.domain.roles import Role
from entities.models import AuditEvent, Organization, User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def add_manager(email="boss@office.example", name="Ines Vogt", office="Forced Labor Office"):
    out = StringIO()
    call_command("add_manager", email, name=name, office=office, stdout=out)
    return out.getvalue()


def test_an_empty_system_gets_office_manager_and_a_link(client):
    link = add_manager().split()[-1]
    account = User.objects.get()
    assert (account.full_name, account.roles) == ("Ines Vogt", {Role.MANAGER})
    assert account.memberships.get().organization.kind == Organization.Kind.OFFICE
    assert not account.has_usable_password()
    form = client.get(link).url
    client.post(form, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    client.post("/sign-in/", {"username": account.email, "password": PASSWORD})
    assert client.get("/people/").url == "/second-factor/set-up/?next=%2Fpeople%2F"


def test_the_system_itself_is_on_record_as_the_one_who_added():
    add_manager()
    assert set(AuditEvent.objects.values_list("actor_name", "action")) == {
        ("ClearOrigin", "organization.added"),
        ("ClearOrigin", "member.added"),
    }


def test_run_again_it_prints_another_link_and_adds_nobody():
    add_manager()
    assert "is manager of" in add_manager(email="BOSS@office.example", office="forced labor office")
    assert User.objects.count() == 1


def test_a_second_manager_joins_the_same_office():
    add_manager()
    add_manager(email="deputy@office.example", name="Deputy")
    assert Organization.objects.get().memberships.count() == 2


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({"email": "not an address"}, "valid email"),
        ({"office": "Another office"}, "This system is run by"),
        ({"email": "member@importer.example"}, "cannot be in the office and outside"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(named, words):
    add_manager()
    make_user(Role.IMPORTER_MEMBER, email="member@importer.example")
    with pytest.raises(CommandError, match=words):
        add_manager(**named)
