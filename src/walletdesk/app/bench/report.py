"""What a bench says: figures, ratios, and whether the goals hold."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import msgspec


class Report(msgspec.Struct):
    """The result of one bench; `goals` name the ratios that must hold, with their bounds."""

    name: str
    figures: dict[str, float]
    ratios: dict[str, float]
    holds: bool
    goals: dict[str, str] = {}


class Goal(msgspec.Struct, frozen=True):
    """A bound on a ratio: at least, or at most."""

    ratio: str
    least: float | None = None
    most: float | None = None

    def holds(self, value: float) -> bool:
        """Say whether a value keeps the bound."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def text(self) -> str:
        """Write the bound."""
        return f">= {self.least:g}" if self.least is not None else f"<= {self.most:g}"


def report(
    name: str, figures: dict[str, float], ratios: dict[str, float], goals: Sequence[Goal]
) -> Report:
    """Put figures and ratios together and judge them."""
    return Report(
        name,
        {key: round(value, 3) for key, value in figures.items()},
        {key: round(value, 3) for key, value in ratios.items()},
        all(goal.holds(ratios[goal.ratio]) for goal in goals),
        {goal.ratio: goal.text() for goal in goals},
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of all lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def median(values: Sequence[float]) -> float:
    """Return the middle value."""
    return statistics.median(values) if values else float("nan")
