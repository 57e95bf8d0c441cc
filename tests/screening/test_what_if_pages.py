"""The what-if page: a plan written down or taken from a shipment, its answer, and the receipt."""

import pytest

from entities.domain.roles import Role
from entities.models import SupplyLink
from screening.models import Shipment, WhatIfReceipt
from tests.factories import make_user
from tests.test_api_what_if import LISTED, chain_to_the_listed, declare, in_use, member, rival  # noqa: F401

pytestmark = pytest.mark.django_db


def form(user, *, behind=(), without=(), **said):
    organization = user.active_memberships[0].organization
    data = {
        "owner": organization.pk,
        "line-TOTAL_FORMS": 1, "line-INITIAL_FORMS": 0,
        "line-0-hts_codes": "6109.10.0012", "line-0-description": "Cotton T-shirts",
        "party-TOTAL_FORMS": 1, "party-INITIAL_FORMS": 0,
        "party-0-role": "manufacturer", "party-0-name": "Example Bay Garments JSC", "party-0-country": "VN",
        "behind-TOTAL_FORMS": max(1, len(behind)), "behind-INITIAL_FORMS": 0, "without": list(without),
    }  # fmt: skip
    for number, one in enumerate(behind):
        data |= {f"behind-{number}-{name}": value for name, value in one.items()}
    return data | said


def test_a_plan_is_answered_with_its_path_and_reasons(client, member):  # noqa: F811
    client.force_login(member)
    behind = [
        {"name": "Example Knitting Mill", "country": "CN", "supplies": "Party 1", "commodity": "cotton"},
        {"name": LISTED, "country": "CN", "supplies": "supplier 1", "commodity": "cotton", "stage": "spinner"},
    ]
    response = client.post("/what-if/", form(member, behind=behind))
    page = response.content.decode()
    assert response.status_code == 200
    assert "Huafu" in page
    assert "Example Knitting Mill" in page
    assert "OWN: this rests on what you declared" in page
    receipt = WhatIfReceipt.objects.get()
    assert receipt.answer_sha256 in page
    assert receipt.answer_sha256 in client.get(f"/what-if/receipts/{receipt.pk}/").content.decode()
    assert Shipment.objects.count() == 0


def test_a_shipment_of_mine_is_asked_about_without_one_of_its_deliveries(client, member):  # noqa: F811
    shipment = declare(member, suppliers=chain_to_the_listed())
    link = SupplyLink.objects.get(supplier__name=LISTED)
    client.force_login(member)
    begun = client.get(f"/what-if/?like={shipment.pk}").content.decode()
    assert "Example Bay Garments JSC" in begun
    assert f'value="{link.pk}"' in begun
    page = client.post(f"/what-if/?like={shipment.pk}", form(member, without=[link.pk])).content.decode()
    assert "Huafu" not in page


def test_anothers_shipment_is_no_beginning(client, member, rival):  # noqa: F811
    shipment = declare(rival, suppliers=chain_to_the_listed())
    client.force_login(member)
    assert client.get(f"/what-if/?like={shipment.pk}").status_code == 404


@pytest.mark.parametrize(
    ("behind", "says"),
    [
        ({"name": "Example Mill"}, "Say whom it would supply"),
        ({"supplies": "party 1"}, "Give the firm"),
        ({"name": "Example Mill", "supplies": "the maker"}, "Write whom it supplies as party 1 or supplier 2."),
        ({"name": "Example Mill", "supplies": "party 7"}, "The goods do not come from party 7"),
        ({"name": "Example Mill", "supplies": "supplier 9"}, "which is no party or supplier here"),
    ],
)
def test_a_wrong_entry_is_told_with_its_remedy_and_keeps_what_was_typed(client, member, behind, says):  # noqa: F811
    client.force_login(member)
    response = client.post("/what-if/", form(member, behind=[behind]))
    assert response.status_code == 422
    assert says in response.content.decode()
    assert "Cotton T-shirts" in response.content.decode()
    assert not WhatIfReceipt.objects.exists()


def test_the_office_sees_the_answer_too(client, member, rival):  # noqa: F811
    declare(rival, suppliers=chain_to_the_listed())
    client.force_login(make_user(Role.ANALYST))
    page = client.post("/what-if/", form(member)).content.decode()
    assert "Huafu" in page
    assert "OWN:" not in page


def test_a_row_is_added_without_losing_any(client, member):  # noqa: F811
    client.force_login(member)
    page = client.post("/what-if/", form(member, behind=[{"name": "Example Mill"}], add_row="behind")).content.decode()
    assert "Supplier 2" in page
    assert "Example Mill" in page
