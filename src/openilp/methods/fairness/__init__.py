"""Fair to whom: who is exposed to a forecast, whom it misjudges, and whether it feeds on itself."""

from openilp.methods.fairness.areas import Areas
from openilp.methods.fairness.calibration import Calibration, GroupCalibration, calibration_by_group
from openilp.methods.fairness.discovered import ReportedDiscovered, reported_against_discovered
from openilp.methods.fairness.exposure import Exposure, GroupExposure, exposure
from openilp.methods.fairness.feedback import Feedback, simulate_feedback
from openilp.methods.fairness.report import DisparateImpact, disparate_impact

__all__ = [
    "Areas",
    "Calibration",
    "DisparateImpact",
    "Exposure",
    "Feedback",
    "GroupCalibration",
    "GroupExposure",
    "ReportedDiscovered",
    "calibration_by_group",
    "disparate_impact",
    "exposure",
    "reported_against_discovered",
    "simulate_feedback",
]
