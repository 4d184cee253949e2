"""How long records are kept, and what remains of those that were erased."""

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from openilp.safeguards.actor import Actor
from openilp.safeguards.gate import AmbientGate, Gate
from openilp.safeguards.records import Identified
from openilp.safeguards.roles import Role

#: Who may read what was erased when, under which rule: ids and counts, no content.
WITNESSES = (Role.DATA_PROTECTION_OFFICER, Role.OVERSIGHT, Role.HEAD_OF_INTELLIGENCE)
_MY_ROLES = "(SELECT openilp_claim_roles())"


class RetentionClock(models.Model):
    """The clock of one record: rule, next review, and the night in which it goes if nobody reviews it.

    It is seen where its record is. The application reads it only; it moves through the functions of the database.
    """

    beside: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=32)
    record_id = models.UUIDField()
    rule = models.CharField(max_length=32)
    started_on = models.DateField()
    due_on = models.DateField()
    erase_on = models.DateField()
    ends_on = models.DateField(null=True, help_text="the hard stop: no review keeps it longer")
    cause = models.CharField(max_length=24, help_text="what set the clock last")
    restricted_on = models.DateField(null=True, help_text="since when nobody may use it")
    review_id = models.UUIDField(null=True, help_text="the review that set it")
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Gate] = Gate()
    behind_keys: ClassVar[AmbientGate] = AmbientGate()

    class Meta:
        base_manager_name = "behind_keys"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "record_id"], name="one_clock_a_record"),
            models.CheckConstraint(
                condition=models.Q(due_on__lt=models.F("erase_on")) | models.Q(cause="ordered"),
                name="clock_reviews_before_it_erases",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_on", "id"], name="clock_due"),
            models.Index(fields=["erase_on"], name="clock_erase"),
        ]


class Erasure(Identified):
    """The certificate of one erasure: under which rule, how many rows, what was issued anew, who was told."""

    ref_prefix = "ER"
    policy_see = (
        f"CASE WHEN {_MY_ROLES} && '{{{','.join(WITNESSES)}}}'::text[]"
        " OR created_by_id = (SELECT openilp_claim_user()) THEN true ELSE false END"
    )
    policy_record = "created_by_id = (SELECT openilp_claim_user())"

    ref = models.CharField(max_length=16, unique=True, editable=False)
    cause = models.CharField(max_length=16)
    rules = ArrayField(models.CharField(max_length=32))
    roots = models.JSONField(help_text="[{kind, id, rule}]")
    erased = models.JSONField(help_text="number of rows by kind")
    reissued = models.JSONField(help_text="[{kind, id, was, now}]: frozen texts and their hashes")
    told = models.PositiveIntegerField(help_text="recipients who were told")
    files = ArrayField(models.CharField(max_length=64), help_text="hashes of files that were removed")
    digest = models.CharField(max_length=64, help_text="SHA-256 over the ids of all erased rows, in order")

    class Meta(Identified.Meta):
        pass

    def __str__(self) -> str:
        """Return the reference."""
        return self.ref

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which erasures an actor may see: all for those who control, own ones for the others."""
        return models.Q() if actor.has_role(*WITNESSES) else models.Q(created_by=actor.user_id)


class Tombstone(models.Model):
    """What is left of an erased record: id, reference, rule and date, under the label that it had."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=32)
    record_id = models.UUIDField()
    ref = models.CharField(max_length=16, blank=True)
    rule = models.CharField(max_length=32)
    erased_on = models.DateField()
    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, related_name="+")
    is_root = models.BooleanField(default=False)
    is_expanded = models.BooleanField(default=False)
    made_in = models.BigIntegerField(help_text="the database's transaction in which it was erased")
    level = models.SmallIntegerField()
    compartments = ArrayField(models.UUIDField(), default=list)
    owner_unit = models.ForeignKey("safeguards.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    releasable_to = ArrayField(models.CharField(max_length=32), default=list)
    originator_control = models.BooleanField(default=False)
    state = models.CharField(max_length=16)

    objects: ClassVar[Gate] = Gate()
    behind_keys: ClassVar[AmbientGate] = AmbientGate()

    class Meta:
        base_manager_name = "behind_keys"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "record_id"], name="one_tombstone_a_record")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["ref"], name="tombstone_ref")]
