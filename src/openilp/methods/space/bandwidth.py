"""How smooth a density should be: choices of the bandwidth, and a bandwidth for each event."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import map_coordinates
from scipy.optimize import minimize_scalar
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist

from openilp.methods.arrays import FloatArray
from openilp.methods.drawing import Line, lines
from openilp.methods.errors import BadValue, TooFew, TooLarge
from openilp.methods.places import Places
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence
from openilp.methods.space.density import density

# Cross-validation compares all pairs: 12,000 events are 72 million distances, 0.6 GB.
PAIR_LIMIT = 12_000
# Distances summed at once by the likelihood: some tens of megabytes.
CHUNK = 4_000_000
SEARCH = 24
# Abramson's bandwidths are held within this factor of the pilot's, so that a lone event is no plateau
# (Silverman 1986, section 5.3.3, on the need of a limit; the factor is our choice).
MOST_STRETCH = 5.0

TIES = Sentence(
    "bandwidth_ties",
    "%(share)s of the events share their place with another one, which pulls a bandwidth chosen by "
    "cross-validation towards 0.",
)


@dataclass(frozen=True, slots=True)
class Bandwidth(Result):
    """A bandwidth and the curve from which it was chosen.

    Attributes:
        bandwidth_m: Standard deviation of a Gaussian kernel in metres.
        tried_m: (k,) bandwidths that were compared; empty for a rule of thumb.
        criterion: (k,) what was minimised.
        at_edge: Whether the best one is the smallest or largest that was tried.
        n: Events behind it.
        method: The rule.
        cautions: What the reader must know.
    """

    bandwidth_m: float
    tried_m: FloatArray
    criterion: FloatArray
    at_edge: bool
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say the bandwidth."""
        return Sentence("bandwidth", "The bandwidth is %(m)s m.", {"m": f"{self.bandwidth_m:.1f}"})

    def plot(self) -> Plot:
        """This function will draw the criterion over the bandwidths."""
        tried = self.tried_m if self.tried_m.size else np.array([self.bandwidth_m])
        criterion = self.criterion if self.criterion.size else np.array([0.0])
        title = f"Choice of bandwidth: {self.bandwidth_m:.0f} m"
        return lines(title, tried, [Line("criterion", criterion)], x_name="bandwidth, m", y_name="criterion")


def scott(events: Places) -> Bandwidth:
    """This function will choose the bandwidth by Scott's rule of thumb.

    Question:
        How smooth should a density be, as a first guess?

    Assumptions:
        The events form one cloud of about normal shape.

    Traps:
        A town with several centres is smoothed too much, so hot spots run into each other.

    Question:
        How smooth should a density be, by a rule of thumb?

    Assumptions:
        The events form one normal cloud.

    Traps:
        A town with several centres is smoothed too much.

    Args:
        events: n events; those without a place are left out.

    Returns:
        `n^(-1/6)` times the root of the mean variance of x and y.

    Raises:
        TooFew: If fewer than two events have a place.

    Oracle:
        The formula by hand, and unit invariance (`test_bandwidth.py`).

    Cost:
        Linear in the number of events.

    Not for:
        The final map of a town: choose by `likelihood`, by `diggle`, or by what the reader has to tell apart.

    Oracle:
        Its formula, in `test_bandwidth.py`.

    Cost:
        Linear in events.

    Not for:
        A final map: compare with `likelihood`.

    Source:
        Scott, "Multivariate Density Estimation" (1992), equation 6.42. Limits: right for one normal cloud;
        a town with several centres is smoothed too much.
    """
    xy, cautions = _known(events)
    sigma = float(len(xy) ** (-1 / 6) * np.sqrt(xy.var(axis=0, ddof=1).mean()))
    if sigma == 0:
        raise TooFew("different places", 1, 2)
    method = Sentence(
        "bandwidth_scott", "Scott's rule of thumb; it smooths a town with several centres too much."
    )
    return Bandwidth(sigma, np.empty(0), np.empty(0), False, len(xy), method, cautions)


def likelihood(events: Places, *, low_m: float | None = None, high_m: float | None = None) -> Bandwidth:
    """This function will choose the bandwidth under which each event is best foretold by the others.

    Question:
        Under which bandwidth does the density of the other events foretell each event best?

    Assumptions:
        Events are independent draws from one density.

    Traps:
        - Repeated places, as geocoding and near repeats make them, draw the choice towards 0.
        - The criterion is flat: bandwidths around the best are nearly as good.

    Question:
        How smooth should a density be to foretell the next event?

    Assumptions:
        The events are independent given the density.

    Traps:
        Shared places pull the bandwidth to 0; near repeats make it small.

    Args:
        events: n events; those without a place are left out.
        low_m: Smallest bandwidth to try; by default a tenth of the median distance to the nearest other event.
        high_m: Largest to try; by default Scott's.

    Returns:
        The bandwidth that maximises the sum of the logarithms of the density at each event, left out itself.

    Raises:
        TooFew: If fewer than two events have different places.
        TooLarge: If there are too many events to compare all pairs.

    Oracle:
        A naive double loop, and the best bandwidth of a planted density (`test_bandwidth.py`).

    Cost:
        All pairs of events, some two dozen times; 12,000 events at most.

    Not for:
        Points snapped to shared places, such as those of police.uk.

    Oracle:
        A naive twin, and spatstat's 280 m for Memphis within a step of its grid, in `test_bandwidth.py`.

    Cost:
        All pairs of events, some thirty times; at most 12,000 events.

    Not for:
        Snapped data: their ties dominate.

    Source:
        Loader, "Local Regression and Likelihood" (1999), section 5.3; the integral over the area, which is
        nearly constant, is left out. Limits: drawn to 0 by ties.
    """
    xy, cautions = _known(events)
    low, high = _range(xy, low_m, high_m, events)

    def loss(sigma: float) -> float:
        return -_left_out_likelihood(xy, sigma)

    method = Sentence(
        "bandwidth_likelihood", "Likelihood cross-validation: each event foretold by all others."
    )
    return _searched(loss, low, high, len(xy), method, cautions)


def diggle(
    events: Places, *, area_m2: float | None = None, low_m: float | None = None, high_m: float | None = None
) -> Bandwidth:
    """This function will choose the bandwidth with the least mean square error under a Cox process.

    Question:
        Which bandwidth estimates the intensity of clustered events with the least mean square error?

    Assumptions:
        Events follow a Cox process: independent, given an intensity that is itself random and stationary.

    Traps:
        - Where events cluster tightly it chooses very small bandwidths, and the map becomes a list of addresses.
        - The size of the study area enters; the rectangle around the events is rarely it.

    Question:
        How smooth should a density be to err least in the mean square?

    Assumptions:
        The events follow a stationary Cox process.

    Traps:
        Tight clusters make the bandwidth very small.

    Args:
        events: n events; those without a place are left out.
        area_m2: Size of the study area; by default the rectangle around the events.
        low_m: Smallest bandwidth to try; as `likelihood`.
        high_m: Largest to try.

    Returns:
        Half the radius of the disc kernel that minimises Diggle's criterion, as the standard deviation of
        the Gaussian that smooths as much.

    Raises:
        TooFew: If fewer than two events have different places.
        TooLarge: If there are too many events to compare all pairs.

    Oracle:
        spatstat's `bw.diggle` on the Memphis robberies (`test_bandwidth.py`).

    Cost:
        All pairs of events once; 12,000 events at most.

    Not for:
        Points snapped to shared places, and events on one line.

    Oracle:
        spatstat's 79 m for Memphis within 12 per cent (it corrects the edge), in `test_bandwidth.py`.

    Cost:
        All pairs of events once; at most 12,000 events.

    Not for:
        Maps for a whole town: it is made for the scale of clusters.

    Source:
        Diggle, Applied Statistics 34 (1985); Berman and Diggle, Journal of the Royal Statistical Society B 51
        (1989), equation 2.4: `M(h) = (1/λ − 2 K(h)) / (π h²) + ∫ overlap(t, h) dK(t) / (π h²)²`. K without
        correction of the edge. Limits: tends to small bandwidths where events cluster tightly.
    """
    xy, cautions = _known(events)
    low, high = _range(xy, low_m, high_m, events)
    area = area_m2 or float(np.prod(np.ptp(xy, axis=0)))
    if not area > 0:
        raise BadValue("area_m2", area, "give the size of the study area: the events lie on one line")
    n = len(xy)
    near = pdist(xy)
    near = near[near <= 4 * high]

    def loss(sigma: float) -> float:
        h = 2 * sigma
        disc = math.pi * h**2
        # Each pair counts twice in K: K(h) = area / (n (n - 1)) · 2 #{pairs within h}.
        unit = 2 * area / (n * (n - 1))
        t = near[near < 2 * h] / (2 * h)
        overlap = 2 * h**2 * (np.arccos(t) - t * np.sqrt(1 - t**2))
        k = unit * np.count_nonzero(near <= h)
        return float((area / n - 2 * k) / disc + unit * overlap.sum() / disc**2)

    method = Sentence("bandwidth_diggle", "Diggle's choice: least mean square error of the intensity.")
    return _searched(loss, low, high, n, method, cautions)


def adaptive(events: Places, *, pilot_m: float) -> FloatArray:
    """This function will give each event a bandwidth: short where events are dense, long where they are rare.

    Question:
        How can a density be sharp where events are dense and calm where they are rare?

    Assumptions:
        The pilot density is of the right order everywhere.

    Traps:
        A lone event becomes a wide plateau; bandwidths are therefore held within five times the pilot's.

    Question:
        How wide should the kernel of each event be?

    Assumptions:
        The pilot density is right in its broad shape.

    Traps:
        A lone event becomes a wide flat hill; the pilot's bandwidth still decides.

    Args:
        events: n events.
        pilot_m: Bandwidth of the pilot density, and the geometric mean of the result.

    Returns:
        (n,) bandwidths in metres for `density`; `pilot_m` where the place is not known.

    Oracle:
        Short where dense and long where rare, with the pilot as geometric mean (`test_bandwidth.py`).

    Cost:
        One density with the pilot's bandwidth.

    Not for:
        Comparing two periods: the bandwidths would differ between them.

    Oracle:
        Means, limits and order of the bandwidths, in `test_bandwidth.py`.

    Cost:
        One density.

    Not for:
        Few events: one bandwidth is steadier.

    Source:
        Abramson, Annals of Statistics 10 (1982): the bandwidth goes with the pilot density to the power
        −1/2. The pilot is read between the centres of cells of a quarter of its bandwidth.
    """
    known = events.located
    pilot = density(events, bandwidth_m=pilot_m, cell_m=_pilot_cell(events, pilot_m), relative_tolerance=1e-9)
    grid = pilot.grid
    rows = (events.y[known] - grid.y0) / grid.cell_m - 0.5
    columns = (events.x[known] - grid.x0) / grid.cell_m - 0.5
    at_events = map_coordinates(pilot.density, [rows, columns], order=1, mode="nearest")
    stretch = at_events**-0.5
    stretch /= np.exp(np.log(stretch).mean())
    result = np.full(len(events), float(pilot_m))
    result[known] = pilot_m * np.clip(stretch, 1 / MOST_STRETCH, MOST_STRETCH)
    return result


def snapping_error(events: Places, *, most_m: float = 1000.0) -> FloatArray:
    """This function will estimate how far an event may truly lie from the shared point that stands for it.

    Question:
        How far may an event truly lie from the shared point that stands for it?

    Assumptions:
        Each event was moved to the nearest of a list of points.

    Traps:
        Points that no event uses are unknown, so the error is rather too large.

    Question:
        How far from its shared point may an event truly lie?

    Assumptions:
        Each event was moved to the nearest of the points that appear.

    Traps:
        Points that no event uses are unknown, so the error is rather too large.

    Args:
        events: n events whose places are snapped to shared points, as those of police.uk are.
        most_m: The largest error that is assumed.

    Returns:
        (n,) half the distance to the nearest other point: half the side of a square around the point in
        which the event is taken to lie anywhere with equal probability. 0 where the place is not known.

    Oracle:
        Half the way to the next point, by hand (`test_bandwidth.py`).

    Cost:
        The number of points times its logarithm.

    Not for:
        Events with true places, and near repeats at the same place, which snapped points cannot show at all.

    Oracle:
        Its rule on known points, in `test_bandwidth.py`.

    Cost:
        n log n in different points.

    Not for:
        Places that are exact.

    Source:
        data.police.uk, "Location anonymisation": each event moves to the nearest of a list of points.
        The square stands for the cell of places nearest to a point. Limits: points that no event uses are
        unknown, so the error is rather too large.
    """
    known = events.located
    result = np.zeros(len(events))
    points, which = np.unique(
        np.stack([events.x[known], events.y[known]], axis=1), axis=0, return_inverse=True
    )
    if len(points) < 2:
        result[known] = most_m
        return result
    apart, _ = cKDTree(points).query(points, k=2)
    result[known] = np.minimum(apart[:, 1] / 2, most_m)[which.ravel()]
    return result


def _pilot_cell(events: Places, pilot_m: float) -> float:
    x, y = events.x[events.located], events.y[events.located]
    if not x.size:
        raise TooFew("events with a place", 0, 1)
    # A million cells at most, where a quarter of the bandwidth would need more.
    widest = math.sqrt((float(np.ptp(x)) + 8 * pilot_m) * (float(np.ptp(y)) + 8 * pilot_m) / 1e6)
    return max(pilot_m / 4, widest)


def _known(events: Places) -> tuple[FloatArray, tuple[Sentence, ...]]:
    known = events.located
    xy = np.stack([events.x[known], events.y[known]], axis=1)
    if len(xy) < 2:
        raise TooFew("events with a place", len(xy), 2)
    shared = 1 - len(np.unique(xy, axis=0)) / len(xy)
    ties = (Sentence(TIES.code, TIES.template, {"share": f"{shared:.0%}"}),) if shared > 0 else ()
    return xy, ties


def _range(xy: FloatArray, low: float | None, high: float | None, events: Places) -> tuple[float, float]:
    if len(xy) > PAIR_LIMIT:
        raise TooLarge("events", len(xy), PAIR_LIMIT, "draw a sample of them, or use Scott's rule")
    places = np.unique(xy, axis=0)
    if len(places) < 2:
        raise TooFew("different places", len(places), 2)
    apart, _ = cKDTree(places).query(places, k=2)
    low = low or float(np.median(apart[:, 1])) / 10
    high = high or max(scott(events).bandwidth_m, 2 * low)
    if not 0 < low < high:
        raise BadValue("low_m", low, f"give a bandwidth above 0 and below {high:g}")
    return low, high


def _left_out_likelihood(xy: FloatArray, sigma: float) -> float:
    n = len(xy)
    step = max(1, CHUNK // n)
    total = 0.0
    for start in range(0, n, step):
        part = xy[start : start + step]
        squared = (part[:, :1] - xy[:, 0]) ** 2 + (part[:, 1:] - xy[:, 1]) ** 2
        sums = np.exp(squared / (-2 * sigma**2)).sum(axis=1) - 1.0
        with np.errstate(divide="ignore"):
            total += float(np.log(np.maximum(sums, 0.0) / (2 * math.pi * sigma**2 * (n - 1))).sum())
    return total


def _searched(
    loss: Callable[[float], float],
    low: float,
    high: float,
    n: int,
    method: Sentence,
    cautions: tuple[Sentence, ...],
) -> Bandwidth:
    """Return the best of a range: a coarse look at all of it, then a fine one around the best."""
    tried = np.geomspace(low, high, SEARCH)
    values = np.array([loss(sigma) for sigma in tried])
    best = int(np.argmin(values))
    around = tried[max(best - 1, 0)], tried[min(best + 1, SEARCH - 1)]
    fine = minimize_scalar(loss, bounds=around, method="bounded", options={"xatol": around[0] * 1e-3})
    sigma = float(fine.x) if fine.fun <= values[best] else float(tried[best])
    return Bandwidth(sigma, tried, values, best in (0, SEARCH - 1), n, method, cautions)
