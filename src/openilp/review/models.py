"""What came of it? Outcomes, results and lessons."""

from django.db import models

from openilp.safeguards.records import ReferencedRecord, ThreadLink


class Outcome(ReferencedRecord):
    """What came of a task."""

    ref_prefix = "OC"
    parent = "task"
    thread_links = (ThreadLink("task", "self", "results in"),)

    task = models.ForeignKey("tasking.Task", on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=24)
    disruption = models.CharField(
        max_length=16, blank=True, help_text="how far the activity was disrupted, where there was one"
    )
    text = models.TextField()
    happened_on = models.DateField()
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")


class ResultsAnalysis(ReferencedRecord):
    """Before and after: what changed on a priority while an operation ran, with its uncertainty."""

    ref_prefix = "RA"
    parent = "operation"
    thread_links = (
        ThreadLink("operation", "self", "measured in"),
        ThreadLink("priority", "self", "measured in"),
    )

    operation = models.ForeignKey("tasking.Operation", null=True, on_delete=models.PROTECT, related_name="+")
    priority = models.ForeignKey("direction.Priority", on_delete=models.PROTECT, related_name="+")
    parameters = models.JSONField()
    result = models.JSONField()
    reading = models.TextField(help_text="what it means, in an analyst's words")

    class Meta(ReferencedRecord.Meta):
        verbose_name_plural = "results analyses"


class Lesson(ReferencedRecord):
    """What was learnt; it may raise a requirement, and so closes the loop."""

    ref_prefix = "LE"
    thread_links = (
        ThreadLink("outcome", "self", "teaches"),
        ThreadLink("results", "self", "teaches"),
        ThreadLink("self", "requirement", "raises"),
    )

    text = models.TextField()
    outcome = models.ForeignKey(Outcome, null=True, on_delete=models.PROTECT, related_name="+")
    results = models.ForeignKey(ResultsAnalysis, null=True, on_delete=models.PROTECT, related_name="+")
    requirement = models.ForeignKey(
        "direction.Requirement", null=True, on_delete=models.PROTECT, related_name="+"
    )
