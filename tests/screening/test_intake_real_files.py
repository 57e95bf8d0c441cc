"""Every file of real shipment records goes in, and nothing of it is lost.

The counts in ``real_shipments_expected.csv`` were reviewed by eye against the files; the files themselves are not part
of the product and lie beside the checkout.
"""

import csv
from pathlib import Path

import pytest

from screening.domain.intake import ams
from screening.domain.intake.kinds import ROLES
from screening.domain.intake.mapping import propose_mapping, read_mapping
from screening.domain.intake.rows import Layout, column_hints, understand
from screening.domain.intake.shipments import group
from screening.domain.intake.tabular import find_table
from screening.intake_words import vocabulary
from screening.readers import read_sheets

pytestmark = pytest.mark.shared_data

with (Path(__file__).parent / "real_shipments_expected.csv").open(encoding="utf-8", newline="") as file:
    EXPECTED = list(csv.DictReader(file))
NAME_FIELDS = {f"{role}_{part}" for role in ROLES for part in ("name", "native_name", "other_name")}


def read_file(path, into):
    """The understood rows of a file, its outcome, and how many of its rows have a party's name in a name column."""
    (sheet,) = read_sheets(path, into)
    rows = list(sheet.rows())
    table = find_table([cells for _, cells in rows[:80]], vocabulary())
    rows = rows[table.first_data_row :]
    cells = [row for _, row in rows]
    mapping = read_mapping(propose_mapping(table.headers, cells[:200], vocabulary()).mapping(), table.headers)
    layout = Layout(table.headers, mapping, column_hints(cells, mapping))
    understood = [understand(number, row, layout, vocabulary()) for number, row in rows]
    return understood, group(understood, sheet.name)


def counts(outcome):
    return {
        "rows_read": str(outcome.rows_read),
        "stored": str(outcome.stored),
        "rejected": str(len(outcome.rejected)),
        "shipments": str(len(outcome.shipments)),
        "lines": str(sum(len(shipment.lines) for shipment in outcome.shipments)),
        "parties": str(sum(len(shipment.parties) for shipment in outcome.shipments)),
    }


def ams_tables(paths, into):
    tables = []
    for path in paths:
        (into / path.stem).mkdir()
        (sheet,) = read_sheets(path, into / path.stem)
        rows = list(sheet.rows())
        table = find_table([cells for _, cells in rows[:80]], vocabulary())
        kind = ams.table_kind(table.headers)
        tables.append(ams.AmsTable(kind, path.name, table.headers, rows[table.first_data_row :]))
    return tables


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda row: row["file"])
def test_every_file_comes_to_its_reviewed_counts(expected, shared_data, tmp_path):
    path = shared_data / "real_shipments" / expected["file"]
    if path.is_dir():
        outcome = ams.join(ams_tables(sorted(path.glob("*.csv")), tmp_path), vocabulary())
    else:
        understood, outcome = read_file(path, tmp_path)
        named = [row for row in understood if row.names_party]
        assert sum(row.is_stored for row in named) >= 0.99 * len(named)
        assert len(named) >= int(expected["rows_naming_a_party"])
    assert counts(outcome) == {key: expected[key] for key in counts(outcome)}
    assert outcome.rows_read == outcome.stored + len(outcome.rejected)


def test_every_shipment_file_is_in_the_reviewed_table(shared_data):
    files = {path.name for path in (shared_data / "real_shipments").iterdir() if path.suffix in (".csv", ".xlsx")}
    files = {name for name in files if not name.startswith("expected_")} | {"ams_raw_tables"}
    assert files == {row["file"] for row in EXPECTED}


def test_every_name_that_must_be_flagged_or_must_not_comes_through_unchanged(shared_data, tmp_path):
    with (shared_data / "real_shipments" / "expected_region_flags.csv").open(encoding="utf-8", newline="") as flags:
        wanted: dict[str, set[str]] = {}
        for row in csv.DictReader(flags):
            wanted.setdefault(row["file"], set()).add(row["party_name"])
    for number, (name, names) in enumerate(sorted(wanted.items())):
        path = shared_data / "real_shipments" / name
        if path.suffix != ".xlsx":
            continue
        into = tmp_path / str(number)
        into.mkdir()
        understood, _ = read_file(path, into)
        assert names <= {party.name for row in understood for party in row.parties}


def test_the_manifest_tables_alone_lose_no_row(shared_data, tmp_path):
    for path in sorted((shared_data / "real_shipments" / "ams_raw_tables").glob("*.csv")):
        (table,) = ams_tables([path], tmp_path)
        outcome = ams.join([table], vocabulary())
        assert outcome.rows_read == len(table.rows) == 10
        assert outcome.stored == (10 if table.kind in ams.BILL_TABLES + ams.PARTY_TABLES else 0)
