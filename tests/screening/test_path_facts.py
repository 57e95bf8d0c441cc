"""What a finding says of the way to the party: goods and period of each link, other ways, the weakest link."""

import pytest
from django.urls import reverse

from entities.domain.roles import Role
from entities.services import jobs
from entities.services.lists import load_reference_lists
from screening.confidential import findings_for
from tests.api_client import V1, client_of
from tests.factories import make_user
from tests.screening.made_chains import KNITS, LISTED, MAKER, MILL, SPINS, chain_to_listed, ship, supply

pytestmark = pytest.mark.django_db
OTHER_MILL = {"name": "Example Second Mill Co., Ltd."}


@pytest.fixture(autouse=True)
def _lists(db):
    load_reference_lists()


@pytest.fixture
def member():
    return make_user(Role.IMPORTER_MEMBER)


@pytest.fixture
def owner(member):
    return member.active_memberships[0].organization


def listed(user, shipment):
    return next(one for one in findings_for(user, shipment.latest_screening) if one.rule == "LISTED_ENTITY")


def words(client, user, shipment):
    client.force_login(user)
    page = client.get(reverse("shipment-detail", args=[shipment.pk])).content.decode()
    return " ".join(page.split())


def test_goods_and_period_of_each_link_stand_with_the_path(client, owner, member):
    shipment = chain_to_listed(owner, member)
    page = words(client, member, shipment)
    assert "(cotton yarn, since 10 Jan 2025)" in page
    assert "none: every link shown is relevant" in page


def test_the_weakest_link_is_named_with_the_paper_that_would_settle_it(client, owner, member):
    shipment = chain_to_listed(owner, member, valid_from=None)
    page = words(client, member, shipment)
    assert f"{LISTED.name} to {MILL.name}" in page
    assert 'The link does not say when. <span class="co-soft">To settle it: dated invoices or delivery notes.' in page


def test_the_office_is_told_how_many_other_ways_lead_there(client, owner, member):
    other = type(MILL)(**OTHER_MILL, country="CN")
    supply(owner, member, other, MAKER, **KNITS)
    supply(owner, member, LISTED, other, **SPINS)
    shipment = chain_to_listed(owner, member)
    assert listed(make_user(Role.ANALYST), shipment).ways_beside == 1
    assert "1; shown is the best known, and of equals the nearest" in words(client, make_user(Role.ANALYST), shipment)
    assert listed(member, shipment).ways_beside is None
    assert "told to the office alone" in words(client, member, shipment)


def test_the_api_says_the_same(owner, member):
    shipment = chain_to_listed(owner, member, valid_from=None)
    answer = client_of(make_user(Role.ANALYST)).get(f"{V1}/shipments/{shipment.pk}/").json()
    found = next(one for one in answer["screening"]["findings"] if one["code"] == "LISTED_ENTITY")
    first, mill, spinner = found["path"]
    assert (first["grade"], first["weak"]) == ("", [])
    assert (mill["grade"], mill["valid_from"], mill["valid_to"]) == ("relevant", "2025-01-10", None)
    assert spinner["grade"] == "possible"
    assert spinner["weak"] == [{"why": "the link does not say when", "settled_by": "dated invoices or delivery notes"}]
    assert found["other_paths"] == 0
    assert found["weakest_link"] == {"supplier": LISTED.name, "customer": MILL.name, "weak": spinner["weak"]}


def test_what_another_importer_said_of_the_same_two_firms_stays_its_own(owner, member):
    rival = make_user(Role.IMPORTER_MEMBER)
    rivals = rival.active_memberships[0].organization
    supply(rivals, rival, LISTED, MILL, **(SPINS | {"goods": "secret melange"}))
    supply(owner, member, LISTED, MILL)  # the same two firms, no goods said
    supply(owner, member, MILL, MAKER, **KNITS)
    shipment = ship(owner, member)
    jobs.work_off()
    assert listed(make_user(Role.ANALYST), shipment).path[-1]["goods"] == "secret melange"
    found = listed(member, shipment)
    assert found.path[-1]["name"] == LISTED.name
    assert "goods" not in found.path[-1]
    assert "from" not in found.path[-1]
