"""A forecast that was written to a file, beside what happened."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.random import Generator

from openilp.methods.arrays import BoolArray, FloatArray, IntArray
from openilp.methods.errors import BadValue, UnreadableFile
from openilp.methods.forecast.lattice import Lattice, lattice_of
from openilp.methods.forecast.scores import Advantage, Score, compare_choices, score_cells
from openilp.methods.places import Area, Places, Plane
from openilp.methods.record import as_record
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence

OUTSIDE_AREA = Sentence("outside_area", "%(n)s events lie outside the study area and are not counted.")
OUTSIDE_TIME = Sentence(
    "outside_time", "%(n)s events lie outside the time of the forecast and are not counted."
)
NO_WINDOW = Sentence(
    "no_window", "No dates were given, so every event counts, whenever it was; give the column of dates."
)
NO_BASELINES = Sentence(
    "no_baselines",
    "The file names no trivial baselines, so nothing says whether a spreadsheet had done as well.",
)


@dataclass(frozen=True, slots=True)
class CellFile:
    """The chosen cells of a file, and what it says about the area that they were chosen from.

    Attributes:
        chosen: (k,) positions in the study area's cells, in order of rank.
        lattice: The cells.
        plane: What they are measured on.
        baselines: Positions chosen by each trivial baseline.
        past: (k,) events of the record in the chosen cells, or None.
        past_total: Events of the record.
        start: First day, or None.
        days: Length, or None.
        study_area_ha: Area chosen from, where the file does not say which cells it holds.
    """

    chosen: IntArray
    lattice: Lattice
    plane: Plane
    baselines: Mapping[str, IntArray]
    past: FloatArray | None = None
    past_total: int = 0
    start: np.datetime64 | None = None
    days: int | None = None
    study_area_ha: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome(Result):
    """What a forecast was worth once its time had passed.

    Attributes:
        score: The measures of the chosen cells.
        baselines: The same of each trivial baseline, on the same cells, area and events.
        advantage: The forecast beside the best of them; None when the file names none.
        n: Events counted.
        method: How it was computed.
        cautions: What the reader must know.
    """

    score: Score
    baselines: Mapping[str, Score]
    advantage: Advantage | None
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say the answer in one sentence."""
        said = self.score.finding
        if self.advantage is None:
            return said
        facts = {"score": str(said), "verdict": str(self.advantage.verdict)}
        return Sentence("score_and_verdict", "%(score)s %(verdict)s", facts)

    def plot(self) -> Plot:
        """This function will draw the capture curve."""
        return self.score.plot()

    def to_dict(self) -> dict[str, Any]:
        """This function will return the measures as numbers, each with `_low` and `_high`."""
        return {
            **_flat(self.score),
            "baselines": {name: _flat(score) for name, score in self.baselines.items()},
            "advantage": as_record(self.advantage),
            "capture": as_record(self.score.capture),
            "method": as_record(self.method),
            "cautions": as_record(self.cautions),
            "finding": as_record(self.finding),
        }


def _flat(score: Score) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name in ("hit_rate", "pai", "pei_star", "rri"):
        estimate: Estimate | None = getattr(score, name)
        flat[name] = None if estimate is None else estimate.value
        flat[f"{name}_low"] = None if estimate is None else estimate.low
        flat[f"{name}_high"] = None if estimate is None else estimate.high
    rest = ("n", "total", "most", "n_cells", "area_ha", "study_area_ha")
    return flat | {name: getattr(score, name) for name in rest}


def read_cells(
    path: Path, places: Places, *, area: Area | None = None, study_area_ha: float | None = None
) -> CellFile:
    """Read the cells of a forecast: our own GeoJSON, or equal squares of anybody's.

    Args:
        path: A GeoJSON FeatureCollection; its features are the chosen cells in order of rank.
        places: The events that will be counted.
        area: The study area, for a file that does not state it.
        study_area_ha: The size of the study area, where its boundary is not at hand.

    Raises:
        UnreadableFile: If it is no GeoJSON of cells.
        BadValue: If the cells are not equal squares, or nothing says how large the study area is.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        features = found["features"]
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise UnreadableFile(path, "is no GeoJSON of cells", "give the file that forecast wrote") from error
    if not features:
        raise BadValue("cells", path.name, "give a file with at least one cell")
    if "lattice" not in found:
        return _squares(features, places, area, study_area_ha)
    lattice = lattice_of(found["lattice"])
    place = np.cumsum(lattice.inside) - 1
    properties = [feature["properties"] for feature in features]
    return CellFile(
        chosen=place[[each["cell"] for each in properties]],
        lattice=lattice,
        plane=Plane(found["plane"]),
        baselines={name: place[np.asarray(cells)] for name, cells in found["baselines"].items()},
        past=np.array([each["past"] for each in properties], dtype=float),
        past_total=found["past_total"],
        start=np.datetime64(found["start"], "D"),
        days=found["days"],
    )


def _squares(features: Any, places: Places, area: Area | None, study_area_ha: float | None) -> CellFile:
    """Take equal squares whose file says nothing about the study area."""
    if area is None and study_area_ha is None:
        raise BadValue(
            "study area",
            "not stated in the file",
            "give its boundary (--mask) or its size (--study-area-ha): PAI is a share of it",
        )
    bounds = np.array([shapely.geometry.shape(feature["geometry"]).bounds for feature in features])
    sides = np.concatenate([bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]])
    cell = float(np.median(sides))
    apart = (bounds[:, :2] - bounds[0, :2]) / cell
    if np.ptp(sides) > 1e-3 * cell or np.abs(apart - np.round(apart)).max() > 1e-2:
        raise BadValue(
            "cells", "of different sizes or lattices", "give equal squares of one lattice, in metres"
        )
    corners = np.concatenate([bounds[:, :2], bounds[:, 2:], _extent(places, area)])
    steps = np.ceil((bounds[0, :2] - corners.min(axis=0)) / cell - 1e-6)
    origin = bounds[0, :2] - steps * cell
    nx, ny = (int(n) for n in np.floor((corners.max(axis=0) - origin) / cell + 1e-6) + 1)
    inside = np.ones(nx * ny, dtype=np.bool_)
    lattice = Lattice(float(origin[0]), float(origin[1]), cell, nx, ny, inside)
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2
    chosen = lattice.cell_of(middle[:, 0], middle[:, 1])
    size = study_area_ha if study_area_ha is not None or area is None else area.geometry.area / 1e4
    return CellFile(chosen, lattice, places.plane, {}, study_area_ha=size)


def _extent(places: Places, area: Area | None) -> FloatArray:
    if area is None:
        return np.stack([places.x, places.y], axis=1)
    west, south, east, north = area.geometry.bounds
    return np.array([[west, south], [east, north]])


def score_forecast(
    cells: CellFile,
    places: Places,
    when: Any = None,
    *,
    area: Area | None = None,
    level: float = 0.95,
    rng: Generator,
) -> Outcome:
    """This function will score the cells of a forecast once its time has passed.

    Question:
        How many of the events fell into the chosen cells, and would a spreadsheet have done as well?

    Assumptions:
        The events are complete for the time of the forecast, and of the type that it was made for.

    Traps:
        Patrols sent to the cells record more there, which looks like a good forecast; and prevent some,
        which looks like a bad one. Score against reported events only.

    Args:
        cells: The file of the forecast.
        places: n events.
        when: (n,) their dates; events outside the time of the forecast are not counted.
        area: The study area, for a file that does not state it: only events inside count.
        level: Coverage of the intervals.
        rng: Random generator of the bootstrap.

    Returns:
        Hit rate, PAI, PEI* and RRI with intervals, the same of the three trivial baselines, and whether the
        forecast was better than the best of them.

    Raises:
        TooFew: If no event is left to count.
        BadValue: If a level lies outside its range.

    Oracle:
        `test_forecast_outcome.py`: cells and events laid out by hand.

    Cost:
        One pass over the events; 2,000 draws over the cells with events.

    Not for:
        Forecasts of different areas.

    Source:
        As `score_cells`.
    """
    places = places.on(cells.plane)
    held, cautions = _counted(cells, places, when, area)
    x, y = places.x[held], places.y[held]
    everything = cells.lattice.counts(x, y)[cells.lattice.inside]
    outside = int(held.sum() - everything.sum())
    if outside:
        cautions += (Sentence(OUTSIDE_AREA.code, OUTSIDE_AREA.template, {"n": str(outside)}),)
    scored = partial(
        score_cells,
        counts=everything,
        cell_ha=cells.lattice.cell_ha,
        study_area_ha=cells.study_area_ha,
        level=level,
        rng=rng,
    )
    score = scored(cells.chosen, past=_past(cells, everything.size))
    baselines = {name: scored(row) for name, row in cells.baselines.items()}
    advantage = None
    if baselines:
        best = max(baselines, key=lambda name: baselines[name].n)
        advantage = compare_choices(
            [cells.chosen], [cells.baselines[best]], [everything], level=level, rng=rng
        )
    else:
        cautions += (NO_BASELINES,)
    return Outcome(score, baselines, advantage, score.total, score.method, (*cautions, *score.cautions))


def _past(cells: CellFile, n: int) -> FloatArray | None:
    """Return counts of the record that are right in the chosen cells and in total."""
    if cells.past is None or cells.past.sum() >= cells.past_total or cells.chosen.size >= n:
        return None
    past = np.zeros(n)
    past[cells.chosen] = cells.past
    elsewhere = np.setdiff1d(np.arange(n), cells.chosen)[0]
    past[elsewhere] = cells.past_total - cells.past.sum()
    return past


def _counted(
    cells: CellFile, places: Places, when: Any, area: Area | None
) -> tuple[BoolArray, tuple[Sentence, ...]]:
    held = places.located.copy()
    if area is not None and cells.study_area_ha is not None:
        held &= np.asarray(shapely.contains_xy(area.geometry, places.x, places.y), dtype=np.bool_)
    if when is None or cells.start is None or cells.days is None:
        return held, (NO_WINDOW,)
    day = np.asarray(when).astype("datetime64[D]")
    inside = (day >= cells.start) & (day < cells.start + np.timedelta64(cells.days, "D"))
    outside = int((held & ~inside).sum())
    said = Sentence(OUTSIDE_TIME.code, OUTSIDE_TIME.template, {"n": str(outside)})
    return held & inside, ((said,) if outside else ())
