"""How a finding is told: where in the chain, on which lines, and why a certain match may still only ask for a look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from entities.domain.matching import Sign
from screening.domain.law import clocks
from screening.domain.rules.facts import ListRow, MaterialAtStep, PartyAtStep, ShipmentFacts

NUMBERS = ("", "one step", "two steps", "three steps", "four steps", "five steps", "six steps", "seven steps")


def outside_uflpa() -> str:
    """Why goods imported before or after the UFLPA was in force raise no presumption."""
    since, until = clocks.UFLPA_IN_FORCE_FROM, clocks.UFLPA_IN_FORCE_UNTIL
    to = f" to {until:%-d %B %Y}" if until else ""
    return f"The UFLPA presumption speaks only of goods imported from {since:%-d %B %Y}{to}."


def steps_in_words(steps: int) -> str:
    return f"{NUMBERS[steps] if steps < len(NUMBERS) else f'{steps} steps'} upstream"


def row_basis(row: ListRow) -> str:
    return f"{row.section}; {row.citation}" if row.citation else row.section


def signs(signs: Sequence[Sign]) -> tuple[dict[str, Any], ...]:
    """What speaks for a match beside the name: the field it rests on, and the judgement it was learned from."""
    return tuple({key: value for key, value in asdict(sign).items() if value is not None} for sign in signs)


def why_not_presumed(party: PartyAtStep, is_certain: bool) -> tuple[str, ...]:
    """Why a certain match nevertheless only asks for review."""
    if not is_certain or party.raises_presumption:
        return ()
    if not party.is_source:
        return (f"The party is the {party.role} of the shipment; that does not say that it made the goods.",)
    return weak_links(party)


def weak_links(at: PartyAtStep | MaterialAtStep) -> tuple[str, ...]:
    """Which links make a path only possible, why, and what paper would settle each."""
    buyers = {node["step"]: node["name"] or node["native_name"] for node in at.path}
    return tuple(
        f"The path is only possible: {weak['why']} ({node['name'] or node['native_name']} to "
        f"{buyers.get(node['step'] - 1, 'its customer')}). To settle it: {weak['settled_by']}."
        for node in at.path
        for weak in node.get("weak", ())
    )


def lines_in_words(shipment: ShipmentFacts, numbers: Sequence[int]) -> tuple[str, bool]:
    """The lines concerned as a sentence begins with them, and whether they are several."""
    articles = [article for number in numbers if (article := shipment.article(number))]
    if not articles:
        return "The shipment", False
    if len(articles) == len(shipment.articles) > 1:
        return f"All {len(articles)} lines", True
    more = f" and {len(articles) - 1} more" if len(articles) > 1 else ""
    return capital(articles[0].label) + more, len(articles) > 1


def headline(shipment: ShipmentFacts, party: PartyAtStep, says: str) -> str:
    what, plural = lines_in_words(shipment, party.line_numbers)
    if party.steps_upstream <= 1:
        return f"{what} {'name' if plural else 'names'} {party.name} as {party.role}, which {says.removesuffix('.')}."
    traces = ("trace" if plural else "traces") if party.grade.raises_presumption else "may trace"
    return f"{what} {traces} to {party.name}, which {says}, {steps_in_words(party.steps_upstream)}."


def listing(words: Sequence[str], most: int = 3) -> str:
    """Several words as a sentence names them; beyond the first few only how many more."""
    shown = list(dict.fromkeys(words))
    if len(shown) > most:
        return f"{', '.join(shown[:most])} and {len(shown) - most} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
