"""Import the lots of a shipment from an EPCIS document, from the shell."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from entities.domain.errors import Refused
from entities.models import ListVersion, Supplier, User
from entities.services import jobs
from screening.models import LotDocument, Shipment
from screening.services import epcis


class Command(BaseCommand):
    help = (
        "Import an EPCIS 2.0 document (JSON or JSON-LD) as the lots of a shipment, and screen the shipment again. "
        "Every event is stored or reported, with the place in the file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--shipment",
            required=True,
            metavar="REF",
            help="the shipment: its number here, its entry number, its bill of lading or its reference",
        )
        parser.add_argument("--line", type=int, help="the line of the shipment that the last lots of the document are")
        parser.add_argument(
            "--party",
            action="append",
            default=[],
            metavar="IDENTIFIER=SUPPLIER",
            help="which supplier (by its number) a place or party of the document is; may be given several times",
        )
        parser.add_argument("--user", metavar="EMAIL", help="the account in whose name this is done")
        parser.add_argument("--json", action="store_true", help="print what became of the document as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        path, shipment = options["file"], _shipment(options["shipment"])
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        try:
            document = epcis.receive_document(
                shipment,
                path.read_bytes(),
                name=path.name,
                actor=_account(options["user"]),
                declared_by=shipment.owner,
                line_number=options["line"],
                ties=dict(_tie(given) for given in options["party"]),
            )
        except Refused as refused:
            raise CommandError(refused.message) from refused
        if ListVersion.objects.exists():
            jobs.work_off()
        if options["json"]:
            self.stdout.write(json.dumps(_figures(document), ensure_ascii=False, indent=2))
        else:
            self._say(document)

    def _say(self, document: LotDocument) -> None:
        counts = Counter(event["outcome"] for event in document.events)
        told = ", ".join(f"{number} {outcome.replace('_', ' ')}" for outcome, number in sorted(counts.items()))
        self.stdout.write(f"{document.name} for {document.shipment.label}: {len(document.events)} events ({told}).")
        for event in document.events:
            self.stdout.write(f"  event {event['index']} {event['kind']}: {event['sentence']}")
        for remark in document.remarks:
            if remark["is_problem"]:
                self.stdout.write(f"  at {remark['pointer'] or '/'}: {remark['what']}: {remark['why']}")
        untied = _untied(document)
        if untied:
            self.stdout.write("Tied to no supplier yet (give --party IDENTIFIER=SUPPLIER):")
            for identifier in untied:
                self.stdout.write(f"  {identifier}")


def _figures(document: LotDocument) -> dict[str, Any]:
    return {
        "document": document.pk,
        "shipment": document.shipment_id,
        "sha256": document.sha256,
        "steps": document.traces.filter(withdrawn_at=None).count(),
        "events": document.events,
        "remarks": document.remarks,
        "untied": _untied(document),
    }


def _untied(document: LotDocument) -> list[str]:
    known = epcis.ties_of(document.declared_by, document.identifiers)
    return [one for one in document.identifiers if one not in known]


def _shipment(ref: str) -> Shipment:
    words = (
        Q(entry_number__iexact=ref)
        | Q(bill_of_lading__iexact=ref)
        | Q(house_bill__iexact=ref)
        | Q(reference__iexact=ref)
    )
    rows = list(Shipment.objects.select_related("owner").filter(words)[:6])
    if not rows and ref.isdigit():
        rows = list(Shipment.objects.select_related("owner").filter(pk=int(ref)))
    if not rows:
        raise CommandError(f"There is no shipment {ref}: give its entry number, bill, reference or number here.")
    if len(rows) > 1:
        numbers = ", ".join(str(row.pk) for row in rows)
        raise CommandError(f"Several shipments are called {ref}: give the number of one of them ({numbers}).")
    return rows[0]


def _tie(given: str) -> tuple[str, Supplier]:
    identifier, _, number = given.rpartition("=")
    supplier = Supplier.objects.filter(pk=int(number)).first() if number.isdigit() else None
    if not identifier or supplier is None:
        raise CommandError(f"{given}: write IDENTIFIER=SUPPLIER, with the number of a supplier that is there.")
    return identifier, supplier


def _account(email: str | None) -> User | None:
    if not email:
        return None
    account = User.objects.filter(email__iexact=email, is_active=True).first()
    if account is None:
        raise CommandError(f"No active account signs in as {email}.")
    return account
