"""What files of shipments are taken, said before anybody sends one."""

MIB = 1024 * 1024
MAX_FILE_BYTES = 50 * MIB
MAX_FILES = 40
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".zip")
# Files that are archives by their make and tables by their meaning.
WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".ods")
ACCEPT = ",".join(ENDINGS)
LIMITS_IN_WORDS = (
    f"CSV, Excel (XLSX, XLSM, XLSB, XLS) or OpenDocument (ODS) files, up to {MAX_FILE_BYTES // MIB} MB each, "
    f"at most {MAX_FILES} at once, or a ZIP of them. Files that need a password cannot be read."
)


def is_taken(name: str) -> bool:
    """Whether the ending is one of those taken. What is inside is told by its content when it is read."""
    return name.lower().endswith(ENDINGS)
