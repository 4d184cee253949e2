"""Structural measures of the nodes, in alphabetical order and with their limits."""

from dataclasses import dataclass

import numpy as np

from openilp.methods import drawing
from openilp.methods.arrays import FloatArray
from openilp.methods.errors import BadValue
from openilp.methods.networks.centrality import betweenness, core_numbers, cut_nodes
from openilp.methods.networks.components import components
from openilp.methods.networks.network import Network
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence

NOT_A_RANKING = Sentence(
    "not_a_ranking",
    "These figures describe the recorded links, not the people: they say nothing about guilt, role or danger, "
    "and nobody may be selected for a measure because of them. The order is alphabetical.",
)
INCOMPLETE = Sentence(
    "incomplete",
    "Police see a part of a network: those who are watched have more recorded links, those who hide have fewer. "
    "A missing link can change every figure.",
)
LEVEL = 0.9


@dataclass(frozen=True, slots=True)
class NodeMeasures:
    """The measures of one node.

    Attributes:
        id: Identifier.
        label: Text to show.
        degree: Number of neighbours.
        betweenness: Shortest paths through the node, each pair of others once; with an interval when
            links were left out at random, and its n is the number of such trials.
        core: Largest k for which the node is in the k-core.
        component: Number of its connected part.
        is_cut_node: Whether its part falls apart without it.
    """

    id: str
    label: str
    degree: int
    betweenness: Estimate
    core: int
    component: int
    is_cut_node: bool


@dataclass(frozen=True, slots=True)
class NetworkMeasures(Result):
    """The nodes in alphabetical order of their labels, and the network as a whole.

    Attributes:
        rows: One for each node.
        n_nodes: Nodes.
        n_links: Links.
        density: Links as a share of all possible ones.
        component_sizes: Nodes of each part; the part numbered 1 first.
        n_loops: Edges left out because both ends are one node.
        n_merged: Edges merged into a link that was already there.
        method: How it was computed.
        cautions: What the reader must know.
    """

    rows: tuple[NodeMeasures, ...]
    n_nodes: int
    n_links: int
    density: float
    component_sizes: tuple[int, ...]
    n_loops: int
    n_merged: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def n(self) -> int:
        """This function will count the nodes."""
        return self.n_nodes

    @property
    def finding(self) -> Sentence:
        """This function will say how large the network is, and how many nodes hold a part together."""
        return Sentence(
            "network_measured",
            "%(nodes)s nodes and %(links)s links in %(parts)s parts; %(cuts)s nodes are such that their part falls "
            "apart without them.",
            {
                "nodes": f"{self.n_nodes:,}",
                "links": f"{self.n_links:,}",
                "parts": f"{len(self.component_sizes):,}",
                "cuts": f"{sum(row.is_cut_node for row in self.rows):,}",
            },
        )

    def plot(self) -> Plot:
        """This function will draw how many nodes have how many neighbours."""
        counts = np.bincount([row.degree for row in self.rows], minlength=1)
        names = [str(degree) for degree in range(len(counts))]
        return drawing.bars("Neighbours", names, counts.tolist(), x_name="neighbours", y_name="nodes")


def measure(
    network: Network,
    *,
    trials: int = 0,
    missing_share: float = 0.1,
    rng: np.random.Generator | None = None,
) -> NetworkMeasures:
    """This function will measure every node's position in a network.

    Question:
        How is each recorded node linked, and would its part hold without it?

    Assumptions:
        Links of one matter and one kind; direction and weight do not matter.

    Traps:
        Whoever was watched has more links. A figure belongs to a record, not to a person; the order is
        alphabetical. A missing link can change every figure: ask for trials.

    Args:
        network: n nodes and m links; weights are not used.
        trials: How often links are left out at random to see how far betweenness depends on them; 0
            gives no interval.
        missing_share: Share of the links left out in each trial.
        rng: Random generator for the trials; the caller owns the seed.

    Returns:
        The measures in alphabetical order; there is no order by a score.

    Raises:
        BadValue: If the share lies outside 0 to 1, or trials are asked for without `rng`.

    Oracle:
        Naive twins by listing paths, and published figures of four networks, in `test_networks.py`.

    Cost:
        O(n m) time, times the trials; memory O(n + m).

    Not for:
        Large networks (use `positions`, which samples), or choosing people.

    Source:
        Brandes, J. Mathematical Sociology 25 (2001); Seidman, Social Networks 5 (1983), cores.
    """
    if not 0 < missing_share < 1:
        raise BadValue("missing_share", missing_share, "use a share between 0 and 1, for example 0.1")
    if trials < 0 or (trials and rng is None):
        raise BadValue("trials", trials, "use 0, or a positive number together with rng")
    between = betweenness(network)
    low, high = _bounds(network, trials, missing_share, rng)
    degree, core = np.diff(network.starts), core_numbers(network)
    part, cut = components(network), cut_nodes(network)
    rows = tuple(
        NodeMeasures(
            id=network.ids[node],
            label=network.labels[node],
            degree=int(degree[node]),
            betweenness=Estimate(
                value=float(between[node]),
                low=float(low[node]) if trials else None,
                high=float(high[node]) if trials else None,
                level=LEVEL,
                n=trials,
            ),
            core=int(core[node]),
            component=int(part[node]),
            is_cut_node=bool(cut[node]),
        )
        for node in range(network.n_nodes)
    )
    pairs = network.n_nodes * (network.n_nodes - 1) / 2
    return NetworkMeasures(
        rows=rows,
        n_nodes=network.n_nodes,
        n_links=network.n_links,
        density=network.n_links / pairs if pairs else 0.0,
        component_sizes=tuple(int(size) for size in np.bincount(part)[1:]),
        n_loops=network.n_loops,
        n_merged=network.n_merged,
        method=_method(network, trials, missing_share),
        cautions=(NOT_A_RANKING, INCOMPLETE),
    )


def _bounds(
    network: Network, trials: int, missing_share: float, rng: np.random.Generator | None
) -> tuple[FloatArray, FloatArray]:
    if not trials or rng is None:
        nothing = np.zeros(network.n_nodes)
        return nothing, nothing
    draws = np.empty((trials, network.n_nodes))
    for trial in range(trials):
        draws[trial] = betweenness(network, links=rng.random(network.n_links) >= missing_share)
    tail = (1 - LEVEL) / 2
    lower, upper = np.quantile(draws, [tail, 1 - tail], axis=0)
    return lower, upper


def _method(network: Network, trials: int, missing_share: float) -> Sentence:
    facts = {"nodes": str(network.n_nodes), "links": str(network.n_links)}
    if not trials:
        return Sentence(
            "network_measures",
            "Degree, exact betweenness (each pair once, links unweighted), cores, components and cut nodes of "
            "%(nodes)s nodes and %(links)s links, direction ignored.",
            facts,
        )
    return Sentence(
        "network_measures_trials",
        "Degree, exact betweenness (each pair once, links unweighted), cores, components and cut nodes of "
        "%(nodes)s nodes and %(links)s links, direction ignored. Interval: middle 90 %% of "
        "%(trials)s trials that leave out %(share)s of the links at random.",
        {**facts, "trials": str(trials), "share": f"{missing_share:.0%}"},
    )
