"""Kernel density on a grid, exact to a stated tolerance whatever the unit of length."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from openilp.methods.arrays import BoolArray, FloatArray, floats, freeze, same_length
from openilp.methods.drawing import cells as draw_cells
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.places import Area, Places
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence
from openilp.methods.space.cautions import EDGE, RECORDED_ONLY, SNAPPED, WIDE_CELLS
from openilp.methods.space.grid import Grid
from openilp.methods.space.kernel import Kernels, kernel_sum

# Bandwidths of margin around the events: 4 keep 99.99 % of an outermost event's mass.
MARGIN_BANDWIDTHS = 4.0
# Below this many bandwidths a cell the values at the centres of a masked grid no longer stand for their cells.
FEWEST_BANDWIDTHS_A_CELL = 0.5


@dataclass(frozen=True, slots=True)
class Density(Result):
    """The probability per square metre that an event (or a unit of weight) lies at the centre of a cell.

    Attributes:
        density: (ny, nx) per m², rows south to north; 0 outside the study area.
        grid: The grid; row 0 is the southernmost.
        bandwidth_m: Standard deviation of the Gaussian kernel; the median of them when they differ.
        adaptive: Whether each event has a bandwidth of its own.
        error_bound: Largest possible error of a value as a share of the highest value.
        integral: Sum of density times area: the share of the total weight that the grid holds.
        total: Sum of the weights; the number of events without weights.
        n: Events that entered.
        n_without_place: Events left out because their place is not known.
        n_outside: Events left out because they lie outside the study area.
        n_cells: Cells of the study area, or of the grid without one.
        masked: Whether a study area was given, and its edge corrected for.
        method: How it was computed.
        cautions: What the reader must know.
    """

    density: FloatArray
    grid: Grid
    bandwidth_m: float
    adaptive: bool
    error_bound: float
    integral: float
    total: float
    n: int
    n_without_place: int
    n_outside: int
    n_cells: int
    masked: bool
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def per_km2(self) -> FloatArray:
        """This function will return (ny, nx) events (or weight) per square kilometre."""
        return self.density * (self.total * 1e6)

    @property
    def highest(self) -> float:
        """This function will return the highest density per m²."""
        return float(np.max(self.density))

    @property
    def finding(self) -> Sentence:
        """This function will say where the density is highest."""
        row, column = np.unravel_index(int(np.argmax(self.density)), self.density.shape)
        x, y = self.grid.centres()
        return Sentence(
            "density_peak",
            "The density is highest at x %(x)s, y %(y)s: %(times)s times the mean, "
            "%(peak)s events per square kilometre; %(n)s events.",
            {
                "x": f"{x[column]:.0f}",
                "y": f"{y[row]:.0f}",
                "times": f"{self.highest * self.n_cells * self.grid.cell_m**2:.1f}",
                "peak": f"{float(f'{self.highest * self.total * 1e6:.3g}'):,g}",
                "n": f"{self.n:,}",
            },
        )

    def to_dict(self) -> dict[str, Any]:
        """This function will add `transform` (x = a column + c, y = e row + f), `max` and the system."""
        grid = self.grid
        transform = [grid.cell_m, 0.0, grid.x0, 0.0, grid.cell_m, grid.y0]
        more = {"transform": transform, "max": self.highest, "crs": grid.plane.crs}
        # Result spelled out: a frozen dataclass with slots is made twice, which the short form does not survive.
        return Result.to_dict(self) | more

    def plot(self) -> Plot:
        """This function will draw the density as a map of cells."""
        x, y = (axis.ravel() for axis in np.meshgrid(*self.grid.centres()))
        values = np.where(self.per_km2 >= self.highest * self.total * 1e6 / 100, self.per_km2, 0.0).ravel()
        title = f"Density, bandwidth {self.bandwidth_m:g} m"
        return draw_cells(title, x, y, values, cell_m=self.grid.cell_m, unit="per km²")


def density(
    events: Places,
    *,
    bandwidth_m: float | ArrayLike,
    cell_m: float,
    weights: ArrayLike | None = None,
    area: Area | None = None,
    location_error_m: float | ArrayLike = 0.0,
    relative_tolerance: float = 1e-6,
    snapped: bool = False,
    grid: Grid | None = None,
) -> Density:
    """This function will estimate the density of events with a Gaussian kernel.

    Question:
        Where do events lie densely, without the edges of a grid?

    Assumptions:
        - Distances in the plane matter, not those along streets.
        - Places are right to within a fraction of the bandwidth.

    Traps:
        - The bandwidth decides the map: show it, and try others.
        - A smooth map looks certain; it says nothing about chance (`hot_spots` does).
        - Snapped points (police.uk) make peaks that are nobody's address.

    Question:
        Where do events lie densest?

    Assumptions:
        The events are a sample of where more will be recorded; the bandwidth is as wide as a cluster.

    Traps:
        The bandwidth decides the picture. Without an area the edge is too low. Snapped points make peaks of their
        own: spread them with `location_error_m`.

    Args:
        events: n events.
        bandwidth_m: Standard deviation of the kernel in metres, one or (n,); see `bandwidth.py` for choices.
        cell_m: Side of a cell in metres.
        weights: (n,) weight of each event, 0 or more; None or NaN adds nothing.
        area: The study area: events outside are left out, and the mass that a kernel would lay beyond the
            edge is kept inside.
        location_error_m: Half the side of the square in which an event truly lies, one or (n,): see
            `snapping_error` for points that stand for their surroundings.
        relative_tolerance: Allowed error of any cell as a share of the highest cell; 0 sums every
            event into every cell.
        snapped: Whether the places are snapped to shared points (adds a caution).
        grid: A grid to use instead of one laid over the area or the events.

    Returns:
        Density per square metre with a proven bound of its error; it integrates to 1 (within an area
        exactly, else up to what lies beyond the grid).

    Raises:
        TooFew: If no event has a place or all weights are 0.
        BadValue: If a parameter lies outside its range.
        LengthMismatch: If there is not one weight per event.
        TooLarge: If the cell is too small for the region.

    Oracle:
        scipy's kernel density, a direct sum with the proven bound, and the measured peak of the Chicago assaults,
        9.2429e-09 per square metre (`test_density.py`).

    Cost:
        Events times the cells within reach of a kernel; at tolerance 0, events times all cells.

    Not for:
        Events along a street network, very few events, or a forecast: it looks back.

    Oracle:
        Exact sums, scipy's `gaussian_kde` and the measured peak of Chicago (9.2429e-09 per m²), in `test_density.py`.

    Cost:
        Places times the cells within reach of each tile, as matrix products: under a second for 148,636 events on
        27,000 cells.

    Not for:
        Saying that a peak is more than chance: use `hot_spots`. Events on streets: use `street_density`.

    Source:
        Silverman, "Density Estimation for Statistics and Data Analysis" (1986), section 4.2; the edge as in
        `kernel_sum`. Limits: recorded events only; the bandwidth decides how smooth the map is.
    """
    sigma = _lengths("bandwidth_m", bandwidth_m, events, above=0.0)
    half = _lengths("location_error_m", location_error_m, events, above=-1e-300)
    if not (math.isfinite(cell_m) and cell_m > 0):
        raise BadValue("cell_m", cell_m, "give a length in metres above 0")
    if not 0 <= relative_tolerance < 1:
        raise BadValue("relative_tolerance", relative_tolerance, "use 0 for no cut, or a share such as 1e-6")
    located = events.located
    if not located.any():
        raise TooFew("events with a place", 0, 1)
    weight = _weight(weights, events)
    known = events.on(grid.plane) if grid else events
    grid = grid or _grid(known, area, cell_m, float(sigma[located].max()))
    mask = None if area is None else grid.within(area)
    entered = located & _inside(known, grid, mask)
    total = float(weight[entered].sum())
    if total == 0:
        raise TooFew("events with a weight above 0 in the area", 0, 1)
    if mask is not None and sigma[entered].min() < FEWEST_BANDWIDTHS_A_CELL * grid.cell_m:
        raise BadValue(
            "cell_m", grid.cell_m, f"use cells of at most {2 * sigma[entered].min():g} m: twice the bandwidth"
        )
    counted = entered & (weight > 0)
    kernels = Kernels.merged(*(column[counted] for column in (known.x, known.y, weight / total, sigma, half)))
    values, bound = _within_tolerance(kernels, grid, mask, relative_tolerance)
    integral = float(values.sum()) * grid.cell_m**2
    freeze(values)
    middle = float(np.median(sigma[entered]))
    return Density(
        density=values,
        grid=grid,
        bandwidth_m=middle,
        adaptive=bool(np.ptp(sigma[entered]) > 0),
        error_bound=bound,
        integral=integral,
        total=total,
        n=int(entered.sum()),
        n_without_place=int((~located).sum()),
        n_outside=int((located & ~entered).sum()),
        n_cells=grid.size if mask is None else int(mask.sum()),
        masked=mask is not None,
        method=_method(
            middle, sigma[entered], half[entered], grid, bound, mask is not None, int(entered.sum())
        ),
        cautions=(
            (RECORDED_ONLY,)
            + (() if mask is not None else (EDGE,))
            + ((SNAPPED,) if snapped else ())
            + ((WIDE_CELLS,) if grid.cell_m > middle else ())
        ),
    )


def _method(
    middle: float, sigma: FloatArray, half: FloatArray, grid: Grid, bound: float, masked: bool, n: int
) -> Sentence:
    width = (
        f"{middle:g}"
        if np.ptp(sigma) == 0
        else f"{sigma.min():.0f} to {sigma.max():.0f} (median {middle:.0f})"
    )
    error = f", places uncertain by up to {half.max():.0f} m" if half.any() else ""
    edge = "with the kernels' mass kept inside the study area" if masked else "without correction of the edge"
    return Sentence(
        "gaussian_kde",
        "Gaussian kernel density with a standard deviation of %(sigma)s m%(error)s at the centres of cells of "
        "%(cell)s m, %(edge)s; exact to %(bound)s of the highest value; %(n)s events.",
        {
            "sigma": width,
            "error": error,
            "cell": f"{grid.cell_m:g}",
            "edge": edge,
            "bound": f"{bound:.0e}",
            "n": str(n),
        },
    )


def _lengths(name: str, value: float | ArrayLike, events: Places, *, above: float) -> FloatArray:
    column = np.full(len(events), value, dtype=float) if np.ndim(value) == 0 else floats(name, value)
    same_length(events=events.x, **{name: column})
    wrong = np.flatnonzero(events.located & ~(np.isfinite(column) & (column > above)))
    if wrong.size:
        where = f"{name} of row {wrong[0] + 1}" if np.ndim(value) else name
        raise BadValue(
            where,
            float(column[wrong[0]]),
            f"give a length in metres {'above' if above == 0 else 'of at least'} 0",
        )
    return column


def _weight(weights: ArrayLike | None, events: Places) -> FloatArray:
    if weights is None:
        return np.ones(len(events))
    weight = floats("weights", weights)
    same_length(events=events.x, weights=weight)
    weight[np.isnan(weight)] = 0.0
    if not (np.isfinite(weight) & (weight >= 0)).all():
        row = int(np.flatnonzero(~(np.isfinite(weight) & (weight >= 0)))[0])
        raise BadValue(f"weight of row {row + 1}", float(weight[row]), "give weights of 0 or more")
    return weight


def _grid(known: Places, area: Area | None, cell_m: float, sigma: float) -> Grid:
    if area is not None:
        return Grid.around(area, cell_m=cell_m)
    x, y = known.x[known.located], known.y[known.located]
    margin = MARGIN_BANDWIDTHS * sigma
    return Grid.over(known.plane, x, y, cell_m=cell_m, margin_m=margin, snapped_to_cell=False)


def _inside(known: Places, grid: Grid, mask: BoolArray | None) -> BoolArray:
    if mask is None:
        return np.ones(len(known), dtype=np.bool_)
    cell = np.full(len(known), -1, dtype=np.int64)
    cell[known.located] = grid.cell_of(known.x[known.located], known.y[known.located])
    return np.asarray((cell >= 0) & mask.ravel()[cell], dtype=np.bool_)


def _within_tolerance(
    kernels: Kernels, grid: Grid, mask: BoolArray | None, tolerance: float
) -> tuple[FloatArray, float]:
    # The highest cell is no lower than the mean over the grid, so this cut keeps the tolerance unless much of
    # the mass lies beyond the grid or between the centres; the bound is then compared with the result itself.
    spread = float(np.median(2 * math.pi * kernels.sigma**2))
    guess = tolerance * min(1.0, spread / (grid.size * grid.cell_m**2)) / 2
    if guess > 0:
        sums, error = kernel_sum(kernels, grid, cut=guess, mask=mask)
        highest = float(sums.max())
        if highest > 0 and error / highest <= tolerance:
            return sums, error / highest
    return kernel_sum(kernels, grid, cut=0.0, mask=mask)
