"""What was decided and recorded: the database itself refuses to change or delete it."""

from datetime import timedelta
from itertools import count

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from entities import append_only

pytestmark = pytest.mark.django_db
ON_POSTGRESQL = "postgresql"
ACTS_AS = {
    "author_person": "author",
    "recommended_person": "recommended_by",
    "decided_person": "decided_by",
    "confirmed_person": "confirmed_by",
}
numbers = count(1)


def table_of(label):
    return apps.get_model(label)._meta.db_table


def make(model):
    """A row of a model, with every row it needs; what it says does not matter here."""
    values = {}
    for field in model._meta.concrete_fields:
        if field.primary_key or field.null or field.has_default():
            continue
        values[field.name] = make(field.related_model) if field.is_relation else some_value(field)
    for field, account in ACTS_AS.items():
        if field in values and account in values:
            values[field] = values[account].person  # four eyes: a row bears the person of its account
    if model._meta.label == "evidence.Assessment":
        values |= {"family": "", "pathway": "applicability", "requirement": "A1"}  # of a question, not of a cell
    if model._meta.label == "screening.Decision":
        said = values["recommendation"]
        values |= {name: getattr(said, name) for name in ("case", "pathway", "conclusion", "recommended_person")}
        values["grounds"] = ["LISTED_ENTITY"]
    return model.objects.create(**values)


def some_value(field):
    number = next(numbers)
    if field.choices:
        return field.choices[0][0]
    return {
        "BooleanField": False,
        "CharField": str(number)[: field.max_length],
        "FileField": str(number),
        "DateField": timezone.localdate(),
        "DateTimeField": timezone.now(),
        "EmailField": f"{number}@example.test",
        "DecimalField": 1,
    }.get(field.get_internal_type(), number)


def refused(statement):
    with (
        pytest.raises(DatabaseError, match="appended, never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("label", append_only.MODELS)
def test_the_database_refuses_update_and_delete(label):
    model = apps.get_model(label)
    row = make(model)
    before = model.objects.values().get()
    table, column = model._meta.db_table, model._meta.pk.column
    refused(f"UPDATE {table} SET {column} = {column}")
    refused(f"DELETE FROM {table}")
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_update=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all()._raw_delete("default")
    assert model.objects.values().get() == before


@pytest.mark.parametrize("label", append_only.MODELS)
def test_postgresql_refuses_truncate(label):
    if connection.vendor != ON_POSTGRESQL:
        pytest.skip("SQLite has no TRUNCATE; its DELETE is refused above")
    make(apps.get_model(label))
    connection.check_constraints()  # what is still to be checked would refuse it before our trigger does
    refused(f"TRUNCATE {table_of(label)} CASCADE")
    assert apps.get_model(label).objects.count() == 1


@pytest.mark.parametrize("label", append_only.KEPT_DAYS)
def test_the_database_gives_up_old_rows_of_these_and_no_others(label):
    model, days = apps.get_model(label), append_only.KEPT_DAYS[label]
    young, old = make(model), make(model)
    with append_only.lifted():
        for row, age in ((young, days - 1), (old, days + 1)):
            model.objects.filter(pk=row.pk).update(at=timezone.now() - timedelta(days=age))
    table = model._meta.db_table
    refused(f"DELETE FROM {table} WHERE id = {young.pk}")
    refused(f"UPDATE {table} SET id = id WHERE id = {old.pk}")
    model.objects.filter(pk=old.pk)._raw_delete("default")
    assert list(model.objects.all()) == [young]


def test_lifting_puts_every_trigger_back():
    with append_only.lifted():
        pass
    for label in append_only.MODELS:
        if connection.vendor == ON_POSTGRESQL:
            refused(f"TRUNCATE {table_of(label)} CASCADE")
    with connection.cursor() as cursor:
        if connection.vendor == ON_POSTGRESQL:
            cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '%%_rows' OR tgname LIKE '%%_whole'")
        else:
            cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_no_%'")
        assert cursor.fetchone()[0] == 2 * len(append_only.MODELS)
