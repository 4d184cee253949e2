"""What a meeting sees of a product before it decides, and what the decision keeps of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openilp import reference
from openilp.analysis import selectors as analysis
from openilp.analysis.canonical import digest
from openilp.analysis.models import Assessment, Citation, Edition, Product, Recommendation
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import Label, joined


@dataclass(frozen=True)
class Stated:
    """An assessment with the band of its word."""

    row: Assessment
    term: str
    low: float
    high: float


@dataclass(frozen=True)
class Evidence:
    """What a product puts before a meeting.

    Attributes:
        product: The product.
        edition: Its newest edition; None before the first.
        recommendations: What it proposes.
        items: The citations of items, each in the grade that it had.
        stated: Its assessments.
        sources: Number of reports that the items come from.
        stale: Citations whose grade changed or whose report is disputed or false since.
    """

    product: Product
    edition: Edition | None
    recommendations: tuple[Recommendation, ...]
    items: tuple[Citation, ...]
    stated: tuple[Stated, ...]
    sources: int
    stale: tuple[analysis.StaleCitation, ...]

    @property
    def label(self) -> Label:
        """Return the label of something that quotes all of it."""
        quoted = [c.item for c in self.items] + [s.row for s in self.stated] + list(self.recommendations)
        rows = [self.product, self.edition, *quoted, *(c.evaluation for c in self.items)]
        return joined(row.label for row in rows if row is not None)

    def as_seen(self) -> dict[str, Any]:
        """Return it in plain values, to be kept as it was seen."""
        edition = self.edition
        return {
            "product": {"ref": self.product.ref, "title": self.product.title},
            "edition": None
            if edition is None
            else {
                "ref": edition.ref,
                "number": edition.number,
                "title": edition.title,
                "sha256": edition.sha256,
            },
            "recommendations": [_recommendation(row) for row in self.recommendations],
            "assessments": [
                {
                    "ref": stated.row.ref,
                    "text": stated.row.text,
                    "term": stated.term,
                    "band": [stated.low, stated.high],
                    "confidence": stated.row.confidence,
                    "confidence_reason": stated.row.confidence_reason,
                }
                for stated in self.stated
            ],
            "citations": [_citation(row) for row in self.items],
            "stale": [
                {"item": s.citation.item.ref if s.citation.item else "", "reason": s.reason}
                for s in self.stale
            ],
        }


def evidence_for(row: Product, *, actor: Actor, only: Sequence[Recommendation] = ()) -> Evidence:
    """Return what a product puts before a meeting, as the actor may see it."""
    cited = analysis.citations_of(row, actor=actor)
    items = tuple(c for c in cited if c.item is not None)
    return Evidence(
        product=row,
        edition=analysis.latest_edition(row, actor=actor),
        recommendations=tuple(only or analysis.recommendations_of(row, actor=actor)),
        items=items,
        stated=tuple(_stated(c.assessment) for c in cited if c.assessment is not None),
        sources=len({c.item.report_id for c in items if c.item}),
        stale=tuple(analysis.stale_citations(list(items), actor=actor)),
    )


def as_seen(parts: Sequence[Evidence]) -> tuple[dict[str, Any], str]:
    """Return evidence in plain values with its hash."""
    seen = {"version": 1, "products": [part.as_seen() for part in parts]}
    return seen, digest(seen)


def _stated(row: Assessment) -> Stated:
    for term in reference.probability_terms(row.yardstick):
        if term.code == row.probability_term:
            return Stated(row, term.label, term.low, term.high)
    return Stated(row, row.probability_term, 0.0, 1.0)


def _recommendation(row: Recommendation) -> dict[str, Any]:
    return {
        "ref": row.ref,
        "text": row.text,
        "strand": row.strand,
        "effect": row.effect,
        "hours": row.hours,
        "money": str(row.money),
        "harm": [row.harm_low, row.harm_high],
        "risk": row.risk,
        "law": row.law,
    }


def _citation(row: Citation) -> dict[str, Any]:
    item, grade = row.item, row.evaluation
    return {
        "item": item.ref if item else "",
        "text": item.text if item else "",
        "kind": item.kind if item else "",
        "evaluation": None
        if grade is None
        else {
            "ref": grade.ref,
            "scheme": f"{grade.scheme} {grade.scheme_version}",
            "source": grade.source_grade,
            "information": grade.information_grade,
            "handling": grade.handling,
        },
    }
