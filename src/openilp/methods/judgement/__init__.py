"""What an analyst believes: hypotheses, assumptions, words of probability, and how often they were right."""

from openilp.methods.judgement.assumptions import Assumption, AssumptionReview, review_assumptions
from openilp.methods.judgement.calibration import Calibration, calibrate
from openilp.methods.judgement.hypotheses import CompetingHypotheses, Item, compare_hypotheses
from openilp.methods.judgement.sources import IndependentSources, SourcedItem, independent_sources
from openilp.methods.judgement.words import WordCalibration, calibrate_terms
from openilp.methods.judgement.yardstick import Judgement, Spread, Term, Yardstick, spread

__all__ = [
    "Assumption",
    "AssumptionReview",
    "Calibration",
    "CompetingHypotheses",
    "IndependentSources",
    "Item",
    "Judgement",
    "SourcedItem",
    "Spread",
    "Term",
    "WordCalibration",
    "Yardstick",
    "calibrate",
    "calibrate_terms",
    "compare_hypotheses",
    "independent_sources",
    "review_assumptions",
    "spread",
]
