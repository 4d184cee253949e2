"""Dismantling: published curves, a naive twin for chance, and nobody named."""

import csv
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from openilp.methods.errors import BadValue, TooFew, TooLarge, UnknownType
from openilp.methods.networks import Dismantling, Network, dismantle
from openilp.methods.networks.components import components
from openilp.methods.networks.dismantling import ORDERS, _by_chance


def montagna(crime: Path, name: str) -> Network:
    """One of the two published networks."""
    file = crime / "covert_networks" / "montagna" / f"Montagna_{name}_edgelist.csv"
    return Network.from_edges(
        *zip(*(line.split()[:2] for line in file.read_text().splitlines()), strict=True)
    )


def published(crime: Path, name: str, column: str) -> np.ndarray:
    """The curve that the authors printed."""
    file = crime / "covert_networks" / "montagna" / f"published_sequential_{name}_unweighted_5nrem.csv"
    return np.array([float(row[column]) for row in csv.DictReader(file.read_text().splitlines())])


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "curve", "steps"), [("meetings", "meeting", 47), ("phonecalls", "phonecalls", 86)]
)
def test_betweenness_gives_the_published_curve_exactly(
    crime: Path, name: str, curve: str, steps: int
) -> None:
    """Point by point to the last digit, as long as a node has any betweenness left and ties do not decide."""
    found = dismantle(montagna(crime, name), order="betweenness", rng=np.random.default_rng(1), trials=2)

    np.testing.assert_allclose(found.lcc[:steps], published(crime, curve, "Betweenness")[:steps], atol=1e-12)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "curve", "most"), [("meetings", "meeting", 0.3), ("phonecalls", "phonecalls", 0.05)]
)
def test_degree_gives_the_published_curve_where_ties_do_not_decide(
    crime: Path, name: str, curve: str, most: float
) -> None:
    """The authors do not say who leaves first among equals: the first steps are equal, the rest is near."""
    found = dismantle(montagna(crime, name), order="degree", rng=np.random.default_rng(1), trials=2)
    expected = published(crime, curve, "Degree")[: len(found.lcc)]

    np.testing.assert_allclose(found.lcc[:4], expected[:4], atol=1e-12)
    assert np.abs(found.lcc - expected).max() < most


@pytest.mark.parametrize("order", ORDERS)
def test_a_star_falls_apart_at_once(order: str, rng: np.random.Generator) -> None:
    """Every order but collective influence, which sees no further links, takes the middle first."""
    star = Network.from_edges("m" * 9, "abcdefghi")

    found = dismantle(star, order=order, rng=rng)

    if order != "collective-influence":
        assert found.lcc.tolist() == pytest.approx([1.0, 0.1])
        assert found.half == 1
    assert found.n_parts[0] == 1
    assert (found.random_low <= found.random_high).all()


def test_removal_by_chance_is_what_removing_one_by_one_gives(rng: np.random.Generator) -> None:
    """The forest grown backwards has the largest parts of a network that loses nodes one by one."""
    edges = rng.integers(0, 30, (45, 2))
    network = Network.from_edges(edges[:, 0], edges[:, 1])
    order = np.random.default_rng(3).permutation(network.n_nodes)

    found = _by_chance(network, np.random.default_rng(3))

    for step in range(network.n_nodes):
        left = {network.ids[node] for node in order[step:]}
        low, high = network.links()
        rows = [(network.ids[a], network.ids[b]) for a, b in zip(low, high, strict=True)]
        kept = [(a, b) for a, b in rows if {a, b} <= left]
        part = components(
            Network.from_edges(
                [a for a, _ in kept], [b for _, b in kept], labels={node: node for node in left}
            )
        )
        assert found[step] == np.bincount(part).max()


def test_a_curve_names_nobody() -> None:
    """No identifier leaves the function."""
    assert {part.name for part in fields(Dismantling)} == {
        "order", "lcc", "n_parts", "random_low", "random_high", "half", "n", "trials", "method", "cautions",
    }  # fmt: skip


def test_bad_requests_are_named(rng: np.random.Generator) -> None:
    """An unknown order, an empty network, too many steps, too much work."""
    two = Network.from_edges("a", "b")

    with pytest.raises(UnknownType, match="'age' is not known; use one of betweenness"):
        dismantle(two, order="age", rng=rng)
    with pytest.raises(TooFew, match="0 nodes"):
        dismantle(Network.from_edges([], []), order="degree", rng=rng)
    with pytest.raises(BadValue, match="steps is 2; use 0 to 1"):
        dismantle(two, order="degree", rng=rng, steps=2)
    with pytest.raises(TooLarge, match="fewer steps"):
        dismantle(Network.from_edges(range(2000), range(1, 2001)), order="betweenness", rng=rng)
