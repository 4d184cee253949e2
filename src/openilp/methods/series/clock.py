"""Times as arrays, and how much detail they really carry."""

from typing import Any, Literal

import numpy as np

from openilp.methods.arrays import TimeArray, to_numpy
from openilp.methods.errors import BadValue

Resolution = Literal["instant", "day", "month"]


def times(name: str, values: Any) -> tuple[TimeArray, Resolution]:
    """This function will turn a column into local times and say how fine they are.

    Args:
        name: The column's name, for the error message.
        values: Local clock times without a zone: datetime64, Arrow timestamps, datetimes or ISO text;
            a missing time is None or NaT.

    Returns:
        (n,) datetime64[us] and the finest detail found: `month` when every known time is the first
        midnight of a month, `day` when every one is a midnight, `instant` otherwise. Fewer than five
        times are taken at their word.

    Raises:
        BadValue: If a value is no time, or carries a time zone.
    """
    zone = getattr(getattr(values, "type", None), "tz", None)
    if zone is not None:
        raise BadValue(
            name, f"in the zone {zone}", "convert it to the local clock of the place and drop the zone"
        )
    raw = to_numpy(values)
    if raw.dtype == object:
        _refuse_zones(name, raw)
    if raw.dtype.kind not in "MOUS" and raw.size:
        raise BadValue(name, f"of type {raw.dtype}", "give local date-times, not numbers")
    try:
        column = raw.astype("datetime64[us]")
    except (TypeError, ValueError) as error:
        raise BadValue(name, str(error), "give local date-times such as 2024-05-31T22:15") from error
    if column.ndim != 1:
        raise BadValue(name, f"shape {column.shape}", "give one time per event in one dimension")
    return column, _declared(raw) or _found(column)


def _refuse_zones(name: str, raw: np.ndarray[Any, Any]) -> None:
    for row, value in enumerate(raw):
        if getattr(value, "tzinfo", None) is not None:
            raise BadValue(
                f"{name} of row {row + 1}",
                value,
                "convert it to the local clock of the place and drop the zone",
            )


def _declared(raw: np.ndarray[Any, Any]) -> Resolution | None:
    if raw.dtype.kind != "M":
        return None
    unit = np.datetime_data(raw.dtype)[0]
    if unit in {"Y", "M"}:
        return "month"
    return "day" if unit in {"W", "D"} else None


def _found(column: TimeArray) -> Resolution:
    known = column[~np.isnat(column)]
    # Four midnights can be chance; a whole column of them is a date without a clock.
    if known.size < 5 or (known != known.astype("datetime64[D]")).any():
        return "instant"
    return "day" if (known != known.astype("datetime64[M]")).any() else "month"
