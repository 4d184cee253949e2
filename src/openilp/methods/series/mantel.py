"""Mantel's test: whether distance in space and delay go together over all pairs."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from openilp.methods.arrays import FloatArray
from openilp.methods.drawing import bars
from openilp.methods.errors import BadValue, TooCoarse, TooLarge
from openilp.methods.places import Places
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence
from openilp.methods.series.left_out import LeftOut, cautions_on
from openilp.methods.series.pairs import Metric, distances
from openilp.methods.series.permute import Within, orders, strata
from openilp.methods.series.placed import placed_events

Scale = Literal["linear", "reciprocal"]
# All pairs are held at once: 3,000 events are 4.5 million pairs, 100 MB.
MOST_EVENTS = 3_000
_BATCH = 32
_BLOCK = 4_096
LINEAR = Sentence(
    "mantel_linear",
    "On the linear scale the many far pairs decide the result; the reciprocal scale looks at the near ones.",
)
TOO_ALIKE = Sentence(
    "mantel_constant", "All distances or all delays are equal, so there is nothing to correlate."
)


@dataclass(frozen=True, slots=True)
class Mantel(Result):
    """Correlation of distance and delay over all pairs.

    Attributes:
        correlation: Pearson correlation of the two; None when one does not vary.
        chance_low: 2.5 % quantile of the correlation under permutation; None likewise.
        chance_high: 97.5 % quantile; None likewise.
        p: One-sided share of the orders, the observed one among them, with at least this correlation.
        scale: `linear`, or `reciprocal` for 1 / (offset + value).
        permutations: Number of permutations.
        n: Events that entered.
        left_out: Rows that did not enter, with the reason.
        method: How it was computed.
        cautions: What the reader must know.
    """

    correlation: float | None
    chance_low: float | None
    chance_high: float | None
    p: float
    scale: str
    permutations: int
    n: int
    left_out: tuple[LeftOut, ...]
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will set the correlation beside its range under chance."""
        if self.correlation is None:
            return TOO_ALIKE
        facts = {
            "r": f"{self.correlation:.4f}",
            "low": f"{self.chance_low:.4f}",
            "high": f"{self.chance_high:.4f}",
            "p": f"{self.p:.3g}",
        }
        if self.p <= 0.05:
            return Sentence(
                "mantel_found",
                "Distance and delay go together more than chance explains: correlation %(r)s against %(low)s to "
                "%(high)s (p %(p)s).",
                facts,
            )
        return Sentence(
            "mantel_not_found",
            "Distance and delay do not go together more than chance explains: correlation %(r)s against %(low)s "
            "to %(high)s (p %(p)s).",
            facts,
        )

    def plot(self) -> Plot:
        """This function will draw the correlation beside its range under chance."""
        ends = (self.correlation, self.chance_low, self.chance_high)
        return bars(
            "Correlation of distance and delay",
            ["observed", "chance, low", "chance, high"],
            [np.nan if end is None else end for end in ends],
            x_name="",
            y_name="correlation",
        )


def mantel(
    places: Places,
    times: Any,
    *,
    scale: Scale = "reciprocal",
    offset_m: float = 100.0,
    offset_days: float = 1.0,
    metric: Metric = "euclidean",
    permutations: int = 999,
    within: Within = "all",
    now: np.datetime64 | None = None,
    rng: Generator,
) -> Mantel:
    """This function will correlate distance and delay over all pairs of events.

    Question:
        Do events that lie closer together also follow each other sooner, without choosing bands?

    Assumptions:
        - The events are all those of one area and one period.
        - Under chance any event could have had any other's time; `within` narrows this.

    Traps:
        - On the linear scale the far pairs drown the near ones; the reciprocal scale depends on its offsets.
        - A correlation is no distance: it says that near repeats exist, not how near.
        - A season that differs between areas gives a correlation too; compare `within="month"`.

    Args:
        places: n places in metres; an unknown one leaves the event out.
        times: (n,) local times or dates.
        scale: `reciprocal` correlates 1 / (offset + value), `linear` the values themselves.
        offset_m: Added to distances on the reciprocal scale, in metres.
        offset_days: Added to delays on the reciprocal scale, in days.
        metric: `euclidean` or `manhattan`.
        permutations: Permutations of the times; the smallest p is 1 / (permutations + 1).
        within: Among which events times are exchanged, as in `near_repeat`.
        now: Events later than this are left out and named.
        rng: Random generator; the caller owns the seed.

    Returns:
        The correlation beside the range that chance gives it, and a one-sided p.

    Raises:
        TooFew: If fewer than three events remain.
        TooLarge: If there are more than 3,000, whose pairs would fill the memory.
        TooCoarse: If times carry only the month.
        BadValue: If the scale, an offset or the number of permutations cannot be.

    Oracle:
        The sum over pairs of a naive twin; uniform p without clustering; a planted chain of near repeats is found
        (`test_mantel.py`).

    Cost:
        Time n² for each permutation, memory n²; at most 3,000 events.

    Not for:
        Large sets, or to say how far and how long the risk reaches: use `near_repeat`.

    Source:
        Mantel, "The detection of disease clustering and a generalized regression approach", Cancer Research 27
        (1967), with the reciprocal scale of its section on space and time.
    """
    if scale not in get_args(Scale):
        raise BadValue("scale", repr(scale), "use reciprocal or linear")
    if metric not in get_args(Metric):
        raise BadValue("metric", repr(metric), "use manhattan or euclidean")
    if not (offset_m > 0 and offset_days > 0):
        raise BadValue("offset", min(offset_m, offset_days), "give offsets above 0")
    if permutations < 1:
        raise BadValue("permutations", permutations, "give 1 or more; 999 allow a p of 0.001")
    events = placed_events(places, times, now=now, needed=3)
    n = len(events.xy)
    if events.resolution == "month":
        raise TooCoarse("Mantel's test", "month", "day")
    if n > MOST_EVENTS:
        raise TooLarge(
            "events", n, MOST_EVENTS, "draw a random sample, or use near repeats, which need no far pairs"
        )
    first, second = (rows.astype(np.int32) for rows in np.triu_indices(n, 1))
    apart = distances(events.xy, first, second, metric)
    days = (events.moments - events.moments.min()) / np.timedelta64(1, "D")
    groups = strata(events.moments, within)
    near = _scaled(apart, scale, offset_m)
    centred = near - near.mean()
    pairs = _Pairs(first, second, centred, scale, offset_days)
    observed, spread = pairs.products(days[:, None])[0], pairs.spread(days)
    weight = float(np.sqrt((centred**2).sum()) * spread)
    drawn = np.concatenate(
        [pairs.products(each) for each in orders(days, groups, permutations, rng, batch=_BATCH)]
    )
    # The products differ in the last digits by the order of summing; a tie must count as one.
    at_least = drawn >= observed - 1e-9 * max(weight, 1e-300)
    p = float(at_least.mean())
    low, high = np.quantile(drawn, [0.025, 0.975])
    constant = weight <= 1e-12 * max(float(np.abs(near).max()), 1e-300)
    return Mantel(
        correlation=None if constant else float(observed / weight),
        chance_low=None if constant else float(low / weight),
        chance_high=None if constant else float(high / weight),
        p=1.0 if constant else p,
        scale=scale,
        permutations=permutations,
        n=n,
        left_out=events.left_out,
        method=Sentence(
            "mantel",
            "Correlation of %(metric)s distance and delay over all pairs on the %(scale)s scale, one-sided p from "
            "%(permutations)s permutations of the times; %(n)s events.",
            {"metric": metric, "scale": scale, "permutations": str(permutations), "n": str(n)},
        ),
        cautions=(
            *cautions_on(events.left_out),
            *((LINEAR,) if scale == "linear" else ()),
            *((TOO_ALIKE,) if constant else ()),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Pairs:
    first: NDArray[np.int32]
    second: NDArray[np.int32]
    centred: FloatArray
    scale: Scale
    offset_days: float

    def _delays(self, days: FloatArray, rows: slice) -> FloatArray:
        return _scaled(np.abs(days[self.first[rows]] - days[self.second[rows]]), self.scale, self.offset_days)

    def products(self, days: FloatArray) -> FloatArray:
        """This function will sum centred distance times delay for each of (n, b) orders."""
        total = np.zeros(days.shape[1])
        for begin in range(0, len(self.first), _BLOCK):
            rows = slice(begin, begin + _BLOCK)
            total += self.centred[rows] @ self._delays(days, rows)
        return total

    def spread(self, days: FloatArray) -> float:
        """This function will return the root of the summed squares of the delays, the same for every order."""
        delays = self._delays(days, slice(None))
        return float(np.sqrt(((delays - delays.mean()) ** 2).sum()))


def _scaled(values: FloatArray, scale: Scale, offset: float) -> FloatArray:
    return values if scale == "linear" else 1 / (offset + values)
