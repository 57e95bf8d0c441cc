"""Letters as PDF: typst sets the template of the product with plain data; nothing a user wrote becomes source.

The compiler itself checks what PDF/UA-1 asks of structure (tags, headings, header cells, language, title) and declares
it. Checked from outside by hand in November 2026, each kind of letter and paper, with page-validation 0.11 (PyPI): of
its 104 rules of PDF/UA-1 all pass but one, on widths of Chinese glyphs; fontTools reads these as the PDF gives them.
The same data and moment give the same bytes.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import noto_cjk_sans_otc
import typst
from django.conf import settings

TEMPLATE = "letters/letter.typ"
_one_at_a_time = threading.Lock()


def render(document: Mapping[str, Any], record: Mapping[str, Any], *, at: datetime) -> bytes:
    """The letter with its line of record; ``at`` is the only moment in the file."""
    data = json.dumps({"document": document, "record": record}, ensure_ascii=False)
    folder = settings.BASE_DIR / "templates"
    with _one_at_a_time:
        content = _compiler(str(folder)).compile(
            input=str(folder / TEMPLATE),
            format="pdf",
            sys_inputs={"data": data},
            pdf_standards=["ua-1"],
            timestamp=int(at.timestamp()),
        )
    assert isinstance(content, bytes)
    return content


@cache
def _compiler(root: str) -> typst.Compiler:
    """One compiler keeps fonts and template in memory. Only the font that comes with the program is used beside
    typst's own, so that every machine prints the same."""
    fonts = Path(noto_cjk_sans_otc.__file__).parent
    return typst.Compiler(root=root, font_paths=[fonts], ignore_system_fonts=True)
