"""Acts that take a second person: a refused attempt is undone as a whole and goes on record by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models, transaction

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.models import User

# What was merely left out of a form is no attempt.
LEFT_OUT = "_missing"


@contextmanager
def on_record(
    act: str, *, actor: User, target: models.Model, case: Any = None, organization_id: int | None = None
) -> Iterator[None]:
    """Run an act in a transaction; where it is refused, nothing of it stays but an event that says who tried what.

    The event has a transaction of its own, so the refusal does not take it away.
    """
    try:
        with transaction.atomic():
            yield
    except Refused as refused:
        if not refused.code.endswith(LEFT_OUT):
            with transaction.atomic():
                audit.record(
                    Action.ATTEMPT_REFUSED,
                    actor=actor,
                    target=target,
                    case=case,
                    organization_id=organization_id,
                    after={"act": act, "code": refused.code},
                    reason=str(refused),
                )
        raise
