"""Who was told? Approvals, releases to named people, receipts, ratings and recalls."""

from typing import ClassVar

from django.db import models

from openilp.safeguards.records import ProtectedRecord, ReferencedRecord, ThreadLink


class Approval(ReferencedRecord):
    """A second person's word that an edition may go out, or goes back with a reason."""

    ref_prefix = "AP"
    parent = "edition"
    thread_links = (ThreadLink("edition", "self", "approved in"),)

    edition = models.ForeignKey("analysis.Edition", on_delete=models.PROTECT, related_name="+")
    is_approved = models.BooleanField()
    note = models.TextField(blank=True)


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
