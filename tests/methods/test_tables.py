"""Tables: every kind of input gives the same columns, and what is wrong is one error that names its rows."""

import json
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from openilp.methods.errors import BadRows, BadValue, UnknownColumn, UnreadableFile
from openilp.methods.places import Plane
from openilp.methods.tables import missing, read_table

COLUMNS = {"x": [1000.0, None, 3000.0], "y": [1.0, 2.0, 3.0], "date": ["2024-01-01", "2024-01-02", None]}


def as_file(folder: Path, kind: str) -> object:
    """The same three rows in one of the forms."""
    table = pa.table(COLUMNS)
    match kind:
        case "arrow":
            return table
        case "polars":
            return pl.from_arrow(table)
        case "lazy":
            return pl.DataFrame(COLUMNS).lazy()
        case "pandas":
            return pd.DataFrame(COLUMNS)
        case "dictionary":
            return COLUMNS
        case "parquet":
            pq.write_table(table, folder / "t.parquet")
        case "csv":
            (folder / "t.csv").write_text("x,y,date\n1000,1,2024-01-01\n,2,2024-01-02\n3000,3,\n")
        case "tsv":
            (folder / "t.tsv").write_text("x\ty\tdate\n1e3\t1\t2024-01-01\nNaN\t2\t2024-01-02\n3000\t3\tNA\n")
        case "txt":
            (folder / "t.txt").write_text("x;y;date\n1000;1;2024-01-01\n;2;2024-01-02\n3000;3;\n")
    return folder / f"t.{kind}"


@pytest.mark.parametrize(
    "kind", ["arrow", "polars", "lazy", "pandas", "dictionary", "parquet", "csv", "tsv", "txt"]
)
def test_every_form_gives_the_same_columns(tmp_path: Path, kind: str) -> None:
    """Numbers with NaN and dates with NaT, whatever they come in."""
    table = read_table(as_file(tmp_path, kind))

    np.testing.assert_array_equal(table.numbers("x"), [1000, np.nan, 3000])
    assert table.times("date").astype("datetime64[D]").astype(str).tolist() == [
        "2024-01-01",
        "2024-01-02",
        "NaT",
    ]
    assert len(table) == 3


def test_points_of_a_geopackage_carry_its_system(tmp_path: Path) -> None:
    """Header, envelope, empty and missing geometries of a GeoPackage are read without a GIS library."""
    path = tmp_path / "points.gpkg"
    make_geopackage(path, [shapely.Point(-2.6, 51.4), None, shapely.Point(-2.5, 51.5)])

    table = read_table(path)
    places = table.places(project="EPSG:32630")

    assert table.crs == "EPSG:4326"
    assert places.located.tolist() == [True, False, True]
    assert places.x[0] == pytest.approx(Plane.utm(30).forward(np.array([-2.6]), np.array([51.4]))[0][0])
    assert table.texts("name") == ["a", "b", "c"]
    with pytest.raises(BadValue, match="holds points; name one with --layer"):
        read_table(path, layer="other")


def make_geopackage(path: Path, shapes: list[shapely.Geometry | None]) -> None:
    """Write the smallest GeoPackage; the first geometry has an envelope of 32 bytes."""
    file = sqlite3.connect(path)
    file.executescript(
        "CREATE TABLE gpkg_spatial_ref_sys (srs_id INTEGER, organization TEXT, organization_coordsys_id INTEGER);"
        "CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER);"
        "CREATE TABLE points (fid INTEGER, geom BLOB, name TEXT);"
        "INSERT INTO gpkg_spatial_ref_sys VALUES (4326, 'EPSG', 4326), (-1, 'NONE', -1);"
        "INSERT INTO gpkg_geometry_columns VALUES ('points', 'geom', 4326);"
    )
    for number, (shape, name) in enumerate(zip(shapes, "abc", strict=True)):
        blob = None
        if shape is not None:
            flags, envelope = (0b11, bytes(32)) if number == 0 else (1, b"")
            blob = b"GP\0" + bytes([flags]) + (4326).to_bytes(4, "little") + envelope + shapely.to_wkb(shape)
        file.execute("INSERT INTO points VALUES (?, ?, ?)", (number, blob, name))
    file.commit()
    file.close()


def test_geojson_is_read_with_its_polygons(tmp_path: Path) -> None:
    """Features become rows; their polygons one area on the plane of the events."""
    square = shapely.box(-2.6, 51.4, -2.5, 51.5)
    features = [
        {
            "type": "Feature",
            "properties": {"name": "a", "n": 1},
            "geometry": json.loads(shapely.to_geojson(square)),
        },
        {"type": "Feature", "properties": {"name": "b"}, "geometry": None},
    ]
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))

    table = read_table(path)

    assert table.texts("name") == ["a", "b"]
    # 0.1 degrees are 6,950 m by 11,130 m at 51.45 degrees north.
    assert table.area(Plane.utm(30)).geometry.area == pytest.approx(6950 * 11_130, rel=0.01)
    with pytest.raises(BadRows, match="row 1 is 'Polygon'; give points"):
        table.places(project="auto")


def test_a_wrong_number_names_row_and_line(tmp_path: Path) -> None:
    """A text in a column of numbers is found where a reader of the file finds it."""
    path = tmp_path / "t.csv"
    path.write_text("x,y\n1,2\n3,four\n5,inf\n")

    with pytest.raises(BadRows, match=r"y of row 2 \(line 3\) is 'four'") as caught:
        read_table(path).numbers("y")

    assert caught.value.rows == (1,)


def test_infinity_is_no_number() -> None:
    """An infinite value is refused with its row."""
    with pytest.raises(BadRows, match="row 2 is inf"):
        read_table({"x": [1.0, float("inf")]}).numbers("x")


@pytest.mark.parametrize("text", ["05/13/2016", "2016-02-30", "soon", "2016-02"])
def test_a_wrong_date_names_its_row(text: str) -> None:
    """A date that is none, or could be read in two ways, is not guessed."""
    with pytest.raises(BadRows, match=f"date of row 2 is '{text}'"):
        read_table({"date": ["2016-01-01", text]}).times("date")


def test_a_layout_reads_other_dates() -> None:
    """With a layout the same text has one meaning; what does not follow it is named."""
    table = read_table({"date": ["13/05/2016 22:15", None, "05/13/2016 01:00"]})

    with pytest.raises(BadRows, match="row 3"):
        table.times("date", layout="%d/%m/%Y %H:%M")
    assert str(read_table({"d": ["13/05/2016"]}).times("d", layout="%d/%m/%Y")[0])[:10] == "2016-05-13"


def test_the_future_has_not_happened() -> None:
    """A date after the latest possible one is an error with its row."""
    with pytest.raises(BadRows, match="row 2 is '2999"):
        read_table({"d": ["2016-01-01", "2999-01-01"]}).times("d", latest=np.datetime64("2026-01-01"))


def test_the_local_clock_counts() -> None:
    """A time with a zone keeps the clock that its people read, as a text and as an Arrow type."""
    zoned = (
        pa.array(["2024-06-01T10:00:00"], pa.string())
        .cast(pa.timestamp("s"))
        .cast(pa.timestamp("s", "Europe/Paris"))
    )

    text = read_table({"d": ["2024-06-01T12:00:00+02:00"]}).times("d")
    typed = read_table(pa.table({"d": zoned})).times("d")

    assert str(text[0]) == str(typed[0]) == "2024-06-01T12:00:00.000000"


def test_what_is_missing_is_said_with_its_rows() -> None:
    """Rows without a place or a date are left out, each reason with its rows."""
    table = read_table(COLUMNS)

    whole, said = missing(table, place=table.numbers("x"), date=table.times("date"))

    assert whole.tolist() == [True, False, False]
    assert [str(each) for each in said] == [
        "1 rows have no place and are left out: row 2.",
        "1 rows have no date and are left out: row 3.",
    ]


def test_many_rows_are_named_by_their_first_ten() -> None:
    """A message stays readable; the error's attribute holds them all."""
    with pytest.raises(BadRows, match="row 10 and 20 more rows") as caught:
        read_table({"x": ["?"] * 30}).numbers("x")

    assert len(caught.value.rows) == 30


def test_an_unknown_column_is_answered_with_the_known_ones() -> None:
    """The error lists what there is."""
    with pytest.raises(UnknownColumn, match="no column 'X'; choose one of x, y, date"):
        read_table(COLUMNS).numbers("X")


def test_both_columns_of_a_place_are_needed() -> None:
    """One column, or none without points, is told with the columns that there are."""
    with pytest.raises(BadValue, match="name both columns; there are x, y, date"):
        read_table(COLUMNS).places("x")
    with pytest.raises(BadValue, match="--x, --y"):
        read_table(COLUMNS).places()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("absent.csv", None, "does not exist"),
        ("t.xlsx", "x", "is of no kind that is read"),
        ("t.csv", "", "is empty"),
        ("t.csv", "x,x\n1,2\n", "names a column twice"),
        ("t.csv", "x,y\n1\n", "cannot be read"),
        ("t.parquet", "no parquet", "cannot be read"),
        ("t.gpkg", "no database, only text", "is no GeoPackage"),
        ("t.geojson", "{", "cannot be read"),
        ("t.geojson", "[1]", "is no GeoJSON"),
        ("t.geojson", "null", "is no GeoJSON"),
        ("t.geojson", '{"features": [1]}', "is no valid GeoJSON"),
        ("t.geojson", '{"features": [{"geometry": {"type": "Point"}}]}', "is no valid GeoJSON"),
        (
            "t.geojson",
            '{"features": [{"properties": {"a": 1}}, {"properties": {"a": "b"}}]}',
            "is no valid GeoJSON",
        ),
        ("t.txt", "a b\n1\n", "has 1 values in row 1"),
    ],
)
def test_a_broken_file_is_one_error(tmp_path: Path, name: str, content: str | None, words: str) -> None:
    """Absent, foreign, empty and cut files are told apart."""
    path = tmp_path / name
    if content is not None:
        path.write_text(content)

    with pytest.raises(UnreadableFile, match=words):
        read_table(path)


def test_a_file_without_header_numbers_its_columns(tmp_path: Path) -> None:
    """Blanks divide too, and the first line is then row 1."""
    path = tmp_path / "edges.txt"
    path.write_text("12 013 4\n13 14 5\n")

    table = read_table(path, header=False)

    assert table.columns == ("1", "2", "3")
    assert table.texts("2") == ["013", "14"]
    assert table.row(0) == "row 1 (line 1)"


@pytest.mark.real_data
def test_memphis_and_chicago_are_read_as_published(crime: Path) -> None:
    """2,245 robberies of a GeoPackage, 25 districts of a GeoParquet and of a GeoJSON file."""
    robberies = read_table(crime / "memphis_robberies" / "memphis_robberies.gpkg")
    districts = [
        read_table(crime / "chicago_agg_assault" / f"chicago_police_districts.{kind}")
        for kind in ("parquet", "geojson")
    ]
    plane = Plane.utm(16)

    areas = [table.area(plane).geometry.area for table in districts]

    assert (len(robberies), robberies.crs, int(robberies.places(project="auto").located.sum())) == (
        2245,
        "EPSG:4326",
        2245,
    )
    assert robberies.times("date").min() >= np.datetime64("2019-01-01")
    assert [len(table) for table in districts] == [25, 25]
    assert areas[0] == pytest.approx(areas[1], rel=1e-6)
