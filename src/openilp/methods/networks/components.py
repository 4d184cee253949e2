"""The parts into which a network falls."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from openilp.methods.arrays import IntArray
from openilp.methods.networks.network import Network


def adjacency(network: Network) -> csr_array:
    """This function will return the network as a sparse matrix of ones.

    Args:
        network: The network.

    Returns:
        (n, n) symmetric.
    """
    ones = np.ones(len(network.neighbours))
    return csr_array((ones, network.neighbours, network.starts), shape=(network.n_nodes, network.n_nodes))


def components(network: Network) -> IntArray:
    """This function will number the connected parts.

    Args:
        network: The network.

    Returns:
        (n,) numbers from 1, in the alphabetical order of each part's first node.
    """
    if network.n_nodes == 0:
        return np.zeros(0, dtype=np.int64)
    _, part = connected_components(adjacency(network), directed=False)
    _, first, inverse = np.unique(part, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(1, len(first) + 1)
    numbered: IntArray = rank[inverse]
    return numbered
