"""Reference tables kept in each state a screening was made with, and found again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from entities.domain.errors import Refused
from entities.models import ReferenceTable
from entities.reference_tables import Tables, digest, in_use, shipped


def keep_tables() -> dict[str, str]:
    """Keep the tables in use as they are, where they are not kept yet; their digests by path."""
    digests = dict(in_use().digests)
    kept = set(ReferenceTable.objects.filter(sha256__in=digests.values()).values_list("sha256", flat=True))
    new = {sha256: path for path, sha256 in digests.items() if sha256 not in kept}
    content = in_use().content
    ReferenceTable.objects.bulk_create(
        [ReferenceTable(sha256=sha256, path=path, content=content[path]) for sha256, path in new.items()],
        ignore_conflicts=True,
    )
    return digests


def strayed() -> Iterator[str]:
    """The kept tables whose content is no longer that of their digest; screenings name tables by it."""
    for row in ReferenceTable.objects.iterator(chunk_size=20):
        if digest(row.content) != row.sha256:
            yield f"Reference table {row.pk}, “{row.path}”, is not the content of its SHA-256"


def tables_of(digests: Mapping[str, str]) -> Tables:
    """The tables of these digests, whatever is in use now. Raises ``Refused`` where one was never used here."""
    wanted = tuple(sorted(digests.items()))
    if wanted == shipped().digests:
        return shipped()
    content = dict(ReferenceTable.objects.filter(sha256__in=digests.values()).values_list("sha256", "content"))
    if missing := [path for path, sha256 in wanted if sha256 not in content]:
        raise Refused("tables_not_here", f"A table of the receipt is not stored here: {', '.join(missing)}.")
    return Tables(wanted, {path: content[sha256] for path, sha256 in wanted})
