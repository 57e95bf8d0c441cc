"""Firms that people judged to be listed entities: a number or an address they declared leads back to the entity."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from entities.domain.facts import ListedParty, PartyFacts
from entities.domain.identifiers import mid, uscc
from entities.domain.identity import plain_words
from entities.domain.judging import party_key
from entities.domain.matching import ListMatch, Sign
from entities.domain.matching.weights import WEIGHTS as W

_SHORTEST_PHONE = 8
_SHORTEST_ADDRESS = 12
_SHORTEST_HAN_ADDRESS = 8
_WORDS = {"uscc": "credit code", "mid": "MID", "phone": "telephone number", "address": "address"}


@dataclass(frozen=True, slots=True)
class KnownFirm:
    """A declared party that a person judged to be a listed entity, and how the judgement stands.

    ``stands`` is false where the list says otherwise of the entity since: then what is known only asks again.
    """

    key: str
    facts: PartyFacts
    judgement: int
    sentence: str
    scope: str = "firm"
    stands: bool = True

    @property
    def name(self) -> str:
        return self.facts.name or self.facts.native_name


def identifiers_of(facts: PartyFacts) -> dict[str, str]:
    """What tells a firm beside its name, in one spelling: numbers in the right form, a telephone, a street address."""
    found = {}
    if facts.uscc and (code := uscc(facts.uscc)).valid:
        found["uscc"] = code.normalised
    if facts.mid and (code := mid(facts.mid.strip().upper())).valid:
        found["mid"] = code.normalised
    if len(digits := _phone(facts.phone)) >= _SHORTEST_PHONE:
        found["phone"] = digits
    street = plain_words(facts.address)
    is_han = re.search(r"[\u3400-\u9fff]", street) is not None
    if re.search(r"\d", street) and len(street) >= (_SHORTEST_HAN_ADDRESS if is_han else _SHORTEST_ADDRESS):
        found["address"] = f"{street}, {plain_words(facts.city)}"
    return found


class KnownFirms:
    """All firms judged to be listed entities, by what they declared. Costs nothing where there are none."""

    def __init__(self, firms: Iterable[KnownFirm] = ()) -> None:
        self._by_identifier: dict[tuple[str, str], list[KnownFirm]] = defaultdict(list)
        self._by_words: dict[str, list[KnownFirm]] = defaultdict(list)
        self._order: dict[KnownFirm, int] = {}
        for firm in firms:
            self._order.setdefault(firm, len(self._order))
            self._by_words[party_key(firm.facts, firm.scope)].append(firm)
            for identifier in identifiers_of(firm.facts).items():
                self._by_identifier[identifier].append(firm)

    def __bool__(self) -> bool:
        return bool(self._order)

    def about(self, parties: Iterable[PartyFacts]) -> tuple[KnownFirm, ...]:
        """Those that share words, a number or an address with a party: all that bears on these."""
        found: set[KnownFirm] = set()
        for party in parties if self._order else ():
            for scope in ("firm", "site"):
                found.update(self._by_words.get(party_key(party, scope), ()))
            for identifier in identifiers_of(party).items():
                found.update(self._by_identifier.get(identifier, ()))
        return tuple(sorted(found, key=self._order.__getitem__))

    def recognised(
        self, party: PartyFacts, matches: Sequence[ListMatch], listed: Mapping[str, ListedParty], on: date
    ) -> tuple[ListMatch, ...]:
        """The matches, with what is known from judgements as reasons of their own, and entities known by it alone.

        The credit code of a firm judged the same makes a match; telephone, address and manufacturer code, which
        several firms may share, make a question.
        """
        if not self._by_words:
            return tuple(matches)
        found = {match.key: match for match in matches}
        judged = {
            firm.key: firm for scope in ("firm", "site") for firm in self._by_words.get(party_key(party, scope), ())
        }
        for key, firm in judged.items():
            if key not in found and key in listed and listed[key].listed_on(on):
                sign = Sign("name", party.name or party.native_name, firm.sentence, firm.judgement)
                found[key] = _known(listed[key], sign, is_sure=firm.stands, on=on)
        for field, value in identifiers_of(party).items():
            for firm in self._by_identifier.get((field, value), ()):
                entity = listed.get(firm.key)
                if firm.key in judged or entity is None or not entity.listed_on(on):
                    continue
                is_sure = field == "uscc" and firm.stands and firm.scope == "firm"
                since = "" if firm.stands else " The list says otherwise of the entity since: judge it again."
                text = f"The {_WORDS[field]} is that of “{firm.name}”. {firm.sentence}{since}"
                sign = Sign(field, getattr(party, field), text, firm.judgement)
                if known := found.get(firm.key):
                    found[firm.key] = _joined(known, sign, is_sure=is_sure)
                else:
                    found[firm.key] = _known(entity, sign, is_sure=is_sure, on=on)
        return tuple(sorted(found.values(), key=lambda match: (match.verdict != "match", -match.score)))


def _known(entity: ListedParty, sign: Sign, *, is_sure: bool, on: date) -> ListMatch:
    """A match that rests on what is known alone: no name of the entity agrees."""
    names = [name for name in entity.names if name.stands_on(on)] or list(entity.names)
    score = W.known_number if is_sure else W.known_otherwise
    verdict = "match" if is_sure else "possible"
    return ListMatch(entity.key, verdict, score, sign.field, sign.token, names[0], (), (sign,))  # type: ignore[arg-type]


def _joined(match: ListMatch, sign: Sign, *, is_sure: bool) -> ListMatch:
    signs = (*match.signs, sign)
    if not is_sure:
        return replace(match, signs=signs)
    return replace(match, verdict="match", score=max(match.score, W.known_number), signs=signs)


def _phone(text: str) -> str:
    """The digits of a telephone number without the code of China and leading zeros."""
    digits = re.sub(r"\D", "", text).lstrip("0")
    return digits[2:].lstrip("0") if digits.startswith("86") and len(digits) > 10 else digits
