"""A change of the list asks only those it can concern, and answers as asking everybody does."""

import random
from dataclasses import replace
from datetime import date

import pytest

from bench import grading
from entities.domain.listing import entity_key
from entities.domain.roles import Role
from entities.matchers import matcher_for
from entities.models import DeclaredParty, ListVersion, Site, Supplier, SupplyLink
from entities.services import jobs, suppliers
from entities.services.lists import load_reference_lists, load_version
from entities.services.lists.shipped import UFLPA_LIST
from entities.services.lists.versions import rows_of
from screening.models import Exposure, Finding, IndexedGround, IndexedName, IndexedWord, Shipment
from screening.services import exposure, feed
from screening.services.exposure.concerned import changed_keys
from screening.services.exposure.grounds import Grounds
from screening.services.shipments import add_shipment
from screening.services.touched import shipments_touched, touched_by
from tests.factories import declared_shipment, make_organization, make_user

pytestmark = pytest.mark.django_db
MADE_UP = "Samplewick Spinning Works Co., Ltd."


@pytest.fixture(autouse=True)
def lists(db):
    load_reference_lists()


@pytest.fixture
def importer():
    return make_organization()


def publish(*names, without=0, seed=0):
    """The list in use with these names on it besides, and some entities gone."""
    rows = rows_of(ListVersion.objects.current(ListVersion.Register.UFLPA))
    keys = sorted({row.entity_key for row in rows})
    gone = set(random.Random(seed).sample(keys, without))
    like = {
        "effective_on": date(2026, 8, 1),
        "first_effective_on": date(2026, 8, 1),
        "aliases": (),
        "native_names": (),
    }
    more = [
        replace(rows[0], row_id=key, entity_key=key, name=name, listed_as=name, location="", scope="", **like)
        for name in names
        for key in [entity_key(name)]
    ]
    kept = [row for row in rows if row.entity_key not in gone]
    return load_version(replace(UFLPA_LIST, label=f"List {len(kept)} {len(more)}"), [*kept, *more], actor=None)


def grounds():
    rows = IndexedGround.objects.filter(supplier__gt=0)
    return sorted(rows.values_list("supplier", "ground", "listed_key", "first", "last"))


@pytest.fixture
def record(importer):
    """Firms with names of the exam, and firms that are listed, each the maker of a shipment or behind one."""
    dice = random.Random(7)
    exam = dice.sample(sorted({row["name"] for row in grading.rows("names.csv", "names_by_hand.csv")}), 60)
    listed = dice.sample([row.name for row in rows_of(ListVersion.objects.last()) if row.is_current][:150], 20)
    for number, name in enumerate([*exam, *listed, MADE_UP]):
        add_shipment(
            declared_shipment(maker=name, imported_on=date(2026, 9, 1 + number % 20)), owner=importer, actor=None
        )
    jobs.work_off()
    return Supplier.objects.get(name=MADE_UP)


def test_after_each_change_the_index_is_as_if_everybody_were_asked(record):
    for seed, (names, without) in enumerate([((MADE_UP,), 0), ((), 14), (("Huamei Textile Group",), 5)]):
        publish(*names, without=without, seed=seed)
        feed.consume_changes()
        followed = grounds()
        everybody = Grounds.in_use().of(Supplier.objects.values_list("pk", flat=True))
        asked = sorted((row.supplier, row.ground, row.listed_key, row.first, row.last) for row in everybody)
        assert followed == asked
    assert len(followed) > 10


def test_the_shipments_to_screen_again_are_those_that_asking_everybody_finds(record):
    base = ListVersion.objects.current(ListVersion.Register.UFLPA)
    version = publish(MADE_UP, "Ningbo Aluminum Group", without=10)
    everybody = touched_by(matcher_for(version), matcher_for(base), changed_keys(version, base)).shipment_ids
    assert shipments_touched(version.pk) == everybody
    followed = exposure.update()
    assert (followed.before, followed.now) == (base.pk, version.pk)
    assert shipments_touched(version.pk, followed=followed) == everybody
    assert len(everybody) > 2


def test_a_list_published_while_other_changes_are_taken_up_is_followed_with_them(record):
    """Its own change is not seen yet, though the list is in use already: whom it names is not missed."""
    version = publish(MADE_UP)
    followed = exposure.update(named=[record.pk])
    assert followed.now == version.pk
    keys = IndexedGround.objects.filter(supplier=record.pk).values_list("listed_key", flat=True)
    assert set(keys) == {entity_key(MADE_UP)}
    assert exposure.update().moved == ()


def test_goods_that_came_by_a_new_way_since_their_old_source_was_listed_are_screened_again(importer):
    other_importer = make_organization()
    for owner, maker, on in (
        (importer, MADE_UP, date(2026, 7, 1)),
        (importer, "Quiet Harbour Garments", date(2026, 7, 2)),
        (importer, "Quiet Harbour Garments", date(2026, 9, 1)),
        (importer, "New Bay Garments", date(2026, 9, 2)),
        (other_importer, "New Bay Garments", date(2026, 9, 3)),
    ):
        add_shipment(declared_shipment(maker=maker, imported_on=on), owner=owner, actor=None)
    jobs.work_off()
    new = Shipment.objects.get(owner=importer, imported_on=date(2026, 9, 2))
    version = publish(MADE_UP)
    assert shipments_touched(version.pk) == {new.pk}
    jobs.work_off()
    told = Finding.objects.current().filter(rule="ROUTE_CHANGE")
    assert list(told.values_list("screening__shipment", flat=True)) == [new.pk]


def test_few_are_asked(record):
    base = ListVersion.objects.current(ListVersion.Register.UFLPA)
    basis = Grounds.in_use().basis
    found = exposure.suppliers_concerned(publish(MADE_UP), basis, base, basis)
    assert record.pk in found
    assert len(found) < Supplier.objects.count() / 4


def test_a_firm_first_named_on_a_shipment_is_taken_into_the_index(importer):
    add_shipment(declared_shipment(maker="Plain Works"), owner=importer, actor=None)
    feed.consume_changes()
    assert grounds() == []
    add_shipment(declared_shipment(maker="Hoshine Silicon Industry (Shanshan) Co., Ltd"), owner=importer, actor=None)
    feed.consume_changes()
    assert {row[2] for row in grounds()} == {"hoshinesiliconindustryshanshancoltd"}


def test_a_firm_named_again_in_the_same_words_is_not_asked_again(importer, monkeypatch):
    add_shipment(declared_shipment(maker="Plain Works"), owner=importer, actor=None)
    feed.consume_changes()
    asked = []
    monkeypatch.setattr(Grounds, "of", lambda self, ids: asked.extend(ids) or iter(()))
    add_shipment(declared_shipment(maker="Plain Works"), owner=importer, actor=None)
    feed.consume_changes()
    assert asked == []


def test_a_party_tied_to_another_firm_is_sought_there_too(importer):
    analyst = make_user(Role.ANALYST)
    add_shipment(declared_shipment(maker="Samplewick Spinning Works"), owner=importer, actor=None)
    add_shipment(declared_shipment(maker="Quiet Harbour Garments"), owner=importer, actor=None)
    feed.consume_changes()
    party = DeclaredParty.objects.get(name="Samplewick Spinning Works")
    other = Supplier.objects.get(name="Quiet Harbour Garments")
    suppliers.link_party(party, other, actor=analyst, reason="Same firm")
    feed.consume_changes()
    base, basis = ListVersion.objects.current(ListVersion.Register.UFLPA), Grounds.in_use().basis
    assert other.pk in exposure.suppliers_concerned(publish(MADE_UP), basis, base, basis)


def test_goods_come_to_those_whose_goods_they_go_into(importer):
    firms = [
        Supplier.objects.create(name=name, identity=name) for name in ("Farm", "Gin", "Spinner", "Knitter", "Smelter")
    ]
    for firm in firms:
        Site.objects.create(supplier=firm, fingerprint=firm.name, name=firm.name)
    farm, gin, spinner, knitter, smelter = firms
    for supplier, customer, said in (
        (gin, spinner, {"commodity": "cotton", "stage": "ginner"}),
        (spinner, knitter, {"commodity": "cotton", "stage": "spinner"}),
        (smelter, spinner, {"commodity": "aluminum", "stage": "smelter"}),
        (farm, smelter, {}),
    ):
        SupplyLink.objects.create(supplier=supplier, customer=customer, **said)
    exposure.rebuild()
    made_by = {}
    for firm in firms:  # each makes something of which nobody knows what it is
        made_by[firm] = add_shipment(declared_shipment(maker=firm.name), owner=importer, actor=None)
        made_by[firm].lines.update(hts_codes=[])
        DeclaredParty.objects.filter(shipment_parties__shipment=made_by[firm]).update(supplier=firm)

    def of(*makers):
        return {made_by[firm].pk for firm in makers}

    several = [frozenset({firm.pk}) for firm in (gin, smelter, farm)]
    assert [exposure.shipments_with_goods_of(one) for one in several] == [
        of(gin, spinner, knitter),
        of(smelter, spinner),
        of(farm, smelter, spinner),
    ]
    together = exposure.shipments_with_goods_of_each(several)
    assert together == {one: exposure.shipments_with_goods_of(one) for one in several}


def test_a_rebuilt_index_keeps_every_name(record):
    before = sorted(IndexedName.objects.values_list("supplier", "key"))
    words = sorted(IndexedWord.objects.values_list("text", flat=True))
    exposure.rebuild()
    assert sorted(IndexedName.objects.values_list("supplier", "key")) == before
    assert sorted(IndexedWord.objects.values_list("text", flat=True)) == words
    assert Exposure.objects.count() == 0
