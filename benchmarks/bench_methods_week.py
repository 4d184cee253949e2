"""Hour by weekday: difference arrays beside the usual dense matrix of events by hours."""

import numpy as np

from benchmarks.methods import Row, ratio, timed
from openilp.methods.arrays import FloatArray
from openilp.methods.series.cycle import WEEK_H, spread_over_cycle

EVENTS = 33_000


def dense(start: FloatArray, hours: FloatArray) -> FloatArray:
    """This function will spread intervals by the overlap of every event with every hour of two weeks.

    Args:
        start: (n,) hours since Monday midnight.
        hours: (n,) lengths above 0 and at most a week.

    Returns:
        (168,) expected events.
    """
    edges = np.arange(2 * WEEK_H)
    overlap = np.minimum(start[:, None] + hours[:, None], edges + 1) - np.maximum(start[:, None], edges)
    shares = np.maximum(overlap, 0) / hours[:, None]
    total: FloatArray = shares.sum(axis=0).reshape(2, WEEK_H).sum(axis=0)
    return total


def rows() -> list[Row]:
    """Measure both on the same 33,000 made-up intervals."""
    rng = np.random.default_rng(1)
    start, hours = rng.uniform(0, WEEK_H, EVENTS), np.minimum(rng.lognormal(2, 1.5, EVENTS), WEEK_H)
    (ours, _), ours_s = timed(lambda: spread_over_cycle(start, hours, WEEK_H), repeats=3)
    theirs, theirs_s = timed(lambda: dense(start, hours))
    apart = float(np.abs(ours - theirs).max())
    return [
        ratio(
            f"hours of the week, {EVENTS:,} intervals, with variance",
            ours_s=ours_s,
            peer="dense matrix of events by hours (numpy)",
            peer_s=theirs_s,
            at_least=10,
            agreement=f"apart by {apart:.0e} events",
            agrees=apart <= 1e-6,
        )
    ]
