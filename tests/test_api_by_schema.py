"""The whole API, tried by schemathesis from its own schema: what it may be sent, what it must refuse, chains.

``SCHEMATHESIS_SECONDS`` and ``SCHEMATHESIS_EXAMPLES`` give it more to do than a usual run of the tests does.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache import cache

from entities.services.tokens import create_token
from tests.test_api_access import TABLE, World

HERE = Path(__file__).resolve().parent
SECONDS = os.environ.get("SCHEMATHESIS_SECONDS", "45")
EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "2")


def rows_of(world):
    """The rows there are: for the paths of operations, and for the fields that name rows."""
    paths = {}
    for method, path in TABLE:
        address, _, _ = world.request(method, path)
        parts = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))
        paths[f"{method} {path}"] = re.fullmatch(parts, address).groupdict()
    supplier = {name: world.mill.pk for name in ("supplier", "owner_firm")}
    customer = {name: world.maker.pk for name in ("customer", "owned_firm", "maker")}
    values = {
        **{"owner": world.importer.pk, "importer": world.importer.pk, "importer_number": "12-345678900"},
        **{"case": world.case.number, "shipment": world.shipment.pk, "batch": world.batch.pk, "country": "CN"},
        **{"origin_country": "CN", "item": world.task.items.get().pk, "declared_by": world.importer.pk},
        "detention": world.detention.pk,
        **supplier,
        **customer,
    }
    return {"paths": paths, "values": values}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["importer", "reviewer"])
def test_schemathesis_finds_nothing(live_server, client, settings, tmp_path, who):
    settings.API_REQUESTS_PER_MINUTE = 10**9
    cache.clear()
    world = World()
    user = world.users[who]
    _, key = create_token(user, name="schemathesis", days=None, actor=user)
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "run"]
    command += [f"{live_server.url}/api/schema/?format=json", "--header", f"Authorization: Bearer {key}"]
    live_server_is_ready = client.get("/api/schema/").status_code  # made once, which takes seconds
    assert live_server_is_ready == 200
    assert client.get("/api/schema/").status_code == 200  # made once in a process, which takes seconds
    command += ["--max-time", SECONDS, "--max-examples", EXAMPLES, "--continue-on-failure", "--no-color"]
    environment = {**os.environ, "SCHEMATHESIS_ROWS": json.dumps(rows_of(world))}
    environment["SCHEMATHESIS_HOOKS"] = str(HERE / "schemathesis_hooks.py")
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment, check=False)
    if folder := os.environ.get("SCHEMATHESIS_LOGS"):
        Path(folder, f"schemathesis-{who}.txt").write_text(ran.stdout + ran.stderr)
    assert ran.returncode == 0, ran.stdout[-8000:] + ran.stderr[-2000:]
    assert "Tested: " in ran.stdout
