"""Out of quarantine: an imported report is used when somebody has said who is in it, and as what.

What was imported is not edited. It is taken over as a report of its own, with the provenance, the matter and the law
that the desk says; the row that came in stays in quarantine until it is erased. So does one that is refused.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from openilp import reference
from openilp.collection import rules, wording
from openilp.collection.errors import CollectionError
from openilp.collection.imports.batches import IMPORTERS
from openilp.collection.imports.errors import AlreadyDecided
from openilp.collection.imports.reports_csv import QUARANTINED
from openilp.collection.models import Item, Mention, QuarantineRefusal, Report
from openilp.collection.rules import NewItem, NewMention, NewReport
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.labels import State
from openilp.safeguards.roles import Role

#: Who works at the quarantine desk for reports.
CATEGORISERS = IMPORTERS | {Role.DATA_PROTECTION_OFFICER}


def quarantined_reports(*, actor: Actor) -> Any:
    """Return the imported reports that wait to be categorised: neither taken over nor refused."""
    taken = Report.objects.seen_by(actor).filter(taken_from=OuterRef("pk"))
    refused = QuarantineRefusal.objects.seen_by(actor, states=QUARANTINED).filter(report=OuterRef("pk"))
    held = Report.objects.seen_by(actor, states=QUARANTINED).exclude(batch=None)
    return held.filter(~Exists(taken), ~Exists(refused))


def quarantined_report(ref: str, *, actor: Actor) -> Report:
    """Return an imported report that waits, by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see there.
    """
    found: Report | None = quarantined_reports(actor=actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def refusals(*, actor: Actor) -> Any:
    """Return why imported reports were refused, with the reports."""
    return QuarantineRefusal.objects.seen_by(actor, states=QUARANTINED).select_related("report")


def held_items(report: Report, *, actor: Actor) -> list[Item]:
    """Return the items of a report in quarantine, in order."""
    return list(Item.objects.seen_by(actor, states=QUARANTINED).filter(report=report).order_by("number"))


@action("collection.categorise_report", roles=CATEGORISERS)
def categorise_report(
    *,
    actor: Actor,
    report: Report,
    mentions: Sequence[NewMention] = (),
    has_no_persons: bool = False,
    provenance: str = "",
    legal_basis: str = "",
    review_on: date | None = None,
    wording_confirmed: bool = False,
) -> Report:
    """Take an imported report over: name the persons in it with their categories, or say that there are none.

    Args:
        actor: Who takes it over; the matter acted for becomes its purpose.
        report: One in quarantine.
        mentions: Who and what it names; persons with a category each.
        has_no_persons: Whether it names nobody.
        provenance: How the reporter knows it; by default as imported.
        legal_basis: The law that it is kept under; by default as imported.
        review_on: First review.
        wording_confirmed: Whether words on specially protected facts are strictly necessary.

    Raises:
        RecordNotFound: If it is not in quarantine.
        CollectionError: If neither persons nor their absence is stated, or a person has no category.
        PredicateMissing: If somebody becomes a suspect without facts.
        WordingToConfirm: If it touches specially protected facts and nobody confirmed their need.
        AlreadyDecided: If somebody else was faster.
    """
    if not quarantined_reports(actor=actor).filter(pk=report.pk).exists():
        raise RecordNotFound(report.ref)
    items = held_items(report, actor=actor)
    new = _as_at_entry(report, items, mentions, provenance or report.provenance)
    rules.check(new, now=timezone.now())
    _check_persons(mentions, has_no_persons=has_no_persons)
    new = wording.confirm(new, is_confirmed=wording_confirmed)
    lawful: dict[str, Any] = {"legal_basis": legal_basis or report.legal_basis}
    if review_on is not None:
        lawful["review_on"] = review_on
    try:
        with transaction.atomic():
            return _take_over(actor, report, items, new, lawful)
    except IntegrityError as error:
        raise AlreadyDecided(report.ref) from error


@action("collection.refuse_report", roles=CATEGORISERS)
def refuse_report(*, actor: Actor, report: Report, reason: str) -> QuarantineRefusal:
    """Refuse an imported report with the reason: nobody uses it, and it goes when its time is over.

    Raises:
        RecordNotFound: If it is not in quarantine.
        CollectionError: If there is no reason.
        AlreadyDecided: If somebody else was faster.
    """
    if not quarantined_reports(actor=actor).filter(pk=report.pk).exists():
        raise RecordNotFound(report.ref)
    text = rules.reason(reason)
    try:
        with transaction.atomic():
            row: QuarantineRefusal = QuarantineRefusal.objects.record(actor=actor, report=report, reason=text)
    except IntegrityError as error:
        raise AlreadyDecided(report.ref) from error
    return row


def _as_at_entry(
    report: Report, items: Sequence[Item], mentions: Sequence[NewMention], provenance: str
) -> NewReport:
    """Return it as a reporter would have handed it in; what is mentioned stands with the first item."""
    return NewReport(
        items=[
            NewItem(item.text, item.kind, tuple(mentions) if number == 0 else ())
            for number, item in enumerate(items)
        ],
        urgency=report.urgency,
        provenance=provenance,
        title=report.title,
        provenance_note=report.provenance_note,
        language=report.language,
        observed_at=report.observed_at,
        place=report.place,
        longitude=report.longitude,
        latitude=report.latitude,
    )


def _check_persons(mentions: Sequence[NewMention], *, has_no_persons: bool) -> None:
    people = [mention for mention in mentions if reference.entity_type(mention.entity_type).is_person]
    if bool(people) == has_no_persons:
        raise CollectionError(
            "mentions",
            "Say who is in the report, with a category each, or that it names no persons: one of the two.",
        )
    for mention in people:
        category = mention.proposed_category
        if not category or not reference.subject_category(category).searchable:
            raise CollectionError(
                "proposed_category",
                f"'{mention.text}' has no category; choose one such as contact, witness or victim.",
            )


def _take_over(
    actor: Actor, held: Report, items: Sequence[Item], new: NewReport, lawful: dict[str, Any]
) -> Report:
    report: Report = Report.objects.record(
        actor=actor,
        label=replace(held.label, state=State.NORMAL),
        taken_from=held,
        batch_id=held.batch_id,
        foreign_key=held.foreign_key,
        title=held.title,
        text=held.text,
        language=new.language,
        urgency=new.urgency,
        provenance=new.provenance,
        provenance_note=new.provenance_note,
        observed_at=new.observed_at,
        place=new.place,
        longitude=new.longitude,
        latitude=new.latitude,
        necessary_wording=sorted(set(new.necessary_wording)),
        **lawful,
    )
    kept = ("number", "text", "kind", "sentence_start", "sentence_end")
    taken = Item.objects.record_many(
        actor=actor,
        rows=[{"report": report, **{name: getattr(item, name) for name in kept}} for item in items],
    )
    rows = [
        {
            "item": taken[0],
            "entity_type": mention.entity_type,
            "text": mention.text.strip(),
            "proposed_category": mention.proposed_category,
            "predicate": mention.predicate.strip(),
        }
        for mention in new.items[0].mentions
    ]
    if rows:
        Mention.objects.record_many(actor=actor, rows=rows)
    return report
