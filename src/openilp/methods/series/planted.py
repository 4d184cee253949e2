"""Series planted among real cases, for places where no series is known for certain."""

from typing import TypeVar

import numpy as np
from numpy.random import Generator

from openilp.methods.arrays import FloatArray, IntArray
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.series.cases import Cases

Value = TypeVar("Value")
LEAST_BACKGROUND = 20


def plant_series(
    cases: Cases,
    *,
    series: int = 60,
    cases_each: float = 4.0,
    spread_m: float = 800.0,
    gap_days: float = 5.0,
    consistency: float = 0.7,
    rng: Generator,
) -> Cases:
    """This function will add simulated series to real cases, so that a linkage model can be trained.

    Args:
        cases: Real cases; each counts as a case of its own.
        series: Number of series to add.
        cases_each: Mean cases of a series, at least 2.
        spread_m: Mean distance of a case from the middle of its series, in metres.
        gap_days: Mean delay to the next case of a series, in days.
        consistency: Probability that a case shows its offender's usual value of a variable; otherwise a value
            as common as among the real cases.
        rng: Random generator; the caller owns the seed.

    Returns:
        The real cases, each with a series of its own, followed by the planted ones.

    Raises:
        TooFew: If there are fewer than twenty real cases to resemble.
        BadValue: If a parameter lies outside its range.
    """
    if len(cases) < LEAST_BACKGROUND:
        raise TooFew("cases to plant series among", len(cases), LEAST_BACKGROUND)
    if not 0 <= consistency <= 1:
        raise BadValue("consistency", consistency, "use a probability between 0 and 1")
    for name, value, least in (
        ("series", series, 1),
        ("cases_each", cases_each, 2),
        ("spread_m", spread_m, 0),
        ("gap_days", gap_days, 0),
    ):
        if not value >= least:
            raise BadValue(name, value, f"give {least} or more")
    sizes = 2 + rng.poisson(cases_each - 2, series)
    owner = np.repeat(np.arange(series), sizes)
    anchors = rng.integers(len(cases), size=series)
    angle, distance = rng.uniform(0, 2 * np.pi, len(owner)), rng.exponential(spread_m, len(owner))
    away = np.column_stack([np.cos(angle), np.sin(angle)]) * distance[:, None]
    xy = cases.xy[anchors][owner] + away
    day = cases.day[anchors][owner] + _elapsed(sizes, gap_days, rng)
    usual = rng.integers(len(cases), size=series)
    hour = _hours(cases, usual[owner], consistency, rng)
    # A planted case happens at its hour of the day, not at that of its anchor.
    day = np.where(np.isnan(hour), day, np.floor(day) + hour / 24)
    return Cases(
        ids=cases.ids + tuple(f"planted {row}" for row in range(len(owner))),
        xy=np.concatenate([cases.xy, xy]),
        day=np.concatenate([cases.day, day]),
        hour=np.concatenate([cases.hour, hour]),
        categories={
            name: _shown(column, usual[owner], consistency, rng) for name, column in cases.categories.items()
        },
        sets={name: _shown(column, usual[owner], consistency, rng) for name, column in cases.sets.items()},
        series=tuple(f"single {name}" for name in cases.ids) + tuple(f"planted {number}" for number in owner),
    )


def _elapsed(sizes: IntArray, gap_days: float, rng: Generator) -> FloatArray:
    """Days since the first case of each series."""
    gaps = [np.append(0.0, np.cumsum(rng.exponential(gap_days, size - 1))) for size in sizes]
    return np.concatenate(gaps)


def _hours(cases: Cases, usual: IntArray, consistency: float, rng: Generator) -> FloatArray:
    same = rng.random(len(usual)) < consistency
    other = cases.hour[rng.integers(len(cases), size=len(usual))]
    # Two hours either way: a habit, not an appointment; a choice, not a measurement.
    return np.where(same, np.mod(cases.hour[usual] + rng.normal(0, 2, len(usual)), 24), other)


def _shown(
    column: tuple[Value, ...], usual: IntArray, consistency: float, rng: Generator
) -> tuple[Value, ...]:
    """Return a column with the values of the planted cases added."""
    same = rng.random(len(usual)) < consistency
    other = rng.integers(len(column), size=len(usual))
    return column + tuple(
        column[int(u)] if s else column[int(o)] for u, s, o in zip(usual, same, other, strict=True)
    )
