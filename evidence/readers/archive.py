"""ZIP archives: what is in them, as one page; each file is taken out by itself. Runs in the child process only."""

from __future__ import annotations

import base64
import hashlib
import zipfile
import zlib
from typing import Any

from evidence.domain.media import MAX_FILE_BYTES, MAX_PARTS, MAX_UNPACKED_BYTES, MIB, ZIP, password_needed
from evidence.domain.problems import EMPTY, TOO_LARGE, Problem
from evidence.readers.answers import page, read_so_far, refused
from evidence.readers.containers import damaged

# What systems put into archives for themselves.
_OF_SYSTEMS = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
# A document shrinks to a hundredth at the very most; what shrinks further is made to fill a disk.
_MOST_PACKED, _SMALL = 200, MIB
_SPLIT = "Split it into several archives, or send the files one by one."


def read(path: str, options: dict[str, Any]) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = _files(archive)
            if "part" in options:
                return {"content": base64.b64encode(archive.read(members[options["part"]])).decode("ascii")}
            problem = _problem(members)
            if problem:
                return refused(ZIP, problem)
            parts = [_part(archive, member) for member in members]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
        return refused(ZIP, damaged(ZIP.label))
    text = "\n".join(["Files in this archive:", *(f"{part['name']} ({part['bytes']} bytes)" for part in parts)])
    note = f"The archive holds {len(parts)} file(s); each is taken as a file of its own."
    return read_so_far(ZIP, [page(1, text)], notes=[note], attachments=parts)


def _files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [
        member
        for member in archive.infolist()
        if not member.is_dir() and not any(mark in member.filename for mark in _OF_SYSTEMS)
    ]


def _problem(members: list[zipfile.ZipInfo]) -> Problem | None:
    if not members:
        return Problem(EMPTY, "The archive holds no file.", "Check it on your computer and send the filled one.")
    if len(members) > MAX_PARTS:
        message = f"The archive holds {len(members)} files; up to {MAX_PARTS} of one archive are taken."
        return Problem(TOO_LARGE, message, _SPLIT)
    if any(member.flag_bits & 1 for member in members):
        return password_needed(ZIP.label)
    unpacked = sum(member.file_size for member in members)
    largest = max(members, key=lambda member: member.file_size)
    if largest.file_size > MAX_FILE_BYTES or unpacked > MAX_UNPACKED_BYTES:
        message = (
            f"Unpacked, the archive would take {unpacked / MIB:,.0f} MB; up to {MAX_UNPACKED_BYTES // MIB} MB are "
            f"taken, and up to {MAX_FILE_BYTES // MIB} MB a file."
        )
        return Problem(TOO_LARGE, message, _SPLIT)
    if any(member.file_size > _SMALL + _MOST_PACKED * member.compress_size for member in members):
        message = "A file in the archive is packed tighter than any document can be: it would fill a disk."
        return Problem(TOO_LARGE, message, "Send the file itself.")
    return None


def _part(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> dict[str, Any]:
    with archive.open(member) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
        return {"name": _name(member), "media_type": "", "bytes": file.tell(), "sha256": digest}


def _name(member: zipfile.ZipInfo) -> str:
    """The name with its folders. Where the archive does not say it is UTF-8, Chinese systems write GB 18030."""
    name = member.filename
    if not member.flag_bits & 0x800 and not name.isascii():
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return " ".join(name.split()) or "unnamed"
