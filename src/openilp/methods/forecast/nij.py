"""An entry to the Real-Time Crime Forecasting Challenge of the US National Institute of Justice (Portland, 2017).

Source: NIJ, "Real-Time Crime Forecasting Challenge" (posting of 2016, table 2, and questions and answers): a shapefile
of cells over the whole area of the Portland Police Bureau with a binary field `hotspot`; cells of 62,500 to
360,000 square feet (those at the boundary may be trimmed); 0.25 to 0.75 square miles forecast in all; five
horizons from 1 March 2017. Names of folders and files follow a winning entry (github.com/MichaelChirico/portland).
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.random import Generator

from openilp.methods.arrays import FloatArray, IntArray
from openilp.methods.drawing import bars
from openilp.methods.errors import BadValue
from openilp.methods.forecast.cells import forecast_horizons
from openilp.methods.forecast.chosen import Forecast
from openilp.methods.forecast.shapefile import write_polygons
from openilp.methods.forecast.validation import ENSEMBLE
from openilp.methods.places import Area, Plane
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence
from openilp.methods.tables import read_table

CRS = "EPSG:2913"
# The international foot; NAD83(HARN) / Oregon North (ft).
FOOT_M = 0.3048
SQUARE_MILE_FT2 = 5280.0**2
CELL_FT2 = (62_500.0, 360_000.0)
AREA_SQMI = (0.25, 0.75)
START = date(2017, 3, 1)
#: Days of each horizon from 1 March 2017: to 7, 14 and 31 March, 30 April and 31 May.
HORIZONS = {"1WK": 7, "2WK": 14, "1MO": 31, "2MO": 61, "3MO": 92}
#: Folder of the entry, file of the record, and the part of the file's name.
CATEGORIES = {
    "Burg": "crimes_bur_train_to_2017-02-28.parquet",
    "TOA": "crimes_veh_train_to_2017-02-28.parquet",
}
DISTRICTS = "portland_police_districts.gpkg"

NOT_ENTERED = Sentence(
    "not_entered",
    "No forecast for street crimes and all calls: their only records at hand are two months that end five months "
    "before the start.",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One shapefile of the submission.

    Attributes:
        category: `Burg` or `TOA` (theft of auto).
        horizon: `1WK` … `3MO`.
        file: Path of the `.shp` below the folder of the submission.
        n_cells: Cells forecast to be hot.
        area_sqmi: Their area, trimmed at the boundary.
        hit_rate: On past windows of the same length, with its interval.
        pai: The same.
        pei_star: The same.
        best_baseline: The trivial baseline that found most there.
        baseline_hit_rate: Its hit rate.
        verdict: The forecast beside that baseline, in words.
    """

    category: str
    horizon: str
    file: str
    n_cells: int
    area_sqmi: float
    hit_rate: Estimate
    pai: Estimate
    pei_star: Estimate
    best_baseline: str
    baseline_hit_rate: Estimate
    verdict: Sentence


@dataclass(frozen=True, slots=True)
class Submission(Result):
    """What was written, and how well the same procedure told the windows before.

    Attributes:
        entries: One for each category and horizon.
        cell_ft: Side of a cell in feet.
        n: Events in the records.
        method: How it was computed.
        cautions: What the reader must know.
    """

    entries: tuple[Entry, ...]
    cell_ft: float
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say the answer in one sentence."""
        better = sum(entry.verdict.code == "better" for entry in self.entries)
        return Sentence(
            "submission",
            "%(n)s shapefiles written; on past windows %(better)s of them were better than the best trivial baseline "
            "by more than luck.",
            {"n": str(len(self.entries)), "better": str(better)},
        )

    def plot(self) -> Plot:
        """This function will draw the prediction accuracy index of each entry on past windows."""
        return bars(
            "PAI on past windows",
            [f"{entry.category} {entry.horizon}" for entry in self.entries],
            [entry.pai.value or 0.0 for entry in self.entries],
            x_name="entry",
            y_name="PAI",
            low=[entry.pai.low or 0.0 for entry in self.entries],
            high=[entry.pai.high or 0.0 for entry in self.entries],
        )


def nij_submission(
    folder: Path,
    out: Path,
    *,
    team: str = "OPENILP",
    cell_ft: float = 250.0,
    area_sqmi: float = 0.25,
    horizons: tuple[str, ...] = tuple(HORIZONS),
    categories: tuple[str, ...] = tuple(CATEGORIES),
    rng: Generator,
) -> Submission:
    """This function will train on Portland up to February 2017 and write an entry to the NIJ challenge.

    Question:
        What would this library have entered, by the challenge's own rules?

    Assumptions:
        The folder holds the records of burglary and theft of auto and the police districts.

    Traps:
        PAI favours the smallest allowed area and small cells; PEI* favours large ones. Compare entries of the
        same cells and area only. A week has about twenty burglaries: most entries of a week hit none.

    Args:
        folder: Where the records and the districts lie.
        out: Where to write; made when absent.
        team: Begins the names of the files.
        cell_ft: Side of a cell in feet: 250 to 600.
        area_sqmi: Area to forecast in square miles: 0.25 to 0.75.
        horizons: Some of the five.
        categories: Some of the two.
        rng: Random generator.

    Returns:
        The files with their scores on past windows beside the best trivial baseline.

    Raises:
        BadValue: If cell, area, horizon or category break the rules.
        UnreadableFile: If a file is absent.
        NoForecast: If a record is too thin.

    Oracle:
        `test_forecast_nij.py`: the rules (cell and total area, cover, names, fields, system) hold in what was written.

    Cost:
        Some minutes with cells of 600 feet, about fifteen with cells of 250.

    Not for:
        Another city: use `forecast_cells`.

    Source:
        NIJ, Real-Time Crime Forecasting Challenge (2016-2017), table 2.
    """
    _check(cell_ft, area_sqmi, horizons, categories)
    plane = Plane(CRS)
    area = read_table(folder / DISTRICTS).area(plane)
    entries: list[Entry] = []
    n = 0
    for category in categories:
        table = read_table(folder / CATEGORIES[category])
        places = table.places("x_coordina", "y_coordina", crs=CRS)
        cells = np.ceil(area_sqmi * SQUARE_MILE_FT2 / cell_ft**2)
        made = forecast_horizons(
            places,
            table.times("occ_date"),
            horizons=[HORIZONS[name] for name in horizons],
            # A tenth more, because cells at the boundary are trimmed.
            area_ha=float(np.ceil(1.1 * cells) * (cell_ft * FOOT_M) ** 2 / 1e4),
            cell_m=cell_ft * FOOT_M,
            area=area,
            start=START,
            rng=rng,
        )
        n += len(table)
        for name, forecast in zip(horizons, made, strict=True):
            entries.append(_write(forecast, area, out, team, category, name, area_sqmi))
    return Submission(
        tuple(entries),
        cell_ft,
        n,
        Sentence(
            "nij_entry",
            "Trained on %(n)s events up to 28 February 2017, cells of %(side)s feet, %(area)s square miles "
            "for each entry.",
            {"n": str(n), "side": f"{cell_ft:g}", "area": f"{area_sqmi:g}"},
        ),
        (NOT_ENTERED, *made[0].cautions),
    )


def _check(cell_ft: float, area_sqmi: float, horizons: tuple[str, ...], categories: tuple[str, ...]) -> None:
    if not CELL_FT2[0] <= cell_ft**2 <= CELL_FT2[1]:
        raise BadValue("cell_ft", cell_ft, "the challenge allows squares of 250 to 600 feet")
    if not AREA_SQMI[0] <= area_sqmi <= AREA_SQMI[1]:
        raise BadValue("area_sqmi", area_sqmi, "the challenge allows 0.25 to 0.75 square miles")
    for name, chosen, known in (("horizon", horizons, HORIZONS), ("category", categories, CATEGORIES)):
        for one in chosen:
            if one not in known:
                raise BadValue(name, one, f"use some of {', '.join(known)}")


def _write(
    forecast: Forecast, area: Area, out: Path, team: str, category: str, horizon: str, area_sqmi: float
) -> Entry:
    lattice = forecast.lattice
    numbers = np.flatnonzero(lattice.inside)
    shapes = shapely.intersection(shapely.polygons(lattice.boxes(numbers)), area.geometry)
    covered = shapely.area(shapes) / FOOT_M**2
    # A touch without area is no cell.
    kept = covered > 1.0
    numbers, covered = numbers[kept], covered[kept]
    hot = _hot(forecast.cell, numbers, covered, area_sqmi)
    feet = shapely.transform(shapes[kept], lambda xy: xy / FOOT_M)
    path = out / category / horizon / f"{team}_{category.upper()}_{horizon}.shp"
    path.parent.mkdir(parents=True, exist_ok=True)
    columns: dict[str, Any] = {
        "id": np.arange(1, numbers.size + 1),
        "hotspot": hot.astype(np.int64),
        "area": covered,
    }
    write_polygons(path, feet.tolist(), columns, wkt=pyproj.CRS(CRS).to_wkt("WKT1_ESRI"))
    validation = forecast.validation
    score, base = validation.scores[ENSEMBLE], validation.scores[validation.best_baseline]
    return Entry(
        category,
        horizon,
        path.relative_to(out).as_posix(),
        int(hot.sum()),
        float(covered[hot].sum() / SQUARE_MILE_FT2),
        score.hit_rate,
        score.pai,
        score.pei_star,
        validation.best_baseline,
        base.hit_rate,
        validation.advantage.verdict,
    )


def _hot(ranked: IntArray, numbers: IntArray, covered: FloatArray, area_sqmi: float) -> Any:
    """Return which cells are hot: in order of rank, until the wanted area is reached."""
    place = np.searchsorted(numbers, ranked)
    there = (place < numbers.size) & (numbers[np.minimum(place, numbers.size - 1)] == ranked)
    order = place[there]
    reached = np.cumsum(covered[order]) >= area_sqmi * SQUARE_MILE_FT2 * (1 - 1e-9)
    if not reached.any():
        raise BadValue("area_sqmi", area_sqmi, "too many cells are trimmed; choose larger cells")
    hot = np.zeros(numbers.size, dtype=np.bool_)
    hot[order[: int(np.argmax(reached)) + 1]] = True
    return hot
