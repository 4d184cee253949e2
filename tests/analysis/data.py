"""Incidents, graded items and links that the tests of this room analyse."""

import hashlib
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from openilp.collation.models import Entity, Link, Statement
from openilp.collection.models import ImportBatch, Incident, Item, Report
from openilp.evaluation.models import Evaluation
from openilp.safeguards.actor import Actor
from tests.factories import lawful

LON, LAT = 100.0, 47.0
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[99.97, 46.98], [100.05, 46.98], [100.05, 47.03], [99.97, 47.03], [99.97, 46.98]]],
}


def incidents(actor: Actor, rows: list[dict[str, Any]], **more: Any) -> list[Incident]:
    """Record incidents of one batch; each row overrides a burglary at noon."""
    batch = ImportBatch.objects.record(
        actor=actor, mapping="test", file_name="test.csv", sha256="0" * 64, **lawful(**more)
    )
    filled = [
        {
            "batch": batch,
            "crime_type": "burglary",
            "time_precision": "minute",
            "longitude": LON,
            "latitude": LAT,
            "content_hash": hashlib.blake2b(f"{batch.pk}{i}".encode(), digest_size=16).digest(),
            **row,
        }
        for i, row in enumerate(rows)
    ]
    for row in filled:
        row.setdefault("ends_at", row["starts_at"])
    made: list[Incident] = Incident.objects.record_many(actor=actor, rows=filled)
    return made


def a_year(actor: Actor, *, without: tuple[int, ...] = (), precision: str = "minute") -> list[Incident]:
    """Record a cluster of 20 burglaries and a scatter of 20 robberies a month in 2025, some months missing."""
    rows: list[dict[str, Any]] = []
    for month in range(1, 13):
        if month in without:
            continue
        for i in range(40):
            close = i < 20
            at = datetime(2025, month, 1, 22, 15, tzinfo=UTC) + timedelta(days=i % 20)
            if precision == "month":
                at = datetime(2025, month, 1, tzinfo=UTC)
            rows.append(
                {
                    "crime_type": "burglary" if close else "robbery",
                    "starts_at": at,
                    "longitude": LON if close else LON - 0.02 + 0.003 * (i - 20) + 0.0001 * month,
                    "latitude": LAT if close else LAT - 0.01 + 0.001 * ((i * 7) % 20),
                    "time_precision": precision,
                }
            )
    return incidents(actor, rows)


def graded_item(
    actor: Actor, text: str = "Tools were seen in the yard.", **more: Any
) -> tuple[Item, Evaluation]:
    """Record a report with one item and its evaluation."""
    report = Report.objects.record(
        actor=actor, title=text[:60], text=text, urgency="low", provenance="seen", **lawful(**more)
    )
    item = Item.objects.record(actor=actor, report=report, number=1, text=text, kind="fact")
    return item, evaluation(actor, item)


def evaluation(actor: Actor, item: Item, **more: Any) -> Evaluation:
    """Grade an item."""
    values: dict[str, Any] = {
        "item": item,
        "scheme": "europol-4x4",
        "scheme_version": "1",
        "source_grade": "B",
        "information_grade": "2",
        "handling_scheme": "europol-h",
        "handling": "H1",
    }
    row: Evaluation = Evaluation.objects.record(actor=actor, **values | more)
    return row


def chain(actor: Actor, names: list[str], **more: Any) -> list[Entity]:
    """Record persons in a chain of links, each named by a statement."""
    made = []
    for name in names:
        entity = Entity.objects.record(actor=actor, kind="person")
        Statement.objects.record(
            actor=actor,
            entity=entity,
            property="name",
            value=name,
            value_key=name.casefold(),
            kind="fact",
            **lawful(**more),
        )
        made.append(entity)
    for left, right in pairwise(made):
        Link.objects.record(
            actor=actor,
            source=left,
            target=right,
            type="associate_of",
            confirmation="confirmed",
            kind="fact",
            **lawful(**more),
        )
    return made
