"""Who was told? Reviews, approvals and consents before a release; then receipts, ratings and recalls of it."""

from typing import ClassVar

from django.db import models

from openilp.safeguards.records import ProtectedRecord, ReferencedRecord, ThreadLink


class ReviewRequest(ProtectedRecord):
    """That a colleague was named to review an edition before its approval."""

    parent = "edition"

    edition = models.ForeignKey("analysis.Edition", on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")

    class Meta(ProtectedRecord.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "reviewer"], name="reviewer_named_once")
        ]


class PeerReview(ReferencedRecord):
    """The named reviewer's word on an edition: sound, or to be mended; the newest word counts."""

    ref_prefix = "PV"
    parent = "edition"
    thread_links = (ThreadLink("edition", "self", "reviewed in"),)

    edition = models.ForeignKey("analysis.Edition", on_delete=models.PROTECT, related_name="+")
    is_sound = models.BooleanField()
    note = models.TextField(blank=True)


class Approval(ReferencedRecord):
    """A second person's word that an edition may go out, or goes back with a reason."""

    ref_prefix = "AP"
    parent = "edition"
    thread_links = (ThreadLink("edition", "self", "approved in"),)

    edition = models.ForeignKey("analysis.Edition", on_delete=models.PROTECT, related_name="+")
    is_approved = models.BooleanField()
    note = models.TextField(blank=True)


class ConsentRequest(ReferencedRecord):
    """The question to an item's originator whether an edition that rests on it may go to another unit."""

    ref_prefix = "CQ"
    parent = "item"
    thread_links = (ThreadLink("item", "self", "consent asked in"),)

    item = models.ForeignKey("collection.Item", on_delete=models.PROTECT, related_name="+")
    edition = models.ForeignKey("analysis.Edition", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("safeguards.Unit", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)


class Consent(ProtectedRecord):
    """The originator's answer, given in somebody's name: that the item may go to that unit, or may not."""

    parent = "request"

    request = models.OneToOneField(ConsentRequest, on_delete=models.PROTECT, related_name="+")
    is_given = models.BooleanField()
    note = models.CharField(max_length=300, blank=True)


class Release(ReferencedRecord):
    """An edition handed to named people under its strictest handling code."""

    ref_prefix = "RL"
    parent = "edition"
    thread_links = (ThreadLink("edition", "self", "released in"),)

    edition = models.ForeignKey("analysis.Edition", on_delete=models.PROTECT, related_name="+")
    handling_scheme = models.CharField(max_length=32, default="handling-display")
    handling = models.CharField(max_length=8)
    reason = models.CharField(max_length=300)
    released_at = models.DateTimeField()
    expires_on = models.DateField(null=True)


class Recipient(ProtectedRecord):
    """One named reader of a release."""

    parent = "release"

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    reader = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")

    class Meta(ProtectedRecord.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["release", "reader"], name="recipient_once")
        ]


class Receipt(ProtectedRecord):
    """A reader's word that a release, or its recall, was received."""

    parent = "release"

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    of_recall = models.BooleanField(default=False)


class Rating(ReferencedRecord):
    """What a reader says of a product: useful, used, acted on."""

    ref_prefix = "RT"
    parent = "release"
    thread_links = (ThreadLink("release", "self", "rated in"),)

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    value = models.CharField(max_length=16)
    comment = models.TextField(blank=True)


class Recall(ReferencedRecord):
    """The withdrawal of a release, with the reason that its readers are told."""

    ref_prefix = "RK"
    parent = "release"
    thread_links = (ThreadLink("release", "self", "recalled in"),)

    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
