"""Methods on the real extract: the gaps of the delivery are found, and the whole region is measured in seconds."""

import json
import os
import time
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from openilp import reference
from openilp.analysis import registry
from openilp.analysis.services.snapshots import months_between

pytestmark = pytest.mark.real_data


def table() -> pa.Table:
    """Return the 325,069 incidents as a snapshot holds them."""
    folder = Path(os.environ["OPENILP_TEST_DATA"]) / "crime" / "police_uk_avon_somerset"
    (path,) = folder.glob("*.parquet")
    raw = pq.read_table(path)
    codes = {alias: v.code for v in reference.vocabulary("crime-types").values for alias in v.aliases}
    months = raw["Month"].to_pylist()
    held = set(months)
    facts = {
        "starts_on": "2023-01-01",
        "ends_on": "2024-12-31",
        "gap_months": [m for m in months_between(date(2023, 1, 1), date(2024, 12, 31)) if m not in held],
    }
    starts = pa.array([f"{month}-01T00:00:00" for month in months]).cast(pa.timestamp("us"))
    made = pa.table(
        {
            "longitude": raw["Longitude"],
            "latitude": raw["Latitude"],
            "crime_type": [codes[kind] for kind in raw["Crime type"].to_pylist()],
            "starts_at": starts,
            "ends_at": starts,
            "time_precision": pa.array(["month"] * raw.num_rows),
        }
    )
    return made.replace_schema_metadata({"openilp": json.dumps(facts)})


def test_the_gaps_of_the_delivery_stay_gaps() -> None:
    """Two months were never delivered: they have no count, and the trend leaves them out. [ANA-06]"""
    data = table()
    method = registry.method("monthly_trend")
    result = method.run(data, method.read({}))

    assert result["gaps"] == ["2024-07", "2024-08"]
    assert [m["month"] for m in result["months"] if m["count"] is None] == result["gaps"]
    assert result["n"] == 325_069


def test_a_region_is_measured_by_harm_in_seconds() -> None:
    """All incidents with a place on cells of 500 m, twice with the same figures. [ANA-13]"""
    data = table()
    method = registry.method("hot_spots_harm")
    began = time.monotonic()
    result = method.run(data, method.read({"cell_m": 500}))
    took_s = time.monotonic() - began

    assert result["n"] + result["left_out"]["no_coordinates"] == data.num_rows
    assert result == method.run(data, method.read({"cell_m": 500}))
    assert any(caution["code"] == "snapped" for caution in result["cautions"])
    assert took_s < 10
