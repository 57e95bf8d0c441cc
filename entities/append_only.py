"""Tables whose rows the database itself refuses to change: triggers against UPDATE, DELETE and TRUNCATE."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, migrations

# Every model here refuses UPDATE and DELETE. A migration of the model's app must protect it: see AppendOnly.
MODELS = (
    "entities.AuditEvent",
    "entities.RowDigest",
    "entities.Judgement",
    "entities.JudgementConfirmation",
    "entities.NameStatement",
    "entities.ReferenceTable",
    "entities.Event",
    "screening.ScreeningRun",
    "screening.Screening",
    "screening.Finding",
    "screening.ScreenedNetwork",
    "screening.ScreenedRecord",
    "screening.ScreeningInput",
    "screening.Look",
    "screening.Rescreened",
    "screening.Foreseen",
    "screening.WhatIfReceipt",
    "screening.Answer",
    "screening.Message",
    "screening.Reminder",
    "screening.Recommendation",
    "screening.Decision",
    "screening.Override",
    "screening.Draw",
    "screening.Decline",
    "screening.SecondLook",
    "screening.LegalEvent",
    "screening.Determination",
    "screening.LetterWriting",
    "screening.Letter",
    "screening.NoEvent",
    "evidence.Assessment",
    "evidence.Citation",
    "evidence.PaperPlacement",
    "evidence.ChosenCommodity",
    "evidence.KeptSearch",
    "evidence.AlarmDismissal",
    "evidence.StatedYield",
    "evidence.PaperField",
    "evidence.Replacement",
    "evidence.CaseExport",
    "evidence.Packet",
    "evidence.Translation",
    "evidence.SupplierDelivery",
)

# Of these the database gives up rows that are older than so many days by their ``at``, and no others.
KEPT_DAYS = {"entities.Event": 30}

_POSTGRESQL = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'rows of % are appended, never changed', TG_TABLE_NAME; END;
$$ LANGUAGE plpgsql;
DROP TRIGGER IF EXISTS {table}_rows ON {table};
CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP TRIGGER IF EXISTS {table}_whole ON {table};
CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
_POSTGRESQL_KEPT = """
CREATE OR REPLACE TRIGGER {table}_rows BEFORE UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP TRIGGER IF EXISTS {table}_young ON {table};
CREATE TRIGGER {table}_young BEFORE DELETE ON {table}
    FOR EACH ROW WHEN (OLD.at > now() - interval '{days} days') EXECUTE FUNCTION refuse_change();
"""
_SQLITE = [
    "DROP TRIGGER IF EXISTS {table}_no_{act}",
    "CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table} {when}"
    "BEGIN SELECT RAISE(ABORT, 'rows of {table} are appended, never changed'); END",
]
_SQLITE_KEPT = "WHEN OLD.at > datetime('now', '-{days} days') "


def protect(schema: Any, label: str, table: str) -> None:
    """Put the triggers on the table of a model."""
    days = KEPT_DAYS.get(label)
    with schema.cursor() as cursor:
        if schema.vendor == "postgresql":
            cursor.execute(_POSTGRESQL.format(table=table))
            if days is not None:
                cursor.execute(_POSTGRESQL_KEPT.format(table=table, days=days))
            return
        for act in ("UPDATE", "DELETE"):
            when = _SQLITE_KEPT.format(days=days) if act == "DELETE" and days is not None else ""
            for statement in _SQLITE:
                cursor.execute(statement.format(table=table, act=act, when=when))


def release(schema: Any, table: str) -> None:
    """Take the triggers off a table."""
    with schema.cursor() as cursor:
        if schema.vendor == "postgresql":
            for name in ("rows", "whole", "young"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}")
        else:
            for act in ("UPDATE", "DELETE"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}")


class AppendOnly(migrations.RunPython):
    """Migration operation: the named models of this app are appended to, never changed.

    SQLite rebuilds a table when a column changes and loses its triggers, so a migration that alters one of these
    models ends with this operation again; a test checks that every model listed above is protected.
    """

    def __init__(self, app: str, *names: str) -> None:
        def forwards(registry: Any, schema_editor: Any) -> None:
            for name in names:
                protect(schema_editor.connection, f"{app}.{name}", registry.get_model(app, name)._meta.db_table)

        def backwards(registry: Any, schema_editor: Any) -> None:
            for name in names:
                release(schema_editor.connection, registry.get_model(app, name)._meta.db_table)

        super().__init__(forwards, backwards)
        self._names = (app, *names)

    def deconstruct(self) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        return (self.__class__.__name__, self._names, {})


@contextmanager
def lifted() -> Iterator[None]:
    """Take every trigger off and put it back: for emptying a test database, and for nothing else."""
    tables = {label: apps.get_model(label)._meta.db_table for label in MODELS}
    for table in tables.values():
        release(connection, table)
    try:
        yield
    finally:
        for label, table in tables.items():
            protect(connection, label, table)
