"""Risk terrain: planted factors are found with their risk, others are not, and peers give the same figures."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import PoissonRegressor

from openilp.methods.errors import BadValue, TooFew
from openilp.methods.places import LOCAL, Places, Plane
from openilp.methods.space import risk_terrain
from openilp.methods.space.penalised import fit, fit_penalised, largest_penalty

PLANE = Plane(LOCAL)


def scattered(rng: np.random.Generator, n: int) -> Places:
    """Places anywhere in a town of 10 by 10 km."""
    return Places(rng.uniform(0, 10_000, n), rng.uniform(0, 10_000, n), PLANE)


def planted(
    rng: np.random.Generator, features: dict[str, Places], risk: dict[str, float], base: float
) -> Places:
    """Events whose rate in a cell of 200 m is multiplied near (300 m) a place of a feature."""
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(50) * 200 + 100.0, np.arange(50) * 200 + 100.0))
    rate = np.full(2500, base)
    for name, times in risk.items():
        places = features[name]
        nearest = np.hypot(x[:, None] - places.x, y[:, None] - places.y).min(axis=1)
        rate[nearest <= 300] *= times
    cell = np.repeat(np.arange(2500), rng.poisson(rate))
    return Places(x[cell] + rng.uniform(-99, 99, len(cell)), y[cell] + rng.uniform(-99, 99, len(cell)), PLANE)


def test_planted_factors_are_found_with_their_risk(rng: np.random.Generator) -> None:
    """Risks of 3 and 2 are kept at their distance, three features without are not; intervals hold the truth."""
    features = {name: scattered(rng, 60) for name in ("bars", "stops", "parks", "schools", "shops")}
    events = planted(rng, features, {"bars": 3.0, "stops": 2.0}, 0.8)

    found = risk_terrain(events, features, cell_m=200, distances_m=[150, 300, 600], possible="rectangle")

    kept = {factor.name: factor for factor in found.factors}
    assert list(kept) == ["bars", "stops"]
    for name, truth in (("bars", 3.0), ("stops", 2.0)):
        assert (kept[name].kind, kept[name].distance_m) == ("near", 300)
        assert kept[name].relative_risk.low < truth < kept[name].relative_risk.high
    assert found.relative_risk.max() == pytest.approx(
        kept["bars"].relative_risk.value * kept["stops"].relative_risk.value
    )
    assert found.expected.sum() == pytest.approx(found.n, rel=1e-6)
    assert found.dispersion == pytest.approx(1.0, abs=0.15)


def test_chance_is_no_factor(rng: np.random.Generator) -> None:
    """Even events have no factor, and the map says that it is flat."""
    features = {name: scattered(rng, 40) for name in ("bars", "stops")}

    found = risk_terrain(
        scattered(rng, 2000), features, cell_m=500, distances_m=[250, 500], possible="rectangle"
    )

    assert found.factors == ()
    assert found.relative_risk.max() == 1.0
    assert "nothing_found" in {caution.code for caution in found.cautions}


def test_dense_features_are_found(rng: np.random.Generator) -> None:
    """Where many of a feature lie together, and only there, the dense column is the one."""
    alone, together = scattered(rng, 150), rng.normal(5000, 150, (80, 2))
    bars = Places(np.append(alone.x, together[:, 0]), np.append(alone.y, together[:, 1]), PLANE)
    even, cluster = scattered(rng, 1500), rng.normal(5000, 200, (250, 2))
    events = Places(np.append(even.x, cluster[:, 0]), np.append(even.y, cluster[:, 1]), PLANE)

    found = risk_terrain(events, {"bars": bars}, cell_m=250, distances_m=[400], possible="rectangle")

    assert [(factor.name, factor.kind) for factor in found.factors] == [("bars", "dense")]


def test_coefficients_equal_scikit_learn(rng: np.random.Generator) -> None:
    """The fit without penalty is that of PoissonRegressor with alpha 0."""
    x = rng.integers(0, 2, (400, 3)).astype(float)
    y = rng.poisson(np.exp(0.2 + x @ [0.5, 0.0, 1.0])).astype(float)
    peer = PoissonRegressor(alpha=0, tol=1e-10, max_iter=1000).fit(x, y)

    b, covariance, dispersion = fit(np.concatenate([np.ones((400, 1)), x], axis=1), y)

    np.testing.assert_allclose(b, [peer.intercept_, *peer.coef_], atol=1e-5)
    assert np.sqrt(covariance[1, 1]) == pytest.approx(0.07, abs=0.04)
    assert dispersion == pytest.approx(1.0, abs=0.2)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.floats(0.02, 0.9))
def test_the_penalised_fit_is_a_minimum(seed: int, share: float) -> None:
    """The conditions of a minimum hold: slope 0 where a coefficient is above 0, not falling where it is 0."""
    rng = np.random.default_rng(seed)
    x = np.concatenate([np.ones((200, 1)), rng.integers(0, 2, (200, 5)).astype(float)], axis=1)
    y = rng.poisson(np.exp(x @ [0.0, 0.8, 0.4, 0, -0.5, 0])).astype(float)
    penalty = share * largest_penalty(x, y)
    start = np.zeros(6)
    start[0] = np.log(y.mean() + 1e-9)

    b = fit_penalised(x, y, penalty, start)

    slope = x.T @ (np.exp(x @ b) - y) / 200
    slope[1:] += penalty
    assert abs(slope[0]) < 1e-6
    assert (b[1:] >= 0).all()
    assert np.abs(slope[1:][b[1:] > 0]).max(initial=0) < 1e-6
    assert (slope[1:][b[1:] == 0] >= -1e-6).all()


def test_the_largest_penalty_leaves_nothing(rng: np.random.Generator) -> None:
    """At it all coefficients are 0; just below one is not."""
    x = np.concatenate([np.ones((200, 1)), rng.integers(0, 2, (200, 4)).astype(float)], axis=1)
    y = rng.poisson(np.exp(x @ [0.0, 1.0, 0.4, 0, 0])).astype(float)
    top, start = largest_penalty(x, y), np.array([np.log(y.mean()), 0, 0, 0, 0])

    assert (fit_penalised(x, y, top * 1.001, start)[1:] == 0).all()
    assert (fit_penalised(x, y, top * 0.95, start)[1:] > 0).any()


def test_it_says_lists_and_draws_itself(rng: np.random.Generator) -> None:
    """Words, plain data, a picture."""
    features = {"bars": scattered(rng, 50)}

    found = risk_terrain(planted(rng, features, {"bars": 4.0}, 0.5), features, cell_m=200, distances_m=[300])
    record = json.loads(json.dumps(found.to_dict(), allow_nan=False))

    assert set(record["cells"][0]) == {"x", "y", "count", "expected", "relative_risk"}
    assert "bars (near, 300 m)" in found.in_words()
    assert "<svg" in found.plot().svg


@pytest.mark.parametrize(
    ("features", "options", "error"),
    [
        ({}, {}, BadValue),
        ({"bars": Places(np.array([np.nan]), np.array([0.0]), PLANE)}, {}, TooFew),
        ({"bars": Places(np.array([5.0]), np.array([0.0]), PLANE)}, {"distances_m": []}, BadValue),
        ({"bars": Places(np.array([5.0]), np.array([0.0]), PLANE)}, {"level": 1.0}, BadValue),
    ],
)
def test_what_cannot_be_is_refused(
    features: dict, options: dict, error: type, rng: np.random.Generator
) -> None:
    """No feature, a feature without a place, no distance, no level."""
    with pytest.raises(error):
        risk_terrain(scattered(rng, 50), features, **{"cell_m": 500, "distances_m": [300], **options})


def test_a_handful_of_events_is_too_few(rng: np.random.Generator) -> None:
    """Nineteen events tell nothing about features."""
    with pytest.raises(TooFew, match="20"):
        risk_terrain(scattered(rng, 19), {"bars": scattered(rng, 5)}, cell_m=500, distances_m=[300])
