"""The main job in the browser, with a real worker beside it: from a declared shipment to a decided case."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from config.demo.papers import pdf
from entities import audit
from entities.domain.roles import Role
from entities.models import AuditEvent, Invitation, User
from entities.services.accounts import invitation_link
from entities.services.lists import load_reference_lists
from evidence.steps import steps_of
from screening.models import Case, Decision, Shipment
from tests.browser.checks import axe_clean, shot
from tests.end_to_end.workers import Worker, wait_for
from tests.factories import PASSWORD, make_organization, make_user

pytestmark = pytest.mark.django_db(transaction=True)
GOODS = "Cotton yarn, combed"
MAKER = "Aksu Huafu Color Spinning Co., Ltd."


@pytest.fixture
def office():
    load_reference_lists()
    return {role: make_user(role) for role in (Role.ANALYST, Role.REVIEWER, Role.APPROVER)}


@pytest.fixture
def importer():
    return make_organization(name="Example Knit Imports LLC")


def as_user(page, sign_in, user):
    page.context.clear_cookies()
    sign_in(user)


def test_from_a_declared_shipment_to_a_decided_case(page, sign_in, office, importer, tmp_path):
    with Worker(tmp_path) as worker:
        as_user(page, sign_in, office[Role.ANALYST])
        shipment = declare(page, importer, worker)
        case = open_from_desk(page, shipment)
        ask_and_invite(page, case)
        member_answers(page, case, tmp_path)
        as_user(page, sign_in, office[Role.REVIEWER])
        review(page, case)
        recommend(page, case)
        as_user(page, sign_in, office[Role.APPROVER])
        decide(page, case)
        history(page, case)
    case.refresh_from_db()
    assert case.stage == Case.Stage.CLOSED
    assert case.decisions.get().decided_by == office[Role.APPROVER]


def declare(page, importer, worker):
    """Steps 2 and 3: the analyst declares a shipment by hand; a worker screens it."""
    page.goto("/shipments/add/")
    axe_clean(page)
    page.get_by_label("Importer", exact=False).first.select_option(label=importer.name)
    page.get_by_label("Entry number").fill("551-3518786-6")
    page.get_by_label("Date of importation").fill((timezone.localdate() - timedelta(days=3)).isoformat())
    page.get_by_label("Goods").fill(GOODS)
    page.get_by_label("HTS codes").fill("5205.24.00.90")
    page.get_by_label("Role").first.select_option("manufacturer")
    page.locator("[name=party-0-name]").fill(MAKER)
    page.locator("[name=party-0-country]").fill("cn")
    page.get_by_role("button", name="Save and screen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("551-3518786-6")
    shipment = Shipment.objects.get(entry_number="551-3518786-6")
    wait_for(lambda: Shipment.objects.get(pk=shipment.pk).outcome == Shipment.Outcome.PRESUMPTION, worker)
    page.reload()
    expect(page.locator(".co-head__reason")).to_contain_text("Aksu Huafu Color Spinning")
    axe_clean(page)
    shot(page, "main-1-shipment")
    return shipment


def open_from_desk(page, shipment):
    """Step 4: the queue leads to the case, whose first sentence says why."""
    page.goto("/")
    page.get_by_role("link", name=re.compile(r"^20\d\d-\d+$")).first.click()
    expect(page.locator("main")).to_contain_text("listed since 21 June 2022")
    expect(page.locator("main")).to_contain_text("FR")
    axe_clean(page)
    shot(page, "main-2-case")
    return shipment.cases.get()


def ask_and_invite(page, case):
    """Step 5: evidence is asked for until a day; the importer is invited by a link."""
    page.goto(f"/cases/{case.pk}/request-evidence/")
    page.get_by_label("Further items, one per line").fill("Bale list and origin of the cotton\nProof of payment")
    page.get_by_label("Due on").fill((timezone.localdate() + timedelta(days=10)).isoformat())
    axe_clean(page)
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("Bale list and origin of the cotton")
    page.goto(f"/cases/{case.pk}/invite/")
    page.get_by_label("E-mail address").fill("member@example.test")
    page.locator("main form button[type=submit]").click()
    assert Invitation.objects.filter(email="member@example.test", accepted_at=None).exists()


def member_answers(page, case, tmp_path):
    """The invited importer makes an account, sees only its own case, and uploads; a worker reads."""
    page.context.clear_cookies()
    link = invitation_link(Invitation.objects.get(email="member@example.test"))
    page.goto(link[link.index("/invitation/") :])
    page.get_by_label(re.compile("name", re.I)).first.fill("Mia Member")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.goto("/")
    if "sign-in" in page.url:
        page.locator("[name=username]").fill("member@example.test")
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main form button[type=submit]").click()
    page.goto(f"/to-do/cases/{case.pk}/")
    axe_clean(page)
    paper = tmp_path / "bale list.pdf"
    paper.write_bytes(pdf([["BALE LIST", "Origin of the cotton: Texas, US"], ["Page 2", "Bales 1 to 240"]]))
    page.locator("input[type=file]").first.set_input_files(paper)
    expect(page.locator("main")).to_contain_text("bale list.pdf", timeout=20_000)
    reload_until(page, "2 pages")
    shot(page, "main-3-importer")
    page.get_by_role("button", name="I have sent what I can").click()
    assert page.goto(f"/cases/{case.pk}/").status == 404


def review(page, case):
    """Step 6: requirement by requirement; a step of the chain is shown by a cited page, the whole is not."""
    step = steps_of(case, User.objects.get(memberships__role=Role.REVIEWER))[0].key
    for code, of in (("A1", f"&step={step}"), *((code, "") for code in ("A1", "A2", "A3", "A4", "A5", "A6"))):
        page.goto(f"/cases/{case.pk}/review/?requirement={code}{of}")
        expect(page.get_by_role("heading", level=1)).to_contain_text(code)
        if of:
            axe_clean(page)
            page.get_by_role("button", name="Cite this page").click()
            expect(page.locator("#cited")).to_contain_text("exhibit 1, page 1")
        choice = "Shown" if of else "Not shown"
        choose(page, f"^{choice}")
        page.get_by_label("Reason").fill(f"{code}: weighed on the papers sent.")
        page.get_by_role("button", name="Record the verdict").click()
        page.wait_for_load_state()
    assert set(case.assessments.values_list("requirement", flat=True)) == {"A1", "A2", "A3", "A4", "A5", "A6"}
    assert case.assessments.get(requirement="A1", step=step).citations.get().page_number == 1
    shot(page, "main-4-review")


def recommend(page, case):
    """The reviewer recommends, and finds no way to decide."""
    page.goto(f"/cases/{case.pk}/recommend/")
    choose(page, "presumption stands")
    page.locator("label").filter(has_text="Listed entity").click()
    page.get_by_label("Reasons").fill("The maker is listed; a bale list does not change that.")
    axe_clean(page)
    page.locator("main form button[type=submit]").click()
    recommendation = case.recommendations.get()
    assert any(one["citations"] for one in recommendation.record["assessments"])
    page.goto(f"/cases/{case.pk}/decide/")
    assert page.get_by_role("radio").count() == 0


def decide(page, case):
    """A second person decides; the decision says pathway, ground, findings and reasons."""
    page.goto(f"/cases/{case.pk}/decide/")
    axe_clean(page)
    shot(page, "main-5-decide")
    choose(page, "Approve")
    page.get_by_label("Reasons").fill("The ground is the listing of the maker itself.")
    page.locator("main form button[type=submit]").click()
    decision = Decision.objects.get(case=case)
    assert (decision.verdict, decision.grounds) == ("approved", ["LISTED_ENTITY"])
    assert decision.findings
    assert decision.decided_person_id != decision.recommended_person_id


def history(page, case):
    """Step 7: every act is on record, and the chain of the record holds."""
    page.goto(f"/cases/{case.pk}/")
    expect(page.locator("#history")).to_contain_text(re.compile("decided", re.I))
    shot(page, "main-6-decided")
    acts = set(AuditEvent.objects.filter(case_number=case.number).values_list("action", flat=True))
    wanted = {"case.opened", "case.evidence_requested", "document.uploaded", "document.read", "case.evidence_answered"}
    assert wanted | {"requirement.assessed", "case.recommended", "case.decided"} <= acts
    assert list(audit.verify()) == []


def choose(page, words):
    """Choose by the label, as a person does: the design system hides the button itself."""
    page.locator("label.usa-radio__label").filter(has_text=re.compile(words)).click()


def reload_until(page, text):
    """A worker is reading: look again until it has."""
    for _ in range(40):
        if text in page.locator("main").inner_text():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(f"{text!r} never appeared on {page.url}")
