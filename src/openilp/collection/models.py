"""What came in? Reports with their items, and incidents in bulk."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models

from openilp.safeguards.records import ProtectedRecord, ReferencedRecord, ThreadLink


class Report(ReferencedRecord):
    """What one officer, partner or register reports, as received; its content is never edited."""

    ref_prefix = "R"
    search_vector = "words"
    amendable = ("state", "awaits_grade")
    thread_links = (
        ThreadLink("requirement", "self", "answered by"),
        ThreadLink("batch", "self", "brought in"),
        ThreadLink("taken_from", "self", "taken over as"),
    )

    title = models.CharField(max_length=160)
    text = models.TextField()
    language = models.CharField(max_length=8, default="en")
    urgency = models.CharField(max_length=8)
    observed_at = models.DateTimeField(null=True)
    provenance = models.CharField(max_length=32, help_text="how the reporter knows it")
    provenance_note = models.CharField(
        max_length=300, blank=True, help_text="without the identity of a source"
    )
    requirement = models.ForeignKey(
        "direction.Requirement", null=True, on_delete=models.PROTECT, related_name="+"
    )
    batch = models.ForeignKey("collection.ImportBatch", null=True, on_delete=models.PROTECT, related_name="+")
    foreign_key = models.CharField(
        max_length=120, blank=True, help_text="the report's key in the system it came from"
    )
    taken_from = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the imported report in quarantine that this one was made of",
    )
    place = models.CharField(max_length=160, blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    necessary_wording = ArrayField(
        models.CharField(max_length=32),
        default=list,
        help_text="kinds of specially protected facts that the reporter confirmed as strictly necessary",
    )
    awaits_grade = models.BooleanField(
        db_default=True, editable=False, help_text="kept by `waiting`; narrows the inbox, never decides it"
    )
    words = models.GeneratedField(
        expression=SearchVector("title", "text", "place", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta(ReferencedRecord.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["taken_from"], name="report_taken_over_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-created_at", "-id"], name="report_newest"),
            models.Index(fields=["urgency", "-created_at", "-id"], name="report_by_urgency"),
            models.Index(fields=["owner_unit", "-created_at", "-id"], name="report_by_unit"),
            models.Index(fields=["created_by", "-created_at", "-id"], name="report_by_author"),
            models.Index(
                fields=["urgency", "created_at", "id"],
                condition=models.Q(awaits_grade=True),
                name="report_awaiting_grade",
            ),
            GinIndex(fields=["words"], name="report_words"),
        ]


class Item(ReferencedRecord):
    """One piece of information in a report: what is graded, cited and linked."""

    ref_prefix = "I"
    parent = "report"
    search_vector = "words"
    thread_links = (ThreadLink("report", "self", "contains"),)

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    kind = models.CharField(
        max_length=32, help_text="fact, personal assessment, hypothesis or third-party claim"
    )
    sentence_start = models.PositiveIntegerField(default=0, help_text="first character in the report's text")
    sentence_end = models.PositiveIntegerField(default=0, help_text="character after the last one")
    words = models.GeneratedField(
        expression=SearchVector("text", config="simple"), output_field=SearchVectorField(), db_persist=True
    )

    class Meta(ReferencedRecord.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["report", "number"], name="item_number_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-created_at", "-id"], name="item_newest"),
            GinIndex(fields=["words"], name="item_words"),
        ]


class Mention(ProtectedRecord):
    """A name, number, place or thing that an item mentions, before anybody settled which entity it is."""

    parent = "item"
    amendable = ("state", "is_settled")

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    entity_type = models.CharField(max_length=32)
    text = models.CharField(max_length=200)
    proposed_category = models.CharField(max_length=8, blank=True)
    predicate = models.TextField(blank=True, help_text="the facts behind a proposal as suspect")
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    is_settled = models.BooleanField(
        db_default=False,
        editable=False,
        help_text="kept by `waiting`; narrows the tray of collation, never decides it",
    )

    class Meta(ProtectedRecord.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["-created_at", "-id"], condition=models.Q(is_settled=False), name="mention_open"
            )
        ]


class Attachment(ReferencedRecord):
    """A file of a report, addressed by its hash."""

    ref_prefix = "F"
    parent = "report"
    thread_links = (ThreadLink("report", "self", "carries"),)

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=160)
    media_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()


class Answer(ProtectedRecord):
    """The word that a report answers a requirement, said after it was handed in; a newer row may take its place."""

    parent = "report"
    thread_links = (
        ThreadLink("requirement", "report", "answered by"),
        ThreadLink("plan", "report", "collected"),
    )

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="+")
    requirement = models.ForeignKey("direction.Requirement", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(
        "direction.CollectionPlan", null=True, on_delete=models.PROTECT, related_name="+"
    )
    line = models.ForeignKey("direction.PlanLine", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(ProtectedRecord.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["supersedes"], name="answer_superseded_once"),
        ]


class QuarantineRefusal(ProtectedRecord):
    """Why an imported report is not taken: it stays in quarantine until it is erased."""

    parent = "report"

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)

    class Meta(ProtectedRecord.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["report"], name="quarantine_refused_once"),
        ]


class ImportBatch(ReferencedRecord):
    """One file that was imported under one mapping."""

    ref_prefix = "B"
    amendable = (
        "state",
        "rows_new",
        "rows_known",
        "rows_incomplete",
        "rows_refused",
        "rows_done",
        "moved_at",
        "finished_at",
        "problem",
        "reasons",
    )

    mapping = models.CharField(max_length=60)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows_total = models.PositiveIntegerField(
        default=0, help_text="lines of the file, as counted before reading"
    )
    rows_done = models.PositiveIntegerField(default=0)
    rows_new = models.PositiveIntegerField(default=0)
    rows_known = models.PositiveIntegerField(default=0)
    rows_incomplete = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    moved_at = models.DateTimeField(null=True, help_text="when the last step was written")
    finished_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True, help_text="what made the run stop before its end")
    reasons = models.CharField(
        max_length=64, blank=True, help_text="hash of the file that says row by row what was not taken"
    )

    class Meta(ReferencedRecord.Meta):
        verbose_name_plural = "import batches"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-created_at", "-id"], name="batch_newest"),
        ]


class Incident(ProtectedRecord):
    """A recorded crime or event, without persons: what maps and trends are made of."""

    parent = "batch"

    # Nobody looks incidents up by these, or another index begins with them; each index costs a bulk import 5 %.
    created_by = models.ForeignKey(
        "safeguards.User", on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )
    owner_unit = models.ForeignKey(
        "safeguards.Unit", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    purpose = models.ForeignKey(
        "safeguards.Matter", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="+")
    crime_type = models.CharField(max_length=40)
    starts_at = models.DateTimeField(help_text="begin of the interval in which it happened")
    ends_at = models.DateTimeField()
    time_precision = models.CharField(max_length=8, help_text="month, day or minute")
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    unit = models.ForeignKey(
        "safeguards.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    source_id = models.CharField(max_length=80, blank=True)
    outcome = models.CharField(max_length=80, blank=True)
    import_record = models.JSONField(
        default=dict, help_text="the row as it came, street and area names included"
    )
    missing = ArrayField(models.CharField(max_length=40), default=list)
    content_hash = models.BinaryField(max_length=16)
    ordinal = models.PositiveIntegerField(default=0, help_text="number among equal rows of one file")

    class Meta(ProtectedRecord.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["owner_unit", "compartments", "content_hash", "ordinal"],
                name="incident_once_a_matter",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["crime_type", "starts_at"], name="incident_type_time"),
            models.Index(fields=["unit", "starts_at"], name="incident_unit_time"),
        ]
