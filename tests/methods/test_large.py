"""Beyond memory: DuckDB, Polars and Spark count what a naive loop counts, whatever the strips."""

import itertools
import json
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from openilp.methods.errors import BadValue, NotInMetres, TooFew, UnreadableFile
from openilp.methods.large import (
    PairCounts,
    count_pairs,
    count_pairs_spark,
    grid_counts,
    grid_counts_polars,
    grid_counts_spark,
)
from openilp.methods.large.counts import Columns
from openilp.methods.series.bands import Bands

SPACE, TIME = (0, 0.1, 100, 250), (0, 2, 7, 14)


def made_up(rng: np.random.Generator, n: int) -> dict[str, Any]:
    """Events on a lattice of 50 m with ties, days of two months, and negative coordinates."""
    return {
        "e": rng.integers(-20, 40, n) * 50.0 + rng.choice([0.0, 0.05], n),
        "n o": rng.integers(-10, 30, n) * 50.0,
        "day": np.datetime64("2024-03-01") + rng.integers(0, 60, n),
    }


def written(folder: Path, columns: dict[str, Any]) -> Columns:
    """The events as a file."""
    pq.write_table(pa.table(columns), folder / "events.parquet")
    return Columns(str(folder / "events.parquet"), "e", "n o", "day")


def naive(columns: dict[str, Any], space: Bands, time: Bands, metric: str) -> np.ndarray:
    """Each pair once."""
    table = np.zeros((len(space), len(time)), dtype=int)
    days = columns["day"].astype(int)
    for i, j in itertools.combinations(range(len(days)), 2):
        east, north = columns["e"][i] - columns["e"][j], columns["n o"][i] - columns["n o"][j]
        apart = abs(east) + abs(north) if metric == "manhattan" else np.sqrt(east * east + north * north)
        delay = float(abs(days[i] - days[j]))
        s, t = int(space.place(np.array([apart]))[0]), int(time.place(np.array([delay]))[0])
        if s >= 0 and t >= 0:
            table[s, t] += 1
    return table


@pytest.mark.parametrize("metric", ["manhattan", "euclidean"])
@pytest.mark.parametrize("closed", ["left", "right"])
@pytest.mark.parametrize("first", [0, 1])
def test_pairs_equal_their_naive_twin(
    tmp_path: Path, rng: np.random.Generator, metric: Any, closed: Any, first: int
) -> None:
    """Each pair counts once, in the band of its closed end, across the edges of strips and boxes."""
    columns = made_up(rng, 250)
    space, time = Bands(SPACE[first:], closed), Bands(TIME[first:], closed)

    found = count_pairs(written(tmp_path, columns), space=space, time=time, metric=metric, strip_events=40)

    assert found.observed.tolist() == naive(columns, space, time, metric).tolist()
    assert found.n == 250


def test_both_engines_count_one_grid(tmp_path: Path, rng: np.random.Generator) -> None:
    """DuckDB and Polars agree with a loop; rows without a place are counted, not kept."""
    columns = made_up(rng, 300)
    columns["e"][:7] = np.nan
    events = written(tmp_path, columns)
    cells = zip(columns["n o"][7:] // 125, columns["e"][7:] // 125, strict=True)
    expected = Counter((int(row), int(column)) for row, column in cells)

    for found in (grid_counts(events, cell_m=125), grid_counts_polars(events, cell_m=125)):
        got = zip(found.row.tolist(), found.column.tolist(), found.count.tolist(), strict=True)
        assert {(row, column): count for row, column, count in got} == expected
        assert (found.n, found.n_left_out) == (293, 7)
        assert "7 rows lack" in found.in_words()


def test_feet_are_counted_in_metres(tmp_path: Path) -> None:
    """A system in feet is turned into metres first, by each engine."""
    columns = {
        "e": [7_640_000.0, 7_640_300.0],
        "n o": [680_000.0] * 2,
        "day": np.array(["2024-01-01"] * 2, "M8[D]"),
    }
    plain = written(tmp_path, columns)
    events = Columns(plain.path, plain.x, plain.y, plain.date, "EPSG:2913")

    pairs = count_pairs(events, space=Bands((0, 91, 92)), time=Bands((0, 1)))

    # 300 international feet are 91.44 m.
    assert pairs.observed.tolist() == [[0], [1]]
    assert (
        grid_counts(events, cell_m=50).column.tolist()
        == grid_counts_polars(events, cell_m=50).column.tolist()
    )


@pytest.mark.parametrize("count", [grid_counts, grid_counts_polars])
def test_what_cannot_be_counted_is_refused(tmp_path: Path, count: Any) -> None:
    """Degrees, a missing file or column, a cell that is none, no event."""
    degrees = written(tmp_path, {"e": [-2.6], "n o": [51.4], "day": np.array(["2024-01-01"], "M8[D]")})

    with pytest.raises(NotInMetres, match="--crs EPSG:4326"):
        count(degrees, cell_m=100)
    with pytest.raises(UnreadableFile):
        count(Columns(str(tmp_path / "absent.parquet"), "e", "n o"), cell_m=100)
    with pytest.raises(UnreadableFile):
        count(Columns(degrees.path, "x", "n o"), cell_m=100)
    with pytest.raises(BadValue, match="cell_m"):
        count(degrees, cell_m=0)
    with pytest.raises(TooFew):
        count(
            written(tmp_path, {"e": [np.nan], "n o": [1.0], "day": np.array(["2024-01-01"], "M8[D]")}),
            cell_m=9,
        )


def test_bands_need_an_end_and_a_date(tmp_path: Path, rng: np.random.Generator) -> None:
    """All pairs of a large file cannot be counted one by one."""
    events = written(tmp_path, made_up(rng, 9))

    with pytest.raises(BadValue, match="finite edge"):
        count_pairs(events, space=Bands((0, 1, np.inf)), time=Bands((0, 1)))
    with pytest.raises(BadValue, match="column of dates"):
        count_pairs(Columns(events.path, "e", "n o"), space=Bands((0, 1)), time=Bands((0, 1)))


def test_a_table_says_and_draws_itself(tmp_path: Path, rng: np.random.Generator) -> None:
    """Words, plain data, pictures."""
    events = written(tmp_path, made_up(rng, 50))
    pairs = count_pairs(events, space=Bands((0, 200)), time=Bands((0, 9)))
    grid = grid_counts(events, cell_m=500)

    for found in (pairs, grid):
        assert json.dumps(found.to_dict(), allow_nan=False)
        assert "50 events" in found.in_words()
        assert "<svg" in found.plot().svg


@pytest.mark.real_data
def test_chicago_equals_the_published_table(crime: Path) -> None:
    """11,701 burglaries: the observed table that R NearRepeat counts, cell by cell."""
    path = crime / "chicago_nearrepeat" / "chicago_be_2016.parquet"
    space, time = Bands((0, 0.1, 100, 200, 300, 400)), Bands((0, 7, 14, 21, 28))

    found = count_pairs(Columns(str(path), "X", "Y", "date"), space=space, time=time, strip_events=3000)

    assert found.observed.tolist() == [
        [320, 104, 63, 58],
        [420, 306, 302, 264],
        [888, 888, 761, 734],
        [1116, 1080, 1061, 1023],
        [1335, 1333, 1375, 1246],
    ]


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """A standalone master of Spark with two workers of one core each; stopped by their own ids at the end."""
    import pyspark

    home = Path(pyspark.__file__).parent
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"spark://127.0.0.1:{port}"
    program = [str(home / "bin" / "spark-class")]
    deploy = "org.apache.spark.deploy"
    web = ["--webui-port", "0"]
    commands = [[*program, f"{deploy}.master.Master", "--host", "127.0.0.1", "--port", str(port), *web]]
    for number in range(2):
        work = ["--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"worker{number}"), *web]
        commands.append([*program, f"{deploy}.worker.Worker", "--host", "127.0.0.1", *work, url])
    started = []
    try:
        for command in commands:
            log = (folder / f"spark{len(started)}.log").open("w")
            started.append(subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT))
            log.close()
        yield url
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(30)


@pytest.mark.deep
@pytest.mark.filterwarnings("ignore")
def test_spark_counts_what_one_machine_counts(tmp_path: Path, rng: np.random.Generator) -> None:
    """A standalone master and two workers give the same grid and the same table, pair by pair."""
    sql = pytest.importorskip("pyspark.sql", exc_type=ImportError)
    assert shutil.which("java"), "Spark needs Java: python3 scripts/set_up.py java"
    n = 1_000_000
    columns = {
        "e": rng.uniform(-5000, 74_000, n).round(1),
        "n o": rng.uniform(0, 79_000, n).round(1),
        "day": np.datetime64("2020-01-01") + rng.integers(0, 1500, n),
    }
    columns["e"][:3] = np.nan
    events = written(tmp_path, columns)
    space, time = Bands(SPACE), Bands(TIME)
    ours: PairCounts = count_pairs(events, space=space, time=time, strip_events=100_000)

    with cluster(tmp_path) as url:
        session = (
            sql.SparkSession.builder.master(url)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.executor.memory", "900m")
            .config("spark.cores.max", "2")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "4")
            .getOrCreate()
        )
        try:
            theirs = count_pairs_spark(session, events, space=space, time=time)
            grid = grid_counts_spark(session, events, cell_m=250)
            executors = session.sparkContext._jsc.sc().getExecutorMemoryStatus().size()
        finally:
            session.stop()

    # The driver counts as one.
    assert executors == 3
    assert theirs.observed.tolist() == ours.observed.tolist()
    assert (theirs.n, theirs.n_left_out) == (ours.n, ours.n_left_out) == (n - 3, 3)
    here = grid_counts(events, cell_m=250)
    for column in ("column", "row", "count"):
        np.testing.assert_array_equal(getattr(grid, column), getattr(here, column))
