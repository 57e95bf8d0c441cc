"""Supply links and holdings as they are declared, disputed and withdrawn, and who stands behind a firm."""

from datetime import date
from decimal import Decimal

import pytest

from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.ownership import Holding, chains_of_owners
from entities.domain.roles import Role
from entities.models import AuditEvent, Change, OwnershipLink, Supplier, SupplyLink
from entities.services import ownership, suppliers
from screening.models import Shipment
from screening.services import feed
from screening.services.shipments import add_shipment
from tests.factories import declared_shipment, make_organization, make_user


@pytest.fixture
def member(db):
    return make_user(Role.IMPORTER_MEMBER)


@pytest.fixture
def importer(member):
    return member.active_memberships[0].organization


@pytest.fixture
def analyst(db):
    return make_user(Role.ANALYST)


def firms(organization, *names):
    facts = [PartyFacts(name=name, country="CN") for name in names]
    rows = suppliers.declare_parties(organization, facts)
    return [rows[suppliers.fingerprint(one)].supplier for one in facts]


def holding(key, owner, owned, share=None):
    return Holding(key, owner, owned, None if share is None else Decimal(share))


def owners(*holdings, firm=1):
    by_owned = {}
    for one in holdings:
        by_owned.setdefault(one.owned, []).append(one)
    return chains_of_owners([firm], lambda owned: {pk: by_owned.get(pk, []) for pk in owned})[firm]


# --- supply links ----------------------------------------------------------------------------------------------------
def test_a_link_keeps_all_that_is_said_of_it(member, importer):
    mill, maker = firms(importer, "Example Mill", "Example Maker")
    link = suppliers.declare_link(
        mill, maker, actor=member, declared_by=importer, goods="yarn", origin="Xinjiang, CN", share=Decimal("12.5"),
        quantity=Decimal(112800), unit="MT", source="a contract", source_url="https://example.com/contract",
    )  # fmt: skip
    link.refresh_from_db()
    assert (link.origin, link.share, link.quantity, link.unit) == ("Xinjiang, CN", Decimal("12.50"), 112800, "MT")
    assert AuditEvent.objects.filter(action="link.declared", target_key=str(link.pk)).count() == 1
    assert Change.objects.filter(kind="link", key=str(link.pk)).count() == 1


def test_the_same_statement_again_is_the_link_already_there(member, importer):
    ends = firms(importer, "Example Mill", "Example Maker")
    said = {"actor": member, "declared_by": importer, "goods": "yarn", "quantity": Decimal("5")}
    first = suppliers.declare_link(*ends, **said)
    assert suppliers.declare_link(*ends, **said) == first
    assert suppliers.declare_link(*ends, **{**said, "quantity": Decimal("6")}) != first


@pytest.mark.parametrize("share", [Decimal("-1"), Decimal("100.01")])
def test_a_share_is_from_0_to_100(member, importer, share):
    ends = firms(importer, "Example Mill", "Example Maker")
    with pytest.raises(Refused, match="from 0 to 100"):
        suppliers.declare_link(*ends, actor=member, declared_by=importer, share=share)
    assert not SupplyLink.objects.exists()


def test_an_importer_makes_no_public_statement(member, importer):
    ends = firms(importer, "Example Mill", "Example Maker")
    with pytest.raises(Refused, match="Only the office"):
        suppliers.declare_link(*ends, actor=member, declared_by=None, source="a report")


def test_a_public_statement_needs_its_source(analyst, importer):
    ends = firms(importer, "Example Mill", "Example Maker")
    with pytest.raises(Refused, match="needs its source"):
        suppliers.declare_link(*ends, actor=analyst, declared_by=None)


def test_a_public_link_is_disputed_by_a_party_to_it(analyst, member, importer):
    ends = firms(importer, "Example Mill", "Example Maker")
    link = suppliers.declare_link(*ends, actor=analyst, declared_by=None, source="a report", basis="report")
    link = suppliers.dispute_link(link, actor=member, reason="Our mill buys no such yarn.")
    assert link.is_disputed
    event = AuditEvent.objects.get(action="link.disputed")
    assert (event.actor_id, event.reason) == (member.pk, "Our mill buys no such yarn.")
    assert Change.objects.filter(kind="link", key=str(link.pk), note__contains="disputed").count() == 1


def test_a_stranger_to_a_public_link_cannot_dispute_it(analyst, importer):
    ends = firms(importer, "Example Mill", "Example Maker")
    link = suppliers.declare_link(*ends, actor=analyst, declared_by=None, source="a report")
    with pytest.raises(Refused, match="Only the office, or a party"):
        suppliers.dispute_link(link, actor=make_user(Role.IMPORTER_MEMBER), reason="No.")


def test_the_link_of_another_importer_is_neither_seen_nor_disputed(member, importer):
    rival = make_user(Role.IMPORTER_MEMBER)
    theirs = rival.active_memberships[0].organization
    firms(theirs, "Example Mill", "Example Maker")
    link = suppliers.declare_link(
        *firms(importer, "Example Mill", "Example Maker"), actor=member, declared_by=importer
    )
    assert not SupplyLink.objects.visible_to(rival).exists()
    with pytest.raises(Refused, match="Only the office, or a party"):
        suppliers.dispute_link(link, actor=rival, reason="No.")


def test_a_class_of_firms_is_stored_as_one_and_can_be_corrected(member, importer, analyst):
    (growers,) = firms(importer, "Xinjiang cotton suppliers")
    assert growers.is_aggregate
    suppliers.correct_aggregate(growers, is_aggregate=False, actor=analyst, reason="It is a firm's name.")
    suppliers.declare_parties(make_organization(), [PartyFacts(name="Xinjiang cotton suppliers", country="CN")])
    assert not Supplier.objects.get(pk=growers.pk).is_aggregate
    with pytest.raises(Refused, match="The office says"):
        suppliers.correct_aggregate(growers, is_aggregate=True, actor=member, reason="No.")


# --- holdings --------------------------------------------------------------------------------------------------------
def test_a_holding_is_declared_once_and_on_record(member, importer):
    parent, plant = firms(importer, "Example Parent", "Example Plant")
    said = {"actor": member, "declared_by": importer, "share_from": Decimal(51), "share_to": Decimal(60)}
    link = ownership.declare_ownership(parent, plant, **said)
    assert ownership.declare_ownership(parent, plant, **said) == link
    assert AuditEvent.objects.filter(action="ownership.declared").count() == 1
    assert Change.objects.filter(kind="ownership", key=str(link.pk)).count() == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"share_from": Decimal(101)}, "from 0 to 100"),
        ({"share_from": Decimal(60), "share_to": Decimal(50)}, "exchange the two shares"),
        ({"valid_from": date(2024, 1, 2), "valid_to": date(2024, 1, 1)}, "exchange the dates"),
    ],
)
def test_a_holding_that_cannot_be_is_refused(member, importer, said, why):
    parent, plant = firms(importer, "Example Parent", "Example Plant")
    with pytest.raises(Refused, match=why):
        ownership.declare_ownership(parent, plant, actor=member, declared_by=importer, **said)
    with pytest.raises(Refused, match="cannot own itself"):
        ownership.declare_ownership(plant, plant, actor=member, declared_by=importer)


def test_a_withdrawn_holding_leads_to_no_owner(member, importer):
    parent, plant = firms(importer, "Example Parent", "Example Plant")
    link = ownership.declare_ownership(parent, plant, actor=member, declared_by=importer)
    assert [chain.owner for chain in ownership.owners_of([plant.pk])[plant.pk]] == [parent.pk]
    ownership.withdraw_ownership(link, actor=member, reason="Sold.")
    assert ownership.owners_of([plant.pk]) == {plant.pk: []}
    with pytest.raises(Refused, match="withdrawn before"):
        ownership.withdraw_ownership(link, actor=member, reason="Sold.")


def test_an_importer_sees_its_own_and_public_holdings_only(member, importer, analyst):
    parent, plant = firms(importer, "Example Parent", "Example Plant")
    ownership.declare_ownership(parent, plant, actor=member, declared_by=importer)
    public = ownership.declare_ownership(parent, plant, actor=analyst, declared_by=None, source="a register")
    assert list(OwnershipLink.objects.visible_to(make_user(Role.IMPORTER_MEMBER))) == [public]


def test_owners_are_those_of_the_day(member, importer):
    old, new, plant = firms(importer, "Old Parent", "New Parent", "Example Plant")
    said = {"actor": member, "declared_by": importer}
    ownership.declare_ownership(old, plant, **said, valid_to=date(2023, 12, 31))
    ownership.declare_ownership(new, plant, **said, valid_from=date(2024, 1, 1))
    on = {day: [one.owner for one in ownership.owners_of([plant.pk], day)[plant.pk]] for day in (
        date(2023, 12, 31), date(2024, 1, 1)
    )}  # fmt: skip
    assert on == {date(2023, 12, 31): [old.pk], date(2024, 1, 1): [new.pk]}


def test_a_holding_far_above_has_the_shipment_screened_again(member, importer):
    top, parent, plant = firms(importer, "Example Top", "Example Parent", "Example Plant")
    shipment = add_shipment(declared_shipment(maker="Example Maker", country="CN"), owner=importer, actor=member)
    maker = shipment.parties.get(role="manufacturer").party.supplier
    suppliers.declare_link(plant, maker, actor=member, declared_by=importer)
    ownership.declare_ownership(parent, plant, actor=member, declared_by=importer)
    Change.objects.all().delete()
    before = Shipment.objects.get(pk=shipment.pk).facts_version
    ownership.declare_ownership(top, parent, actor=member, declared_by=importer)
    assert feed.consume_changes() == 1
    assert Shipment.objects.get(pk=shipment.pk).facts_version == before + 1


def test_the_chain_of_owners_names_its_path_and_the_share_that_is_known():
    found = owners(holding(7, 2, 1, 60), holding(8, 3, 2, 50))
    assert [(one.owner, one.steps, one.share_at_least) for one in found] == [(2, 1, 60), (3, 2, 30)]
    assert [step.key for step in found[1].path] == [7, 8]


def test_firms_that_own_each_other_end_the_way():
    found = owners(holding(1, 2, 1, 40), holding(2, 1, 2, 10), holding(3, 3, 2), holding(4, 2, 3))
    assert [(one.owner, one.share_at_least) for one in found] == [(2, 40), (3, None)]


def test_of_two_statements_on_one_holding_the_greater_share_counts():
    (found,) = owners(holding(1, 2, 1), holding(2, 2, 1, 25))
    assert (found.path[0].key, found.share_at_least) == (2, 25)


def test_owners_of_many_firms_are_asked_for_together(member, importer, django_assert_num_queries):
    parent, *plants = firms(importer, "Example Parent", *(f"Example Plant {number}" for number in range(20)))
    for plant in plants:
        ownership.declare_ownership(parent, plant, actor=member, declared_by=importer)
    with django_assert_num_queries(2):
        found = ownership.owners_of([plant.pk for plant in plants])
    assert {chain.owner for chains in found.values() for chain in chains} == {parent.pk}
