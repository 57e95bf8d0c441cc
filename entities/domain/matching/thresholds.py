"""Where the lines are drawn: how many points, and what share of them, make a match or a question."""

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least points, and the least share of all points that must speak for the entity.

    These are what the product ships with, chosen on the development half of the exam. An office may put others in
    use (``entities.models.ThresholdSet``).
    """

    match_share: float = 0.9
    match_points: float = 6.2
    possible_share: float = 0.79
    possible_points: float = 4.4
    possible_points_own: float = 4.2  # where the brand is a word of its own


SHIPPED = Thresholds()
NAMES = tuple(one.name for one in fields(Thresholds))
LABELS = {
    "match_share": "Match: the least share of the points that speaks for the entity",
    "match_points": "Match: the least number of points that speak for it",
    "possible_share": "Possible: the least share of the points that speaks for the entity",
    "possible_points": "Possible: the least number of points, where many firms share the brand",
    "possible_points_own": "Possible: the least number of points, where the brand is a word of its own",
}
MOST_POINTS = 100.0
WIDEST = Thresholds(1, MOST_POINTS, 0.5, 0.1, 0.1)  # with these beside it, a value is judged by its own bounds alone
_STEPS = {"share": (-0.1, -0.05, -0.02, 0.02, 0.05, 0.1), "points": (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0)}


def problems(lines: Thresholds) -> dict[str, str]:
    """By threshold what is wrong with its value, and what to give instead."""
    found = {}
    for name in NAMES:
        value = getattr(lines, name)
        if _is_share(name) and not 0.5 <= value <= 1:
            found[name] = "Give a share from 0.5 to 1: under one half, more speaks against the entity than for it."
        elif not _is_share(name) and not 0 < value <= MOST_POINTS:
            found[name] = f"Give a number of points above 0, at most {MOST_POINTS:g}."
    for name, above in (
        ("possible_share", "match_share"),
        ("possible_points", "match_points"),
        ("possible_points_own", "match_points"),
    ):
        most = getattr(lines, above)
        if name not in found and above not in found and getattr(lines, name) > most:
            found[name] = f"Give at most {most:g}, what a match takes: a question never needs more than a match."
    return found


def around(lines: Thresholds, name: str) -> list[Thresholds]:
    """One threshold moved down and up in steps, the others kept; in order, with the one as it is among them."""
    now = getattr(lines, name)
    values = {now, getattr(SHIPPED, name), *(round(now + step, 4) for step in _STEPS[name.split("_")[1]])}
    moved = [replace(lines, **{name: value}) for value in sorted(values)]
    return [one for one in moved if not problems(one)]


def _is_share(name: str) -> bool:
    return name.endswith("_share")
