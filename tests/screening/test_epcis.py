"""EPCIS documents: read, understood together, made into lots of a shipment."""

import json
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from entities.domain.errors import Refused
from entities.models import AuditEvent
from screening.domain.epcis import Document, place_key, understand
from screening.domain.epcis.elements import goods_element, item_element, word_of
from screening.models import LotDocument, LotTrace, PartyIdentifier
from screening.readers.epcis import MAX_BYTES, read_json
from screening.services.epcis import receive_document, tie_places
from screening.services.traces import withdraw_trace
from tests.screening.made_epcis import PLACES, chain, content, document, event, lot, made, master_data, quantity
from tests.screening.made_lots import LISTED, Cotton

TIES = {place_key(uri): number for number, uri in enumerate(PLACES.values(), 1)}
FARM, GIN, SPINNER, WEAVER, MAKER = TIES.values()
EXAMPLES = Path(__file__).resolve().parents[3] / "shared/data/real_supply_chains/epcis_examples"


def read(*bodies, ties=TIES, line=1):
    """What these documents say together."""
    return understand([Document(key, body, line) for key, body in enumerate(bodies, 1)], ties)


def outcomes(found, key=1):
    return [one.outcome for one in found.told[key].values()]


def problems(found, key=1):
    return [remark.pointer for remark in found.remarks[key] if remark.is_problem]


# --- identifiers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("uri", "key", "level"),
    [
        ("urn:epc:class:lgtin:4012345.012345.998877", "(01)04012345123456(10)998877", "lot"),
        ("https://id.gs1.org/01/04012345123456/10/998877", "(01)04012345123456(10)998877", "lot"),
        ("https://example.com/shop/01/04012345123456/10/998877?x=1", "(01)04012345123456(10)998877", "lot"),
        ("https://id.gs1.org/gtin/4012345123456/lot/A%2F1", "(01)04012345123456(10)A/1", "lot"),
        ("urn:epc:id:sgtin:0614141.107346.2017", "(01)10614141073464(21)2017", "item"),
        ("https://id.gs1.org/01/10614141073464/21/2017", "(01)10614141073464(21)2017", "item"),
        ("urn:epc:idpat:sgtin:4012345.098765.*", "(01)04012345987652", "class"),
        ("https://id.gs1.org/01/04012345987652", "(01)04012345987652", "class"),
        ("urn:epc:id:sscc:0614141.1234567890", "(00)106141412345678908", "container"),
        ("urn:epc:id:giai:4000001.12345", "urn:epc:id:giai:4000001.12345", "other"),
        ("https://mill.example/lots/Y-1", "https://mill.example/lots/Y-1", "class"),
        ("https://mill.example/lot/Y-1", "https://mill.example/lot/Y-1", "lot"),
    ],
)
def test_goods_have_one_spelling_however_they_are_written(uri, key, level):
    element = goods_element(uri)
    assert (element.key, element.level) == (key, level)


def test_a_kind_of_goods_becomes_a_lot_with_the_lot_number_of_its_event():
    assert goods_element("urn:epc:idpat:sgtin:4012345.098765.*", "L7").key == "(01)04012345987652(10)L7"
    assert goods_element("https://mill.example/yarn", "L7").key == "https://mill.example/yarn lot L7"
    assert item_element("urn:uuid:1").level == "item"


@pytest.mark.parametrize(
    ("uri", "key"),
    [
        ("urn:epc:id:sgln:0614141.07346.1234", "GLN 0614141073467"),
        ("urn:epc:id:sgln:0614141.07346.0", "GLN 0614141073467"),
        ("urn:epc:id:pgln:0614141.07346", "GLN 0614141073467"),
        ("https://id.gs1.org/414/0614141073467/254/1234", "GLN 0614141073467"),
        ("https://id.gs1.org/417/0614141073467", "GLN 0614141073467"),
        ("0614141073467", "GLN 0614141073467"),
        ("gln 0614141073467", "GLN 0614141073467"),
        ("https://mill.example/sites/1", "https://mill.example/sites/1"),
        ("urn:epc:id:sgln:06141.07346.0", "urn:epc:id:sgln:06141.07346.0"),
    ],
)
def test_a_place_is_known_by_its_gln(uri, key):
    assert place_key(uri) == key


@pytest.mark.parametrize(
    "value",
    ["commissioning", "cbv:BizStep-commissioning", "urn:epcglobal:cbv:bizstep:commissioning",
     "https://ref.gs1.org/cbv/BizStep-commissioning"],
)  # fmt: skip
def test_a_business_step_is_known_in_each_spelling(value):
    assert word_of(value) == "commissioning"


# --- files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", "empty", "empty"),
        (b'{"type": "EPCISDocument",', "not_json", "line 1, column"),
        (b"<?xml version='1.0'?><epcis/>", "not_json", "XML"),
        (b"\xff\xfe{}", "not_json", "UTF-8"),
        (b'{"quantity": NaN}', "not_json", "NaN"),
        (b"[" * 100_000, "not_json", "nested"),
        (b" " * (MAX_BYTES + 1), "too_large", "10 MB"),
        (b'{"type": "a\\u0000b"}', "not_json", "null characters"),
        (b'{"type": "a\\ud800b"}', "not_json", "half a character"),
    ],
)
def test_what_is_no_json_is_said_with_the_place(content, code, said):
    with pytest.raises(Refused) as refused:
        read_json(content)
    assert refused.value.code == code
    assert said in refused.value.message


def test_a_name_that_stands_twice_is_noticed_and_numbers_stay_exact():
    values, twice = read_json(b'{"a": 1, "a": 200.10}')
    assert (str(values["a"]), twice) == ("200.10", ["a"])


@pytest.mark.parametrize("body", [{"name": "left-pad", "version": "1"}, {"type": "Invoice"}, 7, "text"])
def test_other_json_is_refused_as_no_epcis(body):
    with pytest.raises(Refused) as refused:
        read(body)
    assert refused.value.code == "not_epcis"


def test_a_document_without_events_says_where_they_belong():
    with pytest.raises(Refused, match="/epcisBody/eventList"):
        read({"type": "EPCISDocument", "epcisBody": {}})


@pytest.mark.parametrize(
    "frame",
    [
        lambda one: document(one),
        lambda one: one,
        lambda one: [one],
        lambda one: {"type": "EPCISDocument", "epcisBody": {"event": one}},
        lambda one: {"isA": "EPCISDocument", "epcisBody": {"eventList": [{**one, "isA": one["type"], "type": None}]}},
        lambda one: {
            "type": "EPCISQueryDocument",
            "epcisBody": {"queryResults": {"resultsBody": {"eventList": [one]}}},
        },
        lambda one: {
            "@type": "epcis:EPCISDocument",
            "epcis:epcisBody": {"eventList": [{f"epcis:{key}": value for key, value in one.items()}]},
        },
    ],
)
def test_an_event_is_found_in_each_frame(frame):
    one = made("gin", [quantity("F-1", 1, 9)], [quantity("B-1", 2, 3)], 2)
    body = frame(one)
    if isinstance(body, dict) and "isA" in body:
        body["epcisBody"]["eventList"][0].pop("type")
    [step] = read(body).steps
    assert (step.maker, [one.lot for one in step.outputs]) == (GIN, ["(01)09520001000027(10)B-1"])


def test_what_is_no_event_is_reported_with_its_place():
    found = read(document("text", {"type": "SensorEvent"}, chain()[1]))
    assert [remark.pointer for remark in found.remarks[1] if remark.is_problem] == [
        "/epcisBody/eventList/0",
        "/epcisBody/eventList/1/type",
    ]
    assert [step.maker for step in found.steps] == [GIN]


# --- production and delivery -----------------------------------------------------------------------


def test_a_chain_is_read_step_by_step():
    found = read(document(*chain()))
    assert [step.maker for step in found.steps] == [GIN, SPINNER, WEAVER, MAKER, FARM]
    weaver = found.steps[2]
    [yarn] = weaver.inputs
    assert (yarn.lot, str(yarn.quantity), yarn.unit) == ("(01)09520001000034(10)Y-1", "0.4500", "t")
    assert [(one.unit, one.line_number) for one in found.steps[3].outputs] == [("articles", 1)]
    assert [one.line_number for step in found.steps[:3] for one in step.outputs] == [None, None, None]
    assert (found.steps[0].process, found.steps[0].made_on.isoformat()) == ("ginning", "2026-01-10")
    assert problems(found) == []


def test_by_products_and_what_no_step_took_in_are_no_line_of_the_shipment():
    steps = chain()
    steps[1]["outputQuantityList"].append(quantity("SEED-1", 6, 900))
    steps.append(steps[0] | {"eventID": "urn:uuid:7", "quantityList": [quantity("F-2", 1, 10)]})
    lines = {one.lot: one.line_number for step in read(document(*steps)).steps for one in step.outputs}
    assert [lot.rpartition(")")[2] for lot, line in lines.items() if line] == ["S-1"]


def test_a_step_that_waits_for_its_place_is_still_the_last_one():
    found = read(document(*chain()), ties={key: pk for key, pk in TIES.items() if pk in {GIN, FARM}})
    assert [one.line_number for step in found.steps for one in step.outputs] == [None, None]
    assert {remark.code for remark in found.remarks[1]} == {"untied"}


def test_the_day_is_that_of_the_place():
    late = made("gin", [], [quantity("B-1", 2, 3)], 2) | {"eventTime": "2026-01-10T23:00:00Z"}
    assert read(late).steps[0].made_on.isoformat() == "2026-01-11"


def test_a_place_nobody_tied_is_reported_and_never_guessed():
    found = read(document(*chain()), ties={key: pk for key, pk in TIES.items() if pk != GIN})
    assert outcomes(found)[1] == "not_stored"
    assert problems(found) == ["/epcisBody/eventList/1/readPoint"]
    assert [step.maker for step in found.steps] == [SPINNER, WEAVER, MAKER, FARM]
    assert found.places[1] == list(TIES)


def test_where_the_event_took_place_goes_before_where_the_goods_went():
    moved = made("gin", [], [quantity("B-1", 2, 3)], 2) | {"bizLocation": {"id": PLACES["weaver"]}}
    assert read(moved).steps[0].maker == GIN
    del moved["readPoint"]
    assert read(moved).steps[0].maker == WEAVER


def test_events_of_one_transformation_are_one_step():
    parts = [
        made("gin", [quantity("F-1", 1, 900)], [], 2, transformationID="urn:epc:id:gdti:9520001.00001.1"),
        made("gin", [quantity("F-2", 1, 600)], [], 3, transformationID="urn:epc:id:gdti:9520001.00001.1"),
        made("gin", [], [quantity("B-1", 2, 500)], 4, transformationID="urn:epc:id:gdti:9520001.00001.1"),
    ]
    [step] = read(document(parts[0]), document(*parts[1:])).steps
    assert ([len(step.inputs), len(step.outputs)], len(step.told_by)) == ([2, 1], 3)
    [apart] = read(document(*parts, parts[2] | {"eventID": "urn:uuid:9"})).steps
    assert [str(one.quantity) for one in apart.outputs] == ["1000.0000"]


def test_events_of_one_transformation_at_two_makers_are_not_stored():
    places = enumerate(("gin", "maker"), 2)
    parts = [made(at, [], [quantity(at, 2, 5)], number, transformationID="urn:x:1") for number, at in places]
    found = read(document(*parts))
    assert (found.steps, outcomes(found)) == ([], ["not_stored", "not_stored"])


def shipping(things, source, target, **said):
    def party(at):
        return PLACES[at].replace("sgln", "pgln").rpartition(".")[0]

    return event(
        "ObjectEvent", action="OBSERVE", bizStep="shipping",
        sourceList=[{"type": "owning_party", "source": party(source)}],
        destinationList=[{"type": "urn:epcglobal:cbv:sdt:owning_party", "destination": party(target)}],
        **things, **said,
    )  # fmt: skip


def test_who_delivered_an_input_is_told_by_the_owner_on_each_side():
    spun = made("spinner", [quantity("B-1", 2, 500)], [quantity("Y-1", 3, 450)], 3)
    sent = shipping({"quantityList": [quantity("B-1", 2, 500)]}, "gin", "spinner")
    other = shipping({"quantityList": [quantity("B-1", 2, 500)]}, "farm", "weaver")
    found = read(document(spun), document(sent, other))
    assert [one.supplier for one in found.steps[0].inputs] == [GIN]
    assert outcomes(found, 2) == ["delivery", "delivery"]


def test_what_is_packed_is_delivered_with_its_container():
    pallet = "urn:epc:id:sscc:9520001.0000000001"
    packing = event("AggregationEvent", action="ADD", parentID=pallet, childQuantityList=[quantity("B-1", 2, 500)])
    sent = shipping({"epcList": [pallet]}, "gin", "spinner", eventTimeZoneOffset="+00:00")
    sent["eventTime"] = "2026-01-06T08:00:00Z"
    spun = made("spinner", [quantity("B-1", 2, 500)], [quantity("Y-1", 3, 450)], 3)
    found = read(document(sent, spun, packing))
    assert [one.supplier for one in found.steps[0].inputs] == [GIN]
    assert outcomes(found) == ["delivery", "step", "packing"]


def test_two_deliverers_of_one_lot_leave_it_open():
    spun = made("spinner", [quantity("B-1", 2, 500)], [quantity("Y-1", 3, 450)], 3)
    sent = [shipping({"quantityList": [quantity("B-1", 2, 500)]}, at, "spinner") for at in ("gin", "farm")]
    assert [one.supplier for one in read(document(spun, *sent)).steps[0].inputs] == [None]


def test_the_lot_number_of_the_event_names_lots_of_a_kind_of_goods():
    kind = {"epcClass": "urn:epc:idpat:sgtin:9520001.000002.*", "quantity": 5, "uom": "KGM"}
    found = read(made("gin", [], [kind], 2, ilmd={"cbvmda:lotNumber": "B-9"}))
    assert [one.lot for one in found.steps[0].outputs] == ["(01)09520001000027(10)B-9"]


def test_a_kind_of_goods_without_lot_is_reported_and_never_joins_two_steps():
    kind = {"epcClass": "urn:epc:idpat:sgtin:9520001.000002.*", "quantity": 5, "uom": "KGM"}
    found = read(document(made("gin", [], [kind], 2), made("spinner", [kind], [quantity("Y-1", 3, 4)], 3)))
    assert outcomes(found) == ["not_stored", "step"]
    assert "without lot number" in found.steps[0].inputs[0].lot
    assert problems(found) == [
        "/epcisBody/eventList/0/outputQuantityList/0",
        "/epcisBody/eventList/1/inputQuantityList/0",
    ]


@pytest.mark.parametrize("bad", ["much", -1, True, 10**14, "NaN"])
def test_a_quantity_that_is_none_is_left_out_and_reported(bad):
    found = read(made("gin", [], [quantity("B-1", 2, bad)], 2))
    assert found.steps[0].outputs[0].quantity is None
    assert problems(found) == ["/outputQuantityList/0/quantity"]


def test_an_unknown_unit_is_kept_as_written():
    found = read(made("gin", [], [quantity("B-1", 2, 5, "XBL")], 2))
    assert found.steps[0].outputs[0].unit == "XBL"
    assert [remark.what for remark in found.remarks[1]] == ["XBL"]


def test_members_that_are_not_used_are_listed_not_lost():
    found = read(made("gin", [], [quantity("B-1", 2, 5)], 2, sensorElementList=[{}], **{"cotton:field": "north/3"}))
    assert [(one.pointer, one.is_problem) for one in found.remarks[1]] == [
        ("/sensorElementList", False),
        ("/cotton:field", False),
    ]


@pytest.mark.parametrize(
    "value", [None, "", 7, True, [], {}, [None], [7], [{}], {"id": 7}, "0001-01-01T00:00:00+14:00"]
)
def test_no_value_of_any_member_stops_the_reading(value):
    """Each member of an event with a value of another form: understood or reported, never a fault."""
    events = [chain()[1], shipping({"epcList": ["urn:x:1"]}, "gin", "spinner", parentID="urn:x:2", ilmd={"lot": 1})]
    names = {"errorDeclaration", "transformationID", "eventID", "type", "childEPCs"}.union(*events)
    for name in names:
        for kind in ("ObjectEvent", "AggregationEvent", "TransformationEvent"):
            told = [{**one, "type": kind, name: value} for one in events]
            found = read(document(*told))
            assert len(found.told[1]) + sum(remark.event is not None for remark in found.remarks[1]) >= 2, name


def test_a_member_of_another_form_is_reported():
    found = read(made("gin", [], [quantity("B-1", 2, 5)], 2, sourceList={}, ilmd="lot 7", destinationList=[{"id": 1}]))
    assert problems(found) == ["/sourceList", "/ilmd", "/destinationList/0"]


def test_the_frame_of_a_document_is_listed_too():
    found = read(document(chain()[1], sender="urn:epc:id:sgln:9520001.00001.0", **{"ext/a": 1}))
    assert [(one.pointer, one.event) for one in found.remarks[1]] == [("/sender", None), ("/ext~1a", None)]


def test_production_told_by_a_transformation_and_a_commissioning_counts_once():
    told = event(
        "ObjectEvent", action="ADD", readPoint={"id": PLACES["gin"]}, quantityList=[quantity("B-1", 2, 5)]
    )  # fmt: skip
    found = read(document(told, made("gin", [], [quantity("B-1", 2, 5)], 2)))
    assert (len(found.steps), outcomes(found)) == (1, ["repeated", "step"])


def test_two_events_that_put_out_one_lot_are_one_step_and_a_report():
    found = read(document(made("gin", [], [quantity("B-1", 2, 5)], 2), made("farm", [], [quantity("B-1", 2, 5)], 3)))
    assert (len(found.steps), outcomes(found)) == (1, ["step", "not_stored"])


# --- repeats and errors ----------------------------------------------------------------------------


def test_the_same_event_twice_counts_once():
    one = chain()[1]
    found = read(document(one, one), document(one))
    assert (len(found.steps), outcomes(found), outcomes(found, 2)) == (1, ["step", "repeated"], ["repeated"])
    assert problems(found) == []
    nameless = {key: value for key, value in one.items() if key != "eventID"}
    assert len(read(document(nameless, nameless)).steps) == 1


def test_another_event_under_the_same_identifier_is_reported():
    one = chain()[1]
    found = read(document(one, one | {"bizStep": "other"}))
    assert (len(found.steps), problems(found)) == (1, ["/epcisBody/eventList/1/eventID"])


def test_an_event_declared_in_error_counts_no_more_and_its_correction_does():
    wrong, right = chain()[1], made("gin", [quantity("F-1", 1, 1500)], [quantity("B-1", 2, 400)], 9)
    declared = wrong | {"errorDeclaration": {"reason": "incorrect_data", "correctiveEventIDs": [right["eventID"]]}}
    found = read(document(wrong), document(declared, right))
    assert [str(step.outputs[0].quantity) for step in found.steps] == ["400.0000"]
    assert (outcomes(found), outcomes(found, 2)) == (["in_error"], ["in_error", "step"])
    alone = read(document(declared))
    assert problems(alone) == ["/epcisBody/eventList/0/errorDeclaration/correctiveEventIDs/0"]


# --- stored ----------------------------------------------------------------------------------------


@pytest.fixture
def cotton(db):
    return Cotton()


def firms(cotton, gin=LISTED):
    names = {"farm": "Example Farm", "gin": gin, "spinner": "Example Lake Spinning", "weaver": "Example Weaving"}
    tied = {PLACES[at]: cotton.supplier(name) for at, name in names.items()}
    return {**tied, PLACES["maker"]: cotton.maker}


def send(cotton, body, **said):
    fields = {"name": "chain.jsonld", "actor": cotton.member, "declared_by": cotton.importer, "line_number": 1}
    return receive_document(cotton.shipment, content(body), **{**fields, **said})


def test_a_chain_of_lots_ends_in_a_traced_finding_where_the_gin_is_listed(cotton):
    stored = send(cotton, document(*chain()), ties=firms(cotton))
    assert (stored.sha256, stored.file.read()) == (stored.sha256, content(document(*chain())))
    assert LotTrace.objects.standing().count() == 5
    assert cotton.found() == [(LISTED, "traced", 4)]
    [finding] = [one for one in cotton.screen() if one.rule == "LISTED_ENTITY"]
    assert finding.path[-1]["goods"] == "lot (01)09520001000027(10)B-1"
    assert cotton.shipment.latest_screening.caveats[-1:] != ["LOTS"]


def test_a_chain_of_lots_that_leads_elsewhere_finds_nothing(cotton):
    send(cotton, document(*chain()), ties=firms(cotton, gin="Example Valley Gin"))
    assert cotton.found() == []
    assert not [one for one in cotton.shipment.latest_screening.caveats if one.startswith("LOTS")]


def test_names_in_the_master_data_tie_the_places(cotton):
    body = document(*chain()[1:], **master_data(gin=LISTED, spinner="Example Lake Spinning", weaver="Example Weaving"))
    stored = send(cotton, body, ties={PLACES["maker"]: cotton.maker})
    assert [one["outcome"] for one in stored.events] == ["step"] * 4
    assert PartyIdentifier.objects.get(identifier=place_key(PLACES["gin"])).supplier.name == LISTED
    assert cotton.found() == [(LISTED, "traced", 4)]


def test_the_same_file_again_changes_nothing(cotton):
    ties = firms(cotton)
    send(cotton, document(*chain()), ties=ties)
    cotton.screen()
    version = cotton.shipment.facts_version
    send(cotton, document(*chain()))
    cotton.shipment.refresh_from_db()
    assert (LotDocument.objects.count(), LotTrace.objects.count()) == (1, 5)
    assert cotton.shipment.facts_version == version


def test_ties_said_later_take_the_events_up(cotton):
    ties = firms(cotton)
    stored = send(cotton, document(*chain()))
    assert LotTrace.objects.count() == 0
    assert [one["outcome"] for one in stored.events] == ["not_stored"] * 5
    again = tie_places(stored, ties, actor=cotton.member, line_number=1)
    assert [one["outcome"] for one in again.events] == ["step"] * 5
    assert cotton.found() == [(LISTED, "traced", 4)]
    other = send(cotton, made("gin", [], [quantity("B-2", 2, 3)], 8), name="more.json")
    assert [one["outcome"] for one in other.events] == ["step"]


def test_a_correction_in_a_later_document_withdraws_what_was_stored(cotton):
    wrong = chain()
    send(cotton, document(*wrong), ties=firms(cotton))
    declared = wrong[1] | {"errorDeclaration": {"reason": "did_not_occur"}}
    later = send(cotton, document(declared), name="correction.jsonld")
    [gone] = LotTrace.objects.exclude(withdrawn_at=None)
    assert (gone.event_id, gone.withdrawn_by, gone.withdrawal_reason) == (
        wrong[1]["eventID"],
        None,
        "Declared in error by an EPCIS event.",
    )
    assert [one["outcome"] for one in later.events] == ["in_error"]
    assert LotDocument.objects.first().events[1]["outcome"] == "in_error"
    assert cotton.found() == []


def test_what_a_person_took_back_is_not_stored_again(cotton):
    send(cotton, document(*chain()), ties=firms(cotton))
    trace = LotTrace.objects.get(event_id=chain()[1]["eventID"])
    withdraw_trace(trace, actor=cotton.member, reason="Wrong gin")
    again = send(cotton, document(*chain()))
    assert again.events[1]["sentence"].endswith("withdrew this step: Wrong gin")
    assert LotTrace.objects.standing().count() == 4


def test_a_lot_claimed_by_hand_before_is_reported_not_doubled(cotton):
    cotton.step(cotton.maker, [], ["(01)09520001000027(10)B-1"])
    stored = send(cotton, document(*chain()), ties=firms(cotton))
    assert stored.events[1]["outcome"] == "not_stored"
    assert "already comes out of a step at Example Maker" in stored.events[1]["sentence"]


@pytest.mark.parametrize(
    ("said", "code"),
    [({"line_number": 7}, "unknown_line"), ({"actor": None, "line_number": 9}, "unknown_line")],
)
def test_a_line_the_shipment_does_not_have_is_refused_and_nothing_is_kept(cotton, said, code):
    with pytest.raises(Refused) as refused:
        send(cotton, document(*chain()), **said)
    assert (refused.value.code, LotDocument.objects.count()) == (code, 0)


def test_each_import_is_on_record_with_digest_and_ties(cotton):
    stored = send(cotton, document(*chain()), ties=firms(cotton))
    [act] = AuditEvent.objects.filter(action="lots.imported")
    assert (act.after["sha256"], act.after["stored"], len(act.after["ties"])) == (stored.sha256, 5, 5)


# --- the command -----------------------------------------------------------------------------------


def test_the_command_imports_and_says_what_became_of_each_event(cotton, tmp_path):
    file = tmp_path / "chain.jsonld"
    file.write_bytes(content(document(*chain())))
    ties = [f"--party={uri}={supplier.pk}" for uri, supplier in firms(cotton).items() if uri != PLACES["farm"]]
    out = StringIO()
    call_command("import_lots", file, "--shipment=PO-77", "--line=1", *ties, "--json", stdout=out)
    said = json.loads(out.getvalue())
    assert (said["steps"], said["untied"]) == (4, [place_key(PLACES["farm"])])
    assert cotton.found() == [(LISTED, "traced", 4)]
    out = StringIO()
    call_command("import_lots", file, f"--shipment={cotton.shipment.pk}", stdout=out)
    assert "5 events (1 not stored, 4 step)" in out.getvalue()
    assert "at /epcisBody/eventList/0/readPoint: GLN 9520001000010" in out.getvalue()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--shipment=unknown"], "There is no shipment unknown"),
        (["--shipment=PO-77", "--party=urn:x"], "write IDENTIFIER=SUPPLIER"),
        (["--shipment=PO-77", "--user=nobody@example.test"], "No active account"),
        (["--shipment=PO-77"], "This is no JSON: line 1"),
    ],
)
def test_the_command_says_what_to_correct(cotton, tmp_path, options, said):
    file = tmp_path / "bad.json"
    file.write_text("{no")
    with pytest.raises(CommandError, match=said):
        call_command("import_lots", file, *options)


# --- the examples of GS1 ---------------------------------------------------------------------------

# What came of each event, and how many parts were not understood, with every place tied.
CAME_OF = {
    "AssociationEvent-a.jsonld": (["nothing"], 0),
    "AssociationEvent-b.jsonld": (["nothing"], 0),
    "AssociationEvent-c.jsonld": (["nothing"], 0),
    "AssociationEvent-d.jsonld": (["nothing"], 0),
    "AssociationEvent-e.jsonld": (["nothing"], 0),
    "AssociationEvent-f.jsonld": (["delivery"], 0),
    "AssociationEvent-g.jsonld": (["in_error"], 1),
    "AssociationEvent-h.jsonld": (["nothing"], 0),
    "EPCISQueryDocument.jsonld": (["nothing", "nothing"], 0),
    "ErrorDeclarationAndCorrectiveEvent.jsonld": (["in_error", "step"], 1),
    "Example-TransactionEvents-2020_07_03y.jsonld": (["nothing", "delivery"], 0),
    "Example-Type-sourceOrDestination,measurement,bizTransaction.jsonld": (["delivery"], 0),
    "Example_9.6.1-ObjectEvent-with-error-declaration.jsonld": (["in_error", "nothing"], 2),
    "Example_9.6.1-ObjectEvent-with-pseudo-SBDH-headers.jsonld": (["nothing", "nothing"], 0),
    "Example_9.6.1-ObjectEvent.jsonld": (["nothing", "nothing"], 0),
    "Example_9.6.1-ObjectEventWithDigitalLink.jsonld": (["nothing", "nothing"], 0),
    "Example_9.6.1-with-comment.jsonld": (["nothing", "nothing"], 0),
    "Example_9.6.2-ObjectEvent.jsonld": (["delivery"], 0),
    "Example_9.6.2-ObjectEventWithDigitalLink.jsonld": (["delivery"], 0),
    "Example_9.6.3-AggregationEvent.jsonld": (["packing"], 0),
    "Example_9.6.3-AggregationEventWithDigitalLink.jsonld": (["packing"], 0),
    "Example_9.6.4-TransformationEvent.jsonld": (["step"], 1),
    "Example_9.6.4-TransformationEventWithDigitalLink.jsonld": (["step"], 1),
    "PersistentDisposition-example.jsonld": (["delivery", "delivery"], 0),
    "transformation_event_all_possible_fields.jsonld": (["in_error"], 1),
}


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the examples of GS1 are not on this machine")
@pytest.mark.parametrize("name", CAME_OF)
def test_each_example_is_stored_or_reported_part_by_part(cotton, name):
    sent = (EXAMPLES / name).read_bytes()
    first = receive_document(
        cotton.shipment, sent, name=name, actor=cotton.member, declared_by=cotton.importer, line_number=1
    )
    ties = {key: cotton.supplier(f"Example Firm {key}") for key in first.identifiers}
    stored = tie_places(first, ties, actor=cotton.member, line_number=1)
    outcomes, not_understood = CAME_OF[name]
    assert [one["outcome"] for one in stored.events] == outcomes
    assert sum(remark["is_problem"] for remark in stored.remarks) == not_understood
    assert all(one["sentence"] for one in stored.events)
    assert stored.traces.count() == Counter(outcomes)["step"]


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the examples of GS1 are not on this machine")
def test_the_table_holds_every_example():
    assert {path.name for path in EXAMPLES.iterdir()} == set(CAME_OF)


def test_lots_are_written_as_they_stand_on_a_label():
    assert goods_element(lot("B-1", 2)).key == "(01)09520001000027(10)B-1"
