"""Requests of people whose data are held: what they ask for, by when it is answered, and what was done about it.

Only the data-protection officer sees them: whoever handles the records need not know who asks about them.
"""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from openilp.safeguards.actor import Actor
from openilp.safeguards.records import ProtectedRecord, ReferencedRecord
from openilp.safeguards.roles import Role

OFFICER = frozenset({Role.DATA_PROTECTION_OFFICER})
IS_OFFICER = f"(SELECT openilp_claim_roles()) && '{{{Role.DATA_PROTECTION_OFFICER}}}'::text[]"


class RightsRecord(ProtectedRecord):
    """A row of the rights desk: its label, and the duty besides."""

    policy_only = IS_OFFICER

    class Meta(ProtectedRecord.Meta):
        abstract = True

    @staticmethod
    def only_for(actor: Actor) -> models.Q:
        """Return the condition that the actor is a data-protection officer."""
        return models.Q() if actor.has_role(*OFFICER) else models.Q(pk__in=[])


class RightsRequest(RightsRecord, ReferencedRecord):
    """What a person asks for: Directive (EU) 2016/680 Articles 14 to 17."""

    ref_prefix = "DS"
    amendable = ("state", "owner", "due_on", "extended_on", "closed_on", "outcome")

    kind = models.CharField(
        max_length=16, help_text="access, rectification, erasure, restriction or indirect"
    )
    received_on = models.DateField()
    identity_proof = models.CharField(max_length=24)
    identity_note = models.CharField(max_length=300, blank=True)
    full_name = models.CharField(max_length=160)
    other_names = ArrayField(models.CharField(max_length=160), default=list, blank=True)
    birth_date = models.CharField(max_length=10, blank=True, help_text="year, month or day")
    identifiers = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    address = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=8)
    wish = models.TextField(blank=True, help_text="what the person writes, as far as the desk needs it")
    authority_ref = models.CharField(max_length=60, blank=True, help_text="the authority's file, Art. 17")
    owner = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    extended_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    outcome = models.CharField(max_length=16, blank=True, help_text="answered or withdrawn")

    class Meta(RightsRecord.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(closed_on__isnull=True, outcome="")
                | models.Q(closed_on__isnull=False) & ~models.Q(outcome=""),
                name="rights_closed_with_outcome",
            ),
            models.CheckConstraint(
                condition=models.Q(due_on__gte=models.F("received_on")), name="rights_due_after_receipt"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["closed_on", "due_on", "id"], name="rights_open_by_day")
        ]


class RightsStep(RightsRecord):
    """One line of a request's history: received, taken over, extended, withdrawn, answered."""

    parent = "request"

    request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=16)
    note = models.CharField(max_length=600, blank=True)


class RightsSearch(RightsRecord):
    """One look-up for a request: the words that were looked for. The database searches for such a row only."""

    parent = "request"
    amendable = ("state", "found", "is_cut")

    request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="+")
    words = ArrayField(models.CharField(max_length=160), help_text="names and identifiers as they were given")
    terms = models.JSONField(help_text="alternatives, each a list of parts that must all be there; folded")
    found = models.PositiveIntegerField(default=0)
    is_cut = models.BooleanField(default=False, help_text="whether more was found than is listed")


class RightsFinding(RightsRecord):
    """A record that may be about the person: a key, no content. `through` is the entity that it hangs on."""

    parent = "request"

    request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="+")
    search = models.ForeignKey(RightsSearch, on_delete=models.PROTECT, related_name="+")
    through = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    record_kind = models.CharField(max_length=32)
    record_id = models.UUIDField()
    record_ref = models.CharField(max_length=16, blank=True)

    class Meta(RightsRecord.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["request", "record_kind", "record_id"], name="finding_once")
        ]

    @staticmethod
    def sql_functions() -> list[str]:
        """Return the functions through which the desk searches and reads; see `reach`."""
        from openilp.oversight.models.reach import functions

        return functions()


class RightsJudgement(RightsRecord):
    """A human's word whether a finding is about the person; the newest counts."""

    parent = "finding"

    finding = models.ForeignKey(RightsFinding, on_delete=models.PROTECT, related_name="+")
    is_same = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)


class RightsDecision(RightsRecord):
    """What the person is told of a finding: all, a part, that something is withheld, or nothing; the newest counts.

    The reason for withholding is sealed to the oversight key: the desk itself cannot read it again.
    """

    parent = "finding"

    finding = models.ForeignKey(RightsFinding, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=16, help_text="disclose, part, refuse or omit")
    grounds = ArrayField(models.CharField(max_length=8), default=list, help_text="of Art. 15(1)")
    shown = models.TextField(blank=True, help_text="what the letter says of it")
    sealed = models.BinaryField(null=True)
    commitment = models.CharField(max_length=64, blank=True)

    class Meta(RightsRecord.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(decision__in=["refuse", "omit"], shown="")
                | models.Q(decision__in=["disclose", "part"]) & ~models.Q(shown=""),
                name="withheld_shows_nothing",
            ),
            models.CheckConstraint(
                condition=models.Q(decision="disclose") | models.Q(sealed__isnull=False),
                name="withholding_has_sealed_reason",
            ),
        ]


class RightsLetter(RightsRecord):
    """A letter as it left, byte by byte."""

    parent = "request"

    request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, help_text="answer or extension")
    language = models.CharField(max_length=8)
    dated_on = models.DateField()
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    approval = models.ForeignKey(
        "safeguards.ApprovalUse", null=True, on_delete=models.PROTECT, related_name="+"
    )


class RightsOrder(RightsRecord, ReferencedRecord):
    """A measure on a finding: rectify, restrict, erase, or a refusal of these.

    A colleague who sees the record rectifies it: that colleague sees the order, and not the request.
    """

    ref_prefix = "RO"
    parent = "request"
    amendable = ("state", "done_on", "outcome", "made_ref", "told", "derived")
    policy_only = f"({IS_OFFICER} OR assignee_id = (SELECT openilp_claim_user()))"

    request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="+")
    finding = models.ForeignKey(RightsFinding, on_delete=models.PROTECT, related_name="+")
    measure = models.CharField(max_length=16, help_text="rectify, restrict, erase or refuse")
    record_kind = models.CharField(max_length=32)
    record_id = models.UUIDField()
    record_ref = models.CharField(max_length=16, blank=True)
    assignee = models.ForeignKey("safeguards.User", null=True, on_delete=models.PROTECT, related_name="+")
    wanted = models.CharField(max_length=400, blank=True, help_text="what holds, as the officer found")
    reason = models.CharField(max_length=600)
    done_on = models.DateField(null=True)
    outcome = models.CharField(max_length=600, blank=True)
    made_ref = models.CharField(max_length=16, blank=True, help_text="the row that took the record's place")
    told = models.PositiveIntegerField(default=0, help_text="readers who were told")
    derived = models.JSONField(default=list, help_text="[{kind, id, ref}]: products that carry the record")

    class Meta(RightsRecord.Meta):
        pass

    @staticmethod
    def only_for(actor: Actor) -> models.Q:
        """Return which orders an actor may see: all of them as the officer, else those that it carries out."""
        return models.Q() if actor.has_role(*OFFICER) else models.Q(assignee=actor.user_id)


def told_of(actor: Actor) -> Any:
    """Return the condition of notices for the officer, and of a reader's own."""
    return models.Q() if actor.has_role(*OFFICER) else models.Q(recipient=actor.user_id)
