"""Sandboxes: everything works in them, and nothing of them reaches the office's live work or another importer."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.roles import SHARED_ACTS, Act, Role
from entities.models import Event, Organization, Supplier
from entities.services import jobs
from entities.services.accounts.members import join
from entities.services.accounts.organizations import add_organization
from entities.services.lists import load_reference_lists
from entities.services.suppliers import declare_link_between
from screening.models import Case, Letter, Shipment
from screening.services import addressees, second_looks
from screening.services.requests import request_evidence
from screening.services.shipments import add_shipment
from screening.services.sight import Sight
from tests import test_api_access as api
from tests import world as pages
from tests.api_client import V1, client_of
from tests.factories import declared_shipment, make_organization, make_user
from tests.test_access import PAGES, POST_ONLY

pytestmark = pytest.mark.django_db
SANDBOX = Organization.Environment.SANDBOX
OFFICE_ROLES = (Role.ANALYST, Role.REVIEWER, Role.APPROVER, Role.AUDITOR, Role.MANAGER)
LISTED = PartyFacts(name="Aksu Huafu Color Spinning Co., Ltd.", country="CN")
MILL = PartyFacts(name="Example Knitting Mill Co., Ltd.", city="Example City", country="CN")
# What belongs to no importer: the lists and what the office does with them, and the account itself.
SHARED = ("/clocks/", "/me/", "/listed-entities/", "/listed-names/", "/list-versions/", "/thresholds/", "/judgements/")
# Of it an officer of a sandbox sees what everybody may.
OFFICE_ALONE = ("/listed-names/", "/judgements/")


def to_sandbox():
    """Everybody outside the office, and all they declared, moved into a sandbox."""
    Organization.objects.exclude(kind=Organization.Kind.OFFICE).update(environment=SANDBOX)
    Supplier.objects.update(is_sandbox=True)


def sandbox_officer(role):
    office = Organization.objects.filter(kind=Organization.Kind.OFFICE, environment=SANDBOX).first()
    office = office or make_organization(Organization.Kind.OFFICE, "Trial Office", environment=SANDBOX)
    return make_user(role, office)


def reads(world):
    """Every operation of the API that reads rows of importers."""
    for method, path in sorted(api.TABLE):
        if method == "get" and not any(path.startswith(f"/api/v1{one}") for one in SHARED):
            yield path, *world.request(method, path)[:2]


@pytest.mark.parametrize("role", OFFICE_ROLES)
def test_the_api_tells_the_live_office_nothing_of_a_sandbox(role):
    world = api.World()
    to_sandbox()
    client = client_of(world.users[role.value])
    told = []
    for path, address, parameters in reads(world):
        answer = client.get(address, parameters)
        empty = answer.status_code == 200 and answer.json().get("results") == []
        if not empty and answer.status_code not in (400, 403, 404):
            told.append((path, answer.status_code, answer.content[:200]))
    assert not told


def test_the_api_tells_an_officer_of_a_sandbox_of_it():
    world = api.World()
    to_sandbox()
    client = client_of(sandbox_officer(Role.REVIEWER))
    answers = {}
    for path, address, parameters in reads(world):
        answer = client.get(address, parameters)
        answers[path] = answer.status_code
        assert answer["ClearOrigin-Environment"] == "sandbox"
    expected = {path: api.TABLE["get", path]["reviewer"] for path in answers}
    assert answers == expected


def test_an_officer_of_a_sandbox_sees_nothing_live():
    world = api.World()
    client = client_of(sandbox_officer(Role.REVIEWER))
    for path, address, parameters in reads(world):
        answer = client.get(address, parameters)
        empty = answer.status_code == 200 and answer.json().get("results") == []
        assert empty or answer.status_code in (400, 403, 404), path
    assert client.get(f"{V1}/judgements/").status_code == 403 or not client.get(f"{V1}/judgements/").json()["results"]


def test_no_page_of_the_live_office_names_an_importer_of_a_sandbox(settings):
    settings.DEMO = True  # the second factor has tests of its own
    world = pages.World()
    Organization.objects.filter(pk=world.importer.pk).update(name="Zanzibar Trials LLC")
    to_sandbox()
    named = []
    # Whoever looks after people and the trail looks after those of sandboxes too.
    people = ("people", "organization", "member", "broker", "invitation", "account", "audit", "api-", "webhook")
    for name in PAGES:
        if name in POST_ONLY or name.startswith(people):
            continue
        for who in (pages.ANALYST, pages.REVIEWER, pages.APPROVER, pages.AUDITOR, pages.MANAGER):
            browser = Client()
            browser.force_login(world.users[who], backend="entities.backends.EmailBackend")
            answer = browser.get(world.address(name))
            if answer.status_code == 200 and "Zanzibar" in (b"" if answer.streaming else answer.content).decode():
                named.append((name, who))
    assert not named


def test_links_of_a_sandbox_never_count_in_a_live_chain():
    load_reference_lists()
    live, sandbox, other = make_organization(), *(make_organization(environment=SANDBOX) for _ in range(2))
    members = {one: make_user(Role.IMPORTER_MEMBER, one) for one in (live, sandbox, other)}
    shipments = {
        owner: add_shipment(declared_shipment(maker=MILL.name, country="CN"), owner=owner, actor=actor)
        for owner, actor in members.items()
    }
    declare_link_between(
        LISTED, MILL, actor=members[sandbox], organization=sandbox, is_public=False, valid_from=date(2025, 1, 1)
    )
    jobs.work_off()
    found = {}
    for owner, shipment in shipments.items():
        shipment.refresh_from_db()
        found[owner] = set(shipment.latest_screening.findings.values_list("rule", flat=True))
    assert "LISTED_ENTITY" in found[sandbox]
    assert "LISTED_ENTITY" not in found[live]
    assert "LISTED_ENTITY" not in found[other]
    assert Supplier.objects.filter(name=MILL.name).count() == 3


def test_prices_tried_in_a_sandbox_are_no_prices():
    sandbox = make_organization(environment=SANDBOX)
    member = make_user(Role.IMPORTER_MEMBER, sandbox)
    add_shipment(declared_shipment(maker="Example Maker"), owner=sandbox, actor=member)
    assert Shipment.objects.count() == 1
    assert not Sight().shipments().exists()


def test_a_case_goes_its_way_in_a_sandbox_with_officers_of_its_own():
    load_reference_lists()
    importer = make_organization(environment=SANDBOX)
    member = make_user(Role.IMPORTER_MEMBER, importer, email="trier@example.test")
    manager, reviewer = make_user(Role.MANAGER), sandbox_officer(Role.REVIEWER)
    trial_manager = sandbox_officer(Role.MANAGER)
    add_shipment(declared_shipment(maker=LISTED.name, country="CN"), owner=importer, actor=member)
    jobs.work_off()
    case = Case.objects.visible_to(reviewer).get()
    assert not Case.objects.visible_to(manager).exists()
    task = request_evidence(case, actor=reviewer, due_on=timezone.localdate() + timedelta(days=9), items=["Gin"])
    assert client_of(member).get(f"{V1}/tasks/{task.pk}/").status_code == 200
    assert addressees.outside(case) == ["trier@example.test"]
    assert addressees.in_charge(case, managers=True) == [trial_manager.email]
    assert Event.objects.visible_to(reviewer).exists()
    assert not Event.objects.visible_to(manager).exclude(organization=None).exists()


def test_the_public_list_and_the_counts_hold_no_case_of_a_sandbox():
    world = api.World()
    reviewer = world.users["reviewer"]
    assert Letter.objects.public().count() == 1
    to_sandbox()
    assert not Letter.objects.public().exists()
    counted = second_looks.agreement(reviewer)
    assert (counted.decided, counted.drawn, counted.given, counted.overrides) == (0, 0, 0, 0)


@pytest.mark.parametrize("act", sorted(SHARED_ACTS))
def test_what_counts_for_everybody_is_not_done_in_a_sandbox(act):
    roles = [role for role in OFFICE_ROLES if make_user(role).has_perm(act)]
    assert roles
    assert not any(sandbox_officer(role).has_perm(act) for role in roles)
    assert sandbox_officer(Role.REVIEWER).has_perm(Act.RECOMMEND)


def test_an_account_belongs_to_live_organisations_or_to_sandboxes():
    account = make_user(Role.IMPORTER_MEMBER)
    with pytest.raises(Refused) as refused:
        join(account, make_organization(environment=SANDBOX), Role.IMPORTER_MEMBER)
    assert refused.value.code == "other_environment"


def test_a_manager_makes_a_sandbox_beside_the_live_organisation_with_the_same_number():
    manager = make_user(Role.MANAGER)
    make_organization(importer_number="12-345678900")
    made = add_organization(
        name="Harbor Knit trials", kind="importer", actor=manager, importer_number="12-345678900", environment=SANDBOX
    )
    assert made.is_sandbox
    office = add_organization(name="Trial office", kind="office", actor=manager, environment=SANDBOX)
    assert office.is_sandbox
    with pytest.raises(Refused):
        add_organization(name="Another", kind="office", actor=manager, environment=SANDBOX)


def test_each_page_says_that_it_is_a_sandbox():
    member = make_user(Role.IMPORTER_MEMBER, make_organization(environment=SANDBOX))
    browser = Client()
    browser.force_login(member, backend="entities.backends.EmailBackend")
    for address in ("/shipments/", "/suppliers/", "/account/"):
        assert "<strong>SANDBOX</strong>" in browser.get(address).content.decode(), address
    live = Client()
    live.force_login(make_user(Role.IMPORTER_MEMBER), backend="entities.backends.EmailBackend")
    assert "<strong>SANDBOX</strong>" not in live.get("/shipments/").content.decode()


def test_a_repeated_answer_says_it_too():
    client = client_of(make_user(Role.IMPORTER_MEMBER, make_organization(environment=SANDBOX)))
    body = {"parties": [{"role": "manufacturer", "name": "Example Garments JSC", "country": "VN"}]}
    for _ in range(2):
        answer = client.post(f"{V1}/shipments/", body, format="json", HTTP_IDEMPOTENCY_KEY="k")
        assert (answer.status_code, answer["ClearOrigin-Environment"]) == (201, "sandbox")


def test_a_live_answer_says_nothing_of_it():
    assert "ClearOrigin-Environment" not in client_of(make_user(Role.IMPORTER_MEMBER)).get(f"{V1}/me/").headers
