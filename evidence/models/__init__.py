"""What the importer sent and what it proves."""

from evidence.models.assessment import Assessment, Citation
from evidence.models.document import Document, Mention, Page
from evidence.models.exhibit import Exhibit
from evidence.models.export import CaseExport

__all__ = ["Assessment", "CaseExport", "Citation", "Document", "Exhibit", "Mention", "Page"]
