"""What was decided? Meetings, responses, decisions, operations, tasks and what they cost."""

from typing import ClassVar

from django.db import models

from openilp.safeguards.records import ProtectedRecord, ReferencedRecord, ThreadLink


class Meeting(ReferencedRecord):
    """A strategic or operational tasking meeting."""

    ref_prefix = "MT"
    amendable = ("state", "opened_at", "closed_at")

    kind = models.CharField(max_length=24)
    title = models.CharField(max_length=160)
    unit = models.ForeignKey("safeguards.Unit", on_delete=models.PROTECT, related_name="+")
    organisation_level = models.CharField(max_length=16)
    chair = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    quorum = models.PositiveSmallIntegerField(
        default=1, help_text="members with a vote who must be present to decide"
    )
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)


class Member(ProtectedRecord):
    """Who sits in a meeting, and whether with a vote."""

    parent = "meeting"
    amendable = ("state", "is_present")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")
    has_vote = models.BooleanField(default=True)
    is_present = models.BooleanField(default=False)

    class Meta(ProtectedRecord.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["meeting", "person"], name="member_once")
        ]


class AgendaItem(ProtectedRecord):
    """One point of the agenda, usually filled in from what waits for an answer."""

    parent = "meeting"
    amendable = ("state", "number", "noted")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=24, help_text="open_tasks, priority, recommendation, decision or free")
    title = models.CharField(max_length=200)
    recommendation = models.ForeignKey(
        "analysis.Recommendation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    priority = models.ForeignKey("direction.Priority", null=True, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey("tasking.Task", null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(
        "tasking.Decision",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="an emergency decision that waits to be ratified",
    )
    noted = models.TextField(blank=True)

    class Meta(ProtectedRecord.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["meeting", "number"], name="agenda_number_once")
        ]


class Comparison(ReferencedRecord):
    """Candidate problems side by side, criterion by criterion, in words: no total, and no person among them.

    A later version supersedes an earlier one.
    """

    ref_prefix = "CM"
    parent = "meeting"
    thread_links = (
        ThreadLink("meeting", "self", "compares in"),
        ThreadLink("supersedes", "self", "superseded by"),
    )

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="+")
    agenda_item = models.ForeignKey(AgendaItem, null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    criteria = models.JSONField(
        help_text="[{code, weight}], the weight a word of the list comparison-weights"
    )
    candidates = models.JSONField(help_text="[{key, kind, title, ref, figures}]")
    cells = models.JSONField(help_text="candidate key to criterion to {degree, confidence, reason}")
    conclusion = models.TextField(blank=True)
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(ReferencedRecord.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["supersedes"], name="comparison_superseded_once")
        ]


class Decision(ReferencedRecord):
    """A human decision, with options, reasons, dissent and the evidence as it was seen."""

    ref_prefix = "D"
    thread_links = (
        ThreadLink("meeting", "self", "decides"),
        ThreadLink("priority", "self", "served by"),
        ThreadLink("comparison", "self", "weighed in"),
    )

    title = models.CharField(max_length=200)
    meeting = models.ForeignKey(Meeting, null=True, on_delete=models.PROTECT, related_name="+")
    agenda_item = models.ForeignKey(AgendaItem, null=True, on_delete=models.PROTECT, related_name="+")
    priority = models.ForeignKey("direction.Priority", null=True, on_delete=models.PROTECT, related_name="+")
    comparison = models.ForeignKey(Comparison, null=True, on_delete=models.PROTECT, related_name="+")
    options = models.JSONField(
        help_text="[{key, text, hours, money, harm_low, harm_high}], doing nothing included"
    )
    chosen = models.CharField(max_length=4)
    reasons = models.TextField()
    evidence = models.JSONField(help_text="references, grades and texts as they were seen")
    evidence_sha256 = models.CharField(max_length=64)
    necessity = models.TextField()
    proportionality = models.TextField()
    non_discrimination = models.TextField()
    dissent = models.TextField(blank=True)
    effect_review_on = models.DateField()
    is_emergency = models.BooleanField(default=False)
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")


class Exhibit(ReferencedRecord):
    """One thing that a point of the agenda lays before a meeting, frozen when the meeting was opened."""

    ref_prefix = "EX"
    parent = "agenda_item"
    thread_links = (ThreadLink("edition", "self", "laid before a meeting as"),)

    agenda_item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, help_text="product, priority, task or decision")
    title = models.CharField(max_length=200)
    product = models.ForeignKey("analysis.Product", null=True, on_delete=models.PROTECT, related_name="+")
    edition = models.ForeignKey("analysis.Edition", null=True, on_delete=models.PROTECT, related_name="+")
    priority = models.ForeignKey("direction.Priority", null=True, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey("tasking.Task", null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta(ReferencedRecord.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["agenda_item", "product", "priority", "task", "decision"],
                name="exhibit_once",
                nulls_distinct=False,
            )
        ]


class DecisionBasis(ProtectedRecord):
    """An edition that a decision rests on, as the exhibit that the meeting was shown."""

    parent = "decision"
    thread_links = (
        ThreadLink("edition", "decision", "relied on in"),
        ThreadLink("exhibit", "decision", "relied on in"),
    )

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    edition = models.ForeignKey("analysis.Edition", on_delete=models.PROTECT, related_name="+")
    exhibit = models.ForeignKey(Exhibit, null=True, on_delete=models.PROTECT, related_name="+")


class Ratification(ReferencedRecord):
    """A meeting's word on a decision that was taken in an emergency before it met."""

    ref_prefix = "RF"
    parent = "decision"
    thread_links = (
        ThreadLink("decision", "self", "ratified in"),
        ThreadLink("meeting", "self", "ratifies"),
    )

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="+")
    is_ratified = models.BooleanField()
    reason = models.TextField()


class Response(ReferencedRecord):
    """The answer to a recommendation: accepted, changed or rejected, with the reason."""

    ref_prefix = "RS"
    parent = "recommendation"
    thread_links = (
        ThreadLink("recommendation", "self", "answered in"),
        ThreadLink("self", "decision", "carried into"),
    )

    recommendation = models.OneToOneField(
        "analysis.Recommendation", on_delete=models.PROTECT, related_name="+"
    )
    meeting = models.ForeignKey(Meeting, null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=16)
    reason = models.TextField()
    changed_text = models.CharField(max_length=300, blank=True)


class Adoption(ProtectedRecord):
    """A priority, requirement or product that a decision gave rise to."""

    parent = "decision"
    thread_links = (
        ThreadLink("decision", "priority", "adopts"),
        ThreadLink("decision", "requirement", "commissions"),
        ThreadLink("decision", "product", "commissions"),
    )

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    priority = models.ForeignKey("direction.Priority", null=True, on_delete=models.PROTECT, related_name="+")
    requirement = models.ForeignKey(
        "direction.Requirement", null=True, on_delete=models.PROTECT, related_name="+"
    )
    product = models.ForeignKey("analysis.Product", null=True, on_delete=models.PROTECT, related_name="+")


class Operation(ReferencedRecord):
    """What a decision sets in motion; it is a matter of its own."""

    ref_prefix = "OP"
    parent = "decision"
    amendable = ("state", "ended_on")
    thread_links = (ThreadLink("decision", "self", "opens"),)

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    matter = models.ForeignKey("safeguards.Matter", on_delete=models.PROTECT, related_name="+")
    priority = models.ForeignKey("direction.Priority", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    goals = models.TextField()
    plan_owner = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    ended_on = models.DateField(null=True)


class Task(ReferencedRecord):
    """Something that one person does until a day, within hours and money."""

    ref_prefix = "T"
    parent = "operation"
    thread_links = (ThreadLink("operation", "self", "tasks"),)

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    strand = models.CharField(max_length=16, help_text="prepare, prevent, protect or pursue")
    owner = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    hours_planned = models.PositiveIntegerField()
    money_planned = models.DecimalField(max_digits=12, decimal_places=2, default=0)


class TaskChange(ProtectedRecord):
    """A new owner or a new day of a task, with the reason; the newest one counts."""

    parent = "task"

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    reason = models.CharField(max_length=300)


class Completion(ProtectedRecord):
    """The owner's word that a task is over; what came of it is for the review."""

    parent = "task"

    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="+")
    done_on = models.DateField()
    note = models.CharField(max_length=300, blank=True)


class Effort(ProtectedRecord):
    """Hours and money spent on a task on a day."""

    parent = "task"

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+")
    spent_on = models.DateField()
    hours = models.DecimalField(max_digits=7, decimal_places=2)
    money = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    note = models.CharField(max_length=300, blank=True)


class Resource(ReferencedRecord):
    """What a unit can commit in a period."""

    ref_prefix = "RE"

    unit = models.ForeignKey("safeguards.Unit", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField()
    hours = models.PositiveIntegerField()
    money = models.DecimalField(max_digits=12, decimal_places=2, default=0)

    class Meta(ReferencedRecord.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="resource_period"
            )
        ]


class Minutes(ReferencedRecord):
    """The record of a closed meeting, frozen."""

    ref_prefix = "MN"
    parent = "meeting"
    thread_links = (ThreadLink("meeting", "self", "minuted in"),)

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta(ReferencedRecord.Meta):
        verbose_name_plural = "minutes"
