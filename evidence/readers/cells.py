"""Cells of a sheet with the names a workbook gives them. Runs in the child process only."""

from __future__ import annotations

from evidence.readers.answers import CellRow


def table_of(rows: list[list[str]], start: tuple[int, int], room: int) -> list[list[CellRow]]:
    """The cells of a sheet with their names (B12), every row as long as the longest, until the room is used up."""
    columns = max(map(len, rows), default=0)
    if not columns or not any(cell for row in rows for cell in row):
        return []
    names = [_column(start[1] + place) for place in range(columns)]
    return [
        [(text, f"{name}{start[0] + number}") for name, text in zip(names, row + [""] * columns, strict=False)]
        for number, row in enumerate(rows[: max(0, room // columns)], start=1)
    ]


def _column(number: int) -> str:
    """The name of a column counted from 0: A, B, …, Z, AA."""
    name = ""
    number += 1
    while number:
        number, letter = divmod(number - 1, 26)
        name = chr(65 + letter) + name
    return name
