"""What the events of a shipment's documents say: who made which lots out of which, and who delivered them to whom.

All documents sent for a shipment are understood together, so that a delivery told in one and the production told in
another meet, a transformation told in several events is one step, and an event declared in error takes back what an
earlier document said. Nothing is guessed: a place nobody tied to a supplier is reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from screening.domain.epcis.documents import Document, Event, Remark, contents, named_places
from screening.domain.epcis.elements import UNITS, Element, Level, goods_element, item_element, place_key, word_of
from screening.domain.lots import Lot, same_lot

LARGEST = Decimal(10) ** 14
NOBODY = 0  # in place of a maker that is not known
_KNOWN = {"type", "eventID", "eventTime", "eventTimeZoneOffset", "recordTime", "action", "bizStep", "errorDeclaration"}
_PLACES = {"readPoint", "bizLocation", "sourceList", "destinationList", "bizTransactionList"}
_GOODS = {
    "ObjectEvent": {"epcList", "quantityList", "ilmd"},
    "AggregationEvent": {"parentID", "childEPCs", "childQuantityList"},
    "AssociationEvent": {"parentID", "childEPCs", "childQuantityList"},
    "TransactionEvent": {"parentID", "epcList", "quantityList"},
    "TransformationEvent": {
        "inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList", "transformationID", "ilmd",
    },
}  # fmt: skip
_LOT_NUMBERS = ("lotNumber", "batchNumber", "lot")
_SAYS_NOTHING = {"disposition", "persistentDisposition", "sensorElementList", "certificationInfo"}


@dataclass(frozen=True, slots=True)
class Made:
    """A step of production as documents tell it; ``event_id`` is the event's, or that of the whole transformation."""

    event_id: str
    document: int
    maker: int
    inputs: tuple[Lot, ...]
    outputs: tuple[Lot, ...]
    made_on: date | None
    process: str
    paper: str
    told_by: tuple[tuple[int, int], ...]  # document and number of each event


@dataclass(slots=True)
class Told:
    """An event, and what became of it."""

    index: int
    pointer: str
    id: str
    kind: str
    at: str
    outcome: str
    sentence: str


@dataclass(slots=True)
class Understood:
    """Everything the documents of one shipment say, and by document what became of each part."""

    steps: list[Made] = field(default_factory=list)
    told: dict[int, dict[int, Told]] = field(default_factory=dict)
    remarks: dict[int, list[Remark]] = field(default_factory=dict)
    places: dict[int, list[str]] = field(default_factory=dict)
    in_error: set[str] = field(default_factory=set)

    def of(self, document: int, index: int) -> Told:
        return self.told[document][index]


@dataclass(frozen=True, slots=True)
class _Goods:
    """Goods in one list of an event: which, how much, and where that stands."""

    element: Element
    quantity: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class _Delivery:
    source: str
    target: str
    keys: frozenset[str]


def understand(documents: Sequence[Document], ties: Mapping[str, int]) -> Understood:
    """What all documents of a shipment say together; ``ties``: the supplier each known place or party stands for."""
    reading = _Reading(ties)
    for document in documents:
        reading.take(document)
    return reading.understood()


def places_in(events: Sequence[Event]) -> list[str]:
    """The places and parties these events name that must be tied to a supplier, each once."""
    return list(dict.fromkeys(place for event in events for place in _places_named(event)))


class _Reading:
    def __init__(self, ties: Mapping[str, int]) -> None:
        self.ties = ties
        self.result = Understood()
        self.events: list[Event] = []
        self.goods_words: dict[str, str] = {}
        self.lines: dict[int, int | None] = {}

    def take(self, document: Document) -> None:
        events, remarks = contents(document)
        self.events += events
        self.lines[document.key] = document.line
        self.goods_words |= named_places(document)[1]
        self.result.told[document.key] = {
            event.index: Told(
                event.index, event.pointer, event.id, event.kind, str(event.fields.get("eventTime", "")), "", ""
            )
            for event in events
        }
        self.result.remarks[document.key] = remarks
        self.result.places[document.key] = places_in(events)

    def understood(self) -> Understood:
        standing = self._standing()
        deliveries = self._deliveries(standing)
        steps = self._steps(standing)
        self.result.steps = self._finish(steps, deliveries)
        for event in self.events:
            self._say_rest(event)
            self.result.remarks[event.document] += dict.fromkeys(event.remarks)
        return self.result

    # --- which events count ---------------------------------------------------------------------------------------

    def _standing(self) -> list[Event]:
        """The events that count: each once, none that is declared in error."""
        wrong: dict[str, Event] = {}
        for event in self.events:
            if isinstance(event.fields.get("errorDeclaration"), dict):
                wrong.setdefault(event.id, event)
        known = {event.id for event in self.events if event.id not in wrong}
        self.result.in_error = set(wrong)
        seen: dict[str, Event] = {}
        standing = []
        for event in self.events:
            if event.id in wrong:
                self._tell_error(event, wrong[event.id], known)
            elif event.id in seen:
                self._tell_repeat(event, seen[event.id])
            else:
                seen[event.id] = event
                standing.append(event)
        return standing

    def _tell_error(self, event: Event, declared: Event, known: set[str]) -> None:
        error = declared.fields["errorDeclaration"]
        reason = word_of(str(error.get("reason", ""))).replace("_", " ") or "no reason given"
        corrections = error.get("correctiveEventIDs") or []
        corrections = [str(one) for one in corrections] if isinstance(corrections, list) else [str(corrections)]
        sentence = f"Declared in error ({reason}): nothing of it counts."
        if corrections:
            sentence += f" Corrected by {', '.join(corrections)}."
        self._tell(event, "in_error", sentence)
        if event is declared:
            for place, one in enumerate(corrections):
                if one not in known:
                    why = "The event that corrects this one stands in no document of this shipment: send it too."
                    event.problem("errorDeclaration", "correctiveEventIDs", place, what=one, why=why)

    def _tell_repeat(self, event: Event, first: Event) -> None:
        if event.digest == first.digest:
            self._tell(event, "repeated", "The same event was told before: it counts once.")
            return
        self._tell(event, "repeated", "Another event bears the same identifier: that one counts, as it came first.")
        why = "Two events bear this identifier and say different things. Send the correction with an errorDeclaration."
        event.problem("eventID", what=event.id, why=why)

    # --- deliveries -----------------------------------------------------------------------------------------------

    def _deliveries(self, events: list[Event]) -> list[_Delivery]:
        """Who handed which goods to whom; what is packed is handed over with its container."""
        packed: dict[str, set[str]] = defaultdict(set)
        found = []
        late = datetime.max.replace(tzinfo=UTC)
        for event in sorted(events, key=lambda one: (one.moment or late, one.document, one.index)):
            if event.kind == "TransformationEvent":
                continue
            keys = self._handled(event)
            action = str(event.fields.get("action", ""))
            if event.kind == "AggregationEvent" and isinstance(event.fields.get("parentID"), str):
                parent = item_element(event.fields["parentID"]).key
                if action == "DELETE":
                    packed[parent] -= keys or packed[parent]
                else:
                    packed[parent] |= keys
                self._tell(event, "packing", f"Tells what is packed in {parent}.")
                keys = {*keys, parent}
            sources, targets = self._parties(event, "source"), self._parties(event, "destination")
            if not sources:
                continue
            source = self._chosen(sources)
            target = self._chosen(targets) or (self._place_of(event) or "")
            whole = _unpacked(keys, packed)
            found.append(_Delivery(source, target, frozenset(same_lot(key) for key in whole)))
            names = f"{source} to {target or 'somebody not named'}"
            self._tell(event, "delivery", f"A delivery from {names}.")
            if source not in self.ties:
                event.problem("sourceList", what=source, why=_UNTIED, code="untied")
        return found

    def _handled(self, event: Event) -> set[str]:
        """The goods an event speaks of, by their identifiers."""
        goods = _GOODS[event.kind]
        return {
            one.element.key
            for name in ("epcList", "childEPCs", "quantityList", "childQuantityList")
            if name in goods
            for one in self._goods(event, name)
            if one.element.level != Level.CLASS
        }

    def _parties(self, event: Event, side: str) -> dict[str, str]:
        """The parties on one side of a delivery, by the kind of their part."""
        given = event.fields.get(f"{side}List")
        found: dict[str, str] = {}
        for one in given if isinstance(given, list) else []:
            if isinstance(one, dict) and isinstance(one.get(side), str):
                found.setdefault(word_of(str(one.get("type", ""))), place_key(one[side]))
        return found

    def _chosen(self, parties: Mapping[str, str]) -> str:
        """Who sold or held the goods: the owner before the holder before the place, those that are tied first."""
        order = [parties[kind] for kind in ("owning_party", "possessing_party", "location") if kind in parties]
        order += [key for kind, key in parties.items() if key not in order]
        return next((key for key in order if key in self.ties), order[0] if order else "")

    # --- production -----------------------------------------------------------------------------------------------

    def _steps(self, events: list[Event]) -> list[Made]:
        groups: dict[str, list[Event]] = {}
        for event in events:
            if event.kind == "TransformationEvent":
                given = event.fields.get("transformationID")
                key = f"transformation {given}" if isinstance(given, str) and given.strip() else event.id
                groups.setdefault(key, []).append(event)
        steps = [self._transformation(key, group) for key, group in groups.items()]
        made = {same_lot(lot.lot) for step in steps for lot in step.outputs}
        for event in events:
            if _is_creation(event) and (step := self._commissioning(event, made)):
                steps.append(step)
                made |= {same_lot(lot.lot) for lot in step.outputs}
        return steps

    def _transformation(self, key: str, group: list[Event]) -> Made:
        inputs: list[Lot] = []
        outputs: list[Lot] = []
        for event in group:
            for name in ("inputEPCList", "inputQuantityList"):
                inputs += self._lots(event, name, keep_classes=True)
            for name in ("outputEPCList", "outputQuantityList"):
                outputs += self._lots(event, name, lot_number=_lot_number(event))
        return self._made(key, group, _joined(inputs), _joined(outputs))

    def _commissioning(self, event: Event, made: set[str]) -> Made | None:
        """New lots without inputs: a harvest, a mine, or goods whose origin the document does not tell."""
        number = _lot_number(event)
        lots = _joined(
            [lot for name in ("epcList", "quantityList") for lot in self._lots(event, name, lot_number=number)]
        )
        new = [lot for lot in lots if same_lot(lot.lot) not in made]
        if lots and not new:
            self._tell(event, "repeated", "The production of these goods is told by another event.")
            return None
        return self._made(event.id, [event], [], new) if lots else None

    def _made(self, key: str, group: list[Event], inputs: list[Lot], outputs: list[Lot]) -> Made:
        """The step a group of events tells; without a maker where it cannot be stored, for what it says of lots."""
        first = group[0]
        maker = self._maker(group) if outputs else None
        if not outputs:
            for event in group:
                self._tell(event, "not_stored", "Not stored: no lot or item that can be followed came out.")
        days = [day for event in group if (day := event.day)]
        for event in group:
            if event.day is None:
                why = "The time cannot be read: write date, time and zone as in 2026-05-04T08:00:00+08:00."
                event.problem("eventTime", what=event.fields.get("eventTime", "nothing"), why=why)
        return Made(
            event_id=key,
            document=first.document,
            maker=maker or NOBODY,
            inputs=tuple(inputs),
            outputs=tuple(outputs),
            made_on=max(days, default=None),
            process=word_of(str(first.fields.get("bizStep", ""))).replace("_", " ")[:120],
            paper="; ".join(dict.fromkeys(paper for event in group for paper in _papers(event)))[:300],
            told_by=tuple((event.document, event.index) for event in group),
        )

    def _maker(self, group: list[Event]) -> int | None:
        """The one supplier at whose place all these events happened; None, and why, where there is none."""
        makers: dict[int, str] = {}
        missing: list[str] = []
        for event in group:
            place = self._place_of(event)
            if place is None:
                event.problem(what="readPoint, bizLocation", why="Where it was made is not said: name the place.")
            elif place not in self.ties:
                missing.append(place)
                event.problem(_place_field(event), what=place, why=_UNTIED, code="untied")
            else:
                makers[self.ties[place]] = place
        if len(makers) != 1 or missing:
            if missing:
                why = f"Not stored: {', '.join(dict.fromkeys(missing))} is tied to no supplier."
            elif makers:
                why = "Not stored: its events name several makers."
            else:
                why = "Not stored: no event says where it was made."
            for event in group:
                self._tell(event, "not_stored", why)
            return None
        maker, place = next(iter(makers.items()))
        for event in group:
            self._tell(event, "step", f"Stored as a step of production at {place}.")
        return maker

    def _finish(self, steps: list[Made], deliveries: list[_Delivery]) -> list[Made]:
        """Name who delivered each input, and the line of the lots that the last steps put out.

        Last are the steps whose lots go no further, stored or not. One that took nothing in, a harvest say, is last
        only where all are such: else its lots wait for a step nobody told.
        """
        used = {same_lot(lot.lot) for step in steps for lot in step.inputs}
        last = [step for step in steps if not any(same_lot(lot.lot) in used for lot in step.outputs)]
        last_ids = {step.event_id for step in ([step for step in last if step.inputs] or last)}
        by_lot: dict[str, list[_Delivery]] = defaultdict(list)
        for delivery in deliveries:
            for key in delivery.keys:
                by_lot[key].append(delivery)
        taken: set[str] = set()
        finished = []
        for step in steps:
            if step.maker == NOBODY:
                continue
            own = {same_lot(lot.lot) for lot in step.outputs}
            if own & taken:
                clash = next(lot.lot for lot in step.outputs if same_lot(lot.lot) in taken)
                for document, index in step.told_by:
                    told = self.result.of(document, index)
                    told.outcome, told.sentence = "not_stored", f"Not stored: another event already puts out {clash}."
                continue
            taken |= own
            said = (one for key, _ in step.told_by if (one := self.lines[key]) is not None)
            line = next(said, None) if step.event_id in last_ids else None
            finished.append(
                replace(
                    step,
                    inputs=tuple(
                        replace(lot, supplier=self._deliverer(lot, step.maker, by_lot)) for lot in step.inputs
                    ),
                    outputs=tuple(replace(lot, line_number=line) for lot in step.outputs),
                )
            )
        return finished

    def _deliverer(self, lot: Lot, maker: int, deliveries: Mapping[str, list[_Delivery]]) -> int | None:
        """Who delivered a lot to its user; None where no document says, or several say differently."""
        found = {
            self.ties[one.source]
            for one in deliveries.get(same_lot(lot.lot), ())
            if one.source in self.ties and self.ties.get(one.target, maker) == maker
        }
        found.discard(maker)
        return found.pop() if len(found) == 1 else None

    # --- goods ----------------------------------------------------------------------------------------------------

    def _lots(self, event: Event, name: str, *, lot_number: str = "", keep_classes: bool = False) -> list[Lot]:
        """The lots in one list of an event. An input that is only a kind of goods is kept, told apart from all others,
        so that its unknown origin is seen."""
        found = []
        for index, one in enumerate(self._goods(event, name, lot_number)):
            element = one.element
            key = " ".join(element.key.split())
            if element.level in {Level.CONTAINER, Level.OTHER}:
                event.note(name, index, what=key, why="This is no lot of goods: it is not followed.")
                continue
            if element.level == Level.CLASS:
                if not keep_classes:
                    why = "This is a kind of goods without a lot number: nothing can be followed from it."
                    event.problem(name, index, what=key, why=why)
                    continue
                event.problem(
                    name, index, what=key, why="This is a kind of goods without a lot number: its origin stays open."
                )
                key = f"{key} without lot number ({event.document}.{event.index}.{index})"
            if len(key) > 200:
                why = "The identifier is longer than 200 characters: it is not followed."
                event.problem(name, index, what=key, why=why)
                continue
            words = self.goods_words.get(f"(01){element.gtin}" if element.gtin else element.key, "")
            found.append(Lot(key, goods=words, quantity=one.quantity, unit=one.unit))
        return found

    def _goods(self, event: Event, name: str, lot_number: str = "") -> list[_Goods]:
        given = event.fields.get(name)
        if given is None:
            return []
        if not isinstance(given, list):
            event.problem(name, what=given, why="This is a list in EPCIS: it was left out.")
            return []
        return list(self._read_goods(event, name, given, lot_number))

    def _read_goods(self, event: Event, name: str, given: list[Any], lot_number: str) -> Iterator[_Goods]:
        for index, one in enumerate(given):
            if isinstance(one, str) and one.strip():
                yield _Goods(item_element(one))
            elif isinstance(one, dict) and isinstance(one.get("epcClass"), str) and one["epcClass"].strip():
                quantity, unit = self._quantity(event, (name, index), one)
                yield _Goods(goods_element(one["epcClass"], lot_number), quantity, unit)
            else:
                event.problem(
                    name, index, what=one, why="This names no goods: an EPC, or an epcClass with a quantity."
                )

    def _quantity(self, event: Event, where: tuple[str | int, ...], one: dict[str, Any]) -> tuple[Decimal | None, str]:
        """The quantity and its unit in words; without a unit the things themselves are counted."""
        given, code = one.get("quantity"), one.get("uom")
        if given is None:
            return None, ""
        try:
            number = Decimal(str(given)) if not isinstance(given, bool) else None
        except ArithmeticError:
            number = None
        if number is None or not number.is_finite() or not 0 <= number < LARGEST:
            event.problem(*where, "quantity", what=given, why="This is no quantity of goods: it was left out.")
            return None, ""
        if code is None or code == "":
            return round(number, 4), "pieces"
        unit = UNITS.get(str(code).strip().upper())
        if unit is None:
            why = "This code of a unit is not known here; it is kept as it is written."
            event.note(*where, "uom", what=code, why=why)
            unit = str(code).strip()[:20]
        return round(number, 4), unit

    # --- places and the rest --------------------------------------------------------------------------------------

    def _place_of(self, event: Event) -> str | None:
        """Where an event took place: its read point; where that is not said, where the goods are afterwards.

        A place that is tied goes before one that is not.
        """
        places = [key for name in ("readPoint", "bizLocation") if (key := _place(event, name))]
        return next((key for key in places if key in self.ties), places[0] if places else None)

    def _tell(self, event: Event, outcome: str, sentence: str) -> None:
        told = self.result.of(event.document, event.index)
        told.outcome, told.sentence = outcome, sentence

    def _say_rest(self, event: Event) -> None:
        """What the event holds beside what was used, and what it is where nothing else was said of it."""
        used = _KNOWN | _PLACES | _GOODS[event.kind]
        for name, value in event.fields.items():
            if name not in used:
                why = "Kept in the document; it says nothing about whose lots these are."
                if name not in _SAYS_NOTHING:
                    why = "Kept in the document; this member is not known here."
                event.note(name, what=value, why=why)
        for name, shape in _SHAPES.items():
            if event.fields.get(name) is not None and not isinstance(event.fields[name], shape):
                event.problem(name, what=event.fields[name], why=_MISSHAPEN)
        for side in ("source", "destination"):
            given = event.fields.get(f"{side}List")
            for index, one in enumerate(given if isinstance(given, list) else []):
                if not (isinstance(one, dict) and isinstance(one.get(side), str)):
                    event.problem(f"{side}List", index, what=one, why=_MISSHAPEN)
        ilmd = event.fields.get("ilmd")
        for name, value in ilmd.items() if isinstance(ilmd, dict) else ():
            if word_of(name) not in _LOT_NUMBERS:
                event.note("ilmd", name, what=value, why="Kept in the document; this member is not used.")
        if not self.result.of(event.document, event.index).outcome:
            self._tell(event, "nothing", _NOTHING[event.kind])


_UNTIED = "No supplier is tied to this identifier yet: tie it, then the event is taken up."
_MISSHAPEN = "This is not of the form EPCIS 2.0 gives it: it was left out."
_SHAPES: dict[str, type | tuple[type, ...]] = {
    "sourceList": list,
    "destinationList": list,
    "bizTransactionList": list,
    "ilmd": dict,
    "errorDeclaration": dict,
    "readPoint": (dict, str),
    "bizLocation": (dict, str),
    "parentID": str,
    "transformationID": str,
    "eventID": str,
}
_NOTHING = {
    "ObjectEvent": "The goods were seen: it tells neither production nor delivery.",
    "AggregationEvent": "It names no container: it tells neither production nor delivery.",
    "TransactionEvent": "It ties goods to papers: it tells neither production nor delivery.",
    "AssociationEvent": "It ties equipment together: it tells neither production nor delivery.",
    "TransformationEvent": "It names no goods.",
}


def _place(event: Event, name: str) -> str:
    given = event.fields.get(name)
    value = given.get("id", given.get("@id", "")) if isinstance(given, dict) else given
    return place_key(value) if isinstance(value, str) and value.strip() else ""


def _place_field(event: Event) -> str:
    return "readPoint" if _place(event, "readPoint") else "bizLocation"


def _is_creation(event: Event) -> bool:
    """Goods came into being here: new things or lots were given their identifiers."""
    return event.kind == "ObjectEvent" and event.fields.get("action") == "ADD"


def _places_named(event: Event) -> Iterator[str]:
    """The places and parties of an event that tell who made or delivered: those that must be tied to a supplier."""
    if event.kind == "TransformationEvent" or _is_creation(event):
        yield from (key for name in ("readPoint", "bizLocation") if (key := _place(event, name)))
    if event.kind == "TransformationEvent":
        return
    for side in ("source", "destination"):
        given = event.fields.get(f"{side}List")
        rows = [one for one in (given if isinstance(given, list) else []) if isinstance(one, dict)]
        named = [(word_of(str(one.get("type", ""))), one[side]) for one in rows if isinstance(one.get(side), str)]
        parties = [value for kind, value in named if kind in {"owning_party", "possessing_party"}]
        yield from (place_key(value) for value in parties or [value for _, value in named])


def _papers(event: Event) -> Iterator[str]:
    given = event.fields.get("bizTransactionList")
    for one in given if isinstance(given, list) else []:
        if isinstance(one, dict) and isinstance(one.get("bizTransaction"), str):
            yield f"{word_of(str(one.get('type', '')))} {one['bizTransaction']}".strip()


def _lot_number(event: Event) -> str:
    ilmd = event.fields.get("ilmd")
    for name, value in ilmd.items() if isinstance(ilmd, dict) else ():
        if word_of(name) in _LOT_NUMBERS and isinstance(value, str | int):
            return " ".join(str(value).split())[:100]
    return ""


def _joined(lots: list[Lot]) -> list[Lot]:
    """Each lot once; quantities of one lot in one unit are added."""
    found: dict[str, Lot] = {}
    for lot in lots:
        key = same_lot(lot.lot)
        if key not in found:
            found[key] = lot
            continue
        first = found[key]
        is_sum = first.quantity is not None and lot.quantity is not None and first.unit == lot.unit
        total = (first.quantity or Decimal(0)) + (lot.quantity or Decimal(0)) if is_sum else None
        found[key] = replace(first, quantity=total, unit=first.unit if is_sum else "")
    return list(found.values())


def _unpacked(keys: set[str], packed: Mapping[str, set[str]]) -> set[str]:
    """These goods with all that is packed in them."""
    found: set[str] = set()
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += packed.get(key, ())
    return found
