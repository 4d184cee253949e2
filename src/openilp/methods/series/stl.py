"""Seasonal-trend decomposition by loess (STL), with gaps."""

from dataclasses import dataclass

import numpy as np

from openilp.methods.arrays import FloatArray, IntArray
from openilp.methods.series.loess import loess, loess_at

# Cleveland et al. 1990, section 3.4: five passes settle a plain fit; two passes within fifteen a robust one.
_PLAIN = (5, 0)
_ROBUST = (2, 15)


@dataclass(frozen=True, slots=True)
class Decomposition:
    """A series as trend, season and remainder.

    Attributes:
        trend: (n,).
        seasonal: (n,).
        remainder: (n,) NaN in gaps.
        weights: (n,) robustness weights, 1 in a plain fit, 0 in gaps.
    """

    trend: FloatArray
    seasonal: FloatArray
    remainder: FloatArray
    weights: FloatArray


def decompose(values: FloatArray, period: int, *, seasonal: int = 7, robust: bool = False) -> Decomposition:
    """This function will split a series into trend, season and remainder.

    Args:
        values: (n,) NaN in gaps; n is at least two periods.
        period: Points in a season, 2 or more.
        seasonal: Odd window of the seasonal smoother, 7 or more: how many seasons share one shape.
        robust: Whether exceptional points lose their weight.

    Returns:
        The three parts, which add up to the series.

    Source:
        Cleveland, Cleveland, McRae and Terpenning 1990, with their windows for trend and low pass.
    """
    present = (~np.isnan(values)).astype(np.float64)
    filled = np.where(present > 0, values, 0.0)
    trend_window = _odd(1.5 * period / (1 - 1.5 / seasonal))
    low_window = _odd(period)
    inner, outer = _ROBUST if robust else _PLAIN
    trend, season = np.zeros(len(values)), np.zeros(len(values))
    weights = present
    for _ in range(outer + 1):
        for _ in range(inner):
            cycle = _smooth_cycles(filled - trend, period, seasonal, weights)
            season = cycle[period:-period] - _low_pass(cycle, period, low_window)
            trend = _carry(loess(filled - season, trend_window, weights))
        if outer:
            weights = present * _bisquare(filled - trend - season, present)
    remainder = np.where(present > 0, values - trend - season, np.nan)
    return Decomposition(trend, season, remainder, weights)


def _odd(number: float) -> int:
    whole = int(np.ceil(number))
    return whole if whole % 2 else whole + 1


def _smooth_cycles(values: FloatArray, period: int, window: int, weights: FloatArray) -> FloatArray:
    """Smooth each phase of the season over the years, and one season beyond either end."""
    out = np.empty(len(values) + 2 * period)
    for phase in range(period):
        part, weight = values[phase::period], weights[phase::period]
        n = len(part)
        used = min(window, n)
        inside = loess(part, window, weight)
        ends = loess_at(
            part, window, weight, np.array([-1.0, float(n)]), np.array([0, n - used], dtype=np.int64)
        )
        whole = np.concatenate([ends[:1], inside, ends[1:]])
        out[phase::period] = _carry(whole)
    return out


def _carry(values: FloatArray) -> FloatArray:
    """Where nothing near has weight (a long gap, or exceptional counts set aside), go straight between what has."""
    known: IntArray = np.flatnonzero(~np.isnan(values))
    if len(known) == len(values):
        return values
    if not len(known):
        return np.zeros(len(values))
    return np.asarray(np.interp(np.arange(len(values)), known, values[known]))


def _low_pass(values: FloatArray, period: int, window: int) -> FloatArray:
    for width in (period, period, 3):
        values = np.convolve(values, np.full(width, 1 / width), mode="valid")
    return loess(values, window, np.ones(len(values)))


def _bisquare(remainder: FloatArray, present: FloatArray) -> FloatArray:
    size = np.abs(remainder)
    limit = 6 * float(np.median(size[present > 0]))
    if limit == 0:
        return np.ones(len(remainder))
    share = size / limit
    # The same cut of the ends as in the local weights.
    return np.where(share <= 0.001, 1.0, np.where(share <= 0.999, (1 - share**2) ** 2, 0.0))
