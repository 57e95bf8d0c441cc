"""A ZIP of tables, unpacked to plain files. Runs in the limited child process."""

import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

MAX_MEMBERS = 200
MAX_TABLES = 40
MAX_EXPANDED_BYTES = 512 * 1024 * 1024
TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_DAMAGED = "The archive is damaged and cannot be opened. Pack it again and resend it."
_TOO_LARGE = "The archive unfolds to more than is read. Split it and send the parts."


def read(path: str, options: dict[str, Any]) -> dict[str, Any]:
    """Unpack every table under ``options["into"]``, named by number; answer their own names and where they lie.

    A spreadsheet is an archive too: it is answered with ``is_workbook``. What is neither table nor note of the packing
    program is named under ``others``, so that nobody thinks it was read.
    """
    into = Path(options["into"])
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} & {member.filename for member in members}:
                return {"is_workbook": True}
            return _unpack(archive, members, into)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):  # an unknown packing is a RuntimeError
        return _refused("damaged", _DAMAGED)


def _unpack(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], into: Path) -> dict[str, Any]:
    members = [member for member in members if not _is_noise(member.filename)]
    tables = [member for member in members if member.filename.lower().endswith(TABLES)]
    if any(member.flag_bits & 0x1 for member in tables):
        return _refused("encrypted", "The archive is protected by a password. Send it without one.")
    if len(members) > MAX_MEMBERS or len(tables) > MAX_TABLES:
        return _refused("too_many_files", f"The archive holds more than {MAX_TABLES} tables. Split it.")
    if sum(member.file_size for member in tables) > MAX_EXPANDED_BYTES:
        return _refused("too_large", _TOO_LARGE)
    if not tables:
        return _refused("no_tables", "The archive holds no CSV or spreadsheet file. Send the tables themselves.")
    found, room = [], MAX_EXPANDED_BYTES
    for number, member in enumerate(tables):
        target = into / f"member{number}"
        room = _copy(archive, member, target, room)
        if room < 0:
            return _refused("too_large", _TOO_LARGE)
        found.append({"name": PurePosixPath(member.filename).name, "path": str(target)})
    return {"is_workbook": False, "tables": found, "others": [m.filename for m in members if m not in tables]}


def _copy(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, room: int) -> int:
    """Unpack one member; what its own entry says of its size is not believed."""
    with archive.open(member) as source, target.open("wb") as out:
        while room >= 0 and (block := source.read(1 << 20)):
            room -= len(block)
            out.write(block)
    return room


def _is_noise(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith(("._", ".DS_Store", "Thumbs.db"))


def _refused(code: str, message: str) -> dict[str, Any]:
    return {"refused": {"code": code, "message": message}}
