"""Rows written past every service and model, as somebody at the database would."""

from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction


@contextmanager
def refused_by_the_database(words="four eyes"):
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        yield


def insert(row):
    """The row as plain SQL."""
    fields = [one for one in row._meta.concrete_fields if not one.primary_key]
    columns = ", ".join(f'"{one.column}"' for one in fields)
    values = [one.get_db_prep_save(getattr(row, one.attname), connection) for one in fields]
    marks = ", ".join(["%s"] * len(fields))
    run(f'INSERT INTO "{row._meta.db_table}" ({columns}) VALUES ({marks})', *values)


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
