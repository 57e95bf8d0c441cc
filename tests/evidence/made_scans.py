"""Pictures of pages, made for the tests: print on paper, as a scanner delivers it."""

import io
from pathlib import Path

import noto_cjk_sans_otc
from PIL import Image, ImageDraw, ImageFont

FONT = Path(noto_cjk_sans_otc.__file__).parent / "NotoSansCJK-Regular.ttc"


def scanned(*lines: str, size: tuple[int, int] = (900, 640), turned: int = 0, black: tuple[int, ...] = ()) -> bytes:
    """A PNG of a page with these lines, turned clockwise; ``black`` is a bar (left, top, right, bottom) over it."""
    return _png(page_of(*lines, size=size, black=black).rotate(-turned, expand=True))


def page_of(*lines: str, size: tuple[int, int] = (900, 640), black: tuple[int, ...] = ()) -> Image.Image:
    page = Image.new("L", size, 250)
    draw, font = ImageDraw.Draw(page), ImageFont.truetype(str(FONT), 26)
    for number, line in enumerate(lines):
        draw.text((60, 50 + 60 * number), line, fill=10, font=font)
    if black:
        draw.rectangle(black, fill=0)
    return page


def scanned_pdf(*pages: Image.Image) -> bytes:
    out = io.BytesIO()
    pages[0].save(out, "PDF", resolution=110, save_all=True, append_images=pages[1:])
    return out.getvalue()


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
