"""The exposure index answers as a plain search upstream does: on random graphs with cycles, and after every change."""

import os
import random
from datetime import date, timedelta

import pytest

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.matchers import Basis
from entities.models import Change, Listing, ListVersion, OwnershipLink, Site, Supplier, SupplyLink
from entities.services import suppliers
from entities.services.changes import record_change
from entities.services.lists import load_reference_lists
from screening.domain import rules
from screening.domain.tracing import Grade
from screening.models import Exposure, IndexedGround, IndexedLink, ScreeningRun
from screening.reference import article_kinds, inputs, labour_words_in
from screening.services import exposure, feed
from screening.services.exposure.numbers import GROUNDS, Ground
from screening.services.kin import Kin
from screening.services.network import link_of
from screening.services.runs.in_words import row_in_words
from screening.services.runs.verdicts import Verdicts
from screening.services.sight import Sight
from tests.factories import make_user
from tests.screening.plain_search import trace

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lists(db):
    load_reference_lists()


TURNS = int(os.environ.get("EXPOSURE_TURNS", "12"))  # changes in each of the six networks, ten questions after each
CODES = ["6109100012", "5205110000", "8541430010", "7604210000", "9403600000", "3904100000", "9606200000"]
GOODS = [
    {"commodity": "cotton", "stage": "ginner"},
    {"commodity": "cotton", "stage": "spinner"},
    {"commodity": "cotton", "stage": "knitter or weaver"},
    {"commodity": "cotton"},
    {"commodity": "caustic_soda", "stage": "chlor-alkali plant"},
    {"commodity": "polysilicon", "stage": "polysilicon producer"},
    {"commodity": "aluminum", "stage": "smelter"},
    {"hts_prefix": "9606"},
    {"hts_prefix": "9403"},
    {"hts_prefix": "5205"},
    {"goods": "mixed goods"},
    {},
]
FLAGGED = [
    {"name": "Hoshine Silicon Industry (Shanshan) Co., Ltd"},
    {"name": "Changji Esquel Textile Co. Ltd."},
    {"name": "Xinjiang Zijin Zinc Co., Ltd."},
    {"name": "Zijin Mining Group Southwest Co Ltd", "country": "CN"},
    {"name": "Orchid Registered Trading", "uscc": "91650100MA00000X1R", "country": "CN"},
    {"name": "Orchid Poverty Alleviation Workshop", "country": "CN"},
    {"name": "Orchid Yard", "address": "Hall for transferred labour, 7 Long Street", "country": "CN"},
    {
        "name": "Plain Mill",
        "city": "Aksu",
        "province": "Xinjiang",
        "country": "CN",
        "address": "12 Yingbin Road, Aksu",
    },
]
DAYS = [date(2022, 1, 1), date(2022, 7, 1), date(2024, 10, 20), date(2025, 1, 20), date(2026, 9, 1)]


class World:
    """A random network in the database, changed at random, asked both ways."""

    def __init__(self, seed: int, size: int = 24) -> None:
        self.random = random.Random(seed)
        self.suppliers = []
        for number in range(size):
            flagged = self.random.choice(FLAGGED) if self.random.random() < 0.2 else {"name": f"Orchid Works {number}"}
            supplier = Supplier.objects.create(
                name=flagged["name"], identity=f"{seed}-{number}", is_aggregate=self.random.random() < 0.06
            )
            Site.objects.create(supplier=supplier, fingerprint=f"{number}", **flagged)
            self.suppliers.append(supplier.pk)
        taken_in = Listing.objects.filter(scope="and subsidiaries", is_current=True).order_by("pk").first()
        owner, owned = self.suppliers[:2]
        Site.objects.filter(supplier=owner).update(name=taken_in.name)
        Supplier.objects.filter(pk__in=[owner, owned]).update(is_aggregate=False)
        OwnershipLink.objects.create(owner_id=owner, owned_id=owned, share_from=100)
        for _ in range(size * 2):
            self.add_link()
        for _ in range(size // 2):
            self.add_holding()

    def add_link(self):
        supplier, customer = self.random.sample(self.suppliers, 2)
        start = date(2021, 1, 1) + timedelta(days=self.random.randrange(2000)) if self.random.random() < 0.8 else None
        end = start + timedelta(days=self.random.randrange(900)) if start and self.random.random() < 0.4 else None
        return SupplyLink.objects.create(
            supplier_id=supplier,
            customer_id=customer,
            valid_from=start,
            valid_to=end,
            is_disputed=self.random.random() < 0.1,
            origin="Aksu, Xinjiang" if self.random.random() < 0.06 else "",
            source="Report on surplus labour" if self.random.random() < 0.06 else "",
            **self.random.choice(GOODS),
        ).pk

    def add_holding(self):
        owner, owned = self.random.sample(self.suppliers, 2)
        owner = self.random.choice([owner, owner, self.suppliers[0]])
        start = date(2022, 1, 1) + timedelta(days=self.random.randrange(1600)) if self.random.random() < 0.5 else None
        end = start + timedelta(days=self.random.randrange(900)) if start and self.random.random() < 0.5 else None
        if owner != owned:
            OwnershipLink.objects.create(
                owner_id=owner,
                owned_id=owned,
                share_from=self.random.choice([None, 20, 60, 100]),
                valid_from=start,
                valid_to=end,
            )
        return {owner, owned}

    def change(self):
        """One random change, and the index brought up to date."""
        act = self.random.choice(["add", "withdraw", "dispute", "period", "move", "buy", "sell"])
        if act == "buy":
            exposure.update(suppliers=self.add_holding())
            return
        if act == "sell":
            holding = self.random.choice(OwnershipLink.objects.order_by("pk"))
            OwnershipLink.objects.filter(pk=holding.pk).update(withdrawn_at="2026-01-01T00:00:00Z")
            exposure.update(suppliers=[holding.owner_id, holding.owned_id])
            return
        links = list(SupplyLink.objects.filter(withdrawn_at=None).values_list("pk", flat=True))
        if act == "add" or not links:
            exposure.update(links=[self.add_link()])
            return
        if act == "move":
            supplier = self.random.choice(self.suppliers)
            flagged = self.random.choice([*FLAGGED, {"name": "Orchid Works"}, {"name": "Orchid Works"}])
            blank = {"city": "", "province": "", "country": "", "address": "", "uscc": ""}
            Site.objects.filter(supplier=supplier).update(**(blank | flagged))
            exposure.update(suppliers=[supplier])
            return
        key = self.random.choice(links)
        change = {
            "withdraw": {"withdrawn_at": "2026-01-01T00:00:00Z"},
            "dispute": {"is_disputed": True},
            "period": {"valid_from": date(2020, 1, 1), "valid_to": None},
        }[act]
        SupplyLink.objects.filter(pk=key).update(**change)
        exposure.update(links=[key])

    def ask(self):
        """A random shipment: who made it, what it is, when it was imported."""
        starts = self.random.sample(self.suppliers, self.random.choice([1, 1, 2]))
        starts = list(Supplier.objects.filter(pk__in=starts, is_aggregate=False).values_list("pk", flat=True))
        return starts, article_kinds((self.random.choice(CODES),)), self.random.choice(DAYS)


def said_of(firm, on, verdicts, rows):
    """What the rules say of one firm alone on one day, asked then and there."""
    kin = Kin.around([firm], Sight())
    parties = []
    for site in Site.objects.filter(supplier=firm):
        facts = PartyFacts(**site.facts())
        verdict = verdicts.verdict(facts, on)
        words = [(name, labour_words_in(getattr(facts, name), facts.country)) for name in ("name", "address")]
        parties.append(
            rules.PartyAtStep(
                facts,
                verdict,
                "supplier",
                (),
                1,
                Grade.DIRECT,
                supplier_id=firm,
                labour=tuple(rules.LabourWords(*said) for said in words if said[1]),
                kin=kin.of_party(firm, verdict, on, verdicts.listed, verdicts.matcher.parties),
            )  # fmt: skip
        )
    found = [one for party in parties for one in rules.evaluate(rules.ShipmentFacts((), (party,), on, rows=rows))]
    return {(one.rule, bool(one.ground)) for one in found if one.rule in GROUNDS and (one.ground or one.asks_review)}


def by_search(starts, article, on, verdicts):
    """The oracle: everything upstream, by a plain search, each party asked of on that very day."""
    rows = {key: row_in_words(row) for key, row in verdicts.rows.items()}
    links = {}
    for row in SupplyLink.objects.filter(withdrawn_at=None).select_related("supplier"):
        links.setdefault(row.customer_id, []).append(link_of(row))
    traced = trace(starts, links, article=article, on=on, inputs=inputs())
    found = {}

    def keep(ground, grade, steps):
        rank = ([Grade.DIRECT, Grade.RELEVANT, Grade.POSSIBLE].index(grade), steps)
        found[ground] = min(rank, found.get(ground, rank))

    reached = [(start, Grade.DIRECT, 1) for start in starts]
    reached += [(pk, path.grade, path.steps_upstream) for pk, path in traced.paths.items()]
    for pk, grade, steps in reached:
        for ground in said_of(pk, on, verdicts, rows):
            keep(ground, grade, steps)
    for key, path in traced.stated.items():
        stated = SupplyLink.objects.get(pk=key)
        if stated.origin:
            keep(("XJ_MATERIAL", on >= date(2022, 6, 21)), path.grade, path.steps_upstream)
        if stated.source:
            keep(("LABOUR_TRANSFER", False), path.grade, path.steps_upstream)
    return found


def asked_of():
    """The lists in use, asked of nobody yet."""
    basis = Basis.in_use()
    version = ListVersion.objects.current(ListVersion.Register.UFLPA)
    run = ScreeningRun(list_version=version, thresholds_id=basis.thresholds, names_up_to=basis.names_up_to)
    return Verdicts.of(run, Sight())


def by_index(starts, article, on):
    return {
        (one.ground.rule, one.ground.is_certain): (
            [Grade.DIRECT, Grade.RELEVANT, Grade.POSSIBLE].index(one.grade),
            one.steps_upstream,
        )
        for one in exposure.exposed_at(starts, article, on)
    }


@pytest.mark.parametrize("seed", range(6))
def test_the_index_answers_as_a_search_does_and_after_every_change(seed):
    world = World(seed)
    exposure.rebuild()
    taken_in = Ground("LISTED_AFFILIATE", is_certain=True)
    assert IndexedGround.objects.filter(supplier=world.suppliers[1], ground=taken_in.number).exists()
    verdicts = asked_of()
    asked = different = 0
    told = set()
    for turn in range(TURNS):
        if turn:
            world.change()
        for _ in range(10):
            question = world.ask()
            if question[0]:
                asked += 1
                answer = by_index(*question)
                told |= {rule for rule, _ in answer}
                different += answer != by_search(*question, verdicts)
    assert asked > 6 * TURNS
    assert different == 0
    assert told >= {"LISTED_ENTITY", "LABOUR_TRANSFER"}


def test_what_is_followed_by_changes_is_what_a_rebuild_makes():
    world = World(99)
    exposure.rebuild()
    for _ in range(15):
        world.change()
    columns = ["supplier", "kind", "ground", "is_relevant", "first", "last", "steps"]
    followed = set(Exposure.objects.values_list(*columns))
    exposure.rebuild()
    assert followed == set(Exposure.objects.values_list(*columns))
    assert followed


def test_the_way_is_one_the_search_finds_too():
    world = World(7)
    exposure.rebuild()
    walked = 0
    for _ in range(60):
        starts, article, on = world.ask()
        for one in exposure.exposed_at(starts, article, on):
            way = exposure.way_to(one, on)
            assert len(way) == one.steps_upstream - 1
            rows = SupplyLink.objects.in_bulk(way)
            buyers = [one.supplier, *(rows[key].supplier_id for key in way[:-1])]
            assert [rows[key].customer_id for key in way] == buyers[: len(way)]
            walked += bool(way)
    assert walked > 5


def test_the_index_follows_what_the_feed_brings():
    office = make_user(Role.ANALYST)
    owner = office.organizations().first()
    maker, mill, gin = (
        suppliers.add_supplier(PartyFacts(name=name, country="VN"), organization=owner, actor=office)
        for name in ("Lotus Garments", "Delta Spinning", "Gin of the North")
    )
    shirt, on = article_kinds(("6109100012",)), date(2026, 9, 1)
    said = {"actor": office, "declared_by": owner, "commodity": "cotton", "valid_from": date(2026, 1, 1)}
    suppliers.declare_link(mill, maker, stage="spinner", **said)
    suppliers.declare_link(gin, mill, stage="ginner", **said)
    feed.consume_changes()
    assert exposure.exposed_at([maker.pk], shirt, on) == []
    aksu = PartyFacts(name="Gin of the North", country="VN", city="Aksu", province="Xinjiang")
    Site.objects.filter(supplier=gin).update(city=aksu.city, province=aksu.province, country="CN")
    record_change(Change.Kind.SUPPLIER, [gin.pk])
    feed.consume_changes()
    [found] = exposure.exposed_at([maker.pk], shirt, on)
    assert (found.ground.rule, found.grade, found.steps_upstream) == ("XJ_SITE", Grade.RELEVANT, 3)
    assert len(exposure.way_to(found, on)) == 2


def test_a_class_of_firms_leads_nowhere_once_it_is_known_as_one():
    world = World(3)
    exposure.rebuild()
    supplier = IndexedLink.objects.filter(supplier__gt=0).values_list("supplier", flat=True).first()
    Supplier.objects.filter(pk=supplier).update(is_aggregate=True)
    exposure.update(suppliers=[supplier])
    assert world.suppliers
    assert not IndexedLink.objects.filter(supplier=supplier).exists()
    assert not IndexedGround.objects.filter(supplier=supplier).exists()
