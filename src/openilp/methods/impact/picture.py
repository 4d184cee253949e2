"""Estimates with their intervals as bars."""

from collections.abc import Mapping

from openilp.methods.drawing import bars
from openilp.methods.result import Plot
from openilp.methods.sentence import Estimate


def estimates(title: str, found: Mapping[str, Estimate], *, x_name: str, y_name: str) -> Plot:
    """This function will draw estimates beside each other.

    Args:
        title: What the picture shows.
        found: Estimates by name; what is unbounded or unknown has no interval or no bar.
        x_name: What the names are.
        y_name: Name and unit of the values.

    Returns:
        The picture.
    """
    return bars(
        title,
        list(found),
        [or_nan(each.value) for each in found.values()],
        low=[or_nan(each.low) for each in found.values()],
        high=[or_nan(each.high) for each in found.values()],
        x_name=x_name,
        y_name=y_name,
    )


def or_nan(value: float | None) -> float:
    """This function will return a number, NaN where there is none.

    Args:
        value: It.

    Returns:
        The number.
    """
    return float("nan") if value is None else value


def said(value: float | None, digits: int = 2) -> str:
    """This function will write a number for a sentence.

    Args:
        value: It.
        digits: After the point.

    Returns:
        The number, `unknown` where there is none.
    """
    return "unknown" if value is None else f"{value:,.{digits}f}"


def interval(estimate: Estimate, digits: int = 2) -> str:
    """This function will write an estimate with its interval for a sentence.

    Args:
        estimate: It.
        digits: After the point.

    Returns:
        For example `-10.00 (95 %: -26.40 to 6.40)`.
    """
    low = "unbounded" if estimate.low is None else said(estimate.low, digits)
    high = "unbounded" if estimate.high is None else said(estimate.high, digits)
    return f"{said(estimate.value, digits)} ({100 * estimate.level:g} %: {low} to {high})"
