"""Kernel density: the exact sum per tile beside scipy's gaussian_kde, on the same events and cells.

Run: python benchmarks/methods_density.py [events]
"""

import sys
import time

import numpy as np
from scipy.stats import gaussian_kde

from openilp.methods.space import Grid, Places, Plane, density

BANDWIDTH_M = 500.0
CELL_M = 250.0


def main(n: int) -> None:
    """This function will time both on one made-up city and print the ratio of this run.

    Args:
        n: Number of events.
    """
    rng = np.random.default_rng(1)
    centres = rng.uniform(0, 35_000, (12, 2))
    points = (centres[rng.integers(0, 12, n)] + rng.normal(0, 2000, (n, 2))) + [500_000, 5_700_000]
    plane = Plane.utm(30)
    x, y = points[:, 0], points[:, 1]
    events = Places(x, y, plane)
    grid = Grid.over(plane, x, y, cell_m=CELL_M, margin_m=1500)

    begin = time.perf_counter()
    ours = density(events, bandwidth_m=BANDWIDTH_M, cell_m=CELL_M, grid=grid)
    ours_s = time.perf_counter() - begin

    peer = gaussian_kde(points.T)
    # scipy knows only a multiple of the data's covariance: give it the metric one.
    peer.covariance = np.eye(2) * BANDWIDTH_M**2
    peer.cho_cov = np.linalg.cholesky(peer.covariance)
    where = np.stack([axis.ravel() for axis in np.meshgrid(*grid.centres())])
    begin = time.perf_counter()
    theirs = peer(where).reshape(grid.ny, grid.nx) * n * 1e6
    theirs_s = time.perf_counter() - begin

    apart = np.abs(ours.per_km2 - theirs).max() / theirs.max()
    print(f"kernel density, {n:,} events, {grid.ny} x {grid.nx} cells, sigma {BANDWIDTH_M:g} m")
    print(f"  openilp (proven error {ours.error_bound:.0e} of the peak)  {ours_s:8.3f} s")
    print(f"  scipy gaussian_kde                           {theirs_s:8.3f} s")
    print(f"  ratio {theirs_s / ours_s:.0f}, largest difference {apart:.1e} of the peak")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
