"""Examples for the documentation. Every firm is invented."""

DECLARATION = {
    "reference": "PO-4711",
    "entry_number": "551-3518786-6",
    "bill_of_lading": "MSCUAB123456",
    "arrives_on": "2026-12-01",
    "lines": [
        {
            "number": 1,
            "description": "Men's cotton T-shirts, knitted",
            "hts_codes": ["6109.10.00.12"],
            "origin_country": "VN",
            "quantity": "12000",
            "quantity_unit": "PCS",
            "value": "39600.00",
            "currency": "USD",
        }
    ],
    "parties": [
        {
            "ref": "maker",
            "role": "manufacturer",
            "line": 1,
            "name": "Lotus River Garment Joint Stock Company",
            "address": "Lot 7, Example Industrial Park",
            "city": "Nam Dinh",
            "country": "VN",
        }
    ],
    "suppliers": [
        {
            "ref": "mill",
            "supplies": "maker",
            "name": "Bright Harbor Knitting Mill Co., Ltd.",
            "city": "Shaoxing",
            "province": "Zhejiang",
            "country": "CN",
            "postal_code": "312000",
            "commodity": "cotton",
            "stage": "knitter or weaver",
            "goods": "cotton jersey",
            "valid_from": "2026-01-01",
        },
        {
            "ref": "spinner",
            "supplies": "mill",
            "name": "East Lake Spinning Co., Ltd.",
            "country": "CN",
            "commodity": "cotton",
            "stage": "spinner",
            "goods": "combed cotton yarn",
            "valid_from": "2026-01-01",
        },
    ],
}

LOT_TRACE = {
    "maker": 214,
    "made_on": "2026-02-03",
    "process": "spinner",
    "paper": "Production record 31, page 2",
    "inputs": [{"lot": "B-7", "goods": "ginned cotton", "quantity": "500", "unit": "kg", "supplier": 215}],
    "outputs": [{"lot": "Y-31", "goods": "combed cotton yarn", "quantity": "450", "unit": "kg"}],
}

EPCIS = {
    "name": "gin-2026-01.jsonld",
    "line": 1,
    "parties": [{"identifier": "urn:epc:id:sgln:9520001.00002.0", "supplier": 215}],
    "document": {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-02-01T00:00:00Z",
        "epcisBody": {
            "eventList": [
                {
                    "type": "TransformationEvent",
                    "eventID": "urn:uuid:374d95fc-9457-4a51-bd6a-000000000001",
                    "eventTime": "2026-01-10T08:00:00+08:00",
                    "eventTimeZoneOffset": "+08:00",
                    "readPoint": {"id": "urn:epc:id:sgln:9520001.00002.0"},
                    "inputQuantityList": [
                        {"epcClass": "urn:epc:class:lgtin:9520001.000001.F-1", "quantity": 1500, "uom": "KGM"}
                    ],
                    "outputQuantityList": [
                        {"epcClass": "urn:epc:class:lgtin:9520001.000002.B-7", "quantity": 500, "uom": "KGM"}
                    ],
                }
            ]
        },
    },
}

JUDGEMENT = {
    "verdict": "different",
    "scope": "firm",
    "reason": "Another owner and another licence: the register of Shaoxing shows no tie to the listed firm.",
}

WHAT_IF = {
    "like": 4711,
    "arrives_on": "2027-02-15",
    "suppliers": [
        {
            "ref": "spinner",
            "supplies": "manufacturer",
            "name": "Samplewick Spinning Works Co., Ltd.",
            "city": "Shaoxing",
            "country": "CN",
            "commodity": "cotton",
            "stage": "spinner",
            "goods": "combed cotton yarn",
            "valid_from": "2027-01-01",
        }
    ],
}
