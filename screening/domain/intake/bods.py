"""Statements of the Beneficial Ownership Data Standard (0.1 to 0.4) understood: firms, and who holds what in them.

A statement is about an entity, a person, or a relationship between an owner and a firm. A record may be stated several
times: a later statement replaces what the earlier said, from its own date on, and a closed record ends.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from entities.domain.facts import PartyFacts
from entities.domain.links import OwnershipFacts
from screening.domain.intake.cells import Problem, Severity, is_native_script, one_line

HEADINGS = ("statement", "as published (JSON)")
ENTITY, PERSON, RELATION = "entity", "person", "relationship"
_TYPES = {
    "entity": ENTITY,
    "entitystatement": ENTITY,
    "person": PERSON,
    "personstatement": PERSON,
    "relationship": RELATION,
    "ownershiporcontrolstatement": RELATION,
}
# Entities that are no body of their own: they are named after whose they are.
_NAMELESS = frozenset({"arrangement", "anonymousEntity", "unknownEntity"})
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class Statement:
    """One statement with the number of its row in the file."""

    number: int
    key: str
    kind: str
    record: str
    is_closed: bool
    on: date | None
    source: str
    source_url: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class StatedHolding:
    """An owner and the firm owned, with one interest."""

    owner: PartyFacts
    owned: PartyFacts
    facts: OwnershipFacts


@dataclass(frozen=True)
class UnderstoodStatement:
    """What a row says: a firm, some holdings, or why neither."""

    number: int
    firm: PartyFacts | None = None
    holdings: tuple[StatedHolding, ...] = ()
    problems: tuple[Problem, ...] = ()


def are_statements(headers: Sequence[str]) -> bool:
    """Whether a table is a file of statements as the reader hands it on."""
    return tuple(headers[:2]) == HEADINGS


def understand_statements(
    rows: Sequence[tuple[int, Sequence[str]]], *, basis: str, country: Callable[[str], str]
) -> list[UnderstoodStatement]:
    """Every row of a file, in its order. ``country`` answers the two-letter code for a country's name or code."""
    read: dict[int, Statement | Problem] = {number: _read(number, cells) for number, cells in rows}
    statements = [one for one in read.values() if isinstance(one, Statement)]
    file = _File(statements, basis, country)
    answers = []
    for number, _ in rows:
        one = read[number]
        answers.append(
            UnderstoodStatement(number, problems=(one,)) if isinstance(one, Problem) else file.understand(one)
        )
    return answers


def _read(number: int, cells: Sequence[str]) -> Statement | Problem:
    key, text = (*cells, "", "")[:2]
    remedy = "Send statements of the Beneficial Ownership Data Standard, version 0.1 to 0.4."
    try:
        raw = json.loads(text)
    except ValueError:
        raw = None
    if not isinstance(raw, dict):
        return Problem("statement", key, "This is no statement.", remedy, Severity.ERROR)
    said = raw.get("recordType") or raw.get("statementType") or ""
    kind = _TYPES.get(str(said).lower())
    if kind is None:
        reason = f"Its type, {said or 'not given'}, is neither entity, person nor relationship."
        return Problem(f"statement {key}", str(said), reason, remedy, Severity.ERROR)
    details = raw.get("recordDetails")
    if not isinstance(details, dict):
        details = raw
    publisher = _dict(_dict(raw.get("publicationDetails")).get("publisher"))
    source = _dict(raw.get("source"))
    words = [
        f"BODS statement {key}",
        str(publisher.get("name") or ""),
        str(source.get("description") or ""),
        *(str(_dict(one).get("name") or "") for one in _list(source.get("assertedBy"))),
    ]
    return Statement(
        number,
        key,
        kind,
        record=str(raw.get("recordId") or key),
        is_closed=raw.get("recordStatus") == "closed",
        on=_date(raw.get("statementDate")),
        source=", ".join(dict.fromkeys(word for word in words if word))[:300],
        source_url=next(
            (
                str(url)[:500]
                for url in (source.get("url"), publisher.get("url"))
                if re.match(r"https?://\S+$", str(url))
            ),
            "",
        ),
        details=details,
    )


class _File:
    """The statements of a file, which point to each other."""

    def __init__(self, statements: Sequence[Statement], basis: str, country: Callable[[str], str]) -> None:
        self.basis, self.country = basis, country
        self.latest: dict[str, Statement] = {}
        self.versions: dict[str, list[Statement]] = {}
        for one in statements:
            self.versions.setdefault(one.record, []).append(one)
            for name in {one.key, one.record}:
                known = self.latest.get(name)
                if known is None or (one.on or date.min) >= (known.on or date.min):
                    self.latest[name] = one

    def understand(self, one: Statement) -> UnderstoodStatement:
        if one.kind == PERSON:
            reason = "A natural person: not stored, as firms are what is screened."
            return self._not_stored(one, "", reason, "Nothing to do.")
        if one.kind == ENTITY:
            return self._entity(one)
        return self._relation(one)

    # --- firms
    def _entity(self, one: Statement) -> UnderstoodStatement:
        firm = self.firm(one)
        if firm is None:
            reason = "The entity has no name."
            return self._not_stored(one, "", reason, "Name it, or leave the statement out.")
        return UnderstoodStatement(one.number, firm)

    def firm(self, one: Statement) -> PartyFacts | None:
        """An entity as a party. One without a name, or a mere arrangement, is named after the firm it is about."""
        details = one.details
        name = one_line(str(details.get("name") or ""))
        said = details.get("entityType")
        kind = str(said.get("type") or "") if isinstance(said, dict) else str(said or "")
        if kind in _NAMELESS and (of := self._whose(one)):
            name = f"{name or _in_words(kind)} of {of}"
        if not name:
            return None
        others = [one_line(str(other)) for other in _list(details.get("alternateNames")) if other]
        native = next((text for text in (name, *others) if is_native_script(text)), "")
        if is_native_script(name):
            name = next((text for text in others if not is_native_script(text)), "")
        place = _dict(next(iter(_list(details.get("addresses"))), None))
        jurisdiction = details.get("jurisdiction") or details.get("incorporatedInJurisdiction")
        return PartyFacts(
            name=name[:300],
            native_name=native[:300],
            address=one_line(str(place.get("address") or ""))[:600],
            postal_code=str(place.get("postCode") or place.get("postalCode") or "")[:20],
            country=self._country(jurisdiction) or self._country(place.get("country")) or self._registered_in(details),
            uscc=self._uscc(details),
        )

    def _whose(self, one: Statement) -> str:
        """The firm an arrangement stands behind: what it holds something in."""
        for other in self.latest.values():
            if other.kind == RELATION and self._pointed(other.details.get("interestedParty")) in (one.key, one.record):
                held = self.latest.get(self._pointed(other.details.get("subject")))
                if held is not None and held is not one and held.details.get("name"):
                    return one_line(str(held.details["name"]))
        return ""

    def _country(self, said: Any) -> str:
        code = str(said.get("code") or said.get("name") or "") if isinstance(said, dict) else str(said or "")
        return self.country(code[:2] if re.fullmatch(r"[A-Z]{2}-\w+", code) else code)

    def _registered_in(self, details: Mapping[str, Any]) -> str:
        """The country of a register, by the scheme of the number there: ``GB-COH``."""
        schemes = (str(_dict(one).get("scheme") or "") for one in _list(details.get("identifiers")))
        return next((self.country(one[:2]) for one in schemes if re.match(r"[A-Z]{2}-", one)), "")

    @staticmethod
    def _uscc(details: Mapping[str, Any]) -> str:
        for one in map(_dict, _list(details.get("identifiers"))):
            value = str(one.get("id") or "").strip().upper()
            if str(one.get("scheme") or "").startswith("CN") and re.fullmatch(r"[0-9A-Z]{18}", value):
                return value
        return ""

    # --- holdings
    def _relation(self, one: Statement) -> UnderstoodStatement:
        owned = self._end(one, "subject")
        if isinstance(owned, str):
            return self._not_stored(one, "subject", f"The firm owned is not known: {owned}", "Send its statement too.")
        party = one.details.get("interestedParty")
        if isinstance(party, dict) and (unspecified := party.get("unspecified") or _reason_of(party)):
            said = _dict(unspecified)
            why = " ".join(str(said[key]) for key in ("reason", "description") if said.get(key)) or "no reason given"
            return self._not_stored(
                one, why, f"The owner is not named: {why}.", "Name the owner once it is known; no holding is stored."
            )
        target = self.latest.get(self._pointed(party))
        if target is not None and target.kind == PERSON:
            reason = "The owner is a natural person: the holding is not stored."
            return self._not_stored(one, "", reason, "Nothing to do; the statement is kept in its row.")
        owner = self._end(one, "interestedParty")
        if isinstance(owner, str):
            return self._not_stored(
                one, "interestedParty", f"The owner is not known: {owner}", "Send its statement too."
            )
        if one.is_closed:
            reason = "The record is closed: what it said before ends with this statement's date."
            return self._not_stored(one, "", reason, "Nothing to do.")
        interests = [_dict(interest) for interest in _list(one.details.get("interests"))] or [{}]
        problems: list[Problem] = []
        holdings = [StatedHolding(owner, owned, self._facts(one, interest, problems)) for interest in interests]
        return UnderstoodStatement(one.number, holdings=tuple(dict.fromkeys(holdings)), problems=tuple(problems))

    def _end(self, one: Statement, side: str) -> PartyFacts | str:
        pointed = self._pointed(one.details.get(side))
        if not pointed:
            return "the statement names none."
        target = self.latest.get(pointed)
        if target is None:
            return f"{pointed} is in no statement of this file."
        if target.kind != ENTITY:
            return f"{pointed} is no entity."
        return self.firm(target) or f"{pointed} has no name."

    @staticmethod
    def _pointed(said: Any) -> str:
        if isinstance(said, dict):
            said = said.get("describedByEntityStatement") or said.get("describedByPersonStatement") or ""
        return str(said or "")

    def _facts(self, one: Statement, interest: Mapping[str, Any], problems: list[Problem]) -> OwnershipFacts:
        share = _dict(interest.get("share"))
        least = _percent(share.get("exact", share.get("minimum", share.get("exclusiveMinimum"))))
        most = _percent(share.get("exact", share.get("maximum", share.get("exclusiveMaximum"))))
        out_of_range = [value for value in (least, most) if value is not None and not 0 <= value <= 100]
        if out_of_range or (least is not None and most is not None and most < least):
            shown = ", ".join(f"{key} {value}" for key, value in share.items())
            reason = "A share lies between 0 and 100 percent, the least below the most; none is stored."
            problems.append(Problem(f"statement {one.key}", shown, reason, "Correct the share."))
            least = most = None
        level = str(interest.get("directOrIndirect") or interest.get("interestLevel") or "")
        first, last = _date(interest.get("startDate")), _date(interest.get("endDate"))
        until = self._replaced_on(one)
        if until is not None and (last is None or last >= until):
            last = until - timedelta(days=1)
        if first and last and last < first:
            reason = "It ends before it begins; the holding is stored without a period."
            problems.append(Problem(f"statement {one.key}", f"{first} to {last}", reason, "Correct the dates."))
            first = last = None
        return OwnershipFacts(
            share_from=least,
            share_to=most,
            interest=_in_words(str(interest.get("type") or "interest not said"))[:60],
            is_indirect=level == "indirect",
            valid_from=first,
            valid_to=last,
            basis=self.basis,
            source=one.source,
            source_url=one.source_url,
        )

    def _replaced_on(self, one: Statement) -> date | None:
        """The day from which a later statement on the same record, or its closing, says otherwise."""
        later = [
            other
            for other in self.versions[one.record]
            if other is not one and other.on and one.on and (other.on, other.number) > (one.on, one.number)
        ]
        if not later:
            return None
        following = min(later, key=lambda other: (other.on or date.max, other.number))
        if following.is_closed:
            ends = [_date(_dict(interest).get("endDate")) for interest in _list(following.details.get("interests"))]
            closed = max((end for end in ends if end), default=None)
            return closed + timedelta(days=1) if closed else following.on
        starts = [_date(_dict(interest).get("startDate")) for interest in _list(following.details.get("interests"))]
        return min((start for start in starts if start), default=following.on)

    @staticmethod
    def _not_stored(one: Statement, value: str, reason: str, remedy: str) -> UnderstoodStatement:
        problem = Problem(f"statement {one.key}", value[:200], reason, remedy, Severity.ERROR)
        return UnderstoodStatement(one.number, problems=(problem,))


def _reason_of(party: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """In version 0.4 the reason why an owner is not named stands in its place."""
    return party if party.get("reason") else None


def _percent(value: Any) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _date(value: Any) -> date | None:
    """A day as the standard writes it; a year or a month is its first day."""
    found = re.match(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", str(value or ""))
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None


def _in_words(camel: str) -> str:
    return _CAMEL.sub(" ", camel.replace("-", " ")).lower()


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else []
