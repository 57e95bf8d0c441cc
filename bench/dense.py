"""Measures a screening run over a dense made network: every shipment has hundreds of suppliers and ways upstream.

Run as ``make bench-dense`` or ``python -m bench.dense``. The network is seeded: suppliers of several commodity chains,
links in all directions with goods known and unknown, dated and undated, disputed, and rounds; some suppliers are
listed or in Xinjiang. Works in a database of its own, made for the run and removed after it.
"""

import argparse
import cProfile
import json
import os
import pstats
import random
import resource
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases

from bench import __main__ as bench  # sets the application up
from bench import material
from entities.domain.facts import PartyFacts
from entities.models import DeclaredParty, Organization, Site, Supplier, SupplyLink
from entities.services import jobs
from entities.services.lists import load_reference_lists
from screening.models import Finding, Screening, Shipment, ShipmentLine, ShipmentParty
from screening.reference import commodity_stages
from screening.services.runs import screen_shipments

COMMODITIES = ("cotton", "polysilicon", "aluminum", "pvc", "steel")
CODES = (
    ("6109100012",),
    ("5205110000",),
    ("8541430010",),
    ("7604210000",),
    ("3904100000",),
    ("9606200000",),
    ("6109100012", "9606200000"),
)
FLAGGED = (
    PartyFacts(name="Hoshine Silicon Industry (Shanshan) Co., Ltd", country="CN"),
    PartyFacts(name="Changji Esquel Textile Co. Ltd.", country="CN"),
    PartyFacts(name="Plain Mill", address="12 Yingbin Road, Aksu", city="Aksu", province="Xinjiang", country="CN"),
)
FIRST = date(2023, 1, 1)


class Network:
    """A made network in the database, and shipments of its suppliers; the same for the same seed."""

    def __init__(self, *, suppliers: int, links: int, shipments: int, seed: int) -> None:
        self.dice = random.Random(seed)
        self.owner = Organization.objects.create(name=f"Dense Imports {seed}", kind=Organization.Kind.IMPORTER)
        self.suppliers = self._suppliers(suppliers, seed)
        self._links(links)
        self.shipments = self._shipments(shipments)

    def _day(self, among: int) -> date:
        return FIRST + timedelta(days=self.dice.randrange(among))

    def _suppliers(self, count: int, seed: int) -> list[Supplier]:
        facts = [
            self.dice.choice(FLAGGED) if self.dice.random() < 0.04 else one
            for one in material.parties(count, seed=1_000_000 + seed * count)
        ]
        rows = Supplier.objects.bulk_create(
            Supplier(
                name=one.name,
                country=one.country,
                identity=f"dense-{seed}-{number}",
                is_aggregate=self.dice.random() < 0.02,
            )
            for number, one in enumerate(facts)
        )
        Site.objects.bulk_create(
            Site(supplier=row, fingerprint=f"{row.pk}", **{k: v for k, v in vars_of(one).items() if v})
            for row, one in zip(rows, facts, strict=True)
        )
        self.facts = facts
        return rows

    def _goods(self) -> dict[str, str]:
        roll = self.dice.random()
        if roll < 0.06:
            return {"goods": self.dice.choice(["", "mixed goods"])}
        if roll < 0.1:
            return {"hts_prefix": self.dice.choice(["9606", "9403", "5205"])}
        commodity = self.dice.choice(COMMODITIES)
        stage = self.dice.choice(commodity_stages()[commodity]).name
        return {"commodity": commodity, "stage": stage, "goods": f"goods of a {stage}"[:200]}

    def _links(self, count: int) -> None:
        rows = []
        for _ in range(count):
            supplier, customer = self.dice.sample(self.suppliers, 2)
            start = self._day(1000) if self.dice.random() < 0.9 else None
            ends = start is not None and self.dice.random() < 0.3
            rows.append(
                SupplyLink(
                    supplier=supplier,
                    customer=customer,
                    **self._goods(),
                    valid_from=start,
                    valid_to=start + timedelta(days=self.dice.randrange(700)) if start and ends else None,
                    is_disputed=self.dice.random() < 0.02,
                    origin="Aksu, Xinjiang" if self.dice.random() < 0.002 else "",
                    source="poverty alleviation through labour transfer" if self.dice.random() < 0.001 else "",
                )
            )
        SupplyLink.objects.bulk_create(rows, batch_size=1000)

    def _shipments(self, count: int) -> list[int]:
        parties: dict[int, DeclaredParty] = {}
        shipments = []
        for number in range(count):
            shipment = Shipment.objects.create(
                owner=self.owner, reference=f"D-{number}", imported_on=FIRST + timedelta(days=900 + number)
            )
            lines = [
                ShipmentLine.objects.create(
                    shipment=shipment,
                    number=line,
                    description=f"Article {line}",
                    hts_codes=list(codes),
                    hts6=codes[0][:6],
                    origin_country="VN",
                )
                for line in range(1, self.dice.choice([1, 1, 2]) + 1)
                for codes in [self.dice.choice(CODES)]
            ]
            for _ in range(self.dice.choice([1, 1, 2])):
                maker = self.dice.randrange(len(self.suppliers))
                if maker not in parties:
                    parties[maker] = DeclaredParty.objects.create(
                        organization=self.owner,
                        supplier=self.suppliers[maker],
                        fingerprint=f"dense-{maker}",
                        **vars_of(self.facts[maker]),
                    )
                ShipmentParty.objects.create(
                    shipment=shipment,
                    party=parties[maker],
                    role="manufacturer",
                    line=self.dice.choice([None, None, lines[0]]),
                )
            shipments.append(shipment.pk)
        return shipments


def vars_of(facts: PartyFacts) -> dict[str, str]:
    return {name: getattr(facts, name) for name in bench.PARTY_FIELDS}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.dense", description=__doc__.splitlines()[0])
    parser.add_argument("--suppliers", type=int, default=400)
    parser.add_argument("--links", type=int, default=5600)
    parser.add_argument("--shipments", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20_220_621)
    parser.add_argument("--profile", action="store_true", help="say where the time goes")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        settings.DATABASES["default"]["TEST"]["NAME"] = (
            str(Path(name) / "dense.sqlite3") if connection.vendor == "sqlite" else f"dense_{os.getpid()}"
        )
        databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
        try:
            load_reference_lists()
            jobs.work_off()
            network = Network(
                suppliers=wanted.suppliers, links=wanted.links, shipments=wanted.shipments, seed=wanted.seed
            )
            found = measure(network, profile=wanted.profile)
        finally:
            teardown_databases(databases, verbosity=0)
    found = {"machine": bench.machine(), "database": connection.vendor, **vars(wanted), **found}
    bench.RESULTS.mkdir(exist_ok=True)
    path = bench.RESULTS / f"dense-{connection.vendor}.json"
    path.write_text(json.dumps(found, indent=2))
    for key, value in found.items():
        print(f"{key:38} {value}")
    print(f"\nwritten to {path.relative_to(bench.ROOT)}")


def measure(network: Network, *, profile: bool) -> dict[str, Any]:
    """One run over all shipments, from the database to findings and cases on record."""
    screen_shipments(network.shipments[:1], trigger="warming up")
    watch = cProfile.Profile()
    with CaptureQueriesContext(connection) as queries:
        started = time.process_time()
        if profile:
            watch.enable()
        screen_shipments(network.shipments, trigger="dense")
        watch.disable()
        seconds = time.process_time() - started
    if profile:
        pstats.Stats(watch).sort_stats("tottime").print_stats(35)
    screenings = Screening.objects.filter(shipment__in=network.shipments)
    upstream = [len(one.facts["upstream"]) for one in screenings]
    return {
        "seconds of one core": round(seconds, 2),
        "ms a shipment": round(seconds * 1000 / len(network.shipments), 1),
        "queries": len(queries),
        "suppliers upstream of a shipment": round(sum(upstream) / len(upstream)),
        "findings": Finding.objects.filter(screening__in=screenings).count(),
        "peak memory of this process, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    main()
