"""The exposure index and a screening say the same of a shipment, on random networks.

Compared is what both speak of: by rule whether the presumption stands, on what grade, how many steps upstream, and of
whom. By design they differ where a screening knows more of the one shipment: lots that ran along a path (the index
knows standing links alone), the words in which the shipment itself names a party (the index takes the places on
record), withhold release orders, and the rules about goods, gaps, routes and prices, which are no ground of a firm. A
screening also tells every party with a ground by its best path; the index tells of each ground the nearest.
"""

from datetime import date
from decimal import Decimal

import pytest

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import Change, DeclaredParty, ListedEntity, Site
from entities.services import judgements, suppliers
from entities.services.lists import load_reference_lists
from entities.services.ownership import declare_ownership, withdraw_ownership
from screening.domain.tracing import Grade
from screening.models import IndexedGround, IndexedLink, Shipment, ShipmentLine, ShipmentParty
from screening.reference import article_kinds
from screening.services import exposure, feed
from screening.services.exposure.numbers import GROUNDS
from screening.services.runs import answers_of
from tests.factories import make_organization, make_user
from tests.screening.made_chains import KNITS, LISTED, MAKER, MILL, SPINS, supply
from tests.screening.test_exposure import CODES, DAYS, World

pytestmark = pytest.mark.django_db
BEST_FIRST = [Grade.DIRECT, Grade.RELEVANT, Grade.POSSIBLE]


@pytest.fixture(autouse=True)
def _lists(db):
    load_reference_lists()


def shipment_of(world, number, owner):
    """A shipment of one supplier of the network, named in the words on record of it."""
    site = Site.objects.filter(supplier=world.random.choice(world.suppliers), supplier__is_aggregate=False).first()
    if site is None:
        return None
    shipment = Shipment.objects.create(owner=owner, reference=f"S{number}", imported_on=world.random.choice(DAYS))
    ShipmentLine.objects.create(shipment=shipment, number=1, hts_codes=[world.random.choice(CODES)])
    party, _ = DeclaredParty.objects.get_or_create(
        organization=owner,
        fingerprint=f"party {site.pk}",
        defaults={"supplier_id": site.supplier_id, **site.facts()},
    )
    ShipmentParty.objects.create(shipment=shipment, party=party, role="manufacturer")
    return shipment


def by_screening(findings):
    """By rule and whether it raises the presumption, the best grade and the nearest step, and of whom that is said."""
    best = {}
    for one in findings:
        if one.rule in GROUNDS and (one.ground or one.asks_review):
            rank = (BEST_FIRST.index(one.grade), one.steps_upstream)
            who = {one.path[-1]["supplier"]}
            for key in {(one.rule, "asks"), (one.rule, one.ground)} - {(one.rule, "")}:
                known, names = best.get(key, (rank, set()))
                best[key] = (rank, who) if rank < known else (known, names | who if rank == known else names)
    return best


def by_index(start, article, on):
    best = {}
    for one in exposure.exposed_at([start], article, on):
        rank = (BEST_FIRST.index(one.grade), one.steps_upstream)
        way = exposure.way_to(one, on)
        end = IndexedLink.objects.filter(link=way[-1], supplier__gt=0).first() if way else None
        who = start if not way else end.supplier if end else None  # None: a class of firms
        raises = one.ground.is_certain and one.grade != Grade.POSSIBLE
        for key in {(one.ground.rule, "asks"), (one.ground.rule, raises)} - {(one.ground.rule, False)}:
            if key not in best or rank < best[key][0]:
                best[key] = (rank, who)
    return best


def asked_of_both(seed):
    """Shipments of a random network, with what the index and what the screening in full says of each."""
    world = World(seed)
    owner = make_organization()
    exposure.rebuild()
    for _ in range(6):
        world.change()
    ids = [one.pk for number in range(60) if (one := shipment_of(world, number, owner))]
    for shipment, _, findings in answers_of(ids):
        line, part = shipment.lines.get(), shipment.parties.get()
        index = by_index(part.party.supplier_id, article_kinds(tuple(line.hts_codes)), shipment.imported_on)
        screened = {
            (rule, says if says == "asks" else True): said for (rule, says), said in by_screening(findings).items()
        }
        yield shipment, index, screened


def ranks(said):
    return {key: rank for key, (rank, _) in said.items()}


@pytest.mark.parametrize("seed", range(20, 24))
def test_index_and_screening_agree(seed):
    told = 0
    for _, index, screened in asked_of_both(seed):
        assert ranks(index) == ranks(screened)
        assert all(who is None or who in screened[key][1] for key, (_, who) in index.items())
        told += bool(index)
    assert told > 10


# --- what the feed brings ---------------------------------------------------------------------------------------


@pytest.fixture
def member():
    return make_user(Role.IMPORTER_MEMBER)


@pytest.fixture
def chain(member):
    """The maker, its mill, a spinner of whom nothing is known."""
    owner = member.active_memberships[0].organization
    spinner = PartyFacts(name="Example Spinning Works", city="Hai Phong", country="VN")
    links = [supply(owner, member, MILL, MAKER, **KNITS), supply(owner, member, spinner, MILL, **SPINS)]
    feed.consume_changes()
    return {"owner": owner, "maker": links[0].customer_id, "spinner": links[1].supplier, "yarn": links[1]}


def told_of(maker):
    found = exposure.exposed_at([maker], article_kinds(("6109100012",)), date(2026, 5, 4))
    return {(one.ground.rule, one.ground.is_certain, one.grade, one.steps_upstream) for one in found}


def test_a_holding_declared_and_withdrawn_is_followed(chain, member):
    assert told_of(chain["maker"]) == set()
    listed = suppliers.add_supplier(LISTED, organization=chain["owner"], actor=member)
    said = {"share_from": Decimal(60), "valid_from": date(2025, 1, 1)}
    holding = declare_ownership(listed, chain["spinner"], actor=member, declared_by=chain["owner"], **said)
    feed.consume_changes()
    assert told_of(chain["maker"]) == {("LISTED_AFFILIATE", False, Grade.RELEVANT, 3)}
    withdraw_ownership(holding, actor=member, reason="sold")
    feed.consume_changes()
    assert told_of(chain["maker"]) == set()


def test_what_is_learned_of_an_owner_reaches_what_it_owns(chain, member):
    plain = PartyFacts(name="Example Holding", city="Singapore", country="SG")
    between = PartyFacts(name="Example Between Holding", city="Singapore", country="SG")
    top, middle = (suppliers.add_supplier(one, organization=chain["owner"], actor=member) for one in (plain, between))
    for owner, owned in ((top, middle), (middle, chain["spinner"])):
        declare_ownership(owner, owned, actor=member, declared_by=chain["owner"], share_from=Decimal(100))
    feed.consume_changes()
    assert told_of(chain["maker"]) == set()
    Site.objects.filter(supplier=top).update(name=LISTED.name, country="CN", city="Aksu")
    Change.objects.create(kind=Change.Kind.SUPPLIER, key=str(top.pk))
    feed.consume_changes()
    assert ("LISTED_AFFILIATE", False, Grade.RELEVANT, 3) in told_of(chain["maker"])


def test_what_people_judge_and_judge_again_of_a_supplier_is_followed(chain, member):
    Site.objects.filter(supplier=chain["spinner"]).update(name="Aksu Huafu Colour Spinning", city="Aksu", country="CN")
    Change.objects.create(kind=Change.Kind.SUPPLIER, key=str(chain["spinner"].pk))
    feed.consume_changes()
    before = {one for one in told_of(chain["maker"]) if one[0] == "LISTED_ENTITY"}
    assert before
    [key] = set(IndexedGround.objects.filter(supplier=chain["spinner"].pk).values_list("listed_key", flat=True)) - {""}
    facts = PartyFacts(**Site.objects.get(supplier=chain["spinner"]).facts())
    entity = ListedEntity.objects.get(key=key, register="UFLPA")

    def judge(verdict):
        judged = judgements.record_judgement(
            facts,
            entity,
            machine_verdict="match",
            verdict=verdict,
            scope="firm",
            reason="seen",
            actor=make_user(Role.REVIEWER),
        )
        if verdict == "different":
            judgements.answer_judgement(judged, actor=make_user(Role.REVIEWER), is_confirmed=True)
        feed.consume_changes()
        return {one for one in told_of(chain["maker"]) if one[0] == "LISTED_ENTITY"}

    assert judge("different") == set()
    assert judge("same") == {("LISTED_ENTITY", True, Grade.RELEVANT, 3)}


def test_a_report_on_a_delivery_that_speaks_of_a_labour_scheme_is_a_ground(chain, member):
    said = SPINS | {"source": "Letter on transferred labour at the works"}
    supply(chain["owner"], member, chain["spinner"], chain["yarn"].customer, **said)
    feed.consume_changes()
    assert told_of(chain["maker"]) == {("LABOUR_TRANSFER", False, Grade.RELEVANT, 3)}
