"""A self-exciting point process: events raise the risk around them for a while."""

import math
from dataclasses import dataclass, field

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.optimize import minimize_scalar
from scipy.spatial import cKDTree
from scipy.stats import norm

from openilp.methods.arrays import FloatArray, IntArray, freeze
from openilp.methods.errors import BadValue, TooFew, TooLarge
from openilp.methods.forecast.history import History
from openilp.methods.forecast.kernels import smooth
from openilp.methods.forecast.lattice import Lattice
from openilp.methods.sentence import Estimate, Sentence

# 60 million pairs need about 3 GB.
PAIR_LIMIT = 60_000_000
# With fewer events the three parameters cannot be told apart (benchmarks/bench_methods_self_exciting.py).
FEWEST = 100
# A share of the background that is the same everywhere, so that no event is impossible.
EVERYWHERE = 0.01
# Cells of the background's grid per bandwidth: the interpolation then widens the kernel by 1 %.
GRID_PER_BANDWIDTH = 4
# Beyond a factor of e to the power of this an interval says nothing.
MOST_LOG = 50.0

SAME_DAY = Sentence(
    "same_day",
    "The dates carry no clock, so an event can only be set off by one of an earlier day.",
)
EXPLOSIVE = Sentence(
    "explosive",
    "The branching ratio is %(ratio)s: such a process would grow without end. The background is too smooth "
    "for these data; use a narrower one.",
)
SMALLEST_SCALE = Sentence(
    "smallest_scale",
    "The distance of the triggering fell to its floor of %(floor)s m: repeats at the very same place carry it.",
)
LONG_MEMORY = Sentence(
    "long_memory",
    "The triggering fades over %(lag)s days on average, but was cut after %(reach)s; give a longer reach.",
)
NOT_CONVERGED = Sentence("not_converged", "The fit stopped after %(n)s steps before it had settled.")
BACKGROUND_GIVEN = Sentence(
    "background_given",
    "Background and triggering cannot be told apart without fixing one: the background is smooth at "
    "%(bandwidth)s m by choice, and the intervals hold it fixed.",
)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Earlier and later events that could belong together.

    Attributes:
        parent: (p,) number of the earlier event.
        child: (p,) number of the later event.
        lag: (p,) days between them, above 0.
        squared: (p,) squared distance in square metres.
    """

    parent: IntArray
    child: IntArray
    lag: FloatArray
    squared: FloatArray


@dataclass(frozen=True, slots=True)
class SelfExciting:
    """What was learnt about a self-exciting process.

    Attributes:
        branching: Events set off directly by one event, on average.
        mean_lag_days: Mean delay of the triggering (before it is cut at the reach).
        distance_m: Standard deviation of the triggering along one axis.
        background_share: Share of the events that nothing set off.
        background_m: Bandwidth of the background.
        reach_m: Triggering beyond this distance is taken as 0.
        reach_days: Triggering after this delay is taken as 0.
        log_likelihood: Of the events, per event.
        n: Events.
        n_pairs: Pairs within the reach.
        iterations: Steps of the fit.
        probability_background: (n,) probability that nothing set the event off, in the order of the history.
        method: How it was computed.
        cautions: What the reader must know.
    """

    branching: Estimate
    mean_lag_days: Estimate
    distance_m: Estimate
    background_share: float
    background_m: float
    reach_m: float
    reach_days: float
    log_likelihood: float
    n: int
    n_pairs: int
    iterations: int
    probability_background: FloatArray = field(repr=False)
    method: Sentence
    cautions: tuple[Sentence, ...]

    def expected(self, history: History, lattice: Lattice, *, days: int) -> FloatArray:
        """This function will expect events in each cell after the end of the history.

        Args:
            history: The events of the fit.
            lattice: The cells.
            days: Length of the forecast.

        Returns:
            (ny nx,) expected events: background, plus the first generation set off by the past, both raised
            by the offspring that they have within the forecast.
        """
        theta, rate = _value(self.branching), 1 / _value(self.mean_lag_days)
        ground = smooth(history.x, history.y, self.probability_background, lattice, self.background_m)
        ground += np.where(lattice.inside, EVERYWHERE * ground.sum() / max(lattice.n, 1), 0.0)
        left = history.end_day - history.day
        still = _within(left + days, rate, self.reach_days) - _within(left, rate, self.reach_days)
        set_off = smooth(history.x, history.y, theta * still, lattice, _value(self.distance_m))
        ages: FloatArray = np.arange(days, dtype=np.float64) + 0.5
        within = float(_within(ages, rate, self.reach_days).mean())
        return (ground * (days / history.days) + set_off) / (1 - min(theta, 0.95) * within)


def fit_self_exciting(
    history: History,
    lattice: Lattice,
    *,
    background_m: float = 500.0,
    reach_m: float = 1000.0,
    reach_days: float = 90.0,
    smallest_m: float = 10.0,
    level: float = 0.95,
    most_iterations: int = 200,
    tolerance: float = 1e-4,
) -> SelfExciting:
    """This function will learn how far, how long and how often events set off others.

    Question:
        How much of the crime is repetition of what happened near by lately, and where is it due next?

    Assumptions:
        A background that does not change in time and is smooth at the given scale; each event sets off a
        Poisson number of others, with a Gaussian distance and an exponential delay, the same everywhere.

    Traps:
        Background and triggering cannot be told apart without fixing one: a smoother background gives a
        larger branching ratio. Clusters that merely last look like contagion. Geocoded landmarks repeat one
        point, which would drive the distance to 0, so it has a floor. Dates without a clock put a tie
        into every day: no event then sets off another one of its own day, and the delay is geometric in whole
        days. Events outside the area or before the record have no place in it.

    Args:
        history: n events.
        lattice: The study area.
        background_m: Bandwidth of the background in metres.
        reach_m: Pairs farther apart are not looked at, in metres.
        reach_days: Pairs farther apart in time are not looked at, in days.
        smallest_m: Floor of the triggering distance: the error of a geocoder.
        level: Coverage of the intervals.
        most_iterations: Steps at most.
        tolerance: The fit has settled when no parameter changes by more than this share.

    Returns:
        Branching ratio, mean delay and distance with intervals, and for each event the probability that
        it belongs to the background.

    Raises:
        TooFew: If there are fewer than 100 events, or no two of them lie within the reach.
        TooLarge: If more than 60 million pairs lie within the reach.
        BadValue: If a parameter is not above 0.

    Oracle:
        `test_self_exciting.py`: planted parameters are recovered, with and without a clock; the sparse
        likelihood equals a naive double loop.

    Cost:
        Pairs within the reach, times the steps (about 50): 100,000 events in well under a minute.

    Not for:
        Proof of contagion (use the near-repeat test and its cautions), or records with gaps.

    Source:
        Mohler, Short, Brantingham, Schoenberg and Tita, "Self-exciting point process modeling of crime",
        Journal of the American Statistical Association 106 (2011); expectation-maximisation after Veen and
        Schoenberg, same journal 103 (2008). Intervals from the curvature of the likelihood.
    """
    for name, value in (
        ("background_m", background_m),
        ("reach_m", reach_m),
        ("reach_days", reach_days),
        ("smallest_m", smallest_m),
    ):
        if not (math.isfinite(value) and value > 0):
            raise BadValue(name, value, "give a number above 0")
    if len(history) < FEWEST:
        raise TooFew("events", len(history), FEWEST)
    pairs = close_pairs(history, reach_m=reach_m, reach_days=reach_days)
    if not pairs.lag.size:
        raise TooFew("pairs within the reach", 0, 1)
    process = _Process(history, lattice, pairs, background_m, reach_m, reach_days, smallest_m)
    steps = process.settle(most_iterations, tolerance)
    return _result(process, steps, most_iterations, level)


def close_pairs(history: History, *, reach_m: float, reach_days: float) -> Pairs:
    """This function will find the pairs of events within reach in space and time.

    Args:
        history: n events.
        reach_m: Largest distance in metres.
        reach_days: Largest delay in days; the smallest is above 0.

    Returns:
        The pairs, the earlier event as parent.

    Raises:
        TooLarge: If there are more than 60 million.
    """
    scaled = np.stack([history.x / reach_m, history.y / reach_m, _moment(history) / reach_days], axis=1)
    tree = cKDTree(scaled)
    n = (int(tree.count_neighbors(tree, 1.0, p=np.inf)) - len(history)) // 2
    if n > PAIR_LIMIT:
        raise TooLarge("pairs", n, PAIR_LIMIT, "choose a shorter reach in metres or days")
    found = tree.query_pairs(1.0, p=np.inf, output_type="ndarray")
    parent, child = found.min(axis=1), found.max(axis=1)
    lag = _moment(history)[child] - _moment(history)[parent]
    squared = (history.x[child] - history.x[parent]) ** 2 + (history.y[child] - history.y[parent]) ** 2
    held = (lag > 0) & (lag <= reach_days) & (squared <= reach_m**2)
    order = np.lexsort((parent[held], child[held]))
    return Pairs(*(column[held][order] for column in (parent, child, lag, squared)))


class _Process:
    """The state of the fit: parameters, background, and who set off whom."""

    def __init__(
        self,
        history: History,
        lattice: Lattice,
        pairs: Pairs,
        background_m: float,
        reach_m: float,
        reach_days: float,
        smallest_m: float,
    ) -> None:
        self.history, self.pairs = history, pairs
        self.reach_m, self.reach_days, self.smallest_m = reach_m, reach_days, smallest_m
        self.background_m = background_m
        self.by_day = history.resolution == "day"
        self.left = history.end_day - history.day - (1.0 if self.by_day else 0.0)
        self.theta, self.rate, self.sigma = 0.3, 3.0 / reach_days, reach_m / 5
        self.own = np.full(len(history), 0.7)
        self.ground = _Background(history, lattice, background_m)

    def settle(self, most: int, tolerance: float) -> int:
        for step in range(1, most + 1):
            before = np.array([self.theta, self.rate, self.sigma])
            self.step()
            if (np.abs(np.array([self.theta, self.rate, self.sigma]) / before - 1) < tolerance).all():
                return step
        return most

    def step(self) -> None:
        triggered = self.triggering(self.theta, self.rate, self.sigma)
        background = self.ground.at_events(self.own)
        total = background + np.bincount(self.pairs.child, triggered, minlength=len(self.history))
        self.own = background / total
        belongs = triggered / total[self.pairs.child]
        mass = float(belongs.sum())
        if mass < 1e-9 * len(self.history):
            self.theta = 1e-9
            return
        self.rate = self._best_rate(mass, float(belongs @ self.pairs.lag))
        self.sigma = self._best_sigma(mass, float(belongs @ self.pairs.squared))
        self.theta = mass / float(_within(self.left, self.rate, self.reach_days).sum())

    def triggering(self, theta: float, rate: float, sigma: float) -> FloatArray:
        """Intensity that each parent adds at its child, per day and square metre."""
        scale = theta * self._height(rate, sigma)
        exponent = (rate if self.by_day else 0.0) - rate * self.pairs.lag
        exponent -= self.pairs.squared / (2 * sigma**2)
        values: FloatArray = scale * np.exp(exponent)
        return values

    def log_likelihood(self, theta: float, rate: float, sigma: float) -> float:
        background = self.ground.at_events(self.own)
        triggered = self.triggering(theta, rate, sigma)
        total = background + np.bincount(self.pairs.child, triggered, minlength=len(self.history))
        expected = theta * float(_within(self.left, rate, self.reach_days).sum())
        return float(np.log(total).sum() - expected - self.own.sum())

    def _height(self, rate: float, sigma: float) -> float:
        in_time = -math.expm1(-rate) if self.by_day else rate
        in_time /= -math.expm1(-rate * self.reach_days)
        in_space = 2 * math.pi * sigma**2 * -math.expm1(-(self.reach_m**2) / (2 * sigma**2))
        return in_time / in_space

    def _best_rate(self, mass: float, lags: float) -> float:
        def cost(log_rate: float) -> float:
            rate = math.exp(log_rate)
            gained = mass * math.log(-math.expm1(-rate) if self.by_day else rate)
            gained += (mass if self.by_day else 0.0) * rate - rate * lags
            gained -= mass * math.log(-math.expm1(-rate * self.reach_days))
            # Profile over theta: events near the end of the record had little time to set others off.
            return mass * math.log(float(_within(self.left, rate, self.reach_days).sum())) - gained

        lowest, highest = math.log(0.1 / self.reach_days), math.log(50.0)
        return math.exp(minimize_scalar(cost, bounds=(lowest, highest), method="bounded").x)

    def _best_sigma(self, mass: float, squares: float) -> float:
        def cost(log_sigma: float) -> float:
            variance = math.exp(2 * log_sigma)
            inside = -math.expm1(-(self.reach_m**2) / (2 * variance))
            return mass * math.log(variance * inside) + squares / (2 * variance)

        lowest, highest = math.log(self.smallest_m), math.log(max(self.reach_m, 2 * self.smallest_m))
        return math.exp(minimize_scalar(cost, bounds=(lowest, highest), method="bounded").x)


class _Background:
    """A kernel density on a fine grid, read at the events without their own share."""

    def __init__(self, history: History, lattice: Lattice, bandwidth_m: float) -> None:
        self.step_m = bandwidth_m / GRID_PER_BANDWIDTH
        self.days = max(history.days, 1)
        self.area_m2 = max(lattice.n, 1) * lattice.cell_m**2
        self.shape = (
            int(lattice.ny * lattice.cell_m // self.step_m) + 3,
            int(lattice.nx * lattice.cell_m // self.step_m) + 3,
        )
        row = (history.y - lattice.y0) / self.step_m + 0.5
        column = (history.x - lattice.x0) / self.step_m + 0.5
        self.at = np.clip(np.stack([row, column]), 0, np.array(self.shape)[:, None] - 1.001)
        base = np.floor(self.at).astype(np.int64)
        part = self.at - base
        corners, shares = [], []
        for dy in (0, 1):
            for dx in (0, 1):
                corners.append((base[0] + dy) * self.shape[1] + base[1] + dx)
                shares.append(np.abs(1 - dy - part[0]) * np.abs(1 - dx - part[1]))
        self.corner, self.share = np.concatenate(corners), np.concatenate(shares)
        self.sigma = float(GRID_PER_BANDWIDTH)
        self.edge = self._read(gaussian_filter(self._mask(lattice), self.sigma, mode="constant"))
        # Binning and reading linearly add a sixth of a squared step each to the variance.
        widened = bandwidth_m**2 + self.step_m**2 / 3
        self.own_height = 1 / (2 * math.pi * widened)

    def at_events(self, mass: FloatArray) -> FloatArray:
        """Intensity per day and square metre at each event, leaving the event itself out."""
        binned = np.bincount(self.corner, np.tile(mass, 4) * self.share, minlength=math.prod(self.shape))
        spread = gaussian_filter(binned.reshape(self.shape), self.sigma, mode="constant") / self.step_m**2
        without = np.maximum(self._read(spread) - mass * self.own_height, 0.0) / np.maximum(self.edge, 0.05)
        even = float(mass.sum()) / self.area_m2
        return ((1 - EVERYWHERE) * without + EVERYWHERE * even) / self.days

    def _read(self, values: FloatArray) -> FloatArray:
        read: FloatArray = map_coordinates(values, self.at, order=1, mode="nearest")
        return read

    def _mask(self, lattice: Lattice) -> FloatArray:
        row = ((np.arange(self.shape[0]) - 0.5) * self.step_m // lattice.cell_m).astype(np.int64)
        column = ((np.arange(self.shape[1]) - 0.5) * self.step_m // lattice.cell_m).astype(np.int64)
        inside = lattice.inside.reshape(lattice.ny, lattice.nx)
        held = (row >= 0) & (row < lattice.ny)
        across = (column >= 0) & (column < lattice.nx)
        mask = np.zeros(self.shape)
        mask[np.ix_(held, across)] = inside[np.ix_(row[held], column[across])]
        return mask


def _within(days: FloatArray, rate: float, reach_days: float) -> FloatArray:
    """Share of an event's offspring that falls within so many days after it."""
    values: FloatArray = np.expm1(-rate * np.clip(days, 0, reach_days)) / math.expm1(-rate * reach_days)
    return values


def _moment(history: History) -> FloatArray:
    return np.floor(history.day) if history.resolution == "day" else history.day


def _value(estimate: Estimate) -> float:
    return float(estimate.value or 0.0)


def _result(process: _Process, steps: int, most: int, level: float) -> SelfExciting:
    errors = _standard_errors(process)
    n = len(process.history)
    reach = float(norm.ppf((1 + level) / 2))

    def estimate(value: float, error: float, *, inverse: bool = False) -> Estimate:
        shown = 1 / value if inverse else value
        # Where the data do not determine it the error is endless, or so large that it might as well be.
        if not reach * error < MOST_LOG:
            return Estimate(shown, None, None, level, n)
        return Estimate(shown, shown * math.exp(-reach * error), shown * math.exp(reach * error), level, n)

    freeze(process.own)
    return SelfExciting(
        branching=estimate(process.theta, errors[0]),
        mean_lag_days=estimate(process.rate, errors[1], inverse=True),
        distance_m=estimate(process.sigma, errors[2]),
        background_share=float(process.own.mean()),
        background_m=process.background_m,
        reach_m=process.reach_m,
        reach_days=process.reach_days,
        log_likelihood=process.log_likelihood(process.theta, process.rate, process.sigma) / n,
        n=n,
        n_pairs=int(process.pairs.lag.size),
        iterations=steps,
        probability_background=process.own,
        method=Sentence(
            "self_exciting",
            "Self-exciting point process fitted by expectation-maximisation to %(n)s events and their %(pairs)s "
            "pairs within %(metres)s m and %(days)s days.",
            {
                "n": str(n),
                "pairs": str(process.pairs.lag.size),
                "metres": f"{process.reach_m:g}",
                "days": f"{process.reach_days:g}",
            },
        ),
        cautions=_cautions(process, steps, most),
    )


def _standard_errors(process: _Process) -> FloatArray:
    """Return the standard errors of the logarithms, from the curvature with the background fixed."""
    at = np.log([process.theta, process.rate, process.sigma])
    step, axes = 0.02, np.eye(3)

    def value(point: FloatArray) -> float:
        return process.log_likelihood(*np.exp(point))

    hessian = np.empty((3, 3))
    for i in range(3):
        for j in range(i, 3):
            a, b = axes[i] * step, axes[j] * step
            second = value(at + a + b) - value(at + a - b) - value(at - a + b) + value(at - a - b)
            hessian[i, j] = hessian[j, i] = second / (4 * step**2)
    if (np.linalg.eigvalsh(hessian) >= 0).any():
        return np.full(3, math.nan)
    errors: FloatArray = np.sqrt(np.diag(np.linalg.inv(-hessian)))
    return errors


def _cautions(process: _Process, steps: int, most: int) -> tuple[Sentence, ...]:
    found = [
        Sentence(BACKGROUND_GIVEN.code, BACKGROUND_GIVEN.template, {"bandwidth": f"{process.background_m:g}"})
    ]
    if process.by_day:
        found.append(SAME_DAY)
    if process.theta >= 1:
        found.append(Sentence(EXPLOSIVE.code, EXPLOSIVE.template, {"ratio": f"{process.theta:.2f}"}))
    if process.sigma <= 1.01 * process.smallest_m:
        floor = {"floor": f"{process.smallest_m:g}"}
        found.append(Sentence(SMALLEST_SCALE.code, SMALLEST_SCALE.template, floor))
    if 1 / process.rate > process.reach_days / 3:
        facts = {"lag": f"{1 / process.rate:.0f}", "reach": f"{process.reach_days:g}"}
        found.append(Sentence(LONG_MEMORY.code, LONG_MEMORY.template, facts))
    if steps >= most:
        found.append(Sentence(NOT_CONVERGED.code, NOT_CONVERGED.template, {"n": str(most)}))
    return tuple(found)
