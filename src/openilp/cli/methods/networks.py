"""Networks of one matter, from a terminal."""

import functools
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np

from openilp.cli.methods.shared import Command, cautioned, method, now, seed_option
from openilp.methods.errors import TooFew
from openilp.methods.networks import (
    Edges,
    brokerage,
    communities,
    dismantle,
    fragmenting_set,
    layout,
    positions,
    possible_links,
    reaching_set,
    time_slices,
)
from openilp.methods.networks.dismantling import ORDERS
from openilp.methods.result import Result


def edges_argument(function: Command) -> Command:
    """Add FILE and the columns of its ends, and give the function its `edges`."""

    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--source", metavar="COLUMN", help="one end of an edge (default: the first column)")
    @click.option("--target", metavar="COLUMN", help="the other end (default: the second column)")
    @click.option("--header/--no-header", default=None, help="whether the first line names the columns")
    @functools.wraps(function)
    def command(
        *, file: Path, source: str | None, target: str | None, header: bool | None, **options: Any
    ) -> Any:
        edges = Edges.read(file, source=source, target=target, header=header)
        return cautioned(function(edges=edges, **options), edges.cautions)

    return command


resolution_option = click.option(
    "--resolution", default=1.0, show_default=True, help="above 1 for more and smaller groups"
)


@method("network")
@edges_argument
@click.option(
    "--dismantle",
    "order",
    type=click.Choice(ORDERS),
    help="give the curve of removal by this measure instead",
)
@click.option("--steps", type=int, help="nodes to remove (default: until single nodes are left)")
@click.option(
    "--sample",
    type=int,
    help="starts for betweenness and closeness (default: all, or 1,000 where all take minutes)",
)
@click.option(
    "--confidence", default=0.95, show_default=True, help="that all bounds of a sample hold together"
)
@click.option(
    "--trials", type=int, help="trials for each loss of 10, 20 and 30 % (default: 30, or 10 for a sample)"
)
@click.option("--normalise", is_flag=True, help="give shares of the most possible")
@resolution_option
@seed_option
def network(
    edges: Edges,
    order: str | None,
    steps: int | None,
    sample: int | None,
    confidence: float,
    trials: int | None,
    normalise: bool,
    resolution: float,
    rng: np.random.Generator,
) -> Result:
    """How do the recorded links hang together? Nodes by identifier, ranks as intervals under lost data."""
    found = edges.network()
    if order is not None:
        return dismantle(found, order=order, steps=steps, rng=rng)
    result = positions(
        found,
        rng=rng,
        sources=sample,
        confidence=confidence,
        trials=trials,
        normalise=normalise,
        resolution=resolution,
    )
    return replace(result, nodes=tuple(sorted(result.nodes, key=lambda node: node.id)))


@method("network-drawing")
@edges_argument
def network_drawing(edges: Edges) -> Result:
    """What does the recorded network look like? Near on paper is near over links; the same file, the same drawing."""
    found = edges.network()
    if found.n_nodes == 0:
        raise TooFew("nodes", 0, 1)
    return layout(found)


@method("network-communities")
@edges_argument
@resolution_option
@click.option("--runs", default=20, show_default=True, help="searches that start anew")
@seed_option
def network_communities(edges: Edges, resolution: float, runs: int, rng: np.random.Generator) -> Result:
    """Which parts of the recorded network are denser than chance, and do other runs agree?"""
    return communities(edges.network(), rng=rng, resolution=resolution, runs=runs)


@method("network-sets")
@edges_argument
@click.option("--size", default=3, show_default=True, help="nodes in the set")
@click.option(
    "--reach",
    type=int,
    metavar="LINKS",
    help="a set that reaches most within so many links, instead of one that fragments",
)
def network_sets(edges: Edges, size: int, reach: int | None) -> Result:
    """On which few recorded positions, taken together, does the network hang?"""
    found = edges.network()
    return fragmenting_set(found, size) if reach is None else reaching_set(found, size, within=reach)


@method("network-brokerage")
@edges_argument
@resolution_option
@seed_option
def network_brokerage(edges: Edges, resolution: float, rng: np.random.Generator) -> Result:
    """Where does the network narrow to one node, inside its dense groups and between them?"""
    found = edges.network()
    parted = communities(found, rng=rng, resolution=resolution)
    return cautioned(
        brokerage(found, dict(zip(found.ids, parted.number.tolist(), strict=True))), parted.cautions
    )


@method("network-missing")
@edges_argument
@click.option("--most", default=20, show_default=True, help="pairs to name at most")
@click.option("--held-out", default=0.1, show_default=True, help="share of the links held out in each test")
@seed_option
def network_missing(edges: Edges, most: int, held_out: float, rng: np.random.Generator) -> Result:
    """Where may a link be missing, and can this network tell at all?"""
    return possible_links(edges.network(), rng=rng, most=most, held_out=held_out)


@method("network-slices")
@edges_argument
@click.option("--date", required=True, metavar="COLUMN", help="date of each edge")
@click.option(
    "--date-format", metavar="FORMAT", help="how a date is laid out, such as %d/%m/%Y (default: ISO 8601)"
)
@click.option("--every", default=30, show_default=True, help="days in a window")
def network_slices(edges: Edges, date: str, date_format: str | None, every: int) -> Result:
    """How does the recorded network change from one window of time to the next?"""
    return time_slices(*edges.ends(), edges.days(date, layout=date_format, latest=now()), every=every)


COMMANDS: tuple[click.Command, ...] = (
    network,
    network_drawing,
    network_communities,
    network_sets,
    network_brokerage,
    network_missing,
    network_slices,
)
