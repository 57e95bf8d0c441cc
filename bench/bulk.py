"""Measures shipments sent in bulk: stored, and screened; processor time, memory, the load beside them.

Run as ``python -m bench.bulk`` with ``DATABASE_URL`` of a PostgreSQL server. Works in a database of its own, removed
after it. A row is a line of a shipment.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from bench.__main__ import load  # sets the application up
from bench.material import PLACES, TRADES, WORDS
from entities.domain.identifiers import entry_number
from entities.domain.roles import Role
from entities.models import Job, Organization, User
from entities.services import accounts, jobs
from entities.services.lists import load_reference_lists
from screening.models import ImportBatch, Shipment, ShipmentLine
from screening.services import feed, intake

MAKERS = 400
WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
CODES = ("6109.10.00.12", "6203.42.40.11", "9403.60.80.81", "8541.43.00.10", "6403.99.60.75", "3926.90.99.89")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.bulk", description=__doc__.splitlines()[0])
    parser.add_argument("--shipments", type=int, default=10_000)
    parser.add_argument("--lines", type=int, default=10, help="lines of a shipment")
    parser.add_argument("--no-values", action="store_true", help="lines without value: no prices to compare")
    parser.add_argument("--job", type=int, help="work off this job in this process, and say what it took")
    parser.add_argument("--screen", action="store_true", help="work off everything that waits, and say what it took")
    wanted = parser.parse_args()
    if wanted.job or wanted.screen:
        print(json.dumps(took(lambda: jobs.run(wanted.job, heartbeat=False) if wanted.job else jobs.work_off())))
        return
    with tempfile.TemporaryDirectory() as name:
        settings.MEDIA_ROOT = name
        settings.DATABASES["default"]["TEST"]["NAME"] = f"bench_{os.getpid()}"
        databases = setup_databases(verbosity=0, interactive=False)
        try:
            measure(Path(name), wanted.shipments, wanted.lines, has_values=not wanted.no_values)
        finally:
            teardown_databases(databases, verbosity=0)


def measure(folder: Path, shipments: int, lines: int, *, has_values: bool) -> None:
    load_reference_lists()
    jobs.work_off()
    owner = accounts.add_organization(name="Bench Importer", kind=Organization.Kind.IMPORTER, actor=None)
    member = accounts.add_member(
        owner, email="member@bench.test", full_name="Bench Member", role=Role.IMPORTER_MEMBER, actor=None
    )
    user = member.user
    send = Sender(folder, user, owner, lines, has_values)
    print(f"{shipments:,} shipments of {lines} lines, 3 parties and 2 suppliers behind them; load {load()}")
    first = 0
    for count in (max(shipments // 10, 1), shipments):
        say("stored", count * lines, send.stored(range(first, first + count), stores_only=True))
        first += count
    say("stored", shipments * lines, send.stored(range(first, first + shipments)))
    say("taken up to be screened", shipments * lines, took(feed.consume_changes))
    start = time.perf_counter()
    answers = in_children(2, "--screen")
    seconds = time.perf_counter() - start
    assert Shipment.objects.exclude(latest_screening=None).count() == shipments, "not every shipment was screened"
    together = {
        "seconds": seconds,
        "processor": sum(one["processor"] for one in answers),
        "memory": max(one["memory"] for one in answers),
    }
    say("screened by two processes", shipments * lines, together)


@dataclass
class Sender:
    """Sends shipments of an importer and has a process of its own store them."""

    folder: Path
    user: User
    owner: Organization
    lines: int
    has_values: bool

    def stored(self, numbers: range, *, stores_only: bool = False) -> dict[str, Any]:
        path = self.folder / "sent.ndjson"
        with path.open("w", encoding="utf-8") as file:
            for number in numbers:
                file.write(json.dumps(shipment(number, self.lines, has_values=self.has_values)) + "\n")
        with path.open("rb") as body:
            batch = intake.receive_sent(
                File(body, name="sent.ndjson"),
                ImportBatch.Form.NDJSON,
                organization=self.owner,
                actor=self.user,
                stores_only=stores_only,
            )
        assert batch.job is not None
        Job.objects.filter(pk=batch.job.pk).update(priority=0)  # nothing goes before it: it alone is measured
        [answer] = in_children(1, "--job", str(batch.job.pk))
        batch.refresh_from_db()
        assert (batch.state, batch.rows_stored) == ("done", len(numbers)), (batch.state, batch.error)
        assert ShipmentLine.objects.filter(shipment__batch=batch).count() == len(numbers) * self.lines
        return answer


def in_children(count: int, *arguments: str) -> list[dict[str, Any]]:
    """Processes of their own on the same database, as workers are."""
    where = connection.settings_dict
    url = f"postgres://{where['USER']}:{where['PASSWORD']}@{where['HOST']}:{where['PORT']}/{where['NAME']}"
    environment = {**os.environ, "DATABASE_URL": url, "MEDIA_ROOT": str(settings.MEDIA_ROOT)}
    running = [
        subprocess.Popen([sys.executable, "-m", "bench.bulk", *arguments], env=environment, stdout=subprocess.PIPE)
        for _ in range(count)
    ]
    return [json.loads(one.communicate()[0].splitlines()[-1]) for one in running]


def took(work: Any) -> dict[str, Any]:
    """What this process took, with those it started; of their memory, the most that one of them had."""
    clock, processor = time.perf_counter(), processor_time()
    work()
    return {
        "seconds": time.perf_counter() - clock,
        "processor": processor_time() - processor,
        "memory": max(resource.getrusage(who).ru_maxrss for who in WHO) // 1024,
    }


def processor_time() -> float:
    used = [resource.getrusage(who) for who in WHO]
    return sum(one.ru_utime + one.ru_stime for one in used)


def say(what: str, rows: int, answer: dict[str, Any]) -> None:
    clock, processor = rows / answer["seconds"], rows / answer["processor"]
    print(
        f"{what}: {rows:,} rows in {answer['seconds']:.1f} s, {clock:,.0f}/s by the clock, {processor:,.0f}/s by the "
        f"processor time of the worker; the memory of a process at most {answer['memory']} MB; load {load()}",
        flush=True,
    )


def shipment(number: int, lines: int, *, has_values: bool = True) -> dict[str, Any]:
    """A shipment as a brokerage sends it: many of the same makers, each with the same suppliers behind it."""
    dice = random.Random(number)
    maker = number % MAKERS
    digits = f"{number:07}"
    return {
        "reference": f"PO-{number:07}",
        "entry_number": entry_number(f"551-{digits}-{entry_number(f'551-{digits}-0').expected or 0}").normalised,
        "bill_of_lading": f"MSCU{number:09}",
        "vessel": "EXAMPLE STAR",
        "port_of_lading": "Hai Phong",
        "imported_on": f"2026-03-{1 + number % 28:02}",
        "lines": [
            {
                "number": line,
                "description": f"{dice.choice(WORDS)} {dice.choice(TRADES)} goods, style {dice.randrange(9999)}",
                "hts_codes": [CODES[(maker + line) % len(CODES)]],
                "origin_country": "VN",
                "quantity": str(dice.randrange(10, 9000)),
                "quantity_unit": "PCS",
                "gross_weight_kg": f"{dice.randrange(10, 9000)}.5",
                **({"value": f"{dice.randrange(100, 90000)}.00", "currency": "USD"} if has_values else {}),
            }
            for line in range(1, lines + 1)
        ],
        "parties": [
            {"ref": "maker", "role": "manufacturer", **firm(maker)},
            {"role": "seller", **firm(maker + MAKERS)},
            {"role": "consignee", "name": "Bench Importer", "city": "Long Beach", "country": "US"},
        ],
        "suppliers": [
            {
                "ref": "mill",
                "supplies": "maker",
                **firm(maker + 2 * MAKERS),
                **delivery("knitter or weaver", "jersey"),
            },
            {"ref": "spinner", "supplies": "mill", **firm(maker + 3 * MAKERS), **delivery("spinner", "cotton yarn")},
        ],
    }


def firm(number: int) -> dict[str, str]:
    dice = random.Random(10_000_000 + number)
    city, province, country = dice.choice(PLACES)
    name = f"{city} {dice.choice(WORDS)} {dice.choice(WORDS)} {dice.choice(TRADES)} Co., Ltd. {number}"
    address = f"No. {dice.randrange(1, 999)} {dice.choice(WORDS)} Road"
    return {"name": name, "address": address, "city": city, "province": province, "country": country}


def delivery(stage: str, goods: str) -> dict[str, str]:
    return {"commodity": "cotton", "stage": stage, "goods": goods, "valid_from": "2026-01-01"}


if __name__ == "__main__":
    main()
