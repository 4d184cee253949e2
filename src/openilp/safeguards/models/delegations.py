"""Standing in for somebody: which duties, in which matters, until when."""

from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from openilp.safeguards.roles import Role


class Delegation(models.Model):
    """That an account lets another act in its place; what it does not have itself at that moment is not given.

    It is read before there is an actor, as a membership is; it holds no police data.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    grantor = models.ForeignKey("safeguards.User", on_delete=models.CASCADE, related_name="delegations_given")
    delegate = models.ForeignKey("safeguards.User", on_delete=models.CASCADE, related_name="delegations")
    roles = ArrayField(models.CharField(max_length=32, choices=[(r.value, r.value) for r in Role]))
    matters = ArrayField(models.UUIDField())
    reason = models.CharField(max_length=300)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["delegate", "until"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("since")), name="delegation_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~models.Q(grantor=models.F("delegate")), name="delegation_is_to_another"
            ),
        ]

    @property
    def is_running(self) -> bool:
        """Tell whether it holds now."""
        return self.since <= timezone.now() < self.until


class StoodIn(models.Model):
    """That a row was recorded in somebody's place: whose. It is written under the account of whoever stood in."""

    policy_see = "(SELECT openilp_claim_user()) IS NOT NULL"
    policy_record = "delegate_id = (SELECT openilp_claim_user())"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    record_id = models.UUIDField(db_index=True)
    grantor = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")
    delegate = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")
