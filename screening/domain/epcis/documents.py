"""Events out of a document, whatever form it has, and the names it gives to places and goods."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from screening.domain.epcis.elements import goods_element, place_key, word_of

EVENT_TYPES = ("ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent")
DOCUMENT_TYPES = ("EPCISDocument", "EPCISQueryDocument", "EPCISMasterDataDocument")
MOST_EVENTS = 10_000

_FRAME = {"@context", "id", "type", "schemaVersion", "creationDate", "epcisHeader", "epcisBody"}
_OWN_NAMES = re.compile(r"^(epcis:|https://(ref\.gs1\.org|gs1\.github\.io)/(standards/)?epcis/)", re.IGNORECASE)
_ALIASES = {"@id": "id", "@type": "type", "isA": "type"}


@dataclass(frozen=True, slots=True)
class Document:
    """A document sent for a shipment; ``line`` is the line of the shipment its last lots are, where that was said."""

    key: int
    body: Any
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """A part of a document that was not understood, or was kept without being used: where it stands, what, and why."""

    pointer: str
    what: str
    why: str
    event: int | None = None
    is_problem: bool = True
    code: str = ""  # "untied": a place or party nobody tied to a supplier yet


@dataclass(slots=True)
class Event:
    """An event as it stands in its document."""

    document: int
    index: int
    pointer: str
    kind: str
    fields: dict[str, Any]
    remarks: list[Remark] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Its identifier; without one a digest of what it says, so that the same event is known again."""
        given = self.fields.get("eventID")
        if isinstance(given, str) and given.strip():
            return given.strip()
        return f"sha256:{self.digest}"

    @property
    def digest(self) -> str:
        """Of what it says, apart from when it was recorded and whether it was in error."""
        said = {key: value for key, value in self.fields.items() if key not in {"recordTime", "errorDeclaration"}}
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def moment(self) -> datetime | None:
        return _moment(self.fields.get("eventTime"))

    @property
    def day(self) -> date | None:
        """The day at the place of the event."""
        moment = self.moment
        if moment is None:
            return None
        offset = re.fullmatch(r"([+-])(\d\d):(\d\d)", str(self.fields.get("eventTimeZoneOffset", "")))
        if offset:
            minutes = int(offset[2]) * 60 + int(offset[3])
            if minutes < 24 * 60:
                delta = timedelta(minutes=minutes if offset[1] == "+" else -minutes)
                with suppress(OverflowError):  # at the ends of the calendar
                    moment = moment.astimezone(timezone(delta))
        return moment.date()

    def at(self, *parts: str | int) -> str:
        """The JSON pointer of a part of the event."""
        return self.pointer + "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)

    def problem(self, *parts: str | int, what: Any, why: str, code: str = "") -> None:
        self.remarks.append(Remark(self.at(*parts), shown(what), why, self.index, code=code))

    def note(self, *parts: str | int, what: Any, why: str) -> None:
        self.remarks.append(Remark(self.at(*parts), shown(what), why, self.index, is_problem=False))


def contents(document: Document) -> tuple[list[Event], list[Remark]]:
    """The events of a document in their order, and what else stands there that is not understood.

    Raises ``Refused`` where it is no EPCIS document, or holds more events than are read at once.
    """
    body = document.body
    raw, remarks = _event_list(body)
    if len(raw) > MOST_EVENTS:
        raise Refused(
            "too_many_events", f"The document holds {len(raw)} events; at most {MOST_EVENTS} are read. Split it."
        )
    events = []
    for index, (where, one) in enumerate(raw):
        if not isinstance(one, dict):
            remarks.append(Remark(where, shown(one), "An event is an object with a type; this is none.", index))
            continue
        fields = {own_name(key): value for key, value in one.items()}
        kind = word_of(str(fields.get("type", "")))
        if kind not in EVENT_TYPES:
            known = ", ".join(EVENT_TYPES)
            why = f"The type is none of the event types of EPCIS 2.0: {known}."
            remarks.append(Remark(f"{where}/type", shown(fields.get("type", "no type")), why, index))
            continue
        events.append(Event(document.key, index, where, kind, fields))
    frame = body if isinstance(body, dict) and not any(where == "" for where, _ in raw) else {}
    for name, value in frame.items():
        if own_name(name) not in _FRAME:
            pointer = f"/{name.replace('~', '~0').replace('/', '~1')}"
            why = "Kept in the document; it says nothing about whose lots these are."
            remarks.append(Remark(pointer, shown(value), why, is_problem=False))
    version = body.get("schemaVersion") if isinstance(body, dict) else None
    if version is not None and not str(version).startswith("2"):
        why = "The document says another version than 2.0; it was read as 2.0."
        remarks.append(Remark("/schemaVersion", shown(version), why, is_problem=False))
    return events, remarks


def named_places(document: Document) -> tuple[dict[str, PartyFacts], dict[str, str]]:
    """The places and parties the document's own master data names, and the words it has for kinds of goods."""
    places: dict[str, PartyFacts] = {}
    goods: dict[str, str] = {}
    for vocabulary in _vocabularies(document.body):
        kind = word_of(str(vocabulary.get("type", "")))
        entries = vocabulary.get("vocabularyElementList")
        for entry in entries if isinstance(entries, list) else []:
            if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
                continue
            said = dict(_attributes(entry.get("attributes")))
            if kind == "EPCClass":
                words = said.get("descriptionShort") or said.get("tradeItemDescription") or said.get("name", "")
                if words:
                    goods[goods_element(entry["id"]).key] = words[:200]
            elif name := said.get("name") or said.get("partyName") or said.get("organizationName"):
                country = said.get("countryCode", "")
                places[place_key(entry["id"])] = PartyFacts(
                    name=name[:300],
                    address=", ".join(said[key] for key in _STREET if said.get(key))[:600],
                    city=said.get("city", "")[:120],
                    province=said.get("state", "")[:120],
                    country=country.upper() if re.fullmatch("[A-Za-z]{2}", country) else "",
                    postal_code=said.get("postalCode", "")[:20],
                )
    return places, goods


_STREET = ("streetAddressOne", "streetAddressTwo", "streetAddressThree")


def own_name(key: str) -> str:
    """A member's name without the prefix of the standard's own vocabulary."""
    return _ALIASES.get(key, _OWN_NAMES.sub("", key))


def shown(value: Any) -> str:
    """A part of a document in so many words as a report has room for."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 200 else f"{text[:199]}…"


def _event_list(body: Any) -> tuple[list[tuple[str, Any]], list[Remark]]:
    """The events of a body, each with the pointer to it, and what is odd about the frame."""
    if isinstance(body, list):
        return _numbered("", body), []
    if not isinstance(body, dict):
        raise Refused("not_epcis", "This JSON is no EPCIS document: send an object or a list of events.")
    kind = word_of(str(next((body[key] for key in ("type", "@type", "isA") if key in body), "")))
    if kind in EVENT_TYPES:
        return [("", body)], []
    inner = next((body[key] for key in ("epcisBody", "epcis:epcisBody") if key in body), None)
    if kind not in DOCUMENT_TYPES and not isinstance(inner, dict):
        said = f"its type is “{shown(kind)}”" if kind else "it has no type"
        raise Refused(
            "not_epcis",
            f"This JSON is no EPCIS document: {said}. Send an EPCISDocument, an EPCISQueryDocument or an event of "
            "EPCIS 2.0.",
        )
    path = "/epcisBody"
    if isinstance(inner, dict) and isinstance(inner.get("queryResults"), dict):
        inner, path = inner["queryResults"], f"{path}/queryResults"
        if isinstance(inner.get("resultsBody"), dict):
            inner, path = inner["resultsBody"], f"{path}/resultsBody"
    if isinstance(inner, dict):
        for key in ("eventList", "event"):
            if isinstance(inner.get(key), list):
                return _numbered(f"{path}/{key}", inner[key]), []
            if isinstance(inner.get(key), dict):
                return [(f"{path}/{key}", inner[key])], []
    if next(_vocabularies(body), None) is not None:
        return [], [Remark(path, "no events", "The document holds master data only.", is_problem=False)]
    raise Refused("no_events", f"The document holds no list of events at {path}/eventList.")


def _vocabularies(body: Any) -> Iterator[dict[str, Any]]:
    """The tables of master data in the header or the body of a document."""
    if not isinstance(body, dict):
        return
    holders = [body.get("epcisHeader"), body.get("epcisBody"), body]
    for holder in holders:
        data = holder.get("epcisMasterData", holder) if isinstance(holder, dict) else {}
        tables = data.get("vocabularyList") if isinstance(data, dict) else None
        for table in tables if isinstance(tables, list) else []:
            if isinstance(table, dict):
                yield table


def _attributes(given: Any) -> Iterator[tuple[str, str]]:
    for one in given if isinstance(given, list) else []:
        if isinstance(one, dict) and isinstance(one.get("id"), str):
            value = one.get("attribute", one.get("value", ""))
            if isinstance(value, str):
                yield word_of(one["id"]), " ".join(value.split())


def _numbered(pointer: str, rows: list[Any]) -> list[tuple[str, Any]]:
    return [(f"{pointer}/{index}", row) for index, row in enumerate(rows)]


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
