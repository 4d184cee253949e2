"""The registers of data protection: records of processing, assessments of analytics, breaches, declared statistics.

They hold codes, figures and what people of the agency wrote about its own work; no row of a record of the process.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models

from openilp.oversight.models.counting import counting_functions, register_functions
from openilp.oversight.models.misuse import MINE
from openilp.safeguards.actor import Actor
from openilp.safeguards.records import Identified
from openilp.safeguards.roles import INTELLIGENCE, MANAGERS, SUPERVISORS, Role

#: Who keeps the registers.
KEEPERS = frozenset({Role.DATA_PROTECTION_OFFICER, Role.HEAD_OF_INTELLIGENCE})
#: Who reads the registers.
REGISTER_READERS = SUPERVISORS | KEEPERS
#: Who reads what a method may be used for: those who run it, and those who decide on what comes out of it, too.
ASSESSMENT_READERS = REGISTER_READERS | INTELLIGENCE | MANAGERS

#: Between the authority and data protection only.
AUTHORITY_READERS = frozenset({Role.SUPERVISORY_AUTHORITY, Role.DATA_PROTECTION_OFFICER})


def held_by(roles: Iterable[Role]) -> str:
    """Return the condition of row security that the account holds one of some duties."""
    return f"(SELECT openilp_claim_roles()) && '{{{','.join(sorted(roles))}}}'::text[]"


def seen_with(roles: Iterable[Role]) -> str:
    """Return the policy of rows that some duties see, and nobody else."""
    return f"CASE WHEN {held_by(roles)} THEN true ELSE false END"


def open_to(actor: Actor, roles: Iterable[Role]) -> Any:
    """Return the condition of rows that some duties see, and nobody else."""
    return models.Q() if actor.has_role(*roles) else models.Q(pk__in=[])


class Register(Identified):
    """A row of a register: seen by the duties of `seers`, recorded by those of `keepers` under their account."""

    seers: ClassVar[frozenset[Role]] = REGISTER_READERS
    policy_see: ClassVar[str] = seen_with(REGISTER_READERS)
    policy_record: ClassVar[str] = f"{MINE} AND {held_by(KEEPERS)}"

    class Meta(Identified.Meta):
        abstract = True

    @classmethod
    def gate_rule(cls, actor: Actor) -> Any:
        """Return which rows an actor may see."""
        return open_to(actor, cls.seers)


class Superseding(Register):
    """A row that takes the place of an earlier one: the earlier one stays as it was written, and is followed once."""

    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="successor")

    class Meta(Register.Meta):
        abstract = True


class ProcessingEntry(Superseding):
    """What the agency says of its processing that no system knows (Directive (EU) 2016/680 Art. 24)."""

    ref_prefix = "PE"

    ref = models.CharField(max_length=16, unique=True, editable=False)
    controller = models.CharField(max_length=300)
    controller_contact = models.CharField(max_length=300)
    officer_contact = models.CharField(max_length=300, help_text="the data-protection officer's")
    joint_controllers = models.CharField(max_length=1000, blank=True)
    recipients = models.TextField(blank=True, help_text="beyond those in the register of releases")
    transfers = models.TextField(help_text="to third countries and international organisations")
    measures = models.TextField(blank=True, help_text="security measures outside this system")

    class Meta(Superseding.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(supersedes=None), name="processing_entry_one_first"
            )
        ]


class ImpactAssessment(Superseding):
    """What somebody judged of one method of analysis before it is used on people's data (Art. 27)."""

    ref_prefix = "DA"
    seers = ASSESSMENT_READERS
    policy_see = seen_with(ASSESSMENT_READERS)

    ref = models.CharField(max_length=16, unique=True, editable=False)
    method = models.CharField(max_length=64)
    method_version = models.CharField(max_length=32)
    card = models.JSONField(help_text="what the method said of itself when it was assessed")
    card_digest = models.CharField(max_length=64)
    necessity = models.TextField()
    proportionality = models.TextField()
    risks = models.TextField()
    measures = models.TextField()
    decision = models.CharField(max_length=24)
    review_on = models.DateField()

    class Meta(Superseding.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["method"], condition=models.Q(supersedes=None), name="assessment_one_first"
            )
        ]


class AssessmentAnswer(Register):
    """What the second person says of an assessment; without a yes it does not count."""

    seers = ASSESSMENT_READERS
    policy_see = seen_with(ASSESSMENT_READERS)

    assessment = models.OneToOneField(ImpactAssessment, on_delete=models.PROTECT, related_name="answer")
    agrees = models.BooleanField()
    reason = models.CharField(max_length=1000, blank=True)

    class Meta(Register.Meta):
        pass


class Breach(Register):
    """A breach of the security of personal data, from becoming aware of it (Art. 30)."""

    ref_prefix = "BR"

    ref = models.CharField(max_length=16, unique=True, editable=False)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=24, help_text="confidentiality, integrity or availability")
    description = models.TextField()
    happened_from = models.DateTimeField()
    happened_until = models.DateTimeField()
    aware_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="72 hours after becoming aware")
    consequences = models.TextField()
    measures = models.TextField()

    class Meta(Register.Meta):
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["due_at"], name="breach_due")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(happened_until__gt=models.F("happened_from")), name="breach_has_time"
            )
        ]


class BreachScope(Register):
    """What the audit log says was read between two moments: events, records by kind, persons by category."""

    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()
    account = models.ForeignKey("safeguards.User", null=True, on_delete=models.PROTECT, related_name="+")
    events = models.PositiveIntegerField()
    accounts = models.PositiveIntegerField()
    records = models.PositiveIntegerField()
    kinds = models.JSONField(help_text="kind to number of different records")
    categories = models.JSONField(help_text="category to number of persons; nothing where it is under five")
    first_seq = models.BigIntegerField(null=True)
    last_seq = models.BigIntegerField(null=True)

    class Meta(Register.Meta):
        pass


class BreachStep(Register):
    """What was done about a breach: told to the authority, to the people concerned, or why not; the end of it."""

    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24)
    text = models.TextField()
    delay_reason = models.TextField(blank=True)
    done_at = models.DateTimeField()

    class Meta(Register.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["breach"], condition=models.Q(kind="closed"), name="breach_closed_once"
            )
        ]


class StatisticIssue(Register):
    """Declared statistics as they were issued for one day, small cells left out: what is issued does not change."""

    ref_prefix = "SX"

    ref = models.CharField(max_length=16, unique=True, editable=False)
    on = models.DateField(unique=True)
    list_version = models.CharField(max_length=32)
    tables = models.JSONField(help_text="statistic to rows; nothing where a cell is left out")

    class Meta(Register.Meta):
        pass

    @staticmethod
    def sql_functions() -> list[str]:
        """Return the functions that count for data protection; see `counting`."""
        return counting_functions(held_by([Role.DATA_PROTECTION_OFFICER]))


class AuthorityRequest(Register):
    """What the supervisory authority asks: whether one record is lawful, or that a person uses rights through it (17).

    It holds references and file numbers; who the person is comes to data protection outside the system.
    """

    ref_prefix = "AQ"
    seers = AUTHORITY_READERS
    policy_see = seen_with(AUTHORITY_READERS)
    policy_record = f"{MINE} AND {held_by([Role.SUPERVISORY_AUTHORITY])}"

    ref = models.CharField(max_length=16, unique=True, editable=False)
    kind = models.CharField(max_length=16, help_text="record or person")
    about = models.CharField(
        max_length=60, help_text="a reference, which may be of nothing, or the authority's file number"
    )
    reason = models.TextField()
    due_on = models.DateField()

    class Meta(Register.Meta):
        pass

    @staticmethod
    def sql_functions() -> list[str]:
        """Return the function through which the authority reads the register of requests; see `counting`."""
        return register_functions(held_by([Role.SUPERVISORY_AUTHORITY]))


class AuthorityAnswer(Register):
    """What data protection answered to the authority: the words of the answer, never those of a record."""

    seers = AUTHORITY_READERS
    policy_see = seen_with(AUTHORITY_READERS)
    policy_record = f"{MINE} AND {held_by([Role.DATA_PROTECTION_OFFICER])}"

    request = models.OneToOneField(AuthorityRequest, on_delete=models.PROTECT, related_name="answer")
    finding = models.CharField(max_length=24)
    reason = models.TextField()

    class Meta(Register.Meta):
        pass
