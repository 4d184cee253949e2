"""Forecasts that only weigh the past: counts, decay, kernels. No parameter is learnt."""

import math

import numpy as np
from scipy.special import erf

from openilp.methods.arrays import FloatArray
from openilp.methods.errors import BadValue
from openilp.methods.forecast.history import History
from openilp.methods.forecast.lattice import Lattice

# Beyond six standard deviations a Gaussian holds 2e-9 of its mass.
REACH = 6.0
# Bowers, Johnson and Pease (2004): events within 400 m and two months.
PROSPECTIVE_M = 400.0
PROSPECTIVE_WEEKS = 8.0


def cell_counts(
    history: History, lattice: Lattice, *, days: int, window_days: float | None = None
) -> FloatArray:
    """This function will expect in each cell what was recorded there before.

    Question:
        Where would the next events fall if every cell kept its past rate?

    Assumptions:
        Rates stay; one cell tells nothing about its neighbour.

    Traps:
        Most cells hold 0 or 1 event, so the last cells chosen are a tie; ties fall to the cell number.

    Args:
        history: What is known when the forecast begins.
        lattice: The cells.
        days: Length of the forecast.
        window_days: How far back to count; the whole record when left out.

    Returns:
        (ny nx,) expected events.

    Raises:
        BadValue: If the window is not above 0 days.

    Oracle:
        `test_forecast_kernels.py`: sums by hand; the total is the mean rate times the days.

    Cost:
        One pass over the events.

    Not for:
        Short records; use a density, which borrows from the neighbours.

    Source:
        The usual hot-spot map. One of the three trivial baselines.
    """
    window = min(float(window_days if window_days is not None else history.days), float(history.days))
    _positive(window_days=window)
    recent = history.day >= history.end_day - window
    return lattice.counts(history.x[recent], history.y[recent]) * (days / window)


def exponential_decay(history: History, lattice: Lattice, *, days: int, half_life_days: float) -> FloatArray:
    """This function will count past events with a weight that halves with every half-life.

    Question:
        Where have events been frequent, the recent ones counting most?

    Assumptions:
        The rate of a cell drifts slowly; one cell tells nothing about its neighbour.

    Traps:
        A short half-life makes the last event decide; a long one is a plain count.

    Args:
        history: What is known when the forecast begins.
        lattice: The cells.
        days: Length of the forecast.
        half_life_days: Days after which an event counts half.

    Returns:
        (ny nx,) expected events.

    Raises:
        BadValue: If the half-life is not above 0.

    Oracle:
        `test_forecast_kernels.py`: an infinite half-life equals the count; two events by hand.

    Cost:
        One pass over the events.

    Not for:
        Cells so small that most hold no event.

    Source:
        Exponential smoothing in continuous time.
    """
    weight, exposure = _decayed(history, half_life_days)
    return lattice.counts(history.x, history.y, weight) * (days / exposure)


def kernel_forecast(
    history: History,
    lattice: Lattice,
    *,
    days: int,
    bandwidth_m: float,
    half_life_days: float = math.inf,
) -> FloatArray:
    """This function will spread each past event over its surroundings and let it fade.

    Question:
        Which cells lie where events have been dense, the recent ones counting most?

    Assumptions:
        Risk is smooth at the scale of the bandwidth and drifts at the scale of the half-life.

    Traps:
        A wide kernel moves risk across rivers and parks; the edge of the area loses mass to the outside.

    Args:
        history: What is known when the forecast begins.
        lattice: The cells.
        days: Length of the forecast.
        bandwidth_m: Standard deviation of the Gaussian in metres.
        half_life_days: Days after which an event counts half; infinity counts all alike.

    Returns:
        (ny nx,) expected events: the kernel's integral over each cell, not its value at the centre.

    Raises:
        BadValue: If the bandwidth or the half-life is not above 0.

    Oracle:
        `test_forecast_kernels.py`: the integral of the Gaussian by the error function, cell by cell.

    Cost:
        Events times the cells within six bandwidths, as matrix products.

    Not for:
        Choosing among single addresses.

    Source:
        Kernel density estimation; decay as in exponential smoothing.
    """
    _positive(bandwidth_m=bandwidth_m)
    weight, exposure = _decayed(history, half_life_days)
    return smooth(history.x, history.y, weight, lattice, bandwidth_m) * (days / exposure)


def shrunken_counts(
    history: History,
    lattice: Lattice,
    *,
    days: int,
    half_life_days: float = 730.0,
    strength_days: float = 1000.0,
    bandwidth_m: float = 250.0,
) -> FloatArray:
    """This function will pull each cell's own rate towards the density around it, the more the less it is known.

    Question:
        Which cells are hot by their own record, once luck in small counts is discounted?

    Assumptions:
        The rate of a cell is a Gamma variable around the smooth density; its counts are Poisson.

    Traps:
        A small strength is a plain count, a large one a plain density. It shares what both get wrong.

    Args:
        history: What is known when the forecast begins.
        lattice: The cells.
        days: Length of the forecast.
        half_life_days: Days after which an event of the cell counts half.
        strength_days: Days of own record that weigh as much as the density.
        bandwidth_m: Standard deviation of the density in metres (it counts all events alike).

    Returns:
        (ny nx,) expected events.

    Raises:
        BadValue: If a parameter is not above 0.

    Oracle:
        `test_forecast_kernels.py`: between count and density, and equal to each at the ends of the strength.

    Cost:
        One density and one count.

    Not for:
        Areas whose cells have been redrawn since the record began.

    Source:
        Gamma-Poisson shrinkage (Clayton and Kaldor 1987), with the density as the prior mean.
    """
    _positive(strength_days=strength_days)
    own, exposure = _decayed(history, half_life_days)
    prior = kernel_forecast(history, lattice, days=1, bandwidth_m=bandwidth_m)
    counted = lattice.counts(history.x, history.y, own)
    rates: FloatArray = (counted + strength_days * prior) / (exposure + strength_days)
    return rates * days


def prospective_kernel(history: History, lattice: Lattice, *, days: int) -> FloatArray:
    """This function will weigh recent events by closeness in space and in time, as a prospective map does.

    Question:
        Where is risk raised for now because something happened near by lately?

    Assumptions:
        Near repeats: an event raises the risk around it for some weeks.

    Traps:
        It forgets all places that were quiet for two months; over long horizons the plain count wins.
        The scale is arbitrary: the values rank cells, and their total is set to the recent rate.

    Args:
        history: What is known when the forecast begins.
        lattice: The cells.
        days: Length of the forecast.

    Returns:
        (ny nx,) expected events.

    Oracle:
        `test_forecast_kernels.py`: a naive double loop over cells and events.

    Cost:
        Recent events times the cells within 400 m.

    Not for:
        Horizons of months.

    Source:
        Bowers, Johnson and Pease, "Prospective hot-spotting: the future of crime mapping?", British Journal
        of Criminology 44 (2004): weight 1 / (1 + half cells away) times 1 / (1 + weeks ago).
    """
    recent = history.day >= history.end_day - 7 * PROSPECTIVE_WEEKS
    x, y, ago = history.x[recent], history.y[recent], history.end_day - history.day[recent]
    total = np.zeros((lattice.ny, lattice.nx))
    reach = math.ceil(PROSPECTIVE_M / lattice.cell_m) + 1
    ix = np.floor((x - lattice.x0) / lattice.cell_m).astype(np.int64)
    iy = np.floor((y - lattice.y0) / lattice.cell_m).astype(np.int64)
    for dx in range(-reach, reach + 1):
        for dy in range(-reach, reach + 1):
            column, row = ix + dx, iy + dy
            centre_x = lattice.x0 + (column + 0.5) * lattice.cell_m
            centre_y = lattice.y0 + (row + 0.5) * lattice.cell_m
            away = np.hypot(centre_x - x, centre_y - y)
            held = (away <= PROSPECTIVE_M) & (column >= 0) & (column < lattice.nx)
            held &= (row >= 0) & (row < lattice.ny)
            weight = 1 / (1 + np.floor(2 * away / lattice.cell_m)) / (1 + np.floor(ago / 7))
            np.add.at(total, (row[held], column[held]), weight[held])
    values = np.where(lattice.inside, total.ravel(), 0.0)
    rate = x.size / min(7 * PROSPECTIVE_WEEKS, max(history.days, 1))
    return values * (rate * days / values.sum()) if values.sum() else values


def smooth(x: FloatArray, y: FloatArray, weight: FloatArray, lattice: Lattice, sigma_m: float) -> FloatArray:
    """This function will integrate a sum of weighted Gaussians over each cell.

    Args:
        x: (n,) metres east.
        y: (n,) metres north.
        weight: (n,) mass of each event.
        lattice: The cells.
        sigma_m: Standard deviation in metres.

    Returns:
        (ny nx,) mass by cell, cut at six standard deviations; 0 outside the study area.
    """
    total = np.zeros((lattice.ny, lattice.nx))
    if x.size:
        points, place = np.unique(np.stack([x, y], axis=1), axis=0, return_inverse=True)
        mass = np.bincount(place.ravel(), weights=weight)
        edge_x: FloatArray = lattice.x0 + np.arange(lattice.nx + 1, dtype=np.float64) * lattice.cell_m
        edge_y: FloatArray = lattice.y0 + np.arange(lattice.ny + 1, dtype=np.float64) * lattice.cell_m
        reach = REACH * sigma_m
        tile = np.floor((points - points.min(axis=0)) / max(reach, 8 * lattice.cell_m)).astype(np.int64)
        order = np.lexsort((tile[:, 0], tile[:, 1]))
        breaks = np.flatnonzero((np.diff(tile[order], axis=0) != 0).any(axis=1)) + 1
        for members in np.split(order, breaks):
            columns, along_x = _share(edge_x, points[members, 0], sigma_m, reach)
            rows, along_y = _share(edge_y, points[members, 1], sigma_m, reach)
            total[rows, columns] += (along_y * mass[members][:, None]).T @ along_x
    return np.where(lattice.inside, total.ravel(), 0.0)


def _share(edges: FloatArray, at: FloatArray, sigma_m: float, reach: float) -> tuple[slice, FloatArray]:
    first = max(int(np.searchsorted(edges, at.min() - reach)) - 1, 0)
    last = min(int(np.searchsorted(edges, at.max() + reach)), len(edges) - 1)
    if last <= first:
        return slice(0, 0), np.zeros((at.size, 0))
    below = 0.5 * erf((edges[None, first : last + 1] - at[:, None]) / (sigma_m * math.sqrt(2)))
    return slice(first, last), np.diff(below, axis=1)


def _decayed(history: History, half_life_days: float) -> tuple[FloatArray, float]:
    """Return the weight of each event, and the days that a record of weight 1 would have had."""
    _positive(half_life_days=half_life_days)
    if math.isinf(half_life_days):
        return np.ones(len(history)), float(max(history.days, 1))
    rate = math.log(2) / half_life_days
    # A date without a clock stands for the middle of its day.
    shift = 0.5 if history.resolution == "day" else 0.0
    weight = np.exp(-rate * (history.end_day - history.day - shift))
    return weight, -math.expm1(-rate * history.days) / rate


def _positive(**values: float) -> None:
    for name, value in values.items():
        if not value > 0:
            raise BadValue(name, value, "give a number above 0")
