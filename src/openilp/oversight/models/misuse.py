"""Signs of misuse in the audit log, and what a human made of them; nothing follows from a sign by itself."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from openilp.oversight.models.functions import nearness_functions
from openilp.safeguards.actor import Actor
from openilp.safeguards.records import Identified
from openilp.safeguards.roles import OVERSEERS

MINE = "created_by_id = (SELECT openilp_claim_user())"
IS_OVERSEER = "(SELECT openilp_claim_roles()) && '{" + ",".join(sorted(OVERSEERS)) + "}'::text[]"
#: What a human can make of a sign.
OUTCOMES = ("explained", "spoken_to", "referred")


def overseen(actor: Actor) -> Any:
    """Return the condition of rows for those who oversee, and of no row for everybody else."""
    return models.Q() if actor.has_role(*OVERSEERS) else models.Q(pk__in=[])


class StaffPattern(Identified):
    """What is known of an account beside the log: its hours of duty and its street. The newest row counts.

    Kept by those who oversee, seen by nobody else; the street is kept as folded words without the house.
    """

    policy_see = f"CASE WHEN {IS_OVERSEER} THEN true ELSE false END"
    policy_record = f"{MINE} AND {IS_OVERSEER}"

    user = models.ForeignKey("safeguards.User", on_delete=models.CASCADE, related_name="+")
    shifts = models.JSONField(default=list, help_text="weekday from Monday as 0, begin, end; in local time")
    street = models.CharField(max_length=120, blank=True)

    class Meta(Identified.Meta):
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["user", "-created_at"])]

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which patterns an actor may see."""
        return overseen(actor)


class LogExamination(Identified):
    """That the log was examined from one moment to another: how much was read, and what came of it."""

    policy_see = f"CASE WHEN {IS_OVERSEER} THEN true ELSE false END"
    policy_record = f"{MINE} AND {IS_OVERSEER}"

    since = models.DateTimeField()
    until = models.DateTimeField()
    events = models.PositiveIntegerField()
    signs = models.PositiveIntegerField()
    samples = models.PositiveIntegerField()
    unreviewable = models.PositiveIntegerField(
        default=0, help_text="drawn look-ups for which no supervisor of another unit was there"
    )

    class Meta(Identified.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["until"], name="log_examined_once"),
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("since")), name="examination_has_time"
            ),
        ]

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which examinations an actor may see."""
        return overseen(actor)

    @staticmethod
    def sql_functions() -> list[str]:
        """Return the functions that tell what stands near a member of staff; see `functions`."""
        return nearness_functions(IS_OVERSEER)


class MisuseSign(Identified):
    """That events of an account fit a rule: numbers of events, no content; nobody sees a sign about themselves."""

    ref_prefix = "MS"
    policy_see = (
        f"CASE WHEN {IS_OVERSEER} AND about_id <> (SELECT openilp_claim_user()) THEN true ELSE false END"
    )
    policy_record = f"{MINE} AND {IS_OVERSEER}"

    ref = models.CharField(max_length=16, unique=True, editable=False)
    rule = models.CharField(max_length=24)
    case = models.CharField(max_length=80)
    about = models.ForeignKey("safeguards.User", on_delete=models.PROTECT, related_name="+")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    events = ArrayField(models.BigIntegerField())
    figures = models.JSONField()

    class Meta(Identified.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["about", "rule", "case"], name="misuse_sign_once")
        ]

    def __str__(self) -> str:
        """Return the reference."""
        return self.ref

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which signs an actor may see."""
        return overseen(actor) & ~models.Q(about=actor.user_id)


class SignAnswer(Identified):
    """What a person found about a sign, with the reason; it stands as it was written."""

    policy_see = (
        "EXISTS (SELECT 1 FROM oversight_misusesign asked WHERE asked.id = oversight_signanswer.sign_id)"
    )
    policy_record = (
        f"{MINE} AND {IS_OVERSEER} AND {policy_see}"  # noqa: S608 (names of our own tables)
        " AND NOT EXISTS (SELECT 1 FROM oversight_misusesign asked"
        " JOIN safeguards_user about ON about.id = asked.about_id AND about.staff_number <> ''"
        " JOIN safeguards_user own ON own.staff_number = about.staff_number"
        " WHERE asked.id = oversight_signanswer.sign_id AND own.id = (SELECT openilp_claim_user()))"
    )

    sign = models.OneToOneField(MisuseSign, on_delete=models.PROTECT, related_name="answer")
    outcome = models.CharField(max_length=16, choices=[(code, code) for code in OUTCOMES])
    reason = models.CharField(max_length=1000)

    class Meta(Identified.Meta):
        pass

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which answers an actor may see: those to signs that it may see."""
        return models.Q(sign__in=MisuseSign.objects.seen_by(actor))


class LogFigure(Identified):
    """How many look-ups, and by how many accounts, a duty of a unit made on one day; nobody is named."""

    policy_see = f"CASE WHEN {IS_OVERSEER} THEN true ELSE false END"
    policy_record = f"{MINE} AND {IS_OVERSEER}"

    day = models.DateField()
    unit = models.ForeignKey("safeguards.Unit", on_delete=models.CASCADE, related_name="+")
    duty = models.CharField(max_length=32)
    look_ups = models.PositiveIntegerField()
    delivered = models.PositiveIntegerField()
    examination = models.ForeignKey(LogExamination, on_delete=models.CASCADE, related_name="+")

    class Meta(Identified.Meta):
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["day"])]

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which figures an actor may see."""
        return overseen(actor)
