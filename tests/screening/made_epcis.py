"""EPCIS documents of a made-up cotton chain: farm, gin, spinner, weaver, garment maker. All is invented."""

import json

CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"cotton": "https://cotton.example/"}]
PLACES = {
    name: f"urn:epc:id:sgln:952000{number}.0000{number}.0"
    for number, name in enumerate(("farm", "gin", "spinner", "weaver", "maker"), 1)
}


def lot(number, product):
    """A lot of a product as an EPC class."""
    return f"urn:epc:class:lgtin:9520001.00000{product}.{number}"


def quantity(number, product, amount, uom="KGM"):
    return {"epcClass": lot(number, product), "quantity": amount, "uom": uom}


def event(kind="TransformationEvent", **said):
    return {
        "type": kind, "eventTime": "2026-01-05T08:00:00+08:00", "eventTimeZoneOffset": "+08:00", **said,
    }  # fmt: skip


def made(at, inputs, outputs, number, *, on="2026-01-05", **said):
    """A transformation at a place."""
    return event(
        eventID=f"urn:uuid:00000000-0000-4000-8000-00000000000{number}",
        eventTime=f"{on}T08:00:00+08:00",
        readPoint={"id": PLACES[at]},
        inputQuantityList=inputs,
        outputQuantityList=outputs,
        **said,
    )


def chain():
    """From the seed cotton of a farm to shirts, a lot at each step."""
    return [
        event(
            "ObjectEvent",
            eventID="urn:uuid:00000000-0000-4000-8000-000000000001",
            action="ADD",
            bizStep="commissioning",
            readPoint={"id": PLACES["farm"]},
            quantityList=[quantity("F-1", 1, 1500)],
        ),
        made(
            "gin", [quantity("F-1", 1, 1500)], [quantity("B-1", 2, 500)], 2, on="2026-01-10", bizStep="cotton:ginning"
        ),
        made("spinner", [quantity("B-1", 2, 500)], [quantity("Y-1", 3, 450)], 3, on="2026-01-15"),
        made("weaver", [quantity("Y-1", 3, "0.45", "TNE")], [quantity("R-1", 4, 430)], 4, on="2026-01-20"),
        made("maker", [quantity("R-1", 4, 430)], [quantity("S-1", 5, 2000, "NAR")], 5, on="2026-01-25"),
    ]


def document(*events, **head):
    return {
        "@context": CONTEXT, "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": "2026-02-01T00:00:00Z", "epcisBody": {"eventList": list(events)}, **head,
    }  # fmt: skip


def master_data(**names):
    """A header that names places as firms."""
    elements = [
        {
            "id": PLACES[place],
            "attributes": [
                {"id": "urn:epcglobal:cbv:mda#name", "attribute": name},
                {"id": "urn:epcglobal:cbv:mda#countryCode", "attribute": "CN"},
            ],
        }
        for place, name in names.items()
    ]
    table = {"type": "urn:epcglobal:epcis:vtype:BusinessLocation", "vocabularyElementList": elements}
    return {"epcisHeader": {"epcisMasterData": {"vocabularyList": [table]}}}


def content(body):
    return json.dumps(body).encode()
