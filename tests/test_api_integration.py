"""What an integrator does on the first day: the quick start, the example, a client made from the schema."""

import html
import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache

from entities.domain.roles import Role
from entities.services import api_clients
from entities.services.lists import load_reference_lists
from screening.models import Shipment
from tests.api_client import declaration, delivery
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db(transaction=True)
SCRIPT = Path(__file__).resolve().parents[1] / "config" / "static" / "examples" / "send_entries.py"
LISTED = "Aksu Huafu Color Spinning Co., Ltd."


def listed(**head):
    """A shipment with a listed firm three steps up."""
    chain = [
        delivery("mill", "maker", "Example Knitting Mill Co., Ltd.", stage="knitter or weaver"),
        delivery("spinner", "mill", LISTED, stage="spinner"),
    ]
    return declaration(suppliers=chain, **head)


@pytest.fixture
def key():
    """What a program of an importer sends, with the scopes the quick start names."""
    cache.clear()
    load_reference_lists()
    importer = make_organization()
    member = make_user(Role.IMPORTER_MEMBER, importer)
    program = api_clients.add_client(importer, name="entry system", actor=member)
    scopes = ["shipments:write", "cases:read"]
    return api_clients.make_key(program, name="first", scopes=scopes, days=30, actor=member)[1]


def commands_of(page):
    return [html.unescape(one) for one in re.findall(r"<pre[^>]* data-command>(.*?)</pre>", page, re.DOTALL)]


def test_the_quick_start_works_as_typed(live_server, client, settings, tmp_path, key):
    settings.SITE_URL = live_server.url
    commands = commands_of(client.get("/api/docs/").content.decode())
    assert len(commands) == 5
    assert "paste-your-key-here" in commands[0]
    typed = "\necho\necho ---\n".join(commands).replace("paste-your-key-here", key)
    ran = subprocess.run(["bash", "-euo", "pipefail", "-c", typed], cwd=tmp_path, capture_output=True, check=True)
    _, me, shipment, found, mistake = ran.stdout.decode().split("\n---\n")
    assert json.loads(me)["token"]["name"] == "first"
    screening = json.loads(shipment)["screening"]
    assert (screening["status"], screening["outcome"]) == ("current", "presumption")
    findings, cases = (json.loads(one)["results"] for one in re.split(r"(?<=\})(?=\{\"next)", found))
    assert any(LISTED.split(",")[0].lower() in one["headline"].lower() for one in findings)
    assert [one["stage"] for one in cases] == ["open"]
    error = json.loads(mistake)["errors"][0]
    assert error["pointer"] == "/parties/0/country"
    assert error["remedy"]


def run_script(site, path, key):
    environment = {"PATH": os.environ["PATH"], "CLEARORIGIN_KEY": key}
    return subprocess.run(
        [sys.executable, str(SCRIPT), site, str(path)], env=environment, capture_output=True, text=True, check=False
    )


def test_the_example_sends_each_entry_once_and_prints_what_is_flagged(live_server, tmp_path, key):
    file = tmp_path / "entries.ndjson"
    entries = [listed(reference="A"), declaration(reference="B"), {"reference": "C", "parties": "none"}]
    file.write_text("\n".join(json.dumps(one) for one in entries))
    ran = run_script(live_server.url, file, key)
    assert ran.returncode == 1, ran.stderr
    assert ": presumption\n" in ran.stdout
    assert LISTED.split(",")[0].lower() in ran.stdout.lower()
    assert "line 3: not taken: invalid /parties: " in ran.stdout
    again = run_script(live_server.url, file, key)
    assert again.stdout == ran.stdout
    assert Shipment.objects.count() == 2


def test_the_example_says_by_its_exit_that_something_is_flagged(live_server, tmp_path, key):
    file = tmp_path / "entries.ndjson"
    file.write_text(json.dumps(listed()))
    assert run_script(live_server.url, file, key).returncode == 3


@pytest.fixture
def made_client(client, tmp_path, monkeypatch):
    """A client generated from the schema, imported."""
    (tmp_path / "schema.json").write_bytes(client.get("/api/schema/?format=json").content)
    (tmp_path / "config.yml").write_text(
        "post_hooks: []\n"
        "content_type_overrides:\n"
        "  application/zip: application/octet-stream\n"
        "  application/pdf: application/octet-stream\n"
    )
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", "schema.json", "--meta", "none"]
    command += ["--config", "config.yml", "--output-path", "made_client"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("made_client")
    for name in [one for one in sys.modules if one.partition(".")[0] == "made_client"]:
        del sys.modules[name]


def test_a_client_made_from_the_schema_declares_waits_and_reads_findings(live_server, made_client, key):
    models = importlib.import_module("made_client.models")
    shipments_create = importlib.import_module("made_client.api.shipments.shipments_create")
    shipments_retrieve = importlib.import_module("made_client.api.shipments.shipments_retrieve")
    findings_list = importlib.import_module("made_client.api.findings.findings_list")
    program = made_client.AuthenticatedClient(base_url=live_server.url, token=key, raise_on_unexpected_status=True)
    sent = models.ShipmentInputRequest.from_dict(listed(reference="generated"))
    stored = shipments_create.sync(client=program, body=sent, idempotency_key="generated-1", prefer="wait")
    shipment = shipments_retrieve.sync(id=str(stored.id), client=program)
    assert shipment.screening.status.value == "current"
    assert shipment.screening.outcome.value == "presumption"
    found = findings_list.sync(client=program, shipment=stored.id)
    assert {one.code for one in found.results} >= {"LISTED_ENTITY"}
    refused = shipments_create.sync(client=program, body=models.ShipmentInputRequest())
    assert (type(refused).__name__, refused.code) == ("Problem", "invalid")
    assert refused.errors[0].code == "shipment_empty"
    assert django_settings.API_VERSION == "1"
