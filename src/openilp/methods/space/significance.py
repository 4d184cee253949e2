"""Local statistics on a lattice and the control of false discoveries."""

import numpy as np
from scipy.ndimage import convolve1d
from scipy.special import ndtr

from openilp.methods.arrays import BoolArray, FloatArray


def window_sum(values: FloatArray, reach: int) -> FloatArray:
    """This function will add up the square window around each cell.

    Args:
        values: (ny, nx).
        reach: Cells on each side; 1 is the cell and its eight neighbours.

    Returns:
        (ny, nx); beyond the edge lies nothing.
    """
    ones = np.ones(2 * reach + 1)
    along = convolve1d(values, ones, axis=0, mode="constant", cval=0.0)
    total: FloatArray = convolve1d(along, ones, axis=1, mode="constant", cval=0.0)
    return total


def getis_ord_star(values: FloatArray, possible: BoolArray, *, reach: int = 1) -> FloatArray:
    """This function will compute Getis and Ord's Gi* for every cell where an event is possible.

    With N possible cells, W neighbours of a cell among them (itself included, weight 1), mean m and
    standard deviation s (divisor N):
    `z = (sum of the window - m W) / (s sqrt((N W - W²) / (N - 1)))`.

    Args:
        values: (ny, nx) value of each cell.
        possible: (ny, nx); the other cells count neither in N nor as neighbours.
        reach: Cells on each side of the window.

    Returns:
        (ny, nx) z-values; NaN where an event is not possible, 0 where the values do not vary.

    Source:
        Ord and Getis, "Local spatial autocorrelation statistics", Geographical Analysis 27 (1995),
        equation 5. Limits: the normal approximation is rough in windows with few expected events.
    """
    inside = np.where(possible, values, 0.0)
    neighbours = window_sum(possible.astype(np.float64), reach)
    z = np.full(values.shape, np.nan)
    z[possible] = star_z(values[possible], window_sum(inside, reach)[possible], neighbours[possible])
    return z


def star_z(values: FloatArray, sums: FloatArray, neighbours: FloatArray) -> FloatArray:
    """This function will compute Gi* from sums over neighbours of any shape, each with weight 1.

    Args:
        values: (n,) one value a cell.
        sums: (n,) sum over each cell and its neighbours.
        neighbours: (n,) how many cells that are, itself included.

    Returns:
        (n,) z-values; 0 where the values do not vary or the neighbours are all cells.
    """
    n = len(values)
    z = np.zeros(n)
    if n < 2:
        return z
    mean = values.sum() / n
    # The two-pass form: a sum of squares loses all digits when the mean is large beside the spread.
    spread = float(np.sqrt(np.sum((values - mean) ** 2) / n))
    room = (n * neighbours - neighbours**2) / (n - 1)
    # Equal values have a spread of rounding only.
    usable = (room > 0) & (spread > 1e-12 * abs(mean))
    z[usable] = (sums - mean * neighbours)[usable] / (spread * np.sqrt(room[usable]))
    return z


def two_sided(z: FloatArray) -> FloatArray:
    """This function will return the two-sided normal probability of each z-value.

    Args:
        z: Any shape.

    Returns:
        The same shape, 0 to 1.
    """
    probability: FloatArray = 2 * ndtr(-np.abs(z))
    return probability


def false_discovery_rate(probabilities: FloatArray) -> FloatArray:
    """This function will adjust probabilities so that a threshold bounds the share of false finds.

    Args:
        probabilities: (m,) p-values without NaN.

    Returns:
        (m,) adjusted values: among the cells at or below q, at most the share q is expected to be false.

    Source:
        Benjamini and Hochberg, Journal of the Royal Statistical Society B 57 (1995); holds under
        independence and under positive dependence (Benjamini and Yekutieli 2001).
    """
    m = probabilities.size
    order = np.argsort(probabilities, kind="stable")
    stepped = probabilities[order] * m / np.arange(1, m + 1)
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1.0)
    return adjusted
