"""What files of shipments are taken, said before anybody sends one."""

import re
from pathlib import PurePosixPath

MIB = 1024 * 1024
MAX_FILE_BYTES = 50 * MIB
MAX_FILES = 40
LONGEST_NAME = 300
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".zip")
# Files that are archives by their make and tables by their meaning.
WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".ods")
ACCEPT = ",".join(ENDINGS)
LIMITS_IN_WORDS = (
    f"CSV, Excel (XLSX, XLSM, XLSB, XLS) or OpenDocument (ODS) files, up to {MAX_FILE_BYTES // MIB} MB each, "
    f"at most {MAX_FILES} at once, or a ZIP of them. Files that need a password cannot be read."
)

# Control characters, and the marks that turn the direction of writing.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff\ud800-\udfff]"
)


def shown_name(given: str) -> str:
    """A sender's name for a file, fit to be shown: its last part, nothing unseen, the ending kept when shortened."""
    name = PurePosixPath(_UNSEEN.sub("", given).replace("\\", "/")).name.strip()
    if not name:
        return "file without a name"
    ending = PurePosixPath(name).suffix[:20]
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - len(ending) - 1] + "…" + ending


def is_taken(name: str) -> bool:
    """Whether the ending is one of those taken. What is inside is told by its content when it is read."""
    return name.lower().endswith(ENDINGS)
