"""Pages for a packet out of one exhibit: runs in the limited child process, writes one PDF, answers how many pages.

``options["what"]``: ``pdf`` (the file itself, with nothing in it that acts), ``pictures`` (a list of picture files) or
``sheet`` (a JSON file with what was read, set by typst).
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pikepdf
from PIL import Image

LETTER = (612.0, 792.0)
MOST_PIXELS = 60_000_000
# What is kept of a page. Links, scripts, forms and files within it are not.
KEPT = {"/Type", "/Parent", "/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Group"}


def read(path: str, options: dict[str, Any]) -> dict[str, Any]:
    """Write ``options["output"]``; answer the number of pages, and of a sheet also where each part begins."""
    made = {"pdf": _of_pdf, "pictures": _of_pictures, "sheet": _of_sheet}[options["what"]]
    return made(path, options)


def _of_pdf(path: str, options: dict[str, Any]) -> dict[str, Any]:
    with pikepdf.open(path) as source:
        source.generate_appearance_streams()
        source.flatten_annotations("all")
        with pikepdf.new() as out:
            for page in source.pages[: options["most"]]:
                out.pages.append(page)
            for page in out.pages:
                for key in [str(key) for key in page.obj if str(key) not in KEPT]:
                    del page.obj[key]
            out.remove_unreferenced_resources()
            out.save(options["output"], object_stream_mode=pikepdf.ObjectStreamMode.generate)
            return {"pages": len(out.pages)}


def _of_pictures(path: str, options: dict[str, Any]) -> dict[str, Any]:
    names: list[str] = json.loads(Path(path).read_text())
    with pikepdf.new() as out:
        for name in names:
            _add_picture(out, name)
        out.save(options["output"])
        return {"pages": len(out.pages)}


def _add_picture(out: pikepdf.Pdf, name: str) -> None:
    """A picture as large as a sheet of letter paper takes it."""
    with Image.open(name) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        plain = picture.convert("L" if picture.mode in ("1", "L") else "RGB")
    data = io.BytesIO()
    plain.save(data, "JPEG", quality=80)
    wide = plain.width > plain.height
    width, height = LETTER[::-1] if wide else LETTER
    scale = min(width / plain.width, height / plain.height)
    across, down = plain.width * scale, plain.height * scale
    image = out.make_stream(data.getvalue())
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height, image.BitsPerComponent = plain.width, plain.height, 8
    image.ColorSpace = pikepdf.Name.DeviceGray if plain.mode == "L" else pikepdf.Name.DeviceRGB
    image.Filter = pikepdf.Name.DCTDecode
    page = out.add_blank_page(page_size=(width, height))
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=image))
    left, bottom = (width - across) / 2, height - down
    page.obj.Contents = out.make_stream(f"q {across:.2f} 0 0 {down:.2f} {left:.2f} {bottom:.2f} cm /I Do Q".encode())


def _of_sheet(path: str, options: dict[str, Any]) -> dict[str, Any]:
    import noto_cjk_sans_otc
    import typst

    compiler = typst.Compiler(
        root=options["templates"],
        font_paths=[Path(noto_cjk_sans_otc.__file__).parent],
        ignore_system_fonts=True,
        sys_inputs={"data": Path(path).read_text()},
    )
    source = f"{options['templates']}/packets/{options['template']}"
    content = compiler.compile(input=source, format="pdf", timestamp=options["at"])
    assert isinstance(content, bytes)
    Path(options["output"]).write_bytes(content)
    where = json.loads(compiler.query(selector="<where>", field="value", format="json"))
    with pikepdf.open(options["output"]) as made:
        return {"pages": len(made.pages), "where": where}
