"""What a change cannot touch is left alone, and rightly: screened in full it comes out word for word as before."""

import json
import random
from datetime import date, timedelta

import pytest
from django.db import connection

from entities.models import Change, Job, OwnershipLink, Site, SupplyLink
from entities.services.changes import record_change
from entities.services.lists import load_reference_lists
from screening.models import ShipmentParty
from screening.services import exposure, feed
from screening.services.runs import answers_of
from tests.factories import make_organization
from tests.screening.test_concerned import publish
from tests.screening.test_exposure import World
from tests.screening.test_exposure_and_runs import shipment_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lists(db):
    load_reference_lists()


def made(seed):
    """A random network in the index, and shipments of its firms."""
    world, owner = World(seed, size=60), make_organization()
    OwnershipLink.objects.all().delete()  # those ties reach nearly everybody
    exposure.rebuild()
    feed.consume_changes()
    return world, [one.pk for number in range(60) if (one := shipment_of(world, number, owner))]


def told(ids):
    """By shipment all that a screening says now."""
    return {
        shipment.pk: [outcome]
        + [
            (one.rule, one.severity, one.ground, one.headline, one.grade, one.steps_upstream, one.other_paths)
            + (one.verdict, one.matched_text, json.dumps(one.path), one.line_numbers)
            for one in findings
        ]
        for shipment, outcome, findings in answers_of(ids)
    }


def followed():
    """The shipments that following the changes up puts in line to be screened again."""
    Job.objects.all().delete()
    feed.consume_changes()
    return {pk for job in Job.objects.filter(kind="screen") for pk in job.payload["shipments"]}


@pytest.mark.parametrize("seed", range(60, 62))
def test_a_list_touches_those_alone_in_whose_chain_a_firm_it_names_stands(seed):
    _, ids = made(seed)
    names = list(Site.objects.filter(name__startswith="Orchid Works").values_list("name", flat=True))
    again_in_all, changed_in_all = 0, 0
    for name in random.Random(seed).sample(names, 4):
        before = told(ids)
        publish(name)
        again = followed()
        after = told(ids)
        changed = {pk for pk in ids if before[pk] != after[pk]}
        assert changed <= again
        again_in_all, changed_in_all = again_in_all + len(again), changed_in_all + len(changed)
    assert 0 < changed_in_all <= again_in_all < 4 * len(ids)


@pytest.mark.parametrize("seed", range(70, 72))
def test_links_touch_those_alone_whose_goods_the_customers_goods_go_into(seed):
    world, ids = made(seed)
    dice, again_in_all, changed_in_all = random.Random(seed), 0, 0
    for turn in range(6):
        before = told(ids)
        if turn % 2:
            link = dice.choice(SupplyLink.objects.filter(withdrawn_at=None).order_by("pk")).pk
            SupplyLink.objects.filter(pk=link).update(withdrawn_at="2026-01-01T00:00:00Z")
        else:
            link = world.add_link()
        record_change(Change.Kind.LINK, [link])
        again = followed()
        after = told(ids)
        changed = {pk for pk in ids if before[pk] != after[pk]}
        assert changed <= again
        again_in_all, changed_in_all = again_in_all + len(again), changed_in_all + len(changed)
    assert 0 < changed_in_all <= again_in_all < 6 * len(ids)


def test_what_goes_into_no_article_touches_no_shipment():
    world, owner = World(80, size=2), make_organization()
    SupplyLink.objects.all().delete()
    spinner, maker = world.suppliers
    said = {"valid_from": date(2025, 1, 1), "valid_to": date(2026, 1, 1) + timedelta(days=300)}
    SupplyLink.objects.create(supplier_id=spinner, customer_id=maker, commodity="cotton", stage="spinner", **said)
    exposure.rebuild()
    world.random = random.Random(3)
    world.suppliers = [maker]
    shipment = shipment_of(world, 1, owner)
    shipment.lines.update(hts_codes=["8541430010"])  # solar cells: no yarn goes in
    assert exposure.shipments_with_goods_of([spinner]) == set()
    shipment.lines.update(hts_codes=["6109100012"])
    assert exposure.shipments_with_goods_of([spinner]) == {shipment.pk}
    shipment.lines.update(hts_codes=[])  # what it is, is not known
    assert exposure.shipments_with_goods_of([spinner]) == {shipment.pk}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such locks")
def test_searching_again_in_a_transaction_takes_no_more_locks():
    world, _ = made(20)

    def locks():
        exposure.shipments_with_goods_of(world.suppliers[:1])
        exposure.update(suppliers=world.suppliers[:1])
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()")
            return cursor.fetchone()[0]

    assert len({locks() for _ in range(4)}) == 1


def test_shipments_of_one_chain_come_into_one_job(monkeypatch):
    world, ids = made(90)
    monkeypatch.setattr(feed, "CHUNK", 10)
    Job.objects.all().delete()
    for pk in ids:
        record_change(Change.Kind.SHIPMENT, [pk], note="declared")
    feed.consume_changes()
    of = dict(ShipmentParty.objects.values_list("shipment", "party__supplier"))
    chains = [[of[pk] for pk in job.payload["shipments"]] for job in Job.objects.filter(kind="screen").order_by("pk")]
    assert len(chains) == 6
    assert [one for chain in chains for one in chain] == sorted(of[pk] for pk in ids)
