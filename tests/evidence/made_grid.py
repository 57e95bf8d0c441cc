"""A case of cotton T-shirts with a declared chain and papers as if read, made past the readers. Names are invented."""

import hashlib
from datetime import date

from django.core.files.base import ContentFile

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.services import jobs, suppliers
from evidence.models import Document, Exhibit, Page, Paper, PaperField
from evidence.services.checking import check
from screening.models import Case
from screening.services.cases import open_case
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment, add_shipment
from tests.factories import make_organization, make_user
from tests.screening.made_cases import make_listing

IMPORTER = "Harbor Example Knit LLC"
BALES = "Bayan Ginning Co., Ltd."
SEWER = PartyFacts(name="Lotus Bay Garments JSC", city="Hai Phong", country="VN")
KNITTER = PartyFacts(
    name="Qinghe River Knitting Co., Ltd.", native_name="清河针织有限公司", city="Shaoxing", country="CN"
)
SPINNER = PartyFacts(
    name="Baimu Cotton Spinning Co., Ltd.", native_name="白木棉纺有限公司", city="Nantong", country="CN"
)


def make_cotton_case(name=IMPORTER):
    """T-shirts from a sewer, fabric from a knitter, yarn from a spinner; the rest of the chain is not declared."""
    make_listing()
    importer = make_organization(name=name)
    member = make_user(Role.IMPORTER_MEMBER, importer)
    rows = {one.name: suppliers.add_supplier(one, organization=importer, actor=member) for one in CHAIN}
    for supplier, customer, stage, goods in LINKS:
        suppliers.declare_link(
            rows[supplier.name], rows[customer.name], actor=member, declared_by=importer, commodity="cotton",
            stage=stage, goods=goods, valid_from=date(2025, 1, 1),
        )  # fmt: skip
    shipment = add_shipment(
        DeclaredShipment(
            imported_on=date(2026, 5, 4),
            lines=(DeclaredLine(1, "Men's cotton T-shirts, knitted", ("6109100012",), origin_country="VN"),),
            parties=(DeclaredRole("manufacturer", SEWER), DeclaredRole("importer", PartyFacts(name=name))),
        ),
        owner=importer,
        actor=member,
    )
    jobs.work_off()
    shipment.refresh_from_db()
    case = shipment.cases.first() or open_case(
        shipment, actor=make_user(Role.ANALYST), reason="The chain is not known."
    )
    return Case.objects.get(pk=case.pk)


CHAIN = (SEWER, KNITTER, SPINNER)
LINKS = (
    (KNITTER, SEWER, "knitter or weaver", "greige knit fabric"),
    (SPINNER, KNITTER, "spinner", "combed cotton yarn"),
)


def make_paper(case, type_, *, unread=(), foreign=(), pages=1, is_blank_form=False, lines=(), **fields):
    """A paper of its own document; fields as ``name="value"`` or ``name=("value", "unit")``, lines as such dicts."""
    number = case.exhibits.count() + 1
    content = f"{case.pk} {number} {type_} {fields} {lines}".encode()
    document = Document.objects.create(
        organization=case.importer, file_name=f"{number} {type_.lower()}.pdf", size=len(content), page_count=pages,
        sha256=hashlib.sha256(content).hexdigest(), state=Document.State.READ,
        uploaded_by=case.importer.memberships.first().user,
    )  # fmt: skip
    document.file.save("paper", ContentFile(content))
    Page.objects.bulk_create(
        Page(document=document, number=one, text="" if one in unread else f"{type_} page {one} {fields}",
             has_text=one not in unread, needs_translation=one in foreign,
             sha256=hashlib.sha256(f"{number}/{one}".encode()).hexdigest())
        for one in range(1, pages + 1)
    )  # fmt: skip
    Exhibit.objects.create(case=case, document=document, number=number, added_by=document.uploaded_by)
    paper = Paper.objects.create(
        document=document, first_page=1, last_page=pages, type=type_, confidence=0.9, is_blank_form=is_blank_form
    )
    rows = [(None, fields), *enumerate(lines, 1)]
    PaperField.objects.bulk_create(_field(paper, name, said, line) for line, one in rows for name, said in one.items())
    return paper


def _field(paper, name, said, line):
    value, unit = said if isinstance(said, tuple) else (said, "")
    box = [0.1, 0.2, 0.4, 0.22]
    return PaperField(paper=paper, name=name, value=value, text=value, unit=unit, line=line, page_number=1, box=box)


def a_sale(case, seller, buyer, *, number, kg="12000", price="4.40", paid=None, carried=None):
    """Order, invoice, payment and waybill of one sale that tie, but for what is given otherwise."""
    total = str(round(float(kg) * float(price), 2))
    parties = {"seller": seller, "buyer": buyer}
    goods = [{"goods": "yarn", "quantity": (kg, "kg"), "unit_price": price}]
    return [
        make_paper(case, "PURCHASE_ORDER", document_number=f"PO-{number}", date="2026-01-05", total=total,
                   currency="USD", lines=goods, **parties),
        make_paper(case, "COMMERCIAL_INVOICE", document_number=f"INV-{number}", order_number=f"PO-{number}",
                   date="2026-02-01", total=total, currency="USD", lines=goods, **parties),
        make_paper(case, "PROOF_OF_PAYMENT", document_number=f"TT-{number}", reference=f"INV-{number}",
                   date="2026-02-20", total=paid or total, currency="USD", payer=buyer, payee=seller),
        make_paper(case, "TRANSPORT_DOCUMENT", document_number=f"WB-{number}", invoice_number=f"INV-{number}",
                   date="2026-02-03", quantity=(carried or kg, "kg"), shipper=seller, consignee=buyer),
    ]  # fmt: skip


def make_checked_case():
    """Yarn sold by the spinner with a waybill that says too much; the knitter's own sale lacks its payment."""
    case = make_cotton_case()
    a_sale(case, "Baimu Cotton Spinning Company Limited", "清河针织有限公司", number="8841", carried="14100")
    make_paper(case, "PURCHASE_ORDER", document_number="PO-77", seller=KNITTER.name, buyer="Lotus Bay Garments JSC")
    make_paper(case, "ENTITY_PROFILE", holder=SPINNER.native_name, foreign=(1,))
    make_paper(case, "COMMERCIAL_INVOICE", document_number="T-1", seller="Tianshan Agency", buyer="Nobody Ltd.")
    check(case)
    case.refresh_from_db()
    return case


def step_of(case, name):
    """The key of the step that bears this name."""
    return next(one["key"] for one in case.proof_grid.content["steps"] if name in one["label"])


def cell(case, name, family):
    return case.proof_grid.content["cells"][step_of(case, name)][family]
