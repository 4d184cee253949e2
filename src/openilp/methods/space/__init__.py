"""Where: events on a grid, hot spots and densities."""

from openilp.methods.places import Area, Places, Plane
from openilp.methods.space.bandwidth import Bandwidth, adaptive, diggle, likelihood, scott, snapping_error
from openilp.methods.space.counts import Counted, count_cells
from openilp.methods.space.density import Density, density
from openilp.methods.space.grid import Grid
from openilp.methods.space.hot_spots import HotCell, HotSpots, hot_spots

__all__ = [
    "Area",
    "Bandwidth",
    "Counted",
    "Density",
    "Grid",
    "HotCell",
    "HotSpots",
    "Places",
    "Plane",
    "adaptive",
    "count_cells",
    "density",
    "diggle",
    "hot_spots",
    "likelihood",
    "scott",
    "snapping_error",
]
