"""What the history proves: the kinds of rows whose digests stand in the events that speak of them.

To add a kind is one line in ``PROVED``. Every column is proved but those named as working columns: what is worked out
anew, or changes without an act of its own. An event on a row speaks of its ``parts`` too, and of theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import islice
from json.encoder import encode_basestring_ascii
from typing import Any

from django.apps import apps
from django.db import models

from entities.domain.chain import canonical
from entities.parts import AT_ONCE, parts_of


@dataclass(frozen=True, slots=True)
class Proved:
    """A kind of row that the history proves.

    ``ways``: how it is reached from a case, for the case's export; none: it is no part of a case. ``is_told_once``: it
    changes only by acts on itself, so an event that merely has it among its parts leaves it out where another told of
    it. ``file``: the column of a stored file, that of its SHA-256, and the folder of an export it goes into.
    """

    label: str
    ways: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    working: tuple[str, ...] = ()
    is_told_once: bool = False
    file: tuple[str, str, str] | None = None

    @property
    def kind(self) -> str:
        return self.label.lower()

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)

    @property
    def fields(self) -> list[models.Field[Any, Any]]:
        return [
            one for one in self.model._meta.concrete_fields if not one.primary_key and one.name not in self.working
        ]


_GOODS = "shipments.shipment"
_SCREENED = f"{_GOODS}.screenings"
_FOUND = f"{_SCREENED}.findings"
_ALL = (
    # who and where
    Proved("entities.ListVersion", (f"{_SCREENED}.run.list_version", f"{_SCREENED}.run.wro_version"), ("listings",),
           working=("touches", "warnings", "doubts")),
    Proved("entities.Listing", (f"{_FOUND}.listing",), ("entity",), is_told_once=True),
    Proved("entities.ListedEntity", (f"{_FOUND}.listing.entity",), working=("name",), is_told_once=True),
    Proved("entities.ThresholdSet", (f"{_SCREENED}.run.thresholds",), working=("effect",)),
    Proved("entities.NameStatement", (f"{_FOUND}.listing.entity.name_statements",)),
    Proved("entities.Judgement", (f"{_FOUND}.judgement",), ("confirmation",)),
    Proved("entities.JudgementConfirmation", (f"{_FOUND}.judgement.confirmation",), is_told_once=True),
    Proved("entities.DeclaredParty", (f"{_GOODS}.parties.party",), ("supplier",), is_told_once=True),
    Proved("entities.Supplier", (), ("sites", "declared_parties"), is_told_once=True),
    Proved("entities.Site", is_told_once=True),
    Proved("entities.SupplyLink", (), ("supplier", "customer")),
    Proved("entities.OwnershipLink", (), ("owner", "owned")),
    # who acts, on whom four eyes rest
    Proved("entities.Person", is_told_once=True),
    Proved("entities.User", (), ("person", "memberships"), working=("password", "last_login")),
    Proved("entities.Membership", (), ("organization",), is_told_once=True),
    Proved("entities.Organization", is_told_once=True),
    Proved("entities.BrokerAuthorization", (), ("broker", "importer")),
    Proved("entities.Invitation", working=("token_digest", "expires_at")),
    # what was flagged and decided
    Proved("screening.ImportBatch", (), ("files",),
           working=("state", "layout", "mapping", "job", "rows_read", "rows_stored", "rows_rejected", "warnings",
                    "made", "error", "finished_at")),
    Proved("screening.ImportFile", is_told_once=True, file=("file", "sha256", "")),
    Proved("screening.WhatIfReceipt"),
    Proved("screening.Shipment", (_GOODS,), ("lines", "parties"),
           working=("facts_version", "outcome", "latest_screening", "looked_at")),
    Proved("screening.ShipmentLine", (f"{_GOODS}.lines",), is_told_once=True),
    Proved("screening.ShipmentParty", (f"{_GOODS}.parties",), ("party",), is_told_once=True),
    Proved("screening.LotDocument", (f"{_GOODS}.lot_documents",), ("traces",), file=("file", "sha256", "lots")),
    Proved("screening.LotTrace", (f"{_GOODS}.lot_traces",), ("lots", "maker"), is_told_once=True),
    Proved("screening.TracedLot", (f"{_GOODS}.lot_traces.lots",), is_told_once=True),
    Proved("screening.ScreeningRun", (f"{_SCREENED}.run",), ("screenings",)),
    Proved("screening.Screening", (_SCREENED,), ("findings", "input")),
    Proved("screening.ScreeningInput", (f"{_SCREENED}.input",), ("network", "record")),
    Proved("screening.ScreenedNetwork", (f"{_SCREENED}.input.network",), is_told_once=True),
    Proved("screening.ScreenedRecord", (f"{_SCREENED}.input.record",), is_told_once=True),
    Proved("screening.Finding", (_FOUND,)),
    Proved("screening.Look", (f"{_SCREENED}.look",)),
    Proved("screening.Case", ("",), ("shipments",), working=("lead_finding", "assigned_to", "facts_changed_at")),
    Proved("screening.Case_shipments", ("shipments",), is_told_once=True),
    Proved("screening.Detention", ("detentions",), ("events", "determinations"), is_told_once=True),
    Proved("screening.LegalEvent", ("detentions.events",), ("detention",), is_told_once=True),
    Proved("screening.Determination", ("detentions.determinations",), is_told_once=True),
    Proved("screening.Task", ("tasks",), ("items",), working=("answered_at", "closed_at")),
    Proved("screening.TaskItem", ("tasks.items",), ("answers",), is_told_once=True),
    Proved("screening.Answer", ("tasks.items.answers",), is_told_once=True),
    Proved("screening.Extension", ("tasks.extensions",)),
    Proved("screening.Message", ("messages",)),
    Proved("screening.Reminder", ("reminders",)),
    Proved("screening.Override", ("overrides",)),
    Proved("screening.Recommendation", ("recommendations",)),
    Proved("screening.Decision", ("decisions",)),
    Proved("screening.Draw", ("decisions.draw",)),
    Proved("screening.Decline", ("decisions.draw.declines",)),
    Proved("screening.SecondLook", ("decisions.draw.second_look",)),
    Proved("screening.LetterDraft", ("letter_drafts",), ("writings",), is_told_once=True),
    Proved("screening.LetterWriting", ("letter_drafts.writings",), is_told_once=True),
    Proved("screening.Letter", ("letters",), ("draft",), file=("file", "file_sha256", "letters")),
    Proved("screening.NoEvent", ("letters.no_event",)),
    # what the importer sent and what it proves
    Proved("evidence.Document", ("exhibits.document",), ("pages", "exhibits", "papers", "replacements"),
           file=("file", "sha256", "evidence"),
           working=("media_type", "state", "problem_code", "problem", "remedy", "notes", "attachments", "languages",
                    "needs_translation", "page_count", "scanned_with", "scanned_names_up_to", "scanned_at", "virus",
                    "virus_scanned_at", "job")),
    Proved("evidence.Page", ("exhibits.document.pages",), ("mentions",), is_told_once=True),
    Proved("evidence.Mention", ("exhibits.document.pages.mentions",), is_told_once=True),
    Proved("evidence.Paper", ("exhibits.document.papers",), ("fields",), working=("superseded_at",),
           is_told_once=True),
    Proved("evidence.PaperField", ("exhibits.document.papers.fields",), is_told_once=True),
    Proved("evidence.Replacement", ("exhibits.document.replacements",), is_told_once=True),
    Proved("evidence.Exhibit", ("exhibits",), is_told_once=True),
    Proved("evidence.Assessment", ("assessments",), ("citations",)),
    Proved("evidence.Citation", ("assessments.citations",), is_told_once=True),
    Proved("evidence.PaperPlacement", ("placements",)),
    Proved("evidence.ChosenCommodity", ("chosen_commodities",)),
    Proved("evidence.KeptSearch", ("kept_searches",)),
    Proved("evidence.AlarmDismissal", ("alarm_dismissals",)),
    Proved("evidence.StatedYield", ("stated_yields",)),
    Proved("evidence.SupplierRequest", ("supplier_requests",), ("deliveries",)),
    Proved("evidence.SupplierDelivery", ("supplier_requests.deliveries",), is_told_once=True),
    Proved("evidence.Translation", ("exhibits.document.translations",)),
    Proved("evidence.Packet", ("packets",), file=("file", "sha256", "")),
    Proved("evidence.CaseExport", ("exports",), file=("file", "sha256", "")),
)  # fmt: skip
PROVED: Mapping[str, Proved] = {one.kind: one for one in _ALL}

Keys = dict[str, set[int]]


def kind_of(row: models.Model) -> str:
    return row._meta.label_lower


def of_case(case_id: int) -> Keys:
    """The keys of every proved row of a case, kind by kind."""
    known: dict[str, tuple[type[models.Model], set[int]]] = {"": (apps.get_model("screening.Case"), {case_id})}

    def reached(way: str) -> tuple[type[models.Model], set[int]]:
        if way not in known:
            before, _, step = way.rpartition(".")
            known[way] = follow(*reached(before), step)
        return known[way]

    return {kind: set().union(*(reached(way)[1] for way in one.ways)) for kind, one in PROVED.items() if one.ways}


def follow(model: type[models.Model], keys: Iterable[int], step: str) -> tuple[type[models.Model], set[int]]:
    """One step along a relation, either way: the model it leads to and the keys there. Of a relation of many to many,
    the rows that tie the two."""
    field: Any = model._meta.get_field(step)
    if field.many_to_many:
        target, name = field.remote_field.through, field.m2m_field_name()
    elif field.auto_created:
        target, name = field.related_model, field.field.name
    else:
        target, name = field.related_model, ""
    found: set[int] = set()
    for some in parts_of(keys):
        if name:
            found.update(target._base_manager.filter(**{f"{name}__in": some}).values_list("pk", flat=True))
        else:
            rows = model._base_manager.filter(pk__in=some).exclude(**{step: None})
            found.update(rows.values_list(field.attname, flat=True))
    return target, found


def read(kind: str, keys: Iterable[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows as the database has them now: their keys and their proved fields, in the order of the keys.

    What is empty is left out, so that a column added later, empty in older rows, changes no digest.
    """
    model = PROVED[kind].model
    for some in parts_of(keys):
        for key, *values in model._base_manager.filter(pk__in=some).order_by("pk").values_list("pk", *columns(kind)):
            yield key, fields_of(kind, values)


def fields_of(kind: str, values: Sequence[Any]) -> dict[str, Any]:
    """The proved fields of a row, by the values of its columns."""
    plain = ((name, _plain(value)) for name, value in zip(_names(kind), values, strict=True))
    return {name: value for name, value in plain if not _is_empty(value)}


def written(
    model: type[models.Model], columns: Sequence[str], keys: Iterable[int], rows: Iterable[Sequence[Any]]
) -> Iterator[tuple[str, int, str]]:
    """Rows just stored with these values, as ``read`` will find them: kind and key of each, its proved fields as
    canonical JSON.

    What is proved and not given must be empty by its default.
    """
    kind = model._meta.label_lower
    fields = {one.attname: one for one in PROVED[kind].fields}
    left_out = [one for name, one in fields.items() if name not in columns and not _is_empty(one.get_default())]
    if left_out:
        raise ValueError(f"{left_out[0]} is proved: say what was stored")
    given = sorted((fields[name].name, place) for place, name in enumerate(columns) if name in fields)
    tellers = [(f'"{name}":', place, _teller(fields[columns[place]])) for name, place in given]
    at, waiting = iter(keys), iter(rows)
    while some := list(islice(waiting, AT_ONCE)):
        parts = [tell(name, [row[place] for row in some]) for name, place, tell in tellers]
        for told, key in zip(zip(*parts, strict=True), at, strict=False):
            yield kind, key, "{" + ",".join(filter(None, told)) + "}"


def _teller(field: models.Field[Any, Any]) -> Callable[[str, Sequence[Any]], list[str]]:
    """How the values of a column stand in canonical JSON behind its name; nothing where a value is empty."""
    if not isinstance(field, models.DecimalField):
        return _told_of
    unit = Decimal(1).scaleb(-field.decimal_places)
    point = slice(-field.decimal_places - 1, -field.decimal_places)

    def as_kept(value: Any) -> str:
        if type(value) is str and value[point] == ".":
            return value
        return format(Decimal(value).quantize(unit, ROUND_HALF_UP), "f")

    return lambda name, values: ["" if value is None else f'{name}"{as_kept(value)}"' for value in values]


def _told_of(name: str, values: Sequence[Any]) -> list[str]:
    return [
        name + (encode_basestring_ascii(value) if type(value) is str else _told(value))
        if value or not _is_empty(value)
        else ""
        for value in values
    ]


def _told(value: Any) -> str:
    if type(value) is str:
        return encode_basestring_ascii(value)
    if type(value) is list:
        return "[" + ",".join(map(_told, value)) + "]"
    return str(value) if type(value) is int else canonical(_plain(value))


def written_row(row: models.Model) -> Iterator[tuple[str, int, str]]:
    """A row just stored, as ``read`` will find it."""
    names = columns(kind_of(row))
    yield from written(type(row), names, [row.pk], [[getattr(row, name) for name in names]])


@cache
def columns(kind: str) -> tuple[str, ...]:
    """The columns of a kind that are proved."""
    return tuple(one.attname for one in PROVED[kind].fields)


@cache
def _names(kind: str) -> tuple[str, ...]:
    return tuple(one.name for one in PROVED[kind].fields)


def _is_empty(value: Any) -> bool:
    return value is None or value is False or (isinstance(value, str | list | dict) and not value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value
