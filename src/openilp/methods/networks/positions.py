"""The measures of position of every node, by identifier, with what lost data would do to them."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse.linalg import eigsh

from openilp.methods import drawing
from openilp.methods.arrays import FloatArray, IntArray
from openilp.methods.errors import TooFew
from openilp.methods.networks.communities import NOT_AN_ORGANISATION, communities
from openilp.methods.networks.components import adjacency, components
from openilp.methods.networks.measures import INCOMPLETE, NOT_A_RANKING
from openilp.methods.networks.network import Network
from openilp.methods.networks.robustness import LOSSES, RankIntervals, rank_intervals
from openilp.methods.networks.sampling import Sampled, pick_sources, sampled_betweenness, sampled_closeness
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence

#: Nodes times (nodes + link ends): a few minutes of one core; beyond it starts are sampled unless asked otherwise.
EXACT_WORK = 20_000_000_000
SAMPLE = 1000
#: Up to so many nodes all eigenvalues take less than a tenth of a second.
DENSE = 500

DISCONNECTED = Sentence(
    "disconnected",
    "The network has %(parts)s parts: closeness counts within a node's own part, so that small parts look close, "
    "and only the part with the largest eigenvalue has eigenvector values above 0.",
)


@dataclass(frozen=True, slots=True)
class Position:
    """Where one node stands in the recorded links.

    Attributes:
        id: Identifier.
        label: Text to show.
        degree: Neighbours.
        betweenness: Shortest paths of other pairs that pass, each pair once.
        betweenness_low: Lower bound when starts were sampled; None when exact.
        betweenness_high: Upper bound.
        closeness: One over the sum of distances within the node's part; 0 for a node alone, None in a part
            that no sampled start fell into.
        closeness_low: Lower bound when starts were sampled; None when exact.
        closeness_high: Upper bound.
        eigenvector: Entry of the leading eigenvector, 1 for the largest.
        community: Number of its group.
        betweenness_rank_low: Lowest rank number that losing a part of the network leaves possible.
        betweenness_rank_high: Highest rank number.
    """

    id: str
    label: str
    degree: float
    betweenness: float
    betweenness_low: float | None
    betweenness_high: float | None
    closeness: float | None
    closeness_low: float | None
    closeness_high: float | None
    eigenvector: float
    community: int
    betweenness_rank_low: int
    betweenness_rank_high: int


@dataclass(frozen=True, slots=True)
class LossEffect:
    """How the order by betweenness holds under one loss.

    Attributes:
        kind: `links` or `nodes`.
        share: Share lost.
        correlation: Median rank correlation with the order of the whole network; NaN when it has none.
    """

    kind: str
    share: float
    correlation: float


@dataclass(frozen=True, slots=True)
class Positions(Result):
    """All nodes in the order of the network, which is alphabetical.

    Attributes:
        nodes: One for each node.
        n: Nodes.
        n_links: Links.
        n_loops: Edges left out because both ends are one node.
        n_merged: Edges merged into a link that was already there.
        density: Links as a share of all possible ones.
        component_sizes: Nodes of each part.
        n_communities: Groups.
        modularity: Of the parting into groups.
        community_similarity: Mean adjusted Rand index of repeated partings; 1 when chance decides nothing.
        losses: How the order holds under each loss.
        trials: Trials of each loss.
        n_sources: Starts behind betweenness and closeness; n when exact.
        confidence: Probability that all bounds hold together.
        is_normalised: Whether values are shares of the most possible.
        method: How it was computed.
        cautions: What the reader must know.
    """

    nodes: tuple[Position, ...]
    n: int
    n_links: int
    n_loops: int
    n_merged: int
    density: float
    component_sizes: tuple[int, ...]
    n_communities: int
    modularity: float
    community_similarity: float
    losses: tuple[LossEffect, ...]
    trials: int
    n_sources: int
    confidence: float
    is_normalised: bool
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say how the network hangs together, and how firm the order of its nodes is."""
        worst = min((loss.correlation for loss in self.losses), default=float("nan"))
        return Sentence(
            "network_positions",
            "%(n)s nodes and %(links)s links in %(parts)s parts, the largest with %(largest)s nodes, and "
            "%(groups)s dense groups; under the worst loss tried the order by betweenness keeps a rank "
            "correlation of %(worst)s.",
            {
                "n": f"{self.n:,}",
                "links": f"{self.n_links:,}",
                "parts": f"{len(self.component_sizes):,}",
                "largest": f"{max(self.component_sizes):,}",
                "groups": f"{self.n_communities:,}",
                "worst": "none" if np.isnan(worst) else f"{worst:.2f}",
            },
        )

    def plot(self) -> Plot:
        """This function will draw how the order by betweenness holds as more is lost."""
        shares = sorted({loss.share for loss in self.losses})
        found = {(loss.kind, loss.share): loss.correlation for loss in self.losses}
        return drawing.lines(
            "Order of the nodes when data are lost",
            [100 * share for share in shares],
            [
                drawing.Line(f"{kind} lost", [found[kind, share] for share in shares])
                for kind in ("links", "nodes")
            ],
            x_name="lost (%)",
            y_name="rank correlation with the whole",
        )


def positions(
    network: Network,
    *,
    rng: np.random.Generator,
    sources: int | None = None,
    confidence: float = 0.95,
    trials: int | None = None,
    losses: tuple[float, ...] = LOSSES,
    resolution: float = 1.0,
    normalise: bool = False,
) -> Positions:
    """This function will measure where every node stands in the recorded links.

    Question:
        Through which recorded nodes do the recorded links run, and how sure is that?

    Assumptions:
        The links are of one kind, lie within one matter and one period, and paths matter because something
        (word, goods, money) may travel them. Direction and weight are ignored.

    Traps:
        Police record whom they watch: a node is central because it was watched. Heads are often peripheral or
        missing. A merge or a split of two records moves every figure. Therefore ranks are intervals under lost
        data and always shown, nodes are never listed by a measure, and a measure chooses nobody.

    Args:
        network: n nodes and m links; at least one node.
        rng: Random generator; the caller owns the seed.
        sources: Starts to sample for betweenness and closeness; all when left out, or 1,000 when all would
            take minutes.
        confidence: Probability that all bounds of a sampled measure hold together.
        trials: Trials for each loss; 30 when left out, or 10 when starts are sampled.
        losses: Shares of links, and of nodes, that are lost.
        resolution: Above 1 for more and smaller communities.
        normalise: Degree, betweenness and closeness as shares of the most possible (closeness after
            Wasserman and Faust), and an eigenvector of length 1.

    Returns:
        The nodes in alphabetical order, each with its rank interval.

    Raises:
        TooFew: If there is no node.
        BadValue: If a share, a number of trials or of starts does not fit.

    Oracle:
        Betweenness of 14 published covert networks, naive twins by listing paths, and igraph in
        `test_positions.py`; bounds of samples against exact values in `test_sampling.py`.

    Cost:
        Exact O(n m) time, sampled O(k m); 6 x trials more for the rank intervals, whose starts are sampled where
        all would take more than a minute. At 100,000 nodes and 300,000 links some minutes of one core.
        Memory O(n + m).

    Not for:
        Choosing people to act against, links of several matters together, or networks whose gaps are known:
        fill them first.

    Source:
        Freeman, Sociometry 40 (1977); Brandes, J. Mathematical Sociology 25 (2001); Bonacich, American
        Journal of Sociology 92 (1987); Traag, Waltman and van Eck, Scientific Reports 9 (2019).
    """
    n = network.n_nodes
    if not n:
        raise TooFew("nodes", 0, 1)
    work = n * (n + 2 * network.n_links)
    starts = pick_sources(network, sources or (n if work <= EXACT_WORK else SAMPLE), rng)
    # Each of the two may fail half as often, so that together they hold as stated.
    each = (1 + confidence) / 2
    if trials is None:
        trials = 30 if len(starts) == n else 10
    between = sampled_betweenness(network, starts, confidence=each)
    close = sampled_closeness(network, starts, confidence=each)
    groups = communities(network, rng=rng, resolution=resolution, runs=20 if work <= EXACT_WORK else 3)
    ranks = rank_intervals(network, rng=rng, losses=losses, trials=trials)
    sizes = np.bincount(components(network))[1:]
    pairs = n * (n - 1) / 2
    return Positions(
        nodes=_rows(network, between, close, groups.number, ranks, normalise),
        n=n,
        n_links=network.n_links,
        n_loops=network.n_loops,
        n_merged=network.n_merged,
        density=network.n_links / pairs if pairs else 0.0,
        component_sizes=tuple(sizes.tolist()),
        n_communities=int(groups.number.max()),
        modularity=groups.modularity,
        community_similarity=groups.similarity,
        losses=tuple(LossEffect(loss.kind, loss.share, loss.correlation) for loss in ranks.losses),
        trials=trials,
        n_sources=len(starts),
        confidence=confidence,
        is_normalised=normalise,
        method=_method(network, len(starts), confidence, trials, losses),
        cautions=_cautions(network, len(sizes)),
    )


def eigenvector(network: Network) -> FloatArray:
    """This function will return the leading eigenvector of the links, its largest entry 1.

    Args:
        network: n nodes; weights are not used.

    Returns:
        (n,) from 0 to 1; where several parts share the largest eigenvalue, each has its own; all 0 without links.

    Source:
        Bonacich, American Journal of Sociology 92 (1987). The start is the same for all nodes, so that nodes
        that look alike get equal values.
    """
    n = network.n_nodes
    if not network.n_links:
        return np.zeros(n)
    matrix = adjacency(network)
    if n <= DENSE:
        # Equal parts share the largest eigenvalue: the projection gives each its own, an iteration might mix them.
        values, vectors = np.linalg.eigh(matrix.toarray())
        leading = vectors[:, np.isclose(values, values[-1])]
        vector = leading @ (leading.T @ np.ones(n))
    else:
        vector = eigsh(matrix, k=1, which="LA", v0=np.ones(n))[1][:, 0]
    vector = np.abs(np.where(np.abs(vector) < 1e-12, 0.0, vector))
    scaled: FloatArray = vector / vector.max()
    return scaled


def _rows(
    network: Network, between: Sampled, close: Sampled, group: IntArray, ranks: RankIntervals, normalise: bool
) -> tuple[Position, ...]:
    n = network.n_nodes
    size = np.bincount(components(network))[components(network)]
    others = max(n - 1, 1)
    # Shares of the most possible: n - 1 neighbours, all other pairs, and Wasserman and Faust's closeness.
    per_degree, per_pair = (1 / others, 2 / max((n - 1) * (n - 2), 1)) if normalise else (1.0, 1.0)
    per_distance = (size - 1.0) ** 2 / others if normalise else np.ones(n)
    vector = eigenvector(network)
    if normalise and vector.any():
        vector = vector / np.linalg.norm(vector)
    degree = np.diff(network.starts)
    is_exact = between.n_sources == n
    return tuple(
        Position(
            id=network.ids[node],
            label=network.labels[node],
            degree=float(degree[node] * per_degree) if normalise else int(degree[node]),
            betweenness=float(between.value[node] * per_pair),
            betweenness_low=None if is_exact else float(between.low[node] * per_pair),
            betweenness_high=None if is_exact else float(between.high[node] * per_pair),
            closeness=_number(close.value[node] * per_distance[node]),
            closeness_low=None if is_exact else _number(close.low[node] * per_distance[node]),
            closeness_high=None if is_exact else _number(close.high[node] * per_distance[node]),
            eigenvector=float(vector[node]),
            community=int(group[node]),
            betweenness_rank_low=int(ranks.low[node]),
            betweenness_rank_high=int(ranks.high[node]),
        )
        for node in range(n)
    )


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _cautions(network: Network, parts: int) -> tuple[Sentence, ...]:
    said = [NOT_A_RANKING, INCOMPLETE, NOT_AN_ORGANISATION]
    if parts > 1:
        said.append(Sentence(DISCONNECTED.code, DISCONNECTED.template, {"parts": str(parts)}))
    return tuple(said)


def _method(
    network: Network, sources: int, confidence: float, trials: int, losses: tuple[float, ...]
) -> Sentence:
    facts = {
        "nodes": str(network.n_nodes),
        "links": str(network.n_links),
        "trials": str(trials),
        "losses": ", ".join(f"{share:.0%}" for share in losses),
    }
    if sources == network.n_nodes:
        return Sentence(
            "positions_exact",
            "Exact betweenness (each pair once), closeness and leading eigenvector of %(nodes)s nodes and "
            "%(links)s links, direction and weight ignored. Rank intervals: middle 90 %% of %(trials)s trials each "
            "that lose %(losses)s of the links or of the nodes, all losses together.",
            facts,
        )
    return Sentence(
        "positions_sampled",
        "Betweenness and closeness of %(nodes)s nodes and %(links)s links estimated from %(sources)s starts; all "
        "bounds hold together with probability %(confidence)s. Rank intervals: middle 90 %% of %(trials)s trials each "
        "that lose %(losses)s of the links or of the nodes, all losses together.",
        {**facts, "sources": str(sources), "confidence": f"{confidence:g}"},
    )
