"""What somebody decided about one record whose time had come."""

from typing import Any, ClassVar

from django.db import models

from openilp.safeguards.records import Identified
from openilp.safeguards.roles import Role

#: Who reviews records: those who know the case, and those who control.
REVIEWERS = (Role.INTELLIGENCE_OFFICER, Role.HEAD_OF_INTELLIGENCE, Role.DATA_PROTECTION_OFFICER)


class RecordReview(Identified):
    """One review of one record: the questions, the decision, the reason. It is seen where its record is."""

    beside: ClassVar[bool] = True
    ref_prefix = "RR"
    policy_record = (
        "created_by_id = (SELECT openilp_claim_user())"
        f" AND (SELECT openilp_claim_roles()) && '{{{','.join(REVIEWERS)}}}'::text[]"
    )

    ref = models.CharField(max_length=16, unique=True, editable=False)
    kind = models.CharField(max_length=32)
    record_id = models.UUIDField()
    rule = models.CharField(max_length=32)
    due_on = models.DateField(help_text="when the review was due")
    answers = models.JSONField(help_text="question to yes or no")
    grounds = models.TextField(blank=True, help_text="the present facts behind a suspicion")
    decision = models.CharField(max_length=16, help_text="retain, restrict or erase")
    reason = models.CharField(max_length=1000)
    reason_digest = models.CharField(max_length=64)
    next_due_on = models.DateField(null=True)

    class Meta(Identified.Meta):
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["kind", "record_id"], name="review_of")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Each record has its own reason: one text for a whole list is no review.
            models.UniqueConstraint(fields=["created_by", "reason_digest"], name="review_reason_once"),
            models.CheckConstraint(
                condition=models.Q(decision="erase") | models.Q(next_due_on__isnull=False),
                name="review_sets_the_next_one",
            ),
        ]

    def __str__(self) -> str:
        """Return the reference."""
        return self.ref


class LifeEvent(Identified):
    """That something happened which calls for a review at once: codes and a day, no words."""

    policy_see = (
        "CASE WHEN created_by_id = (SELECT openilp_claim_user()) OR (SELECT openilp_claim_roles())"
        " && '{data_protection_officer,oversight}'::text[] THEN true ELSE false END"
    )
    policy_record = "created_by_id = (SELECT openilp_claim_user())"

    kind = models.CharField(max_length=32)
    record_id = models.UUIDField()
    event = models.CharField(max_length=24)
    happened_on = models.DateField()

    class Meta(Identified.Meta):
        pass

    @staticmethod
    def gate_rule(actor: Any) -> Any:
        """Return which events an actor may see: all for those who control, own ones for the others."""
        if actor.has_role(Role.DATA_PROTECTION_OFFICER, Role.OVERSIGHT):
            return models.Q()
        return models.Q(created_by=actor.user_id)
