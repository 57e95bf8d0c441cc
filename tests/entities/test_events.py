"""Events: whom they are told, in which order they become visible, and that they stay as they were told."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from entities.domain.events import EVENTS, EventKind
from entities.domain.roles import Role
from entities.models import BrokerAuthorization, Event, Organization
from entities.services.events import News, tell
from tests.api_client import V1, client_of, errors_of
from tests.factories import make_organization, make_user


def news_of(organization, number):
    return News(EventKind.WEBHOOK_TESTED, number, organization and organization.pk, {"webhook": number})


@transaction.atomic
def told(organization, *numbers):
    return tell(news_of(organization, number) for number in numbers or (1,))


@pytest.mark.django_db
def test_an_event_is_told_by_a_name_a_kind_an_address_and_what_it_says():
    importer = make_organization()
    event = told(importer, 7)[0]
    event.at = event.at.replace(year=2026, month=5, day=4, hour=12, minute=0, second=0, microsecond=0)
    assert event.told() == {
        "id": f"evt_{event.pk}",
        "kind": "webhook.tested",
        "at": "2026-05-04T12:00:00Z",
        "organization": importer.pk,
        "subject": "/api/v1/webhooks/7/",
        "data": {"webhook": 7},
    }


@pytest.mark.django_db
def test_an_event_says_what_its_kind_says_and_nothing_else():
    with transaction.atomic(), pytest.raises(ValueError, match="webhook.tested says"):
        tell([News(EventKind.WEBHOOK_TESTED, 1, None, {"webhook": 1, "party": "Example Mill"})])
    assert not Event.objects.exists()


def test_every_kind_is_described_with_examples_of_the_type_it_says():
    types = {"integer": int, "string": str, "array": list}
    assert set(EVENTS) == set(EventKind)
    for kind, about in EVENTS.items():
        assert about.text.endswith("."), kind
        assert [name for name, said in about.data.items() if not isinstance(said.example, types[said.type])] == []


@pytest.mark.django_db
def test_the_feed_gives_each_its_own_and_the_broker_those_it_acts_for():
    importer, rival, broker = make_organization(), make_organization(), make_organization(Organization.Kind.BROKER)
    member, agent = make_user(Role.IMPORTER_MEMBER, importer), make_user(Role.BROKER_MEMBER, broker)
    BrokerAuthorization.objects.create(broker=broker, importer=importer, valid_from=timezone.localdate())
    mine, theirs, everybodys = told(importer)[0], told(rival)[0], told(None)[0]

    def seen_by(user):
        return [one["id"] for one in client_of(user).get(f"{V1}/events/").json()["results"]]

    assert seen_by(member) == [mine.name, everybodys.name]
    assert seen_by(agent) == [mine.name, everybodys.name]
    assert seen_by(make_user(Role.ANALYST)) == [mine.name, theirs.name, everybodys.name]
    BrokerAuthorization.objects.update(valid_to=timezone.localdate() - timedelta(days=1), valid_from="2020-01-01")
    assert seen_by(agent) == [everybodys.name]


@pytest.mark.django_db
def test_the_feed_is_read_on_from_where_one_stopped_and_an_empty_page_keeps_the_place():
    importer = make_organization()
    client = client_of(make_user(Role.IMPORTER_MEMBER, importer))
    names = [one.name for one in told(importer, *range(1, 6))]
    first = client.get(f"{V1}/events/", {"page_size": 3}).json()
    assert ([one["id"] for one in first["results"]], first["has_more"]) == (names[:3], True)
    second = client.get(first["next"]).json()
    assert ([one["id"] for one in second["results"]], second["has_more"]) == (names[3:], False)
    empty = client.get(second["next"]).json()
    assert (empty["results"], empty["next"], empty["has_more"]) == ([], second["next"], False)
    later = told(importer)[0]
    assert [one["id"] for one in client.get(empty["next"]).json()["results"]] == [later.name]
    assert client.get(f"{V1}/events/", {"after": "latest"}).json()["next"].endswith(f"after={later.name}")


@pytest.mark.django_db
def test_the_feed_takes_kinds_and_refuses_what_it_does_not_know():
    importer = make_organization()
    client = client_of(make_user(Role.IMPORTER_MEMBER, importer))
    told(importer)
    listed = {"list_version": 6, "register": "uflpa", "label": "List"}
    with transaction.atomic():
        tell([News(EventKind.LIST_PUBLISHED, 6, None, listed)])
    answer = client.get(f"{V1}/events/", {"kind": ["list.published", "case.opened"]}).json()
    assert [one["kind"] for one in answer["results"]] == ["list.published"]
    assert "kind=list.published&kind=case.opened" in answer["next"]
    assert errors_of(client.get(f"{V1}/events/", {"kind": "shipment.lost"})) == {"kind": "invalid_choice"}
    assert errors_of(client.get(f"{V1}/events/", {"after": "17"})) == {"after": "invalid"}


@pytest.mark.django_db
def test_one_event_is_read_by_its_name_and_by_those_it_was_told():
    importer = make_organization()
    event = told(importer)[0]
    address = f"{V1}/events/{event.name}/"
    assert client_of(make_user(Role.IMPORTER_MEMBER, importer)).get(address).json() == event.told()
    assert client_of(make_user(Role.IMPORTER_MEMBER)).get(address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_no_event_becomes_visible_below_one_that_was_read():
    """Two transactions at the same moment: the second gets its number when the first is committed, not before."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    importer = make_organization()
    wrote, may_end, started = threading.Event(), threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            tell([news_of(importer, 1)])
            wrote.set()
            may_end.wait(10)
        connection.close()

    def quick():
        started.set()
        with transaction.atomic():
            tell([news_of(importer, 2)])
        connection.close()

    first = threading.Thread(target=slow)
    first.start()
    assert wrote.wait(10)
    second = threading.Thread(target=quick)
    second.start()
    assert started.wait(10)
    second.join(0.5)
    assert second.is_alive(), "the second did not wait: it could be read before the first"
    assert not Event.objects.exists()
    may_end.set()
    first.join(10)
    second.join(10)
    assert [one.data["webhook"] for one in Event.objects.order_by("pk")] == [1, 2]
