"""Starts the services of docker-compose.yml on this machine, by the commands written there.

Run as ``python -m config.native --port 8000`` (``make services-demo``). PostgreSQL and Redis are this machine's own,
named by DATABASE_URL and REDIS_URL; the database is made where there is none yet and filled for the demonstration.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg2
import redis
import yaml
from dj_database_url import parse
from psycopg2 import sql

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = ROOT / "docker-compose.yml"
PREPARED = "migrate"
SECONDS_TO_STOP = 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    missing = unreachable()
    if missing:
        print("\n".join(missing), file=sys.stderr)
        return 1
    os.environ.update(HOST="127.0.0.1", PORT=str(port), BEAT_SCHEDULE=str(ROOT / "var" / "beat-schedule"))
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    commands = own_commands(yaml.safe_load(COMPOSE.read_text()))
    subprocess.run(commands.pop(PREPARED), cwd=ROOT, check=True)
    subprocess.run([sys.executable, "manage.py", "seed_demo"], cwd=ROOT, check=True)
    print(f"\nClearOrigin serves on http://127.0.0.1:{port} (stop with Ctrl-C)", flush=True)
    return run(commands)


def own_commands(compose: Mapping[str, Any]) -> dict[str, list[str]]:
    """The command of each service that runs our own image, its defaults filled in."""
    return {
        name: [filled_in(word) for word in service["command"]]
        for name, service in compose["services"].items()
        if "build" in service
    }


def filled_in(word: str) -> str:
    """A word of a command with ``${NAME:-default}`` replaced, as compose does."""
    if word.startswith("${") and word.endswith("}"):
        name, _, default = word[2:-1].partition(":-")
        return os.environ.get(name) or default
    return word


def unreachable() -> list[str]:
    """Say which of PostgreSQL and Redis does not answer, and how to go on; make the database if it is not there."""
    said = []
    try:
        make_database(parse(os.environ["DATABASE_URL"]))
    except psycopg2.OperationalError as fault:
        said.append(f"PostgreSQL does not answer at DATABASE_URL ({os.environ['DATABASE_URL']}): {fault}".strip())
    try:
        redis.Redis.from_url(os.environ["REDIS_URL"], socket_connect_timeout=3).ping()
    except redis.RedisError as fault:
        said.append(f"Redis does not answer at REDIS_URL ({os.environ['REDIS_URL']}): {fault}")
    if said:
        said.append("On Debian or Ubuntu: apt install postgresql redis-server, and start both.")
    return said


def make_database(database: Mapping[str, Any]) -> None:
    """Create the database unless it exists."""
    server = psycopg2.connect(
        host=database["HOST"] or None,
        port=database["PORT"] or None,
        user=database["USER"] or None,
        password=database["PASSWORD"] or None,
        dbname="postgres",
        connect_timeout=3,
    )
    server.autocommit = True  # a database cannot be created in a transaction
    with server.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database["NAME"]])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database["NAME"])))
    server.close()


def run(commands: Mapping[str, list[str]]) -> int:
    """Run every service until one ends or we are told to stop; then stop them all."""

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            running[name] = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
        while True:
            time.sleep(0.5)
            for name, process in running.items():
                if process.poll() is not None:
                    print(f"{name} ended with {process.returncode}; stopping the others.", file=sys.stderr)
                    return 1
    except KeyboardInterrupt:
        print("Stopping.", flush=True)
        return 0
    finally:
        stop_all(list(running.values()))


def stop_all(processes: list[subprocess.Popen[bytes]]) -> None:
    """End each service as `docker stop` does: ask, wait, then end whatever is left of it."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + SECONDS_TO_STOP
    for process in processes:
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
