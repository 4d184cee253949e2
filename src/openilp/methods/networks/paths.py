"""Shortest paths between two nodes."""

from dataclasses import dataclass

import numpy as np

from openilp.methods import drawing
from openilp.methods.arrays import IntArray
from openilp.methods.networks.network import Network
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence

A_PATH_IS_NOT_A_CONTACT = Sentence(
    "path_caution",
    "A path shows recorded links one after another; it does not show that its ends know each other.",
)


@dataclass(frozen=True, slots=True)
class Path(Result):
    """One shortest path.

    Attributes:
        ids: Identifiers from start to end.
        labels: Texts to show, in the same order.
        n_links: Links on the path; 0 when start and end are one node.
        n_shortest: How many different paths of this length there are.
        method: How it was found.
        cautions: What the reader must know.
    """

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    n_links: int
    n_shortest: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def n(self) -> int:
        """This function will count the nodes on the path."""
        return len(self.ids)

    @property
    def finding(self) -> Sentence:
        """This function will say how long the path is, and how many are as short."""
        return Sentence(
            "path_found",
            "%(links)s links lead from %(start)s to %(end)s; %(count)s paths are as short.",
            {
                "links": str(self.n_links),
                "start": self.labels[0],
                "end": self.labels[-1],
                "count": str(self.n_shortest),
            },
        )

    def plot(self) -> Plot:
        """This function will draw the path as a line."""
        along = np.arange(len(self.ids), dtype=np.float64)
        steps = [(at, at + 1) for at in range(self.n_links)]
        return drawing.graph("One shortest path", self.labels, along, np.zeros(len(along)), steps)


class _Side:
    """Breadth-first search from one end, a whole level at a time."""

    def __init__(self, network: Network, start: int) -> None:
        self.network = network
        self.distance = np.full(network.n_nodes, -1, dtype=np.int64)
        # Python integers: the number of shortest paths outgrows 64 bits in large lattices.
        self.paths: dict[int, int] = {start: 1}
        self.parent = np.full(network.n_nodes, -1, dtype=np.int64)
        self.distance[start] = 0
        self.frontier: IntArray = np.array([start], dtype=np.int64)
        self.depth = 0

    def cost(self) -> int:
        starts = self.network.starts
        return int((starts[self.frontier + 1] - starts[self.frontier]).sum())

    def advance(self) -> None:
        starts, frontier = self.network.starts, self.frontier
        sizes = starts[frontier + 1] - starts[frontier]
        within = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        reached = self.network.neighbours[np.repeat(starts[frontier], sizes) + within]
        origin = np.repeat(frontier, sizes)
        fresh = self.distance[reached] < 0
        reached, origin = reached[fresh], origin[fresh]
        self.depth += 1
        new, first = np.unique(reached, return_index=True)
        self.distance[new] = self.depth
        self.parent[new] = origin[first]
        for node, by in zip(reached.tolist(), origin.tolist(), strict=True):
            self.paths[node] = self.paths.get(node, 0) + self.paths[by]
        self.frontier = new

    def trail(self, node: int) -> list[int]:
        trail = [node]
        while self.parent[trail[-1]] >= 0:
            trail.append(int(self.parent[trail[-1]]))
        return trail


def shortest_path(network: Network, start: str, end: str, *, longest: int | None = None) -> Path | None:
    """This function will find a shortest path by searching from both ends at once.

    Question:
        By which recorded links are two nodes joined?

    Assumptions:
        Links are alike; what passes one can pass the next.

    Traps:
        One of many equally short paths is shown, and their number. A path over a busy place, a lawyer or a
        telephone of a taxi firm joins people who never met.

    Args:
        network: The network; weights are not used.
        start: Identifier of one end.
        end: Identifier of the other end.
        longest: Give up beyond so many links; None searches the whole component.

    Returns:
        A shortest path, always the same for the same network, with the number of equally short ones;
        None when there is none.

    Raises:
        UnknownNode: If an end is not in the network.

    Oracle:
        A naive twin that lists all shortest paths, in `test_networks.py`.

    Cost:
        O(n + m) at worst, far less where both searches meet early.

    Not for:
        Showing contact between the two ends.

    Source:
        Bidirectional breadth-first search (Pohl 1971), the cheaper side first.
    """
    a, b = network.number_of(start), network.number_of(end)
    if a == b:
        return _path(network, [a], 1)
    near, far = _Side(network, a), _Side(network, b)
    while near.frontier.size and far.frontier.size:
        if longest is not None and near.depth + far.depth >= longest:
            return None
        side, other = (near, far) if near.cost() <= far.cost() else (far, near)
        side.advance()
        # A shortest path crosses the new level exactly once, at a node that the other side has reached last.
        meeting = side.frontier[other.distance[side.frontier] == other.depth]
        if meeting.size:
            count = sum(side.paths[int(node)] * other.paths[int(node)] for node in meeting)
            middle = int(meeting[0])
            return _path(network, near.trail(middle)[::-1] + far.trail(middle)[1:], count)
    return None


def _path(network: Network, nodes: list[int], count: int) -> Path:
    return Path(
        ids=tuple(network.ids[node] for node in nodes),
        labels=tuple(network.labels[node] for node in nodes),
        n_links=len(nodes) - 1,
        n_shortest=count,
        method=Sentence(
            "bidirectional_search",
            "Fewest links, direction and weight ignored; one of %(count)s equally short paths.",
            {"count": str(count)},
        ),
        cautions=(A_PATH_IS_NOT_A_CONTACT,),
    )
