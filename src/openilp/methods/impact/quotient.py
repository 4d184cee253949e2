"""The weighted displacement quotient: how much of the gain moved next door, or spread there."""

from dataclasses import dataclass

import numpy as np

from openilp.methods.arrays import FloatArray
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.impact.displacement import BeforeAfter
from openilp.methods.impact.picture import estimates, interval
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence

NO_SUCCESS = Sentence(
    "no_success",
    "The treated area did not improve beside the control area, so there is no gain that could have moved.",
)
UNSTABLE = Sentence(
    "unstable",
    "In %(share)s of the simulations the treated area did not improve: the quotient has no interval.",
)
RATIO_OF_RATIOS = Sentence(
    "ratio_of_ratios",
    "A quotient of differences of ratios is unstable in small counts; the displacement difference is not.",
)
# From the original definition: beyond 1 the surroundings gained more than the place itself, below -1 they lost more.
_MEANINGS = (
    (1.0, Sentence("diffusion_greater", "The surroundings gained more than the place itself.")),
    (0.0, Sentence("diffusion", "The surroundings gained too: benefits spread.")),
    (-1.0, Sentence("displacement_less", "Some crime moved, but less than was prevented.")),
)
_WORSE = Sentence("displacement_greater", "More crime appeared around the place than was prevented in it.")
_NOTHING = Sentence("no_change", "The surroundings changed as the control area did.")
# Fewer draws make the ends of the interval unsteady.
_LEAST_DRAWS = 99


@dataclass(frozen=True, slots=True)
class DisplacementQuotient(Result):
    """Change around a place as a share of the change in it, both relative to a control area.

    Attributes:
        quotient: Above 0 benefits spread, below 0 crime moved; None where the place did not improve.
        gain: Change in the place relative to the control area; negative is better.
        around: The same in the surroundings.
        meaning: The quotient in words; None without one.
        n: Events in all areas and periods.
        method: How it was computed.
        cautions: What the reader must know.
    """

    quotient: Estimate
    gain: float
    around: float
    meaning: Sentence | None
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say whether crime moved or the benefit spread."""
        if self.meaning is None:
            return NO_SUCCESS
        return Sentence(
            self.meaning.code,
            "Displacement quotient %(quotient)s. %(meaning)s",
            {"quotient": interval(self.quotient), "meaning": str(self.meaning)},
        )

    def plot(self) -> Plot:
        """This function will draw the quotient with its interval."""
        return estimates(
            "Displacement (below 0) or diffusion (above 0)",
            {"quotient": self.quotient},
            x_name="weighted displacement quotient",
            y_name="share of the gain",
        )


def weighted_displacement_quotient(
    *,
    treated: BeforeAfter,
    surroundings: BeforeAfter,
    control: BeforeAfter,
    rng: np.random.Generator,
    level: float = 0.9,
    draws: int = 1999,
) -> DisplacementQuotient:
    """This function will relate the change around a place to the change in it.

    Question:
        Did crime move next door, or did the benefit spread there, and how much of the gain was that?

    Assumptions:
        The control area shows what would have happened in both; counts are Poisson.

    Traps:
        - Where the place did not improve, the quotient has the sign of nonsense; none is given.
        - The original has no interval; small counts make almost any value possible.

    Args:
        treated: Counts in the place of the measure.
        surroundings: Counts where crime could have moved.
        control: Counts in an area out of reach.
        rng: Source of chance for the interval.
        level: Coverage of the interval.
        draws: Simulations, 99 or more.

    Returns:
        `(B1/C1 - B0/C0) / (A1/C1 - A0/C0)` for place A, surroundings B and control C, with an interval from
        Poisson draws around the counts.

    Raises:
        TooFew: If the control area has no event before or after.
        BadValue: If the level or the number of draws lies outside its range.

    Oracle:
        The formula by hand, and signs for planted displacement and diffusion (`test_quotient.py`).

    Cost:
        Linear in the number of draws.

    Not for:
        Reporting a number of events (`weighted_displacement_difference`), which adds up and has a standard error.

    Source:
        Bowers and Johnson, "Measuring the geographical displacement and diffusion of benefit effects of crime
        prevention activity", Journal of Quantitative Criminology 19 (2003). The interval is ours.
    """
    if not 0 < level < 1:
        raise BadValue("level", level, "use a coverage between 0 and 1, for example 0.9")
    if draws < _LEAST_DRAWS:
        raise BadValue("draws", draws, f"give {_LEAST_DRAWS} or more")
    if min(control.before, control.after) == 0:
        raise TooFew("events in the control area before and after, each", 0, 1)
    counts = np.array(
        [[area.before, area.after] for area in (treated, surroundings, control)], dtype=np.float64
    )
    gain, around = (float(value) for value in _changes(counts))
    interval, unsettled = _interval(counts, rng, level, draws)
    value = around / gain if gain < 0 else None
    cautions = [RATIO_OF_RATIOS]
    if value is None:
        interval = None
        cautions.append(NO_SUCCESS)
    elif interval is None:
        cautions.append(Sentence(UNSTABLE.code, UNSTABLE.template, {"share": f"{unsettled:.0%}"}))
    low, high = interval or (None, None)
    return DisplacementQuotient(
        quotient=Estimate(value, low, high, level, int(counts.sum())),
        gain=gain,
        around=around,
        meaning=None if value is None else _meaning(value),
        n=int(counts.sum()),
        method=Sentence(
            "wdq",
            "Weighted displacement quotient (Bowers and Johnson 2003); interval at %(level)s from %(draws)s Poisson "
            "draws.",
            {"level": f"{level:.0%}", "draws": str(draws)},
        ),
        cautions=tuple(cautions),
    )


def _changes(counts: FloatArray) -> tuple[FloatArray, FloatArray]:
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = counts[:2] / counts[2]
    changes = shares[:, 1] - shares[:, 0]
    return changes[0], changes[1]


def _interval(
    counts: FloatArray,
    rng: np.random.Generator,
    level: float,
    draws: int,
) -> tuple[tuple[float, float] | None, float]:
    """Return the interval, or None with the share of draws in which the place did not improve."""
    drawn = rng.poisson(counts[:, :, None], (3, 2, draws)).astype(np.float64)
    gain, around = _changes(drawn)
    improved = np.isfinite(gain) & np.isfinite(around) & (gain < 0)
    unsettled = 1 - float(improved.mean())
    if unsettled > (1 - level) / 2:
        return None, unsettled
    ends = np.quantile(around[improved] / gain[improved], [(1 - level) / 2, (1 + level) / 2])
    return (float(ends[0]), float(ends[1])), unsettled


def _meaning(value: float) -> Sentence:
    if value == 0:
        return _NOTHING
    return next((meaning for least, meaning in _MEANINGS if value > least), _WORSE)
