"""What to do with the hours there are: operations, units and patrols that prevent the most harm."""

from openilp.methods.allocation.allocate import allocate
from openilp.methods.allocation.curve import Curve, Diminishing, Steps
from openilp.methods.allocation.patrol import HotSpot, PatrolPlan, Visits, patrol
from openilp.methods.allocation.plan import Assignment, Binding, LeftOut, Plan, PlannedOperation
from openilp.methods.allocation.problem import Block, Coverage, Operation, Problem, SharedHarm, Unit
from openilp.methods.allocation.scenarios import (
    Difference,
    Front,
    Protection,
    WhatIf,
    cost_harm_front,
    protection,
    what_if,
)

__all__ = [
    "Assignment",
    "Binding",
    "Block",
    "Coverage",
    "Curve",
    "Difference",
    "Diminishing",
    "Front",
    "HotSpot",
    "LeftOut",
    "Operation",
    "PatrolPlan",
    "Plan",
    "PlannedOperation",
    "Problem",
    "Protection",
    "SharedHarm",
    "Steps",
    "Unit",
    "Visits",
    "WhatIf",
    "allocate",
    "cost_harm_front",
    "patrol",
    "protection",
    "what_if",
]
