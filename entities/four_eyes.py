"""Four eyes, held by the database itself: triggers that refuse a row by which one person would act as two.

A rule is a condition in the words both databases share; a row that meets it is refused, by whatever way it comes. The
persons are those behind the accounts now, so that a second account or a change of role alters nothing.

SQLite looks into every trigger when it renames a table, and rebuilds a table whose column changes by renaming it. A
migration that changes a table named in a rule therefore takes the rules off first and puts them back last
(``FourEyes(…, on=False)``, then ``FourEyes(…)``); a test holds that every rule is in place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from django.db import migrations


@dataclass(frozen=True, slots=True)
class Rule:
    """What no row of a table may be; ``NEW`` and ``OLD`` are the row after and before."""

    name: str
    table: str
    on: Literal["INSERT", "UPDATE"]
    refused: str
    sentence: str


_POSTGRESQL = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$
BEGIN
    IF {refused} THEN RAISE EXCEPTION 'four eyes: {sentence}' USING ERRCODE = 'check_violation'; END IF;
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;
DROP TRIGGER IF EXISTS {name} ON {table};
CREATE TRIGGER {name} BEFORE {on} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();
"""
_SQLITE = (
    "DROP TRIGGER IF EXISTS {name}",
    "CREATE TRIGGER {name} BEFORE {on} ON {table} WHEN {refused} "
    "BEGIN SELECT RAISE(ABORT, 'four eyes: {sentence}'); END",
)


def _person_of(account: str) -> str:
    return f"(SELECT person_id FROM entities_user WHERE id = {account})"


def _changed(*columns: str) -> str:
    return " OR ".join(f"COALESCE(NEW.{one}, 0) <> COALESCE(OLD.{one}, 0)" for one in columns)


LIST_OF_TWO = (
    "(NEW.state = 'published' AND NEW.loaded_person_id IS NOT NULL AND (NEW.settled_person_id IS NULL"
    f" OR NEW.settled_by_id IS NULL OR NEW.settled_person_id <> {_person_of('NEW.settled_by_id')}"
    f" OR NEW.settled_person_id IN (NEW.loaded_person_id, {_person_of('NEW.loaded_by_id')})))"
)
THRESHOLDS_OF_TWO = (
    "(NEW.state = 'adopted' AND (NEW.settled_by_id IS NULL"
    f" OR NEW.settled_person_id <> {_person_of('NEW.settled_by_id')}"
    f" OR NEW.settled_person_id IN (NEW.proposed_person_id, {_person_of('NEW.proposed_by_id')})))"
)
RULES = (
    Rule(
        "four_eyes_list_added",
        "entities_listversion",
        "INSERT",
        LIST_OF_TWO,
        "a list is published by a person other than who loaded it",
    ),
    Rule(
        "four_eyes_list",
        "entities_listversion",
        "UPDATE",
        f"{LIST_OF_TWO} OR {_changed('loaded_by_id', 'loaded_person_id')} OR NEW.rows_sha256 <> OLD.rows_sha256"
        f" OR (OLD.state <> 'draft' AND (NEW.state <> OLD.state OR {_changed('settled_by_id', 'settled_person_id')}))",
        "a list is published by a person other than who loaded it, once, and who did either never changes",
    ),
    Rule(
        "four_eyes_thresholds_added",
        "entities_thresholdset",
        "INSERT",
        f"{THRESHOLDS_OF_TWO} OR NEW.proposed_person_id <> {_person_of('NEW.proposed_by_id')}",
        "thresholds are put in use by a person other than who proposed them",
    ),
    Rule(
        "four_eyes_thresholds",
        "entities_thresholdset",
        "UPDATE",
        f"{THRESHOLDS_OF_TWO} OR {_changed('proposed_by_id', 'proposed_person_id', 'match_share', 'match_points')}"
        f" OR {_changed('possible_share', 'possible_points', 'possible_points_own')}"
        f" OR (OLD.state <> 'proposed' AND (NEW.state <> OLD.state"
        f" OR {_changed('settled_by_id', 'settled_person_id')}))",
        "thresholds are put in use by a person other than who proposed them, once, and neither ever changes",
    ),
    Rule(
        "four_eyes_name",
        "entities_namestatement",
        "INSERT",
        f"NEW.author_person_id <> {_person_of('NEW.author_id')} OR (NEW.act = 'confirm' AND NEW.author_person_id IN"
        " (SELECT one.author_person_id FROM entities_namestatement one WHERE one.id = NEW.proposal_id"
        " UNION SELECT who.person_id FROM entities_namestatement one JOIN entities_user who ON who.id = one.author_id"
        " WHERE one.id = NEW.proposal_id))",
        "a name is confirmed by a person other than who proposed it",
    ),
    Rule(
        "four_eyes_judgement",
        "entities_judgementconfirmation",
        "INSERT",
        f"NEW.confirmed_person_id <> {_person_of('NEW.confirmed_by_id')} OR NEW.confirmed_person_id IN"
        " (SELECT one.author_person_id FROM entities_judgement one WHERE one.id = NEW.judgement_id"
        " UNION SELECT who.person_id FROM entities_judgement one JOIN entities_user who ON who.id = one.author_id"
        " WHERE one.id = NEW.judgement_id)",
        "a judgement is confirmed by a person other than who made it",
    ),
)


def put(schema: Any, rules: Iterable[Rule]) -> None:
    """Put the triggers of these rules in place."""
    with schema.cursor() as cursor:
        for rule in rules:
            values = {name: getattr(rule, name) for name in ("name", "table", "on", "refused", "sentence")}
            for statement in [_POSTGRESQL] if schema.vendor == "postgresql" else _SQLITE:
                cursor.execute(statement.format(**values))


def take(schema: Any, rules: Iterable[Rule]) -> None:
    """Take the triggers of these rules off."""
    with schema.cursor() as cursor:
        for rule in rules:
            where = f" ON {rule.table}" if schema.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {rule.name}{where}")


class FourEyes(migrations.RunPython):
    """Migration operation: the rules of a module (``entities.four_eyes``, ``evidence.four_eyes``) hold from here on,
    or until they are put back."""

    def __init__(self, module: str, on: bool = True) -> None:
        def put_in_place(_registry: Any, schema_editor: Any) -> None:
            put(schema_editor.connection, import_module(module).RULES)

        def take_off(_registry: Any, schema_editor: Any) -> None:
            take(schema_editor.connection, import_module(module).RULES)

        super().__init__(*((put_in_place, take_off) if on else (take_off, put_in_place)))
        self._values = (module, on)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        return (self.__class__.__name__, self._values, {})
