"""A result as plain data, to be stored beside its snapshot and read again without this code."""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import numpy as np

from openilp.methods.sentence import Sentence


def as_record(result: object) -> Any:
    """This function will turn a result into lists, dictionaries, numbers and text.

    Args:
        result: A result dataclass of this library, or any part of one.

    Returns:
        Data that `json.dumps` accepts with `allow_nan=False`: NaN, infinity and NaT become None,
        a Sentence becomes its code, its English text, its template and its facts.

    Raises:
        TypeError: If a part of the result has no plain form.
    """
    if isinstance(result, Sentence):
        return {
            "code": result.code,
            "text": str(result),
            "template": result.template,
            "facts": dict(result.facts),
        }
    if is_dataclass(result) and not isinstance(result, type):
        return {part.name: as_record(getattr(result, part.name)) for part in fields(result) if part.repr}
    if isinstance(result, Mapping):
        return {str(key): as_record(value) for key, value in result.items()}
    if isinstance(result, np.ndarray):
        # The common case at the speed of numpy: a city's grid has a million cells.
        if result.dtype.kind in "iub" or (result.dtype.kind == "f" and np.isfinite(result).all()):
            return result.tolist()
        return [as_record(item) for item in result] if result.ndim else as_record(result.item())
    if isinstance(result, tuple | list):
        return [as_record(item) for item in result]
    return _scalar(result)


def _scalar(value: object) -> Any:
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    raise TypeError(f"A value of type {type(value).__name__} has no plain form; store one of its parts.")
