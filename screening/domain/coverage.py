"""How far a chain is known: which stages are expected, which are declared, above which step nothing is known.

Unknown is not clean: a chain that nobody declared is said to be unknown, never taken for good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a commodity chain; 1 is the raw material. One that ``trades`` sells on goods of any stage."""

    number: int
    name: str
    is_conditional: bool
    trades: bool = False


@dataclass(frozen=True, slots=True)
class ChainPosition:
    """Where an article stands: its commodity chain and the stage that makes it."""

    commodity: str
    made_by_stage: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the chain of one article is known; ``unknown_above_step`` is None where no expected stage is missing."""

    line_number: int
    commodity: str
    expected: tuple[str, ...]
    declared: tuple[str, ...]
    proven: tuple[str, ...]
    missing: tuple[str, ...]
    steps_declared: int
    unknown_above_step: int | None

    @property
    def sentence(self) -> str:
        if self.unknown_above_step is None:
            return f"All {len(self.declared)} expected stages of the {self.commodity} chain are declared."
        known = "no supplier is declared" if self.steps_declared == 0 else f"known to step {self.steps_declared}"
        if self.expected:
            return (
                f"Chain unknown above step {self.unknown_above_step} ({known}; {len(self.missing)} of "
                f"{len(self.expected)} expected {self.commodity} stages have no party: {', '.join(self.missing)})."
            )
        return f"Chain unknown above step {self.unknown_above_step} ({known}; no stage model for these goods)."


def measure(
    line_number: int,
    position: ChainPosition | None,
    stages: Sequence[Stage],
    *,
    has_source: bool,
    stage_names_by_step: Mapping[int, Sequence[str]],
) -> Coverage:
    """How far one article's chain is declared.

    ``stage_names_by_step``: per step upstream the stages the declared suppliers say they stand at (may be empty
    words). ``has_source``: the shipment names who made or sold the article (step 1).
    """
    steps = max(stage_names_by_step, default=1 if has_source else 0)
    expected = [stage for stage in stages if position is not None and stage.number <= position.made_by_stage]
    said = {name.strip().lower() for names in stage_names_by_step.values() for name in names if name.strip()}
    declared = [
        stage
        for stage in expected
        if stage.name.lower() in said
        or (has_source and position is not None and stage.number == position.made_by_stage)
    ]
    missing = [stage for stage in expected if stage not in declared and not stage.is_conditional]
    is_known = bool(expected) and not missing
    return Coverage(
        line_number=line_number,
        commodity=position.commodity if position else "",
        expected=tuple(stage.name for stage in expected if not stage.is_conditional or stage in declared),
        declared=tuple(stage.name for stage in declared),
        proven=(),
        missing=tuple(stage.name for stage in missing),
        steps_declared=steps,
        unknown_above_step=None if is_known else steps,
    )
