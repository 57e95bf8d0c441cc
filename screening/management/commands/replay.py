"""Screen the input of a receipt again, and say whether the same bytes come out."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from entities.domain.errors import Refused
from screening.models import Screening
from screening.services.receipts import read_receipt, receipt_of, replay


class Command(BaseCommand):
    help = (
        "Replay a receipt by the lists, thresholds and names it names. Exit code 1 where another result comes out, "
        "2 where it cannot be replayed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("receipt", help="a file, or the number of a screening")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            given = self._given(options["receipt"])
            again = replay(read_receipt(given))
        except Refused as refused:
            self.stderr.write(refused.message)
            sys.exit(2)
        before, after = json.loads(given), json.loads(again)
        if given.strip() == again.strip():
            self.stdout.write(f"The same bytes: SHA-256 {after['sha256']}")
            return
        for name in sorted(before["result"]):
            if before["result"][name] != after["result"][name]:
                self.stdout.write(f"Another result: {name}")
        self.stdout.write(f"The receipt has SHA-256 {before['sha256']}, the replay {after['sha256']}.")
        sys.exit(1)

    def _given(self, named: str) -> bytes:
        if named.isdigit():
            screening = Screening.objects.select_related("run").filter(pk=int(named)).first()
            if screening is None:
                raise CommandError(f"There is no screening {named}.")
            return receipt_of(screening)
        path = Path(named)
        if not path.is_file():
            raise CommandError(f"There is no file {named}.")
        return path.read_bytes()
