"""Counting on one machine, within a stated memory: DuckDB and Polars stream the file."""

import tempfile
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

from openilp.methods.errors import BadRows, BadValue, UnreadableFile
from openilp.methods.large.counts import (
    Columns,
    GridCounts,
    PairCounts,
    check_cell,
    checked_bands,
    edges_us,
    grid_result,
    pair_result,
)
from openilp.methods.large.queries import HAIR, grid_query, number, pair_query, quoted
from openilp.methods.series.bands import Bands
from openilp.methods.series.pairs import Metric
from openilp.methods.tables import NAMED_ROWS

# Events of one strip: their boxes and a million probes at a time stay below a gigabyte.
STRIP_EVENTS = 1_000_000


def grid_counts(events: Columns, *, cell_m: float, memory: str = "2GB") -> GridCounts:
    """This function will count events in square cells with DuckDB, streaming over the file.

    Question:
        How many events lie in each cell, in a file beyond memory?

    Assumptions:
        Coordinates are metres or feet of a known grid.

    Traps:
        Rows without a place are left out, and counted.

    Args:
        events: Where they stand.
        cell_m: Side of a cell in metres.
        memory: What DuckDB may use; it writes to disk what does not fit.

    Returns:
        The cells that hold events; cell edges are multiples of `cell_m`.

    Raises:
        BadValue: If the cell is no length.
        BadRows: If a coordinate cannot be read; names the first rows.
        NotInMetres: If the coordinates are degrees.
        UnreadableFile: If there is no such file or column.

    Oracle:
        A loop over all events and Polars, in `test_large.py`.

    Cost:
        One pass over the file; memory of the cells.

    Not for:
        Tests of significance: use `hot_spots`.

    Source:
        The cell of an event is the floor of its coordinates over the side; no publication.
    """
    check_cell(cell_m)
    with tempfile.TemporaryDirectory() as folder, _connected(folder, memory) as engine:
        n_rows = _view(engine, events)
        plane = events.plane(_extent(engine))
        relation = _metric("events", plane.metres_per_unit)
        rows = engine.execute(grid_query(relation, cell_m)).fetchall()
        first = _first_left_out(engine, events, n_rows - sum(row[2] for row in rows))
    return grid_result(rows, cell_m, plane, n_rows, "DuckDB", first)


def grid_counts_polars(events: Columns, *, cell_m: float) -> GridCounts:
    """This function will count events in square cells with the streaming engine of Polars.

    Question:
        How many events lie in each cell, in a file beyond memory?

    Assumptions:
        Coordinates are metres or feet of a known grid.

    Traps:
        Rows without a place are left out, and counted.

    Args:
        events: Where they stand.
        cell_m: Side of a cell in metres.

    Returns:
        The same as `grid_counts`.

    Raises:
        BadValue: If the cell is no length.
        NotInMetres: If the coordinates are degrees.
        UnreadableFile: If there is no such file or column.

    Oracle:
        A loop over all events and DuckDB, in `test_large.py`.

    Cost:
        One pass over the file; memory of the cells.

    Not for:
        Tests of significance: use `hot_spots`.

    Source:
        The cell of an event is the floor of its coordinates over the side; no publication.
    """
    check_cell(cell_m)
    x, y = (pl.col(name).cast(pl.Float64) for name in (events.x, events.y))
    frame = pl.scan_parquet(events.path).select(x=x, y=y)
    known = frame.filter(pl.col("x").is_finite() & pl.col("y").is_finite())
    extremes = [edge(axis).alias(f"{axis}_{edge.__name__}") for axis in "xy" for edge in (pl.min, pl.max)]
    try:
        n_rows = int(frame.select(pl.len()).collect(engine="streaming").item())
        plane = events.plane(known.select(extremes).collect(engine="streaming").row(0))
        unit = plane.metres_per_unit
        cells = [(pl.col(axis) * unit / cell_m).floor().cast(pl.Int64).alias(axis) for axis in "xy"]
        found = known.group_by(cells).len().collect(engine="streaming")
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UnreadableFile(events.path, f"cannot be read ({error})", "look at path and columns") from error
    return grid_result(found.rows(), cell_m, plane, n_rows, "Polars")


def count_pairs(
    events: Columns,
    *,
    space: Bands,
    time: Bands,
    metric: Metric = "manhattan",
    memory: str = "2GB",
    strip_events: int = STRIP_EVENTS,
    latest: np.datetime64 | None = None,
) -> PairCounts:
    """This function will count pairs of events by distance and delay with DuckDB, strip by strip.

    The file is cut once into strips from west to east, on disk; each strip is then joined with itself and a margin
    as wide as the largest distance. Memory depends on a strip, time on events and close pairs.

    Question:
        Which distances and delays hold how many pairs, in a file beyond memory?

    Assumptions:
        Coordinates are metres or feet of a known grid; dates are complete.

    Traps:
        A count is no finding: compare with chance on a part that fits into memory (`near_repeat`).

    Args:
        events: Where they stand; with a column of dates.
        space: Bands of distance in metres, the last with an end.
        time: Bands of delay in days, the last with an end.
        metric: `euclidean` or `manhattan`.
        memory: What DuckDB may use; it writes to disk what does not fit.
        strip_events: Events of one strip, about.
        latest: A later date is an error: nothing has happened after now.

    Returns:
        The observed table that `near_repeat` would count in memory.

    Raises:
        BadValue: If a band has no end, or no date is named.
        BadRows: If a coordinate or date cannot be read, or a date is later than `latest`; names the first rows.
        NotInMetres: If the coordinates are degrees.
        UnreadableFile: If there is no such file or column.

    Oracle:
        A loop over all pairs, and R's table of Chicago's burglaries, in `test_large.py`.

    Cost:
        18 probes an event, and the close pairs; memory of one strip.

    Not for:
        Probabilities: this is the observed table only.

    Source:
        Knox, Applied Statistics 13 (1964), the table; boxes as large as the largest distance and delay hold every
        earlier partner in 18 of them, which a join by equality finds.
    """
    checked_bands(space, time)
    if events.date is None:
        raise BadValue("date", "missing", "name the column of dates")
    ticks = Bands(tuple(edges_us(time).tolist()), time.closed)
    with tempfile.TemporaryDirectory() as folder, _connected(folder, memory) as engine:
        n_rows = _view(engine, events)
        _refuse_later(engine, events, latest)
        west, east, *_ = extent = _extent(engine)
        unit = events.plane(extent).metres_per_unit
        n = int(_one(engine, "SELECT count(*) FROM events")[0])
        strips = max(1, round(n / strip_events))
        wide = max((east - west) * unit / strips, space.reach * HAIR)
        _cut(engine, Path(folder), unit, west * unit, wide)
        rows = [
            row
            for strip in _strips(Path(folder))
            for row in engine.execute(
                _strip_query(Path(folder), strip, west * unit, wide, space, ticks, metric)
            ).fetchall()
        ]
        first = _first_left_out(engine, events, n_rows - n)
    return pair_result(rows, (space, time), metric, n, n_rows, "DuckDB", first)


def _connected(folder: str, memory: str) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"memory_limit": memory, "temp_directory": f"{folder}/spill"})


def _one(engine: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = engine.execute(query).fetchone()
    return row if row is not None else ()


def _view(engine: duckdb.DuckDBPyConnection, events: Columns) -> int:
    """Make the view `events` of the rows that have all that is needed, and return the number of all rows."""
    try:
        engine.execute(f"CREATE VIEW given AS SELECT *, file_row_number + 1 AS row_ FROM {_file(events)}")
        n_rows = int(_one(engine, f"SELECT count(*) FROM {_file(events)}")[0])
        _refuse_unreadable(engine, events)
        casts = ", ".join(f"CAST({column} AS {kind}) AS {name}" for name, column, kind in _needed(events))
        moment = "0" if events.date is None else "epoch_us(d)"
        engine.execute(
            f"CREATE VIEW events AS SELECT x, y, {moment} AS t FROM (SELECT {casts} FROM given) "
            f"WHERE {_whole(events)}"
        )
    except duckdb.Error as error:
        raise UnreadableFile(events.path, f"cannot be read ({error})", "look at path and columns") from error
    return n_rows


def _file(events: Columns) -> str:
    return "read_parquet('" + events.path.replace("'", "''") + "', file_row_number = true)"


def _needed(events: Columns) -> list[tuple[str, str, str]]:
    """Return our name, the quoted column and the type of all that is needed."""
    named = [("x", events.x, "DOUBLE"), ("y", events.y, "DOUBLE"), ("d", events.date, "TIMESTAMP")]
    return [(name, quoted(column, chr(34)), kind) for name, column, kind in named if column is not None]


def _whole(events: Columns) -> str:
    return "isfinite(x) AND isfinite(y)" + (" AND d IS NOT NULL" if events.date else "")


def _refuse_unreadable(engine: duckdb.DuckDBPyConnection, events: Columns) -> None:
    """Refuse text that is no number or no date; columns that have their type already are not read."""
    types = dict(engine.execute("SELECT column_name, column_type FROM (DESCRIBE given)").fetchall())
    for (_, column, kind), name in zip(_needed(events), (events.x, events.y, events.date), strict=False):
        if types.get(str(name)) == "VARCHAR":
            wants = "give a number" if kind == "DOUBLE" else "give a date as 2024-03-31 or 2024-03-31 23:15"
            wrong = f"{column} IS NOT NULL AND TRY_CAST({column} AS {kind}) IS NULL"
            _refuse(engine, "given", str(name), column, wrong, wants)


def _refuse_later(engine: duckdb.DuckDBPyConnection, events: Columns, latest: np.datetime64 | None) -> None:
    if latest is not None and events.date is not None:
        column = quoted(events.date, chr(34))
        wrong = f"CAST({column} AS TIMESTAMP) > CAST('{latest}' AS TIMESTAMP)"
        wants = f"nothing is recorded before it happens: give times up to {latest}"
        _refuse(engine, "given", events.date, column, wrong, wants)


def _refuse(
    engine: duckdb.DuckDBPyConnection, relation: str, name: str, column: str, wrong: str, wants: str
) -> None:
    found = engine.execute(
        f"SELECT row_, CAST({column} AS VARCHAR) FROM {relation} WHERE {wrong} LIMIT {NAMED_ROWS}"
    ).fetchall()
    if found:
        rows = [int(row) for row, _ in found]
        named = ", ".join(f"row {row}" for row in rows)
        raise BadRows(name, tuple(row - 1 for row in rows), named, found[0][1], wants)


def _first_left_out(engine: duckdb.DuckDBPyConnection, events: Columns, n: int) -> list[int]:
    """Return the numbers of the first rows that lack a place or a date; in a pattern, of their own files."""
    if n == 0:
        return []
    casts = ", ".join(f"CAST({column} AS {kind}) AS {name}" for name, column, kind in _needed(events))
    found = engine.execute(
        f"SELECT row_ FROM (SELECT row_, {casts} FROM given) WHERE ({_whole(events)}) IS NOT TRUE "
        f"ORDER BY row_ LIMIT {NAMED_ROWS}"
    ).fetchall()
    return [int(row) for (row,) in found]


def _extent(engine: duckdb.DuckDBPyConnection) -> tuple[Any, Any, Any, Any]:
    west, east, south, north = _one(engine, "SELECT min(x), max(x), min(y), max(y) FROM events")
    return west, east, south, north


def _metric(relation: str, unit: float) -> str:
    if unit == 1:
        return relation
    return f"(SELECT x * {number(unit)} AS x, y * {number(unit)} AS y, t FROM {relation})"


def _cut(engine: duckdb.DuckDBPyConnection, folder: Path, unit: float, west: float, wide: float) -> None:
    strip = f"CAST(floor((x - {number(west)}) / {number(wide)}) AS BIGINT)"
    engine.execute(
        f"COPY (SELECT *, {strip} AS strip FROM {_metric('events', unit)}) "
        f"TO '{folder / 'strips'}' (FORMAT parquet, PARTITION_BY (strip))"
    )


def _strips(folder: Path) -> list[int]:
    return sorted(int(path.name.removeprefix("strip=")) for path in (folder / "strips").iterdir())


def _strip_query(
    folder: Path, strip: int, west: float, wide: float, space: Bands, ticks: Bands, metric: Metric
) -> str:
    def files(*numbers: int) -> str:
        there = [folder / "strips" / f"strip={number}" for number in numbers]
        return "[" + ", ".join(f"'{path}/*.parquet'" for path in there if path.exists()) + "]"

    margin = space.reach * HAIR
    low, high = west + strip * wide - margin, west + (strip + 1) * wide + margin
    near = files(strip - 1, strip, strip + 1)
    build = f"(SELECT x, y, t FROM read_parquet({near}) WHERE x BETWEEN {number(low)} AND {number(high)})"
    probe = f"(SELECT x, y, t FROM read_parquet({files(strip)}))"
    return pair_query(probe, build, space, ticks, metric)
