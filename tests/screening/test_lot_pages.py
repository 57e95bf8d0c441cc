"""Lots of a shipment in the browser's forms: added, withdrawn, sent as EPCIS, who is who said."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from entities.domain.roles import Role
from screening.domain.lots import Lot
from screening.lots_page import depths_of
from screening.models import LotDocument, LotTrace, PartyIdentifier
from tests.factories import make_user
from tests.screening.made_epcis import PLACES, chain, content, document
from tests.screening.made_lots import LISTED, Cotton

pytestmark = pytest.mark.django_db


@pytest.fixture
def cotton():
    return Cotton()


@pytest.fixture
def web(client, cotton, settings):
    settings.DEMO = True
    client.force_login(cotton.member, backend="entities.backends.EmailBackend")
    return client


def step(cotton, **said):
    """A step as the form sends it: one input, one output."""
    fields = {
        "maker": cotton.maker.pk, "process": "garment maker", "paper": "Record 31",
        "input-TOTAL_FORMS": 1, "input-INITIAL_FORMS": 0, "output-TOTAL_FORMS": 1, "output-INITIAL_FORMS": 0,
        "input-0-lot": "Y-31", "input-0-quantity": "450", "input-0-unit": "kg",
        "output-0-lot": "S-1", "output-0-line_number": "1",
    }  # fmt: skip
    return {name: value for name, value in (fields | said).items() if value is not None}


def add(web, cotton, **said):
    return web.post(f"/shipments/{cotton.shipment.pk}/lots/add/", step(cotton, **said))


def detail(web, cotton):
    return web.get(f"/shipments/{cotton.shipment.pk}/").content.decode()


def text(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_step_is_added_and_shown_with_what_it_leaves_open(web, cotton):
    answer = add(web, cotton)
    assert answer["Location"] == f"/shipments/{cotton.shipment.pk}/#lots"
    page = text(detail(web, cotton))
    assert "Y-31 450 kg" in page
    assert "S-1 line 1" in page
    assert "The origin of lot Y-31 is not traced" in page
    assert "Record 31 said by Example Imports LLC" in page


def test_another_firm_is_named_where_the_list_does_not_have_it(web, cotton):
    add(web, cotton, maker="", maker_name="Example New Sewing", maker_country="vn", **{
        "input-0-supplier_name": LISTED,
    })  # fmt: skip
    trace = LotTrace.objects.get()
    assert (trace.maker.name, trace.maker.country) == ("Example New Sewing", "VN")
    assert cotton.found() == [(LISTED, "traced", 2)]
    assert "Traced by lots path" in text(detail(web, cotton))
    assert "(lot Y-31)" in text(detail(web, cotton))


def test_another_row_is_asked_for_without_a_script_and_nothing_is_lost(web, cotton):
    page = add(web, cotton, add_row="input").content.decode()
    assert 'name="input-1-lot"' in page
    assert 'value="Y-31"' in page
    assert LotTrace.objects.count() == 0


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"maker": ""}, "Choose the maker, or name it beside."),
        ({"maker_name": "Twice"}, "Choose the maker or name it, not both."),
        ({"output-0-lot": "", "output-0-line_number": ""}, "puts out at least one lot"),
        ({"input-0-lot": ""}, "A lot needs its lot or batch number."),
        ({"input-0-unit": ""}, "has no unit"),
        ({"input-0-unit": ""}, "A lot below needs a correction."),
        ({"input-0-quantity": "-2"}, "is below zero"),
        ({"maker": None, "maker_name": "X", "maker_country": "Vietnam"}, "at most 2 characters"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(web, cotton, said, words):
    answer = add(web, cotton, **said)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert LotTrace.objects.count() == 0


def test_a_lot_that_came_out_before_is_refused_with_the_reason(web, cotton):
    add(web, cotton)
    answer = add(web, cotton)
    assert "Lot S-1 already comes out of a step at Example Maker" in answer.content.decode()
    assert LotTrace.objects.count() == 1


def test_a_step_is_withdrawn_with_a_reason(web, cotton):
    add(web, cotton)
    trace = LotTrace.objects.get()
    refused = web.post(f"/lot-traces/{trace.pk}/withdraw/", {"reason": " "})
    assert (refused.status_code, "Say why the step is withdrawn." in refused.content.decode()) == (409, True)
    web.post(f"/lot-traces/{trace.pk}/withdraw/", {"reason": "Other shipment"})
    page = text(detail(web, cotton))
    assert "Withdrawn steps (1)" in page
    assert "Other shipment" in page


def test_the_office_says_in_whose_name_it_speaks(web, cotton):
    web.force_login(cotton.analyst, backend="entities.backends.EmailBackend")
    add(web, cotton, declared_for=cotton.office.pk)
    assert LotTrace.objects.get().declared_by == cotton.office
    web.force_login(cotton.member, backend="entities.backends.EmailBackend")
    assert "No lot is traced." in text(detail(web, cotton))
    assert web.post(f"/lot-traces/{LotTrace.objects.get().pk}/withdraw/", {"reason": "x"}).status_code == 404


def test_a_firm_of_another_importer_cannot_be_chosen(web, cotton):
    other = cotton.supplier("Hidden Mill", make_user(Role.IMPORTER_MEMBER).active_memberships[0].organization)
    answer = add(web, cotton, maker=other.pk)
    assert (answer.status_code, LotTrace.objects.count()) == (422, 0)
    assert "Hidden Mill" not in answer.content.decode()


def send(web, cotton, body, **said):
    sent = body if isinstance(body, bytes) else content(body)
    file = SimpleUploadedFile("chain.jsonld", sent, content_type="application/ld+json")
    return web.post(f"/shipments/{cotton.shipment.pk}/lot-documents/add/", {"file": file, "line_number": "1"} | said)


def test_an_epcis_document_is_sent_and_its_places_are_tied(web, cotton):
    answer = send(web, cotton, document(*chain()))
    sent = LotDocument.objects.get()
    assert answer["Location"] == f"/lot-documents/{sent.pk}/"
    page = text(web.get(answer["Location"]).content.decode())
    assert "5 events: 5 not stored." in page
    assert "Who is who is not known yet" in page
    names = ["Example Farm", LISTED, "Example Lake Spinning", "Example Weaving"]
    ties = {f"name-{number}": name for number, name in enumerate(names)} | {"firm-4": cotton.maker.pk}
    web.post(f"/lot-documents/{sent.pk}/places/", ties | {"line_number": "1", "country-0": "cn"})
    assert PartyIdentifier.objects.get(identifier="GLN 9520001000010").supplier.country == "CN"
    page = text(web.get(answer["Location"]).content.decode())
    assert "5 events: 5 stored as a step." in page
    assert cotton.found() == [(LISTED, "traced", 4)]
    assert "chain.jsonld" in text(detail(web, cotton))


def test_a_country_of_the_wrong_shape_is_said_at_its_field(web, cotton):
    send(web, cotton, document(*chain()))
    answer = web.post(f"/lot-documents/{LotDocument.objects.get().pk}/places/", {"country-0": "C1"})
    assert (answer.status_code, "Write the country as two letters" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", "The file is empty"),
        (b"{", "This is no JSON: line 1"),
        (b"<epcis/>", "This is XML"),
        (json.dumps({"type": "Invoice"}).encode(), "no EPCIS document: its type is"),
    ],
)
def test_a_file_that_is_no_epcis_is_refused_with_the_remedy(web, cotton, sent, words):
    answer = send(web, cotton, sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert LotDocument.objects.count() == 0


def test_the_document_is_handed_out_as_it_came(web, cotton):
    send(web, cotton, document(*chain()))
    answer = web.get(f"/lot-documents/{LotDocument.objects.get().pk}/file/")
    assert b"".join(answer.streaming_content) == content(document(*chain()))
    assert 'filename="chain.jsonld"' in answer["Content-Disposition"]


def test_who_may_only_look_sees_no_form(web, cotton):
    send(web, cotton, document(*chain()))
    web.force_login(make_user(Role.AUDITOR), backend="entities.backends.EmailBackend")
    page = web.get(f"/lot-documents/{LotDocument.objects.get().pk}/").content.decode()
    assert "tied to no supplier" in page
    assert "Save and take the events up again" not in page
    assert PLACES["gin"] not in page


@pytest.mark.parametrize("in_own_name", [False, True])
def test_a_request_for_evidence_names_no_firm_only_the_office_ties_by_lots(web, cotton, in_own_name):
    said = {"actor": cotton.analyst, "declared_by": cotton.office} if in_own_name else {}
    cotton.step(cotton.supplier(LISTED), [], ["Y-1"], **said)
    cotton.step(cotton.maker, ["Y-1"], [Lot("S-1", line_number=1)], **said)
    assert cotton.found() == [(LISTED, "traced", 2)]
    web.force_login(cotton.analyst, backend="entities.backends.EmailBackend")
    page = web.get(f"/cases/{cotton.shipment.cases.get().pk}/request-evidence/").content.decode()
    asked = " ".join(re.findall(r'name="suggested"[^>]*value="([^"]*)"', page))
    assert "Example Maker" in asked
    assert (LISTED in asked) is not in_own_name


def test_steps_stand_upstream_in_order(cotton):
    gin = cotton.step(cotton.supplier("Example Valley Gin"), [], ["B-1"])
    maker = cotton.step(cotton.maker, ["Y-1"], [Lot("S-1", line_number=1)])
    spinner = cotton.step(cotton.supplier("Example Lake Spinning"), ["B-1"], ["Y-1"])
    assert depths_of([gin, maker, spinner]) == {maker.pk: 1, spinner.pk: 2, gin.pk: 3}


def test_the_page_asks_the_database_no_more_for_more_steps(web, cotton, django_assert_max_num_queries):
    for number in range(8):
        cotton.step(cotton.maker, [f"Y-{number}"], [Lot(f"S-{number}", line_number=1)])
    with django_assert_max_num_queries(45):
        page = detail(web, cotton)
    assert page.count("Withdraw step") == 8
