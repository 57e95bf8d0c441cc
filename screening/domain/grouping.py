"""Which shipments belong into one case: those whose goods come to the same ground by the same chain."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Way:
    """A ground, what it rests on (a listed entity, a place), and the parties on the way to it."""

    ground: str
    rests_on: str
    path: tuple[str, ...]

    @classmethod
    def of(cls, ground: str, rests_on: str, nodes: Iterable[Mapping[str, Any]]) -> Way:
        """``nodes``: of a finding's path. A supplier on record is itself under any spelling, another its name."""
        parties = (f"#{node['supplier']}" if node.get("supplier") else _plain(node["name"]) for node in nodes)
        return cls(ground, rests_on, tuple(parties))


def chain_key(ways: Iterable[Way]) -> str:
    """One value for a set of ways, in any order; empty where there is none."""
    said = sorted({(way.ground, way.rests_on, *way.path) for way in ways})
    return hashlib.sha256(json.dumps(said).encode()).hexdigest() if said else ""


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
