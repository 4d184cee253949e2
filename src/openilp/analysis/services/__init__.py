"""Verbs of analysis, one file a noun."""

from openilp.analysis.services.assessments import JUDGES, NewAssessment, Weighed, record_assessment
from openilp.analysis.services.editions import finish_product
from openilp.analysis.services.products import (
    AUTHORS,
    NewRecommendation,
    Terms,
    cite_items,
    commission_product,
    recommend,
    remove_citation,
    remove_recommendation,
    save_product,
    start_product,
)
from openilp.analysis.services.runs import run_method
from openilp.analysis.services.snapshots import (
    READERS,
    TAKERS,
    Selection,
    take_network_snapshot,
    take_snapshot,
)

__all__ = [
    "AUTHORS",
    "JUDGES",
    "READERS",
    "TAKERS",
    "NewAssessment",
    "NewRecommendation",
    "Selection",
    "Terms",
    "Weighed",
    "cite_items",
    "commission_product",
    "finish_product",
    "recommend",
    "record_assessment",
    "remove_citation",
    "remove_recommendation",
    "run_method",
    "save_product",
    "start_product",
    "take_network_snapshot",
    "take_snapshot",
]
