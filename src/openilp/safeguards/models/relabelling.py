"""That a label was changed: what it was, what it is, why, and by which approval."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import BooleanField, Func

from openilp.safeguards.actor import Actor
from openilp.safeguards.records import Identified

_SEES = "openilp_sees(object_table, object_id)"


class Sees(Func):
    """The condition that the row behind a table's name and an id is visible."""

    function = "openilp_sees"
    conditional = True
    output_field = BooleanField()


class LabelChange(Identified):
    """One change of one row's label; it is seen where the row is, by its present label."""

    policy_see = _SEES
    policy_record = f"created_by_id = (SELECT openilp_claim_user()) AND {_SEES}"

    object_kind = models.CharField(max_length=32)
    object_table = models.CharField(max_length=64)
    object_id = models.UUIDField()
    before = models.JSONField()
    after = models.JSONField()
    is_lowered = models.BooleanField()
    reason = models.CharField(max_length=500)
    approval = models.ForeignKey(
        "safeguards.ApprovalUse", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(Identified.Meta):
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["object_id"])]

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which changes an actor may see: those of rows that it may see."""
        return Sees("object_table", "object_id")
