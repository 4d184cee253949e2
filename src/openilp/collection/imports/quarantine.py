"""Out of quarantine: an imported report is used when somebody has said who is in it, and as what."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from openilp import reference
from openilp.collection import rules
from openilp.collection.errors import CollectionError
from openilp.collection.imports.batches import IMPORTERS
from openilp.collection.imports.reports_csv import QUARANTINED
from openilp.collection.models import Item, Mention, Report
from openilp.collection.rules import NewItem, NewMention, NewReport
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.labels import State
from openilp.safeguards.roles import Role

#: Who works at the quarantine desk for reports.
CATEGORISERS = IMPORTERS | {Role.DATA_PROTECTION_OFFICER}


def quarantined_reports(*, actor: Actor) -> Any:
    """Return the imported reports that wait to be categorised."""
    return Report.objects.seen_by(actor, states=QUARANTINED).exclude(batch=None)


@action("collection.categorise_report", roles=CATEGORISERS)
def categorise_report(
    *, actor: Actor, report: Report, mentions: Sequence[NewMention] = (), has_no_persons: bool = False
) -> Report:
    """Take an imported report out of quarantine: name the persons in it with their categories, or say there are none.

    Raises:
        RecordNotFound: If it is not in quarantine.
        CollectionError: If neither persons nor their absence is stated, or a person has no category.
        PredicateMissing: If somebody becomes a suspect without facts.
    """
    held = quarantined_reports(actor=actor).filter(pk=report.pk)
    if not held.exists():
        raise RecordNotFound(report.ref)
    _check(report, mentions, has_no_persons=has_no_persons)
    items = Item.objects.seen_by(actor, states=QUARANTINED).filter(report=report)
    first = items.order_by("number").first()
    items.amend(expect=items.count(), state=State.NORMAL)
    held.amend(state=State.NORMAL)
    out: Report = Report.objects.seen_by(actor).get(pk=report.pk)
    if mentions and first is not None:
        item = Item.objects.seen_by(actor).get(pk=first.pk)
        Mention.objects.record_many(
            actor=actor,
            rows=[
                {
                    "item": item,
                    "entity_type": mention.entity_type,
                    "text": mention.text.strip(),
                    "proposed_category": mention.proposed_category,
                    "predicate": mention.predicate.strip(),
                }
                for mention in mentions
            ],
        )
    return out


def _check(report: Report, mentions: Sequence[NewMention], *, has_no_persons: bool) -> None:
    as_at_entry = NewReport(
        items=[NewItem(report.text, "fact", mentions)],
        urgency=report.urgency,
        provenance=report.provenance,
        language=report.language,
    )
    rules.check(as_at_entry, now=timezone.now())
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
