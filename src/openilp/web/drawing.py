"""Small drawings of the home page as coordinates: the template writes them into SVG, nothing is computed there."""

from collections.abc import Sequence
from dataclasses import dataclass

from openilp.methods.sentence import Estimate


@dataclass(frozen=True)
class Sparkline:
    """A line from zero with a last point; a month without data is a gap."""

    lines: tuple[str, ...]
    last_x: float
    last_y: float
    width: int
    height: int


@dataclass(frozen=True)
class Interval:
    """An estimate with its interval on a shared scale; what lies beyond the scale ends at its edge."""

    zero: float
    low: float
    high: float
    value: float
    width: int


def sparkline(values: Sequence[float | None], *, width: int = 144, height: int = 22) -> Sparkline | None:
    """Return the line of some values, oldest first, or nothing where fewer than two are known."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    top = max(known) or 1.0
    step = width / (len(values) - 1)
    points = [
        None if value is None else (round(at * step, 1), round(height + 1 - value / top * (height - 2), 1))
        for at, value in enumerate(values)
    ]
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    drawn = [run for run in runs if run]
    last_x, last_y = drawn[-1][-1]
    lines = tuple(" ".join(f"{x},{y}" for x, y in run) for run in drawn if len(run) > 1)
    return Sparkline(lines, last_x, last_y, width, height)


def interval(estimate: Estimate, *, low: float, high: float, width: int = 112) -> Interval | None:
    """Return an estimate on a scale from `low` to `high`, or nothing where it is undetermined."""
    if estimate.value is None:
        return None

    def place(value: float | None, edge: float) -> float:
        within = min(max(edge if value is None else value, low), high)
        return round((within - low) / (high - low) * width, 1)

    return Interval(
        zero=place(0.0, 0.0),
        low=place(estimate.low, low),
        high=place(estimate.high, high),
        value=place(estimate.value, 0.0),
        width=width,
    )
