"""Fifty million events: the observed near-repeat table and the grid counts, streamed within 4 GB."""

import tempfile
from pathlib import Path

import duckdb

from benchmarks.methods import Row, peak_bytes, seconds, timed
from openilp.methods.large import count_pairs, grid_counts, grid_counts_polars
from openilp.methods.large.counts import Columns
from openilp.methods.series.bands import Bands

EVENTS = 50_000_000
# Ten years over a region of 300 by 300 km: 280 events within 400 m of each other one, over all years.
EXTENT_M, DAYS = 300_000, 3650
LIMIT_BYTES = 4 * 1024**3
MEMORY = "2GB"


def rows() -> list[Row]:
    """Write the events, count them thrice, and hold the memory of this process against the limit."""
    with tempfile.TemporaryDirectory() as folder:
        events = Columns(str(Path(folder) / "events.parquet"), "x", "y", "day")
        _write(events.path)
        polars, polars_s = timed(lambda: grid_counts_polars(events, cell_m=1000))
        after_polars = peak_bytes()
        duck, duck_s = timed(lambda: grid_counts(events, cell_m=1000, memory=MEMORY))
        pairs, pairs_s = timed(
            lambda: count_pairs(
                events, space=Bands((0, 100, 200, 300, 400)), time=Bands((0, 7, 14, 21, 28)), memory=MEMORY
            )
        )
        used = peak_bytes()
    same = bool(
        (polars.count == duck.count).all()
        and (polars.row == duck.row).all()
        and (polars.column == duck.column).all()
    )
    found, expected = int(pairs.observed.sum()), _expected_pairs()
    return [
        Row(
            f"grid counts, {EVENTS:,} events, {len(duck.count):,} cells of 1 km",
            f"Polars {seconds(polars_s)}, DuckDB {seconds(duck_s)}",
            "each other",
            f"{after_polars / 1024**3:.2g} GB at most (Polars)",
            "≤ 4 GB",
            used <= LIMIT_BYTES and same,
            "equal, cell by cell" if same else "they differ",
        ),
        Row(
            f"near-repeat observed table, {EVENTS:,} events, 4 × 4 bands to 400 m and 28 days",
            f"DuckDB {seconds(pairs_s)}",
            "the expected number for even events",
            f"{found:,} pairs, {used / 1024**3:.2g} GB at most (all of this run)",
            "≤ 4 GB",
            used <= LIMIT_BYTES and abs(found / expected - 1) < 0.01,
            f"{found / expected:.4f} of the expected number; equal to Spark in `test_large.py`",
        ),
    ]


def _write(path: str) -> None:
    with duckdb.connect(config={"memory_limit": "1GB"}) as engine:
        engine.execute("SELECT setseed(0.5)")
        engine.execute(
            f"COPY (SELECT random() * {EXTENT_M} AS x, random() * {EXTENT_M} AS y, "
            f"DATE '2015-01-01' + CAST(floor(random() * {DAYS}) AS INTEGER) AS day FROM range({EVENTS})) "
            f"TO '{path}' (FORMAT parquet)"
        )


def _expected_pairs() -> float:
    # Manhattan balls of radius r have the area 2 r²; the border of the square is left out of account (0.1 %).
    near = 2 * 400**2 / EXTENT_M**2
    soon = sum((2 if delay else 1) * (DAYS - delay) for delay in range(28)) / DAYS**2
    return EVENTS * (EVENTS - 1) / 2 * near * soon
