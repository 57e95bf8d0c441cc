"""A letter of CBP on record is the event in law that it tells of: once, from the day a person confirmed."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent
from screening.domain.law.states import Kind, State
from screening.models import Case, Determination, HeldLine, LegalEvent, Letter, ShipmentLine
from screening.services import detentions, letters
from tests.factories import make_user
from tests.screening.made_cases import make_case

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture(autouse=True)
def _private_office(settings):
    settings.OFFICE_IS_AUTHORITY, settings.DEMO = False, True


@pytest.fixture
def officer(client):
    user = make_user(Role.ANALYST)
    client.force_login(user)
    return user


@pytest.fixture
def case():
    return make_case(Case.Stage.UNDER_REVIEW)


@pytest.fixture
def held(case, officer):
    shipment = case.shipments.get()
    ShipmentLine.objects.create(shipment=shipment, number=3, description="Towels", hts_codes=["6302600020"])
    return detentions.record_detention(
        case, shipment, actor=officer, presented_on=day(20), detained_on=day(18), source="form 6051D"
    )


def day(days_ago):
    return TODAY() - timedelta(days=days_ago)


def event(held, kind, officer, days_ago=0, **fields):
    return detentions.record_event(held, kind, day(days_ago), actor=officer, source="ACE message", **fields)


def came(case, officer, kind, days_ago=0, number="CBP-77"):
    content = f"%PDF-1.7 {kind} {Letter.objects.count()}".encode()
    return letters.record_received(
        case, kind=kind, received_number=number, dated=day(days_ago), content=content, actor=officer
    )


def states(case):
    return dict(HeldLine.objects.filter(detention__case=case).values_list("line_number", "state"))


def kinds(case):
    rows = LegalEvent.objects.standing().filter(detention__case=case).order_by("on", "pk")
    return [(row.kind, row.on) for row in rows if row.kind not in {"presented", "detained"}]


# What CBP sent, what went before, what it says, and where the goods are then.
LETTERS = [
    ("notice_of_detention", [], "notice_issued", State.NOTICED),
    ("notice_of_exclusion", ["notice_issued"], "excluded", State.EXCLUDED),
    ("release_notice", ["notice_issued"], "released", State.RELEASED),
    ("notice_of_seizure", [], "seized", State.SEIZED),
    ("request_for_information", ["applicability_filed"], "information_asked", State.INFO_REQUESTED),
    ("exception_determination", ["exception_filed"], "exception_granted", State.EXCEPTION_GRANTED),
    ("exception_determination", ["exception_filed"], "exception_refused", State.EXCLUDED),
    ("protest_decision", ["notice_issued", "excluded", "protest_filed"], "protest_allowed", State.RELEASED),
    ("protest_decision", ["notice_issued", "excluded", "protest_filed"], "protest_denied", State.PROTEST_DENIED),
]


@pytest.mark.parametrize(("kind", "before", "said", "state"), LETTERS)
def test_each_letter_is_the_event_it_tells_of(kind, before, said, state, case, held, officer):
    for number, one in enumerate(before):
        event(held, Kind(one), officer, days_ago=12 - number)
    letter = came(case, officer, kind)
    assert Kind(said) in letters.may_be(letter)
    row = letters.put_in_law(letter, held, actor=officer, kind=Kind(said), on=day(2))
    assert set(states(case).values()) == {state}
    assert (row.on, row.details, row.recorded_by) == (day(2), {"letter": letter.number}, officer)
    assert row.source == f"{letter.about.title} of CBP, number CBP-77 ({letter.number})"
    assert list(letters.on_record(letter)) == [row]
    assert AuditEvent.objects.filter(action="legal_event.recorded", target_key=str(row.pk)).exists()


@pytest.mark.parametrize("kind", ["notice_of_action", "acknowledgement", "exception_report"])
def test_what_does_nothing_to_the_goods_is_no_event(kind, case, held, officer):
    assert letters.may_be(came(case, officer, kind)) == []


def test_a_letter_is_on_record_once(case, held, officer):
    letter = came(case, officer, "notice_of_detention")
    letters.put_in_law(letter, held, actor=officer, kind=Kind.NOTICE_ISSUED, on=day(15))
    with pytest.raises(Refused, match="on record in law already: Notice of detention issued"):
        letters.put_in_law(letter, held, actor=officer, kind=Kind.NOTICE_ISSUED, on=day(14))
    assert kinds(case) == [("notice_issued", day(15))]


@pytest.mark.parametrize("confirmed", [5, 7])
def test_what_was_recorded_before_the_letter_came_takes_its_day_and_source(confirmed, case, held, officer):
    event(held, Kind.NOTICE_ISSUED, officer, days_ago=12)
    by_hand = event(held, Kind.EXCLUDED, officer, days_ago=5)
    letter = came(case, officer, "notice_of_exclusion")
    row = letters.put_in_law(letter, held, actor=officer, kind=Kind.EXCLUDED, on=day(confirmed))
    assert kinds(case) == [("notice_issued", day(12)), ("excluded", day(confirmed))]
    assert (row.replaces, row.details["letter"]) == (by_hand, letter.number)
    assert row.reason == "Notice of exclusion came: the day and the source are the letter’s."
    assert Determination.objects.filter(superseded_by=None).count() == 2  # one a line


def test_an_express_exclusion_that_comes_after_the_deemed_one_is_an_event_of_its_own(case, officer):
    shipment = case.shipments.get()
    held = detentions.record_detention(case, shipment, actor=officer, presented_on=day(45), source="form 6051D")
    letter = came(case, officer, "notice_of_exclusion")
    letters.put_in_law(letter, held, actor=officer, kind=Kind.EXCLUDED, on=day(3))
    (course,) = detentions.courses(held)
    assert (course.standing.deemed_excluded_on, course.standing.excluded_on) == (day(14), day(3))


def test_what_the_law_does_not_know_is_refused_and_the_letter_stays_to_be_confirmed(case, held, officer):
    letter = came(case, officer, "notice_of_exclusion")
    with pytest.raises(Refused, match="the goods are detained since"):
        letters.put_in_law(letter, held, actor=officer, kind=Kind.EXCLUDED, on=day(2))
    assert (kinds(case), list(letters.on_record(letter))) == ([], [])
    event(held, Kind.NOTICE_ISSUED, officer, days_ago=10)
    letters.put_in_law(letter, held, actor=officer, kind=Kind.EXCLUDED, on=day(2))
    assert set(states(case).values()) == {State.EXCLUDED}


def test_lines_the_letter_does_not_name_stay_where_they_are(case, held, officer):
    event(held, Kind.NOTICE_ISSUED, officer, days_ago=10)
    letter = came(case, officer, "release_notice")
    letters.put_in_law(letter, held, actor=officer, kind=Kind.RELEASED, on=day(1), lines=[3])
    assert states(case) == {2: State.NOTICED, 3: State.RELEASED}


def test_a_letter_says_only_what_its_kind_can_say(case, held, officer):
    letter = came(case, officer, "notice_of_detention")
    with pytest.raises(Refused, match="a letter of this kind is not “released”"):
        letters.put_in_law(letter, held, actor=officer, kind=Kind.RELEASED, on=day(1))


def test_an_authority_concludes_by_two_persons_and_not_by_a_letter_it_recorded(case, held, officer, settings):
    settings.OFFICE_IS_AUTHORITY = True
    event(held, Kind.NOTICE_ISSUED, officer, days_ago=10)
    letter = came(case, officer, "release_notice")
    with pytest.raises(Refused, match="a decision of two persons"):
        letters.put_in_law(letter, held, actor=officer, kind=Kind.RELEASED, on=day(1))


# --- the pages ----------------------------------------------------------------------------------------------------


def post_letter(client, case, kind="notice_of_detention"):
    data = {"kind": kind, "received_number": "CBP-77", "dated": day(13).isoformat()}
    file = SimpleUploadedFile("letter.pdf", b"%PDF-1.7 example")
    return client.post(reverse("letter-record", args=[case.pk]), {**data, "file": file}, follow=True)


def test_recording_a_letter_asks_for_the_day_and_proposes_that_of_the_letter(client, case, held, officer):
    page = post_letter(client, case)
    assert page.redirect_chain[-1][0].endswith("/in-law/")
    assert page.context["form"].initial["on"] == day(13)
    sent = {"detention": held.pk, "kind": "notice_issued", "on": day(12).isoformat()}
    done = client.post(reverse("letter-in-law", args=[Letter.objects.get().pk]), sent, follow=True).content.decode()
    assert "is on record from R-" in done
    assert kinds(case) == [("notice_issued", day(12))]


def test_until_it_is_confirmed_the_case_and_the_letter_say_so(client, case, held, officer):
    post_letter(client, case)
    letter = Letter.objects.get()
    for name, key in (("case-detail", case.pk), ("letter-detail", letter.pk)):
        assert "Not on record in law yet" in client.get(reverse(name, args=[key])).content.decode()
    letters.put_in_law(letter, held, actor=officer, kind=Kind.NOTICE_ISSUED, on=day(12))
    assert "Not on record in law yet" not in client.get(reverse("case-detail", args=[case.pk])).content.decode()
    page = client.get(reverse("letter-detail", args=[letter.pk])).content.decode()
    assert "On record in law" in page
    assert "Notice of detention issued" in page


def test_without_a_detention_the_letter_leads_to_recording_one(client, case, officer):
    page = post_letter(client, case).content.decode()
    assert "No detention is on record in this case." in page
    assert reverse("case-detention", args=[case.pk]) in page


def test_a_refusal_stands_in_the_form(client, case, held, officer):
    post_letter(client, case, "notice_of_exclusion")
    sent = {"detention": held.pk, "kind": "excluded", "on": day(2).isoformat()}
    answer = client.post(reverse("letter-in-law", args=[Letter.objects.get().pk]), sent)
    assert answer.status_code == 422
    assert "the goods are detained since" in answer.content.decode()
