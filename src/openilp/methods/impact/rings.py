"""Rings around the places of a measure: how far its effect, or the crime that it moved, reaches."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import stats
from scipy.spatial import KDTree

from openilp.methods.arrays import FloatArray, IntArray, same_length
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.impact.picture import estimates, interval
from openilp.methods.impact.relative import before_after
from openilp.methods.places import Places
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence

OUTERMOST = Sentence(
    "outermost_is_control",
    "The outermost ring stands for what would have happened; if the measure reached it, effects look smaller.",
)
TOGETHER = Sentence(
    "together",
    "The intervals of the rings are widened so that all of them hold together with the stated coverage.",
)
BEYOND = Sentence("beyond", "%(n)s events lie beyond the outermost ring or have no place, and are left out.")


@dataclass(frozen=True, slots=True)
class Ring:
    """The places between two distances.

    Attributes:
        inner_m: Distance from the nearest place of the measure, in metres; 0 is the place itself.
        outer_m: The end of the ring.
        before: Events before the start.
        after: Events from the start on.
        expected: Events that the outermost ring lets expect after the start.
        relative: Ratio of rates after and before over that of the outermost ring; None without events.
    """

    inner_m: float
    outer_m: float
    before: int
    after: int
    expected: float
    relative: Estimate | None


@dataclass(frozen=True, slots=True)
class SpilloverRings(Result):
    """Changes by distance from a measure.

    Attributes:
        rings: From the inside out; the outermost one is the control.
        net: Expected minus observed events in all rings but the outermost: what was prevented, less what moved.
        dispersion: By how much the counts vary more than by chance, at least 1.
        n: Events in all rings.
        method: How it was computed.
        cautions: What the reader must know.
    """

    rings: tuple[Ring, ...]
    net: Estimate
    dispersion: float
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say what was prevented in all, and what the first ring beyond the place did."""
        inside = self.rings[0].relative
        facts = {
            "net": interval(self.net, 1),
            "inside": "unknown" if inside is None else interval(inside),
        }
        return Sentence(
            "rings",
            "At the place itself the rate became %(inside)s times that of the outermost ring; prevented in all rings "
            "together: %(net)s.",
            facts,
        )

    def plot(self) -> Plot:
        """This function will draw the ratio of each ring with its interval."""
        found = {
            f"{ring.inner_m:g} to {ring.outer_m:g} m": ring.relative
            for ring in self.rings[:-1]
            if ring.relative is not None
        }
        return estimates(
            "Rate after over before, relative to the outermost ring",
            found or {"no ring with events": Estimate(None, None, None, 0.95, 0)},
            x_name="distance from the measure",
            y_name="ratio, 1 is no effect",
        )


def spillover_rings(
    events: Places,
    period: Sequence[int] | IntArray,
    sites: Places,
    *,
    start: int,
    edges_m: Sequence[float] = (100.0, 300.0, 600.0, 1000.0),
    periods: int | None = None,
    level: float = 0.95,
) -> SpilloverRings:
    """This function will compare rings around the places of a measure with the outermost one.

    Question:
        Did crime move to the streets around the measure, or did the benefit reach them, and how far?

    Assumptions:
        - Without the measure every ring would have changed by the same factor as the outermost one.
        - Crime that moves goes no further than the last ring but one.

    Traps:
        - Crime can move to other times, methods or targets, which no ring shows.
        - Rings of a place at its worst improve by themselves, the inner ones most.
        - Events snapped to anonymous points (police.uk) may fall into the wrong ring: keep rings wide.

    Args:
        events: Places of n events in metres.
        period: (n,) position of the period of each event, from 0.
        sites: Places of the measure, on the same plane.
        start: First period with the measure.
        edges_m: Outer ends of the rings in metres, rising; the first ring is the place itself.
        periods: Number of periods; by default up to the last one with an event.
        level: Coverage of all ring intervals together, and of the net effect.

    Returns:
        Rings with their relative change, and the net number of events prevented in all but the outermost.

    Raises:
        TooFew: Without events before and after in the outermost ring, or without sites.
        LengthMismatch: If places and periods differ in length.
        BadValue: If the edges do not rise, a period is negative, or the start lies outside the periods.

    Oracle:
        Recovery of planted displacement and diffusion at known distances, and distances by hand
        (`test_rings.py`).

    Cost:
        The number of events times the logarithm of the number of sites.

    Not for:
        Displacement to another type of crime or time of day: compare those series.

    Source:
        Bowers and Johnson, Journal of Quantitative Criminology 19 (2003), buffer zones; ratio of ratios with the
        dispersion of the periods, Bonferroni over the rings.
    """
    place = np.asarray(period)
    same_length(events=events.x, period=place)
    edges = np.array([0.0, *edges_m], dtype=np.float64)
    n_periods = int(periods if periods is not None else (place.max(initial=-1) + 1))
    _check(place, edges, start, n_periods, level)
    ring = _ring_of(events, sites, edges)
    inside = ring >= 0
    counts = np.zeros((len(edges) - 1, n_periods), dtype=np.int64)
    np.add.at(counts, (ring[inside], place[inside]), 1)
    if min(counts[-1, :start].sum(), counts[-1, start:].sum()) == 0:
        raise TooFew("events in the outermost ring before and after the start, each", 0, 1)
    factor = counts[-1, start:].sum() / counts[-1, :start].sum()
    # Every ring but the outermost has an interval.
    each = 1 - (1 - level) / max(len(counts) - 1, 1)
    rings = tuple(
        _ring(row, counts[-1], start, factor, each, inner, outer, is_control=at == len(counts) - 1)
        for at, (row, (inner, outer)) in enumerate(zip(counts, pairwise(edges.tolist()), strict=True))
    )
    dispersion = _dispersion(counts, start)
    beyond = int((~inside).sum())
    return SpilloverRings(
        rings=rings,
        net=_net(counts, start, dispersion, level),
        dispersion=dispersion,
        n=int(counts.sum()),
        method=Sentence(
            "rings",
            "Ratio of rates after and before in each ring over that of the outermost; interval at %(level)s for all "
            "rings together.",
            {"level": f"{level:.0%}"},
        ),
        cautions=(OUTERMOST, TOGETHER)
        + ((Sentence(BEYOND.code, BEYOND.template, {"n": f"{beyond:,}"}),) if beyond else ()),
    )


def _check(
    place: "np.ndarray[Any, Any]", edges: FloatArray, start: int, n_periods: int, level: float
) -> None:
    if len(edges) < 3 or not (np.isfinite(edges).all() and (np.diff(edges) > 0).all()):
        raise BadValue("edges_m", edges[1:].tolist(), "give two or more rising distances above 0")
    wrong = np.flatnonzero((place < 0) | (place != np.floor(place)) | (place >= n_periods))
    if wrong.size:
        raise BadValue(
            f"period of row {wrong[0] + 1}", place[wrong[0]], f"give a position from 0 to {n_periods - 1}"
        )
    if not 0 < start < n_periods:
        raise BadValue("start", start, f"give a position from 1 to {n_periods - 1}")
    if not 0 < level < 1:
        raise BadValue("level", level, "use a coverage between 0 and 1, for example 0.95")


def _ring_of(events: Places, sites: Places, edges: FloatArray) -> IntArray:
    """Return the ring of each event, -1 for those beyond all or without a place."""
    known = sites.on(events.plane)
    there = known.only(known.located)
    if len(there) == 0:
        raise TooFew("sites with a place", 0, 1)
    located = events.located
    distance = np.full(len(events), np.inf)
    points = np.stack([events.x[located], events.y[located]], axis=1)
    distance[located] = KDTree(np.stack([there.x, there.y], axis=1)).query(points)[0]
    ring = np.searchsorted(edges, distance, side="right") - 1
    return np.where(ring < len(edges) - 1, ring, -1).astype(np.int64)


def _ring(
    row: IntArray,
    control: IntArray,
    start: int,
    factor: float,
    level: float,
    inner: float,
    outer: float,
    *,
    is_control: bool,
) -> Ring:
    before, after = int(row[:start].sum()), int(row[start:].sum())
    relative = None
    if before + after and not is_control:
        relative = before_after(
            row[:start].tolist(),
            row[start:].tolist(),
            control_before=control[:start].tolist(),
            control_after=control[start:].tolist(),
            level=level,
        ).relative
    return Ring(inner, outer, before, after, float(before * factor), relative)


def _dispersion(counts: IntArray, start: int) -> float:
    """Return Pearson's statistic of the periods around the means of each ring, per degree of freedom."""
    pearson, freedom = 0.0, 0
    for part in (counts[:, :start], counts[:, start:]):
        mean = part.mean(axis=1, keepdims=True)
        some = mean[:, 0] > 0
        pearson += float(((part[some] - mean[some]) ** 2 / mean[some]).sum())
        freedom += int(some.sum()) * (part.shape[1] - 1)
    return max(pearson / freedom, 1.0) if freedom else 1.0


def _net(counts: IntArray, start: int, dispersion: float, level: float) -> Estimate:
    before, after = counts[:-1, :start].sum(), counts[:-1, start:].sum()
    control = counts[-1, :start].sum(), counts[-1, start:].sum()
    expected = before * control[1] / control[0]
    variance = after + (expected**2 * (1 / before + 1 / control[0] + 1 / control[1]) if before else 0.0)
    reach = float(stats.norm.ppf((1 + level) / 2) * np.sqrt(dispersion * variance))
    value = float(expected - after)
    return Estimate(value, value - reach, value + reach, level, int(before + after))
