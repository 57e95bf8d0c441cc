"""What kind of file was sent: decided by its content, and only if its name says the same.

A closed list. A file is taken when the first bytes are those of a listed kind and the ending of its name
belongs to that kind; an Office file must also hold the main part of its kind, which only its reader can see
(``office_kind``, ``compound_kind``). Everything else is refused with a reason and a remedy, so that what is
stored can be served again under a type that is true.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from evidence.domain.problems import DAMAGED, EMPTY, ENCRYPTED, NOT_A_DOCUMENT, TOO_LARGE, TYPE_MISMATCH, Problem

MIB = 1024 * 1024

# What a page states before an upload. A scanned page at 300 dpi takes 0.1 to 1 MB.
MAX_FILE_BYTES = 50 * MIB
MAX_PAGES = 500
MAX_PIXELS = 100_000_000
MAX_SHEET_ROWS = 200_000
MAX_SHEET_CELLS = 2_000_000
MAX_TEXT_CHARACTERS = 10_000_000
# Of words the place on the page is kept as well, of cells their name; beyond these only the text is.
MAX_WORDS_PER_PAGE = 20_000
MAX_WORDS = 600_000
MAX_TABLE_CELLS = 200_000
MAX_UNPACKED_BYTES = 300 * MIB
# Of the files in a mail or an archive: how many, and how deep one may lie in another.
MAX_PARTS = 200
MAX_DEPTH = 2

# Enough for every signature and for the headers of a mail.
HEAD_BYTES = 8192


@dataclass(frozen=True)
class MediaType:
    """A kind of file that is accepted."""

    code: str
    label: str
    mime: str
    extensions: tuple[str, ...]

    @property
    def a_label(self) -> str:
        return f"{'an' if self.label[0] in 'AEIOae' else 'a'} {self.label}"


PDF = MediaType("pdf", "PDF", "application/pdf", (".pdf",))
JPEG = MediaType("jpeg", "JPEG image", "image/jpeg", (".jpg", ".jpeg", ".jpe"))
PNG = MediaType("png", "PNG image", "image/png", (".png",))
TIFF = MediaType("tiff", "TIFF image", "image/tiff", (".tif", ".tiff"))
XLSX = MediaType(
    "xlsx",
    "Excel workbook",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    (".xlsx",),
)
XLS = MediaType("xls", "Excel 97-2003 workbook", "application/vnd.ms-excel", (".xls",))
DOCX = MediaType(
    "docx",
    "Word document",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    (".docx",),
)
CSV = MediaType("csv", "CSV table", "text/csv", (".csv", ".tsv"))
# .rje, .fin: files of SWIFT messages as banks hand them out.
TXT = MediaType("txt", "text file", "text/plain", (".txt", ".rje", ".fin"))
EML = MediaType("eml", "e-mail message", "message/rfc822", (".eml",))
ZIP = MediaType("zip", "ZIP archive", "application/zip", (".zip",))

ACCEPTED = (PDF, JPEG, PNG, TIFF, XLSX, XLS, CSV, TXT, DOCX, EML, ZIP)
BY_CODE = {media.code: media for media in ACCEPTED}
BY_EXTENSION = {extension: media for media in ACCEPTED for extension in media.extensions}
# For the accept attribute of a file field.
ACCEPT = ",".join(BY_EXTENSION)
ACCEPTED_IN_WORDS = "PDF, JPEG, PNG, TIFF, Excel (XLSX, XLS), CSV, text, Word (DOCX), e-mail (EML) and ZIP"
LIMITS_IN_WORDS = (
    f"{ACCEPTED_IN_WORDS} files, up to {MAX_FILE_BYTES // MIB} MB each. "
    f"The first {MAX_PAGES} pages of a file are read. Files that need a password cannot be read."
)

# Kinds told by their first bytes and not accepted: what it is, and what to send instead.
_PROGRAM = "Send the document itself, not a program."
_UNPACK = "Unpack it and send the files in it."
_PICTURE = "Save the picture as JPEG or PNG and send that."
_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"MZ", "a program", _PROGRAM),
    (b"\x7fELF", "a program", _PROGRAM),
    (b"\xcf\xfa\xed\xfe", "a program", _PROGRAM),
    (b"\xca\xfe\xba\xbe", "a program", _PROGRAM),
    (b"#!", "a script", _PROGRAM),
    (b"Rar!", "an archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "an archive", _UNPACK),
    (b"\x1f\x8b", "an archive", _UNPACK),
    (b"GIF8", "a GIF picture", _PICTURE),
    (b"BM", "a bitmap picture", _PICTURE),
    (b"{\\rtf", "a rich text file", "Save it as PDF or DOCX and send that."),
    (b"%!PS", "a PostScript file", "Save it as PDF and send that."),
)
_MARKUP = re.compile(
    rb"<(!doctype\s+html|!doctype\s+svg|html|head|body|script|svg|table|meta|style|\?php|%@)", re.IGNORECASE
)
_SCRIPT_LINES = re.compile(rb"^(@echo off|set-executionpolicy|wscript\.|on error resume next)", re.IGNORECASE)
_MAIL_HEADER = re.compile(rb"^(from|date|subject|to|message-id|received|return-path):", re.IGNORECASE | re.MULTILINE)
_HEADER_LINE = re.compile(rb"[!-9;-~]+:")
_RENAMED_OFFICE = {
    ".doc": "Save it as DOCX or PDF and send that.",
    ".ppt": "Save it as PDF and send that.",
    ".msg": "Save the mail as EML, or print it to PDF, and send that.",
    ".xlsm": "Save it as XLSX (without macros) and send that.",
    ".xlsb": "Save it as XLSX and send that.",
    ".docm": "Save it as DOCX (without macros) and send that.",
    ".pptx": "Save it as PDF and send that.",
    ".odt": "Save it as DOCX or PDF and send that.",
    ".ods": "Save it as XLSX and send that.",
}


def extension_of(name: str) -> str:
    """The ending of a file name in lower case, whichever system the name comes from."""
    return PurePosixPath(name.replace("\\", "/").rstrip(" .")).suffix.lower()


def recognise(head: bytes, size: int, declared_name: str) -> MediaType | Problem:
    """The kind of a file from its first ``HEAD_BYTES`` bytes, its size and its name, or why it is refused.

    For Office kinds this is what the file claims to be; the reader still has to find the main part.
    """
    if size == 0:
        return Problem(EMPTY, "The file is empty (0 bytes).", "Check the file on your computer and send it again.")
    if size <= len(head) and not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        return Problem(EMPTY, "The file holds nothing but blanks.", "Check the file and send it again.")
    if size > MAX_FILE_BYTES:
        return Problem(
            TOO_LARGE,
            f"The file is {size / MIB:.0f} MB; files up to {MAX_FILE_BYTES // MIB} MB are taken.",
            "Split it into several files, or scan at 200 to 300 dpi in black and white.",
        )
    named = BY_EXTENSION.get(extension_of(declared_name))
    content = _by_content(head)
    if isinstance(content, Problem):
        return content
    if content == "zip":
        if named is ZIP:
            return ZIP
        return _office(declared_name, named, (XLSX, DOCX), "a ZIP archive or an Office file", head)
    if content == "ole":
        return _office(declared_name, named, (XLS, XLSX, DOCX), "an Office file of the older kind", head)
    if content == "text":
        return _text(head, named, declared_name)
    if content == "unknown":
        return _unknown(named, head)
    assert isinstance(content, MediaType)
    return content if named is content else _mismatch(content, declared_name)


def _by_content(head: bytes) -> MediaType | Problem | str:
    # Some senders put a line break or a byte order mark before %PDF. Nothing else may stand there: a
    # script with a PDF inside must not pass as a PDF.
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return TIFF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "ole"
    for magic, kind, remedy in _FOREIGN:
        # Two printable letters also begin ordinary words; a program or bitmap has other bytes soon after.
        if head.startswith(magic) and not (magic in (b"MZ", b"BM") and is_text(head)):
            return Problem(NOT_A_DOCUMENT, f"The file is {kind}.", remedy)
    if (head.startswith(b"RIFF") and head[8:12] == b"WEBP") or head[4:8] == b"ftyp":
        return Problem(NOT_A_DOCUMENT, "The file is a picture or film of a kind that is not taken.", _PICTURE)
    return "text" if is_text(head) else "unknown"


def is_text(head: bytes) -> bool:
    """Whether these bytes are written text in some encoding: no NUL, hardly a control character."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if b"\0" in head:
        return False
    # \x01 and \x03 enclose the messages in files from banks, \x1a ends files from DOS.
    controls = sum(byte < 32 and byte not in b"\t\n\v\f\r\x01\x03\x1a\x1b" for byte in head)
    return controls * 100 <= len(head)


def _office(
    name: str, named: MediaType | None, kinds: tuple[MediaType, ...], content: str, head: bytes
) -> MediaType | Problem:
    extension = extension_of(name)
    if named in kinds:
        return named
    if extension in _RENAMED_OFFICE:
        return Problem(NOT_A_DOCUMENT, f"Files of the kind {extension} are not taken.", _RENAMED_OFFICE[extension])
    if named is None:
        return Problem(NOT_A_DOCUMENT, f"The file is {content} of a kind that is not taken.", _UNPACK)
    return Problem(
        TYPE_MISMATCH,
        f"The name ends in {extension}, but the content is {content}.",
        "Save it again in the program that made it, as PDF, XLSX or DOCX, and send that.",
    )


def _text(head: bytes, named: MediaType | None, name: str) -> MediaType | Problem:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if _MARKUP.match(start) or (start.startswith(b"<?xml") and _MARKUP.search(head)):
        return Problem(
            NOT_A_DOCUMENT,
            "The file is a web page.",
            "Open it and print it to PDF; if it is a table, save it as XLSX. Then send that.",
        )
    if start.startswith(b"<?xml"):
        return Problem(NOT_A_DOCUMENT, "The file is an XML data file.", "Send it as PDF or XLSX.")
    if _SCRIPT_LINES.match(start):
        return Problem(NOT_A_DOCUMENT, "The file is a script.", _PROGRAM)
    if named is EML and not _is_mail(start):
        return Problem(
            TYPE_MISMATCH,
            "The name ends in .eml, but the content does not begin with the headers of a mail.",
            "Save the mail again as EML, or name a plain text file .txt.",
        )
    if named in (CSV, TXT, EML):
        return named
    if named is not None:
        return Problem(
            TYPE_MISMATCH,
            f"The name ends in {extension_of(name)}, but the content is plain text, not {named.a_label}.",
            "Name it .txt (or .csv for a table), or send the original file.",
        )
    return _not_taken(name)


def _is_mail(start: bytes) -> bool:
    first_line = start.removeprefix(b"From ")
    return bool(_HEADER_LINE.match(first_line) or first_line != start) and bool(_MAIL_HEADER.search(start))


def _unknown(named: MediaType | None, head: bytes) -> Problem:
    if named is PDF and (b"%PDF-" in head or b" obj" in head):
        return Problem(
            DAMAGED,
            "The file holds parts of a PDF but does not begin like one: it is damaged, or something stands before it.",
            "Open it on your computer. If it opens, print it to a new PDF and send that; if not, ask for a new copy.",
        )
    if named is None:
        return Problem(NOT_A_DOCUMENT, "The file is not of a kind that is taken.", f"Send {ACCEPTED_IN_WORDS} files.")
    return Problem(
        NOT_A_DOCUMENT,
        f"The file does not begin like {named.a_label}, nor like any other document that is taken.",
        "Open it on your computer. If it opens, save it as PDF and send that; if not, ask for a new copy.",
    )


def _not_taken(name: str) -> Problem:
    ending = extension_of(name)
    message = f"Files ending in {ending} are not taken." if ending else "The name of the file has no ending."
    return Problem(NOT_A_DOCUMENT, message, f"Send {ACCEPTED_IN_WORDS} files, named with their usual ending.")


def _mismatch(content: MediaType, name: str) -> Problem:
    ending = extension_of(name)
    said = f"ends in {ending}" if ending else "has no ending"
    return Problem(
        TYPE_MISMATCH,
        f"The name {said}, but the content is {content.a_label}.",
        f"Name it {content.extensions[0]} and send it again.",
    )


# -- what only the inside of a container tells --------------------------------------------------

_MAIN_PARTS = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": XLSX,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": DOCX,
}
_OVERRIDE = re.compile(rb"""ContentType\s*=\s*["']([^"']+)["']""")


def office_kind(content_types: bytes) -> MediaType | None:
    """The kind of an Office file from its ``[Content_Types].xml``; None for any other, macros included."""
    declared = {kind.decode("ascii", "replace").strip() for kind in _OVERRIDE.findall(content_types)}
    kinds = [media for part, media in _MAIN_PARTS.items() if part in declared]
    return kinds[0] if len(kinds) == 1 else None


def compound_kind(streams: set[str]) -> MediaType | str:
    """The kind of an OLE compound file from the names of its streams: XLS, ``"encrypted"`` or ``"other"``."""
    if "EncryptedPackage" in streams or "EncryptionInfo" in streams:
        return "encrypted"
    return XLS if {"Workbook", "Book"} & streams else "other"


def wrong_inside(named: MediaType, found: MediaType | None) -> Problem:
    """A container of the right shape whose inside is not what the name says."""
    if found is not None:
        return _mismatch(found, "x" + named.extensions[0])
    return Problem(
        TYPE_MISMATCH,
        f"The file is not the {named.label} its name says.",
        f"Open it in Office, save it as {named.extensions[0][1:].upper()} and send that.",
    )


def password_needed(label: str) -> Problem:
    return Problem(
        ENCRYPTED,
        f"The {label} needs a password to open.",
        "Save a copy without a password and send that. Do not send the password.",
    )
