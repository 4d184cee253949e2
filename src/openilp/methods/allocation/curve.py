"""How much harm the hours of an operation prevent: each further hour a little less than the one before."""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from openilp.methods.arrays import FloatArray
from openilp.methods.errors import BadValue

# 32 chords lie at most 1 / 32² = 0.1 % of the whole effect below the curve, see `Diminishing.chords`.
CHORDS = 32
# Beyond this a solver in double precision loses the difference between two plans.
MOST = 1e9


class Curve(Protocol):
    """Harm prevented by a number of hours: 0 at 0, never falling, never steeper than before."""

    def harm(self, hours: float) -> float:
        """This function will return the harm that these hours prevent."""

    def chords(self, most_hours: float) -> tuple[FloatArray, FloatArray, float]:
        """This function will return slopes and intercepts of lines whose minimum lies on or below the curve.

        The third value bounds by how much the curve lies above them anywhere up to `most_hours`.
        """


@dataclass(frozen=True, slots=True)
class Diminishing:
    """A curve that halves what is left with every `half_hours`.

    Attributes:
        most: Harm that no number of hours could exceed; 0 or more.
        half_hours: Hours that prevent half of it; above 0.
    """

    most: float
    half_hours: float

    def __post_init__(self) -> None:
        """This function will refuse what is no curve."""
        if not 0 <= self.most <= MOST:
            raise BadValue(
                "harm", self.most, f"give the most harm that the operation can prevent, 0 to {MOST:g}"
            )
        if not 0 < self.half_hours <= MOST:
            raise BadValue(
                "half_hours",
                self.half_hours,
                f"give the hours that prevent half of the harm, above 0, to {MOST:g}",
            )

    def harm(self, hours: float) -> float:
        """This function will return the harm that these hours prevent."""
        return self.most * -math.expm1(-hours * math.log(2) / self.half_hours)

    def chords(self, most_hours: float) -> tuple[FloatArray, FloatArray, float]:
        """This function will lay chords whose ends are even in the square root of the remaining effect.

        A chord over a step d of a function f lies about d² |f''| / 8 below it, so such steps make the error of
        all chords nearly the same, 1 / (2 n²) of the whole effect for n of them (1 / n² at the flat end).
        """
        remaining = 2.0 ** (-most_hours / self.half_hours)
        roots = np.linspace(1.0, math.sqrt(remaining), CHORDS + 1)
        # Where nothing is left, the logarithm has no end; the last chord then ends at `most_hours`.
        hours = np.append(-2 * self.half_hours * np.log2(roots[:-1]), most_hours)
        harm = np.array([self.harm(point) for point in hours])
        slopes, intercepts = _lines(hours, harm)
        return slopes, intercepts, self._error(slopes, intercepts)

    def _error(self, slopes: FloatArray, intercepts: FloatArray) -> float:
        """Return the largest height of the curve over its chords: it stands where the slopes are equal."""
        rising = slopes > 0
        if not rising.any():
            return self.most
        steepest = self.most * math.log(2) / self.half_hours
        left = np.minimum(slopes[rising] / steepest, 1.0)
        above = (
            self.most * (1 - left) - slopes[rising] * -self.half_hours * np.log2(left) - intercepts[rising]
        )
        return max(float(above.max()), 0.0)


@dataclass(frozen=True, slots=True)
class Steps:
    """A curve given by points, straight between them and flat after the last.

    Attributes:
        hours: Rising, above 0.
        harm: Harm prevented by them; never falling, each step no steeper than the one before.
    """

    hours: tuple[float, ...]
    harm_at: tuple[float, ...]

    def __post_init__(self) -> None:
        """This function will refuse points that rise ever faster, which no planner could trust."""
        if len(self.hours) != len(self.harm_at) or not self.hours:
            raise BadValue(
                "steps", f"{len(self.hours)} hours, {len(self.harm_at)} harms", "give pairs, at least one"
            )
        hours, harm = np.array([0.0, *self.hours]), np.array([0.0, *self.harm_at])
        if not (np.isfinite(hours).all() and np.isfinite(harm).all() and (np.diff(hours) > 0).all()):
            raise BadValue("steps", self.hours, "give rising hours above 0 with a finite harm for each")
        slopes = np.diff(harm) / np.diff(hours)
        wrong = np.flatnonzero((slopes < 0) | (np.diff(slopes, prepend=np.inf) > 1e-9 * np.abs(slopes).max()))
        if wrong.size:
            place = int(wrong[0])
            raise BadValue(
                f"harm of step {place + 1}",
                self.harm_at[place],
                "a further hour may not prevent less than nothing or more than the hour before it",
            )

    def harm(self, hours: float) -> float:
        """This function will return the harm that these hours prevent."""
        return float(np.interp(hours, (0.0, *self.hours), (0.0, *self.harm_at)))

    def chords(self, most_hours: float) -> tuple[FloatArray, FloatArray, float]:
        """This function will return the steps themselves: they are exact."""
        slopes, intercepts = _lines(np.array([0.0, *self.hours]), np.array([0.0, *self.harm_at]))
        return np.append(slopes, 0.0), np.append(intercepts, self.harm_at[-1]), 0.0


def _lines(hours: FloatArray, harm: FloatArray) -> tuple[FloatArray, FloatArray]:
    slopes = np.diff(harm) / np.diff(hours)
    return slopes, harm[:-1] - slopes * hours[:-1]
