"""The measures that igraph computes: the only module that imports it."""

import igraph
import numpy as np

from openilp.methods.arrays import BoolArray, FloatArray, IntArray
from openilp.methods.networks.network import Network


def as_igraph(network: Network) -> igraph.Graph:
    """This function will hand a network to igraph.

    Args:
        network: The network.

    Returns:
        An undirected simple graph with the same node numbers.
    """
    low, high = network.links()
    return igraph.Graph(n=network.n_nodes, edges=np.stack([low, high], axis=1).tolist(), directed=False)


def betweenness(network: Network) -> FloatArray:
    """This function will count the shortest paths through each node.

    Args:
        network: The network; weights are not used.

    Returns:
        (n,) sums over unordered pairs of other nodes of the share of their shortest paths that pass.

    Source:
        Brandes, Journal of Mathematical Sociology 25 (2001); each pair once.
    """
    return np.array(as_igraph(network).betweenness(directed=False), dtype=np.float64)


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
