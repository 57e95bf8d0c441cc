"""What files are taken, said before anybody sends one."""

from screening.domain.intake.kinds import KINDS, SHIPMENTS, FileKind

MIB = 1024 * 1024
MAX_FILE_BYTES = 50 * MIB
MAX_FILES = 40
MAX_BODY_BYTES = 512 * MIB  # of shipments as JSON
# Files that are archives by their make and tables by their meaning.
WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".ods")
ACCEPT = {code: ",".join(kind.endings) for code, kind in KINDS.items()}
_LIMITS = (
    f"CSV, Excel (XLSX, XLSM, XLSB, XLS) or OpenDocument (ODS) files, up to {MAX_FILE_BYTES // MIB} MB each, "
    f"at most {MAX_FILES} at once, or a ZIP of them. Files that need a password cannot be read."
)
LIMITS_IN_WORDS = {
    "shipments": _LIMITS,
    "links": f"{_LIMITS} Ownership statements are taken as JSON (Beneficial Ownership Data Standard).",
}


def is_taken(name: str, kind: FileKind = SHIPMENTS) -> bool:
    """Whether the ending is one of those taken. What is inside is told by its content when it is read."""
    return name.lower().endswith(kind.endings)
