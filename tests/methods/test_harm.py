"""Harm: totals by type equal the reference run, and what has no weight is said."""

import csv
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from openilp.methods.errors import BadValue, TooFew
from openilp.methods.harm import harm_of, harm_totals


def test_few_grave_events_outweigh_many_minor_ones() -> None:
    """Order and shares are those of harm, not of number; a type without weight comes last."""
    types = ["minor"] * 90 + ["grave"] * 2 + ["unknown"] * 8

    result = harm_totals(types, {"minor": 1, "grave": 365}, table="example 1", unit="days")

    assert [row.type for row in result.types] == ["grave", "minor", "unknown"]
    assert result.total == 820
    assert result.types[0].share_of_harm == pytest.approx(730 / 820)
    assert result.types[2].harm is None
    assert result.n_unweighted == 8
    assert "8 events of the types unknown" in str(result.cautions[1])


def test_events_without_weight_stay_unknown() -> None:
    """NaN, not 0: the map reports them."""
    weights = harm_of(["a", "b"], {"a": 3})

    assert weights[0] == 3
    assert np.isnan(weights[1])


def test_bad_tables_and_empty_selections_are_refused() -> None:
    """A negative weight is named, and no event has no harm."""
    with pytest.raises(BadValue, match="weight of 'a' is -1"):
        harm_of(["a"], {"a": -1})
    with pytest.raises(TooFew, match="0 events"):
        harm_totals([], {}, table="t", unit="days")


@pytest.mark.real_data
def test_avon_equals_the_reference_totals(crime: Path) -> None:
    """325,069 crimes: harm by type, total and shares equal the reference run."""
    folder = crime / "harm_index"
    with (folder / "cchi_2026_avon_and_somerset_by_category.csv").open(newline="") as file:
        weights = {row["crime_type"]: float(row["cchi_days"]) for row in csv.DictReader(file)}
    with (folder / "oracle_avon_harm_totals.csv").open(newline="") as file:
        oracle = {row["Crime type"]: row for row in csv.DictReader(file)}
    source = crime / "police_uk_avon_somerset" / "avon_and_somerset_street_2023_2024.parquet"
    types = pq.read_table(source, columns=["Crime type"])["Crime type"].to_pylist()

    result = harm_totals(types, weights, table="CCHI 2026", unit="days")

    translated = {row.type: row for row in result.types}
    assert set(translated) == set(oracle)
    for kind, row in translated.items():
        assert row.n == int(oracle[kind]["n"])
        if oracle[kind]["harm"]:
            assert row.harm == pytest.approx(float(oracle[kind]["harm"]))
            assert row.share_of_harm == pytest.approx(float(oracle[kind]["share_harm"]))
        else:
            assert row.harm is None
    assert result.total == pytest.approx(29_944_358.94, abs=0.005)
    assert result.n_unweighted == 41_985
