"""That a record is sensitive, and who said why before opening it."""

from typing import Any, ClassVar

from django.db import models

from openilp.safeguards.actor import Actor
from openilp.safeguards.models.relabelling import Sees
from openilp.safeguards.records import Identified
from openilp.safeguards.roles import Role

#: Who says that a record is sensitive, and who says that it is no longer.
MARKERS = (Role.HEAD_OF_INTELLIGENCE, Role.CHAIR, Role.DATA_PROTECTION_OFFICER)
#: Who reads all the reasons that were given, besides whoever marked the record.
OVERSEERS = (Role.DATA_PROTECTION_OFFICER, Role.OVERSIGHT)
_SEES = "openilp_sees(object_table, object_id)"
_MINE = "created_by_id = (SELECT openilp_claim_user())"
_MY_ROLES = "(SELECT openilp_claim_roles())"
_MARKS = f"{_MINE} AND {_MY_ROLES} && '{{{','.join(MARKERS)}}}'::text[]"


class SensitiveMark(Identified):
    """That a record is sensitive; it is seen where the record is."""

    policy_see = _SEES
    policy_record = f"{_MARKS} AND {_SEES}"

    object_kind = models.CharField(max_length=32)
    object_table = models.CharField(max_length=64)
    object_id = models.UUIDField(db_index=True)
    object_ref = models.CharField(max_length=16)
    reason = models.CharField(max_length=500)

    class Meta(Identified.Meta):
        pass

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which marks an actor may see: those of rows that it may see."""
        return Sees("object_table", "object_id")


class SensitiveEnd(Identified):
    """That a record is sensitive no longer: one row a mark."""

    policy_see = (
        "EXISTS (SELECT 1 FROM safeguards_sensitivemark m WHERE m.id = safeguards_sensitiveend.mark_id)"
    )
    policy_record = f"{_MARKS} AND {policy_see}"

    mark = models.OneToOneField(SensitiveMark, on_delete=models.PROTECT, related_name="end")
    reason = models.CharField(max_length=500)

    class Meta(Identified.Meta):
        pass

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which ends an actor may see: those of marks that it may see."""
        return models.Q(mark__in=SensitiveMark.objects.seen_by(actor))


class SensitiveOpening(Identified):
    """That somebody said why before opening a sensitive record; seen by that account, the marker and oversight."""

    policy_see = (
        f"CASE WHEN {_MINE} OR {_MY_ROLES} && '{{{','.join(OVERSEERS)}}}'::text[] THEN true"
        " ELSE marker_id = (SELECT openilp_claim_user()) END"
    )
    policy_record = (
        f"{_MINE} AND EXISTS (SELECT 1 FROM safeguards_sensitivemark m"  # noqa: S608 (constants of ours)
        " WHERE m.id = safeguards_sensitiveopening.mark_id"
        " AND m.created_by_id = safeguards_sensitiveopening.marker_id)"
    )

    mark = models.ForeignKey(SensitiveMark, on_delete=models.PROTECT, related_name="openings")
    marker = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    until = models.DateTimeField(help_text="for so long the record opens to this account")

    class Meta(Identified.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_by", "until"], name="sensitive_opened_by")
        ]

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which reasons an actor may read: its own, and those to its own marks; oversight reads all."""
        if actor.has_role(*OVERSEERS):
            return models.Q()
        return models.Q(created_by=actor.user_id) | models.Q(marker=actor.user_id)
