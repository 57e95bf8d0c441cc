"""Words read from the picture of a page, English and Chinese. Runs in the child process only.

rapidocr with the PP-OCR models of its own wheel: nothing is fetched. A page that lies on its side or stands on its
head is told by its lines before they are read: the boxes of a page on its side are tall, and a small classifier says
whether lines stand on their heads. So it is turned once, and read once.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from PIL import Image
from rapidocr import RapidOCR
from rapidocr.ch_ppocr_cls import TextClsOutput

from evidence.domain.media import BY_CODE
from evidence.readers import ruled
from evidence.readers.answers import CellRow, WordRow, page, read_so_far
from evidence.readers.pictures import WALL_SHARE_SECONDS, picture_of, raster, turn

# Below this the lowest score of a page is that of a page read upside down; upright pages mostly stay above 0.9.
DOUBTFUL = 0.7
# A line read with less is noise of the paper, not print.
FAINTEST = 0.5
MOST_MARKS = 200  # of one page
_SETTINGS = {
    "Global.log_level": "critical",
    "Global.text_score": 0.0,
    "Global.return_word_box": True,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line as read: its words with boxes in pixels, where it stands, how steep it runs, how sure the machine is."""

    words: tuple[tuple[str, float, float, float, float, float], ...]
    left: float
    right: float
    middle: float
    height: float
    slope: float
    confidence: float


def read(path: str, options: dict[str, Any]) -> dict[str, Any]:
    """Pictures and words of the pages named in ``options["pages"]``, each a number and the degrees it is turned."""
    started = time.monotonic()
    engine = RapidOCR(params=_SETTINGS)
    pages: list[dict[str, Any]] = []
    for number, turned in options["pages"]:
        if pages and time.monotonic() - started > WALL_SHARE_SECONDS:
            break
        pages.append(_page(engine, path, options["media"], number, turned))
    return read_so_far(BY_CODE[options["media"]], pages)


def _page(engine: Any, path: str, media: str, number: int, turned: int) -> dict[str, Any]:
    image = raster(path, media, number, turned)
    if image is None:
        return {**page(number, ""), **picture_of(number, None), "confidence": None, "turned": turned}
    lines, image, more = _upright(engine, image)
    rows = in_rows(lines)
    words = [word for row in rows for line in row for word in line.words]
    shares: list[WordRow] = [
        (text, left / image.width, top / image.height, right / image.width, bottom / image.height, sure)
        for text, left, top, right, bottom, sure in words
    ]
    text = "\n".join(" ".join(word[0] for line in row for word in line.words) for row in rows)
    return {
        **page(number, text, images=1, words=shares, turned=(turned + more) % 360, **beside(image, shares)),
        **picture_of(number, image),
        "confidence": round(sum(word[-1] for word in words) / len(words), 4) if words else None,
    }


def beside(image: Image.Image, words: Sequence[WordRow]) -> dict[str, Any]:
    """What stands on a picture beside its words, in shares of it: the cells of ruled tables, and marks."""
    size = np.array([image.width, image.height] * 2)
    dark = ruled.ink(np.asarray(image.convert("L")))
    across, down = ruled.rules(dark)
    boxes = [np.array(word[1:5]) * size for word in words]
    return {
        "tables": [
            [[_cell(words, np.array(cell) / size) for cell in row] for row in table]
            for table in ruled.tables(across, down)
        ],
        "marks": [tuple(np.array(mark) / size) for mark in ruled.marks(dark, across, down, boxes)[:MOST_MARKS]],
    }


def _cell(words: Sequence[WordRow], box: np.ndarray) -> CellRow:
    """A cell with the words whose middle lies in it."""
    left, top, right, bottom = map(float, box)
    inner = [
        word for word in words if left <= (word[1] + word[3]) / 2 <= right and top <= (word[2] + word[4]) / 2 <= bottom
    ]
    return " ".join(word[0] for word in inner), (left, top, right, bottom)


def _upright(engine: Any, image: Image.Image) -> tuple[list[Line], Image.Image, int]:
    """The lines of the page, the picture in which they stand upright, and how far it was turned for that."""
    found = _look(engine, image)
    if found is None:
        return [], image, 0
    if found.turned:
        image = turn(image, found.turned)
        again = _look(engine, image)
        if again is None:
            return [], image, found.turned
        lines = _lines(engine, again)
    else:
        lines = _lines(engine, found)
    if lines and _mean(lines) < DOUBTFUL:
        on_its_head = turn(image, 180)
        looked = _look(engine, on_its_head)
        other = _lines(engine, looked) if looked else []
        if _mean(other) > _mean(lines) + 0.05:
            return _kept(other), on_its_head, (found.turned + 180) % 360
    return _kept(lines), image, found.turned


def _kept(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line.confidence >= FAINTEST and line.words]


def _mean(lines: list[Line]) -> float:
    return sum(line.confidence for line in lines) / len(lines) if lines else 0.0


@dataclass(slots=True)
class _Found:
    """Where lines are, before they are read."""

    picture: np.ndarray
    record: dict[str, Any]
    crops: list[np.ndarray]
    boxes: Any
    turned: int


def _look(engine: Any, image: Image.Image) -> _Found | None:
    """Where the lines of a page are and how far it has to be turned; None where there is no line."""
    picture = cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2BGR)
    sized, record = engine.preprocess_img(picture)
    try:
        crops, boxes = engine.detect_and_crop(sized, record)
    except Exception:  # its own error, said in different ways, where nothing is found
        return None
    sides = [
        (abs(quad[:, 0].max() - quad[:, 0].min()), abs(quad[:, 1].max() - quad[:, 1].min())) for quad in boxes.boxes
    ]
    # The longest lines say most about how the page lies; a short one may as well be a single sign.
    order = sorted(range(len(sides)), key=lambda place: -max(sides[place]))[:24]
    tall = sum(sides[place][1] > 1.5 * sides[place][0] for place in order)
    _, heads = engine.cls_and_rotate([crops[place].copy() for place in order])
    on_head = sum(label == "180" and sure > 0.9 for label, sure in heads.cls_res or ())
    sideways, reversed_ = 2 * tall > len(order), 2 * on_head > len(order)
    # A tall box is turned counter-clockwise before it is read, so a line that then stands on its head ran upwards.
    turned = {(False, False): 0, (False, True): 180, (True, False): 270, (True, True): 90}[sideways, reversed_]
    return _Found(picture, record, crops, boxes, turned)


def _lines(engine: Any, found: _Found) -> list[Line]:
    """The lines, read as they stand: on an upright page the classifier's doubts about single lines are its own."""
    read_lines = engine.recognize_txt(found.crops)
    result = engine.build_final_output(
        found.picture, found.boxes, TextClsOutput(), read_lines, found.crops, found.record
    )
    if result.txts is None or result.boxes is None:
        return []
    parts = result.word_results if len(result.word_results or ()) == len(result.txts) else [()] * len(result.txts)
    return [
        _line(text, float(sure), quad, signs)
        for text, sure, quad, signs in zip(result.txts, result.scores, result.boxes, parts, strict=True)
    ]


def _line(text: str, sure: float, quad: np.ndarray, signs: Any) -> Line:
    left, top = map(float, quad.min(axis=0))
    right, bottom = map(float, quad.max(axis=0))
    placed = [(sign, float(one), np.asarray(box, dtype=float)) for sign, one, box in signs if box is not None]
    words = words_of(text, [(sign, one, (*box.min(axis=0), *box.max(axis=0))) for sign, one, box in placed])
    if not words:
        words = spread(text, (left, top, right, bottom), sure)
    along = quad[1] - quad[0]
    slope = float(along[1] / along[0]) if along[0] > 1 else 0.0
    height = float(np.linalg.norm(quad[3] - quad[0]))
    return Line(tuple(words), left, right, (top + bottom) / 2, height, slope, sure)


def words_of(text: str, signs: list[tuple[str, float, tuple[float, ...]]]) -> list[tuple[Any, ...]]:
    """The words of a line out of its signs: parted where the line has a space or a gap, save between Chinese signs
    that stand as close as in one word. Empty where signs and line do not agree."""
    if "".join("".join(sign for sign, _, _ in signs).split()) != "".join(text.split()):
        return []
    words: list[list[Any]] = []
    place = 0
    for sign, sure, box in signs:
        if not sign.strip():
            continue
        begun = place
        while place < len(text) and text[place].isspace():
            place += 1
        # A line may run on over a gap as wide as a column, where the machine sees no space.
        gap = box[0] - words[-1][2][2] if words else 0
        apart = place > begun or gap > 0.9 * (box[3] - box[1])
        place = text.find(sign[-1], place + len(sign.strip()) - 1) + 1
        if words and (not apart or _one_word(words[-1], sign, box)):
            last = words[-1]
            last[0] += sign.strip()
            last[1].append((sure, len(sign)))
            last[2] = (
                min(last[2][0], box[0]),
                min(last[2][1], box[1]),
                max(last[2][2], box[2]),
                max(last[2][3], box[3]),
            )
        else:
            words.append([sign.strip(), [(sure, len(sign))], box])
    return [(said, *map(float, box), _weighed(parts)) for said, parts, box in words]


def _one_word(word: list[Any], sign: str, box: tuple[float, ...]) -> bool:
    both = is_chinese(word[0][-1]) and is_chinese(sign[0])
    return both and box[0] - word[2][2] < 0.8 * (box[3] - box[1])


def _weighed(parts: list[tuple[float, int]]) -> float:
    return sum(sure * count for sure, count in parts) / sum(count for _, count in parts)


def is_chinese(sign: str) -> bool:
    """A Chinese character or a sign that stands among them."""
    return "\u2e80" <= sign <= "\u9fff" or "\uf900" <= sign <= "\ufaff" or "\uff00" <= sign <= "\uff60"


def spread(text: str, box: tuple[float, float, float, float], sure: float) -> list[tuple[Any, ...]]:
    """The words of a line whose signs have no places of their own: spread over it by their width."""
    left, top, right, bottom = box
    widths = [2.0 if is_chinese(sign) else 1.0 for sign in text]
    step = (right - left) / (sum(widths) or 1)
    words, place = [], 0
    for word in text.split():
        place = text.index(word, place)
        begin = left + step * sum(widths[:place])
        end = begin + step * sum(widths[place : place + len(word)])
        words.append((word, begin, top, end, bottom, sure))
        place += len(word)
    return words


def in_rows(lines: list[Line]) -> list[list[Line]]:
    """Lines in reading order: those of one height side by side, from left to right, on a page that lies askew too."""
    longest = sorted(lines, key=lambda one: one.left - one.right)[:40]
    slope = sorted(line.slope for line in longest)[len(longest) // 2] if longest else 0.0

    def height_on_page(line: Line) -> float:
        return line.middle - slope * (line.left + line.right) / 2

    rows: list[list[Line]] = []
    for line in sorted(lines, key=height_on_page):
        last = rows[-1][-1] if rows else None
        if last and height_on_page(line) - height_on_page(last) < 0.5 * min(line.height, last.height):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda one: one.left) for row in rows]
