"""Sets of nodes that together hold a network together, or reach most of it."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from scipy.sparse.csgraph import connected_components

from openilp.methods import drawing
from openilp.methods.arrays import IntArray
from openilp.methods.errors import BadValue, TooLarge
from openilp.methods.networks.centrality import distances
from openilp.methods.networks.components import adjacency
from openilp.methods.networks.network import Network
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence

NODE_LIMIT = 2000
#: Up to so many sets are all tried, which proves the best and counts its equals.
EXHAUSTIVE = 5000
SMALLEST_GAIN = 1e-12

A_SET_IS_NOT_A_LIST = Sentence(
    "a_set_is_not_a_list",
    "The set describes positions in the recorded links, taken together and in alphabetical order; it is no "
    "list of people to act against, and other sets can be as good.",
)

Value = Callable[[tuple[int, ...]], float]


@dataclass(frozen=True, slots=True)
class NodeSet(Result):
    """A set of nodes and what it does, together.

    Attributes:
        meaning: What the value is.
        ids: Identifiers in alphabetical order of their labels.
        value: What the set does, 0 to 1: see the function that found it.
        before: The same without any node removed or watched.
        is_best: Whether all sets of this size were tried, so that none is better.
        n_equal: How many sets tried are as good, this one included.
        n_tried: Sets tried.
        n: Nodes.
        method: How it was found.
        cautions: What the reader must know.
    """

    meaning: str
    ids: tuple[str, ...]
    value: float
    before: float
    is_best: bool
    n_equal: int
    n_tried: int
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say what the set does, and how many others are as good."""
        return Sentence(
            "node_set",
            "Taken together, %(ids)s give %(value)s as %(meaning)s (before: %(before)s); sets as good: %(equal)s of "
            "%(tried)s tried.",
            {
                "ids": ", ".join(self.ids),
                "value": f"{self.value:.3f}",
                "meaning": self.meaning,
                "before": f"{self.before:.3f}",
                "equal": f"{self.n_equal:,}",
                "tried": f"{self.n_tried:,}",
            },
        )

    def plot(self) -> Plot:
        """This function will draw the value before and with the set."""
        names = ["without the set", "with the set"]
        return drawing.bars(
            "What the set does", names, [self.before, self.value], x_name="", y_name=self.meaning
        )


def fragmenting_set(network: Network, size: int) -> NodeSet:
    """This function will find nodes without which the network falls apart most.

    Question:
        On which few recorded positions, taken together, does the network hang?

    Assumptions:
        Nobody is replaced, and what is recorded is all there is.

    Traps:
        The best set is not made of the nodes with the highest measures. Sets that are as good are counted:
        with several, no member is special. One missing link can change the set.

    Args:
        network: n nodes, at most 2,000; weights are not used.
        size: Nodes in the set, 1 to n - 2.

    Returns:
        The set; its value is the share of the pairs of remaining nodes that no path joins.

    Raises:
        TooLarge: If there are more nodes.
        BadValue: If the size does not fit.

    Oracle:
        All sets listed by a naive twin, in `test_sets.py`.

    Cost:
        All sets up to 5,000 of them; otherwise O(size n (n + m)) for each round of exchanges.

    Not for:
        Choosing people to act against.

    Source:
        Borgatti, Computational and Mathematical Organization Theory 12 (2006), KPP-Neg; greedy with exchanges.
    """
    _check(network, size, network.n_nodes - 2)
    matrix = adjacency(network)

    def value(members: tuple[int, ...]) -> float:
        left = np.delete(np.arange(network.n_nodes), members)
        _, part = connected_components(matrix[left][:, left], directed=False)
        return _fragmentation(np.bincount(part))

    return _found(
        network, size, value, "fragmentation", "the share of pairs of other nodes that no path joins"
    )


def reaching_set(network: Network, size: int, *, within: int = 2) -> NodeSet:
    """This function will find nodes from which most of the network is a few links away.

    Question:
        From which few recorded positions could a message reach, or an observer see, most of the network?

    Assumptions:
        What passes one recorded link can pass the next.

    Traps:
        Many sets are usually as good; their number is given. Nodes that nobody recorded are reached by none.

    Args:
        network: n nodes, at most 2,000; weights are not used.
        size: Nodes in the set, 1 to n.
        within: Links that count as reached, at least 1.

    Returns:
        The set; its value is the share of all nodes within reach, the set included.

    Raises:
        TooLarge: If there are more nodes.
        BadValue: If the size or the number of links does not fit.

    Oracle:
        All sets listed by a naive twin, in `test_sets.py`.

    Cost:
        O(n m) once, then O(n^2) for each addition and O(size n^2) for each round of exchanges.

    Not for:
        Choosing people to watch: that needs grounds in law, which no drawing gives.

    Source:
        Borgatti, Computational and Mathematical Organization Theory 12 (2006), KPP-Pos, m-reach.
    """
    if within < 1:
        raise BadValue("within", within, "use at least 1 link")
    _check(network, size, network.n_nodes)
    near = distances(network, np.arange(network.n_nodes)) <= within

    def value(members: tuple[int, ...]) -> float:
        return float(near[list(members)].any(axis=0).mean()) if members else 0.0

    return _found(network, size, value, "reach", f"the share of nodes within {within} links of the set")


def _check(network: Network, size: int, most: int) -> None:
    if network.n_nodes > NODE_LIMIT:
        raise TooLarge("nodes", network.n_nodes, NODE_LIMIT, "select a part of the network")
    if not 1 <= size <= most:
        raise BadValue("size of the set", size, f"use 1 to {max(most, 0)} of the {network.n_nodes} nodes")


def _fragmentation(sizes: IntArray) -> float:
    n = float(sizes.sum())
    return 1 - float((sizes * (sizes - 1.0)).sum()) / (n * (n - 1)) if n > 1 else 1.0


def _found(network: Network, size: int, value: Value, code: str, meaning: str) -> NodeSet:
    if comb(network.n_nodes, size) <= EXHAUSTIVE:
        tried = {each: value(each) for each in combinations(range(network.n_nodes), size)}
        is_best = True
    else:
        tried, is_best = _greedy_with_exchange(network, size, value), False
    best = max(tried, key=lambda each: (tried[each], tuple(-node for node in each)))
    search = "all sets of this size" if is_best else "adding the best node, then exchanging while it helps"
    return NodeSet(
        meaning=meaning,
        ids=tuple(network.ids[node] for node in best),
        value=tried[best],
        before=value(()),
        is_best=is_best,
        n_equal=sum(
            len(each) == size and worth >= tried[best] - SMALLEST_GAIN for each, worth in tried.items()
        ),
        n_tried=len(tried),
        n=network.n_nodes,
        method=Sentence(
            f"set_{code}",
            "%(size)s nodes of %(nodes)s, valued by %(meaning)s; search: %(search)s.",
            {"size": str(size), "nodes": str(network.n_nodes), "meaning": meaning, "search": search},
        ),
        cautions=(A_SET_IS_NOT_A_LIST,),
    )


def _greedy_with_exchange(network: Network, size: int, value: Value) -> dict[tuple[int, ...], float]:
    tried: dict[tuple[int, ...], float] = {}

    def worth(members: tuple[int, ...]) -> float:
        if members not in tried:
            tried[members] = value(members)
        return tried[members]

    chosen: tuple[int, ...] = ()
    for _ in range(size):
        chosen = max(
            (_with(chosen, node) for node in range(network.n_nodes) if node not in chosen), key=worth
        )
    while True:
        swaps = (
            _with(tuple(node for node in chosen if node != out), into)
            for out in chosen
            for into in range(network.n_nodes)
            if into not in chosen
        )
        better = max(swaps, key=worth, default=chosen)
        if worth(better) <= worth(chosen) + SMALLEST_GAIN:
            return {members: found for members, found in tried.items() if len(members) == size}
        chosen = better


def _with(members: tuple[int, ...], node: int) -> tuple[int, ...]:
    return tuple(sorted((*members, node)))
