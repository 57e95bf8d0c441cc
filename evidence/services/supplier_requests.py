"""A supplier sends papers without an account: it is asked by a link that ends, and gets a receipt for what it sent.

What comes in belongs to the importer of the case, like every paper of it: no other importer ever sees it. The supplier
may withhold it from its buyer, so that the office alone opens it. It may pass the request one step further upstream.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from entities import audit, history
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from entities.services import tokens
from entities.services.mail import queue_mail
from evidence.models import Document, SupplierDelivery, SupplierRequest
from evidence.services import documents
from evidence.supplier_words import refused_in, words_in
from screening.models import Case, TaskItem
from screening.services.cases import lock
from screening.services.requests import still_open

MOST_DAYS = 60
MOST_OPEN = 100  # of one case
MOST_PASSED_ON = 20
MOST_FILES = 100  # by one link


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom to ask, and for what."""

    firm: str
    asks: str
    email: str = ""
    language: str = SupplierRequest.Language.ENGLISH


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one file: the document it is, or why it was not taken."""

    name: str
    document: Document | None
    problem: str = ""


@transaction.atomic
def ask_supplier(case: Case, asked: Asked, *, actor: User, days: int, item: TaskItem | None = None) -> SupplierRequest:
    """The importer, its broker or the office asks a supplier for papers of one case, for so many days."""
    case = lock(case)
    if not actor.has_perm(Act.UPLOAD_DOCUMENT):
        raise Refused("may_not_upload", "Your role does not send papers.")
    if case.stage == Case.Stage.CLOSED:
        raise Refused("case_closed", f"Case {case.number} is decided, so nothing is added to it.")
    if not 1 <= days <= MOST_DAYS:
        raise Refused("days", f"The link can be open for 1 to {MOST_DAYS} days.")
    if item is not None:
        if item.task.case_id != case.pk:
            raise Refused("other_case", "That question was asked in another case.")
        still_open(item)
    now = timezone.now()
    if case.supplier_requests.filter(ended_at=None, expires_at__gt=now, passed_on=None).count() >= MOST_OPEN:
        raise Refused("too_many", f"{MOST_OPEN} suppliers are asked in this case. End a link that is no longer used.")
    return _begin(case, asked, actor=actor, expires_at=now + timedelta(days=days), item=item)


@transaction.atomic
def pass_on(request: SupplierRequest, asked: Asked, *, sender: str, is_firm_withheld: bool) -> SupplierRequest:
    """A supplier asks the one before it. The further link ends with its own, and goes no further."""
    request = _locked(request)
    require_open(request)
    if request.passed_on_id is not None:
        raise Refused("passed_on_before", words_in(request.language)["passed_on_before"])
    if request.further.count() >= MOST_PASSED_ON:
        raise Refused("too_many", words_in(request.language)["passed_on_often"].format(most=MOST_PASSED_ON))
    if not sender.strip():
        raise Refused("sender_missing", words_in(request.language)["name_missing"])
    return _begin(
        request.case,
        asked,
        actor=None,
        expires_at=request.expires_at,
        item=request.item,
        passed_on=request,
        sender=sender.strip(),
        is_firm_withheld=is_firm_withheld,
    )


@transaction.atomic
def end(request: SupplierRequest, *, actor: User) -> SupplierRequest:
    """End a link, and those passed on from it, before their time."""
    request = _locked(request)
    if not actor.has_perm(Act.UPLOAD_DOCUMENT):
        raise Refused("may_not_upload", "Your role does not send papers.")
    if request.ended_at is None:
        request.ended_at = timezone.now()
        request.save(update_fields=["ended_at"])
        audit.record(
            Action.SUPPLIER_REQUEST_ENDED,
            actor=actor,
            target=request,
            case=request.case,
            organization_id=request.case.importer_id,
            after={"firm": request.firm, "ended_at": request.ended_at.isoformat()},
        )
    return request


def find(token: str) -> SupplierRequest | None:
    """The request a link belongs to, open or not."""
    found = SupplierRequest.objects.filter(token_digest=tokens.digest(token))
    return found.select_related("case__importer", "item__task", "passed_on", "asked_by__person").first()


def path_of(request: SupplierRequest) -> str:
    """The address of the supplier's page; it is made anew each time, never kept."""
    return reverse("from-supplier", args=[_token(request.nonce)])


def link_of(request: SupplierRequest) -> str:
    """The same with the name of this site, for a mail."""
    return settings.SITE_URL.rstrip("/") + path_of(request)


def require_open(request: SupplierRequest) -> None:
    """The link has not ended, and the case still takes papers."""
    if not request.is_open(timezone.now()):
        raise Refused("link_ended", words_in(request.language)["ended"])
    if request.case.stage == Case.Stage.CLOSED:
        raise Refused("case_closed", words_in(request.language)["decided"])


def receive(
    request: SupplierRequest,
    files: Sequence[File[bytes]],
    *,
    sender: str,
    email: str = "",
    is_withheld: bool = False,
    on_workers: bool = False,
    replaces: Document | None = None,
) -> tuple[SupplierDelivery | None, list[Sent]]:
    """Take what a supplier sends. Each file is taken or refused by itself; the receipt names those taken.

    None where nothing was taken. A file that is in the case already is on the receipt too, as received before.
    ``replaces``: the file sent by this link before that the one sent now stands in place of. Both stay.
    """
    require_open(request)
    email = _email(email)
    if not sender.strip():
        raise Refused("sender_missing", words_in(request.language)["name_missing"])
    taken = sent_by(request).count()
    if taken + len(files) > MOST_FILES:
        raise Refused("too_many_files", words_in(request.language)["too_many"].format(most=MOST_FILES))
    if replaces is not None:
        if not sent_by(request).filter(pk=replaces.pk).exists():
            raise Refused("no_such_paper", words_in(request.language)["not_sent_before"])
        if len(files) != 1:
            raise Refused("one_file", words_in(request.language)["one_in_place"])
    with transaction.atomic():
        delivery = SupplierDelivery.objects.create(
            request=request,
            number=f"R-{timezone.localdate():%Y}-{secrets.token_hex(4).upper()}",
            sender=sender.strip()[:200],
            email=email,
            is_withheld=is_withheld,
            on_workers=on_workers,
        )
        sent = [_take(one, delivery, replaces) for one in files]
        kept = [one.document for one in sent if one.document is not None]
        if not kept:
            transaction.set_rollback(True)
            return None, sent
        _confirm(delivery, kept)
    return delivery, sent


def sent_by(request: SupplierRequest) -> QuerySet[Document]:
    """The files that came by a link, in the order in which they came."""
    return Document.objects.filter(delivery__request=request).order_by("pk")


def _confirm(delivery: SupplierDelivery, kept: Sequence[Document]) -> None:
    """Put on record what came, and mail the receipt where the sender wants it."""
    request = delivery.request
    audit.record(
        Action.SUPPLIER_DELIVERED,
        actor=None,
        target=delivery,
        case=request.case,
        organization_id=request.case.importer_id,
        after={
            "number": delivery.number,
            "firm": "" if request.is_firm_withheld else request.firm,
            "sender": delivery.sender,
            "withheld": delivery.is_withheld,
            "files": [one.sha256 for one in kept],
        },
        rows=[delivery],
    )
    if delivery.email:
        queue_mail(
            delivery.email,
            "supplier_receipt",
            {
                "number": delivery.number,
                "language": request.language,
                "received_at": timezone.localtime(delivery.received_at).strftime("%Y-%m-%d %H:%M %Z"),
                "files": [{"name": one.file_name, "sha256": one.sha256} for one in kept],
                "words": words_in(request.language),
            },
        )


def mail_context(keys: dict[str, Any]) -> dict[str, Any] | None:
    """What the mail with the link says; None where the link has ended."""
    request = SupplierRequest.objects.select_related("case__importer", "passed_on").get(pk=keys["request"])
    if not request.is_open(timezone.now()):
        return None
    return {"request": request, "link": link_of(request), "words": words_in(request.language), "said": said(request)}


def said(request: SupplierRequest) -> str:
    """Who asks whom, in the supplier's language. The importer's name goes no further than its own supplier."""
    words = words_in(request.language)
    if request.passed_on_id:
        return words["passed"].format(firm=request.firm)
    return words["intro"].format(importer=request.case.importer, firm=request.firm)


def _take(file: File[bytes], delivery: SupplierDelivery, replaces: Document | None) -> Sent:
    request = delivery.request
    name = file.name or "file"
    try:
        document = documents.receive_upload(
            file,
            organization=request.case.importer,
            actor=request.asked_by,
            case=request.case,
            task_item=request.item,
            delivery=delivery,
            replaces=replaces,
        )
    except Refused as refused:
        return Sent(name, None, refused_in(request.language, refused.code, refused.message))
    if document.state != Document.State.REFUSED:
        return Sent(name, document)
    return Sent(name, document, refused_in(request.language, document.problem_code, document.problem))


def _begin(
    case: Case,
    asked: Asked,
    *,
    actor: User | None,
    expires_at: Any,
    item: TaskItem | None,
    passed_on: SupplierRequest | None = None,
    sender: str = "",
    is_firm_withheld: bool = False,
) -> SupplierRequest:
    if not asked.firm.strip():
        raise Refused("firm_missing", "Name the firm that is asked.")
    if not asked.asks.strip():
        raise Refused("asks_missing", "Say what it is to send.")
    nonce = secrets.token_hex(16)
    request = SupplierRequest.objects.create(
        case=case,
        item=item,
        passed_on=passed_on,
        firm=asked.firm.strip(),
        email=_email(asked.email),
        language=asked.language,
        asks=asked.asks.strip(),
        is_firm_withheld=is_firm_withheld,
        asked_by=actor or passed_on.asked_by,  # type: ignore[union-attr]
        expires_at=expires_at,
        nonce=nonce,
        token_digest=tokens.digest(_token(nonce)),
    )
    audit.record(
        Action.SUPPLIER_ASKED,
        actor=actor,
        target=request,
        case=case,
        organization_id=case.importer_id,
        after={
            "firm": "" if is_firm_withheld else request.firm,
            "asks": request.asks,
            "expires_at": expires_at.isoformat(),
            "passed_on_by": sender,
        },
    )
    if request.email:
        queue_mail(request.email, "supplier_request", {"request": request.pk}, organization=case.importer)
    return request


def _token(nonce: str) -> str:
    made = salted_hmac("evidence.supplier_request", nonce, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def _email(address: str) -> str:
    address = address.strip()
    if address:
        try:
            validate_email(address)
        except ValidationError as fault:
            raise Refused("email", f"{address} is not an e-mail address.") from fault
    return address


def _locked(request: SupplierRequest) -> SupplierRequest:
    lock(request.case)
    rows = SupplierRequest.objects.select_for_update(of=("self",))
    request = rows.select_related("case__importer", "item__task", "passed_on").get(pk=request.pk)
    history.note_changed(request, case=request.case)
    return request
