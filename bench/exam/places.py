"""Addresses in Xinjiang as papers write them, and addresses elsewhere that look like it."""

# ruff: noqa: E501, SIM905 (tables and word lists)

import random
from collections.abc import Callable, Iterator

from opencc import OpenCC

from entities import reference
from entities.domain.gazetteer import Place

_T = OpenCC("s2t")
COLUMNS = (
    "half", "kind", "expected", "name", "native_name", "address", "city", "province", "country", "postal_code", "uscc",
    "phone", "mid",
)  # fmt: skip
REGION = (
    "Xinjiang",
    "XUAR",
    "Xinjiang Uygur Autonomous Region",
    "Xinjiang, China",
    "Xinjiang Uyghur Autonomous Region",
)
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
Row = dict[str, str]
ELSEWHERE = (
    ("Shanghai", "上海市", "200041"), ("Tianjin", "天津市", "300020"), ("Nanjing", "江苏省南京市", "210012"),
    ("Qingdao", "山东省青岛市", "266071"), ("Dalian", "辽宁省大连市", "116011"), ("Wuhan", "湖北省武汉市", "430022"),
    ("Shenzhen", "广东省深圳市", "518031"), ("Chengdu", "四川省成都市", "610031"), ("Suzhou", "江苏省苏州市", "215021"),
    ("Xi'an", "陕西省西安市", "710001"), ("Zhengzhou", "河南省郑州市", "450052"), ("Harbin", "黑龙江省哈尔滨市", "150010"),
)  # fmt: skip
ROADS = (
    "Renmin Road",
    "Jiefang South Road",
    "Gongye 2nd Street",
    "Tuanjie Road",
    "Beijing Road",
    "Shanghai East Road",
)
ROADS_ZH = ("人民路", "解放南路", "工业二路", "团结路", "北京路", "上海东路", "山东路", "深圳大道")


def uscc(area: str, dice: random.Random) -> str:
    """A well-formed credit code of nobody: both check characters right (GB 32100-2015, GB 11714)."""
    body = [dice.choice("123456789MA"[:9]) for _ in range(8)]
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    inner = 11 - sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11
    code = "91" + area + "".join(body) + ("X" if inner == 10 else "0" if inner == 11 else str(inner))
    total = sum(_USCC.index(c) * pow(3, i, 31) for i, c in enumerate(code))
    return code + _USCC[(31 - total % 31) % 31]


def positive_rows(dice: random.Random) -> Iterator[tuple[str, str, Row]]:
    """Key of the place, kind, fields of the party."""
    places = [p for p in reference.places() if p.code and p.level in ("prefecture", "county", "city")]
    places += [p for p in reference.places() if p.level == "xpcc" and p.code.startswith("6590") and len(p.code) == 6]
    by_code = {p.code: p for p in places}
    for place in places:
        parent = by_code.get(place.parent)
        number, road, road_zh = dice.randrange(1, 400), dice.choice(ROADS), dice.choice(ROADS_ZH)
        zh_parent = parent.name_zh if parent and parent is not place else ""
        en_parent = f", {parent.name_en}" if parent and parent is not place else ""
        yield place.code, "chinese full", {"address": f"新疆维吾尔自治区{zh_parent}{place.name_zh}{road_zh}{number}号"}
        yield place.code, "chinese short", {"address": f"新疆{place.name_zh}{road_zh}{number}号"}
        yield place.code, "chinese without region", {
            "address": f"{zh_parent}{place.name_zh}{road_zh}{number}号", "country": "CN"}  # fmt: skip
        yield (
            place.code,
            "chinese traditional",
            {"address": _T.convert(f"新疆{zh_parent}{place.name_zh}{road_zh}{number}号")},
        )
        yield place.code, "english", {
            "address": f"No. {number} {road}, {place.name_en}{en_parent}, {dice.choice(REGION)}", "country": "CN"}  # fmt: skip
        yield place.code, "pinyin", {
            "address": f"{number} {road}, {' '.join(place.syllables).title()}, {dice.choice(REGION)}".upper(),
            "country": "China"}  # fmt: skip
        if parent and parent is not place and not parent.ambiguous:
            yield place.code, "english without region", {
                "address": f"{number} {road}, {place.name_en}", "city": parent.name_en, "country": "CN"}  # fmt: skip
        yield place.code, "fields", {"address": f"{number} {road}", "city": place.name_en, "province": dice.choice(REGION),
                                     "country": "CN"}  # fmt: skip
        code = f"8{dice.choice('34')}{dice.randrange(10_000):04}"
        yield place.code, "postal code only", {
            "address": f"{number} {road}", "postal_code": code, "country": "CN"}  # fmt: skip
        yield place.code, "postal code in address", {
            "address": f"{number} {road}, {place.pinyin}, {code}, P.R. China"}  # fmt: skip
        if place.code.startswith("65"):
            yield place.code, "credit code", {"uscc": uscc(place.code, dice), "country": "CN"}
        if place.name_ug:
            yield place.code, "uyghur script", {"address": f"{place.name_ug}, {number}"}
        for spelling in place.spellings:
            if spelling.isascii() and len(spelling) > 4 and not place.ambiguous:
                yield place.code, "other spelling", {
                    "address": f"{number} {road}, {spelling}, Xinjiang", "country": "CN"}  # fmt: skip
                yield place.code, "other spelling as city", {
                    "address": f"{number} {road}", "city": spelling, "country": "CN"}  # fmt: skip
    yield from _corps(dice)


def _corps(dice: random.Random) -> Iterator[tuple[str, str, Row]]:
    numbers = "一二三四五六七八九十"
    ordinals = ("First", "2nd", "Third", "4th", "Fifth", "6th", "Seventh", "8th", "Ninth", "10th")
    for place in range(10):
        regiment = dice.randrange(21, 190)
        yield f"corps {place}", "corps", {"address": f"新疆生产建设兵团第{numbers[place]}师{regiment}团"}
        yield (
            f"corps {place}",
            "corps",
            {"address": f"农{numbers[place]}师{regiment}团{dice.randrange(1, 20)}连", "country": "CN"},
        )
        yield f"corps {place}", "corps", {"address": f"第{numbers[place]}师{regiment}团", "province": "新疆"}
        yield (
            f"corps {place}",
            "corps",
            {"address": f"Regiment {regiment}, XPCC {ordinals[place]} Division", "country": "CN"},
        )
        yield (
            f"corps {place}",
            "corps",
            {"address": f"{ordinals[place]} Agricultural Division, Production and Construction Corps"},
        )


Maker = Callable[[random.Random, Place, tuple[str, str, str]], Row]


def _road_zh(dice: random.Random, place: Place, city: tuple[str, str, str]) -> Row:
    return {
        "address": f"{city[1]}{place.stem_zh or place.name_zh}{dice.choice(['路', '街', '东路', '中路'])}{dice.randrange(1, 300)}号"
    }


def _road_en(dice: random.Random, place: Place, city: tuple[str, str, str]) -> Row:
    road = dice.choice(["Road", "Rd", "Street", "East Road", "Lu", "North Rd"])
    return {"address": f"{dice.randrange(1, 900)} {place.pinyin} {road}, {city[0]} {city[2]}, China", "country": "CN"}


def _firm(dice: random.Random, place: Place, city: tuple[str, str, str]) -> Row:
    return {
        "name": f"{place.pinyin} Road Hardware Co., Ltd.", "address": f"{dice.randrange(1, 90)} Zhongshan Road",
        "city": city[0], "postal_code": city[2], "country": "CN",
    }  # fmt: skip


def _dish(dice: random.Random, place: Place, city: tuple[str, str, str]) -> Row:
    dish = dice.choice(
        ["Xinjiang Noodle Restaurant", "Xinjiang Kebab House Restaurant", "Turpan Cafe", "Kashgar Grill"]
    )
    return {"name": dish, "address": f"{dice.randrange(1, 90)} Main Street", "city": "Flushing", "country": "US"}


_MAKERS: dict[str, Maker] = {
    "road chinese": _road_zh,
    "road english": _road_en,
    "firm named after a road": _firm,
    "dish": _dish,
}
_ABROAD = (
    ("IN", "Patna, Bihar {}", "84"), ("IN", "Ranchi, Jharkhand {}", "83"), ("IN", "Gaya, Bihar - {}", "82"),
    ("NG", "Borno State {}", "60"), ("VN", "Thuan Bac, Ninh Thuan {}", "66"), ("VN", "Ho Chi Minh City {}", "70"),
    ("JP", "Fukuoka {}", "83"), ("SG", "Singapore {}", "83"), ("RU", "Krasnodar {}", "35"), ("KZ", "Almaty {}", "05"),
    ("IN", "Madhubani, Bihar {}", "84"), ("IN", "Dumka, Jharkhand {}", "81"), ("CO", "Cali {}", "76"), ("EC", "Quito {}", "17"),
)  # fmt: skip
_SUBSTRINGS = (
    ("Manila", "PH"), ("Iligan City", "PH"), ("Alabaster, Alabama", "US"), ("Hamilton, Ontario", "CA"),
    ("Kashiwa, Chiba", "JP"), ("Turin", "IT"), ("Hamina", "FI"), ("Altamira", "MX"), ("Aksum", "ET"), ("Alat", "AZ"),
    ("Aksaray", "TR"), ("Korla Street, Ankara", "TR"), ("Hotan Cad. Istanbul", "TR"), ("Kumulus Park, Istanbul", "TR"),
    ("Ilioupoli, Athens", "GR"), ("Brasilia", "BR"), ("Lille", "FR"), ("Tacheng Tower, Taipei", "TW"),
    ("Kashima", "JP"), ("Hamilton", "NZ"), ("Yilan", "TW"), ("Turku", "FI"), ("Arallo", "IT"), ("Shawano, WI", "US"),
)  # fmt: skip


def negative_rows(dice: random.Random) -> Iterator[tuple[str, str, Row]]:
    named = [p for p in reference.places() if p.level in ("region", "prefecture", "county", "city")]
    for kind, make in _MAKERS.items():
        for place in named:
            for _ in range(2):
                city = dice.choice(ELSEWHERE)
                yield f"{kind} {place.code}", kind, make(dice, place, city)
    for number in range(300):
        country, where, start = dice.choice(_ABROAD)
        code = f"{start}{dice.randrange(10_000):04}"
        row = {"address": f"{dice.randrange(1, 400)} Station Road, {where.format(code)}", "country": country}
        yield f"abroad {number}", "code abroad", row | ({"postal_code": code} if number % 2 else {})
    for number, (where, country) in enumerate(_SUBSTRINGS * 5):
        yield f"inside {where}", "name inside a name", {
            "address": f"{dice.randrange(1, 900)} Harbor Road, {where}", "country": country if number % 3 else ""}  # fmt: skip
    others = [d for d in reference.divisions() if not d.code.startswith("65")]
    names = {d.code: d for d in others}
    for division in dice.sample(others, 2_400):
        province = names.get(division.code[:2] + "0000")
        if division.level == "province" or province is None:
            continue
        number = dice.randrange(1, 500)
        if dice.random() < 0.5:
            prefecture = names.get(division.code[:4] + "00")
            middle = prefecture.name_zh if prefecture and prefecture is not division else ""
            address = f"{province.name_zh}{middle}{division.name_zh}{dice.choice(ROADS_ZH)}{number}号"
            yield division.code, "elsewhere chinese", {"address": address}
        else:
            yield division.code, "elsewhere english", {
                "address": f"No.{number} {dice.choice(ROADS)}, {division.latin[0].title()}, {province.latin[0].title()}",
                "country": "CN"}  # fmt: skip


def place_rows(dice: random.Random, half_of: Callable[[str], str]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The columns and the rows of places.csv."""
    rows: list[tuple[str, ...]] = []
    for expected, made in (("xinjiang", positive_rows(dice)), ("elsewhere", negative_rows(dice))):
        for key, kind, fields in made:
            rows.append((half_of(key), kind, expected, *(fields.get(column, "") for column in COLUMNS[3:])))
    return COLUMNS, list(dict.fromkeys(rows))
