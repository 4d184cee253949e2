"""What a measure changed: before and after, beside a comparison area, and what it cost."""

from openilp.methods.impact.cost import CostPerUnit, cost_per_unit
from openilp.methods.impact.displacement import (
    BeforeAfter,
    DisplacementDifference,
    weighted_displacement_difference,
)
from openilp.methods.impact.relative import RelativeChange, before_after

__all__ = [
    "BeforeAfter",
    "CostPerUnit",
    "DisplacementDifference",
    "RelativeChange",
    "before_after",
    "cost_per_unit",
    "weighted_displacement_difference",
]
