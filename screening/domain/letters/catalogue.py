"""The kinds of letters there are. A change of what the law asks of a letter is a change of acts.py or papers.py."""

from __future__ import annotations

from screening.domain.letters.acts import ACTS
from screening.domain.letters.kinds import Kind
from screening.domain.letters.papers import PAPERS

KINDS: dict[str, Kind] = {kind.code: kind for kind in (*ACTS, *PAPERS)}
# What the public report may be made of, and nothing else of the record.
PUBLIC_PARTS = ("opening", "determined_on", "goods", "evidence")
