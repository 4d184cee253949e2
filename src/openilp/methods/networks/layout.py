"""A drawing of a network: the same network gives the same picture."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse.csgraph import shortest_path as all_distances
from scipy.spatial.distance import cdist

from openilp.methods import drawing
from openilp.methods.arrays import FloatArray, freeze
from openilp.methods.errors import TooLarge
from openilp.methods.networks.components import adjacency, components
from openilp.methods.networks.measures import INCOMPLETE
from openilp.methods.networks.network import Network
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence

NODE_LIMIT = 1000
# The picture is settled to the eye after a dozen steps; the limit bounds the time at 1,000 nodes.
MAX_STEPS = 15
SETTLED = 1e-3
GAP = 1.0

THE_MIDDLE_IS_NO_POWER = Sentence(
    "the_middle_is_no_power",
    "A place in the drawing means nearness over recorded links; the middle is no place of power.",
)


@dataclass(frozen=True, slots=True)
class Layout(Result):
    """Where to draw each node; one unit is the length of a link.

    Attributes:
        ids: n identifiers, in the network's order.
        x: (n,).
        y: (n,), upwards.
        labels: n texts to show.
        links: Numbers of the two nodes of each link.
        n: Nodes.
        method: How it was computed.
        cautions: What the reader must know.
    """

    ids: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    labels: tuple[str, ...]
    links: tuple[tuple[int, int], ...]
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say what is drawn."""
        facts = {"nodes": f"{self.n:,}", "links": f"{len(self.links):,}"}
        return Sentence("network_drawn", "%(nodes)s nodes and %(links)s links are drawn.", facts)

    def plot(self) -> Plot:
        """This function will draw the network."""
        return drawing.graph("Recorded links", self.labels, self.x, self.y, self.links)


def layout(network: Network) -> Layout:
    """This function will place the nodes so that distances on paper resemble distances in the network.

    Question:
        How can a network be drawn so that near on paper means near in the network?

    Assumptions:
        At most 1,000 nodes; links are alike.

    Traps:
        The middle of a drawing is no place of power, and nearness of parts that no path joins means nothing.

    Args:
        network: At most 1,000 nodes.

    Returns:
        Coordinates; the parts of the network stand side by side. Nothing is random.

    Raises:
        TooLarge: If there are more nodes.

    Oracle:
        Chains, stars and random trees whose distances are known, in `test_networks.py`.

    Cost:
        O(n^3) time and O(n^2) memory: a second at 1,000 nodes.

    Not for:
        Measuring: use the figures.

    Source:
        Stress majorisation (Gansner, Koren and North, Graph Drawing 2004) from a start by classical
        scaling (Brandes and Pich 2006).
    """
    if network.n_nodes > NODE_LIMIT:
        raise TooLarge("nodes", network.n_nodes, NODE_LIMIT, "select a part of the network to draw")
    place = np.zeros((network.n_nodes, 2))
    part = components(network)
    matrix = adjacency(network)
    groups = [np.flatnonzero(part == number) for number in range(1, int(part.max(initial=0)) + 1)]
    drawn = []
    for members in groups:
        distance = np.asarray(all_distances(matrix[members][:, members], unweighted=True, directed=False))
        drawn.append(_majorise(distance))
    for members, corner, points in zip(groups, _shelves(drawn), drawn, strict=True):
        place[members] = points - points.min(axis=0) + corner
    if network.n_nodes:
        place -= (place.min(axis=0) + place.max(axis=0)) / 2
    x, y = place[:, 0].copy(), place[:, 1].copy()
    freeze(x, y)
    low, high = network.links()
    return Layout(
        ids=network.ids,
        x=x,
        y=y,
        labels=network.labels,
        links=tuple(zip(low.tolist(), high.tolist(), strict=True)),
        n=network.n_nodes,
        method=Sentence("stress", "Stress majorisation from classical scaling; nothing is random."),
        cautions=(THE_MIDDLE_IS_NO_POWER, INCOMPLETE),
    )


def _majorise(distance: FloatArray) -> FloatArray:
    n = len(distance)
    if n == 1:
        return np.zeros((1, 2))
    points = _classical(distance)
    apart = distance + np.eye(n)
    weight = apart**-2.0
    np.fill_diagonal(weight, 0.0)
    # Adding 1/n fixes the centre, which stress leaves free, and makes the Laplacian invertible.
    factor = cho_factor(np.diag(weight.sum(axis=1)) - weight + 1.0 / n)
    stress = np.inf
    for _ in range(MAX_STEPS):
        drawn = cdist(points, points)
        previous, stress = stress, float((weight * (drawn - distance) ** 2).sum())
        if previous - stress <= SETTLED * stress:
            break
        np.fill_diagonal(drawn, 1.0)
        pull = weight * distance / np.maximum(drawn, 1e-9)
        points = cho_solve(factor, pull.sum(axis=1)[:, None] * points - pull @ points)
    return points


def _classical(distance: FloatArray) -> FloatArray:
    squared = distance**2
    centred = -0.5 * (squared - squared.mean(axis=0) - squared.mean(axis=1)[:, None] + squared.mean())
    n = len(distance)
    # Leaves of one hub coincide in classical scaling; a small fixed spiral parts them.
    angle = np.arange(n) * (np.pi * (3 - np.sqrt(5)))
    spiral = (
        0.05 * np.sqrt((np.arange(n) + 0.5) / n)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    )
    basis = np.stack([np.linspace(-1, 1, n), np.cos(np.arange(n) * 2.0)], axis=1)
    for _ in range(30):
        basis, _ = np.linalg.qr(centred @ basis)
    values = np.einsum("ij,ij->j", basis, centred @ basis)
    signs = np.where(basis[np.abs(basis).argmax(axis=0), [0, 1]] < 0, -1.0, 1.0)
    points: FloatArray = basis * signs * np.sqrt(np.maximum(values, 0.0)) + spiral
    return points


def _shelves(drawn: list[FloatArray]) -> list[FloatArray]:
    sizes = [np.ptp(points, axis=0) + GAP for points in drawn]
    width = float(np.sqrt(sum(float(size.prod()) for size in sizes)) * 1.3)
    corners: list[FloatArray] = [np.zeros(2)] * len(drawn)
    x = y = height = 0.0
    for index in sorted(range(len(drawn)), key=lambda i: (-len(drawn[i]), i)):
        if x > 0 and x + sizes[index][0] > width:
            x, y, height = 0.0, y + height, 0.0
        corners[index] = np.array([x, y])
        x += float(sizes[index][0])
        height = max(height, float(sizes[index][1]))
    return corners
