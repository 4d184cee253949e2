"""How well the mixture would have told past windows, without ever having seen them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from openilp.methods.arrays import FloatArray, IntArray
from openilp.methods.forecast.ensemble import (
    BASELINES,
    Component,
    Window,
    component_maps,
    mixture_weights,
    ranked,
)
from openilp.methods.forecast.learning import Replay
from openilp.methods.forecast.scores import Advantage, Score, compare_choices, score_windows

# Windows that are scored; as many older ones at most teach the weights of the first scored.
SCORED_WINDOWS = 6
REPLAYED_WINDOWS = 12
# Below this the weights of the oldest scored window would rest on nothing.
FEWEST_WINDOWS = 4
ENSEMBLE = "ensemble"


@dataclass(frozen=True, slots=True)
class Validation:
    """Scores on windows of the length of the forecast that ended before it began.

    Attributes:
        starts: First day of each scored window, the newest first.
        days: Length of each window.
        scores: Score of the ensemble, of the three trivial baselines, and of each component, by name.
        best_baseline: The trivial baseline that found most (chosen afterwards, in its favour).
        advantage: The ensemble beside that baseline.
    """

    starts: tuple[str, ...]
    days: int
    scores: Mapping[str, Score]
    best_baseline: str
    advantage: Advantage


def replay_windows(components: Mapping[str, Component], replay: Replay, rng: Generator) -> tuple[Window, ...]:
    """Let every component forecast up to twelve past windows, the newest first.

    Args:
        components: By name.
        replay: The record.
        rng: Random generator.
    """
    found = []
    for start in replay.starts(replay.history.end_day, REPLAYED_WINDOWS):
        maps, _ = component_maps(components, replay, start, rng)
        counts = replay.lattice.counts(*replay.history.within(start, replay.days))
        found.append(Window(start, maps, counts[replay.lattice.inside]))
    return tuple(found)


def validate(
    windows: Sequence[Window],
    names: Sequence[str],
    *,
    n_cells: int,
    cell_ha: float,
    days: int,
    level: float,
    rng: Generator,
) -> Validation:
    """Score the ensemble and its components on the newest windows; the weights come from older ones only.

    Args:
        windows: Replayed windows, the newest first.
        names: Names of the components, in the order of the maps.
        n_cells: Cells to choose.
        cell_ha: Area of a cell in hectares.
        days: Length of a window.
        level: Coverage of the intervals.
        rng: Random generator of the bootstrap.
    """
    scored = windows[: min(SCORED_WINDOWS, len(windows) // 2)]
    counts = [window.counts for window in scored]
    picks: dict[str, list[IntArray]] = {name: [] for name in (ENSEMBLE, *names)}
    for place, window in enumerate(scored):
        weights = mixture_weights(windows[place + 1 :], n_cells=n_cells)
        picks[ENSEMBLE].append(ranked(weights @ window.maps)[:n_cells])
        for name, row in zip(names, window.maps, strict=True):
            picks[name].append(ranked(row)[:n_cells])
    scores = {
        name: score_windows(chosen, counts, cell_ha=cell_ha, level=level, rng=rng)
        for name, chosen in picks.items()
    }
    best = max(BASELINES, key=lambda name: scores[name].n)
    return Validation(
        starts=tuple(str(np.datetime64(window.start, "D")) for window in scored),
        days=days,
        scores=scores,
        best_baseline=best,
        advantage=compare_choices(picks[ENSEMBLE], picks[best], counts, level=level, rng=rng),
    )


def quantiles(values: FloatArray, weights: FloatArray, at: Sequence[float]) -> FloatArray:
    """This function will return quantiles of weighted values, column by column.

    Args:
        values: (m, k).
        weights: (m,) 0 or more, summing to 1.
        at: Shares between 0 and 1.

    Returns:
        (len(at), k) the smallest value at which the weights reach each share.
    """
    order = np.argsort(values, axis=0, kind="stable")
    reached = np.cumsum(weights[order], axis=0)
    found = [np.minimum((reached < share - 1e-12).sum(axis=0), len(values) - 1) for share in at]
    sorted_values = np.take_along_axis(values, order, axis=0)
    return np.stack([np.take_along_axis(sorted_values, row[None], axis=0)[0] for row in found])
