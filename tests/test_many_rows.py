"""Rows stored many at a time come back as they were given, whatever is in them and however long they are."""

import pytest

from entities.many_rows import FEW, add_rows
from entities.models import Job

pytestmark = pytest.mark.django_db

COLUMNS = ("kind", "error", "payload")


def stored(rows):
    keys = add_rows(Job, COLUMNS, rows)
    found = Job.objects.in_bulk(keys)
    return [tuple(getattr(found[pk], name) for name in COLUMNS) for pk in keys]


def test_rows_come_back_in_their_order():
    rows = [("mail", f"{number}", {"row": number}) for number in range(3 * FEW)]
    assert stored(rows) == rows


def test_what_a_line_of_a_table_is_written_with_may_stand_in_a_text():
    odd = [("mail", f"{number} a\tb\\N\r\nc", {"name": "\\.\n织造 \\t"}) for number in range(FEW + 1)]
    assert stored(odd) == odd


def test_a_text_far_longer_than_what_is_sent_at_once_comes_whole():
    long = [("mail", f"{number}|" * 40_000, {}) for number in range(FEW + 1)]
    assert stored(long) == long
