"""Invented shipments, chains, parties and papers to measure with. The same every time."""

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from config.demo import papers
from entities.domain.facts import PartyFacts
from entities.models import Listing, Organization, User
from entities.services import suppliers
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment

WORDS = (
    "Harmony",
    "Golden",
    "Eastern",
    "Bright",
    "River",
    "Lotus",
    "Jade",
    "Summit",
    "Ocean",
    "Pacific",
    "Silver",
    "Evergreen",
    "Northern",
    "Prosper",
    "Unity",
    "Crystal",
    "Phoenix",
    "Dragon",
)
TRADES = (
    "Textile",
    "Garment",
    "Knitting",
    "Electronics",
    "Solar",
    "Foods",
    "Chemical",
    "Plastics",
    "Furniture",
    "Hardware",
    "Shoes",
    "Toys",
)
PLACES = (
    ("Shaoxing", "Zhejiang", "CN"),
    ("Ningbo", "Zhejiang", "CN"),
    ("Dongguan", "Guangdong", "CN"),
    ("Suzhou", "Jiangsu", "CN"),
    ("Qingdao", "Shandong", "CN"),
    ("Hai Phong", "", "VN"),
    ("Chittagong", "", "BD"),
    ("Tiruppur", "Tamil Nadu", "IN"),
)
STAGES = ("fabric", "yarn", "lint cotton", "seed cotton")
EVERY_NTH_IS_LISTED = 50


def parties(count: int, *, seed: int) -> Iterator[PartyFacts]:
    """Invented firms, others for each seed; every fiftieth carries the name of a listed entity."""
    dice = random.Random(seed)
    listed = list(Listing.objects.order_by("pk").values_list("name", flat=True)[:500])
    for number in range(count):
        city, province, country = dice.choice(PLACES)
        invented = f"{city} {dice.choice(WORDS)} {dice.choice(WORDS)} {dice.choice(TRADES)} Co., Ltd. {seed + number}"
        yield PartyFacts(
            name=dice.choice(listed) if number % EVERY_NTH_IS_LISTED == 0 else invented,
            address=f"No. {dice.randrange(1, 999)} {dice.choice(WORDS)} Road",
            city=city,
            province=province,
            country=country,
        )


def shipments(count: int, *, owner: Organization, actor: User, chains: int) -> Iterator[DeclaredShipment]:
    """Shipments of two lines and three parties, their makers shared, each maker with four suppliers above it."""
    firms = list(parties(chains * (len(STAGES) + 1) + count, seed=1))
    makers = []
    for start in range(0, chains * (len(STAGES) + 1), len(STAGES) + 1):
        chain = firms[start : start + len(STAGES) + 1]
        makers.append(chain[0])
        rows = [suppliers.add_supplier(firm, organization=owner, actor=actor) for firm in chain]
        for customer, supplier, stage in zip(rows[:-1], rows[1:], STAGES, strict=True):
            if customer != supplier:
                suppliers.declare_link(
                    supplier, customer, actor=actor, declared_by=owner, commodity="cotton", stage=stage, goods=stage
                )
    for number in range(count):
        lines = [
            DeclaredLine(number=1, description="Cotton T-shirts", hts_codes=("6109100012",), origin_country="VN"),
            DeclaredLine(number=2, description="Cotton trousers", hts_codes=("6203424011",), origin_country="VN"),
        ]
        yield DeclaredShipment(
            bill_of_lading=f"BENCH{number:08}",
            imported_on=date(2026, 3, 1),
            lines=tuple(lines),
            parties=(
                DeclaredRole("manufacturer", makers[number % chains]),
                DeclaredRole("shipper", firms[-1 - number]),
                DeclaredRole("importer", PartyFacts(name=owner.name, city="Long Beach", country="US")),
            ),
        )


def paper(folder: Path, pages: int) -> Path:
    """A PDF of invoices, forty lines on each page."""
    dice = random.Random(20211223)
    lines = [
        [f"{row:3} {dice.choice(WORDS)} {dice.choice(TRADES)} {dice.randrange(9999)} kg" for row in range(40)]
        for _ in range(pages)
    ]
    path = folder / "invoices.pdf"
    path.write_bytes(papers.pdf(lines))
    return path
