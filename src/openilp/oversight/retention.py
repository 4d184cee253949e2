"""How the rows of this room are kept and leave: a request has a clock, and everything about it goes with it."""

from openilp.oversight.models import RightsRequest
from openilp.safeguards.retention.handling import DEFAULT_RULE, Handling, register


def register_all() -> None:
    """Register the clock of requests."""
    register(Handling(RightsRequest, rule=DEFAULT_RULE))
