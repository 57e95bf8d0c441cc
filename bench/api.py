"""Measures the API as a brokerage uses it: gunicorn and a screening worker on this machine, PostgreSQL and Redis.

Run as ``make bench-api`` or ``python -m bench.api wait lists --rows 2000000``. Works in a database of its own, made
for the run and removed after it, on the server that DATABASE_URL names. A section is a function in ``SECTIONS`` that
takes the running service and yields its figures. Times are the clients' own, so they hold only on an idle machine: the
processor time of the web processes and the load stand beside them.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

import psycopg2
from dj_database_url import parse
from psycopg2 import sql

from config.native import make_database, stop_all

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench-results"
SERVER = os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/clearorigin")
REDIS = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/15")
WARM_UP = 20  # requests of each client that are not counted


@dataclass(frozen=True)
class Figure:
    """What one kind of request took at so many clients."""

    name: str
    clients: int
    requests: int
    per_second: float
    p50_ms: float
    p95_ms: float
    web_cpu_ms: float  # processor time of the web processes for one request
    load: float  # of the machine, over the last minute
    aim_p95_ms: float | None = None

    def __str__(self) -> str:
        aim = f"   aim {self.aim_p95_ms:.0f}" if self.aim_p95_ms else ""
        return (
            f"{self.name:44} {self.clients:3} clients {self.per_second:8.1f}/s   p50 {self.p50_ms:7.1f} ms   "
            f"p95 {self.p95_ms:7.1f} ms{aim}   web {self.web_cpu_ms:6.1f} ms CPU   load {self.load:.1f}"
        )


@dataclass
class Service:
    """The service under measurement, and who asks."""

    port: int
    web: subprocess.Popen[bytes]
    keys: Mapping[str, str]
    rows: int
    times: int
    importer: int = 0
    counted: Iterator[int] = field(default_factory=lambda: iter(range(10**9)))

    def ask(
        self,
        name: str,
        request: Callable[[int], tuple[str, str, Any, Mapping[str, str]]],
        *,
        clients: int,
        who: str = "importer",
        aim: float | None = None,
    ) -> Figure:
        """``times`` requests by so many clients at once, each on a connection of its own."""
        seconds: list[float] = []
        failures: list[str] = []
        lock, start = threading.Lock(), threading.Barrier(clients + 1)
        headers = {"Authorization": f"Bearer {self.keys[who]}", "Content-Type": "application/json"}

        def client() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
            for number in range(WARM_UP + self.times // clients):
                if number == WARM_UP:
                    start.wait()
                with lock:
                    count = next(self.counted)
                method, path, body, further = request(count)
                sent = None if body is None else json.dumps(body)
                began = time.perf_counter()
                connection.request(method, path, sent, {**headers, **further})
                answer = connection.getresponse()
                content = answer.read()
                if number >= WARM_UP:
                    seconds.append(time.perf_counter() - began)
                if answer.status not in {200, 201}:
                    failures.append(f"{answer.status} {content[:300]!r}")
                    break

        threads = [threading.Thread(target=client) for _ in range(clients)]
        for thread in threads:
            thread.start()
        try:
            start.wait(600)
        except threading.BrokenBarrierError:
            raise SystemExit(f"{name}: {failures[:1]}") from None
        began, cpu = time.perf_counter(), self.cpu_seconds()
        for thread in threads:
            thread.join()
        if failures:
            raise SystemExit(f"{name}: {len(failures)} clients failed, first with {failures[0]}")
        took, cpu = time.perf_counter() - began, self.cpu_seconds() - cpu
        cuts = quantiles(seconds, n=100, method="inclusive")
        return Figure(
            name, clients, len(seconds), len(seconds) / took, cuts[49] * 1000, cuts[94] * 1000,
            cpu / len(seconds) * 1000, os.getloadavg()[0], aim,
        )  # fmt: skip

    def cpu_seconds(self) -> float:
        """Processor time that gunicorn and its workers have used."""
        children = Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children").read_text().split()
        ticks = 0
        for pid in (str(self.web.pid), *children):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def look_up(service: Service) -> Iterator[Figure]:
    """One party against the list in force."""

    def request(count: int) -> tuple[str, str, Any, Mapping[str, str]]:
        party = {"name": f"Example Textile {count} Co., Ltd.", "city": "Shaoxing", "country": "CN"}
        return "POST", "/api/v1/screen-party/", {"parties": [party]}, {}

    yield service.ask("party look-up", request, clients=1)
    yield service.ask("party look-up", request, clients=8, aim=15)


def wait(service: Service) -> Iterator[Figure]:
    """One shipment of one line, three parties and a chain of three, declared and screened before the answer."""

    def request(count: int) -> tuple[str, str, Any, Mapping[str, str]]:
        return "POST", "/api/v1/shipments/", declaration(count), {"Prefer": "wait"}

    yield service.ask("shipment, Prefer: wait", request, clients=1, aim=30)
    yield service.ask("shipment, Prefer: wait", request, clients=8, aim=80)


def lists(service: Service) -> Iterator[Figure]:
    """Pages of the list of shipments, as the importer and as the office read them."""
    fill(service)
    address = "/api/v1/shipments/"
    for who in ("importer", "office"):
        for query in ("", "?outcome=review", "?entry_number=551-3518786-6", "?created_since=2026-01-01T00:00:00Z"):
            yield service.ask(
                f"{service.rows} shipments, {who} {query}",
                lambda count, query=query: ("GET", f"{address}{query}", None, {}),  # type: ignore[misc]
                clients=8,
                who=who,
                aim=100,
            )


SECTIONS: dict[str, Callable[[Service], Iterator[Figure]]] = {"look-up": look_up, "wait": wait, "lists": lists}


def declaration(count: int) -> dict[str, Any]:
    """A simple shipment; ten to a maker, who buys of a mill, which buys of a spinner."""
    maker = count // 10
    delivery = {"country": "CN", "commodity": "cotton", "goods": "cotton", "valid_from": "2025-06-01"}
    return {
        "reference": f"bench {count}",
        "imported_on": "2026-05-04",
        "lines": [{"description": "Cotton T-shirts", "hts_codes": ["6109.10.00.12"], "origin_country": "VN"}],
        "parties": [
            {"ref": "maker", "role": "manufacturer", "line": 1, "name": f"Example Garments {maker}", "country": "VN"},
            {"role": "seller", "name": "Example Trading Co.", "country": "VN"},
            {"role": "consignee", "name": "Example Apparel LLC", "country": "US"},
        ],
        "suppliers": [
            {"ref": "mill", "supplies": "maker", "name": f"Example Mill {maker}", "stage": "knitter or weaver"}
            | delivery,
            {"ref": "spinner", "supplies": "mill", "name": f"Example Spinner {maker}", "stage": "spinner"} | delivery,
        ],
    }


def fill(service: Service) -> None:
    """So many shipments that were screened before, put straight into the database."""
    with psycopg2.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SELECT * FROM screening_shipment LIMIT 0")
        columns = [one.name for one in cursor.description or () if one.name != "id"]
        values = {
            "owner_id": str(service.importer),
            "reference": "'filled ' || n",
            "containers": "'[]'",
            "facts_version": "1",
            "outcome": "CASE WHEN n %% 50 = 0 THEN 'review' ELSE 'no_finding' END",
            "created_at": "now() - n * interval '10 seconds'",
            "imported_on": "date '2026-01-01' + n %% 300",
        }
        null = {"arrives_on", "batch_id", "latest_screening_id", "looked_at"}
        row = ", ".join(values.get(name, "NULL" if name in null else "''") for name in columns)
        cursor.execute(
            f"INSERT INTO screening_shipment ({', '.join(columns)}) SELECT {row} FROM generate_series(1, %s) n",
            [service.rows],
        )
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    connection.cursor().execute("VACUUM ANALYZE screening_shipment")
    connection.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.api", description=__doc__.splitlines()[0])
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], help="all unless named")
    parser.add_argument("--rows", type=int, default=200_000, help="shipments in the lists")
    parser.add_argument("--times", type=int, default=400, help="requests of each kind")
    wanted = parser.parse_args()
    name = f"api_bench_{os.getpid()}"
    os.environ.update(
        DATABASE_URL=f"{SERVER.rpartition('/')[0]}/{name}", REDIS_URL=REDIS, CLEARORIGIN_MODE="development",
        DATA_DIR=f"/tmp/{name}", LOG_LEVEL="ERROR", API_REQUESTS_PER_MINUTE="10000000", HOST="127.0.0.1",
        PORT=str(free_port()), DJANGO_SETTINGS_MODULE="config.settings",
        PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    )  # fmt: skip
    make_database(parse(os.environ["DATABASE_URL"]))
    running: list[subprocess.Popen[bytes]] = []
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that whoever stops it finds nothing left behind
    try:
        keys, importer = prepare()
        web = ["gunicorn", "-c", "python:config.gunicorn", "--access-logfile", "/dev/null", "config.wsgi"]
        worker = ["celery", "-A", "config", "worker", "-Q", "screening", "-c", "1", "-l", "ERROR"]
        for command in (web, worker):
            running.append(subprocess.Popen(command, cwd=ROOT, start_new_session=True))
        wait_until_it_answers(int(os.environ["PORT"]))
        service = Service(int(os.environ["PORT"]), running[0], keys, wanted.rows, wanted.times, importer)
        figures = []
        for section in wanted.sections or SECTIONS:
            for figure in SECTIONS[section](service):
                print(figure, flush=True)
                figures.append(figure)
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "api.json").write_text(json.dumps([asdict(one) for one in figures], indent=1))
    finally:
        stop_all(running)
        drop_database(name)
    return 0


def prepare() -> tuple[dict[str, str], int]:
    """Tables, lists, and a key of an importer and of the office."""
    import django

    django.setup()
    from django.core.management import call_command

    from entities.domain.roles import Role
    from entities.models import Organization
    from entities.services import accounts, jobs
    from entities.services.lists import load_reference_lists
    from entities.services.tokens import create_token

    call_command("migrate", verbosity=0, interactive=False)
    load_reference_lists()
    keys = {}
    kinds = {
        "importer": (Organization.Kind.IMPORTER, Role.IMPORTER_MEMBER),
        "office": (Organization.Kind.OFFICE, Role.ANALYST),
    }
    for who, (kind, role) in kinds.items():
        organization = Organization.objects.create(name=f"Bench {who}", kind=kind)
        member = accounts.add_member(
            organization, email=f"{who}@bench.test", full_name="Bench Member", role=role, actor=None
        )
        keys[who] = create_token(member.user, name="bench", days=None, actor=member.user)[1]
        if kind == Organization.Kind.IMPORTER:
            importer = organization.pk
    jobs.work_off()
    return keys, importer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_it_answers(port: int) -> None:
    for _ in range(600):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.5)
    raise SystemExit("gunicorn does not answer")


def drop_database(name: str) -> None:
    server = parse(SERVER)
    connection = psycopg2.connect(
        host=server["HOST"] or None, port=server["PORT"] or None, user=server["USER"] or None,
        password=server["PASSWORD"] or None, dbname="postgres",
    )  # fmt: skip
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    connection.close()


if __name__ == "__main__":
    sys.exit(main())
