"""A made network of suppliers, links and shipments, seeded and power-law, with planted chains; and its way into the
database: straight, as many rows at once as it takes, both into the record and into the index."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from entities.domain.matching import ENGINE_VERSION
from entities.domain.names.syllables import SYLLABLES
from entities.many_rows import write_table
from entities.models import Listing, ListVersion, Organization, Site
from screening.domain.tracing import Link
from screening.models import (
    Exposure,
    IndexedGround,
    IndexedLink,
    IndexedPair,
    ScreeningRun,
)
from screening.reference import commodity_stages, goods_kind
from screening.services.exposure import names
from screening.services.exposure.building import write_pairs
from screening.services.exposure.grounds import Grounds
from screening.services.exposure.numbers import days_of, kind_number

ARTICLES = {  # a finished article of each chain
    "cotton": "6109100012",
    "polysilicon": "8541430010",
    "aluminum": "7604210000",
    "steel": "7318150000",
    "copper": "7408110000",
    "tomatoes": "2002100000",
    "pvc": "3904100000",
    "batteries": "8507600000",
    "tires": "4011101010",
}
COMMODITIES = tuple(ARTICLES)
TOWNS = (
    *("Shaoxing", "Ningbo", "Dongguan", "Suzhou", "Qingdao", "Wuxi", "Foshan", "Xiamen", "Jinan", "Hefei"),
    *("Hai Phong", "Chittagong", "Tiruppur", "Izmir", "Surat", "Penang", "Karachi", "Bursa", "Cebu", "Lodz"),
)
TRADES = (
    *("Textile", "Garment", "Knitting", "Electronics", "Solar", "Foods", "Chemical", "Plastics", "Furniture"),
    *("Hardware", "Shoes", "Toys", "Metal", "Rubber", "Paper", "Machinery", "Glass", "Packaging"),
)
SHIPMENTS_OF_AN_IMPORTER = 500
FIRST_DAY, DAYS = date(2025, 10, 1), 400  # the importations
_SYLLABLES = sorted(one for one in SYLLABLES if len(one) > 1)


class Network:
    """Suppliers by number, each at a stage of a commodity chain, and the links between them."""

    def __init__(self, suppliers: int, links: int, planted: int, seed: int) -> None:
        self.random = random.Random(seed)
        self.suppliers, self.links = suppliers, links
        self.stages = [
            (commodity, stage.number) for commodity in COMMODITIES for stage in commodity_stages()[commodity]
        ]
        self.named = {
            (commodity, one.number): one.name for commodity in COMMODITIES for one in commodity_stages()[commodity]
        }
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
        self.kinds = {
            (commodity, stage): kind_number(goods_kind(commodity, self.named[commodity, stage], "", ""))
            for commodity, stage in self.stages
        }
        self.in_china: list[int] = []  # known once the names are stored
        self.planted = [self._chain() for _ in range(planted)]
        # Who is listed or in Xinjiang: the beginnings of the planted chains, and one in two thousand others.
        self.flagged = {chain[0]: self.random.choice(["listed", "in Xinjiang"]) for chain in self.planted}
        for _ in range(self.suppliers // 2000):
            self.flagged.setdefault(self.random.randint(1, self.suppliers), "in Xinjiang")

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

    @property
    def makers(self) -> list[tuple[str, int]]:
        """The last stages of the chains: who makes finished goods."""
        return [stage for stage in self.stages if (stage[0], stage[1] + 1) not in self.by_stage]

    def every_name(self, listed: list[str]) -> Iterator[tuple[str, str, str]]:
        """Name, native name and town of each supplier; those flagged as listed bear the name of an entity."""
        dice = random.Random(self.suppliers)
        for number in range(1, self.suppliers + 1):
            town = dice.choice(TOWNS)
            syllables = dice.choices(_SYLLABLES, k=dice.choice((2, 2, 2, 3)))
            brand = (" " if dice.random() < 0.1 else "").join(syllables).title()
            native = "".join(chr(0x4E00 + dice.randrange(3000)) for _ in range(3)) if dice.random() < 0.1 else ""
            name = f"{town} {brand} {dice.choice(TRADES)} Co., Ltd."
            if self.flagged.get(number) == "listed":
                name, native = dice.choice(listed), ""
            if self.flagged.get(number) == "in Xinjiang":
                town = "Aksu"
            yield name, f"{native}有限公司" if native else "", town

    def every_link(self) -> Iterator[Link]:
        """Who delivers to whom; the kind of goods is that of the supplier's stage, or not said."""
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

    def _link(self, supplier: int, customer: int, *, planted: bool = False) -> Link:
        says_what = planted or self.random.random() < 0.98
        start = date(2020, 1, 1) + timedelta(days=self.random.randrange(365) * 6)
        ended = not planted and self.random.random() < 0.2
        return Link(
            key=0,
            supplier=supplier,
            customer=customer,
            stage=self.named[self.stage_of[supplier]] if says_what else "",
            valid_from=None if not planted and self.random.random() < 0.1 else start,
            valid_to=start + timedelta(days=180) if ended else None,
            is_disputed=not planted and self.random.random() < 0.01,
        )

    def store(self, shipments: int) -> None:
        """All of it, into a record without any suppliers yet."""
        with transaction.atomic():
            _without_checks()
            for model in (Exposure, IndexedGround, IndexedLink, IndexedPair):
                model.objects.all().delete()
            write_pairs()
            self._store_suppliers()
            self._store_links()
            self._store_shipments(shipments)
            _screened(shipments)
            _count_on()
            flagged = sorted(self.flagged)
            IndexedGround.objects.bulk_create(Grounds.in_use().of(flagged), batch_size=5000)
            names.keep_all()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _store_suppliers(self) -> None:
        owner = Organization.objects.create(name="Bench Importer", kind=Organization.Kind.IMPORTER).pk
        listed = list(Listing.objects.filter(is_current=True).order_by("pk").values_list("name", flat=True)[:100])
        now = "2026-01-01 00:00:00+00"
        firms, sites, parties = [], [], []
        for number, (name, native, town) in enumerate(self.every_name(listed), 1):
            country = "CN" if self.flagged.get(number) or town in TOWNS[:10] else "VN"
            if country == "CN":
                self.in_china.append(number)
            province = "Xinjiang" if town == "Aksu" else ""
            facts = (name, native, f"{number % 900} Harbour Road", town, province, country, "", "", "", "")
            firms.append((number, name, native, country, "", False, False, f"bench {number}", now))
            sites.append((number, *facts, f"{number}"))
            parties.append((number, *facts, owner, f"{number}", "", number, "", now))
        facts_of = Site.FACT_FIELDS
        write_table(
            "entities_supplier",
            ("id", "name", "native_name", "country", "uscc", "is_aggregate", "is_sandbox", "identity", "created_at"),
            firms,
        )
        write_table("entities_site", ("supplier_id", *facts_of, "fingerprint"), sites)
        more = ("organization_id", "fingerprint", "raw", "supplier_id", "supplier_basis", "created_at")
        write_table("entities_declaredparty", ("id", *facts_of, *more), parties)

    def _store_links(self) -> None:
        blank = ("goods", "hts_prefix", "origin", "unit", "source", "source_url")
        columns = ("id", "supplier_id", "customer_id", "commodity", "stage", "valid_from", "valid_to", "is_disputed")
        columns += (*blank, "basis", "confidence", "created_at")
        rest = ("", "", "", "", "", "", "declaration", "stated", "2026-01-01 00:00:00+00")
        indexed: list[tuple[Any, ...]] = []

        def rows() -> Iterator[tuple[Any, ...]]:
            for key, link in enumerate(self.every_link(), 1):
                commodity = self.stage_of[link.supplier][0] if link.stage else ""
                kind = self.kinds[self.stage_of[link.supplier]] if link.stage else 0
                indexed.append((key, link.supplier, link.customer, kind, *days_of(link)))
                said = (link.valid_from, link.valid_to, link.is_disputed)
                yield (key, link.supplier, link.customer, commodity, link.stage, *said, *rest)

        write_table("entities_supplylink", columns, rows())
        write_table(
            "screening_indexedlink", ("link", "supplier", "customer", "kind", "is_sure", "first", "last"), indexed
        )

    def _store_shipments(self, count: int) -> None:
        """Finished goods of their makers: each with one line and its maker."""
        importers = Organization.objects.bulk_create(
            Organization(name=f"Bench Importer {number}", kind=Organization.Kind.IMPORTER)
            for number in range(max(1, count // SHIPMENTS_OF_AN_IMPORTER))
        )
        owners = [one.pk for one in importers]
        dice = random.Random(count)
        makers = [number for stage in self.makers for number in self.by_stage[stage]]
        chosen = [dice.choice(makers) for _ in range(count)]
        now = "2026-01-01 00:00:00+00"
        text = ("reference", "entry_number", "bill_of_lading", "house_bill", "carrier", "vessel", "voyage")
        text += ("port_of_lading", "port_of_unlading", "export_country")
        columns = ("id", "owner_id", *text, "containers", "imported_on", "facts_version", "outcome", "created_at")
        columns += ("latest_screening_id",)
        days = [FIRST_DAY + timedelta(days=day) for day in range(DAYS)]
        write_table(
            "screening_shipment",
            columns,
            (
                (
                    pk,
                    owners[pk % len(owners)],
                    "",
                    "",
                    f"BENCH{pk:09}",
                    *[""] * 7,
                    "[]",
                    dice.choice(days),
                    1,
                    "no_finding",
                    now,
                    pk,
                )
                for pk in range(1, count + 1)
            ),
        )
        lines = ("id", "shipment_id", "number", "description", "hts_codes", "hts6", "origin_country", "quantity_unit")
        codes = {maker: ARTICLES[self.stage_of[maker][0]] for maker in set(chosen)}
        write_table(
            "screening_shipmentline",
            (*lines, "currency"),
            (
                (pk, pk, 1, "Goods", f'["{codes[maker]}"]', codes[maker][:6], "VN", "", "")
                for pk, maker in enumerate(chosen, 1)
            ),
        )
        write_table(
            "screening_shipmentparty",
            ("id", "shipment_id", "role", "party_id"),
            ((pk, pk, "manufacturer", maker) for pk, maker in enumerate(chosen, 1)),
        )


def _screened(count: int) -> None:
    """The screening of each shipment, of the same number, which found nothing: so a pass looks at it again."""
    run = ScreeningRun.objects.create(
        trigger="bench",
        list_version=ListVersion.objects.current(ListVersion.Register.UFLPA),
        engine_version=ENGINE_VERSION,
        finished_at=timezone.now(),
    )
    columns = ("id", "run_id", "shipment_id", "facts_version", "facts", "screened_on", "date_basis", "outcome")
    said = (1, "{}", FIRST_DAY, "imported", "no_finding", "[]", "[]", "2026-01-01 00:00:00+00")
    write_table(
        "screening_screening",
        (*columns, "coverage", "caveats", "created_at"),
        ((pk, run.pk, pk, *said) for pk in range(1, count + 1)),
    )


def _without_checks() -> None:
    """Rows whose keys are known to be right need not be looked up one by one."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")


def _count_on() -> None:
    """Numbers given by hand are counted on from by the database."""
    if connection.vendor != "postgresql":
        return
    tables: Iterable[str] = (
        *("entities_supplier", "entities_declaredparty", "entities_supplylink"),
        *("screening_shipment", "screening_shipmentline", "screening_shipmentparty", "screening_screening"),
    )
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))")
