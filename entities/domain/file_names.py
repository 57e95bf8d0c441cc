"""The name a sender gave a file, made fit to be shown and to be offered again; it never names a file on our disk."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

LONGEST = 300

# Control characters, and the marks that turn the direction of writing: "cod\u202efdp.exe" reads as "codexe.pdf".
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff\ud800-\udfff]"
)


def shown_name(given: str) -> str:
    """The last part of the path, without what cannot be seen; the ending survives shortening."""
    name = PurePosixPath(_UNSEEN.sub("", given).replace("\\", "/")).name.strip()
    if not name:
        return "file without a name"
    ending = PurePosixPath(name).suffix[:20]
    return name if len(name) <= LONGEST else name[: LONGEST - len(ending) - 1] + "…" + ending
