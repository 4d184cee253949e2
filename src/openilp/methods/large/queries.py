"""The questions as SQL that DuckDB and Spark read alike, so that both count the same by the same rule."""

from openilp.methods.series.bands import Bands
from openilp.methods.series.pairs import Metric

# A cell a hair wider than the reach: the rounding of a quotient cannot put neighbours two cells apart.
HAIR = 1 + 1e-9


def quoted(name: str, mark: str) -> str:
    """This function will quote the name of a column.

    Args:
        name: Any name.
        mark: The dialect's mark: `"` or a backtick.
    """
    return mark + name.replace(mark, mark * 2) + mark


def number(value: float) -> str:
    """This function will write a number so that it is read back to the last digit, as a double.

    Args:
        value: Any finite number.
    """
    return f"CAST('{float(value)!r}' AS DOUBLE)"


def grid_query(events: str, cell_m: float) -> str:
    """This function will ask for the number of events in each square cell.

    Args:
        events: A relation with x and y in metres.
        cell_m: Side of a cell.

    Returns:
        Rows of column, row and count.
    """
    c = number(cell_m)
    return (
        f"SELECT CAST(floor(x / {c}) AS BIGINT) AS col, CAST(floor(y / {c}) AS BIGINT) AS row_, count(*) AS n "
        f"FROM {events} GROUP BY 1, 2"
    )


def pair_query(probe: str, build: str, space: Bands, time_us: Bands, metric: Metric) -> str:
    """This function will ask for the pairs of events by band of distance and of delay.

    Space and time are cut into boxes as large as the largest distance and delay, so a partner that is earlier or
    as early lies in one of 18 boxes: a join by equality, whatever the number of events.

    Args:
        probe: A relation with x, y in metres and t in microseconds: the later event of a pair.
        build: The same, for the earlier one.
        space: Bands of distance in metres.
        time_us: Bands of delay in microseconds.
        metric: Of distance.

    Returns:
        Rows of band of distance, band of delay, and a count in which each pair weighs 2: a pair at one moment
        is found from both its ends, another from the later one, and each event finds itself once.
    """
    r, t = number(space.reach * HAIR), number(max(time_us.reach, 1.0) * HAIR)
    east, north = "(a.x - b.x)", "(a.y - b.y)"
    distance = (
        f"abs{east} + abs{north}" if metric == "manhattan" else f"sqrt({east} * {east} + {north} * {north})"
    )
    boxes = (
        f"CAST(floor(x / {r}) AS BIGINT) AS bx, CAST(floor(y / {r}) AS BIGINT) AS by_, "
        f"CAST(floor(t / {t}) AS BIGINT) AS bt"
    )
    return f"""
    WITH build AS (SELECT x, y, t, {boxes} FROM {build}),
    own AS (SELECT x, y, t, {boxes} FROM {probe}),
    probe AS (
      SELECT x, y, t, bx + dx AS bx, by_ + dy AS by_, bt + dt AS bt FROM own
      CROSS JOIN (VALUES (-1), (0), (1)) AS east(dx)
      CROSS JOIN (VALUES (-1), (0), (1)) AS north(dy)
      CROSS JOIN (VALUES (-1), (0)) AS back(dt)
    ),
    apart AS (
      SELECT {distance} AS d, CAST(a.t - b.t AS DOUBLE) AS s
      FROM probe a JOIN build b ON a.bx = b.bx AND a.by_ = b.by_ AND a.bt = b.bt
      WHERE b.t <= a.t
    ),
    placed AS (SELECT {band("d", space)} AS i, {band("s", time_us)} AS j, s FROM apart)
    SELECT i, j, sum(CASE WHEN s > 0 THEN 2 ELSE 1 END) AS n FROM placed WHERE i >= 0 AND j >= 0 GROUP BY i, j
    """


def band(value: str, bands: Bands) -> str:
    """This function will write the band of a value as Bands.place finds it: -1 outside all.

    Args:
        value: An expression.
        bands: The bands.
    """
    sign = "<" if bands.closed == "left" else "<="
    low, *edges = bands.edges
    below = f"{value} {sign} {number(low)}"
    if bands.closed == "right" and low == 0:
        below = f"{value} < {number(low)}"
    cases = " ".join(f"WHEN {value} {sign} {number(edge)} THEN {at}" for at, edge in enumerate(edges))
    return f"CASE WHEN {below} THEN -1 {cases} ELSE -1 END"
