"""A program that calls the API with a token of its own."""

from rest_framework.test import APIClient

from entities.services.tokens import create_token

V1 = "/api/v1"


def client_of(user):
    """A client that signs in as the user by API token."""
    _, secret = create_token(user, name="test", days=None, actor=user)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def errors_of(response):
    """The errors of a 400 by pointer or parameter: the code of each."""
    assert response.status_code == 400, response.content
    assert response["Content-Type"] == "application/problem+json"
    return {error.get("pointer", error.get("parameter")): error["code"] for error in response.json()["errors"]}


def declaration(**head):
    """A shipment whose chain is known three steps up. Every firm is invented."""
    return {
        "imported_on": "2026-05-04",
        "lines": [{"description": "Cotton T-shirts", "hts_codes": ["6109.10.00.12"], "origin_country": "VN"}],
        "parties": [
            {"ref": "maker", "role": "manufacturer", "line": 1, "name": "Example Bay Garments JSC", "country": "VN"},
            {"role": "consignee", "name": "Example Apparel LLC", "country": "US"},
        ],
        "suppliers": [
            delivery("mill", "maker", "Example Knitting Mill Co., Ltd.", stage="knitter or weaver"),
            delivery("spinner", "mill", "Example Lake Spinning Co., Ltd.", stage="spinner"),
        ],
    } | head


def delivery(ref, supplies, name, **said):
    """A supplier of a declaration that delivers cotton since a year before."""
    facts = {"name": name, "country": "CN", "commodity": "cotton", "goods": "cotton", "valid_from": "2025-06-01"}
    return {"ref": ref, "supplies": supplies} | facts | said
