"""manage.py import_shipments: figures that add up, and errors that say what to do."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from entities.models import Organization
from entities.services.lists import load_reference_lists
from screening.management.commands.import_shipments import UNASSIGNED
from screening.models import ImportBatch, Shipment
from screening.services.intake import storing
from tests.factories import make_organization

pytestmark = pytest.mark.django_db
TEXT = """Shipper,Goods description,Import date
Xinjiang Sample Trading Co Ltd,Pipes,2026-03-02
Example Mill,Pipes,2026-03-02
Total,,
"""


@pytest.fixture
def importer():
    load_reference_lists()
    return make_organization(name="Example Imports LLC", importer_number="12-345678900")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "pipes.csv"
    path.write_text(TEXT)
    return path


def run(*args, **options):
    out = io.StringIO()
    call_command("import_shipments", *map(str, args), stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def test_the_figures_add_up_and_what_screening_flags_is_counted(importer, file):
    figures = json.loads(run(file, "--json"))
    counted = {name: figures[name] for name in ("rows_read", "stored", "rejected", "shipments", "lines", "parties")}
    assert counted == {"rows_read": 3, "stored": 2, "rejected": 1, "shipments": 2, "lines": 2, "parties": 2}
    assert figures["flagged"] == 1
    assert figures["seconds"] > 0


def test_without_json_it_says_what_became_of_the_rows(importer, file):
    said = run(file)
    assert "pipes.csv for Example Imports LLC: 3 rows read, 2 stored, 1 not stored." in said
    assert "not stored: row 4: The row is a total of the rows above." in said


def test_screening_can_be_left_to_a_worker(importer, file):
    assert json.loads(run(file, "--json", "--no-screen"))["flagged"] == 0
    assert Shipment.objects.filter(outcome="pending").count() == 2


def test_a_directory_of_manifest_tables_is_one_import(importer, tmp_path):
    (tmp_path / "header.csv").write_text("identifier,estimated_arrival_date,port_of_unlading\n7,2026-03-01,Newark\n")
    (tmp_path / "shipper.csv").write_text("identifier,shipper_party_name\n7,EXAMPLE MILL\n8,OTHER MILL\n")
    (tmp_path / "README.md").write_text("not a table")
    figures = json.loads(run(tmp_path, "--json"))
    assert (figures["rows_read"], figures["stored"], figures["shipments"]) == (3, 3, 2)


@pytest.mark.parametrize("wanted", ["12-345678900", "Example Imports LLC", "example imports"])
def test_the_importer_is_found_by_number_or_name(importer, file, wanted):
    make_organization(name="Another Importer")
    run(file, "--importer", wanted)
    assert ImportBatch.objects.get().organization == importer


def test_where_there_are_several_importers_and_none_is_named_the_shipments_are_nobodys_yet(importer, file):
    make_organization(name="Another Importer")
    run(file)
    assert ImportBatch.objects.get().organization.name == UNASSIGNED


def test_an_empty_system_takes_files_without_further_words(file):
    load_reference_lists()
    assert json.loads(run(file, "--json"))["stored"] > 0
    assert ImportBatch.objects.get().organization.name == UNASSIGNED


def test_an_importer_can_be_made_on_the_way(file):
    load_reference_lists()
    run(file, "--create-importer", "New Importer")
    run(file, "--create-importer", "new importer", "--again")
    assert Organization.objects.get().batches.count() == 2


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["missing.csv"], "There is no file missing.csv"),
        (["--user", "nobody@example.test"], "No active account signs in as nobody@example.test"),
        (["--importer", "Nobody Inc"], "No importer is called Nobody Inc"),
    ],
)
def test_errors_say_what_is_wrong(importer, file, args, said):
    with pytest.raises(CommandError, match=said):
        run(*([] if args == ["missing.csv"] else [file]), *args)


def test_without_a_list_nothing_is_read(file):
    make_organization()
    with pytest.raises(CommandError, match="load_reference_data"):
        run(file)
    assert not ImportBatch.objects.exists()


def test_an_unreadable_file_is_named(importer, tmp_path):
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"%PDF-1.7")
    with pytest.raises(CommandError, match=r"bad\.xlsx: This is not a spreadsheet"):
        run(bad)


def test_a_file_imported_before_is_refused_unless_again_is_said(importer, file):
    run(file)
    with pytest.raises(CommandError, match="Give --again"):
        run(file)
    run(file, "--again")
    assert ImportBatch.objects.count() == 2


def test_an_import_broken_off_goes_on_when_the_command_is_given_again(importer, file, monkeypatch):
    monkeypatch.setattr(storing, "ROWS_AT_ONCE", 1)
    really = storing._store_chunk

    def killed(batch, chunk, *, expected):
        if expected:
            raise KeyboardInterrupt
        return really(batch, chunk, expected=expected)

    monkeypatch.setattr(storing, "_store_chunk", killed)
    with pytest.raises(KeyboardInterrupt):
        run(file)
    monkeypatch.setattr(storing, "_store_chunk", really)
    assert json.loads(run(file, "--json"))["stored"] == 2
    assert Shipment.objects.count() == 2
    assert ImportBatch.objects.get().state == "done"
