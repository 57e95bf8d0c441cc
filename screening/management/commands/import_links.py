"""Import files of supply links and ownership from the shell: read and stored before the command returns."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError

from entities.domain.errors import Refused
from entities.models import Organization, Supplier, User
from screening.domain.intake.kinds import LINKS
from screening.models import ImportBatch, ImportRow
from screening.services import intake


class Command(BaseCommand):
    help = (
        "Import who supplies whom, and who owns whom, from CSV or spreadsheet files, or from a JSON file of ownership "
        "statements (Beneficial Ownership Data Standard). Every row is stored or reported. Shipments that are touched "
        "are screened again by a worker."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        owner = parser.add_mutually_exclusive_group()
        owner.add_argument(
            "--organization", metavar="NAME_OR_NUMBER", help="the importer that declares this (default: the office)"
        )
        owner.add_argument(
            "--public",
            action="store_true",
            help="published statements: every importer may see them; each needs a source",
        )
        parser.add_argument("--customer", metavar="NAME", help="who is supplied in every row that names no customer")
        parser.add_argument("--user", metavar="EMAIL", help="the account in whose name this is done")
        parser.add_argument("--again", action="store_true", help="import a file that was imported before")
        parser.add_argument("--json", action="store_true", help="print the figures as one JSON object per file")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = _account(options["user"])
        organization = _organization(options["organization"], actor)
        for path in options["files"]:
            started = time.monotonic()
            try:
                customer = intake.customer_named(options["customer"] or "", organization)
                batch = self._import(path, organization, actor, customer, options)
            except Refused as refused:
                raise CommandError(refused.message) from None
            figures = _figures(batch, time.monotonic() - started)
            if options["json"]:
                self.stdout.write(json.dumps(figures, ensure_ascii=False))
            else:
                self._say(batch, figures)

    def _import(
        self,
        path: Path,
        organization: Organization,
        actor: User | None,
        customer: Supplier | None,
        options: dict[str, Any],
    ) -> ImportBatch:
        try:
            with path.open("rb") as opened:
                batch = intake.receive_files(
                    [File(opened, name=path.name)],
                    organization=organization,
                    actor=actor,
                    confirm_mapping=False,
                    again=options["again"],
                    in_line=False,
                    kind=LINKS,
                    is_public=options["public"],
                    customer=customer,
                )
        except OSError as fault:
            raise CommandError(f"{path} cannot be opened: {fault.strerror}.") from fault
        return intake.import_now(batch, lambda *_: None)

    def _say(self, batch: ImportBatch, figures: dict[str, Any]) -> None:
        self.stdout.write(
            f"{batch.file_name} for {batch.organization}: {figures['rows_read']} rows read, "
            f"{figures['stored']} stored, "
            f"{figures['rejected']} not stored. {figures['links']} links and {figures['holdings']} holdings between "
            f"{figures['firms']} firms, {figures['classes_of_firms']} of them classes of firms; "
            f"{figures['stated_before']} stated before."
        )
        for row in batch.rows.filter(state=ImportRow.State.REJECTED).order_by("sheet", "number").iterator():
            problem = row.problems[0]
            where = f"{problem['column']}: " if problem["column"] else ""
            self.stdout.write(f"  not stored: row {row.number}: {where}{problem['reason']} {problem['remedy']}")
        for kind in batch.warnings[:20]:
            where = f"{kind['column']}: " if kind["column"] else ""
            self.stdout.write(f"  {kind['rows']} times, stored with a warning: {where}{kind['reason']}")


def _account(email: str | None) -> User | None:
    if not email:
        return None
    account = User.objects.filter(email__iexact=email, is_active=True).first()
    if account is None:
        raise CommandError(f"No active account signs in as {email}.")
    return account


def _organization(wanted: str | None, actor: User | None) -> Organization:
    """In whose name this is declared: the importer named, else the office."""
    known = actor.organizations() if actor is not None else Organization.objects.filter(is_active=True)
    if wanted:
        importers = known.filter(kind=Organization.Kind.IMPORTER)
        found = importers.filter(importer_number=wanted.upper()) or importers.filter(name__iexact=wanted)
        found = found or importers.filter(name__icontains=wanted)
        if len(found) != 1:
            names = "; ".join(str(one) for one in (found or importers)[:20])
            raise CommandError(f"Say one importer by its name or number. There are: {names}.")
        return found[0]
    office = known.filter(kind=Organization.Kind.OFFICE).first()
    if office is None:
        raise CommandError("There is no office here to declare it: name the importer with --organization.")
    return office


def _figures(batch: ImportBatch, seconds: float) -> dict[str, Any]:
    return {
        "file": batch.file_name,
        "rows_read": batch.rows_read,
        "stored": batch.rows_stored,
        "rejected": batch.rows_rejected,
        **batch.made,
        "warnings": sum(kind["rows"] for kind in batch.warnings),
        "seconds": round(seconds, 2),
        "batch": batch.pk,
    }
