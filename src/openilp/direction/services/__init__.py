"""Verbs of direction: priorities, requirements, and the plans to collect for them."""

from openilp.direction.services.plans import add_line, plan_collection, return_line
from openilp.direction.services.priorities import (
    cascade_priority,
    close_priority,
    set_priority,
    supersede_priority,
)
from openilp.direction.services.requirements import ASKERS, close_requirement, raise_requirement

__all__ = [
    "ASKERS",
    "add_line",
    "cascade_priority",
    "close_priority",
    "close_requirement",
    "plan_collection",
    "raise_requirement",
    "return_line",
    "set_priority",
    "supersede_priority",
]
