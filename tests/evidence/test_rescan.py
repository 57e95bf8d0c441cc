"""Papers that were read are looked through again when the list in use, or a name the office knows, changes."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from entities.domain.actions import Action
from entities.domain.roles import Role
from entities.models import AuditEvent, Job, ListedEntity, ListVersion
from entities.services import jobs
from entities.services import lists as list_services
from entities.services.names import propose_name
from evidence.models import Assessment, Citation, Document, Mention, Page
from evidence.services import rescan, scanning
from evidence.services.assessments import CitedPage, assess
from screening.models import Case
from screening.services.cases import start_review
from screening.services.lists import publish_version
from tests.evidence.made_files import pdf, words
from tests.evidence.sending import make_case, send
from tests.factories import make_user
from tests.screening.made_cases import make_exhibit
from tests.screening.test_lists import NEW, shipped_page

pytestmark = pytest.mark.django_db
ALIAS = "Wickmark Yarn Factory"
WITH_ALIAS = f"{NEW} (also known as {ALIAS})"
LISTED = "Aksu Huafu Color Spinning Co., Ltd."


@pytest.fixture
def in_use(db):
    return list_services.load_reference_lists()[0]


@pytest.fixture
def publish(tmp_path):
    """One person loads the shipped list with more rows, another puts it in use; the worker does what follows."""
    analyst, approver = make_user(Role.ANALYST), make_user(Role.APPROVER)

    def put(*rows, work=True):
        path = tmp_path / "page.html"
        path.write_text(shipped_page(*((row, "June 21, 2022") for row in rows)), encoding="utf-8")
        draft = list_services.draft_version(
            path, file_name="page.html", actor=analyst, retrieved_on=timezone.localdate()
        )
        jobs.work_off()
        draft.refresh_from_db()
        version = publish_version(draft, actor=approver, reason="As printed.")
        if work:
            jobs.work_off()
        return version

    return put


@pytest.fixture
def paper(in_use):
    """A paper of two pages, read with the shipped list."""
    document = send(make_case(), pdf(words(f"Seller {LISTED}, Urumqi"), words(f"Spun by {NEW}")), "invoice-4471.pdf")
    jobs.work_off()
    document.refresh_from_db()
    return document


def listed(document):
    rows = Mention.objects.filter(page__document=document, kind="listed").order_by("page__number", "start")
    return [(row.page.number, row.subject) for row in rows]


def everything(kind):
    return list(Mention.objects.filter(kind=kind).order_by("pk").values())


def test_a_paper_says_which_list_it_was_looked_through_with(paper, in_use):
    assert paper.scanned_with == in_use
    assert paper.scanned_at is not None
    assert AuditEvent.objects.get(action=Action.DOCUMENT_READ).after["list"] == in_use.label


def test_a_name_that_came_on_the_list_is_seen_in_a_paper_read_before(paper, publish):
    assert listed(paper) == [(1, LISTED)]
    places, known = everything("place"), everything("listed")
    pages = list(Page.objects.order_by("pk").values())
    version = publish(NEW)
    paper.refresh_from_db()
    assert listed(paper) == [(1, LISTED), (2, NEW)]
    assert paper.scanned_with == version
    mention = Mention.objects.get(subject=NEW)
    assert (mention.list_version, mention.page.text[mention.start : mention.end]) == (version, mention.text)
    assert mention.seen_later_at is not None
    # What was there stays as it was, row by row.
    assert everything("place") == places
    assert places
    assert everything("listed")[:1] == known
    assert list(Page.objects.order_by("pk").values()) == pages


def test_the_case_history_says_what_a_paper_names_now_and_what_no_more(paper, publish):
    publish(WITH_ALIAS)
    publish()
    gone, new = AuditEvent.objects.filter(action=Action.DOCUMENT_RESCANNED)
    case = paper.exhibits.get().case
    assert (new.case_number, new.target_label, new.actor_name) == (case.number, "invoice-4471.pdf", "ClearOrigin")
    assert new.after["new"] == [
        {"page": 2, "name": NEW, "written": NEW[:-1], "strength": "match", "listed_since": "2022-06-21"}
    ]
    assert (new.after["count"], new.before["count"], new.before["no_longer"]) == (1, 0, [])
    assert (gone.after["count"], gone.before["count"]) == (0, 1)
    assert gone.before["no_longer"][0]["name"] == NEW
    assert gone.before["list_version"] == new.after["list_version"]
    assert listed(paper) == [(1, LISTED)]


def test_an_alias_that_left_the_list_is_no_longer_seen(in_use, publish):
    publish(WITH_ALIAS)
    document = send(make_case(), f"Yarn of {ALIAS}, Kashgar".encode())
    jobs.work_off()
    assert listed(document) == [(1, NEW)]
    places = everything("place")
    publish(NEW)
    assert listed(document) == []
    assert everything("place") == places


def test_a_name_proposed_by_the_office_is_looked_for_too(in_use):
    document = send(make_case(), b"Yarn of Wickmark Yarn Factory, lot 31")
    jobs.work_off()
    assert listed(document) == []
    entity = ListedEntity.objects.get(name=LISTED)
    statement = propose_name(entity, text=ALIAS, source="Company register, 3 May 2026", actor=make_user(Role.ANALYST))
    assert Document.objects.outdated().get() == document
    jobs.work_off()
    document.refresh_from_db()
    assert listed(document) == [(1, LISTED)]
    assert Mention.objects.get(kind="listed").strength == "possible"
    assert document.scanned_names_up_to == statement.pk
    assert not Document.objects.outdated().exists()


def test_a_second_time_changes_nothing(paper, publish):
    publish(NEW)
    before = everything("listed"), AuditEvent.objects.count()
    rescan.ask_for_rescan()
    jobs.work_off()
    assert (everything("listed"), AuditEvent.objects.count()) == before
    # Also where the paper does not say any more what it was looked through with.
    Document.objects.update(scanned_with=None)
    rescan.ask_for_rescan()
    jobs.work_off()
    assert everything("listed") == before[0]
    assert AuditEvent.objects.filter(action=Action.DOCUMENT_RESCANNED).count() == 1


def test_what_a_reviewer_cites_and_judged_stays(in_use, publish):
    case, reviewer = make_case(), make_user(Role.REVIEWER)
    document = send(case, f"Spun by {NEW}".encode())
    jobs.work_off()
    start_review(case, actor=reviewer)
    assess(
        case,
        actor=reviewer,
        pathway="applicability",
        code="A2",
        verdict="not_shown",
        reason="No such name is read, but the steps before are not declared.",
        citations=[CitedPage(1, 1)],
    )
    kept = list(Citation.objects.values()), list(Assessment.objects.values()), list(Page.objects.values())
    publish(NEW)
    assert listed(document) == [(1, NEW)]
    assert (list(Citation.objects.values()), list(Assessment.objects.values()), list(Page.objects.values())) == kept


def test_a_paper_read_without_a_list_is_looked_through_when_there_is_one():
    document = send(make_case(), f"Seller {LISTED}, Urumqi".encode())
    jobs.work_off()
    assert listed(document) == []
    assert not Document.objects.outdated().exists()  # there is nothing yet to look for
    version = list_services.load_reference_lists()[0]
    assert Document.objects.outdated().get() == document
    jobs.work_off()
    document.refresh_from_db()
    assert listed(document) == [(1, LISTED)]
    assert document.scanned_with == version
    assert scanning.NO_LIST not in document.notes


def test_many_pages_are_looked_through_a_few_at_a_time(in_use, publish, monkeypatch):
    exhibit = make_exhibit(make_case(), *(f"Page {number}: {NEW}" for number in range(1, 46)))
    Document.objects.update(scanned_with=in_use)
    urgent, held = [], []
    monkeypatch.setattr(jobs, "give_way", lambda job: urgent.append(job.kind) if job.kind == "rescan" else None)
    page = scanning.Scan.page
    monkeypatch.setattr(scanning.Scan, "page", lambda scan, text, *more: held.append(text) or page(scan, text, *more))
    publish(NEW)
    assert [number for number, _ in listed(exhibit.document)] == list(range(1, 46))
    assert len(held) == 45
    assert len(urgent) == 4  # after 20, 40 and 45 pages, and after the paper
    assert Job.objects.filter(kind="rescan").latest("pk").progress_done == 1


def test_a_page_full_of_places_hides_no_listed_name(in_use):
    document = send(make_case(), f"{'Urumqi, ' * 300} sold by {LISTED}".encode())
    jobs.work_off()
    assert Mention.objects.filter(kind="place").count() == 200
    assert listed(document) == [(1, LISTED)]
    document.refresh_from_db()
    assert scanning.TOO_MANY in document.notes


def test_reading_goes_first_and_asking_twice_is_once(paper, publish):
    publish(NEW, work=False)
    rescan.ask_for_rescan()
    waiting = Job.objects.filter(kind="rescan", state="queued").get()
    assert waiting.priority > Job.objects.filter(kind="read").first().priority


def test_a_paper_that_fails_keeps_no_other_from_its_turn(paper, publish, monkeypatch):
    other = send(paper.exhibits.get().case, f"Yarn of {NEW}".encode(), "other.txt")
    jobs.work_off()
    real = rescan._store

    def store(document, *args):
        if document.pk == other.pk:
            raise OSError("disk full")
        return real(document, *args)

    monkeypatch.setattr(rescan, "_store", store)
    publish(NEW)
    assert (2, NEW) in listed(paper)
    assert listed(other) == []
    job = Job.objects.filter(kind="rescan").latest("pk")
    assert job.state == "queued"
    assert "1 of 2 papers failed" in job.error
    monkeypatch.undo()
    Job.objects.update(run_after=timezone.now() - timedelta(seconds=1))
    jobs.work_off()
    assert listed(other) == [(1, NEW)]
    assert AuditEvent.objects.filter(action=Action.DOCUMENT_RESCANNED, target_key=paper.pk).count() == 1


def test_a_list_that_came_while_a_paper_was_looked_through_is_not_lost(paper, publish, monkeypatch):
    """The older scan stores nothing over the newer."""
    publish(NEW, work=False)
    real, versions = rescan._store, []

    def store(document, scan, *args):
        if not versions:
            versions.append(publish(NEW, ALIAS, work=False))
        return real(document, scan, *args)

    monkeypatch.setattr(rescan, "_store", store)
    jobs.work_off()
    paper.refresh_from_db()
    assert paper.scanned_with == versions[0]
    assert listed(paper) == [(1, LISTED), (2, NEW)]


def test_a_list_that_came_while_a_paper_was_read_is_not_lost(in_use, publish, monkeypatch):
    from evidence.services import reading

    real, versions = reading._store, []

    def store(*args):
        versions.append(publish(NEW))
        real(*args)

    monkeypatch.setattr(reading, "_store", store)
    document = send(make_case(), f"Yarn of {NEW}".encode())
    jobs.work_off()
    document.refresh_from_db()
    assert document.scanned_with == versions[0]
    assert listed(document) == [(1, NEW)]


def test_a_paper_waiting_to_be_read_again_is_left_to_the_reading(paper, publish):
    Document.objects.update(state="queued")
    version = publish(NEW)
    paper.refresh_from_db()
    assert version == ListVersion.objects.current("UFLPA")
    assert paper.scanned_with != version
    assert listed(paper) == [(1, LISTED)]


@pytest.mark.parametrize(
    ("stage", "is_said"), [("awaiting_approval", True), ("closed", True), ("under_review", False)]
)
def test_a_newly_named_party_is_a_fact_that_changed(stage, is_said, paper, publish):
    Case.objects.update(stage=stage)
    publish(NEW)
    assert (Case.objects.get(exhibits__document=paper).facts_changed_at is not None) is is_said


def test_nothing_new_in_a_paper_changes_no_facts(paper, publish):
    Case.objects.update(stage="awaiting_approval")
    publish("Quiet Harbour Garments JSC")
    assert Case.objects.get(exhibits__document=paper).facts_changed_at is None
    assert not AuditEvent.objects.filter(action=Action.DOCUMENT_RESCANNED).exists()
    told = AuditEvent.objects.filter(action=Action.LIST_PAPERS_RESCANNED).first()
    assert told.after == {"papers": 1, "changed": 0, "failed": []}


# --- what people see --------------------------------------------------------------------------------------------


def said(client, name, *args, query=""):
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def signed_in(client, user):
    client.force_login(user)
    return client


def test_the_case_says_which_paper_names_whom_until_a_reviewer_judges_it(client, paper, publish):
    case, reviewer = paper.exhibits.get().case, make_user(Role.REVIEWER)
    signed_in(client, reviewer)
    assert "A paper now names" not in said(client, "case-detail", case.pk)
    publish(NEW)
    page = said(client, "case-detail", case.pk)
    assert "A paper now names a listed party" in page
    assert "a paper names a listed party" in said(client, "desk")
    assert f"invoice-4471.pdf, page 2</a>, names {NEW}, listed since 21 June 2022" in page
    assert f"invoice-4471.pdf: page 2 names {NEW}, listed since 21 June 2022. Looked through with" in page
    start_review(case, actor=reviewer)
    assert "A paper now names" in said(client, "case-review", case.pk, query="?requirement=A2")
    assert "A paper now names" not in said(client, "case-review", case.pk, query="?requirement=A1")
    shown = said(client, "case-review", case.pk, query="?requirement=A1&show=1-2")
    assert f'{NEW} <span class="co-soft">(since {timezone.localdate():%-d %b %Y}, with ' in shown
    assess(
        case,
        actor=reviewer,
        pathway="applicability",
        code="A2",
        verdict="contradicted",
        reason="The spinner is on the list.",
        citations=[CitedPage(1, 2)],
    )
    assert "A paper now names" not in said(client, "case-detail", case.pk)
    assert "a paper names a listed party" not in said(client, "desk")
    publish()
    assert f"invoice-4471.pdf: page 2 no longer names {NEW}" in said(client, "case-detail", case.pk)


def test_until_the_worker_came_every_page_says_that_the_names_are_of_an_older_list(client, paper, publish):
    case, officer, member = paper.exhibits.get().case, make_user(Role.REVIEWER), paper.uploaded_by
    pages = [
        (officer, "document-detail", paper.pk, "The list, or a name on it, has changed since"),
        (officer, "document-list", None, "listed names changed: being looked through again"),
        (officer, "case-detail", case.pk, "names of an older list"),
        (officer, "case-review", case.pk, "Listed names of an older list"),
        (member, "importer-case", case.pk, "Listed names changed: its text is being looked through again"),
        (member, "document-detail", paper.pk, "Listed names of an older list"),
    ]

    def are_said():
        return [words in said(signed_in(client, user), name, *([pk] if pk else [])) for user, name, pk, words in pages]

    assert are_said() == [False] * 6
    publish(NEW, work=False)
    assert are_said() == [True] * 6
    jobs.work_off()
    assert are_said() == [False] * 6


def test_the_paper_says_with_which_list_names_were_looked_for_and_which_came_later(client, paper, publish):
    signed_in(client, paper.uploaded_by)
    version = publish(NEW)
    page = said(client, "document-detail", paper.pk)
    assert f"looked for with {version.label}" in page
    assert page.count("seen since") == 1
    assert f"seen since {timezone.localdate():%-d %b %Y}, with {version.label}" in page


def test_a_name_without_a_public_source_only_may_be_named(client, in_use):
    case = make_case()
    send(case, b"Yarn of Wickmark Yarn Factory, lot 31", "yarn.txt")
    jobs.work_off()
    entity = ListedEntity.objects.get(name=LISTED)
    propose_name(entity, text=ALIAS, source="Company register, 3 May 2026", actor=make_user(Role.ANALYST))
    jobs.work_off()
    page = said(signed_in(client, make_user(Role.REVIEWER)), "case-detail", case.pk)
    assert f"yarn.txt, page 1</a>, may name {LISTED}, listed since" in page


def test_the_api_says_with_which_list_a_document_was_looked_through(client, paper, publish):
    signed_in(client, paper.uploaded_by)

    def stored():
        return client.get(f"/api/v1/documents/{paper.pk}/").json()

    before = paper.scanned_with.label
    version = publish(NEW, work=False)
    assert (stored()["scanned_with"], stored()["list_is_outdated"]) == (before, True)
    jobs.work_off()
    assert (stored()["scanned_with"], stored()["list_is_outdated"]) == (version.label, False)
    assert stored()["scanned_at"]
