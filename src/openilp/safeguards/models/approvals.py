"""Two-person approvals: what was asked, what a second person answered, and that it was carried out once.

All three are append-only, and the database itself refuses an answer by the asker, an answer to something else than was
asked, and carrying out what nobody approved: the application's role could not do it either.
"""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from openilp.safeguards.actor import Actor
from openilp.safeguards.records import Identified

_MINE = "created_by_id = (SELECT openilp_claim_user())"
_MY_ROLES = "(SELECT openilp_claim_roles())"
LOWER = "safeguards.lower_label"
#: A request whose `seen` names matters tells of a record, so that only those see it who may see the record.
TELLS_OF_RECORD = "compartments"
_SEES_RECORD = (
    f"(seen -> '{TELLS_OF_RECORD}' IS NULL OR ((seen ->> 'level')::integer <= (SELECT openilp_claim_level())"
    " AND seen -> 'compartments' <@ (SELECT to_jsonb(openilp_claim_compartments()::text[]))))"
)


class ApprovalRequest(Identified):
    """A sensitive action that one person asks for: on which object, with which parameters, until when.

    `seen` is the state of the object as the asker saw it; `digest` binds all of it together.
    """

    ref_prefix = "TP"
    policy_see = (
        f"CASE WHEN {_MINE} OR (approver_roles::text[] && {_MY_ROLES} AND {_SEES_RECORD})"
        " THEN true ELSE false END"
    )
    policy_record = _MINE

    ref = models.CharField(max_length=16, unique=True, editable=False)
    action = models.CharField(max_length=80)
    object_kind = models.CharField(max_length=32)
    object_id = models.UUIDField()
    object_name = models.CharField(max_length=160)
    parameters = models.JSONField(default=dict)
    seen = models.JSONField(default=dict)
    approver_roles = ArrayField(models.CharField(max_length=32))
    reason = models.CharField(max_length=500)
    expires_at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    class Meta(Identified.Meta):
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["object_id"])]

    def __str__(self) -> str:
        """Return the reference."""
        return self.ref

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which requests an actor may see: one's own, and those that its roles may answer.

        What tells of a record is answered by those alone who may see it as it is labelled now.
        """
        sees_record = models.Q(
            seen__level__lte=actor.level,
            seen__compartments__contained_by=sorted(str(key) for key in actor.compartments),
        )
        may_answer = models.Q(approver_roles__overlap=sorted(actor.roles))
        return models.Q(created_by=actor.user_id) | may_answer & (
            ~models.Q(seen__has_key=TELLS_OF_RECORD) | sees_record
        )


class ApprovalAnswer(Identified):
    """What a second person answered; it repeats the digest of what was read."""

    policy_see = (
        "EXISTS (SELECT 1 FROM safeguards_approvalrequest asked"
        " WHERE asked.id = safeguards_approvalanswer.request_id)"
    )
    policy_record = (
        f"{_MINE} AND EXISTS (SELECT 1 FROM safeguards_approvalrequest asked"  # noqa: S608 (constants of ours)
        " WHERE asked.id = safeguards_approvalanswer.request_id"
        " AND asked.created_by_id <> (SELECT openilp_claim_user())"
        " AND asked.object_id <> (SELECT openilp_claim_user())"
        f" AND asked.approver_roles::text[] && {_MY_ROLES}"
        " AND asked.digest = safeguards_approvalanswer.digest"
        " AND asked.expires_at > statement_timestamp())"
    )

    request = models.OneToOneField(ApprovalRequest, on_delete=models.PROTECT, related_name="answer")
    is_approved = models.BooleanField()
    reason = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64)

    class Meta(Identified.Meta):
        pass

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which answers an actor may see: those to requests that it may see."""
        return models.Q(request__in=ApprovalRequest.objects.seen_by(actor))


class ApprovalUse(Identified):
    """That an approved action was carried out: one row a request, so it happens once."""

    policy_see = (
        "EXISTS (SELECT 1 FROM safeguards_approvalrequest asked"
        " WHERE asked.id = safeguards_approvaluse.request_id)"
    )
    policy_record = (
        f"{_MINE} AND EXISTS (SELECT 1 FROM safeguards_approvalrequest asked"  # noqa: S608 (constants of ours)
        " JOIN safeguards_approvalanswer given ON given.request_id = asked.id"
        " JOIN safeguards_user second ON second.id = given.created_by_id"
        " WHERE asked.id = safeguards_approvaluse.request_id"
        " AND asked.created_by_id = (SELECT openilp_claim_user())"
        " AND given.is_approved AND given.digest = asked.digest"
        " AND second.is_active AND second.roles && asked.approver_roles"
        " AND asked.expires_at > statement_timestamp())"
    )

    request = models.OneToOneField(ApprovalRequest, on_delete=models.PROTECT, related_name="use")

    class Meta(Identified.Meta):
        pass

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which uses an actor may see: those of requests that it may see."""
        return models.Q(request__in=ApprovalRequest.objects.seen_by(actor))
