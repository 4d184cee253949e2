"""Why there is no forecast: data too thin to check one on."""

import math
from datetime import date

import numpy as np

from openilp.methods.arrays import BoolArray
from openilp.methods.errors import BadValue, MethodError
from openilp.methods.forecast.history import History
from openilp.methods.forecast.learning import Replay
from openilp.methods.forecast.validation import FEWEST_WINDOWS

# Below this the weights of the mixture are noise, and the three baselines cannot be told apart.
FEWEST_EVENTS = 100
FEWEST_REPLAYED = 30
# A silence that an unbroken record would show once in twenty thousand times: exp(-10).
SILENT_EVENTS = 10.0


class NoForecast(MethodError):
    """The data are too thin for a forecast that could be checked."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"No forecast: {reason}.")


def check_request(history: History, days: int, area_ha: float, level: float) -> None:
    """This function will refuse a forecast that makes no sense, or of too few events.

    Args:
        history: The events.
        days: Length of the forecast.
        area_ha: Area to choose.
        level: Coverage of the intervals.

    Raises:
        BadValue: If a parameter is out of range.
        NoForecast: If fewer than 100 events have place and date.
    """
    if days < 1 or days != int(days):
        raise BadValue("days", days, "give a whole number of days above 0")
    if not (math.isfinite(area_ha) and area_ha > 0):
        raise BadValue("area_ha", area_ha, "give the area to choose in hectares, for example 65")
    if not 0 < level < 1:
        raise BadValue("level", level, "use a coverage between 0 and 1, for example 0.95")
    if len(history) < FEWEST_EVENTS:
        raise NoForecast(
            f"there are {len(history)} events with place and date, and at least {FEWEST_EVENTS} are needed; "
            "take a longer period, a wider area or a broader type of event"
        )


def refuse_silence(history: History, start: date | None) -> None:
    """This function will refuse a forecast from a record that ends long before it.

    Args:
        history: The events.
        start: First day of the forecast; None for the day after the last event.

    Raises:
        NoForecast: If the days between would hold more than ten events.
    """
    if start is None:
        return
    last = float(history.day[-1])
    silent = history.end_day - math.floor(last) - 1
    rate = len(history) / max(math.floor(last) + 1 - history.first_day, 1)
    if silent * rate > SILENT_EVENTS:
        raise NoForecast(
            f"the record holds nothing in the {silent} days before {np.datetime64(history.end_day, 'D')}, where about "
            f"{silent * rate:.0f} events were to be expected; give the record up to the start, or an earlier start"
        )


def refuse_thin(replay: Replay, inside: BoolArray) -> None:
    """This function will refuse a forecast that could not be checked on the past.

    Args:
        replay: The past, window by window.
        inside: (n,) whether an event lies in the study area.

    Raises:
        NoForecast: If fewer than 100 events lie there, or fewer than four windows are left.
    """
    if inside.sum() < FEWEST_EVENTS:
        raise NoForecast(
            f"{inside.sum()} events lie in the study area, and at least {FEWEST_EVENTS} are needed; "
            "check the boundary, or take a longer period"
        )
    windows = len(replay.starts(replay.history.end_day, FEWEST_WINDOWS))
    if windows < FEWEST_WINDOWS:
        raise NoForecast(
            f"the record of {replay.history.days} days leaves {windows} past windows of {replay.stride} days to check "
            f"it on, and at least {FEWEST_WINDOWS} are needed; choose a shorter horizon or a longer record"
        )
