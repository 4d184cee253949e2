"""Density along streets: sums on any graph, a naive walk on trees, and what stays off the street."""

import itertools
import json

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from openilp.methods.errors import BadRows, BadValue, TooFew
from openilp.methods.places import LOCAL, Places, Plane
from openilp.methods.space import StreetDensity, Streets, street_density
from openilp.methods.tables import Table

PLANE = Plane(LOCAL)


def graph(*lines: list[tuple[float, float]]) -> Streets:
    """Streets of the given corners."""
    return Streets.of(np.array([shapely.LineString(line) for line in lines], dtype=object), PLANE)


def lattice(n: int = 6, side: float = 100.0) -> Streets:
    """A town of square blocks."""
    lines = []
    for i, j in itertools.product(range(n), range(n)):
        here = (i * side, j * side)
        lines += [[here, (here[0] + side, here[1])]] if i < n - 1 else []
        lines += [[here, (here[0], here[1] + side)]] if j < n - 1 else []
    return graph(*lines)


def star(rng: np.random.Generator) -> Streets:
    """A tree of junctions: long arms, each with branches."""
    lines, tips = [], [(0.0, 0.0)]
    for depth, count in enumerate((3, 2, 2)):
        fresh = []
        for tip in tips:
            for turn in range(count):
                angle = 2 * np.pi * (turn + 0.3 * depth) / count + 0.17 * len(fresh)
                end = (
                    tip[0] + 10_000 * 10**-depth * np.cos(angle),
                    tip[1] + 10_000 * 10**-depth * np.sin(angle),
                )
                lines.append([tip, end])
                fresh.append(end)
        tips = fresh
    return graph(*lines)


def total(found: StreetDensity) -> float:
    """Density times length."""
    return float((found.density * found.length).sum())


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.sampled_from([3.0, 80.0, 250.0]), st.sampled_from([7.0, 40.0]))
def test_each_event_adds_exactly_one(seed: int, bandwidth_m: float, piece_m: float) -> None:
    """On a town of loops and dead ends the density adds up to the events, or to their weights."""
    rng = np.random.default_rng(seed)
    streets = lattice()
    events = Places(rng.uniform(0, 500, 30), rng.uniform(0, 500, 30), PLANE)
    weights = rng.integers(0, 5, 30).astype(float)
    weights[0] = 1

    counted = street_density(events, streets, bandwidth_m=bandwidth_m, piece_m=piece_m)
    weighed = street_density(events, streets, bandwidth_m=bandwidth_m, piece_m=piece_m, weights=weights)

    assert total(counted) == pytest.approx(30)
    assert total(weighed) == pytest.approx(weights.sum())
    assert (counted.density >= 0).all()


def naive(streets: Streets, found: StreetDensity, segment: int, along: float) -> np.ndarray:
    """Walk every way without turning back, and share at each junction, piece by piece."""
    density = np.zeros(len(found.length))
    middles = np.array(
        [
            streets.lines[s].project(shapely.Point(x, y))
            for s, x, y in zip(found.segment, found.x, found.y, strict=True)
        ]
    )

    def kernel(distance: float) -> float:
        u = distance / found.bandwidth_m
        return 15 / 16 / found.bandwidth_m * (1 - u * u) ** 2 if u < 1 else 0.0

    def walk(node: int, came: int, distance: float, share: float) -> None:
        others = [
            s for s in range(len(streets.length)) if s != came and node in (streets.start[s], streets.end[s])
        ]
        for other in others:
            forward = streets.start[other] == node
            for piece in np.flatnonzero(found.segment == other):
                run = middles[piece] if forward else streets.length[other] - middles[piece]
                density[piece] += share / len(others) * kernel(distance + run)
            if distance + streets.length[other] < found.bandwidth_m:
                far = streets.end[other] if forward else streets.start[other]
                walk(far, other, distance + streets.length[other], share / len(others))

    for piece in np.flatnonzero(found.segment == segment):
        density[piece] += kernel(abs(middles[piece] - along))
    walk(streets.start[segment], segment, along, 1.0)
    walk(streets.end[segment], segment, streets.length[segment] - along, 1.0)
    return density / (density * found.length).sum()


@pytest.mark.parametrize("along", [300.0, 9_700.0, 5_000.0])
def test_on_a_tree_it_equals_a_naive_walk(along: float, rng: np.random.Generator) -> None:
    """Shared equally at each junction, whichever way."""
    streets = star(rng)
    line = streets.lines[0]
    point = line.interpolate(along)
    events = Places(np.array([point.x]), np.array([point.y]), PLANE)

    found = street_density(events, streets, bandwidth_m=2500, piece_m=200)

    np.testing.assert_allclose(found.density, naive(streets, found, 0, along), atol=1e-12)


def test_a_straight_street_has_the_plain_kernel() -> None:
    """Far from junctions the density is the quartic kernel."""
    streets = graph([(0, 0), (4000, 0)])

    found = street_density(
        Places(np.array([2000.0]), np.array([30.0]), PLANE), streets, bandwidth_m=500, piece_m=10
    )

    u = np.minimum(np.abs(found.x - 2000) / 500, 1)
    np.testing.assert_allclose(found.density, 15 / 16 / 500 * (1 - u**2) ** 2, rtol=1e-3)


def test_what_lies_off_the_streets_is_counted() -> None:
    """An event far from every street, and one without a place, are left out and said."""
    events = Places(np.array([50.0, 50.0, np.nan]), np.array([1.0, 900.0, 0.0]), PLANE)

    found = street_density(events, graph([(0, 0), (100, 0)]), bandwidth_m=50)

    assert (found.n, found.n_off_street, found.n_without_place) == (1, 1, 1)
    with pytest.raises(TooFew, match="near a street"):
        street_density(events.only(np.array([False, True, True])), graph([(0, 0), (100, 0)]), bandwidth_m=50)


def test_lines_of_a_file_become_a_graph() -> None:
    """Lines and multi-lines join at their ends; a polygon is refused with its row."""
    lines = [
        shapely.LineString([(0, 0), (100, 0)]),
        shapely.MultiLineString([[(100, 0.001), (200, 0)]]),
        None,
    ]
    table = Table(pa.table({"n": [1, 2, 3]}), geometry=np.array(lines, dtype=object))
    wrong = Table(pa.table({"n": [1]}), geometry=np.array([shapely.box(0, 0, 1, 1)], dtype=object))

    streets = Streets.from_table(table, plane=PLANE)

    assert (len(streets.length), streets.n_junctions) == (2, 3)
    with pytest.raises(BadRows, match="row 1 is 'Polygon'; give lines"):
        Streets.from_table(wrong, plane=PLANE)
    with pytest.raises(TooFew, match="street segments"):
        Streets.from_table(Table(pa.table({"n": [1]})), plane=PLANE)


def test_it_says_lists_and_draws_itself(rng: np.random.Generator) -> None:
    """Words, plain data, a picture."""
    events = Places(rng.uniform(0, 500, 30), rng.uniform(0, 500, 30), PLANE)

    found = street_density(events, lattice(), bandwidth_m=150)
    record = json.loads(json.dumps(found.to_dict(), allow_nan=False))

    assert set(record["pieces"][0]) == {"x", "y", "segment", "length", "density"}
    assert "per 100 m of street" in found.in_words()
    assert "<svg" in found.plot().svg


@pytest.mark.parametrize("options", [{"bandwidth_m": 0}, {"piece_m": -1}, {"most_m": 0}, {"weights": [-1.0]}])
def test_a_parameter_out_of_range_is_named(options: dict) -> None:
    """Each error names the parameter."""
    with pytest.raises(BadValue):
        street_density(
            Places(np.array([5.0]), np.array([0.0]), PLANE),
            graph([(0, 0), (9, 0)]),
            **{"bandwidth_m": 5, **options},
        )
