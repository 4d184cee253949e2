"""Tables in: Arrow, Polars and pandas tables, Parquet, CSV, GeoPackage and GeoJSON as columns with numbered rows.

A method's terminal command calls `read_table` and asks the table for typed columns. What cannot be read is one
error that names its rows; what is missing comes as NaN, NaT or None, and `missing` names the rows that lack it.
"""

import csv
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import shapely

from openilp.methods.arrays import BoolArray, FloatArray, TimeArray
from openilp.methods.errors import BadRows, BadValue, UnknownColumn, UnreadableFile
from openilp.methods.geopackage import read_geopackage
from openilp.methods.places import LOCAL, WORLD, Area, Places, Plane
from openilp.methods.sentence import Sentence

#: Rows named in a message; the attributes of an error hold all of them.
NAMED_ROWS = 10
#: What stands for "nothing" in a text file.
NULLS = ["", "NA", "N/A", "NaN", "nan", "NULL", "null", "None"]
#: Above 2 to the power of 53 whole numbers run into each other in floating point.
MOST_AMOUNT = 2.0**53
# The zone at the end of a time: what counts is the local clock that stands before it.
_ZONE = r"(\d{2}:\d{2}(:\d{2}(\.\d+)?)?)\s*(Z|[+-]\d{2}:?\d{2})$"


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length.

    Attributes:
        data: The columns; those of a text file are text until a type is asked for.
        source: The file's name, for messages.
        crs: The system of the geometries, where the file states one.
        geometry: (n,) shapely geometries (None where missing), or None when the table has none.
        first_line: Line of the first row in a text file; 0 for other tables.
    """

    data: pa.Table
    source: str = "The table"
    crs: str | None = None
    geometry: np.ndarray[Any, Any] | None = None
    first_line: int = 0

    def __len__(self) -> int:
        """This function will count the rows."""
        return int(self.data.num_rows)

    @property
    def columns(self) -> tuple[str, ...]:
        """This function will return the names of the columns."""
        return tuple(self.data.column_names)

    def row(self, index: int) -> str:
        """This function will name a row as its reader finds it: the first is row 1.

        Args:
            index: From 0.

        Returns:
            `row 3`, and for a text file its line too: `row 3 (line 4)`.
        """
        return f"row {index + 1}" + (f" (line {index + self.first_line})" if self.first_line else "")

    def rows(self, indices: Iterable[int]) -> str:
        """This function will name some rows: the first ten, and how many more there are.

        Args:
            indices: From 0.
        """
        found = [int(index) for index in indices]
        named = ", ".join(self.row(index) for index in found[:NAMED_ROWS])
        more = len(found) - NAMED_ROWS
        return named + (f" and {more:,} more rows" if more > 0 else "")

    def column(self, name: str) -> pa.ChunkedArray:
        """This function will return a column as it is.

        Args:
            name: Its name.

        Raises:
            UnknownColumn: If there is none.
        """
        if name not in self.columns:
            raise UnknownColumn(name, self.source, self.columns)
        return self.data[name]

    def numbers(self, name: str) -> FloatArray:
        """This function will return a column of numbers.

        Args:
            name: Its name.

        Returns:
            (n,) floats; NaN where the table has nothing.

        Raises:
            UnknownColumn: If there is none.
            BadRows: If a value is not a finite number; names the rows.
        """
        column = self.column(name)
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            column = pc.utf8_trim_whitespace(column)
        values = np.asarray(
            self._cast(
                name, column, pa.float64(), "give a number, or nothing where there is none"
            ).to_numpy(),
            dtype=float,
        ).copy()
        if (wrong := np.flatnonzero(np.isinf(values))).size:
            raise BadRows(
                name, tuple(wrong), self.rows(wrong), float(values[wrong[0]]), "give a finite number"
            )
        return values

    def amounts(self, name: str) -> FloatArray:
        """This function will return a column of counts, weights or other numbers that cannot be negative.

        Args:
            name: Its name.

        Returns:
            (n,) floats of 0 or more; NaN where the table has nothing.

        Raises:
            UnknownColumn: If there is none.
            BadRows: If a value is no such number, or none that a computer holds exactly; names the rows.
        """
        values = self.numbers(name)
        if (wrong := np.flatnonzero((values < 0) | (values > MOST_AMOUNT))).size:
            remedy = "give a number of 0 or more, or nothing where there is none"
            if values[wrong[0]] > 0:
                remedy = f"give a number up to {MOST_AMOUNT:,.0f}"
            raise BadRows(name, tuple(wrong.tolist()), self.rows(wrong), float(values[wrong[0]]), remedy)
        return values

    def texts(self, name: str) -> list[str | None]:
        """This function will return a column as text.

        Args:
            name: Its name.

        Returns:
            n texts; None where the table has nothing.
        """
        return [None if value is None else str(value) for value in self.column(name).to_pylist()]

    def times(
        self, name: str, *, layout: str | None = None, latest: np.datetime64 | None = None
    ) -> TimeArray:
        """This function will return a column of dates or times.

        Args:
            name: Its name.
            layout: How a text is laid out (`%d/%m/%Y %H:%M`); None for ISO 8601 (`2024-03-31 23:15`, `2024-03-31`).
            latest: A later time is an error: nothing has happened after now.

        Returns:
            (n,) datetime64[us] by the local clock, NaT where the table has nothing; a time with a zone
            becomes the local time of its zone.

        Raises:
            UnknownColumn: If there is none.
            BadRows: If a text is no date of that layout, a month without a day, or later than `latest`.
        """
        column = self.column(name)
        kind = column.type
        if pa.types.is_timestamp(kind) and kind.tz is not None:
            column = pc.local_timestamp(column)
        elif not pa.types.is_temporal(kind):
            column = self._parsed(name, column, layout)
        times = np.asarray(
            self._cast(name, column, pa.timestamp("us"), "give a date").to_numpy(), dtype="datetime64[us]"
        )
        if latest is not None and (late := np.flatnonzero(times > latest)).size:
            remedy = f"nothing is recorded before it happens: give times up to {latest}"
            raise BadRows(name, tuple(late), self.rows(late), str(times[late[0]]), remedy)
        return times

    def _parsed(self, name: str, column: pa.ChunkedArray, layout: str | None) -> pa.ChunkedArray:
        column = pc.utf8_trim_whitespace(pc.cast(column, pa.string()))
        if layout is not None:
            parsed = pc.strptime(column, format=layout, unit="us", error_is_null=True)
            return self._refuse_nulls(name, column, parsed, f"give a date laid out as {layout}")
        column = pc.replace_substring_regex(column, pattern=_ZONE, replacement=r"\1")
        wants = "give a date as 2024-03-31 or 2024-03-31 23:15, or say how it is laid out (--date-format %d/%m/%Y)"
        return self._cast(name, column, pa.timestamp("us"), wants)

    def _cast(self, name: str, column: pa.ChunkedArray, kind: pa.DataType, remedy: str) -> pa.ChunkedArray:
        try:
            return pc.cast(column, kind)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            wrong = [i for i, value in enumerate(column) if not _casts(value, kind)]
            value = column[wrong[0]].as_py() if wrong else str(column.type)
            raise BadRows(name, tuple(wrong), self.rows(wrong) or "every row", value, remedy) from None

    def _refuse_nulls(
        self, name: str, given: pa.ChunkedArray, read: pa.ChunkedArray, remedy: str
    ) -> pa.ChunkedArray:
        wrong = np.flatnonzero(pc.and_(pc.is_valid(given), pc.is_null(read)).to_numpy())
        if wrong.size:
            raise BadRows(name, tuple(wrong), self.rows(wrong), given[int(wrong[0])].as_py(), remedy)
        return read

    def places(
        self,
        x: str | None = None,
        y: str | None = None,
        *,
        crs: str | None = None,
        project: str | None = None,
    ) -> Places:
        """This function will return where the rows lie, in metres.

        Args:
            x: Column of eastings or longitudes; None for the table's points.
            y: Column of northings or latitudes.
            crs: The system of x and y, or of the points where the file does not state one.
            project: The projected system to measure in.

        Returns:
            n places; unknown where the table has nothing.

        Raises:
            NotInMetres: As `Places.measured`.
            BadValue: If neither columns nor points are there.
        """
        if x is None and y is None:
            east, north = self._points()
            crs = crs or self.crs
        elif x is None or y is None:
            raise BadValue(
                "y" if y is None else "x",
                "missing",
                f"name both columns; there are {', '.join(self.columns)}",
            )
        else:
            east, north = self.numbers(x), self.numbers(y)
        return Places.measured(east, north, crs=crs, project=project, row=self.row)

    def _points(self) -> tuple[FloatArray, FloatArray]:
        if self.geometry is None:
            raise BadValue(
                "x",
                "missing",
                f"name the columns of the coordinates (--x, --y); there are {', '.join(self.columns)}",
            )
        there = ~shapely.is_missing(self.geometry)
        wrong = np.flatnonzero(there & (shapely.get_type_id(self.geometry) != 0))
        if wrong.size:
            kind = self.geometry[wrong[0]].geom_type
            raise BadRows("geometry", tuple(wrong), self.rows(wrong), kind, "give points")
        return shapely.get_x(self.geometry), shapely.get_y(self.geometry)

    def area(self, plane: Plane) -> Area:
        """This function will join the table's polygons to one area.

        Args:
            plane: What to bring it onto.

        Raises:
            BadValue: If there is no polygon.
        """
        shapes = [] if self.geometry is None else [g for g in self.geometry if g is not None and g.area > 0]
        if not shapes:
            raise BadValue(
                "mask", self.source, "give a file with polygons (GeoJSON, GeoPackage or GeoParquet)"
            )
        crs = self.crs if self.crs is not None or not plane.is_local else LOCAL
        return Area.measured(shapely.union_all(shapes), crs=crs, plane=plane)


def left_out(table: Table, why: str, rows: Sequence[int] | np.ndarray[Any, Any]) -> Sentence:
    """This function will say which rows a method leaves out, as a caution of its result.

    Args:
        table: Where they stand.
        why: "have no place", "have no date".
        rows: Their indices, from 0.
    """
    count = len(rows)
    return Sentence(
        "left_out",
        "%(n)s rows %(why)s and are left out: %(rows)s.",
        {"n": f"{count:,}", "why": why, "rows": table.rows(rows)},
    )


def missing(table: Table, **columns: FloatArray | TimeArray) -> tuple[BoolArray, tuple[Sentence, ...]]:
    """This function will find the rows in which every column is there, and say which the others are.

    Args:
        table: Where the columns come from.
        columns: By what they are called in the sentence: `place`, `date`.

    Returns:
        (n,) truth values, and one caution for each column that lacks a value.
    """
    whole = np.ones(len(table), dtype=np.bool_)
    said = []
    for name, column in columns.items():
        lacks = np.isnat(column) if column.dtype.kind == "M" else np.isnan(column)
        if lacks.any():
            said.append(left_out(table, f"have no {name}", np.flatnonzero(lacks)))
        whole &= ~lacks
    return whole, tuple(said)


def read_table(
    source: Any, *, layer: str | None = None, header: bool = True, delimiter: str | None = None
) -> Table:
    """This function will read a table from memory or from a file.

    Args:
        source: An Arrow, Polars or pandas table or a dictionary of columns; or the path of a `.parquet`,
            `.csv`, `.tsv`, `.txt`, `.gpkg`, `.geojson` or `.json` file.
        layer: Layer of a GeoPackage with more than one.
        header: Whether the first line of a text file names its columns; without it they are called `1`, `2` …
        delimiter: Of a text file; by default the one of `, ; tab |` or blanks that the first line holds.

    Returns:
        The table.

    Raises:
        UnreadableFile: If the file is absent, of an unknown kind, or broken.
    """
    if not isinstance(source, str | Path):
        return _with_wkb(_arrow(source), "The table")
    path = Path(source)
    if not path.is_file():
        raise UnreadableFile(path, "does not exist", "give the path of a file")
    kinds: dict[str, Callable[[], Table]] = {
        ".parquet": lambda: _with_wkb(pq.read_table(path), path.name),
        ".gpkg": lambda: Table(**read_geopackage(path, layer)),
        ".geojson": lambda: _geojson(path),
        ".json": lambda: _geojson(path),
        **dict.fromkeys((".csv", ".tsv", ".txt", ".dat"), lambda: _text(path, header, delimiter)),
    }
    if path.suffix.lower() not in kinds:
        raise UnreadableFile(path, "is of no kind that is read", f"give one of {', '.join(kinds)}")
    try:
        return kinds[path.suffix.lower()]()
    except (pa.ArrowInvalid, UnicodeDecodeError, json.JSONDecodeError, shapely.errors.ShapelyError) as error:
        raise UnreadableFile(
            path, f"cannot be read ({error})", "look at the file, or export it again"
        ) from error


def _casts(value: pa.Scalar, kind: pa.DataType) -> bool:
    try:
        value.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return True


def _arrow(source: Any) -> pa.Table:
    if isinstance(source, pa.Table):
        return source
    if hasattr(source, "collect"):
        source = source.collect()
    if isinstance(source, dict) or hasattr(source, "__arrow_c_stream__"):
        try:
            return pa.table(source)
        except (pa.ArrowException, TypeError) as error:
            raise BadValue("table", str(error), "give columns of one length, each of one type") from error
    raise BadValue(
        "table", type(source).__name__, "give an Arrow, Polars or pandas table, a dictionary, or a path"
    )


def _with_wkb(data: pa.Table, source: str) -> Table:
    """Return a table whose GeoParquet geometry, where there is one, is taken out of its columns."""
    geo = json.loads((data.schema.metadata or {}).get(b"geo", b"{}"))
    name = geo.get("primary_column")
    if name not in data.column_names:
        return Table(data, source)
    stated = geo["columns"][name].get("crs", {})
    identity = (stated or {}).get("id")
    # GeoParquet 1.1: an absent crs is OGC:CRS84, longitude and latitude; null is "unknown".
    crs = f"{identity['authority']}:{identity['code']}" if identity else (None if stated is None else WORLD)
    shapes = shapely.from_wkb(np.array(data[name].to_pylist(), dtype=object))
    return Table(data.drop_columns([name]), source, crs, shapes)


def _text(path: Path, header: bool, delimiter: str | None) -> Table:
    with path.open(newline="", encoding="utf-8-sig") as file:
        first = file.readline().rstrip("\r\n")
    if not first:
        raise UnreadableFile(path, "is empty", "give a file with a line of column names and at least one row")
    sign = delimiter or next((each for each in (",", ";", "\t", "|") if each in first), " ")
    if sign == " ":
        return _blanks(path, header)
    fields = next(csv.reader([first], delimiter=sign))
    names = fields if header else [str(at + 1) for at in range(len(fields))]
    if len(set(names)) < len(names):
        raise UnreadableFile(
            path, f"names a column twice: {', '.join(names)}", "give each column its own name"
        )
    data = pyarrow.csv.read_csv(
        path,
        read_options=pyarrow.csv.ReadOptions(column_names=names, skip_rows=1 if header else 0),
        parse_options=pyarrow.csv.ParseOptions(delimiter=sign),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=NULLS
        ),
    )
    return Table(data, path.name, first_line=2 if header else 1)


def _blanks(path: Path, header: bool) -> Table:
    lines = [line.split() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    names = lines[0] if header else [str(at + 1) for at in range(len(lines[0]))]
    rows = lines[1:] if header else lines
    wrong = [at for at, row in enumerate(rows) if len(row) != len(names)]
    if wrong:
        raise UnreadableFile(
            path, f"has {len(rows[wrong[0]])} values in row {wrong[0] + 1}", f"give {len(names)}"
        )
    columns = {name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate(names)}
    return Table(pa.table(columns), path.name, first_line=2 if header else 1)


def _geojson(path: Path) -> Table:
    found = json.loads(path.read_text(encoding="utf-8"))
    features = found.get("features") if isinstance(found, dict) else None
    if features is None and isinstance(found, dict) and "type" in found:
        features = [found if found["type"] == "Feature" else {"geometry": found}]
    if features is None:
        raise UnreadableFile(path, "is no GeoJSON", "give a FeatureCollection")
    try:
        return _features(path, found, features)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, pa.ArrowException) as error:
        reason = f"is no valid GeoJSON ({type(error).__name__}: {error})"
        raise UnreadableFile(path, reason, "look at the file, or export it again") from error


def _features(path: Path, found: dict[str, Any], features: list[dict[str, Any]]) -> Table:
    records = [feature.get("properties") or {} for feature in features]
    names = list(dict.fromkeys(name for record in records for name in record))
    columns = {name: pa.array([_plain(record.get(name)) for record in records]) for name in names}
    shapes = np.array(
        [shapely.geometry.shape(f["geometry"]) if f.get("geometry") else None for f in features], dtype=object
    )
    named = (found.get("crs") or {}).get("properties", {}).get("name")
    # RFC 7946 allows WGS 84 only; the older draft named others as urn:ogc:def:crs:EPSG::27700.
    crs = (
        WORLD
        if named is None or "CRS84" in named
        else re.sub(r"^urn:ogc:def:crs:(\w+):[^:]*:", r"\1:", named)
    )
    return Table(pa.table(columns), path.name, crs, shapes)


def _plain(value: object) -> object:
    return json.dumps(value) if isinstance(value, dict | list) else value
