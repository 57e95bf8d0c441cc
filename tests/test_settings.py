"""Production starts only with what it needs, and Django's own deployment check finds nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "CLEARORIGIN_MODE": "production",
    "SECRET_KEY": "for-this-test-only-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "ALLOWED_HOSTS": "clearorigin.example",
    "DATABASE_URL": "postgres://db.example/clearorigin",
    "REDIS_URL": "redis://redis.example/0",
}


def manage(tmp_path, *words, **variables):
    """Run a command in an environment of exactly these variables."""
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **variables}
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"])
@pytest.mark.parametrize("state", ["absent", "empty"])
def test_production_does_not_start_without(name, state, tmp_path):
    environment = {**PRODUCTION, name: ""} if state == "empty" else {k: v for k, v in PRODUCTION.items() if k != name}
    ran = manage(tmp_path, "check", **environment)
    assert ran.returncode != 0
    assert f"{name} must be set when CLEARORIGIN_MODE is production" in ran.stderr


def test_the_deployment_check_finds_nothing_in_production(tmp_path):
    ran = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert (ran.returncode, ran.stdout.strip()) == (0, "System check identified no issues (0 silenced).")


def test_an_unknown_mode_is_refused(tmp_path):
    ran = manage(tmp_path, "check", CLEARORIGIN_MODE="prod")
    assert ran.returncode != 0
    assert "use development, demo or production" in ran.stderr


def test_nothing_needs_to_be_set_outside_production(tmp_path):
    ran = manage(tmp_path, "check")
    assert ran.returncode == 0, ran.stderr


def test_debug_cannot_be_switched_on_in_production(tmp_path):
    shown = manage(
        tmp_path, "shell", "-v", "0", "-c", "from django.conf import settings; print(settings.DEBUG)",
        **PRODUCTION, DEBUG="true",
    )  # fmt: skip
    assert shown.stdout.strip() == "False", shown.stderr


def test_the_local_secret_is_made_once_and_only_its_owner_reads_it(tmp_path):
    command = ("shell", "-v", "0", "-c", "from django.conf import settings; print(settings.SECRET_KEY)")
    first, second = (manage(tmp_path, *command).stdout.strip() for _ in range(2))
    assert first == second
    assert len(first) > 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
