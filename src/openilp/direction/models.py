"""What must we know? Priorities, requirements and the plans to collect for them."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from openilp.safeguards.records import ProtectedRecord, ReferencedRecord, ThreadLink


class Priority(ReferencedRecord):
    """What a level of the agency puts first in a period, with owner and reason."""

    ref_prefix = "PR"
    amendable = ("state", "closed_on", "closing_reason", "closed_by")
    thread_links = (ThreadLink("cascades_from", "self", "cascades to"),)

    title = models.CharField(max_length=160)
    reason = models.TextField()
    source_document = models.CharField(
        max_length=200, help_text="the document that this priority is taken from"
    )
    organisation_level = models.CharField(max_length=16)
    unit = models.ForeignKey("safeguards.Unit", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(help_text="order among the priorities of level and period")
    starts_on = models.DateField()
    ends_on = models.DateField()
    crime_types = ArrayField(models.CharField(max_length=40), default=list)
    hours_set = models.PositiveIntegerField(default=0)
    money_set = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    goals = models.TextField(blank=True)
    intelligence = models.TextField(blank=True, help_text="what must be known for it")
    prevention = models.TextField(blank=True, help_text="what shall keep it from happening")
    enforcement = models.TextField(blank=True, help_text="what is done against those who do it")
    cascades_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(null=True)
    closing_reason = models.TextField(blank=True)
    closed_by = models.ForeignKey("safeguards.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(ReferencedRecord.Meta):
        verbose_name_plural = "priorities"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="priority_period"
            ),
            models.UniqueConstraint(fields=["supersedes"], name="priority_superseded_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-created_at", "-id"], name="priority_newest"),
        ]


class Requirement(ReferencedRecord):
    """A question that somebody needs answered to decide."""

    ref_prefix = "RQ"
    thread_links = (
        ThreadLink("priority", "self", "asks for"),
        ThreadLink("supersedes", "self", "superseded by"),
    )

    question = models.CharField(max_length=300)
    why = models.TextField()
    asker = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    urgency = models.CharField(max_length=8)
    priority = models.ForeignKey(Priority, null=True, on_delete=models.PROTECT, related_name="+")
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(ReferencedRecord.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-created_at", "-id"], name="requirement_newest"),
            models.Index(fields=["due_on"], name="requirement_due"),
        ]


class RequirementClosure(ProtectedRecord):
    """The asker's word that a requirement is answered, or given up."""

    parent = "requirement"

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="+")
    is_answered = models.BooleanField()
    note = models.TextField()

    class Meta(ProtectedRecord.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["requirement"], name="requirement_closed_once")
        ]


class CollectionPlan(ReferencedRecord):
    """How a requirement is to be answered."""

    ref_prefix = "CP"
    parent = "requirement"
    thread_links = (ThreadLink("requirement", "self", "planned in"),)

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=160)


class PlanLine(ProtectedRecord):
    """One line of a collection plan: what, who, by which method, on which legal basis, by when."""

    parent = "plan"
    amendable = ("state", "returned_on")

    plan = models.ForeignKey(CollectionPlan, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=200)
    method = models.CharField(max_length=40)
    collector = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    hours = models.PositiveIntegerField(default=0)
    returned_on = models.DateField(null=True)
