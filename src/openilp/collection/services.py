"""Verbs of entry."""

from datetime import date
from typing import Any

from openilp.collection import rules
from openilp.collection.models import Item, Mention, Report
from openilp.collection.rules import NewReport
from openilp.direction.models import Requirement
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import Label
from openilp.safeguards.roles import CONTENT


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
    """Record a report with its items and mentions, as received."""
    rules.check(new)
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
        **lawful,
    )
    _record_items(actor, report, new, spans)
    return report


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
