"""Where the next events are to be expected: cells, beside what a spreadsheet would have chosen."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.random import Generator
from scipy.stats import t as student

from openilp.methods.arrays import BoolArray, freeze
from openilp.methods.errors import BadValue
from openilp.methods.forecast.chosen import Forecast
from openilp.methods.forecast.ensemble import BASELINES, METHODS, component_maps, mixture_weights, ranked
from openilp.methods.forecast.history import History
from openilp.methods.forecast.lattice import Lattice
from openilp.methods.forecast.learning import Replay
from openilp.methods.forecast.thin import (
    FEWEST_REPLAYED,
    NoForecast,
    check_request,
    refuse_silence,
    refuse_thin,
)
from openilp.methods.forecast.validation import Validation, quantiles, replay_windows, validate
from openilp.methods.places import Area, Places, Plane
from openilp.methods.sentence import Estimate, Sentence
from openilp.methods.space.cautions import RECORDED_ONLY

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
        check_request(history, days, area_ha, level)
    lattice = Lattice.over(history.x, history.y, cell_m=cell_m, area=None if area is None else area.geometry)
    refuse_silence(history, start)
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
    refuse_thin(replay, inside)
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
