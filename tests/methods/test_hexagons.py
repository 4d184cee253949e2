"""Hexagons: a naive twin over H3's own neighbours, a planted cluster, and what is refused."""

import json

import h3
import numpy as np
import pytest
import shapely

from openilp.methods.errors import BadValue, NotInMetres, TooFew, TooLarge
from openilp.methods.places import LOCAL, Area, Places, Plane
from openilp.methods.space import hot_hexagons

PLANE = Plane.utm(30)


def town(rng: np.random.Generator) -> Places:
    """300 even events and 60 in one place."""
    xy = np.concatenate([rng.uniform(0, 6000, (300, 2)), rng.normal(2000, 30, (60, 2))])
    return Places(500_000 + xy[:, 0], 5_700_000 + xy[:, 1], PLANE)


def test_it_equals_its_naive_twin(rng: np.random.Generator) -> None:
    """Counts and Gi* from the definition, one hexagon at a time."""
    events = town(rng)
    lon, lat = PLANE.inverse(events.x, events.y)
    names = [h3.latlng_to_cell(north, east, 9) for north, east in zip(lat, lon, strict=True)]

    found = hot_hexagons(events, resolution=9)

    values = dict.fromkeys(found.cell, 0) | {name: names.count(name) for name in set(names)}
    x = np.array(list(values.values()), dtype=float)
    n, mean, spread = len(x), x.mean(), x.std()
    for name, z in zip(found.cell, found.z, strict=True):
        near = [values[other] for other in h3.grid_disk(name, 1) if other in values]
        room = (n * len(near) - len(near) ** 2) / (n - 1)
        assert z == pytest.approx((sum(near) - mean * len(near)) / (spread * np.sqrt(room)))
    assert dict(zip(found.cell, found.count.tolist(), strict=True)) == values


def test_a_planted_cluster_is_hot_and_an_area_bounds_the_test(rng: np.random.Generator) -> None:
    """The cluster's hexagon is hot; with an area only its hexagons are tested and the rest is counted as outside."""
    events = town(rng)
    area = Area(shapely.box(500_000, 5_700_000, 504_000, 5_704_000), PLANE)

    found = hot_hexagons(events, resolution=9, area=area)

    assert found.direction[0] == 1
    assert found.n + found.n_outside == 360
    assert found.n_outside > 100
    assert "mask_from_events" not in {caution.code for caution in found.cautions}


def test_weights_add_up(rng: np.random.Generator) -> None:
    """Sums of weights instead of counts."""
    events = town(rng)

    found = hot_hexagons(events, resolution=8, weights=np.arange(360.0))

    assert found.value.sum() == pytest.approx(360 * 359 / 2)
    assert found.count.sum() == 360


def test_it_says_lists_and_draws_itself(rng: np.random.Generator) -> None:
    """Words, plain data, closed rings, a picture."""
    found = hot_hexagons(town(rng), resolution=8)

    record = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    ring = found.geojson()["features"][0]["geometry"]["coordinates"][0]

    assert record["cells"][0]["h3"] == found.cell[0]
    assert ring[0] == ring[-1]
    assert shapely.Polygon(ring).exterior.is_ccw
    assert "hexagons are hot" in found.in_words()
    assert "rx=" in found.plot().svg


@pytest.mark.parametrize(
    ("events", "options", "error"),
    [
        (Places(np.array([500_000.0]), np.array([5_700_000.0]), PLANE), {"resolution": 16}, BadValue),
        (Places(np.array([500_000.0]), np.array([5_700_000.0]), PLANE), {"false_discovery": 2.0}, BadValue),
        (Places(np.array([500_000.0]), np.array([5_700_000.0]), PLANE), {"weights": [-1.0]}, BadValue),
        (Places(np.array([np.nan]), np.array([np.nan]), PLANE), {}, TooFew),
        (Places(np.array([5000.0]), np.array([5000.0]), Plane(LOCAL)), {}, NotInMetres),
        (
            Places(np.array([500_000.0]), np.array([5_700_000.0]), PLANE),
            {"resolution": 15, "area": Area(shapely.box(4e5, 5.6e6, 6e5, 5.8e6), PLANE)},
            TooLarge,
        ),
    ],
)
def test_what_cannot_be_is_refused(events: Places, options: dict, error: type) -> None:
    """Resolution, rate, weights, places and size."""
    with pytest.raises(error):
        hot_hexagons(events, **{"resolution": 9, **options})
