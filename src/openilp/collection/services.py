"""Verbs of entry."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from openilp.collection import files, rules, selectors
from openilp.collection.errors import (
    AlreadyAnswers,
    AlreadyAttached,
    AnswerReplaced,
    CollectionError,
    NotTheReporter,
)
from openilp.collection.models import Answer, Attachment, Item, Mention, Report
from openilp.collection.rules import NewReport
from openilp.direction.models import CollectionPlan, PlanLine, Requirement
from openilp.safeguards import gate, notices
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import Label
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import CONTENT, INTELLIGENCE

#: The urgency that alerts the duty officer at once.
_ALERTING = "high"


@action("collection.submit_report", roles=CONTENT, operation="collection")
def submit_report(
    *,
    actor: Actor,
    new: NewReport,
    legal_basis: str,
    label: Label | None = None,
    review_on: date | None = None,
    requirement: Requirement | None = None,
    foreign_key: str = "",
) -> Report:
    """Record a report with its items and mentions, as received; high urgency alerts the duty officers.

    Raises:
        CollectionError: If something is missing, unknown or impossible; it names the field.
        MissingLawfulness: If the legal basis is not in force.
    """
    if new.observed_at is not None and timezone.is_naive(new.observed_at):
        new = replace(new, observed_at=timezone.make_aware(new.observed_at))
    rules.check(new, now=timezone.now())
    text, spans = rules.text_of(new)
    lawful: dict[str, Any] = {"legal_basis": legal_basis}
    if review_on is not None:
        lawful["review_on"] = review_on
    if label is not None:
        lawful["label"] = label
    report: Report = Report.objects.record(
        actor=actor,
        title=rules.title_of(new),
        text=text,
        language=new.language,
        urgency=new.urgency,
        observed_at=new.observed_at,
        provenance=new.provenance,
        provenance_note=new.provenance_note,
        requirement=requirement,
        foreign_key=foreign_key,
        place=new.place,
        longitude=new.longitude,
        latitude=new.latitude,
        necessary_wording=sorted(set(new.necessary_wording)),
        **lawful,
    )
    _record_items(actor, report, new, spans)
    if report.urgency == _ALERTING:
        _alert(actor, report)
    if requirement is not None:
        _tell_asker(actor, report, requirement)
    return report


@action("collection.attach_file", roles=CONTENT, operation="collection")
def attach_file(*, actor: Actor, report: Report, stream: files.Readable, name: str) -> Attachment:
    """Attach a file to a report: by its author, or by the intelligence unit.

    Raises:
        FileRefused: If it is empty, too large, of a kind that is not taken, or a harmful archive.
        AlreadyAttached: If the report carries the very same file.
    """
    if report.created_by_id != actor.user_id and not actor.has_role(*INTELLIGENCE):
        raise NotTheReporter(report.ref)
    shown = files.clean_name(name)
    kept = files.keep(stream, name=shown)
    same = Attachment.objects.seen_by(actor).filter(report=report, sha256=kept.sha256).first()
    if same is not None:
        raise AlreadyAttached(shown, same.ref)
    row: Attachment = Attachment.objects.record(
        actor=actor,
        report=report,
        sha256=kept.sha256,
        name=shown,
        media_type=kept.media_type,
        size=kept.size,
    )
    return row


@action("collection.tie_report", roles=CONTENT)
def tie_report(
    *,
    actor: Actor,
    report: Report,
    reason: str,
    requirement: Requirement | None = None,
    line: PlanLine | None = None,
    supersedes: Answer | None = None,
) -> Answer:
    """Say that a report, handed in before, answers a requirement or a line of its plan; the report stays as it is.

    Args:
        actor: The report's author, or somebody of the intelligence unit.
        report: What came in.
        reason: Why it answers the question.
        requirement: The question; by default that of the line.
        line: The line of a collection plan that it was collected for.
        supersedes: An earlier word of this kind about the same report that was wrong.

    Raises:
        CollectionError: If neither requirement nor line is given, they do not belong together, or there is no reason.
        AlreadyAnswers: If the report is tied to it already.
        AnswerReplaced: If somebody else has replaced the earlier word meanwhile.
    """
    if report.created_by_id != actor.user_id and not actor.has_role(*INTELLIGENCE):
        raise NotTheReporter(report.ref)
    plan = gate.related(line, "plan") if line is not None else None
    asked = _question(requirement, plan)
    text = rules.reason(reason)
    replaced = _replaceable(actor, report, supersedes)
    if selectors.is_tied(report, asked, line, actor=actor):
        raise AlreadyAnswers(report.ref, asked.ref)
    try:
        with transaction.atomic():
            row: Answer = Answer.objects.record(
                actor=actor,
                label=report.label.join(asked.label),
                report=report,
                requirement=asked,
                plan=plan,
                line=line,
                reason=text,
                supersedes=replaced,
            )
    except IntegrityError as error:
        raise AnswerReplaced(report.ref) from error
    _tell_asker(actor, report, asked)
    return row


def _question(requirement: Requirement | None, plan: CollectionPlan | None) -> Requirement:
    """Return the requirement that is meant, which a line's plan must be made for."""
    of_plan = gate.related(plan, "requirement") if plan is not None else None
    asked: Requirement | None = requirement or of_plan
    if asked is None:
        raise CollectionError("requirement", "Choose the question, or the line of a plan, that it answers.")
    if of_plan is not None and of_plan.pk != asked.pk:
        raise CollectionError(
            "line", f"The line belongs to {of_plan.ref}, not to {asked.ref}; choose one of its own."
        )
    return asked


def _replaceable(actor: Actor, report: Report, supersedes: Answer | None) -> Answer | None:
    if supersedes is not None and supersedes.pk not in {
        row.pk for row in selectors.answers_of(report, actor=actor)
    }:
        raise AnswerReplaced(report.ref)
    return supersedes


def _alert(actor: Actor, report: Report) -> None:
    notices.notify(
        actor=actor,
        recipients=[officer.pk for officer in selectors.duty_officers(report.label, actor=actor)],
        kind="urgent_report",
        ref=report.ref,
        url=f"/evaluation/reports/{report.ref}",
        is_urgent=True,
    )


def _tell_asker(actor: Actor, report: Report, requirement: Requirement) -> None:
    asker = requirement.asker
    if asker.pk == actor.user_id or not asker.is_active or not actor_for(asker).may_see(report.label):
        return
    notices.notify(
        actor=actor,
        recipients=[asker.pk],
        kind="report_on_your_question",
        ref=report.ref,
        url=f"/collection/reports/{report.ref}",
    )


def _record_items(actor: Actor, report: Report, new: NewReport, spans: list[tuple[int, int]]) -> None:
    items = Item.objects.record_many(
        actor=actor,
        rows=[
            {
                "report": report,
                "number": number,
                "text": item.text.strip(),
                "kind": item.kind,
                "sentence_start": begin,
                "sentence_end": end,
            }
            for number, (item, (begin, end)) in enumerate(zip(new.items, spans, strict=True), start=1)
        ],
    )
    mentions = [
        {
            "item": row,
            "entity_type": mention.entity_type,
            "text": mention.text.strip(),
            "proposed_category": mention.proposed_category,
            "predicate": mention.predicate.strip(),
        }
        for row, item in zip(items, new.items, strict=True)
        for mention in item.mentions
    ]
    if mentions:
        Mention.objects.record_many(actor=actor, rows=mentions)
