"""What a meeting sees of a product before it decides, and what the decision keeps of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from openilp import reference
from openilp.analysis import selectors as analysis
from openilp.analysis.models import Assessment, Citation, Edition, MethodRun, Product, Recommendation
from openilp.dissemination.models import Recall, Release
from openilp.evaluation.models import Evaluation
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import Label, joined
from openilp.tasking.changes import grade


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
        runs: The method runs whose figures it shows.
        recalled: Why the edition was recalled; empty where it was not.
        newest: Number of the newest edition; 0 before the first.
        successors: What replaced an assessment, by its key.
    """

    product: Product
    edition: Edition | None
    recommendations: tuple[Recommendation, ...]
    items: tuple[Citation, ...]
    stated: tuple[Stated, ...]
    sources: int
    stale: tuple[analysis.StaleCitation, ...]
    runs: tuple[MethodRun, ...] = ()
    recalled: str = ""
    newest: int = 0
    successors: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def label(self) -> Label:
        """Return the label of something that quotes all of it."""
        quoted: list[Any] = [c.item for c in self.items] + [s.row for s in self.stated]
        quoted += [*self.recommendations, *self.runs]
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
                "recalled": self.recalled,
                "newest": self.newest,
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
                    "superseded_by": self.successors.get(stated.row.pk, ""),
                }
                for stated in self.stated
            ],
            "citations": [_citation(row) for row in self.items],
            "stale": [
                {
                    "item": s.citation.item.ref if s.citation.item else "",
                    "reason": s.reason,
                    "now": grade(_graded(s.current)),
                }
                for s in self.stale
            ],
            "figures": [
                {"run": run.ref, "method": run.method, "digest": run.digest, "caution": run.caution}
                for run in self.runs
            ],
        }


def evidence_for(
    row: Product, *, actor: Actor, only: Sequence[Recommendation] = (), edition: Edition | None = None
) -> Evidence:
    """Return what a product puts before a meeting, as the actor may see it.

    `edition` names the one that was laid before a meeting; without it the newest counts.
    """
    cited = analysis.citations_of(row, actor=actor)
    items = tuple(c for c in cited if c.item is not None)
    newest = analysis.latest_edition(row, actor=actor)
    shown = edition or newest
    stated = [c.assessment for c in cited if c.assessment is not None]
    return Evidence(
        product=row,
        edition=shown,
        recommendations=tuple(only or analysis.recommendations_of(row, actor=actor)),
        items=items,
        stated=tuple(_stated(each) for each in stated),
        sources=len({c.item.report_id for c in items if c.item}),
        stale=tuple(analysis.stale_citations(list(items), actor=actor)),
        runs=tuple(c.run for c in cited if c.run is not None),
        recalled=_recalled(shown, actor=actor),
        newest=newest.number if newest else 0,
        successors=_successors(stated, actor=actor),
    )


def _recalled(edition: Edition | None, *, actor: Actor) -> str:
    """Return why the newest recall of an edition was made, or nothing."""
    if edition is None:
        return ""
    released = Release.objects.seen_by(actor).filter(edition=edition)
    found = Recall.objects.seen_by(actor).filter(release__in=released.values("pk")).order_by("-created_at")
    return str(found.values_list("reason", flat=True).first() or "")


def _successors(stated: Sequence[Assessment], *, actor: Actor) -> dict[UUID, str]:
    if not stated:
        return {}
    found = Assessment.objects.seen_by(actor).filter(supersedes__in=[row.pk for row in stated])
    return dict(found.order_by("created_at").values_list("supersedes_id", "ref"))


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
    item = row.item
    return {
        "item": item.ref if item else "",
        "text": item.text if item else "",
        "kind": item.kind if item else "",
        "evaluation": _graded(row.evaluation),
    }


def _graded(row: Evaluation | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "ref": row.ref,
        "scheme": f"{row.scheme} {row.scheme_version}",
        "source": row.source_grade,
        "information": row.information_grade,
        "handling": row.handling,
    }
