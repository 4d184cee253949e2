"""Counts of several areas over the same periods, and what is expected in some of them from the others."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from openilp.methods.arrays import BoolArray, FloatArray, floats
from openilp.methods.errors import BadValue

# Alternating the two margins converges linearly; counts of crime need ten to fifty rounds.
_MOST_ROUNDS = 500
_SETTLED = 1e-9


def counts_row(name: str, values: Any, *, whole: bool = True) -> FloatArray:
    """This function will read one series of counts.

    Args:
        name: For the error message.
        values: Counts, None or NaN in a gap.
        whole: Whether only whole numbers of 0 or more are counts; otherwise any number of 0 or more.

    Returns:
        (periods,) floats, NaN in a gap.

    Raises:
        BadValue: If a value is no count.
    """
    row = floats(name, values)
    wrong = np.flatnonzero((row < 0) | np.isinf(row) | (whole & (row != np.floor(row)) & ~np.isnan(row)))
    if wrong.size:
        raise BadValue(
            f"{name} of row {wrong[0] + 1}",
            row[wrong[0]],
            "give counts of 0 or more, None or nothing for a gap",
        )
    return row


def counts_table(names: Sequence[str], values: Any, *, whole: bool = True) -> FloatArray:
    """This function will read the counts of several areas.

    Args:
        names: Of the areas.
        values: One series for each area, equally long.
        whole: Whether only whole numbers are counts.

    Returns:
        (areas, periods) floats, NaN in a gap.

    Raises:
        BadValue: If a value is no count, or the series differ in length or number.
    """
    rows = [
        counts_row(f"counts of {name!r}", row, whole=whole) for name, row in zip(names, values, strict=False)
    ]
    lengths = {len(row) for row in rows}
    if len(rows) != len(names) or len(rows) != len(values) or len(lengths) != 1:
        raise BadValue(
            "counts",
            f"{len(values)} series with {', '.join(map(str, sorted(lengths)))} periods for {len(names)} names",
            "give one series for each area, all with the same periods",
        )
    return np.stack(rows)


def multiplicative(counts: FloatArray, clean: BoolArray) -> FloatArray:
    """This function will fit area times period to some cells and expect the same of all.

    Args:
        counts: (…, areas, periods); values outside `clean` are not read.
        clean: The same shape: cells that nothing has touched.

    Returns:
        Expected counts of all cells; NaN where an area or a period has no clean cell.

    Source:
        The maximum likelihood fit of a Poisson model with both margins as factors, by alternating them
        (iterative proportional fitting).
    """
    known = clean.astype(np.float64)
    read = np.where(clean, counts, 0.0)
    by_area, by_period = read.sum(axis=-1), read.sum(axis=-2)
    period = np.ones(by_period.shape)
    area = np.zeros(by_area.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(_MOST_ROUNDS):
            before = area
            area = by_area / np.matmul(known, period[..., None])[..., 0]
            due = np.matmul(np.nan_to_num(area)[..., None, :], known)[..., 0, :]
            period = np.nan_to_num(by_period / due)
            if np.allclose(area, before, rtol=_SETTLED, atol=0, equal_nan=True):
                break
        period = np.where(known.sum(axis=-2) > 0, by_period / due, np.nan)
    return np.asarray(area[..., :, None] * period[..., None, :])
