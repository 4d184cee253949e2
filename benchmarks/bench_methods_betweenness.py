"""Betweenness from a sample of starts beside the exact run of igraph: time, and whether the stated error holds."""

import random
import time

import igraph
import numpy as np

from benchmarks.methods import Row, ratio, timed, version
from openilp.methods.networks import Network
from openilp.methods.networks.sampling import Sampled, pick_sources, sampled_betweenness

#: Links of each new node: 100,000 nodes have 300,000.
LINKS = 3
#: Starts of the sample, for the large network and for its twin.
SOURCES, TWIN_SOURCES = 1000, 400
#: Starts from which the exact run is extrapolated; it is linear in them.
MEASURED = 200


def rows() -> list[Row]:
    """Measure 100,000 nodes, and hold the error on a twin of 10,000 whose exact values are known."""
    return [_large(), _twin()]


def grown(nodes: int) -> tuple[Network, igraph.Graph]:
    """Return a network grown by preferential attachment, for us and for the peer."""
    igraph.set_random_number_generator(random.Random(1))
    graph = igraph.Graph.Barabasi(nodes, LINKS)
    igraph.set_random_number_generator(random)
    ends = np.array(graph.get_edgelist())
    return Network.from_edges(ends[:, 0], ends[:, 1]), graph.simplify()


def _large() -> Row:
    network, graph = grown(100_000)
    found, ours_s = timed(lambda: _sampled(network, SOURCES))
    others = np.random.default_rng(2).choice(network.n_nodes, MEASURED, replace=False).tolist()
    begin = time.perf_counter()
    graph.betweenness(directed=False, sources=others)
    per_start = (time.perf_counter() - begin) / MEASURED
    return ratio(
        f"betweenness, {network.n_nodes:,} nodes, {network.n_links:,} links, {SOURCES:,} starts, bounds of all nodes",
        ours_s=ours_s,
        peer=f"{version('igraph')} exact, {network.n_nodes:,} starts extrapolated from {MEASURED}",
        peer_s=per_start * network.n_nodes,
        at_least=10,
        agreement=_stated(found, network),
    )


def _twin() -> Row:
    network, graph = grown(10_000)
    found, ours_s = timed(lambda: _sampled(network, TWIN_SOURCES))
    values, peer_s = timed(lambda: graph.betweenness(directed=False))
    # The peer numbers its nodes from 0; ours stand in the order of their identifiers.
    exact = np.array(values)[[int(node) for node in network.ids]]
    held = (found.low <= exact) & (exact <= found.high)
    wrong = np.abs(found.value - exact).max() / exact.max()
    return ratio(
        f"its twin, {network.n_nodes:,} nodes, {network.n_links:,} links, {TWIN_SOURCES} starts",
        ours_s=ours_s,
        peer=f"{version('igraph')} exact, run in full",
        peer_s=peer_s,
        at_least=10,
        agreement=f"{held.sum():,} of {len(held):,} exact values within their bounds; largest error {wrong:.1%} of the "
        f"peak; {_stated(found, network)}",
        agrees=bool(held.all()),
    )


def _sampled(network: Network, sources: int) -> Sampled:
    rng = np.random.default_rng(1)
    return sampled_betweenness(network, pick_sources(network, sources, rng), confidence=0.95)


def _stated(found: Sampled, network: Network) -> str:
    pairs = network.n_nodes * (network.n_nodes - 1) / 2
    errors = np.maximum(found.high - found.value, found.value - found.low) / pairs
    return f"stated error: at most {errors.max():.3f} of all pairs, {np.median(errors):.4f} for the median node, 95 %"
