"""The statutory clocks, by the worked examples of the handbook; the command, the page and the API that tell them."""

import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from screening.domain.law.clocks import add_business_days, detention_clock, order_clock, report_exception_by

D = date.fromisoformat


@pytest.mark.parametrize(
    ("presented", "decide_by", "notice_by", "last_day", "deemed"),
    [
        ("2026-06-29", "2026-07-07", "2026-07-14", "2026-07-29", "2026-07-30"),
        ("2026-11-20", "2026-11-30", "2026-12-07", "2026-12-20", "2026-12-21"),
        ("2026-12-18", "2026-12-28", "2027-01-05", "2027-01-17", "2027-01-18"),
    ],
)
def test_the_worked_examples(presented, decide_by, notice_by, last_day, deemed):
    clock = detention_clock(D(presented))
    assert clock.decide_by == D(decide_by)
    assert clock.notice_by == D(notice_by)
    assert clock.last_determination_day == D(last_day)
    assert clock.deemed_excluded_on == D(deemed)


def test_the_ruling_of_1998():
    clock = detention_clock(D("1998-03-17"))
    assert (clock.last_determination_day, clock.deemed_excluded_on) == (D("1998-04-16"), D("1998-04-17"))


def test_a_deemed_exclusion_is_protested_by_day_210():
    assert detention_clock(D("2026-06-29")).protest_by == D("2027-01-25")


def test_the_notice_counts_from_the_day_of_detention_where_it_is_known():
    assert detention_clock(D("2026-06-29"), detained_on=D("2026-07-01")).notice_by == D("2026-07-09")


def test_the_day_of_presentation_is_day_zero():
    assert detention_clock(D("2026-06-29")).day(D("2026-07-11")) == 12


def test_business_days_skip_the_weekend():
    assert add_business_days(D("2026-03-06"), 1) == D("2026-03-09")


def test_days_closed_by_order_are_no_business_days():
    assert add_business_days(D("2024-12-23"), 1) == D("2024-12-26")
    assert add_business_days(D("2025-12-23"), 1) == D("2025-12-29")


def test_an_exclusion_in_time_is_protested_from_its_own_day_and_never_deemed():
    clock = detention_clock(D("2026-02-10"), excluded_on=D("2026-03-02"))
    assert (clock.deemed_excluded_on, clock.protest_by) == (None, D("2026-08-29"))


def test_an_exclusion_after_day_30_gives_no_more_time_to_protest():
    clock = detention_clock(D("2026-06-29"), excluded_on=D("2026-08-15"))
    assert (clock.deemed_excluded_on, clock.protest_by) == (D("2026-07-30"), D("2027-01-25"))


def test_a_protest_is_deemed_denied_after_30_days_and_taken_to_court_within_180():
    clock = detention_clock(D("2026-02-10"), excluded_on=D("2026-03-02"), protested_on=D("2026-04-01"))
    assert (clock.protest_deemed_denied_on, clock.summons_by) == (D("2026-05-01"), D("2026-10-28"))


def test_a_denial_before_day_30_starts_the_time_to_go_to_court():
    clock = detention_clock(
        D("2026-02-10"), excluded_on=D("2026-03-02"), protested_on=D("2026-04-01"), denied_on=D("2026-04-20")
    )
    assert clock.summons_by == D("2026-10-17")


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"excluded_on": D("2026-06-28")}, "on or after the day they are presented"),
        ({"protested_on": D("2026-07-10")}, "on or after the exclusion, here 30 July 2026"),
        ({"excluded_on": D("2026-07-10"), "protested_on": D("2026-07-09")}, "here 10 July 2026"),
        ({"denied_on": D("2026-09-01")}, "on or after the day it is filed"),
    ],
)
def test_days_that_cannot_be_are_refused_in_words(days, words):
    with pytest.raises(ValueError, match=words):
        detention_clock(D("2026-06-29"), **days)


def test_under_an_order_proof_is_due_in_three_months_and_goods_are_abandoned_after_sixty_days():
    clock = order_clock(D("2026-11-30"), excluded_on=D("2027-03-02"))
    assert (clock.prove_by, clock.abandoned_on) == (D("2027-02-28"), D("2027-05-02"))


def test_the_report_on_an_exception_is_due_in_thirty_days():
    assert report_exception_by(D("2026-05-01")) == D("2026-05-31")


@given(st.dates(D("1996-01-01"), D("2060-12-31")), st.integers(1, 400))
def test_clocks_are_monotone(presented, later):
    first, second = detention_clock(presented), detention_clock(presented + timedelta(days=later))
    for one, other in zip(first.deadlines(), second.deadlines(), strict=True):
        assert one.on <= other.on
    assert first.decide_by < first.notice_by < first.last_determination_day
    assert first.last_determination_day - presented == timedelta(days=30)
    assert first.protest_by - presented == timedelta(days=210)


def clocks(*arguments):
    from io import StringIO

    out = StringIO()
    call_command("clocks", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_the_command_prints_every_day_and_null_where_none_is_set():
    assert clocks("--presented", "2026-06-29") == {
        "decide_by": "2026-07-07",
        "notice_by": "2026-07-14",
        "last_determination_day": "2026-07-29",
        "deemed_excluded_on": "2026-07-30",
        "protest_by": "2027-01-25",
        "protest_deemed_denied_on": None,
        "summons_by": None,
    }


def test_the_command_says_what_is_wrong_with_a_day():
    with pytest.raises(CommandError, match="write it as 2026-06-29"):
        clocks("--presented", "29 June")
    with pytest.raises(CommandError, match="check both dates"):
        clocks("--presented", "2026-06-29", "--excluded", "2026-06-01")


@pytest.mark.django_db
def test_anybody_asks_the_page(client):
    page = client.get(reverse("clocks"), {"presented": "2026-06-29", "protested": "2026-08-03"}).content.decode()
    assert "29 Jul 2026" in page
    assert "19 CFR 174.21(b)" in page
    assert (
        "check both dates"
        in client.get(reverse("clocks"), {"presented": "2026-06-29", "excluded": "2026-06-01"}).content.decode()
    )


@pytest.mark.django_db
def test_the_api_answers_without_a_token(client):
    body = client.get("/api/v1/clocks/", {"presented": "2026-02-10", "excluded": "2026-03-02"}).json()
    assert (body["protest_by"], body["deemed_excluded_on"]) == ("2026-08-29", None)
    assert body["deadlines"][0] == {
        "code": "decide_by",
        "on": "2026-02-18",
        "text": "Release or detain",
        "provision": "19 CFR 151.16(b)",
    }
    assert client.get("/api/v1/clocks/", {"presented": "soon"}).status_code == 400
