"""Small pictures of the room: intervals on a shared scale, bars of what was spent."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from openilp.tasking import rules
from openilp.tasking.rules import Option
from openilp.tasking.selectors.evidence import Stated

WIDTH = 280
BAND_WIDTH = 400


@dataclass(frozen=True)
class Interval:
    """An interval in pixels of its picture."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class OptionRow:
    """An option with its place on the shared scale."""

    option: Option
    interval: Interval | None
    is_chosen: bool
    verdict: str = ""


@dataclass(frozen=True)
class OptionTable:
    """Options over one scale that begins at no harm prevented."""

    rows: tuple[OptionRow, ...]
    middle: float
    end: float


@dataclass(frozen=True)
class Band:
    """The band of a probability word on a scale from 0 to 100 %."""

    stated: Stated
    left: float
    width: float
    middle: float


def option_table(options: Sequence[Option], *, chosen: str = "") -> OptionTable:
    """Return options with their intervals on one scale."""
    end = rules.axis_end(options)
    rows = tuple(OptionRow(o, _interval(o, end), o.key == chosen) for o in options)
    return OptionTable(rows, end / 2, end)


def _interval(option: Option, end: float) -> Interval | None:
    if option.harm_low is None or option.harm_high is None or option.harm is None:
        return None
    low, middle, high = (
        round(max(v, 0.0) / end * WIDTH, 1) for v in (option.harm_low, option.harm, option.harm_high)
    )
    return Interval(low, middle, high)


def band(stated: Stated) -> Band:
    """Return where the band of a probability word lies."""
    left, right = stated.low * BAND_WIDTH, stated.high * BAND_WIDTH
    middle = min(max((left + right) / 2, 90), BAND_WIDTH - 90)
    return Band(stated, round(left, 1), round(right - left, 1), round(middle, 1))


@dataclass(frozen=True)
class Bar:
    """A share of a bar of 100 pixels; more than all of it is full and said in words."""

    width: float
    is_over: bool


def bar(spent: Decimal | float, planned: Decimal | float) -> Bar:
    """Return how much of what was planned is spent."""
    if not planned:
        return Bar(0.0, bool(spent))
    share = float(spent) / float(planned)
    return Bar(round(min(share, 1.0) * 100, 1), share > 1)
