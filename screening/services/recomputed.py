"""What is kept beside the record of facts is worked out of it again, and whatever differs is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from entities.domain.actions import Action
from entities.models import AuditEvent, RowDigest
from entities.parts import parts_of
from screening.laws import LAWS
from screening.models import Detention, HeldLine, ImportBatch, ImportRow
from screening.services.detentions import courses_of, held_line
from screening.services.intake.storing import rows_digest

Lines = dict[int, dict[str, Any]]
_SAID = [one.attname for one in HeldLine._meta.concrete_fields if not one.primary_key]


def held_lines() -> Iterator[str]:
    """Held lines that are not as the events of their detention say: those of today, or of the day before the law last
    moved one, where the daily work has not come to it yet."""
    for keys in parts_of(Detention.objects.values_list("pk", flat=True)):
        detentions = list(Detention.objects.filter(pk__in=keys).select_related("case").order_by("pk"))
        stored: dict[int, Lines] = defaultdict(dict)
        for row in HeldLine.objects.filter(detention__in=keys):
            stored[row.detention_id][row.line_number] = _values(row)
        today = _lines(detentions, timezone.localdate())
        for one in detentions:
            if stored[one.pk] != today[one.pk] and not _waits(one, stored[one.pk], today[one.pk]):
                numbers = sorted(
                    number
                    for number in stored[one.pk].keys() | today[one.pk].keys()
                    if stored[one.pk].get(number) != today[one.pk].get(number)
                )
                yield (
                    f"Detention {one.pk} of {one.shipment}: line {', '.join(map(str, numbers))} is not held as the "
                    "events on record say"
                )


def _waits(detention: Detention, stored: Lines, today: Lines) -> bool:
    """Whether the lines were as the events say until the law itself moved one."""
    moved = {row["since"] for row in today.values() if row["since"]}
    return any(_lines([detention], day - timedelta(days=1))[detention.pk] == stored for day in moved)


def _lines(detentions: list[Detention], day: date) -> dict[int, Lines]:
    found = courses_of(detentions, as_of=day)[1]
    lines = {}
    for one in detentions:
        law = LAWS[one.case.regime]
        rows = [
            held_line(one, course, law.deadline(course.standing), law.by_time(course.standing))
            for course in found[one.pk]
        ]
        lines[one.pk] = {row.line_number: _values(row) for row in rows}
    return lines


def _values(row: HeldLine) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _SAID}


def import_rows() -> Iterator[str]:
    """Imports whose rows, as they stood in the file, are not those the event of their storing bears the digest of."""
    stored = AuditEvent.objects.filter(action=Action.BATCH_STORED).order_by("sequence")
    digests = {key: after.get("rows_digest") for key, after in stored.values_list("target_key", "after")}
    told = set(map(str, RowDigest.objects.filter(kind="screening.importbatch").values_list("key", flat=True)))
    for batch in ImportBatch.objects.filter(state=ImportBatch.State.DONE).order_by("pk").iterator(chunk_size=200):
        said = digests.get(str(batch.pk))
        if said is None and str(batch.pk) not in told:
            continue  # from before events spoke of imports: told with the rows that no event speaks of
        if said is None and ImportRow.objects.filter(batch=batch).exists():
            yield f"Import {batch.pk}, “{batch}”, has rows, but no event says that they were stored"
        elif said is not None and rows_digest(batch) != said:
            yield f"Import {batch.pk}, “{batch}”: its rows are not those that were stored"
