"""Positions: figures equal to the peer's and to published ones, ranks as intervals, and never a list of the first."""

import csv
import json
import random
import sys
from dataclasses import fields
from pathlib import Path

import igraph
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openilp.methods.errors import BadValue, TooFew
from openilp.methods.networks import Network, Position, positions
from openilp.methods.networks.positions import eigenvector
from openilp.methods.networks.robustness import rank_intervals
from openilp.methods.record import as_record

pairs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=25)


@settings(max_examples=40)
@given(pairs)
def test_figures_equal_the_peer(rows: list[tuple[int, int]]) -> None:
    """Degree, betweenness and closeness are those of igraph on the simple graph."""
    network = Network.from_edges(
        *zip(*rows, strict=True), labels={str(node): str(node) for node in range(10)}
    )
    peer = igraph.Graph(n=10, edges=rows).simplify()

    found = positions(network, rng=np.random.default_rng(1), trials=1, losses=(0.2,))

    for node in found.nodes:
        at = int(node.id)
        assert node.degree == peer.degree(at)
        assert node.betweenness == pytest.approx(peer.betweenness(at), abs=1e-8)
        assert node.closeness == pytest.approx(np.nan_to_num(peer.closeness(at, normalized=False)), abs=1e-12)
        assert 1 <= node.betweenness_rank_low <= node.betweenness_rank_high <= 10
    assert found.modularity == pytest.approx(
        peer.modularity([node.community for node in found.nodes]) if peer.ecount() else 0
    )


@settings(max_examples=20)
@given(pairs, st.permutations(list(range(10))), st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(
    rows: list[tuple[int, int]], names: list[int], shuffler: random.Random
) -> None:
    """Other names, other directions and another order of the rows give each node the same figures."""
    turned = [(names[b], names[a]) if shuffler.random() < 0.5 else (names[a], names[b]) for a, b in rows]
    shuffler.shuffle(turned)
    one, other = (
        {
            node.id: node
            for node in positions(
                Network.from_edges(*zip(*each, strict=True)),
                rng=np.random.default_rng(1),
                trials=1,
                losses=(0.2,),
            ).nodes
        }
        for each in (rows, turned)
    )

    for name, node in one.items():
        twin = other[str(names[int(name)])]
        assert (node.degree, node.betweenness) == (twin.degree, pytest.approx(twin.betweenness, abs=1e-8))
        assert (node.closeness, node.eigenvector) == pytest.approx(
            (twin.closeness, twin.eigenvector), abs=1e-6
        )


def test_the_eigenvector_is_that_of_the_links(rng: np.random.Generator) -> None:
    """A times v is lambda times v, its largest entry is 1, and nodes that look alike are equal."""
    edges = [(node, int(rng.integers(0, node))) for node in range(1, 40)] + [(5, 9), (3, 30)]
    network = Network.from_edges(*zip(*edges, strict=True))
    ends = network.links()
    matrix = np.zeros((40, 40))
    matrix[ends[0], ends[1]] = matrix[ends[1], ends[0]] = 1

    vector = np.array([node.eigenvector for node in positions(network, rng=rng, trials=1).nodes])
    star = positions(Network.from_edges("aaaa", "bcde"), rng=rng, trials=1).nodes

    np.testing.assert_allclose(matrix @ vector, np.linalg.eigvalsh(matrix)[-1] * vector, atol=1e-8)
    assert vector.max() == pytest.approx(1.0)
    assert [node.eigenvector for node in star] == pytest.approx([1.0, 0.5, 0.5, 0.5, 0.5])


def test_equal_parts_have_equal_entries(rng: np.random.Generator) -> None:
    """Two triangles and some nodes alone: each triangle has its ones, and the rest nothing."""
    network = Network.from_edges("abcxyz", "bcayzx", labels={name: name for name in "pq"})

    found = positions(network, rng=rng, trials=1).nodes

    assert [node.eigenvector for node in found] == pytest.approx([1, 1, 1, 0, 0, 1, 1, 1])


def test_a_large_network_has_the_same_eigenvector(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The iteration for large networks gives what all eigenvalues give."""
    edges = [(node, int(rng.integers(0, node))) for node in range(1, 60)] + [(5, 9), (3, 30), (0, 40)]
    network = Network.from_edges(*zip(*edges, strict=True))
    dense = eigenvector(network)
    monkeypatch.setattr(sys.modules[eigenvector.__module__], "DENSE", 3)

    np.testing.assert_allclose(eigenvector(network), dense, atol=1e-8)


def test_normalised_figures_are_shares_of_the_most_possible(rng: np.random.Generator) -> None:
    """The middle of a star has everything there is to have, a part of half the network half the closeness."""
    star = positions(Network.from_edges("aaaa", "bcde"), rng=rng, trials=1, normalise=True).nodes
    halves = positions(Network.from_edges("abxy", "bcyz"), rng=rng, trials=1, normalise=True).nodes

    assert (star[0].degree, star[0].betweenness, star[0].closeness) == (1.0, 1.0, 1.0)
    assert sum(node.eigenvector**2 for node in star) == pytest.approx(1.0)
    assert halves[1].closeness == pytest.approx(2 / 5)


def test_lost_data_part_what_is_sure_from_what_is_not(rng: np.random.Generator) -> None:
    """The hub of a star keeps its rank; the nodes of a ring may have any."""
    hub = positions(Network.from_edges(["h"] * 30, range(30)), rng=rng).nodes[-1]
    ring = positions(Network.from_edges(range(30), [*range(1, 30), 0]), rng=rng).nodes

    assert (hub.id, hub.betweenness_rank_low, hub.betweenness_rank_high) == ("h", 1, 1)
    assert all(node.betweenness_rank_high - node.betweenness_rank_low > 10 for node in ring)


def test_more_loss_is_less_agreement(rng: np.random.Generator) -> None:
    """The order after 30 % lost resembles the whole less than after 5 %; each loss is reported."""
    edges = [(node, int(rng.integers(0, node))) for node in range(1, 150)]
    network = Network.from_edges(*zip(*edges, strict=True))

    found = rank_intervals(network, rng=rng, losses=(0.05, 0.3), trials=20)

    little, much = (loss.correlation for loss in found.losses if loss.kind == "links")
    assert little > much
    assert {(loss.kind, loss.share) for loss in found.losses} == {
        ("links", 0.05),
        ("links", 0.3),
        ("nodes", 0.05),
        ("nodes", 0.3),
    }


def test_a_seed_repeats_everything() -> None:
    """Two runs with one seed are equal, groups and intervals included."""
    edges = [(node, node // 3) for node in range(1, 40)] + [(node, node - 1) for node in range(9, 30)]
    network = Network.from_edges(*zip(*edges, strict=True))

    one, other = (positions(network, rng=np.random.default_rng(7)) for _ in range(2))

    assert json.dumps(as_record(one)) == json.dumps(as_record(other))


def test_no_node_is_listed_by_a_measure(rng: np.random.Generator) -> None:
    """The order is alphabetical, the only ranks are the two ends of an interval, and the cautions say why."""
    network = Network.from_edges("zzzya", "abcab")

    found = positions(network, rng=rng, trials=2)

    assert [node.id for node in found.nodes] == ["a", "b", "c", "y", "z"]
    ranks = {part.name for part in fields(Position) if "rank" in part.name}
    assert ranks == {"betweenness_rank_low", "betweenness_rank_high"}
    assert not [part.name for part in fields(Position) if "score" in part.name or "risk" in part.name]
    with pytest.raises(TypeError):
        sorted(found.nodes)
    assert [caution.code for caution in found.cautions][:2] == ["not_a_ranking", "incomplete"]


def test_dirt_is_said(rng: np.random.Generator) -> None:
    """Loops, repeats and parts are reported, not silent."""
    found = positions(Network.from_edges("abacx", "babcy"), rng=rng, trials=1)

    assert (found.n_loops, found.n_merged, found.component_sizes) == (1, 2, (2, 1, 2))
    assert "disconnected" in {caution.code for caution in found.cautions}


def test_a_sample_states_its_error(rng: np.random.Generator) -> None:
    """With starts sampled each value lies in its bounds, and the sentence says how many starts there were."""
    edges = [(node, int(rng.integers(0, node))) for node in range(1, 200)]
    network = Network.from_edges(*zip(*edges, strict=True))

    found = positions(network, rng=rng, sources=50, trials=1, losses=(0.1,))

    assert found.n_sources == 50
    assert all(node.betweenness_low <= node.betweenness <= node.betweenness_high for node in found.nodes)
    assert "50 starts" in str(found.method)


def test_one_node_is_a_network_and_none_is_not(rng: np.random.Generator) -> None:
    """The smallest answer is all zeros; without a node there is none."""
    alone = positions(Network.from_edges([], [], labels={"a": "a"}), rng=rng, trials=1).nodes[0]

    assert (alone.degree, alone.betweenness, alone.closeness, alone.eigenvector) == (0, 0.0, 0.0, 0.0)
    with pytest.raises(TooFew, match="0 nodes"):
        positions(Network.from_edges([], []), rng=rng)
    with pytest.raises(BadValue, match="loss is 1"):
        positions(Network.from_edges("a", "b"), rng=rng, losses=(1.0,))


def covert(folder: Path, name: str) -> Network:
    """A published network by number only; names stay in the file."""
    if name.startswith("montagna"):
        file = folder / "montagna" / f"{name.replace('montagna', 'Montagna')}_edgelist.csv"
        rows = [line.split()[:2] for line in file.read_text().splitlines() if line.strip()]
        return Network.from_edges(*zip(*rows, strict=True))
    files = folder / "networkdata"
    with (files / f"{name}_edges.csv").open(encoding="utf-8") as edges:
        rows = [[row["from"], row["to"]] for row in csv.DictReader(edges)]
    with (files / f"{name}_nodes.csv").open(encoding="utf-8") as nodes:
        ids = [row["id"] for row in csv.DictReader(nodes)]
    return Network.from_edges(*zip(*rows, strict=True), labels={node: node for node in ids})


@pytest.mark.real_data
@pytest.mark.parametrize(
    "name",
    [
        # Caviar and two of its phases, Ciel, two of Natarajan's, Italian and London gangs, Noordin, N17.
        "montagna_meetings", "montagna_phonecalls", "covert_10_01", "covert_10_04", "covert_10_09", "covert_12",
        "covert_13", "covert_21", "covert_24", "covert_28", "covert_32", "covert_34_03", "covert_34_04", "covert_39",
    ],
)  # fmt: skip
def test_published_networks_have_their_measured_figures(crime: Path, name: str) -> None:
    """Nodes, links, density, largest part and the five highest betweenness values are those of the reference."""
    folder = crime / "covert_networks"
    with (folder / "reference_metrics_igraph.csv").open(encoding="utf-8") as file:
        expected = next(row for row in csv.DictReader(file) if row["network"] == name)

    found = positions(covert(folder, name), rng=np.random.default_rng(1), trials=1, losses=(0.1,))

    assert found.n == int(expected["n"])
    assert found.n_links == int(expected["edges_simple_undirected"])
    assert found.density == pytest.approx(float(expected["density"]), abs=1e-5)
    assert max(found.component_sizes) == int(expected["lcc"])
    assert len(found.component_sizes) == int(expected["components"])
    highest = [float(entry.rsplit("=", 1)[1]) for entry in expected["top5_betweenness"].split(";")]
    values = sorted((node.betweenness for node in found.nodes), reverse=True)[:5]
    assert values == pytest.approx(highest, abs=0.006)
