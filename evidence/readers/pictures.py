"""The picture of a page, set upright, as people look at it. Runs in the child process only.

A call answers with as many of the wanted pages as fit into its share of time, so that other work gets its turn.
"""

from __future__ import annotations

import base64
import io
import time
from typing import Any

import cv2
import numpy as np
import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from evidence.domain.media import BY_CODE, MAX_PIXELS, PDF, TIFF
from evidence.readers.answers import read_so_far
from evidence.readers.ruled import share_of_ink

DPI = 150
LONGEST_SIDE = 2_400  # pixels: a sheet of A3 at 150 dpi; what is larger is drawn smaller
WALL_SHARE_SECONDS = 5.0
MAX_PICTURE_BYTES = 4 * 1024 * 1024
# A redaction is a bar at least as high as a line of print. At 75 dots to the inch: 7 by 15 dots, 2.4 by 5 mm.
_REDACTION_DPI = 75
_SMALLEST_BAR = np.ones((7, 15), np.uint8)
_BLACK = 56

Image.MAX_IMAGE_PIXELS = None  # MAX_PIXELS is asked below


def read(path: str, options: dict[str, Any]) -> dict[str, Any]:
    """Pictures of the pages named in ``options["pages"]``, each a number and the degrees it has to be turned."""
    started = time.monotonic()
    pages: list[dict[str, Any]] = []
    for number, turned in options["pages"]:
        if pages and time.monotonic() - started > WALL_SHARE_SECONDS:
            break
        pages.append(picture_of(number, raster(path, options["media"], number, turned)))
    return read_so_far(BY_CODE[options["media"]], pages)


def raster(path: str, media: str, number: int, turned: int) -> Image.Image | None:
    """The page in colour, at most ``LONGEST_SIDE`` long, turned clockwise; None where it cannot be drawn."""
    try:
        image = _drawn(path, number) if media == PDF.code else _frame(path, media, number)
    except (pypdfium2.PdfiumError, UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError):
        return None
    return turn(image, turned) if image else None


def turn(image: Image.Image, degrees: int) -> Image.Image:
    """The picture turned clockwise."""
    return image.rotate(-degrees, expand=True) if degrees else image


def _drawn(path: str, number: int) -> Image.Image:
    document = pypdfium2.PdfDocument(path)
    document.init_forms()
    sheet = document[number - 1]
    scale = min(DPI / 72, LONGEST_SIDE / max(1.0, *sheet.get_size()))
    return sheet.render(scale=scale).to_pil().convert("RGB")


def _frame(path: str, media: str, number: int) -> Image.Image | None:
    with Image.open(path, formats=[media.upper()]) as image:
        if media == TIFF.code:
            image.seek(number - 1)
        if image.width * image.height > MAX_PIXELS:
            return None
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is unpacked no larger than needed
        picture: Image.Image = ImageOps.exif_transpose(image)
        if picture.mode.startswith(("I", "F")):
            tones = np.asarray(picture).astype(np.float32)
            picture = Image.fromarray((tones * (255 / max(1.0, float(tones.max())))).clip(0, 255).astype(np.uint8))
        if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
            picture = picture.convert("RGBA")
            picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        return picture.convert("RGB")


def picture_of(number: int, image: Image.Image | None) -> dict[str, Any]:
    """What is kept of a picture: WebP, its size in points, how much of it is blacked out, whether it is empty."""
    if image is None:
        return {"number": number, "picture": "", "size": None, "blacked_out": 0.0, "ink": 0.0}
    grey = np.asarray(image.convert("L"))
    return {
        "number": number,
        "picture": base64.b64encode(_webp(image)).decode("ascii"),
        "size": [image.width * 72 / DPI, image.height * 72 / DPI],
        "blacked_out": round(blacked_out(grey), 4),
        "ink": round(share_of_ink(grey), 5),
    }


def _webp(image: Image.Image) -> bytes:
    """Print on white paper without loss, which is smaller then; photographs and scans with some."""
    few_tones = len(image.convert("L").resize((400, 400), Image.Resampling.NEAREST).getcolors() or ()) < 64
    out = io.BytesIO()
    image.save(out, "WEBP", lossless=few_tones, quality=60 if few_tones else 72, method=1 if few_tones else 2)
    if out.tell() > MAX_PICTURE_BYTES:
        out = io.BytesIO()
        image.save(out, "WEBP", quality=40, method=1)
    return out.getvalue()


def blacked_out(grey: np.ndarray) -> float:
    """The share of the page under solid black bars. Photographs, logos and the dark rim of a scan are none."""
    height, width = grey.shape
    small = (max(1, width * _REDACTION_DPI // DPI), max(1, height * _REDACTION_DPI // DPI))
    reduced = cv2.resize(np.ascontiguousarray(grey), small, interpolation=cv2.INTER_AREA)
    solid = cv2.morphologyEx((reduced < _BLACK).astype(np.uint8), cv2.MORPH_OPEN, _SMALLEST_BAR)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(solid)
    covered = 0
    for number, (left, top, wide, high, area) in enumerate(boxes[1:count].tolist(), start=1):
        if left == 0 or top == 0 or left + wide >= small[0] or top + high >= small[1]:
            continue  # at the rim
        own = labels[top : top + high, left : left + wide] == number
        (_, sides, _) = cv2.minAreaRect(np.argwhere(own)[:, ::-1].astype(np.float32))
        is_bar = area >= 0.85 * (sides[0] + 1) * (sides[1] + 1)  # a bar on a page that lies askew is one too
        tones = reduced[top : top + high, left : left + wide][cv2.erode(own.astype(np.uint8), np.ones((3, 3))) > 0]
        if is_bar and tones.size and float(tones.std()) < 8:
            covered += area
    return covered / (small[0] * small[1])
