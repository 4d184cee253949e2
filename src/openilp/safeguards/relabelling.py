"""Changing a label: tighter by one person with a reason, lower by two.

Lower is every label that lets anybody see the row who could not before: a lower level, a matter less, a recipient more,
control given up by the originator. The second person may see the record as it is labelled now; where the originator
kept control, he is of the originator's unit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from openilp.safeguards import approvals
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.approvals import Subject
from openilp.safeguards.errors import Conflict, InvalidInput
from openilp.safeguards.gate import related
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.models import ApprovalRequest, LabelChange, User
from openilp.safeguards.models.approvals import LOWER
from openilp.safeguards.records import ProtectedRecord
from openilp.safeguards.roles import Role

#: Who asks for a lower label, and who may be the second person.
LABELLERS = frozenset({Role.HEAD_OF_INTELLIGENCE, Role.CHAIR})
APPROVERS = frozenset({Role.HEAD_OF_INTELLIGENCE, Role.CHAIR, Role.DATA_PROTECTION_OFFICER})
_SHORTEST_REASON = 10

approvals.two_person(LOWER, approvers=APPROVERS, hours=72)


class LabelInput(InvalidInput):
    """Say what of a label cannot be taken as given."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class NotTighter(Conflict):
    """Say that a label would let somebody see more, so that it needs a second person."""

    def __init__(self) -> None:
        super().__init__(
            "This label lets somebody see the record who could not before; ask a second person for it."
        )


@dataclass(frozen=True)
class ToldChange:
    """A change of a label as far as somebody may read it; `reason` is empty for whom either label keeps out."""

    created_at: datetime
    created_by: User
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    is_lowered: bool
    reason: str


def label_like(
    row: ProtectedRecord,
    *,
    level: int | None = None,
    compartments: Iterable[UUID] | None = None,
    releasable_to: Iterable[str] | None = None,
    originator_control: bool | None = None,
) -> Label:
    """Return the label of a row with some parts of it changed.

    Raises:
        LabelInput: If the level is none, or the label would be lower than that of the row that this one is a part of.
    """
    label = row.label
    try:
        wanted = replace(
            label,
            level=label.level if level is None else Level(level),
            compartments=label.compartments if compartments is None else frozenset(compartments),
            releasable_to=label.releasable_to
            if releasable_to is None
            else frozenset(code.strip().upper() for code in releasable_to if code.strip()),
            originator_control=label.originator_control if originator_control is None else originator_control,
        )
    except ValueError as error:
        raise LabelInput("level", f"{level} is no level; use 0 (open) to 3 (confidential).") from error
    parent = related(row, row.parent) if row.parent else None
    if parent is not None and not wanted.covers(parent.label):
        raise LabelInput(
            "level", "A part is never lower than the whole; change the label of the whole first."
        )
    return wanted


@action("safeguards.tighten_label", roles=LABELLERS, operation="alteration")
def tighten_label(*, actor: Actor, row: ProtectedRecord, label: Label, reason: str) -> LabelChange:
    """Put a stricter label on a row; its parts become as strict.

    Raises:
        NotTighter: If anybody could see the row who could not before.
        LabelInput: If the reason says nothing, or nothing would change.
    """
    _check(row, label, reason)
    if not label.covers(row.label):
        raise NotTighter
    return _change(actor, row, label, reason, use=None)


def lowering(row: ProtectedRecord, label: Label) -> Subject:
    """Return what a second person approves: this row, from its present label to another one."""
    parameters = _said(label)
    if row.originator_control:
        parameters["originator_unit"] = str(row.owner_unit_id)
    name = getattr(row, "ref", "") or str(row.pk)
    return Subject(LOWER, str(row._meta.model_name), row.pk, name, parameters, seen=_said(row.label))


@action(LOWER, roles=LABELLERS, operation="disclosure")
def lower_label(
    *, actor: Actor, row: ProtectedRecord, label: Label, reason: str, approval: ApprovalRequest | None = None
) -> LabelChange:
    """Put a lower label on a row, as a second person has approved it.

    Raises:
        LabelInput: If the reason says nothing, or nothing would change.
        ApprovalNeeded: Without an approval; the other errors of `approvals.consume` where it does not fit.
    """
    _check(row, label, reason)
    use = approvals.consume(actor=actor, request=approval, subject=lowering(row, label))
    return _change(actor, row, label, reason, use=use)


def changes_of(row: ProtectedRecord, *, actor: Actor) -> Any:
    """Return the changes of a row's label, newest first."""
    return LabelChange.objects.seen_by(actor).filter(object_id=row.pk).order_by("-created_at")


def told(changes: Iterable[LabelChange], *, actor: Actor) -> list[ToldChange]:
    """Return changes as an actor may read them: whoever sees a row by its present label need not know the former one.

    The actor's own matters alone are named, and a reason is for those whom both labels let in.
    """
    return [
        ToldChange(
            change.created_at,
            change.created_by,
            _named(change.before, actor),
            _named(change.after, actor),
            change.is_lowered,
            change.reason if _lets_in(change.before, actor) and _lets_in(change.after, actor) else "",
        )
        for change in changes
    ]


def _named(said: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    own = {str(key) for key in actor.compartments}
    return {**said, "compartments": [key for key in said["compartments"] if key in own]}


def _lets_in(said: Mapping[str, Any], actor: Actor) -> bool:
    inside = frozenset(UUID(key) for key in said["compartments"])
    return actor.may_see(Label(Level(said["level"]), inside, actor.unit_id, frozenset(said["releasable_to"])))


def _check(row: ProtectedRecord, label: Label, reason: str) -> None:
    if label == row.label:
        raise LabelInput("level", "This is the label that the record has; choose another one.")
    if len(reason.strip()) < _SHORTEST_REASON:
        raise LabelInput("reason", "Say in a sentence why the label changes.")


def _said(label: Label) -> dict[str, Any]:
    return {
        "level": int(label.level),
        "compartments": sorted(str(key) for key in label.compartments),
        "releasable_to": sorted(label.releasable_to),
        "originator_control": label.originator_control,
    }


def _change(actor: Actor, row: ProtectedRecord, label: Label, reason: str, *, use: Any) -> LabelChange:
    before, after, table = _said(row.label), _said(label), row._meta.db_table
    made: LabelChange = LabelChange.objects.record(
        actor=actor,
        object_kind=str(row._meta.model_name),
        object_table=table,
        object_id=row.pk,
        before=before,
        after=after,
        is_lowered=use is not None,
        reason=reason.strip(),
        approval=use,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT openilp_relabel(%s, %s, %s, %s::uuid[], %s::text[], %s, %s)",
            [
                table,
                row.pk,
                after["level"],
                after["compartments"],
                after["releasable_to"],
                after["originator_control"],
                use.pk if use else None,
            ],
        )
    return made
