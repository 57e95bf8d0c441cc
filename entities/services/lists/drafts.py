"""A list retrieved anew becomes a draft: read in a child process, joined with what was known, looked over."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from entities import audit, reference
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.listing import ListRow, merge, rows_of_page
from entities.domain.roles import Act
from entities.models import ListVersion, User
from entities.sandbox import TEXT_LIMITS, Unreadable, run_reader
from entities.services import jobs
from entities.services.lists.shipped import UFLPA_LIST, ListSource, uflpa_row
from entities.services.lists.versions import digest, figures, rows_of, store

_PAGE = "https://www.dhs.gov/uflpa-entity-list"


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list as read from a file: its rows, what was doubtful, and what speaks against using it."""

    rows: tuple[ListRow, ...]
    doubts: tuple[str, ...]
    warnings: tuple[str, ...]
    source: str
    sha256: str


def draft_version(
    path: Path, *, file_name: str, actor: User, retrieved_on: date, changed_on: date | None = None
) -> ListVersion:
    """Load the UFLPA Entity List from a file as a draft. Nothing is screened with it until a second person publishes.

    ``changed_on`` is the day from which rows that are gone no longer count, where a notice says so; else they count
    up to the day the list was retrieved.
    """
    if not actor.has_perm(Act.LOAD_LIST):
        raise Refused("may_not_load_list", "Only an analyst, a reviewer or a manager of the office loads a list.")
    if retrieved_on > timezone.localdate():
        raise Refused("retrieved_later", "The list cannot have been retrieved on a day still to come.")
    read = read_list(path)
    return _draft(read, file_name, actor, retrieved_on, changed_on or retrieved_on)


def read_list(path: Path) -> ListFile:
    """The rows in a file: the page as DHS publishes it, or a table with the columns of the shipped one."""
    try:
        answer = run_reader("entities.readers.list_file", path, limits=TEXT_LIMITS)
    except Unreadable as unreadable:
        raise Refused("list_unreadable", "The file could not be read. Save the page again as HTML.") from unreadable
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    match answer["format"]:
        case "page":
            page = rows_of_page(answer, source_url=_PAGE)
            updated = f" (page last updated {page.updated_on:%-d %B %Y})" if page.updated_on else ""
            return ListFile(page.rows, page.doubts, (), f"DHS, UFLPA Entity List{updated}", sha256)
        case "table":
            return _table(answer, sha256)
        case "too_large":
            raise Refused("list_too_large", "A file of more than 20 MB is not the list.")
    raise Refused("list_unknown", "The file is neither the DHS page (HTML) nor a table (CSV in UTF-8).")


def _table(answer: dict[str, Any], sha256: str) -> ListFile:
    columns = list(reference.listed_rows()[0])
    if not answer["heading"] and answer["is_complete"]:
        raise Refused("list_empty", "The file is empty.")
    if answer["heading"] and answer["heading"] != columns:
        raise Refused(
            "list_columns",
            "The columns are not those of the list, or not in their order. Expected: " + ", ".join(columns) + ".",
        )
    cut_off = Refused("list_truncated", "The file ends in the middle of a row. Load the whole file.")
    if not answer["heading"]:
        raise cut_off
    rows: list[ListRow] = []
    for number, cells in enumerate(answer["rows"], 1):
        if len(cells) < len(columns) and number == len(answer["rows"]):
            raise cut_off
        try:
            rows.append(uflpa_row(dict(zip(columns, cells, strict=True))))
        except ValueError as error:
            raise Refused("list_row", f"Row {number} cannot be read: {error}. Nothing was loaded.") from error
    if not any(row.is_current for row in rows):
        raise Refused("list_empty", "There is no current row of the list in this file.")
    warnings = [] if answer["is_complete"] else ["The last line does not end: the file may be cut off."]
    return ListFile(tuple(rows), (), tuple(warnings), "Table of the UFLPA Entity List", sha256)


@transaction.atomic
def _draft(read: ListFile, file_name: str, actor: User, retrieved_on: date, changed_on: date) -> ListVersion:
    register = ListVersion.Register.UFLPA
    base = ListVersion.objects.published().filter(register=register).order_by("published_at", "pk").last()
    before = rows_of(base)
    merged = merge(before, read.rows, changed_on=changed_on)
    drafts = ListVersion.objects.filter(register=register, state=ListVersion.State.DRAFT)
    if waiting := drafts.filter(rows_sha256=digest(merged.rows)).first():
        raise Refused("list_draft_exists", f"The same rows wait already: {waiting.label}, draft {waiting.pk}.")
    warnings = [*read.warnings, *_warnings(base, before, merged.rows, retrieved_on)]
    version = store(
        ListSource(
            register=register,
            label=f"UFLPA Entity List as retrieved on {retrieved_on:%-d %B %Y}",
            source=read.source,
            source_url=UFLPA_LIST.source_url,
            retrieved_on=retrieved_on,
        ),
        merged.rows,
        base=base,
        file_name=file_name[:200],
        file_sha256=read.sha256,
        warnings=warnings,
        needs_reason=bool(warnings),
        doubts=[*read.doubts, *merged.doubts],
        loaded_by=actor,
        loaded_person=actor.person,
    )
    jobs.enqueue("list_preview", {"version": version.pk}, dedupe_key=f"list-{version.pk}")
    audit.record(
        Action.LIST_DRAFTED,
        actor=actor,
        target=version,
        after={**figures(version), "file_sha256": read.sha256, "warnings": warnings},
    )
    return version


def _warnings(
    base: ListVersion | None, before: Sequence[ListRow], after: Sequence[ListRow], retrieved_on: date
) -> list[str]:
    """What speaks against putting a draft in use without a reason given."""
    found: list[str] = []
    then = {row.place for row in before if row.is_current}
    now = {row.place for row in after if row.is_current}
    gone = len(then - now)
    if then and gone / len(then) > settings.LIST_MAY_SHRINK:
        found.append(
            f"{gone} of {len(then)} rows are gone: more than {settings.LIST_MAY_SHRINK:.0%}. The file may be cut off."
        )
    for section in sorted({section for _, section in then} - {section for _, section in now}):
        found.append(f"No row is left in {section}.")
    if base is not None and retrieved_on < base.retrieved_on:
        found.append(
            f"It was retrieved on {retrieved_on:%-d %B %Y}, before the list in use ({base.retrieved_on:%-d %B %Y})."
        )
    return found
