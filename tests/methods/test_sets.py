"""Sets of nodes: as good as the best of all sets, equals counted, and no list of people."""

from itertools import combinations

import numpy as np
import pytest

from openilp.methods.errors import BadValue, TooLarge
from openilp.methods.networks import Network, fragmenting_set, reaching_set, sets


def random_network(rng: np.random.Generator, n: int, m: int) -> tuple[Network, dict[str, set[str]]]:
    """A network and its neighbours as sets."""
    edges = rng.integers(0, n, (m, 2))
    network = Network.from_edges(
        edges[:, 0], edges[:, 1], labels={str(node): f"{node:02d}" for node in range(n)}
    )
    near: dict[str, set[str]] = {str(node): set() for node in range(n)}
    for a, b in edges.tolist():
        if a != b:
            near[str(a)].add(str(b))
            near[str(b)].add(str(a))
    return network, near


def reached(
    near: dict[str, set[str]], start: str, steps: int, without: frozenset[str] = frozenset()
) -> set[str]:
    """Nodes within some steps, by walking."""
    found = {start}
    for _ in range(steps):
        found |= {other for node in found for other in near[node]} - without
    return found


def unjoined(near: dict[str, set[str]], without: frozenset[str]) -> float:
    """Share of pairs of other nodes that no path joins, pair by pair."""
    left = sorted(set(near) - without)
    pairs = list(combinations(left, 2))
    return sum(b not in reached(near, a, len(near), without) for a, b in pairs) / len(pairs)


@pytest.mark.parametrize("limit", [sets.EXHAUSTIVE, 0])
def test_sets_equal_their_naive_twins(
    limit: int, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tried one by one or found by exchange, the value is the best of all sets of two nodes."""
    monkeypatch.setattr(sets, "EXHAUSTIVE", limit)
    network, near = random_network(rng, 11, 16)
    every = [frozenset(pair) for pair in combinations(near, 2)]

    apart, watch = fragmenting_set(network, 2), reaching_set(network, 2, within=1)

    broken = {pair: unjoined(near, pair) for pair in every}
    seen = {pair: len(set().union(*(reached(near, node, 1) for node in pair))) / 11 for pair in every}
    assert apart.value == pytest.approx(max(broken.values())) == pytest.approx(broken[frozenset(apart.ids)])
    assert watch.value == pytest.approx(max(seen.values())) == pytest.approx(seen[frozenset(watch.ids)])
    assert apart.before == pytest.approx(unjoined(near, frozenset()))
    if limit:
        assert apart.is_best
        assert apart.n_equal == sum(value == pytest.approx(apart.value) for value in broken.values())


def test_a_set_is_more_than_its_members(rng: np.random.Generator) -> None:
    """Two hubs that share their neighbours part the network together; neither does alone."""
    network = Network.from_edges(["h"] * 6 + ["k"] * 6, list("abcdef") * 2)

    assert fragmenting_set(network, 1).value == 0.0
    both = fragmenting_set(network, 2)
    assert (both.ids, both.value, both.n_equal) == (("h", "k"), 1.0, 1)


def test_equals_are_counted_and_the_order_is_alphabetical() -> None:
    """In a ring every pair that is not adjacent does the same; none is special."""
    ring = Network.from_edges(range(8), [*range(1, 8), 0])

    found = reaching_set(ring, 2, within=1)

    assert found.n_equal == 12
    assert list(found.ids) == sorted(found.ids)
    assert found.cautions[0].code == "a_set_is_not_a_list"


def test_bad_requests_are_named() -> None:
    """The size fits the network, and the network fits the machine."""
    chain = Network.from_edges("ab", "bc")

    with pytest.raises(BadValue, match="size of the set is 2; use 1 to 1 of the 3 nodes"):
        fragmenting_set(chain, 2)
    with pytest.raises(BadValue, match="within is 0"):
        reaching_set(chain, 1, within=0)
    with pytest.raises(TooLarge, match="2,001 nodes"):
        reaching_set(Network.from_edges(range(2000), range(1, 2001)), 1)
