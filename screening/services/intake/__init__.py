"""Files of shipments: received, read, their columns settled, their rows stored, and nothing of them lost."""

from screening.services.intake.links import customer_named
from screening.services.intake.mapping import confirm_mapping, propose
from screening.services.intake.receiving import SameFile, receive_files, receive_sent
from screening.services.intake.running import (
    ask_to_screen,
    end_import,
    import_now,
    resume_import,
    run_import,
    screen_batch,
)
from screening.services.intake.storing import finish

__all__ = [
    "SameFile",
    "ask_to_screen",
    "confirm_mapping",
    "customer_named",
    "end_import",
    "finish",
    "import_now",
    "propose",
    "receive_files",
    "receive_sent",
    "resume_import",
    "run_import",
    "screen_batch",
]
