"""Shipments, suppliers and links as people declare and read them."""

from datetime import date

import pytest
from django.urls import reverse

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import SupplyLink
from entities.services import jobs, suppliers
from entities.services.lists import load_reference_lists
from screening.models import Shipment
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment, add_shipment
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db
MAKER = PartyFacts(name="Example Bay Garments JSC", city="Hai Phong", country="VN")
LISTED = PartyFacts(name="Aksu Huafu Color Spinning Co., Ltd.", country="CN")


@pytest.fixture(autouse=True)
def _lists(db):
    load_reference_lists()


@pytest.fixture
def importer():
    return make_organization()


@pytest.fixture
def member(importer, client):
    user = make_user(Role.IMPORTER_MEMBER, importer)
    client.force_login(user)
    return user


def form(importer, **changes):
    """What the empty form sends, with one line and one party filled in."""
    blank = {"line-0-description": "Cotton T-shirts", "line-0-hts_codes": "6109.10.00.12"}
    blank |= {"party-0-role": "manufacturer", "party-0-name": MAKER.name, "party-0-country": "vn"}
    counts = {f"{prefix}-{key}": value for prefix in ("line", "party") for key, value in MANAGEMENT.items()}
    return {"owner": importer.pk, "entry_number": "551-3518786-6", **counts, **blank, **changes}


MANAGEMENT = {"TOTAL_FORMS": "2", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "500"}


def stored(importer, member, **head):
    shipment = add_shipment(
        DeclaredShipment(
            imported_on=date(2026, 5, 4),
            lines=(DeclaredLine(1, "Cotton T-shirts", ("6109100012",)),),
            parties=(DeclaredRole("manufacturer", MAKER),),
            **head,
        ),
        owner=importer,
        actor=member,
    )
    jobs.work_off()
    shipment.refresh_from_db()
    return shipment


def test_a_shipment_declared_by_hand_is_stored_and_screened(client, importer, member):
    answer = client.post(reverse("shipment-add"), form(importer))
    shipment = Shipment.objects.get()
    assert answer.url == reverse("shipment-detail", args=[shipment.pk])
    assert shipment.lines.get().hts_codes == ["6109100012"]
    assert shipment.parties.get().party.country == "VN"
    jobs.work_off()
    assert "unknown above step 1" in client.get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("entry_number", "123", "entry number"),
        ("line-0-hts_codes", "77", "HTS"),
        ("party-0-country", "China", "two letters"),
        ("party-0-role", "", "which part"),
        ("party-0-name", "", "name"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_typed_is_lost(client, importer, member, field, value, words):
    answer = client.post(reverse("shipment-add"), form(importer, **{field: value}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words.lower() in page.lower()
    assert "Cotton T-shirts" in page
    assert not Shipment.objects.exists()


def test_another_row_is_added_without_a_script(client, importer, member):
    page = client.post(reverse("shipment-add"), form(importer, add_row="line")).content.decode()
    assert "line-2-description" in page
    assert "Cotton T-shirts" in page


def test_an_entry_stored_before_is_refused_with_the_way_out(client, importer, member):
    shipment = stored(importer, member, entry_number="551-3518786-6")
    page = client.post(reverse("shipment-add"), form(importer)).content.decode()
    assert f"already stored as shipment {shipment.pk}" in page


def test_what_looks_wrong_is_said_before_it_is_filed(client, importer, member):
    wrong = {"entry_number": "551-2518786-6", "port_of_unlading": "3999", "containers": ["CSQU3054384"]}
    shipment = stored(importer, member, **wrong)
    page = client.get(reverse("shipment-detail", args=[shipment.pk])).content.decode()
    for place, words in (
        ("Entry number", "The check digit is 6, but 8 is expected: one digit may be wrong."),
        ("To port", "Schedule D has no port 3999."),
        ("Container", "The check digit is 4, but 3 is expected: one character may be wrong."),
    ):
        assert f"<li><strong>{place}</strong>: {words}</li>" in page


def test_nothing_is_said_of_numbers_that_are_right(client, importer, member):
    shipment = stored(importer, member, entry_number="551-3518786-6")
    page = client.get(reverse("shipment-detail", args=[shipment.pk])).content.decode()
    assert 'id="doubts"' not in page


def test_a_change_is_screened_again(client, importer, member):
    shipment = stored(importer, member)
    answer = client.post(reverse("shipment-edit", args=[shipment.pk]), form(importer, **{"party-0-name": LISTED.name}))
    assert answer.status_code == 302
    jobs.work_off()
    shipment.refresh_from_db()
    assert shipment.outcome == Shipment.Outcome.PRESUMPTION


def test_the_list_is_searched_and_filtered(client, importer, member):
    shipment = stored(importer, member, reference="REF-77")
    found = client.get(reverse("shipment-list"), {"q": "bay garments", "outcome": shipment.outcome}).content.decode()
    other = client.get(reverse("shipment-list"), {"outcome": "presumption"}).content.decode()
    assert "REF-77" in found
    assert "REF-77" not in other


def test_the_list_asks_the_database_a_bounded_number_of_times(client, importer, member, django_assert_max_num_queries):
    for number in range(8):
        stored(importer, member, reference=f"R{number}")
    with django_assert_max_num_queries(20):
        client.get(reverse("shipment-list"))


def test_who_supplies_a_firm_is_declared_on_its_page(client, importer, member):
    shipment = stored(importer, member)
    maker = shipment.parties.get().party.supplier
    said = {"declared_for": importer.pk, "name": LISTED.name, "country": "CN", "commodity": "cotton"}
    answer = client.post(
        reverse("link-add", args=[maker.pk]), {**said, "stage": "spinner", "goods": "yarn", "valid_from": "2025-09-01"}
    )
    assert answer.url == reverse("supplier-detail", args=[maker.pk])
    jobs.work_off()
    page = client.get(reverse("shipment-detail", args=[shipment.pk])).content.decode()
    assert "two steps upstream" in page
    assert "On the Entity List" in page


def test_a_withdrawn_link_needs_a_reason(client, importer, member):
    rows = suppliers.declare_parties(importer, [MAKER, LISTED])
    ends = [rows[suppliers.fingerprint(one)].supplier for one in (LISTED, MAKER)]
    link = suppliers.declare_link(*ends, actor=member, declared_by=importer)
    assert client.post(reverse("link-withdraw", args=[link.pk]), {"reason": " "}).status_code == 409
    assert client.post(reverse("link-withdraw", args=[link.pk]), {"reason": "a mistake"}).status_code == 302
    link.refresh_from_db()
    assert link.withdrawn_at is not None


def test_what_a_rival_declared_is_not_told(client, importer, member):
    rival = make_user(Role.IMPORTER_MEMBER)
    other = rival.active_memberships[0].organization
    rows = suppliers.declare_parties(other, [MAKER, LISTED])
    ends = [rows[suppliers.fingerprint(one)].supplier for one in (LISTED, MAKER)]
    suppliers.declare_link(
        *ends, actor=rival, declared_by=other, commodity="cotton", goods="secret yarn", valid_from=date(2025, 6, 1)
    )
    shipment = stored(importer, member)
    assert shipment.outcome == Shipment.Outcome.PRESUMPTION
    page = client.get(reverse("shipment-detail", args=[shipment.pk])).content.decode()
    assert "confidential source" in page.lower()
    for secret in (LISTED.name, "Huafu", "secret yarn", str(other)):
        assert secret not in page
    maker = shipment.parties.get().party.supplier
    assert "Huafu" not in client.get(reverse("supplier-detail", args=[maker.pk])).content.decode()
    assert client.get(reverse("supplier-detail", args=[ends[0].pk])).status_code == 404
    assert not SupplyLink.objects.visible_to(member).exists()


def test_the_entity_list_is_searched_by_any_name(client, member):
    page = client.get(reverse("listed-entity-list"), {"q": "Akesu Huafu"}).content.decode()
    assert "Aksu Huafu Color Spinning" in page
    assert "Ninestar" not in page


def test_a_listed_entity_shows_its_first_date_beside_the_printed_one(client, member):
    from entities.models import ListedEntity

    entity = ListedEntity.objects.get(register="UFLPA", name__startswith="Aksu Huafu Color")
    page = client.get(reverse("listed-entity-detail", args=[entity.pk])).content.decode()
    assert "21 Jun 2022" in page
    assert "15 Jan 2025" in page
