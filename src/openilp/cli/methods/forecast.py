"""Forecasts of places, and their scores, from a terminal."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
import numpy as np
import shapely
from numpy.random import Generator

from openilp.cli.methods.shared import (
    Where,
    date_options,
    mask_option,
    method,
    now,
    place_options,
    placed,
    placed_and_dated,
    seed_option,
    table_argument,
)
from openilp.methods.fairness import Areas, DisparateImpact, disparate_impact
from openilp.methods.fairness.areas import covered_shares
from openilp.methods.forecast import (
    Forecast,
    Outcome,
    forecast_cells,
    score_forecast,
)
from openilp.methods.forecast.chosen import in_degrees
from openilp.methods.forecast.nij import CATEGORIES, HORIZONS, Submission, nij_submission
from openilp.methods.forecast.outcome import read_cells
from openilp.methods.persons import refuse_persons
from openilp.methods.places import Area
from openilp.methods.tables import Table, read_table

_PATH = click.Path(path_type=Path)
_DAY = click.DateTime(formats=["%Y-%m-%d"])


class Horizon(click.ParamType[int]):
    """A number of days such as 7d or 31d."""

    name = "horizon"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the days."""
        text = str(value).lower().removesuffix("d")
        if not text.isdecimal() or not 1 <= int(text) <= 366:
            self.fail(f"'{value}' is no number of days such as 7d, 14d, 31d, 61d or 92d", param, ctx)
        return int(text)


date_option = click.option("--date", metavar="COLUMN", help="dates or local times of the events")
layout_option = click.option("--date-format", "layout", help="how the dates are laid out, such as %d/%m/%Y")
level_option = click.option("--level", default=0.95, show_default=True, help="coverage of the intervals")


@method("forecast")
@table_argument
@place_options
@date_options
@click.option("--horizon", type=Horizon(), required=True, help="days to look ahead: 7d, 14d, 31d, 61d, 92d …")
@click.option("--area-ha", type=float, required=True, help="area to choose, in hectares")
@click.option("--cell", type=float, required=True, help="side of a cell in metres")
@click.option("--start", type=_DAY, help="first day (default: the day after the last event)")
@mask_option
@click.option("--areas", type=_PATH, help="polygons with people by group: attaches the report on fairness")
@click.option("--groups", metavar="COLUMNS", help="people of each group in --areas, such as pop_a,pop_b")
@level_option
@seed_option
def forecast(
    table: Table,
    where: Where,
    date: str,
    layout: str | None,
    horizon: int,
    area_ha: float,
    cell: float,
    start: datetime | None,
    mask: Table | None,
    areas: Path | None,
    groups: str | None,
    level: float,
    rng: Generator,
) -> Forecast:
    """Choose the cells likeliest to see the next events; --json writes them as GeoJSON."""
    refuse_persons(table.columns)
    places, times, _, said = placed_and_dated(table, where, date, layout)
    found = forecast_cells(
        places,
        times,
        days=horizon,
        area_ha=area_ha,
        cell_m=cell,
        area=None if mask is None else mask.area(places.plane),
        start=None if start is None else start.date(),
        level=level,
        rng=rng,
    )
    crs = in_degrees(places.plane, where.crs or table.crs)
    return replace(
        found,
        crs=crs,
        cautions=(*said, *found.cautions),
        fairness=None if areas is None else _fairness(found, read_table(areas), groups, level, rng),
    )


def _fairness(
    found: Forecast, areas: Table, groups: str | None, level: float, rng: Generator
) -> DisparateImpact:
    """Return the report on whom the chosen cells fall."""
    if areas.geometry is None or groups is None:
        raise click.UsageError("--areas needs polygons, and --groups the columns of people in them.")
    crs = areas.crs or found.plane.crs
    shapes = [Area.measured(shape, crs=crs, plane=found.plane).geometry for shape in areas.geometry]
    cells = shapely.polygons(found.lattice.boxes(found.cell))
    people = {name.strip(): areas.numbers(name.strip()) for name in groups.split(",")}
    attention = covered_shares(np.array(shapes, dtype=object), cells)
    return disparate_impact(Areas(attention, people), level=level, rng=rng)


@method("forecast-score")
@click.argument("cells", type=_PATH)
@table_argument
@place_options
@date_option
@layout_option
@mask_option
@click.option("--study-area-ha", type=float, help="size of the study area, for cells of another origin")
@level_option
@seed_option
def forecast_score(
    cells: Path,
    table: Table,
    where: Where,
    date: str | None,
    layout: str | None,
    mask: Table | None,
    study_area_ha: float | None,
    level: float,
    rng: Generator,
) -> Outcome:
    """Say what chosen cells were worth: CELLS is what forecast wrote, FILE is what happened."""
    refuse_persons(table.columns)
    places, whole, said = placed(table, where)
    area = None if mask is None else mask.area(places.plane)
    chosen = read_cells(cells, places, area=area, study_area_ha=study_area_ha)
    when = None if date is None else table.times(date, layout=layout, latest=now())[np.flatnonzero(whole)]
    found = score_forecast(chosen, places, when, area=area, level=level, rng=rng)
    return replace(found, cautions=(*said, *found.cautions))


@method("forecast-nij")
@click.argument("folder", type=_PATH)
@click.argument("out", type=_PATH)
@click.option("--team", default="OPENILP", show_default=True, help="begins the names of the files")
@click.option("--cell-ft", default=250.0, show_default=True, help="side of a cell in feet, 250 to 600")
@click.option("--area-sqmi", default=0.25, show_default=True, help="area to forecast, 0.25 to 0.75")
@click.option(
    "--horizon", "horizons", multiple=True, type=click.Choice(list(HORIZONS)), help="only these horizons"
)
@click.option(
    "--category",
    "categories",
    multiple=True,
    type=click.Choice(list(CATEGORIES)),
    help="only these categories",
)
@seed_option
def forecast_nij(
    folder: Path,
    out: Path,
    team: str,
    cell_ft: float,
    area_sqmi: float,
    horizons: tuple[str, ...],
    categories: tuple[str, ...],
    rng: Generator,
) -> Submission:
    """Write an entry to the NIJ forecasting challenge of 2017 from FOLDER (portland_nij) into OUT."""
    return nij_submission(
        folder,
        out,
        team=team,
        cell_ft=cell_ft,
        area_sqmi=area_sqmi,
        horizons=horizons or tuple(HORIZONS),
        categories=categories or tuple(CATEGORIES),
        rng=rng,
    )


COMMANDS: tuple[click.Command, ...] = (forecast, forecast_score, forecast_nij)
