"""The steps of a case's chain, judged one by one: every party known, and every stage nobody declared."""

from __future__ import annotations

from dataclasses import dataclass

from screening.chain import ARTICLE, chain_of
from screening.confidential import Reader
from screening.models import Case


@dataclass(frozen=True, slots=True)
class Step:
    """A party of the chain, or a stage of it where nobody is declared."""

    key: str
    name: str
    native_name: str = ""
    where: str = ""
    is_gap: bool = False

    @property
    def label(self) -> str:
        """Name as written, then romanised or English, and where it stands."""
        name = " ".join(filter(None, [self.native_name, self.name]))
        return f"{name}, {self.where}"[:300] if self.where else name[:300]


def steps_of(case: Case, user: Reader) -> list[Step]:
    """The steps of every shipment's chain, nearest the importer first, each once; gaps last."""
    parties: dict[str, tuple[int, Step]] = {}
    gaps: dict[str, Step] = {}
    for shipment in case.shipments.select_related("latest_screening").order_by("pk"):
        chain = chain_of(shipment, user)
        if chain is None:
            key = source_key(shipment.pk)
            gaps[key] = Step(key, f"whoever made the goods of {shipment.label}", where="not declared", is_gap=True)
            continue
        for node in chain.nodes.values():
            if node.id != ARTICLE and node.id not in parties:
                where = f"step {node.step}" + (f", {node.stage.lower()}" if node.stage else "")
                parties[node.id] = (node.step, Step(node.id, node.name, node.native_name, where))
        for stage in chain.missing:
            gaps.setdefault(gap_key(stage), Step(gap_key(stage), stage, where="not declared", is_gap=True))
    return [one for _, one in sorted(parties.values(), key=lambda row: row[0])] + list(gaps.values())


def gap_key(stage: str) -> str:
    """The key of a stage where nobody is declared."""
    return f"stage-{stage}"[:80]


def source_key(shipment: int) -> str:
    """The key of whoever made the goods of a shipment, where nobody is declared."""
    return f"source-{shipment}"
