"""One row of a file of links understood: who supplies or owns whom, what is said of it, and what is wrong with it."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from entities.domain.aggregates import AggregateWords
from entities.domain.facts import PartyFacts
from entities.domain.links import LinkFacts, OwnershipFacts
from screening.domain.intake.cells import Problem, Severity, compact, given, header_key, is_native_script, one_line
from screening.domain.intake.codes import read_tariff_codes, uscc_in
from screening.domain.intake.dates import DateStyle, read_date
from screening.domain.intake.link_places import LinkPlace, read_link_place
from screening.domain.intake.numbers import NumberStyle, read_amount
from screening.domain.intake.periods import Period, read_period
from screening.domain.intake.places import Places
from screening.domain.intake.rows import Layout, not_a_record

SUPPLIES, OWNS, OWNED_BY = "supplies", "owns", "owned_by"
_MID = re.compile(r"[A-Z]{2}[A-Z0-9]{3,13}")
# Words that make a number another one: “214 million”.
_MULTIPLIERS = frozenset({"MILLION", "MN", "BILLION", "BN", "THOUSAND", "万", "亿"})
_SHARE = re.compile(
    r"(?P<bound>[^\d]*?)(?P<first>\d+(?:[.,]\d+)?)\s*%?(?:\s*(?:-|–|to)\s*(?P<last>\d+(?:[.,]\d+)?)\s*%?)?"
)
_AT_LEAST = frozenset(
    {"", "at least", "over", "more than", "above", "min", "minimum", ">", ">=", "≥", "about", "approx", "c", "ca"}
)
_AT_MOST = frozenset({"at most", "under", "less than", "below", "up to", "max", "maximum", "<", "<=", "≤"})


@dataclass(frozen=True, eq=False)
class LinkWords:
    """The words of link files: relations and states of knowledge by their phrases, the chains, classes of firms."""

    relations: Mapping[str, str]
    statuses: Mapping[str, str]
    aggregates: AggregateWords
    places: Places
    stages: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class UnderstoodFirm:
    """A firm a row names at one end of a link, and the words by which it is a class of firms."""

    facts: PartyFacts
    told_as_aggregate: str = ""


@dataclass(frozen=True)
class UnderstoodLink:
    """One row: every supplier or owner with every customer or firm owned. Rejected where ``rejection`` says why."""

    row_number: int
    upstream: tuple[UnderstoodFirm, ...] = ()
    downstream: tuple[UnderstoodFirm, ...] = ()
    link: LinkFacts | None = None
    ownership: OwnershipFacts | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def rejection(self) -> Problem | None:
        return next((problem for problem in self.problems if problem.severity is Severity.ERROR), None)


def understand_link(
    row_number: int, row: Sequence[str], layout: Layout, words: LinkWords, *, basis: str, customer_is_known: bool
) -> UnderstoodLink:
    """Read one row. ``customer_is_known``: the file was sent as the suppliers of one firm; a row need not name it."""
    if rejection := not_a_record(row, layout):
        return UnderstoodLink(row_number, problems=(rejection,))
    reading = _Reading(row, layout, words)
    relation = reading.relation()
    upstream = reading.firms("supplier")
    downstream = reading.firms("customer")
    for role, found in (("supplier", upstream), ("customer", downstream)):
        if not found and not (role == "customer" and customer_is_known):
            reading.error(
                f"{role}_name", "", f"The row names no {role}.", f"Give the {role}'s name, or correct the mapping."
            )
    if relation == OWNED_BY:
        upstream, downstream = downstream, upstream
    if relation in (OWNS, OWNED_BY):
        understood = UnderstoodLink(row_number, upstream, downstream, ownership=reading.ownership(basis))
    else:
        understood = UnderstoodLink(row_number, upstream, downstream, link=reading.link(basis, upstream))
    return replace(understood, problems=tuple(reading.problems))


class _Reading:
    """The cells of one row by field, and the problems found while reading them."""

    def __init__(self, row: Sequence[str], layout: Layout, words: LinkWords) -> None:
        self.layout, self.words, self.places = layout, words, words.places
        self.cells: dict[str, list[tuple[int, str]]] = {}
        self.problems: list[Problem] = []
        self._origin = ""
        for index in sorted(layout.mapping):
            if index < len(row) and given(row[index]):
                self.cells.setdefault(layout.mapping[index], []).append((index, given(row[index])))

    def text(self, name: str, separator: str = " ") -> str:
        pieces = [one_line(text) for _, text in self.cells.get(name, [])]
        return separator.join(dict.fromkeys(pieces))

    def header(self, name: str) -> str:
        cells = self.cells.get(name)
        if cells:
            return self.layout.headers[cells[0][0]]
        return next((self.layout.headers[i] for i, code in self.layout.mapping.items() if code == name), "")

    def warn(self, name: str, value: str, reason: str, remedy: str) -> None:
        self.problems.append(Problem(self.header(name), one_line(value)[:200], reason, remedy))

    def error(self, name: str, value: str, reason: str, remedy: str) -> None:
        self.problems.append(Problem(self.header(name), one_line(value)[:200], reason, remedy, Severity.ERROR))

    # --- what the row is -----------------------------------------------------------------------------------------
    def relation(self) -> str:
        text = self.text("relation")
        if not text:
            return SUPPLIES
        meaning = _meaning(text, self.words.relations)
        if not meaning:
            known = "; ".join(list(self.words.relations)[:8])
            self.error(
                "relation",
                text,
                "It is not known whether this is a delivery or a holding.",
                f"Write what the link is in other words, for example: {known}.",
            )
        return meaning or SUPPLIES

    # --- the firms -----------------------------------------------------------------------------------------------
    def firms(self, role: str) -> tuple[UnderstoodFirm, ...]:
        names = _names(self.cells.get(f"{role}_name", []))
        natives = _names(self.cells.get(f"{role}_native_name", []))
        if not names:
            names, natives = natives, []
        place_texts = self._places(role, len(names))
        found = []
        for number, name in enumerate(names):
            own_column = natives[number] if len(natives) == len(names) else ""
            facts = self._facts(role, name, own_column, place_texts[number], is_alone=len(names) == 1)
            told = self.words.aggregates.tell(facts.name) or self.words.aggregates.tell(facts.native_name)
            if told:
                facts = self._class_of_firms(role, facts, told, place_texts[number])
            found.append(UnderstoodFirm(facts, told))
        return tuple(found)

    def _facts(self, role: str, name: str, native: str, place: LinkPlace, *, is_alone: bool) -> PartyFacts:
        latin = "" if is_native_script(name) else name
        facts = PartyFacts(
            name=latin[:300], native_name=(native or ("" if latin else name))[:300], country=place.country
        )
        if place.says_more:
            facts = replace(facts, address=place.words[:600])
        if not is_alone:
            return facts
        text = {one: self.text(f"{role}_{one}", ", ") for one in LINK_TEXTS}
        number = text["number"].upper().replace(" ", "")
        address = ", ".join(part for part in (text["address"], facts.address) if part)
        uscc = uscc_in(" ".join((text["number"], name, address)))
        country = self._country(role)
        if country and facts.country and country != facts.country:
            self.warn(
                f"{role}_country",
                self.text(f"{role}_country"),
                f"The place says {facts.country}, the country {country}; the country is taken.",
                "Correct one of them.",
            )
        return replace(
            facts,
            address=address[:600],
            city=text["city"][:120],
            province=text["province"][:120],
            postal_code=re.sub(r"\.0$", "", text["postal_code"])[:20],
            phone=text["phone"][:40],
            country=country or facts.country or self.places.country_at_end(address),
            uscc=uscc,
            mid=number if not uscc and _MID.fullmatch(number) else "",
        )

    def _country(self, role: str) -> str:
        text = self.text(f"{role}_country")
        code = self.places.country(text)
        if text and not code:
            self.warn(f"{role}_country", text, "This is not a country.", "Write its name or its two-letter code.")
        return code

    def _places(self, role: str, count: int) -> list[LinkPlace]:
        """The place of each firm: one for all, or as many as there are firms, set apart by strokes or semicolons."""
        name = f"{role}_location"
        text = self.text(name)
        if not text or not count:
            return [LinkPlace()] * count
        parts = [part.strip() for part in re.split(r"[;/]", text)]
        if count > 1 and len(parts) == count:
            places = [read_link_place(part, self.places) for part in parts]
        else:
            places = [read_link_place(text, self.places)] * count
        for place in dict.fromkeys(places):
            if place.denied:
                self.warn(name, place.denied, "What is said not to be so is left out of the place.", "Nothing to do.")
            if place.has_several:
                reason = "The cell names several countries: none is taken as the firm's, the words are kept."
                self.warn(name, place.words, reason, "Give each firm a row of its own with its country.")
            elif not place.country:
                self.warn(name, place.words, "No country is known by this; the words are kept.", "Add the country.")
        return places

    def _class_of_firms(self, role: str, facts: PartyFacts, told: str, place: LinkPlace) -> PartyFacts:
        """A class of firms has no address; where its members are is where the material comes from."""
        if role == "supplier" and not self._origin:
            self._origin = place.words
        name = facts.name or facts.native_name
        reason = f"Taken for a class of firms by the words “{told}”: no chain is traced through it."
        remedy = "If it is one firm, the office corrects that on its page; else name the firms."
        self.warn(f"{role}_name", name, reason, remedy)
        return replace(facts, address="", city="", province="", postal_code="")

    # --- what is said of the link -----------------------------------------------------------------------------------
    def link(self, basis: str, upstream: Sequence[UnderstoodFirm]) -> LinkFacts:
        confidence, is_disputed = self._status(basis)
        period = self._period()
        commodity, stage = self._commodity()
        quantity, unit = self._quantity()
        share, _ = self._share()
        origin = self.text("origin") or (self._origin if any(firm.told_as_aggregate for firm in upstream) else "")
        return LinkFacts(
            commodity=commodity[:40],
            stage=stage[:100],
            goods=self._cut("goods", self.text("goods", " "), 200),
            hts_prefix=self._hts(),
            valid_from=period.first,
            valid_to=period.last,
            origin=origin[:200],
            share=share,
            quantity=quantity,
            unit=unit,
            basis=basis,
            confidence=confidence,
            source=self._cut("source", self.text("source", "; "), 300),
            source_url=self._url(),
            is_disputed=is_disputed,
        )

    def ownership(self, basis: str) -> OwnershipFacts:
        _, is_disputed = self._status(basis)
        if is_disputed:
            remedy = "Nothing to do; look the row up before relying on the holding."
            self.warn("status", self.text("status"), "That the holding is disputed is kept in the row only.", remedy)
        if self.cells.get("quantity"):
            shown = f"{self.text('quantity')} {self.text('unit')}"
            self.warn("quantity", shown, "A holding has a share, no quantity: this is kept in the row only.", "")
        period = self._period()
        if self.text("period") and period.first and period.last and read_period(self.text("period")).is_one_date:
            period = Period(period.first, None)  # it was so then; that it ended then nobody says
        least, most = self._share()
        return OwnershipFacts(
            share_from=least,
            share_to=most,
            interest=self._cut("goods", self.text("goods", ", "), 60),
            valid_from=period.first,
            valid_to=period.last,
            basis=basis,
            source=self._cut("source", self.text("source", "; "), 300),
            source_url=self._url(),
        )

    def _cut(self, name: str, text: str, length: int) -> str:
        if len(text) > length:
            reason = f"Only the first {length} characters are stored; the whole is kept in the row."
            self.warn(name, text, reason, "Shorten the text.")
        return text[:length]

    def _status(self, basis: str) -> tuple[str, bool]:
        usual = "reported" if basis == "report" else "stated"
        text = self.text("status")
        meaning = _meaning(text, self.words.statuses)
        if text and not meaning:
            known = "; ".join(self.words.statuses)
            self.warn(
                "status", text, f"How sure this is is not understood; taken as {usual}.", f"Known words: {known}."
            )
        if meaning == "disputed":
            return usual, True
        return meaning or usual, False

    def _period(self) -> Period:
        text = self.text("period")
        period = read_period(text)
        first, last = self._date("valid_from"), self._date("valid_to")
        if period.problem:
            remedy = "Write it as 2021, 2021-07 or 2021-07 to 2025-12."
            self.warn("period", text, f"{period.problem} The link is stored without a period.", remedy)
        elif period.note:
            self.warn("period", text, period.note, "Write it as 2021-01 to 2023-12 if this is wrong.")
        first, last = first or period.first, last or period.last
        if first and last and last < first:
            reason = "The period ends before it begins; the link is stored without one."
            self.warn("valid_to", f"{first.isoformat()} to {last.isoformat()}", reason, "Exchange the dates.")
            return Period()
        return Period(first, last)

    def _date(self, name: str) -> date | None:
        cells = self.cells.get(name)
        if not cells:
            return None
        index, text = cells[0]
        # A year or a month alone begins with its first day and ends with its last.
        whole = read_period(text)
        read = read_date(text, self.layout.hints.dates.get(index, DateStyle()))
        if read.on is None or read.precision == "month":
            on = whole.last if name == "valid_to" else whole.first
            if on is None:
                self.warn(name, text, "This is not a date.", "Write it as 2021-07-31, 2021-07 or 2021.")
            return on
        if read.note:
            self.warn(name, text, read.note, "Write the date as YYYY-MM-DD if this is wrong.")
        return read.on

    def _commodity(self) -> tuple[str, str]:
        text, stage = self.text("commodity"), self.text("stage")
        commodity = next((one for one in self.words.stages if compact(one) == compact(text)), "") if text else ""
        if text and not commodity:
            known = ", ".join(sorted(self.words.stages))
            reason = "No chain of this name is kept; it is stored as said."
            self.warn("commodity", text, reason, f"Known chains: {known}.")
            return text, stage
        known_stages = {compact(one): one for one in self.words.stages.get(commodity, ())}
        if commodity and stage and compact(stage) not in known_stages:
            reason = f"This is no stage of the {commodity} chain; it is stored as said."
            self.warn("stage", stage, reason, f"Its stages: {', '.join(known_stages.values())}.")
        return commodity, known_stages.get(compact(stage), stage)

    def _hts(self) -> str:
        text = self.text("hts_prefix", "; ")
        read = read_tariff_codes(text)
        for piece in read.unread:
            self.warn(
                "hts_prefix", piece, "This is not a tariff code of 2, 4, 6, 8 or 10 digits.", "Correct the code."
            )
        if not read.codes:
            return ""
        code = "".join(char for char in read.codes[0] if char.isdigit())[:10]
        if len(read.codes) > 1:
            self.warn(
                "hts_prefix", text, f"Only the first code, {code}, is stored.", "Give each code a row of its own."
            )
        if len(code) > 6 and {"cn", "china", "hs"} & set(re.split(r"[^a-z]+", header_key(self.header("hts_prefix")))):
            return code[:6]  # beyond the sixth digit the codes of China and of the United States differ
        return code

    def _quantity(self) -> tuple[Decimal | None, str]:
        cells = self.cells.get("quantity")
        unit = self.text("unit")
        if not cells:
            return None, ""
        index, text = cells[0]
        amount = read_amount(text, self.layout.hints.numbers.get(index, NumberStyle()))
        is_plain = amount.number is not None and len(amount.unit.split()) <= 1 and amount.unit not in _MULTIPLIERS
        if not is_plain or (amount.number or 0) <= 0 or "%" in amount.unit:
            reason = "This is no single quantity; the words are kept in the row, no number is stored."
            self.warn("quantity", f"{text} {unit}".strip(), reason, "Give one number if one is meant.")
            return None, ""
        assert amount.number is not None
        return amount.number, (amount.unit or unit.upper())[:20]

    def _share(self) -> tuple[Decimal | None, Decimal | None]:
        """At least and at most how many percent; a single number is both."""
        text = self.text("share")
        if not text:
            return None, None
        found = _SHARE.fullmatch(text.strip(" ."))
        bound = found["bound"].strip(" .").casefold() if found else ""
        if found is None or bound not in _AT_LEAST | _AT_MOST:
            self.warn("share", text, "This is not a share.", "Write percent: 51, 51 %, at least 25 or 25-50.")
            return None, None
        first = Decimal(found["first"].replace(",", "."))
        last = Decimal(found["last"].replace(",", ".")) if found["last"] else first
        if not (0 <= first <= 100 and first <= last <= 100):
            self.warn("share", text, "A share lies between 0 and 100 percent; none is stored.", "Correct the share.")
            return None, None
        if bound in _AT_MOST:
            return None, last
        return first, (None if bound and not found["last"] else last)

    def _url(self) -> str:
        url = self.text("source_url", "")
        if url and (not re.match(r"https?://\S+$", url) or len(url) > 500):
            self.warn("source_url", url, "This is not an address on the web.", "Begin it with https://.")
            return ""
        return url


LINK_TEXTS = ("address", "city", "province", "postal_code", "number", "phone")


def _names(cells: Sequence[tuple[int, str]]) -> list[str]:
    """The names a cell holds, set apart by semicolons or lines; no name twice."""
    pieces = [one_line(piece).strip(" ,") for _, text in cells for piece in re.split(r"[;；\n]", text)]
    return list(dict.fromkeys(piece for piece in pieces if piece))


def _meaning(text: str, phrases: Mapping[str, str]) -> str:
    """What a phrase known in the text means; the longest decides."""
    folded = f" {header_key(text)} "
    for phrase in sorted(phrases, key=len, reverse=True):
        key = header_key(phrase)
        if (f" {key} " in folded) if key.isascii() else (key in folded):
            return phrases[phrase]
    return ""
