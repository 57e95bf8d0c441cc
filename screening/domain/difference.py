"""How the findings of one screening differ from those of the one before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Compared:
    """A finding as it is compared: what it is about, and what it says of that."""

    key: int  # under which it is stored
    about: tuple[object, ...]
    says: tuple[object, ...]
    steps_upstream: int | None = None


@dataclass(slots=True)
class Difference:
    """Findings that are new, gone, or say something else of the same; each with where in the chain it stands."""

    new: list[Compared] = field(default_factory=list)
    gone: list[Compared] = field(default_factory=list)
    changed: list[tuple[Compared, Compared]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.new or self.gone or self.changed)


def difference(before: Iterable[Compared], after: Iterable[Compared]) -> Difference:
    """What is said otherwise. Of several findings about the same, those that say the same are paired first."""
    then: dict[tuple[object, ...], list[Compared]] = defaultdict(list)
    for one in before:
        then[one.about].append(one)
    found = Difference()
    rest: list[Compared] = []
    for one in after:
        same = next((old for old in then[one.about] if old.says == one.says), None)
        if same is None:
            rest.append(one)
        else:
            then[one.about].remove(same)
    for one in rest:
        if then[one.about]:
            found.changed.append((then[one.about].pop(0), one))
        else:
            found.new.append(one)
    found.gone = [old for left in then.values() for old in left]
    return found
