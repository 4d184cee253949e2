"""A network through time: what stays, who comes and goes, and where the records have a gap."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from openilp.methods import drawing
from openilp.methods.arrays import same_length, to_numpy
from openilp.methods.errors import BadValue, TooFew, TooLarge
from openilp.methods.networks.components import components
from openilp.methods.networks.measures import INCOMPLETE
from openilp.methods.networks.network import Network
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence

SLICE_LIMIT = 1000

RECORDS_NOT_PEOPLE = Sentence(
    "records_come_and_go",
    "Nodes come and go with the records: the start or end of an interception looks like an arrival or a departure.",
)
UNDATED = Sentence("undated", "%(n)s edges have no date and are left out: rows %(rows)s.")


@dataclass(frozen=True, slots=True)
class Slice:
    """One window of time.

    Attributes:
        start: First day.
        end: First day after it.
        n_edges: Edges recorded in it.
        n_nodes: Nodes with a link in it.
        n_links: Links.
        density: Links as a share of all possible ones between its nodes.
        largest_share: Nodes of the largest part as a share of its nodes; None without any.
        n_arrived: Nodes that no earlier window has.
        n_gone: Nodes of the window before that no later window has, this one included.
        links_kept: Links shared with the window before, as a share of the links of both (Jaccard); None when
            either has none.
    """

    start: np.datetime64
    end: np.datetime64
    n_edges: int
    n_nodes: int
    n_links: int
    density: float
    largest_share: float | None
    n_arrived: int
    n_gone: int
    links_kept: float | None


@dataclass(frozen=True, slots=True)
class Slices(Result):
    """The windows in their order.

    Attributes:
        slices: One for each window, empty ones included.
        networks: The network of each window.
        n: Edges with a date.
        undated: Rows without one, counted from 1.
        method: How it was computed.
        cautions: What the reader must know.
    """

    slices: tuple[Slice, ...]
    networks: tuple[Network, ...] = field(repr=False)
    n: int
    undated: tuple[int, ...]
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say how the number of nodes and the kept links changed."""
        sizes = [each.n_nodes for each in self.slices]
        kept = [each.links_kept for each in self.slices if each.links_kept is not None]
        return Sentence(
            "slices_found",
            "%(windows)s windows hold %(low)s to %(high)s nodes, %(empty)s of them none; from one to the next "
            "%(kept)s of the links stay (median).",
            {
                "windows": str(len(sizes)),
                "low": str(min(sizes)),
                "high": str(max(sizes)),
                "empty": str(sizes.count(0)),
                "kept": f"{np.median(kept):.0%}" if kept else "an unknown share",
            },
        )

    def plot(self) -> Plot:
        """This function will draw nodes and links over time."""
        return drawing.lines(
            "The network in windows of time",
            [str(each.start) for each in self.slices],
            [
                drawing.Line("nodes", [float(each.n_nodes) for each in self.slices]),
                drawing.Line("links", [float(each.n_links) for each in self.slices]),
            ],
            x_name="window from",
            y_name="number",
        )


def time_slices(sources: Iterable[object], targets: Iterable[object], days: Any, *, every: int) -> Slices:
    """This function will cut a network into windows of time and compare each with the one before.

    Question:
        How does the recorded network change: does it grow, fall apart, or replace what it lost?

    Assumptions:
        An edge is dated by its event, and recording is equally dense in all windows.

    Traps:
        Windows of another length give other links; a window without edges is a gap in the records until
        somebody knows better. Nodes of the first window all look new, those of the last all look gone.

    Args:
        sources: m' identifiers of one end.
        targets: m' identifiers of the other.
        days: m' dates; NaT or None where there is none.
        every: Days in a window; the first window starts at the first date.

    Returns:
        The windows, empty ones included.

    Raises:
        LengthMismatch: If the columns differ in length.
        TooFew: If no edge has a date.
        BadValue: If the window is shorter than a day.
        TooLarge: If there are more than 1,000 windows.

    Oracle:
        Counts of a made network by hand, sums over windows, and the eleven phases of one published case,
        in `test_slices.py`.

    Cost:
        Time O(m' log m').

    Not for:
        Links without an event (kinship, membership), which have no date of their own.

    Source:
        Windows and Jaccard turnover: Snijders, van de Bunt and Steglich, Social Networks 32 (2010).
    """
    tails, heads = [str(each) for each in sources], [str(each) for each in targets]
    dates = to_numpy(days).astype("datetime64[D]")
    same_length(sources=tails, targets=heads, days=dates)
    if every < 1:
        raise BadValue("every", every, "use at least 1 day")
    dated = np.flatnonzero(~np.isnat(dates))
    if not len(dated):
        raise TooFew("edges with a date", 0, 1)
    first = dates[dated].min()
    window = (dates[dated] - first).astype(np.int64) // every
    n = int(window.max()) + 1
    if n > SLICE_LIMIT:
        raise TooLarge("windows", n, SLICE_LIMIT, "use longer windows, or correct a date far from the others")
    rows = [dated[window == number].tolist() for number in range(n)]
    networks = tuple(Network.from_edges([tails[r] for r in own], [heads[r] for r in own]) for own in rows)
    undated = tuple(int(row) + 1 for row in np.flatnonzero(np.isnat(dates)))
    return Slices(
        slices=tuple(_compare(networks, [len(own) for own in rows], first, every)),
        networks=networks,
        n=len(dated),
        undated=undated,
        method=Sentence(
            "time_slices",
            "%(edges)s dated edges in %(windows)s windows of %(days)s days from %(first)s.",
            {"edges": str(len(dated)), "windows": str(n), "days": str(every), "first": str(first)},
        ),
        cautions=_cautions(undated),
    )


def _compare(
    networks: tuple[Network, ...], counts: list[int], first: np.datetime64, every: int
) -> Iterable[Slice]:
    nodes = [set(network.ids) for network in networks]
    links = [_links(network) for network in networks]
    seen: set[str] = set()
    for number, network in enumerate(networks):
        before = nodes[number - 1] if number else set()
        later = set().union(*nodes[number:])
        both = links[number - 1] | links[number] if number and links[number - 1] and links[number] else set()
        pairs = network.n_nodes * (network.n_nodes - 1) / 2
        sizes = np.bincount(components(network))
        yield Slice(
            start=first + number * every,
            end=first + (number + 1) * every,
            n_edges=counts[number],
            n_nodes=network.n_nodes,
            n_links=network.n_links,
            density=network.n_links / pairs if pairs else 0.0,
            largest_share=float(sizes.max() / network.n_nodes) if network.n_nodes else None,
            n_arrived=len(nodes[number] - seen),
            n_gone=len(before - later),
            links_kept=len(links[number - 1] & links[number]) / len(both) if both else None,
        )
        seen |= nodes[number]


def _links(network: Network) -> set[tuple[str, str]]:
    low, high = network.links()
    # Identifiers in text order: the same link has the same name in every window.
    ends = ((network.ids[a], network.ids[b]) for a, b in zip(low, high, strict=True))
    return {(a, b) if a < b else (b, a) for a, b in ends}


def _cautions(undated: tuple[int, ...]) -> tuple[Sentence, ...]:
    if not undated:
        return (RECORDS_NOT_PEOPLE, INCOMPLETE)
    named = ", ".join(map(str, undated[:10])) + (" …" if len(undated) > 10 else "")
    facts = {"n": str(len(undated)), "rows": named}
    return (RECORDS_NOT_PEOPLE, INCOMPLETE, Sentence(UNDATED.code, UNDATED.template, facts))
