"""Write a case to a ZIP that can be verified on any machine."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evidence.services.exports import record_export, write_export
from screening.models import Case


class Command(BaseCommand):
    help = "Write a case with its papers, events and hashes to a ZIP; verify.py in it checks it without the product."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="the case, for example 2026-0001")
        parser.add_argument("--output", type=Path, help="the file to write; without it case-NUMBER.zip here")

        parser.add_argument(
            "--with-notes", action="store_true", help="with the notes that the office wrote to itself; else left out"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        case = Case.objects.filter(number=options["number"]).first()
        if case is None:
            raise CommandError(f"There is no case {options['number']}.")
        path: Path = options["output"] or Path(f"case-{case.number}.zip")
        with path.open("w+b") as file:
            written = write_export(case, file, with_notes=options["with_notes"])
        record_export(case, written, actor=None)
        self.stdout.write(f"{path}: {written.size} bytes, SHA-256 {written.sha256}")
        self.stdout.write(f"Head of the history: {written.head_sequence}:{written.head_hash}")
