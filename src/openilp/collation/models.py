"""How does it connect? Entities as statements, links, involvements and judgements of identity."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, Func, When
from django.db.models.functions import Cast

from openilp.safeguards.records import Identified, ProtectedRecord, ReferencedRecord, ThreadLink


class Entity(Identified):
    """Somebody or something that statements are about; it has no content and no label of its own."""

    ref_prefix = "EN"
    visible_through = "statements"

    ref = models.CharField(max_length=16, unique=True, editable=False)
    kind = models.CharField(max_length=32)

    class Meta(Identified.Meta):
        verbose_name_plural = "entities"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-created_at", "-id"], name="entity_newest")
        ]

    def __str__(self) -> str:
        """Return the reference."""
        return self.ref


_POSITION = r"^-?[0-9]{1,3}(\.[0-9]+)?,-?[0-9]{1,3}(\.[0-9]+)?$"


def _coordinate(place: int) -> Case:
    """Return the expression that reads longitude (1) or latitude (2) out of the key of a position."""
    part = Func(models.F("value_key"), models.Value(","), models.Value(place), function="split_part")
    return Case(When(property="point", value_key__regex=_POSITION, then=Cast(part, models.FloatField())))


class Statement(ReferencedRecord):
    """One claim about an entity, with its provenance down to the sentence."""

    ref_prefix = "ST"
    parent = "item"
    sensitive_with = ("entity",)
    unchecked_parents = ("entity",)
    search_vector = "words"
    search_text = "value_key"
    thread_links = (ThreadLink("item", "self", "says"), ThreadLink("self", "entity", "describes"))

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="statements")
    property = models.CharField(max_length=40)
    value = models.CharField(max_length=400)
    value_key = models.CharField(max_length=400, help_text="folded for comparison and search")
    kind = models.CharField(
        max_length=32, help_text="fact, personal assessment, hypothesis or third-party claim"
    )
    item = models.ForeignKey("collection.Item", null=True, on_delete=models.PROTECT, related_name="+")
    evaluation = models.ForeignKey(
        "evaluation.Evaluation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    sentence_start = models.PositiveIntegerField(null=True)
    sentence_end = models.PositiveIntegerField(null=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    batch = models.ForeignKey("collection.ImportBatch", null=True, on_delete=models.PROTECT, related_name="+")
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    longitude = models.GeneratedField(
        expression=_coordinate(1), output_field=models.FloatField(null=True), db_persist=True
    )
    latitude = models.GeneratedField(
        expression=_coordinate(2), output_field=models.FloatField(null=True), db_persist=True
    )
    words = models.GeneratedField(
        expression=SearchVector("value", "value_key", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta(ReferencedRecord.Meta):
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["words"], name="statement_words"),
            GinIndex(fields=["value_key"], name="statement_parts", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["property", "value_key"], name="statement_exact"),
            models.Index(fields=["-created_at", "-id"], name="statement_newest"),
            models.Index(
                fields=["longitude", "latitude"],
                condition=models.Q(longitude__isnull=False),
                name="statement_near",
            ),
            models.Index(
                fields=["entity"], condition=models.Q(state="quarantined"), name="statement_quarantined"
            ),
        ]


class Link(ReferencedRecord):
    """A relation between two entities: type, dates, and how sure it is."""

    ref_prefix = "L"
    parent = "item"
    sensitive_with = ("source", "target")
    thread_links = (
        ThreadLink("item", "self", "shows"),
        ThreadLink("self", "source", "connects"),
        ThreadLink("self", "target", "connects"),
    )

    source = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+")
    type = models.CharField(max_length=40)
    confirmation = models.CharField(max_length=16)
    kind = models.CharField(max_length=32)
    item = models.ForeignKey("collection.Item", null=True, on_delete=models.PROTECT, related_name="+")
    evaluation = models.ForeignKey(
        "evaluation.Evaluation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    batch = models.ForeignKey("collection.ImportBatch", null=True, on_delete=models.PROTECT, related_name="+")
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")


class Involvement(ReferencedRecord):
    """A person's category in one matter, dated, on a stated basis; never a property of the person."""

    ref_prefix = "V"
    parent = "item"
    sensitive_with = ("person",)
    amendable = ("state", "until")
    thread_links = (ThreadLink("item", "self", "grounds"), ThreadLink("self", "person", "involves"))

    person = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+")
    matter = models.ForeignKey("safeguards.Matter", on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=8)
    predicate = models.TextField(blank=True, help_text="the facts that make a person a suspect")
    since = models.DateField()
    until = models.DateField(null=True)
    item = models.ForeignKey("collection.Item", null=True, on_delete=models.PROTECT, related_name="+")
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(ReferencedRecord.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~models.Q(category=""), name="involvement_has_category"),
            models.CheckConstraint(
                condition=~models.Q(category__in=["SUS", "PFC"]) | ~models.Q(predicate=""),
                name="suspect_has_predicate",
            ),
        ]


class Marking(ProtectedRecord):
    """That a person is a child, vulnerable, a victim or privileged: care is due, whatever the category."""

    parent = "item"

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+")
    marking = models.CharField(max_length=16)
    reason = models.CharField(max_length=300)
    item = models.ForeignKey("collection.Item", null=True, on_delete=models.PROTECT, related_name="+")


class IdentityJudgement(ReferencedRecord):
    """A human's judgement whether two entities are one; a later one supersedes it, so every merge can be undone."""

    ref_prefix = "J"
    sensitive_with = ("left", "right")
    thread_links = (ThreadLink("self", "left", "judges"), ThreadLink("self", "right", "judges"))

    left = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=16, help_text="same, different or unsure")
    reason = models.TextField()
    evidence = models.JSONField(default=list, help_text="ids of the statements that were compared")
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")


class Settlement(ProtectedRecord):
    """The end of a mention: the statement that it became, or the reason why nothing was recorded of it."""

    parent = "mention"

    mention = models.ForeignKey("collection.Mention", on_delete=models.PROTECT, related_name="+")
    statement = models.ForeignKey(Statement, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    class Meta(ProtectedRecord.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(statement__isnull=False) | ~models.Q(reason=""),
                name="settlement_says_why",
            )
        ]


class SavedSearch(ReferencedRecord):
    """A search that tells its owner about new hits until it expires."""

    ref_prefix = "Q"
    amendable = ("state", "alerted_at", "ended_on")

    title = models.CharField(max_length=120)
    query = models.JSONField()
    reason = models.CharField(max_length=300)
    expires_on = models.DateField()
    alerted_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)
