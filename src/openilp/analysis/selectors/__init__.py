"""Questions about analysis."""

from openilp.analysis.selectors.products import (
    StaleCitation,
    citations_of,
    edition,
    editions_of,
    flags_of,
    latest_edition,
    product,
    products,
    recommendations_of,
    stale_citations,
    unfinished_products,
)
from openilp.analysis.selectors.runs import (
    assessment,
    assessments,
    evidence_of,
    run,
    runs,
    snapshot,
    snapshots,
    successor_of,
)
from openilp.analysis.selectors.tray import in_tray, open_requirements

__all__ = [
    "StaleCitation",
    "assessment",
    "assessments",
    "citations_of",
    "edition",
    "editions_of",
    "evidence_of",
    "flags_of",
    "in_tray",
    "latest_edition",
    "open_requirements",
    "product",
    "products",
    "recommendations_of",
    "run",
    "runs",
    "snapshot",
    "snapshots",
    "stale_citations",
    "successor_of",
    "unfinished_products",
]
