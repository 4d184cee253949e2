"""What does it mean? Snapshots, method runs, assessments and products."""

from typing import ClassVar

from django.db import models

from openilp.safeguards.records import ProtectedRecord, ReferencedRecord, ThreadLink

#: A product takes the join of its parts as they are added; what hangs on it rises with it.
_LABEL = ("level", "compartments", "releasable_to", "originator_control")


class Snapshot(ReferencedRecord):
    """The rows that an analysis rests on, frozen under the analyst's own access."""

    ref_prefix = "SN"

    kind = models.CharField(max_length=32, help_text="incidents or links")
    title = models.CharField(max_length=160)
    query = models.JSONField()
    rows = models.PositiveIntegerField()
    excluded = models.JSONField(default=dict, help_text="reason to number of rows left out")
    sha256 = models.CharField(max_length=64)


class MethodRun(ReferencedRecord):
    """One method on one snapshot: the same call gives the same result again."""

    ref_prefix = "MR"
    parent = "snapshot"
    thread_links = (
        ThreadLink("snapshot", "self", "analysed in"),
        ThreadLink("requirement", "self", "studied in"),
    )

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    requirement = models.ForeignKey(
        "direction.Requirement", null=True, on_delete=models.PROTECT, related_name="+"
    )
    method = models.CharField(max_length=40)
    method_version = models.CharField(max_length=16)
    parameters = models.JSONField()
    result = models.JSONField()
    digest = models.CharField(max_length=64)
    caution = models.TextField(blank=True)


class Assessment(ReferencedRecord):
    """An analyst's judgement, in words of the yardstick, with confidence said apart."""

    ref_prefix = "A"
    thread_links = (
        ThreadLink("requirement", "self", "answered by"),
        ThreadLink("supersedes", "self", "superseded by"),
    )

    text = models.TextField()
    yardstick = models.CharField(max_length=32)
    probability_term = models.CharField(max_length=40)
    confidence = models.CharField(max_length=16)
    confidence_reason = models.TextField()
    alternatives = models.TextField(blank=True)
    requirement = models.ForeignKey(
        "direction.Requirement", null=True, on_delete=models.PROTECT, related_name="+"
    )
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")


class AssessmentEvidence(ProtectedRecord):
    """An item, in the grade that it had, for or against an assessment."""

    parent = "assessment"
    thread_links = (ThreadLink("item", "assessment", "weighed in"),)

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey("collection.Item", on_delete=models.PROTECT, related_name="+")
    evaluation = models.ForeignKey("evaluation.Evaluation", on_delete=models.PROTECT, related_name="+")
    supports = models.BooleanField()


class Product(ReferencedRecord):
    """A product in the making: commissioned by somebody, edited in drafts; what is finished is an Edition."""

    ref_prefix = "P"
    amendable = ("state", "title", "body", "revision", *_LABEL)
    thread_links = (ThreadLink("requirement", "self", "commissions"),)

    product_type = models.CharField(max_length=40)
    title = models.CharField(max_length=160)
    terms = models.TextField(help_text="the terms of reference: question, asker, limits")
    asker = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")
    requirement = models.ForeignKey(
        "direction.Requirement", null=True, on_delete=models.PROTECT, related_name="+"
    )
    priority = models.ForeignKey("direction.Priority", null=True, on_delete=models.PROTECT, related_name="+")
    body = models.JSONField(
        default=list, help_text="blocks in order: {id, kind, text | run | assessment | citations}"
    )
    revision = models.PositiveIntegerField(default=1)


class Contribution(ProtectedRecord):
    """That somebody wrote on a draft: whoever did is an author, and gives no second person's word on it."""

    parent = "product"
    amendable = ("state", *_LABEL)

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")


class Citation(ProtectedRecord):
    """What a product rests on: an item in the very grade that it had, a method run or an assessment."""

    parent = "product"
    amendable = ("state", *_LABEL)
    thread_links = (
        ThreadLink("item", "product", "cited in"),
        ThreadLink("run", "product", "shown in"),
        ThreadLink("assessment", "product", "stated in"),
    )

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey("collection.Item", null=True, on_delete=models.PROTECT, related_name="+")
    evaluation = models.ForeignKey(
        "evaluation.Evaluation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    run = models.ForeignKey(MethodRun, null=True, on_delete=models.PROTECT, related_name="+")
    assessment = models.ForeignKey(Assessment, null=True, on_delete=models.PROTECT, related_name="+")


class CitationRemoval(ProtectedRecord):
    """That a draft no longer rests on a citation; the citation stays on record."""

    parent = "citation"

    citation = models.OneToOneField(Citation, on_delete=models.PROTECT, related_name="+")


class Recommendation(ReferencedRecord):
    """A measure that a product proposes, with effect, cost, risk and law, so that a meeting can answer it."""

    ref_prefix = "RC"
    parent = "product"
    amendable = ("state", *_LABEL)
    thread_links = (ThreadLink("product", "self", "recommends"),)

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    strand = models.CharField(max_length=16, help_text="prepare, prevent, protect or pursue")
    effect = models.CharField(max_length=300)
    harm_low = models.FloatField(null=True, help_text="days of harm prevented, lower end of 90 %")
    harm_high = models.FloatField(null=True)
    hours = models.PositiveIntegerField()
    money = models.DecimalField(max_digits=12, decimal_places=2)
    risk = models.CharField(max_length=300, blank=True)
    law = models.CharField(max_length=300, blank=True)


class RecommendationRemoval(ProtectedRecord):
    """That a draft no longer makes a recommendation; a changed one is removed and made anew."""

    parent = "recommendation"

    recommendation = models.OneToOneField(Recommendation, on_delete=models.PROTECT, related_name="+")


class Edition(ReferencedRecord):
    """A finished product, frozen with its figures; the next one supersedes it."""

    ref_prefix = "ED"
    parent = "product"
    thread_links = (ThreadLink("product", "self", "finished as"),)

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=160)
    content = models.JSONField(help_text="blocks with figures, assessments and citations written out")
    sha256 = models.CharField(max_length=64)
    rights_check = models.JSONField(help_text="the answers to the bias and rights questions")

    class Meta(ReferencedRecord.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["product", "number"], name="edition_number_once")
        ]
