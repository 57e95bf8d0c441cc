"""Receipts: what a screening read, by which lists, thresholds, tables and engine, what it said; and saying it again.

A receipt is an export of a stored screening, not a second record. It holds what was read in the words it was declared
in, so a replay does all the work anew: matching, places, goods, paths, grades, findings. It does so by the versions
the receipt names, which never change: the same bytes come out whatever list, thresholds, names, judgements, links or
tables are in use now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from entities.domain.chain import canonical, sha256
from entities.domain.errors import Refused
from entities.domain.matching import ENGINE_VERSION
from entities.domain.plain import from_plain, to_plain
from entities.models import ListVersion, ThresholdSet
from entities.reference_tables import read_with
from entities.services.tables import tables_of
from screening.domain.seen import SeenGoods, SeenNetwork
from screening.models import Finding, Screening, ScreeningInput, ScreeningRun
from screening.services.runs.one_shipment import screen_one
from screening.services.runs.seen import goods_read, surroundings_of
from screening.services.runs.storing import finding_rows, screening_row

FORMAT = 2
_SAID = (
    *("rule", "severity", "basis", "ground", "asks_review", "headline", "line_numbers", "party_role", "party_id"),
    *("supplier_id", "party_name", "steps_upstream", "grade", "path", "other_paths", "matched_field", "matched_text"),
    *("score", "verdict", "declared", "firm_key", "site_key", "judgement_id", "reasons", "place_code", "place_name"),
)


def receipt_of(screening: Screening) -> bytes:
    """The receipt of a stored screening, as canonical JSON.

    Raises ``Refused`` where it was screened before the whole input was kept.
    """
    kept = ScreeningInput.objects.select_related("network", "record").filter(screening=screening).first()
    if kept is None or kept.network is None:
        raise Refused("input_not_kept", "This shipment was screened before receipts were kept: screen it again.")
    run = screening.run
    findings = list(screening.findings.select_related("listing").order_by("pk"))
    return _sealed(
        {
            "receipt": FORMAT,
            "screening": screening.pk,
            "shipment": {"id": screening.shipment_id, "facts_version": screening.facts_version},
            "screened_at": screening.created_at.isoformat(),
            "engine_version": run.engine_version,
            "lists": {
                version.register: {"id": version.pk, "label": version.label, "sha256": version.rows_sha256}
                for version in (run.list_version, run.wro_version)
                if version is not None
            },
            "thresholds": {"id": run.thresholds_id, "values": _thresholds(run.thresholds)},
            "names_up_to": run.names_up_to,
            "tables": kept.tables,
            "input": {"goods": goods_read(kept), "network": kept.network.facts},
            "result": _result(screening, findings),
        }
    )


def digest_of_receipt(screening: Screening) -> str | None:
    """The SHA-256 of a screening's receipt; None where it was screened before receipts were kept."""
    try:
        return str(json.loads(receipt_of(screening))["sha256"])
    except Refused:
        return None


def read_receipt(content: bytes) -> dict[str, Any]:
    """A receipt as it was sent. Raises ``Refused`` where it is none, or was changed since it was made."""
    try:
        receipt = json.loads(content)
        sealed = _sealed({name: value for name, value in receipt.items() if name != "sha256"})
        is_intact = json.loads(sealed)["sha256"] == receipt["sha256"]
    except (ValueError, KeyError, AttributeError, UnicodeDecodeError) as fault:
        raise Refused("no_receipt", "This is no receipt of a screening.") from fault
    if not is_intact:
        raise Refused("receipt_changed", "This receipt was changed after it was made: its SHA-256 is another.")
    return receipt


def replay(receipt: Mapping[str, Any]) -> bytes:
    """Screen the input of a receipt again by the lists, thresholds, names and tables it names; the receipt that comes
    of it.

    Raises ``Refused`` where this program has another engine, or a version the receipt names is not stored here.
    """
    if receipt["engine_version"] != ENGINE_VERSION or receipt["receipt"] != FORMAT:
        raise Refused(
            "engine_changed",
            f"This receipt was made by engine {receipt['engine_version']}, form {receipt['receipt']}; this program "
            f"has engine {ENGINE_VERSION}, form {FORMAT}. Replay it with a program that has the engine of the "
            "receipt.",
        )
    run = ScreeningRun(
        list_version=_version(receipt, ListVersion.Register.UFLPA),
        wro_version=_version(receipt, ListVersion.Register.WRO),
        engine_version=ENGINE_VERSION,
        thresholds_id=_same_thresholds(receipt),
        names_up_to=receipt["names_up_to"],
    )
    given = receipt["input"]
    goods = from_plain(SeenGoods, given["goods"])
    with read_with(tables_of(receipt["tables"])):
        shipment, known = surroundings_of(goods, from_plain(SeenNetwork, given["network"]), run)
        result = screen_one(shipment, known)
        said = _result(screening_row(run, result), finding_rows(run, result, known.verdicts))
    return _sealed({**{name: value for name, value in receipt.items() if name != "sha256"}, "result": said})


def _version(receipt: Mapping[str, Any], register: str) -> ListVersion | None:
    named = receipt["lists"].get(register)
    if named is None:
        return None
    version = ListVersion.objects.filter(pk=named["id"], rows_sha256=named["sha256"]).first()
    if version is None:
        raise Refused("list_not_here", f"The list of the receipt is not stored here: {named['label']}.")
    return version


def _same_thresholds(receipt: Mapping[str, Any]) -> int | None:
    named = receipt["thresholds"]
    if named["id"] is None:
        return None
    row = ThresholdSet.objects.filter(pk=named["id"]).first()
    if row is None or _thresholds(row) != named["values"]:
        raise Refused("thresholds_not_here", f"The thresholds of the receipt are not stored here: set {named['id']}.")
    return int(row.pk)


def _thresholds(row: ThresholdSet | None) -> dict[str, Any] | None:
    return to_plain(row.values) if row is not None else None


def _result(screening: Screening, findings: list[Finding]) -> dict[str, Any]:
    said = [
        {
            **{name: getattr(one, name) for name in _SAID},
            "listing": one.listing.row_id if one.listing else None,
        }
        for one in findings
    ]
    return {
        "screened_on": screening.screened_on.isoformat(),
        "date_basis": str(screening.date_basis),
        "facts": screening.facts,
        "outcome": str(screening.outcome),
        "coverage": screening.coverage,
        "caveats": screening.caveats,
        "findings": said,
    }


def _sealed(receipt: dict[str, Any]) -> bytes:
    plain = json.loads(canonical(receipt))
    return (canonical({**plain, "sha256": sha256(canonical(plain))}) + "\n").encode()
