"""Array types that the methods share, and the checks on what enters them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from openilp.methods.errors import BadValue, LengthMismatch

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
TimeArray = NDArray[np.datetime64]


def to_numpy(values: Any) -> NDArray[Any]:
    """This function will turn a sequence, an Arrow column or an array into a numpy array.

    Args:
        values: A numpy array, a pyarrow Array or ChunkedArray, or a plain sequence.

    Returns:
        A numpy array; missing Arrow values become NaN or NaT where the type has one.
    """
    if hasattr(values, "combine_chunks") or hasattr(values, "to_pylist"):
        return np.asarray(values.to_numpy(zero_copy_only=False) if _is_array(values) else values.to_numpy())
    return np.asarray(values)


def _is_array(values: Any) -> bool:
    return not hasattr(values, "combine_chunks")


def floats(name: str, values: ArrayLike | Any) -> FloatArray:
    """This function will turn a column into one dimension of floats, missing values as NaN.

    Args:
        name: The column's name, for the error message.
        values: Numbers; None counts as missing.

    Returns:
        A new (n,) array of float64.

    Raises:
        BadValue: If a value is not a number or the column has more than one dimension.
    """
    raw = to_numpy(values)
    try:
        column = np.array(raw, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise BadValue(name, str(error), "give numbers, with None or NaN where one is missing") from error
    if column.ndim != 1:
        raise BadValue(name, f"shape {column.shape}", "give one value per event in one dimension")
    return column


def same_length(**columns: Sequence[Any] | NDArray[Any] | None) -> int:
    """This function will return the common length of the named columns.

    Args:
        columns: Columns by name; None stands for a column that was not given.

    Returns:
        The number of rows.

    Raises:
        LengthMismatch: If two columns differ in length.
    """
    lengths = {name: len(column) for name, column in columns.items() if column is not None}
    if len(set(lengths.values())) > 1:
        raise LengthMismatch(lengths)
    return next(iter(lengths.values()), 0)


def freeze(*arrays: NDArray[Any]) -> None:
    """This function will make the arrays of a result read-only.

    Args:
        arrays: Arrays that the caller has just created.
    """
    for array in arrays:
        array.setflags(write=False)
