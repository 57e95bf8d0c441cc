"""Shipments that come to the same ground by the same chain are worked on in one case."""

import pytest

from entities.domain.roles import Role
from entities.models import AuditEvent
from entities.services import jobs
from entities.services.lists import load_reference_lists
from screening.domain.grouping import Way, chain_key
from screening.models import Case, Shipment
from tests.api_client import client_of, declaration, delivery
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db
LISTED = "Aksu Huafu Color Spinning Co., Ltd."


@pytest.fixture
def client():
    load_reference_lists()
    return client_of(make_user(Role.IMPORTER_MEMBER, make_organization(name="Harbor Example LLC")))


def declare(client, reference, *suppliers):
    answer = client.post(
        "/api/v1/shipments/", declaration(reference=reference, suppliers=list(suppliers)), format="json"
    )
    assert answer.status_code == 201, answer.json()
    jobs.work_off()
    return Shipment.objects.get(pk=answer.json()["id"])


def test_the_same_chain_joins_the_case_that_is_open(client):
    first = declare(client, "R1", delivery("listed", "maker", LISTED))
    second = declare(client, "R2", delivery("listed", "maker", LISTED))
    case = Case.objects.get()
    assert set(case.shipments.all()) == {first, second}
    said = AuditEvent.objects.get(action="case.shipment_added")
    assert (said.case_number, said.reason) == (case.number, "Its goods come to the same ground by the same chain.")


def test_another_way_to_the_same_entity_is_another_case(client):
    declare(client, "R1", delivery("gin", "maker", "Example Gin Ltd"), delivery("listed", "gin", LISTED))
    declare(client, "R2", delivery("listed", "maker", LISTED))
    assert Case.objects.count() == 2


def test_a_case_whose_record_is_being_weighed_is_not_added_to(client):
    declare(client, "R1", delivery("listed", "maker", LISTED))
    Case.objects.update(stage=Case.Stage.UNDER_REVIEW)
    declare(client, "R2", delivery("listed", "maker", LISTED))
    assert Case.objects.count() == 2


def test_another_importer_has_a_case_of_its_own(client):
    declare(client, "R1", delivery("listed", "maker", LISTED))
    other = client_of(make_user(Role.IMPORTER_MEMBER, make_organization(name="Rival Example LLC")))
    declare(other, "R1", delivery("listed", "maker", LISTED))
    assert sorted(Case.objects.values_list("importer__name", flat=True)) == ["Harbor Example LLC", "Rival Example LLC"]


def test_the_key_of_a_chain_knows_suppliers_by_record_and_others_by_name():
    nodes = [{"name": "Maker", "supplier": 4}, {"name": "Old  MILL", "supplier": None}]
    same = [{"name": "Maker Ltd", "supplier": 4}, {"name": "old mill", "supplier": None}]
    assert chain_key([Way.of("LISTED_ENTITY", "7", nodes)]) == chain_key([Way.of("LISTED_ENTITY", "7", same)])
    assert chain_key([Way.of("LISTED_ENTITY", "7", nodes)]) != chain_key([Way.of("LISTED_ENTITY", "8", nodes)])
    assert chain_key([]) == ""
