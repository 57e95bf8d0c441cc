"""Import files of shipments from the shell: read, stored and screened before the command returns."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser, BooleanOptionalAction
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError

from entities.domain.errors import Refused
from entities.models import ListVersion, Organization, User
from entities.services import accounts
from screening.domain.intake.files import is_taken
from screening.models import ImportBatch, ImportRow, Shipment, ShipmentLine, ShipmentParty
from screening.services import intake

Outcome = Shipment.Outcome
UNASSIGNED = "Not assigned to an importer"


class Command(BaseCommand):
    help = (
        "Import shipments from CSV or spreadsheet files. Files given together make one import; the tables of the "
        "manifest release (AMS) among them are joined on their identifier. Every row read is stored or reported."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a file, or a directory of files")
        owner = parser.add_mutually_exclusive_group()
        owner.add_argument(
            "--importer",
            metavar="NAME_OR_NUMBER",
            help=f"whose shipments these are (default: the only importer, else “{UNASSIGNED}”)",
        )
        owner.add_argument("--create-importer", metavar="NAME", help="the same, made where there is none of that name")
        parser.add_argument("--user", metavar="EMAIL", help="the account in whose name this is done")
        parser.add_argument("--again", action="store_true", help="import a file that was imported before")
        parser.add_argument(
            "--screen", action=BooleanOptionalAction, default=True, help="screen the shipments (default) or leave it"
        )
        parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        paths = _files(options["files"])
        if options["screen"] and not ListVersion.objects.exists():
            raise CommandError("No list is loaded. Run manage.py load_reference_data first, or give --no-screen.")
        actor = _account(options["user"])
        importer = _importer(options["importer"], options["create_importer"], actor)
        try:
            batch = intake.import_now(self._receive(paths, importer, actor, options["again"]), self._progress)
            if options["screen"]:
                intake.screen_batch(batch, self._progress)
        except Refused as refused:
            self._line("")
            raise CommandError(refused.message) from None
        self._line("")
        figures = _figures(batch, time.monotonic() - started)
        if options["json"]:
            self.stdout.write(json.dumps(figures))
        else:
            self._say(batch, figures, screened=options["screen"])

    def _receive(self, paths: list[Path], importer: Organization, actor: User | None, again: bool) -> ImportBatch:
        files: list[File[bytes]] = []
        try:
            files = [File(path.open("rb"), name=path.name) for path in paths]
            return intake.receive_files(
                files, organization=importer, actor=actor, confirm_mapping=False, again=again, in_line=False
            )
        except intake.SameFile as same:
            if same.batch.job is None and same.batch.is_at_work:
                self.stderr.write(
                    f"An import of this file was broken off; it goes on ({same.batch.rows_stored} rows)."
                )
                return same.batch
            raise Refused(same.code, f"{same.message} Give --again if that is what you want.") from same
        except OSError as fault:
            raise CommandError(f"{fault.filename} cannot be opened: {fault.strerror}.") from fault
        finally:
            for file in files:
                file.close()

    def _progress(self, doing: str, done: int, total: int) -> None:
        if sys.stderr.isatty():
            self._line(f"{doing}: {done} of {total}" if total else doing)
        elif done in (0, total):
            self.stderr.write(f"{doing}{f': {total}' if total else ''}")

    def _line(self, text: str) -> None:
        """One line on the terminal, written over again and again."""
        if sys.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{text}", ending="")
            self.stderr.flush()

    def _say(self, batch: ImportBatch, figures: dict[str, Any], *, screened: bool) -> None:
        self.stdout.write(
            f"{batch.file_name} for {batch.organization}: {figures['rows_read']} rows read, "
            f"{figures['stored']} stored, {figures['rejected']} not stored. {figures['shipments']} shipments, "
            f"{figures['lines']} lines, {figures['parties']} parties, in {figures['seconds']} s."
        )
        if screened:
            self.stdout.write(f"{figures['flagged']} shipments are flagged.")
        for (sheet, reason, remedy), rows in _rejected(batch).items():
            shown = ", ".join(map(str, rows[:10])) + (f" and {len(rows) - 10} more" if len(rows) > 10 else "")
            where = f"{sheet} row {shown}" if sheet else f"row {shown}"
            self.stdout.write(f"  not stored: {where}: {reason} {remedy}")
        for kind in batch.warnings[:20]:
            where = f"{kind['column']}: " if kind["column"] else ""
            self.stdout.write(f"  {kind['rows']} times, stored with a warning: {where}{kind['reason']}")


def _files(given: list[Path]) -> list[Path]:
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            inside = sorted(one for one in path.iterdir() if one.is_file() and is_taken(one.name))
            if not inside:
                raise CommandError(f"The directory {path} holds no CSV or spreadsheet file.")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise CommandError(f"There is no file {path}.")
    return found


def _account(email: str | None) -> User | None:
    if not email:
        return None
    account = User.objects.filter(email__iexact=email, is_active=True).first()
    if account is None:
        raise CommandError(f"No active account signs in as {email}.")
    return account


def _importer(wanted: str | None, to_make: str | None, actor: User | None) -> Organization:
    """Whose shipments these are: the one named, else the only one there is, else nobody's yet."""
    importers = Organization.objects.importers()
    if actor is not None:
        importers = importers.filter(pk__in=actor.organizations().values("pk"))
    if to_make:
        known = importers.filter(name__iexact=" ".join(to_make.split())).first()
        return known or accounts.add_organization(name=to_make, kind=Organization.Kind.IMPORTER, actor=None)
    if wanted:
        found = importers.filter(importer_number=wanted.upper()) or importers.filter(name__iexact=wanted)
        found = found or importers.filter(name__icontains=wanted)
    else:
        found = importers
    if len(found) == 1:
        return found[0]
    if not wanted and actor is None:
        known = importers.filter(name=UNASSIGNED).first()
        return known or accounts.add_organization(name=UNASSIGNED, kind=Organization.Kind.IMPORTER, actor=None)
    names = "; ".join(str(one) for one in (found or importers)[:20])
    if wanted and not found:
        raise CommandError(f"No importer is called {wanted}. There are: {names}.")
    raise CommandError(f"Say whose shipments these are with --importer NAME_OR_NUMBER. There are: {names}.")


def _rejected(batch: ImportBatch) -> dict[tuple[str, str, str], list[int]]:
    """The rows that were not stored, those of one sheet and one reason together."""
    found: dict[tuple[str, str, str], list[int]] = {}
    rows = batch.rows.filter(state=ImportRow.State.REJECTED).order_by("sheet", "number")
    for row in rows.iterator():
        problem = row.problems[0]
        found.setdefault((row.sheet, problem["reason"], problem["remedy"]), []).append(row.number)
    return found


def _figures(batch: ImportBatch, seconds: float) -> dict[str, Any]:
    flagged = batch.shipments.filter(outcome__in=[Outcome.PRESUMPTION, Outcome.REVIEW]).count()
    return {
        "rows_read": batch.rows_read,
        "stored": batch.rows_stored,
        "rejected": batch.rows_rejected,
        "shipments": batch.shipments.count(),
        "lines": ShipmentLine.objects.filter(shipment__batch=batch).count(),
        "parties": ShipmentParty.objects.filter(shipment__batch=batch).count(),
        "flagged": flagged,
        "seconds": round(seconds, 2),
        "batch": batch.pk,
    }
