"""What a measure changed: before and after, beside a comparison area, and what it cost."""

from openilp.methods.impact.cost import CostPerUnit, cost_per_unit
from openilp.methods.impact.difference import (
    AfterStart,
    DifferenceInDifferences,
    difference_in_differences,
)
from openilp.methods.impact.displacement import (
    BeforeAfter,
    DisplacementDifference,
    weighted_displacement_difference,
)
from openilp.methods.impact.etest import RateTest, e_test
from openilp.methods.impact.interrupted import InterruptedSeries, interrupted_series
from openilp.methods.impact.power import Power, power_before_starting
from openilp.methods.impact.quotient import DisplacementQuotient, weighted_displacement_quotient
from openilp.methods.impact.relative import RelativeChange, before_after
from openilp.methods.impact.rings import Ring, SpilloverRings, spillover_rings
from openilp.methods.impact.sequential import Look, Monitoring, monitor
from openilp.methods.impact.synthetic import Donor, SyntheticControl, synthetic_control

__all__ = [
    "AfterStart",
    "BeforeAfter",
    "CostPerUnit",
    "DifferenceInDifferences",
    "DisplacementDifference",
    "DisplacementQuotient",
    "Donor",
    "InterruptedSeries",
    "Look",
    "Monitoring",
    "Power",
    "RateTest",
    "RelativeChange",
    "Ring",
    "SpilloverRings",
    "SyntheticControl",
    "before_after",
    "cost_per_unit",
    "difference_in_differences",
    "e_test",
    "interrupted_series",
    "monitor",
    "power_before_starting",
    "spillover_rings",
    "synthetic_control",
    "weighted_displacement_difference",
    "weighted_displacement_quotient",
]
