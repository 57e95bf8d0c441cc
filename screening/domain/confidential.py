"""What an importer may see of a chain that other importers helped to declare.

The office uses every importer's links for everybody. An importer sees the path up to the last party it declared
itself, then the ground and the words "confidential source".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

CONFIDENTIAL = "Confidential source"


def withhold(path: Sequence[Mapping[str, Any]], own_links: Collection[int]) -> tuple[list[dict[str, Any]], bool]:
    """The part of a path that runs over one's own links, with one box for the rest; and whether there is a rest.

    ``path`` runs from step 1 upstream; every node but the first names the link it was reached by.
    """
    shown: list[dict[str, Any]] = []
    for node in path:
        if "link" in node and node["link"] not in own_links:
            return [
                *shown,
                {"name": CONFIDENTIAL, "native_name": "", "role": "supplier", "step": path[-1]["step"]},
            ], True
        shown.append(dict(node))
    return shown, False
