"""How good a forecast was: hit rate, PAI, PEI*, recapture and the capture curve, with intervals."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy.stats import beta

from openilp.methods.arrays import FloatArray, IntArray, floats, freeze, same_length
from openilp.methods.drawing import Line, lines
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence

DRAWS = 2000
NO_HIT = Sentence(
    "no_hit",
    "No event or every event fell into the chosen cells, so the bootstrap has no spread; the interval is the "
    "exact binomial one.",
)
FEW_EVENTS = Sentence(
    "few_events", "Only %(n)s events to score: the intervals are wide, and ranks of methods are mostly luck."
)


@dataclass(frozen=True, slots=True)
class Score(Result):
    """What a choice of cells was worth.

    Attributes:
        hit_rate: Share of the events in the chosen cells.
        pai: Prediction accuracy index: hit rate over the share of the area; 1 is no better than chance.
        pei_star: Events found over the most that as many cells could have held, 0 to 1.
        rri: Recapture rate index: the chosen cells' share of the events now over their share before;
            None when they held none before or the past is not given.
        n: Events in the chosen cells.
        total: Events in the study area.
        most: Most events that as many cells could have held.
        n_cells: Chosen cells.
        area_ha: Their area.
        study_area_ha: The area chosen from.
        capture: (k, 2) share of the study area and share of the events, cell by cell in order of rank.
        method: How it was computed.
        cautions: What the reader must know.
    """

    hit_rate: Estimate
    pai: Estimate
    pei_star: Estimate
    rri: Estimate | None
    n: int
    total: int
    most: int
    n_cells: int
    area_ha: float
    study_area_ha: float
    capture: FloatArray
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say the answer in one sentence."""
        return Sentence(
            "scored",
            "The chosen cells held %(hits)s of the events, %(pai)s times their share of the area (%(low)s to "
            "%(high)s), and %(pei)s of what as many cells could have held.",
            {
                "hits": f"{self.hit_rate.value or 0:.1%}",
                "pai": f"{self.pai.value or 0:.1f}",
                "low": f"{self.pai.low or 0:.1f}",
                "high": f"{self.pai.high or 0:.1f}",
                "pei": f"{self.pei_star.value or 0:.0%}",
            },
        )

    def plot(self) -> Plot:
        """This function will draw the capture curve beside chance."""
        at = np.concatenate([[0.0], self.capture[:, 0]]) * 100
        found = np.concatenate([[0.0], self.capture[:, 1]]) * 100
        return lines(
            "Share of the events captured",
            at,
            [Line("forecast", found), Line("chance", at, dashed=True)],
            x_name="% of the area",
            y_name="% of the events",
        )


@dataclass(frozen=True, slots=True)
class Advantage:
    """Two choices of as many cells on the same events.

    Attributes:
        difference: Hit rate of the first less that of the second, with its interval.
        probability: Share of the bootstrap samples in which the first found more (ties count half).
        verdict: What that means, in words.
    """

    difference: Estimate
    probability: float
    verdict: Sentence


def score_cells(
    chosen: IntArray,
    counts: FloatArray,
    *,
    cell_ha: float,
    past: FloatArray | None = None,
    study_area_ha: float | None = None,
    level: float = 0.95,
    rng: Generator,
) -> Score:
    """This function will score a choice of cells against what happened.

    Question:
        How many of the events fell into the chosen cells, and was that many for so small an area?

    Assumptions:
        All forecasts that are compared use the same cells, the same area and the same events.

    Traps:
        PAI grows without end as the chosen area shrinks, so compare at one area only. PEI* is judged
        against hindsight that nobody has. Few events make all of it luck: read the intervals.

    Args:
        chosen: (k,) distinct cells in order of rank, as positions in `counts`.
        counts: (n,) events by cell of the study area.
        cell_ha: Area of a cell in hectares.
        past: (n,) events by cell in the record before, for the recapture rate.
        study_area_ha: The study area, where it is not the n cells.
        level: Coverage of the intervals.
        rng: Random generator of the bootstrap.

    Returns:
        The four measures with bootstrap intervals (cells with events are resampled whole, so that repeats
        at one place do not count as independent) and the capture curve.

    Raises:
        TooFew: If there is no event or no cell is chosen.
        BadValue: If a cell is chosen twice or does not exist, or a count is negative.
        LengthMismatch: If the columns differ in length.

    Oracle:
        `test_forecast_scores.py`: the formulas on counts by hand, and their bounds on random ones.

    Cost:
        Sorting the cells; 2,000 draws over the cells with events.

    Not for:
        Whether patrols prevented anything: see the impact methods.

    Source:
        Chainey, Tompson and Uhlig, Security Journal 21 (2008) for PAI; Hunt (2016) for PEI, with n* over the
        cells of the same lattice as in the NIJ challenge of 2017; Levine, Security Journal 21 (2008) for RRI.
    """
    return score_windows(
        [chosen], [counts], cell_ha=cell_ha, past=past, study_area_ha=study_area_ha, level=level, rng=rng
    )


def score_windows(
    choices: Sequence[IntArray],
    windows: Sequence[FloatArray],
    *,
    cell_ha: float,
    past: FloatArray | None = None,
    study_area_ha: float | None = None,
    level: float = 0.95,
    rng: Generator,
) -> Score:
    """Score one way of choosing over several windows of time taken together; see `score_cells`.

    Args:
        choices: (k,) cells chosen before each window, as many in each.
        windows: (n,) events by cell in each window.
        cell_ha: Area of a cell in hectares.
        past: (n,) events by cell before the first window, for the recapture rate of its choice.
        study_area_ha: The study area, where it is not the n cells.
        level: Coverage of the intervals.
        rng: Random generator of the bootstrap.
    """
    counts = [floats("counts", window) for window in windows]
    for chosen, count in zip(choices, counts, strict=True):
        _check(chosen, count)
        same_length(counts=count, past=past)
    k, n_cells = choices[0].size, counts[0].size
    everything = np.concatenate(counts)
    picked = np.concatenate([chosen + i * n_cells for i, chosen in enumerate(choices)])
    total, found = float(everything.sum()), float(everything[picked].sum())
    if total == 0:
        raise TooFew("events in the study area", 0, 1)
    most = sum(float(np.sort(count)[::-1][:k].sum()) for count in counts)
    area_ha = n_cells * cell_ha if study_area_ha is None else study_area_ha
    share = k * cell_ha / area_ha
    if share > 1:
        raise BadValue("study_area_ha", area_ha, f"give the whole area; {k * cell_ha:g} ha of it are chosen")
    low, high = _interval(everything, picked, level, rng)

    def scaled(factor: float, ceiling: float = math.inf) -> Estimate:
        ends = [min(end * factor, ceiling) for end in (low, high)]
        return Estimate(found / total * factor, ends[0], ends[1], level, round(total))

    curve = _capture(choices, counts, share / k, total)
    return Score(
        hit_rate=scaled(1.0),
        pai=scaled(1 / share),
        pei_star=scaled(total / most, 1.0),
        rri=_recapture(scaled, past, choices[0]),
        n=round(found),
        total=round(total),
        most=round(most),
        n_cells=k,
        area_ha=float(k * cell_ha),
        study_area_ha=float(area_ha),
        capture=curve,
        method=_said(found, total, k, share, level),
        cautions=_cautions(found, total),
    )


def compare_choices(
    first: Sequence[IntArray],
    second: Sequence[IntArray],
    windows: Sequence[FloatArray],
    *,
    level: float = 0.95,
    rng: Generator,
) -> Advantage:
    """This function will say whether one choice of cells found more than another one of the same size.

    Question:
        Is the better forecast better by more than luck?

    Assumptions:
        Both were made before the events and choose as many cells.

    Traps:
        Choosing the better of many forecasts afterwards and then testing it: correct for the number tried.

    Args:
        first: (k,) cells of one forecast for each window of time.
        second: (k,) cells of the other for each window.
        windows: (n,) events by cell in each window.
        level: Coverage of the interval.
        rng: Random generator of the bootstrap.

    Returns:
        The difference of the hit rates on the same bootstrap samples, and a verdict in words.

    Raises:
        TooFew: If there is no event.
        BadValue: If the choices differ in size.

    Oracle:
        `test_forecast_scores.py`: antisymmetric; a choice equals itself.

    Cost:
        2,000 draws over the cells with events.

    Not for:
        Choices of different area.

    Source:
        Paired bootstrap, Efron and Tibshirani (1993), with cells as clusters.
    """
    edges = []
    for one, other, counts in zip(first, second, windows, strict=True):
        if one.size != other.size:
            raise BadValue("second", f"{other.size} cells", f"compare choices of the same size, {one.size}")
        edge = np.zeros(counts.size)
        edge[one] += counts[one]
        edge[other] -= counts[other]
        edges.append(edge)
    edge, counts = np.concatenate(edges), np.concatenate(list(windows))
    total = float(counts.sum())
    if total == 0:
        raise TooFew("events in the study area", 0, 1)
    held = np.flatnonzero(counts > 0)
    samples = _resampled(np.stack([edge[held], counts[held]]), rng)
    ratio = samples[0] / samples[1]
    low, high = np.quantile(ratio, [(1 - level) / 2, (1 + level) / 2])
    difference = Estimate(float(edge.sum() / total), float(low), float(high), level, round(total))
    probability = float((ratio > 0).mean() + 0.5 * (ratio == 0).mean())
    return Advantage(difference, probability, verdict(difference))


def verdict(difference: Estimate) -> Sentence:
    """Put a difference of hit rates into words.

    Args:
        difference: First less second, with its interval.

    Returns:
        Better, worse, or not told apart.
    """
    facts = {
        "value": f"{100 * (difference.value or 0):+.1f}",
        "low": f"{100 * (difference.low or 0):+.1f}",
        "high": f"{100 * (difference.high or 0):+.1f}",
    }
    if (difference.low or 0) > 0:
        return Sentence(
            "better",
            "Better than the best trivial baseline: %(value)s points of the hit rate, from %(low)s to %(high)s.",
            facts,
        )
    if (difference.high or 0) < 0:
        return Sentence(
            "worse",
            "Worse than the best trivial baseline: %(value)s points of the hit rate, from %(low)s to %(high)s.",
            facts,
        )
    return Sentence(
        "not_told_apart",
        "Not told apart from the best trivial baseline: %(value)s points of the hit rate, from %(low)s to %(high)s.",
        facts,
    )


def _check(chosen: IntArray, counts: FloatArray) -> None:
    if not chosen.size:
        raise TooFew("chosen cells", 0, 1)
    if np.unique(chosen).size != chosen.size:
        raise BadValue("chosen", "a cell twice", "give each cell once")
    if chosen.min() < 0 or chosen.max() >= counts.size:
        raise BadValue("chosen", "a cell outside the study area", "choose cells of the study area")
    if not (np.isfinite(counts) & (counts >= 0)).all():
        raise BadValue("counts", float(counts[~(counts >= 0)][0]), "give counts of 0 or more")


def _capture(
    choices: Sequence[IntArray], counts: Sequence[FloatArray], cell_share: float, total: float
) -> FloatArray:
    by_rank = np.sum([count[chosen] for chosen, count in zip(choices, counts, strict=True)], axis=0)
    ranks = np.arange(1, by_rank.size + 1)
    curve: FloatArray = np.stack([ranks * cell_share, np.cumsum(by_rank) / total], axis=1)
    freeze(curve)
    return curve


def _said(found: float, total: float, k: int, share: float, level: float) -> Sentence:
    return Sentence(
        "cells_scored",
        "%(found)s of %(n)s events in %(cells)s cells (%(share)s of the area); intervals at %(level)s from "
        "%(draws)s bootstrap samples of the cells with events.",
        {
            "found": str(round(found)),
            "n": str(round(total)),
            "cells": str(k),
            "share": f"{share:.2%}",
            "level": f"{level:.0%}",
            "draws": str(DRAWS),
        },
    )


def _interval(counts: FloatArray, chosen: IntArray, level: float, rng: Generator) -> tuple[float, float]:
    if not 0 < level < 1:
        raise BadValue("level", level, "use a coverage between 0 and 1, for example 0.95")
    held = np.flatnonzero(counts > 0)
    hit = np.isin(held, chosen)
    found, total = float(counts[held[hit]].sum()), float(counts[held].sum())
    tail = (1 - level) / 2
    if 0 < found < total:
        samples = _resampled(np.stack([counts[held] * hit, counts[held]]), rng)
        low, high = np.quantile(samples[0] / samples[1], [tail, 1 - tail])
        return float(low), float(high)
    exact_low = 0.0 if found == 0 else float(beta.ppf(tail, found, total - found + 1))
    exact_high = 1.0 if found == total else float(beta.ppf(1 - tail, found + 1, total - found))
    return exact_low, exact_high


def _resampled(columns: FloatArray, rng: Generator) -> FloatArray:
    """Return (2, draws) sums over cells drawn with replacement, from the distinct pairs of values."""
    distinct, times = np.unique(columns, axis=1, return_counts=True)
    n = int(times.sum())
    drawn = rng.multinomial(n, times / n, size=DRAWS)
    sums: FloatArray = distinct @ drawn.T
    return sums


def _recapture(
    scaled: Callable[[float], Estimate], past: FloatArray | None, chosen: IntArray
) -> Estimate | None:
    if past is None or not past[chosen].sum():
        return None
    return scaled(float(past.sum() / past[chosen].sum()))


def _cautions(found: float, total: float) -> tuple[Sentence, ...]:
    few = Sentence(FEW_EVENTS.code, FEW_EVENTS.template, {"n": str(round(total))})
    return ((NO_HIT,) if found in (0, total) else ()) + ((few,) if total < 30 else ())
