"""docker-compose.yml and the Dockerfile: valid, and naming only what is there."""

import os
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from config import native, probe
from config.celery import app as celery_app
from config.settings import JOB_HANDLERS, JOB_QUEUES
from entities.services.lists import load_reference_lists

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = ROOT / "docker-compose.yml"
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load(COMPOSE.read_text())["services"]


def test_the_file_obeys_the_compose_schema():
    check = [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE]
    ran = subprocess.run(check, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_every_part_of_production_is_there(services):
    workers = {"worker-screening", "worker-reading", "worker-ocr", "worker-webhooks"}
    assert set(services) == {"db", "redis", "migrate", "web", "beat", *workers}


def test_every_lasting_service_says_whether_it_is_well_and_comes_back(services):
    lasting = {name: service for name, service in services.items() if name != "migrate"}
    assert [name for name, service in lasting.items() if "healthcheck" not in service] == []
    assert {service["restart"] for service in lasting.values()} == {"unless-stopped"}


def test_nothing_of_ours_starts_before_the_migration_step(services):
    for name in ("web", "worker-screening", "worker-reading", "worker-ocr", "worker-webhooks", "beat"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert services["migrate"]["depends_on"]["db"] == {"condition": "service_healthy"}


def test_the_commands_named_exist(services):
    for name, words in native.own_commands({"services": services}).items():
        assert shutil.which(words[0], path=f"{BIN}{os.pathsep}{os.environ['PATH']}"), f"{name}: {words[0]}"
    shell = services["migrate"]["command"][-1]
    assert set(re.findall(r"manage\.py (\w+)", shell)) <= set(get_commands())


def test_every_queue_has_a_worker(services):
    queues = {words[words.index("-Q") + 1] for s in services.values() if "worker" in (words := s.get("command", []))}
    assert queues == {celery_app.conf.task_default_queue, *JOB_QUEUES.values()}


def test_every_kind_of_job_has_a_handler():
    for path in JOB_HANDLERS.values():
        module, _, name = path.rpartition(".")
        assert callable(getattr(import_module(module), name)), path


def test_secrets_come_from_the_environment_and_have_no_default(services):
    environment = services["web"]["environment"]
    assert environment["SECRET_KEY"].startswith("${SECRET_KEY:?")
    assert services["db"]["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")


def test_the_example_file_names_every_variable_the_services_read():
    used = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE.read_text())) - {"BEAT_SCHEDULE"}
    named = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert used == named


def test_the_image_runs_as_nobody_special_and_copies_only_what_exists():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    last_stage = lines[max(i for i, line in enumerate(lines) if line.startswith("FROM")) :]
    assert "USER clearorigin" in last_stage
    for line in last_stage:
        if line.startswith("COPY") and "--from" not in line:
            assert all((ROOT / source).exists() for source in line.split()[1:-1]), line


def test_production_runs_the_versions_the_tests_ran_on():
    pins = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
    tested = dict(pins.findall((ROOT / "requirements.txt").read_text()))
    runs = dict(pins.findall((ROOT / "requirements-production.txt").read_text()))
    assert runs.items() <= tested.items()
    assert not {"pytest", "mypy", "playwright"} & runs.keys()


def test_a_default_is_filled_in_where_the_environment_is_silent(monkeypatch):
    monkeypatch.delenv("SCREENING_WORKERS", raising=False)
    assert native.filled_in("${SCREENING_WORKERS:-2}") == "2"
    monkeypatch.setenv("SCREENING_WORKERS", "5")
    assert native.filled_in("${SCREENING_WORKERS:-2}") == "5"


def test_the_probe_says_no_where_nothing_answers(monkeypatch):
    monkeypatch.setenv("PORT", "1")
    assert probe.main() == 1


def test_the_probe_says_yes_where_the_site_is_ready(monkeypatch, live_server, settings):
    load_reference_lists()
    settings.ALLOWED_HOSTS = ["clearorigin.example"]
    monkeypatch.setenv("ALLOWED_HOSTS", "clearorigin.example")
    monkeypatch.setenv("PORT", live_server.url.rpartition(":")[2])
    assert probe.main() == 0
