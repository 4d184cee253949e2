"""Counting on many machines: the same questions to Apache Spark, on the same Parquet files.

Needs the extra `spark`. The caller makes the session and owns the cluster; this module imports nothing of Spark.
"""

from typing import Any

from openilp.methods.errors import BadValue
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
from openilp.methods.large.queries import grid_query, number, pair_query, quoted
from openilp.methods.places import Plane
from openilp.methods.series.bands import Bands
from openilp.methods.series.pairs import Metric


def grid_counts_spark(session: Any, events: Columns, *, cell_m: float) -> GridCounts:
    """This function will count events in square cells with Spark.

    Question:
        How many events lie in each cell, in a file beyond memory?

    Assumptions:
        Coordinates are metres or feet of a known grid.

    Traps:
        Rows without a place are left out, and counted.

    Args:
        session: A `pyspark.sql.SparkSession`.
        events: Where they stand; every worker must reach the path.
        cell_m: Side of a cell in metres.

    Returns:
        The same as `grid_counts`.

    Raises:
        BadValue: If the cell is no length.
        NotInMetres: If the coordinates are degrees.

    Oracle:
        DuckDB, cell by cell, in `test_large.py`.

    Cost:
        One pass over the file.

    Not for:
        Files that fit one machine: starting a cluster takes longer.

    Source:
        The cell of an event is the floor of its coordinates over the side; no publication.
    """
    check_cell(cell_m)
    plane, _, n_rows = _view(session, events)
    rows = [tuple(row) for row in session.sql(grid_query("ilp_events", cell_m)).collect()]
    return grid_result(rows, cell_m, plane, n_rows, "Spark")


def count_pairs_spark(
    session: Any, events: Columns, *, space: Bands, time: Bands, metric: Metric = "manhattan"
) -> PairCounts:
    """This function will count pairs of events by distance and delay with Spark.

    Question:
        Which distances and delays hold how many pairs, in a file beyond memory?

    Assumptions:
        Coordinates are metres or feet of a known grid; dates are complete.

    Traps:
        A count is no finding: compare with chance on a part that fits into memory (`near_repeat`).

    Args:
        session: A `pyspark.sql.SparkSession`; its time zone is set to UTC, so that a day has 24 hours.
        events: Where they stand; with a column of dates.
        space: Bands of distance in metres, the last with an end.
        time: Bands of delay in days, the last with an end.
        metric: `euclidean` or `manhattan`.

    Returns:
        The same as `count_pairs`.

    Raises:
        BadValue: If a band has no end, or no date is named.
        NotInMetres: If the coordinates are degrees.

    Oracle:
        DuckDB, pair by pair, on two workers, in `test_large.py`.

    Cost:
        18 probes an event, and the close pairs.

    Not for:
        Files that fit one machine: starting a cluster takes longer.

    Source:
        Knox, Applied Statistics 13 (1964), the table; boxes as large as the largest distance and delay hold every
        earlier partner in 18 of them, which a join by equality finds.
    """
    checked_bands(space, time)
    if events.date is None:
        raise BadValue("date", "missing", "name the column of dates")
    ticks = Bands(tuple(edges_us(time).tolist()), time.closed)
    _, n, n_rows = _view(session, events)
    query = pair_query("ilp_events", "ilp_events", space, ticks, metric)
    rows = [tuple(row) for row in session.sql(query).collect()]
    return pair_result(rows, (space, time), metric, n, n_rows, "Spark")


def _view(session: Any, events: Columns) -> tuple[Plane, int, int]:
    """Make the view `ilp_events` of the rows that have all that is needed; return the plane and both numbers."""
    session.conf.set("spark.sql.session.timeZone", "UTC")
    session.read.parquet(events.path).createOrReplaceTempView("ilp_file")
    x, y = (f"CAST({quoted(name, '`')} AS DOUBLE)" for name in (events.x, events.y))
    t = (
        "CAST(0 AS BIGINT)"
        if events.date is None
        else f"unix_micros(CAST({quoted(events.date, '`')} AS TIMESTAMP))"
    )
    # Spark calls NaN equal to NaN and larger than infinity, so one comparison leaves out both.
    finite = " AND ".join(f"abs({axis}) < CAST('Infinity' AS DOUBLE)" for axis in "xy")
    known = f"SELECT x, y, t FROM (SELECT {x} AS x, {y} AS y, {t} AS t FROM ilp_file) WHERE {finite} AND t IS NOT NULL"
    facts = session.sql(f"SELECT min(x), max(x), min(y), max(y), count(*) FROM ({known})").collect()[0]
    plane = events.plane(tuple(facts)[:4])
    unit = number(plane.metres_per_unit)
    session.sql(f"SELECT x * {unit} AS x, y * {unit} AS y, t FROM ({known})").createOrReplaceTempView(
        "ilp_events"
    )
    return plane, int(facts[4]), int(session.sql("SELECT count(*) FROM ilp_file").collect()[0][0])
