"""What is it worth? Grades, second looks, sanitised versions, replies; what is urgent, disputed or a copy."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from openilp.safeguards.records import ProtectedRecord, ReferencedRecord, ThreadLink


class Evaluation(ReferencedRecord):
    """The grading of one item by one evaluator; a new one supersedes it, nothing is overwritten."""

    ref_prefix = "E"
    parent = "item"
    thread_links = (ThreadLink("item", "self", "graded in"),)

    item = models.ForeignKey("collection.Item", on_delete=models.PROTECT, related_name="+")
    scheme = models.CharField(max_length=32)
    scheme_version = models.CharField(max_length=16)
    source_grade = models.CharField(max_length=4)
    information_grade = models.CharField(max_length=4)
    handling_scheme = models.CharField(max_length=32)
    handling = models.CharField(max_length=8)
    handling_text = models.CharField(max_length=300, blank=True)
    reasons = models.TextField(blank=True)
    supersedes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    class Meta(ReferencedRecord.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["item"], condition=models.Q(supersedes=None), name="one_first_evaluation_an_item"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-created_at", "-id"], name="evaluation_newest"),
        ]


class EvaluationReview(ProtectedRecord):
    """A second person's look at an evaluation."""

    parent = "evaluation"

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="+")
    agrees = models.BooleanField()
    reason = models.TextField(blank=True)


class Sanitisation(ReferencedRecord):
    """A version of a report from which what endangers source or method was taken out; its label may be lower."""

    ref_prefix = "S"
    amendable = ("state", "level")
    thread_links = (ThreadLink("report", "self", "sanitised as"),)
    search_vector = ""

    report = models.ForeignKey("collection.Report", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=160)
    text = models.TextField()
    level_wanted = models.SmallIntegerField(
        default=1,
        help_text="the level that an approval puts on this version; until then it keeps the report's",
    )
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")


class SanitisationGrounds(ProtectedRecord):
    """What was taken out of a version and why its level is safe; it points at the original, so it keeps its label."""

    parent = "report"

    report = models.ForeignKey("collection.Report", on_delete=models.PROTECT, related_name="+")
    sanitisation = models.OneToOneField(Sanitisation, on_delete=models.PROTECT, related_name="+")
    removed = models.TextField(help_text="what was taken out and why, in general words")
    lowering_reason = models.TextField(blank=True, help_text="why the lower level is safe")


class SanitisationApproval(ProtectedRecord):
    """A second person's word on a sanitised version, approved or returned; without an approval it is not used."""

    parent = "sanitisation"

    sanitisation = models.OneToOneField(Sanitisation, on_delete=models.PROTECT, related_name="+")
    is_approved = models.BooleanField(default=True)
    note = models.TextField(blank=True)


class Reply(ReferencedRecord):
    """An answer to the reporter: received, used, more needed."""

    ref_prefix = "RY"
    parent = "report"
    thread_links = (ThreadLink("report", "self", "replied to in"),)

    report = models.ForeignKey("collection.Report", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    text = models.TextField()


class Alert(ProtectedRecord):
    """That the duty officers were told of an urgent report: once, by name."""

    parent = "report"

    report = models.OneToOneField("collection.Report", on_delete=models.PROTECT, related_name="+")
    told = ArrayField(models.UUIDField(), help_text="accounts that got the notice")


class Acknowledgement(ProtectedRecord):
    """The duty officer's word that an urgent report was seen, and what was done."""

    parent = "report"

    report = models.OneToOneField("collection.Report", on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)


class Escalation(ProtectedRecord):
    """An urgent report handed to the next person up, because nobody acknowledged it or somebody asked."""

    parent = "report"

    report = models.ForeignKey("collection.Report", on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)


class Assignment(ProtectedRecord):
    """Who evaluates a report; the newest one counts."""

    parent = "report"

    report = models.ForeignKey("collection.Report", on_delete=models.PROTECT, related_name="+")
    evaluator = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")


class Duplicate(ProtectedRecord):
    """The finding that a report repeats another one, so that it does not count as a second source."""

    parent = "report"
    thread_links = (ThreadLink("original", "report", "repeated in"),)

    report = models.OneToOneField("collection.Report", on_delete=models.PROTECT, related_name="+")
    original = models.ForeignKey("collection.Report", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)


class Dispute(ReferencedRecord):
    """A finding that a report is disputed or false; it stands until a row says that it was settled."""

    ref_prefix = "DP"
    parent = "report"
    thread_links = (ThreadLink("report", "self", "disputed in"),)

    report = models.ForeignKey("collection.Report", on_delete=models.PROTECT, related_name="+")
    is_false = models.BooleanField(help_text="found false, not merely doubted")
    reason = models.TextField()


class DisputeSettlement(ProtectedRecord):
    """The end of a dispute, with the reason why the report may be used again."""

    parent = "dispute"

    dispute = models.OneToOneField(Dispute, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()


class Necessity(ReferencedRecord):
    """That somebody holds the special words of an item strictly necessary (Directive (EU) 2016/680 Art. 10)."""

    ref_prefix = "NY"
    parent = "item"

    item = models.ForeignKey("collection.Item", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(
        max_length=64, help_text="of the item's text, so that it holds for these words only"
    )
    kinds = ArrayField(models.CharField(max_length=16), help_text="special categories that the words touch")
    reason = models.CharField(max_length=1000)


class NecessityAnswer(ProtectedRecord):
    """A second person's word on it; without a yes the words are struck wherever the item is quoted."""

    parent = "necessity"

    necessity = models.OneToOneField(Necessity, on_delete=models.PROTECT, related_name="+")
    agrees = models.BooleanField()
    reason = models.CharField(max_length=1000, blank=True)
