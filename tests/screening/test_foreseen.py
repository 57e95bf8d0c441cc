"""What the index says at once of a pass is what the screenings of it then find, on random networks."""

import random
from datetime import date

import pytest

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import Change, DeclaredParty, ListVersion, Site
from entities.services import jobs
from entities.services.lists import load_reference_lists, load_version
from entities.services.lists.shipped import UFLPA_LIST
from entities.services.lists.versions import rows_of
from entities.services.suppliers import withdraw_link
from screening.models import Finding, Foreseen, Rescreened, Rescreening, Shipment
from screening.services import feed
from screening.services.exposure.moving import moved_at
from screening.services.exposure.numbers import GROUNDS, Ground
from screening.services.runs import screen_shipments
from tests.factories import make_organization, make_user
from tests.screening.made_chains import MILL, SPINS, chain_to_listed, supply
from tests.screening.test_concerned import publish
from tests.screening.test_touched_only import made

pytestmark = pytest.mark.django_db
LISTED = Ground("LISTED_ENTITY", is_certain=True).number


@pytest.fixture(autouse=True)
def lists(db):
    load_reference_lists()


def take_off(name):
    """The list in use without an entity."""
    rows = rows_of(ListVersion.objects.current(ListVersion.Register.UFLPA))
    return load_version(UFLPA_LIST, [row for row in rows if row.name != name], actor=None)


def found_in(ids):
    """By shipment what its standing screening says of firms: rule, firm, entity, how it is reached."""
    told = {pk: set() for pk in ids}
    findings = Finding.objects.filter(screening__in=Shipment.objects.filter(pk__in=ids).values("latest_screening"))
    for one in findings.select_related("listing", "screening"):
        if one.rule in GROUNDS and (one.ground or one.asks_review):
            end = one.path[-1]["supplier"]
            entity = one.listing.entity_id if one.listing else None
            told[one.screening.shipment_id].add(
                (one.rule, end, entity, bool(one.ground), one.grade, one.steps_upstream)
            )
    return told


def foreseen_in(rescreening, ids):
    told = {(pk, is_new): set() for pk in ids for is_new in (True, False)}
    for one in Foreseen.objects.filter(rescreening=rescreening):
        told[one.shipment_id, one.is_new].add(
            (one.rule, one.supplier_id, one.entity_id, one.raises_presumption, one.grade, one.steps_upstream)
        )
    return told


@pytest.mark.parametrize("seed", range(100, 104))
def test_what_is_foreseen_is_what_screening_in_full_finds(seed):
    _, ids = made(seed)
    screen_shipments(ids, trigger="first")
    dice = random.Random(seed)
    firms = list(Site.objects.filter(name__startswith="Orchid Works").values_list("name", flat=True))
    foreseen_in_all = 0
    for turn in range(4):
        before = found_in(ids)
        if turn < 2:
            publish(*dice.sample(firms, 3))
        elif turn == 2:
            take_off("Changji Esquel Textile Co. Ltd.")
        else:
            moved = Site.objects.get(name=firms[0]).supplier_id
            for words in (Site, DeclaredParty):
                words.objects.filter(supplier=moved).update(city="Aksu", province="Xinjiang", country="CN")
            Change.objects.create(kind=Change.Kind.SUPPLIER, key=str(moved))
        feed.consume_changes()
        rescreening = Rescreening.objects.latest("pk")
        again = set(Foreseen.objects.filter(rescreening=rescreening).values_list("shipment", flat=True))
        assert not Rescreened.objects.filter(rescreening=rescreening).exists()
        foreseen = foreseen_in(rescreening, ids)
        jobs.work_off()
        after = found_in(ids)
        assert again <= set(rescreening.shipments.values_list("shipment", flat=True))
        for pk in ids:
            assert (foreseen[pk, True], foreseen[pk, False]) == (after[pk] - before[pk], before[pk] - after[pk])
        rows = Foreseen.objects.filter(rescreening=rescreening)
        assert rows.borne_out().count() == rows.count()
        foreseen_in_all += rows.count()
    assert foreseen_in_all > 5


def test_an_officer_sees_what_a_list_reaches_before_and_after_it_is_screened(client):
    owner, officer = make_organization(name="Example Imports LLC"), make_user(Role.ANALYST)
    member = make_user(Role.IMPORTER_MEMBER, owner)
    shipment = chain_to_listed(owner, member)
    spinner = "Example Plain Spinning Co., Ltd."
    supply(owner, member, PartyFacts(name=spinner, city="Ningbo", country="CN"), MILL, **SPINS)
    jobs.work_off()
    publish(spinner)
    Shipment.objects.update(imported_on=date(2026, 8, 20))
    feed.consume_changes()
    at = f"/screened-again/{Rescreening.objects.latest('pk').pk}/"
    client.force_login(officer)
    page = client.get(f"{at}?show=foreseen").content.decode()
    assert "<strong>1</strong> shipment newly reaches a ground, <strong>1</strong> of them so that" in page
    assert "0 of 1 statements are settled by a screening" in page
    assert "1 at step 3" in page
    assert f'<a href="/suppliers/{Foreseen.objects.get().supplier_id}/">{spinner}</a>' in page
    assert "to be screened" in page
    jobs.work_off()
    page = client.get(f"{at}?show=foreseen").content.decode()
    assert "The screenings bear all of it out." in page
    assert "borne out by the screening" in page
    client.force_login(member)
    page = client.get(at).content.decode()
    assert "newly reaches" not in page
    assert shipment.label in page


def test_a_pass_of_which_nothing_was_known_at_once_says_why(client, monkeypatch):
    owner = make_organization()
    member, spinner = make_user(Role.IMPORTER_MEMBER, owner), "Example Plain Spinning Co., Ltd."
    chain_to_listed(owner, member)
    client.force_login(make_user(Role.ANALYST))

    def said():
        jobs.work_off()
        page = client.get(f"/screened-again/{Rescreening.objects.latest('pk').pk}/").content.decode()
        return page.split('id="foreseen"')[1].split("</section>")[0].split("Nothing. ")[1]

    link = supply(owner, member, PartyFacts(name=spinner, city="Ningbo", country="CN"), MILL, **SPINS)
    assert said().startswith("The exposure index says of every firm what it said before.")
    Shipment.objects.update(imported_on=date(2026, 7, 1))  # before the day of the listing
    publish(spinner)
    withdraw_link(link, actor=member, reason="Not ours.")
    assert said().startswith("The exposure index says something else of 1 firm, and by standing links none of these")
    monkeypatch.setattr("screening.services.exposure.moving.MOST", 0)
    monkeypatch.setattr("screening.foreseen.MOST", 0)
    supply(owner, member, PartyFacts(name="Sample Ring Spinning Ltd", country="CN"), MILL, **SPINS)
    jobs.work_off()
    publish("Sample Ring Spinning Ltd")
    Shipment.objects.update(imported_on=date(2026, 8, 20))
    assert said().startswith("The exposure index says something else of 1 firms, more than the 0 it follows")


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ([], [(1, 9)], [(True, ((1, 9),))]),
        ([(1, 9)], [], [(False, ((1, 9),))]),
        ([(1, 9)], [(1, 9)], []),
        ([(3, 5)], [(1, 9)], [(True, ((1, 2), (6, 9)))]),
        ([(1, 5)], [(3, 9)], [(True, ((6, 9),)), (False, ((1, 2),))]),
        ([(1, 2), (8, 9)], [(1, 9)], [(True, ((3, 7),))]),
    ],
)
def test_only_the_days_on_which_it_is_said_anew_are_told(before, now, expected):
    def rows(days):
        return [(LISTED, "huamei", first, last) for first, last in days]

    assert [(one.is_new, one.days) for one in moved_at(7, rows(before), rows(now))] == expected
