"""``Prefer``: what a program would like, and is told when it was done so (RFC 7240)."""

from __future__ import annotations

import re

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

APPLIED = "Preference-Applied"
WAIT_SECONDS, MOST_SECONDS = 10, 30
_WAIT = re.compile(r'\s*wait\s*(?:=\s*(?:"(\d{1,9})"|(\d{1,9}))\s*)?(?:;.*)?', re.IGNORECASE)
PREFER = OpenApiParameter(
    "Prefer",
    str,
    OpenApiParameter.HEADER,
    description=(
        "`wait`: screen before answering, and say so in Preference-Applied; `wait=N`: within N seconds, at most "
        f"{MOST_SECONDS}. Where it takes longer the answer comes without the screening, which a worker makes."
    ),
)


def seconds_to_wait(request: Request) -> int:
    """How long the program waits for the screening of what it declares; 0: it does not wait.

    ``wait`` alone is some seconds, ``wait=N`` at most N of them; of several the first counts, and what is not
    understood is passed over, as the standard asks.
    """
    for preference in request.headers.get("Prefer", "").split(","):
        if found := _WAIT.fullmatch(preference):
            given = found[1] or found[2]
            return min(int(given), MOST_SECONDS) if given else WAIT_SECONDS
    return 0
