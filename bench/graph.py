"""Measures the exposure index on a made supplier network of any size: building it, asking it, following a listing.

Run as ``make bench-graph`` or ``python -m bench.graph --suppliers 1000000``. The network is seeded and power-law: few
suppliers have very many customers. Into it chains are planted whose end is known to be in Xinjiang or listed, so that
what is found can be counted. Works in a database of its own, made for the run and removed after it.
"""

import argparse
import json
import os
import random
import resource
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test.utils import setup_databases, teardown_databases

from bench import __main__ as bench  # sets the application up
from entities.services import jobs
from entities.services.lists import load_reference_lists
from screening.domain.goods import GoodsKind
from screening.domain.tracing import Grade, Link
from screening.models import Exposure, IndexedGround, IndexedLink, IndexedPair
from screening.reference import commodity_stages
from screening.services import exposure
from screening.services.exposure.building import lock_state, spread_afresh, write_pairs
from screening.services.exposure.grounds import Grounds
from screening.services.exposure.numbers import Ground, days_of, kind_number
from screening.services.exposure.spreading import prepare, spread

ON = date(2026, 9, 1)
LISTED_FROM = date(2026, 8, 1)
LISTED, IN_XINJIANG = Ground("LISTED_ENTITY", True).number, Ground("XJ_SITE", True).number
COMMODITIES = ("cotton", "polysilicon", "aluminum", "steel", "copper", "tomatoes", "pvc", "batteries", "tires")
BATCH = 20_000


class Network:
    """Suppliers by number, each at a stage of a commodity chain, and the links between them."""

    def __init__(self, suppliers: int, links: int, planted: int, seed: int) -> None:
        self.random = random.Random(seed)
        self.suppliers, self.links = suppliers, links
        self.stages = [
            (commodity, stage.number) for commodity in COMMODITIES for stage in commodity_stages()[commodity]
        ]
        self.by_stage: dict[tuple[str, int], list[int]] = {stage: [] for stage in self.stages}
        self.stage_of: list[tuple[str, int]] = [("", 0)]
        for number in range(1, suppliers + 1):
            stage = self.random.choice(self.stages)
            self.stage_of.append(stage)
            self.by_stage[stage].append(number)
        self.later = {  # the stages that take in what a stage puts out
            (commodity, stage): [one for one in self.stages if one[0] == commodity and one[1] in (stage, stage + 1)]
            for commodity, stage in self.stages
        }
        self.kinds = {stage: kind_number(GoodsKind(*stage)) for stage in self.stages}
        self.planted = [self._chain() for _ in range(planted)]

    def _often(self, among: list[int]) -> int:
        """One of them, the first far more often than the last."""
        return among[int(len(among) * self.random.random() ** 3)]

    def _chain(self) -> list[int]:
        """Suppliers of one commodity from an early stage to the last, three to eight of them."""
        commodity = self.random.choice(COMMODITIES)
        last = max(stage.number for stage in commodity_stages()[commodity])
        length = self.random.randint(3, 8)
        stages = sorted(self.random.choice(range(1, last + 1)) for _ in range(length - 1)) + [last]
        chain: list[int] = []
        for stage in stages:
            among = self.by_stage[commodity, stage]
            chain.append(self.random.choice([one for one in among if one not in chain]))
        return chain

    def grounds(self) -> dict[int, int]:
        """Who is in Xinjiang or listed: the beginnings of the planted chains, and one in two thousand others."""
        found = {chain[0]: self.random.choice([LISTED, IN_XINJIANG]) for chain in self.planted}
        for _ in range(self.suppliers // 2000):
            found.setdefault(self.random.randint(1, self.suppliers), IN_XINJIANG)
        return found

    def every_link(self) -> Iterator[tuple[int, int, int, bool, int, int]]:
        """Supplier, customer, kind, whether sure, first and last day."""
        for chain in self.planted:
            for supplier, customer in zip(chain, chain[1:], strict=False):
                yield self._link(supplier, customer, planted=True)
        for _ in range(self.links - sum(len(chain) - 1 for chain in self.planted)):
            supplier = self.random.randint(1, self.suppliers)
            commodity, stage = self.stage_of[supplier]
            if self.random.random() < 0.2:  # the next stages of the same chain
                customer = self._often(self.by_stage[self.random.choice(self.later[commodity, stage])])
            else:  # anything to anybody: office paper, machines, spare parts
                customer = self._often(self.by_stage[self.random.choice(self.stages)])
            if customer != supplier:
                yield self._link(supplier, customer)

    def _link(self, supplier: int, customer: int, *, planted: bool = False) -> tuple[int, int, int, bool, int, int]:
        says_what = planted or self.random.random() < 0.98
        kind = self.kinds[self.stage_of[supplier]] if says_what else 0
        start = date(2020, 1, 1) + timedelta(days=self.random.randrange(365) * 6)
        ended = not planted and self.random.random() < 0.2
        link = Link(
            key=0,
            supplier=supplier,
            customer=customer,
            valid_from=None if not planted and self.random.random() < 0.1 else start,
            valid_to=start + timedelta(days=180) if ended else None,
            is_disputed=not planted and self.random.random() < 0.01,
        )
        return supplier, customer, kind, *days_of(link)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.graph", description=__doc__.splitlines()[0])
    parser.add_argument("--suppliers", type=int, default=10_000)
    parser.add_argument("--links", type=int, help="five to a supplier unless said")
    parser.add_argument("--planted", type=int, help="one to a thousand suppliers unless said")
    parser.add_argument("--questions", type=int, default=3000)
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
            found = measure(
                Network(
                    wanted.suppliers,
                    wanted.links or 5 * wanted.suppliers,
                    wanted.planted or max(20, wanted.suppliers // 1000),
                    wanted.seed,
                ),
                wanted.questions,
            )
        finally:
            teardown_databases(databases, verbosity=0)
    found = {"machine": bench.machine(), "database": connection.vendor, "seed": wanted.seed, **found}
    bench.RESULTS.mkdir(exist_ok=True)
    path = bench.RESULTS / f"graph-{connection.vendor}-{wanted.suppliers}.json"
    path.write_text(json.dumps(found, indent=2))
    for key, value in found.items():
        print(f"{key:38} {value}")
    print(f"\nwritten to {path.relative_to(bench.ROOT)}")


def measure(network: Network, questions: int) -> dict[str, Any]:
    """The figures, in the order in which they are taken."""
    grounds = network.grounds()
    storing = bench.timed(lambda: _store(network, grounds))
    with transaction.atomic():
        fresh = Grounds.in_use()
        building = bench.timed(lambda: spread_afresh(lock_state(), fresh))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    answers, plain, seconds, walking = _ask(network, questions)
    planted = [_is_found(chain) for chain in network.planted]
    followed = _follow_a_listing(network)
    cut = quantiles(seconds, n=100)
    way = quantiles(walking, n=100) if len(walking) > 1 else [0.0] * 99
    return {
        "suppliers": network.suppliers,
        "links": IndexedLink.objects.count(),
        "suppliers with a ground": len(grounds),
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
        **followed,
        "peak memory of this process, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _store(network: Network, grounds: dict[int, int]) -> None:
    """The network straight into the index, as links and suppliers would stand there once read."""
    for model in (Exposure, IndexedGround, IndexedLink, IndexedPair):
        model.objects.all().delete()
    write_pairs()
    _copy(
        "screening_indexedlink",
        ("link", "supplier", "customer", "kind", "is_sure", "first", "last"),
        ((number, *row) for number, row in enumerate(network.every_link(), 1)),
    )
    since, last = date(2022, 6, 21).toordinal(), date.max.toordinal()
    IndexedGround.objects.bulk_create(
        [IndexedGround(supplier=pk, ground=ground, first=since, last=last) for pk, ground in grounds.items()],
        batch_size=BATCH,
    )


def _copy(table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    marks = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            from io import StringIO  # noqa: PLC0415

            text = StringIO()
            for count, row in enumerate(rows, 1):
                text.write("\t".join(str(value) for value in row) + "\n")
                if count % BATCH == 0:
                    text.seek(0)
                    cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", text)
                    text = StringIO()
            text.seek(0)
            cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", text)
            return
        waiting: list[tuple[Any, ...]] = []
        for row in rows:
            waiting.append(row)
            if len(waiting) == BATCH:
                cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", waiting)
                waiting = []
        cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", waiting)


def _ask(network: Network, questions: int) -> tuple[dict[Grade, int], float, list[float], list[float]]:
    """The verdict of articles of random makers of finished goods; beside it what plain reachability would flag."""
    answers = {Grade.DIRECT: 0, Grade.RELEVANT: 0, Grade.POSSIBLE: 0}
    seconds, walking, makers = [], [], []
    last = [stage for stage in network.stages if (stage[0], stage[1] + 1) not in network.by_stage]
    for _ in range(questions):
        maker = network.random.choice(network.by_stage[network.random.choice(last)])
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
    for supplier, customer in IndexedLink.objects.values_list("supplier", "customer").iterator(chunk_size=BATCH):
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


def _follow_a_listing(network: Network) -> dict[str, Any]:
    """Fourteen suppliers are listed, then two links of each are withdrawn: how long until the index says so."""
    listed = [network.random.randint(1, network.suppliers) for _ in range(14)]
    first, last = LISTED_FROM.toordinal(), date.max.toordinal()

    def follow() -> int:
        IndexedGround.objects.bulk_create(
            IndexedGround(supplier=pk, ground=LISTED, first=first, last=last) for pk in listed
        )
        prepare(asked=listed)
        return spread()

    changed: list[int] = []
    cold = bench.timed(lambda: changed.append(follow()))

    def take_back() -> None:
        IndexedGround.objects.filter(supplier__in=listed, first=first).delete()
        prepare(lost=listed)
        changed.append(spread())

    back = bench.timed(take_back)
    warm = bench.timed(lambda: changed.append(follow()))
    return {
        "seconds to follow 14 new listings": round(cold, 2),
        "seconds to take them back": round(back, 2),
        "seconds to follow them again": round(warm, 2),
        "exposures changed by them": changed[0],
    }


if __name__ == "__main__":
    main()
