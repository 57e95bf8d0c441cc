"""The audit trail: ``record()`` is the only way to add an event, ``verify()`` tells whether the chain holds.

Whether the rows that the events speak of are still as they were is asked of ``entities.history``.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC
from itertools import groupby
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from entities import proof
from entities.domain import chain
from entities.domain.actions import UNCHANGING, Action
from entities.many_rows import put_rows
from entities.models import AuditEvent, AuditHead, RowDigest, User
from entities.parts import parts_of
from entities.spoken_of import Family, Row

Written = tuple[str, int, str | None]  # kind and key of a row, its proved fields as canonical JSON; none: it is gone
Digest = tuple[str, int, bool, str, str]
_DIGEST = ("sequence", "kind", "key", "is_gone", "salt", "digest")
_SAID = (
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
)


@dataclass(slots=True)
class _Act:
    """An event on its way into the chain, and the rows it speaks of; ``beside``: only where none spoke of them."""

    event: AuditEvent
    rows: list[Row]
    beside: list[Row]
    gone: list[Written]
    written: Iterable[Written]


@dataclass(slots=True)
class _Together:
    """What is recorded together, and what is written once the head of the chain is locked."""

    acts: list[_Act] = field(default_factory=list)
    writes: list[Callable[[], object]] = field(default_factory=list)


_waiting: ContextVar[_Together | None] = ContextVar("audit events waiting", default=None)


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
    rows: Iterable[models.Model] = (),
    gone: Iterable[models.Model] = (),
    written: Iterable[Written] = (),
    is_written: bool = False,
) -> AuditEvent:
    """Add one event, in the transaction of the act it tells of. Without an actor the system itself acted.

    The event carries the digests of its target and of further ``rows`` that the act changed, as they stand now, each
    with what belongs to it (``entities.proof``); of its case only where no event spoke of it before: an act that
    changes the case names it among the rows, so that no other act covers up what was changed past the product.
    ``gone``: rows that the act took away; ``written``: many rows that the act has just stored, by what was stored
    (``proof.written``), where ``is_written`` with the target and all that belongs to it. Call it last in a service: it
    locks the head of the chain until the transaction ends, and a row changed after it is no longer what the event
    says.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An audit event belongs in the transaction of its act.")
    event = AuditEvent(
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
        salt=secrets.token_hex(16),
    )
    named, beside = ([*rows], [target]) if action in UNCHANGING else ([target, *rows], [])
    if is_written:
        named = [row for row in named if row is not target]
    beside += [case] if case is not None else []
    act = _Act(event, _proved(named), _proved(beside), [(*row, None) for row in _proved(gone)], written)
    if (waiting := _waiting.get()) is not None:
        waiting.acts.append(act)
    else:
        _add([act])
    return event


def at_the_head(write: Callable[[], object]) -> None:
    """Have something written while the head of the chain is locked, so that it comes in the order of the transactions:
    now, or at the end where acts are recorded together."""
    if (waiting := _waiting.get()) is not None:
        waiting.writes.append(write)
    else:
        lock_head()
        write()


@contextmanager
def together() -> Iterator[None]:
    """Add the events recorded inside at its end, in their order; none where it ends by an exception.

    For acts in one transaction that many do at the same moment: what they speak of is read at once, and the head of
    the chain is locked late. What is read is as it stands at the end.
    """
    mine = _Together()
    before = _waiting.set(mine)
    try:
        yield
    finally:
        _waiting.reset(before)
    if (outer := _waiting.get()) is not None:
        outer.acts += mine.acts
        outer.writes += mine.writes
    elif mine.acts or mine.writes:
        _add(mine.acts, mine.writes)


def _add(acts: Sequence[_Act], writes: Iterable[Callable[[], object]] = ()) -> None:
    family = Family.of(row for act in acts for row in (*act.rows, *act.beside))
    for kind, key in {row for act in acts for row in act.beside}:
        family.told.update((kind, one) for one in _told_of(kind, [key]))
    told: set[Row] = set()
    digests = [list(_digests(act, family, told)) for act in acts]
    head = lock_head()
    for write in writes:
        write()
    for act, rows in zip(acts, digests, strict=True):
        event = act.event
        event.sequence, event.previous_hash = head.sequence + 1, head.hash
        event.rows_hash = chain.rows_hash(digest for *_, digest in rows)
        event.content_hash = content_hash(event)
        event.hash = chain.event_hash(event.previous_hash, event.content_hash)
        head.sequence, head.hash = event.sequence, event.hash
    AuditEvent.objects.bulk_create([act.event for act in acts])
    rows_told = [(act.event.sequence, *one) for act, rows in zip(acts, digests, strict=True) for one in rows]
    put_rows(RowDigest, _DIGEST, rows_told)
    head.save(update_fields=["sequence", "hash"])


def waits(row: models.Model) -> bool:
    """An event that speaks of this row is recorded, and added when those recorded together are."""
    waiting = _waiting.get()
    return waiting is not None and any(one in act.rows for act in waiting.acts for one in _proved([row]))


def untold(model: type[models.Model], keys: Iterable[int]) -> list[models.Model]:
    """The rows of a kind, by their keys alone, that no event has spoken of."""
    wanted = set(keys)
    return [model(pk=key) for key in sorted(wanted - _told_of(model._meta.label_lower, wanted))]


def lock_head() -> AuditHead:
    """The end of the chain, locked until the transaction ends: acts that must come one after another wait here."""
    return AuditHead.objects.select_for_update().get_or_create(pk=1)[0]


def head() -> AuditHead:
    """The end of the chain as it is now: what is printed on letters and exports."""
    return AuditHead.objects.filter(pk=1).first() or AuditHead()


def said(event: AuditEvent) -> dict[str, Any]:
    """What an event says, as it is hashed: its fields and the moment in UTC."""
    return {**{name: getattr(event, name) for name in (*_SAID, "salt")}, "at": event.at.astimezone(UTC).isoformat()}


def content_hash(event: AuditEvent) -> str:
    return chain.content_hash(chain.said_hash(said(event)), event.rows_hash)


def verify() -> Iterator[str]:
    """Say, sentence by sentence, where the chain does not hold. Nothing said: it holds to its head."""
    previous, expected = chain.START, 0
    digests = _Stored()
    for event in AuditEvent.objects.order_by("sequence").iterator():
        expected += 1
        if event.sequence != expected:
            yield f"Event {expected} is missing."
            expected = event.sequence
        if event.previous_hash != previous:
            yield f"Event {event.sequence} does not follow the event before it."
        if not _is_as_recorded(event):
            yield f"Event {event.sequence} is not as it was recorded."
        yield from digests.strayed_before(event.sequence)
        if event.rows_hash != digests.hash_of(event.sequence):
            yield f"The digests of rows that event {event.sequence} speaks of are not those it was recorded with."
        previous = event.hash
    yield from digests.strayed_before(None)
    end = head()
    if (end.sequence, end.hash) != (expected, previous):
        yield f"The chain ends at event {expected}, its head says {end.sequence}."


class _Stored:
    """The stored digests of rows, event by event, read once beside the events."""

    def __init__(self) -> None:
        rows = RowDigest.objects.order_by("sequence").values_list("sequence", "digest").iterator(chunk_size=2000)
        self._groups = groupby(rows, key=lambda row: row[0])
        self._next()

    def _next(self) -> None:
        sequence, rows = next(self._groups, (None, ()))
        self.sequence, self.hash = sequence, chain.rows_hash(digest for _, digest in rows)

    def hash_of(self, sequence: int) -> str:
        if self.sequence != sequence:
            return ""
        answer = self.hash
        self._next()
        return answer

    def strayed_before(self, sequence: int | None) -> Iterator[str]:
        """Digests of events that are not in the chain."""
        while self.sequence is not None and (sequence is None or self.sequence < sequence):
            yield f"Digests of rows are stored for event {self.sequence}, which is not in the chain."
            self._next()


def _is_as_recorded(event: AuditEvent) -> bool:
    if not event.content_hash:
        return event.hash == _hash_before_digests(event)
    as_said = content_hash(event) == event.content_hash
    return as_said and event.hash == chain.event_hash(event.previous_hash, event.content_hash)


def _hash_before_digests(event: AuditEvent) -> str:
    """The hash of an event that was recorded before digests of rows were kept."""
    fields = {name: getattr(event, name) for name in (*_SAID, "previous_hash")}
    fields["at"] = event.at.astimezone(UTC).isoformat()
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _digests(act: _Act, family: Family, told: set[Row]) -> Iterator[Digest]:
    """The digests of the rows an act speaks of and of what belongs to them, not stored yet; ``told``: rows that acts
    before it in the same transaction spoke of."""
    own, beside = set(act.rows), set(act.beside)
    for row in family.belonging_to([*act.rows, *act.beside]):
        if row not in family.fields:
            continue
        is_told_once = row in beside or proof.PROVED[row[0]].is_told_once
        if row not in own and is_told_once and (row in family.told or row in told):
            continue
        told.add(row)
        yield from _digested([(*row, chain.canonical(family.fields[row]))])
    yield from _digested(act.gone)
    yield from _digested(act.written)


def _proved(rows: Iterable[models.Model]) -> list[Row]:
    return [(proof.kind_of(row), row.pk) for row in rows if proof.kind_of(row) in proof.PROVED]


def _told_of(kind: str, keys: Iterable[int]) -> set[int]:
    told: set[int] = set()
    for some in parts_of(keys):
        told.update(RowDigest.objects.filter(kind=kind, key__in=some).values_list("key", flat=True))
    return told


def _digested(rows: Iterable[Written]) -> Iterator[Digest]:
    for (kind, key, told), salt in zip(rows, _salts(), strict=False):
        digest = chain.row_digest(salt, kind, key, None) if told is None else chain.told_digest(salt, kind, key, told)
        yield kind, key, told is None, salt, digest


def _salts() -> Iterator[str]:
    """Salts without end, some of them drawn at a time."""
    while True:
        drawn = secrets.token_hex(64 * 16)
        yield from (drawn[at : at + 32] for at in range(0, len(drawn), 32))
