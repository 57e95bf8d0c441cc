"""Names that are those of a class of firms, and names of firms that read like it."""

import pytest

from entities import reference


@pytest.mark.parametrize(
    "name",
    [
        "Xinjiang cotton suppliers",
        "all polysilicon manufacturers in China",
        "six Vietnamese intermediary manufacturers (unnamed)",
        "Chinese polysilicon makers (unnamed)",
        "manufacturers in Bangladesh, Vietnam, Philippines",
        "Southeast Asian module plants of Chinese producers",
        "Xinjiang-exposed wafer/cell makers",
        "VARIOUS SUPPLIERS",
        "新疆某棉业有限公司等企业",
        "新疆棉农",
        "所有多晶硅企业",
        "Suppliers not disclosed",
    ],
)
def test_a_class_of_firms_is_told_by_its_words(name):
    assert reference.aggregate_words().tell(name) != ""


@pytest.mark.parametrize(
    "name",
    [
        "Arvind Mills",
        "KARIM EXPORTERS",
        "Example cotton growers Co., Ltd.",
        "United Cotton Producers Association",
        "Hoshine Silicon Industry (Xinjiang plants)",
        "Luthai Vietnam fabric mill",
        "Three Stars Traders",
        "Daqo New Energy",
        "其他有限公司",
        "各家电器厂有限公司",
        "安踏",
        "",
    ],
)
def test_a_firm_is_not_taken_for_a_class_of_firms(name):
    assert reference.aggregate_words().tell(name) == ""
