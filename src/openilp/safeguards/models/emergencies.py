"""Breaking the glass: reach into one matter for a short time, by one's own word, reviewed by another unit."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from openilp.safeguards.actor import Actor
from openilp.safeguards.records import Identified
from openilp.safeguards.roles import Role

#: Who sees every emergency: who reviews them, and who controls.
WATCHERS = (Role.HEAD_OF_INTELLIGENCE, Role.DATA_PROTECTION_OFFICER, Role.OVERSIGHT)
#: Who reviews, if of another unit.
REVIEWERS = (Role.HEAD_OF_INTELLIGENCE, Role.DATA_PROTECTION_OFFICER)

_MINE = "created_by_id = (SELECT openilp_claim_user())"
_MY_ROLES = "(SELECT openilp_claim_roles())"


def _roles(roles: tuple[Role, ...]) -> str:
    return "'{" + ",".join(roles) + "}'::text[]"


class Emergency(Identified):
    """That somebody opened a matter without being admitted: which one, why, in which words, until when.

    The matter is named by its reference, because whoever breaks the glass does not see it yet.
    """

    ref_prefix = "BG"
    policy_see = f"CASE WHEN {_MINE} OR {_MY_ROLES} && {_roles(WATCHERS)} THEN true ELSE false END"
    policy_record = (
        f"{_MINE} AND (SELECT openilp_claim_partner()) = ''"
        " AND unit_id = (SELECT (openilp_claims() ->> 'unit')::uuid)"
        " AND ends_at <= statement_timestamp() + interval '4 hours'"
    )

    ref = models.CharField(max_length=16, unique=True, editable=False)
    matter_ref = models.CharField(max_length=16)
    reason_code = models.CharField(max_length=32)
    reason = models.CharField(max_length=500)
    unit = models.ForeignKey("safeguards.Unit", on_delete=models.PROTECT, related_name="+")
    ends_at = models.DateTimeField()

    class Meta(Identified.Meta):
        pass

    def __str__(self) -> str:
        """Return the reference."""
        return self.ref

    @property
    def is_running(self) -> bool:
        """Tell whether its time is not over; the holder may have ended it before."""
        return self.ends_at > timezone.now()

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which emergencies an actor may see: one's own, and all for those who review or control."""
        return models.Q() if actor.has_role(*WATCHERS) else models.Q(created_by=actor.user_id)


class EmergencyReview(Identified):
    """What a person of another unit found about an emergency."""

    policy_see = (
        "EXISTS (SELECT 1 FROM safeguards_emergency broken"
        " WHERE broken.id = safeguards_emergencyreview.emergency_id)"
    )
    policy_record = (
        f"{_MINE} AND {_MY_ROLES} && {_roles(REVIEWERS)}"  # noqa: S608 (constants of ours)
        " AND EXISTS (SELECT 1 FROM safeguards_emergency broken"
        " WHERE broken.id = safeguards_emergencyreview.emergency_id"
        " AND broken.created_by_id <> (SELECT openilp_claim_user())"
        " AND broken.unit_id <> (SELECT (openilp_claims() ->> 'unit')::uuid))"
    )

    emergency = models.OneToOneField(Emergency, on_delete=models.PROTECT, related_name="review")
    is_justified = models.BooleanField()
    finding = models.CharField(max_length=1000)

    class Meta(Identified.Meta):
        pass

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which reviews an actor may see: those of emergencies that it may see."""
        return models.Q(emergency__in=Emergency.objects.seen_by(actor))


class ConflictOfInterest(models.Model):
    """That an account must not work on a matter: its own case, or that of somebody near. Codes only, no words.

    It bars even a member, whoever admitted him, as long as it stands.
    """

    user = models.ForeignKey("safeguards.User", on_delete=models.CASCADE, related_name="conflicts")
    matter = models.ForeignKey("safeguards.Matter", on_delete=models.CASCADE, related_name="conflicts")
    kind = models.CharField(max_length=16)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    declared_by = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")
    lifted_by = models.ForeignKey("safeguards.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["matter", "user"], condition=models.Q(until=None), name="one_open_conflict"
            )
        ]
