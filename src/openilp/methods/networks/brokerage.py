"""Where a network narrows: nodes between others that are not linked, and roles within groups."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from openilp.methods import drawing
from openilp.methods.arrays import FloatArray, IntArray
from openilp.methods.errors import BadValue, TooLarge
from openilp.methods.networks.components import adjacency
from openilp.methods.networks.measures import INCOMPLETE, NOT_A_RANKING
from openilp.methods.networks.network import Network
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence

#: Pairs of neighbours that are looked at; the square of the largest degree dominates.
PAIR_LIMIT = 50_000_000
#: Guimera and Amaral 2005: a hub has 2.5 standard deviations more links inside its group than others there.
HUB_Z = 2.5
#: Their bounds of the share of links that leave the group, for nodes that are no hubs, and for hubs.
_PERIPHERY = ((0.05, "ultra-peripheral"), (0.62, "peripheral"), (0.80, "connector"), (1.0, "kinless"))
_HUBS = ((0.30, "hub of its group"), (0.75, "connector hub"), (1.0, "kinless hub"))


@dataclass(frozen=True, slots=True)
class Broker:
    """How one node lies between others.

    Attributes:
        id: Identifier.
        label: Text to show.
        effective_size: Neighbours less those made redundant by links among them.
        constraint: 0 to 1.125; low when neighbours do not know each other; None for a node alone.
        coordinator: Unlinked pairs of neighbours, both in the node's own group.
        gatekeeper: Unlinked pairs with one of them in the node's own group.
        consultant: Unlinked pairs in one other group.
        liaison: Unlinked pairs in two other groups.
        within_z: Links inside its group, in standard deviations from the mean of the group; 0 when all are alike.
        participation: How evenly its links spread over the groups; 0 when all stay in one.
        role: Position by the last two: words of a drawing, not of a person.
    """

    id: str
    label: str
    effective_size: float
    constraint: float | None
    coordinator: int
    gatekeeper: int
    consultant: int
    liaison: int
    within_z: float
    participation: float
    role: str


@dataclass(frozen=True, slots=True)
class Brokerage(Result):
    """All nodes in alphabetical order.

    Attributes:
        nodes: One for each node.
        n: Nodes.
        method: How it was computed.
        cautions: What the reader must know.
    """

    nodes: tuple[Broker, ...]
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say how many nodes lie between others that are not linked."""
        between = sum(node.gatekeeper + node.consultant + node.liaison > 0 for node in self.nodes)
        within = sum(node.coordinator > 0 for node in self.nodes)
        return Sentence(
            "brokerage_found",
            "%(within)s of %(n)s nodes lie between unlinked nodes of their own group, %(between)s between groups.",
            {"within": f"{within:,}", "n": f"{self.n:,}", "between": f"{between:,}"},
        )

    def plot(self) -> Plot:
        """This function will draw how many nodes have each role."""
        roles = [name for _, name in (*_PERIPHERY, *_HUBS)]
        counts = [sum(node.role == role for node in self.nodes) for role in roles]
        return drawing.bars(
            "Roles by links inside and across groups", roles, counts, x_name="role", y_name="nodes"
        )


def brokerage(network: Network, groups: Mapping[str, object]) -> Brokerage:
    """This function will show which nodes lie between others that are not linked, and between groups.

    Question:
        Where does the recorded network narrow to one node, inside groups and between them?

    Assumptions:
        The groups are known or computed beforehand (`communities`); what passes between two nodes can pass a third.

    Traps:
        A link that was not recorded makes a broker of whoever stands beside it. With computed groups a broker
        is partly made by the algorithm: compare with another resolution.

    Args:
        network: n nodes; weights and direction are not used, so that gatekeeper and representative are one.
        groups: Group of each node by identifier.

    Returns:
        The nodes in alphabetical order.

    Raises:
        BadValue: If a node has no group.
        TooLarge: If more than 50 million pairs of neighbours would be looked at.

    Oracle:
        igraph's constraint, and naive twins that list every pair of neighbours, in `test_brokerage.py`.

    Cost:
        Time O(sum of squared degrees), memory O(square of the largest degree).

    Not for:
        Saying who carries messages or goods: a position between two others shows the possibility only.

    Source:
        Burt, Structural Holes (1992), constraint; Borgatti, Connections 20 (1997), effective size; Gould and
        Fernandez, Sociological Methodology 19 (1989), roles between groups; Guimera and Amaral, Nature 433
        (2005), roles by participation.
    """
    if missing := [node for node in network.ids if node not in groups]:
        raise BadValue("group of node", f"missing for {', '.join(missing[:10])}", "give each node a group")
    degree = np.diff(network.starts)
    if (pairs := int((degree.astype(np.float64) ** 2).sum())) > PAIR_LIMIT:
        raise TooLarge("pairs of neighbours", pairs, PAIR_LIMIT, "select a part of the network")
    _, group = np.unique([str(groups[node]) for node in network.ids], return_inverse=True)
    matrix = adjacency(network)
    constraint, z, participation = _constraint(matrix, degree), *_cartography(matrix, degree, group)
    rows = []
    for node in range(network.n_nodes):
        near = network.neighbours[network.starts[node] : network.starts[node + 1]]
        linked = matrix[near][:, near].toarray() > 0
        counts = _roles(linked, group[near], int(group[node]))
        ties = linked.sum() / 2
        rows.append(
            Broker(
                network.ids[node],
                network.labels[node],
                float(len(near) - 2 * ties / len(near)) if len(near) else 0.0,
                float(constraint[node]) if len(near) else None,
                *counts,
                float(z[node]),
                float(participation[node]),
                _role(float(z[node]), float(participation[node])),
            )
        )
    return Brokerage(
        nodes=tuple(rows),
        n=network.n_nodes,
        method=Sentence(
            "brokerage",
            "Unlinked pairs of neighbours of each of %(nodes)s nodes by the groups of all three (%(groups)s groups), "
            "with constraint and effective size.",
            {"nodes": str(network.n_nodes), "groups": str(len(set(group.tolist())))},
        ),
        cautions=(NOT_A_RANKING, INCOMPLETE),
    )


def _constraint(matrix: csr_array, degree: IntArray) -> FloatArray:
    # c(i) = sum over j of (p(i, j) + sum over q of p(i, q) p(q, j)) squared, p = 1 / degree on links.
    inverse = np.divide(1.0, degree, out=np.zeros(len(degree)), where=degree > 0)
    p = csr_array(matrix.multiply(inverse[:, None]))
    invested = (p + p @ p).multiply(matrix > 0)
    return np.asarray(invested.power(2).sum(axis=1)).ravel()


def _roles(linked: np.ndarray, group: IntArray, own: int) -> tuple[int, int, int, int]:
    unlinked = np.triu(~linked, 1)
    mine = (group == own).astype(np.int64)
    n_mine = mine[:, None] + mine[None]
    same = group[:, None] == group[None]
    return (
        int((unlinked & (n_mine == 2)).sum()),
        int((unlinked & (n_mine == 1)).sum()),
        int((unlinked & (n_mine == 0) & same).sum()),
        int((unlinked & (n_mine == 0) & ~same).sum()),
    )


def _cartography(matrix: csr_array, degree: IntArray, group: IntArray) -> tuple[FloatArray, FloatArray]:
    n = len(degree)
    if not n:
        return np.zeros(0), np.zeros(0)
    member = csr_array((np.ones(n), (np.arange(n), group)), shape=(n, int(group.max()) + 1))
    into = csr_array(matrix @ member)
    inside = np.asarray(into.multiply(member).sum(axis=1)).ravel()
    size = np.bincount(group)
    mean = np.bincount(group, inside) / size
    spread = np.sqrt(np.maximum(np.bincount(group, inside**2) / size - mean**2, 0))
    z = np.divide(inside - mean[group], spread[group], out=np.zeros(n), where=spread[group] > 1e-12)
    squares = np.asarray(into.power(2).sum(axis=1)).ravel()
    participation = 1 - np.divide(squares, degree.astype(np.float64) ** 2, out=np.ones(n), where=degree > 0)
    return z, participation


def _role(z: float, participation: float) -> str:
    bounds = _HUBS if z >= HUB_Z else _PERIPHERY
    return next(name for upper, name in bounds if participation <= upper)
