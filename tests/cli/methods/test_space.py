"""`openilp method kde` and `hotspots`: files in, the fixed keys out, refusals in one line."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from openilp.cli.methods import FAMILIES, group
from openilp.methods.tables import read_table


def run(*words: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(group, [str(word) for word in words])


@pytest.fixture
def burglaries(tmp_path: Path, rng: np.random.Generator) -> Path:
    """A town of 200 burglaries in metres; one row has no place."""
    xy = np.concatenate([rng.uniform(0, 6000, (150, 2)), rng.normal(3000, 100, (50, 2))])
    lines = [f"{x:.1f},{y:.1f},{i % 3},{'AB'[i % 2]}" for i, (x, y) in enumerate(xy)]
    path = tmp_path / "burglaries.csv"
    path.write_text("\n".join(["x,y,days,kind", *lines, ",5,1,A"]) + "\n")
    return path


@pytest.fixture
def rng() -> np.random.Generator:
    """Chance that repeats itself."""
    return np.random.default_rng(7)


def result(tmp_path: Path, *words: object) -> dict:
    """Run the command and return what it wrote."""
    done = run(*words, "--json", tmp_path / "out.json")
    assert done.exit_code == 0, done.output
    return json.loads((tmp_path / "out.json").read_text())


def test_every_family_is_there() -> None:
    """The group lists the methods of all families, and each has a line of help."""
    done = run("--help")

    assert done.exit_code == 0
    assert "kde" in done.output
    assert "hotspots" in done.output
    assert "space" in FAMILIES


def test_kde_integrates_to_one(burglaries: Path, tmp_path: Path) -> None:
    """The grid reaches 4 bandwidths beyond the data; rows run south to north; the row without a place is named."""
    found = result(tmp_path, "kde", burglaries, "--x", "x", "--y", "y", "--bandwidth", 500, "--cell", 250)

    density = np.array(found["density"])
    a, _, c, _, e, f = found["transform"]
    row, column = np.unravel_index(density.argmax(), density.shape)
    assert density.sum() * 250**2 == pytest.approx(found["integral"]) == pytest.approx(1, abs=1e-3)
    assert found["max"] == density.max()
    assert (c + a * (column + 0.5), f + e * (row + 0.5)) == (
        pytest.approx(3000, abs=300),
        pytest.approx(3000, abs=300),
    )
    assert c <= -1900
    assert "row 201 (line 202)" in json.dumps(found["cautions"])


def test_kde_stays_in_its_mask(burglaries: Path, tmp_path: Path) -> None:
    """A mask in the same metres keeps all the mass inside."""
    mask = tmp_path / "mask.geojson"
    ring = [[0, 0], [6000, 0], [6000, 6000], [0, 6000], [0, 0]]
    mask.write_text(
        json.dumps({"type": "Polygon", "coordinates": [ring], "crs": {"properties": {"name": "EPSG:27700"}}})
    )

    found = result(
        tmp_path, "kde", burglaries, "--x", "x", "--y", "y", "--crs", "EPSG:27700", "--bandwidth", "scott",
        "--cell", 250, "--mask", mask, "--weight", "days", "--svg", tmp_path / "kde.svg",
    )  # fmt: skip

    assert found["integral"] == pytest.approx(1.0, abs=1e-12)
    assert len(found["density"]) == len(found["density"][0]) == 24
    assert (tmp_path / "kde.svg").read_text().startswith("<svg")


def test_hotspots_lists_its_cells(burglaries: Path, tmp_path: Path) -> None:
    """The planted cluster is hot; hot means z > 0 and q at most 0.05."""
    found = result(tmp_path, "hotspots", burglaries, "--x", "x", "--y", "y", "--cell", 250)

    hot = [cell for cell in found["cells"] if cell["hot"]]
    assert sum(cell["count"] for cell in found["cells"]) == 200
    assert found["n_hot"] == len(hot) == sum(c["z"] > 0 and c["q"] <= 0.05 for c in found["cells"]) > 0
    assert found["z_max"] == max(cell["z"] for cell in found["cells"])
    assert np.hypot(hot[0]["x"] - 3000, hot[0]["y"] - 3000) < 500


def test_permutations_repeat_with_their_seed(burglaries: Path, tmp_path: Path) -> None:
    """The same seed gives the same p."""
    words = (
        "hotspots",
        burglaries,
        "--x",
        "x",
        "--y",
        "y",
        "--cell",
        500,
        "--permutations",
        999,
        "--seed",
        3,
    )

    assert result(tmp_path, *words)["cells"] == result(tmp_path, *words)["cells"]


def test_harm_weighs_the_map(burglaries: Path, tmp_path: Path) -> None:
    """A table of weights by category; a category that the table lacks is refused by name."""
    scale = tmp_path / "scale.csv"
    scale.write_text("kind,days\nA,10\nB,\n")
    words = (
        "hotspots",
        burglaries,
        "--x",
        "x",
        "--y",
        "y",
        "--cell",
        500,
        "--category",
        "kind",
        "--harm",
        scale,
    )

    found = result(tmp_path, *words)
    scale.write_text("kind,days\nA,10\n")
    refused = run(*words)

    assert sum(cell["value"] for cell in found["cells"]) == 100 * 10
    assert found["n_without_weight"] == 100
    assert refused.exit_code == 2
    assert "'B' is not known" in refused.output


def test_degrees_are_refused_with_the_remedy(tmp_path: Path) -> None:
    """Longitude and latitude without a word about them end with one line that says what to do."""
    path = tmp_path / "t.csv"
    path.write_text("lon,lat\n-2.6,51.4\n-2.5,51.5\n")

    for more, words in (
        ((), "--crs EPSG:4326 --project EPSG:32630"),
        (("--crs", "EPSG:4326"), "--project auto"),
    ):
        done = run("hotspots", path, "--x", "lon", "--y", "lat", "--cell", 250, *more)
        assert done.exit_code == 2
        assert words in done.output


def test_longitudes_projected_give_a_map_for_the_globe(tmp_path: Path) -> None:
    """With a projection the cells can be written in longitude and latitude too."""
    path = tmp_path / "t.csv"
    path.write_text("lon,lat\n-2.6,51.4\n-2.5,51.5\n")
    words = ("--x", "lon", "--y", "lat", "--crs", "EPSG:4326", "--project", "auto", "--cell", 2000)

    found = result(tmp_path, "hotspots", path, *words, "--geojson", tmp_path / "hot.geojson", "--at-least", 1)
    features = json.loads((tmp_path / "hot.geojson").read_text())["features"]

    assert found["crs"] == "EPSG:32630"
    assert len(features) == 2
    assert abs(features[0]["geometry"]["coordinates"][0][0][1]) < 90


def test_the_other_maps_run_too(burglaries: Path, tmp_path: Path) -> None:
    """Local Moran, hexagons and the sensitivity to cells answer on the same file."""
    where = ("--x", "x", "--y", "y")

    moran = result(tmp_path, "local-moran", burglaries, *where, "--cell", 500, "--permutations", 99)
    cells = result(tmp_path, "cell-sensitivity", burglaries, *where, "--cells", "300,500", "--shifts", 1)
    hexagons = result(
        tmp_path, "hexagons", burglaries, *where, "--crs", "EPSG:27700", "--resolution", 8,
        "--geojson", tmp_path / "h3.geojson",
    )  # fmt: skip

    assert sum(cell["value"] for cell in moran["cells"]) == 200
    assert len(cells["variants"]) == 2
    assert sum(cell["count"] for cell in hexagons["cells"]) == 200
    assert (tmp_path / "h3.geojson").exists()


def test_streets_and_features_come_from_files(burglaries: Path, tmp_path: Path) -> None:
    """A street graph and the places of a feature are files beside the events; a wrong pair is named."""
    streets, bars = tmp_path / "streets.geojson", tmp_path / "bars.csv"
    lines = [[[0, at], [6000, at]] for at in range(0, 6001, 500)]
    crs = {"properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    streets.write_text(json.dumps({"type": "MultiLineString", "coordinates": lines, "crs": crs}))
    bars.write_text("x,y\n3000,3000\n3100,2950\n")
    where = ("--x", "x", "--y", "y", "--crs", "EPSG:27700")

    along = result(tmp_path, "street-kde", burglaries, *where, "--streets", streets, "--within", 300)
    terrain = result(
        tmp_path,
        "risk-terrain",
        burglaries,
        *where,
        "--feature",
        f"bars={bars}",
        "--cell",
        300,
        "--distances",
        "300",
    )
    wrong = run("risk-terrain", burglaries, *where, "--feature", "bars", "--cell", 300)

    assert sum(piece["density"] * piece["length"] for piece in along["pieces"]) == pytest.approx(200)
    assert terrain["factors"][0]["name"] == "bars"
    assert terrain["factors"][0]["relative_risk"]["low"] > 1
    assert wrong.exit_code == 2
    assert "NAME=FILE" in wrong.output


def test_large_files_are_counted(tmp_path: Path, rng: np.random.Generator) -> None:
    """Grid and table of a Parquet file; degrees are refused in one line."""
    path, degrees = tmp_path / "events.parquet", tmp_path / "degrees.parquet"
    days = np.datetime64("2024-01-01") + rng.integers(0, 30, 80)
    x, y = rng.integers(0, 20, (2, 80)) * 100.0
    pq.write_table(pa.table({"x": x, "y": y, "day": days}), path)
    pq.write_table(pa.table({"x": x / 1000, "y": y / 1000}), degrees)
    where = ("--x", "x", "--y", "y")

    grid = result(tmp_path, "grid-counts", path, *where, "--cell", 500)
    pairs = result(
        tmp_path, "pair-counts", path, *where, "--date", "day", "--space", "0,100,4000", "--time", "0,15,30"
    )
    refused = run("grid-counts", degrees, *where, "--cell", 500)

    assert sum(grid["count"]) == 80
    assert sum(sum(row) for row in pairs["observed"]) == 80 * 79 // 2
    assert refused.exit_code == 2
    assert "--crs local-metres" in refused.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--bandwidth", "wide"), "neither a length in metres nor one of scott"),
        (("--bandwidth", "0"), "give a length in metres above 0"),
        (("--bandwidth", "500", "--harm", "x.csv"), "together with --category"),
        (("--bandwidth", "500", "--weight", "z"), "choose one of x, y"),
    ],
)
def test_a_wrong_option_is_named(burglaries: Path, words: tuple[str, ...], says: str) -> None:
    """The line names the option or the column."""
    done = run("kde", burglaries, "--x", "x", "--y", "y", "--cell", 250, *words)

    assert done.exit_code == 2
    assert says in done.output


@pytest.mark.real_data
def test_chicago_from_the_terminal(test_data: Path, tmp_path: Path) -> None:
    """148,636 assaults in degrees: the published peak, grid and largest z, in one command each."""
    path = test_data / "crime" / "chicago_agg_assault" / "chicago_aggravated_assaults_2010_2019.parquet"
    where = ("--x", "longitude", "--y", "latitude", "--crs", "EPSG:4326", "--project", "EPSG:32616")

    kde = result(tmp_path, "kde", path, *where, "--bandwidth", 500, "--cell", 250)
    hot = result(tmp_path, "hotspots", path, *where, "--cell", 250)

    assert kde["max"] == pytest.approx(9.2429e-09, rel=1e-5)
    assert kde["integral"] == pytest.approx(1, abs=1e-6)
    assert (len(hot["cells"]), hot["z_max"]) == (22_477, pytest.approx(22.3300, abs=5e-5))
    assert sum(cell["z"] > 1.96 for cell in hot["cells"]) == 2784


@pytest.mark.real_data
def test_avon_adds_up_to_its_harm(test_data: Path, tmp_path: Path) -> None:
    """The total harm of Avon and Somerset's located incidents, by the weights of its 13 categories."""
    crime = test_data / "crime"
    scale = tmp_path / "scale.csv"
    weights = (crime / "harm_index" / "cchi_2026_avon_and_somerset_by_category.csv").read_text()
    scale.write_text(weights.rstrip("\n") + "\nAvon and Somerset,Anti-social behaviour,\n")
    path = crime / "police_uk_avon_somerset" / "avon_and_somerset_street_2023_2024.parquet"
    oracle = read_table(crime / "harm_index" / "oracle_avon_harm_totals.csv")
    days = dict(zip(oracle.texts("Crime type"), oracle.numbers("days"), strict=True))
    table = read_table(path)
    nowhere = np.isnan(table.numbers("Longitude"))
    lost = np.nansum([days[kind] for kind in np.array(table.texts("Crime type"))[nowhere]])

    found = result(
        tmp_path, "hotspots", path, "--x", "Longitude", "--y", "Latitude", "--crs", "EPSG:4326",
        "--project", "EPSG:27700", "--cell", 1000, "--category", "Crime type", "--harm", scale,
        "--snapped", "--at-least", 1,
    )  # fmt: skip

    assert sum(cell["value"] for cell in found["cells"]) + lost == pytest.approx(29_944_358.94, abs=0.01)
    assert "20,142 rows have no place" in json.dumps(found["cautions"])
    assert "snapped" in {caution["code"] for caution in found["cautions"]}
