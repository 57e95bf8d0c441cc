"""Who and what the demonstration shows. Listed entities are real; every other party is invented and says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role

PASSWORD = "demonstration-2026"
OFFICE = "Pier Office, Compliance (DEMONSTRATION)"
HARBOR = "Harbor Knit LLC (fictional)"
SUNFIELD = "Sunfield Energy Inc (fictional)"
RED_VALLEY = "Red Valley Foods Co (fictional)"
NORTHGATE = "Northgate Office Supply LLC (fictional)"
BROKER = "Pier Nine Customs Brokers (fictional)"

# importer and its number; the last one has no authorised broker
IMPORTERS = (
    (HARBOR, "12-345678900"),
    (SUNFIELD, "23-456789000"),
    (RED_VALLEY, "34-567890100"),
    (NORTHGATE, "45-678901200"),
)
BROKER_ACTS_FOR = (HARBOR, SUNFIELD)

# e-mail, name, role, organisation
PEOPLE = (
    ("analyst@demo.test", "Ada Analyst", Role.ANALYST, OFFICE),
    ("reviewer@demo.test", "Ruth Reviewer", Role.REVIEWER, OFFICE),
    ("approver@demo.test", "Amir Approver", Role.APPROVER, OFFICE),
    ("auditor@demo.test", "Aoife Auditor", Role.AUDITOR, OFFICE),
    ("manager@demo.test", "Mara Manager", Role.MANAGER, OFFICE),
    ("harbor@demo.test", "Hanna Harbor", Role.IMPORTER_MEMBER, HARBOR),
    ("sunfield@demo.test", "Samir Sunfield", Role.IMPORTER_MEMBER, SUNFIELD),
    ("redvalley@demo.test", "Rosa Redvalley", Role.IMPORTER_MEMBER, RED_VALLEY),
    ("northgate@demo.test", "Noor Northgate", Role.IMPORTER_MEMBER, NORTHGATE),
    ("broker@demo.test", "Ben Broker", Role.BROKER_MEMBER, BROKER),
)
# Who signs in to the sandbox that Hanna Harbor opened, and the program that is tried there.
TRIAL = ("trial@demo.test", "Tess Trial", Role.IMPORTER_MEMBER, f"{HARBOR} sandbox")
TRIAL_PROGRAM = "entry system, trial"


@dataclass(frozen=True)
class Upstream:
    """A supplier that delivers to the one named before it: stage, goods, and who it is."""

    stage: str
    goods: str
    facts: PartyFacts
    commodity: str = ""  # empty: that of the shipment
    says_goods: bool = True  # False: the link says neither goods nor period


@dataclass(frozen=True)
class Batch:
    """A lot by its number and weight; who delivered it, where it went in; ``is_line``: it is the goods imported."""

    lot: str
    kg: int
    goods: str
    hts: str = ""
    supplier: PartyFacts | None = None
    is_line: bool = False


@dataclass(frozen=True)
class Production:
    """A step of production: whose, what was done, how many days before importation, lots taken in and put out."""

    maker: PartyFacts
    process: str
    days_before: int
    took: tuple[Batch, ...]
    made: tuple[Batch, ...]
    paper: str


@dataclass(frozen=True)
class Demo:
    """A shipment: whose, when (days before today), what, from whom, and the chain above the maker, nearest first."""

    owner: str
    entry: str
    days_ago: int
    goods: str
    hts: str
    origin: str
    quantity: tuple[int, str]
    weight_kg: int
    value_usd: int
    maker: PartyFacts
    chain: tuple[Upstream, ...] = ()
    commodity: str = ""
    beside: tuple[Upstream, ...] = ()  # who else delivers to the firm that the last of the chain delivers to
    seller: PartyFacts | None = None
    imported_on: date | None = None
    lots: tuple[Production, ...] = ()
    shows: str = ""

    def imported(self, today: date) -> date:
        return self.imported_on or today - timedelta(days=self.days_ago)


def fictional(
    name: str,
    city: str,
    country: str,
    address: str,
    *,
    province: str = "",
    postal: str = "",
    native: str = "",
    uscc: str = "",
) -> PartyFacts:
    """An invented firm; its name says that it is."""
    return PartyFacts(
        name=f"{name} (fictional)",
        native_name=f"{native}（虚构）" if native else "",
        address=address,
        city=city,
        province=province,
        country=country,
        postal_code=postal,
        uscc=uscc,
    )


def listed(name: str, *, native: str = "", city: str = "", province: str = "") -> PartyFacts:
    """A listed entity by a name the list prints (or a Chinese name a public source ties to it)."""
    return PartyFacts(name=name, native_name=native, city=city, province=province, country="CN")


LOTUS = fictional("Lotus Bay Garments JSC", "Hai Phong", "VN", "18 Cat Bi Road")
RIVER_KNIT = fictional(
    "Qinghe River Knitting Co., Ltd.",
    "Shaoxing",
    "CN",
    "77 Jinke Road",
    province="Zhejiang",
    postal="312030",
    native="清河针织有限公司",
)
COIMBATORE = fictional("Noyyal Garment Works Pvt Ltd", "Tiruppur", "IN", "4 Avinashi Road")
SUN_MODULE = fictional("Strait Solar Module Sdn Bhd", "Penang", "MY", "9 Bayan Lepas Phase 3")
KINTA_MODULE = fictional("Kinta Valley Solar Sdn Bhd", "Ipoh", "MY", "12 Kinta Free Trade Zone")
MEKONG_CELL = fictional("Mekong Cell Technology JSC", "Bac Giang", "VN", "Lot 5, Quang Chau Park")
TOMATO_TRADER = fictional(
    "Bohai Food Trading Co., Ltd.", "Tianjin", "CN", "21 Donghai Road", postal="300456", native="渤海食品贸易有限公司"
)

SHIPMENTS = (
    Demo(
        HARBOR,
        "551-0900101-0",
        12,
        "Men's cotton T-shirts, knitted",
        "6109100012",
        "VN",
        (24000, "doz"),
        12400,
        96000,
        LOTUS,
        (
            Upstream("knitter or weaver", "greige knit fabric", RIVER_KNIT),
            Upstream(
                "spinner",
                "dyed melange cotton yarn",
                listed(
                    "Aksu Huafu Color Spinning Co., Ltd.",
                    native="阿克苏华孚色纺有限公司",
                    city="Aksu",
                    province="Xinjiang",
                ),
            ),
        ),
        "cotton",
        shows="listed spinner, three steps upstream",
    ),
    Demo(
        HARBOR,
        "551-0900102-8",
        9,
        "Women's cotton blouses, woven",
        "6206303041",
        "IN",
        (9000, "doz"),
        5100,
        61000,
        COIMBATORE,
        (
            Upstream(
                "dyer or finisher",
                "dyed poplin",
                fictional("Bhavani Processing Mills", "Erode", "IN", "2 Perundurai Road"),
            ),
            Upstream(
                "knitter or weaver", "grey poplin", fictional("Kaveri Weaving Sheds", "Karur", "IN", "31 Covai Road")
            ),
            Upstream(
                "spinner",
                "combed cotton yarn 40s",
                fictional("Palani Ring Spinners Ltd", "Dindigul", "IN", "Survey 118, Palani Road"),
            ),
            Upstream(
                "ginner", "ginned cotton", fictional("Narmada Ginning and Pressing", "Rajkot", "IN", "GIDC Plot 9")
            ),
            Upstream(
                "cotton farm",
                "seed cotton",
                fictional("Narmada Growers Cooperative", "Surendranagar", "IN", "Village Road"),
            ),
        ),
        "cotton",
        shows="every expected stage declared: no finding",
    ),
    Demo(
        HARBOR,
        "551-0900103-6",
        4,
        "Children's cotton T-shirts, knitted",
        "6109100040",
        "KH",
        (4000, "doz"),
        1900,
        15500,
        fictional("Tonle Apparel Co., Ltd.", "Phnom Penh", "KH", "National Road 4"),
        commodity="cotton",
        shows="nothing declared upstream: unknown, a person must look",
    ),
    Demo(
        SUNFIELD,
        "551-0900104-4",
        27,
        "Photovoltaic modules, crystalline silicon",
        "8541430010",
        "MY",
        (5200, "no"),
        114000,
        1240000,
        SUN_MODULE,
        (
            Upstream("cell maker", "solar cells", MEKONG_CELL),
            Upstream(
                "wafer maker",
                "monocrystalline wafers",
                fictional(
                    "Jiangbei Wafer Technology Co., Ltd.",
                    "Yangzhou",
                    "CN",
                    "5 Guangling Road",
                    province="Jiangsu",
                    postal="225006",
                    native="江北硅片科技有限公司",
                ),
            ),
            Upstream(
                "ingot maker",
                "monocrystalline ingots",
                fictional(
                    "Heshan Ingot Materials Co., Ltd.",
                    "Baotou",
                    "CN",
                    "88 Kundulun Street",
                    province="Inner Mongolia",
                    postal="014030",
                    native="禾山晶体材料有限公司",
                ),
            ),
            Upstream(
                "polysilicon producer",
                "polysilicon",
                listed(
                    "Xinjiang Daqo New Energy Co., Ltd.",
                    native="新疆大全新能源股份有限公司",
                    city="Shihezi",
                    province="Xinjiang",
                ),
            ),
        ),
        "polysilicon",
        shows="listed polysilicon producer, five steps upstream",
    ),
    Demo(
        SUNFIELD,
        "551-0900105-1",
        15,
        "Photovoltaic modules, crystalline silicon",
        "8541430010",
        "MY",
        (2600, "no"),
        57000,
        655000,
        KINTA_MODULE,
        (
            Upstream(
                "cell maker", "solar cells", fictional("Andaman Cell Works Sdn Bhd", "Kulim", "MY", "3 Hi-Tech Park")
            ),
            Upstream(
                "wafer maker", "wafers", fictional("Andaman Wafer Works Sdn Bhd", "Kulim", "MY", "5 Hi-Tech Park")
            ),
            Upstream("ingot maker", "ingots", fictional("Fjord Ingot AS", "Glomfjord", "NO", "Industriveien 1")),
            Upstream(
                "polysilicon producer",
                "polysilicon",
                fictional("Great Lakes Polysilicon LLC", "Hemlock", "US", "400 Silicon Drive"),
            ),
            Upstream(
                "metallurgical silicon smelter",
                "metallurgical silicon",
                fictional("Allegheny Silicon Smelting Inc", "Alloy", "US", "1 Kanawha Way"),
            ),
            Upstream(
                "quartz or quartzite mine",
                "quartzite",
                fictional("Blue Ridge Quartz LLC", "Spruce Pine", "US", "70 Mine Road"),
            ),
        ),
        "polysilicon",
        shows="every expected stage declared: no finding",
    ),
    Demo(
        RED_VALLEY,
        "551-0900106-9",
        18,
        "Tomato paste in aseptic drums, 36/38 brix",
        "2002908010",
        "CN",
        (80, "t"),
        82000,
        99000,
        TOMATO_TRADER,
        (
            Upstream(
                "first processor (paste or concentrate)",
                "tomato paste",
                fictional(
                    "Beiting Tomato Products Co., Ltd.",
                    "Changji",
                    "CN",
                    "126 Yan'an North Road, Changji City",
                    province="Xinjiang",
                    postal="831100",
                    native="北庭番茄制品有限公司",
                ),
            ),
        ),
        "tomatoes",
        shows="processor with a site in Xinjiang, two steps upstream",
    ),
    Demo(
        RED_VALLEY,
        "551-0900107-7",
        6,
        "Tomato paste in aseptic drums, 28/30 brix",
        "2002908020",
        "IT",
        (60, "t"),
        61500,
        88000,
        fictional("Piacenza Pomodoro SpA", "Piacenza", "IT", "Via Emilia 44"),
        (
            Upstream(
                "grower",
                "fresh tomatoes",
                fictional("Trebbia Growers Consortium", "Piacenza", "IT", "Strada Val Trebbia 3"),
            ),
        ),
        "tomatoes",
        shows="every expected stage declared: no finding",
    ),
    Demo(
        NORTHGATE,
        "551-0900108-5",
        8,
        "Laser printers, monochrome",
        "8443321010",
        "CN",
        (1500, "no"),
        15800,
        142000,
        listed(
            "Zhuhai Pantum Electronics Co. Ltd.", native="珠海奔图电子有限公司", city="Zhuhai", province="Guangdong"
        ),
        shows="the manufacturer itself is listed",
    ),
    Demo(
        NORTHGATE,
        "551-0900109-3",
        5,
        "Staplers and punches",
        "8472900000",
        "CN",
        (12000, "no"),
        6200,
        30100,
        fictional(
            "Nine Stars Stationery Co., Ltd.",
            "Ningbo",
            "CN",
            "9 Xinjiang Road, Haishu District",
            province="Zhejiang",
            postal="315010",
            native="九星文具有限公司",
        ),
        shows="look-alike name and a street named after Xinjiang: innocent",
    ),
    Demo(
        RED_VALLEY,
        "551-0900110-1",
        3,
        "Dried red dates, whole",
        "0813402020",
        "CN",
        (18, "t"),
        18300,
        41000,
        fictional(
            "Red Willow Date Cooperative",
            "Kunyu",
            "CN",
            "224th Regiment, 14th Division, XPCC",
            province="Xinjiang",
            postal="848116",
            native="红柳红枣专业合作社",
        ),
        commodity="jujubes",
        shows="a regiment of the Xinjiang Production and Construction Corps",
    ),
    Demo(
        HARBOR,
        "551-0900111-9",
        2,
        "Cotton bed linen, printed",
        "6302213010",
        "PK",
        (7000, "no"),
        8800,
        52000,
        fictional("Indus Home Textiles Ltd", "Karachi", "PK", "Plot 12, SITE Area"),
        (
            Upstream(
                "spinner",
                "cotton yarn",
                listed("Xinjiang Zhongtai Group Co. Ltd.", native="", city="Urumqi", province="Xinjiang"),
                says_goods=False,
            ),
        ),
        "cotton",
        shows="a link that does not say what goods: possible, a person must look",
    ),
    Demo(
        HARBOR,
        "551-0900112-7",
        0,
        "Cotton yarn, combed",
        "5205240090",
        "CN",
        (20, "t"),
        20400,
        74000,
        listed("Changji Esquel Textile Co., Ltd.", native="昌吉溢达纺织有限公司"),
        commodity="cotton",
        imported_on=date(2022, 6, 20),
        shows="imported the day before the presumption came into force",
    ),
    Demo(
        SUNFIELD,
        "551-0900113-5",
        7,
        "Aluminium extrusions for module frames",
        "7604295060",
        "VN",
        (40, "t"),
        40900,
        151000,
        fictional("Dong Nai Extrusion JSC", "Bien Hoa", "VN", "6 Amata Road"),
        (
            Upstream(
                "casthouse or remelter",
                "aluminium billet",
                fictional("Gulf of Tonkin Remelt JSC", "Hai Duong", "VN", "2 Dai An Park"),
            ),
            Upstream(
                "smelter",
                "primary aluminium",
                listed(
                    "Xinjiang East Hope Nonferrous Metals Co., Ltd.",
                    native="新疆东方希望有色金属有限公司",
                    province="Xinjiang",
                ),
            ),
        ),
        "aluminum",
        shows="listed smelter, three steps upstream",
    ),
    Demo(
        NORTHGATE,
        "551-0900114-3",
        10,
        "Wooden pencils",
        "9609100000",
        "CN",
        (90000, "gr"),
        21000,
        38700,
        fictional(
            "Jade Gate Pencil Co., Ltd.",
            "Dezhou",
            "CN",
            "55 Dongfeng Road",
            province="Shandong",
            postal="253000",
            native="玉门铅笔有限公司",
            uscc="91650100MA00000X1R",
        ),
        shows="registered in Xinjiang, plant elsewhere: a person must look",
    ),
    Demo(
        RED_VALLEY,
        "551-0900115-0",
        1,
        "Frozen squid rings",
        "0307430024",
        "CN",
        (22, "t"),
        24100,
        96500,
        fictional(
            "Qingdao Harbour Cold Store Co., Ltd.",
            "Qingdao",
            "CN",
            "3 Qianwan Port Road",
            province="Shandong",
            postal="266500",
            native="青港冷藏有限公司",
        ),
        (
            Upstream(
                "primary processor",
                "squid, cleaned",
                listed(
                    "Shandong Meijia Group Co., Ltd.",
                    native="山东美佳集团有限公司",
                    city="Rizhao",
                    province="Shandong",
                ),
            ),
        ),
        "seafood",
        shows="listed processor, two steps upstream",
    ),
    Demo(
        NORTHGATE,
        "551-0900116-8",
        11,
        "Steel filing cabinets",
        "9403100040",
        "VN",
        (800, "no"),
        26000,
        71000,
        fictional("Red River Office Furniture JSC", "Hanoi", "VN", "14 Thang Long Park"),
        shows="no stage model for these goods: no finding, chain unknown",
    ),
    Demo(
        HARBOR,
        "551-0900117-6",
        5,
        "Cotton sweaters, knitted",
        "6110202069",
        "BD",
        (6000, "doz"),
        9900,
        128000,
        fictional("Meghna Sweater Works Ltd", "Gazipur", "BD", "12 Konabari Road"),
        (
            Upstream(
                "dyer or finisher",
                "dyed yarn",
                fictional("Turag Yarn Dyeing Ltd", "Savar", "BD", "5 Hemayetpur Road"),
            ),
            Upstream(
                "spinner",
                "carded cotton yarn",
                fictional("Lakeside Ring Spinning Ltd", "Narayanganj", "BD", "40 Shitalakshya Road"),
            ),
            Upstream(
                "ginner",
                "ginned cotton",
                fictional(
                    "Peacock River Ginning Co., Ltd.",
                    "Korla",
                    "CN",
                    "8 Shihua Avenue, Korla",
                    province="Xinjiang",
                    postal="841000",
                    native="孔雀河轧花有限公司",
                ),
            ),
        ),
        "cotton",
        (
            Upstream(
                "ginner",
                "ginned cotton",
                fictional("Saurashtra Cotton Ginning", "Rajkot", "IN", "GIDC Plot 31, Metoda"),
            ),
        ),
        shows="spinner with two ginners, one with a site in Xinjiang, four steps upstream",
    ),
)
