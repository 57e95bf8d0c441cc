"""The audit trail: ``record()`` is the only way to add an event, ``verify()`` tells whether the chain holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from entities.domain.actions import Action
from entities.models import AuditEvent, AuditHead, User

_HASHED = (
    "sequence",
    "action",
    "actor_id",
    "actor_name",
    "actor_role",
    "target_kind",
    "target_key",
    "target_label",
    "case_number",
    "organization_id",
    "before",
    "after",
    "reason",
    "previous_hash",
)


def record(
    action: Action,
    *,
    actor: User | None,
    target: models.Model,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    case: Any = None,
    organization_id: int | None = None,
) -> AuditEvent:
    """Add one event, in the transaction of the act it tells of. Without an actor the system itself acted.

    Call it last in a service: it locks the head of the chain until the transaction ends.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An audit event belongs in the transaction of its act.")
    head = lock_head()
    event = AuditEvent(
        sequence=head.sequence + 1,
        at=timezone.now(),
        action=action,
        actor_id=actor.pk if actor else None,
        actor_name=actor.full_name if actor else "ClearOrigin",
        actor_role=", ".join(sorted(actor.roles)) if actor else "system",
        target_kind=target._meta.model_name or "",
        target_key=str(target.pk),
        target_label=str(target)[:300],
        case_number=case.number if case is not None else "",
        organization_id=organization_id,
        before=before or {},
        after=after or {},
        reason=reason,
        previous_hash=head.hash,
    )
    event.hash = digest(event)
    event.save(force_insert=True)
    head.sequence, head.hash = event.sequence, event.hash
    head.save(update_fields=["sequence", "hash"])
    return event


def lock_head() -> AuditHead:
    """The end of the chain, locked until the transaction ends: acts that must come one after another wait here."""
    return AuditHead.objects.select_for_update().get_or_create(pk=1)[0]


def digest(event: AuditEvent) -> str:
    """The hash of an event: over its fields in canonical JSON, the moment in UTC, and the hash before it."""
    content = {name: getattr(event, name) for name in _HASHED}
    content["at"] = event.at.astimezone(UTC).isoformat()
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def verify() -> Iterator[str]:
    """Say, sentence by sentence, where the chain does not hold. Nothing said: it holds to its head."""
    previous, expected = "0" * 64, 0
    for event in AuditEvent.objects.order_by("sequence").iterator():
        expected += 1
        if event.sequence != expected:
            yield f"Event {expected} is missing."
            expected = event.sequence
        if event.previous_hash != previous:
            yield f"Event {event.sequence} does not follow the event before it."
        if event.hash != digest(event):
            yield f"Event {event.sequence} is not as it was recorded."
        previous = event.hash
    head = AuditHead.objects.filter(pk=1).first() or AuditHead()
    if (head.sequence, head.hash) != (expected, previous):
        yield f"The chain ends at event {expected}, its head says {head.sequence}."
