"""Say whether the history is as it was recorded."""

import re
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from entities import history

_HEAD = re.compile(r"(\d+):([0-9a-f]{64})")


class Command(BaseCommand):
    help = (
        "Check the chain of events, and every row and stored file the events speak of. "
        "Names what is not as it was recorded; exit code 1 then."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head", action="append", default=[], metavar="NUMBER:HASH",
            help="a head of the chain as printed on a letter or an export; may be given more than once",
        )  # fmt: skip
        parser.add_argument("--without-files", action="store_true", help="leave the stored files unread")

    def handle(self, *args: Any, **options: Any) -> None:
        heads = [_HEAD.fullmatch(text.strip().lower()) for text in options["head"]]
        if not all(heads):
            raise CommandError("Give a head as printed: the number of the event, a colon, 64 letters and digits.")
        printed = [(int(head[1]), head[2]) for head in heads if head]
        report = history.verify(printed=printed, with_files=not options["without_files"])
        for sentence in [*report.notes, *report.faults]:
            self.stdout.write(sentence)
        rows = sum(report.rows.values())
        looked_at = f"{report.events} events, {rows} rows of {len(report.rows)} kinds, {report.files} files"
        if not report.holds:
            self.stdout.write(f"The history does not hold: {len(report.faults)} faults in {looked_at}.")
            sys.exit(1)
        self.stdout.write(f"OK: {looked_at}; head {report.events}:{report.head}")
