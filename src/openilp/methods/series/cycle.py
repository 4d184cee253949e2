"""Intervals spread exactly over a cycle of equal bins: the hours of a day or a week, the days of a week."""

import numpy as np

from openilp.methods.arrays import FloatArray

WEEK_H = 168


def spread_over_cycle(start: FloatArray, length: FloatArray, bins: int) -> tuple[FloatArray, FloatArray]:
    """This function will spread intervals over the bins of a cycle, each with the share that lies there.

    Each interval is whole cycles plus a rest; the rest is two partial bins and a run of full ones, and
    runs are entered at their two ends only, so the cost does not depend on their length.

    Args:
        start: (n,) beginnings in bins since the cycle began, 0 to `bins`.
        length: (n,) lengths in bins, 0 or more.
        bins: Number of bins.

    Returns:
        (bins,) expected events, and (bins,) variances: the sums of p (1 - p) over the events.
    """
    instant = length == 0
    first_bin = np.minimum(start.astype(np.int64), bins - 1)
    expected = np.bincount(first_bin[instant], minlength=bins).astype(np.float64)
    squares = expected.copy()
    begin, long, first = start[~instant], length[~instant], first_bin[~instant]
    cycles, rest = np.divmod(long, bins)
    last = np.floor(begin + rest).astype(np.int64)
    same = last == first
    head = np.where(same, rest, first + 1 - begin)
    tail = np.where(same, 0.0, begin + rest - last)
    # A rest of almost a cycle can end in the bin in which it began, one cycle on.
    around = last == first + bins
    head = head + np.where(around, tail, 0.0)
    tail = np.where(around, 0.0, tail)
    runs = np.zeros(2 * bins + 1)
    square_runs = np.zeros(2 * bins + 1)
    for edge, sign in ((np.minimum(first + 1, last), 1.0), (last, -1.0)):
        runs += sign * np.bincount(edge, weights=1 / long, minlength=2 * bins + 1)
        square_runs += sign * np.bincount(edge, weights=(2 * cycles + 1) / long**2, minlength=2 * bins + 1)
    expected += _fold(np.cumsum(runs), bins) + float((cycles / long).sum())
    squares += _fold(np.cumsum(square_runs), bins) + float(((cycles / long) ** 2).sum())
    for where, part in ((first, head), (last, tail)):
        expected += np.bincount(where % bins, weights=part / long, minlength=bins)
        squares += np.bincount(where % bins, weights=(2 * cycles * part + part**2) / long**2, minlength=bins)
    return expected, expected - squares


def _fold(two_cycles: FloatArray, bins: int) -> FloatArray:
    return two_cycles[:bins] + two_cycles[bins : 2 * bins]
