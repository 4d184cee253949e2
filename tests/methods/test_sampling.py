"""Samples of starts: bounds that hold, exact when all starts are taken, and never a value outside its bounds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp.methods.errors import BadValue
from openilp.methods.networks import Network
from openilp.methods.networks.centrality import betweenness
from openilp.methods.networks.sampling import (
    entropy_bounds,
    pick_sources,
    sampled_betweenness,
    sampled_closeness,
)


def grown(n: int, links: int, rng: np.random.Generator) -> Network:
    """A network in which each new node links to earlier ones, the older the likelier."""
    new = np.repeat(np.arange(1, n), links)
    return Network.from_edges(new, (rng.random(len(new)) ** 2 * new).astype(int))


@pytest.mark.parametrize("sources", [20, 80, 300])
def test_all_bounds_hold_and_narrow(sources: int, rng: np.random.Generator) -> None:
    """Exact values lie within the bounds of every node; more starts narrow them."""
    network = grown(400, 2, rng)
    everything = np.arange(400)
    starts = pick_sources(network, sources, rng)
    fewer = pick_sources(network, sources // 4, rng)
    for estimate in (sampled_betweenness, sampled_closeness):
        exact = estimate(network, everything).value

        found = estimate(network, starts)

        assert ((found.low <= exact) & (exact <= found.high)).all()
        assert ((found.low <= found.value) & (found.value <= found.high)).all()
        wider = estimate(network, fewer)
        assert np.nanmean(found.high - found.low) < np.nanmean(wider.high - wider.low)


def test_the_estimate_is_unbiased(rng: np.random.Generator) -> None:
    """The mean over the samples that together take each node once is the exact value."""
    network = grown(60, 2, rng)
    parts = np.array_split(rng.permutation(60), 6)

    values = [sampled_betweenness(network, np.sort(part)).value for part in parts]

    np.testing.assert_allclose(np.mean(values, axis=0), betweenness(network), atol=1e-6)


def test_every_start_makes_it_exact() -> None:
    """On a chain of four the figures are those one can count; a node alone is close to nobody."""
    chain = Network.from_edges("abc", "bcd", labels={"e": "e"})
    starts = pick_sources(chain, 99, np.random.default_rng(1))

    between, close = sampled_betweenness(chain, starts), sampled_closeness(chain, starts)

    assert between.value.tolist() == between.low.tolist() == between.high.tolist() == [0, 2, 2, 0, 0]
    assert close.value.tolist() == pytest.approx([1 / 6, 1 / 4, 1 / 4, 1 / 6, 0])
    assert close.low.tolist() == close.high.tolist() == close.value.tolist()


def test_a_part_without_a_start_has_no_closeness() -> None:
    """Nothing is known about it, and nothing is made up; betweenness is bounded by its size."""
    two = Network.from_edges("abxy", "bcyz")

    close = sampled_closeness(two, np.array([two.number_of("a")]))
    between = sampled_betweenness(two, np.array([two.number_of("a")]))

    assert np.isnan(close.value[two.number_of("x")])
    assert between.high[two.number_of("y")] >= 1


@given(st.floats(0, 1), st.integers(1, 10_000), st.floats(0.1, 30))
def test_bounds_solve_their_equation(share: float, draws: int, nats: float) -> None:
    """At a bound inside 0 and 1 the divergence uses up what is allowed."""
    low, high = (float(each[0]) for each in entropy_bounds(np.array([share]), draws, nats))

    assert 0 <= low <= share <= high <= 1
    for bound in (low, high):
        if 1e-9 < bound < 1 - 1e-9 and 1e-9 < share < 1 - 1e-9:
            divergence = share * np.log(share / bound) + (1 - share) * np.log((1 - share) / (1 - bound))
            assert draws * divergence == pytest.approx(nats, rel=1e-3, abs=1e-6)


def test_bad_requests_are_named(rng: np.random.Generator) -> None:
    """No starts, or no confidence, is no sample."""
    network = Network.from_edges("a", "b")

    with pytest.raises(BadValue, match="sources is 0"):
        pick_sources(network, 0, rng)
    with pytest.raises(BadValue, match="confidence is 1"):
        sampled_betweenness(network, np.array([0]), confidence=1)
