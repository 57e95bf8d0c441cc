"""Judgements as rules: what they speak of, what they do, why they lapse, and two names side by side."""

from datetime import date

import pytest

from entities.domain.facts import PartyFacts
from entities.domain.judging import (
    Judged,
    closest,
    differing,
    effect,
    party_changes,
    party_key,
    row_changes,
    rows_sha256,
    sort_reasons,
)

ROW = {
    "name": "Example Mill",
    "aliases": ["Old Mill"],
    "native_names": [],
    "section": "s",
    "effective_on": "2024-01-01",
}


def judged(verdict, confirmed_by=""):
    return Judged(7, verdict, "A. Analyst", date(2026, 11, 2), "other owner", confirmed_by)


@pytest.mark.parametrize(
    ("judgement", "machine", "does"),
    [
        (None, "match", "nothing"),
        (judged("unsure"), "match", "nothing"),
        (judged("same"), "possible", "confirms"),
        (judged("different"), "possible", "sets_aside"),
        (judged("different"), "match", "awaits"),
        (judged("different", "B. Reviewer"), "match", "sets_aside"),
    ],
)
def test_what_a_judgement_does(judgement, machine, does):
    assert effect(judgement, machine) == does


def test_a_judgement_says_who_when_why_and_its_number():
    assert judged("different", "B. Reviewer").sentence == (
        "Judged a different firm by A. Analyst, confirmed by B. Reviewer, on 2 November 2026: "
        "other owner (judgement 7)"
    )


FIRM = PartyFacts(name="Example Mill Co., Ltd.", city="Hefei", country="CN", address="1 Mill Road")


@pytest.mark.parametrize(
    ("other", "same_firm", "same_site"),
    [
        (
            PartyFacts(name="EXAMPLE MILL COMPANY LIMITED", city="Hefei", country="cn", address="1 mill road."),
            True,
            True,
        ),
        (PartyFacts(name="Example Mill Co., Ltd.", city="Hefei", country="CN", address="2 Mill Road"), True, False),
        (PartyFacts(name="Example Mill Co., Ltd.", city="Aksu", country="CN", address="1 Mill Road"), False, False),
        (PartyFacts(name="Example Mills Co., Ltd.", city="Hefei", country="CN", address="1 Mill Road"), False, False),
        (
            PartyFacts(
                name="Example Mill Co., Ltd.",
                city="Hefei",
                country="CN",
                address="1 Mill Road",
                uscc="91650100MA77XXXX0A",
            ),
            False,
            False,
        ),
    ],
)
def test_the_firm_is_known_by_name_place_and_number_the_site_by_its_address_too(other, same_firm, same_site):
    assert (party_key(FIRM, "firm") == party_key(other, "firm")) is same_firm
    assert (party_key(FIRM, "site") == party_key(other, "site")) is same_site


def test_what_changed_of_a_party_is_said():
    other = PartyFacts(name="Example Mill Co., Ltd.", city="Aksu", country="CN")
    assert party_changes(FIRM, other, "firm") == ["city was “Hefei”, is “Aksu”"]


def test_what_changed_of_a_list_row_is_said():
    now = [{**ROW, "aliases": ["Old Mill", "Mill No. 2"]}]
    assert rows_sha256([ROW]) != rows_sha256(now)
    assert row_changes([ROW], now) == ["alias “Mill No. 2” added"]
    assert row_changes(now, [ROW]) == ["alias “Mill No. 2” removed"]
    assert row_changes([ROW], []) == ["the entity is on the list no more"]


@pytest.mark.parametrize(
    ("name", "other", "marked"),
    [
        ("Aksu Huafu Dyed Yarn Co., Ltd", "AKSU HUAFU Color Spinning Co. Ltd.", ["Dyed", "Yarn"]),
        ("阿克苏华孚纺织", "阿克苏华孚色纺", ["织"]),
        ("<b>Mill</b>", "Mill", ["b", "b"]),
        ("Example Mill", "Example Mill", []),
    ],
)
def test_words_the_other_name_lacks_are_marked(name, other, marked):
    pieces = differing(name, other)
    assert "".join(piece.text for piece in pieces) == name
    assert [word for piece in pieces if piece.differs for word in piece.text.split()] == marked


def test_the_name_that_reads_most_alike_stands_opposite():
    assert closest("Huafu Dyed Yarn", ["Aksu Huafu Color Spinning", "Huafu Dyed Melange Yarn"]) == (
        "Huafu Dyed Melange Yarn"
    )
    assert closest("Huafu", []) == ""


def test_reasons_are_sorted_by_what_they_say():
    found = sort_reasons(
        ["“a” is the word “a”.", "Ignored as legal form or filler: co.", "Against: the places differ.", "Judged same"]
    )
    assert (len(found.same), len(found.notes)) == (1, 1)
    assert found.ignored == ["legal form or filler: co."]
    assert found.against == ["the places differ."]
