"""Make the demo agency's extract of real incidents from the police.uk data set.

    python scripts/make_demo_extract.py DATA/crime/police_uk_avon_somerset/avon_and_somerset_street_2023_2024.parquet

The rows are drawn by a fixed seed, in the order of the file and with all columns as they came, so that an import of
the whole data set knows them again. Located incidents outside the drawn country are left out.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from shapely.geometry import shape

from openilp.cli.demo_agency.geography import places

ROOT = Path(__file__).resolve().parents[1]
EXTRACT = ROOT / "src" / "openilp" / "cli" / "demo_agency" / "data" / "incidents.parquet"
ROWS = 80_000
SEED = 3
MOST_BYTES = 4_000_000


def extract(table: pa.Table, *, rows: int = ROWS, seed: int = SEED) -> pa.Table:
    """Return some rows of the data set: located in the drawn country, or without coordinates.

    Args:
        table: The data set, with the columns of police.uk.
        rows: How many rows to draw.
        seed: Start of the random generator.
    """
    longitudes = np.asarray(table["Longitude"].to_numpy(zero_copy_only=False), dtype=float)
    latitudes = np.asarray(table["Latitude"].to_numpy(zero_copy_only=False), dtype=float)
    located = np.isfinite(longitudes)
    country = shapely.union_all([shape(p.boundary) for p in places() if p.boundary])
    shapely.prepare(country)
    inside = np.zeros(len(longitudes), dtype=bool)
    inside[located] = shapely.contains_xy(country, longitudes[located], latitudes[located])
    candidates = np.flatnonzero(inside | ~located)
    drawn = np.sort(np.random.default_rng(seed).choice(candidates, size=rows, replace=False))
    return table.take(pa.array(drawn)).replace_schema_metadata(None)


def main() -> int:
    """Write the extract and print its size."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("source", type=Path)
    source = parser.parse_args().source
    made = extract(pq.read_table(source))
    pq.write_table(made, EXTRACT, compression="zstd", compression_level=19, write_statistics=False)
    size = EXTRACT.stat().st_size
    print(f"{EXTRACT.relative_to(ROOT)}: {made.num_rows:,} rows, {size:,} bytes")
    if size > MOST_BYTES:
        print(f"More than {MOST_BYTES:,} bytes; draw fewer rows.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
