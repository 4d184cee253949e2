"""What happened: golden thread, audit log, notices, idempotency keys."""

from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from openilp.safeguards.gate import AmbientGate, Gate


class ThreadEdge(models.Model):
    """One step of the golden thread, in the direction in which evidence flows."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    from_kind = models.CharField(max_length=32)
    from_id = models.UUIDField()
    to_kind = models.CharField(max_length=32)
    to_id = models.UUIDField()
    kind = models.CharField(max_length=32)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")
    level = models.SmallIntegerField()
    compartments = ArrayField(models.UUIDField(), default=list)
    owner_unit = models.ForeignKey("safeguards.Unit", on_delete=models.PROTECT, related_name="+")
    releasable_to = ArrayField(models.CharField(max_length=32), default=list)
    originator_control = models.BooleanField(default=False)
    state = models.CharField(max_length=16)

    objects: ClassVar[Gate] = Gate()
    behind_keys: ClassVar[AmbientGate] = AmbientGate()

    class Meta:
        base_manager_name = "behind_keys"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["from_id"]),
            models.Index(fields=["to_id"]),
        ]


class AuditEvent(models.Model):
    """A sequenced audit event, as it stands in the log on disk: this table is for searching, the log is the proof.

    `digest` is its leaf in the Merkle tree, `previous` that of the event before; `touched` are the ids of the rows that
    it delivered or wrote.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    event = models.JSONField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    touched = ArrayField(models.UUIDField(), default=list)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"]),
            GinIndex(fields=["touched"], name="audit_touched"),
        ]


class AuditDetail(models.Model):
    """What was searched for, sealed to the oversight body's key; the event holds a commitment to it.

    A detail can be erased: the event stays, and the log still verifies.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    body = models.BinaryField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"])]


class Notice(models.Model):
    """A word to one account: something came in, is due or has changed. It holds ids, never content."""

    owned_by = "recipient"
    amendable = ("read_at", "acknowledged_at")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    recipient = models.ForeignKey("safeguards.User", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    ref = models.CharField(max_length=16, blank=True)
    url = models.CharField(max_length=200, blank=True)
    is_urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey("safeguards.User", on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    erasure = models.ForeignKey("safeguards.Erasure", null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Gate] = Gate()
    behind_keys: ClassVar[AmbientGate] = AmbientGate()

    class Meta:
        base_manager_name = "behind_keys"
        ordering: ClassVar[list[str]] = ["-created_at"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["recipient", "read_at"])]


class IdempotencyKey(models.Model):
    """The answer to a write that was already done, so that sending it again does it once."""

    user = models.ForeignKey("safeguards.User", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    path = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    status = models.SmallIntegerField(null=True)
    location = models.CharField(max_length=300, blank=True)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")
        ]
