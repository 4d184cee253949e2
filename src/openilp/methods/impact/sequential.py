"""A measure watched while it runs: as often as one likes, without finding effects by looking often."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from openilp.methods.arrays import FloatArray, floats, same_length
from openilp.methods.drawing import Line, lines
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.impact.picture import interval, or_nan
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence

EXPECTED_KNOWN = Sentence(
    "expected_known",
    "The expected counts are taken as known; errors in them look like effects, the more the longer one watches.",
)
LOOSENED = Sentence(
    "loosened",
    "Counts and expectations were divided by the dispersion, %(dispersion)s; the guarantee is then approximate.",
)
# Weight of the prior on no change, in expected events: tuned so that changes by a third show soonest.
_PRIOR_EVENTS = 10.0


@dataclass(frozen=True, slots=True)
class Look:
    """What is known after one more period.

    Attributes:
        observed: Events so far.
        expected: Events expected so far.
        ratio: Observed over expected so far, with an interval that holds at all looks together.
        evidence: Odds against no change; at 1 / (1 - level) the alarm is raised.
    """

    observed: int
    expected: float
    ratio: Estimate
    evidence: float


@dataclass(frozen=True, slots=True)
class Monitoring(Result):
    """A running comparison with what was expected.

    Attributes:
        looks: One for each period.
        alarm: Position of the first look at which a change is established; None so far.
        direction: `fewer` or `more`; None without an alarm.
        n: Events so far.
        method: How it was computed.
        cautions: What the reader must know.
    """

    looks: tuple[Look, ...]
    alarm: int | None
    direction: str | None
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say whether a change is established, and since when."""
        facts = {"ratio": interval(self.looks[-1].ratio), "looks": str(len(self.looks))}
        if self.alarm is None:
            return Sentence(
                "no_alarm",
                "No change is established after %(looks)s looks: observed over expected is %(ratio)s.",
                facts,
            )
        facts = {"alarm": str(self.alarm + 1), **facts}
        if self.direction == "fewer":
            return Sentence(
                "alarm_fewer",
                "Since look %(alarm)s there are fewer events than expected, more than chance; observed over expected "
                "is %(ratio)s.",
                facts,
            )
        return Sentence(
            "alarm_more",
            "Since look %(alarm)s there are more events than expected, more than chance; observed over expected is "
            "%(ratio)s.",
            facts,
        )

    def plot(self) -> Plot:
        """This function will draw the ratio so far with its interval."""
        ratios = [look.ratio for look in self.looks]
        return lines(
            "Observed over expected so far",
            [float(place + 1) for place in range(len(ratios))],
            (
                Line(
                    "ratio",
                    [or_nan(each.value) for each in ratios],
                    [or_nan(each.low) for each in ratios],
                    [or_nan(each.high) for each in ratios],
                ),
                Line("no change", [1.0] * len(ratios), dashed=True),
            ),
            x_name="look",
            y_name="ratio",
        )


def monitor(
    observed: Any,
    expected: Any,
    *,
    dispersion: float = 1.0,
    level: float = 0.95,
) -> Monitoring:
    """This function will tell after each period whether counts have left what was expected.

    Question:
        May we say, this week already, that the measure has changed something?

    Assumptions:
        Counts are Poisson around expectations that are known, for example from a fitted season.

    Traps:
        - Looking every week at an ordinary p-value finds an effect sooner or later; this does not.
        - Expectations from a few months are themselves uncertain; errors in them look like effects.

    Args:
        observed: Events by period, in order.
        expected: Events expected in each without the measure, above 0.
        dispersion: Variance of the counts over that of chance; above 1 the guarantee is approximate.
        level: With this probability no look ever raises a false alarm.

    Returns:
        Every look with the ratio and an interval that holds at all of them, and the first alarm.

    Raises:
        TooFew: If there is no period.
        LengthMismatch: If the columns differ in length.
        BadValue: If a count, an expectation, the dispersion or the level lies outside its range.

    Oracle:
        The share of false alarms in simulated years without a change, and the mixture by numerical integration
        (`test_sequential.py`).

    Cost:
        Linear in the number of periods.

    Not for:
        A final evaluation with a comparison area, which says more.

    Source:
        Gamma mixture of Poisson likelihood ratios, an e-process by Ville's inequality: Robbins, Annals of
        Mathematical Statistics 41 (1970); Howard, Ramdas, McAuliffe and Sekhon, Annals of Statistics 49 (2021).
    """
    counts, means = floats("observed", observed), floats("expected", expected)
    if same_length(observed=counts, expected=means) == 0:
        raise TooFew("periods", 0, 1)
    _check(counts, means, dispersion, level)
    so_far, due = np.cumsum(counts) / dispersion, np.cumsum(means) / dispersion
    # Beyond e^700 the odds are no number a computer holds.
    evidence = np.minimum(_log_evidence(so_far, due, 1.0), 700.0)
    seen = np.cumsum(counts).astype(np.int64).tolist()
    rows = zip(seen, np.cumsum(means), so_far / due, *_ends(so_far, due, level), evidence, strict=True)
    looks = tuple(
        Look(n, float(mean), Estimate(float(best), float(low), float(high), level, n), float(np.exp(odds)))
        for n, mean, best, low, high, odds in rows
    )
    over = np.flatnonzero(evidence >= -np.log(1 - level))
    alarm = int(over[0]) if over.size else None
    facts = {"dispersion": f"{dispersion:g}"}
    return Monitoring(
        looks=looks,
        alarm=alarm,
        direction=None if alarm is None else ("fewer" if so_far[alarm] < due[alarm] else "more"),
        n=looks[-1].observed,
        method=Sentence(
            "monitor",
            "Gamma mixture of Poisson likelihood ratios: with probability %(level)s no look raises a false alarm, "
            "however many there are.",
            {"level": f"{level:.0%}"},
        ),
        cautions=(EXPECTED_KNOWN,)
        + ((Sentence(LOOSENED.code, LOOSENED.template, facts),) if dispersion != 1 else ()),
    )


def _check(counts: FloatArray, means: FloatArray, dispersion: float, level: float) -> None:
    for place in np.flatnonzero(~(counts >= 0) | (counts != np.floor(counts))):
        raise BadValue(f"observed of row {place + 1}", counts[place], "give whole counts of 0 or more")
    for place in np.flatnonzero(~(np.isfinite(means) & (means > 0))):
        raise BadValue(f"expected of row {place + 1}", means[place], "give an expectation above 0")
    if not (np.isfinite(dispersion) and dispersion > 0):
        raise BadValue("dispersion", dispersion, "give a ratio of variances above 0; chance alone is 1")
    if not 0 < level < 1:
        raise BadValue("level", level, "use a coverage between 0 and 1, for example 0.95")


def _log_evidence(n: FloatArray, mean: FloatArray, ratio: FloatArray | float) -> FloatArray:
    """Return the log of the mixture of likelihood ratios against a ratio of observed to expected."""
    a = _PRIOR_EVENTS
    mixture = special.gammaln(a + n) - special.gammaln(a) + a * np.log(a) - (a + n) * np.log(a + mean)
    return np.asarray(mixture + ratio * mean - special.xlogy(n, ratio))


def _ends(n: FloatArray, mean: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Bisect, on both sides of the best ratio, where the evidence against a ratio becomes enough."""
    best = n / mean
    ends = []
    # The evidence grows without limit on both sides; below it ends at 0 only where nothing was observed.
    for far in (np.zeros_like(best), best + 1 + 40 * (1 - np.log(1 - level)) * (1 + np.sqrt(n)) / mean):
        inner, outer = best.copy(), far
        for _ in range(80):
            middle = (inner + outer) / 2
            enough = _log_evidence(n, mean, middle) >= -np.log(1 - level)
            inner, outer = np.where(enough, inner, middle), np.where(enough, middle, outer)
        ends.append(outer)
    return np.where(n > 0, ends[0], 0.0), ends[1]
