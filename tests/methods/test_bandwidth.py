"""Bandwidths: rules against their formulas, R's figures and planted truth."""

from pathlib import Path

import numpy as np
import pytest

from openilp.methods.errors import BadValue, TooFew, TooLarge
from openilp.methods.places import LOCAL, Places, Plane
from openilp.methods.space import adaptive, density, diggle, likelihood, scott, snapping_error
from openilp.methods.space.bandwidth import MOST_STRETCH, _left_out_likelihood
from openilp.methods.tables import read_table


def cloud(rng: np.random.Generator, n: int, spread: float = 1000.0) -> Places:
    """A normal cloud on a plane without a place on the globe."""
    xy = rng.normal(0, spread, (n, 2))
    return Places(xy[:, 0], xy[:, 1], Plane(LOCAL))


def test_scott_follows_its_formula(rng: np.random.Generator) -> None:
    """n to the power -1/6 times the root of the mean variance."""
    events = cloud(rng, 500)

    expected = 500 ** (-1 / 6) * np.sqrt((events.x.var(ddof=1) + events.y.var(ddof=1)) / 2)
    assert scott(events).bandwidth_m == pytest.approx(expected)


def test_the_likelihood_equals_its_naive_twin(rng: np.random.Generator) -> None:
    """Each event left out in turn, one at a time."""
    events = cloud(rng, 40)
    xy = np.stack([events.x, events.y], axis=1)
    total = 0.0
    for i in range(40):
        squared = ((np.delete(xy, i, axis=0) - xy[i]) ** 2).sum(axis=1)
        total += np.log(np.exp(-squared / (2 * 300**2)).mean() / (2 * np.pi * 300**2))

    assert _left_out_likelihood(xy, 300.0) == pytest.approx(total)


def test_likelihood_comes_near_the_best_bandwidth(rng: np.random.Generator) -> None:
    """For a normal cloud Scott's rule is nearly best; cross-validation comes within a third of it."""
    events = cloud(rng, 600)

    assert likelihood(events).bandwidth_m == pytest.approx(scott(events).bandwidth_m, rel=0.34)


@pytest.mark.parametrize("rule", [scott, likelihood, diggle])
def test_the_unit_of_length_does_not_matter(rule: object, rng: np.random.Generator) -> None:
    """Twice the coordinates, twice the bandwidth."""
    events = cloud(rng, 120)
    doubled = Places(events.x * 2, events.y * 2, events.plane)

    assert rule(doubled).bandwidth_m == pytest.approx(2 * rule(events).bandwidth_m, rel=2e-3)


def test_short_where_dense_and_long_where_rare(rng: np.random.Generator) -> None:
    """A lone event gets the longest bandwidth, their geometric mean is the pilot's, and a factor holds them."""
    events = cloud(rng, 400, 300.0)
    events = Places(np.append(events.x, 9000.0), np.append(events.y, 9000.0), events.plane)

    sigma = adaptive(events, pilot_m=200)

    assert sigma[-1] == sigma.max() <= 200 * MOST_STRETCH
    assert np.exp(np.log(sigma).mean()) == pytest.approx(200, rel=0.02)
    assert sigma[:-1][np.hypot(events.x, events.y)[:-1] < 200].max() < np.median(sigma) * 1.2
    assert density(events, bandwidth_m=sigma, cell_m=100).adaptive


def test_the_error_of_a_snapped_point_is_half_the_way_to_the_next() -> None:
    """Repeated points count once; the error is limited; a place that is not known has none."""
    events = Places(np.array([0, 0, 100, 5000, np.nan]), np.array([0, 0, 0, 0, 1.0]), Plane(LOCAL))

    assert snapping_error(events).tolist() == [50, 50, 50, 1000, 0]


def test_ties_are_said() -> None:
    """Shared places pull a cross-validated bandwidth to 0, which the result says."""
    events = Places(np.array([0, 0, 500.0, 900.0]), np.array([0, 0, 300.0, 100.0]), Plane(LOCAL))

    assert "25% of the events share" in str(likelihood(events).cautions[0])


def test_a_bandwidth_says_and_draws_itself(rng: np.random.Generator) -> None:
    """The curve behind the choice is in the result."""
    chosen = likelihood(cloud(rng, 50))

    assert f"{chosen.bandwidth_m:.1f} m" in chosen.in_words()
    assert chosen.to_dict()["criterion"]
    assert "<svg" in chosen.plot().svg


@pytest.mark.parametrize(
    ("x", "error", "words"),
    [
        ([1.0], TooFew, "needs at least 2"),
        ([1.0, 1.0], TooFew, "different places"),
        (range(12_001), TooLarge, "sample"),
    ],
)
def test_what_cannot_be_compared_is_refused(x: list[float], error: type, words: str) -> None:
    """One event, one place, too many pairs."""
    events = Places(np.array(x, dtype=float), np.zeros(len(x)), Plane(LOCAL))

    with pytest.raises(error, match=words):
        likelihood(events)


def test_events_on_one_line_have_no_area() -> None:
    """Diggle's criterion needs the size of the area, and says so."""
    with pytest.raises(BadValue, match="area_m2"):
        diggle(Places(np.arange(5.0), np.zeros(5), Plane(LOCAL)))


@pytest.mark.real_data
def test_memphis_comes_near_spatstat(crime: Path) -> None:
    """spatstat 3.0-3 finds 79.0 m (Diggle, with its correction of the edge, on a grid of radii) and 280.1 m
    (likelihood, the best of 16 bandwidths, each 1.4 times the one before)."""
    places = read_table(crime / "memphis_robberies" / "memphis_robberies.gpkg").places(project="EPSG:32615")

    assert diggle(places).bandwidth_m == pytest.approx(79.0, rel=0.12)
    assert 280.1 / 1.2 < likelihood(places).bandwidth_m < 280.1 * 1.2
