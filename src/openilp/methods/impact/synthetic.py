"""Synthetic control: one treated area beside a mixture of others that went the same way before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize

from openilp.methods.arrays import FloatArray
from openilp.methods.drawing import Line, lines
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.impact.panel import counts_row, counts_table
from openilp.methods.impact.picture import interval
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence

_LEAST_BEFORE, _LEAST_DONORS = 5, 2
# A mixture that misses the series before the start by more than this share of its mean is no twin of it.
_POOR_FIT = 0.25
# Weights below this are zeros of the solver.
_TINY = 1e-6
# The interval is sought within this many times the largest difference, by halving as often as this.
_REACH, _STEPS = 3.0, 30
NOT_TOUCHED = Sentence(
    "not_touched",
    "The other areas are assumed not to have been touched by the measure; leave out those nearby.",
)
POOR_FIT = Sentence(
    "poor_fit",
    "Before the start the mixture misses the series by %(share)s of its mean: the comparison rests on little.",
)
FEW_DONORS = Sentence(
    "few_donors", "With %(n)s other areas no p-value below %(least)s can occur, whatever happened."
)
OPEN_INTERVAL = Sentence(
    "open_interval",
    "There are too few periods to bound the effect at this level: an end of the interval is open.",
)


@dataclass(frozen=True, slots=True)
class Donor:
    """Another area.

    Attributes:
        name: Its name.
        weight: Its share of the mixture.
        miss_ratio: How much worse its own mixture fits after the start than before, as a placebo.
    """

    name: str
    weight: float
    miss_ratio: float


@dataclass(frozen=True, slots=True)
class SyntheticControl(Result):
    """One area beside its mixture.

    Attributes:
        effect: Mean difference per period since the start, with a conformal interval.
        total: The same, added up over the periods since the start.
        relative: Effect over the mean of the mixture since the start; None where that is 0.
        probability: Share of areas, this one included, whose mixture fails as badly after the start.
        miss_ratio: How much worse the mixture fits after the start than before.
        miss_before: Root mean squared difference before the start.
        observed: The series.
        mixture: What the mixture gives in each period.
        donors: The other areas, those with the largest weight first.
        start: Position of the first period with the measure.
        n: Periods.
        method: How it was computed.
        cautions: What the reader must know.
    """

    effect: Estimate
    total: Estimate
    relative: float | None
    probability: float
    miss_ratio: float
    miss_before: float
    observed: tuple[float, ...]
    mixture: tuple[float, ...]
    donors: tuple[Donor, ...]
    start: int
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say how far the area left its mixture."""
        facts = {
            "effect": interval(self.effect),
            "p": f"{self.probability:.3g}",
            "relative": "unknown" if self.relative is None else f"{100 * self.relative:+.1f} %",
        }
        return Sentence(
            "synthetic_control",
            "Since the start the area differs from its mixture by %(effect)s per period (%(relative)s); by placebos, "
            "p = %(p)s.",
            facts,
        )

    def plot(self) -> Plot:
        """This function will draw the area and its mixture."""
        return lines(
            f"The area and its mixture; the measure starts with period {self.start + 1}",
            [float(place + 1) for place in range(self.n)],
            (Line("area", self.observed), Line("mixture of others", self.mixture, dashed=True)),
            x_name="period",
            y_name="events",
        )


def synthetic_control(
    treated: Any,
    others: Any,
    start: int,
    *,
    names: Sequence[str] | None = None,
    ridge: float = 0.0,
    level: float = 0.9,
) -> SyntheticControl:
    """This function will compare one area with a mixture of others that matched it before the start.

    Question:
        What would the one area with the measure have looked like without it, going by areas that moved like it
        before?

    Assumptions:
        - The mixture that matched before would have matched after.
        - No other area was touched by the measure.

    Traps:
        - A mixture that fits badly before the start proves nothing after it.
        - Many areas and few periods fit anything: the match is then chance, and the placebos show it.
        - Areas next door are not untouched; leave them out.

    Args:
        treated: (periods,) counts or rates of the area; no gaps.
        others: One series for each other area, the same periods.
        start: Position of the first period with the measure, at least 5.
        names: Of the other areas.
        ridge: Strength of the correction of what the mixture misses before the start, in squared counts; 0 is none.
        level: Coverage of the interval.

    Returns:
        The difference from the mixture, its p-value by placebos in space, and an interval by conformal inference.

    Raises:
        TooFew: With fewer than 5 periods before the start or fewer than 2 other areas.
        BadValue: If a value is missing, or the start, the ridge or the level lies outside its range.

    Oracle:
        Exact recovery of a planted mixture; weights against a general optimiser; the share of false findings
        without an effect (`test_synthetic.py`).

    Cost:
        One least-squares problem for each area, and about sixty for the interval.

    Not for:
        Several treated areas with different starts (`difference_in_differences`), or rare events.

    Source:
        Abadie, Diamond and Hainmueller, Journal of the American Statistical Association 105 (2010). Ridge
        correction: Ben-Michael, Feller and Rothstein, the same 116 (2021). Interval: Chernozhukov, Wüthrich and
        Zhu, the same 116 (2021), with cyclic shifts.
    """
    own = counts_row("treated", treated, whole=False)
    pool = counts_table(names or [f"area {place + 1}" for place in range(len(others))], others, whole=False)
    _check(own, pool, start, ridge, level)
    labels = list(names or [f"area {place + 1}" for place in range(len(pool))])
    weights = simplex_weights(own[:start], pool[:, :start])
    mixture = _mixture(own, pool, weights, start, ridge)
    ratio, before = _misses(own - mixture, start)
    placebos = [_placebo(pool, place, start, ridge) for place in range(len(pool))]
    probability = (1 + sum(placebo >= ratio * (1 - 1e-9) for placebo in placebos)) / (1 + len(placebos))
    effect = float((own - mixture)[start:].mean())
    low, high = _conformal(own, pool, start, ridge, effect, 1 - level)
    after = len(own) - start
    base = float(mixture[start:].mean())
    order = np.argsort(-weights, kind="stable")
    return SyntheticControl(
        effect=Estimate(effect, low, high, level, after),
        total=Estimate(effect * after, _times(low, after), _times(high, after), level, after),
        relative=effect / base if base > 0 else None,
        probability=probability,
        miss_ratio=ratio,
        miss_before=before,
        observed=tuple(own.tolist()),
        mixture=tuple(mixture.tolist()),
        donors=tuple(Donor(labels[i], float(weights[i]), placebos[i]) for i in order),
        start=start,
        n=len(own),
        method=Sentence(
            "synthetic_control",
            "Mixture of %(donors)s areas%(ridge)s; p-value by placebos in space, conformal interval at %(level)s.",
            {
                "donors": str(len(pool)),
                "ridge": " with ridge correction" if ridge else "",
                "level": f"{level:.0%}",
            },
        ),
        cautions=_cautions(own, len(pool), start, before, None in (low, high), level),
    )


def simplex_weights(target: FloatArray, pool: FloatArray) -> FloatArray:
    """This function will find the shares of other series whose mixture comes closest to one.

    Args:
        target: (periods,) the one series.
        pool: (areas, periods) the others.

    Returns:
        (areas,) shares, 0 or more, that add up to 1.

    Source:
        With D the differences of each area from the target, the shares minimise |D w|² on the simplex. Without
        the simplex but with a penalty (1 - sum w)² the non-negative solution is the same up to its length, so
        non-negative least squares and a division solve it exactly.
    """
    differences = (pool - target).T
    # Any penalty gives the same direction; one in the size of the data keeps the numbers even.
    scale = max(float(np.abs(differences).max()), 1e-12)
    stacked = np.vstack([differences / scale, np.ones(len(pool))])
    aim = np.append(np.zeros(len(target)), 1.0)
    found, _ = optimize.nnls(stacked, aim)
    found[found < _TINY * found.sum()] = 0.0
    return np.asarray(found / found.sum())


def _mixture(own: FloatArray, pool: FloatArray, weights: FloatArray, start: int, ridge: float) -> FloatArray:
    mixture = weights @ pool
    if not ridge:
        return np.asarray(mixture)
    early = pool[:, :start]
    missed = own[:start] - mixture[:start]
    correction = early @ np.linalg.solve(early.T @ early + ridge * np.eye(start), missed)
    return np.asarray(mixture + correction @ pool)


def _misses(difference: FloatArray, start: int) -> tuple[float, float]:
    before = float(np.sqrt((difference[:start] ** 2).mean()))
    after = float(np.sqrt((difference[start:] ** 2).mean()))
    # A perfect match before would make any miss after infinitely worse.
    return after / max(before, 1e-9 * (1 + after)), before


def _placebo(pool: FloatArray, place: int, start: int, ridge: float) -> float:
    rest = np.delete(pool, place, axis=0)
    weights = simplex_weights(pool[place, :start], rest[:, :start])
    return _misses(pool[place] - _mixture(pool[place], rest, weights, start, ridge), start)[0]


def _conformal(
    own: FloatArray, pool: FloatArray, start: int, ridge: float, effect: float, alpha: float
) -> tuple[float | None, float | None]:
    """Return the effects per period that a cyclic permutation of residuals does not reject."""

    def probability(assumed: float) -> float:
        without = own.copy()
        without[start:] -= assumed
        weights = simplex_weights(without, pool)
        residuals = without - _mixture(without, pool, weights, len(own), ridge)
        n, after = len(own), len(own) - start
        doubled = np.append(residuals, residuals)
        sums = np.array([abs(doubled[shift + start : shift + start + after].sum()) for shift in range(n)])
        return float((sums >= sums[0] * (1 - 1e-9)).mean())

    reach = _REACH * (float(np.abs(own - own.mean()).max()) + abs(effect) + 1e-9)
    return tuple(_last(probability, effect, effect + sign * reach, alpha) for sign in (-1, 1))  # type: ignore[return-value]


def _last(probability: Any, inner: float, outer: float, alpha: float) -> float | None:
    if probability(outer) > alpha:
        return None
    for _ in range(_STEPS):
        middle = (inner + outer) / 2
        if probability(middle) > alpha:
            inner = middle
        else:
            outer = middle
    return outer


def _times(end: float | None, n: int) -> float | None:
    return None if end is None else end * n


def _check(own: FloatArray, pool: FloatArray, start: int, ridge: float, level: float) -> None:
    if len(pool) < _LEAST_DONORS:
        raise TooFew("other areas", len(pool), _LEAST_DONORS)
    if pool.shape[1] != len(own):
        raise BadValue(
            "others", f"{pool.shape[1]} periods", f"give the {len(own)} periods of the treated area"
        )
    if not _LEAST_BEFORE <= start < len(own):
        raise BadValue("start", start, f"give a position from {_LEAST_BEFORE} to {len(own) - 1}")
    for name, series in (("treated", own), *((f"area {i + 1}", row) for i, row in enumerate(pool))):
        if (gaps := np.flatnonzero(np.isnan(series))).size:
            raise BadValue(f"{name} of row {gaps[0] + 1}", "missing", "leave that period out of all series")
    if not (np.isfinite(ridge) and ridge >= 0):
        raise BadValue("ridge", ridge, "give 0 or more")
    if not 0 < level < 1:
        raise BadValue("level", level, "use a coverage between 0 and 1, for example 0.9")


def _cautions(
    own: FloatArray, n: int, start: int, before: float, is_open: bool, level: float
) -> tuple[Sentence, ...]:
    cautions = [NOT_TOUCHED]
    share = before / float(own[:start].mean()) if own[:start].mean() > 0 else np.inf
    if share > _POOR_FIT:
        cautions.append(Sentence(POOR_FIT.code, POOR_FIT.template, {"share": f"{share:.0%}"}))
    if 1 / (n + 1) > 1 - level:
        facts = {"n": str(n), "least": f"{1 / (n + 1):.2g}"}
        cautions.append(Sentence(FEW_DONORS.code, FEW_DONORS.template, facts))
    if is_open:
        cautions.append(OPEN_INTERVAL)
    return tuple(cautions)
