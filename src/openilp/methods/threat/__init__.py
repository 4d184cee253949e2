"""What threatens, and how firm the answer is: groups, crime areas, markets, places and problems, never persons."""

from openilp.methods.threat.matrix import ThreatMatrix, threat_matrix
from openilp.methods.threat.periods import ThreatChanges, compare_threats
from openilp.methods.threat.profiles import Indicator, Profiles, indicator_profiles
from openilp.methods.threat.risk import Grid, RiskItem, RiskMatrix, risk_matrix
from openilp.methods.threat.scheme import EXAMPLE, Scheme, Subject
from openilp.methods.threat.subjects import KINDS, PersonsRefused

__all__ = [
    "EXAMPLE",
    "KINDS",
    "Grid",
    "Indicator",
    "PersonsRefused",
    "Profiles",
    "RiskItem",
    "RiskMatrix",
    "Scheme",
    "Subject",
    "ThreatChanges",
    "ThreatMatrix",
    "compare_threats",
    "indicator_profiles",
    "risk_matrix",
    "threat_matrix",
]
