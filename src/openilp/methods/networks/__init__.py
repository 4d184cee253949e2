"""Who is connected: structure of a network, what it hangs on, how it changes, and a drawing of it."""

from openilp.methods.networks.brokerage import Broker, Brokerage, brokerage
from openilp.methods.networks.communities import Communities, communities
from openilp.methods.networks.dismantling import Dismantling, dismantle
from openilp.methods.networks.edges import Edges
from openilp.methods.networks.layout import Layout, layout
from openilp.methods.networks.measures import NetworkMeasures, NodeMeasures, measure
from openilp.methods.networks.missing import PossibleLink, PossibleLinks, possible_links
from openilp.methods.networks.network import Network
from openilp.methods.networks.paths import Path, shortest_path
from openilp.methods.networks.positions import Position, Positions, positions
from openilp.methods.networks.sets import NodeSet, fragmenting_set, reaching_set
from openilp.methods.networks.slices import Slice, Slices, time_slices

__all__ = [
    "Broker",
    "Brokerage",
    "Communities",
    "Dismantling",
    "Edges",
    "Layout",
    "Network",
    "NetworkMeasures",
    "NodeMeasures",
    "NodeSet",
    "Path",
    "Position",
    "Positions",
    "PossibleLink",
    "PossibleLinks",
    "Slice",
    "Slices",
    "brokerage",
    "communities",
    "dismantle",
    "fragmenting_set",
    "layout",
    "measure",
    "positions",
    "possible_links",
    "reaching_set",
    "shortest_path",
    "time_slices",
]
