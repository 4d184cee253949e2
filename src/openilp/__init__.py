"""OpenILP: intelligence-led policing, from a graded report to a decision and its outcome."""

__version__ = "0.1.0"
