"""That a reader of a product must learn of a correction or restriction: ids and codes, no content."""

from typing import Any, ClassVar

from django.db import models

from openilp.oversight.models.rights import IS_OFFICER, told_of
from openilp.safeguards.records import Identified

_MINE = "(SELECT openilp_claim_user())"


class CorrectionNotice(Identified):
    """One reader of one release, until the reader has taken note (Art. 16(6))."""

    amendable = ("acknowledged_at",)
    policy_see = f"CASE WHEN {IS_OFFICER} OR recipient_id = {_MINE} OR created_by_id = {_MINE} THEN true ELSE false END"
    policy_record = f"created_by_id = {_MINE}"

    order_id = models.UUIDField()
    measure = models.CharField(max_length=16)
    release_ref = models.CharField(max_length=16)
    record_ref = models.CharField(max_length=16, blank=True)
    recipient = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)

    class Meta(Identified.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["order_id", "release_ref", "recipient"], name="told_once")
        ]

    @staticmethod
    def gate_rule(actor: Any) -> Any:
        """Return which notices an actor may see."""
        return told_of(actor)
