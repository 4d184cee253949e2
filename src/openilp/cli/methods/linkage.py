"""Linked cases, from a terminal."""

import json
from pathlib import Path
from typing import Any

import click
from numpy.random import Generator

from openilp.cli.methods.shared import Where, cautioned, method, now, place_options, seed_option
from openilp.methods.arrays import TimeArray
from openilp.methods.doubts import far, odd_dates
from openilp.methods.errors import BadValue, UnreadableFile
from openilp.methods.persons import refuse_persons
from openilp.methods.result import Result
from openilp.methods.series import Cases, link_cases, train_linkage
from openilp.methods.series.cases import read_cases
from openilp.methods.series.left_out import LeftOut
from openilp.methods.series.planted import plant_series
from openilp.methods.tables import Table, read_table

# A column with more values than this is text to read, not a way of acting to compare.
MOST_VALUES = 50
Columns = dict[str, Any]


@method("link-cases")
@click.argument("file", type=click.Path(path_type=Path))
@place_options
@click.option("--id", "id_column", metavar="COLUMN", default="id", show_default=True, help="name of the case")
@click.option(
    "--date", metavar="COLUMN", default="date", show_default=True, help="local time of the case, or its day"
)
@click.option("--date-format", "layout", help="how dates are laid out, such as %d/%m/%Y %H:%M")
@click.option(
    "--series",
    metavar="COLUMN",
    default="series",
    show_default=True,
    help="known series; empty where unsolved",
)
@click.option(
    "--category",
    "categories",
    metavar="COLUMN",
    multiple=True,
    help="way of acting with one value; may be repeated (default: every other column of up to 50 values)",
)
@click.option(
    "--marks",
    metavar="COLUMN",
    multiple=True,
    help="way of acting with several marks, divided by ; (default: columns that hold a ;)",
)
@click.option(
    "--train", type=click.Path(path_type=Path), help="solved cases to learn from, with the same columns"
)
@click.option(
    "--planted", is_flag=True, help="learn from series planted among these cases, where none is known"
)
@click.option(
    "--within-m",
    type=float,
    default=3000.0,
    show_default=True,
    help="compare cases up to so many metres apart",
)
@click.option("--within-days", type=float, default=60.0, show_default=True, help="and up to so many days")
@click.option(
    "--least", type=float, default=0.1, show_default=True, help="least probability of a link that is listed"
)
@click.option(
    "--together", type=float, default=0.5, show_default=True, help="mean probability that makes a group"
)
@click.option("--prior", type=float, help="share of linked pairs among near ones (default: that of training)")
@seed_option
def link_cases_command(
    file: Path,
    train: Path | None,
    planted: bool,
    within_m: float,
    within_days: float,
    least: float,
    together: float,
    prior: float | None,
    rng: Generator,
    **columns: Any,
) -> Result:
    """Which unsolved cases may belong together, how probable is it, and why?"""
    table = cases_table(file)
    cases, lost = cases_of(table, columns)
    doubts = (*far(table, _where(table, columns).places(table)), *odd_dates(table, _times(table, columns)))
    learnt = cases
    if train is not None:
        learnt, _ = cases_of(cases_table(train), columns | _ways(cases))
    elif planted:
        learnt = plant_series(cases, rng=rng)
    model = train_linkage(learnt, within_m=within_m, within_days=within_days, planted=planted, rng=rng)
    found = link_cases(cases, model, least_probability=least, together=together, prior=prior, left_out=lost)
    return cautioned(found, doubts)


def cases_table(path: Path) -> Table:
    """Read cases from a table, or from JSON: a list of objects, or an object with a list `cases`."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return read_table(path)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UnreadableFile(path, f"is no JSON ({error})", "look at the file, or export it again") from error
    records = found.get("cases") if isinstance(found, dict) else found
    if not isinstance(records, list):
        return read_table(path)
    if not all(isinstance(record, dict) for record in records):
        raise UnreadableFile(
            path, "holds cases that are no objects", "give each case as an object of its columns"
        )
    names = dict.fromkeys(name for record in records for name in record)
    return read_table({name: [_text(record.get(name)) for record in records] for name in names})


def cases_of(table: Table, columns: Columns) -> tuple[Cases, tuple[LeftOut, ...]]:
    """Read the cases of a table by the names of its columns."""
    refuse_persons([columns["id_column"]], "links are between cases: name a column of case numbers")
    where = _where(table, columns)
    used = {columns["id_column"], columns["date"], columns["series"], where.x, where.y}
    free = [name for name in table.columns if name not in used]
    marks = columns["marks"] or tuple(
        name for name in free if any(";" in (text or "") for text in table.texts(name))
    )
    categories = columns["categories"] or tuple(
        name for name in free if name not in marks and len(set(table.texts(name))) <= MOST_VALUES
    )
    if not (marks or categories):
        raise BadValue("category", "missing", f"name ways of acting; there are {', '.join(table.columns)}")
    return read_cases(
        table.texts(columns["id_column"]),
        where.places(table),
        _times(table, columns),
        categories={name: table.texts(name) for name in categories},
        sets={name: table.texts(name) for name in marks},
        series=table.texts(columns["series"]) if columns["series"] in table.columns else None,
    )


def _where(table: Table, columns: Columns) -> Where:
    where: Where = columns["where"]
    if where.x is None and where.y is None and {"x", "y"} <= set(table.columns):
        return Where("x", "y", where.crs, where.project)
    return where


def _times(table: Table, columns: Columns) -> TimeArray:
    return table.times(columns["date"], layout=columns["layout"], latest=now())


def _ways(cases: Cases) -> Columns:
    """The training cases are compared by the columns that the cases themselves are."""
    return {"categories": tuple(cases.categories), "marks": tuple(cases.sets)}


def _text(value: object) -> str | None:
    if isinstance(value, list):
        return ";".join(str(part) for part in value)
    return None if value is None else str(value)
