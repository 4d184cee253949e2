"""What looks wrong in a table of events without being certainly wrong: said with its rows, never removed."""

from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from openilp.methods.arrays import BoolArray, FloatArray, TimeArray
from openilp.methods.places import Places
from openilp.methods.sentence import Sentence
from openilp.methods.tables import Table

DOUBLED = Sentence(
    "doubled_rows",
    "Rows equal to an earlier one in every column (%(n)s): %(rows)s. If they are the same report entered twice, "
    "remove them.",
)
FAR = Sentence(
    "far_rows",
    "Rows far from all others (%(n)s): %(rows)s. A wrong or swapped coordinate, or a place in degrees among metres, "
    "looks like that; correct it, or leave the row out.",
)
ODD_DATES = Sentence(
    "odd_dates",
    "Rows dated far from all others (%(n)s): %(rows)s. A default date such as 1900-01-01 looks like that; correct it, "
    "or leave the row out.",
)
ONE_PLACE = Sentence(
    "one_place",
    "All %(n)s rows with a place lie at one point: %(rows)s. There is nothing to compare it with.",
)
# With fewer rows there is no knowing what is usual.
FEWEST_ROWS = 20
# Distance from the median, in widths of the middle half: some hundred times what a normal law would need.
FAR_WIDTHS = 20.0
# A point that coordinates in degrees would be read as, where the others are metres.
DEGREES = (180.0, 90.0)


def doubled(table: Table) -> tuple[Sentence, ...]:
    """This function will name the rows that repeat an earlier row in every column.

    Args:
        table: Any table; one without columns repeats nothing.

    Returns:
        A caution, or none.
    """
    columns = [
        column.cast(pa.string()) for column in table.data.columns if not pa.types.is_nested(column.type)
    ]
    names = [str(number) for number in range(len(columns))]
    if table.geometry is not None:
        columns.append(pa.array(shapely.to_wkb(table.geometry), type=pa.binary()))
        names.append("geometry")
    if not names:
        return ()
    rows = pa.table([*columns, np.arange(len(table))], names=[*names, "row"])
    first = rows.group_by(names).aggregate([("row", "min")])["row_min"].to_numpy()
    return _said(DOUBLED, table, np.setdiff1d(np.arange(len(table)), first))


def far(table: Table, places: Places) -> tuple[Sentence, ...]:
    """This function will name the rows that lie far from all others, or all at one point.

    Args:
        table: Where the places come from.
        places: The place of each row.

    Returns:
        A caution, or none.
    """
    known = np.flatnonzero(places.located)
    x, y = places.x[known], places.y[known]
    if known.size and np.ptp(x) == np.ptp(y) == 0:
        return _said(ONE_PLACE, table, known)
    if known.size < FEWEST_ROWS:
        return ()
    degrees = (np.abs(x) <= DEGREES[0]) & (np.abs(y) <= DEGREES[1])
    among = (
        degrees if degrees.mean() < 0.5 and _apart(x, y, degrees) else np.zeros(known.size, dtype=np.bool_)
    )
    return _said(FAR, table, known[_beyond(x) | _beyond(y) | among])


def odd_dates(table: Table, times: TimeArray) -> tuple[Sentence, ...]:
    """This function will name the rows dated far from all others.

    Args:
        table: Where the times come from.
        times: The time of each row.

    Returns:
        A caution, or none.
    """
    known = np.flatnonzero(~np.isnat(times))
    if known.size < FEWEST_ROWS:
        return ()
    return _said(ODD_DATES, table, known[_beyond(times[known].astype("datetime64[D]").astype(np.float64))])


def _beyond(values: FloatArray) -> BoolArray:
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    width = high - low
    return np.asarray(np.abs(values - middle) > FAR_WIDTHS * width if width > 0 else values != values)


def _apart(x: FloatArray, y: FloatArray, marked: BoolArray) -> bool:
    """Tell whether the marked points lie outside the box of the others."""
    if not marked.any():
        return False
    return any(
        axis[marked].max() < axis[~marked].min() or axis[marked].min() > axis[~marked].max()
        for axis in (x, y)
    )


def _said(sentence: Sentence, table: Table, rows: np.ndarray[Any, Any]) -> tuple[Sentence, ...]:
    if len(rows) == 0:
        return ()
    facts = {"n": f"{len(rows):,}", "rows": table.rows(rows)}
    return (Sentence(sentence.code, sentence.template, facts),)
