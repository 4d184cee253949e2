"""How a network falls apart when nodes leave it one after another."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import connected_components

from openilp.methods import drawing
from openilp.methods.arrays import BoolArray, FloatArray, IntArray, freeze
from openilp.methods.errors import BadValue, TooFew, TooLarge, UnknownType
from openilp.methods.networks.centrality import TIE_DECIMALS, betweenness, distances
from openilp.methods.networks.components import adjacency
from openilp.methods.networks.network import Network
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence

ORDERS = ("betweenness", "collective-influence", "degree", "katz")
#: Nodes times links times steps: about a minute of one core for betweenness.
WORK = 5_000_000_000
#: Radius of the ball of collective influence, in links.
RADIUS = 2
#: Damping as a share of the largest that converges.
KATZ_SHARE = 0.9
#: 0.9 to the power of 150 is 1e-7.
KATZ_ROUNDS = 150
LEVEL = 0.9

NOT_A_PLAN = Sentence(
    "not_a_plan",
    "The curve tells how the recorded network hangs together, not what happens after a measure: people are "
    "replaced, and links that nobody recorded remain. It names nobody on purpose.",
)


Score = Callable[[Network, BoolArray], FloatArray]


@dataclass(frozen=True, slots=True)
class Dismantling(Result):
    """Shares of the largest part after each removal, beside removal by chance.

    Attributes:
        order: What the next node to leave is chosen by.
        lcc: (k + 1,) nodes of the largest part over those at the start.
        n_parts: (k + 1,) parts, single nodes included.
        random_low: (k + 1,) lower end for removal by chance, middle 90 %.
        random_high: (k + 1,) upper end.
        half: Removals until the largest part is below half; None when it never is.
        n: Nodes at the start.
        trials: Trials by chance.
        method: How it was computed.
        cautions: What the reader must know.
    """

    order: str
    lcc: FloatArray
    n_parts: IntArray
    random_low: FloatArray
    random_high: FloatArray
    half: int | None
    n: int
    trials: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say after how many removals the largest part is below half."""
        order = self.order.replace("-", " ")
        if self.half is None:
            return Sentence(
                "dismantling_holds",
                "The largest part stays at half or more over %(steps)s removals by %(order)s.",
                {"steps": str(len(self.lcc) - 1), "order": order},
            )
        return Sentence(
            "dismantling_half",
            "After %(half)s of %(n)s nodes, by %(order)s, the largest part is below half of what it was; after as "
            "many by chance it has %(low)s to %(high)s of it.",
            {
                "half": str(self.half),
                "n": f"{self.n:,}",
                "order": order,
                "low": f"{self.random_low[self.half]:.0%}",
                "high": f"{self.random_high[self.half]:.0%}",
            },
        )

    def plot(self) -> Plot:
        """This function will draw the curve beside removal by chance."""
        middle = (self.random_low + self.random_high) / 2
        return drawing.lines(
            "Largest part as nodes leave",
            list(range(len(self.lcc))),
            [
                drawing.Line(f"by {self.order.replace('-', ' ')}", self.lcc),
                drawing.Line("by chance", middle, self.random_low, self.random_high, dashed=True),
            ],
            x_name="nodes removed",
            y_name="share of the largest part",
        )


def dismantle(
    network: Network, *, order: str, rng: np.random.Generator, steps: int | None = None, trials: int = 100
) -> Dismantling:
    """This function will remove the node of the highest measure, measure again, and go on.

    Question:
        Does the recorded network hang on a few nodes, or would it hold without them?

    Assumptions:
        Nobody is replaced, no link is added, and what is recorded is all there is.

    Traps:
        Groups adapt: a curve is an upper limit of what removal does. A network of one hub falls apart in any
        order by degree, and so does the record of watching one person. Compare with removal by chance, beside it.

    Args:
        network: n nodes; weights are not used.
        order: `betweenness`, `degree`, `katz` or `collective-influence`.
        rng: Random generator for the removals by chance; the caller owns the seed.
        steps: Nodes to remove; until the largest part is a single node when left out.
        trials: Trials by chance.

    Returns:
        The curve; among equals the first in alphabetical order leaves.

    Raises:
        UnknownType: If there is no such order.
        TooFew: If the network is empty.
        BadValue: If there are fewer nodes than steps.
        TooLarge: If the work would take more than about a minute.

    Oracle:
        The published betweenness curves of two Mafia networks exactly, the degree curves within 0.3 where
        ties decide, in `test_dismantling.py`.

    Cost:
        O(k n m) time for k steps by betweenness, O(k (n + m)) by degree; refused above about a minute.

    Not for:
        Planning whom to arrest: it names nobody, on purpose.

    Source:
        Cavallaro et al., PLoS ONE 15 (2020), arXiv:2003.05303; Katz, Psychometrika 18 (1953); Morone and
        Makse, Nature 524 (2015), collective influence; Newman and Ziff, Physical Review E 64 (2001).
    """
    if order not in ORDERS:
        raise UnknownType("Order", order, ORDERS)
    n = network.n_nodes
    if not n:
        raise TooFew("nodes", 0, 1)
    most = n - 1 if steps is None else steps
    if not 0 <= most < n:
        raise BadValue("steps", most, f"use 0 to {n - 1} for {n} nodes")
    if (n + 2 * network.n_links) * n * most > WORK:
        work = (n + 2 * network.n_links) * n * most
        raise TooLarge("operations", work, WORK, "ask for fewer steps, or select a part of the network")
    lcc, parts = _remove(network, most, _SCORES[order])
    chance = np.stack([_by_chance(network, rng)[: most + 1] for _ in range(trials)]) / max(lcc[0], 1)
    share = lcc / max(lcc[0], 1)
    if steps is None:
        last = int(np.argmax(lcc <= 1))
        share, parts, chance = share[: last + 1], parts[: last + 1], chance[:, : last + 1]
    low, high = np.quantile(chance, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    freeze(share, parts, low, high)
    return Dismantling(
        order=order,
        lcc=share,
        n_parts=parts,
        random_low=low,
        random_high=high,
        half=int(np.argmax(share < 0.5)) if (share < 0.5).any() else None,
        n=n,
        trials=trials,
        method=Sentence(
            "dismantling",
            "Of %(nodes)s nodes the one of the highest %(order)s leaves, measured anew each time; beside it "
            "%(trials)s removals by chance, middle 90 %%.",
            {"nodes": str(n), "order": order.replace("-", " "), "trials": str(trials)},
        ),
        cautions=(NOT_A_PLAN,),
    )


def _remove(network: Network, steps: int, score: Score) -> tuple[FloatArray, IntArray]:
    left = np.ones(network.n_nodes, dtype=np.bool_)
    low, high = network.links()
    sizes = [_parts(network, left)]
    for _ in range(steps):
        value = score(network, left[low] & left[high])
        left[int(np.argmax(np.where(left, value, -np.inf)))] = False
        sizes.append(_parts(network, left))
    return np.array([size for size, _ in sizes], dtype=np.float64), np.array([n for _, n in sizes])


def _parts(network: Network, left: BoolArray) -> tuple[int, int]:
    members = np.flatnonzero(left)
    if not len(members):
        return 0, 0
    n, part = connected_components(adjacency(network)[members][:, members], directed=False)
    return int(np.bincount(part).max()), int(n)


def _by_chance(network: Network, rng: np.random.Generator) -> FloatArray:
    # Newman and Ziff, Physical Review E 64 (2001): removal read backwards is the growing of a forest.
    order = rng.permutation(network.n_nodes).tolist()
    root, size = list(range(network.n_nodes)), [0] * network.n_nodes
    largest, curve = 0, [0]
    for node in reversed(order):
        size[node] = 1
        for other in network.neighbours[network.starts[node] : network.starts[node + 1]].tolist():
            if size[other]:
                _join(root, size, node, other)
        largest = max(largest, size[_root(root, node)])
        curve.append(largest)
    return np.array(curve[::-1], dtype=np.float64)


def _root(root: list[int], node: int) -> int:
    while root[node] != node:
        root[node] = root[root[node]]
        node = root[node]
    return node


def _join(root: list[int], size: list[int], one: int, other: int) -> None:
    big, small = _root(root, one), _root(root, other)
    if big != small:
        big, small = (big, small) if size[big] >= size[small] else (small, big)
        root[small] = big
        size[big] += size[small]


def _degrees(network: Network, links: BoolArray) -> IntArray:
    low, high = network.links()
    return np.bincount(np.concatenate([low[links], high[links]]), minlength=network.n_nodes)


def _by_betweenness(network: Network, links: BoolArray) -> FloatArray:
    return betweenness(network, links=links)


def _by_degree(network: Network, links: BoolArray) -> FloatArray:
    return _degrees(network, links).astype(np.float64)


def _by_katz(network: Network, links: BoolArray) -> FloatArray:
    degree = _degrees(network, links).astype(np.float64)
    low, high = (end[links] for end in network.links())
    # No eigenvalue exceeds the largest geometric mean of the degrees at a link's ends.
    largest = float(np.sqrt(degree[low] * degree[high]).max(initial=1.0))
    value: FloatArray = np.ones(network.n_nodes)
    for _ in range(KATZ_ROUNDS):
        pull = np.bincount(low, value[high], network.n_nodes) + np.bincount(high, value[low], network.n_nodes)
        value = np.asarray(1 + KATZ_SHARE / largest * pull, dtype=np.float64)
    return value.round(TIE_DECIMALS)


def _by_collective_influence(network: Network, links: BoolArray) -> FloatArray:
    surplus = np.maximum(_degrees(network, links) - 1.0, 0)
    rim = distances(network, np.arange(network.n_nodes), links=links) == RADIUS
    influence: FloatArray = surplus * (rim @ surplus)
    return influence


_SCORES: dict[str, Score] = {
    "betweenness": _by_betweenness,
    "collective-influence": _by_collective_influence,
    "degree": _by_degree,
    "katz": _by_katz,
}
