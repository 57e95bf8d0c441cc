"""The second factor: who must prove it, and that a password alone does not get around it."""

import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent
from entities.services.accounts import second_factor
from tests.factories import make_user

pytestmark = pytest.mark.django_db
SET_UP, PROVE = "/second-factor/set-up/", "/second-factor/"


def code_of(device, later=0):
    """What the phone shows, ``later`` steps of thirty seconds from now."""
    generator = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    generator.time = time.time() + later * device.step
    return f"{generator.token():06d}"


def set_up(account):
    """An account with a phone and recovery codes."""
    device = second_factor.begin(account)
    return second_factor.confirm(account, code_of(device))


def forgive(account):
    """As if the wait after wrong codes were over."""
    past = timezone.now() - timedelta(days=1)
    account.totpdevice_set.update(throttling_failure_timestamp=past)
    account.staticdevice_set.update(throttling_failure_timestamp=past)


@pytest.mark.parametrize("role", [Role.APPROVER, Role.MANAGER])
def test_who_decides_sets_up_a_second_factor_before_anything_else(client, role):
    client.force_login(make_user(role))
    assert client.get("/account/").url == f"{SET_UP}?next=%2Faccount%2F"
    assert client.get(SET_UP).status_code == 200


@pytest.mark.parametrize("role", [Role.ANALYST, Role.REVIEWER, Role.AUDITOR, Role.IMPORTER_MEMBER])
def test_others_may_do_without(client, role):
    client.force_login(make_user(role))
    assert client.get("/account/").status_code == 200


def test_the_demonstration_asks_for_none(client, settings):
    settings.DEMO = True
    client.force_login(make_user(Role.APPROVER))
    assert client.get("/account/").status_code == 200


def test_setting_up_shows_a_qr_code_without_inline_style_and_then_recovery_codes(client):
    account = make_user(Role.APPROVER)
    client.force_login(account)
    page = client.get(SET_UP).content.decode()
    assert '<path fill="#000" d="M' in page
    assert "style=" not in page
    device = TOTPDevice.objects.get(user=account)
    answer = client.post(SET_UP, {"code": code_of(device)})
    assert len(re.findall(r"<code>\w{8}</code>", answer.content.decode())) == 10
    assert client.get("/account/").status_code == 200
    assert AuditEvent.objects.get(action="second_factor.set").actor_id == account.pk


def test_the_key_for_typing_is_the_one_in_the_code(client):
    account = make_user(Role.ANALYST)
    client.force_login(account)
    page = client.get(SET_UP).content.decode()
    key = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    assert f"secret={key}" in TOTPDevice.objects.get(user=account).config_url


def test_a_wrong_code_sets_nothing_up(client):
    account = make_user(Role.APPROVER)
    client.force_login(account)
    client.get(SET_UP)
    assert "not right" in client.post(SET_UP, {"code": "000000"}).content.decode()
    assert not second_factor.has_second_factor(account)
    assert client.get("/account/").url == f"{SET_UP}?next=%2Faccount%2F"


def test_who_has_a_phone_proves_it_in_each_session_whatever_the_role(client):
    account = make_user(Role.ANALYST)
    device, _ = set_up(account)
    client.force_login(account)
    assert client.get("/account/").url == f"{PROVE}?next=%2Faccount%2F"
    assert client.post(PROVE, {"code": code_of(device, later=1)}).url == "/"
    assert client.get("/account/").status_code == 200


def test_proving_leads_to_where_one_was_going(client):
    account = make_user(Role.ANALYST)
    device, _ = set_up(account)
    answer = client.post(
        "/sign-in/", {"username": account.email, "password": "correct horse battery staple", "next": "/account/"}
    )
    assert answer.url == f"{PROVE}?next=%2Faccount%2F"
    assert client.post(PROVE, {"code": code_of(device, later=1), "next": "/account/"}).url == "/account/"


def test_a_password_alone_cannot_replace_the_phone(client):
    account = make_user(Role.APPROVER)
    device, _ = set_up(account)
    client.force_login(account)
    assert client.get(SET_UP).url.startswith(PROVE)
    waiting = second_factor.begin(account)
    assert client.post(SET_UP, {"code": code_of(waiting)}).url.startswith(PROVE)
    assert TOTPDevice.objects.get(user=account, confirmed=True) == device


@pytest.mark.parametrize("address", ["/account/recovery-codes/", "/account/second-factor/remove/"])
def test_a_password_alone_cannot_get_around_the_phone(client, address):
    account = make_user(Role.ANALYST)
    set_up(account)
    client.force_login(account)
    assert client.post(address).url == PROVE
    assert second_factor.has_second_factor(account)


def test_a_code_works_once(client):
    account = make_user(Role.ANALYST)
    device, _ = set_up(account)
    code = code_of(device, later=1)
    assert second_factor.prove(account, code) == device
    with pytest.raises(Refused):
        second_factor.prove(account, code)


def test_a_recovery_code_works_once_in_any_spelling():
    account = make_user(Role.ANALYST)
    _, codes = set_up(account)
    spelled = f"{codes[0][:4]}-{codes[0][4:]} ".upper()
    assert second_factor.prove(account, spelled)
    forgive(account)
    with pytest.raises(Refused):
        second_factor.prove(account, codes[0])
    forgive(account)
    assert second_factor.prove(account, codes[1])


def test_wrong_codes_make_the_next_one_wait(client):
    account = make_user(Role.ANALYST)
    device, _ = set_up(account)
    client.force_login(account)
    for _ in range(3):
        forgive(account)
        client.post(PROVE, {"code": "000000"})
    answer = client.post(PROVE, {"code": code_of(device, later=1)}).content.decode()
    assert re.search(r"Too many wrong codes. Wait \d seconds", answer)
    assert client.get("/account/").url == f"{PROVE}?next=%2Faccount%2F"


def test_new_recovery_codes_end_the_old_ones():
    account = make_user(Role.ANALYST)
    _, old = set_up(account)
    new = second_factor.renew_codes(account)
    with pytest.raises(Refused):
        second_factor.prove(account, old[0])
    forgive(account)
    assert second_factor.prove(account, new[0])


def test_a_manager_resets_a_colleague_and_the_trail_says_why(client):
    manager, account = make_user(Role.MANAGER), make_user(Role.APPROVER)
    set_up(account)
    second_factor.reset(account, actor=manager, reason="Phone lost, identified by call")
    assert not second_factor.has_second_factor(account)
    event = AuditEvent.objects.get(action="second_factor.reset")
    assert (event.actor_id, event.reason) == (manager.pk, "Phone lost, identified by call")
    client.force_login(account)
    assert client.get("/account/").url == f"{SET_UP}?next=%2Faccount%2F"


def test_nobody_resets_their_own_or_without_being_manager():
    manager, approver, reviewer = make_user(Role.MANAGER), make_user(Role.APPROVER), make_user(Role.REVIEWER)
    for account, actor in [(manager, manager), (approver, reviewer)]:
        set_up(account)
        with pytest.raises(Refused):
            second_factor.reset(account, actor=actor)
        assert second_factor.has_second_factor(account)


def test_a_reset_ends_what_the_session_had_proved(client):
    manager, account = make_user(Role.MANAGER), make_user(Role.APPROVER)
    device, _ = set_up(account)
    client.force_login(account)
    client.post(PROVE, {"code": code_of(device, later=1)})
    second_factor.reset(account, actor=manager)
    assert client.get("/account/").url == f"{SET_UP}?next=%2Faccount%2F"


def test_only_who_may_do_without_can_remove_it():
    analyst, approver = make_user(Role.ANALYST), make_user(Role.APPROVER)
    for account in (analyst, approver):
        set_up(account)
    second_factor.give_up(analyst)
    assert not second_factor.has_second_factor(analyst)
    with pytest.raises(Refused, match="requires a second factor"):
        second_factor.give_up(approver)
