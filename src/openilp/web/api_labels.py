"""Labels over HTTP: the present one, its changes, a stricter one at once, a lower one by two people."""

from datetime import datetime
from typing import Any

from ninja import Field, Router, Schema, Status

from openilp.safeguards.actions import opens
from openilp.safeguards.models import ApprovalRequest
from openilp.safeguards.records import ProtectedRecord
from openilp.safeguards.relabelling import LABELLERS, ToldChange, changes_of, told
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT
from openilp.web import label_verbs
from openilp.web.approval_pages import request_of

router = Router(tags=["accounts"])


class LabelChangeOut(Schema):
    """One change of a label; of its matters one's own, and a reason where both labels let the reader in."""

    created_at: datetime
    by: str
    before: dict[str, Any]
    after: dict[str, Any]
    is_lowered: bool
    reason: str

    @staticmethod
    def resolve_by(row: ToldChange) -> str:
        """Return the account that changed it."""
        return row.created_by.username


class LabelOut(Schema):
    """The label of a record, with its changes."""

    level: int
    releasable_to: list[str]
    originator_control: bool
    changes: list[LabelChangeOut]


class LabelIn(Schema):
    """What is to change of a label, and why; what is left out stays as it is."""

    level: int | None = None
    releasable_to: list[str] | None = None
    originator_control: bool | None = None
    reason: str = Field(max_length=500)


class LabelDoneOut(Schema):
    """Whether the label is changed, or which request waits for a second person."""

    is_changed: bool
    approval: str = ""


@router.get("/labels/{ref}", response=LabelOut)
@opens("web.api_label", roles=CONTENT)
def label(request: ActorRequest, ref: str) -> dict[str, Any]:
    """Show the label of a record and how it changed."""
    return _shown(request, label_verbs.labelled(ref, actor=request.actor))


@router.post("/labels/{ref}", response={200: LabelDoneOut, 202: LabelDoneOut})
@opens("web.api_change_label", roles=LABELLERS)
def change_label(request: ActorRequest, ref: str, payload: LabelIn) -> Status[LabelDoneOut]:
    """Make a label stricter at once; a lower one is asked for and answered 202 with the request."""
    row = label_verbs.labelled(ref, actor=request.actor)
    done = label_verbs.change(actor=request.actor, row=row, **payload.dict())
    if isinstance(done, ApprovalRequest):
        return Status(202, LabelDoneOut(is_changed=False, approval=done.ref))
    return Status(200, LabelDoneOut(is_changed=True))


@router.post("/labels/{ref}/lower/{approval}", response=LabelOut)
@opens("web.api_lower_label", roles=LABELLERS, operation="disclosure")
def lower(request: ActorRequest, ref: str, approval: str) -> dict[str, Any]:
    """Carry out a lowering that a second person has approved, once."""
    asked = request_of(approval, actor=request.actor)
    row = label_verbs.carry_out(actor=request.actor, request=asked)
    return _shown(request, label_verbs.labelled(str(getattr(row, "ref", ref)), actor=request.actor))


def _shown(request: ActorRequest, row: ProtectedRecord) -> dict[str, Any]:
    changes = changes_of(row, actor=request.actor).select_related("created_by")[:50]
    return {
        "level": row.level,
        "releasable_to": row.releasable_to,
        "originator_control": row.originator_control,
        "changes": told(changes, actor=request.actor),
    }
