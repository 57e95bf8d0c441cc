"""The numbers of the reports, on goods made by hand and counted by hand."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from entities.domain.roles import Role
from screening.domain.law.states import State
from screening.domain.statistics import (
    DAYS_LEFT,
    DENIED,
    INDUSTRIES,
    PENDING,
    RELEASED,
    Counts,
    days_of,
    fiscal_year,
    percent,
    quantile,
)
from screening.models import Case, Decision, Detention, Draw, HeldLine, Look, Recommendation, SecondLook
from screening.reference import industries
from screening.report_tables import TABLES
from screening.services.detentions import record_detention, record_event
from screening.services.performance import Agreement, Alarms, Taken, agreement, false_alarms, time_to_decision
from screening.services.statistics import Scope, shipments_by, values_by
from screening.spreadsheet import csv_lines
from tests.factories import make_organization, make_user
from tests.screening.made_cases import make_case, make_screening, make_shipment
from tests.screening.made_goods import MODULES, NOTHING, SHIRTS, held

# --- vocabulary ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "year"), [("2025-09-30", 2025), ("2025-10-01", 2026), ("2026-01-01", 2026), ("2026-09-30", 2026)]
)
def test_the_fiscal_year_begins_in_october(day, year):
    assert fiscal_year(date.fromisoformat(day)) == year
    assert days_of(2026) == (date(2025, 10, 1), date(2026, 9, 30))


def test_each_state_is_released_denied_or_pending():
    assert frozenset(State) == RELEASED | DENIED | PENDING
    assert len(RELEASED) + len(DENIED) + len(PENDING) == len(State)
    assert {State.SEIZED, State.EXCLUDED, State.EXPORTED, State.DESTROYED, State.DEEMED_EXCLUDED} <= DENIED
    assert {State.DETAINED, State.NOTICED, State.EXCEPTION_GRANTED} <= PENDING


def test_quantiles_are_by_nearest_rank():
    days = {1: 5, 4: 4, 30: 1}
    assert quantile(days, 0.5) == 1
    assert quantile(days, 0.9) == 4
    assert quantile(days, 1) == 30
    assert quantile({}, 0.5) is None
    assert (percent(53, 100), percent(0, 0)) == ("53 %", "none")


def test_spans_leave_no_day_out_and_count_none_twice():
    today = date(2026, 3, 2)
    for left in range(-40, 60):
        on = today + timedelta(days=left)
        ends = [span.left(today) for span in DAYS_LEFT]
        assert sum((not first or first <= on) and (not last or on <= last) for first, last in ends) == 1


def test_industries_are_the_nine_and_each_prefix_stands_once():
    prefixes = [prefix for some in industries().values() for prefix in some]
    assert set(industries()) == set(INDUSTRIES)
    assert len(INDUSTRIES) == 9
    assert len(prefixes) == len(set(prefixes))
    assert {len(prefix) for prefix in prefixes} == {2, 4}


# --- goods made by hand -------------------------------------------------------------------------------------------


@pytest.fixture
def office(db):
    return make_user(Role.AUDITOR)


@pytest.fixture
def scope(office):
    return Scope(office)


@pytest.fixture
def goods(db):
    """Four entries: released; released in part; denied in two currencies; pending and without value, code, country."""
    owner = make_organization(name="=Harbor Knit LLC")
    held(("released", SHIRTS, "VN", "100.10", "USD"), importer=owner)
    held(("released", SHIRTS, "VN", "50", "USD"), ("excluded", MODULES, "CN", "200", "USD"), importer=owner)
    held(("exported", MODULES, "CN", "10", "USD"), ("seized", SHIRTS, "CN", "30", "EUR"), presented="2025-09-30")
    held(("noticed", NOTHING, "", None, ""), ("noticed", MODULES, "CN", "7", ""))
    return owner


def test_shipments_are_counted_once_each(goods, scope):
    counts = shipments_by(scope)
    assert counts == {"all": Counts(stopped=4, released=1, denied=2, divided=1)}
    assert counts["all"].pending == 1


def test_in_a_group_a_shipment_is_judged_by_its_lines_there(goods, scope):
    assert shipments_by(scope, "industry") == {
        "Electronics": Counts(3, 0, 2),
        "Apparel, Footwear and Textiles": Counts(3, 2, 1),
        "": Counts(1, 0, 0),
    }
    assert shipments_by(scope, "country") == {"CN": Counts(3, 0, 2), "VN": Counts(2, 2, 0), "": Counts(1, 0, 0)}
    assert shipments_by(scope, "hts4") == {"8541": Counts(3, 0, 2), "6109": Counts(3, 2, 1), "": Counts(1, 0, 0)}
    assert shipments_by(scope, "fiscal-year") == {2026: Counts(3, 1, 1, 1), 2025: Counts(1, 0, 1)}


def test_amounts_stay_within_their_currency_and_missing_ones_are_said(goods, scope):
    amounts, missing = values_by(scope)
    assert [(one.currency, one.stopped, one.released, one.denied, one.pending) for one in amounts] == [
        ("EUR", Decimal("30"), 0, Decimal("30"), 0),
        ("USD", Decimal("360.10"), Decimal("150.10"), Decimal("210"), 0),
    ]
    assert missing == {"all": 2}
    assert "2 lines have no value or no currency" in TABLES["value"](scope, date(2026, 2, 1)).note


def test_only_one_currency_is_drawn(goods, scope):
    table = TABLES["fiscal-year-value"](scope, date(2026, 2, 1))
    assert [(bar.label, bar.parts) for bar in table.bars] == [("FY2026", (150, 200, 0)), ("FY2025", (0, 10, 0))]
    assert [row[:4] for row in table.rows] == [
        ("FY2025", "EUR", 1, Decimal("30")),
        ("FY2026", "USD", 3, Decimal("350.10")),
        ("FY2025", "USD", 1, Decimal("10")),
    ]
    assert table.drawn == "in USD, rounded"


@pytest.mark.parametrize(
    ("narrowed", "counts"),
    [
        ({"fiscal_year": 2025}, Counts(1, 0, 1)),
        ({"industry": "Electronics"}, Counts(3, 0, 2)),
        ({"industry": "Machinery"}, None),
        ({"country": "VN"}, Counts(2, 2, 0)),
        ({"hts4": "6109"}, Counts(3, 2, 1)),
        ({"regime": "WRO"}, None),
    ],
)
def test_each_filter_narrows(goods, office, narrowed, counts):
    assert shipments_by(Scope(office, **narrowed)).get("all") == counts


def test_by_importer(goods, office):
    assert shipments_by(Scope(office, importer=goods)) == {"all": Counts(2, 1, 1, 1)}


def test_a_heading_goes_before_its_chapter(scope, office):
    held(("released", "8471300100", "CN", None, ""))
    assert shipments_by(scope, "industry") == {"Electronics": Counts(1, 1, 0)}
    assert shipments_by(Scope(office, industry="Electronics")) == {"all": Counts(1, 1, 0)}
    assert shipments_by(Scope(office, industry="Machinery")) == {}


def test_goods_held_again_count_as_they_are_held_last(scope):
    first = held(("released", SHIRTS, "VN", "5", "USD"), presented="2026-01-10")
    held(("noticed", SHIRTS, "VN", "5", "USD"), presented="2026-02-10", shipment=first.shipment)
    assert shipments_by(scope) == {"all": Counts(1, 0, 0)}
    assert values_by(scope)[0][0].stopped == 5


def test_a_line_deemed_excluded_and_protested_is_denied_and_open(scope):
    case, analyst = make_case(Case.Stage.UNDER_REVIEW), make_user(Role.ANALYST)
    today = timezone.localdate()
    detention = record_detention(
        case, case.shipments.get(), actor=analyst, presented_on=today - timedelta(days=41), source="6051D"
    )
    record_event(detention, "protest_filed", today - timedelta(days=5), actor=analyst, source="protest")
    assert HeldLine.objects.get().state == "protested"
    assert shipments_by(scope) == {"all": Counts(1, 0, 1)}
    left = TABLES["days-left"](scope, today)
    assert ("15 to 30 days left", 1, 1, 0) in left.rows
    assert ("31 to 90 days", 1, 1, 0) in TABLES["days-since"](scope, today).rows


def test_open_lines_by_days(scope):
    today = date(2026, 2, 1)
    row = held(("noticed", SHIRTS, "VN", None, ""), ("noticed", SHIRTS, "VN", None, ""), presented="2026-01-10")
    held(("released", SHIRTS, "VN", None, ""))
    row.held_lines.filter(line_number=1).update(deadline_on=today - timedelta(days=1))
    row.held_lines.filter(line_number=2).update(deadline_on=today)
    rows = {label: counts for label, *counts in TABLES["days-left"](scope, today).rows}
    assert rows["Past"] == [1, 0, 1]
    assert rows["Today to 3 days left"] == [1, 0, 1]
    assert sum(counts[0] for counts in rows.values()) == 2


def test_countries_are_called_by_their_names(scope):
    held(
        ("released", SHIRTS, "VN", "5", "USD"),
        ("released", SHIRTS, "KR", "5", "USD"),
        ("noticed", SHIRTS, "", None, ""),
    )
    assert [row[0] for row in TABLES["country"](scope, date(2026, 2, 1)).rows] == [
        "Republic of Korea (KR)", "Viet Nam (VN)", "No country",
    ]  # fmt: skip
    assert {row[0] for row in TABLES["country-value"](scope, date(2026, 2, 1)).rows} >= {"Viet Nam (VN)"}


def test_nothing_on_record_counts_nothing(client, scope, office):
    assert shipments_by(scope) == {}
    assert values_by(scope) == ([], {})
    aged = [row for name in ("days-left", "days-since") for row in TABLES[name](scope, date(2026, 2, 1)).rows]
    assert sum(sum(row[1:]) for row in aged) == 0
    client.force_login(office)
    assert "No goods were stopped here" in client.get(reverse("reports")).content.decode()


# --- how the office works -----------------------------------------------------------------------------------------


def decided(conclusion, *, case=None, opened="2026-01-01", on="2026-01-11", verdict="approved", lines=()):
    pathway = {"exception_met": "exception"}.get(conclusion, "applicability")
    case = case or make_case(Case.Stage.CLOSED, opened_at=_noon(opened))
    reviewer, approver = make_user(Role.REVIEWER), make_user(Role.APPROVER)
    said = {
        "case": case, "pathway": pathway, "conclusion": conclusion, "grounds": ["LISTED_ENTITY"], "reasons": "x",
        "lines": list(lines),
    }  # fmt: skip
    recommendation = Recommendation.objects.create(
        recommended_by=reviewer, recommended_person=reviewer.person, record={}, record_sha256="0" * 64, **said
    )
    return Decision.objects.create(
        recommendation=recommendation, verdict=verdict, recommended_person=reviewer.person, decided_by=approver,
        decided_person=approver.person, decided_at=_noon(on), **said,
    )  # fmt: skip


def _noon(day):
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(hours=17)


def test_false_alarms_are_cases_concluded_as_outside_the_law(scope, office):
    decided("not_in_scope")
    decided("scope_not_rebutted")
    decided("exception_met", on="2025-09-30", opened="2025-09-01")
    partly = decided("not_in_scope", lines=["1-1"]).case
    decided("scope_not_rebutted", case=partly, lines=["1-2"])
    decided("not_in_scope", verdict="returned")
    assert false_alarms(scope) == [Alarms(2026, 3, 1, 1, 0), Alarms(2025, 1, 0, 0, 0)]
    assert false_alarms(Scope(office, fiscal_year=2025)) == [Alarms(2025, 1, 0, 0, 0)]
    assert false_alarms(Scope(office, hts4="8541")) == []


def test_shipments_set_aside_without_a_case_stand_beside(scope):
    screening = make_screening(make_shipment(outcome="review"), outcome="review", severity="review")
    Look.objects.create(
        screening=screening, reason="x", looked_by=make_user(Role.ANALYST), looked_at=_noon("2026-01-05")
    )
    assert false_alarms(scope) == [Alarms(2026, 0, 0, 0, 1)]


def test_days_to_the_decision(scope):
    for days in (2, 4, 9):
        decided("not_in_scope", opened="2026-01-01", on=f"2026-01-{1 + days:02}")
    case = decided("scope_not_rebutted", opened="2026-01-01", on="2026-01-31").case
    Detention.objects.create(
        case=case, shipment=case.shipments.get(), presented_on=date(2026, 1, 11), source="x",
        recorded_by=make_user(Role.ANALYST),
    )  # fmt: skip
    assert time_to_decision(scope) == [
        Taken("Applicability review", "Opening of the case", 4, 4, 30, 0),
        Taken("Applicability review", "Presentation of the goods", 1, 20, 20, 3),
    ]


def test_agreement_of_approver_and_second_look(scope):
    rows = [decided("not_in_scope"), decided("not_in_scope"), decided("not_in_scope", verdict="returned")]
    for row, agrees in zip(rows[:2], (True, False), strict=True):
        author = make_user(Role.REVIEWER)
        SecondLook.objects.create(
            draw=Draw.objects.create(decision=row, share=1), conclusion="not_in_scope", agrees=agrees, reasons="x",
            author=author, author_person=author.person,
        )  # fmt: skip
    assert agreement(scope) == [Agreement("Applicability review", 3, 2, 2, 1)]


# --- the page and its files ---------------------------------------------------------------------------------------


def test_the_page_shows_counts_drawings_and_files(client, goods, office):
    client.force_login(office)
    page = client.get(reverse("reports"), {"fiscal_year": "2026"}).content.decode()
    assert "FY2026: 1 released, 1 denied, 1 pending" in page
    assert f"{reverse('report-file', args=['hts4'])}?fiscal_year=2026" in page
    assert "61.09" in page
    assert reverse("exception-report-list") in page


@pytest.mark.parametrize(
    ("show", "words"),
    [
        ("value", "360.10"),
        ("ageing", "Open lines by days left to the statutory day"),
        ("decisions", "Days to the first decision"),
        ("nothing", "Shipments by industry"),
    ],
)
def test_each_section_has_its_page_and_keeps_the_choices(client, goods, office, show, words):
    client.force_login(office)
    page = client.get(reverse("reports"), {"country": "", "show": show}).content.decode()
    assert words in page
    assert "?country=&amp;show=value" in page


def test_a_choice_not_understood_is_said_and_narrows_nothing(client, goods, office):
    client.force_login(office)
    page = client.get(reverse("reports"), {"hts4": "cotton"}).content.decode()
    assert "Four digits, for example 6109." in page
    assert "61.09" in page


@pytest.mark.parametrize("table", TABLES)
def test_each_table_is_a_file(client, goods, office, table):
    client.force_login(office)
    answer = client.get(reverse("report-file", args=[table]))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer["Content-Type"].startswith("text/csv")
    assert len({len(row) for row in rows}) == 1


def test_a_file_says_what_the_page_says(client, goods, office):
    client.force_login(office)
    text = client.get(reverse("report-file", args=["country"]), {"fiscal_year": "2026"}).content.decode("utf-8-sig")
    assert text.splitlines() == [
        "Country of origin,Stopped,Released,Denied,Pending,Released in part",
        "China (CN),2,0,1,1,0",
        "Viet Nam (VN),2,2,0,0,0",
        "No country,1,0,0,1,0",
    ]


def test_no_cell_is_a_formula():
    text = "".join(csv_lines([("=1+1", "@x", "-5", 3), ("+cmd", "plain", "\t=1", "")]))
    assert text == "\ufeff'=1+1,'@x,-5,3\r\n'+cmd,plain,'\t=1,\r\n"


def test_an_importer_is_not_told_that_there_are_reports(client, goods):
    client.force_login(make_user(Role.IMPORTER_MEMBER, goods))
    assert client.get(reverse("reports")).status_code == 404
    assert client.get(reverse("report-file", args=["value"])).status_code == 404


@pytest.mark.parametrize("show", ["shipments", "value", "ageing", "decisions"])
def test_the_page_asks_as_often_however_many_goods(client, goods, office, show, django_assert_max_num_queries):
    client.force_login(office)
    for _ in range(5):
        held(("noticed", SHIRTS, "VN", "5", "USD"))
    with django_assert_max_num_queries(20):
        assert client.get(reverse("reports"), {"show": show}).status_code == 200
