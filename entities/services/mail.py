"""Mail: queued in the transaction of the act that causes it, written and sent by a worker.

A template ``email/<name>.txt`` has the subject in its first line. A job keeps keys and plain values only: what lets
someone in, such as the link of an invitation, is made when the mail is written.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone

from entities.domain.errors import Refused
from entities.models import Invitation, Job, Organization, User
from entities.services import jobs

log = logging.getLogger(__name__)


def queue_mail(
    to: str,
    template: str,
    context: dict[str, Any],
    *,
    organization: Organization | None = None,
    dedupe_key: str = "",
) -> Job | None:
    """Put a mail in line. ``context`` holds what JSON holds; the addressee and ``site_url`` are added."""
    get_template(f"email/{template}.txt")  # a name without a template is a fault here, not in the worker
    return jobs.enqueue(
        "mail",
        {"to": to, "template": template, "context": context},
        organization=organization,
        dedupe_key=dedupe_key,
    )


def send_job(job: Job) -> None:
    """Write and send one queued mail. One that has lost its occasion, such as a withdrawn invitation, is not sent."""
    to, template = job.payload["to"], job.payload["template"]
    context: dict[str, Any] | None = job.payload["context"]
    if occasion := OCCASIONS.get(template):
        context = occasion(job.payload["context"])
    if context is None:
        log.info("mail job %s: its occasion has passed", job.pk)
        return
    subject, body = write(template, {**context, "to": to, "site_url": settings.SITE_URL.rstrip("/")})
    try:
        EmailMessage(subject=subject, body=body, to=[to]).send()
    except SMTPRecipientsRefused as refused:
        raise Refused("address_refused", f"The mail server does not deliver to {to}. Check the address.") from refused


def write(template: str, context: dict[str, Any]) -> tuple[str, str]:
    """Subject and body in plain text."""
    text = get_template(f"email/{template}.txt").template.render(  # type: ignore[attr-defined]
        Context({**context, "demo": settings.DEMO}, autoescape=False)
    )
    subject, _, body = text.strip().partition("\n")
    return " ".join(subject.split()), body.strip() + "\n"


def _invitation(keys: dict[str, Any]) -> dict[str, Any] | None:
    from entities.services.accounts import invitation_link

    invitation = Invitation.objects.select_related("organization", "invited_by__person").get(pk=keys["invitation"])
    if not invitation.is_open(timezone.now()):
        return None
    return {"invitation": invitation, "link": invitation_link(invitation)}


def _password_reset(keys: dict[str, Any]) -> dict[str, Any] | None:
    from entities.services.accounts import first_password_link

    account = User.objects.select_related("person").get(pk=keys["account"])
    return {"account": account, "link": first_password_link(account)} if account.is_active else None


def _password_changed(keys: dict[str, Any]) -> dict[str, Any] | None:
    return {"account": User.objects.select_related("person").get(pk=keys["account"])}


# What a mail says beyond plain values, by template; None where it need not be sent any more.
OCCASIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any] | None]] = {
    "invitation": _invitation,
    "password_reset": _password_reset,
    "password_changed": _password_changed,
}
