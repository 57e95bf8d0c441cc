"""The chain of a case as steps that papers belong to, and its papers laid on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from functools import cached_property

from django.db.models import Q

from entities.domain.facts import ListedName, ListedParty, PartyFacts
from entities.domain.identity import plain_words
from entities.domain.matching import Matcher
from entities.domain.names.scripts import has_han
from entities.matchers import matcher_of
from entities.models import DeclaredParty, Supplier, SupplyLink
from evidence.domain.laid import ChainStep, Laid, Placement
from evidence.domain.papers import CasePaper
from evidence.domain.placing import IMPORTER_KEY, Named, place, plain_number
from evidence.domain.requirements import GENERAL, IMPORT, IMPORTER, PACKAGE
from evidence.models import ChosenCommodity
from evidence.reference import placing_rules
from evidence.services.goods import Key, chosen_in, position_of
from evidence.services.on_record import on_record
from evidence.services.papers import papers_of
from evidence.services.placements import placed_by_persons
from evidence.steps import gap_key, source_key
from screening.chain import ARTICLE, Chain, chain_of
from screening.chain_parts import Node
from screening.confidential import Office, Owner, Reader
from screening.models import Case, Finding, Shipment, ShipmentParty
from screening.reference import commodity_stages, goods_kind

FACTS = {"LABOUR_TRANSFER": "labour_indicator", "MIXED_SOURCE_PLANT": "mixed_source"}
ON = date(2000, 1, 1)  # the names of a chain hold on any day


def lay_out(case: Case, reader: Reader | None = None, papers: Sequence[CasePaper] | None = None) -> Laid:
    """The papers of a case on the steps of its chain, as both stand now; what people said of a paper stands.

    ``reader``: whose knowledge of the chain it is; the office's, or that of the importer, who is told of no firm that
    others declared.
    """
    reader = reader or Office.of(case)
    steps = steps_laid(case, reader)
    papers = papers_of(case) if papers is None else papers
    parties = Parties.of(case, steps)
    placed = place(
        papers,
        steps,
        rules=placing_rules(),
        who=parties.who,
        persons=_persons(case, papers, steps),
    )
    is_exception = case.letters.filter(kind="exception_request").exists()
    record = on_record(case, Owner(case.importer_id) if not reader.is_officer else reader)
    return Laid(tuple(steps), tuple(papers), placed, is_exception, record, parties.same)


def _persons(case: Case, papers: Sequence[CasePaper], steps: Sequence[ChainStep]) -> dict[int, Placement]:
    """What persons said of papers, as far as it speaks of steps that are known here."""
    known = {one.key for one in steps}
    said = placed_by_persons(case, papers)
    return {key: one for key, one in said.items() if set(one.steps) <= known}


def steps_laid(case: Case, reader: Reader) -> list[ChainStep]:
    """The package, the importation, then every party and every gap of the chain up to the raw material."""
    steps: dict[str, ChainStep] = {}
    chosen = chosen_in(case)
    for shipment in case.shipments.select_related("latest_screening").order_by("pk"):
        for one in _of_shipment(shipment, reader, chosen):
            known = steps.get(one.key)
            steps[one.key] = (
                replace(known, supplies=tuple(dict.fromkeys((*known.supplies, *one.supplies)))) if known else one
            )
    commodity = next((one.commodity for one in steps.values() if one.commodity), GENERAL)
    head = [
        ChainStep(PACKAGE, "The package", PACKAGE, commodity=GENERAL),
        ChainStep(IMPORT, str(case.importer), IMPORTER, commodity=commodity, country="US"),
    ]
    return [*head, *sorted(steps.values(), key=lambda one: (-_height(one, steps.values()), one.step, one.is_gap))]


def _height(step: ChainStep, steps: Iterable[ChainStep]) -> int:
    """How near the finished goods a step stands: by its stage, else by its distance from the importation."""
    if step.number is not None:
        return step.number
    top = max((one.number for one in steps if one.number is not None), default=0)
    return top - step.step + 1


def _of_shipment(shipment: Shipment, reader: Reader, chosen: dict[Key, ChosenCommodity]) -> list[ChainStep]:
    chain = chain_of(shipment, reader)
    position, by_person = position_of(shipment, chosen)
    commodity = position.commodity if position else ""
    made_by = position.made_by_stage if position else 0
    names = {one.number: one.name for one in commodity_stages().get(commodity, ()) if one.number <= made_by}
    if chain is None:
        key = source_key(shipment.pk)
        made = f"Whoever made the goods of {shipment.label}"
        return [ChainStep(key, made, names.get(made_by, ""), made_by or None, commodity, step=1, is_gap=True,
                          supplies=(IMPORT,))]  # fmt: skip
    kinds = _kinds(shipment, chain, reader)
    facts = defaultdict(set)
    if reader.is_officer:
        for finding in Finding.objects.filter(screening=shipment.latest_screening_id, rule__in=FACTS):
            facts[str(finding.supplier_id)].add(FACTS[finding.rule])
    supplies: dict[str, list[str]] = defaultdict(list)
    for link in chain.links:
        supplies[link.source].append(IMPORT if link.target == ARTICLE else link.target)
    has_maker = any(node.stage == ShipmentParty.Role.MANUFACTURER.label for node in chain.nodes.values())
    steps = []
    for node in chain.nodes.values():
        if node.id == ARTICLE:
            continue
        own, stage, number = _stage_of(node, kinds, commodity, names, made_by, has_maker=has_maker)
        said = facts[node.id] | ({"trades"} if _trades(own, stage) or not stage and node.step == 1 else set())
        steps.append(
            ChainStep(
                node.id,
                node.name,
                stage,
                number,
                own,
                node.native_name,
                node.country,
                node.step,
                supplies=tuple(supplies[node.id]),
                facts=frozenset(said),
            )  # fmt: skip
        )
    # The screening looked for the stages of the chain that the codes propose; those of another are looked for here.
    missing = _unfilled(steps, commodity, made_by) if by_person else chain.missing
    return [*steps, *_gaps(missing, steps, commodity)]


def _unfilled(steps: Sequence[ChainStep], commodity: str, made_by: int) -> tuple[str, ...]:
    """The stages every such chain has that no party of it stands at."""
    filled = {one.number for one in steps if one.commodity == commodity}
    stages = (one for one in commodity_stages().get(commodity, ()) if one.number <= made_by and not one.is_conditional)
    return tuple(one.name for one in stages if one.number not in filled)


def _stage_of(
    node: Node, kinds: dict[str, tuple[str, str]], commodity: str, names: dict[int, str], made_by: int, *,
    has_maker: bool,
) -> tuple[str, str, int | None]:  # fmt: skip
    """Chain, stage and its number, as far as they are known."""
    if node.step == 1 and node.id not in kinds:
        is_maker = node.stage == ShipmentParty.Role.MANUFACTURER.label or not has_maker
        return (commodity, names[made_by], made_by) if is_maker and made_by in names else (commodity, "", None)
    own, stage = kinds.get(node.id, (commodity, ""))
    number = next((one.number for one in commodity_stages().get(own, ()) if one.name == stage), None)
    return own, stage, number


def _kinds(shipment: Shipment, chain: Chain, reader: Reader) -> dict[str, tuple[str, str]]:
    """By party upstream its chain and its stage there: by what its links say of stage or goods, else its lots."""
    facts = shipment.latest_screening.facts if shipment.latest_screening else {}
    upstream = facts.get("upstream", [])
    found: dict[str, tuple[str, str]] = {}
    ids = {link for party in upstream for link in party["links"] if link > 0}
    links = SupplyLink.objects.filter(pk__in=ids).order_by("pk")
    if not reader.is_officer:
        links = links.filter(Q(declared_by=None) | Q(declared_by=shipment.owner_id))
    for link in links:
        _say(found, str(link.supplier_id), link.commodity, link.stage, link.hts_prefix, link.goods)
    for step in facts.get("lots", []):
        for lot in step["outputs"]:
            _say(found, str(step["maker"]), "", "", lot["hts_prefix"], lot["goods"])
    return {key: kind for key, kind in found.items() if key in chain.nodes and chain.nodes[key].step != 1}


def _say(found: dict[str, tuple[str, str]], key: str, commodity: str, stage: str, hts: str, goods: str) -> None:
    named = {one.name.lower(): one.name for one in commodity_stages().get(commodity, ())}
    if known := named.get(stage.strip().lower()):
        found[key] = (commodity, known)
        return
    kind = goods_kind(commodity, stage, hts, goods)
    if kind is not None and key not in found and kind.commodity:
        names = {one.number: one.name for one in commodity_stages().get(kind.commodity, ()) if not one.trades}
        found[key] = (kind.commodity, names.get(kind.stage, "") if kind.stage else "")


def _trades(commodity: str, stage: str) -> bool:
    return any(one.trades for one in commodity_stages().get(commodity, ()) if one.name == stage)


def _gaps(missing: Sequence[str], steps: Sequence[ChainStep], commodity: str) -> list[ChainStep]:
    """The stages nobody declared, each between the nearest stages that are known."""
    stages = {one.name: one for one in commodity_stages().get(commodity, ())}
    gaps = [
        ChainStep(gap_key(name), name, name, stages[name].number if name in stages else None, commodity, is_gap=True)
        for name in missing
    ]
    numbers = {one.key: one.number for one in (*steps, *gaps) if one.number and one.commodity == commodity}
    found = []
    for gap in gaps:
        nearer = [number for number in numbers.values() if gap.number and number > gap.number]
        to = tuple(key for key, number in numbers.items() if nearer and number == min(nearer))
        found.append(replace(gap, supplies=to or (IMPORT,)))
    return found


class Parties:
    """Which step of the chain a name or registration number on a paper stands for, by the matching engine."""

    def __init__(self, names: Mapping[str, Set[str]], numbers: dict[str, str], labels: Mapping[str, str]) -> None:
        """By step every name its party is declared by; by registration number the step; by step what it is called."""
        self.numbers, self.labels = numbers, labels
        self.plain = {plain_words(text): (key, text) for key, texts in names.items() for text in texts}
        self.names = names
        self.listed = [_listed(key, texts) for key, texts in names.items()]
        self.known: dict[str, Named | None] = {}
        self.alike: dict[tuple[str, str], bool | None] = {}
        self.matchers: dict[str, Matcher] = {}  # one is dear to make, and each name is compared with many

    @classmethod
    def of(cls, case: Case, steps: Sequence[ChainStep]) -> Parties:
        labels = {one.key: one.label for one in steps} | {IMPORTER_KEY: str(case.importer)}
        return cls(*_names_of(case, steps), labels)

    @cached_property
    def matcher(self) -> Matcher:
        return matcher_of(self.listed)

    def who(self, value: str) -> Named | None:
        if value not in self.known:
            self.known[value] = self._ask(value)
        return self.known[value]

    def same(self, one: str, other: str) -> bool | None:
        """Whether two names are one firm; None where that is open."""
        if plain_words(one) == plain_words(other):
            return True
        key = (min(one, other), max(one, other))
        if key not in self.alike:
            self.alike[key] = self._compare(*key)
        return self.alike[key]

    def _compare(self, one: str, other: str) -> bool | None:
        first, second = self.who(one), self.who(other)
        if first and second and first.step == second.step:
            return True if first.is_sure and second.is_sure else self._by_sound(one, other)
        if has_han(one) != has_han(other) and not (first and second):
            known, unknown = (first, other) if first else (second, one)
            return False if known and self._is_called_otherwise(known, unknown) else self._by_sound(one, other)
        verdict = self._likeness(one, other)
        return (True if verdict == "match" else None) if verdict else False

    def _by_sound(self, one: str, other: str) -> bool | None:
        """True where one name is the other in Chinese by its sound; a translation has other letters."""
        return True if has_han(one) != has_han(other) and self._likeness(one, other) == "match" else None

    def _likeness(self, one: str, other: str) -> str:
        """The matching engine's verdict on the nearest of what it finds alike; empty where that is nothing."""
        if other not in self.matchers:
            self.matchers[other] = matcher_of([_listed("other", {other})])
        found = self.matchers[other].screen(_facts(one), ON)
        return found[0].verdict if found else ""

    def _is_called_otherwise(self, known: Named, text: str) -> bool:
        """Whether a firm of the chain is declared by another name in the script of this one."""
        is_declared = any(has_han(name) == has_han(text) for name in self.names[known.step])
        found = self.matcher.screen(_facts(text), ON) if is_declared and known.is_sure else ()
        return is_declared and known.is_sure and known.step not in {one.key for one in found}

    def _ask(self, value: str) -> Named | None:
        if (key := self.numbers.get(plain_number(value))) is not None:
            return Named(key, True, _sentence(f"It bears the registration number of {self.labels[key]}"))
        if (same := self.plain.get(plain_words(value))) is not None:
            return Named(same[0], True, _sentence(f"It names {same[1]}"))
        found = self.matcher.screen(_facts(value), ON)
        best = [one for one in found if one.verdict == "match"] or list(found)
        if len({one.key for one in best}) != 1:
            return None
        is_sure = best[0].verdict == "match"
        words = f"It names {value}, {'taken for' if is_sure else 'which may be'} {self.labels[best[0].key]}"
        return Named(best[0].key, is_sure, _sentence(words))


def _sentence(words: str) -> str:
    return words if words.endswith(".") else f"{words}."


def _listed(key: str, texts: Iterable[str]) -> ListedParty:
    return ListedParty(key, tuple(ListedName(one, "native" if has_han(one) else "listed") for one in sorted(texts)))


def _facts(value: str) -> PartyFacts:
    return PartyFacts(native_name=value) if has_han(value) else PartyFacts(name=value)


def _names_of(case: Case, steps: Sequence[ChainStep]) -> tuple[dict[str, set[str]], dict[str, str]]:
    """Every name the parties of the chain are declared by, and their registration numbers."""
    keys = [int(one.key) for one in steps if one.key.isdigit()]
    names: dict[str, set[str]] = defaultdict(set)
    numbers: dict[str, str] = {}
    rows: list[tuple[int | None, Supplier | DeclaredParty]] = [
        *((row.pk, row) for row in Supplier.objects.filter(pk__in=keys)),
        *((one.supplier_id, one) for one in DeclaredParty.objects.filter(supplier__in=keys)),
    ]
    for key, row in rows:
        names[str(key)] |= {row.name, row.native_name}
        if row.uscc:
            numbers[plain_number(row.uscc)] = str(key)
    parties = ShipmentParty.objects.filter(shipment__cases=case, party__supplier=None).select_related("party")
    for part in parties:
        if part.role in ShipmentParty.SOURCES:
            names[f"party-{part.party_id}"] |= {part.party.name, part.party.native_name}
    names[IMPORTER_KEY].add(case.importer.name)
    for part in ShipmentParty.objects.filter(shipment__cases=case, role="importer").select_related("party"):
        names[IMPORTER_KEY] |= {part.party.name, part.party.native_name}
    said = {key: {text for text in texts if plain_words(text)} for key, texts in names.items()}
    return {key: texts for key, texts in said.items() if texts}, numbers
