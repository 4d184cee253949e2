"""Verbs of entry."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.utils import timezone

from openilp.collection import files, rules, selectors
from openilp.collection.errors import AlreadyAttached, NotTheReporter
from openilp.collection.models import Attachment, Item, Mention, Report
from openilp.collection.rules import NewReport
from openilp.direction.models import Requirement
from openilp.safeguards import notices
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
