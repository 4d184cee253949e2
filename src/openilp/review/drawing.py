"""Small pictures of the review: monthly lines, and ratios on one scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 160, 28
RATIO_WIDTH, RATIO_END = 160, 2.0


@dataclass(frozen=True)
class Line:
    """A line from zero, broken where no data came in.

    Attributes:
        path: The line as an SVG path.
        x: Where its last point lies.
        y: The same, from the top.
        last: The last value; None without one.
    """

    path: str
    x: float
    y: float
    last: float | None


def line(values: Sequence[float | None]) -> Line:
    """Return monthly values as a line that begins at zero."""
    most = max((v for v in values if v is not None), default=0) or 1
    step = WIDTH / max(len(values) - 1, 1)
    parts, pen, last = [], "M", None
    for i, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        x, y = round(i * step, 1), round(HEIGHT - 2 - value / most * (HEIGHT - 6), 1)
        parts.append(f"{pen}{x} {y}")
        pen, last = "L", (x, y, float(value))
    if last is None:
        return Line("", 0, HEIGHT, None)
    return Line("".join(parts), *last)


@dataclass(frozen=True)
class Ratio:
    """A ratio with its interval on a scale from 0 to 2, where 1 is no change; longer ones are cut."""

    low: float
    middle: float
    high: float
    is_cut: bool


def ratio(told: dict[str, Any]) -> Ratio | None:
    """Return a kept estimate on the scale, or nothing where there is no value."""
    if told["value"] is None:
        return None
    low = told["low"] if told["low"] is not None else 0.0
    high = told["high"] if told["high"] is not None else float("inf")
    place = [round(min(v, RATIO_END) / RATIO_END * RATIO_WIDTH, 1) for v in (low, told["value"], high)]
    return Ratio(place[0], place[1], place[2], high > RATIO_END)


def change(told: dict[str, Any]) -> tuple[float, float | None, float | None] | None:
    """Return a kept ratio as change in per cent with its interval."""
    if told["value"] is None:
        return None
    low, high = told["low"], told["high"]
    return (
        100 * (told["value"] - 1),
        None if low is None else 100 * (low - 1),
        None if high is None else 100 * (high - 1),
    )
