"""Changing a label from a page or a program: what is tighter is done, what is lower is asked for."""

from typing import Any
from uuid import UUID

from openilp.safeguards import approvals, find
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.models import ApprovalRequest, LabelChange
from openilp.safeguards.records import ProtectedRecord
from openilp.safeguards.relabelling import label_like, lower_label, lowering, tighten_label


def labelled(ref: str, *, actor: Actor) -> ProtectedRecord:
    """Return the row with a reference that carries a label of its own.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    row = find.by_reference(ref, actor=actor)
    if not isinstance(row, ProtectedRecord):
        raise RecordNotFound(ref)
    return row


def change(
    *, actor: Actor, row: ProtectedRecord, reason: str, **wanted: Any
) -> LabelChange | ApprovalRequest:
    """Tighten a label at once, or ask a second person where anybody would see the row who could not before."""
    label = label_like(row, **wanted)
    if label.covers(row.label):
        return tighten_label(actor=actor, row=row, label=label, reason=reason)
    return approvals.ask(actor=actor, subject=lowering(row, label), reason=reason)


def carry_out(*, actor: Actor, request: ApprovalRequest) -> ProtectedRecord:
    """Lower a label as it was approved.

    Raises:
        RecordNotFound: If the actor may no longer see the row.
    """
    model = find.kinds()[request.object_kind]
    row: ProtectedRecord | None = model.objects.seen_by(actor).filter(pk=request.object_id).first()
    if row is None:
        raise RecordNotFound(request.object_name)
    given = request.parameters
    label = Label(
        Level(given["level"]),
        frozenset(UUID(key) for key in given["compartments"]),
        row.owner_unit_id,
        frozenset(given["releasable_to"]),
        given["originator_control"],
        row.label.state,
    )
    lower_label(actor=actor, row=row, label=label, reason=request.reason, approval=request)
    return row
