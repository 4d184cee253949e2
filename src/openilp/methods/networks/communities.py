"""Groups with more links inside than between, and how far chance decides them."""

from dataclasses import dataclass

import numpy as np

from openilp.methods import drawing
from openilp.methods.arrays import FloatArray, IntArray, freeze
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.networks.centrality import leiden
from openilp.methods.networks.network import Network
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence

NOT_AN_ORGANISATION = Sentence(
    "not_an_organisation",
    "A group found here is a dense part of the recorded links; it is no organisation, and being placed in it "
    "shows no membership.",
)


@dataclass(frozen=True, slots=True)
class Communities(Result):
    """A parting of the nodes.

    Attributes:
        ids: n identifiers, in the network's order.
        number: (n,) group of each node from 1, in the order of each group's first node.
        modularity: Share of links inside groups beyond what the degrees alone would give; -0.5 to 1.
        agreement: (n,) how surely each node stays with its group: mean share of runs in which another
            member of its group is with it; 1 for a node alone.
        similarity: Mean adjusted Rand index of the runs with the parting shown; 1 when all agree.
        runs: Runs with different chance; the one of the highest modularity is shown.
        n: Nodes.
        method: How it was computed.
        cautions: What the reader must know.
    """

    ids: tuple[str, ...]
    number: IntArray
    modularity: float
    agreement: FloatArray
    similarity: float
    runs: int
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say how many groups there are, and how far other runs agree."""
        return Sentence(
            "communities_found",
            "%(groups)s dense groups of %(n)s nodes, modularity %(modularity)s; other runs agree to %(similarity)s "
            "(adjusted Rand index, 1 is the same).",
            {
                "groups": str(int(self.number.max(initial=0))),
                "n": f"{self.n:,}",
                "modularity": f"{self.modularity:.3f}",
                "similarity": f"{self.similarity:.2f}",
            },
        )

    def plot(self) -> Plot:
        """This function will draw the sizes of the groups."""
        sizes = np.bincount(self.number)[1:]
        names = [str(group) for group in range(1, len(sizes) + 1)]
        return drawing.bars("Sizes of the groups", names, sizes.tolist(), x_name="group", y_name="nodes")


def communities(
    network: Network, *, rng: np.random.Generator, resolution: float = 1.0, runs: int = 20
) -> Communities:
    """This function will part a network into dense groups, and say how far other runs agree.

    Question:
        Which parts of the recorded network are denser than chance, and is the answer stable?

    Assumptions:
        A node belongs to one group; links are of one kind and one period.

    Traps:
        Many partings are almost as good: read `similarity` and `agreement` first. Groups smaller than a size
        that grows with the network are merged. A random network has groups of good modularity too.

    Args:
        network: n nodes; weights are not used.
        rng: Random generator; the caller owns the seed.
        resolution: Above 1 for more and smaller groups.
        runs: How often the search starts anew.

    Returns:
        The parting with the highest modularity of all runs.

    Raises:
        BadValue: If the resolution or the number of runs is not above 0.
        TooFew: If there is no node.

    Oracle:
        Planted groups recovered, the largest modularity of small networks by listing all partings, and
        scikit-learn's adjusted Rand index, in `test_communities.py`.

    Cost:
        About O(m) time for each run: 100,000 nodes in seconds.

    Not for:
        Naming gangs or members: a dense part of the records is no organisation.

    Source:
        Traag, Waltman and van Eck, Scientific Reports 9, 5233 (2019); Hubert and Arabie, Journal of
        Classification 2 (1985); Fortunato and Barthelemy, PNAS 104 (2007), limit of resolution.
    """
    if not resolution > 0:
        raise BadValue("resolution", resolution, "use a number above 0; 1 is usual")
    if runs < 1:
        raise BadValue("runs", runs, "use at least 1; 20 show how far chance decides")
    if network.n_nodes == 0:
        raise TooFew("nodes", 0, 1)
    found = [leiden(network, resolution=resolution, rng=rng) for _ in range(runs)]
    best, modularity = max(found, key=lambda each: each[1])
    number = _in_order(best)
    agreement = np.mean([_together(number, other) for other, _ in found], axis=0)
    similarity = float(np.mean([adjusted_rand(number, other) for other, _ in found]))
    freeze(number, agreement)
    return Communities(
        ids=network.ids,
        number=number,
        modularity=modularity,
        agreement=agreement,
        similarity=similarity,
        runs=runs,
        n=network.n_nodes,
        method=Sentence(
            "leiden",
            "Leiden, modularity at resolution %(resolution)s, links unweighted; the best of %(runs)s runs.",
            {"resolution": f"{resolution:g}", "runs": str(runs)},
        ),
        cautions=(NOT_AN_ORGANISATION,),
    )


def adjusted_rand(one: IntArray, other: IntArray) -> float:
    """This function will say how far two partings of the same nodes agree.

    Args:
        one: (n,) group numbers.
        other: (n,) group numbers.

    Returns:
        1 when they are the same, about 0 when they agree by chance.

    Source:
        Hubert and Arabie, Journal of Classification 2 (1985).
    """
    cells = np.unique(np.stack([one, other]), axis=1, return_counts=True)[1]
    same = _pairs(cells)
    rows, columns = (_pairs(np.unique(each, return_counts=True)[1]) for each in (one, other))
    chance = rows * columns / max(_pairs(np.array([len(one)])), 1.0)
    most = (rows + columns) / 2
    return 1.0 if most == chance else (same - chance) / (most - chance)


def _pairs(sizes: IntArray) -> float:
    return float((sizes * (sizes - 1.0)).sum() / 2)


def _in_order(groups: IntArray) -> IntArray:
    _, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(1, len(first) + 1)
    ordered: IntArray = rank[inverse]
    return ordered


def _together(number: IntArray, other: IntArray) -> FloatArray:
    both, cell, size = np.unique(np.stack([number, other]), axis=1, return_inverse=True, return_counts=True)
    del both
    own = np.bincount(number)[number]
    with_it = size[np.ravel(cell)] - 1.0
    share: FloatArray = np.divide(with_it, own - 1.0, out=np.ones(len(number)), where=own > 1)
    return share
