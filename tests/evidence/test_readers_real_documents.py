"""Real papers and real hostile files end as a person who looked at each decided."""

import csv
import json
from functools import cache
from pathlib import Path

import pytest
from django.core.management import call_command

from evidence.readers import read_document
from evidence.readers.looking import with_pictures

TABLE = Path(__file__).with_name("real_documents_expected.csv")
EXPECTED = {row["file"]: row["outcome"] for row in csv.DictReader(TABLE.open(encoding="utf-8"))}


@cache
def result_of(path):
    return read_document(path, path.name)


def outcome(result):
    if result.readable != "no":
        return "read"
    return "read_no_text" if result.problem.code == "no_text" else result.problem.code


@pytest.mark.shared_data
def test_every_real_document_is_in_the_table(shared_data):
    with (shared_data / "real_documents" / "index.csv").open(encoding="utf-8") as index:
        assert {row["file"] for row in csv.DictReader(index)} == set(EXPECTED)


@pytest.mark.shared_data
@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_document_ends_as_reviewed_by_eye(shared_data, name):
    result = result_of(shared_data / "real_documents" / name)
    assert outcome(result) == EXPECTED[name]
    assert result.seconds < 40


@pytest.mark.shared_data
def test_every_text_document_shows_its_number(shared_data):
    folder = shared_data / "real_documents"
    missing, checked = [], 0
    with (folder / "index.csv").open(encoding="utf-8") as index:
        for row in csv.DictReader(index):
            if row["scanned"] == "y" or not row["doc_no"]:
                continue
            text = "".join("".join(page.text.split()) for page in result_of(folder / row["file"]).pages)
            for number in row["doc_no"].split(";"):
                checked += 1
                if number.replace(" ", "") not in text:
                    missing.append((row["file"], number))
    assert missing == []
    assert checked > 10


@pytest.mark.shared_data
@pytest.mark.django_db
def test_the_command_prints_what_became_of_a_document(shared_data, capsys):
    call_command("read_document", shared_data / "real_documents" / "mi_coa_cert_9.pdf", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert answer["sha256"].startswith("3f222e237f7b2e27")
    assert (answer["media_type"], answer["pages"], answer["readable"]) == ("application/pdf", 2, "yes")
    assert list(answer["languages"]) == ["Latin", "Han"]
    assert len(answer["chars_per_page"]) == 2
    assert answer["documents"][0]["pages"][0] == 1
    assert all(field["page"] in (1, 2) for one in answer["documents"] for field in one["fields"].values())
    assert [one["grade"] for one in answer["readability"]] == ["readable", "readable"]
    assert answer["listed_mentions"] is None


# A page takes seconds: these are small, and of each kind one.
FROM_PICTURES = [
    ("cn_vat_special_invoice.jpg", "410305123456789"),
    ("mindee_receipt.tif", ""),
]


@pytest.mark.shared_data
@pytest.mark.parametrize(("name", "words"), FROM_PICTURES)
def test_a_real_scan_is_read_from_its_picture(shared_data, name, words):
    path = shared_data / "real_documents" / name
    result = with_pictures(path, result_of(path))
    assert (outcome(result), result.problem) == ("read", None)
    assert words in result.pages[0].text
    assert result.pages[0].confidence > 0.8
