"""How far the order of nodes depends on what nobody recorded: ranks under lost links and lost nodes."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import rankdata, spearmanr

from openilp.methods.arrays import BoolArray, FloatArray, IntArray, freeze
from openilp.methods.errors import BadValue
from openilp.methods.networks.centrality import betweenness
from openilp.methods.networks.network import Network
from openilp.methods.networks.sampling import pick_sources

#: 10 to 30 % lost: what a police network plausibly lacks.
LOSSES = (0.1, 0.2, 0.3)
LEVEL = 0.9
#: Links and nodes walked in all trials together, about a minute of one core; beyond it the starts are sampled.
WORK = 5_000_000_000
FEWEST_SOURCES = 50


@dataclass(frozen=True, slots=True)
class Loss:
    """One way of losing a part of the network.

    Attributes:
        kind: `links` or `nodes`.
        share: Share that is lost.
        low: (n,) lowest rank number in the middle 90 % of the trials; 1 is the most paths.
        high: (n,) highest rank number.
        correlation: Median over the trials of Spearman's correlation with the order of the whole network;
            NaN when an order has no differences.
    """

    kind: Literal["links", "nodes"]
    share: float
    low: IntArray
    high: IntArray
    correlation: float


@dataclass(frozen=True, slots=True)
class RankIntervals:
    """The ranks that a node may have, over all losses together.

    Attributes:
        low: (n,) lowest rank number of any loss and of the network as recorded.
        high: (n,) highest rank number; nodes that tie cover each other's ranks.
        losses: Each loss alone.
        trials: Trials of each loss.
        sources: Starts used in each trial; n means exact betweenness.
    """

    low: IntArray
    high: IntArray
    losses: tuple[Loss, ...]
    trials: int
    sources: int


def rank_intervals(
    network: Network,
    *,
    rng: np.random.Generator,
    losses: tuple[float, ...] = LOSSES,
    trials: int = 30,
) -> RankIntervals:
    """This function will find which ranks by betweenness a node has when a part of the network is lost.

    The question is what would have been seen had police recorded even less; it is answered instead of the
    one that cannot be, what would be seen had they recorded everything. A node that nobody recorded has no
    rank at all, and heads of groups are often such nodes.

    Args:
        network: n nodes and m links.
        rng: Random generator; the caller owns the seed.
        losses: Shares lost, each once of the links and once of the nodes.
        trials: Trials for each loss.

    Returns:
        Intervals of ranks; 1 is the node with the most shortest paths. With a lost node, ranks count the
        nodes that are left.

    Raises:
        BadValue: If a share lies outside 0 to 1, or there is no trial.

    Source:
        Borgatti, Carley and Krackhardt, Social Networks 28 (2006), random error by deletion; Agreste et al.
        2015, heads of a Mafia group away from the centre. Limits: real gaps are not random.
    """
    for share in losses:
        if not 0 < share < 1:
            raise BadValue("loss", share, "use a share between 0 and 1, for example 0.1")
    if trials < 1 or not losses:
        raise BadValue("trials", trials, "use at least 1 trial and 1 loss")
    sources = _affordable(network, 2 * len(losses) * trials)
    whole = betweenness(
        network, sources=None if sources == network.n_nodes else pick_sources(network, sources, rng)
    )
    found = tuple(
        _lose(network, whole, kind, share, trials, sources, rng)
        for kind in ("links", "nodes")
        for share in losses
    )
    own_low, own_high = _ranks(whole, np.ones(network.n_nodes, dtype=np.bool_))
    low = np.min([own_low, *(loss.low for loss in found)], axis=0).astype(np.int64)
    high = np.max([own_high, *(loss.high for loss in found)], axis=0).astype(np.int64)
    freeze(low, high)
    return RankIntervals(low, high, found, trials, sources)


def _affordable(network: Network, trials: int) -> int:
    each = WORK // (trials * max(network.n_nodes + 2 * network.n_links, 1))
    return min(network.n_nodes, max(each, FEWEST_SOURCES))


def _lose(
    network: Network,
    whole: FloatArray,
    kind: Literal["links", "nodes"],
    share: float,
    trials: int,
    sources: int,
    rng: np.random.Generator,
) -> Loss:
    n = network.n_nodes
    lows, highs, alike = np.full((trials, n), np.nan), np.full((trials, n), np.nan), np.full(trials, np.nan)
    ends = network.links()
    for trial in range(trials):
        kept = np.ones(n, dtype=np.bool_) if kind == "links" else _keep(n, share, rng)
        links = _keep(network.n_links, share, rng) if kind == "links" else kept[ends[0]] & kept[ends[1]]
        starts = None if sources == n else pick_sources(network, sources, rng)
        between = betweenness(network, links=links, sources=starts)
        lows[trial, kept], highs[trial, kept] = (each[kept] for each in _ranks(between, kept))
        alike[trial] = _correlation(whole[kept], between[kept])
    tail = (1 - LEVEL) / 2
    low = _quantile(lows, tail, np.floor)
    high = _quantile(highs, 1 - tail, np.ceil)
    freeze(low, high)
    known = alike[~np.isnan(alike)]
    return Loss(kind, share, low, high, float(np.median(known)) if len(known) else float("nan"))


def _keep(n: int, share: float, rng: np.random.Generator) -> BoolArray:
    # Exactly the share is lost, but never everything.
    kept = np.ones(n, dtype=np.bool_)
    kept[rng.permutation(n)[: min(round(share * n), n - 1)]] = False
    return kept


def _ranks(values: FloatArray, among: BoolArray) -> tuple[FloatArray, FloatArray]:
    low, high = np.full(len(values), np.nan), np.full(len(values), np.nan)
    low[among] = rankdata(-values[among], method="min")
    high[among] = rankdata(-values[among], method="max")
    return low, high


def _quantile(ranks: FloatArray, q: float, whole: np.ufunc) -> IntArray:
    # A node that every trial lost may have any rank.
    n = ranks.shape[1]
    seen = ~np.isnan(ranks).all(axis=0)
    result = np.full(n, 1.0 if q < 0.5 else float(n))
    if seen.any():
        result[seen] = whole(np.nanquantile(ranks[:, seen], q, axis=0))
    return result.astype(np.int64)


def _correlation(one: FloatArray, other: FloatArray) -> float:
    if len(one) < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return float("nan")
    return float(spearmanr(one, other).statistic)
