"""Where the next events are to be expected: cells, beside what a spreadsheet would have chosen."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.random import Generator
from scipy.stats import t as student

from openilp.methods.arrays import BoolArray, FloatArray, IntArray, freeze
from openilp.methods.drawing import Line, lines
from openilp.methods.errors import BadValue, MethodError
from openilp.methods.forecast.ensemble import BASELINES, METHODS, component_maps, mixture_weights, ranked
from openilp.methods.forecast.history import History
from openilp.methods.forecast.lattice import Lattice
from openilp.methods.forecast.learning import Replay
from openilp.methods.forecast.validation import (
    ENSEMBLE,
    FEWEST_WINDOWS,
    Validation,
    quantiles,
    replay_windows,
    validate,
)
from openilp.methods.places import LOCAL, WORLD, Area, Places, Plane
from openilp.methods.record import as_record
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence
from openilp.methods.space.cautions import RECORDED_ONLY

# Below this the weights of the mixture are noise, and the three baselines cannot be told apart.
FEWEST_EVENTS = 100
FEWEST_REPLAYED = 30
# A silence that an unbroken record would show once in twenty thousand times: exp(-10).
SILENT_EVENTS = 10.0

PLACES_ONLY = Sentence(
    "places_only",
    "The forecast is about places. It says nothing about anybody found there, and gives no ground for "
    "suspicion against a person.",
)
FEEDBACK = Sentence(
    "feedback",
    "It learnt from recorded events. Where patrols record more because they were sent, the next forecast "
    "sends them again: look at the exposure of groups and leave discovered offences out (method fairness).",
)
LUCK = Sentence(
    "not_shown_better",
    "On the past windows the forecast was not shown to be better than the best of three trivial baselines "
    "(%(name)s); use the simpler one unless there is another reason.",
)
AREA_FROM_EVENTS = Sentence(
    "area_from_events",
    "No boundary was given: the study area is every cell with an event and the eight around it, and PAI is a "
    "share of that area; a boundary makes it comparable.",
)
FAILED = Sentence("component_left_out", "Component %(name)s had no forecast: %(why)s")


class NoForecast(MethodError):
    """The data are too thin for a forecast that could be checked."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"No forecast: {reason}.")


@dataclass(frozen=True, slots=True)
class Forecast(Result):
    """The chosen cells in order of rank, and how well the same procedure told the past.

    Attributes:
        start: First day of the forecast.
        days: Its length.
        cell: (k,) cell numbers, the likeliest first.
        expected: (k,) expected events.
        low: (k,) lower end of the middle 90 % of the components, by their weights.
        high: (k,) upper end.
        probability: (k,) probability of at least one event.
        past: (k,) events in the record.
        total: Events expected in the whole study area.
        baselines: The cells that each trivial baseline would choose, as many.
        weights: Share of each component in the mixture.
        validation: Scores on past windows that no weight had seen.
        lattice: The cells and the study area.
        plane: What the metres of the lattice are measured on.
        crs: System of the outlines: the plane's own, or longitude and latitude.
        n: Events in the study area.
        fairness: The report on exposure and feedback, when one was attached.
        method: How it was computed.
        cautions: What the reader must know.
    """

    start: str
    days: int
    cell: IntArray
    expected: FloatArray
    low: FloatArray
    high: FloatArray
    probability: FloatArray
    past: FloatArray
    total: Estimate
    baselines: Mapping[str, IntArray]
    weights: Mapping[str, float]
    validation: Validation
    lattice: Lattice = field(repr=False)
    plane: Plane
    crs: str
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]
    fairness: Result | None = None

    @property
    def finding(self) -> Sentence:
        """This function will say the answer in one sentence."""
        advantage = self.validation.advantage
        return Sentence(
            "forecast",
            "%(cells)s cells (%(area)s ha) for %(days)s days from %(start)s; on %(windows)s past windows they held "
            "%(hits)s of the events, the best trivial baseline (%(name)s) %(base)s. %(verdict)s",
            {
                "cells": str(self.cell.size),
                "area": f"{self.cell.size * self.lattice.cell_ha:g}",
                "days": str(self.days),
                "start": self.start,
                "windows": str(len(self.validation.starts)),
                "hits": f"{self.validation.scores[ENSEMBLE].hit_rate.value or 0:.1%}",
                "name": self.validation.best_baseline,
                "base": f"{self.validation.scores[self.validation.best_baseline].hit_rate.value or 0:.1%}",
                "verdict": str(advantage.verdict),
            },
        )

    def plot(self) -> Plot:
        """This function will draw the capture curves of the past windows."""
        shown = (ENSEMBLE, *BASELINES)
        at = np.concatenate([[0.0], self.validation.scores[ENSEMBLE].capture[:, 0]]) * 100
        curves = [
            Line(
                name,
                np.concatenate([[0.0], self.validation.scores[name].capture[:, 1]]) * 100,
                dashed=name != ENSEMBLE,
            )
            for name in shown
        ]
        return lines(
            "Share of the events captured in past windows",
            at,
            curves,
            x_name="% of the area",
            y_name="% of the events",
        )

    def outlines(self) -> FloatArray:
        """This function will return the cells' outlines in the forecast's system.

        Returns:
            (k, 5, 2) closed counter-clockwise rings.
        """
        rings = self.lattice.boxes(self.cell)
        if self.crs == self.plane.crs:
            return rings / self.plane.metres_per_unit
        lon, lat = self.plane.inverse(rings[..., 0].ravel(), rings[..., 1].ravel())
        return np.stack([lon, lat], axis=-1).reshape(rings.shape)

    def to_dict(self) -> dict[str, Any]:
        """This function will return a GeoJSON FeatureCollection; what is not about one cell stands beside it."""
        columns = ("cell", "expected", "low", "high", "probability", "past")
        features = [
            {
                "type": "Feature",
                "id": rank + 1,
                "geometry": {"type": "Polygon", "coordinates": [ring.tolist()]},
                "properties": {"rank": rank + 1}
                | {name: getattr(self, name)[rank].item() for name in columns},
            }
            for rank, ring in enumerate(self.outlines())
        ]
        kept = (
            *("start", "days", "total", "baselines", "weights", "validation", "n"),
            *("method", "cautions", "finding"),
        )
        system = {} if self.crs == WORLD else {"crs": {"type": "name", "properties": {"name": self.crs}}}
        record = {name: as_record(getattr(self, name)) for name in kept}
        record["fairness"] = None if self.fairness is None else self.fairness.to_dict()
        record["plane"] = self.plane.crs
        record["lattice"] = as_lattice_record(self.lattice)
        record["past_total"] = self.n
        return {"type": "FeatureCollection", "features": features} | record | system


def as_lattice_record(lattice: Lattice) -> dict[str, Any]:
    """Return a lattice as plain data; the study area as runs of cells (first cell, number of cells).

    Args:
        lattice: The cells.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], lattice.inside, [False]]).astype(np.int8)))
    runs = np.stack([edges[::2], edges[1::2] - edges[::2]], axis=1)
    return {name: getattr(lattice, name) for name in ("x0", "y0", "cell_m", "nx", "ny")} | {
        "inside": runs.tolist()
    }


def lattice_of(record: Mapping[str, Any]) -> Lattice:
    """Return the lattice of `as_lattice_record`.

    Args:
        record: Plain data.
    """
    inside = np.zeros(record["nx"] * record["ny"], dtype=np.bool_)
    for first, length in record["inside"]:
        inside[first : first + length] = True
    freeze(inside)
    return Lattice(**{name: record[name] for name in ("x0", "y0", "cell_m", "nx", "ny")}, inside=inside)


def forecast_cells(
    places: Places,
    when: Any,
    *,
    days: int,
    area_ha: float,
    cell_m: float,
    area: Area | None = None,
    start: date | None = None,
    level: float = 0.95,
    rng: Generator,
) -> Forecast:
    """This function will choose the cells in which the next events are most to be expected.

    Question:
        Given so much area that can be looked after, which cells are likeliest to see the next events – and
        does this beat what a spreadsheet would have chosen?

    Assumptions:
        The record is complete up to the day before the forecast; what was recorded is what happens.

    Traps:
        Recorded events follow patrols as well as crime, and a forecast that sends patrols makes its own data
        (method fairness). Small cells and small areas inflate PAI. With few events a difference between two
        methods is luck: the interval beside the best of three trivial baselines says so. The study area
        counts: without a boundary it is the cells with events and those around them.

    Args:
        places: n events in metres.
        when: (n,) their dates or local times.
        days: Length of the forecast.
        area_ha: Area to choose, in hectares.
        cell_m: Side of a cell in metres.
        area: The study area.
        start: First day of the forecast; the day after the last event when left out.
        level: Coverage of the intervals.
        rng: Random generator.

    Returns:
        The cells with their expected events, the mixture's weights, and scores on past windows beside three
        trivial baselines.

    Raises:
        NoForecast: If fewer than 100 events, fewer than four windows to replay, or fewer than 30 events in
            them are there, or the record fell silent before the start.
        BadValue: If the area is smaller than a cell or larger than the study area, or a parameter is not
            above 0.
        LengthMismatch: If the columns differ in length.

    Oracle:
        `test_forecast_cells.py`: planted hot cells are found; feet and metres, any order of rows and any shift in
        time give the same cells. Scores on Portland's last months stand in the documentation.

    Cost:
        Twelve replays of every component: about a minute for 10,000 events and 12,000 cells.

    Not for:
        Persons, ever. Rare events, new areas, or a decision that nobody reviews.

    Source:
        Cell counts, decay, densities and shrunken counts, prospective kernel, self-exciting process, Poisson
        regression and gradient boosting, mixed by stacking under a censored likelihood score; the weights
        come from windows before the one that is scored. Lesson of the NIJ challenge (2017): same cells, same
        area, simple baselines.
    """
    return forecast_horizons(
        places,
        when,
        horizons=(days,),
        area_ha=area_ha,
        cell_m=cell_m,
        area=area,
        start=start,
        level=level,
        rng=rng,
    )[0]


def forecast_horizons(
    places: Places,
    when: Any,
    *,
    horizons: Sequence[int],
    area_ha: float,
    cell_m: float,
    area: Area | None = None,
    start: date | None = None,
    level: float = 0.95,
    rng: Generator,
) -> tuple[Forecast, ...]:
    """This function will forecast several horizons at once, sharing what they have in common.

    Question:
        Which cells are likeliest to see the next events in a week, a month, a quarter?

    Assumptions:
        As `forecast_cells`.

    Traps:
        As `forecast_cells`. Cells chosen for a quarter are no choice for each of its weeks.

    Args:
        places: n events in metres.
        when: (n,) their dates or local times.
        horizons: Lengths in days.
        area_ha: Area to choose, in hectares.
        cell_m: Side of a cell in metres.
        area: The study area.
        start: First day of the forecasts; the day after the last event when left out.
        level: Coverage of the intervals.
        rng: Random generator.

    Returns:
        One forecast for each horizon, in their order.

    Raises:
        NoForecast: As `forecast_cells`, for the first horizon that has none.
        BadValue: As `forecast_cells`.
        LengthMismatch: If the columns differ in length.

    Oracle:
        `test_forecast_cells.py`: each equals the forecast of its horizon alone.

    Cost:
        Little more than the longest horizon and one month together.

    Not for:
        As `forecast_cells`.

    Source:
        As `forecast_cells`.
    """
    history = History.of(places.x, places.y, when, end=start)
    for days in horizons:
        _check(history, days, area_ha, level)
    lattice = Lattice.over(history.x, history.y, cell_m=cell_m, area=None if area is None else area.geometry)
    _refuse_silence(history, start)
    n_cells = _number(area_ha, lattice)
    # Each horizon begins with the same chance, so that its forecast does not depend on the others asked for.
    seed = int(rng.integers(2**63))
    replay = Replay(history, lattice, days=horizons[0])
    return tuple(
        _ahead(
            replay.ahead(days), n_cells, area is not None, places.plane, level, np.random.default_rng(seed)
        )
        for days in horizons
    )


def _ahead(
    replay: Replay, n_cells: int, bounded: bool, plane: Plane, level: float, rng: Generator
) -> Forecast:
    history, lattice, days = replay.history, replay.lattice, replay.days
    inside = lattice.cell_of(history.x, history.y) >= 0
    components = {**BASELINES, **METHODS}
    _refuse_thin(replay, inside)
    windows = replay_windows(components, replay, rng)
    if sum(window.counts.sum() for window in windows[: len(windows) // 2]) < FEWEST_REPLAYED:
        raise NoForecast(
            f"fewer than {FEWEST_REPLAYED} events fell into the past windows of {days} days that could score it; "
            "choose a longer horizon or a wider selection"
        )
    validation = validate(
        windows, list(components), n_cells=n_cells, cell_ha=lattice.cell_ha, days=days, level=level, rng=rng
    )
    weights = mixture_weights(windows, n_cells=n_cells)
    maps, failed = component_maps(components, replay, history.end_day, rng)
    total = _total(history, inside, replay, level)
    chosen = ranked(weights @ maps)[:n_cells]
    numbers = np.flatnonzero(lattice.inside)
    spread = quantiles(maps[:, chosen], weights, (0.05, 0.95)) * (total.value or 0.0)
    expected = (weights @ maps)[chosen] * (total.value or 0.0)
    low, high = np.minimum(spread[0], expected), np.maximum(spread[1], expected)
    freeze(expected, low, high)
    return Forecast(
        start=str(np.datetime64(history.end_day, "D")),
        days=days,
        cell=numbers[chosen],
        expected=expected,
        low=low,
        high=high,
        probability=-np.expm1(-expected),
        past=lattice.counts(history.x, history.y)[numbers[chosen]],
        total=total,
        baselines={
            name: numbers[ranked(row)[:n_cells]]
            for name, row in zip(components, maps, strict=True)
            if name in BASELINES
        },
        weights=dict(zip(components, weights.tolist(), strict=True)),
        validation=validation,
        lattice=lattice,
        plane=plane,
        crs=plane.crs,
        n=int(inside.sum()),
        method=_method(history, lattice, components, int(inside.sum())),
        cautions=(*history.cautions, *_cautions(bounded, validation, failed)),
    )


def _check(history: History, days: int, area_ha: float, level: float) -> None:
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


def _number(area_ha: float, lattice: Lattice) -> int:
    # A tolerance of a millionth, so that an area of exactly k cells is k cells in feet too.
    number = math.floor(area_ha / lattice.cell_ha * (1 + 1e-6))
    if number < 1:
        raise BadValue(
            "area_ha", area_ha, f"one cell has {lattice.cell_ha:g} ha; choose more, or smaller cells"
        )
    if number > lattice.n:
        raise BadValue(
            "area_ha", area_ha, f"the study area has {lattice.n * lattice.cell_ha:g} ha; choose less"
        )
    return number


def _refuse_silence(history: History, start: date | None) -> None:
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


def _refuse_thin(replay: Replay, inside: BoolArray) -> None:
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


def _total(history: History, inside: BoolArray, replay: Replay, level: float) -> Estimate:
    """Return the events to be expected, from the last windows of the same length, over-dispersion included."""
    number = max(3, min(12, history.days // replay.days, 364 // replay.days))
    ends = history.end_day - replay.days * np.arange(number + 1)[::-1]
    counts = np.diff(np.searchsorted(history.day[inside], ends, side="left")).astype(float)
    mean = float(counts.mean())
    dispersion = max(float(counts.var(ddof=1)) / max(mean, 1e-9), 1.0)
    reach = float(student.ppf((1 + level) / 2, number - 1)) * math.sqrt(dispersion * mean * (1 + 1 / number))
    return Estimate(mean, max(mean - reach, 0.0), mean + reach, level, int(counts.sum()))


def _method(history: History, lattice: Lattice, components: Mapping[str, Any], n: int) -> Sentence:
    return Sentence(
        "cell_forecast",
        "%(components)s forecasts mixed by how well each told the past, from %(n)s events in %(days)s days on "
        "%(cells)s cells of %(side)s m; scored on windows that no weight had seen.",
        {
            "components": str(len(components)),
            "n": str(n),
            "days": str(history.days),
            "cells": str(lattice.n),
            "side": f"{lattice.cell_m:g}",
        },
    )


def _cautions(bounded: bool, validation: Validation, failed: Mapping[str, str]) -> tuple[Sentence, ...]:
    found = [PLACES_ONLY, RECORDED_ONLY, FEEDBACK]
    if not bounded:
        found.append(AREA_FROM_EVENTS)
    if validation.advantage.verdict.code != "better":
        found.append(Sentence(LUCK.code, LUCK.template, {"name": validation.best_baseline}))
    found += [Sentence(FAILED.code, FAILED.template, {"name": n, "why": why}) for n, why in failed.items()]
    return tuple(found)


def in_degrees(plane: Plane, crs: str | None) -> str:
    """This function will say in which system cells are best written for who gave the events.

    Args:
        plane: What was measured on.
        crs: What the file's coordinates are in; None when nothing was said.

    Returns:
        The plane's own system when the file is in it, otherwise longitude and latitude.
    """
    return plane.crs if plane.is_local or crs in (None, LOCAL, plane.crs) else WORLD
