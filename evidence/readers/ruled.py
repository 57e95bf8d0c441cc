"""What stands on the picture of a page beside its words: ruled cells, and ink that is neither word nor rule.

Runs in the child process only. Words that a machine read from a ruled form belong to its cells, as they do in a PDF
with text; ink that it could not read is a signature, a stamp or a drawing.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

Pixels = tuple[int, int, int, int]  # left, top, right, bottom

FAINTEST = 40  # of 255: so much darker than the paper around it is ink
# Of a page that is out of focus or too pale: half as dark over more of it than what shows through from its other side.
_SMEARED, _MOST_SHOWING_THROUGH, _OUT_OF_FOCUS = FAINTEST // 2, 0.005, 4.0
MOST_TABLES, MOST_CELLS = 40, 2_000
_RULE = 40  # pixels at 150 dpi: 7 mm; no stroke of a letter is that long
_SHORT_RULE = 26  # 4.5 mm: the height of a row
_SMALLEST_CELL = 12
_SMALLEST_MARK = (14, 9)  # 2.4 by 1.5 mm
_THINNEST_MARK = 35  # pixels of ink


def ink(grey: np.ndarray, faintest: int = FAINTEST) -> np.ndarray:
    """Where a page is darker than the paper around it: 1, else 0. Shadows of a scan are no ink."""
    high, wide = grey.shape
    small = cv2.resize(grey, (max(1, wide // 8), max(1, high // 8)), interpolation=cv2.INTER_AREA)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    paper = cv2.resize(paper, (wide, high), interpolation=cv2.INTER_LINEAR)
    return (cv2.subtract(paper, grey) > faintest).astype(np.uint8)


def share_of_ink(grey: np.ndarray) -> float:
    """How much of a page is ink, what is too blurred or too pale to show strokes included."""
    sharp = float(ink(grey).mean())
    if sharp > _MOST_SHOWING_THROUGH:
        return sharp
    smeared = float(ink(cv2.GaussianBlur(grey, (0, 0), _OUT_OF_FOCUS), _SMEARED).mean())
    return smeared if smeared > _MOST_SHOWING_THROUGH else sharp


def rules(dark: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The horizontal and the vertical rules of a page, also where it lies a little askew."""
    across = cv2.morphologyEx(
        cv2.dilate(dark, np.ones((3, 1), np.uint8)), cv2.MORPH_OPEN, np.ones((1, _RULE), np.uint8)
    )
    down = cv2.morphologyEx(
        cv2.dilate(dark, np.ones((1, 3), np.uint8)), cv2.MORPH_OPEN, np.ones((_SHORT_RULE, 1), np.uint8)
    )
    # Where words stand close together they seem a bar: a rule is thin.
    return _thin(across, 0), _thin(down, 1)


def _thin(lines: np.ndarray, axis: int) -> np.ndarray:
    kernel = np.ones((9, 1) if axis == 0 else (1, 9), np.uint8)
    thick = cv2.dilate(cv2.morphologyEx(lines, cv2.MORPH_OPEN, kernel), np.ones((5, 5), np.uint8))
    return cv2.subtract(lines, thick)


def tables(across: np.ndarray, down: np.ndarray) -> list[list[list[Pixels]]]:
    """The cells of ruled tables by table and row."""
    grid = cv2.bitwise_or(
        cv2.morphologyEx(across, cv2.MORPH_CLOSE, np.ones((1, 15), np.uint8)),
        cv2.morphologyEx(down, cv2.MORPH_CLOSE, np.ones((15, 1), np.uint8)),
    )
    grid = cv2.dilate(grid, np.ones((3, 3), np.uint8))
    count, _, boxes, _ = cv2.connectedComponentsWithStats(grid)
    slope = _slope(across)
    found: list[list[list[Pixels]]] = []
    largest = sorted(boxes[1:count].tolist(), key=lambda box: -box[2] * box[3])[:MOST_TABLES]
    for left, top, wide, high, _ in sorted(largest, key=lambda box: box[1]):
        if wide < 3 * _RULE or high < _SHORT_RULE:
            continue
        cells = _cells(grid[top : top + high, left : left + wide], left, top)
        if 2 <= len(cells) <= MOST_CELLS:
            found.append(_rows(cells, slope))
    return found


def _slope(across: np.ndarray) -> float:
    """How steep the longest rule runs."""
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(across)
    if count < 2:
        return 0.0
    longest = 1 + int(np.argmax(boxes[1:, cv2.CC_STAT_WIDTH]))
    x, y, wide, high, _ = boxes[longest]
    rows, columns = np.nonzero(labels[y : y + high, x : x + wide] == longest)
    return float(np.polyfit(columns, rows, 1)[0]) if wide > _RULE else 0.0


def _cells(grid: np.ndarray, left: int, top: int) -> list[Pixels]:
    """The spaces that rules close in, as boxes on the page."""
    high, wide = grid.shape
    count, _, boxes, _ = cv2.connectedComponentsWithStats(1 - grid, connectivity=4)
    found = []
    for x, y, width, height, area in boxes[1:count].tolist():
        at_the_rim = x == 0 or y == 0 or x + width >= wide or y + height >= high
        if not at_the_rim and min(width, height) >= _SMALLEST_CELL and area >= 0.8 * width * height:
            found.append((left + x, top + y, left + x + width, top + y + height))
    return found


def _rows(cells: Sequence[Pixels], slope: float) -> list[list[Pixels]]:
    """Cells side by side from left to right, those that begin at one height in one row."""

    def height(cell: Pixels) -> float:
        return cell[1] - slope * (cell[0] + cell[2]) / 2

    rows: list[list[Pixels]] = []
    for cell in sorted(cells, key=height):
        if rows and height(cell) - height(rows[-1][-1]) < _SMALLEST_CELL:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return [sorted(row) for row in rows]


def marks(dark: np.ndarray, across: np.ndarray, down: np.ndarray, words: Sequence[Sequence[float]]) -> list[Pixels]:
    """Where ink stands that is neither a word nor a rule: signatures, stamps, ticks, drawings."""
    left_over = dark.copy()
    left_over[cv2.dilate(cv2.bitwise_or(across, down), np.ones((5, 5), np.uint8)) > 0] = 0
    for left, top, right, bottom in words:
        left_over[max(0, int(top) - 3) : int(bottom) + 4, max(0, int(left) - 3) : int(right) + 4] = 0
    joined = cv2.morphologyEx(left_over, cv2.MORPH_CLOSE, np.ones((9, 19), np.uint8))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(joined)
    amounts = np.bincount(labels[left_over > 0], minlength=count)
    return [
        (x, y, x + wide, y + high)
        for (x, y, wide, high, _), amount in zip(boxes[1:count].tolist(), amounts[1:count].tolist(), strict=True)
        if wide >= _SMALLEST_MARK[0] and high >= _SMALLEST_MARK[1] and amount >= _THINNEST_MARK
    ]
