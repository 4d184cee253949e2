"""Kernel density: exact sums per tile beside scikit-learn's tree, on the same events and cells."""

import numpy as np
import pyarrow.parquet as pq
from sklearn.neighbors import KernelDensity

from benchmarks.methods import Row, crime_data, ratio, timed, version
from openilp.methods.places import LOCAL, Places, Plane
from openilp.methods.space import density

BANDWIDTH_M = 500.0
CELL_M = 250.0
# Cells where every event is summed by brute force, to know the error of both.
CHECKED = 400


def rows() -> list[Row]:
    """Measure 148,636 assaults on cells of 250 m, and the same in kilometres."""
    folder = crime_data() / "chicago_agg_assault"
    data = pq.read_table(folder / "chicago_aggravated_assaults_2010_2019.parquet")
    events = Places.from_degrees(data["longitude"], data["latitude"], plane=Plane.utm(16))
    ours, ours_s = timed(lambda: density(events, bandwidth_m=BANDWIDTH_M, cell_m=CELL_M), repeats=3)
    where = np.stack([axis.ravel() for axis in np.meshgrid(*ours.grid.centres())], axis=1)
    points = np.stack([events.x, events.y], axis=1)
    peer = KernelDensity(bandwidth=BANDWIDTH_M, algorithm="kd_tree", rtol=1e-4).fit(points)
    theirs, peer_s = timed(lambda: np.exp(peer.score_samples(where)).reshape(ours.density.shape))

    cells = np.random.default_rng(1).choice(len(where), CHECKED, replace=False)
    cells = np.append(cells, int(ours.density.argmax()))
    exact = np.array([_sum(points, where[cell]) for cell in cells])
    wrong, theirs_wrong = (
        float(np.abs(found.ravel()[cells] - exact).max() / exact.max()) for found in (ours.density, theirs)
    )
    kilometres = Places(events.x / 1000, events.y / 1000, Plane(LOCAL))
    scaled = density(kilometres, bandwidth_m=BANDWIDTH_M / 1000, cell_m=CELL_M / 1000)
    apart = float(np.abs(scaled.density / 1e6 - ours.density).max() / ours.highest)
    return [
        ratio(
            f"kernel density, {len(events):,} points, {ours.grid.ny} × {ours.grid.nx} cells, σ {BANDWIDTH_M:g} m",
            ours_s=ours_s,
            peer=f"{version('scikit-learn')} KernelDensity (kd_tree, rtol 1e-4)",
            peer_s=peer_s,
            at_least=10,
            agreement=f"largest error, share of the peak: {wrong:.0e} (stated {ours.error_bound:.0e}), theirs "
            f"{theirs_wrong:.0e}; in kilometres apart by {apart:.0e}",
            agrees=wrong <= 1e-6 and apart <= 2e-6,
        )
    ]


def _sum(points: np.ndarray, cell: np.ndarray) -> float:
    squared = ((points - cell) ** 2).sum(axis=1)
    return float(np.exp(squared / (-2 * BANDWIDTH_M**2)).mean() / (2 * np.pi * BANDWIDTH_M**2))
