"""Fairness of data, products and forecasts, from a terminal."""

import json
from pathlib import Path

import click
import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray

from openilp.cli.methods.documents import is_json
from openilp.cli.methods.shared import method, numbers_option, seed_option
from openilp.methods.arrays import FloatArray
from openilp.methods.errors import BadValue, UnreadableFile
from openilp.methods.fairness import Areas, DisparateImpact, Feedback, disparate_impact, simulate_feedback
from openilp.methods.fairness.areas import covered_shares
from openilp.methods.places import LOCAL, WORLD, Area, Plane
from openilp.methods.tables import Table, read_table

_PATH = click.Path(path_type=Path)


@method("fairness")
@click.argument("file", type=_PATH)
@click.option("--layer", help="layer of a GeoPackage with more than one")
@click.option("--groups", required=True, metavar="COLUMNS", help="people of each group, such as pop_a,pop_b")
@click.option("--selected", metavar="COLUMN", help="what an area gets: 1 or 0, a share, or hours")
@click.option("--cells", type=_PATH, help="a forecast's cells: an area gets the share that they cover")
@click.option("--expected", metavar="COLUMN", help="events expected")
@click.option("--observed", metavar="COLUMN", help="events recorded; with --expected gives calibration")
@click.option("--reported", metavar="COLUMN", help="offences reported by the public")
@click.option("--discovered", metavar="COLUMN", help="offences discovered; with --reported gives feedback")
@click.option(
    "--threshold", default=0.8, show_default=True, help="disparity of exposure that is called unequal"
)
@click.option("--rounds", default=1000, show_default=True, help="rounds of the feedback simulation")
@click.option("--level", default=0.95, show_default=True, help="coverage of the intervals")
@seed_option
def fairness(
    file: Path,
    layer: str | None,
    groups: str,
    selected: str | None,
    cells: Path | None,
    expected: str | None,
    observed: str | None,
    reported: str | None,
    discovered: str | None,
    threshold: float,
    rounds: int,
    level: float,
    rng: Generator,
) -> DisparateImpact:
    """Say on whom attention falls, from FILE with one row per area (CSV, JSON rows, GeoJSON …)."""
    table = _table(file, layer)
    if (selected is None) == (cells is None):
        raise click.UsageError("Give either --selected, a column of FILE, or --cells, a forecast.")
    attention = table.amounts(selected) if selected else _covered(table, cells)
    names = [name.strip() for name in groups.split(",")]
    columns = {
        name: None if column is None else table.amounts(column)
        for name, column in {
            "expected": expected,
            "observed": observed,
            "reported": reported,
            "discovered": discovered,
        }.items()
    }
    return disparate_impact(
        Areas(attention, {name: table.amounts(name) for name in names}),
        **columns,
        threshold=threshold,
        rounds=rounds,
        level=level,
        rng=rng,
    )


@method("feedback")
@click.option("--discovered", required=True, help="probability that a patrol discovers, by area: 0.3,0.1")
@click.option("--reported", help="probability that an area reports in a round: 0.2,0.1")
@click.option("--start", help="recorded incidents to begin with: 1,1")
@click.option("--rounds", default=1000, show_default=True, help="rounds to play")
@click.option("--runs", default=200, show_default=True, help="urns to play")
@click.option("--corrected", is_flag=True, help="down-weight what patrols discover where they are sent often")
@click.option("--weight", default=1.0, show_default=True, help="of a reported beside a discovered incident")
@seed_option
def feedback(
    discovered: str,
    reported: str | None,
    start: str | None,
    rounds: int,
    runs: int,
    corrected: bool,
    weight: float,
    rng: Generator,
) -> Feedback:
    """Play a forecast that learns from what its own patrols discover."""
    return simulate_feedback(
        numbers_option(discovered),
        reported=None if reported is None else numbers_option(reported),
        start=None if start is None else numbers_option(start),
        rounds=rounds,
        runs=runs,
        corrected=corrected,
        reported_weight=weight,
        rng=rng,
    )


def _table(file: Path, layer: str | None) -> Table:
    """Read a table; a JSON document may also be rows, or columns by name."""
    if not is_json(file) or not file.is_file():
        return read_table(file, layer=layer)
    try:
        found = json.loads(file.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, ValueError) as error:
        raise UnreadableFile(file, f"is no JSON ({error})", "look at the file, or export it again") from error
    if isinstance(found, list) and found and all(isinstance(row, dict) for row in found):
        return read_table({name: [row.get(name) for row in found] for name in found[0]})
    if isinstance(found, dict) and "type" not in found:
        return read_table(found)
    return read_table(file)


def _covered(table: Table, cells: Path | None) -> FloatArray:
    """Return the share of each area that a forecast's cells cover."""
    if table.geometry is None:
        raise BadValue("areas", table.source, "give areas with polygons, or say what each gets (--selected)")
    chosen = read_table(cells)
    if chosen.geometry is None:
        raise BadValue("cells", chosen.source, "give the GeoJSON that forecast wrote")
    corners = shapely.get_coordinates(chosen.geometry)
    degrees = chosen.crs == WORLD
    plane = Plane.local(corners[:, 0], corners[:, 1]) if degrees else Plane(chosen.crs or LOCAL)
    return covered_shares(
        _on(plane, table.geometry, table.crs or plane.crs),
        _on(plane, chosen.geometry, chosen.crs or plane.crs),
    )


def _on(plane: Plane, shapes: NDArray[np.object_], crs: str) -> NDArray[np.object_]:
    return np.array([Area.measured(shape, crs=crs, plane=plane).geometry for shape in shapes], dtype=object)


COMMANDS: tuple[click.Command, ...] = (fairness, feedback)
