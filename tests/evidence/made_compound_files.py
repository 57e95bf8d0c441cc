"""Excel 97 workbooks and other OLE compound files, written without any library ([MS-CFB], [MS-XLS])."""

import struct

_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound_file(streams: dict[str, bytes]) -> bytes:
    """A compound file with these streams (up to three, each at least 4 kB long, padded if need be)."""
    directory = _entry("Root Entry", 5, _END, 0, child=1)
    table, data = [_TABLE, _END], b""
    for name, content in streams.items():
        content = content.ljust(4096, b"\0")  # shorter ones would have to live in the mini stream
        first, count = len(table), -(-len(content) // 512)
        directory += _entry(name, 2, first, len(content))
        table += [*range(first + 1, first + count), _END]
        data += content.ljust(count * 512, b"\0")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, _END, 0, _END, 0) + struct.pack("<109I", 0, *[_FREE] * 108)
    return header + struct.pack("<128I", *table, *[_FREE] * (128 - len(table))) + directory.ljust(512, b"\0") + data


def _entry(name: str, kind: int, start: int, size: int, child: int = _FREE) -> bytes:
    raw = name.encode("utf-16-le")
    head = raw.ljust(64, b"\0") + struct.pack("<HBB3I", len(raw) + 2, kind, 1, _FREE, _FREE, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def xls(rows: list[list]) -> bytes:
    """An Excel 97 workbook of one sheet."""
    name = b"Invoice"

    def book(sheet_at: int) -> bytes:
        sheet = struct.pack("<IBBBB", sheet_at, 0, 0, len(name), 0) + name
        return _begin(5) + _record(0x42, struct.pack("<H", 1200)) + _record(0x85, sheet) + _record(0x0A)

    cells = _begin(16) + _record(0x200, struct.pack("<2I3H", 0, len(rows), 0, max(map(len, rows)), 0))
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            if isinstance(value, str):
                cells += _record(0x204, struct.pack("<4HB", row, column, 0, len(value), 1) + value.encode("utf-16-le"))
            else:
                cells += _record(0x203, struct.pack("<3Hd", row, column, 0, value))
    return compound_file({"Workbook": book(len(book(0))) + cells + _record(0x0A)})


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<2H", kind, len(body)) + body


def _begin(kind: int) -> bytes:
    return _record(0x809, struct.pack("<4H2I", 0x600, kind, 0x0DBB, 0x07CC, 0, 6))
