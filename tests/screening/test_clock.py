"""The statutory clocks, by the worked examples of the handbook."""

from datetime import date

import pytest

from screening.domain.law.clocks import add_business_days, detention_clock

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
