from datetime import date
from decimal import Decimal

import pytest
from django.template import engines
from django.test import RequestFactory

from entities.templatetags.ui import SHAPES, TAGS, deadline_of, hts, money, script_lang, short_date

TODAY = date(2025, 12, 2)


def render(source, query="", **context):
    request = RequestFactory().get(f"/cases/?{query}")
    return engines["django"].from_string("{% load ui %}" + source).render(context, request).strip()


@pytest.mark.parametrize(
    ("due", "started", "words"),
    [
        (date(2025, 12, 20), date(2025, 11, 20), "Day 12 of 30: 18 days left"),
        (date(2025, 12, 3), None, "1 day left"),
        (TODAY, None, "Last day is today"),
        (date(2025, 12, 1), date(2025, 11, 1), "1 day late"),
        (date(2025, 12, 20), date(2025, 12, 10), "18 days left"),
    ],
)
def test_a_deadline_is_days_left(due, started, words):
    assert deadline_of(due, TODAY, started).words == words


def test_a_deadline_is_late_only_after_its_day():
    assert not deadline_of(TODAY, TODAY).late
    assert deadline_of(date(2025, 12, 1), TODAY).late


def test_statutory_and_task_dates_look_different():
    source = "{% deadline due statutory=True %}{% deadline due %}"
    html = render(source, due=date(2025, 12, 20), today=TODAY)
    assert "co-deadline--statutory" in html
    assert "co-deadline--task" in html


def test_a_missing_date_says_so():
    assert "no date set" in render("{% deadline due %}", due=None)


@pytest.mark.parametrize(("day", "words"), [(date(2025, 12, 20), "20 Dec"), (date(2026, 1, 5), "5 Jan 2026")])
def test_the_year_is_written_where_it_is_another(day, words):
    assert short_date(day, TODAY) == words


@pytest.mark.parametrize(
    ("code", "printed"),
    [("6109100012", "6109.10.0012"), ("61091000", "6109.10.00"), ("6109.10", "6109.10"), ("6109", "6109"), ("", "")],
)
def test_a_tariff_number_is_dotted(code, printed):
    assert hts(code) == printed


@pytest.mark.parametrize(
    ("amount", "currency", "printed"),
    [(Decimal("12400"), "USD", "$12,400.00"), (Decimal("7.5"), "CNY", "CNY 7.50"), (None, "USD", "")],
)
def test_money_names_its_currency(amount, currency, printed):
    assert money(amount, currency) == printed


@pytest.mark.parametrize(("text", "lang"), [("阿克苏", "zh"), ("شىنجاڭ", "ug"), ("Aksu", ""), (None, "")])
def test_a_script_names_its_language(text, lang):
    assert script_lang(text) == lang


def test_every_tag_has_a_word_and_a_shape():
    assert all(tone in SHAPES and label for tone, label in TAGS.values())


def test_an_unknown_state_is_shown_in_its_own_words():
    assert "Waiting for rain" in render("{% tag 'waiting_for_rain' %}")


def test_a_link_keeps_the_filters_and_goes_back_to_page_one():
    assert render("{% query_replace state='new' %}", "q=knit&page=3") == "?q=knit&amp;state=new"
    assert render("{% query_replace page=4 q='' %}", "q=knit&page=3") == "?page=4"


def test_pressing_a_sorted_column_turns_it_round():
    html = render("<table><tr>{% sort_header 'due' 'Left' %}</tr></table>", "sort=due&q=knit")
    assert 'aria-sort="ascending"' in html
    assert "sort=-due" in html
    assert "q=knit" in html
