"""What another list, other thresholds or another name would answer differently: shown first, then screened again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from entities import office_names
from entities.domain.facts import PartyFacts
from entities.domain.matching import Matcher
from entities.matchers import Basis, matcher_for, matcher_if, matcher_of
from entities.models import (
    Change,
    DeclaredParty,
    Job,
    ListVersion,
    NameStatement,
    Site,
    Supplier,
    ThresholdSet,
    of_environment,
)
from entities.parts import MANY, parts_of
from entities.services import jobs
from screening.models import Case, Detention, Finding, IndexedGround, Shipment, ShipmentParty
from screening.services import exposure
from screening.services.exposure.concerned import Concerned, changed_keys, suppliers_concerned
from screening.services.reach import shipments_of, shipments_traced_to, with_kin
from screening.services.record import came_by_new_ways, came_by_new_ways_since_detained
from screening.services.stretches import Stretches

STALE_LIST = "STALE_LIST"  # the rule that tells of a list retrieved long before the day of importation
SHOWN = 200  # parties named in a preview; the counts are of all


@dataclass(slots=True)
class Touched:
    """What a new list answers differently: parties by name, suppliers, shipments, open cases."""

    parties: list[dict[str, Any]] = field(default_factory=list)
    named: set[tuple[str, str]] = field(default_factory=set)  # a party and the supplier it is taken for count once
    party_ids: set[int] = field(default_factory=set)
    supplier_ids: set[int] = field(default_factory=set)
    shipment_ids: set[int] = field(default_factory=set)
    by_stretches: dict[frozenset[int], tuple[set[int], set[int]]] = field(default_factory=dict)  # parties, suppliers

    def note(self, numbers: frozenset[int], party: int | None, supplier: int | None) -> None:
        """On which stretches of days a party or a supplier is answered differently."""
        parties, suppliers = self.by_stretches.setdefault(numbers, (set(), set()))
        if party is not None:
            self.party_ids.add(party)
            parties.add(party)
        if supplier is not None:
            self.supplier_ids.add(supplier)
            suppliers.add(supplier)

    def add(self, name: str, country: str, supplier: int | None, **answer: str) -> None:
        """Name a party, unless it is named already or many are."""
        if (name, country) not in self.named:
            self.named.add((name, country))
            if len(self.parties) < SHOWN:
                self.parties.append({"name": name, "country": country, "supplier": supplier, **answer})


def preview_job(job: Job) -> None:
    """Count what a draft would touch, and keep it beside the draft. A version settled meanwhile is left alone."""
    version = ListVersion.objects.filter(pk=job.payload["version"]).select_related("base").first()
    if version is None or not version.is_draft:
        return
    found = _changed_by(version, version.base, lambda done, total: jobs.report_progress(job, done, total))
    found.shipment_ids |= _say_the_list_is_old(version, version.base)
    ListVersion.objects.filter(pk=version.pk, state=ListVersion.State.DRAFT).update(touches=_as_shown(found))


def threshold_preview_job(job: Job) -> None:
    """Count what proposed thresholds would touch, and keep it with them, unless they were settled meanwhile."""
    proposed = ThresholdSet.objects.filter(pk=job.payload["set"], state=ThresholdSet.State.PROPOSED).first()
    if proposed is None:
        return
    before = Basis.in_use()
    found = _moved(
        before,
        Basis(proposed.pk, before.names_up_to),
        report=lambda done, total: jobs.report_progress(job, done, total),
    )
    ThresholdSet.objects.filter(pk=proposed.pk, state=ThresholdSet.State.PROPOSED).update(
        effect={**proposed.effect, "touches": _as_shown(found)}
    )


def what_a_name_touches(proposal: NameStatement) -> dict[str, Any]:
    """What would be answered otherwise were this proposal confirmed now, as a preview shows it; nothing is kept.

    A name that is proposed raises questions, so whomever it touches has a finding on the entity once the proposal is
    screened: only they are weighed. ``is_settled`` is false while shipments are still being screened.
    """
    entity = proposal.entity
    version = ListVersion.objects.current(entity.register)
    current = Finding.objects.current().filter(listing__entity=entity)
    found = touched_by(
        matcher_if(version, office_names.if_confirmed(proposal)),
        matcher_for(version),
        parties=set(current.exclude(party=None).values_list("party", flat=True)),
        suppliers=set(current.exclude(supplier=None).values_list("supplier", flat=True)),
    )
    screening = Job.objects.filter(kind="screen", state__in=[Job.State.QUEUED, Job.State.RUNNING])
    is_settled = not (Change.objects.filter(consumed_at=None).exists() or screening.exists())
    return {**_as_shown(found), "is_settled": is_settled}


def touched_by(
    new: Matcher,
    old: Matcher | None,
    changed: frozenset[str] = frozenset(),
    *,
    parties: set[int] | None = None,
    suppliers: set[int] | None = None,
    asked: Callable[[PartyFacts], bool] | None = None,
    report: Callable[[int, int], object] | None = None,
) -> Touched:
    """The parties, suppliers and shipments one matcher answers differently from the one before.

    Only shipments that are open, or were imported or decided in the look-back, count (``open_or_recent``). Both
    matchers are asked about every party, on a day of each stretch of time in which neither list changes, so nothing
    that would be answered differently is left out; what bears on an entity whose rows ``changed`` counts too. Of the
    shipments those count that are screened for a day on which a party of theirs is answered differently: the list in
    force on the date of importation applies.
    """
    today = timezone.localdate()
    found = Touched()
    shipments = open_or_recent(today)
    stretches = Stretches.between([new, *([old] if old else [])], today)
    days = stretches.days(_dates(stretches))
    declared = _declared(shipments, parties)
    sites = list(_suppliers(suppliers))
    answered: dict[PartyFacts, dict[int, dict[str, str]]] = {}
    otherwise: list[tuple[PartyFacts, int | None, int | None, dict[str, str]]] = []
    total = len(declared) + len(sites)
    for count, (facts, party_id, supplier_id) in enumerate((*declared, *sites), 1):
        if report and count % 1000 == 0:
            report(count, total)
        if asked is not None and not asked(facts):
            continue
        if facts not in answered:  # what is declared is most often a site's too
            answers = ((number, _answers(facts, old, new, changed, on)) for number, on in days.items())
            answered[facts] = {number: answer for number, answer in answers if answer is not None}
        differs = answered[facts]
        if differs:
            otherwise.append((facts, party_id, supplier_id, next(iter(differs.values()))))
            found.note(frozenset(differs), party_id, supplier_id)
    parties_tried, firms_tried = _of_sandboxes(found)
    for facts, party_id, supplier_id, answer in otherwise:
        if party_id not in parties_tried and (party_id is not None or supplier_id not in firms_tried):
            found.add(facts.name or facts.native_name, facts.country, supplier_id, **answer)
    for numbers, (those, firms) in found.by_stretches.items():
        found.shipment_ids.update(stretches.among(shipments, _with_parties(those, firms), numbers))
        found.shipment_ids |= _by_new_ways(firms | _taken_for(those), numbers, stretches, shipments)
    return found


def _by_new_ways(
    firms: Iterable[int], numbers: Collection[int], stretches: Stretches, shipments: QuerySet[Shipment]
) -> set[int]:
    """Those of the shipments that came by a new way since such firms are answered otherwise."""
    begin = stretches.begin(numbers)
    return _among(shipments, came_by_new_ways(firms, *begin)) if begin else set()


def _taken_for(parties: Iterable[int]) -> set[int]:
    """The suppliers that declared parties are taken for."""
    rows = (DeclaredParty.objects.filter(pk__in=some).exclude(supplier=None) for some in parts_of(parties))
    return {pk for some in rows for pk in some.values_list("supplier", flat=True) if pk is not None}


def open_or_recent(today: date) -> QuerySet[Shipment]:
    """The shipments a new list is applied to.

    Open ones (domain: a list is applied again to open shipments), those without a date, and those imported or
    decided within the look-back.
    """
    since = today - timedelta(days=settings.LIST_LOOK_BACK_DAYS)
    decided = Case.objects.filter(Q(closed_at__date__gte=since) | ~Q(stage=Case.Stage.CLOSED))
    return Shipment.objects.filter(
        Q(imported_on=None)
        | Q(imported_on__gte=since)
        | Q(latest_screening=None)
        | Q(outcome=Shipment.Outcome.REVIEW, looked_at=None)
        | Q(pk__in=decided.values("shipments"))
    ).order_by()


def _among(shipments: QuerySet[Shipment], ids: Iterable[int]) -> set[int]:
    """Those of the shipments that are among these."""
    return {pk for some in parts_of(ids, MANY) for pk in shipments.filter(pk__in=some).values_list("pk", flat=True)}


def _dates(stretches: Stretches) -> Iterator[date]:
    """Of each stretch of days a date that shipments are screened for, where there is one."""
    for first, following in stretches.spans():
        for name, rows in (
            ("imported_on", Shipment.objects.all()),
            ("arrives_on", Shipment.objects.filter(imported_on=None)),
        ):
            rows = rows.filter(**{f"{name}__isnull": False})
            if first is not None:
                rows = rows.filter(**{f"{name}__gte": first})
            if following is not None:
                rows = rows.filter(**{f"{name}__lt": following})
            yield from rows.order_by(name).values_list(name, flat=True)[:1]


def _answers(
    facts: PartyFacts, old: Matcher | None, new: Matcher, changed: frozenset[str], on: date
) -> dict[str, str] | None:
    """What both lists say of a party on a day; None where nothing is different."""
    before = _said(facts, old, on) if old else {}
    after = _said(facts, new, on)
    if before == after and not changed & before.keys():
        return None
    key = next((key for key in (*after, *before) if before.get(key) != after.get(key)), None) or next(iter(after))
    return {"key": key, "before": before.get(key, "none"), "after": after.get(key, "none")}


def _said(facts: PartyFacts, matcher: Matcher, on: date) -> dict[str, str]:
    """By entity what a list says of a party: match, possible, or affiliate."""
    answer = matcher.answer(facts, on)
    kin = {one.key: "affiliate" for one in answer.affiliations}
    return kin | {match.key: str(match.verdict) for match in answer.matches}


def _declared(shipments: QuerySet[Shipment], only: set[int] | None) -> list[tuple[PartyFacts, int | None, int | None]]:
    """Every party named on one of the shipments, as declared, or those of them that are given."""
    if only is None:
        parts = ShipmentParty.objects.filter(shipment__in=shipments).order_by()
        known = set(parts.values_list("party", flat=True).distinct())
    else:
        named = [
            pair
            for some in parts_of(only)
            for pair in ShipmentParty.objects.filter(party__in=some).order_by().values_list("party", "shipment")
        ]
        counting = _among(shipments, {shipment for _, shipment in named})
        known = {party for party, shipment in named if shipment in counting}
    return [
        (PartyFacts(**party.facts()), party.pk, party.supplier_id)
        for some in parts_of(known)
        for party in DeclaredParty.objects.filter(pk__in=some)
    ]


def _suppliers(only: set[int] | None) -> Iterator[tuple[PartyFacts, int | None, int | None]]:
    """Every supplier of the office's record by each of its sites, else by its names: it may stand upstream."""
    for some in [None] if only is None else parts_of(only):
        with_sites: set[int] = set()
        sites, suppliers = Site.objects.all(), Supplier.objects.all()
        if some is not None:
            sites, suppliers = sites.filter(supplier__in=some), suppliers.filter(pk__in=some)
        for site in sites.iterator():
            with_sites.add(site.supplier_id)
            yield PartyFacts(**site.facts()), None, site.supplier_id
        for supplier in suppliers.iterator():
            if supplier.pk not in with_sites:
                yield PartyFacts(name=supplier.name, native_name=supplier.native_name), None, supplier.pk


def _of_sandboxes(found: Touched) -> tuple[set[int | None], set[int | None]]:
    """The parties and firms found that were declared in a sandbox: screened again like others, but nobody to name."""
    parties = (DeclaredParty.objects.filter(~_live("organization"), pk__in=some) for some in parts_of(found.party_ids))
    firms = (Supplier.objects.filter(is_sandbox=True, pk__in=some) for some in parts_of(found.supplier_ids))
    return (
        {pk for some in parties for pk in some.values_list("pk", flat=True)},
        {pk for some in firms for pk in some.values_list("pk", flat=True)},
    )


def _with_parties(parties: set[int], suppliers: set[int]) -> set[int]:
    """The shipments on which one of the parties stands, or in whose chain one of the suppliers does."""
    ids = exposure.shipments_with_goods_of(with_kin(suppliers))
    for some in parts_of(parties):
        parts = ShipmentParty.objects.filter(party__in=some)
        ids.update(parts.values_list("shipment", flat=True))
    return ids


def _live(organization: str) -> Q:
    return of_environment(sandbox=False, organization=organization)


def _as_shown(found: Touched) -> dict[str, Any]:
    """A preview as it is kept: counts of all, and lists to look at. Sandboxes are screened again, but not shown; what
    is stored only is not screened again."""
    shipments = found.shipment_ids - _among(Shipment.objects.stored_only(), found.shipment_ids)
    by_importer: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for some in parts_of(shipments):
        for shipment in Shipment.objects.filter(_live("owner"), pk__in=some).select_related("owner"):
            by_importer[shipment.owner.name].append({"id": shipment.pk, "label": shipment.label})
    cases = {
        case.pk: case.number
        for some in parts_of(shipments)
        for case in Case.objects.open().filter(_live("importer"), shipments__in=some)
    }
    suppliers = [
        pk
        for some in parts_of(sorted(found.supplier_ids))
        for pk in Supplier.objects.filter(pk__in=some, is_sandbox=False).order_by("pk").values_list("pk", flat=True)
    ]
    names = Supplier.objects.in_bulk(suppliers[:SHOWN])
    return {
        "counted_at": timezone.now().isoformat(),
        "party_count": len(found.named),
        "parties": found.parties,
        "supplier_count": len(suppliers),
        "suppliers": [{"id": pk, "name": supplier.name} for pk, supplier in names.items()],
        "case_count": len(cases),
        "cases": [{"id": pk, "number": number} for pk, number in sorted(cases.items())][:SHOWN],
        "shipment_count": sum(map(len, by_importer.values())),
        "importers": [
            {"name": name, "count": len(rows), "shipments": rows[:20]} for name, rows in sorted(by_importer.items())
        ],
    }


def shipments_touched(
    version_id: int, concerned: Concerned = suppliers_concerned, followed: exposure.Followed | None = None
) -> set[int]:
    """The shipments to screen again after a version was published; all of them where it is the first.

    ``concerned``: whom it concerns, where that was found already. ``followed``: what moved in the index, where it
    followed just this version: then only parties in words of their own are asked besides.
    """
    version = ListVersion.objects.get(pk=version_id)
    base = ListVersion.objects.before(version)
    if base is None:
        return set(Shipment.objects.values_list("pk", flat=True))
    stale = _say_the_list_is_old(version, base)
    if followed is None or (followed.before, followed.now) != (base.pk, version.pk):
        return _changed_by(version, base, concerned=concerned).shipment_ids | stale
    basis = Basis.in_use()
    new, old, changed = matcher_for(version, basis), matcher_for(base, basis), changed_keys(version, base)
    parties = _declared_by(with_kin(concerned(version, basis, base, basis)), but_at_their_sites=True)
    found = touched_by(new, old, changed, parties=parties, suppliers=set())
    stretches = Stretches.between([new, old], timezone.localdate())
    return found.shipment_ids | _below(followed, changed, stretches) | stale


def _below(followed: exposure.Followed, changed: frozenset[str], stretches: Stretches) -> set[int]:
    """The shipments screened for a day on which something moved at a firm in their chain, or on which the index says
    that it is one of the entities whose rows changed; and those of firms that were judged to be one or not."""
    shipments = open_or_recent(stretches.today)
    standing = _standing_on(followed.moved, changed, stretches)
    moved: dict[int, set[int]] = defaultdict(set)
    for one in followed.moved:
        for first, last in one.days:
            moved[one.supplier].update(stretches.numbers(date.fromordinal(first), date.fromordinal(last)))
    found: set[int] = set()
    if (downstream := followed.downstream) is None or any(map(stretches.is_announced, moved.values())):
        for firm, numbers in moved.items():  # what is announced is told on whatever was imported before
            standing[firm] |= numbers
    else:
        traced = shipments_traced_to(downstream.firms)
        found |= _among(shipments, downstream.shipments | traced)
    for on, shipments_with in ((moved, shipments_of), (standing, exposure.shipments_with_goods_of)):
        for stretch_numbers, firms in _alike(on):
            found.update(stretches.among(shipments, shipments_with(with_kin(firms)), stretch_numbers))
            found |= _by_new_ways(firms, stretch_numbers, stretches, shipments)
    return found


def _standing_on(
    moved: Iterable[exposure.Moved], changed: frozenset[str], stretches: Stretches
) -> dict[int, set[int]]:
    """The firms that are said to be one of these entities as they were before, or judged to be it or not, and the
    stretches of days of that."""
    new = defaultdict[tuple[int, int, str], list[tuple[int, int]]](list)
    for one in moved:
        if one.is_new:
            new[one.supplier, one.ground.number, one.listed_key] += one.days
    found: dict[int, set[int]] = defaultdict(set)
    for row in IndexedGround.objects.filter(listed_key__in=changed, supplier__gt=0):
        others = new[row.supplier, row.ground, row.listed_key]
        for first, last in exposure.days_without([(row.first, row.last)], others):
            found[row.supplier].update(stretches.numbers(date.fromordinal(first), date.fromordinal(last)))
    for supplier in exposure.judged_on(changed):
        found[supplier].update(stretches.numbers(date.min, date.max))
    return found


def _alike(on: Mapping[int, Collection[int]]) -> Iterable[tuple[frozenset[int], set[int]]]:
    """The firms with the same stretches of days together."""
    found: dict[frozenset[int], set[int]] = defaultdict(set)
    for firm, numbers in on.items():
        found[frozenset(numbers)].add(firm)
    return found.items()


def _changed_by(
    version: ListVersion,
    base: ListVersion | None,
    report: Callable[[int, int], object] | None = None,
    *,
    concerned: Concerned = suppliers_concerned,
) -> Touched:
    """What a version answers differently from the one before; only those are asked whom what differs can concern."""
    basis = Basis.in_use()
    new, old = matcher_for(version, basis), matcher_for(base, basis) if base else None
    if base is None or not exposure.is_built():
        return touched_by(new, old, changed_keys(version, base), report=report)
    suppliers = with_kin(concerned(version, basis, base, basis))
    parties = _declared_by(suppliers)
    return touched_by(new, old, changed_keys(version, base), parties=parties, suppliers=suppliers, report=report)


def _declared_by(suppliers: set[int], *, but_at_their_sites: bool = False) -> set[int]:
    """The declared parties taken for these suppliers, and those taken for none; of the former those alone, if so
    asked, that are declared in other words than those of a site on record."""
    found = set(DeclaredParty.objects.filter(supplier=None).values_list("pk", flat=True))
    own = Site.objects.filter(supplier=OuterRef("supplier"), fingerprint=OuterRef("fingerprint"))
    for some in parts_of(suppliers):
        rows = DeclaredParty.objects.filter(supplier__in=some)
        rows = rows.filter(~Exists(own)) if but_at_their_sites else rows
        found.update(rows.values_list("pk", flat=True))
    return found


def _say_the_list_is_old(version: ListVersion, base: ListVersion | None) -> set[int]:
    """The shipments that say of themselves that they were screened with an old list, where this one is newer."""
    if base is None or version.retrieved_on <= base.retrieved_on:
        return set()
    old = Finding.objects.current().filter(rule=STALE_LIST, list_version__register=version.register)
    return _among(open_or_recent(timezone.localdate()), old.values_list("screening__shipment", flat=True))


def shipments_touched_by_thresholds(pk: int) -> set[int]:
    """The shipments to screen again after thresholds were put in use."""
    adopted = ThresholdSet.objects.get(pk=pk)
    earlier = ThresholdSet.objects.filter(state=ThresholdSet.State.ADOPTED, settled_at__lt=adopted.settled_at)
    before = earlier.order_by("settled_at", "pk").last()
    names = office_names.last_statement()
    return _moved(Basis(before.pk if before else None, names), Basis(pk, names)).shipment_ids


def shipments_touched_by_name(statement: int) -> set[int]:
    """The shipments to screen again after the office stated something of a name of a listed entity."""
    entity = NameStatement.objects.select_related("entity").get(pk=statement).entity
    version = ListVersion.objects.current(entity.register)
    thresholds = Basis.in_use().thresholds
    old, new = (matcher_for(version, Basis(thresholds, up_to)) for up_to in (statement - 1, statement))
    # Judgements on the entity lapse, so what bears on it is screened again even where the answer is the same.
    return touched_by(new, old, frozenset([entity.key]), asked=_like(entity.key, old, new)).shipment_ids


def shipments_touched_by_detention(pk: int) -> set[int]:
    """The shipments to screen again after a detention went on record, or its day was corrected: like goods that came
    to the same importer by a new way since."""
    detention = Detention.objects.select_related("shipment").get(pk=pk)
    return _among(open_or_recent(timezone.localdate()), came_by_new_ways_since_detained(detention))


def _like(key: str, *matchers: Matcher) -> Callable[[PartyFacts], bool]:
    """Whether a party has to do with one entity on any day, by any of its names: quickly told, without the others.

    That a word of a new name lets the name of another firm be read otherwise is so left to its next screening.
    """
    listed = [matcher.parties[key] for matcher in matchers if key in matcher.parties]
    alone = [matcher_of([one.timeless()]).at(matchers[0].thresholds) for one in listed]
    return lambda facts: any(_said(facts, matcher, date.max) for matcher in alone)


def _moved(before: Basis, after: Basis, report: Callable[[int, int], object] | None = None) -> Touched:
    """What the lists in use answer differently on another basis."""
    found = Touched()
    for register in ListVersion.Register.values:
        version = ListVersion.objects.published().filter(register=register).order_by("published_at", "pk").last()
        if version is not None:
            one = touched_by(matcher_for(version, after), matcher_for(version, before), report=report)
            for party in one.parties:
                found.add(**party)
            found.named |= one.named
            found.party_ids |= one.party_ids
            found.supplier_ids |= one.supplier_ids
            found.shipment_ids |= one.shipment_ids
    return found
