"""Load the UFLPA Entity List from a file as a draft: the page DHS publishes, or a table like the shipped one."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from entities.domain.errors import Refused
from entities.models import User
from entities.services.lists import difference_of, draft_version


class Command(BaseCommand):
    help = (
        "Load the UFLPA Entity List (HTML page of DHS, or CSV) as a draft and print how it differs from the list in "
        "use. A second person publishes it in the browser."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, metavar="EMAIL", help="the account that loads it")
        parser.add_argument(
            "--retrieved-on", type=date.fromisoformat, help="the day it was retrieved (YYYY-MM-DD); else today"
        )
        parser.add_argument(
            "--changed-on", type=date.fromisoformat, help="the day from which rows that are gone no longer count"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        actor = User.objects.filter(email__iexact=options["by"], is_active=True).first()
        if actor is None:
            raise CommandError(f"There is no account {options['by']}.")
        try:
            version = draft_version(
                path,
                file_name=path.name,
                actor=actor,
                retrieved_on=options["retrieved_on"] or timezone.localdate(),
                changed_on=options["changed_on"],
            )
        except Refused as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write(f"Draft {version.pk}: {version.entity_count} entities in {version.row_count} rows.")
        for change in difference_of(version):
            words = " -> ".join(part for part in (change.before, change.after) if part)
            self.stdout.write(f"  {change.kind}: {change.name} {change.section} {words}".rstrip())
        for warning in version.warnings:
            self.stdout.write(self.style.WARNING(f"  Warning: {warning}"))
        for doubt in version.doubts:
            self.stdout.write(f"  Look at: {doubt}")
        self.stdout.write("Nothing is screened with it until a second person publishes it (Entity List > Versions).")
