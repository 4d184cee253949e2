"""Look-ups drawn by lot: whoever looked says why, a supervisor of another unit says whether that was reason enough."""

from typing import Any, ClassVar

from django.db import models

from openilp.oversight.models.misuse import IS_OVERSEER, MINE
from openilp.safeguards.actor import Actor
from openilp.safeguards.records import Identified
from openilp.safeguards.roles import OVERSEERS


class LookUpSample(Identified):
    """One look-up that was drawn: whose it was, when, what for, which records, and who reviews it.

    It holds ids, no content; the reviewer is shown those records only that he may see himself.
    """

    ref_prefix = "LS"
    policy_see = (
        f"CASE WHEN {IS_OVERSEER} OR about_id = (SELECT openilp_claim_user())"
        " OR reviewer_id = (SELECT openilp_claim_user()) THEN true ELSE false END"
    )
    policy_record = f"{MINE} AND {IS_OVERSEER} AND about_id <> reviewer_id"

    ref = models.CharField(max_length=16, unique=True, editable=False)
    seq = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    about = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=40)
    opened = models.JSONField(help_text="ids by kind")
    due_on = models.DateField()

    class Meta(Identified.Meta):
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["reviewer", "due_on"])]

    def __str__(self) -> str:
        """Return the reference."""
        return self.ref

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which samples an actor may see: own ones on either side, and all for those who oversee."""
        own = models.Q(about=actor.user_id) | models.Q(reviewer=actor.user_id)
        return models.Q() if actor.has_role(*OVERSEERS) else own


_SAMPLE = "FROM oversight_lookupsample drawn WHERE drawn.id = "


class SampleReason(Identified):
    """Why the look-up was needed, in the words of whoever looked."""

    policy_see = f"EXISTS (SELECT 1 {_SAMPLE}oversight_samplereason.sample_id)"
    policy_record = (
        f"{MINE} AND EXISTS (SELECT 1 {_SAMPLE}oversight_samplereason.sample_id"
        " AND drawn.about_id = (SELECT openilp_claim_user()))"
    )

    sample = models.OneToOneField(LookUpSample, on_delete=models.PROTECT, related_name="given")
    reason = models.CharField(max_length=1000)

    class Meta(Identified.Meta):
        pass

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which reasons an actor may see: those of samples that it may see."""
        return models.Q(sample__in=LookUpSample.objects.seen_by(actor))


class SampleReview(Identified):
    """Whether the reason was enough, as the supervisor of another unit found."""

    policy_see = f"EXISTS (SELECT 1 {_SAMPLE}oversight_samplereview.sample_id)"
    policy_record = (
        f"{MINE} AND EXISTS (SELECT 1 {_SAMPLE}oversight_samplereview.sample_id"
        " AND drawn.reviewer_id = (SELECT openilp_claim_user()))"
    )

    sample = models.OneToOneField(LookUpSample, on_delete=models.PROTECT, related_name="review")
    is_justified = models.BooleanField()
    finding = models.CharField(max_length=1000)

    class Meta(Identified.Meta):
        pass

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which reviews an actor may see: those of samples that it may see."""
        return models.Q(sample__in=LookUpSample.objects.seen_by(actor))
