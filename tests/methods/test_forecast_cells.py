"""The forecast as a whole: planted cells are found, units and order change nothing, thin data get none."""

import json
from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely

from openilp.methods.errors import BadValue
from openilp.methods.forecast import Forecast, NoForecast, forecast_cells, forecast_horizons
from openilp.methods.places import Area, Places, Plane
from tests.methods.planted import hot_city

LOCAL = Plane("local-metres")


def city(n: int = 1500, seed: int = 21, days: int = 900) -> tuple[Any, Any, Any]:
    """A planted city of 4 by 4 km."""
    return hot_city(np.random.default_rng(seed), n=n, days=days)


def forecast(places: Any, when: Any, **options: Any) -> Forecast:
    """A month ahead in 24 ha of cells of 200 m."""
    chosen = {"days": 31, "area_ha": 24.0, "cell_m": 200.0, "rng": np.random.default_rng(1), **options}
    return forecast_cells(Places(places[:, 0], places[:, 1], LOCAL), when, **chosen)


@pytest.fixture(scope="module")
def made() -> tuple[Forecast, Any]:
    """One forecast for all tests that only look at it."""
    places, when, centres = city()
    return forecast(places, when), centres


def test_the_planted_cells_are_found(made: tuple[Forecast, Any]) -> None:
    """Six hot cells are the six chosen ones, and the total is a month of the record."""
    found, centres = made

    assert set(found.cell) == set(found.lattice.cell_of(centres[:, 0], centres[:, 1]))
    assert found.total.value == pytest.approx(1500 / 900 * 31, rel=0.25)
    assert (found.low <= found.expected).all()
    assert (found.expected <= found.high).all()
    np.testing.assert_allclose(found.probability, 1 - np.exp(-found.expected))


def test_it_stands_beside_three_trivial_baselines(made: tuple[Forecast, Any]) -> None:
    """Scores of the ensemble and the baselines on the same windows, and a verdict against the best."""
    found, _ = made

    scores = found.validation.scores
    assert {"ensemble", "all_counts", "year_counts", "recent_counts"} < set(scores)
    assert len({score.total for score in scores.values()}) == 1
    assert {row.size for row in found.baselines.values()} == {6}
    best = max(scores[name].n for name in found.baselines)
    assert scores[found.validation.best_baseline].n == best
    assert found.validation.advantage.difference.value == pytest.approx(
        (scores["ensemble"].n - best) / scores["ensemble"].total
    )
    assert sum(found.weights.values()) == pytest.approx(1)


def test_no_scored_window_reaches_into_the_forecast(made: tuple[Forecast, Any]) -> None:
    """Every scored window ends before the first day of the forecast."""
    found, _ = made

    for start in found.validation.starts:
        assert np.datetime64(start) + 31 <= np.datetime64(found.start)


def test_the_json_is_geojson_of_the_chosen_cells(made: tuple[Forecast, Any]) -> None:
    """A FeatureCollection of closed squares in order of rank; nothing in it is a NaN."""
    found, _ = made

    written = json.loads(json.dumps(found.to_dict(), allow_nan=False))

    assert written["type"] == "FeatureCollection"
    assert [each["properties"]["rank"] for each in written["features"]] == [1, 2, 3, 4, 5, 6]
    shapes = [shapely.geometry.shape(each["geometry"]) for each in written["features"]]
    assert {shape.area for shape in shapes} == {40_000.0}
    assert written["crs"]["properties"]["name"] == "local-metres"
    assert found.plot().svg.startswith("<svg")


@pytest.mark.deep
def test_order_unit_of_time_and_feet_change_nothing() -> None:
    """Rows in another order, all dates 700 days later: the same cells."""
    places, when, _ = city(n=700)
    order = np.random.default_rng(3).permutation(len(when))

    one = forecast(places, when)
    other = forecast(places[order], when[order] + np.timedelta64(700, "D"))

    np.testing.assert_array_equal(one.cell, other.cell)
    np.testing.assert_allclose(one.expected, other.expected)


def test_a_boundary_is_the_study_area() -> None:
    """Cells and events beyond the boundary do not count."""
    places, when, _ = city(n=800)
    west = Area(shapely.box(0, 0, 1999, 3999), LOCAL)

    found = forecast(places, when, area=west)

    assert found.lattice.n == 10 * 20
    assert found.n == int((places[:, 0] < 2000).sum())
    assert "area_from_events" not in {each.code for each in found.cautions}


@pytest.mark.parametrize(
    ("n", "days", "horizon", "said"),
    [(60, 900, 31, "60 events"), (400, 900, 366, "past windows"), (120, 2000, 7, "fewer than 30 events")],
)
def test_thin_data_get_no_forecast(n: int, days: int, horizon: int, said: str) -> None:
    """Too few events, too short a record, too few events to score it on: the error says which."""
    places, when, _ = city(n=n, days=days)

    with pytest.raises(NoForecast, match=rf"^No forecast: .*{said}"):
        forecast(places, when, days=horizon)


def test_a_record_that_fell_silent_gets_no_forecast() -> None:
    """Half a year without an event before the start is a gap in the record."""
    places, when, _ = city(n=500)

    with pytest.raises(NoForecast, match="holds nothing in the"):
        forecast(places, when, start=date(2023, 1, 1))


@pytest.mark.parametrize(
    ("option", "value"), [("area_ha", 0.0), ("area_ha", 1.0), ("area_ha", 1e6), ("cell_m", -1.0), ("days", 0)]
)
def test_a_bad_parameter_is_refused(option: str, value: float) -> None:
    """The error names it."""
    places, when, _ = city(n=300)

    with pytest.raises(BadValue, match=option.removesuffix("_m")):
        forecast(places, when, **{option: value})


@pytest.mark.deep
def test_several_horizons_equal_each_alone() -> None:
    """What is shared changes nothing."""
    places, when, _ = city(n=900)
    here = Places(places[:, 0], places[:, 1], LOCAL)
    wanted = {"area_ha": 24.0, "cell_m": 200.0}

    both = forecast_horizons(here, when, horizons=(31, 61), **wanted, rng=np.random.default_rng(1))
    alone = forecast_horizons(here, when, horizons=(61,), **wanted, rng=np.random.default_rng(1))[0]

    np.testing.assert_array_equal(both[1].cell, alone.cell)
    assert both[1].days == 61
