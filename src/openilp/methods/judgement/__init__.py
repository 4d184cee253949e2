"""What an analyst believes: words of probability, confidence, and how many sources really stand behind it."""

from openilp.methods.judgement.sources import IndependentSources, SourcedItem, independent_sources
from openilp.methods.judgement.yardstick import Judgement, Spread, Term, Yardstick, spread

__all__ = [
    "IndependentSources",
    "Judgement",
    "SourcedItem",
    "Spread",
    "Term",
    "Yardstick",
    "independent_sources",
    "spread",
]
