"""A short chain and papers on it, as plain values: what tests of placing, ties and the grid begin with."""

from itertools import count

from evidence.domain.laid import ChainStep, Laid
from evidence.domain.papers import CasePaper, FieldRead, PaperRead, Place
from evidence.domain.placing import Named, place
from evidence.reference import placing_rules

_keys = count(1)
PACKAGE = ChainStep("package", "The package", "package", commodity="general")
IMPORT = ChainStep("import", "Harbor", "importer", commodity="cotton", country="US")
SEWER = ChainStep("1", "Lotus", "garment maker", 7, "cotton", country="VN", step=1, supplies=("import",))
KNITTER = ChainStep("2", "Qinghe", "knitter or weaver", 5, "cotton", country="CN", step=2, supplies=("1",))
SPINNER = ChainStep("3", "Baimu", "spinner", 4, "cotton", country="CN", step=3, supplies=("2",))
GIN = ChainStep("stage-ginner", "ginner", "ginner", 2, "cotton", is_gap=True, supplies=("3",))
CHAIN = (PACKAGE, IMPORT, SEWER, KNITTER, SPINNER, GIN)
NAMES = {"Lotus": "1", "Qinghe": "2", "Baimu": "3", "Harbor": "importer"}


def field(name, value, unit="", line=None, page=1, confidence=1.0):
    return FieldRead(name, value, value, Place(page), confidence, unit, line)


def paper(type_, *, lines=(), unread=(), foreign=(), pages=1, blank=False, confidence=1.0, **said):
    """A paper; a field as ``name="value"``, ``name=("value", "unit")`` or a list of values, lines as such dicts."""
    key = next(_keys)
    reads = []
    for line, row in [(None, said), *enumerate(lines, 1)]:
        for name, value in row.items():
            for one in value if isinstance(value, list) else [value]:
                text, unit = one if isinstance(one, tuple) else (one, "")
                reads.append(field(name, text, unit, line, confidence=confidence))
    read = PaperRead(type_, 1, pages, tuple(reads), is_blank_form=blank)
    return CasePaper(key, key, key, f"{key}.pdf", read, tuple(unread), tuple(foreign))


def who(value):
    return Named(NAMES[value], True, f"It names {value}.") if value in NAMES else None


def same_party(one, other):
    return one == other


def laid(*papers, steps=CHAIN, persons=None, **more):
    placed = place(papers, steps, rules=placing_rules(), who=who, persons=persons or {})
    return Laid(steps, papers, placed, same_party=same_party, **more)


def invoice(**said):
    return paper("COMMERCIAL_INVOICE", **{"seller": "Baimu", "buyer": "Qinghe", "document_number": "INV-8841", **said})


def order(**said):
    return paper("PURCHASE_ORDER", **{"seller": "Baimu", "buyer": "Qinghe", "document_number": "PO-77", **said})


def payment(**said):
    return paper("PROOF_OF_PAYMENT", **{"payee": "Baimu", "payer": "Qinghe", "reference": "INV-8841", **said})
