"""Judgements in words of the yardstick, with the evidence for and against."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef

from openilp import reference
from openilp.analysis.errors import AlreadySuperseded, AnalysisError, NotEvaluated
from openilp.analysis.models import Assessment, AssessmentEvidence
from openilp.analysis.services.snapshots import TAKERS
from openilp.collection.models import Item
from openilp.direction.models import Requirement
from openilp.evaluation.selectors import current_evaluations
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import Label, joined
from openilp.safeguards.roles import Role

JUDGES = TAKERS | {Role.INTELLIGENCE_OFFICER}


@dataclass(frozen=True)
class Weighed:
    """An item as evidence for (or against) a judgement."""

    item: Item
    supports: bool


@dataclass(frozen=True)
class NewAssessment:
    """A judgement: how probable in a word, and apart from it how good the basis is, with the reason."""

    text: str
    probability_term: str
    confidence: str
    confidence_reason: str
    alternatives: str = ""
    yardstick: str = "phia"


@action("analysis.record_assessment", roles=JUDGES)
def record_assessment(
    *,
    actor: Actor,
    new: NewAssessment,
    evidence: Sequence[Weighed] = (),
    requirement: Requirement | None = None,
    supersedes: Assessment | None = None,
    legal_basis: str,
    label: Label | None = None,
    review_on: date | None = None,
) -> Assessment:
    """Record a judgement with its evidence, each item in the very grade that it has now."""
    _check(new)
    if supersedes is not None and _is_superseded(supersedes, actor):
        raise AlreadySuperseded(supersedes.ref)
    grades = current_evaluations([weighed.item for weighed in evidence], actor=actor)
    for weighed in evidence:
        if weighed.item.pk not in grades:
            raise NotEvaluated(weighed.item.ref)
    parts: list[Any] = [row for row in (requirement, supersedes) if row is not None]
    parts += [weighed.item for weighed in evidence] + list(grades.values())
    lawful: dict[str, Any] = {"legal_basis": legal_basis}
    if review_on is not None:
        lawful["review_on"] = review_on
    row: Assessment = Assessment.objects.record(
        actor=actor,
        text=new.text.strip(),
        yardstick=new.yardstick,
        probability_term=new.probability_term,
        confidence=new.confidence,
        confidence_reason=new.confidence_reason.strip(),
        alternatives=new.alternatives.strip(),
        requirement=requirement,
        supersedes=supersedes,
        label=joined([label or actor.label(), *(part.label for part in parts)]),
        **lawful,
    )
    AssessmentEvidence.objects.record_many(
        actor=actor,
        rows=[
            {
                "assessment": row,
                "item": weighed.item,
                "evaluation": grades[weighed.item.pk],
                "supports": weighed.supports,
            }
            for weighed in {each.item.pk: each for each in evidence}.values()
        ],
    )
    return row


def _check(new: NewAssessment) -> None:
    for field, value in (("text", new.text), ("confidence_reason", new.confidence_reason)):
        if not value.strip():
            raise AnalysisError(field, f"{field} is empty; say it in a sentence.")
    terms = {term.code for term in reference.probability_terms(new.yardstick)}
    if new.probability_term not in terms:
        raise AnalysisError(
            "probability_term",
            f"'{new.probability_term}' is no term of yardstick '{new.yardstick}'; "
            f"use one of {', '.join(sorted(terms))}.",
        )
    try:
        reference.vocabulary("confidence").require(new.confidence)
    except reference.UnknownCode as error:
        raise AnalysisError("confidence", str(error)) from error


def _is_superseded(row: Assessment, actor: Actor) -> bool:
    newer = Assessment.objects.seen_by(actor).filter(supersedes=OuterRef("pk"))
    return bool(Assessment.objects.seen_by(actor).filter(Exists(newer), pk=row.pk).exists())
