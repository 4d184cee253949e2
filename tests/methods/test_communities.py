"""Communities: planted groups come back, the best parting is the best there is, chance is reported."""

from collections.abc import Iterator
from itertools import combinations

import igraph
import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from openilp.methods.errors import BadValue
from openilp.methods.networks import Network, communities
from openilp.methods.networks.communities import adjusted_rand


def cliques(number: int, size: int) -> list[tuple[int, int]]:
    """Cliques in a ring, each joined to the next by one link."""
    inside = [pair for c in range(number) for pair in combinations(range(c * size, (c + 1) * size), 2)]
    return inside + [(c * size, ((c + 1) % number) * size + 1) for c in range(number)]


def partings(n: int) -> Iterator[list[int]]:
    """Every parting of n nodes as restricted growth strings."""

    def grow(so_far: list[int]) -> Iterator[list[int]]:
        if len(so_far) == n:
            yield so_far
            return
        for group in range(max(so_far, default=-1) + 2):
            yield from grow([*so_far, group])

    return grow([])


def test_planted_groups_come_back(rng: np.random.Generator) -> None:
    """Six cliques in a ring are six groups, in every run."""
    labels = {str(node): f"{node:03d}" for node in range(30)}
    network = Network.from_edges(*zip(*cliques(6, 5), strict=True), labels=labels)

    found = communities(network, rng=rng)

    assert found.number.tolist() == [node // 5 + 1 for node in range(30)]
    assert (found.similarity, found.agreement.tolist()) == (1.0, [1.0] * 30)


def test_no_parting_is_better(rng: np.random.Generator) -> None:
    """On networks of seven nodes the modularity is the largest of all 877 partings."""
    for _ in range(4):
        edges = [pair for pair in combinations(range(7), 2) if rng.random() < 0.4] + [(0, 6)]
        graph = igraph.Graph(n=7, edges=edges).simplify()
        network = Network.from_edges(
            *zip(*edges, strict=True), labels={str(node): str(node) for node in range(7)}
        )

        found = communities(network, rng=rng)

        assert found.modularity == pytest.approx(max(graph.modularity(parting) for parting in partings(7)))


def test_chance_is_said(rng: np.random.Generator) -> None:
    """In a random network runs disagree, and the figures say so."""
    edges = rng.integers(0, 60, (150, 2))

    found = communities(Network.from_edges(edges[:, 0], edges[:, 1]), rng=rng)

    assert found.similarity < 0.95
    assert found.agreement.min() < 0.9
    assert found.cautions[0].code == "not_an_organisation"


def test_agreement_of_partings_equals_the_peer(rng: np.random.Generator) -> None:
    """The adjusted Rand index is that of scikit-learn; numbers of groups do not matter."""
    for _ in range(20):
        one, other = rng.integers(0, 4, 30), rng.integers(0, 5, 30)
        assert adjusted_rand(one, other) == pytest.approx(adjusted_rand_score(one, other))
    assert adjusted_rand(np.array([0, 0, 1]), np.array([5, 5, 2])) == 1.0


def test_a_finer_resolution_gives_more_groups(rng: np.random.Generator) -> None:
    """The cliques fall apart only when asked to."""
    network = Network.from_edges(*zip(*cliques(4, 6), strict=True))

    assert (
        communities(network, rng=rng, resolution=6).number.max() > communities(network, rng=rng).number.max()
    )


def test_bad_requests_are_named(rng: np.random.Generator) -> None:
    """Resolution and runs are above 0."""
    network = Network.from_edges("a", "b")

    with pytest.raises(BadValue, match="resolution is 0"):
        communities(network, rng=rng, resolution=0)
    with pytest.raises(BadValue, match="runs is 0"):
        communities(network, rng=rng, runs=0)
