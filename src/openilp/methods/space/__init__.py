"""Where: events on a grid, hot spots and densities."""

from openilp.methods.places import Area, Places, Plane
from openilp.methods.space.bandwidth import Bandwidth, adaptive, diggle, likelihood, scott, snapping_error
from openilp.methods.space.counts import Counted, count_cells
from openilp.methods.space.density import Density, density
from openilp.methods.space.grid import Grid
from openilp.methods.space.hexagons import Hexagons, hot_hexagons
from openilp.methods.space.hot_spots import HotCell, HotSpots, hot_spots
from openilp.methods.space.moran import LocalMoran, local_moran
from openilp.methods.space.risk_terrain import RiskFactor, RiskTerrain, risk_terrain
from openilp.methods.space.sensitivity import CellSensitivity, cell_sensitivity
from openilp.methods.space.street_density import StreetDensity, street_density
from openilp.methods.space.streets import Streets

__all__ = [
    "Area",
    "Bandwidth",
    "CellSensitivity",
    "Counted",
    "Density",
    "Grid",
    "Hexagons",
    "HotCell",
    "HotSpots",
    "LocalMoran",
    "Places",
    "Plane",
    "RiskFactor",
    "RiskTerrain",
    "StreetDensity",
    "Streets",
    "adaptive",
    "cell_sensitivity",
    "count_cells",
    "density",
    "diggle",
    "hot_hexagons",
    "hot_spots",
    "likelihood",
    "local_moran",
    "risk_terrain",
    "scott",
    "snapping_error",
    "street_density",
]
