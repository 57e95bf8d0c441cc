"""Pages of long lists: what is counted, what is said, what can be turned to."""

import pytest
from django.core.paginator import EmptyPage
from django.db import connection
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from entities import pages
from entities.models import Organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(monkeypatch):
    monkeypatch.setattr(pages, "MOST", 6)
    Organization.objects.bulk_create([Organization(name=f"Importer {n}", kind="importer") for n in range(9)])
    return Organization.objects.filter(kind="importer").order_by("pk")


def said(page):
    text = render_to_string(
        "partials/_pager.html", {"page": page, "noun": "rows", "request": RequestFactory().get("/")}
    )
    return " ".join(text.replace("<span>", " ").replace("</span>", " ").split())


def test_a_list_without_end_is_counted_up_to_a_number(rows):
    pager = pages.LongPaginator(rows, 2)
    with CaptureQueriesContext(connection) as asked:
        assert (pager.total, pager.count, pager.num_pages) == ("more than 6", 6, 3)
    assert len(asked) == 1
    assert "LIMIT 7" in asked[0]["sql"]


def test_a_short_list_is_counted_to_its_end(rows):
    pager = pages.LongPaginator(rows.filter(name__in=["Importer 1", "Importer 2"]), 2)
    assert (pager.total, pager.count, pager.num_pages) == (2, 2, 1)


def test_the_pager_says_that_there_are_more(rows):
    page = pages.LongPaginator(rows, 2).get_page(2)
    assert "3 to 4 of more than 6 rows" in said(page)
    assert 'rel="next"' in said(page)
    last = pages.LongPaginator(rows, 2).get_page(99)
    assert [one.name for one in last] == ["Importer 4", "Importer 5"]
    assert 'rel="next"' not in said(last)
    assert "Narrow the list to see others." in said(last)


def test_no_page_lies_beyond_what_is_counted(rows):
    with pytest.raises(EmptyPage):
        pages.LongPaginator(rows, 2).page(4)
