"""Shipments of the demonstration that show lots traced through production, and a price far under like goods."""

from __future__ import annotations

from config.demo.portfolio import HARBOR, NORTHGATE, Batch, Demo, Production, Upstream, fictional, listed
from entities.domain.identifiers.customs import entry_check_digit

SPORTSWEAR = fictional("Cua Lo Sportswear JSC", "Vinh", "VN", "7 Nam Cam Park")
FLEECE_MILL = fictional(
    "Yaojiang Fleece Knitting Co., Ltd.",
    "Yuyao",
    "CN",
    "40 Siming West Road",
    province="Zhejiang",
    postal="315400",
    native="姚江绒布针织有限公司",
)
SPINNER = fictional(
    "Dongtai Ring Spinning Co., Ltd.",
    "Yancheng",
    "CN",
    "16 Haifeng Avenue",
    province="Jiangsu",
    postal="224200",
    native="东台环锭纺纱有限公司",
)
INDIAN_GINNER = fictional("Vidarbha Cotton Pressing", "Akola", "IN", "MIDC Phase 2, Plot 14")
LISTED_COTTON = listed("Xinjiang Junggar Cotton and Linen Co., Ltd.", province="Xinjiang")
PEN_MAKER = fictional(
    "Xiangshan Bay Writing Instruments Co., Ltd.",
    "Ningbo",
    "CN",
    "28 Binhai Industrial Road",
    province="Zhejiang",
    postal="315712",
    native="象山湾文具制造有限公司",
)
CHEAP_PENS = fictional(
    "Fuchun Pen Assembly Co., Ltd.",
    "Hangzhou",
    "CN",
    "3 Yingbin North Road, Fuyang",
    province="Zhejiang",
    postal="311400",
    native="富春圆珠笔装配厂",
)

# earlier shipments of like goods: days before today, gross, US dollars a gross
EARLIER_PENS = (
    (34, 5200, "14.10"),
    (71, 4800, "13.90"),
    (118, 6000, "13.40"),
    (163, 5200, "14.60"),
    (204, 4400, "14.20"),
    (251, 7200, "13.20"),
    (297, 5200, "14.80"),
    (342, 5600, "13.70"),
    (395, 4800, "14.30"),
    (440, 6400, "13.60"),
    (488, 5200, "15.10"),
)


def entry(number: int) -> str:
    """An entry number of the demonstration's filer, with its check digit."""
    return f"551-{number:07}-{entry_check_digit(f'551{number:07}')}"


def _pens(place: int, days_ago: int, gross: int, price: str) -> Demo:
    return Demo(
        NORTHGATE,
        entry(900121 + place),
        days_ago,
        "Ball-point pens, plastic",
        "9608100000",
        "CN",
        (gross, "gross"),
        gross * 9 // 10,
        round(gross * float(price)),
        PEN_MAKER,
        shows="an earlier shipment, its price for comparison",
    )


SHIPMENTS = (
    Demo(
        HARBOR,
        entry(900118),
        6,
        "Cotton hooded sweatshirts, fleece",
        "6110202041",
        "VN",
        (2100, "doz"),
        8400,
        94500,
        SPORTSWEAR,
        (
            Upstream("knitter or weaver", "knitted cotton fabric, brushed", FLEECE_MILL),
            Upstream("spinner", "carded cotton yarn", SPINNER),
            Upstream("ginner", "ginned cotton", INDIAN_GINNER),
        ),
        "cotton",
        lots=(
            Production(
                INDIAN_GINNER,
                "ginner",
                139,
                (),
                (Batch("VID-2217", 6200, "ginned cotton", "520100"),),
                "Bale list of press 2 (DEMONSTRATION)",
            ),
            Production(
                SPINNER,
                "spinner",
                104,
                (
                    Batch("VID-2217", 6200, "ginned cotton", "520100", INDIAN_GINNER),
                    Batch("XJ-0419", 5400, "ginned cotton", "520100", LISTED_COTTON),
                ),
                (Batch("Y-3306", 10100, "carded cotton yarn", "520512"),),
                "Laydown sheet 331 (DEMONSTRATION)",
            ),
            Production(
                FLEECE_MILL,
                "knitter or weaver",
                76,
                (Batch("Y-3306", 9900, "carded cotton yarn", "520512", SPINNER),),
                (Batch("FL-88", 9400, "knitted cotton fabric, brushed"),),
                "Knitting order 5120 (DEMONSTRATION)",
            ),
            Production(
                SPORTSWEAR,
                "garment maker",
                48,
                (Batch("FL-88", 9400, "knitted cotton fabric, brushed", supplier=FLEECE_MILL),),
                (Batch("HD-2100", 8300, "hooded sweatshirts", "611020", is_line=True),),
                "Cutting ticket 2100 (DEMONSTRATION)",
            ),
        ),
        shows="lots of cotton, yarn and fleece traced to a listed entity, four steps upstream",
    ),
    *(_pens(place, *one) for place, one in enumerate(EARLIER_PENS)),
    Demo(
        NORTHGATE,
        entry(900119),
        3,
        "Ball-point pens, plastic",
        "9608100000",
        "CN",
        (5000, "gross"),
        4500,
        25500,
        CHEAP_PENS,
        shows="a price far under that of earlier pens",
    ),
)
