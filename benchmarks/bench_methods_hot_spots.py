"""Getis-Ord Gi* with 999 permutations beside esda, on the same cells; the values beside spdep's."""

import warnings

import numpy as np
import pyarrow.csv
import pyarrow.parquet as pq

from benchmarks.methods import Row, crime_data, ratio, timed, version
from openilp.methods.places import Places, Plane
from openilp.methods.space import Grid, hot_spots
from openilp.methods.tables import read_table

DRAWS = 999


def rows() -> list[Row]:
    """Measure 22,477 cells of Chicago, and compare 4,189 cells of Memphis with spdep's figures."""
    folder = crime_data() / "chicago_agg_assault"
    data = pq.read_table(folder / "chicago_aggravated_assaults_2010_2019.parquet")
    events = Places.from_degrees(data["longitude"], data["latitude"], plane=Plane.utm(16))
    ours, ours_s = timed(
        lambda: hot_spots(
            events, cell_m=250, possible="rectangle", draws=DRAWS, rng=np.random.default_rng(1)
        ),
        repeats=3,
    )
    z = np.empty(ours.grid.size)
    z[ours.cell] = ours.z
    counts = np.zeros(ours.grid.size)
    counts[ours.cell] = ours.value
    theirs, peer_s = _esda(counts, ours.grid)
    apart = float(np.abs(z - theirs).max())
    spdep = _apart_from_spdep()
    return [
        ratio(
            f"Gi*, {ours.grid.size:,} cells, {DRAWS} signed permutations, events counted too",
            ours_s=ours_s,
            peer=f"{version('esda')} G_Local (weights not counted)",
            peer_s=peer_s,
            at_least=20,
            agreement=f"z apart by {apart:.0e} from esda's and by {spdep:.0e} from spdep's (4,189 cells)",
            agrees=apart <= 1e-6 and spdep <= 1e-6,
        )
    ]


def _esda(counts: np.ndarray, grid: Grid) -> tuple[np.ndarray, float]:
    with warnings.catch_warnings():
        # The peers warn about their own deprecations.
        warnings.simplefilter("ignore")
        from esda import G_Local
        from libpysal.weights import lat2W

        weights = lat2W(grid.ny, grid.nx, rook=False)
        weights.transform = "B"
        found, elapsed = timed(
            lambda: G_Local(counts, weights, star=True, transform="B", permutations=DRAWS, n_jobs=1, seed=1)
        )
    return np.asarray(found.Zs), elapsed


def _apart_from_spdep() -> float:
    folder = crime_data() / "memphis_robberies"
    places = read_table(folder / "memphis_robberies.gpkg").places(project="EPSG:32615")
    grid = Grid.over(places.plane, places.x, places.y, cell_m=500, snapped_to_cell=False)
    oracle = pyarrow.csv.read_csv(folder / "oracle_spdep_gistar_500m_utm15n.csv")
    found = hot_spots(places, cell_m=500, grid=grid, possible="rectangle")
    z = np.empty(grid.size)
    z[found.cell] = found.z
    at = grid.cell_of(oracle["x"].to_numpy(), oracle["y"].to_numpy())
    return float(np.abs(z[at] - oracle["gistar"].to_numpy()).max())
