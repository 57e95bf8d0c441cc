"""What the importer sent and what it proves."""

from evidence.models.assessment import Assessment, Citation
from evidence.models.check import AlarmDismissal, PaperCheck, StatedYield
from evidence.models.document import Document, Mention, Page, PageLayout
from evidence.models.exhibit import Exhibit
from evidence.models.export import CaseExport
from evidence.models.grid import ChosenCommodity, KeptSearch, PaperPlacement, ProofGrid
from evidence.models.packet import Packet
from evidence.models.paper import Paper, PaperField
from evidence.models.replacement import Replacement
from evidence.models.supplier_request import SupplierDelivery, SupplierRequest
from evidence.models.translation import Translation

__all__ = [
    "AlarmDismissal",
    "Assessment",
    "CaseExport",
    "ChosenCommodity",
    "Citation",
    "Document",
    "Exhibit",
    "KeptSearch",
    "Mention",
    "Packet",
    "Page",
    "PageLayout",
    "Paper",
    "PaperCheck",
    "PaperField",
    "PaperPlacement",
    "ProofGrid",
    "Replacement",
    "StatedYield",
    "SupplierDelivery",
    "SupplierRequest",
    "Translation",
]
