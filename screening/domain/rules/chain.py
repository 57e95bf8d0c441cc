"""The chain as it is declared: what has no party, what contradicts itself, and where goods of several sources meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from screening.domain.contradictions import Contradiction
from screening.domain.goods import GoodsKind
from screening.domain.rules.facts import Found, PartyAtStep, ShipmentFacts, UnknownInput
from screening.domain.rules.wording import capital, lines_in_words, listing, steps_in_words, weak_links

NO_DE_MINIMIS = "UFLPA sec. 3(a): wholly or in part, CBP applies no de minimis"
NO_SOURCE_DECLARED = (
    "Inputs of priority sectors of the strategy, for which no supplier with a country is declared. Which inputs goods "
    "need is an industry model, not an official text."
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
            headline=f"{capital(article.label)}: {coverage.sentence}",
            line_numbers=(article.number,),
            matched_field="chain",
            matched_text=", ".join(coverage.missing),
            reasons=(
                f"Expected for {coverage.commodity}: {', '.join(coverage.expected)}.",
                *(
                    f"Used up in making them, of no known source: {one.name} ({one.use.words})."
                    for one in article.unknown_aids
                ),
            ),
        )


def mixed_source_plant(shipment: ShipmentFacts) -> Iterator[Found]:
    """A plant takes in the same goods from a source with a ground and from others: which went in, its records show."""
    for mixed in shipment.mixed:
        plant = mixed.plant
        suspects = listing([one.supplier for one in mixed.suspect])
        others = listing([one.supplier for one in mixed.others])
        goods = mixed.suspect[0].goods or mixed.others[0].goods or "goods of one kind"
        what, _ = lines_in_words(shipment, plant.line_numbers)
        yield Found(
            rule="MIXED_SOURCE_PLANT",
            severity="high",
            basis="CBP Operational Guidance for Importers, June 2022 (unverified); UFLPA sec. 3(a)",
            asks_review=True,
            headline=f"{what}: {plant.name}, {_where(plant)}, takes in {goods} both from {suspects}, which "
            f"{_concern(mixed.suspect[0].concern)}, and from {others}.",
            line_numbers=plant.line_numbers,
            party=plant,
            matched_field="chain",
            matched_text=", ".join(dict.fromkeys(one.supplier for one in (*mixed.suspect, *mixed.others))),
            reasons=(
                *(
                    {
                        "field": "link",
                        "token": one.goods or "goods not said",
                        "text": f"From {one.supplier}" + (f", which {_concern(one.concern)}." if one.concern else "."),
                        "links": [one.link],
                    }
                    for one in (*mixed.suspect, *mixed.others)
                ),
                "Where a plant handles several sources, its production records must show that these goods were not "
                "made from the suspect stock.",
                *weak_links(plant),
            ),
        )


def transshipment(shipment: ShipmentFacts) -> Iterator[Found]:
    """Made or assembled in a country known for assembly, with input of a priority sector from China."""
    for article in shipment.articles:
        places = [article.origin_country, *(one.facts.country for one in _makers(shipment, article.number))]
        country = next((code for code in places if code in shipment.assembly_countries), "")
        if not country:
            continue
        inputs = sorted(
            (
                party
                for party in shipment.parties
                if party.steps_upstream > 1 and article.number in party.line_numbers and party.facts.country == "CN"
                if party.is_priority or (party.kind is None and article.sectors)
            ),
            key=lambda party: party.steps_upstream,
        )
        if not inputs:
            continue
        nearest = inputs[0]
        goods = nearest.path[-1].get("goods", "") or "goods that are not named"
        yield Found(
            rule="TRANSSHIPMENT",
            severity="medium",
            basis="CBP UFLPA dashboard: countries of detained shipments (partly unverified)",
            headline=f"{capital(article.label)} is made in {shipment.assembly_countries[country]} with {goods} from "
            f"China: {nearest.name}, {steps_in_words(nearest.steps_upstream)}.",
            line_numbers=(article.number,),
            party=nearest,
            matched_field="country",
            matched_text=f"{country}, input from CN",
            reasons=(
                "Input of a priority sector from China, made up in another country, is where goods of Xinjiang are "
                "most often found; it presumes nothing.",
                *(
                    {
                        "field": "country",
                        "token": party.facts.country,
                        "text": f"From China too: {party.name}, {steps_in_words(party.steps_upstream)}.",
                        "links": [node["link"] for node in party.path if "link" in node],
                    }
                    for party in _firms(inputs)[1:6]
                ),
                *weak_links(nearest),
            ),
        )


def high_risk_input(shipment: ShipmentFacts) -> Iterator[Found]:
    """The goods need an input of a priority sector that nobody is known to have delivered, however small its share.

    Told once for all lines that lack the same. What is used up in making them, such as caustic soda, is told only
    where a declared plant in China uses it; else it stands among the reasons of the chain's gap.
    """
    lacking: dict[tuple[UnknownInput, ...], list[int]] = defaultdict(list)
    for article in shipment.articles:
        if article.unknown_parts:
            lacking[article.unknown_parts].append(article.number)
    for parts, numbers in lacking.items():
        names = [one.name for one in parts]
        what, plural = lines_in_words(shipment, numbers)
        yield Found(
            rule="HIGH_RISK_INPUT",
            severity="medium",
            basis=NO_DE_MINIMIS,
            headline=f"{what} {'need' if plural else 'needs'} {listing(names)} of which no source is known.",
            line_numbers=tuple(numbers),
            matched_field="chain",
            matched_text=", ".join(names),
            reasons=(*(f"{capital(one.name)}: {one.use.words}." for one in parts), NO_SOURCE_DECLARED),
        )
    for aid, plants in _plants_using(shipment).items():
        nearest = plants[0]
        what, _ = lines_in_words(shipment, nearest.line_numbers)
        yield Found(
            rule="HIGH_RISK_INPUT",
            severity="low",
            basis=NO_DE_MINIMIS,
            headline=f"{what}: {nearest.name}, {steps_in_words(nearest.steps_upstream)}, works in China with "
            f"{aid.name} of which no source is known.",
            line_numbers=nearest.line_numbers,
            party=nearest,
            matched_field="chain",
            matched_text=aid.name,
            reasons=(
                f"{capital(aid.name)}: {aid.use.words}. It is used up in the work and no part of the goods.",
                *(
                    {
                        "field": "country",
                        "token": plant.facts.country,
                        "text": f"In China too: {plant.name}, {steps_in_words(plant.steps_upstream)}.",
                        "links": [node["link"] for node in plant.path if "link" in node],
                    }
                    for plant in plants[1:6]
                ),
                NO_SOURCE_DECLARED,
                *weak_links(nearest),
            ),
        )


def _plants_using(shipment: ShipmentFacts) -> dict[UnknownInput, list[PartyAtStep]]:
    """By input used up in making the goods the declared plants in China that use it, the nearest first."""
    found: dict[UnknownInput, list[PartyAtStep]] = defaultdict(list)
    for article in shipment.articles:
        for aid in article.unknown_aids:
            using = GoodsKind(article.coverage.commodity, aid.use.at_stage)
            found[aid] += [
                party
                for party in shipment.parties
                if party.kind == using and party.facts.country == "CN" and article.number in party.line_numbers
            ]
    nearest_first = {aid: sorted(plants, key=lambda one: one.steps_upstream) for aid, plants in found.items()}
    return {aid: _firms(plants) for aid, plants in nearest_first.items() if plants}


def contradictory_links(shipment: ShipmentFacts) -> Iterator[Found]:
    """Statements about the chain that cannot all be true: goods that go round, or a later stage fed to an earlier."""
    firms = {party.supplier_id: party for party in reversed(shipment.parties) if party.supplier_id}
    for one in shipment.contradictions:
        nearest = min((firms[firm] for firm in one.firms if firm in firms), key=lambda party: party.steps_upstream)
        what, _ = lines_in_words(shipment, nearest.line_numbers)
        yield Found(
            rule="CONTRADICTORY_LINKS",
            severity="medium",
            basis="CBP UFLPA FAQ (Feb 2023): tracing from raw material to the imported article",
            headline=f"{what}: {_contradiction(one)}",
            line_numbers=nearest.line_numbers,
            party=nearest,
            matched_field="chain",
            matched_text=" → ".join(link.goods or "goods not said" for link in one.links),
            reasons=(
                *(
                    {
                        "field": "link",
                        "token": link.goods or link.stage or "goods not said",
                        "text": f"{one.names[link.supplier]} delivers to {one.names[link.customer]}.",
                        "links": [link.key],
                    }
                    for link in one.links
                ),
                "These statements cannot all be true of the same goods. Ask which of them is wrong.",
            ),
        )


def _contradiction(one: Contradiction) -> str:
    first = one.links[0]
    seller, buyer = one.names[first.supplier], one.names[first.customer]
    if one.how == "both_ways":
        return f"{seller} and {buyer} are said to deliver {first.goods or 'goods'} to each other."
    if one.how == "round":
        return f"{seller} is said to be a supplier of itself, over {len(one.links)} links."
    onward = one.links[1]
    return (
        f"{buyer} is said to take in {first.goods or 'goods of a later stage'} from {seller}, yet it delivers "
        f"{onward.goods or 'goods of an earlier stage'}, which stands earlier in the chain."
    )


def _where(party: PartyAtStep) -> str:
    return f"its {party.role}" if party.steps_upstream <= 1 else steps_in_words(party.steps_upstream)


def _concern(concern: str) -> str:
    return {
        "LISTED_ENTITY": "is on the Entity List",
        "XINJIANG_ORIGIN": "is in Xinjiang",
        "XJ_MATERIAL": "delivers material stated to be of Xinjiang",
    }[concern]


def _makers(shipment: ShipmentFacts, line_number: int) -> list[PartyAtStep]:
    return [
        party
        for party in shipment.parties
        if party.role in {"manufacturer", "supplier"}
        and party.steps_upstream == 1
        and line_number in party.line_numbers
    ]


def _firms(parties: list[PartyAtStep]) -> list[PartyAtStep]:
    """Each firm once, however many sites it has."""
    return list({party.supplier_id: party for party in reversed(parties)}.values())[::-1]
