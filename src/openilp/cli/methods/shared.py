"""What the commands of all methods share: files in, options of places and dates, results out.

A method is added in four steps. (1) In `openilp.methods.<family>`: a function that takes arrays, `Places` or a
`Table`, and returns a frozen dataclass that inherits `openilp.methods.result.Result`. (2) In the family's module
here, a function that reads the options and returns that result:

    @method("kde")
    @table_argument
    @place_options
    @click.option("--bandwidth", type=float, required=True, help="…")
    def kde(table: Table, where: Where, bandwidth: float) -> Result:
        "Say in one line what question it answers."

(3) Its name in the tuple COMMANDS. (4) Tests, and a line in docs/how-to/use-a-method.md where it is of interest.
`method` adds `--json` and `--svg`; an error of the library ends the command with one line and the status 2.
"""

import functools
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import click
import numpy as np

from openilp.methods.arrays import BoolArray, TimeArray
from openilp.methods.doubts import doubled, far, odd_dates
from openilp.methods.errors import MethodError
from openilp.methods.places import Places
from openilp.methods.result import Result
from openilp.methods.sentence import Sentence
from openilp.methods.tables import Table, missing, read_table

Command = Callable[..., Any]
R = TypeVar("R", bound=Result)
_PATH = click.Path(path_type=Path)


@dataclass(frozen=True)
class Where:
    """The options that say where the rows of a table lie."""

    x: str | None
    y: str | None
    crs: str | None
    project: str | None

    def places(self, table: Table) -> Places:
        """Return the places of a table's rows, in metres; unknown where the table has nothing."""
        return table.places(self.x, self.y, crs=self.crs, project=self.project)


class Refused(click.ClickException):
    """The library cannot give an honest answer; its words say why."""

    exit_code = 2


class MethodCommand(click.Command):
    """A command whose refusals by the library are one line and the status 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except MethodError as error:
            raise Refused(str(error)) from error


def method(name: str) -> Callable[[Command], click.Command]:
    """Make a command of a function that returns a Result, and show, write and draw what it returns."""

    def decorate(function: Command) -> click.Command:
        @click.command(name, cls=MethodCommand)
        @click.option(
            "--json", "json_out", metavar="OUT", help="write the result to this file; - for the screen"
        )
        @click.option("--svg", "svg_out", metavar="OUT", help="draw the result into this file")
        @functools.wraps(function)
        def command(*, json_out: str | None, svg_out: str | None, **options: Any) -> None:
            show(function(**options), json_out, svg_out)

        return command

    return decorate


def show(result: Result, json_out: str | None, svg_out: str | None) -> None:
    """Say a result in words (on standard error when the screen takes the JSON), and write its files."""
    click.echo(result.in_words(), err=json_out == "-")
    if json_out is not None:
        write(json_out, json.dumps(result.to_dict(), allow_nan=False, ensure_ascii=False) + "\n")
    if svg_out is not None:
        write(svg_out, result.plot().svg)


def write(out: str, text: str) -> None:
    """Write a text to a file, or to the screen for `-`."""
    if out == "-":
        sys.stdout.write(text)
    else:
        Path(out).write_text(text, encoding="utf-8")


def table_argument(function: Command) -> Command:
    """Add FILE, and give the function its `table`."""

    @click.argument("file", type=_PATH)
    @click.option("--layer", help="layer of a GeoPackage with more than one")
    @functools.wraps(function)
    def command(*, file: Path, layer: str | None, **options: Any) -> Any:
        return function(table=read_table(file, layer=layer), **options)

    return command


def place_options(function: Command) -> Command:
    """Add --x, --y, --crs and --project, and give the function `where`."""

    @click.option("--x", metavar="COLUMN", help="eastings or longitudes (default: the file's points)")
    @click.option("--y", metavar="COLUMN", help="northings or latitudes")
    @click.option("--crs", help="what x and y are in, such as EPSG:4326; local-metres for plain metres")
    @click.option(
        "--project", help="metric projection to measure in, such as EPSG:32630; auto takes one that fits"
    )
    @functools.wraps(function)
    def command(*, x: str | None, y: str | None, crs: str | None, project: str | None, **options: Any) -> Any:
        return function(where=Where(x, y, crs, project), **options)

    return command


def date_options(function: Command) -> Command:
    """Add --date and --date-format, and give the function `date` and `layout`."""

    @click.option("--date", metavar="COLUMN", required=True, help="date or local time of the event")
    @click.option("--date-format", "layout", help="how dates are laid out, such as %d/%m/%Y")
    @functools.wraps(function)
    def command(**options: Any) -> Any:
        return function(**options)

    return command


def mask_option(function: Command) -> Command:
    """Add --mask, and give the function `mask`, a Table of polygons or None."""

    @click.option("--mask", type=_PATH, help="polygons of the study area (GeoJSON, GeoPackage, GeoParquet)")
    @functools.wraps(function)
    def command(*, mask: Path | None, **options: Any) -> Any:
        return function(mask=None if mask is None else read_table(mask), **options)

    return command


def seed_option(function: Command) -> Command:
    """Add --seed, and give the function `rng`."""

    @click.option(
        "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="seed of the random numbers"
    )
    @functools.wraps(function)
    def command(*, seed: int, **options: Any) -> Any:
        return function(rng=np.random.default_rng(seed), **options)

    return command


def numbers_option(text: str) -> tuple[float, ...]:
    """Read numbers divided by commas.

    Raises:
        click.BadParameter: If one is none.
    """
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise click.BadParameter(f"'{text}' is no list of numbers such as 0,100,200") from error


def now() -> np.datetime64:
    """Return what the earliest clock of the globe (UTC+14) shows: nothing that is recorded happened later."""
    return np.datetime64("now") + np.timedelta64(14, "h")


def placed(table: Table, where: Where) -> tuple[Places, BoolArray, tuple[Sentence, ...]]:
    """Return the known places, which rows they are of, and cautions that name the other rows and what looks wrong."""
    places = where.places(table)
    whole, said = missing(table, place=places.x)
    return places.only(whole), whole, (*said, *doubled(table), *far(table, places))


def placed_and_dated(
    table: Table, where: Where, date: str, layout: str | None = None
) -> tuple[Places, TimeArray, BoolArray, tuple[Sentence, ...]]:
    """Return places and times of the rows that have both, which rows they are, and cautions on rows."""
    places, times = where.places(table), table.times(date, layout=layout, latest=now())
    whole, said = missing(table, place=places.x, date=times)
    doubts = (*doubled(table), *far(table, places), *odd_dates(table, times))
    return places.only(whole), times[whole], whole, (*said, *doubts)


def cautioned(result: R, more: tuple[Sentence, ...]) -> R:
    """Return a result with further cautions, those about the rows of its file first."""
    return replace(result, cautions=(*more, *result.cautions))  # type: ignore[type-var]  # a dataclass
