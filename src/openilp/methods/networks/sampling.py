"""Betweenness and closeness from a sample of starts, each with an error that is stated and guaranteed."""

from dataclasses import dataclass

import numpy as np

from openilp.methods.arrays import FloatArray, IntArray, freeze
from openilp.methods.errors import BadValue
from openilp.methods.networks.centrality import betweenness, distances
from openilp.methods.networks.components import components
from openilp.methods.networks.network import Network

#: Halvings of the interval from 0 to 1: the bound is then exact to 1e-12.
_HALVINGS = 40
#: Rows of distances held at once; as Python numbers 16 of 100,000 nodes are 50 MB.
_BLOCK = 16


@dataclass(frozen=True, slots=True)
class Sampled:
    """A measure estimated from a sample of starts.

    Attributes:
        value: (n,) estimates.
        low: (n,) lower bounds.
        high: (n,) upper bounds; all n bounds hold together with the stated probability.
        n_sources: Starts used; n means that nothing was estimated.
        confidence: Probability that no bound fails anywhere.
    """

    value: FloatArray
    low: FloatArray
    high: FloatArray
    n_sources: int
    confidence: float


def pick_sources(network: Network, sources: int, rng: np.random.Generator) -> IntArray:
    """This function will draw the nodes at which paths start.

    Args:
        network: n nodes.
        sources: How many; n or more takes all.
        rng: Random generator; the caller owns the seed.

    Returns:
        Different node numbers, ascending.

    Raises:
        BadValue: If fewer than 1 is asked for.
    """
    if sources < 1:
        raise BadValue("sources", sources, "use at least 1; some hundreds give a useful error")
    if sources >= network.n_nodes:
        return np.arange(network.n_nodes, dtype=np.int64)
    return np.sort(rng.choice(network.n_nodes, size=sources, replace=False)).astype(np.int64)


def sampled_betweenness(network: Network, starts: IntArray, *, confidence: float = 0.95) -> Sampled:
    """This function will estimate betweenness from the paths that start at some nodes.

    Args:
        network: n nodes; weights are not used.
        starts: (k,) different nodes, drawn at random from all.
        confidence: Probability that all n bounds hold together.

    Returns:
        Estimates in the unit of `betweenness` with bounds; the exact values when the starts are all nodes.

    Raises:
        BadValue: If the confidence lies outside 0 to 1.

    Source:
        Starts as pivots: Brandes and Pich, Int. J. Bifurcation and Chaos 17 (2007). Bounds: Hoeffding, JASA
        58 (1963), theorem 1 in its relative-entropy form, which section 6 extends to draws without
        replacement, and the union over n nodes. A start's share for a node lies between 0 and 1 of its
        component's other nodes, so that no variance has to be guessed.
    """
    n, k = network.n_nodes, len(starts)
    _check(confidence)
    if k == n:
        exact = betweenness(network)
        return _frozen(exact, exact, exact, n, confidence)
    sums = betweenness(network, sources=starts)
    part = components(network)
    most = np.maximum(np.bincount(part)[part] - 2, 0).astype(np.float64)
    share = np.divide(2 * sums, k * most, out=np.zeros(n), where=most > 0)
    low, high = entropy_bounds(share, k, np.log(2 * n / (1 - confidence)))
    scale = n * most / 2
    return _frozen(share * scale, low * scale, high * scale, k, confidence)


def sampled_closeness(network: Network, starts: IntArray, *, confidence: float = 0.95) -> Sampled:
    """This function will estimate closeness from the distances to some nodes.

    Args:
        network: n nodes; weights are not used.
        starts: (k,) different nodes, drawn at random from all.
        confidence: Probability that all n bounds hold together.

    Returns:
        One over the sum of distances within the node's component, 0 for a node alone, NaN in a component
        that no start fell into; with bounds.

    Raises:
        BadValue: If the confidence lies outside 0 to 1.

    Source:
        Eppstein and Wang, J. Graph Algorithms and Applications 8 (2004); bounds of Hoeffding as for
        betweenness, a distance being at most the component's size less one, or twice the longest distance
        from any of its starts.
    """
    n, k = network.n_nodes, len(starts)
    _check(confidence)
    part = components(network)
    size, tried = (
        np.bincount(part, minlength=1),
        np.bincount(part[starts], minlength=int(part.max(initial=0)) + 1),
    )
    total, longest = _distance_sums(network, starts, part)
    spread = np.minimum(2 * longest, size - 1)[part].astype(np.float64)
    used = tried[part].astype(np.float64)
    share = np.divide(total, used * spread, out=np.full(n, np.nan), where=(used > 0) & (spread > 0))
    low, high = entropy_bounds(share, np.maximum(used, 1), np.log(2 * n / (1 - confidence)) if n else 1.0)
    whole = used == size[part]
    low, high = np.where(whole, share, low), np.where(whole, share, high)
    scale = spread * size[part]
    least = np.maximum(size[part] - 1, 1)
    closeness = [_inverse(part_share * scale, least) for part_share in (share, high, low)]
    alone = size[part] == 1
    value, lower, upper = (np.where(alone, 0.0, each) for each in closeness)
    return _frozen(value, lower, upper, k, confidence)


def entropy_bounds(share: FloatArray, draws: FloatArray | int, nats: float) -> tuple[FloatArray, FloatArray]:
    """This function will bound means of values between 0 and 1 from their sample means.

    Args:
        share: (n,) sample means from 0 to 1; NaN stays NaN.
        draws: Values behind each mean.
        nats: Minus the logarithm of the failure allowed on each side.

    Returns:
        Lower and upper bounds p with draws x KL(share, p) = nats, or 0 and 1.

    Source:
        Hoeffding, JASA 58 (1963), theorem 1: P(mean - p >= t) <= exp(-n KL(p + t, p)).
    """
    allowed = np.broadcast_to(nats / np.asarray(draws, dtype=np.float64), share.shape)
    low, lower_end = np.zeros_like(share), share.copy()
    upper_start, high = share.copy(), np.ones_like(share)
    for _ in range(_HALVINGS):
        middle = (low + lower_end) / 2
        outside = _entropy(share, middle) > allowed
        low, lower_end = np.where(outside, middle, low), np.where(outside, lower_end, middle)
        middle = (upper_start + high) / 2
        outside = _entropy(share, middle) > allowed
        upper_start, high = np.where(outside, upper_start, middle), np.where(outside, middle, high)
    missing = np.isnan(share)
    return np.where(missing, np.nan, low), np.where(missing, np.nan, high)


def _entropy(share: FloatArray, p: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(share > 0, share * np.log(share / p), 0.0)
        outside = np.where(share < 1, (1 - share) * np.log((1 - share) / (1 - p)), 0.0)
    total: FloatArray = inside + outside
    return total


def _distance_sums(network: Network, starts: IntArray, part: IntArray) -> tuple[FloatArray, FloatArray]:
    total = np.zeros(network.n_nodes)
    longest = np.zeros(int(part.max(initial=0)) + 1)
    for first in range(0, len(starts), _BLOCK):
        block = starts[first : first + _BLOCK]
        found = distances(network, block)
        found[np.isinf(found)] = 0.0
        total += found.sum(axis=0)
        np.maximum.at(longest, part[block], found.max(axis=1))
    return total, longest


def _inverse(total: FloatArray, least: FloatArray) -> FloatArray:
    # No sum of distances is below one link to each other node.
    return 1 / np.maximum(total, least)


def _check(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise BadValue("confidence", confidence, "use a number between 0 and 1, for example 0.95")


def _frozen(value: FloatArray, low: FloatArray, high: FloatArray, k: int, confidence: float) -> Sampled:
    freeze(value, low, high)
    return Sampled(value, low, high, k, confidence)
