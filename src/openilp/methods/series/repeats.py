"""Repeat victimisation of places: how many are hit again, and how soon."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from scipy.optimize import brentq
from scipy.stats import norm, poisson

from openilp.methods.arrays import BoolArray, FloatArray, IntArray, TimeArray, to_numpy
from openilp.methods.drawing import Line, lines
from openilp.methods.errors import BadValue, LengthMismatch, TooCoarse, TooFew
from openilp.methods.places import Places
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence
from openilp.methods.series.bands import DAY_US
from openilp.methods.series.clock import times as read_times
from openilp.methods.series.left_out import LeftOut, cautions_on, left_out
from openilp.methods.series.pairs import Ticks, to_ticks
from openilp.methods.series.permute import Within, permuted, strata

HORIZONS = (7.0, 14.0, 30.0, 90.0, 180.0, 365.0)
WINDOW = Sentence(
    "repeat_window",
    "Places hit before %(begin)s or after %(end)s are not seen; a place near the end of the record has had less time "
    "to be hit again, which the time course allows for and the share of repeats does not.",
)
KEYS = Sentence(
    "repeat_keys",
    "A place is what carries exactly the same %(key)s: a flat in a block or a misspelt address may be merged or "
    "missed.",
)
PLACES_ONLY = Sentence("repeat_places", "This counts places and says nothing about any person.")


@dataclass(frozen=True, slots=True)
class HitCount:
    """Places hit so many times.

    Attributes:
        hits: Events at the place.
        places: Such places.
        events: Events at them.
        expected_places: Such places if events fell on all places that were hit by chance alone.
    """

    hits: int
    places: int
    events: int
    expected_places: float


@dataclass(frozen=True, slots=True)
class AgainWithin:
    """Risk of a further event at the same place.

    Attributes:
        days: Within so many days of an event.
        probability: Kaplan-Meier estimate with its interval; n is the events still watched at that delay.
        by_chance: The same when times are dealt out at random among the events.
        ratio: One over the other; None where chance gives none.
        p: One-sided share of the orders, the observed one among them, with at least this risk.
    """

    days: float
    probability: Estimate
    by_chance: float
    ratio: float | None
    p: float


@dataclass(frozen=True, slots=True)
class Repeats(Result):
    """How often places are hit again, and how soon.

    Attributes:
        by_hits: Places by the number of their events.
        again: Risk of a further event within growing delays.
        repeat_share: Share of the events that hit a place hit before in the record.
        n: Events that entered.
        n_places: Places.
        n_repeat_places: Places hit more than once.
        permutations: Orders drawn.
        within: Among which events times were exchanged.
        left_out: Rows that did not enter, with the reason.
        method: How it was computed.
        cautions: What the reader must know.
    """

    by_hits: tuple[HitCount, ...]
    again: tuple[AgainWithin, ...]
    repeat_share: float
    n: int
    n_places: int
    n_repeat_places: int
    permutations: int
    within: str
    left_out: tuple[LeftOut, ...]
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say how concentrated events are and how soon they return."""
        first = self.again[min(2, len(self.again) - 1)]
        return Sentence(
            "repeats",
            "%(share)s of %(n)s events hit a place hit before; %(risk)s of the places hit are hit again within "
            "%(days)s days, %(ratio)s times chance.",
            {
                "share": f"{self.repeat_share:.1%}",
                "n": str(self.n),
                "risk": f"{first.probability.value or 0:.1%}",
                "days": f"{first.days:g}",
                "ratio": "?" if first.ratio is None else f"{first.ratio:.1f}",
            },
        )

    def plot(self) -> Plot:
        """This function will draw the risk of a further event against the delay."""
        return lines(
            "Places hit again",
            np.array([each.days for each in self.again]),
            [
                Line(
                    "observed",
                    [each.probability.value or 0.0 for each in self.again],
                    [each.probability.low or 0.0 for each in self.again],
                    [each.probability.high or 0.0 for each in self.again],
                ),
                Line("by chance", [each.by_chance for each in self.again], dashed=True),
            ],
            x_name="days since an event",
            y_name="probability",
        )


def repeats(
    places: Places | Any,
    times: Any,
    *,
    horizons: tuple[float, ...] = HORIZONS,
    until: np.datetime64 | None = None,
    permutations: int = 199,
    within: Within = "all",
    level: float = 0.95,
    rng: Generator,
) -> Repeats:
    """This function will count how often places are hit again, and how soon.

    Question:
        What share of events are repeats, how soon do they come, and is that sooner than chance?

    Assumptions:
        - Equal keys are the same place and different keys are not.
        - The record is complete from its first to its last day.

    Traps:
        - The share of repeats grows with the length of the record; compare equal lengths.
        - Simple gaps between events forget the places that were not hit again yet; the time course counts them.
        - Snapped or geocoded places merge neighbours; a report entered twice is a repeat on the same day.

    Args:
        places: n places in metres, or n names of places (addresses); an unknown one leaves the event out.
        times: (n,) local times or dates.
        horizons: Delays in days, ascending, at which the risk is stated.
        until: Last day of the record; that of the last event when None.
        permutations: Orders of the times to draw; the smallest p is 1 / (permutations + 1).
        within: Among which events times are exchanged, as in `near_repeat`.
        level: Coverage of the interval of each risk.
        rng: Random generator; the caller owns the seed.

    Returns:
        Places by number of hits, and the risk of a further event within each delay.

    Raises:
        TooFew: If fewer than two events remain.
        TooCoarse: If times carry only the month.
        BadValue: If a horizon or a probability cannot be.
        LengthMismatch: If the columns differ in length.

    Oracle:
        A naive Kaplan-Meier twin; the numbers of repeats are those of pairs at distance 0 in `near_repeat`; a planted
        boost is found and a steady risk gives a ratio of 1 (`test_repeats.py`).

    Cost:
        Time n log n for each permutation.

    Not for:
        Persons; data by month; street-level extracts whose places are shared points.

    Source:
        Farrell and Pease, Once Bitten, Twice Bitten (Home Office, 1993); Johnson, Bowers and Hirschfield, British
        Journal of Criminology 37 (1997), for the time course; Kaplan and Meier 1958 with the log-log interval.
    """
    if not horizons or any(not day > 0 for day in horizons) or list(horizons) != sorted(set(horizons)):
        raise BadValue("horizons", list(horizons), "give ascending numbers of days above 0")
    if permutations < 1:
        raise BadValue("permutations", permutations, "give 1 or more")
    if not 0 < level < 1:
        raise BadValue("level", level, "use a coverage between 0 and 1, for example 0.95")
    key, located, kind = _keys(places)
    moments, resolution = read_times("times", times)
    if len(key) != len(moments):
        raise LengthMismatch({"places": len(key), "times": len(moments)})
    if resolution == "month":
        raise TooCoarse("The time to the next event", "month", "day")
    dated = ~np.isnat(moments)
    rows = np.flatnonzero(located & dated)
    if len(rows) < 2:
        raise TooFew("events with a place and a time", len(rows), 2)
    _, place = np.unique(key[rows], return_inverse=True)
    ticks, tick_us = to_ticks(moments[rows])
    end = _end(moments[rows], until, tick_us)
    hits = np.bincount(place)
    lost = left_out(no_place=~located, no_time=~dated)
    return Repeats(
        by_hits=_by_hits(hits),
        again=_again(
            place, ticks, end, tick_us, horizons, strata(moments[rows], within), permutations, level, rng
        ),
        repeat_share=float(1 - len(hits) / len(rows)),
        n=len(rows),
        n_places=len(hits),
        n_repeat_places=int((hits > 1).sum()),
        permutations=permutations,
        within=within,
        left_out=lost,
        method=Sentence(
            "repeat_victimisation",
            "Kaplan-Meier time to the next event at the same place with %(level)s intervals, beside %(permutations)s "
            "permutations of the times; %(n)s events at %(places)s places.",
            {
                "level": f"{level:.0%}",
                "permutations": str(permutations),
                "n": str(len(rows)),
                "places": str(len(hits)),
            },
        ),
        cautions=(
            *cautions_on(lost),
            PLACES_ONLY,
            Sentence(KEYS.code, KEYS.template, {"key": kind}),
            _window(moments[rows], until),
        ),
    )


def _keys(places: Any) -> tuple[IntArray, BoolArray, str]:
    if isinstance(places, Places):
        _, key = np.unique(np.column_stack([places.x, places.y]), axis=0, return_inverse=True)
        return key.ravel().astype(np.int64), places.located, "coordinates"
    names = ["" if name is None or name != name else str(name).strip() for name in to_numpy(places).tolist()]
    _, key = np.unique(np.array(names, dtype=np.str_), return_inverse=True)
    return key.astype(np.int64), np.array([name != "" for name in names], dtype=np.bool_), "name"


def _end(moments: TimeArray, until: np.datetime64 | None, tick_us: int) -> int:
    last = moments.max()
    if until is None:
        return int((last - moments.min()).astype(np.int64)) // tick_us
    if until.astype("datetime64[us]") < last:
        raise BadValue("until", until, f"the last event is on {last}; give that day or a later one")
    return int((until.astype("datetime64[us]") - moments.min()).astype(np.int64)) // tick_us


def _window(moments: TimeArray, until: np.datetime64 | None) -> Sentence:
    end = moments.max() if until is None else until
    facts = {"begin": str(moments.min().astype("datetime64[D]")), "end": str(end.astype("datetime64[D]"))}
    return Sentence(WINDOW.code, WINDOW.template, facts)


def _by_hits(hits: IntArray) -> tuple[HitCount, ...]:
    mean = float(hits.mean())
    # The mean of a Poisson law without its zeros, solved for the rate; a mean of 1 has no repeats at all.
    rate = brentq(lambda r: r / -np.expm1(-r) - mean, 1e-9, mean + 1) if mean > 1 + 1e-9 else 0.0
    return tuple(
        HitCount(
            hits=k,
            places=int((hits == k).sum()),
            events=int(k * (hits == k).sum()),
            expected_places=float(len(hits) * poisson.pmf(k, rate) / -np.expm1(-rate))
            if rate
            else float(len(hits) * (k == 1)),
        )
        for k in range(1, int(hits.max()) + 1)
    )


def _again(
    place: IntArray,
    ticks: Ticks,
    end: int,
    tick_us: int,
    horizons: tuple[float, ...],
    groups: tuple[IntArray, ...],
    permutations: int,
    level: float,
    rng: Generator,
) -> tuple[AgainWithin, ...]:
    limits = np.array([int(day * DAY_US) // tick_us for day in horizons], dtype=np.int64)
    observed, error, watched = _risk(place, ticks, end, limits)
    drawn = np.array(
        [_risk(place, permuted(ticks, groups, 1, rng)[:, 0], end, limits)[0] for _ in range(permutations)]
    )
    at_least = (drawn >= observed - 1e-12).sum(axis=0)
    chance = drawn.mean(axis=0)
    return tuple(
        AgainWithin(
            days=day,
            probability=_estimate(float(observed[k]), float(error[k]), int(watched[k]), level),
            by_chance=float(chance[k]),
            ratio=float(observed[k] / chance[k]) if chance[k] > 0 else None,
            p=float((1 + at_least[k]) / (1 + permutations)),
        )
        for k, day in enumerate(horizons)
    )


def _risk(
    place: IntArray, ticks: Ticks, end: int, limits: IntArray
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Kaplan-Meier risk of a next event by each limit, Greenwood's sum, and the events still watched there."""
    order = np.lexsort((ticks, place))
    where, when = place[order], ticks[order].astype(np.int64)
    again = np.append(where[1:] == where[:-1], False)
    delay = np.where(again, np.append(when[1:], 0) - when, end - when)
    delays, place_of = np.unique(delay, return_inverse=True)
    ended = np.bincount(place_of, minlength=len(delays))
    at_risk = len(delay) - np.append(0, np.cumsum(ended)[:-1])
    hit = np.bincount(place_of[again], minlength=len(delays))
    survival = np.append(1.0, np.cumprod(1 - hit / at_risk))
    # Where all that are left are hit at once the variance has no end; the last finite sum stands.
    greenwood = np.append(0.0, np.cumsum(hit / (at_risk * np.maximum(at_risk - hit, 1))))
    passed = np.searchsorted(delays, limits, side="right")
    watched = len(delay) - np.searchsorted(np.sort(delay), limits, side="left")
    return 1 - survival[passed], greenwood[passed], watched


def _estimate(risk: float, greenwood: float, watched: int, level: float) -> Estimate:
    low: float | None
    high: float | None
    if watched == 0:
        return Estimate(None, None, None, level, 0)
    if not 0 < risk < 1:
        # Three events in n would have shown themselves with 95 %: the bound of a risk never seen.
        low, high = (0.0, 1 - (1 - level) ** (1 / watched)) if risk == 0 else (None, 1.0)
        return Estimate(risk, low, high, level, watched)
    reach = float(norm.ppf((1 + level) / 2) * np.sqrt(greenwood) / abs(np.log(1 - risk)))
    low, high = (1 - (1 - risk) ** np.exp(sign * reach) for sign in (-1, 1))
    return Estimate(risk, float(low), float(high), level, watched)
