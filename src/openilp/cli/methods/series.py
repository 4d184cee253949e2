"""Near repeats, hours, trends, repeats and linked cases, from a terminal."""

import functools
from collections.abc import Callable
from typing import Any, get_args

import click
import numpy as np

from openilp.cli.methods.linkage import link_cases_command
from openilp.cli.methods.shared import (
    Command,
    Where,
    cautioned,
    date_options,
    method,
    now,
    numbers_option,
    place_options,
    placed_and_dated,
    seed_option,
    table_argument,
)
from openilp.methods.arrays import TimeArray
from openilp.methods.doubts import doubled, odd_dates
from openilp.methods.persons import refuse_persons
from openilp.methods.result import Result
from openilp.methods.sentence import Sentence
from openilp.methods.series import (
    aoristic,
    change_points,
    exceptional_counts,
    mantel,
    monthly_trend,
    near_repeat,
    repeats,
    season,
)
from openilp.methods.series.counts import Unit
from openilp.methods.series.intervals import LongRule
from openilp.methods.series.permute import Within
from openilp.methods.series.trend import month_column
from openilp.methods.tables import Table, missing

layout_option = click.option("--date-format", "layout", help="how dates are laid out, such as %d/%m/%Y")
within_option = click.option(
    "--within",
    type=click.Choice(get_args(Within)),
    default="all",
    show_default=True,
    help="exchange times only among events of the same month, weekday …",
)
unit_option = click.option(
    "--unit", type=click.Choice(get_args(Unit)), default="week", show_default=True, help="what to count by"
)
gap_option = click.option(
    "--gap", "gaps", multiple=True, help="a month (2024-07) or day without data; may be repeated"
)


def cover_options(function: Command) -> Command:
    """Add --first, --last and --gap: what time the data cover."""

    @click.option("--first", help="first day that the data cover (default: that of the first event)")
    @click.option("--last", help="last day that they cover")
    @gap_option
    @functools.wraps(function)
    def command(**options: Any) -> Any:
        return function(**options)

    return command


def permutations_option(number: int) -> Callable[[Command], Command]:
    """Add --permutations with its default."""
    return click.option(
        "--permutations",
        type=click.IntRange(min=1),
        default=number,
        show_default=True,
        help="orders of the times to draw",
    )


@method("near-repeat")
@table_argument
@place_options
@date_options
@click.option(
    "--space", default="0,100,200,400", show_default=True, help="edges of the bands of distance, in metres"
)
@click.option(
    "--time",
    default="0,7,14,28",
    show_default=True,
    help="edges of the bands of delay, in days; inf is allowed",
)
@click.option(
    "--metric",
    type=click.Choice(["manhattan", "euclidean"]),
    default="manhattan",
    show_default=True,
    help="distance",
)
@click.option(
    "--closed",
    type=click.Choice(["left", "right"]),
    default="left",
    show_default=True,
    help="[a, b) or (a, b]",
)
@permutations_option(999)
@within_option
@click.option("--mid-p", is_flag=True, help="count a permutation equal to the observed as one half")
@click.option("--snapped", is_flag=True, help="places are snapped to shared points: refuse distance 0")
@seed_option
def near_repeat_command(
    table: Table, where: Where, date: str, layout: str | None, space: str, time: str, **options: Any
) -> Result:
    """Do more events follow nearby and soon than by chance?"""
    places, times, _, said = placed_and_dated(table, where, date, layout)
    found = near_repeat(places, times, space=numbers_option(space), time=numbers_option(time), **options)
    return cautioned(found, said)


@method("mantel")
@table_argument
@place_options
@date_options
@click.option(
    "--scale",
    type=click.Choice(["reciprocal", "linear"]),
    default="reciprocal",
    show_default=True,
    help="of both",
)
@click.option(
    "--offset-m", type=float, default=100.0, show_default=True, help="added to distances, in metres"
)
@click.option("--offset-days", type=float, default=1.0, show_default=True, help="added to delays, in days")
@click.option(
    "--metric",
    type=click.Choice(["manhattan", "euclidean"]),
    default="euclidean",
    show_default=True,
    help="distance",
)
@permutations_option(999)
@within_option
@seed_option
def mantel_command(table: Table, where: Where, date: str, layout: str | None, **options: Any) -> Result:
    """Do distance and delay go together over all pairs?"""
    places, times, _, said = placed_and_dated(table, where, date, layout)
    return cautioned(mantel(places, times, **options), said)


@method("aoristic")
@table_argument
@click.option(
    "--start", metavar="COLUMN", required=True, help="earliest time of the event, by the local clock"
)
@click.option("--end", metavar="COLUMN", required=True, help="latest time of the event")
@layout_option
@click.option("--longest-h", type=float, help="intervals longer than so many hours fall under --long")
@click.option(
    "--long",
    "long_rule",
    type=click.Choice(get_args(LongRule)),
    default="leave_out",
    show_default=True,
    help="leave long intervals out, or keep their first or last hours",
)
@click.option("--end-optional", is_flag=True, help="a missing end means that the start is the time itself")
def aoristic_command(table: Table, start: str, end: str, layout: str | None, **options: Any) -> Result:
    """At which hours and on which days do crimes happen that nobody saw?"""
    begin = table.times(start, layout=layout, latest=now())
    found = aoristic(begin, table.times(end, layout=layout, latest=now()), **options)
    return cautioned(found, (*doubled(table), *odd_dates(table, begin)))


@method("trend")
@table_argument
@date_options
@click.option("--level", type=float, default=0.95, show_default=True, help="coverage of the interval")
@click.option("--first", help="first month that the data cover (2023-01)")
@click.option("--last", help="last month that they cover")
@gap_option
def trend_command(table: Table, date: str, layout: str | None, **options: Any) -> Result:
    """Do events become more or fewer from year to year, season apart?"""
    times, said = dated(table, date, layout)
    return cautioned(monthly_trend(times, **options), said)


@method("season")
@table_argument
@date_options
@unit_option
@click.option(
    "--cycle", type=click.IntRange(min=2), help="units in a season (default: 7 days, 52 weeks, 12 months)"
)
@click.option(
    "--seasonal-window", type=int, default=7, show_default=True, help="cycles that share a season's shape"
)
@click.option("--robust", is_flag=True, help="keep exceptional counts from bending trend and season")
@cover_options
def season_command(table: Table, date: str, layout: str | None, **options: Any) -> Result:
    """What comes back every year, and what moves underneath?"""
    times, said = dated(table, date, layout)
    return cautioned(season(times, **options), said)


@method("change-points")
@table_argument
@date_options
@unit_option
@click.option(
    "--false-alarm",
    type=float,
    default=0.05,
    show_default=True,
    help="chance of any change in a steady series",
)
@click.option("--penalty", type=float, help="gain that a change must bring, instead of --false-alarm")
@click.option("--seasonal/--no-season", default=True, show_default=True, help="take a season out first")
@cover_options
@seed_option
def change_points_command(table: Table, date: str, layout: str | None, **options: Any) -> Result:
    """When did the rate of events change, and by how much?"""
    times, said = dated(table, date, layout)
    return cautioned(change_points(times, **options), said)


@method("exceptional")
@table_argument
@date_options
@unit_option
@click.option(
    "--watch", type=click.IntRange(min=1), default=4, show_default=True, help="how many last units to judge"
)
@click.option("--level", type=float, default=0.95, show_default=True, help="coverage of the expected range")
@cover_options
def exceptional_command(table: Table, date: str, layout: str | None, **options: Any) -> Result:
    """Are the last counts out of the ordinary?"""
    times, said = dated(table, date, layout)
    return cautioned(exceptional_counts(times, **options), said)


@method("repeats")
@table_argument
@place_options
@click.option("--place", metavar="COLUMN", help="name of the place (an address) instead of coordinates")
@date_options
@click.option("--horizons", default="7,14,30,90,180,365", show_default=True, help="delays in days")
@click.option("--until", help="last day of the record (default: that of the last event)")
@permutations_option(199)
@within_option
@seed_option
def repeats_command(
    table: Table,
    where: Where,
    place: str | None,
    date: str,
    layout: str | None,
    horizons: str,
    until: str | None,
    **options: Any,
) -> Result:
    """How many places are hit again, and how soon?"""
    options |= {
        "horizons": numbers_option(horizons),
        "until": None if until is None else np.datetime64(until),
    }
    if place is None:
        places, times, _, said = placed_and_dated(table, where, date, layout)
        return cautioned(repeats(places, times, **options), said)
    refuse_persons([place], "repeats are of places: name a column of addresses")
    times, said = dated(table, date, layout, keep_missing=True)
    return cautioned(repeats(table.texts(place), times, **options), said)


def dated(
    table: Table, date: str, layout: str | None, *, keep_missing: bool = False
) -> tuple[TimeArray, tuple[Sentence, ...]]:
    """Return the times of the rows that have one, and a caution that names the others."""
    texts = table.texts(date)
    if layout is None and any(texts) and all(len(text) == len("2024-05") for text in texts if text):
        times = month_column(date, texts)
    else:
        times = table.times(date, layout=layout, latest=now())
    whole, said = missing(table, date=times)
    said = (*said, *(doubled(table) if len(table.columns) > 1 else ()), *odd_dates(table, times))
    return (times, said) if keep_missing else (times[whole], said)


COMMANDS: tuple[click.Command, ...] = (
    near_repeat_command,
    mantel_command,
    aoristic_command,
    trend_command,
    season_command,
    change_points_command,
    exceptional_command,
    repeats_command,
    link_cases_command,
)
