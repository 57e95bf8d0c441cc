"""A letter of CBP on record is the event in law that it tells of: once, from the day a person confirmed.

On the pages and by the API; or a person says that it is none, and why."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent, StoredAnswer
from screening.domain.law.states import Kind, State
from screening.models import Case, Determination, HeldLine, LegalEvent, Letter, NoEvent, ShipmentLine
from screening.services import detentions, letters
from screening.views.case_history import history_of
from tests.api_client import V1, client_of, errors_of
from tests.factories import make_user
from tests.screening.made_cases import make_case
from tests.screening.made_letters import make_letter

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


def waiting():
    return list(letters.waiting(Letter.objects.order_by("pk")))


def test_what_waits_is_each_letter_of_cbp_that_may_be_an_event_and_is_on_record_as_none(case, held, officer):
    first, second = (came(case, officer, "notice_of_detention", number=one) for one in ("CBP-1", "CBP-2"))
    came(case, officer, "acknowledgement")
    make_letter(case, officer, make_user(Role.APPROVER))  # the office's own
    assert waiting() == [first, second]
    row = letters.put_in_law(first, held, actor=officer, kind=Kind.NOTICE_ISSUED, on=day(15))
    assert waiting() == [second]
    detentions.withdraw_event(row, actor=officer, reason="It was never served.")
    assert waiting() == [first, second]


def test_a_withhold_release_order_knows_no_exception_to_wait_for(officer):
    order = make_case(Case.Stage.UNDER_REVIEW)
    Case.objects.filter(pk=order.pk).update(regime=Case.Regime.WRO)
    letter = came(Case.objects.get(pk=order.pk), officer, "exception_determination")
    assert (letters.may_be(letter), waiting()) == ([], [])


def test_a_letter_found_to_do_nothing_waits_no_longer_and_says_why(case, held, officer):
    letter = came(case, officer, "notice_of_detention")
    row = letters.refuse_event(letter, actor=officer, reason=" It repeats R-2026-0001. ")
    assert (row.reason, waiting(), kinds(case)) == ("It repeats R-2026-0001.", [], [])
    told = history_of(case)["events"][0]
    assert (told["label"], told["detail"], told["reason"]) == (
        "Letter: found to move nothing",
        f"Notice of detention {letter.number}",
        "It repeats R-2026-0001.",
    )
    with pytest.raises(Refused, match="does not wait"):
        letters.refuse_event(letter, actor=officer, reason="Again")


def test_a_letter_found_to_do_nothing_may_be_put_on_record_all_the_same(case, held, officer):
    letter = came(case, officer, "notice_of_detention")
    letters.refuse_event(letter, actor=officer, reason="It is about another entry.")
    letters.put_in_law(letter, held, actor=officer, kind=Kind.NOTICE_ISSUED, on=day(15))
    assert kinds(case) == [("notice_issued", day(15))]


def test_a_letter_is_not_refused_without_a_reason_nor_once_it_is_on_record(case, held, officer):
    letter = came(case, officer, "notice_of_detention")
    with pytest.raises(Refused, match="Say why"):
        letters.refuse_event(letter, actor=officer, reason=" ")
    letters.put_in_law(letter, held, actor=officer, kind=Kind.NOTICE_ISSUED, on=day(15))
    with pytest.raises(Refused, match="is on record in law: Notice of detention issued"):
        letters.refuse_event(letter, actor=officer, reason="It repeats another.")
    assert not NoEvent.objects.exists()


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


def test_that_a_letter_does_nothing_is_said_on_its_page(client, case, held, officer):
    post_letter(client, case)
    letter = Letter.objects.get()
    page = reverse("letter-detail", args=[letter.pk])
    address = reverse("letter-no-event", args=[letter.pk])
    assert address in client.get(page).content.decode()
    done = client.post(address, {"reason": "It repeats the notice of May."}, follow=True).content.decode()
    assert "does nothing to the goods" in done
    assert "Not on record in law yet" not in done
    read = client.get(page).content.decode()
    assert "It repeats the notice of May." in read
    assert reverse("letter-in-law", args=[letter.pk]) in read
    again = client.post(address, {"reason": "Again"})
    assert again.status_code == 422
    assert "does not wait to be confirmed" in again.content.decode()


# --- the API ------------------------------------------------------------------------------------------------------


@pytest.fixture
def api(officer):
    return client_of(officer)


def confirm(api, letter, held, tag=None, key=None, **said):
    body = {"detention": held.pk, "kind": "notice_issued", "on": day(12).isoformat()} | said
    head = {"HTTP_IF_MATCH": tag} if tag else {}
    head |= {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
    return api.post(f"{V1}/letters/{letter.number}/in-law/", body, format="json", **head)


def listed(api, waits):
    return [row["number"] for row in api.get(f"{V1}/letters/", {"waiting": waits}).json()["results"]]


def test_the_api_lists_what_waits_and_confirms_it(api, case, held, officer):
    letter, other = came(case, officer, "notice_of_detention"), came(case, officer, "acknowledgement")
    assert (listed(api, "true"), listed(api, "false")) == ([letter.number], [other.number])
    read = api.get(f"{V1}/letters/{letter.number}/")
    assert {name: read.json()[name] for name in ("may_be", "in_law", "no_event")} == {
        "may_be": ["notice_issued"],
        "in_law": [],
        "no_event": None,
    }
    done = confirm(api, letter, held, tag=read["ETag"], lines=[3])
    assert done.status_code == 201, done.content
    (event,) = done.json()["in_law"]
    assert {name: event[name] for name in ("detention", "kind", "on", "lines")} == {
        "detention": held.pk,
        "kind": "notice_issued",
        "on": day(12).isoformat(),
        "lines": [3],
    }
    assert kinds(case) == [("notice_issued", day(12))]
    assert states(case) == {2: State.DETAINED, 3: State.NOTICED}
    assert listed(api, "true") == []
    assert api.get(f"{V1}/letters/{letter.number}/").json() == done.json()


def test_the_api_writes_onto_what_was_read_only_and_once(api, case, held, officer):
    letter = came(case, officer, "notice_of_detention")
    stale = confirm(api, letter, held, tag='"other"')
    assert (stale.status_code, stale.json()["code"], kinds(case)) == (412, "precondition_failed", [])
    first, again = (confirm(api, letter, held, key="letter-1") for _ in range(2))
    assert (first.status_code, again.status_code, again["Idempotent-Replayed"]) == (201, 201, "true")
    assert first.content == again.content
    assert StoredAnswer.objects.count() == 1
    assert kinds(case) == [("notice_issued", day(12))]


@pytest.mark.parametrize(
    ("kind", "said", "code"),
    [
        ("notice_of_exclusion", {"kind": "excluded"}, "out_of_order"),
        ("notice_of_detention", {"kind": "excluded"}, "not_what_it_says"),
        ("notice_of_detention", {"lines": [77]}, "no_such_line"),
        ("notice_of_detention", {"on": "2999-01-01"}, "date_in_future"),
    ],
)
def test_the_api_refuses_what_the_page_refuses(kind, said, code, api, case, held, officer):
    letter = came(case, officer, kind)
    answer = confirm(api, letter, held, **said)
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert listed(api, "true") == [letter.number]


def test_the_api_says_which_field_is_wrong(api, case, held, officer):
    letter = came(case, officer, "notice_of_detention")
    other = make_case(Case.Stage.UNDER_REVIEW)
    elsewhere = detentions.record_detention(
        other, other.shipments.get(), actor=officer, presented_on=day(3), source="form 6051D"
    )
    answer = confirm(api, letter, elsewhere, kind="sunk", on="soon")
    assert errors_of(answer) == {"/detention": "does_not_exist", "/kind": "invalid_choice", "/on": "invalid"}


def test_the_api_takes_that_a_letter_does_nothing(api, case, held, officer):
    letter = came(case, officer, "notice_of_detention")
    address = f"{V1}/letters/{letter.number}/no-event/"
    stale = api.post(address, {"reason": "It repeats."}, format="json", HTTP_IF_MATCH='"other"')
    assert stale.status_code == 412
    assert errors_of(api.post(address, {}, format="json")) == {"/reason": "required"}
    done = api.post(address, {"reason": "It repeats."}, format="json")
    assert (done.status_code, done.json()["no_event"]["reason"]) == (201, "It repeats.")
    assert done.json()["no_event"]["by"] == officer.full_name
    assert listed(api, "true") == []
    again = api.post(address, {"reason": "It repeats."}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "nothing_waits")
    assert confirm(api, letter, held).status_code == 201
    late = api.post(address, {"reason": "It repeats."}, format="json")
    assert (late.status_code, late.json()["code"]) == (409, "in_law_before")


def test_listing_letters_asks_the_database_no_more_for_more_of_them(
    api, case, held, officer, django_assert_max_num_queries
):
    for number in range(6):
        letter = came(case, officer, "notice_of_detention", number=f"CBP-{number}")
        letters.refuse_event(letter, actor=officer, reason="It repeats.")
    with django_assert_max_num_queries(12):
        assert len(api.get(f"{V1}/letters/").json()["results"]) == 6
