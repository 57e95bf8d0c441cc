"""Three cases in the browser from hold to end: released after an applicability review; an exception with its public
report; silence until the law itself excludes, a protest, and silence again."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from entities.domain.roles import Role
from screening.domain.law.states import State
from screening.models import Case, HeldLine
from screening.services.reminders import remind_job
from tests.browser.checks import axe_clean, fits, shot
from tests.factories import make_organization, make_user
from tests.screening.made_cases import judge_all, make_case, make_exhibit, set_all_aside

pytestmark = pytest.mark.django_db(transaction=True)
OFFICE = (Role.ANALYST, Role.REVIEWER, Role.APPROVER)


@pytest.fixture
def people():
    return {role: make_user(role) for role in OFFICE}


@pytest.fixture
def case():
    return make_case(importer=make_organization(name="Example Knit Imports LLC"))


def as_user(page, sign_in, user):
    page.context.clear_cookies()
    sign_in(user)


def days_ago(days):
    return timezone.localdate() - timedelta(days=days)


def detain(page, case, *, presented, detained):
    """The days of form 6051D go on record; the page counts from them."""
    page.goto(f"/cases/{case.pk}/")
    page.get_by_role("link", name="Record a detention").first.click()
    page.locator("[name=presented_on]").fill(presented.isoformat())
    page.locator("[name=detained_on]").fill(detained.isoformat())
    page.locator("[name=number]").fill("6051D-77")
    page.locator("[name=source]").fill("form 6051D")
    page.get_by_role("button", name="Record").click()
    expect(page.locator("#law")).to_contain_text("Detained")


def tick(page, selector):
    """By its label: the box itself lies under the drawn one."""
    page.locator(f"label[for={page.locator(selector).get_attribute('id')}]").click()


def record(page, case, label, on, *, source="CBP notice", number=""):
    """What happened goes on record by the button of the detention."""
    page.goto(f"/cases/{case.pk}/")
    page.get_by_role("link", name="Record what happened").click()
    page.locator("[name=kind]").select_option(label=label)
    page.locator("[name=on]").fill(on.isoformat())
    page.locator("[name=source]").fill(source)
    page.locator("[name=number]").fill(number)
    page.get_by_role("button", name="Record").click()
    expect(page.locator("#law")).to_contain_text(label)


def recommend_and_decide(page, sign_in, case, people, conclusion):
    """Two persons: one recommends on the record, another decides."""
    as_user(page, sign_in, people[Role.REVIEWER])
    page.goto(f"/cases/{case.pk}/recommend/?pathway={conclusion[0]}")
    tick(page, f"input[value={conclusion[1]}]")
    tick(page, "input[name=grounds][value=LISTED_ENTITY]")
    page.locator("[name=reasons]").fill("Each step ties by party, lot, date and quantity; see exhibit 1.")
    tick(page, "input[name=lines]")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("#decisions")).to_contain_text("Waiting for an approver")
    as_user(page, sign_in, people[Role.APPROVER])
    page.goto(f"/cases/{case.pk}/decide/")
    tick(page, "input[name=verdict][value=approved]")
    page.locator("[name=reasons]").fill("The record bears it out.")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("#decisions")).to_contain_text("Approved")


def importer_reads(page, sign_in, case, *said, name=""):
    """The importer's own page says how its goods stand."""
    as_user(page, sign_in, case.importer.memberships.filter(role=Role.IMPORTER_MEMBER).first().user)
    page.goto(f"/to-do/cases/{case.pk}/")
    for words in said:
        expect(page.locator("main")).to_contain_text(words)
    axe_clean(page)
    fits(page)
    if name:
        shot(page, name)


def state_of(case):
    return HeldLine.objects.get(detention__case=case).state


def test_an_applicability_review_ends_in_a_release(page, sign_in, case, people, settings):
    settings.OFFICE_IS_AUTHORITY = True
    make_exhibit(case, "Order, invoice, payment, bill of lading and production record of lot 31")
    as_user(page, sign_in, people[Role.ANALYST])
    detain(page, case, presented=days_ago(12), detained=days_ago(8))
    record(page, case, "Notice of detention issued", days_ago(7))
    record(page, case, "Applicability review asked for", days_ago(5), source="Forced Labor Portal", number="P-1")
    expect(page.locator(".co-head")).to_contain_text("day 12 of 30")
    expect(page.locator("#law")).to_contain_text("By a recommendation and a decision of two persons only: released")
    correct_the_notice(page)
    axe_clean(page)
    shot(page, "case-1-held")
    importer_reads(page, sign_in, case, "is held", "CBP checks whether the law applies", name="case-1-importer-held")
    take_into_review(case, people[Role.REVIEWER])
    judge_all(case, people[Role.REVIEWER])
    set_all_aside(case, people[Role.REVIEWER])
    recommend_and_decide(page, sign_in, case, people, ("applicability", "not_in_scope"))
    expect(page.locator(".co-head__title")).to_contain_text("Released")
    shot(page, "case-1-released")
    importer_reads(page, sign_in, case, "is released", "they may enter", name="case-1-importer-released")
    assert state_of(case) == State.RELEASED


def correct_the_notice(page):
    """A corrected day computes everything anew and keeps the old one in sight."""
    row = page.locator("#law tr", has_text="Notice of detention issued")
    row.get_by_role("link", name="Correct").click()
    page.locator("[name=on]").fill(days_ago(6).isoformat())
    page.locator("[name=reason]").fill("The stamp was misread.")
    page.get_by_role("button", name="Correct").click()
    expect(row.locator("s")).to_contain_text(f"{days_ago(7):%-d %b}")
    expect(row).to_contain_text("The stamp was misread.")


def take_into_review(case, reviewer):
    from screening.services import cases

    cases.start_review(case, actor=reviewer, reason="The papers are there.")


def test_an_exception_is_granted_and_its_report_is_public(page, sign_in, case, people, settings):
    settings.OFFICE_IS_AUTHORITY = True
    make_exhibit(case, "Wage and recruitment records of each site")
    as_user(page, sign_in, people[Role.ANALYST])
    detain(page, case, presented=days_ago(12), detained=days_ago(8))
    record(page, case, "Exception asked for", days_ago(5), source="Forced Labor Portal")
    importer_reads(page, sign_in, case, "CBP checks whether you qualify for an exception")
    take_into_review(case, people[Role.REVIEWER])
    judge_all(case, people[Role.REVIEWER], pathway="exception")
    recommend_and_decide(page, sign_in, case, people, ("exception", "exception_met"))
    expect(page.locator("#law")).to_contain_text("Exception granted")
    shot(page, "case-2-granted")
    report(page, sign_in, case, people)
    assert state_of(case) in {State.EXCEPTION_GRANTED, State.RELEASED}


def report(page, sign_in, case, people):
    """The determination goes out, then the report to Congress and the public, which anybody reads."""
    today = timezone.localdate().isoformat()
    issue(page, sign_in, case, people, "exception_determination", {"determined_on": today})
    public = {"goods": "T-shirts of cotton, HTS 6109.10", "evidence": "Wage records\nProduction records"}
    issue(page, sign_in, case, people, "exception_report", {"determined_on": today, **public}, ["[name=no_secrets]"])
    page.context.clear_cookies()
    page.goto("/exception-reports/")
    expect(page.get_by_role("link", name="L-").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("Wage records")
    expect(page.locator("main")).not_to_contain_text(case.importer.name)
    shot(page, "case-2-public")


def issue(page, sign_in, case, people, kind, values, ticks=()):
    """A letter is drafted and filled in by one person, approved and issued by another."""
    as_user(page, sign_in, people[Role.REVIEWER])
    page.goto(f"/cases/{case.pk}/letters/")
    page.locator(f"button[name=kind][value={kind}]").click()
    draft = page.url
    for name, value in values.items():
        page.locator(f"[name={name}]").fill(value)
    for box in ticks:
        tick(page, box)
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("#missing")).to_contain_text("1 thing stands in the way")  # the approval
    as_user(page, sign_in, people[Role.APPROVER])
    page.goto(draft)
    page.get_by_role("button", name="Approve as it stands").click()
    page.get_by_role("button", name="Issue").click()
    expect(page.locator("main")).to_contain_text("L-")
    assert case.letters.filter(kind=kind).exists()


def test_silence_excludes_and_silence_denies_the_protest(page, sign_in, case, people):
    presented = date(2026, 6, 29)
    make_user(Role.IMPORTER_MEMBER, case.importer)
    with on(date(2026, 7, 8)):
        as_user(page, sign_in, people[Role.ANALYST])
        detain(page, case, presented=presented, detained=date(2026, 7, 6))
        record(page, case, "Notice of detention issued", date(2026, 7, 8))
        expect(page.locator(".co-head")).to_contain_text("Day 9 of 30: 21 days left")
    with on(date(2026, 7, 30)):
        remind_job()
        assert state_of(case) == State.DEEMED_EXCLUDED
        as_user(page, sign_in, people[Role.ANALYST])
        page.goto(f"/cases/{case.pk}/")
        expect(page.locator(".co-head__title")).to_contain_text("Deemed excluded")
        expect(page.locator("#law")).to_contain_text("by law")
        expect(page.locator("#law")).to_contain_text("19 U.S.C. 1499(c)(5)(A)")
        shot(page, "case-3-deemed")
        importer_reads(
            page, sign_in, case, "because no decision came in time", "Last day to protest", "25 January 2027",
            name="case-3-importer-deemed",
        )  # fmt: skip
    with on(date(2026, 8, 3)):
        as_user(page, sign_in, people[Role.ANALYST])
        record(page, case, "Protest filed", date(2026, 8, 3), source="ACE", number="3901-2026-100274")
        importer_reads(page, sign_in, case, "your protest is being decided", name="case-3-importer-protested")
    with on(date(2026, 9, 3)):
        remind_job()
        assert state_of(case) == State.PROTEST_DEEMED_DENIED
        as_user(page, sign_in, people[Role.ANALYST])
        page.goto(f"/cases/{case.pk}/")
        expect(page.locator("#law")).to_contain_text("Protest deemed denied")
        expect(page.locator(".co-head")).to_contain_text("Summons")
        shot(page, "case-3-denied")
        page.goto("/desk/?law=protest_deemed_denied")
        expect(page.locator("main")).to_contain_text(case.number)
        importer_reads(
            page, sign_in, case, "your protest counts as denied", "Go to court", name="case-3-importer-denied"
        )
    assert Case.objects.get(pk=case.pk).detentions.get().events.count() == 4


def on(day):
    """The day as the server has it; the server runs in this process."""
    return time_machine.travel(datetime.combine(day, time(10), tzinfo=ZoneInfo("America/New_York")))
