"""Made chains, for tests of how a chain is shown. Every firm is invented but the listed one."""

from datetime import date

from entities.domain.facts import PartyFacts
from entities.services import jobs, suppliers
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment, add_shipment

LISTED = PartyFacts(name="Aksu Huafu Color Spinning Co., Ltd.", country="CN")
MAKER = PartyFacts(name="Example Bay Garments JSC", city="Hai Phong", country="VN")
MILL = PartyFacts(name="Example Knitting Mill Co., Ltd.", city="Ningbo", province="Zhejiang", country="CN")
SINCE = date(2025, 1, 10)
KNITS = {"commodity": "cotton", "stage": "knitter or weaver", "goods": "knitted fabric"}
SPINS = {"commodity": "cotton", "stage": "spinner", "goods": "cotton yarn"}


def firm(owner, facts):
    """The supplier an organisation declares."""
    return suppliers.declare_parties(owner, [facts])[suppliers.fingerprint(facts)].supplier


def supply(owner, actor, supplier, customer, **said):
    """A link of one organisation, since January 2025 unless told otherwise."""
    ends = [firm(owner, one) if isinstance(one, PartyFacts) else one for one in (supplier, customer)]
    return suppliers.declare_link(*ends, actor=actor, declared_by=owner, **({"valid_from": SINCE} | said))


def ship(owner, actor, *makers):
    """T-shirts of some makers, screened."""
    shipment = add_shipment(
        DeclaredShipment(
            imported_on=date(2026, 5, 4),
            lines=(DeclaredLine(1, "Cotton T-shirts", ("6109100012",)),),
            parties=tuple(DeclaredRole("manufacturer", maker) for maker in makers or (MAKER,)),
        ),
        owner=owner,
        actor=actor,
    )
    jobs.work_off()
    shipment.refresh_from_db()
    return shipment


def chain_to_listed(owner, actor, **yarn):
    """Shirts, their maker, its knitting mill, and the listed spinner two steps above the maker."""
    supply(owner, actor, MILL, MAKER, **KNITS)
    supply(owner, actor, LISTED, MILL, **(SPINS | yarn))
    return ship(owner, actor)


def wide_chain(owner, actor, mills, spinners=1):
    """So many knitting mills behind one maker, the listed spinner behind the last of them, others behind the rest."""
    for number in range(mills):
        mill = PartyFacts(name=f"Example Mill {number:03} Co., Ltd.", city="Ningbo", country="CN")
        supply(owner, actor, mill, MAKER, **KNITS)
        for spinner in range(spinners if number < mills - 1 else 0):
            yarn = PartyFacts(name=f"Example Spinning {number:03}-{spinner} Co., Ltd.", country="IN")
            supply(owner, actor, yarn, mill, **SPINS)
    supply(owner, actor, LISTED, mill, **SPINS)
    return ship(owner, actor)


def deep_chain(owner, actor):
    """Five steps to a listed ginner, every firm in both scripts; and beside the spinner a firm on the list of which
    nobody says what it delivers."""
    names = (
        ("dyer or finisher", "dyed fabric", "Harbour Dyeing and Finishing", "港印染", "Zhejiang"),
        ("knitter or weaver", "knitted fabric", "Lakeside Knitting Mill", "湖针织", "Jiangsu"),
        ("spinner", "cotton yarn", "Plain Ring Spinning", "平原纺纱", "Shandong"),
    )
    customer = MAKER
    for stage, goods, name, native, province in names:
        seller = PartyFacts(f"Example {name} Co., Ltd.", f"示例{native}有限公司", province=province, country="CN")
        supply(owner, actor, seller, customer, commodity="cotton", stage=stage, goods=goods)
        customer = seller
    supply(owner, actor, LISTED, customer, commodity="cotton", stage="ginner", goods="ginned cotton")
    supply(owner, actor, PartyFacts(name="Changji Esquel Textile Co., Ltd.", country="CN"), customer, valid_from=None)
    return ship(owner, actor)
