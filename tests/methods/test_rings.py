"""Rings around a measure: planted displacement and diffusion at known distances."""

from collections.abc import Callable

import numpy as np
import pytest

from openilp.methods.errors import BadValue, LengthMismatch, TooFew
from openilp.methods.impact import SpilloverRings, spillover_rings
from openilp.methods.places import Places, Plane

PLANE = Plane("local-metres")
EDGES = (100.0, 300.0, 600.0, 1000.0)


def city(rng: np.random.Generator, factors: tuple[float, float, float, float]) -> tuple[Places, np.ndarray]:
    """Events of twelve periods around the origin; from period 6 on, each ring has its factor."""
    x, y, period = [], [], []
    for inner, outer, factor in zip((0.0, *EDGES[:-1]), EDGES, factors, strict=True):
        for month in range(12):
            n = rng.poisson(60 * (factor if month >= 6 else 1.0))
            radius, angle = rng.uniform(inner, outer, n), rng.uniform(0, 2 * np.pi, n)
            x.extend(radius * np.cos(angle))
            y.extend(radius * np.sin(angle))
            period.extend([month] * n)
    return Places(np.array(x), np.array(y), PLANE), np.array(period)


def rings(rng: np.random.Generator, *factors: float) -> SpilloverRings:
    """The rings of such a city."""
    events, period = city(rng, factors)  # type: ignore[arg-type]
    return spillover_rings(
        events, period, Places(np.array([0.0]), np.array([0.0]), PLANE), start=6, edges_m=EDGES
    )


def test_displacement_shows_in_the_ring_where_it_went(rng: np.random.Generator) -> None:
    """Half as many at the place, half as many again next door, no change further out."""
    found = rings(rng, 0.5, 1.5, 1.0, 1.0)
    place, next_door, further, outermost = found.rings

    assert place.relative.value == pytest.approx(0.5, abs=0.1)
    assert place.relative.high < 1
    assert next_door.relative.low > 1
    assert further.relative.low < 1 < further.relative.high
    assert outermost.relative is None
    assert (next_door.inner_m, next_door.outer_m) == (100, 300)


def test_net_counts_what_moved_against_what_was_prevented(rng: np.random.Generator) -> None:
    """180 fewer here and 180 more there are nothing; with diffusion the net is the sum."""
    moved, spread = rings(rng, 0.5, 1.5, 1.0, 1.0), rings(rng, 0.5, 0.7, 1.0, 1.0)

    assert moved.net.low < 0 < moved.net.high
    assert spread.net.low > 0
    assert spread.net.low < 180 + 108 < spread.net.high


def test_a_change_everywhere_is_no_effect(rng: np.random.Generator) -> None:
    """All rings halve, so none does beyond the outermost."""
    found = rings(rng, 0.5, 0.5, 0.5, 0.5)

    assert all(r.relative.low < 1 < r.relative.high for r in found.rings[:-1])
    assert found.net.low < 0 < found.net.high


def test_rings_rarely_show_an_effect_where_there_is_none(rng: np.random.Generator) -> None:
    """All intervals of a city without an effect hold together in about 95 % of 60 cities."""
    held = 0
    for _ in range(60):
        held += all(r.relative.low <= 1 <= r.relative.high for r in rings(rng, 1, 1, 1, 1).rings[:-1])

    # Binomial(60, 0.95): below 51 has a probability of about 0.003.
    assert held >= 51


def test_distance_is_to_the_nearest_site_and_ends_belong_outside() -> None:
    """Events 50 m from one of two sites, exactly on an edge, beyond, and without a place."""
    events = Places(
        np.array([0.0, 1050.0, 100.0, 5000.0, np.nan, 700.0, 701.0]),
        np.array([50.0, 0, 0, 0, 0, 0, 0]),
        PLANE,
    )
    sites = Places(np.array([0.0, 1000.0]), np.array([0.0, 0.0]), PLANE)
    found = spillover_rings(events, [0, 0, 0, 0, 0, 0, 1], sites, start=1, edges_m=(100, 200, 400), periods=2)

    assert [(r.before, r.after) for r in found.rings] == [(2, 0), (1, 0), (1, 1)]
    assert any("2 events lie beyond" in str(caution) for caution in found.cautions)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"edges_m": (100.0,)}, BadValue, "edges_m"),
        ({"edges_m": (300.0, 100.0)}, BadValue, "rising"),
        ({"start": 0}, BadValue, "start is 0"),
        ({"period": [0, -1]}, BadValue, "period of row 2 is -1"),
        ({"period": [0]}, LengthMismatch, "period has 1"),
        ({"sites": Places(np.array([np.nan]), np.array([0.0]), PLANE)}, TooFew, "sites with a place"),
        ({}, TooFew, "events in the outermost ring"),
        ({"level": 95}, BadValue, "level is 95"),
    ],
)
def test_bad_input_is_named(change: dict[str, object], error: type, message: str) -> None:
    """Each error names the row, the value and the remedy."""
    given: dict[str, object] = {
        "events": Places(np.array([1.0, 2.0]), np.array([0.0, 0.0]), PLANE),
        "period": [0, 1],
        "sites": Places(np.array([0.0]), np.array([0.0]), PLANE),
        "start": 1,
        **change,
    }
    call: Callable[..., object] = spillover_rings

    with pytest.raises(error, match=message):
        call(given.pop("events"), given.pop("period"), given.pop("sites"), **given)
