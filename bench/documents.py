"""Grades the reading of papers by an index of what people read on them, both halves apart, and keeps the figures.

``python -m bench.documents INDEX.csv`` (``make bench-documents INDEX=...``): the development half is what the readers
were tuned on, the test half what counts; a file's half is told by its hash. Writes to ``bench-results/``.
"""

from __future__ import annotations

import argparse
import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["LOG_LEVEL"] = "ERROR"
django.setup()

from django.core.management import call_command  # noqa: E402  (commands can be called only after setup)

from evidence.management.commands.grade_documents import DEVELOPMENT, TEST  # noqa: E402

RESULTS = Path(__file__).resolve().parent.parent / "bench-results"


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.documents", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("index", type=Path)
    index = parser.parse_args().index
    graded = {}
    for half in (DEVELOPMENT, TEST):
        said = io.StringIO()
        call_command("grade_documents", str(index), "--half", half, "--json", stdout=said)
        graded[half] = json.loads(said.getvalue())
        print(half, json.dumps(graded[half], indent=2), flush=True)
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    path = RESULTS / f"documents-{now:%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps({"at": now.isoformat(timespec="seconds"), "graded": graded}, indent=2) + "\n")
    print(f"Written to {path}")


if __name__ == "__main__":
    main()
