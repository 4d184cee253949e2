"""Permutation: how large would a sum over neighbours be if the values of the cells changed places?

The random cells are drawn once and shared by all cells, which the law of each cell's own test allows: the time is
that of sorting the sums, not of n times `draws` of them.
"""

import numpy as np
from numpy.random import Generator

from openilp.methods.arrays import FloatArray, IntArray
from openilp.methods.errors import TooFew


def total_tails(
    values: FloatArray, sums: FloatArray, sizes: IntArray, *, draws: int, rng: Generator
) -> tuple[FloatArray, FloatArray]:
    """This function will compare each cell's window, itself included, with as many cells drawn from all.

    Args:
        values: (n,) one value a cell.
        sums: (n,) observed sum over each window.
        sizes: (n,) cells in each window.
        draws: Random draws; the smallest possible p is 1 / (draws + 1).
        rng: Random generator; the caller owns the seed.

    Returns:
        (n,) probabilities of a sum at least as large as the observed one, and of one at most as large.

    Raises:
        TooFew: If a window holds all cells.

    Source:
        The law under which Ord and Getis (1995) give Gi* its mean and variance: all values change places,
        the cell's own too. Holding that one fixed would test the neighbours only. p = (1 + hits) / (1 + draws):
        North et al., American Journal of Human Genetics 71 (2002).
    """
    picks = _picks(values, int(sizes.max()), draws, rng)
    above, below, _ = _shared(values, sums, sizes, picks)
    return (above + 1) / (draws + 1), (below + 1) / (draws + 1)


def conditional_tails(
    values: FloatArray, sums: FloatArray, neighbours: IntArray, *, draws: int, rng: Generator
) -> tuple[FloatArray, FloatArray]:
    """This function will compare each cell's sum over its neighbours with sums over random other cells.

    A draw that holds the tested cell itself has its spare cell put in its place, so each cell is compared with
    draws without repetition from the n − 1 others.

    Args:
        values: (n,) one value a cell.
        sums: (n,) observed sum over the neighbours of each cell, itself not included.
        neighbours: (n,) how many neighbours that are.
        draws: Random draws; the smallest possible p is 1 / (draws + 1).
        rng: Random generator; the caller owns the seed.

    Returns:
        (n,) probabilities of a sum at least as large as the observed one, and of one at most as large.

    Raises:
        TooFew: If a cell has as many neighbours as there are other cells.

    Source:
        Anselin, "Local Indicators of Spatial Association", Geographical Analysis 27 (1995), section 3.
    """
    picks = _picks(values, int(neighbours.max()) + 1, draws, rng)
    above, below, slack = _shared(values, sums, neighbours, picks)
    drawn = values[picks]
    for k in np.unique(neighbours):
        row, column = np.nonzero(neighbours[picks[:, :k]] == k)
        own = picks[row, column]
        with_own = drawn[row, :k].sum(axis=1)
        without = with_own - values[own] + drawn[row, k]
        low, high = sums[own] - slack, sums[own] + slack
        np.add.at(above, own, (without >= low).astype(float) - (with_own >= low))
        np.add.at(below, own, (without <= high).astype(float) - (with_own <= high))
    return (above + 1) / (draws + 1), (below + 1) / (draws + 1)


def _picks(values: FloatArray, columns: int, draws: int, rng: Generator) -> IntArray:
    if len(values) < columns + 1:
        raise TooFew("possible cells", len(values), columns + 1)
    return _distinct(len(values), draws, columns, rng)


def _shared(
    values: FloatArray, sums: FloatArray, sizes: IntArray, picks: IntArray
) -> tuple[FloatArray, FloatArray, float]:
    """Return how many draws are at least, and at most, as large as each sum, and what counts as equal."""
    # Sums of the same numbers in another order differ in their last digits; ties must stay ties.
    slack = 1e-9 * max(1.0, float(np.abs(values).max()))
    drawn = values[picks]
    above, below = np.zeros(len(values)), np.zeros(len(values))
    for size in np.unique(sizes):
        cells = np.flatnonzero(sizes == size)
        ordered = np.sort(drawn[:, :size].sum(axis=1))
        above[cells] = len(picks) - np.searchsorted(ordered, sums[cells] - slack, side="left")
        below[cells] = np.searchsorted(ordered, sums[cells] + slack, side="right")
    return above, below, slack


def _distinct(n: int, rows: int, columns: int, rng: Generator) -> IntArray:
    """Return rows of different numbers below n; a row with a repetition is drawn again."""
    if columns * columns > n / 2:
        return rng.permuted(np.tile(np.arange(n), (rows, 1)), axis=1)[:, :columns]
    picks = rng.integers(0, n, (rows, columns))
    while True:
        ordered = np.sort(picks, axis=1)
        again = np.flatnonzero((np.diff(ordered, axis=1) == 0).any(axis=1))
        if again.size == 0:
            return picks
        picks[again] = rng.integers(0, n, (again.size, columns))
