"""Hot spots: the closed form against a naive twin, a planted cluster, and what a map must not claim."""

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from openilp.methods.errors import BadValue, LengthMismatch, TooFew, TooLarge
from openilp.methods.record import as_record
from openilp.methods.space import Area, Grid, Places, Plane, hot_spots
from openilp.methods.space.permutation import _distinct, conditional_tails, total_tails
from openilp.methods.space.significance import false_discovery_rate, getis_ord_star
from openilp.methods.tables import read_table

CENTRE = (-2.6, 51.45)


def around(x: np.ndarray, y: np.ndarray) -> Places:
    """Place metres around the centre of the made-up town."""
    plane = Plane.local(np.array([CENTRE[0]]), np.array([CENTRE[1]]))
    east, north = plane.forward(np.array([CENTRE[0]]), np.array([CENTRE[1]]))
    return Places(east[0] + x, north[0] + y, plane)


def degrees(places: Places) -> tuple[float, float]:
    """Longitude and latitude of the first place."""
    lon, lat = places.plane.inverse(places.x, places.y)
    return float(lon[0]), float(lat[0])


def naive_gi(values: np.ndarray, possible: np.ndarray, reach: int) -> np.ndarray:
    """Gi* straight from the definition, with an explicit list of neighbours per cell."""
    cells = [tuple(cell) for cell in np.argwhere(possible)]
    x = np.array([values[cell] for cell in cells], dtype=float)
    n, mean = len(cells), x.mean()
    spread = np.sqrt((x**2).mean() - mean**2)
    z = np.full(values.shape, np.nan)
    for row, column in cells:
        w = np.array([float(max(abs(row - r), abs(column - c)) <= reach) for r, c in cells])
        room = (n * (w**2).sum() - w.sum() ** 2) / (n - 1)
        z[row, column] = (
            ((w * x).sum() - mean * w.sum()) / (spread * np.sqrt(room)) if spread * room > 0 else 0.0
        )
    return z


@given(
    hnp.arrays(np.int64, (6, 7), elements=st.integers(0, 9)),
    hnp.arrays(np.bool_, (6, 7)),
    st.integers(1, 2),
)
def test_gi_star_equals_its_naive_twin(values: np.ndarray, possible: np.ndarray, reach: int) -> None:
    """Convolution with a mask gives what the definition gives, cell by cell."""
    possible[0, 0] = possible[5, 6] = possible[3, 3] = True
    values = values.astype(float)
    values[0, 0] = values[5, 6] + 1

    z = getis_ord_star(values, possible, reach=reach)

    np.testing.assert_allclose(z, naive_gi(values, possible, reach), atol=1e-9)


@given(hnp.arrays(np.float64, st.integers(1, 40), elements=st.floats(0, 1)))
def test_adjustment_equals_scipy(probabilities: np.ndarray) -> None:
    """The false-discovery adjustment equals scipy's."""
    expected = stats.false_discovery_control(probabilities, method="bh")

    np.testing.assert_allclose(false_discovery_rate(probabilities), expected, atol=1e-12)


def test_a_planted_cluster_is_found_and_nothing_else(rng: np.random.Generator) -> None:
    """60 events in one cell among 1,000 even ones make a hot cell there, and hot cells only near it."""
    even = rng.uniform(-3000, 3000, (1000, 2))
    cluster = rng.uniform(-20, 20, (60, 2)) + 1125
    both = np.concatenate([even, cluster])

    found = hot_spots(around(both[:, 0], both[:, 1]), cell_m=250)

    hot = found.outlines[found.direction == 1].mean(axis=1)
    lon, lat = degrees(around(np.array([1125.0]), np.array([1125.0])))
    away_m = np.hypot((hot[:, 0] - lon) * 69_500, (hot[:, 1] - lat) * 111_200)
    assert shapely.contains_xy(shapely.Polygon(found.outlines[0]), lon, lat)
    assert found.direction[0] == 1
    assert away_m.max() < 600
    assert found.n == 1060


def test_false_finds_stay_below_the_rate(rng: np.random.Generator) -> None:
    """On 40 maps of pure chance, at most a few carry any hot cell at a rate of 5 %."""
    maps = 0
    for _ in range(40):
        z = getis_ord_star(rng.poisson(8, (30, 30)).astype(float), np.ones((30, 30), dtype=bool))
        maps += bool((false_discovery_rate(2 * stats.norm.sf(np.abs(z.ravel()))) <= 0.05).any())

    # Binomial(40, 0.05): 8 or more has a probability below 0.001.
    assert maps < 8


def test_weights_move_the_map_from_count_to_harm(rng: np.random.Generator) -> None:
    """Many minor events make the count's top cell, few grave ones the harm's."""
    minor, grave = np.tile([[125.0, 125.0]], (30, 1)), np.tile([[2125.0, 2125.0]], (5, 1))
    places = np.concatenate([minor, grave, rng.uniform(0, 3000, (50, 2))])
    weights = [1.0] * 30 + [365.0] * 5 + [1.0] * 50
    events = around(places[:, 0], places[:, 1])

    by_count = hot_spots(events, cell_m=250)
    by_harm = hot_spots(events, cell_m=250, weights=weights)

    assert by_count.count[0] >= 30
    assert by_harm.value[0] >= 5 * 365
    assert by_harm.count[0] < by_count.count[0]
    assert by_harm.value.sum() == pytest.approx(sum(weights))
    assert (np.diff(by_harm.value) <= 0).all()


def test_nothing_is_lost_silently() -> None:
    """Events without place, outside the area or without weight are counted as such."""
    events = Places.from_degrees(np.array([-2.6, -2.6, np.nan, -2.2]), np.array([51.45, 51.45, 51.45, 51.45]))
    area = Area.from_degrees(shapely.box(-2.65, 51.40, -2.55, 51.50), plane=events.plane)

    found = hot_spots(events, cell_m=500, weights=[2.0, None, 1.0, 1.0], possible=area)

    assert (found.n, found.n_without_place, found.n_outside, found.n_without_weight) == (2, 1, 1, 1)
    assert found.value.sum() == 2.0


def test_only_possible_cells_are_tested() -> None:
    """With a list of places, cells without a place do not exist for the test."""
    events = around(np.array([10.0, 20.0]), np.array([10.0, 10.0]))
    places = around(np.array([10.0, 5000.0, 5000.0]), np.array([10.0, 10.0, 5000.0]))

    found = hot_spots(events, cell_m=250, possible=places)

    assert found.n_cells == 3


def test_cautions_follow_the_data() -> None:
    """Snapped places and a missing boundary are said, and only then."""
    events = around(np.array([10.0, 20.0]), np.array([10.0, 10.0]))
    area = Area.from_degrees(shapely.box(-2.65, 51.40, -2.55, 51.50), plane=events.plane)

    bare = {caution.code for caution in hot_spots(events, cell_m=250, possible=area).cautions}
    full = {caution.code for caution in hot_spots(events, cell_m=250, snapped=True).cautions}

    assert full - bare == {"snapped", "mask_from_events"}


def test_small_cells_can_be_left_out_of_the_list() -> None:
    """A minimum count hides the cell but not its part in the test."""
    events = around(np.array([10.0] * 5 + [2000.0]), np.array([10.0] * 6))

    every, listed = (hot_spots(events, cell_m=250, minimum_count=least) for least in (0, 5))

    assert listed.count.tolist() == [5]
    assert listed.n_cells == every.n_cells
    assert listed.z[0] == every.z[0]


def test_geojson_rings_hold_their_events() -> None:
    """The first feature is a closed ring around the place."""
    events = around(np.array([10.0, 20.0]), np.array([10.0, 10.0]))

    feature = hot_spots(events, cell_m=250).geojson(1)["features"][0]

    ring = feature["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1]
    assert shapely.Polygon(ring).exterior.is_ccw
    assert shapely.contains_xy(shapely.Polygon(ring), *degrees(events))
    assert feature["properties"]["count"] == 2


def test_a_result_is_plain_data_and_cannot_be_changed() -> None:
    """A result can be stored as JSON; its arrays are read-only."""
    found = hot_spots(around(np.array([10.0, 20.0]), np.array([10.0, 10.0])), cell_m=250)

    record = json.loads(json.dumps(as_record(found), allow_nan=False))

    assert record["count"][0] == 2
    assert record["method"]["code"] == "gi_star"
    assert "2 events" in record["method"]["text"]
    with pytest.raises(ValueError, match="read-only"):
        found.value[0] = 7


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"cell_m": 0}, BadValue, "cell_m is 0"),
        ({"cell_m": 0.01}, TooLarge, "choose a larger cell"),
        ({"cell_m": 250, "weights": [1.0]}, LengthMismatch, "events has 2, weights has 1"),
        ({"cell_m": 250, "weights": [1.0, -1.0]}, BadValue, "weight of row 2 is -1.0"),
        ({"cell_m": 250, "weights": [1.0, "x"]}, BadValue, "give numbers"),
        ({"cell_m": 250, "reach": 0}, BadValue, "reach is 0"),
        ({"cell_m": 250, "false_discovery": 1.0}, BadValue, "false_discovery is 1.0"),
        ({"cell_m": 250, "draws": 9}, BadValue, "draws is 9; give a positive number together with rng"),
        ({"cell_m": 250, "minimum_count": -1}, BadValue, "minimum_count is -1"),
    ],
)
def test_bad_parameters_are_named(options: dict, error: type, message: str) -> None:
    """Each error names the parameter, its value and the remedy."""
    events = around(np.array([0.0, 1000.0]), np.array([0.0, 1000.0]))

    with pytest.raises(error, match=message):
        hot_spots(events, **options)


def test_events_without_any_place_are_refused() -> None:
    """There is no map without places."""
    with pytest.raises(TooFew, match="0 events with a place"):
        hot_spots(Places.from_degrees(np.array([np.nan]), np.array([np.nan])), cell_m=250)


def test_a_latitude_of_95_is_refused() -> None:
    """Swapped columns are caught with the row."""
    with pytest.raises(BadValue, match=r"lat of row 2 is 95\.0"):
        Places.from_degrees(np.array([1.0, 2.0]), np.array([1.0, 95.0]))


def naive_tails(values: np.ndarray, sums: np.ndarray, k: np.ndarray, picks: np.ndarray) -> np.ndarray:
    """Each cell beside each draw, one at a time; the spare cell takes the tested cell's place."""
    tails = []
    for cell, (total, size) in enumerate(zip(sums, k, strict=True)):
        drawn = []
        for row in picks:
            chosen = [row[size] if other == cell else other for other in row[:size]]
            drawn.append(values[chosen].sum())
        drawn = np.array(drawn)
        above, below = (drawn >= total - 1e-6).sum(), (drawn <= total + 1e-6).sum()
        tails.append(((above + 1) / (len(picks) + 1), (below + 1) / (len(picks) + 1)))
    return np.array(tails)


@given(st.integers(0, 2**32 - 1), st.integers(14, 30))
def test_shared_draws_equal_their_naive_twin(seed: int, n: int) -> None:
    """Sorting shared draws and mending those with the cell itself gives what one cell at a time gives."""
    rng = np.random.default_rng(seed)
    values, k = rng.poisson(1.5, n).astype(float), rng.integers(0, 4, n)
    sums = np.array([values[rng.permutation(n)[:size]].sum() for size in k])
    picks = _distinct(n, 25, int(k.max()) + 1, np.random.default_rng(seed))

    above, below = conditional_tails(values, sums, k, draws=25, rng=np.random.default_rng(seed))

    np.testing.assert_allclose(np.stack([above, below], axis=1), naive_tails(values, sums, k, picks))
    above, below = total_tails(values, sums, k + 1, draws=25, rng=np.random.default_rng(seed))
    drawn = [[values[row[: size + 1]].sum() for row in picks] for size in k]
    np.testing.assert_allclose(
        above * 26 - 1, [sum(d >= s - 1e-6 for d in row) for row, s in zip(drawn, sums, strict=True)]
    )
    np.testing.assert_allclose(
        below * 26 - 1, [sum(d <= s + 1e-6 for d in row) for row, s in zip(drawn, sums, strict=True)]
    )


@given(st.integers(2, 60), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_draws_hold_no_cell_twice(n: int, columns: int, seed: int) -> None:
    """Each draw is of different cells, whatever the share of the cells that it takes."""
    picks = _distinct(n, 40, min(columns, n), np.random.default_rng(seed))

    assert all(len(set(row)) == len(row) for row in picks.tolist())
    assert picks.min() >= 0
    assert picks.max() < n


def test_p_by_permutation_agrees_with_the_normal_law(rng: np.random.Generator) -> None:
    """Where windows expect many events, both laws give nearly the same p, and a p has a sign."""
    points = rng.uniform(0, 10_000, (20_000, 2))
    events = around(points[:, 0], points[:, 1])

    by_law = hot_spots(events, cell_m=500, possible="rectangle")
    by_draws = hot_spots(events, cell_m=500, possible="rectangle", draws=9999, rng=rng)

    assert np.corrcoef(by_law.probability, by_draws.probability)[0, 1] > 0.98
    assert by_draws.draws == 9999
    assert by_draws.probability.min() >= 2 / 10_000


def test_the_rectangle_is_a_choice_that_is_said() -> None:
    """Every cell of the rectangle is tested, with a caution."""
    events = around(np.array([0.0, 1999.0]), np.array([0.0, 1999.0]))

    found = hot_spots(events, cell_m=500, possible="rectangle")

    assert found.n_cells == found.grid.size
    assert "mask_is_rectangle" in {caution.code for caution in found.cautions}


def test_hot_spots_say_and_draw_themselves() -> None:
    """The fixed keys of the terminal, words and a picture."""
    found = hot_spots(around(np.array([10.0, 20.0, 900.0]), np.array([10.0] * 3)), cell_m=250)

    record = json.loads(json.dumps(found.to_dict(), allow_nan=False))

    assert set(record["cells"][0]) == {"x", "y", "count", "value", "z", "p", "q", "hot"}
    assert record["n_hot"] == sum(cell["hot"] for cell in record["cells"])
    assert record["z_max"] == max(cell["z"] for cell in record["cells"])
    assert "cells are hot" in found.in_words()
    assert "<svg" in found.plot().svg


@pytest.mark.real_data
def test_chicago_equals_esda_and_spdep(crime: Path) -> None:
    """Assaults on a 250 m grid: the largest z, its cell and the number above 1.96 equal both peers'."""
    table = pq.read_table(crime / "chicago_agg_assault" / "chicago_aggravated_assaults_2010_2019.parquet")
    events = Places.from_degrees(table["longitude"], table["latitude"], plane=Plane.utm(16))
    grid = Grid.over(events.plane, events.x, events.y, cell_m=250)
    counts = (
        np.bincount(grid.cell_of(events.x, events.y), minlength=grid.size)
        .reshape(grid.ny, grid.nx)
        .astype(float)
    )

    z = getis_ord_star(counts, np.ones_like(counts, dtype=bool))

    assert grid.size == 22_477
    assert z.max() == pytest.approx(22.3300, abs=5e-5)
    assert int(z.argmax()) == 8216
    assert int((z > 1.96).sum()) == 2784


@pytest.mark.real_data
def test_avon_loses_exactly_the_rows_without_a_place(crime: Path) -> None:
    """The published 20,142 rows without coordinates are reported, all others are on the map."""
    folder = crime / "police_uk_avon_somerset"
    table = pq.read_table(
        folder / "avon_and_somerset_street_2023_2024.parquet", columns=["Longitude", "Latitude"]
    )

    found = hot_spots(Places.from_degrees(table["Longitude"], table["Latitude"]), cell_m=500, snapped=True)

    assert found.n_without_place == 20_142
    assert found.n == 325_069 - 20_142 == int(found.count.sum())


@pytest.mark.real_data
def test_memphis_equals_spdep_cell_by_cell(crime: Path) -> None:
    """4,189 cells of 500 m: count, Gi*, p and adjusted p are those of spdep, 350 cells are hot."""
    folder = crime / "memphis_robberies"
    places = read_table(folder / "memphis_robberies.gpkg").places(project="EPSG:32615")
    grid = Grid.over(places.plane, places.x, places.y, cell_m=500, snapped_to_cell=False)
    oracle = read_table(folder / "oracle_spdep_gistar_500m_utm15n.csv")

    found = hot_spots(places, cell_m=500, grid=grid, possible="rectangle")

    at = grid.cell_of(oracle.numbers("x"), oracle.numbers("y"))
    ours = np.empty((4, grid.size))
    ours[:, found.cell] = [found.count, found.z, found.probability, found.adjusted]
    theirs = [oracle.numbers(name) for name in ("n", "gistar", "p", "p_fdr")]
    np.testing.assert_array_equal(ours[0, at], theirs[0])
    np.testing.assert_allclose(ours[1:, at], theirs[1:], atol=1e-6)
    assert (found.n_hot, found.z.max()) == (350, pytest.approx(14.84779, abs=1e-5))
