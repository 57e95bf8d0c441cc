"""The second factor: a code from a phone, and recovery codes for the day the phone is lost."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from entities.services import account_rules as rules

RECOVERY_CODES = 10


def has_second_factor(account: User) -> bool:
    return TOTPDevice.objects.filter(user_id=account.pk, confirmed=True).exists()


def is_proven(account: User) -> bool:
    """Whether this session has shown the second factor (the middleware of django-otp says so on the account)."""
    is_verified = getattr(account, "is_verified", None)  # absent on an account that signed in just now
    return is_verified is not None and is_verified()


def is_required(account: User) -> bool:
    """Approvers and managers sign in with a second factor, except in the demonstration."""
    return account.needs_second_factor and not settings.DEMO


def begin(account: User) -> TOTPDevice:
    """The phone to be set up: known, but proving nothing until it has shown one right code."""
    waiting = TOTPDevice.objects.filter(user_id=account.pk, confirmed=False).first()
    return waiting or TOTPDevice.objects.create(user_id=account.pk, name="Phone", confirmed=False)


def confirm(account: User, code: str) -> tuple[TOTPDevice, list[str]]:
    """The phone showed a right code: it is the second factor from now on. Returns new recovery codes."""
    device = begin(account)
    _require_right(device, _plain(code))
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=account.pk)
        TOTPDevice.objects.filter(user_id=account.pk).exclude(pk=device.pk).delete()
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        codes = _new_codes(account)
        audit.record(Action.SECOND_FACTOR_SET, actor=account, target=account, after={"second_factor": True})
    return device, codes


def prove(account: User, code: str) -> Device:
    """The device that accepts a code: six digits from the phone, or a recovery code, which is used up by it."""
    code = _plain(code)
    kind: type[Any] = TOTPDevice if code.isdigit() and len(code) == 6 else StaticDevice
    device = kind.objects.filter(user_id=account.pk, confirmed=True).first()
    if device is None:
        raise Refused("code_wrong", "This code is not right. Enter the six digits your phone shows now.")
    _require_right(device, code)
    return device


@transaction.atomic
def renew_codes(account: User) -> list[str]:
    """New recovery codes; the old ones end."""
    User.objects.select_for_update(no_key=True).get(pk=account.pk)
    if not has_second_factor(account):
        raise Refused("no_second_factor", "Set up a second factor first.")
    codes = _new_codes(account)
    audit.record(Action.RECOVERY_CODES_RENEWED, actor=account, target=account, after={"recovery_codes": len(codes)})
    return codes


@transaction.atomic
def reset(account: User, *, actor: User | None, reason: str = "") -> None:
    """Take a colleague's second factor away, because phone and recovery codes are lost. They set up a new one."""
    account = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    rules.require(actor, Act.MANAGE_PEOPLE)
    rules.require_other_person(
        actor, account, "Nobody resets their own second factor. Use a recovery code, or ask another manager."
    )
    _remove(account, actor, reason)


@transaction.atomic
def give_up(account: User) -> None:
    """Do without a second factor from now on, where the role does not ask for one."""
    account = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    if is_required(account):
        raise Refused("second_factor_required", "Your role requires a second factor. Set up another phone instead.")
    _remove(account, account, "")


def locked_until(device: Device) -> datetime | None:
    """When a device that saw too many wrong codes takes the next one."""
    allowed, why = device.verify_is_allowed()
    return None if allowed or not why else why.get("locked_until")


def _require_right(device: Device, code: str) -> None:
    """The device accepts the code. A wrong one counts, so it must outlive the refusal: no transaction around both."""
    with transaction.atomic():
        locked = type(device).objects.select_for_update().get(pk=device.pk)
        until = locked_until(locked)
        right = until is None and locked.verify_token(code)
    if until is not None:
        seconds = max(1, round((until - timezone.now()).total_seconds()))
        wait = f"{seconds} seconds" if seconds < 120 else f"{round(seconds / 60)} minutes"
        raise Refused("too_many_codes", f"Too many wrong codes. Wait {wait}, then enter the code shown then.")
    if not right:
        raise Refused(
            "code_wrong",
            "This code is not right. Enter the six digits your phone shows now; each code works once. "
            "If it keeps failing, check that your phone sets its clock automatically.",
        )
    device.refresh_from_db()


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").lower()


def _new_codes(account: User) -> list[str]:
    StaticDevice.objects.filter(user_id=account.pk).delete()
    device = StaticDevice.objects.create(user_id=account.pk, name="Recovery codes", confirmed=True)
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def _remove(account: User, actor: User | None, reason: str) -> None:
    had = has_second_factor(account)
    TOTPDevice.objects.filter(user_id=account.pk).delete()
    StaticDevice.objects.filter(user_id=account.pk).delete()
    audit.record(
        Action.SECOND_FACTOR_RESET,
        actor=actor,
        target=account,
        before={"second_factor": had},
        after={"second_factor": False},
        reason=reason.strip(),
    )
