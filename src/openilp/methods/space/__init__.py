"""Where: events on a grid, hot spots and densities."""

from openilp.methods.places import Area, Places, Plane
from openilp.methods.space.density import Density, density
from openilp.methods.space.grid import Grid
from openilp.methods.space.hot_spots import HotCell, HotSpots, hot_spots

__all__ = ["Area", "Density", "Grid", "HotCell", "HotSpots", "Places", "Plane", "density", "hot_spots"]
