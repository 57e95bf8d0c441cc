"""Replay the dated states of the list over the shipments on record, and compare following up with screening all."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from screening.services.replay import Replayed, replay


class Command(BaseCommand):
    help = (
        "Put each dated state of the shipped Entity List in use, follow the change up, and compare every shipment "
        "with a full screening at that state. Nothing stays: the transaction is taken back. Not in production, where "
        "it would hold up everybody's work."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Fail where a shipment differs.")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                "Not in production: the replay locks every shipment while it runs. Run it on a copy of the database, "
                "with CLEARORIGIN_MODE=development."
            )
        self.stdout.write("state        entities  followed up  compared  presumption  differ")
        done = replay(self._report)
        differing = sum(len(state.differences) for state in done)
        self.stdout.write(f"{len(done)} states; {differing} differences. Everything was taken back.")
        if options["check"] and differing:
            raise CommandError(f"Following up and screening all differ {differing} times; see the table.")

    def _report(self, state: Replayed) -> None:
        self.stdout.write(
            f"{state.on}  {state.entities:9}  {state.followed_up:11}  {state.compared:8}  {state.presumed:11}  "
            f"{len(state.differences):6}"
        )
        for difference in state.differences[:20]:
            self.stdout.write(f"    {difference}")
