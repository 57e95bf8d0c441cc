"""The API as a whole: who is let in, how errors look, what the schema says."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from rest_framework.test import APIClient

from config.problems import PROBLEMS
from entities.domain.roles import Role
from entities.models import ApiToken
from tests.api_client import V1, client_of, errors_of
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def member():
    return make_user(Role.IMPORTER_MEMBER)


@pytest.fixture
def client(member):
    return client_of(member)


def problem(response, status):
    """The body of an error answer, whose form is the same for all."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    known = PROBLEMS[body["code"]]
    assert status in known.statuses
    assert body["type"] == f"/api/docs/#problem-{body['code']}"
    assert (body["title"], body["remedy"]) == (known.title, known.remedy)
    assert body["detail"]
    return body


def test_without_a_token_the_api_answers_401_and_never_a_redirect():
    response = APIClient().get(f"{V1}/shipments/")
    assert problem(response, 401)["code"] == "not_authenticated"
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize(
    "credential", ["Bearer", "Bearer nonsense", "Bearer a.b.c", "Bearer co\u00e9.x", "Basic YTpi"]
)
def test_a_credential_that_is_no_token_is_refused(credential):
    response = APIClient().get(f"{V1}/me/", HTTP_AUTHORIZATION=credential.encode().decode("latin-1"))
    assert problem(response, 401)["detail"]
    assert "email" not in response.json()


def test_the_prefix_of_a_token_is_not_enough(member, client):
    prefix = ApiToken.objects.get(user=member).prefix
    response = APIClient().get(f"{V1}/me/", HTTP_AUTHORIZATION=f"Bearer {prefix}.guess")
    assert problem(response, 401)["code"] == "token_unknown"


@pytest.mark.parametrize("ended", ["revoked_at", "expires_at"])
def test_a_token_that_has_ended_is_refused(member, client, ended):
    ApiToken.objects.filter(user=member).update(**{ended: timezone.now() - timedelta(minutes=1)})
    assert problem(client.get(f"{V1}/me/"), 401)["code"] == "token_expired"


def test_a_token_of_a_closed_account_is_refused(member, client):
    member.is_active = False
    member.save()
    response = client.get(f"{V1}/me/")
    assert problem(response, 401)["detail"]
    assert member.email not in response.content.decode()


def test_the_last_use_of_a_token_is_noted(member, client):
    client.get(f"{V1}/me/")
    assert ApiToken.objects.get(user=member).last_used_at is not None


def test_a_suspended_member_sees_nothing(member, client):
    member.memberships.update(suspended_at=timezone.now())
    assert client.get(f"{V1}/shipments/").json()["results"] == []
    assert problem(client.post(f"{V1}/shipments/", {}, format="json"), 403)["code"] == "permission_denied"


def test_a_session_of_the_pages_reads_the_api(member):
    browser = Client()
    browser.force_login(member, backend="entities.backends.EmailBackend")
    assert browser.get(f"{V1}/me/").json()["email"] == member.email


def test_a_session_writes_only_with_its_csrf_token(member):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(member, backend="entities.backends.EmailBackend")
    refused = problem(browser.post(f"{V1}/screen-party/", "{}", content_type=JSON), 403)
    assert (refused["code"], refused["detail"]) == ("permission_denied", "CSRF Failed: CSRF cookie not set.")


def test_a_session_that_owes_a_second_factor_is_told_so_in_json():
    approver = make_user(Role.APPROVER)
    browser = Client()
    browser.force_login(approver, backend="entities.backends.EmailBackend")
    assert problem(browser.get(f"{V1}/me/"), 403)["code"] == "second_factor"


def test_whoever_set_up_a_second_factor_must_prove_it_here_too(member):
    TOTPDevice.objects.create(user=member, name="phone", confirmed=True)
    browser = Client()
    browser.force_login(member, backend="entities.backends.EmailBackend")
    assert problem(browser.get(f"{V1}/me/"), 403)["code"] == "second_factor"


def test_a_token_needs_no_second_factor():
    assert client_of(make_user(Role.APPROVER)).get(f"{V1}/me/").status_code == 200


def test_me_says_who_i_am_and_for_whom_i_act(member, client):
    body = client.get(f"{V1}/me/").json()
    assert body["email"] == member.email
    assert [one["id"] for one in body["importers"]] == [member.active_memberships[0].organization_id]
    assert "screening.add_shipment" in body["acts"]
    assert body["token"]["name"] == "test"
    assert PASSWORD not in str(body)


def test_an_officer_acts_for_all_importers_and_gets_no_list_of_them():
    body = client_of(make_user(Role.ANALYST)).get(f"{V1}/me/").json()
    assert body["acts_for_all_importers"]
    assert body["importers"] == []


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v2/shipments/", "/api/v1/shipments/abc/"]
)
def test_an_unknown_address_is_404(client, path):
    refused = problem(client.get(path), 404)
    assert (refused["code"], refused["detail"]) == (
        "not_found",
        f"There is no {path}: the addresses are listed at /api/docs/.",
    )


def test_an_address_without_its_slash_is_told_apart(client):
    assert "slash" in problem(client.post(f"{V1}/shipments", {}, format="json"), 404)["detail"]


def test_a_method_an_address_does_not_take_is_405(client):
    response = client.delete(f"{V1}/shipments/1/")
    assert problem(response, 405)["code"] == "method_not_allowed"
    assert "PUT" in response["Allow"]


def test_malformed_json_is_400(client):
    response = client.post(f"{V1}/shipments/", '{"lines": [', content_type=JSON)
    assert problem(response, 400)["code"] == "malformed"


def test_a_form_is_not_understood_as_json(client):
    response = client.post(f"{V1}/shipments/", "a=b", content_type="application/x-www-form-urlencoded")
    assert problem(response, 415)["code"] == "unsupported_media_type"


def test_html_is_not_served(client):
    assert problem(client.get(f"{V1}/me/", HTTP_ACCEPT="text/csv"), 406)["code"] == "not_acceptable"


def test_more_than_fits_into_memory_is_413(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = client.post(f"{V1}/shipments/", {"reference": "x" * 2000}, format="json")
    assert problem(response, 413)["code"] == "too_large"


def test_a_fault_of_ours_is_answered_in_json(client, monkeypatch):
    monkeypatch.setattr("entities.api.accounts.describe", lambda *_: 1 / 0)
    client.raise_request_exception = False
    assert problem(client.get(f"{V1}/me/"), 500)["code"] == "error"


def test_a_fault_in_a_parameter_names_the_parameter(client):
    response = client.get(f"{V1}/shipments/?outcome=fine&created_since=yesterday&owner=0")
    assert errors_of(response) == {"outcome": "invalid_choice", "created_since": "invalid", "owner": "invalid_choice"}


def test_a_parameter_that_a_list_does_not_have_is_refused_since_all_would_be_listed(client):
    assert errors_of(client.get(f"{V1}/shipments/?entrynumber=551-3518786-6")) == {"entrynumber": "unknown_parameter"}
    said = client.get(f"{V1}/shipments/?q=cotton").json()["errors"][0]["detail"]
    assert said.startswith("Not a parameter here. This list is filtered by ")
    assert "entry_number" in said


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("findings/?created_since=", {"created_since": "blank"}),
        ("links/?withdrawn=flase", {"withdrawn": "invalid"}),
        ("links/?withdrawn=true&withdrawn=false", {"withdrawn": "repeated_parameter"}),
        ("tasks/?open=%03", {"open": "invalid"}),
        ("events/?kind=case.opened&kind=", {"kind": "blank"}),
    ],
)
def test_a_parameter_that_would_not_count_is_refused_since_all_would_be_listed(client, asked, told):
    assert errors_of(client.get(f"{V1}/{asked}")) == told


def test_yes_or_no_is_asked_in_either_case(client):
    assert [client.get(f"{V1}/links/?withdrawn={said}").status_code for said in ("true", "False")] == [200, 200]


@pytest.mark.parametrize(
    "asked",
    [
        "shipments/?outcome=review&outcome=presumption",
        "findings/?severity=block&ground=LISTED_ENTITY",
        "screenings/?outcome=review",
        "documents/?state=read",
    ],
)
def test_a_list_filtered_by_values_is_not_read_whole_for_one_page(client, asked):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"{V1}/{asked}").status_code == 200
    assert any("LIMIT 51" in query["sql"] for query in queries)
    assert not any("DISTINCT" in query["sql"] for query in queries)


@pytest.mark.parametrize("size", ["none", "0", "-1", ""])
def test_a_page_size_that_is_no_number_is_named(client, size):
    assert errors_of(client.get(f"{V1}/shipments/?page_size={size}")) == {"page_size": "invalid"}


def test_a_cursor_that_is_not_ours_is_404(client):
    refused = problem(client.get(f"{V1}/shipments/?cursor=nonsense"), 404)
    assert refused["detail"] == "This cursor is not one of ours: start again without it."


@pytest.mark.parametrize("name", ["api-schema", "api-docs"])
def test_schema_and_documentation_are_public(name):
    address = {"api-schema": "/api/schema/", "api-docs": "/api/docs/"}[name]
    assert Client().get(address).status_code == 200


def test_the_documentation_has_no_inline_script_or_style():
    page = Client().get("/api/docs/").content.decode()
    assert "<style" not in page
    assert "style=" not in page
    assert "<script>" not in page
    assert 'id="problem-refused"' in page


def schema():
    GENERATOR_STATS.reset()
    return SchemaGenerator().get_schema(request=None, public=True)


def test_the_schema_is_valid_and_made_without_a_warning():
    made = schema()
    validate_schema(made)
    assert made["openapi"].startswith("3.1")
    assert not GENERATOR_STATS


def test_the_schema_documents_the_errors_of_every_operation():
    for path, operations in schema()["paths"].items():
        for method, operation in operations.items():
            assert {"401", "403"} <= set(operation["responses"]), (method, path)
            assert method == "get" or {"400", "409", "415"} <= set(operation["responses"]), (method, path)


def test_the_schema_says_how_long_the_text_may_be_by_which_a_list_is_filtered(client):
    told = {one["name"]: one["schema"] for one in schema()["paths"][f"{V1}/suppliers/"]["get"]["parameters"]}
    longest = told["uscc"]["maxLength"]
    assert client.get(f"{V1}/suppliers/", {"uscc": "9" * longest}).status_code == 200
    assert errors_of(client.get(f"{V1}/suppliers/", {"uscc": "9" * (longest + 1)})) == {"uscc": "max_length"}


def test_the_schema_says_that_unknown_fields_are_refused():
    assert schema()["components"]["schemas"]["ShipmentInputRequest"]["additionalProperties"] is False


def test_the_word_stands_nowhere_in_the_schema():
    words = str(schema()).replace("ClearOrigin", "").lower()
    assert "clear" not in words
