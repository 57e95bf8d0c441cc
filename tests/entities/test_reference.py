"""The shipped tables are complete and read as they should be."""

import pytest

from entities import reference


def test_the_list_has_its_rows():
    rows = reference.listed_rows()
    assert sum(row["row_status"] == "current" for row in rows) == 160
    assert len({row["entity_key"] for row in rows}) == 144


def test_the_gazetteer_ships_without_postal_codes():
    assert len(reference.places()) == 356
    header = (reference.DATA / "xinjiang_gazetteer.csv").read_text(encoding="utf-8").splitlines()[0]
    assert "postal" not in header


@pytest.mark.parametrize(
    ("hts", "sectors"),
    [("5205.11.00.10", {"cotton"}), ("5205110010", {"cotton"}), ("0101.21.00.00", set())],
)
def test_a_tariff_number_belongs_to_its_sectors(hts, sectors):
    assert sectors <= {s.sector for s in reference.sectors_of(hts)}
    assert bool(reference.sectors_of(hts)) == bool(sectors)


def test_watched_goods_are_no_designated_sector():
    watched = next(s for group in reference.priority_sectors().values() for s in group if not s.designated)
    assert watched.sector not in {s.sector for s in reference.sectors_of(watched.prefix)}
    assert watched.sector in {s.sector for s in reference.sectors_of(watched.prefix, watch=True)}


@pytest.mark.parametrize(
    ("entity", "confirmed"),
    [
        ("huafufashioncoltd", {"华孚时尚": True, "华孚时尚股份有限公司": False}),
        ("xinjiangjinbaominingcoltd", {"新疆金宝矿业有限责任公司": True}),
        ("camelgroupcoltd", {"骆驼集团股份有限公司": False}),
        ("xinjiangproductionandconstructioncorps", {"新疆生产建设兵团": True, "兵团": False}),
        ("zijinmininggroupcoltd", {"紫金矿业": True, "紫金矿业集团股份有限公司": False, "紫金矿业集团": True}),
    ],
)
def test_each_chinese_name_says_whether_a_source_ties_it(entity, confirmed):
    row = next(row for row in reference.listed_rows() if row["entity_key"] == entity)
    assert {n["text"]: n["confirmed"] for n in reference.native_names(row)} == confirmed
