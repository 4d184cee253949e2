"""Permutations of times: free, or only among events of the same season."""

from typing import Literal, TypeVar, get_args

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from openilp.methods.arrays import IntArray, TimeArray
from openilp.methods.errors import BadValue

AnyTimes = TypeVar("AnyTimes", bound=np.generic)
Within = Literal["all", "year", "quarter", "month", "weekday", "month-weekday"]


def strata(moments: TimeArray, within: Within) -> tuple[IntArray, ...]:
    """This function will group events among which times may be exchanged.

    Args:
        moments: (n,) datetime64.
        within: `all` exchanges freely; `year`, `quarter` and `month` keep each event in its own calendar
            year, quarter or month; `weekday` on its day of the week; `month-weekday` both.

    Returns:
        Rows of each group, which together hold every row once.

    Raises:
        BadValue: If `within` is none of these.
    """
    if within not in get_args(Within):
        raise BadValue("within", repr(within), f"use one of {', '.join(get_args(Within))}")
    months = moments.astype("datetime64[M]").astype(np.int64)
    # 1 January 1970 was a Thursday; the number of the weekday itself does not matter here.
    weekdays = moments.astype("datetime64[D]").astype(np.int64) % 7
    key = {
        "all": np.zeros(len(moments), dtype=np.int64),
        "year": months // 12,
        "quarter": months // 3,
        "month": months,
        "weekday": weekdays,
        "month-weekday": months * 7 + weekdays,
    }[within]
    order = np.argsort(key, kind="stable")
    return tuple(np.split(order, np.flatnonzero(np.diff(key[order])) + 1))


def permuted(
    ticks: NDArray[AnyTimes], groups: tuple[IntArray, ...], draws: int, rng: Generator
) -> NDArray[AnyTimes]:
    """This function will draw permutations of the times within their groups.

    Args:
        ticks: (n,) times.
        groups: Rows of each group.
        draws: Number of permutations.
        rng: Random generator; the caller owns the seed.

    Returns:
        (n, draws), one permutation a column, laid out by rows.
    """
    drawn = np.broadcast_to(ticks, (draws, len(ticks))).copy()
    if len(groups) == 1:
        return np.ascontiguousarray(rng.permuted(drawn, axis=1, out=drawn).T)
    for rows in groups:
        if len(rows) > 1:
            drawn[:, rows] = rng.permuted(drawn[:, rows], axis=1)
    return np.ascontiguousarray(drawn.T)
