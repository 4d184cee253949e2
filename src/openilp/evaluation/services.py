"""Verbs of evaluation: grade, look again, sanitise, answer, dispute; what is urgent, whose it is, what is a copy."""

from collections.abc import Sequence
from copy import copy
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from openilp import reference
from openilp.collection import waiting
from openilp.collection.models import Item, Report
from openilp.evaluation import necessity as special
from openilp.evaluation import rules, selectors
from openilp.evaluation.errors import (
    AlreadyDone,
    EvaluationError,
    NotUrgent,
    NotYourGrade,
    ReasonMissing,
)
from openilp.evaluation.models import (
    Acknowledgement,
    Alert,
    Assignment,
    Dispute,
    DisputeSettlement,
    Duplicate,
    Escalation,
    Evaluation,
    EvaluationReview,
    Necessity,
    NecessityAnswer,
    Reply,
    Sanitisation,
    SanitisationApproval,
    SanitisationGrounds,
)
from openilp.evaluation.rules import NewGrade
from openilp.evaluation.selectors import EVALUATORS
from openilp.safeguards import notices
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.approvals import hands, is_second
from openilp.safeguards.errors import WrongApprover
from openilp.safeguards.models import User
from openilp.safeguards.people import actor_for, colleagues
from openilp.safeguards.roles import INTELLIGENCE, Role

#: Who may say that a report is disputed or false, and take that back.
DISPUTERS = INTELLIGENCE | {Role.DATA_PROTECTION_OFFICER}
#: Letters of a reason for strict necessity: a sentence. Our own figure.
_SHORTEST_NECESSITY = 20


@action("evaluation.evaluate_item", roles=EVALUATORS)
def evaluate_item(
    *, actor: Actor, item: Item, grade: NewGrade, supersedes: Evaluation | None = None
) -> Evaluation:
    """Grade one item; who grades again names the evaluation that the new one supersedes.

    Raises:
        UnknownGrade: If a code is not in the scheme.
        NotYourGrade: If another evaluation stands than the one to be superseded.
    """
    scheme = rules.check_grade(grade)
    stands = selectors.current_evaluations([item], actor=actor).get(item.pk)
    if (stands.pk if stands else None) != (supersedes.pk if supersedes else None):
        raise NotYourGrade(item.ref)
    try:
        with transaction.atomic():
            made: Evaluation = Evaluation.objects.record(
                actor=actor,
                item=item,
                scheme=scheme.id,
                scheme_version=scheme.version,
                source_grade=grade.source,
                information_grade=grade.information,
                handling_scheme=scheme.handling.id,
                handling=grade.handling,
                handling_text=grade.handling_text.strip(),
                reasons=grade.reasons.strip(),
                supersedes=supersedes,
            )
    except IntegrityError as error:
        raise NotYourGrade(item.ref) from error
    report = item.report
    if made.label == item.label == report.label and not selectors.has_ungraded(report, actor=actor):
        waiting.settle(report, actor=actor)
    return made


@action("evaluation.review_evaluation", roles=EVALUATORS)
def review_evaluation(
    *, actor: Actor, evaluation: Evaluation, agrees: bool, reason: str = ""
) -> EvaluationReview:
    """Look at somebody else's evaluation: agree, or send it back with a reason.

    Raises:
        WrongApprover: If it is the actor's own.
        ReasonMissing: If it goes back without a reason.
    """
    if not is_second(actor=actor, authors=hands(evaluation)):
        raise WrongApprover("A grade")
    if not agrees and not reason.strip():
        raise ReasonMissing("reason", "Sending a grade back")
    made: EvaluationReview = EvaluationReview.objects.record(
        actor=actor, evaluation=evaluation, agrees=agrees, reason=reason.strip()
    )
    if not agrees:
        report = evaluation.item.report
        _tell(actor, [evaluation.created_by_id], "grade_returned", report)
    return made


@action("evaluation.acknowledge_report", roles=EVALUATORS)
def acknowledge_report(*, actor: Actor, report: Report, note: str = "") -> Acknowledgement:
    """Take note of an urgent report, as duty officer.

    Raises:
        NotUrgent: If the report is not of high urgency.
        AlreadyDone: If somebody was faster.
    """
    if report.urgency != rules.URGENT:
        raise NotUrgent(report.ref)
    made: Acknowledgement = _once(
        Acknowledgement,
        f"Report {report.ref} was acknowledged already",
        actor,
        report=report,
        note=note.strip(),
    )
    return made


@action("evaluation.escalate_reports", roles=EVALUATORS)
def escalate_reports(*, actor: Actor, reports: Sequence[Report], to: User, reason: str) -> list[Escalation]:
    """Hand reports to the next person up, with a reason.

    Raises:
        ReasonMissing: Without a reason.
        EvaluationError: If that person may not see one of them.
    """
    if not reason.strip():
        raise ReasonMissing("reason", "Escalating a report")
    _check_reach(reports, to, "to")
    made = [
        Escalation.objects.record(actor=actor, report=report, to=to, reason=reason.strip())
        for report in reports
    ]
    for report in reports:
        _tell(actor, [to.pk], "escalation", report, is_urgent=True)
    return made


@action("evaluation.assign_reports", roles=EVALUATORS)
def assign_reports(*, actor: Actor, reports: Sequence[Report], evaluator: User) -> list[Assignment]:
    """Say who evaluates reports; the newest word counts.

    Raises:
        EvaluationError: If the account does not evaluate, or may not see one of them.
    """
    if not set(evaluator.roles) & {role.value for role in EVALUATORS}:
        raise EvaluationError("evaluator", f"{evaluator} does not evaluate; choose an intelligence officer.")
    _check_reach(reports, evaluator, "evaluator")
    made = [Assignment.objects.record(actor=actor, report=report, evaluator=evaluator) for report in reports]
    if evaluator.pk != actor.user_id:
        for report in reports:
            _tell(actor, [evaluator.pk], "assigned", report)
    return made


@action("evaluation.mark_duplicates", roles=EVALUATORS)
def mark_duplicates(
    *, actor: Actor, reports: Sequence[Report], original: Report, reason: str = ""
) -> list[Duplicate]:
    """Say that reports repeat another one, so that they do not count as further sources.

    Raises:
        EvaluationError: If a report is to be a copy of itself, or the original is itself a copy.
        AlreadyDone: If one is marked already.
    """
    if any(report.pk == original.pk for report in reports):
        raise EvaluationError(
            "original", f"Report {original.ref} cannot repeat itself; choose the other report."
        )
    chain = Duplicate.objects.seen_by(actor).filter(report=original).first()
    if chain is not None:
        raise EvaluationError(
            "original", f"Report {original.ref} is a copy itself; choose the report that it repeats."
        )
    made = [
        _once(
            Duplicate,
            f"Report {report.ref} is marked as a copy already",
            actor,
            report=report,
            original=original,
            reason=reason.strip(),
        )
        for report in reports
    ]
    for report, copied in zip(reports, made, strict=True):
        if copied.label == report.label:
            waiting.settle(report, actor=actor)
    return made


@action("evaluation.sanitise_report", roles=EVALUATORS)
def sanitise_report(
    *,
    actor: Actor,
    report: Report,
    title: str,
    text: str,
    removed: str,
    level: int,
    lowering_reason: str = "",
    supersedes: Sanitisation | None = None,
) -> Sanitisation:
    """Write a version of a report without what endangers source or method.

    It keeps the report's level until a second person approves it.

    Raises:
        EvaluationError: If text is missing or the level is not possible.
        ReasonMissing: If it does not say what was removed, or why a lower level is safe.
    """
    if not text.strip():
        raise EvaluationError("text", "The sanitised version is empty; write what may be told.")
    if text.strip() == report.text.strip():
        raise EvaluationError("text", "Nothing was taken out; remove what endangers source or method.")
    if not removed.strip():
        raise ReasonMissing("removed", "A sanitised version")
    wanted = rules.check_lowering(report.label.level, level, lowering_reason)
    made: Sanitisation = Sanitisation.objects.record(
        actor=actor,
        label=report.label,
        purpose_id=report.purpose_id,
        legal_basis=report.legal_basis,
        review_on=report.review_on,
        report=report,
        title=title.strip() or report.title,
        text=text.strip(),
        level_wanted=int(wanted),
        supersedes=supersedes,
    )
    SanitisationGrounds.objects.record(
        actor=actor,
        report=report,
        sanitisation=made,
        removed=removed.strip(),
        lowering_reason=lowering_reason.strip(),
    )
    return made


@action("evaluation.judge_sanitisation", roles=EVALUATORS)
def judge_sanitisation(
    *, actor: Actor, sanitisation: Sanitisation, is_approved: bool, note: str = ""
) -> SanitisationApproval:
    """Approve somebody else's sanitised version, which lowers its level as asked, or send it back.

    Raises:
        WrongApprover: If the actor wrote it.
        ReasonMissing: If it goes back without a reason.
        AlreadyDone: If it was judged already.
    """
    if not is_second(actor=actor, authors=hands(sanitisation)):
        raise WrongApprover("A sanitised version")
    if not is_approved and not note.strip():
        raise ReasonMissing("note", "Sending a sanitised version back")
    judged = copy(sanitisation)
    if is_approved:
        # Whoever may read the lowered version must also see that it was approved.
        judged.level = min(sanitisation.level, sanitisation.level_wanted)
    made: SanitisationApproval = _once(
        SanitisationApproval,
        f"Version {sanitisation.ref} was judged already",
        actor,
        sanitisation=judged,
        is_approved=is_approved,
        note=note.strip(),
    )
    if is_approved and sanitisation.level_wanted < sanitisation.level:
        rows = Sanitisation.objects.seen_by(actor).filter(pk=sanitisation.pk, level=sanitisation.level)
        rows.amend(level=sanitisation.level_wanted)
    kind = "sanitisation_approved" if is_approved else "sanitisation_returned"
    notices.notify(
        actor=actor,
        recipients=[sanitisation.created_by_id],
        kind=kind,
        ref=sanitisation.ref,
        url=reverse("evaluation:sanitisation", args=[sanitisation.ref]),
    )
    return made


@action("evaluation.reply_to_reporter", roles=EVALUATORS, operation="disclosure")
def reply_to_reporter(*, actor: Actor, report: Report, kind: str, text: str) -> Reply:
    """Answer the reporter: received, used, more needed.

    Raises:
        EvaluationError: If the kind is unknown or there is no text.
    """
    try:
        reference.vocabulary("reply-kinds").require(kind)
    except reference.UnknownCode as error:
        raise EvaluationError("kind", str(error)) from error
    if not text.strip():
        raise EvaluationError("text", "The reply is empty; write a sentence to the reporter.")
    made: Reply = Reply.objects.record(actor=actor, report=report, kind=kind, text=text.strip())
    notices.notify(
        actor=actor,
        recipients=[report.created_by_id],
        kind="reply",
        ref=report.ref,
        url=reverse("evaluation:report", args=[report.ref]),
    )
    return made


@action("evaluation.dispute_report", roles=DISPUTERS)
def dispute_report(*, actor: Actor, report: Report, is_false: bool, reason: str) -> Dispute:
    """Say that a report is disputed, or was found false; nothing that rests on it is released until it is settled.

    Raises:
        ReasonMissing: Without a reason.
    """
    if not reason.strip():
        raise ReasonMissing("reason", "Disputing a report")
    made: Dispute = Dispute.objects.record(
        actor=actor, report=report, is_false=is_false, reason=reason.strip()
    )
    return made


@action("evaluation.settle_dispute", roles=DISPUTERS)
def settle_dispute(*, actor: Actor, dispute: Dispute, reason: str) -> DisputeSettlement:
    """End a dispute with the reason why the report may be used again.

    Raises:
        ReasonMissing: Without a reason.
        WrongApprover: If the same person raised it: a second person settles.
        AlreadyDone: If it was settled already.
    """
    if not reason.strip():
        raise ReasonMissing("reason", "Settling a dispute")
    if not is_second(actor=actor, authors=hands(dispute)):
        raise WrongApprover("Settling a dispute")
    made: DisputeSettlement = _once(
        DisputeSettlement,
        f"Dispute {dispute.ref} was settled already",
        actor,
        dispute=dispute,
        reason=reason.strip(),
    )
    return made


@action("evaluation.raise_alerts", roles=[Role.HEAD_OF_INTELLIGENCE])
def raise_alerts(*, actor: Actor) -> list[Alert]:
    """Tell the duty officers of each urgent report in the actor's reach that they were not told of at entry."""
    made: list[Alert] = []
    for report in selectors.untold(actor=actor):
        told = [user.pk for user in selectors.duty_officers(report, actor=actor)]
        try:
            with transaction.atomic():
                made.append(Alert.objects.record(actor=actor, report=report, told=told))
        except IntegrityError:
            # Another job told them in the same moment; a second notice would cry wolf.
            continue
        if not selectors.was_told(report, actor=actor):
            _tell(actor, told, "urgent_report", report, is_urgent=True)
    return made


@action("evaluation.escalate_overdue", roles=[Role.HEAD_OF_INTELLIGENCE])
def escalate_overdue(*, actor: Actor, now: datetime) -> list[Escalation]:
    """Hand each urgent report that nobody acknowledged in time to the nearest head of intelligence."""
    minutes = selectors.escalation_minutes()
    made: list[Escalation] = []
    for report in selectors.overdue(actor=actor, before=now - timedelta(minutes=minutes)):
        up = next(iter(selectors.heads(report, actor=actor)), None)
        if up is None:
            continue
        reason = f"Nobody acknowledged it within {minutes} minutes."
        made.append(Escalation.objects.record(actor=actor, report=report, to=up, reason=reason))
        _tell(actor, [up.pk], "escalation", report, is_urgent=True)
    return made


def _once(model: Any, said: str, actor: Actor, **values: Any) -> Any:
    try:
        with transaction.atomic():
            return model.objects.record(actor=actor, **values)
    except IntegrityError as error:
        raise AlreadyDone(said) from error


def _tell(actor: Actor, people: Sequence[Any], kind: str, report: Report, *, is_urgent: bool = False) -> None:
    url = reverse("evaluation:report", args=[report.ref])
    notices.notify(actor=actor, recipients=people, kind=kind, ref=report.ref, url=url, is_urgent=is_urgent)


def _check_reach(reports: Sequence[Report], user: User, field: str) -> None:
    reach = actor_for(user)
    for report in reports:
        if not reach.may_see(report.label):
            raise EvaluationError(
                field, f"{user} may not see report {report.ref}; choose somebody whose reach covers it."
            )


@action("evaluation.claim_necessity", roles=special.CLAIMANTS)
def claim_necessity(*, actor: Actor, item: Item, reason: str) -> Necessity:
    """Say that the special words of an item are strictly necessary; it holds when a second person agrees.

    Raises:
        EvaluationError: If the item has no such words.
        ReasonMissing: If the reason says nothing.
    """
    kinds = special.kinds_of(item.text)
    if not kinds:
        raise EvaluationError(
            "reason", f"The words of {item.ref} touch no special category; nothing is struck."
        )
    if len(reason.strip()) < _SHORTEST_NECESSITY:
        raise ReasonMissing("reason", "Strict necessity")
    row: Necessity = Necessity.objects.record(
        actor=actor, item=item, digest=special.digest_of(item.text), kinds=kinds, reason=reason.strip()
    )
    asked = colleagues(actor=actor, roles=special.APPROVERS)
    notices.notify(
        actor=actor,
        recipients=[u.pk for u in asked if u.pk != actor.user_id and actor_for(u).may_see(row.label)],
        kind="necessity_asked",
        ref=row.ref,
        url=reverse("evaluation:necessity", args=[row.ref]),
    )
    return row


@action("evaluation.answer_necessity", roles=special.APPROVERS)
def answer_necessity(
    *, actor: Actor, necessity: Necessity, agrees: bool, reason: str = ""
) -> NecessityAnswer:
    """Agree, as the second person, that special words are strictly necessary, or have them struck.

    Raises:
        WrongApprover: If the actor said so, or recorded the item, under whichever account.
        ReasonMissing: If somebody disagrees without a reason.
        AlreadyDone: If it was answered already.
    """
    item = Item.objects.seen_by(actor).get(pk=necessity.item_id)
    if not is_second(actor=actor, authors=[necessity.created_by_id, item.created_by_id]):
        raise WrongApprover("Strict necessity")
    if not agrees and not reason.strip():
        raise ReasonMissing("reason", "A refusal")
    made: NecessityAnswer = _once(
        NecessityAnswer,
        f"{necessity.ref} was answered already",
        actor,
        necessity=necessity,
        agrees=agrees,
        reason=reason.strip(),
    )
    notices.notify(
        actor=actor,
        recipients=[necessity.created_by_id],
        kind="necessity_answered",
        ref=necessity.ref,
        url=reverse("evaluation:necessity", args=[necessity.ref]),
    )
    return made
