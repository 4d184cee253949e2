"""Risk terrain: which features of places go with more events, and where do they come together?"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.spatial import cKDTree
from scipy.special import ndtri

from openilp.methods.arrays import FloatArray, IntArray, freeze
from openilp.methods.drawing import cells as draw_cells
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.places import Places
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence
from openilp.methods.space.counts import Counted, Possible, count_cells
from openilp.methods.space.grid import Grid
from openilp.methods.space.penalised import fit, fit_penalised, information, largest_penalty

Kind = Literal["near", "dense"]
PENALTIES = 30
# A cell is dense where it has more of a feature around it than the mean plus two standard deviations
# (Caplan and Kennedy, Risk Terrain Modeling Compendium, 2011).
DENSE_DEVIATIONS = 2.0
CHOSEN = Sentence(
    "chosen_from_data",
    "Features and distances were chosen from the same events, so the intervals are too narrow and the fit too good; "
    "try the map on later events.",
)
NOT_CAUSE = Sentence(
    "no_cause",
    "A feature that goes with more events need not cause them; the map is about places, not people.",
)
NOTHING = Sentence("nothing_found", "No feature goes with more events than chance explains; the map is flat.")


@dataclass(frozen=True, slots=True)
class RiskFactor:
    """A feature that goes with more events.

    Attributes:
        name: Of the feature.
        kind: `near`: within the distance of one; `dense`: many of them within the distance.
        distance_m: The distance that fits best.
        relative_risk: Events where it holds over events where it does not, other factors equal.
        n_cells: Cells where it holds.
    """

    name: str
    kind: Kind
    distance_m: float
    relative_risk: Estimate
    n_cells: int


@dataclass(frozen=True, slots=True)
class RiskTerrain(Result):
    """Factors and the expected events of each possible cell.

    Attributes:
        factors: The factors kept, the strongest first.
        cell: (k,) numbers of the possible cells.
        count: (k,) events.
        expected: (k,) events expected from the factors alone.
        relative_risk: (k,) expected over the lowest expected.
        grid: The grid.
        dispersion: Variance over mean of the counts given the factors; 1 for Poisson counts.
        candidates: Columns among which was chosen.
        n: Events that entered.
        n_without_place: Events whose place is not known.
        n_outside: Events where none was declared possible.
        method: How it was computed.
        cautions: What the reader must know.
    """

    factors: tuple[RiskFactor, ...]
    cell: IntArray
    count: IntArray
    expected: FloatArray
    relative_risk: FloatArray
    grid: Grid
    dispersion: float
    candidates: int
    n: int
    n_without_place: int
    n_outside: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will name the factors with their relative risks."""
        named = "; ".join(
            f"{factor.name} ({factor.kind}, {factor.distance_m:g} m) {factor.relative_risk.value:.2f}"
            for factor in self.factors
        )
        return Sentence("risk_factors", "Relative risks: %(factors)s.", {"factors": named or "none"})

    def to_dict(self) -> dict[str, Any]:
        """This function will list the cells as `x, y, count, expected, relative_risk`."""
        record = Result.to_dict(self)
        x, y = self.grid.centres_of(self.cell)
        names = ("x", "y", "count", "expected", "relative_risk")
        columns = (x, y, self.count, self.expected, self.relative_risk)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        for name in ("cell", "count", "expected", "relative_risk"):
            del record[name]
        return record | {"cells": [dict(zip(names, row, strict=True)) for row in rows]}

    def plot(self) -> Plot:
        """This function will draw the relative risk as a map."""
        x, y = self.grid.centres_of(self.cell)
        return draw_cells(
            "Relative risk", x, y, self.relative_risk, cell_m=self.grid.cell_m, unit="times the lowest"
        )


def risk_terrain(
    events: Places,
    features: Mapping[str, Places],
    *,
    cell_m: float,
    distances_m: Sequence[float],
    possible: Possible = None,
    level: float = 0.95,
    grid: Grid | None = None,
) -> RiskTerrain:
    """This function will find the features of places that go with more events, and map where they come together.

    Each feature becomes candidate columns, near and dense at each distance; a penalised Poisson regression with
    coefficients of 0 or more keeps few of them, the best column of each feature enters an ordinary one, and
    those that do not pay for themselves (BIC) leave again.

    Question:
        Which features of places go with more events, how much, and where do several of them meet?

    Assumptions:
        Cells are comparable but for the features; effects multiply.

    Traps:
        A feature that police or victims report from looks like a risk. What no file holds cannot be found.

    Args:
        events: n events.
        features: Places of each feature, such as bars or bus stops, by name.
        cell_m: Side of a cell in metres.
        distances_m: Distances to try, such as one, two and three blocks.
        possible: Where crime is possible; see `Possible`.
        level: Coverage of the intervals.
        grid: A grid to use instead of one laid over the events.

    Returns:
        The factors with relative risks, whose intervals allow for counts more uneven than Poisson's, and the
        expected events of each cell.

    Raises:
        TooFew: If there are fewer than 20 events, or a feature has no place.
        BadValue: If a parameter lies outside its range.

    Oracle:
        Planted factors are found with their risk and others are not; scikit-learn's Poisson regression on the
        chosen columns gives the same coefficients, in `test_risk_terrain.py`.

    Cost:
        Cells times the square of the candidate columns, some hundred times: seconds for a city.

    Not for:
        Saying what causes crime, or anything about persons.

    Source:
        Caplan and Kennedy, "Risk Terrain Modeling" (2016); Kennedy, Caplan and Piza, Journal of Quantitative
        Criminology 27 (2011). The choice here is by BIC over a path of penalties, not RTMDx's own.
    """
    if not distances_m or not all(math.isfinite(metres) and metres > 0 for metres in distances_m):
        raise BadValue(
            "distances_m", list(distances_m), "give lengths in metres above 0, for example 100, 200, 300"
        )
    if not features:
        raise BadValue("features", "none", "give at least one set of places")
    if not 0 < level < 1:
        raise BadValue("level", level, "use a share between 0 and 1, for example 0.95")
    counted = count_cells(events, cell_m=cell_m, possible=possible, grid=grid)
    if counted.n < 20:
        raise TooFew("events in the area", counted.n, 20)
    columns, names = _candidates(counted, features, sorted(set(map(float, distances_m))))
    y = counted.value[counted.mask]
    chosen = _chosen(columns, names, y)
    x = np.concatenate([np.ones((len(y), 1)), columns[:, chosen]], axis=1)
    b, covariance, dispersion = fit(x, y)
    expected = np.exp(x @ b)
    errors = np.sqrt(np.diag(covariance) * max(dispersion, 1.0))
    factors = [
        _factor(names[column], b[at], errors[at], level, int(columns[:, column].sum()), counted.n)
        for at, column in enumerate(chosen, 1)
    ]
    factors.sort(key=lambda factor: -(factor.relative_risk.value or 0.0))
    return _result(counted, tuple(factors), expected, dispersion, len(names))


Column = tuple[str, Kind, float]


def _candidates(
    counted: Counted, features: Mapping[str, Places], distances: list[float]
) -> tuple[FloatArray, list[Column]]:
    centres = np.stack(counted.grid.centres_of(counted.possible), axis=1)
    columns, names = [], []
    for name, places in features.items():
        known = places.only(places.located).on(counted.grid.plane)
        if not len(known):
            raise TooFew(f"places of {name!r}", 0, 1)
        tree = cKDTree(np.stack([known.x, known.y], axis=1))
        nearest, _ = tree.query(centres)
        for metres in distances:
            around = tree.query_ball_point(centres, metres, return_length=True)
            dense = around > around.mean() + DENSE_DEVIATIONS * around.std()
            kinds: tuple[tuple[Kind, Any], ...] = (("near", nearest <= metres), ("dense", dense))
            for kind, column in kinds:
                # A column that holds everywhere or nowhere tells nothing apart.
                if 0 < column.sum() < len(column):
                    columns.append(column.astype(np.float64))
                    names.append((name, kind, metres))
    return (np.stack(columns, axis=1) if columns else np.empty((len(centres), 0))), names


def _chosen(columns: FloatArray, names: list[Column], y: FloatArray) -> list[int]:
    """Return the column of each feature that is worth keeping."""
    x = np.concatenate([np.ones((len(y), 1)), columns], axis=1)
    b = np.zeros(x.shape[1])
    b[0] = np.log(y.mean())
    best, least = b, information(x, y, b)
    top = largest_penalty(x, y)
    for penalty in np.geomspace(top, top / 200, PENALTIES):
        b = fit_penalised(x, y, float(penalty), b)
        if (value := information(x, y, b)) < least:
            best, least = b, value
    strongest: dict[str, int] = {}
    for at in np.argsort(-best[1:], kind="stable").tolist():
        if best[at + 1] > 0:
            strongest.setdefault(names[at][0], at)
    return _pruned(columns, list(strongest.values()), y)


def _pruned(columns: FloatArray, chosen: list[int], y: FloatArray) -> list[int]:
    """Return the columns after those have left that lower the risk or do not pay for themselves."""

    def value(kept: list[int]) -> tuple[float, FloatArray]:
        x = np.concatenate([np.ones((len(y), 1)), columns[:, kept]], axis=1)
        b, _, _ = fit(x, y)
        return information(x, y, b), b

    now, b = value(chosen)
    while chosen:
        lower = [at for at, kept in enumerate(chosen) if b[at + 1] <= 0]
        without = [(value(chosen[:at] + chosen[at + 1 :]), at) for at in (lower or range(len(chosen)))]
        (then, fewer), at = min(without, key=lambda each: each[0][0])
        if then >= now and not lower:
            break
        chosen, now, b = chosen[:at] + chosen[at + 1 :], then, fewer
    return chosen


def _factor(column: Column, b: float, error: float, level: float, n_cells: int, n: int) -> RiskFactor:
    name, kind, metres = column
    half = float(ndtri((1 + level) / 2)) * error
    risk = Estimate(math.exp(b), math.exp(b - half), math.exp(b + half), level, n)
    return RiskFactor(name, kind, metres, risk, n_cells)


def _result(
    counted: Counted,
    factors: tuple[RiskFactor, ...],
    expected: FloatArray,
    dispersion: float,
    candidates: int,
) -> RiskTerrain:
    cell, count = counted.possible, counted.count[counted.mask]
    relative = expected / expected.min()
    freeze(cell, count, expected, relative)
    return RiskTerrain(
        factors=factors,
        cell=cell,
        count=count,
        expected=expected,
        relative_risk=relative,
        grid=counted.grid,
        dispersion=dispersion,
        candidates=candidates,
        n=counted.n,
        n_without_place=counted.n_without_place,
        n_outside=counted.n_outside,
        method=Sentence(
            "risk_terrain",
            "Poisson regression of the events in %(cells)s cells of %(cell)s m on the best columns among "
            "%(candidates)s candidates, chosen by a penalty and BIC; dispersion %(dispersion)s; %(n)s events.",
            {
                "cells": f"{len(cell):,}",
                "cell": f"{counted.grid.cell_m:g}",
                "candidates": str(candidates),
                "dispersion": f"{dispersion:.2f}",
                "n": f"{counted.n:,}",
            },
        ),
        cautions=(*counted.cautions, CHOSEN, NOT_CAUSE, *(() if factors else (NOTHING,))),
    )
