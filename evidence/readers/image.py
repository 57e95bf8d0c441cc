"""Pictures: how many, whether they can be shown. Runs in the child process only.

Their words are read later, page by page (``evidence.readers.ocr``).
"""

from __future__ import annotations

from typing import Any

from PIL import Image, ImageSequence, UnidentifiedImageError

from evidence.domain.media import BY_CODE, MAX_PAGES, MAX_PIXELS, TIFF
from evidence.domain.problems import DAMAGED, TOO_LARGE, Problem
from evidence.readers.answers import page, read_so_far, refused

# Our own limit below gives a reason a person understands; Pillow's would be a bare exception.
Image.MAX_IMAGE_PIXELS = None


def read(path: str, options: dict[str, Any]) -> dict[str, Any]:
    media = BY_CODE[options["media"]]
    pages: list[dict[str, Any]] = []
    try:
        # The one decoder of the declared kind, so that no other is reached by a crafted file.
        with Image.open(path, formats=[media.code.upper()]) as image:
            # The further pictures in a JPEG or PNG are previews and animations of the first.
            frames = ImageSequence.Iterator(image) if media is TIFF else [image]
            for number, frame in enumerate(frames, start=1):
                width, height = frame.size
                if width * height > MAX_PIXELS:
                    return read_so_far(media, pages, page_count=number, problem=_too_many_pixels(width, height))
                if number > MAX_PAGES:
                    return read_so_far(media, pages, page_count=getattr(image, "n_frames", number))
                frame.load()
                pages.append(page(number, "", images=1, blank=_is_of_one_colour(frame)))
    except MemoryError:
        raise
    except UnidentifiedImageError:
        return refused(media, _damaged(media.label))
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, IndexError):
        return read_so_far(media, pages, page_count=len(pages) + 1, problem=_damaged(media.label))
    return read_so_far(media, pages)


def _is_of_one_colour(frame: Image.Image) -> bool:
    extrema = frame.getextrema()
    bands = extrema if isinstance(extrema[0], tuple) else (extrema,)
    return all(low == high for low, high in bands)


def _damaged(label: str) -> Problem:
    return Problem(
        DAMAGED,
        f"The {label} is damaged or cut off and cannot be shown.",
        "Take the picture or scan again, and send that.",
    )


def _too_many_pixels(width: int, height: int) -> Problem:
    return Problem(
        TOO_LARGE,
        f"The picture has {width} by {height} pixels; up to {MAX_PIXELS // 1_000_000} million pixels are taken.",
        "Scan at 200 to 300 dpi, or save it smaller.",
    )
