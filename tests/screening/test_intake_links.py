"""Files of links between firms: how their cells are read, what is stored, and that no row is lost."""

import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import AuditEvent, Change, DeclaredParty, Organization, OwnershipLink, Supplier, SupplyLink
from entities.services import jobs
from entities.services.lists import load_reference_lists
from screening.domain.intake.kinds import LINKS
from screening.domain.intake.link_places import read_link_place
from screening.domain.intake.mapping import doubts, propose_mapping
from screening.domain.intake.periods import Period, read_period
from screening.handed_back import handed_back
from screening.intake_words import places, vocabulary
from screening.models import ImportBatch, MappingProfile
from screening.services import intake
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment, add_shipment
from tests.api_client import client_of
from tests.factories import make_organization, make_user

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "real_supply_chains"
HEADER = (
    "upstream,upstream location,downstream,downstream location,material,relation,period,quantity,unit,status,source\n"
)


@pytest.fixture
def office(db):
    return make_organization(Organization.Kind.OFFICE)


@pytest.fixture
def importer(db):
    return make_organization(name="Example Imports LLC")


def send(text, organization, *, name="links.csv", public=False, **said):
    data = text if isinstance(text, bytes) else text.encode()
    batch = intake.receive_files(
        [ContentFile(data, name=name)],
        organization=organization,
        actor=None,
        confirm_mapping=False,
        in_line=False,
        kind=LINKS,
        is_public=public,
        **said,
    )
    return intake.import_now(batch, lambda *_: None)


def reasons(batch):
    return [problem["reason"] for row in batch.rows.all() for problem in row.problems]


# --- cells
@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2016-2019", date(2016, 1, 1), date(2019, 12, 31)),
        ("2016-19", date(2016, 1, 1), date(2019, 12, 31)),
        ("2020-12 to 2023-12", date(2020, 12, 1), date(2023, 12, 31)),
        ("2021-07 to 2025-12", date(2021, 7, 1), date(2025, 12, 31)),
        ("to 2023-12", None, date(2023, 12, 31)),
        ("since 2021-03", date(2021, 3, 1), None),
        ("2021 to present", date(2021, 1, 1), None),
        ("2021-", date(2021, 1, 1), None),
        ("2020", date(2020, 1, 1), date(2020, 12, 31)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2020-06-15", date(2020, 6, 15), date(2020, 6, 15)),
        ("2020-06-15 to 2021-03-02", date(2020, 6, 15), date(2021, 3, 2)),
        ("Jul 2021 to Dec 2025", date(2021, 7, 1), date(2025, 12, 31)),
        ("2021年7月至2025年12月", date(2021, 7, 1), date(2025, 12, 31)),
        ("n.d.", None, None),
        ("", None, None),
    ],
)
def test_a_period_is_read_as_people_write_it(text, first, last):
    period = read_period(text)
    assert (period.first, period.last, period.problem) == (first, last, "")


def test_a_period_told_by_its_length_is_said_to_be_assumed():
    period = read_period("2021, three years")
    assert (period.first, period.last) == (date(2021, 1, 1), date(2023, 12, 31))
    assert period.note == "Read as 2021-01-01 to 2023-12-31."


@pytest.mark.parametrize("text", ["soon", "2019-2016", "12 to 14", "2020 to spring"])
def test_what_is_no_period_is_not_read(text):
    period = read_period(text)
    assert period == Period(problem=period.problem)
    assert period.problem != ""


@pytest.mark.parametrize(
    ("text", "country", "words"),
    [
        ("Xinjiang, CN", "CN", "Xinjiang, CN"),
        ("Xinjiang, CN (Shihezi plant)", "CN", "Xinjiang, CN (Shihezi plant)"),
        ("CN (not Xinjiang in the source)", "CN", "CN"),
        ("中国（不在新疆）", "CN", "CN"),
        ("HK (factories CN/VN/LK)", "HK", "HK (factories CN/VN/LK)"),
        ("Viet Nam", "VN", "VN"),
        ("BD/VN/PH", "", "BD/VN/PH"),
        ("KR-MY", "", "KR-MY"),
        ("Southeast Asia", "", "Southeast Asia"),
    ],
)
def test_a_place_in_words_names_its_country_and_nothing_it_denies(text, country, words):
    place = read_link_place(text, places())
    assert (place.country, place.words) == (country, words)


def test_headings_of_links_are_known_and_those_of_shipments_do_not_stand_in():
    headers = ["Supplier", "Supplier Address", "Buyer", "HS Code", "From", "To", "Share (%)", "Vessel"]
    proposal = propose_mapping(headers, [], vocabulary("links"), LINKS)
    assert [column.field for column in proposal.columns] == [
        "supplier_name", "supplier_address", "customer_name", "hts_prefix", "valid_from", "valid_to", "share", "",
    ]  # fmt: skip


def test_a_list_of_firms_without_a_customer_is_in_doubt_unless_the_customer_was_said():
    proposal = propose_mapping(["Name", "Address", "Country"], [], vocabulary("links"), LINKS)
    assert "customer" in doubts(proposal, has_header=True, kind=LINKS)[0]
    assert doubts(proposal, has_header=True, kind=LINKS, known=["customer_name"]) == []


# --- rows
def test_a_row_says_all_that_a_link_can_say(office):
    said = 'cotton yarn,supplies,2021-07 to 2025-12,"78,200",MT,documented,A report'
    row = f'Example Mill,"Shandong, CN",Example Maker,VN,{said}\n'
    batch = send(HEADER + row, office)
    link = SupplyLink.objects.get()
    assert (batch.rows_read, batch.rows_stored, batch.rows_rejected) == (1, 1, 0)
    assert (str(link.supplier), str(link.customer), link.goods) == ("Example Mill", "Example Maker", "cotton yarn")
    assert (link.valid_from, link.valid_to) == (date(2021, 7, 1), date(2025, 12, 31))
    assert (link.quantity, link.unit, link.confidence, link.basis) == (Decimal(78200), "MT", "documented", "report")
    assert (link.source, link.declared_by) == ("A report", office)
    site = link.supplier.sites.get()
    assert (site.address, site.country) == ("Shandong, CN", "CN")


def test_firms_in_one_cell_make_a_link_each(office):
    send(HEADER + "Mill One; Mill Two,DE/US,Example Maker,VN,yarn,supplies,2020,,,,A report\n", office)
    found = SupplyLink.objects.order_by("pk").values_list("supplier__name", "supplier__country")
    assert list(found) == [("Mill One", "DE"), ("Mill Two", "US")]


def test_a_class_of_firms_gives_its_place_as_the_origin_and_has_none_itself(office):
    batch = send(
        HEADER + 'Xinjiang cotton suppliers,"Xinjiang, CN",Example Maker,CN,cotton,sources from,2020,,,,R\n', office
    )
    link = SupplyLink.objects.select_related("supplier").get()
    assert (link.origin, link.supplier.is_aggregate, link.supplier.sites.get().address) == ("Xinjiang, CN", True, "")
    assert batch.made["classes_of_firms"] == 1
    assert "class of firms by the words “suppliers”" in " ".join(reasons(batch))


def test_a_place_that_is_denied_is_not_the_firms(office):
    batch = send(HEADER + "Example Maker,CN (not Xinjiang in the source),Buyer Ltd,US,x,supplies,2020,,,,R\n", office)
    assert "Xinjiang" not in DeclaredParty.objects.get(name="Example Maker").address
    assert "What is said not to be so is left out of the place." in reasons(batch)


@pytest.mark.parametrize("quantity", ["27600-36000", "over 52 % of exports", "214 million", "-5"])
def test_a_quantity_in_words_stays_words_without_an_error(office, quantity):
    batch = send(HEADER + f"Mill One,CN,Maker One,CN,x,supplies,2020,{quantity},MT,,R\n", office)
    assert SupplyLink.objects.get().quantity is None
    problem = batch.rows.get().problems[0]
    assert (problem["severity"], problem["value"]) == ("warning", f"{quantity} MT")


@pytest.mark.parametrize(
    ("relation", "owner", "owned"),
    [("parent of", "Firm A", "Firm B"), ("subsidiary of", "Firm B", "Firm A"), ("owned by", "Firm B", "Firm A")],
)
def test_the_relation_says_who_owns_whom(office, relation, owner, owned):
    send(HEADER + f"Firm A,CN,Firm B,CN,ownership,{relation},2020,,,,R\n", office)
    link = OwnershipLink.objects.get()
    assert (str(link.owner), str(link.owned), link.interest) == (owner, owned, "ownership")
    assert not SupplyLink.objects.exists()


def test_a_holding_reported_in_one_year_does_not_end_with_it(office):
    send(HEADER + "Firm A,CN,Firm B,CN,ownership,parent of,2020,,,,R\n", office)
    link = OwnershipLink.objects.get()
    assert (link.valid_from, link.valid_to) == (date(2020, 1, 1), None)


@pytest.mark.parametrize(
    ("share", "least", "most"),
    [("51", 51, 51), ("51 %", 51, 51), ("at least 25", 25, None), ("up to 10", None, 10), ("25-50", 25, 50)],
)
def test_a_share_is_exact_or_a_range(office, share, least, most):
    send(f"owner,subsidiary,relation,share,source\nFirm A,Firm B,owns,{share},R\n", office)
    link = OwnershipLink.objects.get()
    assert (link.share_from, link.share_to) == (least, most)


def test_a_share_above_100_is_reported_and_not_stored(office):
    batch = send("supplier,customer,goods,share\nFirm A,Firm B,yarn,140\n", office)
    assert SupplyLink.objects.get().share is None
    assert "between 0 and 100" in reasons(batch)[0]


@pytest.mark.parametrize(
    ("status", "confidence", "disputed"),
    [
        ("documented (aggregate)", "documented", False),
        ("asserted by report", "reported", False),
        ("inferred from group structure", "inferred", False),
        ("high risk but not proven", "inferred", False),
        ("claimed by producers", "stated", False),
        ("DISPUTED", "reported", True),
        ("", "reported", False),
    ],
)
def test_the_status_says_how_sure_a_link_is(office, status, confidence, disputed):
    send(HEADER + f"Firm A,CN,Firm B,CN,x,supplies,2020,,,{status},R\n", office)
    link = SupplyLink.objects.get()
    assert (link.confidence, link.is_disputed) == (confidence, disputed)


def test_beyond_six_digits_a_chinese_code_is_not_taken_for_an_american_one(office):
    send("supplier,buyer,part_no,hs10_cn\n宸翔,Example Buyer,C100.C05,8208101900\n", office)
    link = SupplyLink.objects.get()
    assert (link.hts_prefix, link.supplier.native_name, link.goods) == ("820810", "宸翔", "C100.C05")


def test_a_row_that_is_not_understood_is_kept_with_field_and_remedy(office):
    batch = send(HEADER + "Firm A,CN,Firm B,CN,x,resembles,2020,,,,R\n,CN,Firm B,CN,x,supplies,2020,,,,R\n", office)
    first, second = batch.rows.order_by("number")
    assert (first.state, first.problems[0]["column"], first.problems[0]["value"]) == (
        "rejected",
        "relation",
        "resembles",
    )
    assert "for example: parent of" in first.problems[0]["remedy"]
    assert (second.state, second.problems[0]["column"]) == ("rejected", "upstream")
    assert first.raw[:3] == ["Firm A", "CN", "Firm B"]
    assert not SupplyLink.objects.exists()
    assert not Supplier.objects.exists()
    assert "resembles" in "".join(handed_back(batch, ""))


def test_a_firm_at_both_ends_is_reported(office):
    batch = send(HEADER + 'Firm A,CN,"FIRM A",CN,x,supplies,2020,,,,R\n', office)
    assert (batch.rows_rejected, reasons(batch)) == (1, ["Firm A stands at both ends of the link."])


def test_the_same_statement_in_another_file_is_not_stored_twice(office):
    row = "Firm A,CN,Firm B,CN,x,supplies,2020,5,T,documented,R\n"
    send(HEADER + row, office)
    batch = send(HEADER + row + "Firm C,CN,Firm B,CN,x,supplies,2020,5,T,documented,R\n", office)
    assert SupplyLink.objects.count() == 2
    assert (batch.made["links"], batch.made["stated_before"]) == (1, 1)


def test_a_spreadsheet_is_read_as_a_csv_file_is(office):
    book = openpyxl.Workbook()
    book.active.append(["Supplier", "Customer", "Goods", "Valid from"])
    book.active.append(["Firm A", "Firm B", "yarn", date(2024, 5, 1)])
    data = io.BytesIO()
    book.save(data)
    send(data.getvalue(), office, name="links.xlsx")
    assert SupplyLink.objects.get().valid_from == date(2024, 5, 1)


def test_a_list_of_firms_is_imported_as_the_suppliers_of_one(importer):
    buyer = Supplier.objects.create(name="Example Brand", identity="b")
    send('Name,Address,Country\nFactory A,"1 Road, Ningbo",China\nFactory B,,Viet Nam\n', importer, customer=buyer)
    found = SupplyLink.objects.order_by("pk").values_list("supplier__name", "supplier__country", "customer__name")
    assert list(found) == [("Factory A", "CN", "Example Brand"), ("Factory B", "VN", "Example Brand")]


def test_a_stored_file_is_one_act_on_record_and_feeds_the_screening(importer):
    send("supplier,customer,goods\nFirm A,Firm B,yarn\nFirm C,Firm B,yarn\n", importer)
    event = AuditEvent.objects.get(action="batch.stored")
    assert (event.after["links"], event.after["rows_stored"]) == (2, 2)
    assert not AuditEvent.objects.filter(action="link.declared").exists()
    assert Change.objects.filter(kind="link").count() == 2


# --- who sends, who sees
def test_what_one_importer_sends_no_other_sees(importer):
    send("supplier,customer,goods\nFirm A,Firm B,yarn\n", importer)
    send("owner,subsidiary,relation\nFirm A,Firm B,owns\n", importer)
    ours, rival = make_user(Role.IMPORTER_MEMBER, importer), make_user(Role.IMPORTER_MEMBER)
    seen = {
        user: [model.objects.visible_to(user).count() for model in (SupplyLink, OwnershipLink, ImportBatch, Supplier)]
        for user in (ours, rival)
    }
    assert seen == {ours: [1, 1, 2, 2], rival: [0, 0, 0, 0]}


def test_public_statements_are_the_offices_and_everybody_sees_them(office, importer):
    send(HEADER + "Firm A,CN,Firm B,CN,x,supplies,2020,,,,A report\n", office, public=True)
    link = SupplyLink.objects.visible_to(make_user(Role.IMPORTER_MEMBER, importer)).get()
    assert (link.declared_by, link.basis, link.confidence) == (None, "report", "reported")
    with pytest.raises(Refused, match="Only the office"):
        send(HEADER, importer, public=True)


def test_a_public_statement_without_a_source_is_not_stored(office):
    batch = send("supplier,customer,goods\nFirm A,Firm B,yarn\n", office, public=True)
    assert (batch.rows_rejected, SupplyLink.objects.count()) == (1, 0)
    assert batch.rows.get().problems[0]["remedy"] == "Fill in the source, or send the file as not public."


def test_an_importers_links_rest_on_its_declaration(importer):
    send("supplier,customer,goods\nFirm A,Firm B,yarn\n", importer)
    link = SupplyLink.objects.get()
    assert (link.declared_by, link.basis, link.confidence) == (importer, "declaration", "stated")


def test_confirmed_columns_of_links_are_remembered_apart_from_those_of_shipments(importer):
    member = make_user(Role.IMPORTER_MEMBER, importer)
    batch = intake.receive_files(
        [ContentFile(b"Supplier,Whom,Material\nFirm A,Firm B,yarn\n", name="a.csv")],
        organization=importer,
        actor=member,
        confirm_mapping=True,
        kind=LINKS,
    )
    jobs.run(batch.job_id, heartbeat=False)
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.MAPPING
    (layout,) = batch.mapping["layouts"]
    with pytest.raises(Refused, match="names the customer"):
        intake.confirm_mapping(batch, {layout: {0: "supplier_name"}}, actor=member)
    batch = intake.confirm_mapping(batch, {layout: {0: "supplier_name", 1: "customer_name", 2: "goods"}}, actor=member)
    jobs.run(batch.job_id, heartbeat=False)
    assert str(SupplyLink.objects.get()) == "Firm A → Firm B"
    assert MappingProfile.objects.get().kind == "links"


def test_a_shipment_is_screened_over_the_links_of_a_file(office, importer):
    load_reference_lists()
    ends = 'Xinjiang cotton suppliers,"Xinjiang, CN",Example Spinner,CN'
    send(f"{HEADER}{ends},cotton,sources from,2016-2019,,,asserted by report,A report\n", office, public=True)
    spinner = DeclaredRole("manufacturer", PartyFacts(name="Example Spinner", country="CN"))
    line = DeclaredLine(1, "cotton yarn", ("5205240090",))
    shipment = add_shipment(
        DeclaredShipment(imported_on=date(2018, 5, 1), lines=(line,), parties=(spinner,)),
        owner=importer,
        actor=make_user(Role.IMPORTER_MEMBER, importer),
    )
    jobs.work_off()
    shipment.refresh_from_db()
    found = shipment.latest_screening.findings.get(rule="XJ_MATERIAL")
    assert "Example Spinner takes in cotton stated to be of Xinjiang origin" in found.headline


# --- ownership statements
def statement(record, kind, details, *, status="new", on="2024-01-01", key=None):
    return {
        "statementId": key or f"s-{record}",
        "recordId": record,
        "recordType": kind,
        "recordStatus": status,
        "statementDate": on,
        "publicationDetails": {"bodsVersion": "0.4", "publisher": {"name": "Example Register"}},
        "recordDetails": details,
    }


PARENT = statement("a", "entity", {"name": "Parent Ltd", "jurisdiction": {"code": "GB"}})
PLANT = statement("b", "entity", {"name": "Plant Ltd", "incorporatedInJurisdiction": {"code": "CN"}})


def held(share, *, owner="a", record="r", **more):
    details = {
        "subject": "b",
        "interestedParty": owner,
        "interests": [{"type": "shareholding", "share": share, **more}],
    }
    return statement(record, "relationship", details)


def send_statements(office, *statements):
    return send(json.dumps(statements), office, name="bods.json", public=True)


def test_firms_and_holdings_are_stored_from_statements(office):
    batch = send_statements(office, PARENT, PLANT, held({"exact": 51}, startDate="2020-05-01"))
    link = OwnershipLink.objects.get()
    assert (str(link.owner), link.owner.country, str(link.owned)) == ("Parent Ltd", "GB", "Plant Ltd")
    assert (link.share_from, link.share_to, link.valid_from) == (51, 51, date(2020, 5, 1))
    assert (link.source, link.declared_by, link.is_indirect) == ("BODS statement s-r, Example Register", None, False)
    assert (batch.rows_stored, batch.rows_rejected) == (3, 0)


def test_a_share_between_two_bounds_and_an_indirect_interest_are_kept(office):
    send_statements(office, PARENT, PLANT, held({"minimum": 25, "maximum": 50}, directOrIndirect="indirect"))
    link = OwnershipLink.objects.get()
    assert (link.share_from, link.share_to, link.is_indirect) == (25, 50, True)


def test_older_statements_have_other_words_for_the_same(office):
    entity = {"statementType": "entityStatement", "entityType": "registeredEntity"}
    send_statements(
        office,
        {**entity, "statementID": "e1", "name": "Parent Ltd"},
        {**entity, "statementID": "e2", "name": "Plant Ltd"},
        {
            "statementType": "ownershipOrControlStatement",
            "statementID": "o1",
            "subject": {"describedByEntityStatement": "e2"},
            "interestedParty": {"describedByEntityStatement": "e1"},
            "interests": [{"type": "voting-rights", "interestLevel": "indirect", "share": {"minimum": 75}}],
        },
    )
    link = OwnershipLink.objects.get()
    assert (link.share_from, link.share_to, link.interest, link.is_indirect) == (75, None, "voting rights", True)


def test_a_natural_person_is_reported_and_not_stored(office):
    person = statement("p", "person", {"names": [{"fullName": "Jane Example"}]})
    batch = send_statements(office, PLANT, person, held({"exact": 100}, owner="p"))
    assert Supplier.objects.count() == 1
    assert [row.problems[0]["column"] for row in batch.rows.filter(state="rejected")] == [
        "statement s-p",
        "statement s-r",
    ]
    assert "The owner is a natural person: the holding is not stored." in reasons(batch)


@pytest.mark.parametrize(
    "party", [{"unspecified": {"reason": "subjectUnableToConfirm"}}, {"reason": "subjectUnableToConfirm"}]
)
def test_an_owner_that_is_not_named_is_reported_with_the_reason(office, party):
    batch = send_statements(office, PLANT, held({"exact": 10}, owner=party))
    assert reasons(batch) == ["The owner is not named: subjectUnableToConfirm."]


def test_a_later_statement_ends_what_the_earlier_said(office):
    first, second = held({"exact": 60}, startDate="2021-09-24"), held({"exact": 70}, startDate="2022-09-21")
    first["statementDate"], second["statementDate"] = "2021-09-25", "2022-09-25"
    second |= {"statementId": "s-r2", "recordStatus": "updated"}
    send_statements(office, PARENT, PLANT, first, second)
    found = OwnershipLink.objects.order_by("valid_from").values_list("share_from", "valid_from", "valid_to")
    assert list(found) == [(60, date(2021, 9, 24), date(2022, 9, 20)), (70, date(2022, 9, 21), None)]


def test_a_closed_record_ends_the_holding(office):
    first = held({"exact": 60}, startDate="2021-09-24")
    closed = {**held({"exact": 60}), "statementId": "s-end", "recordStatus": "closed", "statementDate": "2024-06-30"}
    batch = send_statements(office, PARENT, PLANT, first, closed)
    assert OwnershipLink.objects.get().valid_to == date(2024, 6, 29)
    assert "The record is closed: what it said before ends with this statement's date." in reasons(batch)


def test_an_end_that_no_statement_describes_is_reported(office):
    batch = send_statements(office, PLANT, held({"exact": 60}, owner="nowhere"))
    assert reasons(batch) == ["The owner is not known: nowhere is in no statement of this file."]


def test_an_arrangement_is_named_after_the_firm_it_stands_behind(office):
    joint = statement("j", "entity", {"name": "Joint shareholding", "entityType": {"type": "arrangement"}})
    send_statements(office, PLANT, joint, held({"exact": 100}, owner="j"))
    assert str(OwnershipLink.objects.get().owner) == "Joint shareholding of Plant Ltd"


@pytest.mark.parametrize(("text", "why"), [("{]", "not JSON"), ("[]", "holds no statements")])
def test_json_that_cannot_be_read_is_refused_with_what_to_send(office, text, why):
    with pytest.raises(Refused, match=why):
        send(text, office, name="x.json", public=True)


@pytest.mark.parametrize("text", ['{"hello": 1}', "[1, 2]"])
def test_json_of_another_kind_is_reported_element_by_element(office, text):
    batch = send(text, office, name="x.json", public=True)
    assert batch.rows_stored == 0
    assert {row.problems[0]["remedy"] for row in batch.rows.all()} == {
        "Send statements of the Beneficial Ownership Data Standard, version 0.1 to 0.4."
    }


def test_a_file_of_shipments_is_not_taken_as_json(importer):
    with pytest.raises(Refused, match="files of shipments end in"):
        intake.receive_files(
            [ContentFile(b"[]", name="x.json")], organization=importer, actor=None, confirm_mapping=False
        )


# --- the command
def run(*args):
    out = io.StringIO()
    call_command("import_links", *map(str, args), stdout=out)
    return out.getvalue()


def test_the_command_answers_with_the_figures(office, tmp_path):
    (tmp_path / "a.csv").write_text(HEADER + "Firm A,CN,Firm B,CN,x,supplies,2020,,,,R\nFirm A,CN,,CN,x,,,,,,\n")
    figures = json.loads(run(tmp_path / "a.csv", "--json", "--public"))
    assert {name: figures[name] for name in ("rows_read", "stored", "rejected", "links", "holdings", "firms")} == {
        "rows_read": 2, "stored": 1, "rejected": 1, "links": 1, "holdings": 0, "firms": 2,
    }  # fmt: skip


def test_the_command_says_each_row_that_is_not_stored(importer, tmp_path):
    (tmp_path / "a.csv").write_text("supplier,customer,goods\nFirm A,,yarn\nFirm A,Firm B,yarn\n")
    said = run(tmp_path / "a.csv", "--organization", "Example Imports")
    assert "not stored: row 2: customer: The row names no customer." in said
    assert "1 links and 0 holdings between 2 firms" in said


def test_the_command_names_the_customer_of_a_list_of_firms(importer, tmp_path):
    (tmp_path / "a.csv").write_text("Name,Country\nFactory A,China\n")
    run(tmp_path / "a.csv", "--organization", "Example Imports", "--customer", "Example Brand")
    assert str(SupplyLink.objects.get()) == "Factory A → Example Brand"


def test_the_command_refuses_what_it_cannot_tell(importer, tmp_path):
    (tmp_path / "a.csv").write_text("supplier,customer\nFirm A,Firm B\n")
    with pytest.raises(CommandError, match="Say one importer"):
        run(tmp_path / "a.csv", "--organization", "Nobody")
    with pytest.raises(CommandError, match="There is no office"):
        run(tmp_path / "a.csv")
    with pytest.raises(CommandError, match="cannot be opened"):
        run(tmp_path / "none.csv", "--organization", "Example Imports")


# --- real files
real = pytest.mark.skipif(not REAL.exists(), reason="the real files are not here")


@real
def test_the_real_cotton_chains_are_stored_row_by_row(office):
    batch = send((REAL / "uflpa_chains_cotton.csv").read_bytes(), office, name="cotton.csv", public=True)
    assert (batch.rows_read, batch.rows_stored, batch.rows_rejected) == (14, 14, 0)
    assert batch.made == {"links": 13, "holdings": 5, "stated_before": 0, "firms": 23, "classes_of_firms": 4}
    assert SupplyLink.objects.get(is_disputed=True).customer.name == "Texhong Textile Group"
    assert SupplyLink.objects.filter(supplier__name="Xinjiang cotton suppliers", origin="Xinjiang, CN").count() == 5
    assert OwnershipLink.objects.filter(
        owned__name="Aksu Huafu Textiles Co.", owner__name="Huafu Fashion Co."
    ).exists()


@real
def test_the_real_solar_chains_are_stored_row_by_row(office):
    batch = send((REAL / "uflpa_chains_solar.csv").read_bytes(), office, name="solar.csv", public=True)
    assert (batch.rows_stored, batch.rows_rejected, batch.made["links"]) == (12, 0, 14)
    contract = SupplyLink.objects.get(supplier__name="Daqo New Energy", customer__name="JA Solar")
    assert (contract.quantity, contract.valid_to, contract.confidence) == (78200, date(2025, 12, 31), "documented")
    assert not DeclaredParty.objects.filter(name="Tongwei", address__contains="Xinjiang").exists()


@real
def test_the_real_list_of_facilities_is_imported_as_a_brands_suppliers(office):
    brand = Supplier.objects.create(name="Example Brand", identity="b")
    data = (REAL / "brand_supplier_facilities.csv").read_bytes()
    batch = send(data, office, name="facilities.csv", customer=brand)
    assert (batch.rows_read, batch.rows_stored + batch.rows_rejected) == (batch.rows_read, batch.rows_read)
    assert batch.rows_stored >= 380
    assert SupplyLink.objects.filter(customer=brand, supplier__country="CN").count() > 180


@real
@pytest.mark.parametrize(
    ("name", "statements", "holdings"),
    [
        ("bods-package-fi-soe", 9, 5),
        ("fermcat", 23, 0),
        ("joint-ownership", 7, 1),
        ("multiple-indirect-ownership", 9, 2),
        ("mutilple-indirect-ownership-2", 9, 2),
        ("tecido", 11, 6),
    ],
)
def test_real_ownership_statements_are_stored_or_reported_one_by_one(office, name, statements, holdings):
    data = (REAL / "bods_examples" / f"{name}.json").read_bytes()
    batch = send(data, office, name=f"{name}.json", public=True)
    assert (batch.rows_read, batch.made["holdings"]) == (statements, holdings)
    assert all(row.problems[0]["column"].startswith("statement ") for row in batch.rows.filter(state="rejected"))


def test_the_api_tells_what_a_file_of_links_came_to(importer):
    batch = send("supplier,customer,goods\nFirm A,Firm B,yarn\nFirm A,,yarn\n", importer)
    client = client_of(make_user(Role.IMPORTER_MEMBER, importer))
    told = client.get(f"/api/v1/imports/{batch.pk}/").json()
    assert (told["kind"], told["is_public"], told["made"]["links"]) == ("links", False, 1)
    stored, rejected = client.get("/api/v1/import-rows/", {"batch": batch.pk}).json()["results"]
    assert stored["made"][0] == {"kind": "link", "key": SupplyLink.objects.get().pk, "is_new": True}
    assert (rejected["made"], rejected["problems"][0]["column"]) == ([], "customer")
