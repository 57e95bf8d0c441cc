"""An operation that is to go says so: in the headers of each answer, in the schema, and for long enough."""

from datetime import date

import pytest
from drf_spectacular.generators import SchemaGenerator

from config import api_versions
from config.api_versions import Ending
from entities.domain.roles import Role
from tests.api_client import client_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db
GOES = Ending(date(2027, 1, 1), date(2027, 9, 1), "/api/docs/#suppliers_list")


@pytest.fixture
def client():
    return client_of(make_user(Role.IMPORTER_MEMBER))


@pytest.fixture
def _one_goes(monkeypatch):
    monkeypatch.setitem(api_versions.ENDING, ("get", "/api/v1/suppliers/{id}/"), GOES)


@pytest.mark.usefixtures("_one_goes")
def test_an_operation_that_goes_says_so_with_every_answer(client):
    answer = client.get("/api/v1/suppliers/1/")
    assert answer.status_code == 404
    assert answer["Deprecation"] == "@1798761600"
    assert answer["Sunset"] == "Wed, 01 Sep 2027 00:00:00 GMT"
    assert answer["Link"] == (
        '</api/docs/#versions>; rel="deprecation"; type="text/html", '
        '</api/docs/#suppliers_list>; rel="successor-version"'
    )


@pytest.mark.usefixtures("_one_goes")
@pytest.mark.parametrize("path", ["/api/v1/suppliers/", "/api/v1/links/1/"])
def test_others_say_nothing_of_it(client, path):
    answer = client.get(path)
    assert not {"Deprecation", "Sunset", "Link"} & set(answer.headers)
    assert answer["API-Version"] == "1"


@pytest.mark.usefixtures("_one_goes")
def test_the_schema_marks_it():
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    assert paths["/api/v1/suppliers/{id}/"]["get"]["deprecated"] is True
    assert "answers until 2027-09-01" in paths["/api/v1/suppliers/{id}/"]["get"]["description"]
    assert "deprecated" not in paths["/api/v1/suppliers/"]["get"]


def test_what_is_said_to_go_is_an_operation_of_the_schema():
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    assert all(method in paths.get(path, {}) for method, path in api_versions.ENDING)


def test_half_a_year_lies_between_the_word_and_the_end():
    with pytest.raises(ValueError, match="183 days"):
        Ending(date(2027, 1, 1), date(2027, 3, 1), "/api/docs/")
