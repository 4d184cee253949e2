"""Mantel's test: the correlation itself, its behaviour under chance, and planted near repeats."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openilp.methods.errors import BadValue, TooCoarse, TooFew, TooLarge
from openilp.methods.places import Places
from openilp.methods.series import mantel


def places(xy: np.ndarray) -> Places:
    """Places in local metres."""
    return Places.measured(xy[:, 0] + 1000, xy[:, 1] + 1000)


def days(numbers: np.ndarray) -> np.ndarray:
    """Times so many days after 2 January 2024."""
    return np.datetime64("2024-01-02", "us") + (np.asarray(numbers) * 86_400_000_000).astype(
        "timedelta64[us]"
    )


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 90)),
        min_size=3,
        max_size=20,
        unique=True,
    ),
    st.sampled_from(["linear", "reciprocal"]),
)
def test_the_correlation_equals_its_naive_twin(rows: list[tuple[int, int, int]], scale: str) -> None:
    """It is Pearson's correlation over all pairs, counted one by one; None when there is nothing to correlate."""
    xy, day = (
        np.array([row[:2] for row in rows], dtype=float),
        np.array([row[2] for row in rows], dtype=float),
    )
    pairs = [(i, j) for i in range(len(xy)) for j in range(i)]
    apart = np.array([np.hypot(*(xy[i] - xy[j])) for i, j in pairs])
    delay = np.array([abs(day[i] - day[j]) for i, j in pairs])
    if scale == "reciprocal":
        apart, delay = 1 / (100 + apart), 1 / (1 + delay)

    result = mantel(places(xy), days(day), scale=scale, permutations=5, rng=np.random.default_rng(1))

    if np.ptp(delay) < 1e-12 or np.ptp(apart) < 1e-12:
        assert result.correlation is None
        assert result.p == 1.0
    else:
        assert result.correlation == pytest.approx(np.corrcoef(apart, delay)[0, 1], abs=1e-8)


def test_planted_near_repeats_are_found(rng: np.random.Generator) -> None:
    """Followers nearby and soon make near pairs early pairs."""
    xy, day = rng.uniform(0, 5000, (150, 2)), rng.uniform(0, 365, 150)
    xy, day = np.concatenate([xy, xy[:40] + 20]), np.concatenate([day, day[:40] + 1])

    result = mantel(places(xy), days(day), permutations=199, rng=rng)

    assert result.p == pytest.approx(1 / 200)
    assert result.correlation is not None
    assert result.chance_high is not None
    assert result.correlation > result.chance_high
    assert str(result.finding).startswith("Distance and delay go together")
    assert result.plot().svg.startswith("<svg")


def test_without_clustering_p_is_uniform(rng: np.random.Generator) -> None:
    """About 5 % of tables lie at or below 5 %."""
    found = [
        mantel(
            places(rng.uniform(0, 1000, (30, 2))), days(rng.uniform(0, 90, 30)), permutations=39, rng=rng
        ).p
        for _ in range(200)
    ]

    # Binomial(200, 0.05): 99.9 % of samples lie at or below 19.
    assert sum(p <= 0.05 for p in found) <= 19
    assert abs(float(np.mean(found)) - 0.5) < 0.08


def test_refusals_say_what_to_do() -> None:
    """Too few, too many, months only, and scales that are none."""
    rng = np.random.default_rng(1)
    with pytest.raises(TooFew, match="needs at least 3"):
        mantel(places(np.zeros((2, 2))), days(np.arange(2)), rng=rng)
    with pytest.raises(TooLarge, match="random sample"):
        mantel(places(np.zeros((3001, 2))), days(np.arange(3001)), rng=rng)
    with pytest.raises(TooCoarse, match="only the month"):
        mantel(places(np.zeros((3, 2))), np.array(["2024-01"] * 3, dtype="datetime64[M]"), rng=rng)
    with pytest.raises(BadValue, match="reciprocal or linear"):
        mantel(places(np.zeros((3, 2))), days(np.arange(3)), scale="log", rng=rng)  # type: ignore[arg-type]
    with pytest.raises(BadValue, match="above 0"):
        mantel(places(np.zeros((3, 2))), days(np.arange(3)), offset_m=0, rng=rng)
