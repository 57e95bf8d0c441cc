"""Where the lines are drawn: how many points, and what share of them, make a match or a question."""

from dataclasses import dataclass


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
