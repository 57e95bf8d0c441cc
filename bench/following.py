"""Processes of their own on the database of a bench run: one that follows listings, and workers for the jobs left.

Run by ``bench.graph``: ``python -m bench.following DATABASE follow FIRMS FIRMS`` or ``... DATABASE work FILE``.
"""

import json
import resource
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from bench import __main__ as bench  # sets the application up
from entities.domain.listing import entity_key
from entities.matchers import matcher_for
from entities.models import Change, Job, ListVersion, Supplier
from entities.services import jobs
from entities.services.lists import load_version, shipped_uflpa_rows
from entities.services.lists.shipped import UFLPA_LIST
from entities.services.lists.versions import rows_of
from screening.models import IndexState, Rescreening
from screening.services import feed

LISTED_FROM = date(2026, 8, 1)


def follow(firms: list[int]) -> dict[str, Any]:
    """Publish a list with these suppliers on it besides, and take the change up: index, shipments, jobs."""
    earlier = ListVersion.objects.current(ListVersion.Register.UFLPA)
    rows, pattern = rows_of(earlier), shipped_uflpa_rows()[0]
    for pk, name in Supplier.objects.filter(pk__in=firms).values_list("pk", "name"):
        key = f"{entity_key(name)} {pk}"  # a made name may be that of an entity, or of another firm
        rows.append(
            replace(
                pattern,
                row_id=key,
                entity_key=key,
                name=name,
                listed_as=name,
                aliases=(),
                native_names=(),
                effective_on=LISTED_FROM,
                first_effective_on=LISTED_FROM,
                location="",
            )
        )
    load_version(replace(UFLPA_LIST, label=f"Entity List with {len(rows)} rows"), rows, actor=None)
    waiting = Job.objects.filter(kind="screen", state=Job.State.QUEUED).count()
    before = time.process_time()
    seconds = bench.timed(feed.consume_changes)
    computed = time.process_time() - before
    made = Job.objects.filter(kind="screen", state=Job.State.QUEUED).order_by("pk")[waiting:]
    ids = sorted({pk for job in made for pk in job.payload["shipments"]})
    foreseen = Rescreening.objects.latest("pk").foreseen.count()
    return {"seconds": seconds, "computed": computed, "shipments": ids, "jobs": len(made), "foreseen": foreseen}


def main() -> None:
    started = time.perf_counter()
    name, task, *given = sys.argv[1:]
    connection.close()
    connection.settings_dict["NAME"] = name
    if task == "work":
        matcher_for(ListVersion.objects.current(ListVersion.Register.UFLPA))
        Path(f"{given[0]}.{time.monotonic_ns()}.ready").touch()
        while not Path(given[0]).exists():
            time.sleep(0.01)
        before = time.process_time()
        while (waiting := jobs.next_waiting()) is not None:
            jobs.run(waiting)
        Path(f"{given[0]}.{time.monotonic_ns()}.computed").write_text(f"{time.process_time() - before}")
        return
    assert IndexState.objects.filter(built_at__isnull=False).exists()
    assert not Change.objects.filter(consumed_at=None).exists()
    found = [follow(json.loads(firms)) for firms in given]
    said: dict[str, Any] = {"follow": found, "seconds": time.perf_counter() - started}
    said["passes"] = Rescreening.objects.count()
    said["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    said["server memory"] = _server_memory()
    print(json.dumps(said))


def _server_memory() -> int | None:
    """The most memory, MB, the server's process behind this connection held at a time; shared buffers among it."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # the server runs elsewhere
        return None
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


def in_a_new_process(several: list[list[int]]) -> dict[str, Any]:
    """Follow listings one after the other in a process that has done nothing before."""
    ran = subprocess.run(
        [*_python(), "follow", *map(json.dumps, several)], cwd=bench.ROOT, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise RuntimeError(ran.stderr)
    return json.loads(ran.stdout.splitlines()[-1])


def worked_off(workers: int, folder: Path) -> tuple[float, float]:
    """The seconds in which so many processes work off all jobs that wait, and those of the processor they took."""
    go = folder / f"go {time.monotonic_ns()}"
    running = [subprocess.Popen([*_python(), "work", str(go)], cwd=bench.ROOT) for _ in range(workers)]
    while len(list(folder.glob(f"{go.name}.*.ready"))) < workers:
        time.sleep(0.05)
        if any(process.poll() for process in running):
            raise RuntimeError("a worker ended before it began")
    go.touch()
    seconds = bench.timed(lambda: [process.wait() for process in running])
    computed = sum(float(path.read_text()) for path in folder.glob(f"{go.name}.*.computed"))
    return seconds, computed


def _python() -> list[str]:
    return [sys.executable, "-m", "bench.following", str(connection.settings_dict["NAME"])]


if __name__ == "__main__":
    main()
