"""Screening: every party of a shipment and every supplier known upstream, against the list in force and the places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from entities import reference
from entities.domain.facts import PartyFacts
from entities.domain.judging import Judged, effect, party_key
from entities.domain.known import KnownFirms
from entities.domain.matching import ENGINE_VERSION, ListMatch, Matcher
from entities.domain.parties import NOBODY, PartyScreening, screen
from entities.matchers import Basis, matcher_for
from entities.models import Job, Judgement, Listing, ListVersion, Supplier
from entities.services import judgements
from screening.domain import lots, rules, tracing
from screening.domain.contradictions import Contradiction, contradictions
from screening.domain.coverage import ChainPosition, measure
from screening.domain.goods import GoodsKind
from screening.domain.orders import Order
from screening.domain.tracing import Grade
from screening.lot_facts import facts_of_lots, questions_about
from screening.models import (
    ORDER_RULE,
    Finding,
    LotTrace,
    Screening,
    ScreeningRun,
    Shipment,
    ShipmentLine,
    ShipmentParty,
)
from screening.reference import (
    article_kinds,
    assembly_countries,
    chain_position,
    commodity_stages,
    inputs,
    labour_words_in,
    order_goods,
    priority_chains,
    priority_inputs,
)
from screening.services import cases, rescreenings
from screening.services.kin import Kin
from screening.services.network import link_of, links_to, lot_links, makers_of, traces_behind
from screening.services.record import Record, facts_of_record
from screening.services.rescreenings import Cause
from screening.services.shipments import facts_of
from screening.services.sight import Firms, Plan, Sight

CHUNK = 100
MOST_CONTRADICTIONS = 5  # told of one shipment


def screen_job(job: Job) -> None:
    """Work off a job that names shipments and why they are screened."""
    again = job.payload.get("rescreening")
    cause = Cause(again, tuple(job.payload["kinds"])) if again else None
    screen_shipments(job.payload["shipments"], trigger=job.payload["trigger"], cause=cause)


@transaction.atomic
def screen_shipments(ids: Iterable[int], *, trigger: str, cause: Cause | None = None) -> ScreeningRun | None:
    """Screen shipments in one run; open a case where the presumption applies.

    A shipment whose facts, list and chain are as they were at its latest screening is left alone, so that the same
    job may run twice. Returns None where there was nothing to screen.
    """
    # Locked first, read after: a row joined to one that was waited for would be as old as the wait is long.
    locked = Shipment.objects.select_for_update().filter(pk__in=list(ids)).order_by("pk").values_list("pk", flat=True)
    known_ids = list(locked)
    shipments = list(Shipment.objects.filter(pk__in=known_ids).select_related("latest_screening__run").order_by("pk"))
    if not shipments:
        return None
    run = _run_now(trigger, cause)
    known = _Surroundings.of(shipments, run)
    results = [known.screen(shipment) for shipment in shipments]
    news = [result for result in results if not result.repeats(run)]
    acts = {}
    if news:
        run.finished_at = timezone.now()
        run.save(force_insert=True)
        acts = {result.shipment.pk: _store(run, result, known) for result in news}
    if cause is not None:
        rescreenings.note(cause, shipments, acts)
    return run if news else None


def screen_plan(plan: Plan, sight: Sight) -> tuple[Screening, list[Finding]]:
    """What a screening of goods not bought yet says, by the same rules; neither it nor its findings are stored."""
    run = _run_now("what if", None)
    known = _Surroundings.of_plan(plan, run, sight)
    result = known.screen(plan.shipment)
    return _screening(run, result), _findings(run, result, known)


def answers_of(ids: Iterable[int]) -> Iterator[tuple[Shipment, str, list[Finding]]]:
    """What a screening of each shipment says now, whatever was screened before; nothing is stored."""
    rows = sorted(ids)
    run = _run_now("compared", None)
    for start in range(0, len(rows), CHUNK):
        shipments = list(Shipment.objects.filter(pk__in=rows[start : start + CHUNK]).order_by("pk"))
        known = _Surroundings.of(shipments, run)
        for shipment in shipments:
            result = known.screen(shipment)
            yield shipment, result.outcome, _findings(run, result, known)


def _run_now(trigger: str, cause: Cause | None) -> ScreeningRun:
    """A run, not stored yet, with the lists and the basis in use."""
    basis = Basis.in_use()
    orders = ListVersion.objects.published().filter(register=ListVersion.Register.WRO)
    return ScreeningRun(
        trigger=trigger[:200],
        list_version=ListVersion.objects.current(ListVersion.Register.UFLPA),
        wro_version=orders.order_by("published_at", "pk").last(),
        engine_version=ENGINE_VERSION,
        thresholds_id=basis.thresholds,
        names_up_to=basis.names_up_to,
        rescreening_id=cause.rescreening if cause else None,
    )


@dataclass(slots=True)
class _Result:
    """What the rules said of one shipment."""

    shipment: Shipment
    facts: dict[str, Any]
    on: date
    date_basis: str
    found: tuple[rules.Found, ...]
    coverage: list[dict[str, Any]]
    caveats: list[str]

    @property
    def outcome(self) -> str:
        return rules.outcome(self.found)

    def repeats(self, run: ScreeningRun) -> bool:
        """The latest screening saw the same facts, for the same date, on the same basis with the same lists."""
        latest = self.shipment.latest_screening
        return (
            latest is not None
            and self.shipment.is_screened
            and latest.run.list_version_id == run.list_version_id
            and latest.run.wro_version_id == run.wro_version_id
            and latest.run.engine_version == ENGINE_VERSION
            and latest.run.basis == run.basis
            and latest.facts == self.facts
            and latest.screened_on == self.on
        )


@dataclass(slots=True)
class _Reached:
    """A supplier upstream: the best path to it, the lines it leads to, and where the way begins.

    ``links``: those followed for the line of the best path. ``made``: makers known by lots alone, with the lot.
    """

    path: tracing.Path
    line_numbers: list[int]
    starts: tuple[int, ...]
    article: frozenset[GoodsKind]
    links: Mapping[int, Sequence[tracing.Link]]
    made: Mapping[int, int]

    def other_paths(self, on: date) -> int:
        """How many ways lead there beside the best one."""

        def worth(link: tracing.Link, needs: tracing.Needs) -> tracing.Step:
            return tracing.grade_link(link, needs=needs, on=on, inputs=inputs())

        return max(0, tracing.count_paths(self.path.supplier, self.starts, self.links, worth, self.article) - 1)


@dataclass(slots=True)
class _Surroundings:
    """What several shipments have in common: the list, their parties' verdicts, and the network upstream of them."""

    version: ListVersion
    today: date
    matcher: Matcher
    firms: KnownFirms  # those judged to be listed entities
    order_matcher: Matcher | None = None
    orders: dict[str, Listing] = field(default_factory=dict)  # the withhold release orders, by entity
    ordered: dict[tuple[PartyFacts, date], tuple[ListMatch, ...]] = field(default_factory=dict)
    rows: dict[str, Listing] = field(default_factory=dict)
    lines: dict[int, list[ShipmentLine]] = field(default_factory=lambda: defaultdict(list))
    parts: dict[int, list[ShipmentParty]] = field(default_factory=lambda: defaultdict(list))
    links: dict[int, list[tracing.Link]] = field(default_factory=lambda: defaultdict(list))
    traces: dict[int, list[LotTrace]] = field(default_factory=lambda: defaultdict(list))
    suppliers: dict[int, Supplier] = field(default_factory=dict)
    sites: dict[int, list[PartyFacts]] = field(default_factory=lambda: defaultdict(list))
    verdicts: dict[tuple[PartyFacts, date], PartyScreening] = field(default_factory=dict)
    kin: Kin = field(default_factory=Kin)
    record: Record = field(default_factory=Record)
    contradictory: tuple[Contradiction, ...] = ()
    ahead: dict[str, date] | None = None  # entities announced for a day to come, once they were looked for
    judged: dict[tuple[PartyFacts, tuple[str, ...]], dict[str, Judged]] = field(default_factory=dict)
    sight: Sight = field(default_factory=Sight)

    @classmethod
    def of(cls, shipments: Sequence[Shipment], run: ScreeningRun) -> _Surroundings:
        known = cls._with_lists(run, Sight())
        for line in ShipmentLine.objects.filter(shipment__in=shipments):
            known.lines[line.shipment_id].append(line)
        for part in ShipmentParty.objects.filter(shipment__in=shipments).select_related("party", "line"):
            known.parts[part.shipment_id].append(part)
        for trace in LotTrace.objects.standing().filter(shipment__in=shipments).prefetch_related("lots"):
            known.traces[trace.shipment_id].append(trace)
        known._look_around(shipments)
        return known

    @classmethod
    def of_plan(cls, plan: Plan, run: ScreeningRun, sight: Sight) -> _Surroundings:
        """What surrounds goods that were not declared, as far as it is in sight."""
        known = cls._with_lists(run, sight)
        known.lines[plan.shipment.pk], known.parts[plan.shipment.pk] = list(plan.lines), list(plan.parts)
        for customer, links in plan.links.items():
            known.links[customer].extend(links)
        known._look_around([plan.shipment], plan.firms)
        return known

    @classmethod
    def _with_lists(cls, run: ScreeningRun, sight: Sight) -> _Surroundings:
        version, orders = run.list_version, run.wro_version
        firms = judgements.known_firms(version) if sight.is_whole else NOBODY
        known = cls(version, timezone.localdate(), matcher_for(version, run.basis), firms, sight=sight)
        known.rows = {row.entity.key: row for row in current_rows(version)}
        if orders is not None:
            known.order_matcher = matcher_for(orders, run.basis)
            known.orders = {row.entity.key: row for row in current_rows(orders)}
        return known

    def _look_around(self, shipments: Sequence[Shipment], named: Firms | None = None) -> None:
        """The network upstream, the kin of its firms, and what the record says; firms ``named`` are in those words."""
        self._read_network(named or Firms())
        self.kin = Kin.around((firm for firm in self.suppliers if firm > 0), self.sight)
        self.record = Record.about(shipments, self.lines, self.today, self.sight)
        self.contradictory = contradictions(self.links, inputs())

    def _read_network(self, named: Firms) -> None:
        """The links upstream of the shipments' suppliers, a step at a time."""
        step = {part.party.supplier_id for parts in self.parts.values() for part in parts if part.party.supplier_id}
        for trace in (trace for traces in self.traces.values() for trace in traces):
            step |= {trace.maker_id, *(lot.supplier_id for lot in trace.lots.all() if lot.supplier_id)}
        seen: set[int] = set(step)
        for _ in range(tracing.MAX_STEPS):
            if not step:
                break
            for row in links_to(step, self.sight.links()):
                self.links[row.customer_id].append(link_of(row))
            step = {link.supplier for customer in step for link in self.links.get(customer, ())} - seen
            seen |= step
        found = self.sight.firms(seen)
        self.suppliers, self.sites = {**found.suppliers, **named.suppliers}, found.sites
        for firm, sites in named.sites.items():
            self.sites[firm] = list(dict.fromkeys([*sites, *self.sites[firm]]))

    def screen(self, shipment: Shipment) -> _Result:
        """All rules over one shipment."""
        on, date_basis = shipment.screening_date(self.today)
        articles, upstream, materials = self._articles(shipment, on)
        parties = [*self._named(shipment, on), *upstream]
        traced = facts_of_lots(self.traces[shipment.pk], self._sources(shipment))
        open_lots = questions_about(traced, [line.number for line in self.lines[shipment.pk]])
        lines, parts = self.lines[shipment.pk], self.parts[shipment.pk]
        routes = self.record.changes(shipment, lines, parts, on, self._listed_since)
        prices = self.record.low_prices(shipment, lines, on)
        facts = rules.ShipmentFacts(
            articles=tuple(articles),
            parties=tuple(parties),
            materials=tuple(materials),
            mixed=tuple(self._mixed(parties, lines, on)),
            contradictions=tuple(self._contradictions(parties))[:MOST_CONTRADICTIONS],
            routes=tuple(routes),
            prices=tuple(prices),
            assembly_countries=assembly_countries(),
            list_retrieved_on=self.version.retrieved_on,
            on=on,
            rows={key: row_in_words(row) for key, row in self.rows.items()},
            orders={key: _order_words(key, row) for key, row in self.orders.items()},
        )
        found = rules.evaluate(facts)
        return _Result(
            shipment=shipment,
            facts={
                **facts_of(shipment, lines, parts),
                "upstream": [_upstream_facts(party) for party in upstream],
                **({"lots": traced} if traced else {}),
                **facts_of_record(routes, prices),
                **_statements_in(found),
                **_judgements_in(parties),
            },
            on=on,
            date_basis=date_basis,
            found=found,
            coverage=[{**asdict(article.coverage), "sentence": article.coverage.sentence} for article in articles],
            caveats=[*self._caveats(on, date_basis), *self._announced(parties, on), *lots.in_sentences(open_lots)],
        )

    def _sources(self, shipment: Shipment) -> set[int]:
        """Who made or sold the goods, by the shipment itself."""
        parts = (part for part in self.parts[shipment.pk] if part.role in rules.SOURCE_ROLES)
        return {part.party.supplier_id for part in parts if part.party.supplier_id}

    def _named(self, shipment: Shipment, on: date) -> list[rules.PartyAtStep]:
        """The parties named on the shipment itself, each with the lines it is named on."""
        all_lines = tuple(line.number for line in self.lines[shipment.pk])
        named: dict[tuple[int, str], list[int]] = {}
        by_id = {part.party_id: part.party for part in self.parts[shipment.pk]}
        for part in self.parts[shipment.pk]:
            numbers = named.setdefault((part.party_id, part.role), [])
            numbers.extend([part.line.number] if part.line else all_lines)
        parties = []
        for (party_id, role), numbers in named.items():
            party = by_id[party_id]
            facts = PartyFacts(**party.facts())
            verdict = self._verdict(facts, on)
            parties.append(
                rules.PartyAtStep(
                    facts=facts,
                    verdict=verdict,
                    judged=self._judged(facts, verdict),
                    orders=self._orders(facts, on),
                    labour=tuple(self._labour(facts, None)),
                    kin=self._kin(party.supplier_id, verdict, on),
                    role=role,
                    line_numbers=tuple(sorted(set(numbers))),
                    steps_upstream=1 if role in rules.SOURCE_ROLES else 0,
                    grade=Grade.DIRECT,
                    path=(_node(party.display_name, party.native_name, role, 1, supplier=party.supplier_id),),
                    party_id=party.pk,
                    supplier_id=party.supplier_id,
                )
            )
        return parties

    def _articles(
        self, shipment: Shipment, on: date
    ) -> tuple[list[rules.Article], list[rules.PartyAtStep], list[rules.MaterialAtStep]]:
        """The lines with what is known of their chains, every party upstream with its best path, and every link
        that states where its material comes from."""
        articles = []
        best: dict[int, _Reached] = {}
        lines = self.lines[shipment.pk] or [ShipmentLine(shipment=shipment, number=1)]
        materials: dict[int, tuple[tracing.Path, list[int], Mapping[int, int]]] = {}
        for line in lines:
            sources = [
                part
                for part in self.parts[shipment.pk]
                if part.role in rules.SOURCE_ROLES and (part.line is None or part.line.number == line.number)
            ]
            named = [part.party.supplier_id for part in sources if part.party.supplier_id]
            steps = traces_behind(line.number, named, self.traces[shipment.pk])
            delivered = lot_links(steps)
            links = {**self.links, **{pk: [*own, *self.links.get(pk, ())] for pk, own in delivered.items()}}
            made = {pk: lot for pk, lot in makers_of(line.number, steps).items() if pk not in named}
            starts = [*named, *made]
            positions = [position for code in line.hts_codes if (position := chain_position(code))]
            kinds = article_kinds(tuple(line.hts_codes))
            traced = tracing.trace(starts, links, article=kinds, on=on, inputs=inputs())
            paths = {**{maker: tracing.Path(maker) for maker in made}, **traced.paths}
            for key, origin in traced.origins.items():
                materials.setdefault(key, (origin, [], made))[1].append(line.number)
            stages: dict[int, list[str]] = defaultdict(list)
            if sources:
                stages[1] = []
            for supplier_id, path in paths.items():
                stages[path.steps_upstream].append(path.links[-1].stage if path.links else "")
                kept = best.get(supplier_id)
                numbers = kept.line_numbers if kept else []
                if kept is None or _is_better(path, kept.path):
                    best[supplier_id] = _Reached(path, numbers, tuple(starts), kinds, links, made)
                numbers.append(line.number)
            position = positions[0] if positions else None
            coverage = measure(
                line.number,
                position,
                commodity_stages().get(position.commodity, ()) if position else (),
                has_source=bool(sources or made),
                stage_names_by_step=stages,
            )
            if line.pk is not None or sources:
                sectors = {one.sector for code in line.hts_codes for one in reference.sectors_of(code)}
                articles.append(
                    rules.Article(
                        line.number,
                        line.description,
                        tuple(line.hts_codes),
                        tuple(sorted(sectors)),
                        coverage,
                        line.origin_country,
                        self._unknown_inputs(position, sectors, paths.values()),
                    )
                )
        upstream = [party for reached in best.values() for party in self._upstream_parties(reached, on)]
        stated = [
            rules.MaterialAtStep(
                path=self._nodes(path, made),
                goods=path.links[-1].goods,
                customer=str(self.suppliers[path.links[-1].customer]),
                supplier=str(self.suppliers[path.supplier]),
                line_numbers=tuple(sorted(set(numbers))),
                steps_upstream=path.steps_upstream,
                grade=path.grade,
            )
            for path, numbers, made in materials.values()
        ]
        return articles, upstream, stated

    def _upstream_parties(self, reached: _Reached, on: date) -> Iterable[rules.PartyAtStep]:
        """The supplier at the end of a path, once for each of its sites."""
        path = reached.path
        nodes = self._nodes(path, reached.made)
        supplier = self.suppliers[path.supplier]
        for facts in self.sites[path.supplier] or [PartyFacts(name=supplier.name, native_name=supplier.native_name)]:
            verdict = self._verdict(facts, on)
            orders = self._orders(facts, on)
            link = path.links[-1] if path.links else None
            labour = tuple(self._labour(facts, link))
            kin = self._kin(path.supplier, verdict, on)
            is_flagged = bool(verdict.matches or verdict.signals or orders or labour or kin)
            yield rules.PartyAtStep(
                facts=facts,
                verdict=verdict,
                judged=self._judged(facts, verdict),
                orders=orders,
                labour=labour,
                kin=kin,
                kind=link.kind if link else None,
                is_priority=bool(link and link.kind and link.kind.commodity in priority_chains()),
                role="supplier",
                line_numbers=tuple(sorted(set(reached.line_numbers))),
                other_paths=reached.other_paths(on) if is_flagged else 0,
                steps_upstream=path.steps_upstream,
                grade=path.grade if path.steps else Grade.TRACED,
                path=nodes,
                supplier_id=path.supplier,
            )

    def _unknown_inputs(
        self, position: ChainPosition | None, sectors: set[str], paths: Iterable[tracing.Path]
    ) -> tuple[rules.UnknownInput, ...]:
        """The inputs of priority sectors that no supplier with a country is known to deliver for an article.

        Of the article's own chain only where the article belongs to no sector itself: its gaps are told there.
        """
        if position is None:
            return ()
        known = {path.links[-1].kind for path in paths if path.links and self._country(path.supplier)}
        delivered = {kind.commodity for kind in known if kind}
        own = {position.commodity} if sectors else set()
        return tuple(
            rules.UnknownInput(chain, use)
            for chain, use in priority_inputs(position).items()
            if chain not in delivered and chain not in own
        )

    def _country(self, supplier_id: int) -> str:
        sites = (site.country for site in self.sites[supplier_id] if site.country)
        return self.suppliers[supplier_id].country or next(sites, "")

    def _labour(self, facts: PartyFacts, link: tracing.Link | None) -> Iterable[rules.LabourWords]:
        """Words for a state labour scheme in a party's own particulars, and in what is said of its deliveries."""
        for name in ("name", "native_name", "address"):
            if words := labour_words_in(getattr(facts, name), facts.country):
                yield rules.LabourWords(name, words)
        same = [one for one in self.links.get(link.customer, ()) if one.supplier == link.supplier] if link else []
        for one in same:
            for name in ("goods", "source"):
                if words := labour_words_in(getattr(one, name), facts.country):
                    yield rules.LabourWords(name, words, one.key)

    def _kin(self, supplier_id: int | None, verdict: PartyScreening, on: date) -> tuple[rules.ListedKin, ...]:
        """The listed entities that own a party or that it owns, but for those it is itself."""
        if supplier_id is None:
            return ()
        itself = {match.key for match in verdict.matches if match.verdict == "match"}
        kin = self.kin.listed(supplier_id, on, self._listed, self.matcher.parties)
        return tuple(one for one in kin if one.match.key not in itself and one.match.key in self.rows)

    def _listed(self, facts: PartyFacts, on: date) -> Iterable[ListMatch]:
        """The entities a firm is or may be on a day, as people judged it."""
        verdict = self._verdict(facts, on)
        judged = self._judged(facts, verdict)
        for match in verdict.matches:
            does = effect(judged.get(match.key), match.verdict)
            if does != "sets_aside":
                yield replace(match, verdict="match") if does == "confirms" else match

    def _listed_since(self, facts: PartyFacts, on: date) -> date | None:
        """Since when a firm is listed that certainly is on the list on a day."""
        keys = [match.key for match in self._listed(facts, on) if match.verdict == "match"]
        return max((self.rows[key].first_effective_on for key in keys if key in self.rows), default=None)

    def _contradictions(self, parties: Sequence[rules.PartyAtStep]) -> Iterable[Contradiction]:
        """What contradicts itself in the chain of a shipment."""
        chain = {party.supplier_id for party in parties if party.supplier_id and party.is_source}
        makers = {party.supplier_id for party in parties if party.supplier_id and party.steps_upstream == 1}
        for one in self.contradictory:
            if one.concerns(chain, makers):
                yield replace(one, names={firm: str(self.suppliers[firm]) for firm in one.firms})

    def _mixed(
        self, parties: Sequence[rules.PartyAtStep], lines: Sequence[ShipmentLine], on: date
    ) -> Iterable[rules.MixedPlant]:
        """The plants of the chain that take in goods of one kind both from a source with a ground and from others."""
        firms: dict[int, rules.PartyAtStep] = {}
        concern: dict[int, str] = defaultdict(str)
        for party in parties:
            if party.supplier_id and party.is_source:
                firms.setdefault(party.supplier_id, party)
                concern[party.supplier_id] = concern[party.supplier_id] or party.concern
        for supplier_id, plant in firms.items():
            links = self.links.get(supplier_id, ())
            if not any(link.from_xinjiang or concern.get(link.supplier) for link in links):
                continue
            articles = [line for line in lines if line.number in plant.line_numbers]
            made = {kind for line in articles for kind in article_kinds(tuple(line.hts_codes))}
            needs = frozenset({plant.kind}) if plant.kind else frozenset(made)
            same: dict[object, dict[int, rules.Delivery]] = defaultdict(dict)
            for link in links:
                if link.supplier not in firms and not link.from_xinjiang:
                    continue
                step = tracing.grade_link(link, needs=needs, on=on, inputs=inputs())
                if (link.kind or link.goods) and step.grade != Grade.UNRELATED:
                    why = "XJ_MATERIAL" if link.from_xinjiang else concern[link.supplier]
                    one = rules.Delivery(link.key, str(self.suppliers[link.supplier]), link.goods, why)
                    kept = same[link.kind or link.goods.lower()].setdefault(link.supplier, one)
                    if why and not kept.concern:
                        same[link.kind or link.goods.lower()][link.supplier] = one
            for deliveries in same.values():
                suspect = tuple(one for one in deliveries.values() if one.concern)
                others = tuple(one for one in deliveries.values() if not one.concern)
                if suspect and others:
                    yield rules.MixedPlant(plant, suspect, others)

    def _nodes(self, path: tracing.Path, made: Mapping[int, int]) -> tuple[dict[str, Any], ...]:
        """The parties of a path in order, each with the link that leads to it and what that link is worth.

        A link over a lot is named by the negative of the lot; so is what ties the maker of the article itself to it,
        where only a lot does.
        """
        first = path.links[0].customer if path.steps else path.supplier
        nodes = [{**self._supplier_node(first, 1), **({"link": -made[first]} if first in made else {})}]
        for number, step in enumerate(path.steps, 2):
            link = step.link
            node = {
                **self._supplier_node(link.supplier, number),
                "link": link.key,
                "stage": link.stage,
                "goods": link.goods,
                "grade": step.grade.value,
                "from": link.valid_from.isoformat() if link.valid_from else "",
                "to": link.valid_to.isoformat() if link.valid_to else "",
                "weak": [{"why": one.sentence, "settled_by": one.settled_by} for one in step.weaknesses],
            }
            nodes.append(node)
        return tuple(nodes)

    def _supplier_node(self, supplier_id: int, step: int) -> dict[str, Any]:
        supplier = self.suppliers[supplier_id]
        return _node(supplier.name, supplier.native_name, "supplier", step, supplier=supplier_id)

    def _verdict(self, facts: PartyFacts, on: date) -> PartyScreening:
        """What the engine says of a party; the same party on the same day is asked once."""
        key = (facts, on)
        if key not in self.verdicts:
            self.verdicts[key] = screen(facts, self.matcher, reference.gazetteer(), on, self.firms)
        return self.verdicts[key]

    def _orders(self, facts: PartyFacts, on: date) -> tuple[ListMatch, ...]:
        """The withhold release orders that name a party on that day."""
        if self.order_matcher is None:
            return ()
        if (facts, on) not in self.ordered:
            self.ordered[facts, on] = self.order_matcher.screen(facts, on)
        return self.ordered[facts, on]

    def _judged(self, facts: PartyFacts, verdict: PartyScreening) -> dict[str, Judged]:
        """What people judged of this party and the entities it looks like."""
        keys = tuple(match.key for match in verdict.matches)
        if not (keys and self.sight.is_whole):
            return {}
        if (facts, keys) not in self.judged:
            self.judged[facts, keys] = judgements.standing(facts, keys, self.version)
        return self.judged[facts, keys]

    def _announced(self, parties: Iterable[rules.PartyAtStep], on: date) -> Iterable[str]:
        """Listings that take effect on a day to come, where a party of the shipment is or may be that entity."""
        if self.ahead is None:
            self.ahead = {
                party.key: first
                for party in self.matcher.parties.values()
                for first, _ in party.periods
                if first > self.today
            }
        ahead = {key: start for key, start in self.ahead.items() if start > on}
        if not ahead:
            return
        for facts in dict.fromkeys(party.facts for party in parties):
            for match in self.matcher.screen(facts, max(ahead.values())):
                if start := ahead.get(match.key):
                    name = self.rows[match.key].name if match.key in self.rows else match.listed_name.text
                    yield (
                        f"ANNOUNCED: {name} is on the list from {start:%-d %B %Y}. "
                        f"{facts.name or facts.native_name} {'is' if match.verdict == 'match' else 'may be'} that "
                        "entity; goods imported from that day on fall under the listing."
                    )

    def _caveats(self, on: date, date_basis: str) -> list[str]:
        caveats = []
        if date_basis != "imported":
            caveats.append(f"Screened for {on:%-d %B %Y}: {Screening.DateBasis(date_basis).label}.")
        if on - self.version.retrieved_on > rules.LIST_MAY_BE_OLD:
            age = (on - self.version.retrieved_on).days
            caveats.append(
                f"STALE_LIST: the list was retrieved on {self.version.retrieved_on:%-d %B %Y}, {age} days before; "
                "a listing since then is not seen."
            )
        return caveats


def current_rows(version: ListVersion) -> list[Listing]:
    """One row per entity to show a finding with: a current row where there is one, the newest listing first."""
    rows: dict[int, Listing] = {}
    for row in Listing.objects.filter(version=version).select_related("entity").order_by("is_current", "effective_on"):
        rows[row.entity_id] = row
    return list(rows.values())


def _store(run: ScreeningRun, result: _Result, known: _Surroundings) -> list[dict[str, Any]]:
    """The screening, its findings, and what follows from them for the shipment and its case."""
    shipment = result.shipment
    screening = _screening(run, result)
    screening.save(force_insert=True)
    findings = _findings(run, result, known)
    for finding in findings:
        finding.screening = screening
    Finding.objects.bulk_create(findings)
    shipment.latest_screening = screening
    shipment.outcome = result.outcome
    shipment.looked_at = None
    shipment.save(update_fields=["latest_screening", "outcome", "looked_at"])
    return cases.take_up_screening(screening, findings)


def _screening(run: ScreeningRun, result: _Result) -> Screening:
    return Screening(
        run=run,
        shipment=result.shipment,
        facts_version=result.shipment.facts_version,
        facts=result.facts,
        screened_on=result.on,
        date_basis=result.date_basis,
        outcome=result.outcome,
        coverage=result.coverage,
        caveats=result.caveats,
    )


def _findings(run: ScreeningRun, result: _Result, known: _Surroundings) -> list[Finding]:
    return [
        Finding(
            rule=found.rule,
            severity=found.severity,
            basis=found.basis[:200],
            ground=found.ground,
            asks_review=found.asks_review,
            headline=found.headline[:500],
            line_numbers=list(found.line_numbers),
            party_role=found.party.role if found.party else "",
            party_id=found.party.party_id if found.party else None,
            supplier_id=found.party.supplier_id if found.party else None,
            party_name=found.party.name if found.party else "",
            steps_upstream=found.at.steps_upstream if found.at else None,
            grade=found.at.grade if found.at else "",
            path=list(found.at.path) if found.at else [],
            other_paths=found.party.other_paths if found.party else 0,
            matched_field=found.matched_field,
            matched_text=found.matched_text[:600],
            score=found.score,
            reasons=list(found.reasons),
            verdict=found.verdict,
            judgement_id=found.judgement,
            **_pair(found),
            **_listed(run, found, known),
            place_code=found.place_code,
            place_name=found.place_name,
        )
        for found in result.found
    ]


def _is_better(path: tracing.Path, kept: tracing.Path) -> bool:
    grades = list(Grade)  # from the best: lots of the shipment go before goods that merely fit
    return (grades.index(path.grade), path.steps_upstream) < (grades.index(kept.grade), kept.steps_upstream)


def _node(name: str, native_name: str, role: str, step: int, *, supplier: int | None) -> dict[str, Any]:
    return {"name": name, "native_name": native_name, "role": role, "step": step, "supplier": supplier}


def _upstream_facts(party: rules.PartyAtStep) -> dict[str, Any]:
    """A supplier upstream as it was screened."""
    return {
        "supplier": party.supplier_id,
        "steps_upstream": party.steps_upstream,
        "grade": party.grade.value,
        "lines": list(party.line_numbers),
        "links": [node["link"] for node in party.path if "link" in node],
        **({"stage": stage} if (stage := party.path[-1].get("stage", "")) and party.path[-1]["link"] < 0 else {}),
        **{key: value for key, value in asdict(party.facts).items() if value},
    }


def _pair(found: rules.Found) -> dict[str, Any]:
    """What a judgement on this finding would speak of."""
    if not (found.rule == "LISTED_ENTITY" and found.party):
        return {}
    facts = found.party.facts
    return {
        "declared": {key: value for key, value in asdict(facts).items() if value},
        "firm_key": party_key(facts, Judgement.Scope.FIRM),
        "site_key": party_key(facts, Judgement.Scope.SITE),
    }


def _listed(run: ScreeningRun, found: rules.Found, known: _Surroundings) -> dict[str, Any]:
    """The row of the list a finding rests on, and the version: that of the orders, or the Entity List."""
    if found.rule == ORDER_RULE:
        return {"listing": known.orders[found.listed_key], "list_version": run.wro_version}
    return {"listing": known.rows.get(found.listed_key), "list_version": run.list_version}


def _statements_in(found: Iterable[rules.Found]) -> dict[str, Any]:
    """The statements that findings rest on beside the paths: it is another screening where these are others."""
    signs = [reason for one in found for reason in one.reasons if isinstance(reason, dict)]
    said = {name: sorted({pk for sign in signs for pk in sign.get(name, ())}) for name in ("links", "holdings")}
    kin = {(one.listed_key, one.verdict) for one in found if one.matched_field == "ownership"}
    return {"rests_on": said | {"kin": [list(one) for one in sorted(kin)]}} if any(said.values()) else {}


def _judgements_in(parties: Iterable[rules.PartyAtStep]) -> dict[str, Any]:
    """The judgements that bear on a screening: it is another one where these are others."""
    learned = {
        (sign.judgement, "made known")
        for party in parties
        for match in party.verdict.matches
        for sign in match.signs
        if sign.judgement is not None
    }
    bearing = learned | {
        (judged.pk, does)
        for party in parties
        for match in party.verdict.matches
        if (judged := party.judged.get(match.key)) and (does := effect(judged, match.verdict)) != "nothing"
    }
    return {"judgements": [list(one) for one in sorted(bearing)]} if bearing else {}


def list_rows_in_words(version: ListVersion) -> dict[str, rules.ListRow]:
    """By entity the row of a list version that a finding is shown with, as the rules take it."""
    return {row.entity.key: row_in_words(row) for row in current_rows(version)}


def row_in_words(row: Listing) -> rules.ListRow:
    return rules.ListRow(row.name, row.first_effective_on, row.section, row.citation)


def _order_words(key: str, row: Listing) -> Order:
    """A withhold release order as the rules see it; its goods and remark stand in the scope, as printed."""
    printed, _, remark = row.scope.removeprefix("Goods: ").partition(". ")
    printed = printed.rstrip(".")
    return Order(
        key=key,
        name=row.name,
        ordered_on=row.first_effective_on,
        printed_goods=printed,
        goods=order_goods().get(printed),
        is_superseded="superseded by enforcement of UFLPA" in remark,
        ended_on=row.removed_on,
    )
