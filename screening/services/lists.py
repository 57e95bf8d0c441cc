"""Putting a list in use: published or refused by a second person, who was shown what it would touch."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from entities import audit, history
from entities.attempts import on_record
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import Change, ListVersion, User
from entities.services.changes import record_change
from screening.services import events


def publish_version(version: ListVersion, *, actor: User, reason: str = "") -> ListVersion:
    """Put a draft in use and have what it touches screened again. Never by the person who loaded it.

    Raises ``Refused`` where the actor may not, is the same person by whatever account, where the list in use is not
    the one the difference was shown from, where what it touches was not counted yet, or where warnings want a reason.
    A refused attempt goes on record.
    """
    with on_record("publish list", actor=actor, target=version):
        published = _publish(version, actor, reason)
    return published


def _publish(version: ListVersion, actor: User, reason: str) -> ListVersion:
    version, fresh = _lock_draft(version, actor)
    loader = version.loaded_by
    if loader is not None and fresh.person_id in {version.loaded_person_id, loader.person_id}:
        raise Refused("own_list", "You loaded this list; a different person must publish it.")
    in_use = ListVersion.objects.published().filter(register=version.register).order_by("published_at", "pk").last()
    if in_use != version.base:
        raise Refused(
            "list_moved_on", "Another version was published since this one was loaded. Refuse this and load it again."
        )
    if version.touches is None:
        raise Refused("preview_missing", "What it touches is still being counted. Try again when it is shown.")
    if version.needs_reason and not reason.strip():
        raise Refused("reason_missing", "There are warnings: say why it is published all the same.")
    version.state = ListVersion.State.PUBLISHED
    version.published_at = timezone.now()
    record_change(Change.Kind.LIST, [version.pk], note=f"{version.label} published")
    events.list_published(version)
    _settle(version, fresh, reason, Action.LIST_PUBLISHED)
    return version


@transaction.atomic
def refuse_version(version: ListVersion, *, actor: User, reason: str) -> ListVersion:
    """Set a draft aside for good. It stays with its reason; whoever loaded it may withdraw it so."""
    version, fresh = _lock_draft(version, actor, or_loader=True)
    if not reason.strip():
        raise Refused("reason_missing", "Say why the list is refused.")
    version.state = ListVersion.State.REFUSED
    _settle(version, fresh, reason, Action.LIST_REFUSED)
    return version


def _lock_draft(version: ListVersion, actor: User, *, or_loader: bool = False) -> tuple[ListVersion, User]:
    locked = ListVersion.objects.select_for_update().get(pk=version.pk)
    history.note_changed(locked)
    fresh = User.objects.select_related("person").get(pk=actor.pk)
    if not (fresh.has_perm(Act.PUBLISH_LIST) or (or_loader and locked.loaded_by_id == fresh.pk)):
        raise Refused("may_not_publish_list", "Only an approver or a manager of the office publishes a list.")
    if not locked.is_draft:
        raise Refused("list_settled", f"This version was settled before: {locked.get_state_display().lower()}.")
    return locked, fresh


def _settle(version: ListVersion, actor: User, reason: str, action: Action) -> None:
    version.settled_by, version.settled_person, version.reason = actor, actor.person, reason.strip()
    version.save(update_fields=["state", "published_at", "settled_by", "settled_person", "reason"])
    audit.record(
        action,
        actor=actor,
        target=version,
        before={"state": ListVersion.State.DRAFT},
        after={"state": version.state, "sha256": version.rows_sha256, "warnings": version.warnings},
        reason=version.reason,
    )
