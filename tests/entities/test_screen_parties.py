"""The command that screens a file: one row in, one row out, and plain words when the file is wrong."""

import csv
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from entities.matchers import matcher_for
from entities.models import ListVersion
from entities.services.lists import load_reference_lists

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path):
    load_reference_lists()

    def _run(content, encoding="utf-8", **options):
        source, target = tmp_path / "in.csv", tmp_path / "out.csv"
        source.write_bytes(content.encode(encoding))
        call_command("screen_parties", str(source), output=target, **options)
        with target.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return _run


def test_rows_come_out_in_order_with_their_verdicts(run):
    rows = run(
        "id,name,city,country\n"
        "a,XINJIANG ZHONGTAI CHEMICAL CO LTD,,\n"
        "b,Acme Trading LLC,Chicago,US\n"
        'c,"Plant 7, Ltd",Shihezi,CN\n'
    )
    assert [(r["id"], r["listed_verdict"], r["region_verdict"]) for r in rows] == [
        ("a", "match", "possible"),
        ("b", "none", "none"),
        ("c", "none", "in_xinjiang"),
    ]
    assert rows[0]["listed_entity"] == "Xinjiang Zhongtai Chemical Co. Ltd."
    assert {"field", "token", "rule", "text"} == set(json.loads(rows[0]["reasons"])[0])
    assert json.loads(rows[1]["reasons"]) == []
    assert all(r["list_version"] and r["engine_version"] for r in rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_usual_encodings_are_read(run, encoding):
    rows = run("name\n新疆大全新能源股份有限公司\n", encoding)
    assert [(r["id"], r["listed_verdict"]) for r in rows] == [("1", "match")]


def test_the_date_decides_which_list_counts(run):
    content = "name\nHuafu Fashion Co., Ltd.\n"
    assert run(content, on=date(2025, 1, 14))[0]["listed_verdict"] == "none"
    assert run(content, on=date(2025, 1, 15))[0]["listed_verdict"] == "match"


def test_former_names_count_from_the_first_day_and_dropped_aliases_until_their_last(run):
    assert run("name\nHefei Meiling Co. Ltd.\n", on=date(2023, 1, 1))[0]["listed_verdict"] == "match"
    assert run("name\nXinjiang Nonferrous\n", on=date(2024, 11, 24))[0]["listed_verdict"] == "match"
    assert run("name\nXinjiang Nonferrous\n", on=date(2024, 11, 25))[0]["listed_entity"] != (
        "Xinjiang East Hope Nonferrous Metals Co., Ltd."
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "empty"),
        ("firm,town\nA,B\n", "names none of the columns"),
        ("name;city\nA;B\n", "part them by commas"),
        ("name,name\nA,B\n", "twice: name"),
    ],
)
def test_a_bad_header_is_said_plainly(run, content, said):
    with pytest.raises(CommandError, match=said):
        run(content)


def test_without_a_list_the_command_says_what_to_do(tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("name\nA\n")
    with pytest.raises(CommandError, match="load_reference_data"):
        call_command("screen_parties", str(source), output=tmp_path / "out.csv")


def test_the_matcher_of_a_version_is_built_once():
    version = load_reference_lists()[0]
    assert version.register == ListVersion.Register.UFLPA
    assert matcher_for(version) is matcher_for(version)


def test_the_loaded_list_has_every_entity_and_only_scope_words_as_scope():
    parties = matcher_for(load_reference_lists()[0]).parties
    assert len(parties) == 144
    assert {p.key for p in parties.values() if p.scope} == {
        "hoshinesiliconindustryshanshancoltd",
        "xinjiangproductionandconstructioncorps",
    }
