"""Queries put into SQL once answer what the same query would, each time anew."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entities.domain.roles import Role
from entities.models import ListVersion, Organization
from entities.prepared import Prepared
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_each_value_gets_its_own_rows_in_one_query():
    first = Organization.objects.create(name="Harbor", kind="importer", importer_number="12-345678900")
    Organization.objects.create(name="Quay", kind="broker")
    of_kind = Prepared(lambda kind: Organization.objects.filter(kind=kind, is_active=True).order_by("pk"))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert [one.name for one in of_kind("importer")] == ["Harbor"]
        assert [one.name for one in of_kind("broker")] == ["Quay"]
        assert of_kind("office") == []
    assert len(asked) == 3
    (found,) = of_kind("importer")
    assert found == first
    assert (found.importer_number, found.is_active, found.created_at) == ("12-345678900", True, first.created_at)


def test_what_changed_meanwhile_is_seen():
    one = Organization.objects.create(name="Harbor", kind="importer")
    named = Prepared(lambda name: Organization.objects.filter(name=name))
    assert [found.pk for found in named("Harbor")] == [one.pk]
    Organization.objects.filter(pk=one.pk).update(name="Harbour")
    assert named("Harbor") == []
    assert [found.pk for found in named("Harbour")] == [one.pk]


def test_a_value_is_never_read_as_sql():
    named = Prepared(lambda name: Organization.objects.filter(name=name))
    Organization.objects.create(name="O'Neill; %s --", kind="importer")
    assert [found.name for found in named("O'Neill; %s --")] == ["O'Neill; %s --"]
    assert named("' OR 1=1 --") == []


def test_joined_rows_come_along():
    user = make_user(Role.IMPORTER_MEMBER)
    with CaptureQueriesContext(connection) as asked:
        (membership,) = user.active_memberships
        assert membership.organization.kind == "importer"
        assert membership.user is user
    assert len(asked) == 1


def test_a_list_nobody_published_is_missing():
    ListVersion.objects.all().delete()
    with pytest.raises(ListVersion.DoesNotExist):
        ListVersion.objects.current("UFLPA")


def test_each_thread_makes_its_own():
    made = []

    def query(kind):
        made.append(threading.get_ident())
        return Organization.objects.filter(kind=kind)

    of_kind = Prepared(query)
    of_kind("importer"), of_kind("broker")
    assert made == [threading.get_ident()]
