"""Chains written by hand: the links, the article, the day of importation, and what the path is worth and why.

A link is written ``supplier>customer goods period flags``; goods are ``chain/stage``, ``hts:number``, ``words:…`` or
``-``; the maker is step 1.
"""

import csv
import re
from datetime import date
from pathlib import Path

import pytest

from screening.domain.searching import Network
from screening.domain.tracing import Grade, Link
from screening.reference import article_kinds, goods_kind, inputs

TABLE = Path(__file__).with_name("chains_by_hand.csv")
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "real_supply_chains"
LINK = re.compile(
    r"(?P<supplier>\S+)>(?P<customer>\S+) (?P<goods>.+?) (?P<first>[\d-]*)\.\.(?P<last>[\d-]*)(?P<flags>.*)"
)


def rows():
    with TABLE.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def day(text):
    return date.fromisoformat(text) if text else None


def kind_of(goods):
    form, _, words = goods.partition(":")
    if form == "hts":
        return goods_kind("", "", words, "")
    if form == "words":
        return goods_kind("", "", "", words)
    if goods == "-":
        return None
    commodity, _, stage = goods.partition("/")
    return goods_kind(commodity, stage, "", "")


def network(text):
    """The links of a row, and the number of each party."""
    numbers = {"maker": 1}
    links = {}
    for key, written in enumerate(text.split("; "), 1):
        found = LINK.fullmatch(written)
        assert found, f"not a link: {written}"
        supplier = numbers.setdefault(found["supplier"], len(numbers) + 1)
        customer = numbers.setdefault(found["customer"], len(numbers) + 1)
        flags = found["flags"].split()
        link = Link(
            key=key,
            supplier=supplier,
            customer=customer,
            kind=kind_of(found["goods"]),
            valid_from=day(found["first"]),
            valid_to=day(found["last"]),
            is_disputed="disputed" in flags,
            is_aggregate="aggregate" in flags,
            from_xinjiang="xinjiang" in flags,
            is_traced="lots" in flags,
        )
        links.setdefault(customer, []).append(link)
    return links, numbers


def path_to(row):
    links, numbers = network(row["links"])
    found = Network(links, inputs()).trace(
        [1],
        article=article_kinds((row["hts"],)) if row["hts"] else frozenset(),
        on=day(row["imported"]),
        with_unrelated=True,
    )
    name = row["party"].removeprefix("origin of ")
    if name != row["party"]:
        origins = [path for path in found.stated.values() if path.supplier == numbers[name]]
        return next((path for path in origins if path.grade != Grade.UNRELATED), None)
    return found.paths.get(numbers.get(name))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["what"])
def test_a_path_is_worth_what_the_table_says(row):
    path = path_to(row)
    why = [weak.code for step in path.steps for weak in step.weaknesses] if path else []
    assert (path.grade.value if path else "none") == row["grade"]
    assert why == row["why"].split()


def test_the_table_is_as_long_as_it_is_said_to_be():
    assert len(rows()) >= 60


# Links of published reports, by their number there: the article, the day of importation, and what the link is worth.
PUBLISHED = [
    ("C01", "6109100012", "2019-06-01", "relevant", ""),
    ("C01", "6109100012", "2026-09-01", "possible", "ended"),
    ("C01", "8541430010", "2019-06-01", "unrelated", "not_an_input"),
    ("C04", "6109100012", "2019-06-01", "possible", "disputed"),
    ("C10", "6109100012", "2020-09-01", "relevant", ""),
    ("C10", "6109100012", "2026-09-01", "possible", "ended"),
    ("C11", "6205202016", "2020-06-15", "relevant", ""),
    ("S01", "8541430010", "2020-09-01", "relevant", ""),
    ("S02", "8541430010", "2023-09-01", "relevant", ""),
    ("S02", "6109100012", "2023-09-01", "unrelated", "not_an_input"),
    ("S03", "8541430010", "2021-09-01", "relevant", ""),
    ("S03", "8541430010", "2026-09-01", "possible", "ended"),
    ("S05", "8541430010", "2024-06-01", "relevant", ""),
    ("S05", "8541430010", "2020-06-01", "possible", "not_yet"),
    ("S06", "8541430010", "2024-06-01", "relevant", ""),
    ("S07", "8541430010", "2026-09-01", "relevant", ""),
    ("S07", "6109100012", "2026-09-01", "unrelated", "not_an_input"),
    ("S08", "8541430010", "2026-09-01", "possible", "ended"),
    ("S09", "7604210000", "2023-06-01", "unrelated", "not_an_input"),
    ("S11", "8541430010", "2023-06-01", "relevant", ""),
]


def period(text):
    """The first and the last day of a period as reports write it."""
    found = re.findall(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?!\d)", text.replace("2016-2019", "2016 2019"))
    years = re.fullmatch(r"(\d{4})-(\d{4})", text)
    if years:
        return date(int(years[1]), 1, 1), date(int(years[2]), 12, 31)
    days = [(int(year), int(month or 0), int(exact or 0)) for year, month, exact in found]
    if not days:
        return None, None
    first = date(days[0][0], days[0][1] or 1, days[0][2] or 1)
    last = date(days[-1][0], days[-1][1] or 12, days[-1][2] or 28)
    return (None if text.startswith("to ") else first), last


@pytest.mark.skipif(not REAL.exists(), reason="the published supply chains are not on this machine")
@pytest.mark.parametrize(("edge", "hts", "on", "grade", "why"), PUBLISHED)
def test_a_published_link_is_worth_what_the_table_says(edge, hts, on, grade, why):
    published = {}
    for name in ("uflpa_chains_cotton.csv", "uflpa_chains_solar.csv"):
        with (REAL / name).open(encoding="utf-8") as file:
            published |= {row["edge_id"]: row for row in csv.DictReader(file)}
    row = published[edge]
    first, last = period(row["period"])
    link = Link(
        1,
        2,
        1,
        kind=goods_kind("", "", "", row["material"]),
        valid_from=first,
        valid_to=last,
        is_disputed="disputed" in row["status"].lower(),
    )
    network = Network({1: [link]}, inputs())
    found = network.trace([1], article=article_kinds((hts,)), on=day(on), with_unrelated=True).paths[2]
    codes = [weak.code for step in found.steps for weak in step.weaknesses]
    if edge == "C04":
        assert "disputed" in codes
    else:
        assert codes == ([why] if why else [])
    assert found.grade.value == grade
