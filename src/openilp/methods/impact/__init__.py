"""What a measure changed: before and after, beside a comparison area, and what it cost."""

from openilp.methods.impact.cost import CostPerUnit, cost_per_unit
from openilp.methods.impact.displacement import (
    BeforeAfter,
    DisplacementDifference,
    weighted_displacement_difference,
)
from openilp.methods.impact.etest import RateTest, e_test
from openilp.methods.impact.power import Power, power_before_starting
from openilp.methods.impact.quotient import DisplacementQuotient, weighted_displacement_quotient
from openilp.methods.impact.relative import RelativeChange, before_after
from openilp.methods.impact.sequential import Look, Monitoring, monitor

__all__ = [
    "BeforeAfter",
    "CostPerUnit",
    "DisplacementDifference",
    "DisplacementQuotient",
    "Look",
    "Monitoring",
    "Power",
    "RateTest",
    "RelativeChange",
    "before_after",
    "cost_per_unit",
    "e_test",
    "monitor",
    "power_before_starting",
    "weighted_displacement_difference",
    "weighted_displacement_quotient",
]
