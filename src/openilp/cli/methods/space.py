"""Where: density, hot spots and risk, from a terminal."""

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np

from openilp.cli.methods.shared import (
    Command,
    Where,
    cautioned,
    mask_option,
    method,
    now,
    numbers_option,
    place_options,
    placed,
    seed_option,
    table_argument,
    write,
)
from openilp.methods.arrays import BoolArray, FloatArray
from openilp.methods.errors import UnknownColumn, UnknownType
from openilp.methods.large import count_pairs, grid_counts
from openilp.methods.large.counts import Columns
from openilp.methods.persons import refuse_persons
from openilp.methods.places import Places
from openilp.methods.result import Result
from openilp.methods.sentence import Sentence
from openilp.methods.series.bands import Bands, Closed
from openilp.methods.series.pairs import Metric
from openilp.methods.space.bandwidth import adaptive, diggle, likelihood, scott, snapping_error
from openilp.methods.space.counts import Possible
from openilp.methods.space.density import density
from openilp.methods.space.grid import Grid
from openilp.methods.space.hexagons import hot_hexagons
from openilp.methods.space.hot_spots import hot_spots
from openilp.methods.space.moran import local_moran
from openilp.methods.space.risk_terrain import risk_terrain
from openilp.methods.space.sensitivity import cell_sensitivity
from openilp.methods.space.street_density import street_density
from openilp.methods.space.streets import Streets
from openilp.methods.tables import Table, left_out, read_table

RULES = {"scott": scott, "likelihood": likelihood, "diggle": diggle}
Weigh = Callable[[Table, BoolArray], tuple[FloatArray | None, tuple[Sentence, ...]]]
snapped_option = click.option(
    "--snapped", is_flag=True, help="the places are shared points, as those of police.uk"
)

possible_option = click.option(
    "--possible",
    type=click.Choice(["rectangle", "events"]),
    default="rectangle",
    show_default=True,
    help="without --mask: test every cell of the rectangle, or those with events and around them",
)
rate_option = click.option(
    "--rate", type=float, default=0.05, show_default=True, help="share of false finds among the cells found"
)


def weight_options(function: Command) -> Command:
    """Add --weight, --harm and --category, and give the function `weigh`: weights of rows, and cautions."""

    @click.option("--weight", metavar="COLUMN", help="weight of each row, 0 or more, such as days of harm")
    @click.option(
        "--harm", type=click.Path(path_type=Path), help="file whose last two columns are category and weight"
    )
    @click.option("--category", metavar="COLUMN", help="category of each row, for --harm")
    @functools.wraps(function)
    def command(*, weight: str | None, harm: Path | None, category: str | None, **options: Any) -> Any:
        if (harm is None) != (category is None) or (harm is not None and weight is not None):
            raise click.UsageError("Give --weight, or --harm together with --category, or none of them.")

        def weigh(table: Table, whole: BoolArray) -> tuple[FloatArray | None, tuple[Sentence, ...]]:
            if weight is not None:
                weights = table.amounts(weight)
            elif harm is not None and category is not None:
                weights = _by_category(table, category, read_table(harm))
            else:
                return None, ()
            lacking = np.flatnonzero(whole & np.isnan(weights))
            said = (left_out(table, "have no weight", lacking),) if lacking.size else ()
            return weights[whole], said

        return function(weigh=weigh, **options)

    return command


def _by_category(table: Table, category: str, scale: Table) -> FloatArray:
    """Return each row's weight; NaN where its category stands in the scale without one.

    Raises:
        UnknownType: If a category does not stand in the scale.
    """
    if len(scale.columns) < 2:
        raise UnknownColumn("weight", scale.source, scale.columns)
    names = [name or "" for name in scale.texts(scale.columns[-2])]
    days = dict(zip(names, scale.amounts(scale.columns[-1]).tolist(), strict=True))
    found = [name or "" for name in table.texts(category)]
    if unknown := sorted(set(found) - set(days)):
        raise UnknownType(category, unknown[0], tuple(days))
    return np.array([days[name] for name in found])


@method("kde")
@table_argument
@place_options
@mask_option
@click.option(
    "--bandwidth",
    default="likelihood",
    show_default=True,
    metavar="M|RULE",
    help="standard deviation of the Gaussian in metres, or scott, likelihood or diggle",
)
@click.option("--adaptive", "is_adaptive", is_flag=True, help="shorter where events are dense (Abramson)")
@click.option("--cell", type=float, required=True, metavar="M", help="side of a cell in metres")
@weight_options
@snapped_option
@click.option(
    "--tolerance", type=float, default=1e-6, show_default=True, help="error allowed, as a share of the peak"
)
def kde(
    table: Table,
    where: Where,
    weigh: Weigh,
    mask: Table | None,
    bandwidth: str,
    is_adaptive: bool,
    cell: float,
    snapped: bool,
    tolerance: float,
) -> Result:
    """Where do events lie densest? Density per square metre on a grid, south to north.

    With --mask the density stays inside the area, its edge corrected for; without, the grid reaches 4 bandwidths
    beyond the events. With --snapped each event is spread over the surroundings of its shared point.
    """
    places, whole, said = placed(table, where)
    weights, unweighed = weigh(table, whole)
    metres = _bandwidth(places, bandwidth)
    result = density(
        places,
        bandwidth_m=adaptive(places, pilot_m=metres) if is_adaptive else metres,
        cell_m=cell,
        weights=weights,
        area=None if mask is None else mask.area(places.plane),
        location_error_m=snapping_error(places) if snapped else 0.0,
        relative_tolerance=tolerance,
        snapped=snapped,
    )
    return cautioned(result, (*said, *unweighed))


def _bandwidth(places: Places, text: str) -> float:
    if text in RULES:
        return RULES[text](places).bandwidth_m
    try:
        return float(text)
    except ValueError as error:
        raise click.BadParameter(
            f"'{text}' is neither a length in metres nor one of {', '.join(RULES)}"
        ) from error


@method("hotspots")
@table_argument
@place_options
@mask_option
@click.option("--cell", type=float, required=True, metavar="M", help="side of a cell in metres")
@possible_option
@click.option(
    "--origin",
    type=click.Choice(["round", "events"]),
    default="round",
    show_default=True,
    help="without --mask: cells begin at multiples of their side, or at the lowest coordinates",
)
@click.option(
    "--reach", type=click.IntRange(1), default=1, show_default=True, help="cells on each side of the window"
)
@click.option(
    "--rate", type=float, default=0.05, show_default=True, help="share of false finds among the hot cells"
)
@click.option(
    "--permutations",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="p by so many permutations instead of the normal law",
)
@seed_option
@weight_options
@snapped_option
@click.option("--geojson", metavar="OUT", help="write the listed cells in longitude and latitude")
@click.option(
    "--at-least", type=click.IntRange(0), default=0, show_default=True, help="list cells with so many events"
)
def hotspots(
    table: Table,
    where: Where,
    weigh: Weigh,
    mask: Table | None,
    cell: float,
    possible: str,
    origin: str,
    reach: int,
    rate: float,
    permutations: int,
    rng: np.random.Generator,
    snapped: bool,
    geojson: str | None,
    at_least: int,
) -> Result:
    """Which cells hold more events than chance explains? Getis-Ord Gi* with control of false finds.

    A cell is hot when z > 0 and q is at most the rate. Weights turn the map of counts into one of harm.
    """
    places, whole, said = placed(table, where)
    weights, unweighed = weigh(table, whole)
    result = hot_spots(
        places,
        cell_m=cell,
        weights=weights,
        possible=_possible(mask, places, possible),
        reach=reach,
        false_discovery=rate,
        minimum_count=at_least,
        snapped=snapped,
        grid=_lowest(places, cell, possible) if origin == "events" and mask is None else None,
        draws=permutations,
        rng=rng if permutations else None,
    )
    if geojson is not None:
        write(geojson, json.dumps(result.geojson(), allow_nan=False) + "\n")
    return cautioned(result, (*said, *unweighed))


def _lowest(places: Places, cell: float, possible: str) -> Grid:
    margin = cell if possible == "events" else 0.0
    return Grid.over(places.plane, places.x, places.y, cell_m=cell, margin_m=margin, snapped_to_cell=False)


def _possible(mask: Table | None, places: Places, possible: str) -> Possible:
    if mask is not None:
        return mask.area(places.plane)
    return "rectangle" if possible == "rectangle" else None


@method("local-moran")
@table_argument
@place_options
@mask_option
@click.option("--cell", type=float, required=True, metavar="M", help="side of a cell in metres")
@possible_option
@rate_option
@click.option(
    "--permutations", type=click.IntRange(1), default=99_999, show_default=True, help="random draws"
)
@seed_option
@weight_options
@snapped_option
def moran(
    table: Table,
    where: Where,
    weigh: Weigh,
    mask: Table | None,
    cell: float,
    possible: str,
    rate: float,
    permutations: int,
    rng: np.random.Generator,
    snapped: bool,
) -> Result:
    """Which cells lie high among high ones, and which stand out from their neighbours?"""
    places, whole, said = placed(table, where)
    weights, unweighed = weigh(table, whole)
    result = local_moran(
        places,
        cell_m=cell,
        rng=rng,
        weights=weights,
        possible=_possible(mask, places, possible),
        draws=permutations,
        false_discovery=rate,
        snapped=snapped,
    )
    return cautioned(result, (*said, *unweighed))


@method("hexagons")
@table_argument
@place_options
@mask_option
@click.option(
    "--resolution", type=click.IntRange(0, 15), default=9, show_default=True, help="H3; 9 is about 200 m"
)
@rate_option
@weight_options
@click.option("--geojson", metavar="OUT", help="write the hexagons in longitude and latitude")
def hexagons(
    table: Table,
    where: Where,
    weigh: Weigh,
    mask: Table | None,
    resolution: int,
    rate: float,
    geojson: str | None,
) -> Result:
    """Which H3 hexagons hold more events than chance explains?"""
    places, whole, said = placed(table, where)
    weights, unweighed = weigh(table, whole)
    result = hot_hexagons(
        places,
        resolution=resolution,
        weights=weights,
        area=None if mask is None else mask.area(places.plane),
        false_discovery=rate,
    )
    if geojson is not None:
        write(geojson, json.dumps(result.geojson(), allow_nan=False) + "\n")
    return cautioned(result, (*said, *unweighed))


@method("cell-sensitivity")
@table_argument
@place_options
@mask_option
@click.option(
    "--cells", default="150,250,400", show_default=True, metavar="M,M,…", help="sides of cells in metres"
)
@click.option(
    "--shifts", type=click.IntRange(1, 10), default=2, show_default=True, help="steps of each grid per axis"
)
@possible_option
@rate_option
@weight_options
def sensitivity(
    table: Table,
    where: Where,
    weigh: Weigh,
    mask: Table | None,
    cells: str,
    shifts: int,
    possible: str,
    rate: float,
) -> Result:
    """Which hot spots stay when the cells change size and place?"""
    places, whole, said = placed(table, where)
    weights, unweighed = weigh(table, whole)
    result = cell_sensitivity(
        places,
        cells_m=numbers_option(cells),
        shifts=shifts,
        weights=weights,
        possible=_possible(mask, places, possible),
        false_discovery=rate,
    )
    return cautioned(result, (*said, *unweighed))


@method("street-kde")
@table_argument
@click.option(
    "--streets", type=click.Path(path_type=Path), required=True, help="lines that meet at their ends only"
)
@place_options
@click.option(
    "--bandwidth", type=float, default=300.0, show_default=True, metavar="M", help="reach along the streets"
)
@click.option(
    "--piece", type=float, default=25.0, show_default=True, metavar="M", help="longest piece of street"
)
@click.option(
    "--within", type=float, default=100.0, show_default=True, metavar="M", help="farthest event from a street"
)
@weight_options
@snapped_option
def street_kde(
    table: Table,
    streets: Path,
    where: Where,
    weigh: Weigh,
    bandwidth: float,
    piece: float,
    within: float,
    snapped: bool,
) -> Result:
    """On which stretches of street do events gather?"""
    places, whole, said = placed(table, where)
    weights, unweighed = weigh(table, whole)
    graph = Streets.from_table(read_table(streets), plane=places.plane)
    result = street_density(
        places,
        graph,
        bandwidth_m=bandwidth,
        piece_m=piece,
        most_m=within,
        weights=weights,
        snapped=snapped,
    )
    return cautioned(result, (*said, *unweighed))


@method("risk-terrain")
@table_argument
@place_options
@mask_option
@click.option(
    "--feature",
    "features",
    multiple=True,
    required=True,
    metavar="NAME=FILE",
    help="places of a feature, in points or in the columns --x and --y; may be given several times",
)
@click.option("--cell", type=float, required=True, metavar="M", help="side of a cell in metres")
@click.option(
    "--distances", default="100,200,300", show_default=True, metavar="M,M,…", help="distances to try"
)
@possible_option
def terrain(
    table: Table,
    where: Where,
    mask: Table | None,
    features: tuple[str, ...],
    cell: float,
    distances: str,
    possible: str,
) -> Result:
    """Which features of places go with more events, and where do they come together?"""
    refuse_persons(table.columns, "a map of risk takes places only")
    places, _, said = placed(table, where)
    result = risk_terrain(
        places,
        dict(_feature(text, where) for text in features),
        cell_m=cell,
        distances_m=numbers_option(distances),
        possible=_possible(mask, places, possible),
    )
    return cautioned(result, said)


def _feature(text: str, where: Where) -> tuple[str, Places]:
    name, sign, path = text.partition("=")
    if not (name and sign and path):
        raise click.BadParameter(f"'{text}' is not NAME=FILE, such as bars=bars.gpkg")
    table = read_table(path)
    if table.geometry is not None:
        return name, table.places(crs=where.crs if table.crs is None else None, project=where.project)
    return name, where.places(table)


def large_options(function: Command) -> Command:
    """Add FILE, --x, --y, --crs and --memory, and give the function `columns` and `memory`."""

    @click.argument("file")
    @click.option("--x", required=True, metavar="COLUMN", help="metres east")
    @click.option("--y", required=True, metavar="COLUMN", help="metres north")
    @click.option("--crs", help="projected system of x and y; none for metres")
    @click.option(
        "--memory", default="2GB", show_default=True, help="what DuckDB may use; the rest goes to disk"
    )
    @functools.wraps(function)
    def command(*, file: str, x: str, y: str, crs: str | None, **options: Any) -> Any:
        return function(columns=Columns(file, x, y, options.pop("date", None), crs), **options)

    return command


@method("grid-counts")
@large_options
@click.option("--cell", type=float, required=True, metavar="M", help="side of a cell in metres")
def cells_of_large(columns: Columns, memory: str, cell: float) -> Result:
    """How many events lie in each cell? For Parquet files beyond memory; FILE may be a pattern."""
    return grid_counts(columns, cell_m=cell, memory=memory)


@method("pair-counts")
@large_options
@click.option("--date", required=True, metavar="COLUMN", help="dates or timestamps")
@click.option("--space", required=True, metavar="M,M,…", help="edges of distance in metres")
@click.option("--time", required=True, metavar="D,D,…", help="edges of delay in days")
@click.option(
    "--metric", type=click.Choice(["manhattan", "euclidean"]), default="manhattan", show_default=True
)
@click.option(
    "--closed", type=click.Choice(["left", "right"]), default="left", show_default=True, help="closed end"
)
def pairs_of_large(
    columns: Columns, memory: str, space: str, time: str, metric: Metric, closed: Closed
) -> Result:
    """How many pairs lie close in space and time? The observed near-repeat table of files beyond memory."""
    return count_pairs(
        columns,
        space=Bands(numbers_option(space), closed),
        time=Bands(numbers_option(time), closed),
        metric=metric,
        memory=memory,
        latest=now(),
    )


COMMANDS: tuple[click.Command, ...] = (
    *(kde, hotspots, moran, hexagons, sensitivity, street_kde, terrain),
    *(cells_of_large, pairs_of_large),
)
