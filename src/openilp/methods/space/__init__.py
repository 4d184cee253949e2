"""Where: events on a grid, hot spots and densities."""

from openilp.methods.space.density import Density, density
from openilp.methods.space.events import Events
from openilp.methods.space.grid import Grid
from openilp.methods.space.hot_spots import HotCell, HotSpots, hot_spots
from openilp.methods.space.projection import Plane

__all__ = ["Density", "Events", "Grid", "HotCell", "HotSpots", "Plane", "density", "hot_spots"]
