"""Programs of importers and brokers: their keys, what each may touch, how keys are renewed, and how often they ask."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from entities.domain.errors import Refused
from entities.domain.roles import Act, Role
from entities.domain.scopes import SCOPES, covers, scope_needed
from entities.models import ApiClient, ApiToken, AuditEvent, BrokerAuthorization, Organization
from entities.services import accounts, api_clients, tokens
from screening.models import Shipment
from screening.services import addressees
from tests.api_client import V1, client_of, errors_of
from tests.evidence.sending import make_case
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db
BODY = {"parties": [{"role": "manufacturer", "name": "Example Garments JSC", "country": "VN"}]}


@pytest.fixture
def member():
    return make_user(Role.IMPORTER_MEMBER, make_organization())


@pytest.fixture
def program(member):
    return api_clients.add_client(member.organizations().get(), name="entry system", actor=member)


def calling(secret):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def key_of(program, *scopes, actor):
    return api_clients.make_key(program, name="production", scopes=scopes, days=90, actor=actor)


def test_a_program_sends_for_its_importer_and_the_record_names_it(member, program):
    _, secret = key_of(program, "shipments:write", actor=member)
    answer = calling(secret).post(f"{V1}/shipments/", BODY, format="json")
    assert answer.status_code == 201
    assert Shipment.objects.get().owner == program.organization


@pytest.mark.parametrize(
    ("scopes", "address", "method", "is_allowed"),
    [
        (["shipments:read"], "shipments", "get", True),
        (["shipments:read"], "shipments", "post", False),
        (["shipments:write"], "shipments", "get", True),
        (["cases:write"], "shipments", "get", False),
        (["shipments:write"], "cases", "get", False),
        (["screening:read"], "screen-party", "post", True),
        (["shipments:write"], "me", "get", True),
    ],
)
def test_a_key_does_what_its_scopes_name_and_no_more(member, program, scopes, address, method, is_allowed):
    _, secret = key_of(program, *scopes, actor=member)
    body = {"name": "Mill", "country": "CN"} if address == "screen-party" else BODY
    answer = getattr(calling(secret), method)(
        f"{V1}/{address}/", **({"data": body, "format": "json"} if method == "post" else {})
    )
    assert (answer.status_code != 403) is is_allowed, answer.content
    if not is_allowed:
        assert answer.json()["code"] == "scope_missing"


def test_every_resource_of_the_api_belongs_to_a_group_of_scopes():
    from config.api_urls import router

    free = {"api-me", "api-clocks"}
    names = {basename for _, _, basename in router.registry} - free
    assert [name for name in sorted(names) if not scope_needed(name, is_read=True)] == []
    assert covers([], "cases:write")
    assert not covers(["cases:read"], "cases:write")
    assert len(SCOPES) == 16


def test_a_key_is_renewed_with_days_in_which_both_are_open(member, program):
    old, old_secret = key_of(program, "shipments:read", actor=member)
    new, new_secret = api_clients.rotate_key(old, overlap_days=3, days=365, actor=member)
    assert (new.scopes, new.replaces) == (["shipments:read"], old)
    assert [calling(one).get(f"{V1}/me/").status_code for one in (old_secret, new_secret)] == [200, 200]
    with time_machine.travel(timezone.now() + timedelta(days=4), tick=False):
        assert [calling(one).get(f"{V1}/me/").status_code for one in (old_secret, new_secret)] == [401, 200]
    with pytest.raises(Refused, match="renewed already"):
        api_clients.rotate_key(old, overlap_days=3, days=365, actor=member)


def test_a_closed_program_and_a_revoked_key_are_refused(member, program):
    first, secret = key_of(program, "shipments:read", actor=member)
    _, other = key_of(program, "shipments:read", actor=member)
    tokens.revoke_token(first, actor=member)
    assert [calling(one).get(f"{V1}/me/").status_code for one in (secret, other)] == [401, 200]
    api_clients.close_client(program, actor=member)
    assert calling(other).get(f"{V1}/me/").status_code == 401
    with pytest.raises(Refused, match="is closed"):
        key_of(program, "shipments:read", actor=member)


def test_a_broker_s_program_acts_for_importers_that_authorised_it_and_for_no_other():
    broker, importer = make_organization(Organization.Kind.BROKER), make_organization()
    member = make_user(Role.BROKER_MEMBER, broker)
    _, secret = key_of(api_clients.add_client(broker, name="filing", actor=member), "shipments:write", actor=member)
    body = {**BODY, "owner": importer.pk}
    assert calling(secret).post(f"{V1}/shipments/", body, format="json").status_code == 400
    BrokerAuthorization.objects.create(broker=broker, importer=importer, valid_from=timezone.localdate())
    assert calling(secret).post(f"{V1}/shipments/", body, format="json").status_code == 201
    BrokerAuthorization.objects.update(revoked_at=timezone.now())
    assert calling(secret).post(f"{V1}/shipments/", body, format="json").status_code == 400


def test_another_importer_looks_after_none_of_it(program):
    rival = make_user(Role.IMPORTER_MEMBER, make_organization())
    with pytest.raises(Refused, match="Only members of"):
        key_of(program, "shipments:read", actor=rival)
    client = Client()
    client.force_login(rival, backend="entities.backends.EmailBackend")
    assert client.get(reverse("api-key-add", args=[program.pk])).status_code == 404
    assert not ApiToken.objects.exists()


def test_the_office_has_no_programs(member):
    manager = make_user(Role.MANAGER)
    office = manager.organizations().filter(kind="office").get()
    with pytest.raises(Refused, match="Programs belong to an importer or a broker"):
        api_clients.add_client(office, name="ours", actor=manager)
    assert manager.has_perm(Act.MANAGE_API_CLIENTS)


def test_no_mail_goes_to_a_program():
    case = make_case()
    member = case.importer.memberships.get().user
    api_clients.add_client(case.importer, name="entry system", actor=member)
    assert addressees.outside(case) == [member.email]


def test_the_pages_make_renew_revoke_and_close(member):
    client = Client()
    client.force_login(member, backend="entities.backends.EmailBackend")
    client.post(reverse("api-client-add"), {"organization": member.organizations().get().pk, "name": "entry system"})
    program = ApiClient.objects.get()
    page = client.post(
        reverse("api-key-add", args=[program.pk]), {"name": "live", "scopes": ["shipments:write"], "days": 90}
    ).content.decode()
    key = ApiToken.objects.get()
    assert f"{key.prefix}." in page
    assert key.secret_digest not in page
    client.post(reverse("api-key-rotate", args=[key.pk]), {"overlap_days": 2, "days": 365})
    client.post(reverse("api-key-revoke", args=[key.pk]))
    shown = client.get(reverse("api-client-list")).content.decode()
    assert "Revoked" in shown
    assert ApiToken.objects.get(replaces=key).prefix in shown
    client.post(reverse("api-client-close", args=[program.pk]))
    program.refresh_from_db()
    assert program.closed_at is not None


def test_each_answer_tells_what_is_left_of_the_minute_and_the_key_that_asks_too_often_waits(member, program, settings):
    cache.clear()
    settings.API_REQUESTS_PER_MINUTE = 2
    _, secret = key_of(program, "shipments:read", actor=member)
    with time_machine.travel(timezone.now().replace(second=10), tick=False):
        answers = [calling(secret).get(f"{V1}/me/") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert [one["RateLimit-Remaining"] for one in answers] == ["1", "0", "0"]
    assert (answers[2]["Retry-After"], answers[2].json()["code"]) == ("50", "throttled")
    assert answers[0]["API-Version"] == "1"


def test_a_member_opens_the_sandbox_of_its_organisation_once(member):
    client, own = Client(), member.organizations().get()
    client.force_login(member)
    assert "Open a sandbox" in client.get(reverse("api-client-list")).content.decode()
    answer = client.post(reverse("sandbox-open", args=[own.pk]), follow=True)
    assert "its keys begin with sb" in answer.content.decode()
    opened = Organization.objects.get(sandbox_of=own)
    assert f'<option value="{opened.pk}" selected>' in answer.content.decode()
    assert (opened.environment, opened.kind, opened.name) == ("sandbox", own.kind, f"{own.name} sandbox")
    assert AuditEvent.objects.get(action="organization.added", target_key=opened.pk).after["sandbox_of"] == str(own)
    assert "Open a sandbox" not in client.get(reverse("api-client-list")).content.decode()
    again = client.post(reverse("sandbox-open", args=[own.pk]), follow=True)
    assert f"{own} has its sandbox" in again.content.decode()
    assert Organization.objects.filter(sandbox_of=own).count() == 1


def test_a_program_opens_the_sandbox_of_its_organisation_by_the_api(member, program):
    own = member.organizations().get()
    _, secret = key_of(program, "sandboxes:write", actor=member)
    _, other = key_of(program, "shipments:write", actor=member)
    address = f"{V1}/sandboxes/"
    assert calling(other).post(address, {}, format="json").json()["code"] == "scope_missing"
    sent = [calling(secret).post(address, {}, format="json", HTTP_IDEMPOTENCY_KEY="sandbox-1") for _ in range(2)]
    assert [one.status_code for one in sent] == [201, 201]
    assert sent[0].content == sent[1].content
    opened = Organization.objects.get(sandbox_of=own)
    said = {"id": opened.pk, "sandbox_of": own.pk, "environment": "sandbox", "name": f"{own.name} sandbox"}
    assert said.items() <= sent[0].json().items()
    assert [one["id"] for one in calling(secret).get(address).json()["results"]] == [opened.pk]
    again = calling(secret).post(address, {"organization": own.pk}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "sandbox_open")
    trial = api_clients.add_client(opened, name="trial", actor=member)
    nested = calling(key_of(trial, "sandboxes:write", actor=member)[1]).post(address, {}, format="json")
    assert (nested.status_code, nested.json()["code"]) == (409, "no_sandbox_of")


def test_a_sandbox_is_opened_of_ones_own_organisation_only(member):
    authorised = make_user(Role.BROKER_MEMBER)
    broker = authorised.active_memberships[0].organization
    importer = member.organizations().get()
    BrokerAuthorization.objects.create(broker=broker, importer=importer, valid_from="2026-01-01")
    answer = client_of(authorised).post(f"{V1}/sandboxes/", {"organization": importer.pk}, format="json")
    assert errors_of(answer) == {"/organization": "does_not_exist"}
    done = client_of(authorised).post(f"{V1}/sandboxes/", {}, format="json")
    assert (done.status_code, done.json()["sandbox_of"]) == (201, broker.pk)
    assert client_of(member).get(f"{V1}/sandboxes/").json()["results"] == []
    assert errors_of(client_of(make_user(Role.MANAGER)).post(f"{V1}/sandboxes/", {}, format="json"))


def test_a_key_of_the_sandbox_says_so_and_leads_nowhere_else(member, program):
    own = member.organizations().get()
    opened = accounts.open_sandbox(own, actor=member)
    key, secret = key_of(api_clients.add_client(opened, name="trial", actor=member), "shipments:write", actor=member)
    live, _ = key_of(program, "shipments:write", actor=member)
    assert (key.prefix[:2], live.prefix[:2]) == ("sb", "co")
    sent = calling(secret).post(f"{V1}/shipments/", BODY, format="json")
    assert (sent.status_code, sent["ClearOrigin-Environment"]) == (201, "sandbox")
    assert Shipment.objects.get().owner == opened
    assert calling(secret).post(f"{V1}/shipments/", {**BODY, "owner": own.pk}, format="json").status_code == 400
    assert list(member.organizations()) == [own]  # on the pages its people see nothing of it


def test_the_sandbox_of_a_broker_has_an_importer_to_declare_for():
    member, manager = make_user(Role.BROKER_MEMBER), make_user(Role.MANAGER)
    opened = accounts.open_sandbox(member.active_memberships[0].organization, actor=member)
    (authorization,) = BrokerAuthorization.objects.filter(broker=opened)
    importer = authorization.importer
    assert (importer.name, importer.environment) == (f"{opened.name} importer", "sandbox")
    assert AuditEvent.objects.filter(action="broker.authorized", actor_name=member.full_name).count() == 1
    trial = api_clients.add_client(opened, name="trial", actor=member)
    _, secret = key_of(trial, "shipments:write", actor=member)
    sent = calling(secret).post(f"{V1}/shipments/", BODY, format="json")
    assert (sent.status_code, sent["ClearOrigin-Environment"]) == (201, "sandbox")
    assert Shipment.objects.get().owner == importer
    assert not Shipment.objects.visible_to(manager).exists()
    assert not Shipment.objects.visible_to(member).exists()


def test_only_members_open_a_sandbox_and_only_of_a_live_importer_or_broker(member):
    own, rival = member.organizations().get(), make_user(Role.IMPORTER_MEMBER)
    assert refusal(accounts.open_sandbox, own, actor=rival) == "not_yours"
    opened = accounts.open_sandbox(own, actor=member)
    assert refusal(accounts.open_sandbox, own, actor=member) == "sandbox_open"
    assert refusal(accounts.open_sandbox, opened, actor=member) == "no_sandbox_of"
    assert refusal(api_clients.add_client, opened, name="another's", actor=rival) == "not_yours"
    manager = make_user(Role.MANAGER)
    office = manager.active_memberships[0].organization
    assert refusal(accounts.open_sandbox, office, actor=manager) == "no_sandbox_of"


def refusal(act, *args, **values):
    with pytest.raises(Refused) as refused:
        act(*args, **values)
    return refused.value.code
