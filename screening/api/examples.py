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

JUDGEMENT = {
    "verdict": "different",
    "scope": "firm",
    "reason": "Another owner and another licence: the register of Shaoxing shows no tie to the listed firm.",
}
