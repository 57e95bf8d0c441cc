"""Measures screening, name matching and reading; prints a table and writes the figures as JSON.

Run as ``python -m bench`` (``make bench``). Works in a database of its own, made for the run and removed after it: a
SQLite file, or on the server that DATABASE_URL names.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import django

os.environ["CLEARORIGIN_MODE"] = "development"
os.environ.pop("REDIS_URL", None)  # one process works everything off, so that its speed is what is measured
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["LOG_LEVEL"] = "ERROR"
django.setup()

from django.conf import settings  # noqa: E402  (models can be imported only after setup)
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import F  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from bench import material  # noqa: E402
from bench import names as exam  # noqa: E402
from entities import matchers  # noqa: E402
from entities.domain.facts import PARTY_FIELDS  # noqa: E402
from entities.domain.matching import ENGINE_VERSION  # noqa: E402
from entities.domain.roles import Role  # noqa: E402
from entities.models import ListVersion, Organization  # noqa: E402
from entities.services import accounts, jobs  # noqa: E402
from entities.services.lists import load_reference_lists  # noqa: E402
from evidence.readers import read_document  # noqa: E402
from screening.models import Finding, Screening, Shipment  # noqa: E402
from screening.services.shipments import add_shipments  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench-results"
IN_A_JOB = 25


@dataclass(frozen=True)
class Measure:
    """One figure: how many of what in how many seconds, and how it was taken."""

    name: str
    unit: str
    count: int
    seconds: float
    method: str
    details: dict[str, Any]

    @property
    def per_second(self) -> float:
        return self.count / self.seconds


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.splitlines()[0])
    parser.add_argument("--shipments", type=int, default=500)
    parser.add_argument("--names", type=int, default=2000)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--exam-only", action="store_true", help="grade the engines and measure nothing else")
    parser.add_argument("--keep", action="store_true", help="put the exam's figures on the page How matching works")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings.DATABASES["default"]["TEST"]["NAME"] = (
            str(folder / "bench.sqlite3") if connection.vendor == "sqlite" else f"bench_{os.getpid()}"
        )
        databases = setup_databases(verbosity=0, interactive=False)
        try:
            load_reference_lists()
            jobs.work_off()
            measures = []
            if not wanted.exam_only:
                measures = [
                    say(screening(wanted.shipments)),
                    *map(say, by_workers(folder)),
                    say(names(wanted.names, folder)),
                    say(reading(wanted.pages, folder)),
                ]
            version = ListVersion.objects.current(ListVersion.Register.UFLPA)
            matcher = matchers.matcher_for(version)
            graded = exam.measure(matcher, list(matcher.parties.values()), machine=machine())
            exam.show(graded)
            if wanted.keep:
                exam.keep(graded)
            written = write(measures, graded)
        finally:
            teardown_databases(databases, verbosity=0)
    print(f"\nwritten to {written.relative_to(ROOT)}")


def timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def screening(count: int) -> Measure:
    """Shipments with four-step chains, from the change feed to stored findings and opened cases."""
    chains = max(1, count // 10)
    owner = accounts.add_organization(name="Bench Importer", kind=Organization.Kind.IMPORTER, actor=None)
    member = accounts.add_member(
        owner, email="member@bench.test", full_name="Bench Member", role=Role.IMPORTER_MEMBER, actor=None
    )
    declared = list(material.shipments(count, owner=owner, actor=member.user, chains=chains))
    jobs.work_off()  # what the chains themselves have put on the change feed
    storing = timed(lambda: add_shipments(declared, owner=owner))
    seconds = timed(jobs.work_off)
    assert Screening.objects.filter(shipment__owner=owner).count() == count, "not every shipment was screened once"
    return Measure(
        "screening",
        "shipments",
        count,
        seconds,
        "shipments of two lines and three parties, ten to a maker, four suppliers above each maker; one process works "
        "off the change feed and the screening jobs, from a cold matcher to findings and cases on record",
        {"chains": chains, "findings": Finding.objects.count(), "seconds_to_store": round(storing, 3)},
    )


def by_workers(folder: Path) -> Iterator[Measure]:
    """The same shipments screened again by one worker and by two; not on SQLite, which takes one writer at a time."""
    from bench import following  # which stands on this module

    if connection.vendor == "sqlite":
        print("by workers: SQLite takes one writer at a time; DATABASE_URL names a PostgreSQL server to compare on")
        return
    ids = list(Shipment.objects.order_by("pk").values_list("pk", flat=True))
    for workers in (1, 2):
        Shipment.objects.update(facts_version=F("facts_version") + 1)  # as where a link upstream was declared
        for start in range(0, len(ids), IN_A_JOB):
            jobs.enqueue("screen", {"shipments": ids[start : start + IN_A_JOB], "trigger": f"bench {workers}"})
        seconds, _ = following.worked_off(workers, folder)
        yield Measure(
            f"{workers} worker{'s' if workers > 1 else ''}",
            "shipments",
            len(ids),
            seconds,
            f"processes of their own work off screening jobs of {IN_A_JOB} shipments each, to findings on record",
            {"load": load(), "cores": os.cpu_count()},
        )


def names(count: int, folder: Path) -> Measure:
    """Parties of a CSV file through screen_parties."""
    given, answered = folder / "parties.csv", folder / "answers.csv"
    rows = [",".join(["id", *PARTY_FIELDS])]
    for number, facts in enumerate(material.parties(count, seed=500_000)):
        rows.append(",".join([str(number), *(f'"{getattr(facts, field)}"' for field in PARTY_FIELDS)]))
    given.write_text("\n".join(rows))
    with open(os.devnull, "w") as nowhere:
        seconds = timed(lambda: call_command("screen_parties", str(given), "--output", str(answered), stdout=nowhere))
    assert len(answered.read_text().splitlines()) == count + 1, "not every party has an answer"
    return Measure(
        "names",
        "parties",
        count,
        seconds,
        "manage.py screen_parties on a CSV file of parties not seen before, one process, matcher already built, one "
        "party in fifty with the name of a listed entity",
        {},
    )


def reading(count: int, folder: Path) -> Measure:
    """Pages of a PDF with text, through the limited child process."""
    path = material.paper(folder, count)
    results = []
    seconds = timed(lambda: results.append(read_document(path, path.name)))
    assert len(results[0].pages) == count, "not every page was read"
    return Measure(
        "reading", "pages", count, seconds, "one PDF, forty lines of text a page, read in limited child processes", {}
    )


def say(measure: Measure) -> Measure:
    print(
        f"{measure.name:<10} {measure.count:>7} {measure.unit:<10} {measure.seconds:>8.2f} s "
        f"{measure.per_second:>9.1f} {measure.unit}/s",
        flush=True,
    )
    return measure


def write(measures: list[Measure], graded: dict[str, Any]) -> Path:
    """The figures with everything needed to judge them later."""
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    path = RESULTS / f"bench-{now:%Y%m%dT%H%M%SZ}.json"
    content = {
        "at": now.isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": versions(),
        "measures": [
            {**asdict(measure), "seconds": round(measure.seconds, 3), "per_second": round(measure.per_second, 1)}
            for measure in measures
        ],
        "exam": graded,
    }
    path.write_text(json.dumps(content, indent=2) + "\n")
    return path


def machine() -> dict[str, Any]:
    cpu = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return {
        "processor": cpu,
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 1024**2, 1),
        "system": platform.platform(),
    }


def load() -> float:
    """How many processes wanted a core on average in the last minute: with more than there are, all are slower."""
    return round(os.getloadavg()[0], 1)


def versions() -> dict[str, str]:
    git = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        database = cursor.fetchone()[0]
    return {
        "clearorigin": git.stdout.strip(),
        "engine": ENGINE_VERSION,
        "python": sys.version.split()[0],
        connection.vendor: database,
        **{name: version(name) for name in ("django", "celery", "rapidfuzz", "pdfplumber")},
    }


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


if __name__ == "__main__":
    main()
