"""Listed names as papers write them: each function gives one kind of variant, or nothing where it does not apply."""

# ruff: noqa: E501, SIM905 (tables and word lists)

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from opencc import OpenCC

from entities.domain.names.palladius import cyrillic_of_pinyin
from entities.domain.names.scripts import readings
from entities.domain.names.words import NameParser

_T = OpenCC("s2t")
FORM = re.compile(r"[,.]?\s*(?:\(Group\)\s*)?(?:Co\.?,?\s*,?\s*Ltd\.?|Co\.|Limited|Corporation|, Ltd\.)\s*$")
FORMS = (" CO LTD", " Company Limited", " Co.,Ltd", " CO., LIMITED", " Ltd", " Co", " COMPANY LTD.", "")
SHORT = {
    "Group": "Grp", "Holdings": "Hldgs", "Textile": "Tex", "Textiles": "Tex", "Industry": "Ind", "Industrial": "Indl",
    "Technology": "Tech", "International": "Intl", "Trading": "Trdg", "Trade": "Trd", "Chemical": "Chem",
    "Import": "Imp", "Export": "Exp", "Manufacturing": "Mfg", "Development": "Dev", "Construction": "Constr",
    "Engineering": "Engg", "Products": "Prods", "Materials": "Matls", "Investment": "Inv", "Electronics": "Elec",
    "Agricultural": "Agri", "Pharmaceutical": "Pharm", "Machinery": "Mach",
}  # fmt: skip
SPELLINGS = {
    "Aksu": "Akesu", "Kashgar": "Kashi", "Turpan": "Tulufan", "Hetian": "Hotan", "Kuche": "Kuqa", "Lop": "Luopu",
    "Kuitun": "Kuytun", "Yili": "Ili", "Karamay": "Kelamayi", "Xinjiang": "Sinkiang", "Inner Mongolia": "Neimenggu",
    "Hami": "Kumul", "Awati": "Awat", "Shihezi": "Shi He Zi", "Huyanghe": "Hu Yang He", "Shaya": "Xayar",
}  # fmt: skip
PROVINCES = {
    "Baoding": "Hebei", "Zhuhai": "Guangdong", "Dongguan": "Guangdong", "Hefei": "Anhui", "Nanjing": "Jiangsu",
    "Changzhou": "Jiangsu", "Baotou": "Inner Mongolia", "Binzhou": "Shandong", "Dalian": "Liaoning",
    "Hangzhou": "Zhejiang", "Jinan": "Shandong", "Jining": "Shandong", "Junan": "Shandong", "Heze": "Shandong",
    "Lanxi": "Zhejiang", "Nanyang": "Henan", "Ningbo": "Zhejiang", "Qingdao": "Shandong", "Taiyuan": "Shanxi",
    "Weifang": "Shandong", "Zhangzhou": "Fujian", "Aksu": "Xinjiang", "Kashgar": "Xinjiang", "Turpan": "Xinjiang",
    "Hetian": "Xinjiang", "Kuche": "Xinjiang", "Kuitun": "Xinjiang", "Shihezi": "Xinjiang", "Changji": "Xinjiang",
    "Yili": "Xinjiang", "Awati": "Xinjiang", "Shaya": "Xinjiang", "Huyanghe": "Xinjiang", "Jiangyin": "Jiangsu",
    "Wuxi": "Jiangsu", "Changsha": "Hunan", "Rizhao": "Shandong", "Lop County": "Xinjiang",
}  # fmt: skip
_KEYS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip
_OCR = (("o", "0"), ("l", "1"), ("i", "l"), ("m", "rn"), ("s", "5"), ("b", "8"), ("g", "q"), ("e", "c"), ("u", "v"))
_RUSSIAN = {
    "textile": "Текстиль", "textiles": "Текстиль", "chemical": "Кемикал", "cotton": "Коттон", "food": "Фуд",
    "foods": "Фудс", "trading": "Трейдинг", "trade": "Трейд", "group": "Групп", "industry": "Индастри",
    "international": "Интернешнл", "technology": "Технолоджи", "logistics": "Логистика", "industrial": "Индастриал",
}  # fmt: skip


@dataclass(frozen=True)
class Base:
    """One listed name to vary, and what is known of its entity."""

    key: str
    text: str
    han: tuple[str, ...]
    location: str


Kind = Callable[[Base, random.Random], str | None]


def bare(text: str) -> str:
    return FORM.sub("", text).strip()


def slip(word: str, dice: random.Random) -> str:
    """One slip of the pen: letters swapped, left out, doubled, or the key beside."""
    place = dice.randrange(1, len(word) - 1)
    how = dice.randrange(4)
    if how == 0 and word[place] != word[place + 1]:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if how == 1:
        return word[:place] + word[place + 1 :]
    if how == 2:
        return word[:place] + word[place] + word[place:]
    return word[:place] + dice.choice(_KEYS.get(word[place].lower(), "e")) + word[place + 1 :]


def slips(text: str, count: int, dice: random.Random) -> str | None:
    words = text.split()
    long = [i for i, w in enumerate(words) if len(w) >= 6 and w.isalpha()]
    if len(long) < count:
        return None
    for place in dice.sample(long, count):
        words[place] = slip(words[place], dice)
    varied = " ".join(words)
    return varied if varied != text else None


def upper(b: Base, dice: random.Random) -> str | None:
    return b.text.upper() if dice.random() < 0.7 else b.text.lower()


def punctuation(b: Base, dice: random.Random) -> str | None:
    text = re.sub(r"[.,()&’-]", lambda m: dice.choice(["", " ", "."]), b.text)
    return text if text != b.text else None


def legal_form(b: Base, dice: random.Random) -> str | None:
    return bare(b.text) + dice.choice(FORMS) if FORM.search(b.text) else None


def abbreviation(b: Base, dice: random.Random) -> str | None:
    words = [SHORT.get(w, w) for w in b.text.split()]
    return " ".join(words) if words != b.text.split() else None


def typo_1(b: Base, dice: random.Random) -> str | None:
    return slips(b.text, 1, dice)


def typo_2(b: Base, dice: random.Random) -> str | None:
    return slips(b.text, 2, dice)


def word_order(b: Base, dice: random.Random) -> str | None:
    words = bare(b.text).split()
    if len(words) < 3 or "(" in b.text or not FORM.search(b.text):
        return None
    head, rest = words[0], " ".join(words[1:])
    return dice.choice([f"{rest} ({head}) Co., Ltd.", f"{rest} {head} Co Ltd", f"{rest} Co., Ltd. {head}"])


def truncated(b: Base, dice: random.Random) -> str | None:
    return b.text.upper()[:35].strip() if len(b.text) > 38 else None


def _head(text: str) -> str:
    heads = (*PROVINCES, *SPELLINGS, *set(PROVINCES.values()))
    return next((h for h in sorted(heads, key=len, reverse=True) if text.startswith(h + " ")), "")


def place_absent(b: Base, dice: random.Random) -> str | None:
    head = _head(b.text)
    rest = b.text[len(head) :].strip()
    return rest if head and re.match(r"(?!Cotton|Energy|Tomato|Nonferrous|Production|Hair|Corps)", rest) else None


def place_present(b: Base, dice: random.Random) -> str | None:
    province = PROVINCES.get(_head(b.text))
    return f"{province}{dice.choice([' ', ' Province ', ' '])}{b.text}" if province else None


def place_swapped(b: Base, dice: random.Random) -> str | None:
    """The province for the city, or the city for the province, or another spelling of the same place."""
    head = _head(b.text)
    if head in SPELLINGS and dice.random() < 0.6:
        return SPELLINGS[head] + b.text[len(head) :]
    if head in PROVINCES:
        return PROVINCES[head] + b.text[len(head) :]
    city = b.location.split(",")[0].split(" City")[0].split(" (")[0]
    return city + b.text[len(head) :] if head and b.location.count(",") == 1 and city not in b.text else None


def vietnamese(b: Base, dice: random.Random) -> str | None:
    name = bare(b.text)
    return dice.choice(["CÔNG TY TNHH {}", "CTY TNHH {}", "Công ty Cổ phần {}", "CONG TY TNHH MTV {}"]).format(name)


def cyrillic(b: Base, dice: random.Random) -> str | None:
    words = [_RUSSIAN.get(w.lower()) or cyrillic_of_pinyin(w.lower()) for w in bare(b.text).split()]
    if not all(words) or len(words) < 2:
        return None
    return f"ООО «{' '.join(w.title() for w in words if w)}»" if dice.random() < 0.5 else " ".join(words) + " Ко., Лтд"  # type: ignore[arg-type]


def ocr(b: Base, dice: random.Random) -> str | None:
    words = b.text.split()
    for place in dice.sample(range(len(words)), len(words)):
        for one, other in dice.sample(_OCR, len(_OCR)):
            if len(words[place]) > 4 and one in words[place][1:]:
                words[place] = words[place][0] + words[place][1:].replace(one, other, 1)
                return " ".join(words)
    return None


def address_in_cell(b: Base, dice: random.Random) -> str | None:
    number, road = dice.randrange(1, 900), dice.choice(["RENMIN ROAD", "GONGYE AVE", "JIEFANG SOUTH RD", "XINHUA ST"])
    tail = dice.choice(["", " CHINA", ", P.R. CHINA", " DISTRICT"])
    return f"{b.text}{dice.choice([' ', ', ', chr(10)])}NO.{number} {road}{tail}"


def agent_in_cell(b: Base, dice: random.Random) -> str | None:
    return dice.choice(["BLUE HARBOR FREIGHT O/B {}", "{} C/O BLUE HARBOR LOGISTICS", "ON BEHALF OF {}"]).format(
        b.text
    )


def joined(b: Base, dice: random.Random) -> str | None:
    words = bare(b.text).split()
    if len(words) < 3 or not (words[0] + words[1]).isalpha():
        return None
    return " ".join([words[0] + words[1], *words[2:]]) + " Co., Ltd."


# Kinds of Chinese names -------------------------------------------------------------------------------------------


def zh_form(han: str, dice: random.Random) -> str | None:
    short = re.sub(r"(?:股份|责任)?有限(?:责任)?公司$", "", han)
    if short == han or len(short) < 4:
        return None
    return short + dice.choice(["有限公司", "股份有限公司", "有限责任公司", "公司", ""])


def zh_traditional(han: str, dice: random.Random) -> str | None:
    changed = _T.convert(han)
    return changed if changed != han else None


def zh_brackets(han: str, dice: random.Random) -> str | None:
    if "(" in han:
        return han.replace("(", "（").replace(")", "）") if dice.random() < 0.5 else re.sub(r"[()]", "", han)
    head = re.match(r"新疆|阿克苏|珠海|合肥|安徽|江苏|四川|昌吉|吐鲁番|湖北|河南|包头|宁波|东莞|南京|珠海", han)
    rest = re.match(r"(.{2,6}?)(有限公司|股份有限公司|有限责任公司)$", han[head.end() :]) if head else None
    return f"{rest.group(1)}（{head.group()}）{rest.group(2)}" if head and rest else None


def zh_spaced(han: str, dice: random.Random) -> str | None:
    if dice.random() < 0.4:
        return " ".join(han)
    place = dice.randrange(2, max(3, len(han) - 2))
    return f"{han[:place]}{dice.choice([' ', '　', '  '])}{han[place:]}"


def zh_pinyin_split(parser: NameParser, han: str, dice: random.Random) -> str | None:
    text = " ".join(readings(c)[0] for c in re.sub(r"[^\u4e00-\u9fff]", "", han))
    return text.upper() if dice.random() < 0.5 else text.title()


def zh_pinyin_joined(parser: NameParser, han: str, dice: random.Random) -> str | None:
    words = ["".join(readings(c)[0] for c in w.text) for w in parser.chinese(han).words]
    text = " ".join(w.title() for w in words)
    if dice.random() < 0.5:
        return re.sub(r" (?:Gufen|Zeren)? ?Youxian.*$", " Co., Ltd.", text)
    return text


def zh_pinyin_brand(parser: NameParser, han: str, dice: random.Random) -> str | None:
    """Place and brand by sound, trades translated: how a forwarder writes a firm it knows in Chinese only."""
    english = {
        "textile": "Textile", "chemical": "Chemical", "cotton": "Cotton", "energy/new": "New Energy",
        "logistics": "Logistics", "biotech": "Biotech", "silicon": "Silicon Industry", "steel": "Iron & Steel",
        "group": "Group", "industry": "Industry", "technology": "Technology", "solar": "Solar", "food": "Food",
        "garment": "Garment", "mining": "Mining", "materials/new": "New Materials", "electric/electronic": "Electronic",
        "zinc": "Zinc", "textile/colorspinning": "Color Spinning", "information": "Information", "biotech/technology":
        "Biotechnology", "cotton/linen": "Cotton & Linen", "metal/nonferrous": "Nonferrous Metals", "fiber": "Fiber",
        "shoe": "Shoes", "hair/accessories": "Hair Accessories", "energy": "Energy", "development": "Development",
    }  # fmt: skip
    words = []
    for word in parser.chinese(han).words:
        if word.kind == "form":
            continue
        sound = "".join(readings(c)[0] for c in word.text).title()
        translated = english.get(word.concept)
        if word.kind not in ("place", "distinct") and translated is None:
            return None
        words.append(translated or sound)
    return f"{' '.join(words)} Co., Ltd." if len(words) > 2 else None


LATIN: dict[str, Kind] = {
    "case": upper, "punctuation": punctuation, "legal form": legal_form, "abbreviation": abbreviation,
    "one slip": typo_1, "two slips": typo_2, "word order": word_order, "cut at 35": truncated,
    "place absent": place_absent, "place present": place_present, "place swapped": place_swapped,
    "vietnamese": vietnamese, "cyrillic": cyrillic, "ocr": ocr, "address in cell": address_in_cell,
    "agent in cell": agent_in_cell, "words joined": joined,
}  # fmt: skip
HAN: dict[str, Callable[[str, random.Random], str | None]] = {
    "chinese form": zh_form, "chinese traditional": zh_traditional, "chinese brackets": zh_brackets,
    "chinese spaced": zh_spaced,
}  # fmt: skip
SOUND: dict[str, Callable[[NameParser, str, random.Random], str | None]] = {
    "pinyin split": zh_pinyin_split, "pinyin joined": zh_pinyin_joined, "pinyin and english": zh_pinyin_brand,
}  # fmt: skip
