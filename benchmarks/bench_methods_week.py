"""Hour by weekday: difference arrays beside the usual dense matrix of events by hours.

Run: python benchmarks/methods_week.py [events]
"""

import sys
import time

import numpy as np

from openilp.methods.arrays import FloatArray
from openilp.methods.series.cycle import WEEK_H, spread_over_cycle


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


def main(n: int) -> None:
    """This function will time both on the same intervals and print the ratio of this run.

    Args:
        n: Number of events.
    """
    rng = np.random.default_rng(1)
    start, hours = rng.uniform(0, WEEK_H, n), np.minimum(rng.lognormal(2, 1.5, n), WEEK_H)

    begin = time.perf_counter()
    ours, _ = spread_over_cycle(start, hours, WEEK_H)
    ours_s = time.perf_counter() - begin
    begin = time.perf_counter()
    theirs = dense(start, hours)
    theirs_s = time.perf_counter() - begin

    print(f"aoristic hours, {n:,} intervals")
    print(f"  openilp (difference arrays, with variance)  {ours_s:8.4f} s")
    print(f"  dense matrix                                {theirs_s:8.4f} s")
    print(f"  ratio {theirs_s / ours_s:.0f}, largest difference {np.abs(ours - theirs).max():.1e} events")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 33_000)
