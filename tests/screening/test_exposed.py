"""What a supplier's page says it is exposed to: for the office, from the index, with the way there."""

import re
from datetime import date

import pytest
from django.urls import reverse

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import Supplier
from entities.services.lists import load_reference_lists
from entities.services.ownership import declare_ownership
from screening.domain.tracing import Grade
from screening.services import exposure
from tests.factories import make_user
from tests.screening.made_chains import KNITS, LISTED, MAKER, MILL, SPINS, firm, supply

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 4)


@pytest.fixture(autouse=True)
def _lists(db):
    load_reference_lists()


@pytest.fixture
def member():
    return make_user(Role.IMPORTER_MEMBER)


@pytest.fixture
def owner(member):
    return member.active_memberships[0].organization


@pytest.fixture
def chain(owner, member):
    """The maker, its mill, the listed spinner behind it; the index over them."""
    supply(owner, member, MILL, MAKER, **KNITS)
    supply(owner, member, LISTED, MILL, **SPINS)
    exposure.rebuild()
    return {one.name: Supplier.objects.get(name=one.name) for one in (MAKER, MILL, LISTED)}


def certain(supplier):
    return [one for one in exposure.standing_of(supplier.pk, TODAY) if one.ground.rule == "LISTED_ENTITY"]


def section(client, user, supplier):
    client.force_login(user)
    page = " ".join(client.get(reverse("supplier-detail", args=[supplier.pk])).content.decode().split())
    return re.sub(r"<[^>]+>", " ", page.split('id="exposed"')[1].split("</section>")[0]) if "exposed" in page else ""


def test_a_maker_is_exposed_over_the_links_that_lead_there(chain):
    (one,) = certain(chain[MAKER.name])
    assert (one.grade, one.steps, one.ground.is_certain) == (Grade.RELEVANT, 2, True)
    assert [link.supplier.name for link in one.way] == [MILL.name, LISTED.name]
    assert one.first == date(2025, 1, 10)


def test_the_listed_firm_has_the_ground_itself(chain):
    (one,) = certain(chain[LISTED.name])
    assert (one.grade, one.steps, one.way) == (Grade.DIRECT, 0, ())


def test_of_two_ways_the_relevant_one_stands(chain, owner, member):
    supply(owner, member, LISTED, MAKER)  # nearer, but of goods that are not said
    exposure.rebuild()
    (one,) = certain(chain[MAKER.name])
    assert (one.grade, one.steps) == (Grade.RELEVANT, 2)


def test_a_way_that_no_longer_stands_is_still_told_with_its_days(owner, member):
    supply(owner, member, LISTED, MILL, **SPINS, valid_to=date(2025, 2, 1))
    exposure.rebuild()
    found = certain(firm(owner, MILL))
    assert {(one.grade, one.last) for one in found} <= {(Grade.RELEVANT, date(2026, 2, 1)), (Grade.POSSIBLE, None)}
    assert [link.supplier.name for link in found[0].way] == [LISTED.name]


def test_the_page_tells_ground_step_worth_and_way(client, chain):
    told = " ".join(section(client, make_user(Role.ANALYST), chain[MAKER.name]).split())
    assert "on the Entity List LISTED_ENTITY 2 steps above it relevant since 10 Jan 2025" in told
    assert f"{MILL.name} knitted fabric, since 10 Jan 2025 {LISTED.name} cotton yarn, since 10 Jan 2025" in told


def test_a_holding_and_a_labour_scheme_are_told_in_plain_words(client, owner, member):
    spinner = PartyFacts(name="Example Spinning Works", city="Hai Phong", country="VN")
    supply(owner, member, MILL, MAKER, **KNITS)
    supply(owner, member, spinner, MILL, **SPINS, source="Letter on transferred labour")
    declare_ownership(firm(owner, LISTED), firm(owner, spinner), actor=member, declared_by=owner)
    exposure.rebuild()
    officer = make_user(Role.ANALYST)
    itself = section(client, officer, firm(owner, spinner))
    assert "belongs to a listed entity LISTED_AFFILIATE this supplier itself" in " ".join(itself.split())
    said = f"LABOUR_TRANSFER a statement on what it delivers to {MILL.name}"
    assert said in " ".join(itself.split())
    above = " ".join(section(client, officer, firm(owner, MAKER)).split())
    assert "belongs to a listed entity LISTED_AFFILIATE 2 steps above it relevant" in above
    assert "LABOUR_TRANSFER 2 steps above it relevant" in above


def test_an_importer_is_told_nothing_of_it(client, chain, member):
    assert section(client, member, chain[MAKER.name]) == ""


def test_without_an_index_that_is_said(client, owner):
    assert "the index of exposure is not built yet" in section(client, make_user(Role.ANALYST), firm(owner, MAKER))


def test_nothing_known_upstream_is_not_called_safe(client, owner, member):
    cotton = PartyFacts(name="Example Field Cotton", country="US")
    supply(owner, member, cotton, MAKER, **SPINS)
    exposure.rebuild()
    told = section(client, make_user(Role.ANALYST), firm(owner, MAKER))
    assert "That says nothing about suppliers nobody declared." in told


def test_days_before_the_act_was_in_force_are_not_told(client, chain):
    said = section(client, make_user(Role.ANALYST), chain[MAKER.name])
    assert "on the Entity List" in said
    assert "until 20 Jun 2022" not in said
