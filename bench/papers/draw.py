"""The papers as files: PDFs of text, and PDFs of pictures as a scanner makes them."""

from __future__ import annotations

import io
import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import noto_cjk_sans_otc
import pypdfium2
import typst
from PIL import Image, ImageFilter

from bench.papers.layouts import source_of
from bench.papers.made import Pile, Sheet

_FONTS = [str(Path(noto_cjk_sans_otc.__file__).parent), "/usr/share/fonts"]
FONTS = ("Liberation Sans", "Liberation Mono", "Noto Sans CJK SC")
DPI = 150


@dataclass(frozen=True)
class Drawn:
    """One file of a pile, and which paper stands on which of its pages."""

    name: str
    content: bytes
    slots: tuple[str, ...]


def require_fonts() -> None:
    """The looks are drawn in these fonts. In others columns would not stand under their headings, and figures would
    be of other papers."""
    missing = [name for name in FONTS if name not in typst.Fonts(font_paths=_FONTS).families()]
    if missing:
        raise SystemExit(f"Fonts are missing: {', '.join(missing)}. On Debian or Ubuntu: apt install fonts-liberation")


def files_of(pile: Pile) -> list[Drawn]:
    """The papers of each firm in one file; those of the importer's office in another."""
    groups: dict[str, list[Sheet]] = defaultdict(list)
    for sheet in pile.sheets:
        group = sheet.slot.partition(".")[0] if "." in sheet.slot else "office"
        groups[f"{group}{'-scan' if sheet.scanned else ''}"].append(sheet)
    return [
        Drawn(f"{pile.name}-{group}.pdf", _bound(sheets, pile), tuple(one.slot for one in sheets))
        for group, sheets in groups.items()
    ]


def _bound(sheets: list[Sheet], pile: Pile) -> bytes:
    source = "\n#pagebreak(weak: true)\n".join(f"#[\n{source_of(one, pile)}\n]" for one in sheets)
    source = _hoisted(source)
    made = typst.compile(source.encode(), font_paths=_FONTS, ignore_system_fonts=False)
    text = made if isinstance(made, bytes) else made[0]
    return _scan(text, sheets, pile.name) if sheets[0].scanned else text


def _hoisted(source: str) -> str:
    """Rules for the page stand once, before everything."""
    rules = [line for line in source.splitlines() if line.startswith("#set page")]
    rest = "\n".join(line for line in source.splitlines() if not line.startswith("#set page"))
    return f"{rules[0]}\n{rest}"


def _scan(content: bytes, sheets: list[Sheet], name: str) -> bytes:
    """Each page a picture: a little askew, a little grey, compressed; one that nobody can read is blurred."""
    chance = random.Random(f"scan of {name}")
    pictures = []
    document = pypdfium2.PdfDocument(content)
    for at, sheet in enumerate(sheets):
        page = document[at]
        picture = page.render(scale=DPI / 72, grayscale=True).to_pil().convert("L")
        page.close()
        picture = picture.rotate(chance.uniform(-0.6, 0.6), resample=Image.Resampling.BICUBIC, fillcolor=255)
        noise = Image.effect_noise(picture.size, 18).point(lambda value: value - 128 + 235)
        picture = Image.blend(picture, noise, 0.06)
        if sheet.illegible:
            picture = picture.filter(ImageFilter.GaussianBlur(6))
        compressed = io.BytesIO()
        picture.save(compressed, "JPEG", quality=72)
        pictures.append(Image.open(compressed))
    document.close()
    out = io.BytesIO()
    pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:], resolution=DPI)
    return out.getvalue()
