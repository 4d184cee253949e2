"""Results of counting beyond memory, and what enters it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from openilp.methods.arrays import FloatArray, IntArray, freeze
from openilp.methods.drawing import cells as draw_cells
from openilp.methods.drawing import matrix
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.places import Places, Plane
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence
from openilp.methods.series.bands import DAY_US, Bands
from openilp.methods.series.pairs import Metric

FIRST_LEFT_OUT = Sentence("first_left_out", "The first of them: %(rows)s.")
LEFT_OUT = Sentence("left_out_large", "%(n)s rows lack a place or a date and are left out.")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the events stand.

    Attributes:
        path: A Parquet file, or a pattern such as `events/*.parquet`.
        x: Column of metres east, or of the units of `crs`.
        y: Column of metres north.
        date: Column of dates or timestamps; None where none is needed.
        crs: A projected system; None for metres.
    """

    path: str
    x: str
    y: str
    date: str | None = None
    crs: str | None = None

    def plane(self, extent: tuple[Any, Any, Any, Any]) -> Plane:
        """This function will check that the extent is one of metres, and return the plane.

        Args:
            extent: Lowest and highest x, lowest and highest y; None when there is no row.

        Raises:
            TooFew: If there is no event with a place.
            NotInMetres: As `Places.measured`.
        """
        if None in extent:
            raise TooFew("events with a place", 0, 1)
        west, east, south, north = extent
        return Places.measured([west, east], [south, north], crs=self.crs, row=lambda _: "a row").plane


@dataclass(frozen=True, slots=True)
class GridCounts(Result):
    """Events in square cells; empty cells are not listed.

    Attributes:
        column: (k,) the cell's x begins at `column cell_m`.
        row: (k,) its y begins at `row cell_m`.
        count: (k,) events; ordered by row, then column.
        cell_m: Side of a cell in metres.
        plane: What the metres are measured on.
        n: Events that were counted.
        n_left_out: Rows without a place.
        method: How it was computed.
        cautions: What the reader must know.
    """

    column: IntArray
    row: IntArray
    count: IntArray
    cell_m: float
    plane: Plane
    n: int
    n_left_out: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say how many cells hold events, and the most that one holds."""
        return Sentence(
            "grid_counts",
            "%(n)s events lie in %(cells)s cells; the fullest holds %(most)s.",
            {"n": f"{self.n:,}", "cells": f"{len(self.count):,}", "most": f"{int(self.count.max()):,}"},
        )

    def plot(self) -> Plot:
        """This function will draw the counts as a map."""
        x, y = ((axis.astype(np.float64) + 0.5) * self.cell_m for axis in (self.column, self.row))
        return draw_cells("Events", x, y, self.count.astype(np.float64), cell_m=self.cell_m, unit="events")


@dataclass(frozen=True, slots=True)
class PairCounts(Result):
    """Pairs of events by band of distance and of delay: the observed table of a near-repeat analysis.

    Attributes:
        observed: (s, t) pairs; each pair counts once.
        space: Bands of distance in metres.
        time: Bands of delay in days.
        metric: `euclidean` or `manhattan`.
        n: Events that were compared.
        n_left_out: Rows without a place or a date.
        method: How it was computed.
        cautions: What the reader must know.
    """

    observed: IntArray
    space: Bands
    time: Bands
    metric: Metric
    n: int
    n_left_out: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say how many pairs lie close in space and time."""
        return Sentence(
            "pair_counts",
            "%(pairs)s pairs of %(n)s events lie within %(metres)s m and %(days)s days of each other.",
            {
                "pairs": f"{int(self.observed.sum()):,}",
                "n": f"{self.n:,}",
                "metres": f"{self.space.reach:g}",
                "days": f"{self.time.reach:g}",
            },
        )

    def plot(self) -> Plot:
        """This function will draw the table."""
        return matrix(
            "Pairs by distance and delay",
            self.space.labels,
            self.time.labels,
            self.observed.astype(float),
            x_name="delay, days",
            y_name="distance, m",
        )


def check_cell(cell_m: float) -> None:
    """This function will refuse a cell that is no length.

    Args:
        cell_m: Side in metres.

    Raises:
        BadValue: If it is not above 0.
    """
    if not (math.isfinite(cell_m) and cell_m > 0):
        raise BadValue("cell_m", cell_m, "give the side of a cell in metres, for example 250")


def grid_result(
    rows: list[tuple[int, int, int]],
    cell_m: float,
    plane: Plane,
    n_rows: int,
    engine: str,
    first: Sequence[int] = (),
) -> GridCounts:
    """This function will make the result of a grid from the rows of a query.

    Args:
        rows: column, row and count of each cell.
        cell_m: Side in metres.
        plane: What the metres are measured on.
        n_rows: Rows of the file.
        engine: Who counted.
        first: The first rows that were left out, from 1.
    """
    found = np.array(rows, dtype=np.int64).reshape(-1, 3)
    found = found[np.lexsort((found[:, 0], found[:, 1]))]
    column, row, count = (np.ascontiguousarray(part) for part in found.T)
    freeze(column, row, count)
    n = int(count.sum())
    method = Sentence(
        "grid_counts_method",
        "Events counted in cells of %(cell)s m by %(engine)s.",
        {"cell": f"{cell_m:g}", "engine": engine},
    )
    return GridCounts(column, row, count, cell_m, plane, n, n_rows - n, method, _left_out(n_rows - n, first))


def pair_result(
    rows: list[tuple[int, int, int]],
    bands: tuple[Bands, Bands],
    metric: Metric,
    n: int,
    n_rows: int,
    engine: str,
    first: Sequence[int] = (),
) -> PairCounts:
    """This function will make the table of pairs from doubled counts by band.

    Args:
        rows: Band of distance, band of delay, and twice the pairs in it; each event is also there beside
            itself, once.
        bands: Of distance and of delay.
        metric: Of distance.
        n: Events that were compared.
        n_rows: Rows of the file.
        engine: Who counted.
        first: The first rows that were left out, from 1.
    """
    space, time = bands
    doubled = np.zeros((len(space), len(time)), dtype=np.int64)
    for distance, delay, count in rows:
        doubled[distance, delay] += int(count)
    own = space.place(np.zeros(1))[0], time.place(np.zeros(1))[0]
    if min(own) >= 0:
        doubled[own] -= n
    observed = doubled // 2
    freeze(observed)
    method = Sentence(
        "pair_counts_method",
        "Pairs by %(metric)s distance in bands %(space)s m and delay in bands %(time)s days, counted by %(engine)s.",
        {
            "metric": metric,
            "space": " ".join(space.labels),
            "time": " ".join(time.labels),
            "engine": engine,
        },
    )
    return PairCounts(observed, space, time, metric, n, n_rows - n, method, _left_out(n_rows - n, first))


def checked_bands(space: Bands, time: Bands) -> tuple[Bands, Bands]:
    """This function will refuse bands without an end: all pairs of a large file cannot be counted one by one.

    Args:
        space: Bands of distance.
        time: Bands of delay.

    Raises:
        BadValue: If the last band has no end.
    """
    for name, bands in (("space", space), ("time", time)):
        if not math.isfinite(bands.edges[-1]):
            raise BadValue(f"last band of {name}", "without an end", "give a finite edge")
    return space, time


def edges_us(time: Bands) -> FloatArray:
    """This function will return the edges of delays in microseconds.

    Args:
        time: Bands of delay in days.
    """
    return np.array([round(edge * DAY_US) for edge in time.edges], dtype=np.float64)


def _left_out(n: int, first: Sequence[int]) -> tuple[Sentence, ...]:
    if not n:
        return ()
    said = Sentence(LEFT_OUT.code, LEFT_OUT.template, {"n": f"{n:,}"})
    if not first:
        return (said,)
    rows = ", ".join(f"row {row}" for row in first)
    return (said, Sentence(FIRST_LEFT_OUT.code, FIRST_LEFT_OUT.template, {"rows": rows}))
