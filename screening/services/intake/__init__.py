"""Files of shipments: received, read, their columns settled, their rows stored, and nothing of them lost."""

from screening.services.intake.links import customer_named
from screening.services.intake.mapping import confirm_mapping, propose
from screening.services.intake.receiving import SameFile, receive_files
from screening.services.intake.running import import_now, resume_import, run_import, screen_batch

__all__ = [
    "SameFile",
    "confirm_mapping",
    "customer_named",
    "import_now",
    "propose",
    "receive_files",
    "resume_import",
    "run_import",
    "screen_batch",
]
