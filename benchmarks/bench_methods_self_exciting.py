"""The self-exciting process on pairs within reach, beside one dense step over all pairs."""

import time

import numpy as np

from benchmarks.methods import Row, seconds, timed
from openilp.methods.forecast import History, Lattice, fit_self_exciting
from tests.methods.planted import hawkes

#: Planted: about 61,000 events of their own, and the others set off by them.
BRANCHING, LAG_DAYS, DISTANCE_M = 0.4, 10.0, 80.0
BAR_S = 60.0
#: Events of the dense step, whose time grows with the square.
DENSE = 3000


def rows() -> list[Row]:
    """Fit 100,000 planted events by the day, and extrapolate the dense steps of as many iterations."""
    places, when = hawkes(
        np.random.default_rng(1),
        background=61_000,
        branching=BRANCHING,
        lag=LAG_DAYS,
        distance=DISTANCE_M,
        side=30_000.0,
        days=1800,
        by_day=True,
    )
    history = History.of(places[:100_000, 0], places[:100_000, 1], when[:100_000])
    lattice = Lattice.over(history.x, history.y, cell_m=250)
    found, ours_s = timed(lambda: fit_self_exciting(history, lattice))
    dense_s = _dense_step(history) * (len(history) / DENSE) ** 2 * found.iterations
    agreement = (
        f"branching {found.branching.value:.3f} (planted {BRANCHING}), delay {found.mean_lag_days.value:.1f} days "
        f"({LAG_DAYS:g}), distance {found.distance_m.value:.0f} m ({DISTANCE_M:g})"
    )
    return [
        Row(
            f"self-exciting process, {len(history):,} events by the day, {found.n_pairs:,} pairs, "
            f"{found.iterations} steps",
            seconds(ours_s),
            f"dense steps over all pairs, extrapolated from {DENSE:,} events: {seconds(dense_s)}",
            f"{dense_s / ours_s:,.0f}×",
            f"< {BAR_S:g} s",
            ours_s < BAR_S,
            agreement,
        )
    ]


def _dense_step(history: History) -> float:
    """Return the seconds of one expectation over all pairs of the first events."""
    x, y, day = history.x[:DENSE], history.y[:DENSE], history.day[:DENSE]
    begin = time.perf_counter()
    lag = day[:, None] - day[None, :]
    squared = (x[:, None] - x[None, :]) ** 2 + (y[:, None] - y[None, :]) ** 2
    triggered = np.where(lag > 0, np.exp(-lag / LAG_DAYS - squared / (2 * DISTANCE_M**2)), 0.0)
    triggered.sum(axis=1)
    return time.perf_counter() - begin


if __name__ == "__main__":
    for row in rows():
        print(row)
