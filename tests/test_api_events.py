"""Events and webhooks in the description of the API: what is written there holds."""

import json
import time

import jsonschema
import pytest
from django.test import Client
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from config.api_events import VERIFY
from entities.domain.events import EVENTS
from entities.domain.webhooks import headers, secret_of

KEY = bytes(range(32))
SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@pytest.fixture(scope="module")
def schema():
    return SchemaGenerator().get_schema(request=None, public=True)


def test_the_schema_names_every_kind_of_event_with_an_example_that_is_one(schema):
    assert set(schema["webhooks"]) == {kind.value for kind in EVENTS}
    for kind, said in schema["webhooks"].items():
        body = said["post"]["requestBody"]["content"]["application/json"]
        name = body["schema"]["$ref"].rpartition("/")[2]
        example = body["examples"][kind]["value"]
        jsonschema.validate(example, schema["components"]["schemas"][name])
        assert (example["kind"], example["id"]) == (kind, "evt_4711")


def test_the_page_has_each_kind_and_how_to_verify(db):
    page = Client().get(reverse("api-docs")).content.decode()
    assert [kind for kind in EVENTS if f"<code>{kind}</code>" not in page] == []
    assert "def event_of(secret, headers, body):" in page
    assert "after 1 minute, 5 minutes, 30 minutes, 2 hours, 6 hours, 12 hours and 24 hours, then given up" in page


def test_the_example_of_the_page_verifies_a_delivery_and_refuses_all_others():
    said = {}
    exec(VERIFY, said)
    body, now = b'{"id":"evt_1"}', int(time.time())
    sent = headers([b"another key", KEY], event="evt_1", timestamp=now, body=body)
    assert secret_of(KEY) == SECRET
    assert said["event_of"](SECRET, sent, body) == json.loads(body)
    for wrong in (
        (SECRET, sent, b'{"id":"evt_2"}'),
        (SECRET, {**sent, "webhook-id": "evt_2"}, body),
        (secret_of(b"a third key"), sent, body),
        (SECRET, headers([KEY], event="evt_1", timestamp=now - 301, body=body), body),
    ):
        with pytest.raises(ValueError, match="not signed|too long ago"):
            said["event_of"](*wrong)
