"""Missing links: planted gaps are found, noise names nobody, scores equal their naive twins."""

import math
from itertools import combinations

import numpy as np
import pytest

from openilp.methods.errors import BadValue, TooFew, TooLarge
from openilp.methods.networks import Network, possible_links
from openilp.methods.networks.missing import SCORES, _quality


def planted(rng: np.random.Generator, gone: float) -> tuple[Network, set[frozenset[str]]]:
    """Groups of ten that are complete but for a share of their links, with a few links between groups."""
    edges, lost = [], set()
    for group in range(8):
        for a, b in combinations(range(group * 10, group * 10 + 10), 2):
            if rng.random() < gone:
                lost.add(frozenset((str(a), str(b))))
            else:
                edges.append((a, b))
    edges += [tuple(rng.choice(80, 2, replace=False)) for _ in range(30)]
    return Network.from_edges(*zip(*edges, strict=True)), lost


def test_planted_gaps_are_found(rng: np.random.Generator) -> None:
    """Most pairs named are links that were taken out; the test said beforehand that it can tell."""
    network, lost = planted(rng, 0.2)

    found = possible_links(network, rng=rng, most=30, splits=10)

    named = [frozenset((pair.id, pair.other)) for pair in found.pairs]
    assert found.chosen is not None
    assert sum(pair in lost for pair in named) > 0.9 * len(named) > 0
    assert [(pair.id, pair.other) for pair in found.pairs] == sorted(
        (pair.id, pair.other) for pair in found.pairs
    )


@pytest.mark.parametrize("seed", range(4))
def test_noise_names_nobody(seed: int) -> None:
    """Where links are drawn by chance no score beats the product of the degrees, and no pair is named."""
    rng = np.random.default_rng(seed)
    edges = rng.integers(0, 80, (200, 2))

    found = possible_links(Network.from_edges(edges[:, 0], edges[:, 1]), rng=rng)

    assert (found.chosen, found.pairs) == (None, ())
    assert found.cautions[-1].code == "no_better_than_degree"
    for test in found.tests:
        assert test.precision.low <= test.precision.value <= test.precision.high


def test_equally_busy_pairs_make_the_baseline_useless(rng: np.random.Generator) -> None:
    """The product of the degrees cannot tell links from pairs that are as busy: its area is about a half."""
    network, _ = planted(rng, 0.2)

    tests = {test.name: test for test in possible_links(network, rng=rng, splits=10).tests}

    assert tests["degree product"].auc.value == pytest.approx(0.5, abs=0.1)
    assert tests["adamic-adar"].auc.value > 0.9


def test_scores_equal_their_naive_twins(rng: np.random.Generator) -> None:
    """Each score is the sum over common neighbours that its name says."""
    matrix = np.triu((rng.random((14, 14)) < 0.3).astype(float), 1)
    matrix += matrix.T
    degree = matrix.sum(axis=0)
    found = {name: score(matrix) for name, score in SCORES.items()}

    for a, b in combinations(range(14), 2):
        common = [z for z in range(14) if matrix[a, z] and matrix[b, z]]
        assert found["common neighbours"][a, b] == len(common)
        assert found["adamic-adar"][a, b] == pytest.approx(sum(1 / math.log(degree[z]) for z in common))
        assert found["resource allocation"][a, b] == pytest.approx(sum(1 / degree[z] for z in common))
    damped = 0.5 / degree.max() * matrix
    np.testing.assert_allclose(found["katz"], np.linalg.inv(np.eye(14) - damped) - np.eye(14), atol=1e-3)


def test_quality_counts_ties_half() -> None:
    """All equal scores give an area of a half and the precision of chance; a perfect order gives one."""
    assert _quality(np.array([1.0, 1.0]), np.array([1.0] * 6)) == pytest.approx((0.5, 0.25, 0.25))
    assert _quality(np.array([3.0, 2.0]), np.array([1.0, 0.0])) == pytest.approx((1.0, 1.0, 0.5))
    assert _quality(np.array([2.0]), np.array([3.0, 1.0]))[:2] == pytest.approx((0.5, 0.5))


def test_bad_requests_are_named(rng: np.random.Generator) -> None:
    """Too few links, too many nodes, shares outside 0 to 1, a network without an open pair."""
    chain = Network.from_edges(range(30), range(1, 31))

    with pytest.raises(TooFew, match="1 links"):
        possible_links(Network.from_edges("a", "b"), rng=rng)
    with pytest.raises(TooLarge, match="1,601 nodes"):
        possible_links(Network.from_edges(range(1600), range(1, 1601)), rng=rng)
    with pytest.raises(BadValue, match="held_out is 1"):
        possible_links(chain, rng=rng, held_out=1)
    with pytest.raises(BadValue, match="splits or most"):
        possible_links(chain, rng=rng, splits=0)
    with pytest.raises(TooFew, match="unlinked pairs"):
        possible_links(Network.from_edges(*zip(*combinations(range(8), 2), strict=True)), rng=rng)
