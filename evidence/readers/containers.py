"""What is inside a ZIP or OLE container, looked at before a parser unpacks it. Runs in the child process only."""

from __future__ import annotations

import struct
import zipfile
import zlib

from evidence.domain.media import (
    MAX_UNPACKED_BYTES,
    MIB,
    MediaType,
    compound_kind,
    office_kind,
    password_needed,
    wrong_inside,
)
from evidence.domain.problems import DAMAGED, TOO_LARGE, Problem

MAX_MEMBERS = 10_000
_FREE = 0xFFFFFFFA  # sector numbers from here on mean "end" or "free"


def check_container(path: str, media: MediaType) -> Problem | None:
    """Why this file is not a readable container of its kind, or None."""
    with open(path, "rb") as file:
        magic = file.read(8)
    return _check_compound(path, media) if magic.startswith(b"\xd0\xcf\x11\xe0") else _check_zip(path, media)


def damaged(label: str) -> Problem:
    return Problem(
        DAMAGED,
        f"The {label} is damaged and cannot be opened.",
        "Open it in the program that made it, save it again, and send that.",
    )


def _check_zip(path: str, media: MediaType) -> Problem | None:
    try:
        with zipfile.ZipFile(path) as container:
            members = container.infolist()
            unpacked = sum(member.file_size for member in members)
            if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED_BYTES:
                return Problem(
                    TOO_LARGE,
                    f"Unpacked, the {media.label} would take {unpacked / MIB:,.0f} MB; up to "
                    f"{MAX_UNPACKED_BYTES // MIB} MB are read.",
                    "Split it into several files, or delete empty rows and pictures, and send those.",
                )
            with container.open("[Content_Types].xml") as part:
                found = office_kind(part.read(MIB))
    except KeyError:
        return wrong_inside(media, None)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError):
        return damaged(media.label)
    return None if found is media else wrong_inside(media, found)


def _check_compound(path: str, media: MediaType) -> Problem | None:
    try:
        kind = compound_kind(_stream_names(path))
    except (struct.error, OSError, IndexError, ValueError):
        return damaged(media.label)
    if kind == "encrypted":
        return password_needed(media.label)
    return None if kind is media else wrong_inside(media, kind if isinstance(kind, MediaType) else None)


def _stream_names(path: str) -> set[str]:
    """The names in the directory of an OLE compound file ([MS-CFB], sections 2.2 to 2.6)."""
    with open(path, "rb") as file:
        content = file.read()
    (shift,) = struct.unpack_from("<H", content, 30)
    if shift not in (9, 12):
        raise ValueError("sector size")
    size = 1 << shift
    (sector,) = struct.unpack_from("<I", content, 48)
    table: list[int] = []  # where each sector is followed on; a directory lies within the first 109 tables
    for place in struct.unpack_from("<109I", content, 76):
        if place < _FREE:
            table.extend(struct.unpack_from(f"<{size // 4}I", content, (place + 1) * size))
    names: set[str] = set()
    seen: set[int] = set()
    while sector < _FREE and sector not in seen:
        seen.add(sector)
        for entry in range((sector + 1) * size, (sector + 2) * size, 128):
            (length,) = struct.unpack_from("<H", content, entry + 64)
            names.add(content[entry : entry + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace"))
        sector = table[sector] if sector < len(table) else _FREE
    return names - {""}
