"""Bind the parts of a packet into one PDF: runs in the limited child process.

The order (a JSON file) names the parts in their order with what is stamped on their pages, the outline, and the title.
Each page of an exhibit is set a little smaller on a page of its own size, so that the stamp covers nothing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pikepdf

BAND = 22.0  # points above and below a page of an exhibit, for its stamp and the number of the page
EDGE = 18.0
SIZE = 8.0
OWN_ADDRESS = "https://page.invalid/"  # a link of the made pages to a page of the packet


def read(path: str, options: dict[str, Any]) -> dict[str, Any]:
    """Write ``options["output"]``; answer the number of pages."""
    order = json.loads(Path(path).read_text())
    with pikepdf.new() as out:
        font = out.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type1,
                BaseFont=pikepdf.Name.Helvetica,
                Encoding=pikepdf.Name.WinAnsiEncoding,
            )
        )
        for part in order["parts"]:
            with pikepdf.open(part["file"]) as source:
                if part["is_made"]:
                    out.pages.extend(source.pages)
                else:
                    for page in source.pages:
                        _set_smaller(out, page)
        total = len(out.pages)
        number = 0
        for part in order["parts"]:
            for at in range(1, part["pages"] + 1):
                number += 1
                stamp = part["stamp"].format(page=at, pages=part["pages"]) if part["stamp"] else ""
                _stamp(out, out.pages[number - 1], font, stamp, f"{order['title']} - page {number} of {total}")
        _link(out)
        with out.open_outline() as outline:
            outline.root.extend(_item(out, one) for one in order["outline"])
        out.Root.PageMode = pikepdf.Name.UseOutlines
        out.Root.Lang = pikepdf.String("en")
        out.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        with out.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata["dc:title"] = order["title"]
        out.save(options["output"], object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
        return {"pages": total}


def _set_smaller(out: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """A page of an exhibit on a new page of its upright size, with a band above and below."""
    left, bottom, right, top = (float(side) for side in page.trimbox)
    width, height = right - left, top - bottom
    if int(page.obj.get("/Rotate", 0)) % 180:
        width, height = height, width
    scale = 1.0 if 300 <= max(width, height) <= 2000 else 792.0 / max(width, height, 1.0)
    width, height = max(width * scale, 100.0), max(height * scale, 100.0)
    new = out.add_blank_page(page_size=(width, height))
    new.add_overlay(page, pikepdf.Rectangle(EDGE / 2, BAND, width - EDGE / 2, height - BAND))


def _stamp(out: pikepdf.Pdf, page: pikepdf.Page, font: pikepdf.Object, stamp: str, foot: str) -> None:
    """The exhibit above, the running page number below. Letters of other scripts do not occur in stamps."""
    left, bottom, right, top = (float(side) for side in page.mediabox)
    page.contents_add(b"q", prepend=True)
    page.contents_add(b"Q")
    name = page.add_resource(font, pikepdf.Name.Font, prefix="Stamp")
    texts = [(right - EDGE - len(foot) * SIZE * 0.5, bottom + 8.0, foot)]
    if stamp:
        texts.append((right - EDGE - len(stamp) * SIZE * 0.5, top - 14.0, stamp))
    lines = []
    for x, y, text in texts:
        plain = text.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        lines.append(f"BT {name} {SIZE} Tf 1 0 0 1 {max(left + 4, x):.1f} {y:.1f} Tm (".encode() + plain + b") Tj ET")
    page.contents_add(b"q 0 g\n" + b"\n".join(lines) + b"\nQ")


def _link(out: pikepdf.Pdf) -> None:
    """Links of the made pages go to their page of the packet."""
    for page in out.pages:
        for link in page.obj.get("/Annots", []):
            action = link.get("/A")
            address = str(action.get("/URI", "")) if action is not None else ""
            if address.startswith(OWN_ADDRESS):
                number = min(max(1, int(address.removeprefix(OWN_ADDRESS))), len(out.pages))
                del link["/A"]
                link["/Dest"] = pikepdf.make_page_destination(out, number - 1, "Fit")


def _item(out: pikepdf.Pdf, one: dict[str, Any]) -> pikepdf.OutlineItem:
    number = min(max(1, one["page"]), len(out.pages))
    item = pikepdf.OutlineItem(one["title"], number - 1, "Fit")
    item.children.extend(_item(out, child) for child in one.get("children", []))
    item.is_closed = True
    return item
