"""Decide from the fields of a party whether its site lies in Xinjiang.

Plant address, place of registration and a place in the name are separate signals (rules XJ_SITE, XJ_REGISTRATION,
XJ_NAME, XPCC): an address places the site, a name only asks the question.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from entities.domain.facts import PartyFacts
from entities.domain.gazetteer.corps import (
    CORPS_HAN,
    CORPS_LATIN,
    FARM_DIVISION_HAN,
    NUMBERED_HAN,
    NUMBERED_LATIN,
    corps_in,
)
from entities.domain.gazetteer.elsewhere import Elsewhere
from entities.domain.gazetteer.places import (
    Place,
    PlaceMention,
    PlaceSignal,
    PlaceVerdict,
    Rule,
    Strength,
    Verdict,
)
from entities.domain.gazetteer.reading import ARABIC, Folded, Found, HanStream, TermReader
from entities.domain.gazetteer.registers import (
    country_at_end,
    country_of,
    mid_city,
    phone_area,
    postal_code_in,
    registration_place,
)
from entities.domain.gazetteer.terms import XPCC_CODE, han_terms, latin_terms, uyghur_terms
from entities.domain.names.scripts import HAN, fold, has_han, simplified
from entities.domain.names.vocabulary import Division

SITE_FIELDS = ("address", "city", "province")
NAME_FIELDS = ("name", "native_name")
_FIELDS = (*SITE_FIELDS, *NAME_FIELDS)
_texts_of = attrgetter(*_FIELDS)
_NOWHERE = PlaceVerdict("none")
CORPS_NAME = "Xinjiang Production and Construction Corps (新疆生产建设兵团)"
_EATING = re.compile(r"\b(?:restaurant|cuisine|noodles?|kebabs?|bbq|barbecue|cafe|grill|eatery|bistro|diner|dishes)\b")
_ORDER: dict[Strength, int] = {"strong": 0, "weak": 1, "hint": 2}


@dataclass(frozen=True, slots=True)
class _Context:
    """What the rest of the record says: which country, and whether another place in China is named."""

    country: str  # CN, another code, or empty where nothing says
    china: bool
    elsewhere: tuple[str, ...]
    eating: bool


class Gazetteer:
    """Places of Xinjiang, ready to be looked for in addresses, names and running text."""

    def __init__(
        self,
        places: Sequence[Place],
        divisions: Sequence[Division] = (),
        ambiguous: Mapping[str, str] | None = None,
    ) -> None:
        self.places = tuple(places)
        self._names = {p.code: f"{p.name_en} ({p.name_zh})" for p in places if p.code}
        self._parents = {p.code: p.parent for p in places if p.code}
        for place in places:
            for code in place.retired:
                self._names.setdefault(code, self._names[place.code])
        latin = latin_terms(places, divisions, ambiguous or {})
        self._reader = TermReader(han_terms(places), latin, uyghur_terms(places))
        self._elsewhere = Elsewhere(divisions, {t.text for t in latin})

    # Locating a party ----------------------------------------------------------------------------------------------

    def locate(self, party: PartyFacts) -> PlaceVerdict:
        """Where the party's site is, as far as Xinjiang is concerned, with every signal that was seen."""
        found = {f: self._reader.read(text) for f, text in zip(_FIELDS, _texts_of(party), strict=True) if text}
        if not any(found.values()) and not (party.postal_code or party.uscc or party.mid or party.phone):
            corps = self.corps(party, near=False)
            if not corps:
                return _NOWHERE
        context = self._context(party, found)
        signals: list[PlaceSignal] = []
        site = [
            (f, hit) for f in SITE_FIELDS for hit in found.get(f, ()) if not hit.quiet and hit.term.level != "corps"
        ]
        postal = self._postal(party, context)
        near = bool(postal) or any(h.term.strength == "strong" for hits in found.values() for h in hits if not h.quiet)
        corps = self.corps(party, near=near)
        signals += self._site(
            party, site, context, supported=bool(postal or [s for s in corps if s.field in SITE_FIELDS])
        )
        signals += corps + postal
        placed = any(s.strength == "strong" and s.field not in NAME_FIELDS for s in signals)
        signals += self._registration(party)
        signals += self._hints(party, context, placed)
        signals += self._name(party, found, context, placed)
        signals.sort(key=lambda s: (s.field in NAME_FIELDS, _ORDER[s.strength]))
        return PlaceVerdict(self._verdict(signals, context), tuple(signals))

    def _verdict(self, signals: list[PlaceSignal], context: _Context) -> Verdict:
        abroad = context.country not in ("", "CN")
        sure = [
            s
            for s in signals
            if s.strength == "strong" and s.rule in ("XJ_SITE", "XPCC") and s.field not in NAME_FIELDS
        ]
        if sure:
            return "possible" if abroad else "in_xinjiang"
        if any(s.strength == "strong" for s in signals):  # registered there, or the Corps in the name
            return "possible" if abroad or context.elsewhere else "in_xinjiang"
        return "possible" if signals else "none"

    def _context(self, party: PartyFacts, found: dict[str, list[Found]]) -> _Context:
        country = country_of(party.country)
        where = " ".join(filter(None, (party.address, party.city, party.province)))
        folded = f" {fold(where)} "
        for hits in found.values():  # "Yuli Xian" is a county, not the city of Xi'an
            for hit in hits:
                folded = folded.replace(f" {hit.term.text.removesuffix(' xian')} xian ", " ")
        elsewhere = self._elsewhere.named_in(folded, simplified(where) if has_han(where) else "")
        if not country:
            country = country_at_end(party.address)
        china = (
            country == "CN"
            or " china " in folded
            or " p r c " in folded
            or " prc " in folded
            or (not country and (has_han(where) or bool(elsewhere)))
        )
        return _Context(country, china, elsewhere, _EATING.search(fold(party.name)) is not None)

    def _site(
        self, party: PartyFacts, hits: list[tuple[str, Found]], context: _Context, *, supported: bool
    ) -> list[PlaceSignal]:
        """XJ_SITE: the address, the city or the province lies in Xinjiang."""
        abroad = context.country not in ("", "CN")
        sure: list[tuple[str, Found]] = []
        unsure: list[tuple[str, Found]] = []
        for field, hit in hits:
            (sure if self._stands_alone(party, field, hit, context) else unsure).append((field, hit))
        codes = [h.term.code for _, h in unsure]
        related = any(
            a != b and (self._parents.get(a) == b or self._parents.get(b) == a) for a in codes for b in codes
        )
        signals = []
        for field, hit in sure:
            if abroad and not self._is_unmistakable(hit):
                continue
            strength: Strength = "weak" if abroad else "strong"
            signals.append(self._signal("XJ_SITE", field, hit, strength, "names a place in Xinjiang"))
        for field, hit in unsure:
            if abroad:
                continue
            if sure or supported or (related and not context.elsewhere):
                signals.append(
                    self._signal(
                        "XJ_SITE",
                        field,
                        hit,
                        "strong",
                        "names a place in Xinjiang; another part of the address agrees",
                    )
                )
            elif self._is_worth_asking(hit, context):
                reason = "may name a place in Xinjiang; nothing else in the address says which"
                signals.append(self._signal("XJ_SITE", field, hit, "weak", reason))
        return signals

    def _is_worth_asking(self, hit: Found, context: _Context) -> bool:
        """An ambiguous name alone: worth a look unless the rest places the site, or it usually means elsewhere."""
        term = hit.term
        usually_elsewhere = term.foreign or self._elsewhere.is_division(term.text)
        return context.china and not context.elsewhere and not usually_elsewhere

    def _is_unmistakable(self, hit: Found) -> bool:
        return hit.term.strength == "strong" and (
            hit.term.level in ("region", "corps") or hit.term.code.startswith("6501")
        )

    def _stands_alone(self, party: PartyFacts, field: str, hit: Found, context: _Context) -> bool:
        term = hit.term
        if term.strength == "strong":
            # 新疆 inside an address of another province is a street or a restaurant more often than the region.
            return not (term.text == "新疆" and field == "address" and not hit.head and context.elsewhere)
        # A city that fills its field, or its part of the address between commas, is meant as the city.
        text = getattr(party, field)
        parts = [fold(part) for part in (text.split(",") if field == "address" else [text])]
        whole = any(part.removesuffix(" city").removesuffix(" prefecture") == term.text for part in parts)
        return (
            whole
            and term.level in ("city", "region")
            and context.china
            and not context.elsewhere
            and not self._elsewhere.is_division(term.text)
        )

    def corps(self, party: PartyFacts, *, near: bool) -> list[PlaceSignal]:
        """XPCC: the Corps, a farm division, or a numbered division or regiment beside a place in Xinjiang."""
        signals = []
        for field, text in zip(_FIELDS, _texts_of(party), strict=True):
            if not text:
                continue
            token = ""
            if has_han(text):
                plain = "".join(simplified(text).split())
                corps = CORPS_HAN.search(plain) or FARM_DIVISION_HAN.search(plain)
                numbered = NUMBERED_HAN.search(plain)
                token = (corps.group() if corps else "") or (numbered.group() if numbered and near else "")
            if not token:
                folded = fold(text)
                token = corps_in(folded)
                counted = NUMBERED_LATIN.search(folded) if near and not token else None
                token = token or (counted.group() if counted else "")
            if token:
                reason = f"“{token}” names the Corps or one of its divisions or regiments"
                signals.append(PlaceSignal("XPCC", field, token, XPCC_CODE, CORPS_NAME, "strong", reason))
        return signals

    def _postal(self, party: PartyFacts, context: _Context) -> list[PlaceSignal]:
        """Codes 83xxxx and 84xxxx lie in Xinjiang, and only they do, provided the address is in China."""
        if context.country not in ("", "CN"):
            return []
        signals = []
        for field in ("postal_code", "address"):
            code = postal_code_in(getattr(party, field), alone=field == "postal_code")
            if not code:
                continue
            if not context.china or (field == "address" and context.elsewhere):
                continue
            reason = f"postal code {code} begins with {code[:2]}, which in China only Xinjiang has"
            signals.append(
                PlaceSignal(
                    "XJ_SITE",
                    field,
                    code,
                    "650000",
                    self._names.get("650000", ""),
                    "strong",
                    reason,
                )
            )
        return signals

    def _registration(self, party: PartyFacts) -> list[PlaceSignal]:
        """XJ_REGISTRATION: characters 3 to 8 of a valid credit code are 65xxxx (GB 32100)."""
        place = registration_place(party.uscc)
        if not place.startswith("65"):
            return []
        name = self._names.get(place) or self._names.get(place[:4] + "00") or self._names.get("650000", "")
        reason = (
            f"the credit code was given out by authority {place}, {name}: "
            "there the firm is registered, which does not say where it makes the goods"
        )
        return [PlaceSignal("XJ_REGISTRATION", "uscc", party.uscc, place, name, "strong", reason)]

    def _hints(self, party: PartyFacts, context: _Context, placed: bool) -> list[PlaceSignal]:
        """A landline area code, and the city letters of a manufacturer code: hints that ask for the full address."""
        signals = []
        area = phone_area(party.phone, china=context.china)
        name = self._names.get("650000", "")
        if area:
            reason = f"area code {area} belongs to Xinjiang"
            signals.append(PlaceSignal("XJ_SITE", "phone", area, "650000", name, "weak", reason))
        letters = mid_city(party.mid)
        if letters and not context.elsewhere:
            reason = f"the manufacturer code ends in {letters}, letters of a city in Xinjiang: a hint, never a proof"
            signals.append(PlaceSignal("XJ_SITE", "mid", letters, "650000", name, "hint", reason))
        return signals

    def _name(
        self, party: PartyFacts, found: dict[str, list[Found]], context: _Context, placed: bool
    ) -> list[PlaceSignal]:
        """XJ_NAME: the company name carries Xinjiang or a place of it."""
        signals = []
        if placed:  # the address says more than the name can
            return []
        abroad = context.country not in ("", "CN")
        for field in NAME_FIELDS:
            for hit in found.get(field, ()):
                term = hit.term
                if hit.quiet or context.eating or term.level == "corps":
                    continue
                sure = term.strength == "strong" and term.level != "small"
                if abroad and not (sure and term.level in ("region", "corps")):
                    continue
                if not sure:
                    # A bare ambiguous name counts at the head of a Chinese firm's name, where the seat stands.
                    if not hit.head or term.level not in ("city",) or context.elsewhere:
                        continue
                    if term.foreign and context.country != "CN":
                        continue
                    if self._elsewhere.is_division(term.text):
                        continue
                strength: Strength = "weak" if sure else "hint"
                signals.append(self._signal("XJ_NAME", field, hit, strength, "stands in the company name"))
        return signals

    def _signal(self, rule: Rule, field: str, hit: Found, strength: Strength, reason: str) -> PlaceSignal:
        term = hit.term
        return PlaceSignal(
            rule, field, term.text, term.code, term.name, strength, f"“{term.text}” {reason}: {term.name}"
        )

    # Running text --------------------------------------------------------------------------------------------------

    def scan(self, text: str) -> tuple[PlaceMention, ...]:
        """Places of Xinjiang named in a text, by position. Bare ambiguous names count only beside a sure one."""
        mentions: list[PlaceMention] = []
        folded = Folded.of(text)
        hits = [(h, folded.places[h.start], folded.places[h.end - 1] + 1) for h in self._reader.latin(folded.text)]
        corps = [
            (m.group(), folded.places[m.start()], folded.places[m.end() - 1] + 1)
            for m in CORPS_LATIN.finditer(folded.text)
        ]
        if HAN.search(text):
            stream = HanStream.of(text)
            hits += [
                (h, stream.places[h.start], stream.places[h.end - 1] + 1) for h in self._reader.chinese(stream.text)
            ]
            for pattern in (CORPS_HAN, FARM_DIVISION_HAN):
                corps += [
                    (m.group(), stream.places[m.start()], stream.places[m.end() - 1] + 1)
                    for m in pattern.finditer(stream.text)
                ]
        if ARABIC.search(text):
            hits += [(h, h.start, h.end) for h in self._reader.arabic(text)]
        sure = [(start, end) for h, start, end in hits if h.term.strength == "strong" and not h.quiet]
        for hit, start, end in hits:
            if hit.quiet:
                continue
            strong = hit.term.strength == "strong"
            beside = any(abs(start - other) <= 80 for other, _ in sure)
            if not strong and not beside:
                continue
            mentions.append(
                PlaceMention(start, end, text[start:end], hit.term.code, hit.term.name, "strong" if strong else "weak")
            )
        taken = [(m.start, m.end) for m in mentions]
        for _token, start, end in corps:
            if not any(s <= start and end <= e for s, e in taken):
                mentions.append(PlaceMention(start, end, text[start:end], XPCC_CODE, CORPS_NAME, "strong"))
        return tuple(sorted(mentions, key=lambda m: (m.start, -m.end)))
