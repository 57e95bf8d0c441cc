"""Realistic chains of four commodities: two conversions and three sales, with the papers that each leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bench.papers.made import Firm, Inventor, Pile, Sheet, Stage, Value


@dataclass(frozen=True)
class Goods:
    """What is sold at one stage."""

    name: str
    native: str
    hts: str
    price: str  # USD per kilogram
    trade: tuple[str, str]  # what its seller calls itself
    stage: str


@dataclass(frozen=True)
class Window:
    """Three goods in a row, and which share of each becomes the next."""

    commodity: str
    goods: tuple[Goods, Goods, Goods]
    processes: tuple[tuple[str, str], tuple[str, str]]
    shares: tuple[str, str]
    certificate: str


SEED = Goods("Seed cotton", "籽棉", "1404909090", "0.82", ("Cotton Growers", "棉花种植"), "cotton farm")
LINT = Goods("Lint cotton", "皮棉", "5201001090", "2.05", ("Cotton Ginning", "棉业"), "ginner")
YARN = Goods("Cotton yarn", "棉纱", "5205230020", "3.40", ("Textile Spinning", "纺织"), "spinner")
FABRIC = Goods("Greige fabric", "坯布", "5208120020", "5.10", ("Weaving", "织造"), "knitter or weaver")
QUARTZ = Goods("Quartz", "石英", "2506100000", "0.06", ("Quartz Mining", "石英矿业"), "quartz mine")
SILICON = Goods("Silicon metal", "工业硅", "2804695000", "2.10", ("Silicon", "硅业"), "metallurgical silicon smelter")
POLY = Goods(
    "Polysilicon", "多晶硅", "2804610000", "9.80", ("New Energy Materials", "新能源材料"), "polysilicon producer"
)
INGOT = Goods("Silicon ingot", "硅锭", "3818000010", "14.50", ("Crystal", "晶体"), "ingot maker")
TOMATO = Goods("Fresh tomatoes", "鲜番茄", "0702006045", "0.11", ("Agriculture", "农业"), "grower")
PASTE = Goods("Tomato paste", "番茄酱", "2002908050", "1.15", ("Tomato Processing", "番茄制品"), "first processor")
SAUCE = Goods("Tomato sauce", "番茄沙司", "2103204020", "1.60", ("Foods", "食品"), "packer")
BAUXITE = Goods("Bauxite", "铝土矿", "2606000060", "0.05", ("Bauxite Mining", "铝矿"), "bauxite mine")
ALUMINA = Goods("Alumina", "氧化铝", "2818200000", "0.42", ("Alumina", "氧化铝业"), "alumina refinery")
METAL = Goods("Primary aluminium", "原铝", "7601103000", "2.30", ("Aluminium", "铝业"), "smelter")
BILLET = Goods("Aluminium billet", "铝棒", "7601209045", "2.55", ("Aluminium Casting", "铝材铸造"), "casthouse")

GINNING, SPINNING, WEAVING = ("Ginning", "轧花"), ("Spinning", "纺纱"), ("Weaving", "织造")
SMELTING, DEPOSITION, PULLING = (
    ("Silicon smelting", "硅冶炼"),
    ("Polysilicon", "多晶硅还原"),
    ("Ingot pulling", "拉晶"),
)
CONCENTRATING, PACKING = ("Tomato concentrate", "番茄浓缩"), ("Packing", "灌装")
REFINING, REDUCTION, CASTING = ("Alumina refining", "氧化铝生产"), ("Aluminium smelting", "电解"), ("Casting", "铸造")
WINDOWS = (
    Window("cotton", (SEED, LINT, YARN), (GINNING, SPINNING), ("0.365", "0.84"), "ORIGIN_DECLARATION"),
    Window("cotton", (LINT, YARN, FABRIC), (SPINNING, WEAVING), ("0.85", "0.965"), "ORIGIN_DECLARATION"),
    Window("polysilicon", (QUARTZ, SILICON, POLY), (SMELTING, DEPOSITION), ("0.37", "0.87"), "LOT_CERTIFICATE"),
    Window("polysilicon", (SILICON, POLY, INGOT), (DEPOSITION, PULLING), ("0.86", "0.91"), "LOT_CERTIFICATE"),
    Window("tomatoes", (TOMATO, PASTE, SAUCE), (CONCENTRATING, PACKING), ("0.17", "1.6"), "ORIGIN_DECLARATION"),
    Window("aluminum", (BAUXITE, ALUMINA, METAL), (REFINING, REDUCTION), ("0.43", "0.515"), "MILL_TEST_CERTIFICATE"),
    Window("aluminum", (ALUMINA, METAL, BILLET), (REDUCTION, CASTING), ("0.515", "0.975"), "MILL_TEST_CERTIFICATE"),
)

PORTS = (("Qingdao", "青岛"), ("Shanghai", "上海"), ("Ningbo", "宁波"))
TO = (("Los Angeles", "洛杉矶"), ("Savannah", "萨凡纳"), ("Houston", "休斯敦"))
IMPORTERS = ("Cedar Point Trading LLC", "Blue Harbor Imports Inc.", "Prairie Star Supply Corp.")


class Builder:
    """Builds the papers of one window, in order of their days."""

    def __init__(self, name: str, window: Window, half: str) -> None:
        self.invent = Inventor(name)
        self.window = window
        self.pile = Pile(name, window.commodity, half, [], [])
        self.first = date(2025, 2, 1) + timedelta(days=self.invent.random.randint(0, 200))

    def build(self, firms: list[Firm] | None = None, importer: str = "") -> Pile:
        """The whole file, without a fault; of these firms and this importer, where they are given."""
        window, invent = self.window, self.invent
        invented = [invent.firm(goods.trade) for goods in window.goods]
        firms = firms or invented
        street = f"{invent.random.randint(100, 980)} Market Street, Dallas, TX 75201"
        buyer = Firm(importer or invent.random.choice(IMPORTERS), "", street, "", "", "")
        amount = Decimal(invent.random.randint(40, 90) * 1000)
        day = self.first
        lot = invent.number(f"{_initials(firms[0])}-", 5)
        for at, key in enumerate("uab"):
            seller, customer = firms[at], firms[at + 1] if at < 2 else buyer
            lots = self._lots(lot, amount) if at == 2 else [(lot, amount)]
            day = self._sale(key, window.goods[at], seller, customer, lots, day)
            self._licence(key, seller)
            if at == 2:
                break
            maker, made_lot = firms[at + 1], invent.number(f"{_initials(firms[at + 1])}-", 5)
            share = Decimal(window.shares[at])
            output = (amount * share).quantize(Decimal("1"))
            day = invent.day(day, 6)
            outputs = self._lots(made_lot, output) if at == 1 else [(made_lot, output)]
            self._production("ab"[at], at, maker, [(lot, amount)], outputs, day)
            lot, amount = made_lot, output
        self._stock_book(firms[2], amount, day)
        self._package(firms, buyer)
        self.pile.stages = [Stage(goods.stage, firm) for goods, firm in zip(window.goods, firms, strict=True)]
        self.pile.stages[0].converts = False
        return self.pile

    def _lots(self, lot: str, amount: Decimal) -> list[tuple[str, Decimal]]:
        half = (amount * Decimal("0.4")).quantize(Decimal("1"))
        return [(f"{lot}A", half), (f"{lot}B", amount - half)]

    def add(self, slot: str, type_: str, head: dict[str, Value], lines: list[dict[str, Value]] | None = None) -> Sheet:
        sheet = Sheet(slot, type_, head, lines or [])
        self.pile.sheets.append(sheet)
        return sheet

    def _sale(
        self, key: str, goods: Goods, seller: Firm, buyer: Firm, lots: list[tuple[str, Decimal]], day: date
    ) -> date:
        """Order, invoice, packing list, payment, transport and receipt; the last sale is the export."""
        invent, last = self.invent, key == "b"
        order, bill = invent.number("PO-", 6), invent.number("INV", 7)
        carried = invent.number("MSCUQD", 6) if last else invent.number("WB", 8)
        price, total_kg = Decimal(goods.price), sum((size for _, size in lots), Decimal(0))
        ordered, invoiced = invent.day(day, 4), invent.day(day + timedelta(days=5), 5)
        left = invoiced + timedelta(days=invent.random.randint(0, 2))
        came, paid = (
            left + timedelta(days=invent.random.randint(2, 5)),
            left + timedelta(days=invent.random.randint(3, 9)),
        )
        lines: list[dict[str, Value]] = []
        for at, (lot, size) in enumerate(lots, start=1):
            value = (size * price).quantize(Decimal("0.01"))
            lines.append(
                {
                    "goods": goods.name, "part": invent.number(f"{goods.name[:2].upper()}-{at}", 5), "hts": goods.hts,
                    "lot": lot,
                    "quantity": (f"{size}", "kg"), "unit_price": goods.price, "amount": f"{value}",
                }
            )  # fmt: skip
        total = sum((Decimal(str(line["amount"])) for line in lines), Decimal(0))
        both: dict[str, Value] = {"seller": seller.name, "seller_address": seller.address, "buyer": buyer.name}
        self.add(f"{key}.po", "PURCHASE_ORDER",
            {"document_number": order, "date": f"{ordered}", **both, "total": f"{total}", "currency": "USD",
             "is_signed": "yes"},
            [_only(line, "goods", "part", "quantity", "unit_price", "amount") for line in lines])  # fmt: skip
        port, to = invent.random.choice(PORTS)[0], invent.random.choice(TO)[0]
        box = invent.container()
        shipping: dict[str, Value] = (
            {"port_of_loading": port, "port_of_discharge": to, "container_number": box} if last else {}
        )
        self.add(f"{key}.inv", "COMMERCIAL_INVOICE",
            {"document_number": bill, "date": f"{invoiced}", **both, "buyer_address": buyer.address,
             "order_number": order, **_only(shipping, "port_of_loading", "port_of_discharge"),
             "total": f"{total}", "currency": "USD", "origin": "CN"},
            [_only(line, "goods", "part", "hts", "quantity", "unit_price", "amount") for line in lines])  # fmt: skip
        gross = (total_kg * Decimal("1.02")).quantize(Decimal("1"))
        self.add(f"{key}.pl", "PACKING_LIST",
            {"document_number": invent.number("PL", 6), "date": f"{invoiced}", "seller": seller.name,
             "buyer": buyer.name, "invoice_number": bill, **_only(shipping, "container_number"),
             "net_weight": (f"{total_kg}", "kg"), "gross_weight": (f"{gross}", "kg")},
            [_only(line, "goods", "part", "lot", "quantity") for line in lines])  # fmt: skip
        self.add(f"{key}.pay", "PROOF_OF_PAYMENT",
            {"document_number": invent.number("TT", 8), "date": f"{paid}", "payer": buyer.name, "payee": seller.name,
             "bank_account": seller.bank, "total": f"{total}", "currency": "USD", "reference": bill})  # fmt: skip
        self.add(f"{key}.bl", "BILL_OF_LADING" if last else "TRANSPORT_DOCUMENT",
            {"document_number": carried, "date": f"{left}", "shipper": seller.name, "consignee": buyer.name,
             "invoice_number": bill, **shipping, "quantity": (f"{total_kg}", "kg"),
             "gross_weight": (f"{gross}", "kg")})  # fmt: skip
        if last:
            self.add("b.decl", "EXPORT_DECLARATION",
                {"declaration_number": invent.number("5301", 14), "date": f"{invoiced}", "seller": seller.name,
                 "registration_number": seller.registration, "bl_number": carried, "invoice_number": bill,
                 "container_number": box, "gross_weight": (f"{gross}", "kg"), "net_weight": (f"{total_kg}", "kg"),
                 "total": f"{total}", "currency": "USD"},
                
                [_only(line, "part", "goods", "hts", "quantity", "unit_price", "amount") for line in lines],
            )  # fmt: skip
            self.add("b.cert", self.window.certificate,
                {"document_number": invent.number("CO", 8), "date": f"{invoiced}", "manufacturer": seller.name,
                 "address": seller.address, "origin": "CN", "invoice_number": bill, "is_signed": "yes"},
                [_only(line, "goods", "lot") for line in lines])  # fmt: skip
        else:
            self.add(f"{key}.grn", "INPUT_RECEIPT",
                {"document_number": invent.number("GRN", 6), "date": f"{came}", "holder": buyer.name,
                 "supplier": seller.name, "invoice_number": bill, "is_signed": "yes"},
                [_only(line, "goods", "lot", "quantity") for line in lines])  # fmt: skip
        return came

    def _production(
        self,
        key: str,
        at: int,
        maker: Firm,
        inputs: list[tuple[str, Decimal]],
        outputs: list[tuple[str, Decimal]],
        day: date,
    ) -> None:
        into, made = self.window.goods[at], self.window.goods[at + 1]
        lines: list[dict[str, Value]] = [
            {"goods": into.name, "input_lot": lot, "input_quantity": (f"{size}", "kg")} for lot, size in inputs
        ]
        lines += [
            {"goods": made.name, "output_lot": lot, "output_quantity": (f"{size}", "kg")} for lot, size in outputs
        ]
        self.add(f"{key}.prod", "PRODUCTION_RECORD",
            {"document_number": self.invent.number("WO", 6), "date": f"{day}", "holder": maker.name,
             "process": self.window.processes[at][0]}, lines)  # fmt: skip

    def _licence(self, key: str, firm: Firm) -> None:
        self.add(f"{key}.licence", "ENTITY_PROFILE",
            {"holder": firm.name, "registration_number": firm.registration, "address": firm.address,
             "date": f"{date(2016, 3, 1) + timedelta(days=self.invent.random.randint(0, 900))}"})  # fmt: skip

    def _stock_book(self, firm: Firm, made: Decimal, day: date) -> None:
        opening = Decimal(self.invent.random.randint(500, 4000))
        lines: list[dict[str, Value]] = []
        for lot, size in self._lots(str(self.pile["b.pl"].lines[0]["lot"])[:-1], made):
            left = (size * Decimal("0.03")).quantize(Decimal("1"))
            lines.append(
                {"lot": lot, "opening": ("0", "kg"), "received": (f"{size}", "kg"), "issued": (f"{size - left}", "kg"),
                 "closing": (f"{left}", "kg")}
            )  # fmt: skip
        lines.append(
            {"lot": self.invent.number("OLD-", 5), "opening": (f"{opening}", "kg"), "received": ("0", "kg"),
             "issued": ("400", "kg"), "closing": (f"{opening - 400}", "kg")}
        )  # fmt: skip
        self.add("b.stock", "INVENTORY_LEDGER",
            {"document_number": self.invent.number("SB", 5), "date": f"{day + timedelta(days=9)}",
             "holder": firm.name},
            lines)  # fmt: skip

    def _package(self, firms: list[Firm], buyer: Firm) -> None:
        day = self.first + timedelta(days=90)
        self.add("audit", "CREDIBLE_AUDIT",
            {"document_number": self.invent.number("AR", 6), "date": f"{day}", "holder": firms[1].name,
             "address": firms[1].address, "auditor": "Meridian Assurance Partners Pte. Ltd."})  # fmt: skip
        self.add("log", "CBP_INQUIRY_LOG",
            {"document_number": self.invent.number("CBP", 6), "date": f"{day + timedelta(days=4)}"},
            [{"question": "Which lots are in this entry?", "answer": "See the packing list."},
             {"question": "Who carried the goods to the port?", "answer": "The carrier of the waybill."}])  # fmt: skip
        self.add("index", "DOCUMENT_INDEX",
            {"document_number": self.invent.number("IDX", 5), "date": f"{day + timedelta(days=5)}"})  # fmt: skip


def finish(pile: Pile) -> None:
    """Write the index over the papers that are there."""
    if any(one.slot == "index" for one in pile.sheets) and not pile["index"].lines:
        pile["index"].lines = [
            {"listed_number": str(number), "goods": one.type.replace("_", " ").capitalize()}
            for one in pile.sheets
            if one.slot != "index"
            and (number := one.head.get("document_number") or one.head.get("declaration_number"))
        ]


def _only(values: dict[str, Value], *names: str) -> dict[str, Value]:
    return {name: values[name] for name in names if name in values}


def _initials(firm: Firm) -> str:
    return "".join(word[0] for word in firm.name.split()[:3])
