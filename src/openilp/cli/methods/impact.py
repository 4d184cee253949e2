"""Impact of a measure, from a terminal."""

from collections.abc import Callable
from pathlib import Path

import click
import numpy as np

from openilp.cli.methods.panels import label_by_area, one, read_areas, read_panel
from openilp.cli.methods.shared import (
    Command,
    Where,
    cautioned,
    date_options,
    method,
    numbers_option,
    place_options,
    placed_and_dated,
    seed_option,
    table_argument,
)
from openilp.methods.arrays import FloatArray, IntArray, TimeArray
from openilp.methods.errors import BadRows, BadValue, TooFew
from openilp.methods.impact import (
    cost_per_unit,
    difference_in_differences,
    e_test,
    interrupted_series,
    monitor,
    power_before_starting,
    spillover_rings,
    synthetic_control,
    weighted_displacement_difference,
    weighted_displacement_quotient,
)
from openilp.methods.result import Result
from openilp.methods.tables import Table, read_table

_PATH = click.Path(path_type=Path)
_FILE = click.argument("file", type=_PATH)


def level_option(default: float = 0.95) -> Callable[[Command], Command]:
    """Add --level with its default."""
    return click.option("--level", default=default, show_default=True, help="coverage of the interval")


@method("wdd")
@_FILE
@level_option()
@click.option("--cost", type=float, help="give the cost of each prevented event or unit of harm instead")
def wdd(file: Path, level: float, cost: float | None) -> Result:
    """How many events, or how much harm, did a measure prevent, what moved included?

    FILE is a table with area (treated, control, treated_displacement, control_displacement), before, after and if
    wanted weight; or JSON: {"treated": [20, 10], "control": [20, 20]}.
    """
    areas = read_areas(file)
    found = weighted_displacement_difference(
        treated=areas["treated"],
        control=areas["control"],
        treated_displacement=areas.get("treated_displacement"),
        control_displacement=areas.get("control_displacement"),
        level=level,
    )
    return found if cost is None else cost_per_unit(cost, found.difference)


@method("wdq")
@_FILE
@level_option(0.9)
@seed_option
def wdq(file: Path, level: float, rng: np.random.Generator) -> Result:
    """Did crime move next door, or did the benefit spread there?

    FILE is a table with area (treated, control, treated_displacement, control_displacement), before, after and if
    wanted weight; or JSON: {"treated": [20, 10], "control": [20, 20]}.
    """
    areas = read_areas(file)
    return weighted_displacement_quotient(
        treated=one(areas, "treated"),
        surroundings=one(areas, "treated_displacement"),
        control=one(areas, "control"),
        rng=rng,
        level=level,
    )


@method("e-test")
@click.argument("first", type=int)
@click.argument("second", type=int)
@click.option(
    "--exposure-first", default=1.0, show_default=True, help="length, area or population behind FIRST"
)
@click.option("--exposure-second", default=1.0, show_default=True, help="the same behind SECOND")
@level_option()
def e_test_command(
    first: int, second: int, exposure_first: float, exposure_second: float, level: float
) -> Result:
    """Is the difference between two counts, FIRST and SECOND, more than chance?"""
    return e_test(first, second, exposure_first=exposure_first, exposure_second=exposure_second, level=level)


@method("power")
@click.option("--treated", type=float, required=True, help="events expected before, in the place")
@click.option("--control", type=float, required=True, help="events expected before, in the comparison area")
@click.option("--reduction", type=float, required=True, help="share that is hoped to be prevented")
@click.option(
    "--dispersion", default=1.0, show_default=True, help="variance of such counts over that of chance"
)
@click.option("--wanted", default=0.8, show_default=True, help="probability with which to find it")
@level_option()
def power(
    treated: float, control: float, reduction: float, dispersion: float, wanted: float, level: float
) -> Result:
    """If the measure prevents the share that we hope for, would our evaluation notice?"""
    return power_before_starting(
        treated=treated,
        control=control,
        reduction=reduction,
        dispersion=dispersion,
        wanted=wanted,
        level=level,
    )


@method("its")
@table_argument
@click.option("--count", metavar="COLUMN", required=True, help="events by period, in order; empty is a gap")
@click.option("--start", required=True, help="first period with the measure (of --period), or its row number")
@click.option("--period", metavar="COLUMN", help="labels of the periods")
@click.option("--control", metavar="COLUMN", help="events in a series out of reach of the measure")
@click.option("--exposure", metavar="COLUMN", help="length of each period, such as its days")
@click.option("--season", type=int, help="periods in a year, such as 12 or 52")
@click.option("--bend/--no-bend", default=True, show_default=True, help="whether the trend may change too")
@level_option()
def its(
    table: Table,
    count: str,
    start: str,
    period: str | None,
    control: str | None,
    exposure: str | None,
    season: int | None,
    bend: bool,
    level: float,
) -> Result:
    """Did a series change its level or trend when a measure started, beyond season and control?"""
    return interrupted_series(
        table.amounts(count),
        _start(table, period, start),
        control=None if control is None else table.amounts(control),
        exposure=None if exposure is None else table.amounts(exposure),
        season=season,
        bend=bend,
        level=level,
    )


def _start(table: Table, period: str | None, start: str) -> int:
    if period is None:
        if not start.isdigit() or not 1 <= int(start) <= len(table):
            raise BadValue(
                "start", repr(start), f"give a row number from 1 to {len(table)}, or name --period"
            )
        return int(start) - 1
    labels = table.texts(period)
    _refuse_unordered(table, period, labels)
    if start not in labels:
        raise BadValue("start", repr(start), f"use a period from {labels[0]} to {labels[-1]}")
    return labels.index(start)


def _refuse_unordered(table: Table, period: str, labels: list[str | None]) -> None:
    lacking = [at for at, label in enumerate(labels) if not label]
    seen = [at for at, label in enumerate(labels) if label and label in labels[:at]]
    for rows, remedy in ((lacking, "name every period"), (seen, "give each period once, in order")):
        if rows:
            raise BadRows(period, tuple(rows), table.rows(rows), labels[rows[0]], remedy)
    if not labels:
        raise TooFew("periods", 0, 1)


def _filled(table: Table, column: str) -> FloatArray:
    values = table.amounts(column)
    if (lacking := np.flatnonzero(np.isnan(values))).size:
        raise BadRows(
            column, tuple(lacking.tolist()), table.rows(lacking), None, "give a number in every row"
        )
    return values


_area = click.option("--area", metavar="COLUMN", default="area", show_default=True, help="name of the area")
_period = click.option(
    "--period",
    metavar="COLUMN",
    default="period",
    show_default=True,
    help="label of the period; labels sort in time, such as 2024-03",
)
_count = click.option("--count", metavar="COLUMN", default="count", show_default=True, help="events")


@method("did")
@table_argument
@_area
@_period
@_count
@click.option("--start", metavar="COLUMN", default="start", show_default=True,
              help="first period with the measure in that area; empty is never")  # fmt: skip
@click.option(
    "--nearby", metavar="COLUMN", help="first period in which crime may have moved there; empty is never"
)
@click.option("--leads", default=3, show_default=True, help="periods before the start to test for no effect")
@click.option("--draws", default=499, show_default=True, help="how often the starts are dealt anew")
@level_option()
@seed_option
def did(
    table: Table,
    area: str,
    period: str,
    count: str,
    start: str,
    nearby: str | None,
    leads: int,
    draws: int,
    level: float,
    rng: np.random.Generator,
) -> Result:
    """Did areas change beyond the others once the measure reached them, at different times?

    FILE has one row for each area and period; a missing row is a gap.
    """
    panel = read_panel(table, area, period, count)
    return difference_in_differences(
        panel.counts,
        label_by_area(table, panel, area, start),
        nearby=label_by_area(table, panel, area, nearby),
        names=panel.areas,
        leads=leads,
        draws=draws,
        level=level,
        rng=rng,
    )


@method("synthetic-control")
@table_argument
@_area
@_period
@_count
@click.option("--treated", metavar="NAME", required=True, help="the area with the measure")
@click.option("--start", required=True, help="first period with the measure")
@click.option("--ridge", default=0.0, show_default=True, help="correction of what the mixture misses before")
@level_option(0.9)
def synthetic_control_command(
    table: Table,
    area: str,
    period: str,
    count: str,
    treated: str,
    start: str,
    ridge: float,
    level: float,
) -> Result:
    """What would the one treated area have looked like, going by areas that moved like it before?

    FILE has one row for each area and period.
    """
    panel = read_panel(table, area, period, count)
    if treated not in panel.areas:
        raise BadValue("treated", repr(treated), f"use one of {', '.join(panel.areas)}")
    own = panel.areas.index(treated)
    return synthetic_control(
        panel.counts[own],
        np.delete(panel.counts, own, axis=0),
        panel.position(start, "start"),
        names=[name for name in panel.areas if name != treated],
        ridge=ridge,
        level=level,
    )


@method("monitor")
@table_argument
@click.option("--observed", metavar="COLUMN", default="observed", show_default=True, help="events by period")
@click.option("--expected", metavar="COLUMN", default="expected", show_default=True, help="events expected")
@click.option(
    "--dispersion", default=1.0, show_default=True, help="variance of such counts over that of chance"
)
@level_option()
def monitor_command(table: Table, observed: str, expected: str, dispersion: float, level: float) -> Result:
    """May we say, this week already, that the measure has changed something?"""
    return monitor(
        _filled(table, observed),
        _filled(table, expected),
        dispersion=dispersion,
        level=level,
    )


@method("rings")
@table_argument
@click.argument("sites", type=_PATH)
@place_options
@date_options
@click.option("--start", required=True, metavar="DATE", help="first day with the measure")
@click.option(
    "--edges", default="100,300,600,1000", show_default=True, help="outer ends of the rings in metres"
)
@click.option("--days", default=28, show_default=True, type=click.IntRange(min=1), help="days in a period")
@level_option()
def rings(
    table: Table,
    sites: Path,
    where: Where,
    date: str,
    layout: str | None,
    start: str,
    edges: str,
    days: int,
    level: float,
) -> Result:
    """Did crime move to the streets around the measure, or did the benefit reach them?

    FILE holds the events, SITES the places of the measure, with the same columns for x and y.
    """
    places, times, _, said = placed_and_dated(table, where, date, layout)
    period, first = _periods(times, start, days)
    kept = period >= 0
    found = spillover_rings(
        places.only(kept),
        period[kept],
        where.places(read_table(sites)),
        start=first,
        edges_m=numbers_option(edges),
        level=level,
    )
    return cautioned(found, said)


def _periods(times: TimeArray, start: str, days: int) -> tuple[IntArray, int]:
    """Cut time into whole periods on both sides of a day; -1 is a part of one at either end."""
    try:
        day = np.datetime64(start, "D")
    except ValueError as error:
        raise BadValue("start", repr(start), "give a date as 2024-03-31") from error
    if len(times) == 0:
        raise TooFew("events with place and date", 0, 1)
    since = (times.astype("datetime64[D]") - day).astype(np.int64)
    before, after = -since.min() // days, (since.max() + 1) // days
    if min(before, after) < 1:
        raise TooFew(
            f"whole periods of {days} days on each side of {day}", max(int(min(before, after)), 0), 1
        )
    period = since // days + before
    return np.where((period >= 0) & (period < before + after), period, -1), int(before)


COMMANDS: tuple[click.Command, ...] = (
    wdd,
    wdq,
    e_test_command,
    power,
    its,
    did,
    synthetic_control_command,
    monitor_command,
    rings,
)
