"""The measures that igraph computes: the only module that imports it."""

import random

import igraph
import numpy as np

from openilp.methods.arrays import BoolArray, FloatArray, IntArray
from openilp.methods.networks.network import Network

# Rounding in igraph's sums parts what is tied by symmetry; nine decimals are far below one path.
TIE_DECIMALS = 9
#: Up to so many nodes Leiden goes on until nothing moves; beyond, so many rounds: at 100,000 nodes the last four of
#: six raised the modularity from 0.406 to 0.415, and going on took minutes.
STABLE_LIMIT, MOST_ROUNDS = 10_000, 6


def as_igraph(network: Network, *, links: BoolArray | None = None) -> igraph.Graph:
    """This function will hand a network to igraph.

    Args:
        network: n nodes and m links.
        links: (m,) which links to keep, in the order of `Network.links`; all when left out.

    Returns:
        An undirected simple graph with the same node numbers.
    """
    ends = np.stack(network.links(), axis=1)
    kept = ends if links is None else ends[links]
    return igraph.Graph(n=network.n_nodes, edges=np.ascontiguousarray(kept), directed=False)


def betweenness(
    network: Network, *, links: BoolArray | None = None, sources: IntArray | None = None
) -> FloatArray:
    """This function will count the shortest paths through each node.

    Args:
        network: The network; weights are not used.
        links: (m,) which links to keep; all when left out.
        sources: Node numbers; only paths that start there count. All nodes when left out.

    Returns:
        (n,) sums over unordered pairs of other nodes of the share of their shortest paths that pass; with
        `sources`, half the sum over these starts, which for all n of them is the same.

    Source:
        Brandes, Journal of Mathematical Sociology 25 (2001); each pair once.
    """
    graph = as_igraph(network, links=links)
    starts = None if sources is None else sources.tolist()
    passing = np.array(graph.betweenness(directed=False, sources=starts), dtype=np.float64)
    return passing.round(TIE_DECIMALS)


def core_numbers(network: Network) -> IntArray:
    """This function will return the largest k for which each node is in the k-core.

    Args:
        network: The network.

    Returns:
        (n,); the k-core is what remains when nodes with fewer than k links are removed again and again.
    """
    return np.array(as_igraph(network).coreness(), dtype=np.int64)


def cut_nodes(network: Network) -> BoolArray:
    """This function will mark the nodes without which their component falls apart.

    Args:
        network: The network.

    Returns:
        (n,) truth values (articulation points).
    """
    mask = np.zeros(network.n_nodes, dtype=np.bool_)
    mask[as_igraph(network).articulation_points()] = True
    return mask


def distances(network: Network, starts: IntArray, *, links: BoolArray | None = None) -> FloatArray:
    """This function will count the links from some nodes to all.

    Args:
        network: n nodes; weights are not used.
        starts: (k,) node numbers.
        links: (m,) which links to keep; all when left out.

    Returns:
        (k, n) links on a shortest path; infinity where there is none.
    """
    if not len(starts):
        return np.zeros((0, network.n_nodes))
    return np.array(as_igraph(network, links=links).distances(source=starts.tolist()), dtype=np.float64)


def leiden(network: Network, *, resolution: float, rng: np.random.Generator) -> tuple[IntArray, float]:
    """This function will part the nodes into groups with more links inside than chance would give.

    Args:
        network: n nodes; weights are not used.
        resolution: Above 1 for more and smaller groups.
        rng: Random generator; the caller owns the seed.

    Returns:
        (n,) group numbers from 0 in no order, and the modularity of the parting.

    Source:
        Traag, Waltman and van Eck, Scientific Reports 9, 5233 (2019); modularity of Newman and Girvan (2004).
    """
    igraph.set_random_number_generator(random.Random(int(rng.integers(2**63))))  # noqa: S311 no secret
    try:
        graph = as_igraph(network)
        rounds = -1 if network.n_nodes <= STABLE_LIMIT else MOST_ROUNDS
        found = graph.community_leiden(
            objective_function="modularity", resolution=resolution, n_iterations=rounds
        )
        groups = np.array(found.membership, dtype=np.int64)
        quality = float(graph.modularity(found.membership)) if network.n_links else 0.0
    finally:
        igraph.set_random_number_generator(random)
    return groups, quality
