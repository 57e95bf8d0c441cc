"""Every file of real shipment records through the whole of intake and screening.

The files are not part of the product and lie beside the checkout. What is expected of each was reviewed by eye; the
counts stand in ``real_shipments_expected.csv`` (``parties_stored``: with each further name as a party, without “to
order”).
"""

import csv
from pathlib import Path

import pytest
from django.core.files import File

from entities.services.lists import load_reference_lists
from screening.models import Finding, ImportBatch, ImportRow, Shipment, ShipmentLine, ShipmentParty
from screening.services import intake
from tests.factories import make_organization

pytestmark = [pytest.mark.shared_data, pytest.mark.django_db]

with (Path(__file__).parent / "real_shipments_expected.csv").open(encoding="utf-8", newline="") as file:
    EXPECTED = {row["file"]: row for row in csv.DictReader(file)}
PLACE_RULES = ("XJ_SITE", "XJ_NAME", "XJ_REGISTRATION", "XPCC")
UZBEK = "uz_import_short_with_xinjiang_suppliers.xlsx"


def imported(shared_data, name):
    """The batch of a file or a directory of tables, stored as the command does it."""
    path = shared_data / "real_shipments" / name
    paths = sorted(path.glob("*.csv")) if path.is_dir() else [path]
    files = [File(one.open("rb"), name=one.name) for one in paths]
    batch = intake.receive_files(
        files, organization=make_organization(), actor=None, confirm_mapping=False, in_line=False
    )
    for one in files:
        one.close()
    return intake.import_now(batch, lambda *_: None)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_file_is_stored_to_its_reviewed_counts_and_flags_nobody_wrongly(shared_data, name):
    load_reference_lists()
    batch = imported(shared_data, name)
    assert counts(batch) == {key: int(EXPECTED[name][key]) for key in counts(batch)}
    assert batch.state == ImportBatch.State.DONE
    intake.screen_batch(batch, lambda *_: None)
    findings = Finding.objects.filter(screening__shipment__batch=batch)
    assert not findings.filter(rule="LISTED_ENTITY").exists()
    assert not batch.shipments.filter(outcome__in=[Shipment.Outcome.PENDING, Shipment.Outcome.PRESUMPTION]).exists()
    placed = set(findings.filter(rule__in=PLACE_RULES).values_list("party_name", flat=True))
    must, may = expected_flags(shared_data, name)
    assert must <= placed <= must | may
    if name == UZBEK:
        assert findings.filter(rule="XJ_NAME", party_name__in=must).count() == 38


def counts(batch):
    return {
        "rows_read": batch.rows_read,
        "stored": batch.rows.filter(state=ImportRow.State.STORED).count(),
        "rejected": batch.rows.filter(state=ImportRow.State.REJECTED).count(),
        "shipments": batch.shipments.count(),
        "lines": ShipmentLine.objects.filter(shipment__batch=batch).count(),
        "parties_stored": ShipmentParty.objects.filter(shipment__batch=batch).count(),
    }


def expected_flags(shared_data, name):
    """The names of a file that must be flagged, and those that may be."""
    with (shared_data / "real_shipments" / "expected_region_flags.csv").open(encoding="utf-8", newline="") as flags:
        rows = [row for row in csv.DictReader(flags) if row["file"] == name]
    must = {row["party_name"] for row in rows if row["expectation"] == "expect_flag_region_name"}
    return must, {row["party_name"] for row in rows if row["expectation"] == "ambiguous"}
