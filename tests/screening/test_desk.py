"""The desk: what is next, narrowed down and sorted, in a bounded number of queries."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from entities.domain.roles import Role
from screening.models import Case, Task
from screening.services import cases, detentions
from screening.views.desk import with_due_dates
from tests.factories import make_organization, make_user
from tests.screening.made_cases import ask, make_case, make_screening, make_shipment

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def analyst(client):
    user = make_user(Role.ANALYST)
    client.force_login(user)
    return user


def numbers(client, **query):
    page = client.get(reverse("desk"), query)
    assert page.status_code == 200
    return [row.case.number for row in page.context["rows"]]


def detain(case, days_ago, officer):
    detentions.record_detention(
        case,
        case.shipments.first(),
        actor=officer,
        presented_on=TODAY - timedelta(days=days_ago),
        source="6051D",
    )
    return case


def test_the_nearer_of_task_and_statutory_day_counts(analyst):
    case = detain(make_case(), 20, analyst)
    assert with_due_dates(Case.objects.all()).get(pk=case.pk).due == TODAY + timedelta(days=10)
    ask(case, analyst, days=4)
    assert with_due_dates(Case.objects.all()).get(pk=case.pk).due == TODAY + timedelta(days=4)


def test_a_decided_case_is_up_against_no_day(analyst):
    case = detain(make_case(Case.Stage.CLOSED), 20, analyst)
    assert with_due_dates(Case.objects.all()).get(pk=case.pk).due is None


def test_the_nearest_day_comes_first_and_no_day_last(client, analyst):
    none = make_case()
    lost, soon, later = (detain(make_case(), days, analyst) for days in (40, 25, 10))  # day 40: only a protest is left
    assert numbers(client) == [soon.number, later.number, lost.number, none.number]
    assert numbers(client, sort="-due") == [lost.number, later.number, soon.number, none.number]


def test_statutory_and_task_days_are_told_apart(client, analyst):
    detain(make_case(), 29, analyst)
    ask(make_case(), analyst, days=4)
    Task.objects.update(due_on=TODAY - timedelta(days=1))
    words = client.get(reverse("desk")).content.decode()
    assert "1 d late" in words
    assert "co-deadline--task co-deadline--late" in words
    assert "co-deadline--statutory" in words


def test_decided_cases_are_not_in_the_queue_unless_asked_for(client, analyst):
    done, new = make_case(Case.Stage.CLOSED), make_case()
    assert numbers(client) == [new.number]
    assert numbers(client, stage="closed") == [done.number]
    assert numbers(client, stage="any", sort="number") == [done.number, new.number]


def test_cases_are_filtered_by_hand_importer_and_ground(client, analyst):
    mine, other = make_case(), make_case()
    cases.assign(mine, actor=analyst, to=analyst)
    shipment = make_shipment(outcome="review")
    make_screening(shipment, outcome="review", severity="high")
    looked = cases.open_case(shipment, actor=analyst, reason="odd")
    assert numbers(client, assigned="me") == [mine.number]
    assert set(numbers(client, assigned="nobody")) == {other.number, looked.number}
    assert numbers(client, importer=other.importer_id) == [other.number]
    assert set(numbers(client, ground="LISTED_ENTITY")) == {mine.number, other.number}
    assert numbers(client, ground="none") == [looked.number]


@pytest.mark.parametrize(("due", "left"), [("now", [0]), ("week", [1, 7])])
def test_cases_are_filtered_by_what_is_due(due, left, client, analyst):
    for days in (-3, 0, 1, 7, 8):
        detain(make_case(), 30 - days, analyst)
    page = client.get(reverse("desk"), {"due": due})
    found = {(row.case.due - TODAY).days for row in page.context["rows"]}
    assert found == set(left)


@pytest.mark.parametrize("text", ["2030-", "551-", "Harbor", "阿克苏示例", "T-shirts"])
def test_cases_are_found_by_what_people_call_them(text, client, analyst):
    case = make_case(importer=make_organization(name="Harbor Knit LLC"))
    assert numbers(client, q=text) == [case.number]
    assert numbers(client, q="nowhere") == []


def test_counts_over_the_queue(client, analyst):
    detain(make_case(), 30, analyst)
    detain(make_case(Case.Stage.UNDER_REVIEW), 27, analyst)
    make_case(Case.Stage.CLOSED)
    counts = {item["label"]: item["count"] for item in client.get(reverse("desk")).context["counts"]}
    assert counts == {
        "Due now": 1,
        "Within 7 days": 1,
        "New": 1,
        "Waiting for the importer": 0,
        "Under review": 1,
        "Waiting for approval": 0,
        "Decided": 1,
    }


def test_the_number_of_queries_does_not_grow_with_the_queue(client, analyst, django_assert_max_num_queries):
    for _ in range(12):
        detain(make_case(), 10, analyst)
    with django_assert_max_num_queries(20):
        client.get(reverse("desk"))


def test_the_queue_is_cut_into_pages_that_keep_the_filters(client, analyst):
    for _ in range(51):
        make_case(findings=0)
    page = client.get(reverse("desk"), {"stage": "open"})
    assert len(page.context["rows"]) == 50
    assert "?stage=open&amp;page=2" in page.content.decode()


def test_an_empty_desk_says_where_else_to_look(client, analyst):
    words = client.get(reverse("desk")).content.decode()
    assert "No case is open" in words
    assert reverse("look-list") in words


def test_a_filter_that_finds_nothing_can_be_undone(client, analyst):
    assert "No case matches these filters" in client.get(reverse("desk"), {"q": "zzz"}).content.decode()


def test_nonsense_in_the_address_does_no_harm(client, analyst):
    assert client.get(reverse("desk"), {"sort": "x", "importer": "zz", "page": "-9", "stage": "?"}).status_code == 200


# --- needs a look -----------------------------------------------------------------------------------------------


def look(client, **query):
    return [shipment.label for shipment in client.get(reverse("look-list"), query).context["page"].object_list]


def test_what_needs_a_look_stands_in_its_own_queue(client, analyst):
    shipment = make_shipment(outcome="review", reference="PO-1")
    make_screening(shipment, outcome="review", severity="high")
    make_screening(make_shipment(reference="PO-2"))
    assert look(client) == ["PO-1"]
    words = client.get(reverse("look-list")).content.decode()
    assert "traces to 阿克苏示例" in words
    assert reverse("shipment-detail", args=[shipment.pk]) in words
    cases.set_aside(shipment, actor=analyst, reason="looked")
    assert look(client) == []


def test_looks_are_narrowed_and_sorted(client, analyst):
    for reference in ("PO-1", "PO-2"):
        make_screening(make_shipment(outcome="review", reference=reference), outcome="review", severity="high")
    assert look(client) == ["PO-2", "PO-1"]
    assert look(client, sort="shipment") == ["PO-1", "PO-2"]
    assert look(client, q="PO-2") == ["PO-2"]
    assert look(client, rule="LISTED_ENTITY") == ["PO-2", "PO-1"]
    assert look(client, q="nowhere") == []


def test_the_number_of_queries_of_looks_does_not_grow(client, analyst, django_assert_max_num_queries):
    for number in range(8):
        make_screening(make_shipment(outcome="review", reference=f"{number}"), outcome="review", severity="high")
    with django_assert_max_num_queries(16):
        client.get(reverse("look-list"))


# --- who may see it ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["desk", "look-list"])
@pytest.mark.parametrize("role", Role)
def test_the_desk_is_the_offices(role, name, client, settings):
    settings.DEMO = True
    client.force_login(make_user(role))
    outside = role in {Role.IMPORTER_MEMBER, Role.BROKER_MEMBER}
    assert client.get(reverse(name)).status_code == (404 if outside else 200)


def test_one_case_is_counted_as_one_case(client, analyst):
    make_case()
    assert "<strong>1</strong> case</p>" in client.get(reverse("desk")).content.decode()
    make_case()
    assert "<strong>2</strong> cases</p>" in client.get(reverse("desk")).content.decode()
