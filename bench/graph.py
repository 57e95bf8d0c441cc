"""Measures the exposure index on a made network of any size: building it, asking it, following a change of the list.

Run as ``make bench-graph`` or ``python -m bench.graph --suppliers 1000000``. The network is seeded and power-law: few
suppliers have very many customers. Into it chains are planted whose end is known to be in Xinjiang or listed, so that
what is found can be counted. Links and grounds go straight into the index, as a rebuild would put them there. Works in
a database of its own, made for the run and removed after it.
"""

import argparse
import json
import os
import resource
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import quantiles
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test.utils import setup_databases, teardown_databases

from bench import __main__ as bench  # sets the application up
from bench import following
from bench.network import Network
from entities.models import Job, SupplyLink
from entities.parts import parts_of
from entities.services import jobs
from entities.services.lists import load_reference_lists
from screening.domain.goods import CanBe, GoodsKind
from screening.domain.tracing import MAX_STEPS, Grade
from screening.models import (
    Exposure,
    Finding,
    Foreseen,
    IndexedGround,
    IndexedLink,
    IndexedName,
    IndexedWord,
    Rescreened,
    Rescreening,
    Shipment,
    ShipmentLine,
    ShipmentParty,
)
from screening.reference import article_kinds, inputs
from screening.services import exposure
from screening.services.exposure.building import lock_state, spread_afresh
from screening.services.exposure.grounds import Grounds
from screening.services.network import link_of
from screening.services.reach import shipments_of
from screening.services.record import came_by_new_ways

ON = date(2026, 9, 1)
LISTINGS = 14
IN_A_JOB = 25
LINKS_READ_AT_ONCE = 20_000
SAMPLE = 200  # shipments followed up that the index is asked of


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.graph", description=__doc__.splitlines()[0])
    parser.add_argument("--suppliers", type=int, default=10_000)
    parser.add_argument("--links", type=int, help="five to a supplier unless said")
    parser.add_argument("--shipments", type=int, help="two to a supplier unless said")
    parser.add_argument("--planted", type=int, help="one to a thousand suppliers unless said")
    parser.add_argument("--questions", type=int, default=3000)
    parser.add_argument("--screened", type=int, default=0, help="shipments to screen in full, at most")
    parser.add_argument("--seed", type=int, default=20_220_621)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        settings.DATABASES["default"]["TEST"]["NAME"] = (
            str(Path(name) / "graph.sqlite3") if connection.vendor == "sqlite" else f"graph_{os.getpid()}"
        )
        databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
        try:
            load_reference_lists()
            jobs.work_off()
            network = Network(
                wanted.suppliers,
                wanted.links or 5 * wanted.suppliers,
                wanted.planted or max(20, wanted.suppliers // 1000),
                wanted.seed,
            )
            found = measure(network, wanted.shipments or 2 * wanted.suppliers, wanted.questions)
            found |= rescreen(network, wanted.screened, Path(name))
        finally:
            teardown_databases(databases, verbosity=0)
    found = {"machine": bench.machine(), "database": connection.vendor, "seed": wanted.seed, **found}
    found["peak memory of this process, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    bench.RESULTS.mkdir(exist_ok=True)
    path = bench.RESULTS / f"graph-{connection.vendor}-{wanted.suppliers}.json"
    path.write_text(json.dumps(found, indent=2))
    for key, value in found.items():
        print(f"{key:58} {value}")
    print(f"\nwritten to {path.relative_to(bench.ROOT)}")


def measure(network: Network, shipments: int, questions: int) -> dict[str, Any]:
    """The index and its answers."""
    storing = bench.timed(lambda: network.store(shipments))
    with transaction.atomic():
        fresh = Grounds.in_use()
        building = bench.timed(lambda: spread_afresh(lock_state(), fresh))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    answers, plain, seconds, walking = _ask(network, questions)
    planted = [_is_found(chain) for chain in network.planted]
    cut = quantiles(seconds, n=100)
    way = quantiles(walking, n=100) if len(walking) > 1 else [0.0] * 99
    return {
        "suppliers": network.suppliers,
        "links": IndexedLink.objects.count(),
        "shipments": shipments,
        "suppliers with a ground": IndexedGround.objects.values("supplier").distinct().count(),
        "keys of names": IndexedName.objects.count(),
        "different words of names": IndexedWord.objects.count(),
        "exposures": Exposure.objects.count(),
        "seconds to store the network": round(storing, 1),
        "seconds to build the index": round(building, 1),
        "verdict p50 ms": round(cut[49] * 1000, 3),
        "verdict p99 ms": round(cut[98] * 1000, 3),
        "way p50 ms": round(way[49] * 1000, 3),
        "way p99 ms": round(way[98] * 1000, 3),
        "flagged by plain reachability": round(plain, 4),
        "flagged, presumption (relevant)": round(answers[Grade.RELEVANT] / questions, 4),
        "flagged, question (possible)": round(answers[Grade.POSSIBLE] / questions, 4),
        "planted chains found relevant": round(sum(planted) / len(planted), 4),
    }


def rescreen(network: Network, at_most: int, folder: Path) -> dict[str, Any]:
    """Fourteen Chinese suppliers come on the list, then fourteen others: followed by a process that has just begun.

    So many shipments below them are screened in full before, half of them by one worker and half by two, and again
    after: in a large network each such screening reads all that is upstream.
    """
    chosen = network.random.sample(network.in_china, 2 * LISTINGS)
    several = [chosen[:LISTINGS], chosen[LISTINGS:]]
    below = sorted(exposure.shipments_with_goods_of(pk for firms in several for pk in firms))
    network.random.shuffle(below)
    found: dict[str, Any] = {"shipments goods of 28 suppliers may have gone into": len(below)}
    half = min(at_most, len(below)) // 2
    for workers, some in ((1, below[:half]), (2, below[half : 2 * half])) if half else ():
        for start in range(0, len(some), IN_A_JOB):
            jobs.enqueue("screen", {"shipments": some[start : start + IN_A_JOB], "trigger": "bench"})
        seconds, computed = following.worked_off(workers, folder)
        found[f"shipments screened in full per second, workers: {workers}"] = round(len(some) / seconds, 2)
        found[f"processor seconds for each of them, workers: {workers}"] = round(computed / len(some), 3)
        found[f"processes that wanted a core meanwhile, workers: {workers}"] = bench.load()
    said = following.in_a_new_process(several)
    for which, one in zip(("cold", "warm"), said["follow"], strict=True):
        found[f"seconds to follow {LISTINGS} new listings, {which}"] = round(one["seconds"], 2)
        found[f"seconds of them this process computed, {which}"] = round(one["computed"], 2)
        found[f"shipments to screen again, {which}"] = len(one["shipments"])
        found[f"statements foreseen of them, {which}"] = one["foreseen"]
    found["processes that wanted a core meanwhile"] = bench.load()
    found["seconds of the whole process that followed"] = round(said["seconds"], 2)
    found["peak memory of the process that followed, MB"] = said["memory"]
    found["peak memory of the server behind it, MB"] = said["server memory"]
    found |= _checked([pk for firms in several for pk in firms], said["follow"])
    if not half:
        return found
    found["seconds to screen again what was screened before, workers: 2"] = _screen_again(folder)
    passes = Rescreening.objects.order_by("pk")
    rows = Rescreened.objects.filter(rescreening__in=passes)
    found["shipments noted in the passes"] = rows.count()
    found["of them changed"] = rows.filter(is_changed=True).count()
    foreseen = Foreseen.objects.filter(rescreening__in=passes)
    found["of what was foreseen, settled by these screenings"] = foreseen.settled().count()
    found["of what was settled, borne out"] = foreseen.borne_out().count()
    found["findings they were stored with"] = Finding.objects.filter(screening__run__rescreening__in=passes).count()
    return found


def _ask(network: Network, questions: int) -> tuple[dict[Grade, int], float, list[float], list[float]]:
    """The verdict of articles of random makers of finished goods; beside it what plain reachability would flag."""
    answers = {Grade.DIRECT: 0, Grade.RELEVANT: 0, Grade.POSSIBLE: 0}
    seconds, walking, makers = [], [], []
    for _ in range(questions):
        maker = network.random.choice(network.by_stage[network.random.choice(network.makers)])
        makers.append(maker)
        article = frozenset({GoodsKind(*network.stage_of[maker])})
        started = time.perf_counter()
        found = exposure.exposed_at([maker], article, ON)
        seconds.append(time.perf_counter() - started)
        if found:
            answers[found[0].grade] += 1
            started = time.perf_counter()
            exposure.way_to(found[0], ON)
            walking.append(time.perf_counter() - started)
    return answers, _reached(network, makers), seconds, walking


def _reached(network: Network, makers: list[int]) -> float:
    """The share of makers that any chain of links whatever leads to from a supplier with a ground."""
    customers: dict[int, list[int]] = {}
    for supplier, customer in IndexedLink.objects.values_list("supplier", "customer").iterator(
        chunk_size=LINKS_READ_AT_ONCE
    ):
        customers.setdefault(supplier, []).append(customer)
    reached = set(IndexedGround.objects.values_list("supplier", flat=True))
    step = list(reached)
    while step:
        step = [one for pk in step for one in customers.get(pk, ()) if one not in reached and not reached.add(one)]
    return sum(maker in reached for maker in makers) / len(makers)


def _is_found(chain: list[int]) -> bool:
    """The planted chain, or one as good, is found relevant from its end."""
    rows = Exposure.objects.filter(supplier=chain[-1], is_relevant=True, first__lte=ON.toordinal())
    return rows.filter(last__gte=ON.toordinal(), steps__lte=len(chain) - 1).exists()


def _screen_again(folder: Path) -> float:
    """Work off the jobs of the passes, those alone that look again at what was screened before."""
    Job.objects.filter(kind="screen", state=Job.State.QUEUED).exclude(payload__has_key="rescreening").delete()
    return round(following.worked_off(2, folder)[0], 2)


def _checked(listed: list[int], passes: list[dict[str, Any]]) -> dict[str, Any]:
    """A plain search down the links of the record, a step at a time, beside the shipments followed up: those imported
    since the firms are listed, with an article that goods of these can have gone into."""
    step: set[tuple[int, GoodsKind | None]] = {(pk, None) for pk in listed}
    seen = set[tuple[int, GoodsKind | None]]()
    for number in range(1, MAX_STEPS):
        following_step = set()
        kinds: dict[int, set[GoodsKind | None]] = {}
        for supplier, kind in step:
            kinds.setdefault(supplier, set()).add(kind)
        for some in parts_of(kinds):
            for row in SupplyLink.objects.filter(supplier__in=some, withdrawn_at=None).select_related("supplier"):
                link = link_of(row)
                for kind in kinds[row.supplier_id]:
                    if number == 1 or None in (kind, link.kind) or inputs().can_be(kind, link.kind) != CanBe.NO:
                        following_step.add((row.customer_id, link.kind or kind))
        step = following_step - seen
        seen |= step
    arriving: dict[int, set[GoodsKind | None]] = {}
    for supplier, kind in seen:
        arriving.setdefault(supplier, set()).add(kind)
    plain = shipments_of(listed)
    for some in parts_of(arriving):
        parts = ShipmentParty.objects.filter(party__supplier__in=some)
        for shipment, supplier, codes in parts.values_list(
            "shipment", "party__supplier", "shipment__lines__hts_codes"
        ):
            article = article_kinds(tuple(codes))
            if any(kind is None or inputs().can_be_any(kind, article) != CanBe.NO for kind in arriving[supplier]):
                plain.add(shipment)
    of_its_days = Shipment.objects.filter(imported_on__gte=following.LISTED_FROM).values_list("pk", flat=True)
    plain &= {pk for some in parts_of(plain) for pk in of_its_days.filter(pk__in=some)}
    followed = {pk for one in passes for pk in one["shipments"]}
    by_new_ways = (came_by_new_ways(listed, following.LISTED_FROM, following.LISTED_FROM) & followed) - plain
    followed -= by_new_ways
    sample = sorted(followed)[:: max(1, len(followed) // SAMPLE)]
    exposed = sum(map(_is_exposed, sample))
    return {
        "shipments a plain search finds goods of those listed in": len(plain),
        "of them not followed up": len(plain - followed),
        "followed up without being among them": len(followed - plain),
        "followed up besides, as they came by a new way since": len(by_new_ways),
        "share of those followed up exposed to the list by the index": round(exposed / max(1, len(sample)), 4),
    }


def _is_exposed(shipment: int) -> bool:
    """The index says that the goods of a shipment come from, or may come from, a listed entity."""
    line = ShipmentLine.objects.select_related("shipment").get(shipment=shipment)
    makers = ShipmentParty.objects.filter(shipment=shipment).values_list("party__supplier", flat=True)
    found = exposure.exposed_at(list(makers), article_kinds(tuple(line.hts_codes)), line.shipment.imported_on)
    return any(one.ground.rule == "LISTED_ENTITY" for one in found)


if __name__ == "__main__":
    main()
