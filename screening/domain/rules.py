"""The finding rules: one function each, named by its code, with its legal basis.

A rule looks at the facts of a shipment and yields what it finds. Only findings that raise the presumption have a
ground; every finding has a basis. The software raises the question, a person concludes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from entities.domain.facts import PartyFacts
from entities.domain.identifiers import chinese_postal_code
from entities.domain.judging import Judged, effect
from entities.domain.matching import Affiliation, ListMatch, Sign
from entities.domain.parties import PartyScreening
from screening.domain.clock import UFLPA_IN_FORCE_FROM
from screening.domain.coverage import Coverage
from screening.domain.orders import Order
from screening.domain.tracing import Grade

# Parties the goods come from. Others (consignee, notify party …) do not make or sell the goods.
SOURCE_ROLES = frozenset({"manufacturer", "seller", "shipper", "supplier"})
NUMBERS = ("", "one step", "two steps", "three steps", "four steps", "five steps", "six steps", "seven steps")


@dataclass(frozen=True, slots=True)
class Article:
    """A line of the shipment, with the commodity chain and the priority sectors of its HTS codes."""

    number: int
    description: str
    hts_codes: tuple[str, ...]
    sectors: tuple[str, ...]
    coverage: Coverage

    @property
    def label(self) -> str:
        text = " ".join(self.description.split())
        short = f"{text[:57]}…" if len(text) > 58 else text
        return f"line {self.number} ({short})" if short else f"line {self.number}"


@dataclass(frozen=True, slots=True)
class PartyAtStep:
    """A party somewhere in the chain of some lines, and what the engine says of it."""

    facts: PartyFacts
    verdict: PartyScreening
    role: str
    line_numbers: tuple[int, ...]
    steps_upstream: int
    grade: Grade
    path: tuple[dict[str, Any], ...] = ()
    party_id: int | None = None
    supplier_id: int | None = None
    other_paths: int = 0  # ways that lead to it beside this one
    judged: Mapping[str, Judged] = field(default_factory=dict)  # what people judged of it, by listed entity
    orders: tuple[ListMatch, ...] = ()  # withhold release orders that name it

    @property
    def name(self) -> str:
        return self.facts.native_name or self.facts.name

    @property
    def affiliations(self) -> tuple[Affiliation, ...]:
        """The listed entities it seems to belong to without being one, however that is known."""
        return self.verdict.affiliations

    @property
    def is_source(self) -> bool:
        return self.role in SOURCE_ROLES

    @property
    def raises_presumption(self) -> bool:
        """Its place in the chain is good enough for the presumption: it is a source, on a path that holds."""
        return self.is_source and self.grade.raises_presumption


@dataclass(frozen=True, slots=True)
class MaterialAtStep:
    """Material on a path that the statement itself says is of Xinjiang origin; its supplier may be no single firm."""

    path: tuple[dict[str, Any], ...]
    goods: str
    supplier: str
    customer: str
    line_numbers: tuple[int, ...]
    steps_upstream: int
    grade: Grade


@dataclass(frozen=True, slots=True)
class ListRow:
    """The row of the list a match is shown with."""

    name: str
    listed_since: date
    section: str
    citation: str


@dataclass(frozen=True, slots=True)
class ShipmentFacts:
    """Everything the rules look at."""

    articles: tuple[Article, ...]
    parties: tuple[PartyAtStep, ...]
    on: date
    materials: tuple[MaterialAtStep, ...] = ()
    rows: dict[str, ListRow] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)

    @property
    def is_under_uflpa(self) -> bool:
        """Imported while sec. 3 of the UFLPA is in force."""
        return self.on >= UFLPA_IN_FORCE_FROM

    def article(self, number: int) -> Article | None:
        return next((article for article in self.articles if article.number == number), None)


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found, ready to be stored as a finding."""

    rule: str
    severity: str
    basis: str
    headline: str
    ground: str = ""
    asks_review: bool = False
    line_numbers: tuple[int, ...] = ()
    party: PartyAtStep | None = None
    matched_field: str = ""
    matched_text: str = ""
    score: float | None = None
    reasons: tuple[Any, ...] = ()
    listed_key: str = ""
    verdict: str = ""
    judgement: int | None = None
    place_code: str = ""
    place_name: str = ""
    material: MaterialAtStep | None = None

    @property
    def at(self) -> PartyAtStep | MaterialAtStep | None:
        """Where in the chain it was found."""
        return self.party or self.material


BEFORE_UFLPA = f"The UFLPA presumption speaks only of goods imported from {UFLPA_IN_FORCE_FROM:%-d %B %Y}."
Rule = Callable[[ShipmentFacts], Iterator[Found]]


def listed_entity(shipment: ShipmentFacts) -> Iterator[Found]:
    """A party at any step is on the UFLPA Entity List in force on the date of importation."""
    for party in shipment.parties:
        for match in party.verdict.matches:
            row = shipment.rows[match.key]
            judged = party.judged.get(match.key)
            does = effect(judged, match.verdict)
            if judged and does == "sets_aside":
                yield _set_aside(shipment, party, match, row, judged)
                continue
            is_match = match.verdict == "match" or does == "confirms"
            holds = is_match and party.raises_presumption and shipment.is_under_uflpa
            since = f"{row.listed_since:%-d %B %Y}"
            says = f"is {row.name}, listed since {since}" if is_match else f"may be {row.name}, listed since {since}"
            yield Found(
                rule="LISTED_ENTITY",
                severity="block" if holds else "high",
                basis=f"UFLPA sec. 3(a); {_row_basis(row)}",
                ground="LISTED_ENTITY" if holds else "",
                asks_review=True,
                headline=_headline(shipment, party, says),
                line_numbers=party.line_numbers,
                party=party,
                matched_field=match.field,
                matched_text=match.matched_text,
                score=match.score,
                reasons=(
                    *match.reasons,
                    *_signs(match.signs),
                    *_judged(judged, does),
                    *_why_not_presumed(party, is_match),
                ),
                listed_key=match.key,
                verdict=match.verdict,
                judgement=judged.pk if judged and does == "confirms" else None,
            )


def listed_affiliate(shipment: ShipmentFacts) -> Iterator[Found]:
    """A party seems to belong to a listed entity without being it: a subsidiary, a sister firm, a shared address.

    The presumption speaks of the entity the list names. Whether a listing reaches another firm its own words say; a
    person reads them, so this alone never stops the goods.
    """
    for party in shipment.parties:
        for kin in party.affiliations:
            row = shipment.rows[kin.key]
            says = f"seems to belong to {row.name}, listed since {row.listed_since:%-d %B %Y}"
            yield Found(
                rule="LISTED_AFFILIATE",
                severity="high",
                basis=f"UFLPA sec. 3(a), read with the words of the listing; {_row_basis(row)}",
                asks_review=True,
                headline=_headline(shipment, party, says),
                line_numbers=party.line_numbers,
                party=party,
                matched_field=kin.field,
                matched_text=kin.matched_text,
                reasons=kin.reasons,
                listed_key=kin.key,
            )


def xinjiang_site(shipment: ShipmentFacts) -> Iterator[Found]:
    """The address of a site in the chain lies in Xinjiang."""
    yield from _places(shipment, "XJ_SITE", "block", "UFLPA sec. 3(a); CBP Region Alert (CSMS 55403002)", "is in")


def xpcc(shipment: ShipmentFacts) -> Iterator[Found]:
    """A party belongs to the Xinjiang Production and Construction Corps by its name or address."""
    basis = "UFLPA sec. 2(d)(2)(B)(v), sec. 3(a)"
    yield from _places(shipment, "XPCC", "block", basis, "belongs to the Xinjiang Production and Construction Corps:")


def xinjiang_name(shipment: ShipmentFacts) -> Iterator[Found]:
    """Only the name of a firm speaks of Xinjiang; nothing else places it there, so a person looks."""
    basis = "UFLPA sec. 3(a), read with care: a name places no site (unverified)"
    yield from _places(shipment, "XJ_NAME", "high", basis, "carries in its name")


def xinjiang_registration(shipment: ShipmentFacts) -> Iterator[Found]:
    """The unified social credit code was given out in Xinjiang. It proves registration there, not production."""
    basis = "UFLPA sec. 3(a); GB 32100-2015, digits 3 to 8"
    yield from _places(shipment, "XJ_REGISTRATION", "high", basis, "is registered in")


def xinjiang_material(shipment: ShipmentFacts) -> Iterator[Found]:
    """A link of the chain states that its material is of Xinjiang origin, whoever the supplier is."""
    for material in shipment.materials:
        holds = material.grade.raises_presumption and shipment.is_under_uflpa
        where = steps_in_words(material.steps_upstream)
        yield Found(
            rule="XJ_MATERIAL",
            severity="block" if holds else "high",
            basis="UFLPA sec. 3(a): goods made wholly or in part in Xinjiang",
            ground="XINJIANG_ORIGIN" if holds else "",
            asks_review=True,
            headline=f"{_lines_in_words(shipment, material.line_numbers)[0]}: {material.customer} takes in "
            f"{material.goods or 'material'} stated to be of Xinjiang origin, from {material.supplier}, {where}.",
            line_numbers=material.line_numbers,
            material=material,
            matched_field="origin",
            matched_text=material.goods,
            reasons=(
                "The statement on the link itself says where the material comes from.",
                *_weak_links(material),
                *(() if shipment.is_under_uflpa else (BEFORE_UFLPA,)),
            ),
        )


def priority_hts(shipment: ShipmentFacts) -> Iterator[Found]:
    """The goods belong to a priority sector of the FLETF strategy. That asks for attention; it presumes nothing."""
    for article in shipment.articles:
        if not article.sectors:
            continue
        sectors = ", ".join(sector.replace("_", " ") for sector in article.sectors)
        yield Found(
            rule="PRIORITY_HTS",
            severity="medium",
            basis="FLETF strategy, priority sectors (sec. 2(d)(2)(B)(viii))",
            headline=f"{_capital(article.label)} belongs to a priority sector: {sectors}.",
            line_numbers=(article.number,),
            matched_field="hts_codes",
            matched_text=", ".join(article.hts_codes),
            reasons=("The sector is designated in the strategy; the HTS prefix is this project's mapping.",),
        )


def chain_gap(shipment: ShipmentFacts) -> Iterator[Found]:
    """A stage the goods must have passed has no party declared. In a priority sector a person must look."""
    for article in shipment.articles:
        coverage = article.coverage
        if not coverage.missing:
            continue
        yield Found(
            rule="CHAIN_GAP",
            severity="high" if article.sectors else "low",
            basis="CBP UFLPA FAQ (Feb 2023): tracing from raw material to the imported article",
            asks_review=bool(article.sectors),
            headline=f"{_capital(article.label)}: {coverage.sentence}",
            line_numbers=(article.number,),
            matched_field="chain",
            matched_text=", ".join(coverage.missing),
            reasons=(f"Expected for {coverage.commodity}: {', '.join(coverage.expected)}.",),
        )


def postal_code(shipment: ShipmentFacts) -> Iterator[Found]:
    """A Chinese manufacturer without a valid six-digit postal code: CBP's systems reject it (since 18 March 2023)."""
    for party in shipment.parties:
        if party.role != "manufacturer" or party.steps_upstream != 1 or party.facts.country != "CN":
            continue
        code = party.facts.postal_code
        if code and chinese_postal_code(code).valid:
            continue
        yield Found(
            rule="BAD_POSTAL" if code else "NO_POSTAL",
            severity="medium",
            basis="CBP Region Alert (CSMS 55403002)",
            headline=f"Manufacturer {party.name} has "
            + (f"the postal code {code}, which is not a Chinese one." if code else "no postal code."),
            line_numbers=party.line_numbers,
            party=party,
            matched_field="postal_code",
            matched_text=code,
            reasons=("A manufacturer in China needs a six-digit postal code on entry.",),
        )


def withhold_release_order(shipment: ShipmentFacts) -> Iterator[Found]:
    """Goods of an order, from a party that the order names or, where it names a region, from that region."""
    for party in shipment.parties:
        named = [(shipment.orders[match.key], match) for match in party.orders]
        for order, match in named:
            if order.goods is None or not order.goods.by_place:
                reasons = (*match.reasons, *_signs(match.signs))
                yield from _order(
                    shipment, party, order, match.verdict, match.field, match.matched_text, reasons, match.score
                )
        for order in shipment.orders.values():
            if order.goods is None or not order.stands(shipment.on):
                continue
            signals = [signal for signal in party.verdict.signals if signal.rule in order.goods.by_place]
            if best := next((signal for signal in signals if signal.strength == "strong"), None):
                yield from _order(shipment, party, order, "match", best.field, best.token, (best.reason,), None)


RULES: tuple[Rule, ...] = (
    listed_entity,
    listed_affiliate,
    xpcc,
    xinjiang_site,
    xinjiang_registration,
    xinjiang_name,
    xinjiang_material,
    withhold_release_order,
    chain_gap,
    priority_hts,
    postal_code,
)


def evaluate(shipment: ShipmentFacts) -> tuple[Found, ...]:
    """All rules over one shipment: what raises the presumption first, then by severity, parties before gaps."""
    found = [finding for rule in RULES for finding in rule(shipment)]
    order = {"block": 0, "high": 1, "medium": 2, "low": 3, "info": 4}
    return tuple(
        sorted(
            found,
            key=lambda one: (
                not one.ground,
                order[one.severity],
                one.at is None,
                one.at.steps_upstream if one.at else 0,
                -(one.score or 0.0),
            ),
        )
    )


def outcome(found: Sequence[Found]) -> str:
    """``presumption`` where a finding has a ground of the UFLPA, ``review`` where a person must look, else
    ``no_finding``. A withhold release order presumes nothing."""
    if any(finding.ground not in {"", "WRO"} for finding in found):
        return "presumption"
    return "review" if any(finding.asks_review for finding in found) else "no_finding"


def steps_in_words(steps: int) -> str:
    return f"{NUMBERS[steps] if steps < len(NUMBERS) else f'{steps} steps'} upstream"


def _order(
    shipment: ShipmentFacts,
    party: PartyAtStep,
    order: Order,
    verdict: str,
    matched_field: str,
    matched_text: str,
    reasons: tuple[Any, ...],
    score: float | None,
) -> Iterator[Found]:
    """The finding for an order and a party, on those lines alone whose goods the order covers."""
    covered = [
        article.number
        for number in party.line_numbers
        if (article := shipment.article(number)) and order.covers(article.hts_codes, article.sectors)
    ]
    if not covered:
        return
    party = replace(party, line_numbers=tuple(covered))
    is_match = verdict == "match" and order.goods is not None
    enforced = order.is_enforced(shipment.on)
    holds = is_match and enforced and party.raises_presumption
    says = "falls under" if is_match else "may fall under"
    why = [*reasons]
    if not enforced:
        since = f"{UFLPA_IN_FORCE_FROM:%-d %B %Y}"
        why.append(f"For goods imported from {since} enforcement of the order is superseded by that of the UFLPA.")
    elif is_match and not holds:
        why.append("Its role, or the path to it, is not certain enough to withhold the goods: a person must look.")
    if order.goods is None:
        why.append("The goods of this order are not in the table of goods; whether it covers these a person must say.")
    yield Found(
        rule="WRO",
        severity="info" if not enforced else "block" if holds else "high",
        basis=f"19 U.S.C. 1307; 19 CFR 12.42(e); order of {order.ordered_on:%-d %B %Y}: {order.printed_goods}",
        ground="WRO" if holds else "",
        asks_review=enforced,
        headline=_headline(shipment, party, f"{says} the withhold release order on {order.name}"),
        line_numbers=party.line_numbers,
        party=party,
        matched_field=matched_field,
        matched_text=matched_text,
        score=score,
        reasons=tuple(why),
        listed_key=order.key,
        verdict=verdict,
    )


def _set_aside(shipment: ShipmentFacts, party: PartyAtStep, match: ListMatch, row: ListRow, judged: Judged) -> Found:
    """A likeness to a listed entity that people judged to be another firm: shown, but it asks for nothing."""
    says = f"was judged a different firm from {row.name}"
    return Found(
        rule="LISTED_ENTITY",
        severity="info",
        basis=f"UFLPA sec. 3(a); {_row_basis(row)}",
        headline=_headline(shipment, party, says),
        line_numbers=party.line_numbers,
        party=party,
        matched_field=match.field,
        matched_text=match.matched_text,
        score=match.score,
        reasons=(judged.sentence, *match.reasons, *_signs(match.signs)),
        listed_key=match.key,
        verdict=match.verdict,
        judgement=judged.pk,
    )


def _row_basis(row: ListRow) -> str:
    return f"{row.section}; {row.citation}" if row.citation else row.section


def _signs(signs: Sequence[Sign]) -> tuple[dict[str, Any], ...]:
    """What speaks for a match beside the name: the field it rests on, and the judgement it was learned from."""
    return tuple({key: value for key, value in asdict(sign).items() if value is not None} for sign in signs)


def _judged(judged: Judged | None, does: str) -> tuple[str, ...]:
    """What a judgement adds to the reasons where the finding goes on."""
    if judged is None or does == "nothing":
        return ()
    if does == "awaits":
        return (f"{judged.sentence}. It was a possible match then; setting a match aside takes a second person.",)
    return (judged.sentence,)


def _places(shipment: ShipmentFacts, code: str, severity: str, basis: str, verb: str) -> Iterator[Found]:
    for party in shipment.parties:
        signals = [signal for signal in party.verdict.signals if signal.rule == code]
        if not signals:
            continue
        best = signals[0]
        blocks = severity == "block" and best.strength == "strong"
        holds = blocks and party.raises_presumption and shipment.is_under_uflpa
        yield Found(
            rule=code,
            severity="block" if holds else "high",
            basis=basis,
            ground="XINJIANG_ORIGIN" if holds else "",
            asks_review=True,
            headline=_headline(shipment, party, f"{verb} {best.place_name}"),
            line_numbers=party.line_numbers,
            party=party,
            matched_field=best.field,
            matched_text=best.token,
            reasons=(
                *(signal.reason for signal in signals),
                *_why_not_presumed(party, blocks),
                *(() if shipment.is_under_uflpa else (BEFORE_UFLPA,)),
            ),
            place_code=best.place_code,
            place_name=best.place_name,
        )


def _why_not_presumed(party: PartyAtStep, is_certain: bool) -> tuple[str, ...]:
    """Why a certain match nevertheless only asks for review."""
    if not is_certain or party.raises_presumption:
        return ()
    if not party.is_source:
        return (f"The party is the {party.role} of the shipment; that does not say that it made the goods.",)
    return _weak_links(party)


def _weak_links(at: PartyAtStep | MaterialAtStep) -> tuple[str, ...]:
    """Which links make a path only possible, why, and what paper would settle each."""
    buyers = {node["step"]: node["name"] or node["native_name"] for node in at.path}
    return tuple(
        f"The path is only possible: {weak['why']} ({node['name'] or node['native_name']} to "
        f"{buyers.get(node['step'] - 1, 'its customer')}). To settle it: {weak['settled_by']}."
        for node in at.path
        for weak in node.get("weak", ())
    )


def _lines_in_words(shipment: ShipmentFacts, numbers: Sequence[int]) -> tuple[str, bool]:
    """The lines concerned as a sentence begins with them, and whether they are several."""
    articles = [article for number in numbers if (article := shipment.article(number))]
    if not articles:
        return "The shipment", False
    if len(articles) == len(shipment.articles) > 1:
        return f"All {len(articles)} lines", True
    more = f" and {len(articles) - 1} more" if len(articles) > 1 else ""
    return _capital(articles[0].label) + more, len(articles) > 1


def _headline(shipment: ShipmentFacts, party: PartyAtStep, says: str) -> str:
    what, plural = _lines_in_words(shipment, party.line_numbers)
    if party.steps_upstream <= 1:
        return f"{what} {'name' if plural else 'names'} {party.name} as {party.role}, which {says.removesuffix('.')}."
    traces = ("trace" if plural else "traces") if party.grade.raises_presumption else "may trace"
    return f"{what} {traces} to {party.name}, which {says}, {steps_in_words(party.steps_upstream)}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
