"""A mixture of forecasts, weighed by how well each would have told the past, one window after the other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from openilp.methods.arrays import FloatArray, IntArray
from openilp.methods.errors import MethodError
from openilp.methods.forecast.history import History
from openilp.methods.forecast.kernels import (
    cell_counts,
    exponential_decay,
    kernel_forecast,
    prospective_kernel,
    shrunken_counts,
)
from openilp.methods.forecast.lattice import Lattice
from openilp.methods.forecast.learning import Replay, gradient_boosting, poisson_regression
from openilp.methods.forecast.self_exciting import fit_self_exciting

#: A forecast as it would have been made when a day began.
Component = Callable[[Replay, int, Generator], FloatArray]

# Share of each map that is spread evenly, so that no event is impossible.
EVEN = 0.01
STEPS = 200


def _plain(make: Callable[[History, Lattice, int], FloatArray]) -> Component:
    return lambda replay, end, rng: make(replay.past(end), replay.lattice, replay.days)


def _recent(history: History, lattice: Lattice, days: int) -> FloatArray:
    return cell_counts(history, lattice, days=days, window_days=max(days, 28))


def _self_exciting(replay: Replay, end: int, rng: Generator) -> FloatArray:
    past = replay.past(end)
    process = replay.kept("self_exciting", end, lambda: fit_self_exciting(past, replay.lattice))
    return process.expected(past, replay.lattice, days=replay.days)


def _rates(
    name: str, learner: Callable[..., FloatArray], replay: Replay, end: int, rng: Generator
) -> FloatArray:
    # What is learnt is a rate a day, so horizons with the same lessons share it.
    rates = replay.kept(name, end, lambda: learner(replay, end=end, rng=rng) / replay.days, by_stride=True)
    return rates * replay.days


#: What anybody can do with a spreadsheet; a forecast has to beat the best of the three.
BASELINES: Mapping[str, Component] = {
    "all_counts": _plain(lambda h, c, d: cell_counts(h, c, days=d)),
    "year_counts": _plain(lambda h, c, d: cell_counts(h, c, days=d, window_days=365)),
    "recent_counts": _plain(_recent),
}
#: What is mixed, beside the baselines.
METHODS: Mapping[str, Component] = {
    "decay": _plain(lambda h, c, d: exponential_decay(h, c, days=d, half_life_days=730)),
    "kde_narrow": _plain(lambda h, c, d: kernel_forecast(h, c, days=d, bandwidth_m=100)),
    "kde": _plain(lambda h, c, d: kernel_forecast(h, c, days=d, bandwidth_m=250)),
    "kde_recent": _plain(lambda h, c, d: kernel_forecast(h, c, days=d, bandwidth_m=250, half_life_days=120)),
    "shrunken": _plain(lambda h, c, d: shrunken_counts(h, c, days=d)),
    "shrunken_year": _plain(lambda h, c, d: shrunken_counts(h, c, days=d, half_life_days=365)),
    "shrunken_all": _plain(
        lambda h, c, d: shrunken_counts(h, c, days=d, half_life_days=np.inf, strength_days=300)
    ),
    "prospective": _plain(lambda h, c, d: prospective_kernel(h, c, days=d)),
    "self_exciting": _self_exciting,
    "poisson": lambda replay, end, rng: _rates("poisson", poisson_regression, replay, end, rng),
    "boosting": lambda replay, end, rng: _rates("boosting", gradient_boosting, replay, end, rng),
}


@dataclass(frozen=True, slots=True)
class Window:
    """All forecasts as they would have been made on one day, and what happened.

    Attributes:
        start: First day of the window.
        maps: (m, n) probability of each cell of the study area, one row a component.
        counts: (n,) events.
    """

    start: int
    maps: FloatArray
    counts: FloatArray


def component_maps(
    components: Mapping[str, Component], replay: Replay, end: int, rng: Generator
) -> tuple[FloatArray, dict[str, str]]:
    """This function will let every component forecast as of one day.

    Args:
        components: By name.
        replay: The record.
        end: The day on which the forecasts begin.
        rng: Random generator.

    Returns:
        (m, n) probabilities over the cells of the study area, and the reason of each component that could not
        forecast; such a component's row is even.
    """
    inside = replay.lattice.inside
    tie = exponential_decay(replay.past(end), replay.lattice, days=1, half_life_days=365)[inside]
    rows, failed = [], {}
    for name, component in components.items():
        try:
            values = component(replay, end, rng)[inside]
        except MethodError as error:
            failed[name], values = str(error), np.zeros(inside.sum())
        # Cells of equal count are told apart by what happened lately, in every component alike.
        values = values + 1e-6 * tie
        total = float(values.sum())
        even = np.full(values.size, 1 / values.size)
        rows.append((1 - EVEN) * values / total + EVEN * even if total > 0 else even)
    return np.array(rows), failed


def mixture_weights(windows: Sequence[Window], *, n_cells: int) -> FloatArray:
    """This function will weigh the components so that their mixture told the hot end of the past best.

    Args:
        windows: Past windows with the maps made before each.
        n_cells: Cells that will be chosen.

    Returns:
        (m,) weights of 0 or more that add up to 1.

    Source:
        Stacking of predictive distributions (Yao, Vehtari, Simpson and Gelman, Bayesian Analysis 13, 2018)
        under the censored likelihood score (Diks, Panchenko and van Dijk, Journal of Econometrics 163, 2011):
        outside the cells that some component would have chosen, only the total counts. The score is concave
        in the weights; expectation-maximisation finds its maximum.
    """
    likelihoods: list[FloatArray] = []
    times: list[FloatArray] = []
    for window in windows:
        hot = hot_cells(window.maps, n_cells)
        held = hot[window.counts[hot] > 0]
        rest = window.maps.sum(axis=1) - window.maps[:, hot].sum(axis=1)
        likelihoods += [window.maps[:, held], rest[:, None]]
        times += [window.counts[held], np.array([window.counts.sum() - window.counts[held].sum()])]
    table, weight = np.concatenate(likelihoods, axis=1), np.concatenate(times)
    share = np.full(len(table), 1 / len(table))
    if weight.sum() == 0:
        return share
    for _ in range(STEPS):
        blame = table * share[:, None]
        blame /= np.maximum(blame.sum(axis=0), 1e-300)
        share = blame @ weight / weight.sum()
    return share


def hot_cells(maps: FloatArray, n_cells: int) -> IntArray:
    """This function will return the cells that at least one map would choose.

    Args:
        maps: (m, n).
        n_cells: Cells chosen by each.
    """
    return np.unique(np.concatenate([ranked(row)[:n_cells] for row in maps]))


def ranked(values: FloatArray) -> IntArray:
    """This function will order cells from the highest value down; ties by cell number.

    Args:
        values: (n,).
    """
    return np.argsort(-values, kind="stable")
