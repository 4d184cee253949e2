"""Who is connected: structure of a network, paths through it, and a drawing of it."""

from openilp.methods.networks.layout import Layout, layout
from openilp.methods.networks.measures import NetworkMeasures, NodeMeasures, measure
from openilp.methods.networks.network import Network
from openilp.methods.networks.paths import Path, shortest_path

__all__ = [
    "Layout",
    "Network",
    "NetworkMeasures",
    "NodeMeasures",
    "Path",
    "layout",
    "measure",
    "shortest_path",
]
