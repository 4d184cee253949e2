"""Verbs of analysis, one file a noun."""

from openilp.analysis.services.runs import run_method
from openilp.analysis.services.snapshots import Selection, take_network_snapshot, take_snapshot

__all__ = ["Selection", "run_method", "take_network_snapshot", "take_snapshot"]
