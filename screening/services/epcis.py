"""EPCIS documents of a shipment: received and kept unchanged, understood together, and made into its lot traces."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils import timezone

from entities import audit, history
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.file_names import shown_name
from entities.models import Organization, Supplier, User
from entities.parts import parts_of
from entities.services import suppliers
from screening.domain.epcis import (
    Document,
    Remark,
    Understood,
    contents,
    named_places,
    place_key,
    places_in,
    understand,
)
from screening.lot_facts import lot_of
from screening.models import LotDocument, LotTrace, PartyIdentifier, Shipment, TracedLot
from screening.readers.epcis import read_json
from screening.services.traces import DeclaredStep, check_declarer, count_change, outputs_made, store_step, take_back

MOST_DOCUMENTS = 50


def receive_document(
    shipment: Shipment,
    content: bytes,
    *,
    name: str,
    actor: User | None,
    declared_by: Organization,
    line_number: int | None = None,
    ties: Mapping[str, Supplier] | None = None,
) -> LotDocument:
    """Take an EPCIS document for a shipment and make its events into lot traces; the shipment is screened again.

    ``line_number``: the line of the shipment that the lots which go no further are. ``ties``: the supplier each place
    or party stands for, remembered for later documents of the same organisation. The same file again is the document
    that is there, taken up once more. Without an actor the system's operator acts.

    Raises ``Refused`` where the actor may not change the shipment, where the file is no EPCIS document in JSON, or
    where the shipment has no such line.
    """
    body, _ = read_json(content)
    contents(Document(0, body))
    digest = hashlib.sha256(content).hexdigest()
    path = ""
    try:
        with transaction.atomic():
            shipment = Shipment.objects.select_for_update().get(pk=shipment.pk)
            check_declarer(shipment, actor, declared_by)
            _check_line(shipment, line_number)
            history.note_changed(*_known_of(shipment, declared_by))
            mine = LotDocument.objects.filter(shipment=shipment, declared_by=declared_by)
            document = mine.filter(sha256=digest).first()
            if document is None:
                if mine.count() >= MOST_DOCUMENTS:
                    raise Refused("too_many_documents", f"A shipment takes at most {MOST_DOCUMENTS} EPCIS documents.")
                path = default_storage.save(
                    f"lots/{timezone.localdate():%Y/%m}/{uuid4().hex}", ContentFile(content, name="lots")
                )
                document = LotDocument.objects.create(
                    shipment=shipment,
                    declared_by=declared_by,
                    uploaded_by=actor,
                    name=shown_name(name),
                    file=path,
                    size=len(content),
                    sha256=digest,
                    line_number=line_number,
                )
            elif line_number is not None:
                document.line_number = line_number
                document.save(update_fields=["line_number"])
            _tie(declared_by, ties or {})
            _take_up(document, actor=actor)
    except BaseException:
        if path:
            default_storage.delete(path)
        raise
    document.refresh_from_db()
    return document


@transaction.atomic
def tie_places(
    document: LotDocument, ties: Mapping[str, Supplier], *, actor: User, line_number: int | None = None
) -> LotDocument:
    """Say which suppliers the places and parties of a document are, and take its events up again."""
    shipment = Shipment.objects.select_for_update().get(pk=document.shipment_id)
    check_declarer(shipment, actor, document.declared_by)
    _check_line(shipment, line_number)
    history.note_changed(*_known_of(shipment, document.declared_by))
    document = LotDocument.objects.select_related("declared_by").get(pk=document.pk)
    document.line_number = line_number
    document.save(update_fields=["line_number"])
    _tie(document.declared_by, ties)
    _take_up(document, actor=actor)
    document.refresh_from_db()
    return document


def ties_of(organization: Organization, identifiers: Sequence[str]) -> dict[str, Supplier]:
    """The supplier each of these places or parties stands for, as far as the organisation said so."""
    found: dict[str, Supplier] = {}
    for some in parts_of(identifiers):
        rows = PartyIdentifier.objects.filter(organization=organization, identifier__in=some)
        found |= {row.identifier: row.supplier for row in rows.select_related("supplier")}
    return found


def _check_line(shipment: Shipment, number: int | None) -> None:
    if number is not None and not shipment.lines.filter(number=number).exists():
        raise Refused("unknown_line", f"The shipment has no line {number}: use one of its lines, or leave it out.")


def _tie(organization: Organization, ties: Mapping[str, Supplier]) -> None:
    for identifier, supplier in ties.items():
        PartyIdentifier.objects.update_or_create(
            organization=organization,
            identifier=place_key(identifier)[:500],
            defaults={"supplier": supplier, "updated_at": timezone.now()},
        )


def _take_up(document: LotDocument, *, actor: User | None) -> None:
    """Understand all documents the organisation sent for the shipment, and bring its traces in line with them."""
    shipment, declared_by = document.shipment, document.declared_by
    rows = list(LotDocument.objects.filter(shipment=shipment, declared_by=declared_by).order_by("pk"))
    read = {row.pk: read_json(_content(row)) for row in rows}
    documents = [Document(row.pk, read[row.pk][0], row.line_number) for row in rows]
    named = {key: facts for one in documents for key, facts in named_places(one)[0].items()}
    places = sorted({place for one in documents for place in places_in(contents(one)[0])})
    known = ties_of(declared_by, places)
    _tie_named(declared_by, {key: named[key] for key in places if key in named and key not in known})
    ties = {key: supplier.pk for key, supplier in ties_of(declared_by, places).items()}
    understood = understand(documents, ties)
    counts = _bring_in_line(shipment, declared_by, understood)
    for row in rows:
        for name in read[row.pk][1]:
            why = "This name stands twice in one object of the file; the last value counts."
            understood.remarks[row.pk].append(Remark("", name, why, is_problem=False))
        row.events = [asdict(told) for told in understood.told[row.pk].values()]
        row.remarks = [asdict(remark) for remark in understood.remarks[row.pk]]
        row.identifiers = understood.places[row.pk]
    LotDocument.objects.bulk_update(rows, ["events", "remarks", "identifiers"])
    if counts["stored"] or counts["withdrawn"]:
        count_change(shipment, note=f"lots read from {document.name}")
    audit.record(
        Action.LOTS_IMPORTED,
        actor=actor,
        target=document,
        organization_id=shipment.owner_id,
        after={
            "shipment": shipment.pk,
            "sha256": document.sha256,
            "line": document.line_number,
            "ties": {key: ties[key] for key in understood.places[document.pk] if key in ties},
            **counts,
        },
        rows=_known_of(shipment, declared_by),
    )


def _known_of(shipment: Shipment, declared_by: Organization) -> list[models.Model]:
    """What a declarer has told of the lots of a shipment: its documents, and its steps of production."""
    return [
        *LotDocument.objects.filter(shipment=shipment, declared_by=declared_by),
        *LotTrace.objects.filter(shipment=shipment, declared_by=declared_by),
    ]


def _content(document: LotDocument) -> bytes:
    with document.file.open("rb") as file:
        content: bytes = file.read()
    return content


def _tie_named(organization: Organization, named: Mapping[str, PartyFacts]) -> None:
    """Tie places to the suppliers that the documents' own master data names them as."""
    if not named:
        return
    rows = suppliers.declare_parties(organization, named.values())
    found = {key: rows[suppliers.fingerprint(facts)].supplier for key, facts in named.items()}
    _tie(organization, {key: supplier for key, supplier in found.items() if supplier is not None})


def _bring_in_line(shipment: Shipment, declared_by: Organization, understood: Understood) -> dict[str, int]:
    """Store the steps that are new, take back those the documents no longer say; what a person took back stays so."""
    rows = LotTrace.objects.filter(shipment=shipment, declared_by=declared_by).exclude(event_id="")
    rows = rows.prefetch_related("lots").select_related("withdrawn_by__person")
    standing = {row.event_id: row for row in rows if row.withdrawn_at is None}
    refused = {row.event_id: row for row in rows if row.withdrawn_at and row.withdrawn_by_id}
    wanted = {_short(step.event_id): step for step in understood.steps}
    stored = withdrawn = 0
    for event_id, trace in standing.items():
        step = wanted.get(event_id)
        if step is not None and _says(trace) == (step.maker, step.made_on, step.process, step.inputs, step.outputs):
            del wanted[event_id]
            continue
        if step is not None:
            reason = "The documents say it otherwise now."
        elif event_id in {_short(one) for one in understood.in_error}:
            reason = "Declared in error by an EPCIS event."
        else:
            reason = "The documents no longer tell it."
        take_back(trace, reason=reason, by=None)
        withdrawn += 1
    taken = outputs_made(shipment, declared_by)
    by_key = {row.pk: row for row in LotDocument.objects.filter(shipment=shipment, declared_by=declared_by)}
    for event_id, step in wanted.items():
        if (by_hand := refused.get(event_id)) and by_hand.withdrawn_by:
            sentence = f"{by_hand.withdrawn_by.full_name} withdrew this step: {by_hand.withdrawal_reason}"
            _tell(understood, step.told_by, "withdrawn", sentence)
            continue
        declared = DeclaredStep(
            step.maker, step.outputs, step.inputs, step.made_on, step.process, step.paper, event_id
        )
        try:
            with transaction.atomic():
                store_step(shipment, declared, declared_by=declared_by, document=by_key[step.document], taken=taken)
        except Refused as refusal:
            _tell(understood, step.told_by, "not_stored", f"Not stored: {refusal.message}")
        else:
            stored += 1
    return {"stored": stored, "withdrawn": withdrawn}


def _tell(understood: Understood, told_by: Sequence[tuple[int, int]], outcome: str, sentence: str) -> None:
    for document, index in told_by:
        told = understood.of(document, index)
        told.outcome, told.sentence = outcome, sentence


def _says(trace: LotTrace) -> tuple[Any, ...]:
    lots = list(trace.lots.all())
    inputs = tuple(lot_of(lot) for lot in lots if lot.direction == TracedLot.Direction.INPUT)
    outputs = tuple(lot_of(lot) for lot in lots if lot.direction == TracedLot.Direction.OUTPUT)
    return trace.maker_id, trace.made_on, trace.process, inputs, outputs


def _short(event_id: str) -> str:
    """An event's identifier as it is stored: a digest of it where it is very long."""
    return event_id if len(event_id) <= 200 else f"sha256:{hashlib.sha256(event_id.encode()).hexdigest()}"
