"""What a process makes before it takes requests, so that none of them waits for it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entities.services.lists import load_reference_lists
from screening.services.runs import make_ready

pytestmark = pytest.mark.django_db


def test_what_every_screening_is_made_with_is_made_once():
    load_reference_lists()
    make_ready()
    with CaptureQueriesContext(connection) as queries:
        make_ready()
    assert not [one["sql"] for one in queries if 'FROM "entities_listing"' in one["sql"]]


def test_without_a_list_there_is_nothing_to_make_ready():
    with CaptureQueriesContext(connection) as queries:
        make_ready()
    assert len(queries) == 1
