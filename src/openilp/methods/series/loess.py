"""Local regression on equally spaced points, as the decomposition by season uses it."""

import numpy as np

from openilp.methods.arrays import FloatArray, IntArray


def loess(values: FloatArray, window: int, weights: FloatArray) -> FloatArray:
    """This function will smooth a series by local straight lines.

    Args:
        values: (n,) with any number where the weight is 0.
        window: Points that each line is fitted to; more than n widens the reach beyond the series.
        weights: (n,) of 0 or more; 0 leaves a point out.

    Returns:
        (n,) smoothed values, also where a weight is 0; NaN where the window holds no weight.

    Source:
        Cleveland, Cleveland, McRae and Terpenning, "STL: a seasonal-trend decomposition procedure based on
        loess", Journal of Official Statistics 6 (1990), section 2 and appendix.
    """
    n = len(values)
    used = min(window, n)
    centre = np.arange(n)
    first = np.clip(centre - (used + 1) // 2 + 1, 0, n - used)
    return loess_at(values, window, weights, centre.astype(np.float64), first)


def loess_at(
    values: FloatArray, window: int, weights: FloatArray, at: FloatArray, first: IntArray
) -> FloatArray:
    """This function will evaluate the local lines at chosen positions.

    Args:
        values: (n,).
        window: Points that each line is fitted to.
        weights: (n,).
        at: (m,) positions on the scale of the rows, also outside 0 to n - 1.
        first: (m,) first row of each window.

    Returns:
        (m,) values; NaN where the window holds no weight.
    """
    n, used = len(values), min(window, len(values))
    rows = first[:, None] + np.arange(used)
    reach = np.maximum(at - first, first + used - 1 - at) + max(window - n, 0) // 2
    distance = np.abs(rows - at[:, None]) / np.where(reach > 0, reach, 1.0)[:, None]
    # The published routine cuts the tricube at 0.999 and flattens it below 0.001 of the reach.
    near = np.where(distance <= 0.001, 1.0, np.where(distance <= 0.999, (1 - distance**3) ** 3, 0.0))
    near = near * weights[rows]
    total = near.sum(axis=1)
    known = total > 0
    near = near / np.where(known, total, 1.0)[:, None]
    middle = (near * rows).sum(axis=1)
    away = rows - middle[:, None]
    spread = (near * away**2).sum(axis=1)
    # A line needs two places apart; otherwise the weighted mean stands.
    sloped = np.sqrt(spread) > 0.001 * max(n - 1, 1)
    slope = np.where(sloped, (at - middle) / np.where(sloped, spread, 1.0), 0.0)
    fitted = (near * (1 + slope[:, None] * away) * values[rows]).sum(axis=1)
    return np.where(known, fitted, np.nan)
