"""Do narrower kernels and other ways of mixing beat counts on Portland? A rolling study; minutes, read by people.

    OPENILP_TEST_DATA=… python -m benchmarks.portland_kernels

Each of 36 periods of 28 days before 1 March 2017 is forecast from what was known when it began: 112 cells of 250 feet,
a quarter of a square mile. What is chosen or weighed is chosen or weighed on earlier periods only; the 18 newest are
scored, beside the best of two trivial baselines, taken afterwards in their favour.
"""

import math
from collections.abc import Callable
from datetime import date

import numpy as np

from benchmarks.methods import crime_data
from openilp.methods.arrays import FloatArray
from openilp.methods.forecast import History, Lattice, exponential_decay, kernel_forecast
from openilp.methods.forecast.ensemble import EVEN, Window, mixture_weights, ranked
from openilp.methods.forecast.nij import CATEGORIES, CRS, DISTRICTS, FOOT_M, START
from openilp.methods.places import Plane
from openilp.methods.tables import read_table

PERIODS, SCORED, DAYS = 36, 18, 28
CELLS, SIDE_FT = 112, 250.0
#: Half-lives of counts, and bandwidth with half-life of kernels.
COUNTS = (math.inf, 365.0, 180.0, 730.0)
KERNELS = ((25, 365.0), (25, 730.0), (50, 730.0), (75, math.inf), (100, math.inf), (250, math.inf))
BASELINES = 2
Way = Callable[[int], FloatArray]


def main() -> None:
    """Print what each way found of the events, and how far that is from the best baseline."""
    for category in CATEGORIES:
        print("\n".join(study(category)))


def study(category: str) -> list[str]:
    """Return the lines of one category."""
    maps, counts = replayed(category)
    windows = [Window(place, maps[place], counts[place]) for place in range(PERIODS)]

    def alone(number: int) -> Way:
        return lambda place: maps[place, number]

    single = np.stack([found(alone(number), counts) for number in range(maps.shape[1])], axis=1)
    best = int(np.argmax(single[:SCORED, :BASELINES].sum(axis=0)))
    baseline, total = single[:SCORED, best], counts[:SCORED].sum()
    ways: dict[str, Way] = {
        "mixed by the 12 periods before": lambda at: _mixed(windows[at + 1 : at + 13], maps[at]),
        "mixed by all periods before": lambda at: _mixed(windows[at + 1 :], maps[at]),
        "the one that found most before": lambda at: maps[at, int(np.argmax(single[at + 1 :].sum(axis=0)))],
        "all alike": lambda at: np.asarray(maps[at].mean(axis=0)),
    }
    lines = [f"{category}: {total:.0f} events; the best baseline found {baseline.sum() / total:.2%}"]
    for name, way in ways.items():
        hits = found(way, counts[:SCORED])
        apart = hits - baseline
        error = float(apart.std(ddof=1)) * math.sqrt(SCORED)
        lines.append(
            f"  {name:32} {hits.sum() / total:.2%}, {apart.sum():+.0f} events (standard error {error:.1f})"
        )
    return lines


def _mixed(windows: list[Window], maps: FloatArray) -> FloatArray:
    return np.asarray(mixture_weights(windows, n_cells=CELLS) @ maps)


def replayed(category: str) -> tuple[FloatArray, FloatArray]:
    """Return the maps of every period, the newest first, and what happened in it."""
    folder = crime_data() / "portland_nij"
    plane = Plane(CRS)
    table = read_table(folder / CATEGORIES[category])
    places = table.places("x_coordina", "y_coordina", crs=CRS)
    history = History.of(places.x, places.y, table.times("occ_date"))
    area = read_table(folder / DISTRICTS).area(plane)
    lattice = Lattice.over(history.x, history.y, cell_m=SIDE_FT * FOOT_M, area=area.geometry)
    maps, counts = [], []
    for period in range(1, PERIODS + 1):
        start = (START - date(1970, 1, 1)).days - DAYS * period
        past = history.before(start)
        tie = exponential_decay(past, lattice, days=1, half_life_days=365)
        rows = [exponential_decay(past, lattice, days=DAYS, half_life_days=life) for life in COUNTS]
        rows += [
            kernel_forecast(past, lattice, days=DAYS, bandwidth_m=metres, half_life_days=life)
            for metres, life in KERNELS
        ]
        shares = [(row / row.sum() + 1e-6 * tie / tie.sum())[lattice.inside] for row in rows]
        maps.append([(1 - EVEN) * share / share.sum() + EVEN / share.size for share in shares])
        counts.append(lattice.counts(*history.within(start, DAYS))[lattice.inside])
    return np.array(maps), np.array(counts)


def found(way: Way, counts: FloatArray) -> FloatArray:
    """Return the events in the chosen cells, by period."""
    return np.array([row[ranked(way(place))[:CELLS]].sum() for place, row in enumerate(counts)])


if __name__ == "__main__":
    main()
