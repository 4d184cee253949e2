"""Matters: the hinge of purpose, category and need-to-know."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from openilp.safeguards.actor import Actor
from openilp.safeguards.records import Identified


class Matter(Identified):
    """A lawful piece of police work that people act for and that records belong to."""

    ref_prefix = "M"
    amendable = ("closed_on",)

    ref = models.CharField(max_length=16, unique=True, editable=False)
    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=32)
    purpose_code = models.CharField(max_length=32)
    legal_basis = models.CharField(max_length=64)
    owner_unit = models.ForeignKey("safeguards.Unit", on_delete=models.PROTECT, related_name="+")
    is_agency_wide = models.BooleanField(
        default=False, help_text="a standing task whose existence everybody may know"
    )
    opened_on = models.DateField(default=timezone.localdate)
    closed_on = models.DateField(null=True, blank=True)

    class Meta(Identified.Meta):
        ordering: ClassVar[list[str]] = ["title"]

    def __str__(self) -> str:
        """Return the title."""
        return self.title

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which matters an actor may know of: its own and, for own staff, the agency-wide ones."""
        own = Q(pk__in=actor.compartments)
        return own if actor.partner else own | Q(is_agency_wide=True)


class Membership(models.Model):
    """A dated place of an account in a matter."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey("safeguards.User", on_delete=models.CASCADE, related_name="memberships")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["matter", "user"], condition=Q(until=None), name="one_open_membership"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["user", "until"])]
