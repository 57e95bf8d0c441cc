"""Measures reading: pages with text, scanned pages, memory, hostile files, and screening while scans are read.

Run as ``make bench-reading`` or ``python -m bench.reading``; the figures are printed and written as JSON. A scanned
page is made here: print in English and Chinese at 150 dpi, a little askew. Works in a database of its own.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from bench import __main__ as bench  # sets the application up
from bench import material, scans
from entities.domain.roles import Role
from entities.models import Job, Organization
from entities.sandbox import OCR_LIMITS, run_reader
from entities.services import accounts, jobs
from entities.services.lists import load_reference_lists
from evidence.readers import read_document
from evidence.services.documents import receive_upload
from screening.models import Screening
from screening.services.shipments import add_shipment

REACH = {
    "text pages a minute": 600,
    "scanned pages a minute": 10,
    "MB for a long text file": 300,
    "MB for reading a picture": 1200,
    "seconds until a shipment is screened": 15,
}
WORKER_SECONDS = 150


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.reading", description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=500, help="pages of the file with text")
    parser.add_argument("--scans", type=int, default=10, help="scanned pages to be timed")
    parser.add_argument("--waiting", type=int, default=100, help="scanned pages being read while a shipment comes in")
    wanted = parser.parse_args()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures |= text(folder, wanted.pages)
        figures |= pictures(folder, wanted.scans)
        figures |= hostile(folder)
        figures |= latency(folder, wanted.waiting)
    for label, figure in figures.items():
        if label not in REACH:
            print(f"{label:<48} {figure}")
    for label, reach in REACH.items():
        if label in figures:
            better = figures[label] >= reach if label.endswith("a minute") else figures[label] <= reach
            sign = ">=" if label.endswith("a minute") else "<="
            print(f"{label:<48} {figures[label]:>9}   {sign} {reach:<5} {'reached' if better else 'NOT REACHED'}")
    bench.RESULTS.mkdir(exist_ok=True)
    path = bench.RESULTS / f"reading-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.json"
    path.write_text(json.dumps({"machine": bench.machine(), "load": os.getloadavg(), **figures}, indent=2) + "\n")
    print(f"\nwritten to {path.relative_to(bench.ROOT)}")


def text(folder: Path, pages: int) -> dict[str, Any]:
    """A long file of invoices with ruled tables: words, boxes and cells of every page."""
    path = scans.ruled_invoices(folder / "text.pdf", pages)
    started, used = time.perf_counter(), _children()
    result = read_document(path, path.name)
    took, spent = time.perf_counter() - started, _children() - used
    assert sum(page.has_text for page in result.pages) == pages, "not every page was read"
    assert all(page.content.tables and page.content.words for page in result.pages[:3]), "no tables or words"
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "text pages a minute": round(60 * pages / spent),
        "text pages a minute by the clock": round(60 * pages / took),
        "MB for a long text file": result.peak_memory_mb,
        "MB of the process that asked": round(own),
    }


def pictures(folder: Path, pages: int) -> dict[str, Any]:
    """Scanned pages, as many calls of the child as they take; time is that of its one thread."""
    path = scans.scanned_pages(folder / "scan.pdf", pages)
    left = [(number, 0) for number in range(1, pages + 1)]
    started, used, peak, found = time.perf_counter(), _children(), 0.0, 0
    while left:
        options = {"media": "pdf", "pages": left[:6]}
        answer = run_reader("evidence.readers.ocr", path, options=options, limits=OCR_LIMITS)
        peak = max(peak, answer["measured"]["peak_memory_mb"])
        found += sum(scans.NUMBER % entry["number"] in entry["text"] for entry in answer["pages"])
        left = left[len(answer["pages"]) :]
    took, spent = time.perf_counter() - started, _children() - used
    return {
        "scanned pages a minute": round(60 * pages / spent, 1),
        "scanned pages a minute by the clock": round(60 * pages / took, 1),
        "scanned pages whose number was read": f"{found} of {pages}",
        "MB for reading a picture": peak,
    }


def hostile(folder: Path) -> dict[str, Any]:
    """Files made to harm: each must end with the right reason, and this process must live."""
    files, well = scans.hostile_files(), 0
    for name, (content, may_end) in files.items():
        path = folder / "hostile"
        path.write_bytes(content)
        result = read_document(path, name)
        ended = result.problem.code if result.problem else result.readable
        well += ended in may_end
        wrong = "" if ended in may_end else "   WRONG REASON"
        print(f"  {name:<32} {ended:<16} {result.seconds:>6.1f} s{wrong}", flush=True)
    return {"hostile files that ended with the right reason": f"{well} of {len(files)}"}


def latency(folder: Path, pages: int) -> dict[str, Any]:
    """The embedded default: one worker reads a pile of scans, then a shipment comes in."""
    database = folder / "bench.sqlite3"
    settings.MEDIA_ROOT = folder / "files"
    if connection.vendor == "sqlite":
        settings.DATABASES["default"]["TEST"]["NAME"] = str(database)
    made = setup_databases(verbosity=0, interactive=False)
    try:
        load_reference_lists()
        jobs.work_off()
        owner = accounts.add_organization(name="Bench Importer", kind=Organization.Kind.IMPORTER, actor=None)
        member = accounts.add_member(
            owner, email="member@bench.test", full_name="Bench Member", role=Role.IMPORTER_MEMBER, actor=None
        ).user
        pile = ContentFile(scans.scanned_pages(folder / "pile.pdf", pages).read_bytes(), "pile.pdf")
        receive_upload(pile, organization=owner, actor=member)
        worker = _worker(folder)
        try:
            _wait_for(lambda: Job.objects.filter(kind="ocr", progress_done__gte=1), WORKER_SECONDS)
            declared = next(iter(material.shipments(1, owner=owner, actor=member, chains=1)))
            times = []
            for _ in range(3):
                started = time.perf_counter()
                shipment = add_shipment(declared, owner=owner, actor=member)
                _wait_for(lambda one=shipment: Screening.objects.filter(shipment=one), WORKER_SECONDS)
                times.append(round(time.perf_counter() - started, 1))
            job = Job.objects.get(kind="ocr")
            return {
                "seconds until a shipment is screened": max(times),
                "each of them": times,
                "scanned pages read by then": f"{job.progress_done} of {job.progress_total}",
            }
        finally:
            worker.kill()  # it would end its pile first
            worker.wait()
    finally:
        teardown_databases(made, verbosity=0)


def _worker(folder: Path) -> subprocess.Popen[bytes]:
    database = connection.settings_dict["NAME"]
    address = f"sqlite:///{database}" if connection.vendor == "sqlite" else _with_name(str(database))
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "LOG_LEVEL": "ERROR",
    }
    return subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=bench.ROOT, env=environment)


def _with_name(database: str) -> str:
    return os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{database}"


def _wait_for(rows: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not rows().exists():
        if time.monotonic() > end:
            raise SystemExit("The worker did not come that far.")
        time.sleep(0.1)


def _children() -> float:
    """Processor time of the children that ended: what reading costs, whatever else the machine does."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
