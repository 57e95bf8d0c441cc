"""An example for each request and answer of the API: what the views give, else one made from the schema.

The words below stand where a field of that name has no example of its own.
Every firm is invented. The tests hold each example against its schema.
"""

from __future__ import annotations

from typing import Any

from config.problems import OF_STATUS, PROBLEMS

DEEPEST = 12  # levels of nested objects an example shows
DIGEST = "4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358"
FORMATS: dict[str, Any] = {
    "date": "2026-05-04",
    "date-time": "2026-05-04T12:00:00Z",
    "email": "analyst@example.test",
    "uri": "https://api.example/api/v1/shipments/?cursor=cD00ODY",
    "uri-reference": "https://register.example/filings/1",
    "binary": "(the file)",
    "uuid": "8b1f0d5e-3c1a-4f2e-9a57-0d6f3c1b2a49",
}
# What a field of this name says, where its schema says no more than its type.
VALUES: dict[str, Any] = {
    "address": "12 Mill Road, Bac Ninh",
    "aliases": ["Sampleton Textile"],
    "answer": "The gin closed in 2025; its records are with the owner.",
    "author": "Ana Lyst",
    "basis": "UFLPA sec. 3(a)",
    "bill_of_lading": "EGLV149602244471",
    "carrier": "EGLV",
    "caveats": ["The date of importation is not known; screened as of today."],
    "city": "Bac Ninh",
    "code": "LISTED_ENTITY",
    "commodity": "cotton",
    "containers": ["MSCU6639871"],
    "country": "VN",
    "currency": "USD",
    "description": "Cotton T-shirts",
    "detail": "The maker stands on the list.",
    "engine_version": "12",
    "entry_number": "551-3518786-6",
    "error": "",
    "export_country": "VN",
    "file_name": "invoice-8841.pdf",
    "goods": "cotton yarn",
    "gross_weight_kg": "1250.5",
    "headline": "Line 1 traces to Sampleton Spinning Co., Ltd., on the list since 21 June 2022, three steps upstream.",
    "house_bill": "HB-2207",
    "hts_codes": ["6109.10.00.12"],
    "hts_prefix": "5205",
    "id": "evt_41",
    "identifier": "urn:epc:id:sgln:9520001.00002.0",
    "importer_number": "12-345678900",
    "interest": "shareholding",
    "items": ["Purchase orders, garment maker to knitter"],
    "label": "551-3518786-6",
    "lot": "Y-2026-031",
    "media_type": "application/pdf",
    "message": "Please send what you have by the day named.",
    "mid": "VNEXABAY12BAC",
    "missing": "The laydown sheets of two bales.",
    "name": "Example Bay Garments JSC",
    "native_name": "示例纺纱有限公司",
    "origin": "Brazil",
    "origin_country": "VN",
    "paper": "Invoice INV-8841, page 2",
    "parameter": "page_size",
    "phone": "+84 222 000 0000",
    "place": "7/2",
    "pointer": "/lines/0/hts_codes/0",
    "port_of_lading": "55224",
    "port_of_unlading": "2704",
    "postal_code": "16000",
    "process": "spinner",
    "province": "Bac Ninh",
    "provision": "19 CFR 151.16(b)",
    "quantity": "12400",
    "quantity_unit": "kg",
    "quote": "12,400 kg combed cotton yarn",
    "reason": "The register of firms shows another owner and another town.",
    "reasons": ["Same name but for the legal form", "Same town"],
    "ref": "spinner",
    "reference": "PO-77",
    "remedy": "Use the two letters of ISO 3166-1, for example CN.",
    "requirement": "A1",
    "row_id": "14",
    "rule": "LISTED_ENTITY",
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=",
    "sentence": "The yarn invoice was not seen.",
    "share": "60",
    "share_from": "50",
    "share_to": "75",
    "source": "Register of firms, 4 May 2026",
    "stage": "spinner",
    "step": "spinner",
    "supplies": ["maker"],
    "text": "The gin's receipt is page 3 of the file sent today.",
    "title": "The request is not valid",
    "unit": "kg",
    "uscc": "91350100M000100Y43",
    "vessel": "EVER SAMPLE",
    "voyage": "0412E",
    "what": "yarn invoice",
    "words": "combed yarn",
}  # fmt: skip


def add_examples(schema: dict[str, Any]) -> None:
    """Give every request and answer that has none an example."""
    for operations in schema["paths"].values():
        for operation in operations.values():
            bodies = [operation.get("requestBody", {})]
            for body in (*bodies, *operation["responses"].values()):
                for media in body.get("content", {}).values():
                    if "schema" in media and not media.get("examples") and "example" not in media:
                        media["examples"] = {"Example": {"value": example_of(schema, media["schema"])}}


def example_of_problem(status: int) -> dict[str, Any]:
    """An error answer with this status."""
    problem = PROBLEMS[OF_STATUS[status]]
    body: dict[str, Any] = {
        "type": problem.address,
        "title": problem.title,
        "status": status,
        "detail": problem.meaning,
        "code": problem.code,
        "remedy": problem.remedy,
    }
    if status == 400:
        wrong = PROBLEMS["unknown_country"]
        detail = "XX is not a country code of two letters."
        field = {"pointer": "/parties/0/country", "code": wrong.code, "detail": detail, "remedy": wrong.remedy}
        body |= {"detail": detail, "errors": [field]}
    return body


def resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """A part of the schema with its reference followed; of a choice, the first."""
    while True:
        if reference := part.get("$ref"):
            part = schema["components"]["schemas"][reference.rpartition("/")[2]]
        elif choice := part.get("allOf") or part.get("oneOf") or part.get("anyOf"):
            part = {
                **choice[0],
                **{key: value for key, value in part.items() if key not in {"allOf", "oneOf", "anyOf"}},
            }
        else:
            return part


def example_of(schema: dict[str, Any], part: dict[str, Any], name: str = "", depth: int = 0) -> Any:
    """A value of the right shape, in the words of the trade where the name of the field tells them."""
    part = resolved(schema, part)
    for key in ("example", "const"):
        if key in part:
            return part[key]
    if examples := part.get("examples"):
        return examples[0]
    if choices := part.get("enum"):
        return next((choice for choice in choices if choice), choices[0])
    kinds = part.get("type", "object")
    kind = next(one for one in ([kinds] if isinstance(kinds, str) else kinds) if one != "null")
    if kind == "object":
        inside = part.get("properties", {}) if depth < DEEPEST else {}
        return {field: example_of(schema, one, field, depth + 1) for field, one in inside.items()}
    known = VALUES.get(name)
    if kind == "array":
        if isinstance(known, list) and resolved(schema, part["items"]).get("type") == "string":
            return known
        return [example_of(schema, part["items"], name, depth + 1)] if depth < DEEPEST else []
    if kind == "string":
        return _text(part, name, known)
    least = part.get("minimum", 1)
    return {
        "integer": max(1, least),
        "number": max(0.75, float(least)) if "minimum" in part else 0.75,
        "boolean": True,
    }.get(kind)


def _text(part: dict[str, Any], name: str, known: Any) -> str:
    if part.get("format") in FORMATS:
        return str(FORMATS[part["format"]])
    if isinstance(known, str):
        return known[: part.get("maxLength", len(known))]
    if part.get("format") == "decimal":
        return "12.5"
    if name.endswith(("sha256", "digest", "hash", "fingerprint")):
        return DIGEST
    words = str(part.get("default", ""))
    return words or ("x" * part["minLength"] if part.get("minLength") else "")
