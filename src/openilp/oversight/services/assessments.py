"""Assessing a method of analysis before it is used on people's data, and the second person's answer."""

from collections.abc import Mapping
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from openilp.oversight.errors import OversightConflict, OversightError
from openilp.oversight.models import AssessmentAnswer, ImpactAssessment
from openilp.oversight.models.registers import KEEPERS
from openilp.oversight.rules import assessments as rules
from openilp.oversight.selectors import assessments as selectors
from openilp.oversight.services.processing import SupersededMeanwhile
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.approvals import is_second
from openilp.safeguards.errors import WrongApprover

_SHORTEST_REASON = 10


class AssessmentAnswered(OversightConflict):
    """Say that an assessment has its answer, or a successor."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(
            f"{ref} has its answer, or a newer assessment stands in its place; open the method again."
        )


@action("oversight.assess_method", roles=KEEPERS)
def assess_method(
    *,
    actor: Actor,
    method: str,
    parts: Mapping[str, str],
    decision: str,
    review_on: date,
    supersedes: str = "",
) -> ImpactAssessment:
    """Write the impact assessment of a method; it counts when a second person has agreed.

    What the method says of itself on this day is kept with it.

    Args:
        actor: Who assesses.
        method: Name of the registered method.
        parts: Every one of `rules.PARTS`.
        decision: One of `rules.Finding`.
        review_on: When it is looked at again, within two years.
        supersedes: Reference of the assessment that was read; empty for the first.

    Raises:
        RecordNotFound: If there is no such method.
        OversightError: If a part says nothing, or decision or day are none.
        SupersededMeanwhile: If another assessment is the present one by now.
    """
    before = selectors.line(method, actor=actor)
    rules.check(parts, decision=decision, review_on=review_on, today=timezone.localdate())
    if (before.row.ref if before.row else "") != supersedes.strip().upper():
        raise SupersededMeanwhile("this assessment")
    card = selectors.card_of(before.method)
    try:
        with transaction.atomic():
            row: ImpactAssessment = ImpactAssessment.objects.record(
                actor=actor,
                method=before.method.name,
                method_version=before.method.version,
                card=card,
                card_digest=selectors.digest_of(card),
                decision=decision,
                review_on=review_on,
                supersedes=before.row,
                **{name: parts[name].strip() for name in rules.PARTS},
            )
    except IntegrityError as error:
        raise SupersededMeanwhile("this assessment") from error
    return row


@action("oversight.answer_assessment", roles=KEEPERS)
def answer_assessment(
    *, actor: Actor, assessment: ImpactAssessment, agrees: bool, reason: str = ""
) -> AssessmentAnswer:
    """Agree with an assessment, or not, as the second person.

    Raises:
        WrongApprover: If the actor wrote it, or stands in for whoever did.
        OversightError: If somebody disagrees without a reason.
        AssessmentAnswered: If it has its answer, or is no longer the present one.
    """
    if not is_second(actor=actor, authors=[assessment.created_by_id]):
        raise WrongApprover("An assessment")
    if not agrees and len(reason.strip()) < _SHORTEST_REASON:
        raise OversightError("reason", "Say in a sentence what is wrong, so that it can be mended.")
    present = selectors.line(assessment.method, actor=actor).row
    if present is None or present.pk != assessment.pk:
        raise AssessmentAnswered(assessment.ref)
    try:
        with transaction.atomic():
            row: AssessmentAnswer = AssessmentAnswer.objects.record(
                actor=actor, assessment=assessment, agrees=agrees, reason=reason.strip()
            )
    except IntegrityError as error:
        raise AssessmentAnswered(assessment.ref) from error
    return row
