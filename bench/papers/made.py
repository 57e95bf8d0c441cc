"""A paper as it is thought up, before any layout draws it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

Value = str | tuple[str, str]  # a quantity with its unit


@dataclass
class Sheet:
    """One paper on one page: its type, what it says as a whole, its lines of goods, and how it looks."""

    slot: str
    type: str
    head: dict[str, Value]
    lines: list[dict[str, Value]] = field(default_factory=list)
    layout: str = ""
    scanned: bool = False
    illegible: bool = False
    blacked_out: bool = False

    @property
    def number(self) -> str:
        return str(self.head.get("document_number", ""))


@dataclass(frozen=True)
class Fault:
    """A fault that was planted: what a check should say, and on which papers. ``also``: what else follows from it."""

    code: str
    slots: tuple[str, ...]
    note: str
    also: tuple[str, ...] = ()


@dataclass
class Stage:
    label: str
    firm: Firm | None
    converts: bool = True


@dataclass(frozen=True)
class Firm:
    """An invented firm with both its names."""

    name: str
    native: str
    address: str
    native_address: str
    registration: str
    bank: str


@dataclass
class Pile:
    """A file of papers for one case, with the truth about it."""

    name: str
    commodity: str
    half: str
    sheets: list[Sheet]
    stages: list[Stage]
    faults: list[Fault] = field(default_factory=list)

    def __getitem__(self, slot: str) -> Sheet:
        return next(one for one in self.sheets if one.slot == slot)

    def drop(self, slot: str) -> None:
        self.sheets = [one for one in self.sheets if one.slot != slot]


_FIRST = (
    "Hengyuan Jinlong Dongfang Ruixing Tianhe Baisheng Fuhua Xinda Yongtai Huamao Longteng Mingyang Shunfeng Guanghui"
)
_FIRST_ZH = "恒源 金隆 东方 瑞兴 天合 百盛 富华 信达 永泰 华茂 龙腾 明阳 顺丰 光辉"
_CITIES = (
    ("Nantong", "Jiangsu", "226000", "江苏省南通市", "3206"),
    ("Weifang", "Shandong", "261000", "山东省潍坊市", "3707"),
    ("Shaoxing", "Zhejiang", "312000", "浙江省绍兴市", "3306"),
    ("Leshan", "Sichuan", "614000", "四川省乐山市", "5111"),
    ("Luoyang", "Henan", "471000", "河南省洛阳市", "4103"),
    ("Baoding", "Hebei", "071000", "河北省保定市", "1306"),
    ("Foshan", "Guangdong", "528000", "广东省佛山市", "4406"),
)
_STREETS = (
    ("Jianshe Road", "建设路"),
    ("Gongye Avenue", "工业大道"),
    ("Binhe Road", "滨河路"),
    ("Xingye Street", "兴业街"),
    ("Kaifa Road", "开发路"),
)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class Inventor:
    """Thinks up firms, numbers and days, the same for the same seed."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)
        self._names = list(zip(_FIRST.split(), _FIRST_ZH.split(), strict=True))
        self._cities = list(_CITIES)
        self.random.shuffle(self._names)
        self.random.shuffle(self._cities)

    def firm(self, trade: tuple[str, str]) -> Firm:
        """A firm of this trade; no two of one inventor share a name or a town."""
        (name, native), city = self._names.pop(), self._cities.pop()
        street, street_zh = self.random.choice(_STREETS)
        house = self.random.randint(2, 398)
        return Firm(
            f"{city[0]} {name} {trade[0]} Co., Ltd.",
            f"{city[3][3:5]}{native}{trade[1]}有限公司",
            f"No. {house} {street}, {city[0]}, {city[1]} {city[2]}, China",
            f"{city[3]}{street_zh}{house}号",
            self.registration(city[4]),
            "".join(self.random.choice("0123456789") for _ in range(18)),
        )

    def registration(self, place: str) -> str:
        """A unified social credit code with its check character."""
        body = "91" + place + "00MA" + "".join(self.random.choice(_ALPHABET) for _ in range(7))
        total = sum(_ALPHABET.index(letter) * pow(3, at, 31) for at, letter in enumerate(body))
        return body + _ALPHABET[(31 - total % 31) % 31]

    def number(self, prefix: str, digits: int = 6) -> str:
        return prefix + str(self.random.randint(10 ** (digits - 1) + 1, 10**digits - 1))

    def container(self) -> str:
        """A container number with its check digit."""
        body = self.random.choice(("TEMU", "MSKU", "CSQU", "TGHU")) + self.number("", 6)
        values = {letter: value for letter, value in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _LETTERS, strict=True)}
        total = sum(
            values.get(letter, 0) * 2**at if letter in values else int(letter) * 2**at
            for at, letter in enumerate(body)
        )
        return body + str(total % 11 % 10)

    def day(self, first: date, within: int) -> date:
        return first + timedelta(days=self.random.randint(1, within))


_LETTERS = [value for value in range(10, 39) if value % 11][:26]
