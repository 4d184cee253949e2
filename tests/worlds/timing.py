"""Answering times of look-ups in pairs, and the test of signs over them.

The order within each pair is drawn, so that under no difference each sign is a fair coin, however busy the machine is:
noise can hide a difference, but it cannot make one. A difference below the tolerance does not count.
"""

import gc
from collections.abc import Callable, Sequence
from math import comb
from random import Random
from time import perf_counter

#: What nobody can tell from outside a machine room: the jitter of a local network is some tenths of a millisecond.
TOLERANCE_S = 0.0003
#: Chance of a false alarm of one whole run, both directions and all routes together.
FALSE_ALARM = 1e-6


def differences(
    one: Callable[[], object], other: Callable[[], object], *, pairs: int, rng: Random
) -> list[float]:
    """Return how much longer the first call took than the second, in seconds, a pair at a time."""
    found = []
    gc.collect()
    gc.disable()
    try:
        for _ in range(pairs):
            if rng.random() < 0.5:
                second, first = _taken(other), _taken(one)
            else:
                first, second = _taken(one), _taken(other)
            found.append(first - second)
    finally:
        gc.enable()
    return found


def _taken(call: Callable[[], object]) -> float:
    begin = perf_counter()
    call()
    return perf_counter() - begin


def at_least(successes: int, trials: int) -> float:
    """Return the probability of at least so many heads of a fair coin."""
    return sum(comb(trials, k) for k in range(successes, trials + 1)) / 2**trials


def p_of_slower(found: Sequence[float]) -> float:
    """Return the p-value against "the median is at most the tolerance": how surprising so many slower ones would be."""
    return at_least(sum(seconds > TOLERANCE_S for seconds in found), len(found))


def alarms(found: dict[str, list[float]]) -> dict[str, float]:
    """Return which look-ups, alone or all together, tell hidden from absent by their time: name to p-value."""
    every = {"all together": [d for each in found.values() for d in each], **found}
    both = [
        (f"{name}: {word}", p_of_slower([sign * d for d in each]))
        for name, each in every.items()
        for word, sign in (("hidden is slower", 1), ("hidden is faster", -1))
    ]
    return {name: p for name, p in both if p < FALSE_ALARM / len(both)}
