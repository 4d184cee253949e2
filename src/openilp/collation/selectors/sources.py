"""Where statements come from: item, report, grade, and whether a report repeats another one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from openilp import reference
from openilp.collection.models import Item, Report
from openilp.evaluation.models import Dispute, DisputeSettlement, Duplicate, Evaluation
from openilp.evaluation.selectors import current_evaluations
from openilp.safeguards.actor import Actor

#: Copies of copies are followed so far.
_COPY_DEPTH = 4


@dataclass(frozen=True)
class Sources:
    """Items, reports and grades behind rows; what the actor may not see is absent."""

    items: dict[UUID, Item] = field(default_factory=dict)
    reports: dict[UUID, Report] = field(default_factory=dict)
    originals: dict[UUID, UUID] = field(default_factory=dict)
    evaluations: dict[UUID, Evaluation] = field(default_factory=dict)
    disputed: dict[UUID, bool] = field(default_factory=dict)

    def report_of(self, item_id: UUID | None) -> Report | None:
        """Return the report that an item is part of."""
        item = self.items.get(item_id) if item_id else None
        return self.reports.get(item.report_id) if item else None

    def root_of(self, row: Any) -> tuple[str, UUID]:
        """Return what a row goes back to: the first of repeated reports, else its import, else its author."""
        report = self.report_of(row.item_id)
        if report is not None:
            key = report.pk
            for _ in range(_COPY_DEPTH):
                key = self.originals.get(key, key)
            return ("report", key)
        if getattr(row, "batch_id", None):
            return ("import", row.batch_id)
        return ("author", row.created_by_id)

    def is_false(self, row: Any) -> bool:
        """Tell whether the report behind a row was found false."""
        report = self.report_of(row.item_id)
        return report is not None and self.disputed.get(report.pk, False)


def sources_of(rows: Iterable[Any], *, actor: Actor) -> Sources:
    """Return what statements or links rest on, with the standing grade of each item."""
    item_ids = {row.item_id for row in rows if row.item_id}
    if not item_ids:
        return Sources()
    items = {item.pk: item for item in Item.objects.seen_by(actor).filter(pk__in=item_ids)}
    report_ids = {item.report_id for item in items.values()}
    originals = _originals(report_ids, actor=actor)
    wanted = report_ids | set(originals.values())
    return Sources(
        items=items,
        reports={row.pk: row for row in Report.objects.seen_by(actor).filter(pk__in=wanted)},
        originals=originals,
        evaluations=current_evaluations(items, actor=actor),
        disputed=_disputed(report_ids, actor=actor),
    )


def _originals(reports: set[UUID], *, actor: Actor) -> dict[UUID, UUID]:
    found: dict[UUID, UUID] = {}
    ask = reports
    for _ in range(_COPY_DEPTH):
        copies = Duplicate.objects.seen_by(actor).filter(report__in=ask)
        pairs = dict(copies.values_list("report_id", "original_id"))
        found |= pairs
        ask = set(pairs.values()) - set(found)
        if not ask:
            break
    return found


def _disputed(reports: set[UUID], *, actor: Actor) -> dict[UUID, bool]:
    """Return the reports that are disputed now, and whether they were found false."""
    settled = DisputeSettlement.objects.seen_by(actor).filter(dispute=OuterRef("pk"))
    open_ones = Dispute.objects.seen_by(actor).filter(~Exists(settled), report__in=reports)
    found: dict[UUID, bool] = {}
    for key, is_false in open_ones.values_list("report_id", "is_false"):
        found[key] = found.get(key, False) or is_false
    return found


def grade_order(row: Evaluation) -> tuple[int, int]:
    """Return the place of a grade on its own scheme's axes, best first; grades of other schemes are never converted."""
    scheme = reference.grading_scheme(row.scheme, row.scheme_version)
    return (
        scheme.source.value(row.source_grade).order,
        scheme.information.value(row.information_grade).order,
    )
