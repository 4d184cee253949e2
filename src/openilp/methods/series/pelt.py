"""Optimal segmentation of counts by pruned exact linear time (PELT)."""

import numpy as np

from openilp.methods.arrays import FloatArray


def segment_cost(events: FloatArray, exposure: FloatArray) -> FloatArray:
    """This function will cost segments of constant rate: minus twice their Poisson log-likelihood.

    Terms that no segmentation changes are left out, so a cost alone has no meaning; differences have.

    Args:
        events: Sums of events of the segments.
        exposure: Sums of their exposure, above 0.

    Returns:
        `-2 N log(N / E)`, and 0 where N is 0.
    """
    rate = np.where(events > 0, events / exposure, 1.0)
    cost: FloatArray = -2 * events * np.log(rate)
    return cost


def pelt(events: FloatArray, exposure: FloatArray, penalty: float, *, least: int = 2) -> tuple[int, ...]:
    """This function will find the changes of rate with the smallest cost plus penalty, exactly.

    Args:
        events: (n,) counts, or counts divided by their dispersion.
        exposure: (n,) above 0.
        penalty: Added for each change; larger finds fewer.
        least: Fewest periods in a segment.

    Returns:
        Rows at which a new rate begins, ascending; empty without a change.

    Source:
        Killick, Fearnhead and Eckley, "Optimal detection of changepoints with a linear computational cost",
        Journal of the American Statistical Association 107 (2012), with the pruning constant 0 of a
        likelihood cost.
    """
    n = len(events)
    sums, lengths = np.append(0.0, np.cumsum(events)), np.append(0.0, np.cumsum(exposure))
    best = np.full(n + 1, np.inf)
    best[0] = -penalty
    last = np.zeros(n + 1, dtype=np.int64)
    candidates, until = np.array([0], dtype=np.int64), np.array([n + 1], dtype=np.int64)
    for end in range(least, n + 1):
        cost = best[candidates] + segment_cost(
            sums[end] - sums[candidates], lengths[end] - lengths[candidates]
        )
        winner = int(cost.argmin())
        best[end] = cost[winner] + penalty
        last[end] = candidates[winner]
        # A start that is dearer than the best of all segmentations cannot win once a segment from here on is
        # long enough to be allowed.
        until = np.where(cost > best[end], np.minimum(until, end + least), until)
        alive = until > end + 1
        candidates, until = candidates[alive], until[alive]
        if end - least + 1 >= least:
            candidates, until = np.append(candidates, end - least + 1), np.append(until, n + 1)
    changes, at = [], n
    while (at := int(last[at])) > 0:
        changes.append(at)
    return tuple(reversed(changes))


def largest_gain(events: FloatArray, exposure: FloatArray, *, least: int = 2) -> FloatArray:
    """This function will find how much one change improves the cost of each series at most.

    Args:
        events: (b, n) counts of b series.
        exposure: (n,) above 0.
        least: Fewest periods on either side.

    Returns:
        (b,) gains of 0 or more.
    """
    sums, lengths = np.cumsum(events, axis=1), np.cumsum(exposure)
    inside = slice(least - 1, len(exposure) - least)
    before, after = sums[:, inside], sums[:, -1:] - sums[:, inside]
    parts = segment_cost(before, lengths[inside]) + segment_cost(after, lengths[-1] - lengths[inside])
    gain: FloatArray = segment_cost(sums[:, -1], lengths[-1]) - parts.min(axis=1)
    return np.maximum(gain, 0.0)
