"""Local Moran: cells that resemble their neighbours, and cells that stand out from them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from openilp.methods.arrays import FloatArray, IntArray, freeze
from openilp.methods.drawing import cells as draw_cells
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.places import Places
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence
from openilp.methods.space.counts import Counted, Possible, count_cells
from openilp.methods.space.grid import Grid
from openilp.methods.space.permutation import conditional_tails
from openilp.methods.space.significance import false_discovery_rate, window_sum

#: What a cell is beside its neighbours: many among many, few among many, few among few, many among few.
KINDS = ("high-high", "low-high", "low-low", "high-low")


@dataclass(frozen=True, slots=True)
class LocalMoran(Result):
    """The possible cells in the order of their numbers.

    Attributes:
        cell: (k,) cell numbers.
        value: (k,) counts, or sums of weights.
        moran: (k,) local Moran's I; above 0 where a cell resembles its neighbours; NaN without neighbours.
        probability: (k,) two-sided p by conditional permutation; 1 without neighbours.
        adjusted: (k,) adjusted for the number of cells (Benjamini and Hochberg).
        kind: (k,) 1 to 4 as in `KINDS` where `adjusted` is at most the rate, else 0.
        grid: The grid.
        false_discovery: The rate behind `kind`.
        draws: Random draws behind p.
        n: Events that entered.
        n_without_place: Events left out because their place is not known.
        n_outside: Events left out because they lie where crime was declared impossible.
        n_without_neighbours: Cells that have none, and so no statistic.
        method: How it was computed.
        cautions: What the reader must know.
    """

    cell: IntArray
    value: FloatArray
    moran: FloatArray
    probability: FloatArray
    adjusted: FloatArray
    kind: IntArray
    grid: Grid
    false_discovery: float
    draws: int
    n: int
    n_without_place: int
    n_outside: int
    n_without_neighbours: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def counts(self) -> dict[str, int]:
        """This function will count the cells of each kind."""
        return {name: int((self.kind == number).sum()) for number, name in enumerate(KINDS, 1)}

    @property
    def finding(self) -> Sentence:
        """This function will say how many cells gather, and how many stand out."""
        found = self.counts
        return Sentence(
            "local_moran",
            "%(hot)s cells lie high among high ones, %(out)s high among low ones; %(cold)s low among low, "
            "%(hole)s low among high; of %(cells)s cells.",
            {
                "hot": f"{found['high-high']:,}",
                "out": f"{found['high-low']:,}",
                "cold": f"{found['low-low']:,}",
                "hole": f"{found['low-high']:,}",
                "cells": f"{len(self.cell):,}",
            },
        )

    def to_dict(self) -> dict[str, Any]:
        """This function will list the cells as `x, y, value, moran, p, q, kind`."""
        record = Result.to_dict(self)
        for column in ("cell", "value", "moran", "probability", "adjusted", "kind"):
            del record[column]
        x, y = self.grid.centres_of(self.cell)
        names = ("x", "y", "value", "moran", "p", "q", "kind")
        moran = [None if np.isnan(value) else value for value in self.moran.tolist()]
        kind = [(None, *KINDS)[number] for number in self.kind.tolist()]
        columns = (column.tolist() for column in (x, y, self.value, self.probability, self.adjusted))
        east, north, value, p, q = columns
        rows = zip(east, north, value, moran, p, q, kind, strict=True)
        return record | {"cells": [dict(zip(names, row, strict=True)) for row in rows], "counts": self.counts}

    def plot(self) -> Plot:
        """This function will draw the values, the cells that gather or stand out outlined."""
        x, y = self.grid.centres_of(self.cell)
        marked = (self.kind == 1) | (self.kind == 4)
        title = "Cells high among high, or high among low (outlined)"
        return draw_cells(title, x, y, self.value, cell_m=self.grid.cell_m, unit="", marked=marked)


def local_moran(
    events: Places,
    *,
    cell_m: float,
    rng: Generator,
    weights: ArrayLike | None = None,
    possible: Possible = None,
    reach: int = 1,
    draws: int = 99_999,
    false_discovery: float = 0.05,
    snapped: bool = False,
    grid: Grid | None = None,
) -> LocalMoran:
    """This function will find cells that resemble their neighbours, and cells that stand out from them.

    With d the deviation of a cell from the mean, m2 the mean of d² and a row of weights adding up to 1:
    `I = d / m2 · (mean of d over the neighbours)`.

    Question:
        Which cells lie high among high ones, and which are islands: high among low, or low among high?

    Assumptions:
        Crime was equally possible in each possible cell; cells that touch are neighbours.

    Traps:
        Compares with the mean of the area, not with the people or targets in a cell. Hundreds of cells are
        tested, so only the adjusted p counts. Another cell size can give another map.

    Args:
        events: n events.
        cell_m: Side of a cell in metres.
        rng: Random generator; the caller owns the seed.
        weights: (n,) weight of each event; NaN or None where an event has none.
        possible: Where crime is possible; see `Possible`.
        reach: Cells on each side that count as neighbours.
        draws: Random draws; with few of them no p is small enough to survive the adjustment.
        false_discovery: Expected share of false finds among the cells that get a kind.
        snapped: Whether the places are snapped to shared points (adds a caution).
        grid: A grid to use instead of one laid over the events.

    Returns:
        I, p and kind of each possible cell.

    Raises:
        TooFew: If no event has a place, the values do not vary, or there are too few cells.
        BadValue: If a parameter lies outside its range.

    Oracle:
        esda 2.9.0 `Moran_Local` (whose I is (n − 1) / n of this one) and a naive twin, in `test_moran.py`.

    Cost:
        Linear in cells, and in draws times neighbours; 22,477 cells with 99,999 draws take about a second.

    Not for:
        Finding hot cells only: Gi* (`hot_spots`) is simpler to read.

    Source:
        Anselin, "Local Indicators of Spatial Association", Geographical Analysis 27 (1995), equations 7 and 8.
    """
    if reach < 1 or draws < 1:
        raise BadValue("reach or draws", min(reach, draws), "use 1 or more")
    if not 0 < false_discovery < 1:
        raise BadValue("false_discovery", false_discovery, "use a share between 0 and 1, for example 0.05")
    counted = count_cells(
        events, cell_m=cell_m, weights=weights, possible=possible, snapped=snapped, grid=grid
    )
    deviation, around, neighbours = _neighbourhood(counted, reach)
    spread = float(np.mean(deviation**2)) if deviation.size else 0.0
    if spread <= 0:
        raise TooFew("different values of cells", min(deviation.size, 1), 2)
    has = neighbours > 0
    moran = np.full(len(deviation), np.nan)
    moran[has] = deviation[has] / spread * around[has] / neighbours[has]
    above, below = conditional_tails(deviation, around, neighbours, draws=draws, rng=rng)
    probability = np.where(has, np.minimum(1.0, 2 * np.minimum(above, below)), 1.0)
    return _result(counted, deviation, around, moran, probability, draws, false_discovery)


def _neighbourhood(counted: Counted, reach: int) -> tuple[FloatArray, FloatArray, IntArray]:
    mask = counted.mask
    values = counted.value[mask]
    deviation = np.zeros(mask.shape)
    deviation[mask] = values - (values.mean() if values.size else 0.0)
    around = window_sum(deviation, reach)[mask] - deviation[mask]
    neighbours = np.rint(window_sum(mask.astype(np.float64), reach)[mask]).astype(np.int64) - 1
    return deviation[mask], around, neighbours


def _result(
    counted: Counted,
    deviation: FloatArray,
    around: FloatArray,
    moran: FloatArray,
    probability: FloatArray,
    draws: int,
    rate: float,
) -> LocalMoran:
    adjusted = false_discovery_rate(probability)
    quadrant = np.where(around > 0, np.where(deviation > 0, 1, 2), np.where(deviation > 0, 4, 3))
    kind = np.where((adjusted <= rate) & ~np.isnan(moran), quadrant, 0).astype(np.int64)
    value = counted.value[counted.mask]
    freeze(value, moran, probability, adjusted, kind)
    return LocalMoran(
        cell=counted.possible,
        value=value,
        moran=moran,
        probability=probability,
        adjusted=adjusted,
        kind=kind,
        grid=counted.grid,
        false_discovery=rate,
        draws=draws,
        n=counted.n,
        n_without_place=counted.n_without_place,
        n_outside=counted.n_outside,
        n_without_neighbours=int(np.isnan(moran).sum()),
        method=Sentence(
            "local_moran_method",
            "Local Moran's I of cells of %(cell)s m; two-sided p by %(draws)s conditional permutations, adjusted "
            "for the number of cells (Benjamini and Hochberg, rate %(rate)s); %(n)s events.",
            {
                "cell": f"{counted.grid.cell_m:g}",
                "draws": f"{draws:,}",
                "rate": f"{rate:g}",
                "n": f"{counted.n:,}",
            },
        ),
        cautions=counted.cautions,
    )
